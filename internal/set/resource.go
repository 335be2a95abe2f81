package set

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

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
