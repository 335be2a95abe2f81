package set

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// plan is the making of one plan.
type plan struct {
	*managed
	config wire.Fields
	prior  wire.Fields // absent for a create
	diags  *diag.Diagnostics
}

// make is what is known of the computed attributes; nil = the diagnostics say why there will be none.
func (p plan) make(ctx context.Context, proposed wire.Fields) wire.Values {
	h, err := p.kind.held(p.prior)
	if err != nil {
		p.diags.AddAttributeError(path.Root("results_file"), "Could not read the results file", kinds.UpperFirst(err.Error())+".")
		return nil
	}
	if !p.prior.Absent() {
		p.forget(h.took)
	}
	if p.unchanged(proposed, h) {
		return wire.Values{}
	}
	names, known := keys(p.config)
	if !known {
		answer.Announce(ctx, p.process, p.diags, []area.Call{{From: area.MayBeAsked, Free: p.kind.Of.Free, Again: !p.prior.Absent(), Open: []string{"requests"}}})
		return p.allOpen()
	}
	entries, err := p.kind.expandAll(p.client, p.config, names)
	if err != nil {
		p.diags.AddAttributeError(path.Root("requests"), "Could not plan the "+p.noun(), kinds.UpperFirst(err.Error())+".")
		return nil
	}
	if file, ok := p.config.Text("results_file"); ok {
		if err := mayWrite(file, p.prior, entries); err != nil {
			if notOwn := (*notOwnError)(nil); errors.As(err, &notOwn) {
				notOwn.tell(p.diags)
			} else {
				p.diags.AddAttributeError(path.Root("results_file"), "Could not read the results file", kinds.UpperFirst(err.Error())+".")
			}
			return nil
		}
	}
	s := sorted{plan: p, held: h, known: wire.Values{}, hash: map[string]string{}}
	s.sort(ctx, entries)
	if p.diags.HasError() {
		return nil
	}
	s.announce(ctx)
	return s.values(names)
}

// unchanged reports whether all is as the state has it, and nothing is missing: what has no answer has failed, or is in a
// batch, or the results file is another. Where there is no state, an argument that is required is another.
func (p plan) unchanged(proposed wire.Fields, h held) bool {
	for _, a := range p.kind.attributes {
		if a.Mode != kinds.Computed && !wire.Same(proposed.Get(a.Name), p.prior.Get(a.Name)) {
			return false
		}
	}
	for key := range wire.Members(p.prior.Get("requests")) {
		m := h.marks[key]
		_, failed := h.failed[key]
		if m.submitted != "" || failed && m.refused == "" {
			return false
		}
	}
	return h.results == nil || h.results.sha256 == p.prior.String("results_sha256")
}

// allOpen is a plan that knows nothing.
func (p plan) allOpen() wire.Values {
	values := wire.Values{}
	for _, name := range p.kind.computed {
		values[name] = tftypes.NewValue(p.kind.attributes.Find(name).Type(), tftypes.UnknownValue)
	}
	return values
}

// settleBatches plans what batches have no part in.
func (s *sorted) settleBatches(values wire.Values) {
	if s.kind.Batch && s.config.Get("engine").IsKnown() && !s.kind.batched(s.config, s.held) && !s.left && !s.idle {
		values["batches"] = batchList(s.batches)
		values["status"] = tftypes.NewValue(tftypes.String, completed)
	}
}

// sorted is the requests of a plan by where their answers come from.
type sorted struct {
	plan
	held
	known    wire.Values // answers that are there, or recorded
	hash     map[string]string
	recorded []*entry // a recording has the answer
	waiting  []*entry // a journal has it
	asks     []*entry // the model is asked
	asked    []*entry // the model was asked, in this plan
	opened   []*entry // a value is not known yet
	settled  []*entry // the server refused, and is not asked again
	pending  []*entry // a batch has it
	left     bool     // an earlier apply has submitted batches that no state names
	idle     bool     // the state has batches of which nothing is wanted
}

func (s *sorted) sort(ctx context.Context, entries []*entry) {
	left := &journal.Journal{} // has nothing
	if s.client != nil {
		var err error
		if left, err = journal.Open(journals(s.client), s.client.Clock().Now()); err != nil {
			s.diags.AddError("Could not plan the "+s.noun(), kinds.UpperFirst(err.Error())+".")
			return
		}
	}
	for _, e := range entries {
		if e.question != nil {
			s.hash[e.key] = e.hash()
		}
		switch {
		case e.open != "":
			s.opened = append(s.opened, e)
		case s.has(e.key, e.hash()):
			s.known[e.key] = s.answerTo(s.kind, e.key, e.hash())
		case s.keepsFailures(s.config) && s.marks[e.key].refused == e.hash():
			s.settled = append(s.settled, e)
			if s.known[e.key], _ = s.answer(s.kind, e.key); s.known[e.key].IsNull() {
				s.known[e.key] = nothing
			}
		case s.waits[e.hash()].submitted != "": // under this name, or another
			s.pending = append(s.pending, e)
		case s.isRecorded(e):
			s.recorded = append(s.recorded, e)
		case left.Has(e.question.Name()):
			s.waiting = append(s.waiting, e)
		default:
			s.asks = append(s.asks, e)
		}
	}
	logs, err := s.findLeft(s.config, s.prior, slices.Concat(s.asks, s.waiting, s.recorded))
	if err != nil {
		s.diags.AddError("Could not plan the "+s.noun(), kinds.UpperFirst(err.Error())+".")
		return
	}
	s.left, s.idle = len(logs) > 0, len(s.unwanted(entries)) > 0 && !answer.Replays(s.client)
	if len(s.asks) > 0 {
		s.diags.Append(s.refusals(s.asks)...)
	}
	if len(s.asks) > 0 && answer.GeneratesOnPlan(s.config) && !s.diags.HasError() {
		s.askNow(ctx)
	}
}

// isRecorded looks for a recording, and takes what it says.
func (s *sorted) isRecorded(e *entry) bool {
	r, found := e.question.Recorded()
	if found && r.Failure != nil {
		if len(s.diags.Errors()) < mostFaults {
			s.diags.AddAttributeError(path.Root("requests"), "Could not plan the "+s.noun(), place(e.key)+": "+kinds.UpperFirst(r.Why())+".")
		}
		return true
	}
	if !found || !r.Useful() {
		if s.promised(e) {
			s.diags.AddError("Missing recording", "The plan that is being applied contains the answer of "+place(e.key)+", whose recording is missing. "+
				"No call was made, because a new answer would not be the one in the plan.\n\nRestore the recordings that were there when the plan was made, or make a new plan.")
		}
		return false
	}
	s.known[e.key] = s.kind.object(s.kind.Project(wire.FieldsOf(r.Values)))
	return true
}

// promised reports whether a saved plan that is being applied shows the answer.
func (s *sorted) promised(e *entry) bool {
	store := e.question.Recordings()
	return store != nil && store.Mode() != recording.Refresh && e.question.Promise() == recording.Shown
}

// askNow asks for what is missing during the plan, so that the plan shows it.
func (s *sorted) askNow(ctx context.Context) {
	store := s.asks[0].question.Recordings()
	switch {
	case s.client == nil, !s.process.PlansToAsk():
		return
	case store == nil:
		s.kind.Of.ValidateGeneration(s.diags, s.config, false)
		return
	case !s.config.Get("api_key").IsKnown(), !s.config.Get("api_key_wo").IsKnown(): // the apply has the right key
		return
	case store.Mode() == recording.Refresh:
		s.diags.AddAttributeError(path.Root("generate_on"), "generate_on does not work with this mode",
			"With mode = \"refresh\", the apply would ask again and get different answers from those in the plan. Use the mode \"reuse\".")
		return
	case s.asks[0].question.Promise() != recording.NoPlan: // that is applied: it has left them to the apply
		return
	}
	a := applying{managed: s.managed, config: s.config, prior: s.prior, diags: s.diags}
	ctx, cancel := a.within(ctx)
	defer cancel()
	asked := newAsking(s.kind, func(e *entry, v tftypes.Value) error {
		s.known[e.key] = v
		return nil
	})
	asked.ask(ctx, tasks(s.asks))
	if asked.unrecorded != nil {
		s.diags.AddError("Answers cannot be planned", "The model answered, but the answers could not be recorded, so the apply would not find them: "+asked.unrecorded.Error()+". The next plan asks again.")
		return
	}
	a.report(asked, len(s.asks), asked.failures)
	var failed []*entry
	for _, e := range s.asks {
		if _, there := s.known[e.key]; there {
			s.asked = append(s.asked, e)
		} else {
			failed = append(failed, e)
		}
	}
	s.asks = failed
}

// announce says what the plan comes to.
func (s *sorted) announce(ctx context.Context) {
	var calls []area.Call
	add := func(from area.Source, entries []*entry) {
		for _, e := range entries {
			c := area.Call{From: from, Free: s.kind.Of.Free, Batch: s.kind.Batch && s.config.String("engine") == batch}
			if _, c.Again = s.answer(s.kind, e.key); e.question != nil {
				c.Request = e.question.Name()
				c.Input, c.Output = e.question.Size()
			} else {
				c.Open, c.Partly = []string{e.open}, true
			}
			calls = append(calls, c)
		}
	}
	add(area.Recorded, s.recorded)
	add(area.Waiting, s.waiting)
	add(area.AskedInPlan, s.asked)
	add(area.MayBeAsked, s.opened)
	add(area.Asked, s.asks)
	if i := slices.IndexFunc(calls, func(c area.Call) bool { return c.Again }); i >= 0 {
		calls[i].Changed = s.changed()
	}
	answer.Announce(ctx, s.process, s.diags, calls)
	if len(s.pending) > 0 && s.process.Plans() {
		s.announceBatches(ctx)
	}
}

// changed are the arguments of the request that have changed.
func (s *sorted) changed() (names []string) {
	if s.prior.Absent() {
		return nil
	}
	for _, a := range s.kind.request {
		if !wire.Same(s.config.Get(a.Name), s.prior.Get(a.Name)) {
			names = append(names, a.Name)
		}
	}
	was, changed := wire.Members(s.prior.Get("requests")), 0
	for key, v := range wire.Members(s.config.Get("requests")) {
		if old, there := was[key]; there && !old.Equal(v) {
			changed++
		}
	}
	if changed > 0 {
		names = append(names, fmt.Sprintf("%d of requests", changed))
	}
	return names
}

// values are the computed attributes as far as they are known.
func (s *sorted) values(names []string) wire.Values {
	if s.config.Get("results_file").IsNull() && len(s.known) == len(names) {
		values := s.complete(names)
		if s.idle {
			values["batches"] = s.allOpen()["batches"]
		}
		return values
	}
	values := s.allOpen()
	s.settleBatches(values)
	if s.config.Get("results_file").IsNull() {
		answers := maps.Clone(s.known)
		for _, key := range names {
			if _, known := answers[key]; !known {
				answers[key] = open
			}
		}
		values["answers"] = together(answers)
		values["results_sha256"] = tftypes.NewValue(tftypes.String, nil)
	} else if s.config.Get("results_file").IsKnown() {
		values["answers"] = nothing
	}
	return values
}

// complete are the attributes of a set of which nothing is missing.
func (s *sorted) complete(names []string) wire.Values {
	out := s.kind.newOutcome(&inState{answers: wire.Values{}})
	for _, key := range names {
		_ = out.put(key, mark{answered: s.hash[key]}, s.known[key]) // the sink is in memory
	}
	out.batches = s.batches
	for _, e := range s.settled {
		out.marks[e.key] = s.marks[e.key]
		out.fail(e.key, s.failed[e.key])
	}
	values, _ := out.values()
	return values
}
