package serve_test

import (
	"bytes"
	"maps"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	fwprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// pair is the framework's server and ours for one type of resource. Each talks to a provider of its own, with
// an emulator of its own, so that both get the same answers.
type pair struct {
	framework, ours tfprotov6.ProviderServer
	name            string
	schema          schema.Schema
	tf              tftypes.Object

	calls func() (framework, ours []string) // what the resource was called with; nil = not known
}

// declared is a record of the provider.
type declared struct {
	name   string
	schema schema.Schema
}

// recordsOf are the provider's records.
func recordsOf(t testing.TB) []declared {
	t.Helper()
	var found []declared
	p := provider.New("test")
	var meta fwprovider.MetadataResponse
	p.Metadata(t.Context(), fwprovider.MetadataRequest{}, &meta)
	for _, create := range p.Resources(t.Context()) {
		r, ok := create().(serve.Record)
		if !ok {
			continue
		}
		var name resource.MetadataResponse
		r.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: meta.TypeName}, &name)
		var s resource.SchemaResponse
		r.Schema(t.Context(), resource.SchemaRequest{}, &s)
		found = append(found, declared{name.TypeName, s.Schema})
	}
	return found
}

// newPairOf is a pair for a record of the provider, each of the two configured with arguments of its own.
func newPairOf(t testing.TB, name string, s schema.Schema, more ...func() map[string]any) pair {
	t.Helper()
	alone := func() *provider.Provider { // with time and a working directory of its own
		return provider.New("test", acctest.NewClock().Adjust, acctest.DataIn(t.TempDir()))
	}
	inner := alone()
	p := pair{
		framework: serve.Inner(alone()), ours: serve.WithShortCuts(inner, serve.Inner(inner)),
		name: name, schema: s, tf: s.Type().TerraformType(t.Context()).(tftypes.Object),
	}
	for _, server := range []tfprotov6.ProviderServer{p.framework, p.ours} {
		emulated := httptest.NewServer(emulator.New(emulator.Options{Now: func() time.Time { return time.Unix(1700000000, 0) }}))
		t.Cleanup(emulated.Close)
		arguments := map[string]any{"base_url": emulated.URL + "/v1", "api_key": "sk-test-parity", "max_retries": 0,
			"limits": map[string]any{"max_concurrent": 1}} // so that the emulator answers both in the same order
		for _, m := range more {
			maps.Copy(arguments, m())
		}
		configure(t, server, arguments)
	}
	return p
}

// newFakePair is a pair for a record made of functions.
func newFakePair(t testing.TB, r record) pair {
	t.Helper()
	framework, ours := fakeRecord(r), fakeRecord(r)
	p := pair{
		framework: serve.Inner(framework), ours: serve.WithShortCuts(ours, serve.Inner(ours)),
		name: "fake_record", schema: r.schema, tf: r.schema.Type().TerraformType(t.Context()).(tftypes.Object),
		calls: func() ([]string, []string) { return framework.calls(), ours.calls() },
	}
	for _, server := range []tfprotov6.ProviderServer{p.framework, p.ours} {
		configure(t, server, nil)
	}
	return p
}

func configure(t testing.TB, server tfprotov6.ProviderServer, arguments map[string]any) {
	t.Helper()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schemas.Diagnostics) > 0 {
		t.Fatal(err, schemas.Diagnostics)
	}
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.11.4", Config: acctest.Dynamic(t, build(schemas.Provider.ValueType(), arguments))})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, resp.Diagnostics)
	}
}

func (p pair) null() tftypes.Value { return tftypes.NewValue(p.tf, nil) }

// propose is what the CLI proposes: the configuration, with what is computed as it was.
func (p pair) propose(state, config tftypes.Value) tftypes.Value {
	var was, will map[string]tftypes.Value
	_ = state.As(&was)
	_ = config.As(&will)
	will = maps.Clone(will)
	for name, a := range p.schema.Attributes {
		if a.IsComputed() && will[name].IsNull() {
			will[name] = was[name]
		}
	}
	return tftypes.NewValue(p.tf, will)
}

// validate asks both servers about a configuration.
func (p pair) validate(t testing.TB, config tftypes.Value) []*tfprotov6.Diagnostic {
	t.Helper()
	req := p.validateRequest(t, config)
	want, err := p.framework.ValidateResourceConfig(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.ours.ValidateResourceConfig(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if g, w := texts(got.Diagnostics), texts(want.Diagnostics); !slices.Equal(g, w) {
		t.Errorf("validate: got:\n%s\nwant:\n%s", strings.Join(g, "\n"), strings.Join(w, "\n"))
	}
	if len(want.Diagnostics) > 0 {
		p.forget() // a configuration with something wrong in it is looked at by both
	}
	p.sameCalls(t, "validate")
	return want.Diagnostics
}

func (p pair) validateRequest(t testing.TB, config tftypes.Value) *tfprotov6.ValidateResourceConfigRequest {
	t.Helper()
	return &tfprotov6.ValidateResourceConfigRequest{TypeName: p.name, Config: acctest.Dynamic(t, config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true}}
}

// plan asks both servers for a plan.
func (p pair) plan(t testing.TB, prior, config, proposed tftypes.Value) *tfprotov6.PlanResourceChangeResponse {
	t.Helper()
	return p.planWith(t, &tfprotov6.PlanResourceChangeRequest{TypeName: p.name,
		PriorState: acctest.Dynamic(t, prior), Config: acctest.Dynamic(t, config), ProposedNewState: acctest.Dynamic(t, proposed)})
}

func (p pair) planWith(t testing.TB, req *tfprotov6.PlanResourceChangeRequest) *tfprotov6.PlanResourceChangeResponse {
	t.Helper()
	want, err := p.framework.PlanResourceChange(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.ours.PlanResourceChange(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	p.same(t, "plan", got.PlannedState, want.PlannedState)
	g, w := *got, *want
	g.PlannedState, w.PlannedState, g.Diagnostics, w.Diagnostics = nil, nil, nil, nil
	if !slices.Equal(texts(got.Diagnostics), texts(want.Diagnostics)) || !reflect.DeepEqual(g, w) {
		t.Errorf("plan: got:\n%+v\n%v\nwant:\n%+v\n%v", g, texts(got.Diagnostics), w, texts(want.Diagnostics))
	}
	if bytes.Equal(req.PriorState.MsgPack, req.ProposedNewState.MsgPack) {
		p.forget() // a plan of nothing need not ask
	}
	p.sameCalls(t, "plan")
	return want
}

func (p pair) sameCalls(t testing.TB, call string) {
	t.Helper()
	if p.calls == nil {
		return
	}
	framework, ours := p.calls()
	for i := range max(len(framework), len(ours)) {
		var want, got string
		if i < len(framework) {
			want = framework[i]
		}
		if i < len(ours) {
			got = ours[i]
		}
		if got != want {
			t.Errorf("%s: call %d of the resource: got %s", call, i, difference(got, want))
			return
		}
	}
}

// forget drops the calls of the resource in a case that the servers go about in different ways.
func (p pair) forget() {
	if p.calls != nil {
		p.calls()
	}
}

// difference is the part of a long text where it is not as wanted.
func difference(got, want string) string {
	n := 0
	for n < min(len(got), len(want)) && got[n] == want[n] {
		n++
	}
	part := func(s string) string { return s[min(len(s), max(0, n-200)):min(len(s), n+200)] }
	return "…" + part(got) + "…\nwant …" + part(want) + "…"
}

// planned is the state that a plan has.
func (p pair) planned(t testing.TB, resp *tfprotov6.PlanResourceChangeResponse) tftypes.Value {
	t.Helper()
	if len(resp.Diagnostics) > 0 && failed(resp.Diagnostics) {
		t.Fatalf("plan: %v", texts(resp.Diagnostics))
	}
	return p.decode(t, resp.PlannedState)
}

func (p pair) decode(t testing.TB, v *tfprotov6.DynamicValue) tftypes.Value {
	t.Helper()
	if v == nil {
		return p.null()
	}
	value, err := v.Unmarshal(p.tf)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// apply has both servers apply a plan.
func (p pair) apply(t testing.TB, prior, planned, config tftypes.Value) *tfprotov6.ApplyResourceChangeResponse {
	t.Helper()
	return p.applyWith(t, &tfprotov6.ApplyResourceChangeRequest{TypeName: p.name, PriorState: acctest.Dynamic(t, prior),
		Config: acctest.Dynamic(t, config), PlannedState: acctest.Dynamic(t, planned)})
}

func (p pair) applyWith(t testing.TB, req *tfprotov6.ApplyResourceChangeRequest) *tfprotov6.ApplyResourceChangeResponse {
	t.Helper()
	want, err := p.framework.ApplyResourceChange(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.ours.ApplyResourceChange(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	p.same(t, "apply", got.NewState, want.NewState)
	g, w := *got, *want
	g.NewState, w.NewState, g.Diagnostics, w.Diagnostics = nil, nil, nil, nil
	if !slices.Equal(texts(got.Diagnostics), texts(want.Diagnostics)) || !reflect.DeepEqual(g, w) {
		t.Errorf("apply: got:\n%+v\n%v\nwant:\n%+v\n%v", g, texts(got.Diagnostics), w, texts(want.Diagnostics))
	}
	p.sameCalls(t, "apply")
	return want
}

// create plans and applies a configuration.
func (p pair) create(t testing.TB, config tftypes.Value) tftypes.Value {
	t.Helper()
	planned := p.planned(t, p.plan(t, p.null(), config, config))
	resp := p.apply(t, p.null(), planned, config)
	if failed(resp.Diagnostics) {
		t.Fatalf("apply: %v", texts(resp.Diagnostics))
	}
	return p.decode(t, resp.NewState)
}

func (p pair) same(t testing.TB, call string, got, want *tfprotov6.DynamicValue) {
	t.Helper()
	if (got == nil) != (want == nil) {
		t.Errorf("%s: ours returns a value: %t, the framework's: %t", call, got != nil, want != nil)
		return
	}
	g, w := p.decode(t, got), p.decode(t, want)
	if !g.Equal(w) {
		diff, _ := g.Diff(w)
		t.Errorf("%s: ours differs from the framework's: %v", call, diff)
	}
}

// read has both servers upgrade and read a state as it is saved.
func (p pair) read(t testing.TB, state []byte) {
	t.Helper()
	req := &tfprotov6.UpgradeResourceStateRequest{TypeName: p.name, RawState: &tfprotov6.RawState{JSON: state}}
	want, err := p.framework.UpgradeResourceState(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.ours.UpgradeResourceState(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if g, w := texts(got.Diagnostics), texts(want.Diagnostics); !slices.Equal(g, w) {
		t.Fatalf("got %v, want %v", g, w)
	}
	if len(want.Diagnostics) > 0 {
		return
	}
	p.same(t, "upgrade", got.UpgradedState, want.UpgradedState)
	p.readState(t, &tfprotov6.ReadResourceRequest{CurrentState: want.UpgradedState})
}

// readState has both servers read a state.
func (p pair) readState(t testing.TB, req *tfprotov6.ReadResourceRequest) {
	t.Helper()
	req.TypeName = p.name
	want, err := p.framework.ReadResource(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.ours.ReadResource(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	p.forget()
	p.same(t, "read", got.NewState, want.NewState)
	if !slices.Equal(texts(got.Diagnostics), texts(want.Diagnostics)) || string(got.Private) != string(want.Private) {
		t.Errorf("read: got %+v, want %+v", got, want)
	}
}

// What each of a pair has of its own: the directory of its recordings, the address of its emulator, and the first
// of several numbers that the framework came across.
var (
	ownNumber    = regexp.MustCompile(`Value \S+ (is not an|cannot be represented as a 64-bit) integer`)
	ownDirectory = regexp.MustCompile(`(recording|recorded in) \S+/`)
	ownAddress   = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

func texts(diags []*tfprotov6.Diagnostic) []string {
	var out []string
	for _, d := range diags {
		detail := ownDirectory.ReplaceAllString(d.Detail, "recording ")
		detail = ownNumber.ReplaceAllString(ownAddress.ReplaceAllString(detail, "address"), "number")
		out = append(out, d.Severity.String()+" "+d.Attribute.String()+" "+d.Summary+" "+detail)
	}
	slices.Sort(out)
	return out
}

func failed(diags []*tfprotov6.Diagnostic) bool {
	return slices.ContainsFunc(diags, func(d *tfprotov6.Diagnostic) bool { return d.Severity == tfprotov6.DiagnosticSeverityError })
}
