package chat

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ resource.ResourceWithConfigure      = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan     = (*Resource)(nil)
	_ resource.ResourceWithImportState    = (*Resource)(nil)
)

// defaultCreateTimeout is how long a create may take in all, retries included.
const defaultCreateTimeout = 20 * time.Minute

const resourceDescription = "Asks a chat model once and keeps the answer in the state.\n\n" +
	"The request is sent when the resource is created. Planning and refreshing make no call, unless `generate_on = \"plan\"` asks for that, and the answer " +
	"stays as it is until an argument that is part of the request changes, or `triggers` does: then the resource " +
	"is replaced and the model is asked again. JSON arguments are compared by value, so reformatting them asks nothing.\n\n" +
	"The prompt and the answer are kept in the state in plain text, except for write-only arguments (`content_wo`, `api_key_wo`)."

var (
	outcome            = kinds.Join(Answer, derived)
	resourceAttributes = kinds.Join(Request, settings, sound, lifecycle, outcome)
	resourceSchema     = kinds.Resource(resourceDescription, resourceAttributes)
)

// Resource is the managed resource openai_chat_completion.
type Resource struct {
	completions completions
	records     func() bool
}

// NewResource returns the resource, to be configured by Terraform.
//
// records reports whether the provider has recordings, as far as is known; false means
// that it certainly has none. It serves to validate, when the provider is not configured.
func NewResource(records func() bool) resource.Resource { return &Resource{records: records} }

// Metadata names the resource.
func (r *Resource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_chat_completion"
}

// Schema is the same value at each call; it is built once per process.
func (r *Resource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = resourceSchema
}

// Configure takes the provider's client. There is none while the provider's
// settings are not known, which matters only to a call.
func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.completions.client, _ = req.ProviderData.(*client.Client)
}

// ValidateConfig checks how the arguments fit together.
func (r *Resource) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	resp.Diagnostics.Append(Validate(req.Config.Raw)...)
	validateGeneration(&resp.Diagnostics, wire.Fields(req.Config.Raw), r.records())
}

// ModifyPlan decides whether a change replaces the completion, and what is known
// of an answer that is to come. It makes no call, unless generate_on = "plan".
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	plan, changes := req.Plan.Raw, []kinds.Changed(nil)
	if !req.State.Raw.IsNull() {
		var err error
		if plan, changes, err = kinds.Change(resourceAttributes, req.State.Raw, plan); err != nil {
			resp.Diagnostics.AddError("Could not plan chat completion", err.Error())
			return
		}
		if !wire.True(wire.Fields(req.State.Raw)["store"]) && changed("metadata", req.State.Raw, plan) {
			changes = append(changes, kinds.Changed{Name: "metadata", Places: []string{"metadata"}}) // there is nothing on the server to relabel
		}
	}
	version, anew, diags := planVersion(ctx, req)
	resp.Diagnostics.Append(diags...)
	plan = wire.With(plan, version, "content_wo_version")
	if anew {
		changes = append(changes, kinds.Changed{Name: "content_wo_version", Places: []string{"content_wo"}})
	}
	if req.State.Raw.IsNull() || len(changes) > 0 {
		plan = kinds.Unanswered(resourceAttributes, plan)
		coming := r.completions.foresee(ctx, req.Config.Raw, !req.State.Raw.IsNull(), &resp.Diagnostics)
		if coming.values != nil {
			plan = wire.WithAll(plan, coming.values)
		}
		if len(changes) > 0 && !resp.Diagnostics.HasError() {
			coming.sayWhy(&resp.Diagnostics, changes)
		}
	}
	resp.Plan.Raw = plan
	for _, change := range changes {
		resp.RequiresReplace.Append(path.Root(change.Name))
	}
}

func changed(name string, state, plan tftypes.Value) bool {
	return !wire.Fields(state)[name].Equal(wire.Fields(plan)[name])
}

// planVersion is the planned content_wo_version, and whether it stands for a
// change that only the provider has noticed.
func planVersion(ctx context.Context, req resource.ModifyPlanRequest) (version tftypes.Value, anew bool, diags diag.Diagnostics) {
	const name = "content_wo_version"
	if configured := wire.Fields(req.Config.Raw)[name]; !configured.IsNull() {
		return configured, false, nil
	}
	unknown := tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)
	contents, known := secrets(wire.Fields(req.Config.Raw))
	if contents == nil {
		before := wire.Fields(req.State.Raw)[name]
		return tftypes.NewValue(tftypes.Number, nil), !before.IsNull(), nil // true: a content_wo has gone
	}
	if req.State.Raw.IsNull() || !known {
		return unknown, !req.State.Raw.IsNull(), nil
	}
	same, diags := sameSecrets(ctx, contents, req.Private)
	if same {
		return wire.Fields(req.State.Raw)[name], false, diags
	}
	return unknown, true, diags
}

// Create asks the model, unless the plan has the answer: then that is it.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	state := maps.Clone(wire.Fields(req.Plan.Raw))
	if foreseen(state) {
		resp.State.Raw = req.Plan.Raw
		return
	}
	ctx, cancel := withCreateTimeout(ctx, state["timeouts"])
	defer cancel()
	// The configuration has the write-only values, which the plan has not.
	answer := r.completions.ask(ctx, req.Config.Raw, nil)
	answer.report(&resp.Diagnostics, kept)
	if answer.values == nil {
		return
	}
	maps.Copy(state, answer.values)
	if !state["content_wo_version"].IsKnown() { // the user leaves it to us to notice a change
		contents, _ := secrets(wire.Fields(req.Config.Raw))
		resp.Diagnostics.Append(keepSecrets(ctx, contents, resp.Private)...)
		state["content_wo_version"] = newVersion()
	}
	resp.State.Raw = tftypes.NewValue(req.Plan.Raw.Type(), state)
}

// Read makes no call: the state is the record.
func (r *Resource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// Update takes over what does not change the request, as the plan has settled
// it. The labels of a stored completion are changed on the server as well.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	fields := wire.Fields(req.Plan.Raw)
	if changed("metadata", req.State.Raw, req.Plan.Raw) {
		id, _ := wire.Text(fields["id"])
		if err := r.completions.relabel(ctx, id, fields["metadata"], keyOf(wire.Fields(req.Config.Raw))); err != nil {
			report.Failure(&resp.Diagnostics, "Could not change the metadata of the stored chat completion", Request, err)
			return
		}
	}
	resp.State.Raw = req.Plan.Raw
}

// Delete removes a stored completion from the server. For any other there is
// nothing to do, and no call is made; nor is one in the mode "replay".
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	fields := wire.Fields(req.State.Raw)
	id, _ := wire.Text(fields["id"])
	if !wire.True(fields["store"]) || wire.True(fields["skip_destroy"]) || id == "" {
		return
	}
	if r.completions.replays() {
		resp.Diagnostics.AddWarning("Stored chat completion was not deleted",
			"The completion "+id+" was made with store = true. It is gone from the state, but not from the server, if it is there: the mode of the recordings is \"replay\", in which no call is made.")
		return
	}
	if err := r.completions.remove(ctx, id, keyOf(fields)); err != nil {
		report.Failure(&resp.Diagnostics, "Could not delete stored chat completion", nil, err,
			"To leave the completion on the server, set skip_destroy = true and apply, then destroy.")
	}
}

// ImportState explains why there is nothing to import.
func (r *Resource) ImportState(_ context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Diagnostics.Append(diag.NewErrorDiagnostic("Chat completions cannot be imported",
		fmt.Sprintf("A chat completion is an answer to one call, not an object that lives on the server: the API cannot give back the request that %q was made of, so nothing that was imported could be planned. ", req.ID)+
			"Write the resource and apply it to ask again. To keep using an answer that you already have, put it into a local value or a terraform_data resource."))
}

func withCreateTimeout(ctx context.Context, timeouts tftypes.Value) (context.Context, context.CancelFunc) {
	limit := defaultCreateTimeout
	if text, ok := wire.Text(wire.Fields(timeouts)["create"]); ok {
		if d, err := time.ParseDuration(text); err == nil {
			limit = d
		}
	}
	return client.WithTimeLimit(ctx, "timeouts.create", limit)
}

// IsRecord says that the state is the record of a call: see serve.Record.
func (r *Resource) IsRecord() {}
