package set

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// collectEnded collects the batches that have ended, and puts what has failed into others, as far as that is wanted.
func (x *batching) collectEnded(ctx context.Context) error {
	under := x.under
	x.under = nil
	for i, p := range under {
		if !p.batch.Ended() {
			x.under = append(x.under, p)
			continue
		}
		x.batches = append(x.batches, p.batch)
		if p.unwanted {
			x.salvage(ctx, p)
			continue
		}
		failed, err := x.collect(ctx, p)
		if err != nil {
			x.batches = x.batches[:len(x.batches)-1]
			x.under = append(x.under, under[i:]...)
			if ctx.Err() == nil {
				return err
			}
			x.leave()
			x.under = nil
			return nil
		}
		x.again(p, failed)
	}
	return nil
}

// collect takes the results of a batch. It returns those without a usable answer.
func (x *batching) collect(ctx context.Context, p *part) (map[string]answer.Result, error) {
	failed := map[string]answer.Result{}
	left := map[string]bool{}
	for name := range p.todo {
		left[name] = true
	}
	there := map[string]bool{}
	for _, t := range p.all {
		there[t.question.Name()] = true
	}
	if p.batch.Status == job.StatusFailed {
		x.invalid(p, failed)
		return failed, nil
	}
	err := job.Collect(ctx, x.client, p.batch, x.apiKey(), func(r job.Result) error {
		t := p.todo[r.ID]
		switch {
		case t == nil && !there[r.ID]:
			return x.keepForOthers(r)
		case t == nil || !left[r.ID]:
			return nil // it is there already
		}
		delete(left, r.ID)
		got := x.result(ctx, t, r)
		if got.Useful() {
			x.succeed(ctx, t, got)
		} else {
			failed[r.ID] = got
		}
		return x.untakenBy()
	})
	if err != nil && !client.IsGone(err) {
		return nil, err
	}
	for name := range left {
		why := fmt.Errorf("batch %s, which is %s, has no result for it", p.batch.ID, p.batch.Status)
		if err != nil {
			why = err
		}
		failed[name] = answer.Result{Failure: why}
	}
	return failed, nil
}

// salvage keeps what a batch has answered of which nothing is wanted.
func (x *batching) salvage(ctx context.Context, p *part) {
	err := job.Collect(ctx, x.client, p.batch, x.apiKey(), func(r job.Result) error {
		if t := p.todo[r.ID]; t != nil {
			x.result(ctx, t, r)
			return nil
		}
		return x.keepForOthers(r)
	})
	if err != nil {
		tflog.Warn(ctx, "The answers of a batch of which nothing is wanted could not be kept", map[string]any{"batch": p.batch.ID, "error": err.Error()})
	}
}

// keepForOthers keeps an answer that nobody wants here for whoever asks the same again: it is paid for.
func (x *batching) keepForOthers(r job.Result) error {
	if x.journal == nil || r.Err != nil || len(r.Body) == 0 || x.journal.Has(r.ID) {
		return nil //nolint:nilerr // a request that has failed has no answer
	}
	return x.journal.Keep(journal.Entry{Name: r.ID, RequestID: r.RequestID, Body: r.Body})
}

// untakenBy says why answers cannot be taken. That others have failed is no reason.
func (x *batching) untakenBy() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.untaken
}

// result is what became of one request, recorded or written down.
func (x *batching) result(ctx context.Context, t *task, r job.Result) answer.Result {
	if r.Err != nil {
		return answer.Result{Failure: r.Err}
	}
	got := client.Answer{Body: r.Body, RequestID: r.RequestID, Complete: true}
	made := t.question.Take(ctx, got, nil)
	if made.Useful() && (t.question.Waits() || made.Unrecorded != nil) {
		_ = x.keep(t, r.RequestID, r.Body) // else the server has it
	}
	return made
}

// invalid are the requests of a batch that the server refused as a whole: those that it names with what it
// says of them, the others because of those.
func (x *batching) invalid(p *part, failed map[string]answer.Result) {
	names := p.names()
	general := fmt.Sprintf("batch %s was refused", p.batch.ID)
	for _, e := range p.batch.Errors {
		text := e.Message
		if e.Code != "" {
			text += " (" + e.Code + ")"
		}
		if e.Line > 0 && e.Line <= len(names) && len(p.all) == len(p.todo) && !p.changed {
			failed[names[e.Line-1]] = answer.Result{Failure: &invalidLine{text}, Refused: true}
			continue
		}
		general += ": " + text
	}
	for _, name := range names {
		if _, named := failed[name]; !named {
			failed[name] = answer.Result{Failure: errors.New(general)}
		}
	}
}

// invalidLine is what the server says of one line of a batch that it does not run.
type invalidLine struct{ text string }

func (e *invalidLine) Error() string { return e.text }

// again asks what has failed once more, if the user wants that, or if it failed in an earlier apply.
// It has never anything among it that has an answer.
func (x *batching) again(p *part, failed map[string]answer.Result) {
	next := &part{all: p.all, todo: map[string]*task{}, attempt: p.attempt + 1, retries: p.retries}
	// A batch that was refused because of some lines has cost nothing, and says nothing of the others.
	refused := slices.ContainsFunc(slices.Collect(maps.Values(failed)), isInvalid)
	if !p.found && !refused {
		next.retries++
	}
	for name, r := range failed {
		// What an earlier apply has failed with is asked again, as it would be without a batch.
		wanted := r.Again() || p.found && !x.keeps()
		switch t := p.todo[name]; {
		case !wanted || next.retries > x.retryFailed():
			x.fail(t, r)
		case x.submits():
			next.todo[name] = t
		default:
			x.fresh[name] = true
		}
	}
	if len(next.todo) > 0 {
		x.waiting = append(x.waiting, next)
	}
}

func isInvalid(r answer.Result) bool { return errors.As(r.Failure, new(*invalidLine)) }

func (x *batching) retryFailed() int { return int(wire.Int(x.config.Get("retry_failed"))) }

func (x *batching) failAll(p *part, err error) {
	for _, t := range p.todo {
		x.fail(t, answer.Result{Failure: err})
	}
}
