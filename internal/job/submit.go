package job

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
)

// How far the list of batches is looked through for a mark: the server keeps results for 30 days, so that what is
// older is of no use.
const (
	oldest     = 30 * 24 * time.Hour
	mostLooked = 2000
)

// referring is how long the server may not know an input file that somebody else has uploaded.
const referring = 15 * time.Second

// cleaning is how long the removal of an input file may take that came to nothing.
const cleaning = 20 * time.Second

// Submit makes the batch of a task, or adopts the one that an earlier Submit has made, in this process or another:
// the newest with its mark that has not failed, and whose results are still there. adopted says which. Two Submits of one client
// never return the same batch. One that is about to be cancelled is not adopted.
//
// The batch is made once: where the answer to that is lost, it is looked for, and an error says if it is not found.
func Submit(ctx context.Context, c *client.Client, t Task) (b Batch, adopted bool, err error) {
	if t.Mark == "" {
		return Batch{}, false, errors.New("the batch has no mark")
	}
	defer taken.lock(c, t.mark())()
	if b, adopted, err = t.adopt(ctx, c); adopted || err != nil {
		return b, adopted, err
	}
	input := t.InputFileID
	if input == "" {
		if input, err = t.upload(ctx, c); err != nil {
			return Batch{}, false, err
		}
	}
	b, err = t.create(ctx, c, input)
	if err == nil {
		taken.add(c, b.ID, false)
		return b, false, nil
	}
	if lost(err) {
		b, found, err := t.recover(ctx, c, err)
		return b, found, err
	}
	if t.InputFileID == "" {
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
		defer cancel()
		_ = t.remove(clean, c, input) // the error of the create is what matters
	}
	return Batch{}, false, err
}

// lost reports whether a create that failed may have made a batch.
func lost(err error) bool {
	var problem *client.Problem
	return !errors.As(err, &problem) || problem.MaybeCreated || problem.Status/100 == 2
}

// recover looks for the batch that a create may have made whose answer was lost, for as long as a list may lack it.
func (t Task) recover(ctx context.Context, c *client.Client, lost error) (b Batch, found bool, err error) {
	for until, looks := c.Clock().Now().Add(object.Settling), 0; ; looks++ {
		if b, found, err = t.adopt(ctx, c); found {
			return b, true, nil
		}
		rest := client.Pause(looks)
		if err != nil || c.Clock().Now().Add(rest).After(until) || c.Clock().Sleep(ctx, rest) != nil {
			break
		}
	}
	var problem *client.Problem
	if errors.As(lost, &problem) {
		problem.MaybeCreated = false
		problem.Message += " A batch may have been made all the same. It was looked for and not found. The next apply looks for it before it submits one."
	}
	return Batch{}, false, lost
}

// create makes the batch. While the server may not know the input file yet, a refusal that may mean that is tried again.
func (t Task) create(ctx context.Context, c *client.Client, input string) (Batch, error) {
	body := map[string]any{"input_file_id": input, "endpoint": t.Endpoint, "completion_window": t.CompletionWindow}
	if t.CompletionWindow == "" {
		body["completion_window"] = "24h"
	}
	metadata := map[string]string{}
	maps.Copy(metadata, t.Metadata)
	metadata[MarkKey] = t.mark()
	body["metadata"] = metadata
	if t.OutputExpiresAfter > 0 {
		body["output_expires_after"] = map[string]any{"anchor": "created_at", "seconds": int64(t.OutputExpiresAfter / time.Second)}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return Batch{}, err
	}
	r := client.Request{Method: http.MethodPost, Path: "batches", Body: text, APIKey: t.APIKey, Secrets: t.Secrets, Carries: t.count(), Tokens: t.Tokens}
	until := c.Clock().Now().Add(object.Settling)
	if t.InputFileID != "" {
		until = c.Clock().Now().Add(referring)
	}
	for looks := 0; ; looks++ {
		answer, err := c.Do(ctx, r)
		if err == nil {
			return read(c, r, answer)
		}
		if !lacksInput(err) || !c.Clock().Now().Before(until) || c.Clock().Sleep(ctx, client.Pause(looks)) != nil {
			return Batch{}, err
		}
	}
}

// lacksInput reports whether a create may have been refused because the server does not know the input file.
func lacksInput(err error) bool {
	var problem *client.Problem
	if !client.HasStatus(err, http.StatusBadRequest, http.StatusNotFound) || !errors.As(err, &problem) {
		return false
	}
	return problem.Param == "input_file_id" || problem.Param == "" && (problem.Code == "" || problem.Status == http.StatusNotFound)
}

// adopt looks for a batch with the mark that can be adopted, and adopts it.
func (t Task) adopt(ctx context.Context, c *client.Client) (b Batch, found bool, err error) {
	marked, err := t.marked(ctx, c)
	for _, b := range marked {
		if b.Status == StatusCancelling {
			continue // its requests are asked again
		}
		over, err := t.over(ctx, c, b)
		if err != nil {
			return Batch{}, false, err
		}
		if !over && taken.add(c, b.ID, true) {
			return b, true, nil
		}
	}
	return Batch{}, false, err
}

// Find looks for the batch that was submitted with a mark, as [Submit] does, but adopts none, and finds one that is
// about to be cancelled as well. submitted is when that was to be: for a minute after it, a list may lack the batch.
func Find(ctx context.Context, c *client.Client, apiKey, mark string, submitted time.Time) (b Batch, found bool, err error) {
	t := Task{APIKey: apiKey, Mark: mark}
	for looks := 0; ; looks++ {
		marked, err := t.marked(ctx, c)
		for _, b := range marked {
			over, err := t.over(ctx, c, b)
			if !over || err != nil {
				return b, err == nil, err
			}
		}
		now := c.Clock().Now()
		if err != nil || len(marked) > 0 || now.Before(submitted) || !now.Before(submitted.Add(object.Settling)) {
			return Batch{}, false, err
		}
		if err := c.Clock().Sleep(ctx, client.Pause(looks)); err != nil {
			return Batch{}, false, err
		}
	}
}

// Adopt takes a batch that was found, as [Submit] does with the one that it finds. It reports false if another has it.
func Adopt(c *client.Client, id string) bool { return taken.add(c, id, true) }

// Taken reports whether a Submit of the client has returned a batch, or it was adopted.
func Taken(c *client.Client, id string) bool {
	taken.mu.Lock()
	defer taken.mu.Unlock()
	_, there := taken.ids[owned{c, id}]
	return there
}

// marked are the batches with the mark, among the newest.
func (t Task) marked(ctx context.Context, c *client.Client) (marked []Batch, err error) {
	r := client.Request{Path: "batches", APIKey: t.APIKey, Secrets: t.Secrets}
	start := c.Clock().Now().Add(-oldest)
	err = c.Pages(ctx, r, mostLooked, func(items []json.RawMessage) (more bool, err error) {
		for _, item := range items {
			b, err := read(c, r, client.Answer{Body: item})
			if err != nil {
				return false, err
			}
			if !b.Created.IsZero() && b.Created.Before(start) {
				return false, nil
			}
			if b.Metadata[MarkKey] == t.mark() && !slices.Contains(t.Not, b.ID) {
				marked = append(marked, b)
			}
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return marked, nil
}

// over reports whether there is nothing to be had of a batch any more: it has failed, or its files were removed, as
// [RemoveFiles] does.
func (t Task) over(ctx context.Context, c *client.Client, b Batch) (bool, error) {
	if b.Status == StatusFailed {
		return true, nil
	}
	if b.Own() {
		if gone, err := t.gone(ctx, c, b.InputFileID, b.Created); gone || err != nil {
			return gone, err
		}
	}
	if !b.Ended() {
		return false, nil
	}
	for _, id := range []string{b.OutputFileID, b.ErrorFileID} {
		if id == "" {
			continue
		}
		if gone, err := t.gone(ctx, c, id, b.End()); !gone || err != nil {
			return false, err
		}
	}
	return true, nil
}

// gone reports whether a file is not there that was made at a time. For a minute after that, it may not be seen yet.
func (t Task) gone(ctx context.Context, c *client.Client, id string, made time.Time) (bool, error) {
	for looks := 0; ; looks++ {
		_, err := c.Do(ctx, client.Request{Method: http.MethodGet, Path: client.Path("files", id), APIKey: t.APIKey, Existing: true})
		now := c.Clock().Now()
		if !client.IsGone(err) || now.Before(made) || !now.Before(made.Add(object.Settling)) || c.Clock().Sleep(ctx, client.Pause(looks)) != nil {
			gone, err := object.IsGone(ctx, c, err)
			if gone {
				err = nil
			}
			return gone, err
		}
	}
}

// ownership is which batches the Submits of a client have returned, and which marks they are about.
type ownership struct {
	mu    sync.Mutex
	ids   map[owned]bool // by adoption?
	marks map[owned]*sync.Mutex
}

type owned struct {
	client *client.Client
	name   string
}

var taken = ownership{ids: map[owned]bool{}, marks: map[owned]*sync.Mutex{}}

// lock has one Submit at a time be about a mark.
func (o *ownership) lock(c *client.Client, mark string) (unlock func()) {
	key := owned{c, mark}
	o.mu.Lock()
	if o.marks[key] == nil {
		o.marks[key] = &sync.Mutex{}
	}
	one := o.marks[key]
	o.mu.Unlock()
	one.Lock()
	return one.Unlock
}

// add notes that a Submit returns a batch. It reports false if another one has.
func (o *ownership) add(c *client.Client, id string, adopted bool) bool {
	key := owned{c, id}
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, there := o.ids[key]; there {
		return false
	}
	o.ids[key] = adopted
	return true
}

// Adopted reports whether a Submit of the client has adopted a batch. Whoever had it before has lost it: it is neither to be
// cancelled, nor are its files to be removed, when that one is destroyed (create_before_destroy).
func Adopted(c *client.Client, id string) bool {
	taken.mu.Lock()
	defer taken.mu.Unlock()
	return taken.ids[owned{c, id}]
}
