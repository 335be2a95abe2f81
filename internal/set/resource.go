package set

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ resource.ResourceWithConfigure      = (*managed)(nil)
	_ resource.ResourceWithValidateConfig = (*managed)(nil)
	_ resource.ResourceWithModifyPlan     = (*managed)(nil)
)

// Resource is the managed resource of the kind.
func (k *Kind) Resource() func(*area.Process) resource.Resource {
	k.declare()
	schema := kinds.Resource(k.Description, k.attributes)
	return func(p *area.Process) resource.Resource { return &managed{kind: k, process: p, schema: schema} }
}

// managed is the managed resource of a kind.
type managed struct {
	kind    *Kind
	process *area.Process
	schema  schema.Schema
	client  *client.Client // nil while the provider's settings are not known
}

// Metadata names the resource.
func (m *managed) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + m.kind.Of.Type + "_set"
}

// Schema is the same value at each call; it is built once per process.
func (m *managed) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = m.schema
}

// Configure takes the provider's client. There is none while the provider's
// settings are not known, which matters only to a call.
func (m *managed) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	m.client, _ = req.ProviderData.(*client.Client)
}

// ValidateConfig checks each request.
func (m *managed) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	config := wire.Open(req.Config.Raw)
	m.kind.validate(ctx, &resp.Diagnostics, config)
	m.kind.validateBatch(&resp.Diagnostics, config)
	m.kind.Of.ValidateGeneration(&resp.Diagnostics, config, m.process.MayRecord())
}

// ModifyPlan decides which answers stay, and which are to come.
func (m *managed) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	defer m.process.Calls.Begin()()
	p := plan{managed: m, config: wire.Open(req.Config.Raw), prior: wire.Open(req.State.Raw), diags: &resp.Diagnostics}
	proposed := req.Plan.Raw
	if !p.prior.Absent() {
		settled, err := kinds.Settle(m.kind.attributes, req.State.Raw, proposed)
		if err != nil {
			resp.Diagnostics.AddError("Could not plan the "+m.noun(), err.Error())
			return
		}
		proposed = settled
	}
	switch values := p.make(ctx, wire.Open(proposed)); {
	case values == nil:
	case len(values) == 0 && wire.Same(proposed, req.Plan.Raw): // it stays as it is, to the byte
	default:
		resp.Plan.Raw = wire.WithAll(proposed, values)
	}
}

func (m *managed) noun() string { return "set of " + m.kind.Of.Noun + "s" }

// AlwaysPlans says that a plan may have something to decide also where no argument has changed: an answer may be missing.
func (m *managed) AlwaysPlans() {}

// Read makes no call: the state is the record.
func (m *managed) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {
	m.ObserveRead()
}

// ObserveRead notes a read that was answered without Read: see serve.ReadObserver.
func (m *managed) ObserveRead() { m.process.ObserveRead() }

// IsRecord says that the state is the record of calls: see serve.Record.
func (m *managed) IsRecord() {}

// Create asks for all answers. Where some do not come, there is no state: it would be tainted, and all
// be asked again. What came waits, in recordings or in a journal, for the next apply.
func (m *managed) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	a := applying{managed: m, planned: wire.Open(req.Plan.Raw), config: wire.Open(req.Config.Raw), diags: &resp.Diagnostics, log: &journal.Log{}}
	defer a.log.Close()
	if values := a.apply(ctx); values != nil && !resp.Diagnostics.HasError() {
		resp.State.Raw = wire.WithAll(req.Plan.Raw, values)
		a.log.Done()
	}
}

// Update asks for what is missing. Where some of it does not come, the state has the rest, and what was there.
func (m *managed) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	a := applying{managed: m, planned: wire.Open(req.Plan.Raw), config: wire.Open(req.Config.Raw), prior: wire.Open(req.State.Raw), diags: &resp.Diagnostics, log: &journal.Log{}}
	defer a.log.Close()
	values := a.apply(ctx)
	if values == nil {
		return
	}
	resp.State.Raw = wire.WithAll(req.Plan.Raw, values)
	a.log.Done()
	if !sameFile(a.prior.String("results_file"), a.planned.String("results_file")) { // the answers are elsewhere now
		removeFile(a.prior, &resp.Diagnostics)
	}
}

// Delete forgets the answers: those that wait for the state, the file that has them, and what batches have left.
func (m *managed) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := wire.Open(req.State.Raw)
	h, _ := m.kind.held(state) // a file that cannot be read does not keep the set
	m.forget(func(e journal.Entry) bool { return h.took(e) || h.lost(shorten(e.Name)) })
	if len(h.batches) > 0 {
		if m.client == nil {
			resp.Diagnostics.AddError("Could not delete the batches of the "+m.noun(), kinds.UpperFirst(client.ErrUnconfigured.Error())+".")
			return
		}
		if m.release(ctx, state, h, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
	}
	if !files.created(m.process, state.String("results_file")) {
		removeFile(state, &resp.Diagnostics)
	}
}

// removeFile deletes the file that a state names, unless somebody has changed it.
func removeFile(state wire.Fields, diags *diag.Diagnostics) {
	file, ok := state.Text("results_file")
	if !ok {
		return
	}
	changed, err := removeResults(file, state.String("results_sha256"))
	switch {
	case err != nil:
		diags.AddAttributeWarning(path.Root("results_file"), "The results file was not deleted", kinds.UpperFirst(err.Error())+".")
	case changed:
		diags.AddAttributeWarning(path.Root("results_file"), "The results file was not deleted",
			file+" has changed since it was written. Delete it yourself.")
	}
}

// journals is where answers wait for the state.
func journals(c *client.Client) string { return journal.Directory(c.DataDirectory()) }

// forget removes answers from the journals. While the provider's settings are not known, it is not known where they are.
func (m *managed) forget(has func(journal.Entry) bool) {
	if m.client == nil {
		return
	}
	journal.Forget(journals(m.client), has)
}

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

// keeps reports whether failures are no error.
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
	x, err := a.runBatches(ctx, asked, h, missing, todo)
	if err != nil {
		return asked, err
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
	return asked, nil
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
