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
		"valid":                               {configuration(nil), ""},
		"model missing":                       {configuration(object{"model": nil}), "model: "},
		"model of any name":                   {configuration(object{"model": "my-own/model:7b"}), ""},
		"no message":                          {conversation(), "message: at least one message"},
		"messages unknown":                    {configuration(object{"message": unknown}), ""},
		"role missing":                        {conversation(object{"content": "x"}), "message[0].role: "},
		"role unknown":                        {conversation(object{"role": unknown}), ""},
		"role that is none":                   {conversation(object{"role": "robot", "content": "x"}), `message[0].role: message[0].role must be "system", "developer", "user", "assistant", "tool" or "function", not "robot"`},
		"role developer":                      {conversation(object{"role": "developer", "content": "x"}), ""},
		"role function":                       {conversation(object{"role": "function", "name": "f"}), ""},
		"role function without name":          {conversation(object{"role": "function"}), "message[0].name: needs a name: that of the function"},
		"content missing, system":             {conversation(object{"role": "system"}), "message[0].content: needs content"},
		"content missing, user":               {conversation(object{"role": "user"}), "message[0].content: needs content"},
		"content missing, assistant":          {conversation(object{"role": "assistant"}), "message[0].content: needs content"},
		"content missing, tool":               {conversation(object{"role": "tool", "tool_call_id": "x"}), "message[0].content: needs content"},
		"content unknown":                     {conversation(object{"role": "user", "content": unknown}), ""},
		"content empty":                       {conversation(object{"role": "user", "content": ""}), ""},
		"tool calls instead of content":       {conversation(object{"role": "assistant", "tool_calls": []any{call}}), ""},
		"unknown tool calls":                  {conversation(object{"role": "assistant", "tool_calls": unknown}), ""},
		"unknown tool call":                   {conversation(object{"role": "assistant", "tool_calls": []any{unknown}}), ""},
		"function call, not content":          {conversation(object{"role": "assistant", "function_call": object{"name": "f", "arguments": "{}"}}), ""},
		"tool calls of a user":                {conversation(object{"role": "user", "content": "x", "tool_calls": []any{call}}), `message[0].tool_calls: only a message with the role "assistant"`},
		"function call of a user":             {conversation(object{"role": "user", "content": "x", "function_call": object{"name": "f", "arguments": ""}}), `message[0].function_call: only a message with the role "assistant"`},
		"tool with unknown call id":           {conversation(object{"role": "tool", "content": "x", "tool_call_id": unknown}), ""},
		"user with call id":                   {conversation(object{"role": "user", "content": "x", "tool_call_id": "y"}), `message[0].tool_call_id: only a message with the role "tool"`},
		"temperature below":                   {configuration(object{"temperature": -0.1}), "temperature: must be a number from 0 to 2, not -0.1"},
		"temperature above":                   {configuration(object{"temperature": 2.1}), "temperature: must be a number from 0 to 2"},
		"temperature 0":                       {configuration(object{"temperature": 0}), ""},
		"temperature 2":                       {configuration(object{"temperature": 2}), ""},
		"temperature unknown":                 {configuration(object{"temperature": unknown}), ""},
		"top_p above":                         {configuration(object{"top_p": 1.5}), "top_p: must be a number from 0 to 1"},
		"presence_penalty":                    {configuration(object{"presence_penalty": -2.5}), "presence_penalty: must be a number from -2 to 2"},
		"frequency_penalty":                   {configuration(object{"frequency_penalty": 2.5}), "frequency_penalty: must be a number from -2 to 2"},
		"n 0":                                 {configuration(object{"n": 0}), "n: must be a whole number of at least 1, not 0."},
		"n with a fraction":                   {configuration(object{"n": 1.5}), "n: must be a whole number of at least 1, not 1.5."},
		"n too large":                         {configuration(object{"n": 1e30}), "n: must be a whole number of at least 1, not 1e+30: the largest is 9223372036854775807."},
		"seed too large":                      {configuration(object{"seed": -1e30}), "seed: must be a whole number, not -1e+30: the least is -9223372036854775808."},
		"bias with a fraction":                {configuration(object{"logit_bias": object{"1": 0.5, "2": 1}}), `logit_bias["1"]: must be a whole number from -100 to 100, not 0.5.`},
		"bias of a word":                      {configuration(object{"logit_bias": object{"word": 1}}), `logit_bias["word"]: is not a token ID`},
		"bias below":                          {configuration(object{"logit_bias": object{"1": -101}}), `logit_bias["1"]: must be a whole number from -100 to 100, not -101`},
		"bias unknown":                        {configuration(object{"logit_bias": unknown}), ""},
		"tool without function":               {configuration(object{"tool": []any{object{"type": "function"}}}), "tool[0].function: is required here"},
		"function without name":               {configuration(object{"tool": []any{object{"type": "function", "function": object{"parameters": "{}"}}}}), `tool[0].function.name: needs the argument "name"`},
		"function without parameters":         {configuration(object{"tool": []any{object{"type": "function", "function": object{"name": "f"}}}}), `tool[0].function.parameters: needs the argument`},
		"parameters that are not JSON":        {configuration(object{"functions": []any{function("f", `{"a":`)}}), "functions[0].parameters: not valid json"},
		"parameters that are no object":       {configuration(object{"functions": []any{function("f", `[]`)}}), "functions[0].parameters: must be an object"},
		"parameters that describe text":       {configuration(object{"functions": []any{function("f", `{"type":"string"}`)}}), `functions[0].parameters: its "type" must be "object", not "string"`},
		"parameters unknown":                  {configuration(object{"functions": []any{object{"name": "f", "parameters": unknown}}}), ""},
		"choice that is no JSON":              {configuration(object{"tool_choice": "{type", "tool": tools("f")}), "tool_choice: not valid json"},
		"choice of an absent tool":            {configuration(object{"tool_choice": `{"type":"function","function":{"name":"g"}}`, "tool": tools("f", "h")}), `tool_choice: no tool block declares it (there are: f, h)`},
		"choice without tools":                {configuration(object{"tool_choice": "required"}), "tool_choice: needs at least one tool block"},
		"choice of a tool":                    {configuration(object{"tool_choice": `{"type":"function","function":{"name":"f"}}`, "tool": tools("f")}), ""},
		"choice with unknown tools":           {configuration(object{"tool_choice": `{"type":"function","function":{"name":"g"}}`, "tool": unknown}), ""},
		"choice with an unknown name":         {configuration(object{"tool_choice": `{"type":"function","function":{"name":"g"}}`, "tool": []any{object{"type": "function", "function": object{"name": unknown, "parameters": "{}"}}}}), ""},
		"choice unknown":                      {configuration(object{"tool_choice": unknown}), ""},
		"choice of a newer kind":              {configuration(object{"tool_choice": `{"type":"of_tomorrow"}`, "tool": tools("f")}), ""},
		"function choice of an absent":        {configuration(object{"function_call": `{"name":"g"}`, "functions": []any{function("f", "{}")}}), "function_call: no functions block declares it"},
		"function choice":                     {configuration(object{"function_call": `{"name":"f"}`, "functions": []any{function("f", "{}")}}), ""},
		"format that is none":                 {configuration(object{"response_format": object{"type": "xml"}}), `response_format.type: must be "text", "json_object" or "json_schema", not "xml"`},
		"format without type":                 {configuration(object{"response_format": object{}}), `response_format.type: needs the argument "type"`},
		"format json_object":                  {configuration(object{"response_format": object{"type": "json_object"}}), ""},
		"perhaps a call id":                   {conversation(object{"role": "user", "content": "x", "tool_call_id": unknown}), ""},
		"perhaps tool calls":                  {conversation(object{"role": "user", "content": "x", "tool_calls": unknown, "refusal": unknown}), ""},
		"perhaps stream options":              {configuration(object{"stream_options": object{"include_usage": unknown}}), ""},
		"empty tool calls":                    {conversation(object{"role": "assistant", "tool_calls": []any{}}), "message[0].content: needs content"},
		"both ways of messages":               {configuration(object{"messages": []any{object{"role": "user", "content": "x"}}}), "messages: use either message blocks or messages, not both"},
		"messages as a value":                 {configuration(object{"message": []any{}, "messages": []any{object{"role": "user", "content": "x"}}}), ""},
		"messages of none":                    {configuration(object{"message": []any{}, "messages": []any{}}), "message: at least one message"},
		"a null message":                      {configuration(object{"message": []any{}, "messages": []any{nil}}), "messages[0]: is null"},
		"an unknown message":                  {configuration(object{"message": []any{}, "messages": []any{unknown}}), ""},
		"two contents":                        {conversation(object{"role": "user", "content": "x", "content_part": []any{object{"type": "text", "text": "y"}}}), "message[0].content_part: use either content or content_part, not both"},
		"part without its text":               {conversation(object{"role": "user", "content_part": []any{object{"type": "text"}}}), "message[0].content_part[0].text: is required here"},
		"part with something else":            {conversation(object{"role": "user", "content_part": []any{object{"type": "text", "text": "x", "refusal": "y"}}}), "message[0].content_part[0].refusal: does not belong here"},
		"part of an unknown type":             {conversation(object{"role": "user", "content_part": []any{object{"type": unknown}}}), ""},
		"image without url":                   {conversation(object{"role": "user", "content_part": []any{object{"type": "image_url", "image_url": object{}}}}), `message[0].content_part[0].image_url.url: needs the argument "url"`},
		"audio of an assistant":               {conversation(object{"role": "assistant", "audio": object{"id": "a"}}), ""},
		"audio of a user":                     {conversation(object{"role": "user", "content": "x", "audio": object{"id": "a"}}), `message[0].audio: only a message with the role "assistant"`},
		"custom tool without its block":       {configuration(object{"tool": []any{object{"type": "custom"}}}), "tool[0].custom: is required here"},
		"function tool with custom":           {configuration(object{"tool": []any{object{"type": "function", "function": function("f", "{}"), "custom": object{"name": "c"}}}}), "tool[0].custom: does not belong here"},
		"grammar without a grammar":           {configuration(object{"tool": []any{object{"type": "custom", "custom": object{"name": "c", "format": object{"type": "grammar"}}}}}), "tool[0].custom.format.grammar: needs a grammar block"},
		"strict function that is loose":       {configuration(object{"tool": []any{object{"type": "function", "function": object{"name": "f", "strict": true, "parameters": `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`}}}}), "tool[0].function.parameters: additionalProperties"},
		"choice of a custom tool":             {configuration(object{"tool_choice": `{"type":"custom","custom":{"name":"c"}}`, "tool": []any{object{"type": "custom", "custom": object{"name": "c"}}}}), ""},
		"choice of allowed tools":             {configuration(object{"tool_choice": `{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"g"}}]}}`, "tool": tools("f")}), `tool_choice: names "g"`},
		"format without its schema":           {configuration(object{"response_format": object{"type": "json_schema"}}), "response_format.json_schema: is required here"},
		"format with a schema":                {configuration(object{"response_format": object{"type": "text", "json_schema": object{"name": "x", "schema": "{}"}}}), "response_format.json_schema: does not belong here"},
		"schema that is none":                 {configuration(object{"response_format": object{"type": "json_schema", "json_schema": object{"name": "x", "schema": `{"type":"objekt"}`}}}), "response_format.json_schema.schema: /type"},
		"schema that is not strict":           {configuration(object{"response_format": object{"type": "json_schema", "json_schema": object{"name": "x", "strict": true, "schema": `{"type":"object","properties":{},"required":[]}`}}}), "response_format.json_schema.schema: additionalProperties"},
		"schema unknown":                      {configuration(object{"response_format": object{"type": "json_schema", "json_schema": object{"name": "x", "strict": true, "schema": unknown}}}), ""},
		"top_logprobs alone":                  {configuration(object{"top_logprobs": 3}), "top_logprobs: needs logprobs = true"},
		"top_logprobs with unknown":           {configuration(object{"top_logprobs": 3, "logprobs": unknown}), ""},
		"stream options alone":                {configuration(object{"stream_options": object{"include_usage": true}}), "stream_options: needs stream = true"},
		"modality without audio":              {configuration(object{"modalities": []any{"text", "audio"}}), "modalities: needs a voice and a format"},
		"prediction of nothing":               {configuration(object{"prediction": object{"type": "content"}}), "prediction.content: needs content"},
		"prediction twice":                    {configuration(object{"prediction": object{"type": "content", "content": "x", "content_part": []any{object{"type": "text", "text": "x"}}}}), "prediction.content_part: use either content or content_part, not both"},
		"location of half":                    {configuration(object{"web_search_options": object{"user_location": object{"type": "approximate"}}}), "web_search_options.user_location.approximate: needs the argument"},
		"extra body that repeats":             {configuration(object{"extra_body": `{"top_k":1,"messages":[]}`}), "extra_body: must not contain \"messages\". Use the argument or block"},
		"extra body with a name twice":        {configuration(object{"extra_body": `{"a":1,"b":{"c":1,"c":2}}`}), `extra_body: the name "c" stands twice in one object`},
		"messages as JSON, a name twice":      {configuration(object{"message": []any{}, "messages_json": `[{"role":"user","role":"system"}]`}), `messages_json: the name "role" stands twice`},
		"choice with a name twice":            {configuration(object{"tool_choice": `{"type":"function","type":"x"}`, "tool": tools("f")}), `tool_choice: the name "type" stands twice`},
		"parameters with a name twice":        {configuration(object{"functions": []any{function("f", `{"type":"object","type":"object"}`)}}), `functions[0].parameters: the name "type" stands twice`},
		"extra with a name twice":             {conversation(object{"role": "user", "content": "x", "extra": `{"a":1,"a":1}`}), `message[0].extra: the name "a" stands twice`},
		"extra body that is a list":           {configuration(object{"extra_body": `[]`}), "extra_body: must be an object"},
		"a wrong message as a value":          {configuration(object{"message": []any{}, "messages": []any{object{"role": "user", "content": "x", "tool_call_id": "y"}}}), "messages[0].tool_call_id: "},
		"tool of an unknown type":             {configuration(object{"tool": []any{object{"type": "web_search", "extra": `{"web_search":{"max":3}}`}}}), ""},
		"choice of a tool of an unknown type": {configuration(object{"tool_choice": `{"type":"function","function":{"name":"search"}}`, "tool": []any{object{"type": "builtin"}}}), ""},
		"part of a type of another server":    {conversation(object{"role": "user", "content_part": []any{object{"type": "video_url", "extra": `{"video_url":{"url":"https://x"}}`}}}), ""},
		"extra that repeats, message":         {conversation(object{"role": "user", "content": "x", "extra": `{"prefix":true,"content":"y"}`}), "message[0].extra: must not contain \"content\". Use the argument or block"},
		"extra that repeats, value":           {configuration(object{"message": []any{}, "messages": []any{object{"role": "user", "content": "x", "extra": `{"role":"y"}`}}}), "messages[0].extra: must not contain \"role\". Use the argument or block"},
		"extra that repeats, part":            {conversation(object{"role": "user", "content_part": []any{object{"type": "text", "text": "x", "extra": `{"text":"y"}`}}}), "message[0].content_part[0].extra: must not contain \"text\". Use the argument or block"},
		"extra that repeats, call":            {conversation(object{"role": "assistant", "tool_calls": []any{object{"id": "a", "type": "function", "function": object{"name": "f"}, "extra": `{"id":"b"}`}}}), "message[0].tool_calls[0].extra: must not contain \"id\". Use the argument or block"},
		"extra that repeats, tool":            {configuration(object{"tool": []any{object{"type": "function", "function": function("f", "{}"), "extra": `{"function":{"own":1,"name":"g"}}`}}}), "tool[0].extra: must not contain \"function.name\". Use the argument or block"},
		"extra that is no object":             {conversation(object{"role": "user", "content": "x", "extra": `true`}), "message[0].extra: must be an object"},
		"extra in place of content":           {conversation(object{"role": "user", "extra": `{"parts":[]}`}), ""},
		"reasoning of a user":                 {conversation(object{"role": "user", "content": "x", "reasoning_content": "y"}), `message[0].reasoning_content: only a message with the role "assistant"`},
		"reasoning alone":                     {conversation(object{"role": "assistant", "reasoning_content": "y"}), ""},
		"call without type":                   {conversation(object{"role": "assistant", "tool_calls": []any{object{"function": object{"name": "f"}}}}), ""},
		"messages as JSON":                    {configuration(object{"message": []any{}, "messages_json": `[{"role":"user","content":[{"type":"own"}],"own":1}]`}), ""},
		"messages as JSON, unknown":           {configuration(object{"message": []any{}, "messages_json": unknown}), ""},
		"messages as JSON and blocks":         {configuration(object{"messages_json": `[{"role":"user"}]`}), "messages_json: or messages_json, not both"},
		"messages as JSON and a value":        {configuration(object{"message": []any{}, "messages": []any{object{"role": "user", "content": "x"}}, "messages_json": `[{"role":"user"}]`}), "messages_json: or messages_json, not both"},
		"messages as JSON of none":            {configuration(object{"message": []any{}, "messages_json": `[]`}), "messages_json: at least one message"},
		"messages as JSON, no list":           {configuration(object{"message": []any{}, "messages_json": `{}`}), "messages_json: must be a list of messages"},
		"messages as JSON, text":              {configuration(object{"message": []any{}, "messages_json": `["hello"]`}), "messages_json: message [0] is not an object with a role"},
		"messages as JSON, no role":           {configuration(object{"message": []any{}, "messages_json": `[{"role":"user"},{"content":"x"}]`}), "messages_json: message [1] has no role"},
		"messages as JSON, broken":            {configuration(object{"message": []any{}, "messages_json": `[{`}), "messages_json: not valid json"},
		"extra body with messages_json":       {configuration(object{"extra_body": `{"messages":[]}`}), "extra_body: must not contain \"messages\". Use the argument or block"},
		"timeout that is none":                {configuration(object{"timeouts": object{"create": "soon"}}), `timeouts.create: "soon" is not a duration`},
		"one of several in a list":            {configuration(object{"message": []any{}, "messages": []any{object{"role": "user", "content": "x"}, object{"role": "user"}}}), `messages[1].content: : messages[1].content: A message with the role "user" needs content`},
		"empty model":                         {configuration(object{"model": ""}), "model: model must not be empty"},
		"timeout 0":                           {configuration(object{"timeouts": object{"create": "0s"}}), "timeouts.create: must be above zero"},
		"choice with an empty tool":           {configuration(object{"tool_choice": "auto", "tool": []any{object{"type": "function"}}}), "tool[0].function: is required here"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tf := p.Schema.ResourceSchemas[typeName].ValueType()
			resp, err := p.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: typeName, Config: acctest.Dynamic(t, acctest.Value(tf, test.config, chatBlocks...))})
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
