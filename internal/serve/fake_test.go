package serve_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// fakeProvider has one resource, fake_record.
type fakeProvider struct {
	create    func() resource.Resource
	configure func(provider.ConfigureRequest, *provider.ConfigureResponse) // nil = nothing to do

	mu   sync.Mutex
	seen []string // the calls that the resource got, with all values
}

func (*fakeProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "fake"
}
func (*fakeProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}
func (p *fakeProvider) Configure(_ context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	resp.ResourceData = "data"
	if p.configure != nil {
		p.configure(req, resp)
	}
}
func (*fakeProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }
func (*fakeProvider) Data() any                                                  { return "data" }
func (p *fakeProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{p.create}
}

func (p *fakeProvider) saw(format string, values ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, fmt.Sprintf(format, values...))
}

// calls returns what was seen since it was last asked.
func (p *fakeProvider) calls() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := p.seen
	p.seen = nil
	return seen
}

// record is a resource made of functions; one that is nil does what a simple record does.
type record struct {
	provider *fakeProvider
	schema   schema.Schema

	configure  func(*resource.ConfigureResponse)
	validate   func(*resource.ValidateConfigResponse)
	modifyPlan func(resource.ModifyPlanRequest, *resource.ModifyPlanResponse)
	make       func(resource.CreateRequest, *resource.CreateResponse)
	update     func(resource.UpdateRequest, *resource.UpdateResponse)
}

// fakeRecord is a provider of one record.
func fakeRecord(r record) *fakeProvider {
	p := &fakeProvider{}
	p.create = func() resource.Resource {
		instance := r
		instance.provider = p
		return &instance
	}
	return p
}

func (*record) IsRecord() {}

func (*record) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_record"
}

func (r *record) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.schema
}

func (r *record) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.provider.saw("configure %v", req.ProviderData)
	if r.configure != nil {
		r.configure(resp)
	}
}

func (r *record) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	r.provider.saw("validate %v %s", req.ClientCapabilities, req.Config.Raw)
	if r.validate != nil {
		r.validate(resp)
	}
}

func (r *record) ModifyPlan(_ context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.provider.saw("plan %v %s\nplan %s\nstate %s", req.ClientCapabilities, req.Config.Raw, req.Plan.Raw, req.State.Raw)
	if r.modifyPlan != nil {
		r.modifyPlan(req, resp)
	}
}

func (r *record) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.provider.saw("create %s\nplan %s", req.Config.Raw, req.Plan.Raw)
	if r.make == nil {
		resp.State.Raw = answered(req.Plan)
		return
	}
	r.make(req, resp)
}

func (*record) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (r *record) Update(_ context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.provider.saw("update %s\nplan %s\nstate %s", req.Config.Raw, req.Plan.Raw, req.State.Raw)
	if r.update == nil {
		resp.State.Raw = answered(req.Plan)
		return
	}
	r.update(req, resp)
}

func (*record) ImportState(context.Context, resource.ImportStateRequest, *resource.ImportStateResponse) {
}

func (r *record) Delete(_ context.Context, req resource.DeleteRequest, _ *resource.DeleteResponse) {
	r.provider.saw("delete %s", req.State.Raw)
}

// answered is a plan with something in place of all that it does not know.
func answered(plan tfsdk.Plan) tftypes.Value {
	known, err := tftypes.Transform(plan.Raw, func(_ *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		switch {
		case v.IsKnown():
			return v, nil
		case v.Type().Is(tftypes.String):
			return tftypes.NewValue(v.Type(), "answer"), nil
		case v.Type().Is(tftypes.DynamicPseudoType):
			return tftypes.NewValue(tftypes.Bool, true), nil
		}
		return tftypes.NewValue(v.Type(), nil), nil
	})
	if err != nil {
		panic(err)
	}
	return known
}

// replaceChanged asks to replace for what has changed, in no order and twice.
func replaceChanged(req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || req.State.Raw.IsNull() {
		return
	}
	var was, will map[string]tftypes.Value
	if req.State.Raw.As(&was) != nil || req.Plan.Raw.As(&will) != nil {
		panic("not an object")
	}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(will))) {
		if !will[name].Equal(was[name]) && will[name].IsKnown() {
			resp.RequiresReplace.Append(path.Root(name).AtName("inside"), path.Root(name))
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root(name))
			resp.Diagnostics.AddAttributeWarning(path.Root(name), "It has changed", name)
		}
	}
}

func warn(diags *diag.Diagnostics)  { diags.AddWarning("a warning", "of the resource") }
func fault(diags *diag.Diagnostics) { diags.AddError("an error", "of the resource") }
