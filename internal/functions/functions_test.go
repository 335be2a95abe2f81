package functions

import (
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// run calls a function, and checks that its definition is sound.
func run(t *testing.T, f function.Function, result attr.Value, arguments ...attr.Value) (attr.Value, string) {
	t.Helper()
	var definition function.DefinitionResponse
	f.Definition(t.Context(), function.DefinitionRequest{}, &definition)
	var validated function.DefinitionValidateResponse
	definition.Definition.ValidateImplementation(t.Context(), function.DefinitionValidateRequest{}, &validated)
	if validated.Diagnostics.HasError() {
		t.Fatal(validated.Diagnostics)
	}
	resp := function.RunResponse{Result: function.NewResultData(result)}
	f.Run(t.Context(), function.RunRequest{Arguments: function.NewArgumentsData(arguments)}, &resp)
	if resp.Error != nil {
		if resp.Error.FunctionArgument == nil || *resp.Error.FunctionArgument != 0 {
			t.Errorf("the error is not at the first argument: %v", resp.Error)
		}
		return nil, resp.Error.Text
	}
	return resp.Result.Value(), ""
}

func object(of map[string]attr.Value) attr.Value {
	names := map[string]attr.Type{}
	for name, v := range of {
		names[name] = v.Type(nil) //nolint:staticcheck // the types here do not look at the context
	}
	return types.ObjectValueMust(names, of)
}

func TestStrictSchema(t *testing.T) {
	t.Parallel()
	asObject := object(map[string]attr.Value{
		"type":  types.StringValue("object"),
		"title": types.StringNull(),
		"properties": object(map[string]attr.Value{
			"n": object(map[string]attr.Value{"type": types.StringValue("number"), "minimum": types.NumberValue(big.NewFloat(0.5))}),
		}),
		"required": types.TupleValueMust([]attr.Type{types.StringType}, []attr.Value{types.StringValue("n")}),
	})
	for name, c := range map[string]struct {
		schema                 attr.Value
		want, changes, problem string
	}{
		"text": {types.StringValue(`{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"string"}},"required":["z"]}`),
			`{"type":"object","properties":{"z":{"type":"string"},"a":{"type":["string","null"]}},"required":["z","a"],"additionalProperties":false}`,
			"additionalProperties = false was added\n/properties/a: is required now\n/properties/a: may be null now", ""},
		"object": {asObject,
			`{"properties":{"n":{"minimum":0.5,"type":"number"}},"required":["n"],"type":"object","additionalProperties":false}`,
			"additionalProperties = false was added", ""},
		"strict": {types.StringValue(`{"type":"object","properties":{},"required":[],"additionalProperties":false}`),
			`{"type":"object","properties":{},"required":[],"additionalProperties":false}`, "", ""},
		"a list":   {types.TupleValueMust(nil, nil), "", "", "the schema must be JSON text or an object"},
		"a number": {types.NumberValue(big.NewFloat(1)), "", "", "the schema must be JSON text or an object"},
		"not JSON": {types.StringValue("{"), "", "", "The schema is not valid: the JSON is cut off: it ends before its last value does"},
		"not a schema": {types.StringValue(`{"required":1,"properties":1}`), "", "",
			"The schema is not valid:\n  - /properties: must be an object, not a number\n  - /required: must be an array, not a number"},
		"beyond strict": {types.StringValue(`{"type":"array","items":{"type":"string"}}`), "", "",
			"The schema cannot be made strict: strict mode needs \"type\": \"object\" at the root: put what else is wanted into a property of an object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, problem := run(t, StrictSchema{}, types.ObjectUnknown(strictResult), types.DynamicValue(c.schema))
			if problem != c.problem {
				t.Fatalf("\ngot:  %s\nwant: %s", problem, c.problem)
			}
			if problem != "" {
				return
			}
			result := got.(types.Object).Attributes()
			if s, _ := text(result["schema"]); s != c.want {
				t.Errorf("\ngot:  %s\nwant: %s", s, c.want)
			}
			var changes []string
			for _, v := range result["changes"].(types.List).Elements() {
				s, _ := text(v)
				changes = append(changes, s)
			}
			if s := strings.Join(changes, "\n"); s != c.changes {
				t.Errorf("\ngot:  %s\nwant: %s", s, c.changes)
			}
		})
	}
}

func call(name, arguments string) attr.Value {
	return object(map[string]attr.Value{
		"id": types.StringValue("call_1"), "type": types.StringValue("function"), "custom": types.ObjectNull(map[string]attr.Type{"name": types.StringType}),
		"function": object(map[string]attr.Value{"name": types.StringValue(name), "arguments": types.StringValue(arguments)}),
	})
}

func calls(of ...attr.Value) attr.Value {
	kinds := make([]attr.Type, len(of))
	for i, v := range of {
		kinds[i] = v.Type(nil) //nolint:staticcheck // the types here do not look at the context
	}
	return types.DynamicValue(types.TupleValueMust(kinds, of))
}

func TestToolArguments(t *testing.T) {
	t.Parallel()
	custom := object(map[string]attr.Value{"custom": object(map[string]attr.Value{"name": types.StringValue("shell")})})
	for name, c := range map[string]struct {
		calls         attr.Value
		want, problem string
	}{
		"the first of that name": {calls(call("g", `{}`), call("f", `{"a":1}`), call("f", `{"a":2}`)), `{"a":1}`, ""},
		"null":                   {types.DynamicNull(), "", `The model does not call "f": it calls no tool`},
		"null list":              {types.DynamicValue(types.ListNull(types.StringType)), "", `The model does not call "f": it calls no tool`},
		"empty":                  {calls(), "", `The model does not call "f": it calls no tool`},
		"others":                 {calls(call("g", ""), call("h", ""), call("g", ""), custom), "", `The model does not call the function "f", but "g", "h", "shell"`},
		"cut off":                {calls(call("f", `{"a":`)), "", `The arguments of the call of "f", at /0/function/arguments, cannot be read: the JSON is cut off: it ends before its last value does`},
		"not JSON":               {calls(call("g", ""), call("f", `x`)), "", `The arguments of the call of "f", at /1/function/arguments, cannot be read: the text is not JSON: invalid character 'x' looking for beginning of value, line 1, column 1`},
		"empty arguments":        {calls(call("f", ``)), `{}`, ""},
		"blank arguments":        {calls(call("f", " \n")), `{}`, ""},
		"null arguments": {calls(object(map[string]attr.Value{"function": object(map[string]attr.Value{
			"name": types.StringValue("f"), "arguments": types.StringNull()})})), `{}`, ""},
		"no arguments":  {calls(object(map[string]attr.Value{"function": object(map[string]attr.Value{"name": types.StringValue("f")})})), `{}`, ""},
		"tiny numbers":  {calls(call("f", `{"a":1e-999999,"b":[-1e-400000,1e-99999999999999999999]}`)), `{"a":0,"b":[0,0]}`, ""},
		"many digits":   {calls(call("f", `[0.`+strings.Repeat("3", 1_000_000)+`]`)), `[0.` + strings.Repeat("3", 400) + `]`, ""},
		"huge number":   {calls(call("f", `{"a":[1e999999]}`)), "", `The arguments of the call of "f", at /0/function/arguments, cannot be read: /a/0: the number is 1e400 or more`},
		"deep enough":   {calls(call("f", strings.Repeat("[", 50)+strings.Repeat("]", 50))), strings.Repeat("[", 50) + strings.Repeat("]", 50), ""},
		"too deep":      {calls(call("f", strings.Repeat("[", 51)+strings.Repeat("]", 51))), "", `The arguments of the call of "f", at /0/function/arguments, cannot be read: objects and lists are inside one another more than 50 levels deep`},
		"much too deep": {calls(call("f", strings.Repeat("[", 5000)+strings.Repeat("]", 5000))), "", `The arguments of the call of "f", at /0/function/arguments, cannot be read: objects and lists are inside one another more than 500 levels deep`},
		"escape sequence": {calls(call("f", "{\"\\u001b[2J\":1e999}"), call("\x1b[2J", "")), "",
			`The arguments of the call of "f", at /0/function/arguments, cannot be read: /\u001b[2J: the number is 1e400 or more`},
		"escape sequence in a name": {calls(call("\x1b[2J", "")), "", `The model does not call the function "f", but "\x1b[2J"`},
		"not a list":                {types.DynamicValue(types.StringValue("x")), "", "The tool calls must be a list, such as choices[0].message.tool_calls"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, problem := run(t, ToolArguments{}, types.DynamicUnknown(), c.calls, types.StringValue("f"))
			if problem != c.problem {
				t.Fatalf("\ngot:  %s\nwant: %s", problem, c.problem)
			}
			if problem != "" {
				return
			}
			want, err := fromJSON(t.Context(), c.want)
			if err != nil || !got.Equal(want) {
				t.Errorf("got %s, want %s; %v", got, want, err)
			}
		})
	}
}

func TestFromJSON_normalisesNames(t *testing.T) {
	t.Parallel()
	got, err := fromJSON(t.Context(), `{"e\u0301":1}`)
	if of, _ := members(got); err != nil || of["\u00e9"] == nil {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestToolArguments_unknown(t *testing.T) {
	t.Parallel()
	if got, problem := run(t, ToolArguments{}, types.DynamicNull(), types.DynamicUnknown(), types.StringValue("f")); problem != "" || !got.IsUnknown() {
		t.Errorf("got %v, %s", got, problem)
	}
}

func TestFromJSON_roundTrip(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`null`, `true`, `"x"`, `0.1`, `12345678901234567890`, `[]`, `{}`, `[1,null,"a",[],{}]`, `{"a":{"b":[true]}}`,
	} {
		value, err := fromJSON(t.Context(), source)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := encoded(value); again != source {
			t.Errorf("got %s, want %s", again, source)
		}
	}
	for _, source := range []string{``, `{`, `1e999999999`, `[1e999999999]`, `{"a":1e999999999}`, `1 2`} {
		if _, err := fromJSON(t.Context(), source); err == nil {
			t.Errorf("%s was taken", source)
		}
	}
}

// From "tiktoken is great!" on, the figures are those of OpenAI's cookbook,
// "How to count tokens with tiktoken".
func TestCountTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, model string
		want        int64
	}{
		{"", "gpt-5", 0},
		{"Hello, world!", "gpt-5-2026-01-01", 4},
		{"<|endoftext|>", "o3", 7},
		{"tiktoken is great!", "gpt-4", 6},
		{"antidisestablishmentarianism", "gpt-4o", 6},
		{"2 + 2 = 4", "gpt-4", 7},
		{"お誕生日おめでとう", "gpt-4o", 8},
		{"お誕生日おめでとう", "gpt-3.5-turbo", 9},
	} {
		got, problem := run(t, CountTokens{}, types.Int64Unknown(), types.StringValue(c.text), types.StringValue(c.model))
		if problem != "" || !got.Equal(types.Int64Value(c.want)) {
			t.Errorf("%q for %s: got %v, want %d %s", c.text, c.model, got, c.want, problem)
		}
	}
}

func TestVocabularyOf(t *testing.T) {
	t.Parallel()
	for want, models := range map[*vocabulary][]string{
		cl100k: {"gpt-4", "GPT-4", "gpt-4-0613", "gpt-4-turbo", "ft:gpt-4:acme::1", "gpt-3.5-turbo-0125", "gpt-35-turbo", "text-embedding-3-large", "ft:davinci-002:a::1"},
		o200k: {"gpt-4o", "gpt-4o-mini-2024-07-18", "ft:gpt-4o:acme::1", "gpt-4.1-nano", "gpt-4.5-preview", "gpt-5", "gpt-5.2-pro", "o1", "o3-mini",
			"chatgpt-4o-latest", "gpt-oss-120b", "llama-3", ""},
	} {
		for _, model := range models {
			if vocabularyOf(model) != want {
				t.Errorf("%s has the wrong vocabulary", model)
			}
		}
	}
}
