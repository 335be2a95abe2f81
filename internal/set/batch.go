package set

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// batching is the asking of questions through batches.
type batching struct {
	applying
	*asking
	limit     time.Time        // until when is waited
	cancelled time.Time        // until when is waited for what is given up
	waiting   []*part          // not submitted yet
	under     []*part          // submitted, and not collected
	batches   []job.Batch      // all that there were
	fresh     map[string]bool  // names of the requests that are in no batch
	pending   map[string]*part // under way when the apply ended, by the name of the request
	takenUp   []string         // batches that were there already
	givenUp   []string         // batches of which nothing is wanted
}

// runBatches asks through the Batch API, and collects what earlier applies have asked. missing are all requests
// whose answer the state has not; todo those among them that recordings do not answer either.
func (a applying) runBatches(ctx context.Context, asked *asking, h held, missing, todo []*entry) (*batching, error) {
	x := &batching{applying: a, asking: asked, pending: map[string]*part{}, limit: a.client.Clock().Now().Add(a.timeLimit()), cancelled: a.client.Clock().Now().Add(cancelling)}
	x.total = len(todo)
	todos := map[string]*task{}
	for _, t := range tasks(todo) {
		todos[t.question.Name()] = t
	}
	x.fresh = x.resume(ctx, h, missing, todos)
	x.takeLeft(ctx, h, missing, todos)
	x.giveUpOwn(ctx, h)
	if x.submits() {
		x.waiting = x.split(h, missing, todos)
		return x, x.loop(ctx)
	}
	x.askFresh(ctx, todo)
	err := x.loop(ctx)
	x.askFresh(ctx, todo) // what a batch has not answered
	return x, err
}

// askFresh asks directly for what is in no batch.
func (x *batching) askFresh(ctx context.Context, todo []*entry) {
	var all []*task
	for _, t := range tasks(todo) {
		if name := t.question.Name(); x.fresh[name] {
			all = append(all, t)
			x.fresh[name] = false
		}
	}
	x.asking.ask(ctx, all)
}

// resume takes up the batches that the state names. It returns the names of requests that are in none of them.
func (x *batching) resume(ctx context.Context, h held, missing []*entry, todos map[string]*task) (fresh map[string]bool) {
	fresh = map[string]bool{}
	parts := map[string]*part{}
	for _, t := range tasks(missing) { // in order, those that have an answer by now among them: they make the mark of a retry
		name := t.question.Name()
		id := h.waits[t.entries[0].hash()].batch
		if id == "" {
			fresh[name] = todos[name] != nil
			continue
		}
		p := parts[id]
		if p == nil {
			p = &part{todo: map[string]*task{}, batch: job.Batch{ID: id}}
			parts[id] = p
		}
		p.all = append(p.all, t)
		if todo := todos[name]; todo != nil {
			p.todo[name] = todo
		}
		p.changed = p.changed || h.marks[t.entries[0].key].batch != id
	}
	for _, id := range slices.Sorted(maps.Keys(parts)) {
		p := parts[id]
		if len(p.todo) == 0 {
			continue
		}
		p.changed = p.changed || len(p.all) != h.inBatch(id)
		b, err := job.Get(ctx, x.client, id, x.apiKey())
		switch {
		case client.IsGone(err):
			x.failAll(p, fmt.Errorf("the batch %s is not on the server any more", id))
			continue
		case err != nil: // it is looked at again while it is waited for
			tflog.Warn(ctx, "A batch could not be looked at", map[string]any{"batch": id, "error": err.Error()})
		default:
			p.batch = b
		}
		x.under = append(x.under, p)
	}
	return fresh
}

// submits reports whether what is in no batch is put into one, and not asked directly.
func (x *batching) submits() bool { return x.config.String("engine") == batch }

func (x *batching) apiKey() string { return answer.APIKey(x.config) }

func (x *batching) endpoint() string { return "/v1/" + strings.Join(x.kind.Of.Endpoint, "/") }

func (x *batching) maxEnqueued() int64 { return wire.Int(x.config.Get("max_enqueued_tokens")) }

func (x *batching) waits() bool {
	wait := x.config.Get("wait")
	return wait.IsNull() || wire.True(wait)
}

// loop submits, waits and collects, until all is there or the time is over.
func (x *batching) loop(ctx context.Context) error {
	for {
		if err := x.collectEnded(ctx); err != nil {
			return err
		}
		x.submit(ctx)
		if slices.ContainsFunc(x.under, func(p *part) bool { return p.batch.Ended() }) {
			continue // one that was found
		}
		if len(x.under) == 0 && len(x.waiting) == 0 {
			return nil
		}
		left := x.limit.Sub(x.client.Clock().Now())
		if !slices.ContainsFunc(x.under, func(p *part) bool { return !p.unwanted }) {
			left = min(left, x.cancelled.Sub(x.client.Clock().Now()))
		}
		if !x.waits() || left <= 0 || ctx.Err() != nil || len(x.under) == 0 {
			x.leave()
			return nil //nolint:nilerr // the next apply collects what is under way
		}
		x.await(ctx, left)
	}
}

// await waits for the first batch, and looks at the others when it has ended.
func (x *batching) await(ctx context.Context, left time.Duration) {
	told := func(b job.Batch) {
		tflog.Info(ctx, "A batch is under way", map[string]any{"batch": b.ID, "status": b.Status, "requests": b.Total, "completed": b.Done, "failed": b.FailedCount})
	}
	slices.SortStableFunc(x.under, func(p, q *part) int { // what is wanted first
		switch {
		case p.unwanted == q.unwanted:
			return 0
		case p.unwanted:
			return 1
		}
		return -1
	})
	for i, p := range x.under {
		if i > 0 {
			left = 0
		}
		var err error
		if i == 0 {
			p.batch, err = job.Await(ctx, x.client, p.batch, x.apiKey(), left, told)
		} else if b, other := job.Get(ctx, x.client, p.batch.ID, x.apiKey()); other == nil {
			p.batch = b
		}
		if err != nil && !errors.Is(err, job.ErrPending) {
			x.limit, x.trouble = time.Time{}, err // the next apply looks at it
			return
		}
	}
}

// leave notes what is under way, for the next apply.
func (x *batching) leave() {
	for _, p := range slices.Concat(x.under, x.waiting) {
		for name := range p.todo {
			if !p.unwanted {
				x.pending[name] = p
			}
		}
	}
	for _, p := range x.under {
		x.batches = append(x.batches, p.batch)
	}
}

// submit submits what can be: all, or with max_enqueued_tokens one batch of each model at a time.
func (x *batching) submit(ctx context.Context) {
	rest := x.waiting
	x.waiting = nil
	for i, p := range rest {
		busy := x.maxEnqueued() > 0 && slices.ContainsFunc(x.under, func(q *part) bool { return q.unwanted || q.model() == p.model() })
		if busy {
			x.waiting = append(x.waiting, p)
			continue
		}
		b, found, err := x.submitOne(ctx, p)
		if err != nil {
			x.waiting = append(x.waiting, rest[i:]...)
			x.refused(err)
			return
		}
		tflog.Info(ctx, "A batch is under way", map[string]any{"batch": b.ID, "status": b.Status, "requests": len(p.todo), "found": found})
		if found {
			x.takenUp = append(x.takenUp, b.ID+" ("+b.Status+")")
		}
		p.batch, p.found = b, found && b.Ended()
		x.under = append(x.under, p)
	}
}

// submitOne submits the batch of a part, or finds it. It is written down before.
func (x *batching) submitOne(ctx context.Context, p *part) (b job.Batch, found bool, err error) {
	if err := x.note(p); err != nil {
		return job.Batch{}, false, err
	}
	return job.Submit(ctx, x.client, job.Task{
		Endpoint: x.endpoint(), APIKey: x.apiKey(), Lines: p.lines(), Mark: p.mark(journal.Workspace(x.client.DataDirectory())), Tokens: p.tokens(),
		Filename: x.kind.Of.Type + "_set.jsonl",
	})
}

// refused ends the asking: what is not submitted has failed. What is under way stays.
func (x *batching) refused(err error) {
	for _, p := range x.waiting {
		x.failAll(p, err)
	}
	x.waiting = nil
	x.stopped = err
	x.leave()
	x.under = nil
}
