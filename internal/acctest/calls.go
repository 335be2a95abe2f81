package acctest

import (
	"context"
	"math/big"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// patience is how long one call of the protocol may take, lest a test hang.
const patience = time.Minute

// ReadData reads a data source, validated first. The value is what Go makes of the state; diags are Texts.
func (p Protocol) ReadData(t testing.TB, typeName string, config map[string]any) (state any, diags []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tf := p.Schema.DataSourceSchemas[typeName].ValueType()
	raw := Dynamic(t, Value(tf, config))
	validated, err := p.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeName, Config: raw})
	if err != nil {
		t.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return nil, Texts(validated.Diagnostics)
	}
	read, err := p.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: raw})
	if err != nil {
		t.Fatal(err)
	}
	if read.State != nil {
		state = Go(undynamic(t, read.State, tf))
	}
	return state, Texts(read.Diagnostics)
}

// Instance is a resource whose changes are planned and applied without a CLI, in the
// order in which Terraform does it.
type Instance struct {
	protocol Protocol
	typeName string
	blocks   []string
	tf       tftypes.Type
	state    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	tainted  bool
}

// Instance returns a resource that is not there yet. blocks are as for Value.
func (p Protocol) Instance(typeName string, blocks ...string) *Instance {
	tf := p.Schema.ResourceSchemas[typeName].ValueType()
	return &Instance{protocol: p, typeName: typeName, blocks: blocks, tf: tf, state: tftypes.NewValue(tf, nil)}
}

// State is what Go makes of the state; nil = there is none.
func (i *Instance) State() any { return Go(i.state) }

// ForgetIdentity has the CLI be one that knows no identities, before Terraform 1.12.
func (i *Instance) ForgetIdentity() { i.identity = nil }

// Continue has another process of the provider go on, as the next run of Terraform does.
func (i *Instance) Continue(p Protocol) { i.protocol = p }

// Taint has the next change replace what is there. A create that fails and leaves something does the same.
func (i *Instance) Taint() { i.tainted = true }

// Planned is the plan of a change.
type Planned struct {
	Value   any      // what Go makes of it; nil where there is none
	Diags   []string // as Texts writes them
	Replace bool     // what is there is replaced

	raw     *tfprotov6.DynamicValue
	private []byte
	failed  bool
}

// Plan reads what is there, validates a configuration and plans the change to it.
func (i *Instance) Plan(t testing.TB, config map[string]any) Planned {
	t.Helper()
	said, ok := i.read(t)
	if !ok {
		return Planned{Diags: said, failed: true}
	}
	plan := i.plan(t, i.state, Value(i.tf, config, i.blocks...))
	plan.Diags = append(said, plan.Diags...)
	return plan
}

// Refresh reads what is there, as before each plan.
func (i *Instance) Refresh(t testing.TB) (diags []string) {
	t.Helper()
	diags, _ = i.read(t)
	return diags
}

// read reads what is there; ok is false where that fails.
func (i *Instance) read(t testing.TB) (diags []string, ok bool) {
	t.Helper()
	if i.state.IsNull() {
		return nil, true
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	read, err := i.protocol.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: i.typeName, CurrentState: Dynamic(t, i.state), Private: i.private, CurrentIdentity: i.identity})
	if err != nil {
		t.Fatal(err)
	}
	if failed(read.Diagnostics) {
		return Texts(read.Diagnostics), false
	}
	i.state, i.private = undynamic(t, read.NewState, i.tf), read.Private
	if read.NewIdentity != nil {
		i.identity = read.NewIdentity
	}
	return Texts(read.Diagnostics), true
}

// Import takes an object that is on the server, by its ID, and reads it. What there was is forgotten.
func (i *Instance) Import(t testing.TB, id string) (diags []string) {
	t.Helper()
	return i.take(t, &tfprotov6.ImportResourceStateRequest{TypeName: i.typeName, ID: id})
}

// ImportIdentity is Import by the parts of the identity.
func (i *Instance) ImportIdentity(t testing.TB, identity map[string]any) (diags []string) {
	t.Helper()
	types := map[string]tftypes.Type{}
	for name := range identity {
		types[name] = tftypes.String
	}
	return i.take(t, &tfprotov6.ImportResourceStateRequest{TypeName: i.typeName,
		Identity: &tfprotov6.ResourceIdentityData{IdentityData: Dynamic(t, Value(tftypes.Object{AttributeTypes: types}, identity))}})
}

func (i *Instance) take(t testing.TB, req *tfprotov6.ImportResourceStateRequest) (diags []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	resp, err := i.protocol.ImportResourceState(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	if failed(resp.Diagnostics) {
		return Texts(resp.Diagnostics)
	}
	imported := resp.ImportedResources[0]
	i.state, i.private, i.identity = undynamic(t, imported.State, i.tf), imported.Private, imported.Identity
	return append(Texts(resp.Diagnostics), i.Refresh(t)...)
}

// Identity is what Go makes of the identity; nil = there is none.
func (i *Instance) Identity(t testing.TB) map[string]any {
	t.Helper()
	if i.identity == nil {
		return nil
	}
	schemas, err := i.protocol.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	identity, _ := Go(undynamic(t, i.identity.IdentityData, schemas.IdentitySchemas[i.typeName].ValueType())).(map[string]any)
	return identity
}

func (i *Instance) plan(t testing.TB, prior, config tftypes.Value) Planned {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	private := i.private
	identity := i.identity
	if i.tainted { // planned as if it were not there
		prior, private, identity = tftypes.NewValue(i.tf, nil), nil, nil
	}
	validated, err := i.protocol.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{
		TypeName: i.typeName, Config: Dynamic(t, config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if failed(validated.Diagnostics) {
		return Planned{Diags: Texts(validated.Diagnostics), failed: true}
	}
	resp, err := i.protocol.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: i.typeName, PriorState: Dynamic(t, prior), Config: Dynamic(t, config),
		ProposedNewState: Dynamic(t, i.proposed(t, prior, config)), PriorPrivate: private, PriorIdentity: identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	plan := Planned{
		Diags: Texts(append(validated.Diagnostics, resp.Diagnostics...)), Replace: i.tainted || len(resp.RequiresReplace) > 0,
		raw: resp.PlannedState, private: resp.PlannedPrivate, failed: failed(resp.Diagnostics),
	}
	if resp.PlannedState != nil {
		planned := undynamic(t, resp.PlannedState, i.tf)
		plan.Value = Go(planned)
		if !plan.failed && !prior.Equal(planned) {
			i.valid(t, prior, config, planned)
		}
	}
	return plan
}

// valid checks that a plan has what is configured, or another spelling of it that was there, as Terraform does.
func (i *Instance) valid(t testing.TB, prior, config, planned tftypes.Value) {
	t.Helper()
	before, configured := map[string]tftypes.Value{}, fieldsOf(t, config)
	if !prior.IsNull() {
		before = fieldsOf(t, prior)
	}
	fields := fieldsOf(t, planned)
	for _, a := range i.protocol.Schema.ResourceSchemas[i.typeName].Block.Attributes {
		value, given := fields[a.Name], configured[a.Name]
		was, there := before[a.Name]
		computed, kept := given.IsNull() && a.Computed, !given.IsNull() && there && value.Equal(was)
		if !a.WriteOnly && !value.Equal(given) && !computed && !kept {
			t.Errorf("invalid plan: %s is %s, configured as %s", a.Name, value, given)
		}
	}
}

// proposed is the configuration with what the state has of computed attributes.
func (i *Instance) proposed(t testing.TB, prior, config tftypes.Value) tftypes.Value {
	t.Helper()
	if prior.IsNull() {
		return config
	}
	before, fields := fieldsOf(t, prior), fieldsOf(t, config)
	for _, a := range i.protocol.Schema.ResourceSchemas[i.typeName].Block.Attributes {
		if a.Computed && fields[a.Name].IsNull() {
			fields[a.Name] = before[a.Name]
		}
	}
	return tftypes.NewValue(i.tf, fields)
}

// Apply plans the change to a configuration and applies it, unless the plan fails. A
// replacement destroys what is there first.
func (i *Instance) Apply(t testing.TB, config map[string]any) (diags []string) {
	t.Helper()
	value := Value(i.tf, config, i.blocks...)
	plan := i.plan(t, i.state, value)
	if plan.failed {
		return plan.Diags
	}
	diags = plan.Diags
	if plan.Replace {
		destroyed := i.Destroy(t)
		diags = append(diags, destroyed...)
		if !i.state.IsNull() {
			return diags
		}
		plan = i.plan(t, i.state, value)
		if diags = append(diags, plan.Diags...); plan.failed {
			return diags
		}
	}
	return append(diags, i.apply(t, plan.raw, Dynamic(t, value), plan.private)...)
}

// ApplyOpen plans the change to a configuration that is open in some places, and applies it as
// it is once all is known. Like Terraform, it plans again for that, and checks that the second
// plan keeps what the first one knew. plan is the first.
func (i *Instance) ApplyOpen(t testing.TB, open, config map[string]any) (plan Planned, diags []string) {
	t.Helper()
	if plan = i.Plan(t, open); plan.failed || plan.Replace {
		t.Fatalf("the open plan fails or replaces: %q", plan.Diags)
	}
	first := undynamic(t, plan.raw, i.tf)
	second := i.Plan(t, config)
	if second.failed {
		return plan, second.Diags
	}
	keeps(t, "final plan", first, undynamic(t, second.raw, i.tf))
	return plan, append(second.Diags, i.apply(t, second.raw, Dynamic(t, Value(i.tf, config, i.blocks...)), second.private)...)
}

// keeps checks that what was planned and known stays so, as Terraform does.
func keeps(t testing.TB, what string, planned, made tftypes.Value) {
	t.Helper()
	differences, err := planned.Diff(made)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		if d.Value1 != nil && d.Value1.IsFullyKnown() {
			t.Errorf("inconsistent %s: %s", what, d)
		}
	}
}

// Destroy applies the plan of a destroy.
func (i *Instance) Destroy(t testing.TB) (diags []string) {
	t.Helper()
	null := Dynamic(t, tftypes.NewValue(i.tf, nil))
	return i.apply(t, null, null, i.private)
}

// PlanDestroy plans to destroy what is there, and returns what is said of it.
func (i *Instance) PlanDestroy(t testing.TB) (diags []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	null := Dynamic(t, tftypes.NewValue(i.tf, nil))
	resp, err := i.protocol.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: i.typeName, PriorState: Dynamic(t, i.state), Config: null, ProposedNewState: null, PriorPrivate: i.private, PriorIdentity: i.identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	return Texts(resp.Diagnostics)
}

func (i *Instance) apply(t testing.TB, planned, config *tfprotov6.DynamicValue, private []byte) (diags []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	resp, err := i.protocol.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: i.typeName, PriorState: Dynamic(t, i.state), PlannedState: planned, Config: config, PlannedPrivate: private, PlannedIdentity: i.identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	wasThere := !i.state.IsNull()
	i.state, i.private, i.identity = undynamic(t, resp.NewState, i.tf), resp.Private, resp.NewIdentity
	if failed(resp.Diagnostics) {
		i.tainted = !i.state.IsNull() && (i.tainted || !wasThere)
	} else {
		i.tainted = false
		keeps(t, "result", undynamic(t, planned, i.tf), i.state)
	}
	return Texts(resp.Diagnostics)
}

func failed(diags []*tfprotov6.Diagnostic) bool {
	for _, d := range diags {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return true
		}
	}
	return false
}

func undynamic(t testing.TB, d *tfprotov6.DynamicValue, tf tftypes.Type) tftypes.Value {
	t.Helper()
	v, err := d.Unmarshal(tf)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func fieldsOf(t testing.TB, v tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	var shared map[string]tftypes.Value
	if err := v.As(&shared); err != nil {
		t.Fatal(err)
	}
	fields := make(map[string]tftypes.Value, len(shared)) // the map is the value's own
	for name, field := range shared {
		fields[name] = field
	}
	return fields
}

// Go is a Terraform value in Go's types, the other way round from Value: nil, Unknown, bool,
// string, float64, []any and map[string]any.
func Go(v tftypes.Value) any {
	if !v.IsKnown() {
		return Unknown{}
	}
	if v.IsNull() {
		return nil
	}
	var (
		text   string
		truth  bool
		number big.Float
		items  []tftypes.Value
		fields map[string]tftypes.Value
	)
	switch {
	case v.As(&text) == nil:
		return text
	case v.As(&truth) == nil:
		return truth
	case v.As(&number) == nil:
		f, _ := number.Float64()
		return f
	case v.As(&items) == nil:
		out := make([]any, len(items))
		for i, item := range items {
			out[i] = Go(item)
		}
		return out
	case v.As(&fields) == nil:
		out := make(map[string]any, len(fields))
		for name, field := range fields {
			out[name] = Go(field)
		}
		return out
	}
	return v.String() // not reached: there are no other types
}
