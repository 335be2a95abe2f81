package chat_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

const typeName = "openai_chat_completion"

type object = map[string]any

// configuration is a valid one with changes.
func configuration(changes object) object {
	c := object{"model": "gpt-4", "message": []any{object{"role": "user", "content": "hello"}}}
	for name, value := range changes {
		c[name] = value
	}
	return c
}

func conversation(messages ...any) object { return configuration(object{"message": messages}) }

func function(name, parameters string) object {
	return object{"name": name, "parameters": parameters}
}

func tools(names ...string) []any {
	var out []any
	for _, name := range names {
		out = append(out, object{"type": "function", "function": function(name, "{}")})
	}
	return out
}

var call = object{"id": "call_1", "type": "function", "function": object{"name": "f", "arguments": "{}"}}

func TestResource_refusesBadArgumentsWhereTheyAre(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	unknown := acctest.Unknown{}
	for name, test := range map[string]struct {
		config object
		want   string // attribute and a piece of the text; "" = nothing to say
	}{
		"valid":                           {configuration(nil), ""},
		"model missing":                   {configuration(object{"model": nil}), "model: "},
		"model of any name":               {configuration(object{"model": "my-own/model:7b"}), ""},
		"no message":                      {conversation(), "message: at least one message"},
		"messages unknown":                {configuration(object{"message": unknown}), ""},
		"role missing":                    {conversation(object{"content": "x"}), "message[0].role: "},
		"role unknown":                    {conversation(object{"role": unknown}), ""},
		"role that is none":               {conversation(object{"role": "robot", "content": "x"}), `message[0].role: value must be one of: ["system"`},
		"role developer":                  {conversation(object{"role": "developer", "content": "x"}), ""},
		"role function":                   {conversation(object{"role": "function", "name": "f"}), ""},
		"role function without name":      {conversation(object{"role": "function"}), "message[0].name: needs the name of the function"},
		"content missing, system":         {conversation(object{"role": "system"}), "message[0].content: needs content"},
		"content missing, user":           {conversation(object{"role": "user"}), "message[0].content: needs content"},
		"content missing, assistant":      {conversation(object{"role": "assistant"}), "message[0].content: needs content"},
		"content missing, tool":           {conversation(object{"role": "tool", "tool_call_id": "x"}), "message[0].content: needs content"},
		"content unknown":                 {conversation(object{"role": "user", "content": unknown}), ""},
		"content empty":                   {conversation(object{"role": "user", "content": ""}), ""},
		"tool calls instead of content":   {conversation(object{"role": "assistant", "tool_calls": []any{call}}), ""},
		"unknown tool calls":              {conversation(object{"role": "assistant", "tool_calls": unknown}), ""},
		"unknown tool call":               {conversation(object{"role": "assistant", "tool_calls": []any{unknown}}), ""},
		"tool call without id":            {conversation(object{"role": "assistant", "tool_calls": []any{object{"type": "function"}}}), `message[0].tool_calls[0].id: needs the argument "id"`},
		"function call, not content":      {conversation(object{"role": "assistant", "function_call": object{"name": "f", "arguments": "{}"}}), ""},
		"function call without arguments": {conversation(object{"role": "assistant", "function_call": object{"name": "f"}}), "message[0].function_call.arguments: needs the argument"},
		"tool calls of a user":            {conversation(object{"role": "user", "content": "x", "tool_calls": []any{call}}), `message[0].tool_calls: only a message with the role "assistant"`},
		"function call of a user":         {conversation(object{"role": "user", "content": "x", "function_call": object{"name": "f", "arguments": ""}}), `message[0].function_call: only a message with the role "assistant"`},
		"tool without call id":            {conversation(object{"role": "tool", "content": "x"}), "message[0].tool_call_id: "},
		"tool with unknown call id":       {conversation(object{"role": "tool", "content": "x", "tool_call_id": unknown}), ""},
		"user with call id":               {conversation(object{"role": "user", "content": "x", "tool_call_id": "y"}), `message[0].tool_call_id: only a message with the role "tool"`},
		"temperature below":               {configuration(object{"temperature": -0.1}), "temperature: value must be between 0.000000 and 2.000000"},
		"temperature above":               {configuration(object{"temperature": 2.1}), "temperature: value must be between"},
		"temperature 0":                   {configuration(object{"temperature": 0}), ""},
		"temperature 2":                   {configuration(object{"temperature": 2}), ""},
		"temperature unknown":             {configuration(object{"temperature": unknown}), ""},
		"top_p above":                     {configuration(object{"top_p": 1.5}), "top_p: value must be between"},
		"presence_penalty":                {configuration(object{"presence_penalty": -2.5}), "presence_penalty: value must be between"},
		"frequency_penalty":               {configuration(object{"frequency_penalty": 2.5}), "frequency_penalty: value must be between"},
		"n 0":                             {configuration(object{"n": 0}), "n: value must be between 1 and 128"},
		"n 129":                           {configuration(object{"n": 129}), "n: value must be between 1 and 128"},
		"max_tokens 0":                    {configuration(object{"max_tokens": 0}), "max_tokens: value must be at least 1"},
		"five stops":                      {configuration(object{"stop": []any{"1", "2", "3", "4", "5"}}), "stop: list must contain"},
		"bias of a word":                  {configuration(object{"logit_bias": object{"word": 1}}), `logit_bias["word"]: must be a token id`},
		"bias below":                      {configuration(object{"logit_bias": object{"1": -101}}), `logit_bias["1"]: value must be between -100 and 100`},
		"bias unknown":                    {configuration(object{"logit_bias": unknown}), ""},
		"tool of another type":            {configuration(object{"tool": []any{object{"type": "magic", "function": function("f", "{}")}}}), "tool[0].type: value must be one of"},
		"tool without function":           {configuration(object{"tool": []any{object{"type": "function"}}}), "tool[0].function: is required here"},
		"function without name":           {configuration(object{"tool": []any{object{"type": "function", "function": object{"parameters": "{}"}}}}), `tool[0].function.name: needs the argument "name"`},
		"function without parameters":     {configuration(object{"tool": []any{object{"type": "function", "function": object{"name": "f"}}}}), `tool[0].function.parameters: needs the argument`},
		"function name with space":        {configuration(object{"tool": []any{object{"type": "function", "function": function("get weather", "{}")}}}), "tool[0].function.name: must be 1 to 64 characters"},
		"function name too long":          {configuration(object{"functions": []any{function(strings.Repeat("x", 65), "{}")}}), "functions[0].name: must be 1 to 64 characters"},
		"parameters that are not JSON":    {configuration(object{"functions": []any{function("f", `{"a":`)}}), "functions[0].parameters: not valid json"},
		"parameters that are no object":   {configuration(object{"functions": []any{function("f", `[]`)}}), "functions[0].parameters: must be an object"},
		"parameters that describe text":   {configuration(object{"functions": []any{function("f", `{"type":"string"}`)}}), `functions[0].parameters: its "type" must be "object", not "string"`},
		"parameters unknown":              {configuration(object{"functions": []any{object{"name": "f", "parameters": unknown}}}), ""},
		"choice that is none":             {configuration(object{"tool_choice": "sometimes", "tool": tools("f")}), `tool_choice: "sometimes" is not a choice`},
		"choice that is no JSON":          {configuration(object{"tool_choice": "{type", "tool": tools("f")}), "tool_choice: not valid json"},
		"choice without type":             {configuration(object{"tool_choice": `{"function":{"name":"f"}}`, "tool": tools("f")}), `tool_choice: no "type"`},
		"choice without name":             {configuration(object{"tool_choice": `{"type":"function"}`, "tool": tools("f")}), "tool_choice: names no function"},
		"choice of an absent tool":        {configuration(object{"tool_choice": `{"type":"function","function":{"name":"g"}}`, "tool": tools("f", "h")}), `tool_choice: no tool block declares it (there are: f, h)`},
		"choice without tools":            {configuration(object{"tool_choice": "required"}), "tool_choice: needs at least one tool block"},
		"choice of a tool":                {configuration(object{"tool_choice": `{"type":"function","function":{"name":"f"}}`, "tool": tools("f")}), ""},
		"choice with unknown tools":       {configuration(object{"tool_choice": `{"type":"function","function":{"name":"g"}}`, "tool": unknown}), ""},
		"choice with an unknown name":     {configuration(object{"tool_choice": `{"type":"function","function":{"name":"g"}}`, "tool": []any{object{"type": "function", "function": object{"name": unknown, "parameters": "{}"}}}}), ""},
		"choice unknown":                  {configuration(object{"tool_choice": unknown}), ""},
		"choice of a newer kind":          {configuration(object{"tool_choice": `{"type":"of_tomorrow"}`, "tool": tools("f")}), ""},
		"function choice that is none":    {configuration(object{"function_call": "required", "functions": []any{function("f", "{}")}}), "function_call: \"required\" is not a choice"},
		"function choice of an absent":    {configuration(object{"function_call": `{"name":"g"}`, "functions": []any{function("f", "{}")}}), "function_call: no functions block declares it"},
		"function choice":                 {configuration(object{"function_call": `{"name":"f"}`, "functions": []any{function("f", "{}")}}), ""},
		"format that is none":             {configuration(object{"response_format": object{"type": "xml"}}), "response_format.type: value must be one of"},
		"format without type":             {configuration(object{"response_format": object{}}), `response_format.type: needs the argument "type"`},
		"format json_object":              {configuration(object{"response_format": object{"type": "json_object"}}), ""},
		"timeout that is none":            {configuration(object{"timeouts": object{"create": "soon"}}), `timeouts.create: "soon" is not a duration`},
		"timeout 0":                       {configuration(object{"timeouts": object{"create": "0s"}}), "timeouts.create: must be above zero"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tf := p.Schema.ResourceSchemas[typeName].ValueType()
			resp, err := p.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: typeName, Config: acctest.Dynamic(t, acctest.Value(tf, test.config, "message", "tool", "functions", "content_part"))})
			if err != nil {
				t.Fatal(err)
			}
			got := acctest.Texts(resp.Diagnostics)
			if test.want == "" {
				if len(got) > 0 {
					t.Errorf("got %q, want nothing", got)
				}
				return
			}
			attribute, text, _ := strings.Cut(test.want, ": ")
			found := slices.ContainsFunc(got, func(d string) bool {
				return strings.HasPrefix(d, "error at "+attribute+": ") && strings.Contains(strings.ToLower(d), strings.ToLower(text))
			})
			if !found || len(got) != 1 {
				t.Errorf("got:\n%s\nwant one error at %s with %q", strings.Join(got, "\n"), attribute, text)
			}
		})
	}
}
