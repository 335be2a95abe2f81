package chat_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// chatBlocks are the blocks whose absence is an empty list.
var chatBlocks = []string{"message", "tool", "functions", "content_part"}

// answering is a server that answers everything, as one does that is not OpenAI's.
func answering(t *testing.T) *acctest.Server {
	t.Helper()
	s := acctest.Start(t, emulator.Options{})
	s.Foreign = true
	s.Fail(emulator.Status(200, answerOf(`"content":"ok"`)).Repeat(-1))
	return s
}

// answerOf is a completion whose message has some members.
func answerOf(members string) string {
	return `{"id":"x","model":"m","choices":[{"index":0,"message":{"role":"assistant",` + members + `},"finish_reason":"stop"}]}`
}

// resourceOf applies a configuration, and returns the resource and what was sent.
func resourceOf(t *testing.T, s *acctest.Server, config object) (*acctest.Instance, map[string]any) {
	t.Helper()
	p := acctest.Speak(t)
	p.Connect(t, s)
	i := p.Instance(typeName, chatBlocks...)
	if diags := i.Apply(t, config); len(diags) > 0 {
		t.Fatal(diags)
	}
	return i, body(t, s)
}

func sameJSON(t *testing.T, got any, want string) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(want), &v); err != nil {
		t.Fatal(err)
	}
	same(t, got, v)
}

func TestExtra_isSentWhereItStands(t *testing.T) {
	_, sent := resourceOf(t, answering(t), configuration(object{
		"message": []any{
			object{"role": "system", "content_part": []any{
				object{"type": "text", "text": "long", "extra": `{"cache_control": {"type": "ephemeral"}}`},
				object{"type": "video_url", "extra": `{"video_url":{"url":"https://x"}}`},
			}},
			object{"role": "assistant", "content": "a", "extra": `{"prefix":true}`, "tool_calls": []any{
				object{"id": "c", "type": "function", "function": object{"name": "f", "arguments": "{}"}, "extra": `{"extra_content":{"google":{"thought_signature":"s"}}}`}}},
		},
		"tool": []any{
			object{"type": "function", "function": function("f", "{}"), "extra": `{"cache_control":{"type":"ephemeral"}}`},
			object{"type": "web_search", "extra": `{"web_search":{"max":3}}`},
		},
	}))
	sameJSON(t, sent["messages"], `[
		{"role":"system","content":[
			{"type":"text","text":"long","cache_control":{"type":"ephemeral"}},
			{"type":"video_url","video_url":{"url":"https://x"}}]},
		{"role":"assistant","content":"a","prefix":true,"tool_calls":[
			{"id":"c","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"s"}}}]}]`)
	sameJSON(t, sent["tools"], `[
		{"type":"function","function":{"name":"f","parameters":{}},"cache_control":{"type":"ephemeral"}},
		{"type":"web_search","web_search":{"max":3}}]`)
}

// A value as an argument keeps what stands in extra.
func TestExtra_isPartOfTheRequest(t *testing.T) {
	s := answering(t)
	as := func(extra string) object {
		return configuration(object{"message": []any{}, "messages": []any{object{"role": "user", "content": "x", "extra": extra}}})
	}
	i, sent := resourceOf(t, s, as(`{"own":{"a":1,"b":2}}`))
	sameJSON(t, sent["messages"], `[{"role":"user","content":"x","own":{"a":1,"b":2}}]`)
	for name, test := range map[string]struct {
		config object
		want   string // what the plan says; "" = nothing changes
	}{
		"another spelling": {as(` {"own": {"b": 2, "a": 1}} `), ""},
		"in blocks":        {conversation(object{"role": "user", "content": "x", "extra": `{"own":{"a":1,"b":2}}`}), ""},
		"as JSON":          {configuration(object{"message": []any{}, "messages_json": `[{"own":{"b":2,"a":1},"content":"x","role":"user"}]`}), ""},
		"another value":    {as(`{"own":{"a":1,"b":3}}`), "What changed in the requests: messages[0].own.b."},
		"unknown":          {configuration(object{"message": []any{}, "messages": []any{object{"role": "user", "content": "x", "extra": acctest.Unknown{}}}}), "messages[0].own"},
	} {
		plan := i.Plan(t, test.config)
		if all := strings.Join(plan.Diags, "\n"); (test.want == "") != (all == "") || !strings.Contains(all, test.want) {
			t.Errorf("%s: got %q, want %q", name, all, test.want)
		}
	}
}

// An answer goes back with all that its server said of the call.
func TestToolCalls_goBackAsTheyCame(t *testing.T) {
	for name, test := range map[string]struct {
		message string // of the first answer
		want    string // the message that is sent
	}{
		"with a signature": {
			`"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"c2ln"}}}]`,
			`{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"c2ln"}}}]}`,
		},
		"without type, with an index": {
			`"content":"","tool_calls":[{"id":"a","index":0,"function":{"name":"f","arguments":"{}"}}]`,
			`{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}`,
		},
		"without arguments": {
			`"tool_calls":[{"id":"a","type":"function","function":{"name":"f"}},{"id":"b","custom":{"name":"c"}}]`,
			`{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":""}},{"id":"b","type":"custom","custom":{"name":"c","input":""}}]}`,
		},
		"without id": {
			`"tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]`,
			`{"role":"assistant","tool_calls":[{"id":"call_0","type":"function","function":{"name":"f","arguments":"{}"}}]}`,
		},
		"with reasoning": {
			`"content":"","reasoning_content":"I need the tool.","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]`,
			`{"role":"assistant","reasoning_content":"I need the tool.","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := answering(t)
			s.Heal()
			s.Fail(emulator.Status(200, answerOf(`"content":"It is sunny."`)).Containing(`"role":"tool"`), emulator.Status(200, answerOf(test.message)))
			p := connected(t, s)
			said := apply(t, p.Instance(typeName, chatBlocks...), configuration(nil))["choices"].([]any)[0].(object)["message"].(object)
			calls := said["tool_calls"].([]any)
			next := conversation(
				object{"role": "assistant", "tool_calls": calls, "reasoning_content": said["reasoning_content"]},
				object{"role": "tool", "tool_call_id": calls[0].(object)["id"], "content": "sunny"})
			r := p.Instance(typeName, chatBlocks...)
			apply(t, r, next)
			sameJSON(t, body(t, s)["messages"].([]any)[0], test.want)
			unchanged(t, r, next)
			wantCalls(t, s, map[string]int{"POST": 2})
		})
	}
}

// What is left out of a call and what stands there instead are one request.
func TestToolCalls_writtenOutAreTheSame(t *testing.T) {
	calls := func(call object) object {
		return conversation(object{"role": "assistant", "tool_calls": []any{call}}, object{"role": "user", "content": "x"})
	}
	s := answering(t)
	i, _ := resourceOf(t, s, calls(object{"id": "a", "function": object{"name": "f"}}))
	if plan := i.Plan(t, calls(object{"id": "a", "type": "function", "function": object{"name": "f", "arguments": ""}})); len(plan.Diags) > 0 {
		t.Errorf("got %q, want nothing", plan.Diags)
	}
	function := func(call object) object { return conversation(object{"role": "assistant", "function_call": call}) }
	_, sent := resourceOf(t, s, function(object{"name": "f"}))
	sameJSON(t, sent["messages"], `[{"role":"assistant","function_call":{"name":"f","arguments":""}}]`)
}

func TestMessagesJSON_losesNothing(t *testing.T) {
	s := answering(t)
	config := func(model, prompt string) string {
		return `
variable "history" {
  default = [{ role = "system", content = [{ type = "text", text = "x", cache_control = { type = "ephemeral" } }] }]
}

resource "openai_chat_completion" "first" {
  model = "` + model + `"
  message {
    role    = "user"
    content = "` + prompt + `"
  }
}

resource "openai_chat_completion" "test" {
  model         = "gpt-4"
  messages_json = true ? jsonencode(concat(var.history, [{ role = "user", content = openai_chat_completion.first.content }, { role = "assistant", content = "` + "```hcl" + `", prefix = true }])) : null
}
`
	}
	s.Run(t,
		resource.TestStep{Config: config("gpt-4", "one"), Check: func(*terraform.State) error {
			sameJSON(t, body(t, s)["messages"], `[
				{"role":"system","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]},
				{"role":"user","content":"ok"}, {"role":"assistant","content":"`+"```hcl"+`","prefix":true}]`)
			return nil
		}, ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(name, tfjsonpath.New("content"), knownvalue.StringExact("ok"))}},
		// The first is asked again and answers the same: the second finds that in the apply, and is not asked.
		resource.TestStep{Config: config("gpt-4", "two"), Check: asked(t, s, 3)},
	)
}

func TestStreamOptions_canBeLeftOut(t *testing.T) {
	stream := func(options object) object { return configuration(object{"stream": true, "stream_options": options}) }
	for name, test := range map[string]struct {
		config object
		want   string // JSON; "" = not sent
	}{
		"nothing said":    {configuration(object{"stream": true}), `{"include_usage":true}`},
		"no usage":        {stream(object{"include_usage": false}), ""},
		"no usage, more":  {stream(object{"include_usage": false, "include_obfuscation": false}), `{"include_usage":false,"include_obfuscation":false}`},
		"more":            {stream(object{"include_obfuscation": false}), `{"include_usage":true,"include_obfuscation":false}`},
		"not streamed":    {configuration(object{"stream": false}), ""},
		"action":          {configuration(nil), `{"include_usage":true}`},
		"action, told":    {configuration(object{"stream_options": object{"include_usage": false}}), ""},
		"action, refused": {configuration(object{"stream": false}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := answering(t)
			if strings.HasPrefix(name, "action") {
				if _, diags := gate(t, s, test.config); len(diags) > 0 {
					t.Fatal(diags)
				}
			} else {
				resourceOf(t, s, test.config)
			}
			sent, there := body(t, s)["stream_options"]
			if there != (test.want != "") {
				t.Fatalf("stream_options are %v, want %q", sent, test.want)
			}
			if there {
				sameJSON(t, sent, test.want)
			}
		})
	}
}

// What OpenAI does not take is refused in the plan where the server is OpenAI's, and sent elsewhere.
func TestLimits_holdForOpenAI(t *testing.T) {
	t.Parallel()
	image := object{"type": "image_url", "image_url": object{"url": "https://x"}}
	many := func(n int) (list []any) {
		for i := range n {
			list = append(list, function(fmt.Sprint("f", i), "{}"))
		}
		return list
	}
	labels := object{}
	for i := range 17 {
		labels[fmt.Sprint("k", i)] = "v"
	}
	const shapeOfName = "must have from 1 to 64 characters"
	tests := map[string]struct {
		config object
		want   string // attribute and a piece of the text; "" = nothing to say
	}{
		"valid":                       {configuration(nil), ""},
		"max_tokens 0":                {configuration(object{"max_tokens": 0}), "max_tokens: must be at least 1, not 0"},
		"max_tokens -1":               {configuration(object{"max_tokens": -1}), "max_tokens: not -1"},
		"max_completion_tokens 0":     {configuration(object{"max_completion_tokens": 0}), "max_completion_tokens: must be at least 1, not 0"},
		"max_tokens 1":                {configuration(object{"max_tokens": 1}), ""},
		"max_tokens unknown":          {configuration(object{"max_tokens": acctest.Unknown{}}), ""},
		"n 129":                       {configuration(object{"n": 129}), "n: at most 128"},
		"n 128":                       {configuration(object{"n": 128}), ""},
		"top_logprobs 21":             {configuration(object{"logprobs": true, "top_logprobs": 21}), "top_logprobs: at most 20"},
		"five stops":                  {configuration(object{"stop": []any{"1", "2", "3", "4", "5"}}), "stop: not 5"},
		"four stops":                  {configuration(object{"stop": []any{"1", "2", "3", "4"}}), ""},
		"no stops":                    {configuration(object{"stop": []any{}}), "stop: not 0"},
		"too many functions":          {configuration(object{"functions": many(129)}), "functions: at most 128"},
		"function name with a dot":    {configuration(object{"functions": []any{function("a.b", "{}")}}), "functions[0].name: " + shapeOfName},
		"function name of a tool":     {configuration(object{"tool": tools("get weather")}), "tool[0].function.name: " + shapeOfName},
		"name of a schema":            {configuration(object{"response_format": object{"type": "json_schema", "json_schema": object{"name": "a b", "schema": "{}"}}}), "response_format.json_schema.name: " + shapeOfName},
		"choice that is none":         {configuration(object{"tool_choice": "any", "tool": tools("f")}), `tool_choice: "any" is not a choice`},
		"choice without type":         {configuration(object{"tool_choice": `{"function":{"name":"f"}}`, "tool": tools("f")}), `tool_choice: no "type"`},
		"choice without name":         {configuration(object{"tool_choice": `{"type":"function"}`, "tool": tools("f")}), "tool_choice: names no function"},
		"choice of a newer kind":      {configuration(object{"tool_choice": `{"type":"of_tomorrow"}`, "tool": tools("f")}), ""},
		"function choice":             {configuration(object{"function_call": "required", "functions": many(1)}), `function_call: "required" is not a choice`},
		"image of a system":           {conversation(object{"role": "system", "content_part": []any{image}}), `message[0].content_part[0].type: with the role "user"`},
		"image of a user":             {conversation(object{"role": "user", "content_part": []any{image}}), ""},
		"image of a tool, as a value": {configuration(object{"message": []any{}, "messages": []any{object{"role": "tool", "tool_call_id": "a", "content_part": []any{image}}}}), `messages[0].content_part[0].type: this one has the role "tool"`},
		"refusal of a user":           {conversation(object{"role": "user", "content_part": []any{object{"type": "refusal", "refusal": "no"}}}), `message[0].content_part[0].type: with the role "assistant"`},
		"part of another type":        {conversation(object{"role": "system", "content_part": []any{object{"type": "of_tomorrow"}}}), ""},
		"tool without call id":        {conversation(object{"role": "tool", "content": "x"}), "message[0].tool_call_id: needs its ID"},
		"tool with unknown call id":   {conversation(object{"role": "tool", "content": "x", "tool_call_id": acctest.Unknown{}}), ""},
		"call without id":             {conversation(object{"role": "assistant", "tool_calls": []any{object{"type": "function", "function": object{"name": "f"}}}}), "message[0].tool_calls[0].id: each tool call needs an ID"},
		"too many labels":             {configuration(object{"metadata": labels}), "metadata: at most 16"},
		"long label":                  {configuration(object{"metadata": object{"k": strings.Repeat("x", 513)}}), `metadata["k"]: at most 512`},
		"label of a long name":        {configuration(object{"metadata": object{strings.Repeat("k", 65): "v"}}), `metadata["` + strings.Repeat("k", 65) + `"]: 1 to 64`},
		"safety_identifier":           {configuration(object{"safety_identifier": strings.Repeat("x", 65)}), "safety_identifier: at most 64"},
	}
	const elsewhere = ""
	for server, provider := range map[string]object{
		"openai":      {"base_url": "https://api.openai.com/v1"},
		"a region":    {"base_url": "https://eu.api.openai.com/v1"},
		"azure":       {"base_url": nil, "azure": object{"endpoint": "https://r.openai.azure.com", "api_version": "2024-10-21"}},
		"azure v1":    {"base_url": "https://r.openai.azure.com/openai/v1"},
		elsewhere:     {"base_url": "https://api.deepseek.com/v1"},
		"replays":     {"base_url": "https://api.openai.com/v1", "recordings": object{"directory": t.TempDir(), "mode": "replay"}},
		"lookalike":   {"base_url": "https://api.openai.com.example/v1"},
		"not default": {"base_url": "http://localhost:11434/v1"},
	} {
		p := acctest.Speak(t)
		p.Connect(t, &acctest.Server{}, provider)
		holds := slices.Contains([]string{"openai", "a region", "azure", "azure v1"}, server)
		for name, test := range tests {
			if server == "replays" && test.want == "" {
				continue
			}
			t.Run(server+"/"+name, func(t *testing.T) {
				t.Parallel()
				got := slices.DeleteFunc(p.Instance(typeName, chatBlocks...).Plan(t, test.config).Diags, func(d string) bool { return strings.Contains(d, "recording") })
				attribute, text, _ := strings.Cut(test.want, ": ")
				if test.want == "" || !holds {
					if len(got) > 0 {
						t.Errorf("got %q, want nothing", got)
					}
				} else if len(got) != 1 || !strings.HasPrefix(got[0], "error at "+attribute+": ") || !strings.Contains(got[0], text) {
					t.Errorf("got %q, want %s with %q", got, attribute, text)
				}
			})
		}
	}
}

// An answer that is there stays, whatever its server takes now; a changed request is held against it.
func TestLimits_holdForWhatIsAsked(t *testing.T) {
	s := answering(t)
	p := acctest.Speak(t)
	p.Connect(t, s)
	i := p.Instance(typeName, chatBlocks...)
	five := []any{"1", "2", "3", "4", "5"}
	if diags := i.Apply(t, configuration(object{"stop": five})); len(diags) > 0 {
		t.Fatal(diags)
	}
	sameJSON(t, body(t, s)["stop"], `["1","2","3","4","5"]`)
	p.Connect(t, &acctest.Server{URL: "https://api.openai.com/v1"})
	if plan := i.Plan(t, configuration(object{"stop": five})); len(plan.Diags) > 0 {
		t.Errorf("the same: %q", plan.Diags)
	}
	if plan := i.Plan(t, configuration(object{"stop": five, "seed": 1})); len(plan.Diags) != 1 || !strings.HasPrefix(plan.Diags[0], "error at stop: ") {
		t.Errorf("another: %q", plan.Diags)
	}
}

// Nothing is sent that OpenAI refuses, and billed for nothing.
func TestLimits_holdForEphemeralAndAction(t *testing.T) {
	t.Parallel()
	five := configuration(object{"stop": []any{"1", "2", "3", "4", "5"}})
	openai := object{"base_url": "https://api.openai.com/v1"}
	if _, diags := gate(t, &acctest.Server{}, five, openai); len(diags) != 1 || !strings.HasPrefix(diags[0], "error at stop: ") {
		t.Errorf("action: %q", diags)
	}
	p := acctest.Speak(t)
	p.Connect(t, &acctest.Server{}, openai)
	tf := p.Schema.EphemeralResourceSchemas[typeName].ValueType()
	opened, err := p.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: typeName, Config: acctest.Dynamic(t, acctest.Value(tf, five, chatBlocks...))})
	if err != nil {
		t.Fatal(err)
	}
	if diags := acctest.Texts(opened.Diagnostics); len(diags) != 1 || !strings.HasPrefix(diags[0], "error at stop: ") {
		t.Errorf("ephemeral: %q", diags)
	}
}
