package serve

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// server is the framework's server with short cuts.
type server struct {
	framework
	provider Provider
	records  map[string]*record // by type name
}

func withShortCuts(p Provider, inner framework) *server {
	return &server{framework: inner, provider: p, records: recordsOf(p)}
}

// ConfigureProvider is the framework's, but the provider is not told that it may put off all its resources: the
// short cuts would not honour that. One that does so all the same gets the framework's error. (Terraform lets every
// provider do it in each apply, so that there would be no short cuts in any if that alone were a reason.)
func (s *server) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	if req.ClientCapabilities != nil && req.ClientCapabilities.DeferralAllowed {
		capabilities, changed := *req.ClientCapabilities, *req
		capabilities.DeferralAllowed = false
		changed.ClientCapabilities = &capabilities
		req = &changed
	}
	return s.framework.ConfigureProvider(ctx, req)
}

// ValidateResourceConfig answers for a configuration that is right. One with
// anything to say about goes to the framework, which says it.
func (s *server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if r := s.records[req.TypeName]; r != nil && !r.deprecated {
		if config, ok := r.decode(req.Config); ok && s.valid(ctx, r, config, req.ClientCapabilities) {
			return &tfprotov6.ValidateResourceConfigResponse{}, nil
		}
	}
	return s.framework.ValidateResourceConfig(ctx, req)
}

func (s *server) valid(ctx context.Context, r *record, raw tftypes.Value, client *tfprotov6.ValidateResourceConfigClientCapabilities) bool {
	config := tfsdk.Config{Raw: raw, Schema: r.schema.Schema}
	writeOnly := client != nil && client.WriteOnlyAttributesAllowed
	w := walk{ctx: ctx, config: config, client: validator.ValidateSchemaClientCapabilities{WriteOnlyAttributesAllowed: writeOnly}}
	if !w.clean(r.root, raw) {
		return false
	}
	instance, diags := r.configured(ctx, s.provider.Data())
	if len(diags) > 0 {
		return false
	}
	var resp resource.ValidateConfigResponse
	instance.ValidateConfig(ctx, resource.ValidateConfigRequest{Config: config,
		ClientCapabilities: resource.ValidateConfigClientCapabilities{WriteOnlyAttributesAllowed: writeOnly}}, &resp)
	return len(resp.Diagnostics) == 0
}

// ReadResource returns a record as it is.
func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	r := s.records[req.TypeName]
	if r == nil || req.CurrentState == nil || len(req.Private) > 0 || req.CurrentIdentity != nil || r.mayWriteOnly(req.CurrentState) {
		return s.framework.ReadResource(ctx, req)
	}
	if r.observes {
		r.create().(ReadObserver).ObserveRead() //nolint:forcetypeassert // newRecord has seen to it
	}
	return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState}, nil
}

// PlanResourceChange answers at once where nothing has changed, and otherwise
// does what the framework does for a resource without defaults and plan
// modifiers: it marks what the answer will bring as unknown and asks ModifyPlan.
func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	r := s.records[req.TypeName]
	if r == nil || len(req.PriorPrivate) > 0 || req.PriorIdentity != nil || req.PriorState == nil || req.ProposedNewState == nil || req.Config == nil {
		return s.framework.PlanResourceChange(ctx, req)
	}
	if !r.plans && r.unchanged(req) {
		return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.PriorState}, nil
	}
	config, ok := r.decode(req.Config)
	if !ok || config.IsNull() || r.writesOnly(config) {
		return s.framework.PlanResourceChange(ctx, req)
	}
	prior, ok := r.decode(req.PriorState)
	if !ok {
		return s.framework.PlanResourceChange(ctx, req)
	}
	proposed, same := prior, len(req.PriorState.MsgPack) > 0 && bytes.Equal(req.PriorState.MsgPack, req.ProposedNewState.MsgPack)
	if !same {
		proposed, ok = r.decode(req.ProposedNewState)
	}
	if !ok || proposed.IsNull() || r.writesOnly(proposed) {
		return s.framework.PlanResourceChange(ctx, req)
	}
	plan := proposed
	if !same && !proposed.Equal(prior) {
		plan = markUnknown(r.root, config, proposed)
	}
	if same {
		return s.plan(ctx, r, config, prior, plan, req.PriorState, req.ClientCapabilities)
	}
	return s.plan(ctx, r, config, prior, plan, nil, req.ClientCapabilities)
}

// plan has the resource make a plan. as is how the plan that it is given travels; nil = it has not been written yet.
func (s *server) plan(ctx context.Context, r *record, config, prior, plan tftypes.Value, as *tfprotov6.DynamicValue, client *tfprotov6.PlanResourceChangeClientCapabilities) (*tfprotov6.PlanResourceChangeResponse, error) {
	schema := r.schema.Schema
	instance, diags := r.configured(ctx, s.provider.Data())
	if diags.HasError() {
		return &tfprotov6.PlanResourceChangeResponse{Diagnostics: diagnostics(diags)}, nil
	}
	resp := resource.ModifyPlanResponse{Plan: tfsdk.Plan{Raw: plan, Schema: schema}, Diagnostics: diags}
	instance.ModifyPlan(ctx, resource.ModifyPlanRequest{
		Config:             tfsdk.Config{Raw: config, Schema: schema},
		Plan:               tfsdk.Plan{Raw: plan, Schema: schema},
		State:              tfsdk.State{Raw: prior, Schema: schema},
		ClientCapabilities: resource.ModifyPlanClientCapabilities{DeferralAllowed: client != nil && client.DeferralAllowed},
	}, &resp)
	planned := as
	if planned == nil || !identical(resp.Plan.Raw, plan) {
		var err error
		if planned, err = r.encode(resp.Plan.Raw); err != nil {
			return nil, err
		}
	}
	return &tfprotov6.PlanResourceChangeResponse{
		PlannedState:    planned,
		RequiresReplace: requiresReplace(resp.RequiresReplace),
		Diagnostics:     diagnostics(resp.Diagnostics),
		Deferred:        deferred(resp.Deferred),
	}, nil
}

// ApplyResourceChange creates or updates a record. Deletions are the framework's.
func (s *server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	r := s.records[req.TypeName]
	if r == nil || len(req.PlannedPrivate) > 0 || req.PlannedIdentity != nil {
		return s.framework.ApplyResourceChange(ctx, req)
	}
	planned, ok := r.decode(req.PlannedState)
	if !ok || planned.IsNull() || r.writesOnly(planned) {
		return s.framework.ApplyResourceChange(ctx, req)
	}
	config, ok := r.decode(req.Config)
	if !ok || config.IsNull() || r.writesOnly(config) {
		return s.framework.ApplyResourceChange(ctx, req)
	}
	prior, ok := r.decode(req.PriorState)
	if !ok || r.writesOnly(prior) {
		return s.framework.ApplyResourceChange(ctx, req)
	}
	instance, diags := r.configured(ctx, s.provider.Data())
	if diags.HasError() {
		return &tfprotov6.ApplyResourceChangeResponse{Diagnostics: diagnostics(diags)}, nil
	}
	if keeper, ok := instance.(PrivateKeeper); ok && keeper.KeepsPrivate(config) {
		return s.framework.ApplyResourceChange(ctx, req)
	}
	if prior.IsNull() {
		return r.created(ctx, instance, config, planned)
	}
	return r.updated(ctx, instance, config, planned, prior)
}

func (r *record) created(ctx context.Context, instance Record, config, planned tftypes.Value) (*tfprotov6.ApplyResourceChangeResponse, error) {
	schema := r.schema.Schema
	resp := resource.CreateResponse{State: tfsdk.State{Raw: tftypes.NewValue(r.tf, nil), Schema: schema}}
	instance.Create(ctx, resource.CreateRequest{
		Config: tfsdk.Config{Raw: config, Schema: schema},
		Plan:   tfsdk.Plan{Raw: planned, Schema: schema},
	}, &resp)
	if !resp.Diagnostics.HasError() && resp.State.Raw.IsNull() {
		detail := missingAfterCreate
		if _, ok := instance.(resource.ResourceWithImportState); ok {
			detail += missingButImported
		}
		resp.Diagnostics.AddError("Missing Resource State After Create", detail)
	}
	return r.applied(resp.State.Raw, resp.Diagnostics)
}

// updated begins with the prior state, which an Update that fails leaves as it is.
func (r *record) updated(ctx context.Context, instance Record, config, planned, prior tftypes.Value) (*tfprotov6.ApplyResourceChangeResponse, error) {
	schema := r.schema.Schema
	resp := resource.UpdateResponse{State: tfsdk.State{Raw: prior, Schema: schema}}
	instance.Update(ctx, resource.UpdateRequest{
		Config: tfsdk.Config{Raw: config, Schema: schema},
		Plan:   tfsdk.Plan{Raw: planned, Schema: schema},
		State:  tfsdk.State{Raw: prior, Schema: schema},
	}, &resp)
	if !resp.Diagnostics.HasError() && resp.State.Raw.IsNull() {
		resp.Diagnostics.AddError("Missing Resource State After Update", missingAfterUpdate)
	}
	return r.applied(resp.State.Raw, resp.Diagnostics)
}

func (r *record) applied(state tftypes.Value, diags diag.Diagnostics) (*tfprotov6.ApplyResourceChangeResponse, error) {
	encoded, err := r.encode(state)
	if err != nil {
		return nil, err
	}
	return &tfprotov6.ApplyResourceChangeResponse{NewState: encoded, Diagnostics: diagnostics(diags)}, nil
}

// What the framework says of a resource that returns neither a state nor an error.
const (
	missingAfterCreate = "The Terraform Provider unexpectedly returned no resource state after having no errors in the resource creation. " +
		"This is always an issue in the Terraform Provider and should be reported to the provider developers.\n\n" +
		"The resource may have been successfully created, but Terraform is not tracking it. " +
		"Applying the configuration again with no other action may result in duplicate resource errors."
	missingButImported = " Import the resource if the resource was actually created and Terraform should be tracking it."
	missingAfterUpdate = "The Terraform Provider unexpectedly returned no resource state after having no errors in the resource update. " +
		"This is always an issue in the Terraform Provider and should be reported to the provider developers."
)
