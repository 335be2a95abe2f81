package response_test

import (
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// asJSON asks for any JSON object.
var asJSON = object{"input": "Answer with JSON.", "text": object{"format": object{"type": "json_object"}}}

func TestResource_keepsTheWholeAnswer(t *testing.T) {
	w := newWorkplace(t)
	r := w.resource(t)
	state := apply(t, r, asking(object{"input": "Reply with exactly: hello", "metadata": object{"team": "ops"}, "moderation": object{"model": "omni-moderation-latest"}}))
	for name, want := range map[string]any{
		"content": "hello", "refusal": nil, "status": "completed", "error": nil, "incomplete_reason": nil, "tool_calls": nil, "citations": nil,
		"response_service_tier": "default", "output": nil, "recording": nil, "created_at": float64(w.Clock.Now().Unix()), "completed_at": float64(w.Clock.Now().Unix()),
	} {
		if state[name] != want {
			t.Errorf("%s is %v, want %v", name, state[name], want)
		}
	}
	id, _ := state["id"].(string)
	if !strings.HasPrefix(id, "resp_") || state["request_id"] == nil || !strings.HasPrefix(state["response_model"].(string), "gpt-5.4") { //nolint:forcetypeassert // it is one
		t.Errorf("the state is %v", state)
	}
	usage, moderation := state["usage"].(object), state["response_moderation"].(object)                                                                           //nolint:forcetypeassert // they are
	if usage["output_tokens"] != 1.0 || usage["total_tokens"] != usage["input_tokens"].(float64)+1 || moderation["input"] == nil || moderation["output"] == nil { //nolint:forcetypeassert // it is one
		t.Errorf("usage %v, moderation %v", usage, moderation)
	}
	if items, _ := state["output_json"].(string); !strings.HasPrefix(items, `[{`) || !strings.Contains(items, `"output_text"`) {
		t.Errorf("output_json is %s", items)
	}
	unchanged(t, r, asking(object{"input": "Reply with exactly: hello", "metadata": object{"team": "ops"}, "moderation": object{"model": "omni-moderation-latest"}}))
	w.asked(t, 1)
}

// What the items of an answer say is beside them.
func TestResource_readsItems(t *testing.T) {
	const schema = `{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","enum":["Paris"]}}}`
	function := tool("function", object{"name": "get_weather", "parameters": `{"type":"object","properties":{"location":{"type":"string"}},"required":["location"],"additionalProperties":false}`})
	w := newWorkplace(t)
	p := w.run(t)
	state := apply(t, p.Instance(typeName, blocks...), asking(object{"input": "Which city?", "text": object{"format": object{"type": "json_schema", "name": "city", "strict": true, "schema": schema}}}))
	same(t, state["output"], object{"name": "Paris"})
	asked := apply(t, p.Instance(typeName, blocks...), asking(object{"input": "Weather in Boston?"}, function))
	made := asked["tool_calls"].([]any)[0].(object) //nolint:forcetypeassert // there is one
	same(t, made["function"], object{"name": "get_weather", "arguments": `{"location":"Boston"}`})
	if asked["content"] != nil {
		t.Errorf("the content is %v", asked["content"])
	}
	// The result goes back in a message, or beside the items of the answer.
	byMessages := asking(function, object{"input": nil, "message": []any{said("user", "Weather in Boston?"),
		object{"role": "assistant", "tool_calls": asked["tool_calls"]}, object{"role": "tool", "tool_call_id": made["id"], "content": "sunny"}}})
	byItems := asking(function, object{"input": nil, "input_items": `[{"role":"user","content":"Weather in Boston?"},` + strings.Trim(asked["output_json"].(string), "[]") + //nolint:forcetypeassert // it is a text
		`,{"type":"function_call_output","call_id":"` + made["id"].(string) + `","output":"sunny"}]`}) //nolint:forcetypeassert // it is a text
	byID := asking(function, object{"input": nil, "previous_response_id": asked["id"], "message": []any{object{"role": "tool", "tool_call_id": made["id"], "content": "sunny"}}})
	for name, config := range map[string]object{"messages": byMessages, "items": byItems, "previous": byID} {
		r := p.Instance(typeName, blocks...)
		state := apply(t, r, config)
		if text, _ := state["content"].(string); !strings.Contains(text, "sunny") {
			t.Errorf("%s: the answer is %v", name, state["content"])
		}
		unchanged(t, r, config)
		if name == "messages" {
			keeps(t, r, byItems) // which say the same
		}
	}
}

// The old answer stays until the new one is there, and nothing is destroyed.
func TestResource_asksAgainInPlace(t *testing.T) {
	w := newWorkplace(t)
	r := w.resource(t)
	first := apply(t, r, asking())
	changed := asking(object{"input": "hello again"})
	if planned := updates(t, r, changed); planned["content"] != (acctest.Unknown{}) {
		t.Errorf("the plan knows %v", planned["content"])
	}
	w.Fail(emulator.ErrorJSON(400, "invalid_request_error", "", "input", "Not this one"))
	says(t, r.Apply(t, changed), "error at input: Could not update response", "Not this one", "The old answer stays in the state")
	same(t, r.State(), first)
	if planned := updates(t, r, changed); planned["input"] != "hello again" {
		t.Errorf("the plan has %v", planned)
	}
	second := apply(t, r, changed)
	if second["content"] != "Emulated answer to: hello again" || second["id"] == first["id"] {
		t.Errorf("the state is %v", second)
	}
	same(t, w.Objects("responses"), []any{second["id"]})
	w.asked(t, 3)
}

// Whatever changes the request asks again.
func TestResource_asksAgainForAnotherRequest(t *testing.T) {
	w := newWorkplace(t)
	r := w.resource(t)
	apply(t, r, asking())
	for name, changes := range map[string]object{
		"model": {"model": "gpt-4o"}, "instructions": {"instructions": "Be brief."}, "input": {"input": "hello!"}, "previous": {"previous_response_id": "resp_1"},
		"conversation": {"conversation_id": "conv_1"}, "limit": {"max_output_tokens": 100}, "temperature": {"temperature": 0}, "store": {"store": false},
		"metadata and": {"metadata": object{"a": "b"}, "top_p": 0.5}, "tool": tool("web_search", nil), "tool_json": {"tool_json": `[{"type":"image_generation"}]`},
		"format": asJSON, "verbosity": {"text": object{"verbosity": "low"}}, "reasoning": {"reasoning": object{"effort": "low"}}, "role": {"input": nil, "message": []any{said("system", "hello")}},
		"triggers": {"triggers": object{"a": "b"}}, "extra": {"extra_body": `{"user":"me"}`}, "tier": {"service_tier": "flex"}, "include": {"include": []any{"reasoning.encrypted_content"}},
		"cache": {"prompt_cache_key": "k"}, "context": {"context_management": []any{object{"type": "compaction"}}},
	} {
		if planned := updates(t, r, asking(changes)); planned["content"] != (acctest.Unknown{}) || planned["id"] != (acctest.Unknown{}) {
			t.Errorf("%s: the plan knows %v", name, planned["content"])
		}
	}
	w.asked(t, 1)
}

// spellings are ways of asking the same.
var spellings = map[string]object{
	"text":             asking(),
	"message":          telling(said("user", "hello")),
	"part":             telling(object{"role": "user", "content_part": []any{object{"type": "input_text", "text": "hello"}}}),
	"items":            itemsOf(`[{"role":"user","content":"hello"}]`),
	"whole items":      itemsOf(`[ {"content":[{"text":"hello","type":"input_text"}],"role":"user","type":"message","id":"msg_1","status":"completed"} ]`),
	"streamed":         asking(object{"stream": true}),
	"obfuscated":       asking(object{"stream": true, "stream_options": object{"include_obfuscation": true}}),
	"background":       asking(object{"background": true}),
	"not later":        asking(object{"background": false}),
	"stored":           asking(object{"store": true}),
	"no triggers":      asking(object{"triggers": object{}}),
	"metadata":         asking(object{"metadata": object{"a": "b"}}),
	"empty text":       asking(object{"text": object{}}),
	"format text":      asking(object{"text": object{"format": object{"type": "text"}}}),
	"no further tools": asking(object{"tool_json": `[]`}),
	"no extra":         asking(object{"extra_body": `{}`}),
	"its settings":     asking(object{"label": "x", "record": true, "api_key": "sk-other", "timeouts": object{"create": "5m"}, "fail_on": []any{"empty"}, "skip_destroy": false}),
}

func TestResource_asksNothingForTheSameRequest(t *testing.T) {
	w := newWorkplace(t)
	w.Foreign = true // the document knows no ID of an input message, which the server's own lists have
	p := w.run(t)
	for _, from := range []string{"text", "message", "items", "streamed"} {
		first := spellings[from]
		r := p.Instance(typeName, blocks...)
		before := w.count("POST responses")
		state := apply(t, r, first)
		for to, other := range spellings {
			planned, _ := r.Plan(t, other).Value.(object)
			if planned == nil || planned["id"] != state["id"] || planned["content"] != state["content"] || planned["output_json"] != state["output_json"] {
				t.Errorf("from %s to %s: the plan is %v", from, to, planned)
			}
		}
		unchanged(t, r, first)
		for _, other := range spellings {
			if after := apply(t, r, other); after["id"] != state["id"] {
				t.Errorf("from %s: another answer is there", from)
			}
			unchanged(t, r, other)
		}
		if got := w.count("POST responses") - before; got != 1 {
			t.Errorf("from %s: %d responses were asked for", from, got)
		}
	}
}

// Each spelling finds the recording of any other.
func TestRecordings_serveTheSameRequestInAnotherSpelling(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	first := apply(t, w.resource(t, recordings(dir, "")), asking(object{"label": "x"}))
	made := files(t, dir)
	p := w.run(t, recordings(dir, "replay"))
	for name, config := range spellings {
		if name == "metadata" {
			continue // a recording shows it
		}
		r := p.Instance(typeName, blocks...)
		if plan := r.Plan(t, config); plan.Value.(object)["content"] != first["content"] { //nolint:forcetypeassert // it is one
			t.Errorf("%s: the plan says %q", name, plan.Diags)
			continue
		}
		if state := apply(t, r, config); state["recording"] != first["recording"] || state["id"] != first["id"] {
			t.Errorf("%s: the recording is %v", name, state["recording"])
		}
	}
	same(t, files(t, dir), made)
	if len(made) != 1 || first["recording"] != made[0] {
		t.Errorf("recorded as %v, in %q", first["recording"], made)
	}
	w.asked(t, 1)
	says(t, p.Instance(typeName, blocks...).Apply(t, asking(object{"input": "another"})), "error: Could not plan response", "model gpt-5.4, input", `"replay"`)
	says(t, p.Instance(typeName, blocks...).Apply(t, telling(said("user", "a"), said("assistant", "b"))), "model gpt-5.4, messages: user, assistant")
	says(t, p.Instance(typeName, blocks...).Apply(t, itemsOf(`[{"role":"user","content":"b"}]`)), "model gpt-5.4, 1 items")
}

func TestGenerateOnPlan_showsTheAnswerAndStoresJustThat(t *testing.T) {
	for name, more := range map[string]object{"at once": {}, "background": {"background": true}, "streamed": {"stream": true}} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t, emulator.Options{Processing: 2})
			dir := recordings(t.TempDir(), "")
			config := asking(more, object{"generate_on": "plan"})
			plan := w.resource(t, dir).Plan(t, config)
			says(t, plan.Diags, "warning: The plan made 1 call to the model", "The plan took 1 call for 1 resource, with ", "tokens of input and ")
			planned := plan.Value.(object) //nolint:forcetypeassert // it is one
			content := planned["content"]
			r := w.resource(t, dir)
			if state := apply(t, r, config); content != "Emulated answer to: hello" || state["content"] != content || state["output_json"] != planned["output_json"] {
				t.Errorf("planned %v, applied %v", planned, state)
			}
			unchanged(t, r, config)
			w.asked(t, 1)
			if left := w.notes(t); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

// A plan says what it comes to.
func TestResource_aPlanSaysWhatItComesTo(t *testing.T) {
	w := newWorkplace(t)
	r := w.resource(t)
	apply(t, r, asking())
	w.goOn(t, r)
	r.Refresh(t)
	says(t, r.Plan(t, asking(object{"max_output_tokens": 500, "input": strings.Repeat("word ", 400)})).Diags, "warning: Applying this plan makes 1 call to the model",
		"with about 5", "tokens of input and at most 500 of output", "Each call is billed.", "What changed in the requests: input, max_output_tokens")
	for place, config := range map[string]object{
		"message.": telling(said("user", "hello"), said("user", "more")), "message[0].content.": telling(said("user", "hello!")), "input_items[0].role.": itemsOf(`[{"role":"system","content":"hello"}]`),
		"message[0].content, tools.": telling(said("user", "hello!")), "previous_response_id.": asking(object{"previous_response_id": "resp_1"}),
	} {
		if strings.Contains(place, "tools") {
			maps.Copy(config, tool("web_search", nil))
		}
		w.goOn(t, r)
		r.Refresh(t)
		says(t, r.Plan(t, config).Diags, "What changed in the requests: "+place)
	}
}

func TestBudget_holdsForResponses(t *testing.T) {
	w := newWorkplace(t)
	p := w.run(t, object{"limits": object{"max_requests": 1}})
	apply(t, p.Instance(typeName, blocks...), asking())
	says(t, p.Instance(typeName, blocks...).Apply(t, asking(object{"input": "two"})), "error", "max_requests")
	w.asked(t, 1)
}

// What makes an answer useless, by which word, and what only warns.
func TestFailOn_words(t *testing.T) {
	const schema = `{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string"}}}`
	inSchema := object{"text": object{"format": object{"type": "json_schema", "name": "n", "schema": schema}}}
	incomplete := func(reason, output string) string {
		return strings.Replace(answerOf(output, `"incomplete_details":{"reason":"`+reason+`"}`), `"completed"`, `"incomplete"`, 1)
	}
	call := `{"type":"function_call","id":"fc_1","status":"completed","call_id":"call_1","name":"f","arguments":"{}"}`
	refusal := `{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"refusal","refusal":"No way"}]}`
	approval := `{"type":"mcp_approval_request","id":"mcpr_1","server_label":"s","name":"n","arguments":"{}"}`
	reasoning := `{"type":"reasoning","id":"rs_1","summary":[]}`
	failed := strings.Replace(answerOf("", `"error":{"code":"server_error","message":"Broke down"}`), `"completed"`, `"failed"`, 1)
	cancelled := strings.Replace(answerOf(""), `"completed"`, `"cancelled"`, 1)
	none, all := object{"fail_on": []any{}}, object{"fail_on": []any{"incomplete", "refusal", "schema_mismatch", "empty", "unchecked"}}
	on := func(word string) object { return object{"fail_on": []any{word}} }
	for name, test := range map[string]struct {
		config object
		answer string
		want   string // a piece of the error, or of the warning after "?"; "" = all is well
	}{
		"fine":                        {asking(all), answerOf(textItem(`"fine"`)), ""},
		"cut off":                     {asking(), incomplete("max_output_tokens", textItem(`"fi"`)), `?the answer is incomplete (incomplete_reason = "max_output_tokens"). Raise max_output_tokens`},
		"cut off, by its reason":      {asking(on("max_output_tokens")), incomplete("max_output_tokens", textItem(`"fi"`)), "Raise max_output_tokens"},
		"cut off, by the word":        {asking(on("incomplete")), incomplete("max_output_tokens", textItem(`"fi"`)), "Raise max_output_tokens"},
		"cut off, another reason":     {asking(on("content_filter")), incomplete("max_output_tokens", textItem(`"fi"`)), ""},
		"filtered":                    {asking(on("content_filter")), incomplete("content_filter", textItem(`"fi"`)), `(incomplete_reason = "content_filter")`},
		"cut off JSON":                {asking(asJSON), incomplete("max_output_tokens", textItem(`"{"`)), "the answer is incomplete"},
		"cut off JSON, mismatch":      {asking(asJSON, on("schema_mismatch")), incomplete("max_output_tokens", textItem(`"{"`)), "the answer is incomplete"},
		"cut off before JSON":         {asking(asJSON, on("empty")), incomplete("max_output_tokens", reasoning), "the answer is incomplete"},
		"refused":                     {asking(), answerOf(refusal), ""},
		"refused, by the word":        {asking(on("refusal")), answerOf(refusal), "the model refused: No way"},
		"refused JSON":                {asking(asJSON), answerOf(refusal), "the model refused: No way"},
		"refused, nothing fails":      {asking(asJSON, none), answerOf(refusal), ""},
		"empty":                       {asking(), answerOf(reasoning), "?the answer is empty: its items are reasoning"},
		"no items":                    {asking(on("empty")), answerOf(""), "the answer is empty: it has no items"},
		"blank":                       {asking(on("empty")), answerOf(textItem(`" \n"`)), "the answer is empty: its items are message"},
		"a call":                      {asking(all), answerOf(call), ""},
		"a call in place of JSON":     {asking(asJSON, all), answerOf(call), ""},
		"a request for an approval":   {asking(all), answerOf(approval), ""},
		"no JSON but an approval":     {asking(asJSON), answerOf(approval), "the answer is empty: its items are mcp_approval_request"},
		"no JSON":                     {asking(asJSON), answerOf(textItem(`"words"`)), "at the root of the answer"},
		"not by the schema":           {asking(inSchema), answerOf(textItem(`"{\"name\":1}"`)), "at /name"},
		"not by the schema, but fine": {asking(inSchema, none), answerOf(textItem(`"{\"name\":1}"`)), ""},
		"by the schema":               {asking(inSchema, all), answerOf(textItem(`"{\"name\":\"x\"}"`)), ""},
		"failed":                      {asking(none), failed, "the server reports an error: Broke down (code server_error)"},
		"cancelled":                   {asking(none), cancelled, `the response has the status "cancelled"`},
		"an error in a success":       {asking(none), answerOf("", `"error":{"message":"Odd"}`), "Odd"},
		"many values":                 {asking(asJSON), answerOf(textItem(`"{\"a\":[` + strings.Repeat("1,", 9000) + `1]}"`)), "?Use jsondecode on content"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			w.Foreign = true // an answer of no kind at all
			w.answering(test.answer, 1)
			dir := t.TempDir()
			r := w.resource(t, recordings(dir, ""))
			diags := r.Apply(t, test.config)
			text, warns := strings.CutPrefix(test.want, "?")
			switch {
			case test.want == "" && len(diags) > 0:
				t.Errorf("said %q", diags)
			case test.want != "":
				level := "error"
				if warns {
					level = "warning"
				}
				says(t, diags, level, text)
			}
			// What is of no use is not used again.
			if useless := test.want != "" && !warns; useless != (len(files(t, dir)) != 1 || strings.Contains(files(t, dir)[0], ".unusable.")) {
				t.Errorf("recorded %q", files(t, dir))
			}
			w.goOn(t, r)
			if again := apply(t, r, test.config); again["id"] == nil {
				t.Errorf("the state is %v", again)
			}
			want := 1
			if test.want != "" && !warns {
				want = 2
			}
			w.asked(t, want)
		})
	}
}

// What is a failure of the call is at the argument that the server means.
func TestResource_reportsTheErrorAtTheArgument(t *testing.T) {
	for param, at := range map[string]string{
		"input": "input", "max_output_tokens": "max_output_tokens", "conversation": "conversation_id", "tools": "tool", "text.format": "text",
	} {
		t.Run(param, func(t *testing.T) {
			w := newWorkplace(t)
			w.Fail(emulator.ErrorJSON(400, "invalid_request_error", "invalid_value", param, "Not so"))
			diags := w.resource(t).Apply(t, asking(tool("web_search", nil), object{"conversation_id": "conv_1", "max_output_tokens": 20, "text": object{"format": object{"type": "text"}}}))
			if len(diags) != 1 || !strings.HasPrefix(diags[0], "error at "+at) || !strings.Contains(diags[0], "Not so") {
				t.Errorf("said %q", diags)
			}
		})
	}
}

// Several resources that ask the same at once pay once where answers are recorded.
func TestRecordings_areSharedByTheSameRequest(t *testing.T) {
	w := newWorkplace(t, emulator.Options{Processing: 2})
	p := w.run(t, recordings(filepath.Join(t.TempDir(), "records"), ""))
	made, diags := together(t, p, asking(), asking(object{"background": true}), telling(said("user", "hello")), asking(object{"stream": true}))
	acctest.Quiet(t, diags)
	for _, r := range made {
		if r.State().(object)["id"] != made[0].State().(object)["id"] { //nolint:forcetypeassert // there is a state
			t.Error("the answers are not the same")
		}
	}
	w.asked(t, 1)
	if n := len(called(w, http.MethodDelete)); n > 0 {
		t.Errorf("%d were deleted", n)
	}
}
