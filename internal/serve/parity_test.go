package serve_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

const typeName = "openai_chat_completion"

// newPair is a pair for the completion, each of the two configured with arguments of its own.
func newPair(t testing.TB, more ...func() map[string]any) pair {
	t.Helper()
	return newPairOf(t, typeName, chatCompletion(t), more...)
}

// chatCompletion is the schema of the completion.
func chatCompletion(t testing.TB) schema.Schema {
	t.Helper()
	for _, r := range recordsOf(t) {
		if r.name == typeName {
			return r.schema
		}
	}
	t.Fatal("there is no " + typeName)
	return schema.Schema{}
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
			p.validate(t, build(p.tf, config))
		})
	}
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
			state := p.create(t, build(p.tf, config))
			for name, change := range changes {
				t.Run(name, func(t *testing.T) {
					config := build(p.tf, with(config, change...))
					p.plan(t, state, config, p.propose(state, config))
				})
			}
			t.Run("destroy", func(t *testing.T) {
				p.plan(t, state, p.null(), p.null())
				p.apply(t, state, p.null(), p.null())
			})
		})
	}
}

// What is on record is known in the plan, and a change says why, alike.
func TestPlanAndApply_withRecordingsDoWhatTheFrameworkDoes(t *testing.T) {
	t.Parallel()
	p := newPair(t, func() map[string]any { return map[string]any{"recordings": map[string]any{"directory": t.TempDir()}} })
	onPlan := build(p.tf, with(rich, "generate_on", "plan"))
	planned := p.planned(t, p.plan(t, p.null(), onPlan, onPlan))
	if !planned.IsFullyKnown() {
		t.Errorf("the plan does not know the answer: %s", planned)
	}
	state := p.decode(t, p.apply(t, p.null(), planned, onPlan).NewState)
	p.plan(t, p.null(), build(p.tf, rich), build(p.tf, rich)) // found
	for _, change := range [][]any{{"temperature", 1.5}, {"temperature", 1.5, "generate_on", "apply"}, {"generate_on", "apply"}, {"record", false}, {"model", unknown{}}} {
		config := build(p.tf, with(rich, append([]any{"generate_on", "plan"}, change...)...))
		p.plan(t, state, config, p.propose(state, config))
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
			p.read(t, []byte(state))
		})
	}
}
