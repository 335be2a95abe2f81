package serve

import (
	"bytes"
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Record is a resource whose state is the record of something that happened.
// It can be served without the framework's walks over schema and value:
//
//   - Read would return what it was given.
//   - Where nothing has changed, ModifyPlan has nothing to say.
//   - ModifyPlan and Create use no private state.
//   - Its schema has no defaults, plan modifiers or custom types.
//
// The methods that the framework would call are called all the same, with the
// same values: ValidateConfig, the validators, Configure, ModifyPlan, Create.
// Anything out of the ordinary goes to the framework: write-only values, private
// state, and every configuration with something wrong in it.
type Record interface {
	resource.ResourceWithConfigure
	resource.ResourceWithValidateConfig
	resource.ResourceWithModifyPlan
	IsRecord()
}

// server is the framework's server with short cuts.
type server struct {
	framework
	provider Provider
	records  func() map[string]*record // by type name
}

// New returns the server for one provider.
func New(p Provider) tfprotov6.ProviderServer {
	inner := providerserver.NewProtocol6(p)().(framework) //nolint:forcetypeassert // the framework's server is all of it; every test would show
	return &server{framework: inner, provider: p, records: sync.OnceValue(func() map[string]*record { return recordsOf(p) })}
}

// record is a resource type that takes the short cuts.
type record struct {
	create func() resource.Resource
	schema tfsdk.Config // only its Schema is set
	tf     tftypes.Type
	root   []node
}

func recordsOf(p Provider) map[string]*record {
	ctx := context.Background()
	var meta provider.MetadataResponse
	p.Metadata(ctx, provider.MetadataRequest{}, &meta)
	found := map[string]*record{}
	for _, create := range p.Resources(ctx) {
		r := create()
		if _, ok := r.(Record); !ok {
			continue
		}
		var name resource.MetadataResponse
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: meta.TypeName}, &name)
		var schema resource.SchemaResponse
		r.Schema(ctx, resource.SchemaRequest{}, &schema)
		found[name.TypeName] = &record{
			create: create,
			schema: tfsdk.Config{Schema: schema.Schema},
			tf:     schema.Schema.Type().TerraformType(ctx),
			root:   nodesOf(schema.Schema.Attributes, schema.Schema.Blocks),
		}
	}
	return found
}

// configured is a new instance of the resource, as the framework makes for each call.
func (s *server) configured(ctx context.Context, r *record) (Record, diag.Diagnostics) {
	instance := r.create().(Record) //nolint:forcetypeassert // recordsOf has seen to it
	var resp resource.ConfigureResponse
	instance.Configure(ctx, resource.ConfigureRequest{ProviderData: s.provider.Data()}, &resp)
	return instance, resp.Diagnostics
}

// ValidateResourceConfig answers for a configuration that is right. One with
// anything to say about goes to the framework, which says it.
func (s *server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if r := s.records()[req.TypeName]; r != nil && req.Config != nil {
		if raw, err := req.Config.Unmarshal(r.tf); err == nil && s.valid(ctx, r, raw) {
			return &tfprotov6.ValidateResourceConfigResponse{}, nil
		}
	}
	return s.framework.ValidateResourceConfig(ctx, req)
}

func (s *server) valid(ctx context.Context, r *record, raw tftypes.Value) bool {
	config := tfsdk.Config{Raw: raw, Schema: r.schema.Schema}
	w := walk{ctx: ctx, config: config}
	if !w.clean(r.root, raw) {
		return false
	}
	instance, diags := s.configured(ctx, r)
	resp := resource.ValidateConfigResponse{Diagnostics: diags}
	instance.ValidateConfig(ctx, resource.ValidateConfigRequest{Config: config}, &resp)
	return len(resp.Diagnostics) == 0
}

// ReadResource returns a record as it is.
func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	if s.records()[req.TypeName] == nil || req.CurrentState == nil || len(req.Private) > 0 {
		return s.framework.ReadResource(ctx, req)
	}
	return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState}, nil
}

// PlanResourceChange answers at once where nothing has changed, and otherwise
// does what the framework does for a resource without defaults and plan
// modifiers: it marks what the answer will bring as unknown and asks ModifyPlan.
func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	r := s.records()[req.TypeName]
	if r == nil || len(req.PriorPrivate) > 0 || req.PriorState == nil || req.ProposedNewState == nil || req.Config == nil {
		return s.framework.PlanResourceChange(ctx, req)
	}
	if len(req.PriorState.MsgPack) > 0 && bytes.Equal(req.PriorState.MsgPack, req.ProposedNewState.MsgPack) {
		return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.PriorState}, nil
	}
	config, err := req.Config.Unmarshal(r.tf)
	if err != nil || config.IsNull() || writesOnly(r.root, config) {
		return s.framework.PlanResourceChange(ctx, req)
	}
	prior, err := req.PriorState.Unmarshal(r.tf)
	if err != nil {
		return s.framework.PlanResourceChange(ctx, req)
	}
	proposed, err := req.ProposedNewState.Unmarshal(r.tf)
	if err != nil || proposed.IsNull() {
		return s.framework.PlanResourceChange(ctx, req)
	}
	plan := proposed
	if !proposed.Equal(prior) {
		plan = markUnknown(r.root, config, proposed)
	}
	return s.plan(ctx, r, config, prior, plan)
}

func (s *server) plan(ctx context.Context, r *record, config, prior, plan tftypes.Value) (*tfprotov6.PlanResourceChangeResponse, error) {
	schema := r.schema.Schema
	instance, diags := s.configured(ctx, r)
	resp := resource.ModifyPlanResponse{Plan: tfsdk.Plan{Raw: plan, Schema: schema}, Diagnostics: diags}
	if !diags.HasError() {
		instance.ModifyPlan(ctx, resource.ModifyPlanRequest{
			Config: tfsdk.Config{Raw: config, Schema: schema},
			Plan:   tfsdk.Plan{Raw: plan, Schema: schema},
			State:  tfsdk.State{Raw: prior, Schema: schema},
		}, &resp)
	}
	planned, err := tfprotov6.NewDynamicValue(r.tf, resp.Plan.Raw)
	if err != nil {
		return nil, err
	}
	return &tfprotov6.PlanResourceChangeResponse{
		PlannedState:    &planned,
		RequiresReplace: paths(resp.RequiresReplace),
		Diagnostics:     diagnostics(resp.Diagnostics),
	}, nil
}

// ApplyResourceChange creates a record. Changes and deletions are the framework's.
func (s *server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	r := s.records()[req.TypeName]
	if r == nil || len(req.PlannedPrivate) > 0 || req.PriorState == nil || req.PlannedState == nil || req.Config == nil {
		return s.framework.ApplyResourceChange(ctx, req)
	}
	if absent, err := req.PriorState.IsNull(); err != nil || !absent {
		return s.framework.ApplyResourceChange(ctx, req)
	}
	config, err := req.Config.Unmarshal(r.tf)
	if err != nil || config.IsNull() || writesOnly(r.root, config) {
		return s.framework.ApplyResourceChange(ctx, req)
	}
	planned, err := req.PlannedState.Unmarshal(r.tf)
	if err != nil || planned.IsNull() {
		return s.framework.ApplyResourceChange(ctx, req)
	}
	return s.create(ctx, r, config, planned)
}

func (s *server) create(ctx context.Context, r *record, config, planned tftypes.Value) (*tfprotov6.ApplyResourceChangeResponse, error) {
	schema := r.schema.Schema
	nothing := tftypes.NewValue(r.tf, nil)
	instance, diags := s.configured(ctx, r)
	resp := resource.CreateResponse{State: tfsdk.State{Raw: nothing, Schema: schema}, Diagnostics: diags}
	if !diags.HasError() {
		instance.Create(ctx, resource.CreateRequest{
			Config: tfsdk.Config{Raw: config, Schema: schema},
			Plan:   tfsdk.Plan{Raw: planned, Schema: schema},
		}, &resp)
	}
	if !resp.Diagnostics.HasError() && resp.State.Raw.IsNull() {
		resp.Diagnostics.AddError("Missing resource state after create",
			"The provider returned neither a state nor an error. This is a fault of the provider; please report it.")
	}
	state, err := tfprotov6.NewDynamicValue(r.tf, resp.State.Raw)
	if err != nil {
		return nil, err
	}
	return &tfprotov6.ApplyResourceChangeResponse{NewState: &state, Diagnostics: diagnostics(resp.Diagnostics)}, nil
}
