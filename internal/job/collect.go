package job

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
)

// mostResult is how long one line of the results may be, and mostResults all of them, in bytes.
const (
	mostResult  = 256 << 20
	mostResults = 1 << 40
)

// downloads is how often a file is asked for whose content broke off.
const downloads = 4

// Result is what became of one request of a batch.
type Result struct {
	ID        string // of the line, custom_id; "" = the server does not say, or nobody can read it
	Status    int    // HTTP status of the answer; 0 = there is none
	RequestID string // "" = not given

	// Body is the JSON of the answer, without keys; nil = there is none. Where Err is not nil, it is what came beside that.
	Body []byte

	// Err says why there is no answer: a *[NotRun] for a request that was never run, else a *client.Problem. nil = there is one.
	Err error
}

// NotRun is the error of a request that the server did not come to before the batch expired or was cancelled. It costs nothing.
type NotRun struct{ Code, Message string }

// Error is what the server says.
func (n *NotRun) Error() string { return n.Message + " (" + n.Code + ")" }

// notRun are the codes of such errors.
var notRun = []string{"batch_expired", "batch_cancelled"}

// Collect hands over the results of a batch that has ended, answers first, each group in the order in which the server has
// them, which is not that of the lines. A batch can have fewer than it has lines, or none at all, whatever its status says.
// What each returns as an error ends it, and is returned.
//
// An error that satisfies client.IsGone says that the server has deleted the results.
func Collect(ctx context.Context, c *client.Client, b Batch, apiKey string, each func(Result) error, secrets ...string) error {
	r := client.Request{APIKey: apiKey, Secrets: secrets}
	for _, id := range []string{b.OutputFileID, b.ErrorFileID} {
		if id == "" {
			continue
		}
		err := download(ctx, c, r, id, b.End(), func(line []byte) error { return each(result(c, r, line)) })
		if client.IsGone(err) {
			return fmt.Errorf("the results of batch %s are not on the server any more, which deletes them after some time: %w", b.ID, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// download hands over the lines of a file that was made at a time. One that breaks off is asked for again. For a
// minute, a file that was made just now may not be seen yet.
func download(ctx context.Context, c *client.Client, r client.Request, id string, made time.Time, each func([]byte) error) error {
	out := &lines{each: each}
	began := c.Clock().Now()
	young := began.Before(made.Add(time.Hour))
	r.Method, r.Path, r.Existing = http.MethodGet, client.Path("files", id, "content"), true
	for looks, broken := 0, 0; ; looks++ {
		out.again()
		_, err := c.Download(ctx, r, out, mostResults)
		if err == nil {
			err = out.end()
		}
		var problem *client.Problem
		switch {
		case out.err != nil:
			return out.err
		case err == nil:
			return nil
		case client.IsGone(err) && young && c.Clock().Now().Before(began.Add(object.Settling)):
		case errors.As(err, &problem) && (problem.Kind == client.Lost || problem.Kind == client.Timeout) && broken+1 < downloads:
			broken++
		default:
			return err
		}
		if c.Clock().Sleep(ctx, client.Pause(looks)) != nil {
			return err
		}
	}
}

// lines is a writer that hands over what is written to it line by line, and each line once, however often a file begins
// anew.
type lines struct {
	each  func([]byte) error
	part  []byte // of a line
	at    int    // lines of the present attempt
	given int    // lines handed over
	err   error  // of each, or of a line
}

// again says that the file begins anew.
func (l *lines) again() { l.part, l.at = l.part[:0], 0 }

func (l *lines) Write(p []byte) (int, error) {
	for rest := p; ; {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			l.part = append(l.part, rest...)
			if len(l.part) > mostResult {
				l.err = fmt.Errorf("line %d of the results has more than %d bytes, the most that is read", l.at+1, mostResult)
			}
			return len(p), l.err
		}
		line := rest[:end]
		if len(l.part) > 0 {
			line = append(l.part, line...)
			l.part = line[:0]
		}
		if err := l.give(line); err != nil {
			return 0, err
		}
		rest = rest[end+1:]
	}
}

// give hands over a line, unless it is empty or was handed over before.
func (l *lines) give(line []byte) error {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return nil
	}
	l.at++
	if l.at <= l.given {
		return nil
	}
	l.given++
	l.err = l.each(line)
	return l.err
}

// end hands over the last line, which may lack its end.
func (l *lines) end() error { return l.give(l.part) }

// result reads a line of the results. What it returns shares nothing with the line.
func result(c *client.Client, r client.Request, line []byte) Result {
	var shown struct {
		ID       text `json:"custom_id"`
		Response lenient[*struct {
			Status    number          `json:"status_code"`
			RequestID text            `json:"request_id"`
			Body      json.RawMessage `json:"body"`
		}]
		Error json.RawMessage
	}
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	if err := json.Unmarshal(line, &shown); err != nil {
		_, err := c.Examine(r, http.StatusOK, "", line)
		if err == nil { // JSON that is no object
			err = unreadable(c, r, line)
		}
		return Result{Err: err}
	}
	out := Result{ID: string(shown.ID)}
	if response := shown.Response.v; response != nil {
		out.Status, out.RequestID = int(response.Status), c.Text(r, string(response.RequestID))
		status := out.Status
		if status == 0 { // it is left out: the body tells
			status = http.StatusOK
		}
		answer, err := c.Examine(r, status, string(response.RequestID), response.Body)
		if out.Err = err; string(answer.Body) != "null" {
			out.Body = bytes.Clone(answer.Body)
		}
	}
	if said := client.ErrorText(shown.Error); said != "" {
		out.Err = failure(c, r, shown.Error)
	} else if shown.Response.v == nil {
		out.Err = unreadable(c, r, line)
	}
	return out
}

// failure is the error of a line that has one of its own.
func failure(c *client.Client, r client.Request, said []byte) error {
	document := append(append([]byte(`{"error":`), said...), '}')
	_, err := c.Examine(r, 0, "", document)
	var problem *client.Problem
	if errors.As(err, &problem) && slices.Contains(notRun, problem.Code) {
		return &NotRun{problem.Code, problem.Message}
	}
	return err
}

// unreadable is the error of a line that says nothing.
func unreadable(c *client.Client, r client.Request, line []byte) error {
	_, err := c.Examine(r, 0, "", line)
	return err
}
