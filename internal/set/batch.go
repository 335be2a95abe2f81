package set

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
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

// part is requests that go into one batch.
type part struct {
	all     []*task          // whose names make the mark, those among it that have an answer by now
	todo    map[string]*task // what is asked, by the name of the request
	attempt int              // counts the batches of these requests
	retries int              // how many of them were made because of failures
	batch   job.Batch        // zero = not submitted
	found   bool             // it had ended before this apply
	changed bool             // its lines may be others than those of all, or in another order

	unwanted bool // it is given up, and todo is what is recorded of it
}

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

// workspace is that of Terraform: two of them may have the same requests, and batches of their own.
func (m *managed) workspace() string {
	if name := os.Getenv("TF_WORKSPACE"); name != "" {
		return name
	}
	name, err := os.ReadFile(filepath.Join(m.client.DataDirectory(), "environment"))
	if text := strings.TrimSpace(string(name)); err == nil && text != "" {
		return text
	}
	return "default"
}

// ID of a line is the name of the request, so that what comes back says what it answers.

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

// split puts what is missing into batches.
func (x *batching) split(h held, missing []*entry, todos map[string]*task) (parts []*part) {
	there := map[string]bool{}
	for _, p := range x.under {
		for _, t := range p.all {
			there[t.question.Name()] = true
		}
	}
	all := slices.DeleteFunc(tasks(missing), func(t *task) bool { // what is in a batch, be it collected by now or not
		return h.waits[t.entries[0].hash()].batch != "" || there[t.question.Name()]
	})
	sizes := func(yield func(job.Size) bool) {
		for _, t := range all {
			input, _ := t.question.Size()
			line := job.Line{ID: t.question.Name(), Body: t.question.Body()}
			if !yield(job.Size{Model: t.entries[0].arguments.String("model"), Bytes: job.LineBytes(x.endpoint(), line), Tokens: int64(input)}) {
				return
			}
		}
	}
	for _, indexes := range job.Split(sizes, job.Limits{Tokens: x.maxEnqueued()}) {
		p := &part{todo: map[string]*task{}}
		for _, i := range indexes {
			p.all = append(p.all, all[i])
			if name := all[i].question.Name(); x.fresh[name] {
				p.todo[name] = todos[name]
			}
		}
		if len(p.todo) > 0 {
			parts = append(parts, p)
		}
	}
	return parts
}

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
		Endpoint: x.endpoint(), APIKey: x.apiKey(), Lines: p.lines(), Mark: p.mark(x.workspace()), Tokens: p.tokens(),
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

func (p *part) model() string { return p.all[0].entries[0].arguments.String("model") }

// tokens is about how many tokens the requests and their answers take.
func (p *part) tokens() (n int) {
	for _, t := range p.todo {
		input, output := t.question.Size()
		n += input + output
	}
	return n
}

// mark tells the batch from any other: it is made of Terraform's workspace, of the names of the requests, and of how
// many batches there were for them before.
func (p *part) mark(workspace string) string {
	sum := sha256.New()
	fmt.Fprintln(sum, workspace)
	for _, t := range p.all {
		fmt.Fprintln(sum, t.question.Name())
	}
	return fmt.Sprintf("%s-%d", hex.EncodeToString(sum.Sum(nil)), p.attempt)
}

// lines are the requests of the batch. What recordings answer by now is not among them.
func (p *part) lines() iter.Seq[job.Line] {
	return func(yield func(job.Line) bool) {
		for _, t := range p.all {
			if p.todo[t.question.Name()] != nil && !yield(job.Line{ID: t.question.Name(), Body: t.question.WholeBody()}) {
				return
			}
		}
	}
}

// names are those of the requests of the batch, in the order of its lines.
func (p *part) names() (names []string) {
	for _, t := range p.all {
		if name := t.question.Name(); p.todo[name] != nil {
			names = append(names, name)
		}
	}
	return names
}

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
		return nil
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
		switch t := p.todo[name]; {
		case !(r.Again() || p.found && !x.keeps()) || next.retries > x.retryFailed():
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
