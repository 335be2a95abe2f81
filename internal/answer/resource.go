package answer

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ resource.ResourceWithConfigure      = (*managed)(nil)
	_ resource.ResourceWithValidateConfig = (*managed)(nil)
	_ resource.ResourceWithModifyPlan     = (*managed)(nil)
	_ resource.ResourceWithImportState    = (*managed)(nil)
)

// Resource is the managed resource of the kind.
func (k *Kind) Resource() func(*area.Process) resource.Resource {
	attributes := k.Attributes()
	schema := kinds.Resource(k.Description.Resource, attributes)
	return func(p *area.Process) resource.Resource {
		return &managed{asker: asker{kind: k, process: p}, attributes: attributes, schema: schema}
	}
}

// managed is the managed resource of a kind.
type managed struct {
	asker
	attributes kinds.Attributes
	schema     schema.Schema
}

// Metadata names the resource.
func (m *managed) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + m.kind.Type
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

// ValidateConfig checks how the arguments fit together.
func (m *managed) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	config := wire.Open(req.Config.Raw)
	if m.kind.Validate != nil {
		resp.Diagnostics.Append(m.kind.Validate(config)...)
	}
	m.kind.validateGeneration(&resp.Diagnostics, config, m.process.MayRecord())
}

// ModifyPlan decides what is known of the answer that the plan will have. It makes no
// call, unless generate_on = "plan".
func (m *managed) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	defer m.process.Calls.Begin()()
	p := plan{managed: m, config: wire.Open(req.Config.Raw), private: req.Private, diags: &resp.Diagnostics}
	if req.State.Raw.IsNull() {
		resp.Plan.Raw = p.create(ctx, req.Plan.Raw)
	} else {
		resp.Plan.Raw = p.update(ctx, req.State.Raw, req.Plan.Raw)
	}
}

// Create asks the model, unless the plan has the answer: then that is it.
func (m *managed) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	planned := wire.Open(req.Plan.Raw)
	if m.kind.answered(planned) {
		resp.State.Raw = req.Plan.Raw
		return
	}
	// The configuration has the write-only values, which the plan has not.
	config := wire.Open(req.Config.Raw)
	r := m.askInTime(ctx, config)
	r.report(&resp.Diagnostics, onCreate)
	m.dismiss(r)
	if r.values == nil {
		return
	}
	resp.Diagnostics.Append(m.noteSecrets(ctx, r.values, planned, config, resp.Private)...)
	if m.kind.Deferred != nil && m.kind.Deferred.Wanted(config) {
		resp.Diagnostics.Append(m.noteUnfinished(ctx, nil, resp.Private)...)
	}
	resp.State.Raw = wire.WithAll(req.Plan.Raw, r.values)
}

// dismiss forgets that the server was asked for an answer of no use, so that it is asked again.
func (m *managed) dismiss(r reply) {
	if m.kind.Deferred != nil && r.values != nil && !r.useful() {
		text, _ := wire.Text(r.values["id"])
		m.forgetAnswer(text)
	}
}

// askInTime asks within the time that the resource gives itself.
func (m *managed) askInTime(ctx context.Context, config wire.Fields) reply {
	ctx, cancel := withCreateTimeout(ctx, config.Get("timeouts"))
	defer cancel()
	return m.ask(ctx, config, nil)
}

// noteSecrets adds the version of write-only values to an answer that was made with
// them, where the user leaves it to the provider to notice a change.
func (m *managed) noteSecrets(ctx context.Context, values wire.Values, planned, config wire.Fields, private privateState) diag.Diagnostics {
	if m.kind.writeOnly() == "" || planned.Get(m.kind.version()).IsKnown() {
		return nil
	}
	secrets, _ := m.kind.secrets(config)
	if given := config.Get(m.kind.version()); !given.IsNull() || secrets == nil {
		values[m.kind.version()] = given // it was not known in the plan
		return nil
	}
	values[m.kind.version()] = newVersion()
	return m.kind.keepSecrets(ctx, secrets, private)
}

// Read makes no call: the state is the record. What the state has is noted no longer: a resource that had to wait for its
// answer has a private state, by which its reads come here.
func (m *managed) Read(_ context.Context, req resource.ReadRequest, _ *resource.ReadResponse) {
	m.ObserveRead()
	if m.kind.Deferred != nil && !req.State.Raw.IsNull() {
		m.forgetAnswer(wire.Open(req.State.Raw).String("id"))
	}
}

// ObserveRead notes a read that was answered without Read: see serve.ReadObserver.
func (m *managed) ObserveRead() { m.process.ObserveRead() }

// Update asks again where the request has changed. As long as the new answer is not
// there, the state stays as it was: the old answer with its old arguments.
//
// Terraform plans once more before it applies, when all values are known. So a request
// that could not be compared in the first plan has been compared by now: where it is the
// same, the plan has the whole answer.
func (m *managed) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	prior, planned, config := wire.Open(req.State.Raw), wire.Open(req.Plan.Raw), wire.Open(req.Config.Raw)
	state, answered := planned, m.kind.answered(planned)
	if !answered { // with all that is known now, the request is another
		r := m.askInTime(ctx, config)
		r.report(&resp.Diagnostics, onUpdate)
		m.dismiss(r)
		if m.kind.Deferred != nil && m.kind.Deferred.Wanted(config) {
			resp.Diagnostics.Append(m.noteUnfinished(ctx, r.failure, resp.Private)...)
		}
		if resp.Diagnostics.HasError() {
			m.discard(ctx, r, prior, config)
			return
		}
		resp.Diagnostics.Append(m.noteSecrets(ctx, r.values, planned, config, resp.Private)...)
		state = planned.With(r.values)
		if m.kind.imported(ctx, req.Private) {
			resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("false"))...)
		}
	}
	if m.kind.Stored != nil {
		if m.settleStored(ctx, prior, state, config, answered, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
	}
	resp.State.Raw = tftypes.NewValue(req.Plan.Raw.Type(), state.Values())
}

// answered reports whether a plan has the whole answer.
func (k *Kind) answered(plan wire.Fields) bool {
	for _, a := range k.outcome() {
		if !plan.Get(a.Name).IsFullyKnown() {
			return false
		}
	}
	return true
}

// Delete removes what the server stores. Where that is nothing, no call is made; nor
// is one in the mode "replay".
func (m *managed) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := wire.Open(req.State.Raw)
	if m.kind.Deferred != nil {
		m.cancelUnfinished(ctx, state, req.Private, &resp.Diagnostics)
		m.forgetAnswer(state.String("id"))
	}
	if m.kind.Stored != nil {
		m.deleteStored(ctx, state, &resp.Diagnostics)
	}
}

// ImportState imports what the server keeps, or explains why there is nothing to import.
func (m *managed) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if m.kind.Stored != nil && m.kind.Stored.Import != nil {
		m.importStored(ctx, req, resp)
		return
	}
	noun, reading := m.kind.Noun, ""
	if m.kind.Stored != nil {
		reading = "\n\n" + m.kind.Stored.Reading(req.ID)
	}
	resp.Diagnostics.AddError(kinds.UpperFirst(noun)+"s cannot be imported",
		fmt.Sprintf("Each is the answer to one call. The API does not give back the request that %q answered, so Terraform could not tell whether your configuration is the same request. ", req.ID)+
			"Write the resource and apply it to ask again. To keep using an answer that you already have, put it in a local value or a terraform_data resource."+reading)
}

// KeepsPrivate says that what is waited for is noted in the private state: see serve.PrivateKeeper.
func (m *managed) KeepsPrivate(config tftypes.Value) bool {
	return m.kind.Deferred != nil && m.kind.Deferred.Wanted(wire.Open(config))
}

// IsRecord says that the state is the record of a call: see serve.Record.
func (m *managed) IsRecord() {}
