package serve_test

import (
	"context"
	"maps"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	fwprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// small is a schema with an argument, a block and an answer.
var small = schema.Schema{
	Attributes: attributes{
		"ask":    schema.StringAttribute{Optional: true},
		"secret": schema.StringAttribute{Optional: true, WriteOnly: true},
		"answer": schema.StringAttribute{Computed: true},
	},
	Blocks: map[string]schema.Block{"part": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{
		Attributes: attributes{"text": schema.StringAttribute{Optional: true}},
		Blocks:     map[string]schema.Block{"inner": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: attributes{"text": schema.StringAttribute{Optional: true}}}}},
	}}},
}

func smallValue(p pair, fields map[string]any) tftypes.Value {
	return acctest.Value(p.tf, fields, "part", "inner")
}

// A record is asked for in each of these ways, and both servers call it with the same values and answer alike.
func TestShortCuts_answerAsTheFrameworkDoes(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]record{
		"simple":               {},
		"warns in all":         {configure: func(resp *resource.ConfigureResponse) { warn(&resp.Diagnostics) }, validate: func(resp *resource.ValidateConfigResponse) { warn(&resp.Diagnostics) }, modifyPlan: func(_ resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) { warn(&resp.Diagnostics) }},
		"cannot be configured": {configure: func(resp *resource.ConfigureResponse) { fault(&resp.Diagnostics) }},
		"replaces":             {modifyPlan: replaceChanged},
		"cannot plan":          {modifyPlan: func(_ resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) { fault(&resp.Diagnostics) }},
		"puts off": {modifyPlan: func(_ resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
			resp.Deferred = &resource.Deferred{Reason: resource.DeferredReasonAbsentPrereq}
		}},
		"makes nothing": {make: func(resource.CreateRequest, *resource.CreateResponse) {}},
		"fails to make": {make: func(_ resource.CreateRequest, resp *resource.CreateResponse) { fault(&resp.Diagnostics) }},
		"makes and fails": {make: func(req resource.CreateRequest, resp *resource.CreateResponse) {
			resp.State.Raw = answered(req.Plan)
			fault(&resp.Diagnostics)
		}},
		"makes and warns": {make: func(req resource.CreateRequest, resp *resource.CreateResponse) {
			resp.State.Raw = answered(req.Plan)
			warn(&resp.Diagnostics)
		}},
		"changes nothing": {update: func(resource.UpdateRequest, *resource.UpdateResponse) {}},
		"fails to change": {update: func(_ resource.UpdateRequest, resp *resource.UpdateResponse) { fault(&resp.Diagnostics) }},
		"changes and fails": {update: func(req resource.UpdateRequest, resp *resource.UpdateResponse) {
			resp.State.Raw = answered(req.Plan)
			fault(&resp.Diagnostics)
		}},
		"changes and warns": {update: func(req resource.UpdateRequest, resp *resource.UpdateResponse) {
			resp.State.Raw = answered(req.Plan)
			warn(&resp.Diagnostics)
		}},
		"goes away in a change": {update: func(_ resource.UpdateRequest, resp *resource.UpdateResponse) {
			resp.State.RemoveResource(context.Background())
		}},
		"goes away, fails and warns": {update: func(_ resource.UpdateRequest, resp *resource.UpdateResponse) {
			resp.State.RemoveResource(context.Background())
			warn(&resp.Diagnostics)
			fault(&resp.Diagnostics)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.schema = small
			p := newFakePair(t, r)
			before := smallValue(p, map[string]any{"ask": "a", "part": []any{map[string]any{"text": "x"}}})
			for _, after := range []tftypes.Value{
				smallValue(p, map[string]any{"ask": "b"}),
				smallValue(p, map[string]any{"part": []any{map[string]any{"inner": []any{map[string]any{}}}}}),
			} {
				p.validate(t, before)
				planned := p.decode(t, p.plan(t, p.null(), before, before).PlannedState)
				if planned.IsNull() { // it could not be configured
					planned = before
				}
				state := p.decode(t, p.apply(t, p.null(), planned, before).NewState)
				if state.IsNull() {
					state = answeredValue(p, before)
				}
				planned = p.decode(t, p.plan(t, state, after, p.propose(state, after)).PlannedState)
				if planned.IsNull() {
					planned = after
				}
				p.apply(t, state, planned, after)
				p.plan(t, state, p.null(), p.null())
				p.apply(t, state, p.null(), p.null())
			}
		})
	}
}

func answeredValue(p pair, config tftypes.Value) tftypes.Value {
	var fields map[string]tftypes.Value
	_ = config.As(&fields)
	with := map[string]tftypes.Value{}
	for name, v := range fields {
		with[name] = v
	}
	with["answer"] = tftypes.NewValue(tftypes.String, "answer")
	return tftypes.NewValue(p.tf, with)
}

// A configuration can change while the state is proposed as it is: where an attribute that may be computed keeps its
// value, and where a value is write-only.
func TestPlan_asksWhereTheConfigurationFallsSilent(t *testing.T) {
	t.Parallel()
	s := small
	s.Attributes = maps.Clone(small.Attributes)
	s.Attributes["either"] = schema.StringAttribute{Optional: true, Computed: true}
	p := newFakePair(t, record{schema: s, modifyPlan: func(req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
		if field(req.Config.Raw, "either").IsNull() {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(context.Background(), path.Root("either"), types.StringNull())...)
		}
		if !field(req.Config.Raw, "secret").IsNull() {
			resp.RequiresReplace.Append(path.Root("secret"))
		}
	}})
	state := p.create(t, smallValue(p, map[string]any{"ask": "a", "either": "x"}))
	silent := smallValue(p, map[string]any{"ask": "a"})
	if planned := p.planned(t, p.plan(t, state, silent, state)); !field(planned, "either").IsNull() {
		t.Errorf("planned: %s", planned)
	}
	state = p.create(t, silent)
	if resp := p.plan(t, state, smallValue(p, map[string]any{"ask": "a", "secret": "s"}), state); len(resp.RequiresReplace) != 1 {
		t.Errorf("replaced: %v", resp.RequiresReplace)
	}
}

// counting counts the calls that reach the framework.
type counting struct {
	serve.Framework
	*counts
}

type counts struct{ validates, reads, plans, applies atomic.Int64 }

// expectNone fails where any call has reached the framework.
func (c *counts) expectNone(t *testing.T) {
	t.Helper()
	if c.validates.Load()+c.reads.Load()+c.plans.Load()+c.applies.Load() != 0 {
		t.Errorf("of the framework: %d validates, %d reads, %d plans, %d applies", c.validates.Load(), c.reads.Load(), c.plans.Load(), c.applies.Load())
	}
}

func (c *counting) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	c.validates.Add(1)
	return c.Framework.ValidateResourceConfig(ctx, req)
}

func (c *counting) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	c.reads.Add(1)
	return c.Framework.ReadResource(ctx, req)
}

func (c *counting) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	c.plans.Add(1)
	return c.Framework.PlanResourceChange(ctx, req)
}

func (c *counting) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	c.applies.Add(1)
	return c.Framework.ApplyResourceChange(ctx, req)
}

// newCounted is a pair whose framework's server is the one behind ours, counted.
func newCounted(t testing.TB, r record) (pair, *counting, *fakeProvider) {
	t.Helper()
	p := newFakePair(t, r)
	provider := fakeRecord(r)
	c := &counting{serve.Inner(provider), &counts{}}
	p.ours = serve.WithShortCuts(provider, c)
	configure(t, p.ours, nil)
	p.calls = nil
	return p, c, provider
}

// What is ordinary does not reach the framework: that is what the short cuts are for.
func TestShortCuts_areTaken(t *testing.T) {
	t.Parallel()
	p, c, _ := newCounted(t, record{schema: small, modifyPlan: replaceChanged})
	before := smallValue(p, map[string]any{"ask": "a"})
	after := smallValue(p, map[string]any{"ask": "b", "part": []any{map[string]any{"text": "x"}}})
	p.validate(t, before)
	state := p.create(t, before)
	p.plan(t, state, before, state)
	planned := p.planned(t, p.plan(t, state, after, p.propose(state, after)))
	p.apply(t, state, planned, after)
	p.readState(t, &tfprotov6.ReadResourceRequest{CurrentState: acctest.Dynamic(t, state)})
	c.expectNone(t)
	p.apply(t, state, p.null(), p.null())
	if c.applies.Load() != 1 {
		t.Error("a delete is the framework's")
	}
}

// What is not ordinary does.
func TestShortCuts_areLeftToTheFramework(t *testing.T) {
	t.Parallel()
	p, c, _ := newCounted(t, record{schema: small})
	plain := smallValue(p, map[string]any{"ask": "a"})
	secret := smallValue(p, map[string]any{"ask": "a", "secret": "s"})
	state := p.create(t, plain)
	withSecret := answeredValue(p, secret) // a state from before the attribute became write-only
	private := []byte(`{"key":"InYi"}`)
	identity := &tfprotov6.ResourceIdentityData{}
	plan := func(change func(*tfprotov6.PlanResourceChangeRequest)) func(t *testing.T) {
		return func(t *testing.T) {
			req := &tfprotov6.PlanResourceChangeRequest{TypeName: p.name, PriorState: acctest.Dynamic(t, state),
				Config: acctest.Dynamic(t, plain), ProposedNewState: acctest.Dynamic(t, state)}
			change(req)
			p.planWith(t, req)
			if c.plans.Swap(0) != 1 {
				t.Error("a short cut was taken")
			}
		}
	}
	apply := func(change func(*tfprotov6.ApplyResourceChangeRequest)) func(t *testing.T) {
		return func(t *testing.T) {
			req := &tfprotov6.ApplyResourceChangeRequest{TypeName: p.name, PriorState: acctest.Dynamic(t, state),
				Config: acctest.Dynamic(t, plain), PlannedState: acctest.Dynamic(t, state)}
			change(req)
			p.applyWith(t, req)
			if c.applies.Swap(0) != 1 {
				t.Error("a short cut was taken")
			}
		}
	}
	read := func(change func(*tfprotov6.ReadResourceRequest)) func(t *testing.T) {
		return func(t *testing.T) {
			req := &tfprotov6.ReadResourceRequest{CurrentState: acctest.Dynamic(t, state)}
			change(req)
			p.readState(t, req)
			if c.reads.Swap(0) != 1 {
				t.Error("a short cut was taken")
			}
		}
	}
	for name, test := range map[string]func(*testing.T){
		"plan with private state": plan(func(r *tfprotov6.PlanResourceChangeRequest) { r.PriorPrivate = private }),
		"plan with an identity":   plan(func(r *tfprotov6.PlanResourceChangeRequest) { r.PriorIdentity = identity }),
		"plan of a destruction": plan(func(r *tfprotov6.PlanResourceChangeRequest) {
			r.ProposedNewState, r.Config = acctest.Dynamic(t, p.null()), acctest.Dynamic(t, p.null())
		}),
		"plan with a secret": plan(func(r *tfprotov6.PlanResourceChangeRequest) {
			r.Config, r.PriorState = acctest.Dynamic(t, secret), acctest.Dynamic(t, p.null())
		}),
		"plan that proposes a secret": plan(func(r *tfprotov6.PlanResourceChangeRequest) { r.ProposedNewState = acctest.Dynamic(t, withSecret) }),
		"plan with an old secret": plan(func(r *tfprotov6.PlanResourceChangeRequest) {
			r.PriorState, r.ProposedNewState = acctest.Dynamic(t, withSecret), acctest.Dynamic(t, withSecret)
		}),
		"create with private state": apply(func(r *tfprotov6.ApplyResourceChangeRequest) {
			r.PriorState, r.PlannedPrivate = acctest.Dynamic(t, p.null()), private
		}),
		"create with a secret": apply(func(r *tfprotov6.ApplyResourceChangeRequest) {
			r.PriorState, r.Config = acctest.Dynamic(t, p.null()), acctest.Dynamic(t, secret)
		}),
		"update with private state":  apply(func(r *tfprotov6.ApplyResourceChangeRequest) { r.PlannedPrivate = private }),
		"update with an identity":    apply(func(r *tfprotov6.ApplyResourceChangeRequest) { r.PlannedIdentity = identity }),
		"update with a secret":       apply(func(r *tfprotov6.ApplyResourceChangeRequest) { r.Config = acctest.Dynamic(t, secret) }),
		"update of a planned secret": apply(func(r *tfprotov6.ApplyResourceChangeRequest) { r.PlannedState = acctest.Dynamic(t, withSecret) }),
		"update of an old secret":    apply(func(r *tfprotov6.ApplyResourceChangeRequest) { r.PriorState = acctest.Dynamic(t, withSecret) }),
		"delete": apply(func(r *tfprotov6.ApplyResourceChangeRequest) {
			r.PlannedState, r.Config = acctest.Dynamic(t, p.null()), acctest.Dynamic(t, p.null())
		}),
		"create without a prior":  apply(func(r *tfprotov6.ApplyResourceChangeRequest) { r.PriorState = nil }),
		"read with private state": read(func(r *tfprotov6.ReadResourceRequest) { r.Private = private }),
		"read with an identity":   read(func(r *tfprotov6.ReadResourceRequest) { r.CurrentIdentity = identity }),
		"read of an old secret":   read(func(r *tfprotov6.ReadResourceRequest) { r.CurrentState = acctest.Dynamic(t, withSecret) }),
		"read of a state that is JSON": read(func(r *tfprotov6.ReadResourceRequest) {
			r.CurrentState = &tfprotov6.DynamicValue{JSON: []byte(`{"ask":"a","secret":"s","answer":"b","part":[]}`)}
		}),
		"read of nothing that is there": read(func(r *tfprotov6.ReadResourceRequest) { r.CurrentState = nil }),
	} {
		t.Run(name, test)
	}
}

// A write-only attribute is found in a state also by a long name, which travels in another form than a short one.
func TestReadResource_findsOldSecretsOfLongNames(t *testing.T) {
	t.Parallel()
	for _, length := range []int{31, 32, 60} {
		name := strings.Repeat("n", length)
		p, c, _ := newCounted(t, record{schema: schema.Schema{Attributes: attributes{name: schema.StringAttribute{Optional: true, WriteOnly: true}}}})
		for value, want := range map[any]int64{nil: 0, "s": 1} {
			p.readState(t, &tfprotov6.ReadResourceRequest{CurrentState: acctest.Dynamic(t, acctest.Value(p.tf, map[string]any{name: value}))})
			if got := c.reads.Swap(0); got != want {
				t.Errorf("a name of %d letters with the value %v: %d reads of the framework, want %d", length, value, got, want)
			}
		}
	}
}

// Terraform lets a provider put things off in each apply. Where it may, the record is asked as ever, and told.
func TestShortCuts_areTakenWhereTheProviderMayPutOff(t *testing.T) {
	t.Parallel()
	r := record{schema: small, modifyPlan: func(req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
		if req.ClientCapabilities.DeferralAllowed && !req.Plan.Raw.IsNull() {
			resp.Deferred = &resource.Deferred{Reason: resource.DeferredReasonAbsentPrereq}
		}
	}}
	p, c, _ := newCounted(t, r)
	if diags := mayPutOff(t, p.ours); len(diags) > 0 {
		t.Fatal(texts(diags))
	}
	config := smallValue(p, map[string]any{"ask": "a"})
	p.validate(t, config)
	resp := p.planWith(t, &tfprotov6.PlanResourceChangeRequest{TypeName: p.name, PriorState: acctest.Dynamic(t, p.null()),
		Config: acctest.Dynamic(t, config), ProposedNewState: acctest.Dynamic(t, config),
		ClientCapabilities: &tfprotov6.PlanResourceChangeClientCapabilities{DeferralAllowed: true}})
	if resp.Deferred == nil {
		t.Error("the record was not told that it may put off its plan")
	}
	state := p.create(t, config)
	p.readState(t, &tfprotov6.ReadResourceRequest{CurrentState: acctest.Dynamic(t, state),
		ClientCapabilities: &tfprotov6.ReadResourceClientCapabilities{DeferralAllowed: true}})
	c.expectNone(t)
}

// A provider that puts off all its resources would find them served all the same. It is not told that it may, and
// cannot do it untold.
func TestConfigureProvider_doesNotLetTheProviderPutOffEverything(t *testing.T) {
	t.Parallel()
	p := fakeRecord(record{schema: small})
	var told []fwprovider.ConfigureProviderClientCapabilities
	p.configure = func(req fwprovider.ConfigureRequest, _ *fwprovider.ConfigureResponse) {
		told = append(told, req.ClientCapabilities)
	}
	if diags := mayPutOff(t, serve.WithShortCuts(p, serve.Inner(p))); len(diags) > 0 || len(told) != 1 || told[0].DeferralAllowed {
		t.Errorf("told: %v, diagnostics: %v", told, texts(diags))
	}
	p.configure = func(_ fwprovider.ConfigureRequest, resp *fwprovider.ConfigureResponse) {
		resp.Deferred = &fwprovider.Deferred{Reason: fwprovider.DeferredReasonProviderConfigUnknown}
	}
	if diags := mayPutOff(t, serve.WithShortCuts(p, serve.Inner(p))); !failed(diags) {
		t.Errorf("a provider that puts off everything was configured: %v", texts(diags))
	}
}

// mayPutOff configures a provider as a client does that lets it put things off.
func mayPutOff(t *testing.T, server tfprotov6.ProviderServer) []*tfprotov6.Diagnostic {
	t.Helper()
	req := &tfprotov6.ConfigureProviderRequest{
		Config:             acctest.Dynamic(t, tftypes.NewValue(tftypes.Object{}, map[string]tftypes.Value{})),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: true},
	}
	resp, err := server.ConfigureProvider(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if !req.ClientCapabilities.DeferralAllowed {
		t.Error("the request has been written to")
	}
	return resp.Diagnostics
}

// A validator sees blocks that nobody wrote as the framework shows them, and what the client is capable of.
func TestShortCuts_showValidatorsWhatTheFrameworkShows(t *testing.T) {
	t.Parallel()
	s := small
	s.Blocks = map[string]schema.Block{"part": schema.ListNestedBlock{
		Validators:   []validator.List{listvalidator.IsRequired()},
		NestedObject: small.Blocks["part"].(schema.ListNestedBlock).NestedObject,
	}}
	s.Attributes = attributes{"ask": schema.StringAttribute{Optional: true, Validators: []validator.String{prefersWriteOnly{}}}}
	p := newFakePair(t, record{schema: s})
	for _, fields := range []map[string]any{{}, {"part": []any{}}, {"part": []any{map[string]any{}}}, {"part": unknown{}}, {"ask": "a", "part": []any{map[string]any{}}}} {
		p.validate(t, smallValue(p, fields))
	}

	old := s
	old.DeprecationMessage = "Use another."
	p = newFakePair(t, record{schema: old})
	if diags := p.validate(t, smallValue(p, map[string]any{"part": []any{map[string]any{}}})); len(diags) != 1 {
		t.Errorf("a resource that is deprecated: %v", texts(diags))
	}
}

// prefersWriteOnly complains where the client knows write-only attributes.
type prefersWriteOnly struct{}

func (prefersWriteOnly) Description(context.Context) string         { return "" }
func (prefersWriteOnly) MarkdownDescription(context.Context) string { return "" }
func (prefersWriteOnly) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ClientCapabilities.WriteOnlyAttributesAllowed && !req.ConfigValue.IsNull() {
		resp.Diagnostics.AddWarning("there is a write-only attribute for this", "")
	}
}

// observer is a record that counts what it is told of reads.
type observer struct {
	record
	reads *atomic.Int64
}

func (o *observer) ObserveRead() { o.reads.Add(1) }

// The framework's Read is the resource's own to observe; the short cut tells of the others.
func TestReadResource_tellsTheObserver(t *testing.T) {
	t.Parallel()
	var told atomic.Int64
	provider := &fakeProvider{}
	provider.create = func() resource.Resource {
		return &observer{record{schema: small, provider: provider}, &told}
	}
	server := serve.WithShortCuts(provider, serve.Inner(provider))
	configure(t, server, nil)
	p := newFakePair(t, record{schema: small})
	state := acctest.Dynamic(t, answeredValue(p, smallValue(p, map[string]any{"ask": "a"})))
	for range 3 {
		if _, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "fake_record", CurrentState: state}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "fake_record", CurrentState: state, Private: []byte(`{"key":"InYi"}`)}); err != nil {
		t.Fatal(err)
	}
	if told.Load() != 3 {
		t.Errorf("told of %d reads, want 3", told.Load())
	}
	if calls := provider.calls(); len(calls) != 1 { // the framework's read
		t.Errorf("the resource was configured: %q", calls)
	}
}
