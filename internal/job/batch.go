package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// Batch is a batch as the server shows it. A time that it does not show is zero.
type Batch struct {
	ID, Status, Endpoint, Model            string // "" = not shown
	InputFileID, OutputFileID, ErrorFileID string // "" = there is none (yet)

	Created, InProgress, Finalizing, Completed, Failed, Expired, Cancelling, Cancelled time.Time

	Expires time.Time // when the server gives up what it has not answered

	// Total, Done and FailedCount are requests: in the batch, answered, ended with an error.
	Total, Done, FailedCount int

	Errors   []LineError // why the batch has the status failed
	Metadata map[string]string
	Usage    *Usage          // of all answers; nil = not shown
	Body     json.RawMessage // as the server shows it, without keys

	after time.Duration // when the server wants to be asked again; 0 = it does not say
}

// LineError is why a batch has failed before any request of it was answered. Its texts are fit to be shown.
type LineError struct {
	Line                 int // of the input, from 1; 0 = the server names none
	Code, Message, Param string
}

// Usage are the tokens of a batch.
type Usage struct{ Input, Cached, Output, Reasoning, Total int64 }

// The states of a batch that the package knows. Servers may have others.
const (
	StatusValidating = "validating"
	StatusInProgress = "in_progress"
	StatusFinalizing = "finalizing"
	StatusCompleted  = "completed"
	StatusFailed     = "failed" // the server refuses the input; nothing was answered
	StatusExpired    = "expired"
	StatusCancelling = "cancelling"
	StatusCancelled  = "cancelled"
)

// Ended reports whether nothing more will become of the batch: it is completed, failed, expired or cancelled.
func (b Batch) Ended() bool { return Ended(b.Status) }

// Ended reports whether a status is an end.
func Ended(status string) bool {
	return slices.Contains([]string{StatusCompleted, StatusFailed, StatusExpired, StatusCancelled}, status)
}

// End is when the batch ended; zero = it has not, or the server does not say.
func (b Batch) End() (end time.Time) {
	for _, at := range []time.Time{b.Completed, b.Failed, b.Expired, b.Cancelled} {
		if at.After(end) {
			end = at
		}
	}
	return end
}

// Own reports whether the input file was uploaded by [Submit], and is nobody else's.
func (b Batch) Own() bool {
	mark := b.Metadata[MarkKey]
	return mark != "" && !strings.HasPrefix(mark, givenInput)
}

// Get reads a batch. The secrets are parts of its requests that may come out nowhere.
func Get(ctx context.Context, c *client.Client, id, apiKey string, secrets ...string) (Batch, error) {
	r := client.Request{Method: http.MethodGet, Path: client.Path("batches", id), APIKey: apiKey, Existing: true, Secrets: secrets}
	answer, err := c.Do(ctx, r)
	if err != nil {
		return Batch{}, err
	}
	return read(c, r, answer)
}

// Cancel has the server give up a batch. What was answered by then is paid for, and can be collected when the batch is
// cancelled, within about ten minutes. One that has ended, or is about to, stays as it is.
func Cancel(ctx context.Context, c *client.Client, id, apiKey string) (Batch, error) {
	r := client.Request{Method: http.MethodPost, Path: client.Path("batches", id, "cancel"), APIKey: apiKey, Existing: true, Repeatable: true}
	answer, err := c.Do(ctx, r)
	if err == nil {
		return read(c, r, answer)
	}
	if !client.HasStatus(err, http.StatusBadRequest, http.StatusConflict) {
		return Batch{}, err
	}
	b, other := Get(ctx, c, id, apiKey)
	if other == nil && (b.Ended() || b.Status == StatusCancelling || b.Status == StatusFinalizing) {
		return b, nil
	}
	return Batch{}, err
}

// End cancels a batch that is under way, and waits until it has ended, for so long. One in a state that the package
// does not know may never end: it is returned as it is when the time is over, also where the server does not cancel it.
//
// An error that satisfies client.IsGone says that there is no such batch any more.
func End(ctx context.Context, c *client.Client, id, apiKey string, limit time.Duration) (Batch, error) {
	b, err := Get(ctx, c, id, apiKey)
	if err != nil || b.Ended() {
		return b, err
	}
	now, err := Cancel(ctx, c, id, apiKey)
	switch {
	case err == nil:
		b = now
	case known(b.Status) || !client.HasStatus(err, http.StatusBadRequest, http.StatusConflict):
		return b, err
	}
	b, err = Await(ctx, c, b, apiKey, limit, nil)
	if errors.Is(err, ErrPending) && !known(b.Status) && ctx.Err() == nil {
		return b, nil
	}
	return b, err
}

// known reports whether the package knows a status.
func known(status string) bool {
	return Ended(status) || slices.Contains([]string{StatusValidating, StatusInProgress, StatusFinalizing, StatusCancelling}, status)
}

// read reads an answer that shows a batch.
func read(c *client.Client, r client.Request, answer client.Answer) (Batch, error) {
	b, err := Parse(answer.Body)
	if err != nil {
		return b, err
	}
	b.after = answer.PollAfter
	for i := range b.Errors {
		e := &b.Errors[i]
		e.Code, e.Message, e.Param = c.Text(r, e.Code), c.Text(r, e.Message), c.Text(r, e.Param)
	}
	return b, nil
}

// Parse reads the JSON of a batch. What it does not mention, or has in another form, is zero; one without an ID is an error.
func Parse(body []byte) (Batch, error) {
	var shown struct {
		ID, Status, Endpoint, Model text
		Input                       text                                               `json:"input_file_id"`
		Output                      text                                               `json:"output_file_id"`
		Error                       text                                               `json:"error_file_id"`
		Created                     number                                             `json:"created_at"`
		InProgress                  number                                             `json:"in_progress_at"`
		Finalizing                  number                                             `json:"finalizing_at"`
		Completed                   number                                             `json:"completed_at"`
		Failed                      number                                             `json:"failed_at"`
		Expired                     number                                             `json:"expired_at"`
		Cancelling                  number                                             `json:"cancelling_at"`
		Cancelled                   number                                             `json:"cancelled_at"`
		Expires                     number                                             `json:"expires_at"`
		Counts                      lenient[struct{ Total, Completed, Failed number }] `json:"request_counts"`
		Errors                      lineErrors
		Metadata                    lenient[map[string]text]
		Usage                       lenient[*usage]
	}
	if err := json.Unmarshal(body, &shown); err != nil {
		return Batch{}, fmt.Errorf("the server's answer could not be read: %w", err)
	}
	if shown.ID == "" {
		return Batch{}, errors.New("the server's answer shows no batch: it has no ID")
	}
	b := Batch{
		ID: string(shown.ID), Status: string(shown.Status), Endpoint: string(shown.Endpoint), Model: string(shown.Model),
		InputFileID: string(shown.Input), OutputFileID: string(shown.Output), ErrorFileID: string(shown.Error),
		Created: shown.Created.time(), InProgress: shown.InProgress.time(), Finalizing: shown.Finalizing.time(), Completed: shown.Completed.time(),
		Failed: shown.Failed.time(), Expired: shown.Expired.time(), Cancelling: shown.Cancelling.time(), Cancelled: shown.Cancelled.time(), Expires: shown.Expires.time(),
		Total: int(shown.Counts.v.Total), Done: int(shown.Counts.v.Completed), FailedCount: int(shown.Counts.v.Failed),
		Errors: shown.Errors, Metadata: map[string]string{}, Body: json.RawMessage(body),
	}
	for name, value := range shown.Metadata.v {
		b.Metadata[name] = string(value)
	}
	if u := shown.Usage.v; u != nil {
		b.Usage = &Usage{int64(u.Input), int64(u.InputDetails.v.Cached), int64(u.Output), int64(u.OutputDetails.v.Reasoning), int64(u.Total)}
	}
	return b, nil
}

// usage is Usage as the server shows it.
type usage struct {
	Input        number `json:"input_tokens"`
	InputDetails lenient[struct {
		Cached number `json:"cached_tokens"`
	}] `json:"input_tokens_details"`
	Output        number `json:"output_tokens"`
	OutputDetails lenient[struct {
		Reasoning number `json:"reasoning_tokens"`
	}] `json:"output_tokens_details"`
	Total number `json:"total_tokens"`
}

// lenient is JSON that is zero where it has another form than a server's should have.
type lenient[T any] struct{ v T }

// UnmarshalJSON returns no error.
func (l *lenient[T]) UnmarshalJSON(raw []byte) error {
	var v T
	if json.Unmarshal(raw, &v) == nil {
		l.v = v
	}
	return nil
}

// text is a string; a number or a truth value as it is written, and "" for anything else.
type text string

// UnmarshalJSON returns no error.
func (t *text) UnmarshalJSON(raw []byte) error {
	var v any
	if json.Unmarshal(raw, &v) == nil {
		switch v := v.(type) {
		case string:
			*t = text(v)
		case float64, bool:
			*t = text(raw)
		}
	}
	return nil
}

// number is a whole number that is not negative, be it written as one, with a fraction or as text; 0 for anything else.
type number int64

// UnmarshalJSON returns no error.
func (n *number) UnmarshalJSON(raw []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err == nil && v > 0 && v < math.MaxInt32*1000 {
		*n = number(v)
	}
	return nil
}

// time is the number as seconds since 1970; zero for 0.
func (n number) time() time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0)
}

// lineErrors are errors in any form: a list of objects or texts, for itself or in the member "data" of an object.
type lineErrors []LineError

// UnmarshalJSON returns no error.
func (e *lineErrors) UnmarshalJSON(raw []byte) error {
	var list struct{ Data []json.RawMessage }
	if json.Unmarshal(raw, &list) != nil {
		_ = json.Unmarshal(raw, &list.Data)
	}
	for _, item := range list.Data {
		var one struct {
			Line                 number
			Code, Message, Param text
		}
		if json.Unmarshal(item, &one) != nil {
			_ = one.Message.UnmarshalJSON(item)
		}
		*e = append(*e, LineError{int(one.Line), string(one.Code), string(one.Message), string(one.Param)})
	}
	return nil
}
