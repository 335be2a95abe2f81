package serve_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

const typeName = "openai_chat_completion"

// pair is the framework's server and ours, each with an emulator of its own, so
// that both get the same answers.
type pair struct {
	framework, ours tfprotov6.ProviderServer
	tf              tftypes.Object
}

func newPair(t testing.TB) pair {
	t.Helper()
	return newPairWith(t, nil)
}

// newPairWith configures each of the two with arguments of its own.
func newPairWith(t testing.TB, more func() map[string]any) pair {
	t.Helper()
	framework := providerserver.NewProtocol6(provider.New("test"))()
	ours := serve.New(provider.New("test"))
	p := pair{framework: framework, ours: ours}
	for _, server := range []tfprotov6.ProviderServer{framework, ours} {
		schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
		if err != nil {
			t.Fatal(err)
		}
		p.tf = schema.ResourceSchemas[typeName].ValueType().(tftypes.Object)
		emulated := httptest.NewServer(emulator.New(emulator.Options{Now: func() time.Time { return time.Unix(1700000000, 0) }}))
		t.Cleanup(emulated.Close)
		arguments := map[string]any{"base_url": emulated.URL + "/v1", "api_key": "sk-test-parity"}
		if more != nil {
			maps.Copy(arguments, more())
		}
		config := build(schema.Provider.ValueType(), arguments)
		resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
			TerraformVersion: "1.11.4", Config: acctest.Dynamic(t, config)})
		if err != nil || len(resp.Diagnostics) > 0 {
			t.Fatal(err, resp.Diagnostics)
		}
	}
	return p
}

type unknown = acctest.Unknown

// build makes a Terraform value; what a map leaves out is null, or an empty
// list for the blocks that nobody wrote.
func build(t tftypes.Type, v any) tftypes.Value {
	return acctest.Value(t, v, "message", "tool", "functions", "content_part")
}

func with(base map[string]any, changes ...any) map[string]any {
	out := map[string]any{}
	for k, v := range base {
		out[k] = v
	}
	for i := 0; i < len(changes); i += 2 {
		out[changes[i].(string)] = changes[i+1]
	}
	return out
}

var (
	user  = map[string]any{"role": "user", "content": "hello"}
	plain = map[string]any{"model": "gpt-4", "message": []any{user}}
	rich  = map[string]any{
		"model": "gpt-4o", "temperature": 0.0, "n": 2, "max_tokens": 100, "stop": []any{"a", "b"}, "stream": false,
		"logit_bias": map[string]any{"50256": -100}, "api_key": "sk-test-other", "store": true,
		"message": []any{
			map[string]any{"role": "system", "content": "be brief"}, user,
			map[string]any{"role": "assistant", "tool_calls": []any{map[string]any{"id": "call_1", "type": "function",
				"function": map[string]any{"name": "get_weather", "arguments": "{}"}}}},
			map[string]any{"role": "tool", "content": "sunny", "tool_call_id": "call_1"},
		},
		"tool": []any{map[string]any{"type": "function", "function": map[string]any{
			"name": "get_weather", "parameters": `{"type":"object","properties":{"a":{"type":"string"}}}`}}},
		"tool_choice":     `{"type":"function","function":{"name":"get_weather"}}`,
		"response_format": map[string]any{"type": "text"},
		"triggers":        map[string]any{"a": "b"}, "timeouts": map[string]any{"create": "5m"},
	}
)

// configurations are right, wrong, and not known yet, at every depth.
var configurations = map[string]map[string]any{
	"plain": plain, "rich": rich,
	"no model":             with(plain, "model", nil),
	"empty model":          with(plain, "model", ""),
	"unknown model":        with(plain, "model", unknown{}),
	"no message":           {"model": "gpt-4"},
	"unknown messages":     with(plain, "message", unknown{}),
	"unknown role":         with(plain, "message", []any{map[string]any{"role": unknown{}}}),
	"unknown content":      with(plain, "message", []any{map[string]any{"role": "user", "content": unknown{}}}),
	"no role":              with(plain, "message", []any{map[string]any{"content": "x"}}),
	"bad role":             with(plain, "message", []any{map[string]any{"role": "robot", "content": "x"}}),
	"no content":           with(plain, "message", []any{map[string]any{"role": "user"}}),
	"tool without id":      with(plain, "message", []any{map[string]any{"role": "tool", "content": "x"}}),
	"call without id":      with(plain, "message", []any{map[string]any{"role": "assistant", "tool_calls": []any{map[string]any{"type": "function"}}}}),
	"unknown calls":        with(plain, "message", []any{map[string]any{"role": "assistant", "tool_calls": unknown{}}}),
	"unknown call":         with(plain, "message", []any{map[string]any{"role": "assistant", "tool_calls": []any{unknown{}}}}),
	"null call":            with(plain, "message", []any{map[string]any{"role": "assistant", "tool_calls": []any{nil}}}),
	"call of half":         with(plain, "message", []any{map[string]any{"role": "assistant", "function_call": map[string]any{"name": "x"}}}),
	"temperature":          with(plain, "temperature", 2.5),
	"unknown temperature":  with(plain, "temperature", unknown{}),
	"n":                    with(plain, "n", 0),
	"fraction":             with(plain, "n", 1.5),
	"fraction of a bias":   with(plain, "logit_bias", map[string]any{"1": 0.5}),
	"bias":                 with(plain, "logit_bias", map[string]any{"1": 101}),
	"bias of a word":       with(plain, "logit_bias", map[string]any{"word": 1}),
	"unknown bias":         with(plain, "logit_bias", map[string]any{"1": unknown{}}),
	"stops":                with(plain, "stop", []any{"1", "2", "3", "4", "5"}),
	"no stops":             with(plain, "stop", []any{}),
	"empty tool":           with(plain, "tool", []any{map[string]any{}}),
	"tool of no function":  with(plain, "tool", []any{map[string]any{"type": "function"}}),
	"unknown function":     with(plain, "tool", []any{map[string]any{"type": "function", "function": unknown{}}}),
	"function of no name":  with(plain, "tool", []any{map[string]any{"type": "function", "function": map[string]any{"parameters": "{}"}}}),
	"bad parameters":       with(plain, "functions", []any{map[string]any{"name": "f", "parameters": "{"}}),
	"bad name":             with(plain, "functions", []any{map[string]any{"name": "a b", "parameters": "{}"}}),
	"choice":               with(plain, "tool_choice", "sometimes"),
	"choice of nothing":    with(plain, "tool_choice", `{"type":"function","function":{"name":"get_weather"}}`),
	"format":               with(plain, "response_format", map[string]any{"type": "xml"}),
	"format of no type":    with(plain, "response_format", map[string]any{}),
	"unknown format":       with(plain, "response_format", unknown{}),
	"timeout":              with(plain, "timeouts", map[string]any{"create": "soon"}),
	"read-only":            with(plain, "id", "mine"),
	"read-only and inside": with(plain, "usage", map[string]any{"total_tokens": 1}),
}

func TestValidate_saysWhatTheFrameworkSays(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	for name, config := range configurations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := &tfprotov6.ValidateResourceConfigRequest{TypeName: typeName, Config: acctest.Dynamic(t, build(p.tf, config))}
			want, err := p.framework.ValidateResourceConfig(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.ours.ValidateResourceConfig(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if g, w := texts(got.Diagnostics), texts(want.Diagnostics); !slices.Equal(g, w) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(g, "\n"), strings.Join(w, "\n"))
			}
		})
	}
}

// ownDirectory is where one of a pair has its recordings.
var ownDirectory = regexp.MustCompile(`(recording|recorded in) \S+/`)

func texts(diags []*tfprotov6.Diagnostic) []string {
	var out []string
	for _, d := range diags {
		out = append(out, d.Severity.String()+" "+d.Attribute.String()+" "+d.Summary+" "+ownDirectory.ReplaceAllString(d.Detail, "recording "))
	}
	slices.Sort(out)
	return out
}

// plans and applies each right configuration on both servers, then plans each
// change to it.
func TestPlanAndApply_doWhatTheFrameworkDoes(t *testing.T) {
	t.Parallel()
	changes := map[string][]any{
		"nothing": {}, "key": {"api_key", "sk-test-new"}, "timeouts": {"timeouts", map[string]any{"create": "1m"}},
		"skip_destroy": {"skip_destroy", true}, "model": {"model", "gpt-4o-mini"}, "triggers": {"triggers", map[string]any{"a": "c"}},
		"unknown content": {"message", []any{map[string]any{"role": "user", "content": unknown{}}}},
		"unknown key":     {"api_key", unknown{}}, "fewer messages": {"message", []any{}},
		"spelling": {"tool", []any{map[string]any{"type": "function", "function": map[string]any{
			"name": "get_weather", "parameters": `{ "properties": {"a": {"type":"string"}}, "type":"object" }`}}}},
	}
	for base, config := range map[string]map[string]any{"plain": plain, "rich": rich} {
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			p := newPair(t)
			nothing := tftypes.NewValue(p.tf, nil)
			value := build(p.tf, config)
			planned := p.plan(t, nothing, value, value)
			state := p.apply(t, planned, value)
			for name, change := range changes {
				t.Run(name, func(t *testing.T) {
					config := build(p.tf, with(config, change...))
					p.plan(t, state, config, propose(state, config))
				})
			}
			t.Run("destroy", func(t *testing.T) { p.plan(t, state, nothing, nothing) })
		})
	}
}

// What is on record is known in the plan, and a replacement says why, alike.
func TestPlanAndApply_withRecordingsDoWhatTheFrameworkDoes(t *testing.T) {
	t.Parallel()
	p := newPairWith(t, func() map[string]any { return map[string]any{"recordings": map[string]any{"directory": t.TempDir()}} })
	nothing := tftypes.NewValue(p.tf, nil)
	onPlan := build(p.tf, with(rich, "generate_on", "plan"))
	planned := p.plan(t, nothing, onPlan, onPlan)
	if !planned.IsFullyKnown() {
		t.Errorf("the plan does not know the answer: %s", planned)
	}
	state := p.apply(t, planned, onPlan)
	p.plan(t, nothing, build(p.tf, rich), build(p.tf, rich)) // found
	for _, change := range [][]any{{"temperature", 1.5}, {"temperature", 1.5, "generate_on", "apply"}, {"generate_on", "apply"}, {"record", false}, {"model", unknown{}}} {
		config := build(p.tf, with(rich, append([]any{"generate_on", "plan"}, change...)...))
		p.plan(t, state, config, propose(state, config))
	}
}

// computedNames are the attributes that the answer has given and the configuration has not.
func computedNames(tf tftypes.Object, config tftypes.Value) []string {
	var fields map[string]tftypes.Value
	_ = config.As(&fields)
	var names []string
	for _, name := range []string{"id", "choices", "usage", "created", "response_model", "response_service_tier", "response_moderation",
		"system_fingerprint", "object", "content", "output", "request_id", "recording"} {
		if fields[name].IsNull() && tf.AttributeTypes[name] != nil {
			names = append(names, name)
		}
	}
	return names
}

// propose is what the CLI proposes: the configuration, with computed values as they were.
func propose(state, config tftypes.Value) tftypes.Value {
	var was, will map[string]tftypes.Value
	_ = state.As(&was)
	_ = config.As(&will)
	will = maps.Clone(will)
	for _, computed := range computedNames(state.Type().(tftypes.Object), config) {
		will[computed] = was[computed]
	}
	return tftypes.NewValue(config.Type(), will)
}

func (p pair) plan(t testing.TB, prior, config, proposed tftypes.Value) tftypes.Value {
	t.Helper()
	req := &tfprotov6.PlanResourceChangeRequest{TypeName: typeName,
		PriorState: acctest.Dynamic(t, prior), Config: acctest.Dynamic(t, config), ProposedNewState: acctest.Dynamic(t, proposed)}
	want, err := p.framework.PlanResourceChange(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.ours.PlanResourceChange(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	p.same(t, got.PlannedState, want.PlannedState)
	if !reflect.DeepEqual(texts(got.Diagnostics), texts(want.Diagnostics)) || !reflect.DeepEqual(got.RequiresReplace, want.RequiresReplace) ||
		!reflect.DeepEqual(got.PlannedPrivate, want.PlannedPrivate) {
		t.Errorf("got: %v %v\nwant: %v %v", texts(got.Diagnostics), got.RequiresReplace, texts(want.Diagnostics), want.RequiresReplace)
	}
	value, _ := got.PlannedState.Unmarshal(p.tf)
	return value
}

func (p pair) apply(t testing.TB, planned, config tftypes.Value) tftypes.Value {
	t.Helper()
	req := &tfprotov6.ApplyResourceChangeRequest{TypeName: typeName, PriorState: acctest.Dynamic(t, tftypes.NewValue(p.tf, nil)),
		Config: acctest.Dynamic(t, config), PlannedState: acctest.Dynamic(t, planned)}
	want, err := p.framework.ApplyResourceChange(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.ours.ApplyResourceChange(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	p.same(t, got.NewState, want.NewState)
	if !reflect.DeepEqual(texts(got.Diagnostics), texts(want.Diagnostics)) || !reflect.DeepEqual(got.Private, want.Private) {
		t.Errorf("got: %v\nwant: %v", texts(got.Diagnostics), texts(want.Diagnostics))
	}
	if len(got.Diagnostics) > 0 {
		t.Fatalf("apply: %v", texts(got.Diagnostics))
	}
	value, err := got.NewState.Unmarshal(p.tf)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func (p pair) same(t testing.TB, got, want *tfprotov6.DynamicValue) {
	t.Helper()
	g, err := got.Unmarshal(p.tf)
	if err != nil {
		t.Fatal(err)
	}
	w, err := want.Unmarshal(p.tf)
	if err != nil {
		t.Fatal(err)
	}
	if !g.Equal(w) {
		diff, _ := g.Diff(w)
		t.Errorf("ours differs from the framework's: %v", diff)
	}
}

// savedState is a state as Terraform saves it: JSON with every attribute.
func (p pair) savedState(t testing.TB, state map[string]any) string {
	t.Helper()
	var complete func(tf tftypes.Type, v any) any
	complete = func(tf tftypes.Type, v any) any {
		switch tf := tf.(type) {
		case tftypes.Object:
			fields, ok := v.(map[string]any)
			if !ok {
				return v
			}
			out := map[string]any{}
			for name, ft := range tf.AttributeTypes {
				out[name] = complete(ft, fields[name])
				if out[name] == nil && slices.Contains([]string{"message", "tool", "functions", "content_part"}, name) {
					out[name] = []any{}
				}
			}
			return out
		case tftypes.List:
			items, _ := v.([]any)
			out := []any{}
			for _, item := range items {
				out = append(out, complete(tf.ElementType, item))
			}
			if v == nil {
				return nil
			}
			return out
		}
		if tf.Is(tftypes.DynamicPseudoType) && v != nil {
			return map[string]any{"type": []any{"object", map[string]any{"a": []any{"tuple", []any{"number"}}}}, "value": v}
		}
		return v
	}
	text, err := json.Marshal(complete(p.tf, state))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestUpgradeAndRead_giveBackWhatTheFrameworkDoes(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	whole := p.savedState(t, with(rich, "id", "chatcmpl-1", "output", map[string]any{"a": []any{1}}))
	for name, state := range map[string]string{
		"today's":            whole,
		"with less":          strings.Replace(whole, `"user":null`, `"unknown":null`, 1),
		"with more":          strings.Replace(whole, `"user":null`, `"user":null,"gone":1`, 1),
		"with more inside":   strings.Replace(whole, `"role":"system"`, `"role":"system","gone":1`, 1),
		"with null blocks":   strings.Replace(whole, `"functions":[]`, `"functions":null`, 1),
		"with another type":  strings.Replace(whole, `"temperature":0`, `"temperature":"0"`, 1),
		"with a wrong shape": strings.Replace(whole, `"stop":["a","b"]`, `"stop":"a"`, 1),
		"cut":                whole[:100],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := &tfprotov6.UpgradeResourceStateRequest{TypeName: typeName, RawState: &tfprotov6.RawState{JSON: []byte(state)}}
			want, err := p.framework.UpgradeResourceState(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.ours.UpgradeResourceState(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			if g, w := texts(got.Diagnostics), texts(want.Diagnostics); !slices.Equal(g, w) {
				t.Fatalf("got %v, want %v", g, w)
			}
			if len(want.Diagnostics) > 0 {
				return
			}
			p.same(t, got.UpgradedState, want.UpgradedState)
			read := &tfprotov6.ReadResourceRequest{TypeName: typeName, CurrentState: want.UpgradedState}
			wantRead, err := p.framework.ReadResource(context.Background(), read)
			if err != nil {
				t.Fatal(err)
			}
			gotRead, err := p.ours.ReadResource(context.Background(), read)
			if err != nil {
				t.Fatal(err)
			}
			p.same(t, gotRead.NewState, wantRead.NewState)
		})
	}
}
