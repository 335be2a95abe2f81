package response_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// What nobody would delete is not stored, unless the user says otherwise.
func TestEphemeralAndAction_areNotStored(t *testing.T) {
	w := newWorkplace(t)
	p := w.run(t)
	for _, config := range []object{asking(), asking(object{"store": false}), asking(object{"store": true})} {
		result, diags := open(t, p, config)
		acctest.Quiet(t, diags)
		if result["content"] != "Emulated answer to: hello" || result["store"] != config["store"] {
			t.Errorf("got %v", result)
		}
		shown, diags := p.Invoke(t, typeName, config)
		acctest.Quiet(t, diags)
		if strings.Join(shown, "\n") != "Emulated answer to: hello" {
			t.Errorf("shown %q", shown)
		}
	}
	var stored []any
	for _, body := range w.bodies(t) {
		stored = append(stored, body["store"], body["stream"])
	}
	same(t, stored, []any{false, nil, false, true, false, nil, false, true, true, nil, true, true})
	if left := w.Objects("responses"); len(left) != 2 {
		t.Errorf("stored: %q", left)
	}
}

func TestEphemeral_refusesWhatTheResourceRefuses(t *testing.T) {
	w := newWorkplace(t)
	p := w.run(t)
	_, diags := open(t, p, asking(object{"input": nil}))
	says(t, diags, "error at input: Missing input")
	w.Fail(emulator.ErrorJSON(400, "invalid_request_error", "", "input", "Not so"))
	_, diags = open(t, p, asking())
	says(t, diags, "error at input: Could not open response", "Not so")
	_, diags = open(t, p, asking(object{"input": "REFUSE: no", "fail_on": []any{"refusal"}}))
	says(t, diags, "error: Unusable response", "the model refused", "discarded, because an ephemeral resource stores nothing")
}

// The action shows what comes as it comes, and fails by the rules.
func TestAction_isAGate(t *testing.T) {
	for name, test := range map[string]struct {
		config object
		answer string
		shown  string
		want   string
	}{
		"answers":      {config: asking(), shown: "Emulated answer to: hello"},
		"invalid":      {config: asking(object{"input": nil}), want: "error at input: Missing input"},
		"cut":          {config: asking(object{"input": "Reply with exactly: " + strings.Repeat("one ", 40), "max_output_tokens": 16}), want: `incomplete_reason = "max_output_tokens"`},
		"cut and fine": {config: asking(object{"input": "Reply with exactly: " + strings.Repeat("one ", 40), "max_output_tokens": 16, "fail_on": []any{}})},
		"refusal":      {config: asking(object{"input": "REFUSE: please"}), want: "the model refused"},
		"failed":       {config: asking(object{"input": "FAIL: server_error Broke down", "fail_on": []any{}}), want: "the server reports an error: Broke down (code server_error)"},
		"crashed":      {config: asking(object{"input": "CRASH: Broke down"}), want: "Broke down"},
		"approved":     {config: asking(asJSON, object{"expect": `{"approved":true}`}), answer: `"{\"approved\":true,\"why\":\"fine\"}"`, shown: `{"approved":true,"why":"fine"}`},
		"not approved": {config: asking(asJSON, object{"expect": `{"approved":true}`}), answer: `"{\"approved\":false}"`, want: "/approved is false, not true"},
		"no JSON":      {config: asking(asJSON), answer: `"words"`, want: "at the root of the answer"},
		"at once":      {config: asking(object{"stream": false}), shown: "Emulated answer to: hello"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			if test.answer != "" {
				w.answering(answerOf(textItem(test.answer)), 1)
			}
			shown, diags := w.run(t).Invoke(t, typeName, test.config)
			if test.shown != "" && !slices.Contains(shown, test.shown) {
				t.Errorf("shown %q", shown)
			}
			if test.want == "" {
				acctest.Quiet(t, diags)
				return
			}
			says(t, diags, "error")
			says(t, diags, test.want)
		})
	}
}

// What is long is shown before its end is there, and not a second time.
func TestAction_showsPieces(t *testing.T) {
	w := newWorkplace(t)
	var events strings.Builder
	event := func(format string, args ...any) {
		fmt.Fprintf(&events, "data: "+format+"\n\n", args...)
	}
	event(`{"type":"response.created","response":{"id":"resp_1","object":"response","status":"in_progress","output":[]}}`)
	for n := range 100 {
		event(`{"type":"response.output_text.delta","output_index":0,"delta":"word%d "}`, n)
	}
	event(`{"type":"response.output_text.delta","output_index":0,"delta":"\nend"}`)
	w.Fail(emulator.Status(200, events.String(), "Content-Type", "text/event-stream"))
	shown, diags := w.run(t).Invoke(t, typeName, asking())
	if len(shown) < 4 || !strings.HasPrefix(shown[0], "word0 word1 ") || strings.Count(strings.Join(shown, "\n"), "word57") != 1 || shown[len(shown)-1] != "end" {
		t.Errorf("shown %q", shown)
	}
	says(t, diags, "error: Could not create response", "The stream ended before the answer was complete")
}

// The state is the same, streamed or not.
func TestStream_givesTheSameState(t *testing.T) {
	function := tool("function", object{"name": "get_weather", "parameters": `{"type":"object","properties":{"location":{"type":"string"}},"required":["location"],"additionalProperties":false}`})
	for name, config := range map[string]object{
		"text": asking(), "refusal": asking(object{"input": "REFUSE: no"}), "reasoning": asking(object{"model": "o3", "reasoning": object{"summary": "auto"}}),
		"calls": asking(function, object{"input": "Weather in Boston and Paris?"}), "JSON": asking(asJSON, object{"input": "JSON with keys: name"}),
		"web": asking(tool("web_search", nil)), "code": asking(tool("code_interpreter", nil), object{"input": "Compute 1+1"}),
		"cut": asking(object{"input": "Reply with exactly: " + strings.Repeat("one ", 40), "max_output_tokens": 16}), "moderated": asking(object{"moderation": object{"model": "omni-moderation-latest"}}),
		"probabilities": asking(object{"include": []any{"message.output_text.logprobs"}, "top_logprobs": 2}),
		"MCP":           asking(tool("mcp", object{"server_label": "wiki", "server_url": "https://mcp.example", "require_approval": "never"}), object{"input": "search the wiki"}),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			p := w.run(t)
			plain := apply(t, p.Instance(typeName, blocks...), config)
			config["stream"] = true
			streamed := apply(t, p.Instance(typeName, blocks...), config)
			for _, name := range []string{"content", "refusal", "status", "error", "incomplete_reason", "citations", "usage", "response_model", "response_service_tier", "response_moderation", "output", "created_at", "completed_at"} {
				same(t, object{name: withoutIDs(streamed[name])}, object{name: withoutIDs(plain[name])})
			}
			if a, b := kindsOf(t, streamed), kindsOf(t, plain); a != b || a == "" {
				t.Errorf("the items are %s, and %s", a, b)
			}
			if len(w.bodies(t)) != 2 || w.body(t)["stream"] != true {
				t.Errorf("sent %v", w.bodies(t))
			}
		})
	}
}

// A stream that does not come to its end is no answer, but what came is kept.
func TestStream_keepsWhatArrived(t *testing.T) {
	const created = `data: {"type":"response.created","response":{"id":"resp_1","object":"response","status":"in_progress","model":"m","output":[]}}` + "\n\n"
	const piece = `data: {"type":"response.output_text.delta","output_index":0,"delta":"paid for"}` + "\n\n"
	for name, test := range map[string]struct {
		fault  emulator.Fault
		config object
		says   string
		keeps  any
	}{
		"ends early":    {fault: emulator.Status(200, created+piece, "Content-Type", "text/event-stream"), says: "The stream ended before the answer was complete", keeps: "paid for"},
		"error event":   {fault: emulator.Status(200, created+piece+`data: {"type":"error","code":"server_error","message":"Broke down","param":null}`+"\n\n", "Content-Type", "text/event-stream"), says: "Broke down", keeps: "paid for"},
		"nothing":       {fault: emulator.Status(200, "", "Content-Type", "text/event-stream"), says: ""},
		"cut off":       {fault: emulator.Fault{Cut: true, CutAfter: 2500}, says: "", keeps: nil},
		"crashes":       {config: object{"input": "CRASH: Broke down"}, says: "Broke down"},
		"fails":         {config: object{"input": "FAIL: server_error Broke down"}, says: "the server reports an error: Broke down (code server_error)"},
		"is incomplete": {config: object{"input": "Reply with exactly: " + strings.Repeat("one ", 40), "max_output_tokens": 16, "fail_on": []any{"incomplete"}}, says: "the answer is incomplete"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			if test.config == nil {
				w.Fail(test.fault.On("POST", "/responses"))
			}
			r := w.resource(t)
			diags := r.Apply(t, asking(object{"stream": true}, test.config))
			says(t, errorsOf(diags), "error", test.says)
			w.asked(t, 1)
			if test.keeps == nil {
				return
			}
			if state := r.State(); state == nil || state.(object)["content"] != test.keeps || state.(object)["id"] != "resp_1" { //nolint:forcetypeassert // there is one
				t.Errorf("the state is %v", state)
			}
			// It is tainted, and asked for again.
			before := w.count("POST responses")
			if state := apply(t, r, asking(object{"stream": true})); state["content"] != "Emulated answer to: hello" {
				t.Errorf("the state is %v", state)
			}
			w.asked(t, before+1)
		})
	}
}

// Servers that write other than OpenAI are understood.
func TestResource_understandsCompatibleServers(t *testing.T) {
	w := newWorkplace(t, emulator.Options{Profile: emulator.Fussy})
	p := w.run(t)
	for n := range 6 {
		r := p.Instance(typeName, blocks...)
		config := asking(object{"stream": n%2 == 0, "input": fmt.Sprintf("Reply with exactly: %d", n)})
		if state := apply(t, r, config); state["content"] != fmt.Sprint(n) {
			t.Errorf("the state is %v", state)
		}
		unchanged(t, r, config)
	}
}

// The count is free, and is what the answer then takes.
func TestInputTokens_areThoseOfTheAnswer(t *testing.T) {
	w := newWorkplace(t)
	p := w.run(t)
	for name, config := range map[string]object{
		"text": asking(object{"instructions": "Be brief."}), "messages": telling(said("system", "a"), said("user", "b")), "items": itemsOf(`[{"role":"user","content":"b"}]`),
		"tools": asking(tool("function", object{"name": "f", "parameters": `{"type":"object"}`}), object{"tool_choice": "none", "parallel_tool_calls": false, "truncation": "auto"}),
		"JSON":  asking(asJSON, object{"reasoning": object{"effort": "low"}}),
	} {
		state, diags := p.ReadData(t, "openai_response_input_tokens", config)
		acctest.Quiet(t, diags)
		count := state.(object)["input_tokens"] //nolint:forcetypeassert // it is one
		made := apply(t, p.Instance(typeName, blocks...), config)
		if want := made["usage"].(object)["input_tokens"]; count != want || count == 0.0 { //nolint:forcetypeassert // there is one
			t.Errorf("%s: counted %v, took %v", name, count, want)
		}
	}
	if n := w.Made(); n != 5 {
		t.Errorf("%d answers were made", n)
	}
	_, diags := p.ReadData(t, "openai_response_input_tokens", asking(object{"input": nil}))
	says(t, diags, "error at input: Missing input")
	w.Fail(emulator.ErrorJSON(400, "invalid_request_error", "", "model", "No such model"))
	_, diags = p.ReadData(t, "openai_response_input_tokens", asking())
	says(t, diags, "error at model: Could not read token count", "No such model")
	w.Foreign = true
	w.Fail(emulator.Status(200, `{"object":"response.input_tokens"}`))
	_, diags = p.ReadData(t, "openai_response_input_tokens", asking())
	says(t, diags, "error", "does not say how many tokens there are")
	// A budget of calls is not for what is free.
	q := w.run(t, object{"limits": object{"max_requests": 1}})
	for range 3 {
		_, diags = q.ReadData(t, "openai_response_input_tokens", asking())
		acctest.Quiet(t, diags)
	}
}
