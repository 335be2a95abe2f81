package set

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// applying is one apply.
type applying struct {
	*managed
	planned, config, prior wire.Fields // prior is absent for a create
	diags                  *diag.Diagnostics

	log  *journal.Log   // of the batches that it submits
	left []*journal.Log // of earlier applies
	idle []string       // batches of the state of which nothing is wanted
}

// apply makes the computed attributes; nil = there is nothing to be kept.
func (a applying) apply(ctx context.Context) wire.Values {
	if a.decided() {
		return wire.Values{}
	}
	ctx, cancel := a.within(ctx)
	defer cancel()
	names, _ := keys(a.config)
	h, err := a.kind.held(a.prior)
	var entries []*entry
	if err == nil {
		entries, err = a.kind.expandAll(a.client, a.config, names)
	}
	var out *outcome
	if err == nil {
		out, err = a.outcome()
	}
	if notOwn := (*notOwnError)(nil); errors.As(err, &notOwn) {
		notOwn.tell(a.diags)
		return nil
	}
	if err != nil {
		a.diags.AddError("Could not make the "+a.noun(), kinds.UpperFirst(err.Error())+".")
		return nil
	}
	values, err := a.fill(ctx, out, h, entries)
	if err != nil {
		out.sink.abort()
		a.diags.AddError("Could not make the "+a.noun(), kinds.UpperFirst(err.Error())+".")
		return nil
	}
	return values
}

// decided reports whether the plan has all that is to be.
func (a applying) decided() bool {
	for _, name := range a.kind.computed {
		if !a.planned.Get(name).IsFullyKnown() {
			return false
		}
	}
	return true
}

// How long all answers together may take, where the user does not say.
const (
	defaultTimeout = time.Hour
	batchTimeout   = 24 * time.Hour
)

func (a applying) within(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := a.timeLimit()
	if a.kind.batched(a.config, held{}) {
		limit += time.Hour // the wait for a batch ends by itself, and then what has ended is collected
	}
	return client.WithTimeLimit(ctx, "timeouts.create", limit)
}

// timeLimit is how long all answers together may take.
func (a applying) timeLimit() time.Duration {
	if fields := a.config.Open("timeouts"); !fields.Absent() {
		if d, err := time.ParseDuration(fields.String("create")); err == nil {
			return d
		}
	}
	if a.kind.batched(a.config, held{}) {
		return batchTimeout
	}
	return defaultTimeout
}

// outcome is where the answers go. That they can is known before anything is asked.
func (a applying) outcome() (*outcome, error) {
	if file, ok := a.planned.Text("results_file"); ok {
		own := ""
		if sameFile(file, a.prior.String("results_file")) {
			own = a.prior.String("results_sha256")
		}
		done, err := files.take(a.process, file, own)
		if err != nil {
			return nil, err
		}
		sink, err := newFile(file)
		if err != nil {
			done("")
			return nil, err
		}
		sink.done = done
		return a.kind.newOutcome(sink), nil
	}
	return a.kind.newOutcome(&inState{answers: wire.Values{}}), nil
}

// fill puts all answers together: those that are there, and those that are asked for now.
func (a applying) fill(ctx context.Context, out *outcome, h held, entries []*entry) (wire.Values, error) {
	known := wire.Members(a.planned.Get("answers"))
	failed := map[string]failure{}
	var missing, todo []*entry
	for _, e := range entries {
		m := h.marks[e.key]
		switch planned := known[e.key]; {
		case h.has(e.key, e.hash()):
			if err := out.put(e.key, mark{answered: e.hash()}, h.answerTo(a.kind, e.key, e.hash())); err != nil {
				return nil, err
			}
		case a.keeps() && m.refused == e.hash():
			failed[e.key] = failure{why: h.failed[e.key]}
		case !planned.IsNull() && planned.IsFullyKnown(): // the plan has it from a recording
			if err := out.put(e.key, mark{answered: e.hash()}, planned); err != nil {
				return nil, err
			}
			missing = append(missing, e)
		default:
			missing, todo = append(missing, e), append(todo, e)
		}
	}
	asked, err := a.ask(ctx, out, h, entries, missing, todo)
	if err == nil {
		err = asked.untaken
	}
	if err != nil {
		return nil, asked.unfinished(err)
	}
	maps.Copy(failed, asked.failures)
	if err := a.settle(out, h, entries, failed, asked.pending); err != nil {
		return nil, err
	}
	if a.prior.Absent() {
		if a.report(asked, len(entries), failed); a.diags.HasError() { // there is no state, and so no file
			out.sink.abort()
			a.reportPending(asked, out.batches)
			return nil, nil
		}
	}
	values, err := out.values()
	if err != nil {
		return nil, asked.unfinished(err)
	}
	if !a.prior.Absent() {
		a.report(asked, len(entries), failed)
	}
	a.reportPending(asked, out.batches)
	return values, nil
}

// keepsFailures reports whether failures are no error.
func (m *managed) keepsFailures(config wire.Fields) bool { return config.String("on_failure") == keep }

func (a applying) keeps() bool { return a.keepsFailures(a.config) }

// ask asks for what is missing: todo is that of it that no recording in the plan answers.
func (a applying) ask(ctx context.Context, out *outcome, h held, entries, missing, todo []*entry) (*asking, error) {
	asked := newAsking(a.kind, func(e *entry, v tftypes.Value) error { return out.put(e.key, mark{answered: e.hash()}, v) })
	out.batches = h.batches
	if !a.planned.Get("batches").IsKnown() {
		a.idle = h.unwanted(entries)
	}
	if len(todo) == 0 && len(a.idle) == 0 {
		return asked, nil
	}
	if diags := a.refusals(todo); diags.HasError() {
		a.diags.Append(diags...)
		for _, e := range asked.leave(ctx, h, todo) {
			asked.failures[e.key] = failure{why: errNotSent.Error(), err: errNotSent, again: true}
		}
		return asked, nil
	}
	waits, replays := len(todo) > 0 && todo[0].question.Waits(), answer.Replays(a.client)
	if a.client != nil && !replays {
		j, err := journal.Open(journals(a.client), a.client.Clock().Now())
		if err == nil && waits {
			err = j.Ready()
		}
		if err == nil && !a.planned.Get("batches").IsKnown() {
			a.left, err = a.findLeft(a.config, a.prior, missing)
		}
		if err != nil {
			return nil, err
		}
		defer j.Close()
		asked.journal, asked.waits = j, waits
	}
	if a.client == nil || replays || !a.kind.batched(a.config, h) && len(a.left) == 0 && len(a.idle) == 0 {
		asked.release = true
		asked.ask(ctx, tasks(asked.leave(ctx, h, todo)))
		return asked, nil
	}
	if todo = asked.takeThere(ctx, todo); asked.untaken != nil {
		return asked, nil
	}
	return asked, a.askBatches(ctx, asked, out, h, missing, todo)
}

// askBatches asks through batches, and says what has become of those that were there already.
func (a applying) askBatches(ctx context.Context, asked *asking, out *outcome, h held, missing, todo []*entry) error {
	x, err := a.runBatches(ctx, asked, h, missing, todo)
	if err != nil {
		return err
	}
	out.batches = x.together(h)
	if len(x.takenUp) > 0 {
		a.diags.AddWarning("Batches of an earlier apply are taken up",
			bullets(x.takenUp)+"\n\nThey have the same requests, and were submitted by an apply that did not save its state, or by another configuration. Nothing is submitted twice. "+
				"If another configuration needs them as well, do not destroy this set before it has collected them: set triggers to different values to keep both apart.")
	}
	if len(x.givenUp) > 0 {
		a.diags.AddWarning("Batches of an earlier apply are cancelled", bullets(x.givenUp)+"\n\nThe set has none of their requests any more. What they had answered by then is to be paid for.")
	}
	for _, e := range todo {
		if p := x.pending[e.question.Name()]; p != nil && out.marks[e.key].answered != e.hash() {
			asked.pending[e.key] = mark{submitted: e.hash(), batch: p.batch.ID}
		}
	}
	return nil
}

// refusals are what OpenAI's own server would refuse.
func (m *managed) refusals(todo []*entry) (diags diag.Diagnostics) {
	for _, e := range todo {
		for _, d := range m.kind.Of.Refusals(m.client, e.arguments) {
			diags.AddAttributeError(path.Root("requests"), d.Summary(), place(e.key)+": "+d.Detail())
		}
		if len(diags) >= mostFaults {
			break
		}
	}
	return diags
}

// settle decides what the state has under the names of requests that have no answer of use, or none yet: the old one stays.
func (a applying) settle(out *outcome, h held, entries []*entry, failed map[string]failure, pending map[string]mark) error {
	for _, e := range entries {
		f, fails := failed[e.key]
		m, waits := pending[e.key]
		if !fails && !waits {
			continue
		}
		old := nothing
		if v, there := h.answer(a.kind, e.key); there {
			m.answered, old = h.marks[e.key].answered, v
		}
		if fails && a.keeps() && !f.again {
			m.refused = e.hash()
		}
		if err := out.put(e.key, m, old); err != nil {
			return err
		}
		if fails {
			out.fail(e.key, f.why)
		}
	}
	return nil
}
