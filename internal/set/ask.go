package set

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

const (
	// atOnce is how many requests are under way at most. The provider's limits hold besides.
	atOnce = 64

	// mostInARow is after how many failures one after another the rest is not sent, where each could be the
	// server's: it is down, say.
	mostInARow = 32
)

// task is requests that are the same, and are asked once.
type task struct {
	question *answer.Question
	entries  []*entry
}

// release gives up what is only needed to ask.
func (t *task) release() {
	t.question = nil
	for _, e := range t.entries {
		e.release()
	}
}

// tasks puts together what is asked once, in the order of the names.
func tasks(todo []*entry) []*task {
	var all []*task
	found := map[string]*task{}
	for _, e := range todo {
		if found[e.name] == nil {
			found[e.name] = &task{question: e.question}
			all = append(all, found[e.name])
		}
		found[e.name].entries = append(found[e.name].entries, e)
	}
	return all
}

// failure is why a request has no answer of use.
type failure struct {
	why   string
	err   error // nil = there was an answer, which is of no use
	again bool  // it may end in another way the next time
}

// errNotSent is the failure of requests that are not sent after others have failed, or after the operation was stopped.
var errNotSent = errors.New("not sent, because the apply stopped asking")

// asking is the asking of many questions.
type asking struct {
	kind    *Kind
	journal *journal.Journal // of answers that are recorded nowhere; nil = there can be none
	waits   bool             // answers wait in it for the state
	total   int
	release bool // what is asked is not needed after that

	mu       sync.Mutex
	take     func(e *entry, answer tftypes.Value) error // of one at a time
	failures map[string]failure
	pending  map[string]mark // of requests whose answers are still to come, by their keys
	warnings []string

	unrecorded error // why an answer could not be recorded
	unkept     error // why an answer could not be kept until the state has it
	lost       int   // how many such answers there are
	inARow     int
	done       int
	stopped    error // why no more is sent; nil = all is
	trouble    error // why a batch could not be waited for
	untaken    error // why an answer could not be taken
}

func newAsking(k *Kind, take func(*entry, tftypes.Value) error) *asking {
	if take == nil {
		take = func(*entry, tftypes.Value) error { return nil }
	}
	return &asking{kind: k, failures: map[string]failure{}, pending: map[string]mark{}, take: take}
}

// ask asks the questions, several at a time. What comes is given to take, and what fails noted. It
// returns when all is there, or nothing more will come.
func (a *asking) ask(ctx context.Context, all []*task) {
	a.total = len(all)
	queue := make(chan *task)
	var workers sync.WaitGroup
	if len(all) == 0 {
		return
	}
	for range min(all[0].question.AtOnce(atOnce), len(all)) {
		workers.Go(func() {
			for t := range queue {
				a.one(ctx, t)
				if a.release {
					t.release()
				}
			}
		})
	}
	for _, t := range all {
		if a.stop(ctx) {
			a.fail(t, answer.Result{Failure: errNotSent})
			continue
		}
		queue <- t
	}
	close(queue)
	workers.Wait()
}

func (a *asking) stop(ctx context.Context) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped == nil && ctx.Err() != nil {
		a.stopped = context.Cause(ctx)
	}
	return a.stopped != nil
}

func (a *asking) one(ctx context.Context, t *task) {
	r, there := a.waiting(ctx, t)
	if !there {
		if a.stop(ctx) { // it was handed out before that
			a.fail(t, answer.Result{Failure: errNotSent})
			return
		}
		r = t.question.Ask(ctx, func(got client.Answer) error {
			return a.keep(t, got.RequestID, got.Body)
		})
	}
	if r.Useful() {
		a.succeed(ctx, t, r)
	} else {
		a.fail(t, r)
	}
}

// keep keeps an answer for the next operation, should this one end before the state has it.
func (a *asking) keep(t *task, requestID string, body []byte) error {
	if a.journal == nil {
		return errNoJournal
	}
	return a.journal.Keep(journal.Entry{Name: t.question.Name(), RequestID: requestID, Body: body})
}

// errNoJournal says why a plan, which keeps nothing but recordings, has lost an answer.
var errNoJournal = errors.New("a plan keeps answers only as recordings")

// waiting is an answer that an operation has left which ended too early.
func (a *asking) waiting(ctx context.Context, t *task) (answer.Result, bool) {
	if a.journal == nil {
		return answer.Result{}, false
	}
	e, ok := a.journal.Find(t.question.Name())
	if !ok {
		return answer.Result{}, false
	}
	left := client.Answer{Body: e.Body, RequestID: e.RequestID}
	if !t.question.Read(left, nil).Useful() {
		return answer.Result{}, false
	}
	return t.question.Take(ctx, left, nil), true // recorded, where it is to be
}

// takeThere takes the answers that are recorded, or were left by an earlier operation. It returns what is to be asked.
func (a *asking) takeThere(ctx context.Context, todo []*entry) (rest []*entry) {
	for _, t := range tasks(todo) {
		r, there := a.waiting(ctx, t)
		if !there {
			r, there = t.question.Recorded()
		}
		switch {
		case there && r.Useful():
			a.succeed(ctx, t, r)
		case there && r.Failure != nil: // a recording that cannot be used
			a.fail(t, r)
		default:
			rest = append(rest, t.entries...)
		}
	}
	return rest
}

// leave leaves what is in a batch in it, for an apply that may collect it, and takes what is recorded of it. It returns the rest.
func (a *asking) leave(ctx context.Context, h held, todo []*entry) (rest []*entry) {
	for _, e := range todo {
		m := h.waits[e.hash()]
		if m.submitted == "" {
			rest = append(rest, e)
		} else if r, there := e.question.Recorded(); there && r.Useful() {
			a.succeed(ctx, &task{e.question, []*entry{e}}, r)
		} else {
			a.pending[e.key] = m
		}
	}
	return rest
}

func (a *asking) succeed(ctx context.Context, t *task, r answer.Result) {
	object := a.kind.object(a.kind.Project(wire.FieldsOf(r.Values)))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.inARow = 0
	for _, e := range t.entries {
		if err := a.take(e, object); err != nil {
			a.untaken = err
			if a.stopped == nil {
				a.stopped = err
			}
		}
	}
	if len(r.Warnings) > 0 {
		a.warnings = append(a.warnings, fmt.Sprintf("%s: %s", t.entries[0].key, r.Warnings[0]))
	}
	if r.Unrecorded != nil && a.unrecorded == nil {
		a.unrecorded = r.Unrecorded
	}
	if r.Lost != nil { // the next one would be lost as well
		a.lost += len(t.entries)
		if a.unkept == nil {
			a.unkept = r.Lost
		}
		if a.stopped == nil {
			a.stopped = r.Lost
		}
	}
	a.progress(ctx)
}

func (a *asking) fail(t *task, r answer.Result) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := failure{why: r.Why(), err: r.Failure, again: r.Again()}
	for _, e := range t.entries {
		a.failures[e.key] = f
	}
	if a.stopped == nil {
		a.stopped = a.hopeless(r)
	}
	a.done++
}

// hopeless says why no other request will fare better; nil = it may. a.mu is held.
func (a *asking) hopeless(r answer.Result) error {
	if !r.Again() {
		a.inARow = 0
		return nil
	}
	var problem *client.Problem
	if errors.As(r.Failure, &problem) {
		switch problem.Kind {
		case client.NoKey, client.NoToken, client.InsecureURL, client.Redirect, client.Budget, client.Canceled, client.Deadline:
			return r.Failure
		}
		if problem.Status == 401 || problem.Status == 403 || problem.Code == "insufficient_quota" {
			return r.Failure
		}
	} else if !errors.Is(r.Failure, errNotSent) {
		return nil // a recording that is missing or damaged: the others are looked at as well
	}
	if a.inARow++; a.inARow >= mostInARow {
		return r.Failure
	}
	return nil
}

// progress logs how far the asking is: at each tenth of it. a.mu is held.
func (a *asking) progress(ctx context.Context) {
	a.done++
	if step := max(a.total/10, 1); a.done%step == 0 || a.done == a.total {
		tflog.Info(ctx, "Answers have come", map[string]any{"answered": a.done - len(a.failures), "failed": len(a.failures), "requests": a.total})
	}
}
