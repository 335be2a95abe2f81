package emulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// responding is the body of a request for a response; more are further arguments as JSON.
func responding(input string, more ...string) string {
	text, _ := json.Marshal(input)
	return fmt.Sprintf(`{"model":"gpt-4o","input":%s%s}`, text, strings.Join(append([]string{""}, more...), ","))
}

// response posts a body to /responses and wants it to succeed.
func (r *rig) response(body string) response {
	r.t.Helper()
	resp := r.do("POST", "/v1/responses", body)
	if resp.status != 200 {
		r.t.Fatalf("status %d: %s", resp.status, resp.text)
	}
	return resp
}

// said is the text of a response, or its refusal.
func (r response) said() string {
	output, _ := r.get("output").([]any)
	for i := range output {
		for _, name := range []string{"text", "refusal"} {
			if text, _ := r.get("output", i, "content", 0, name).(string); r.get("output", i, "type") == "message" && text != "absent" {
				return text
			}
		}
	}
	return ""
}

// kinds are the types of the items in an output.
func (r response) kinds() string {
	var kinds []string
	output, _ := r.get("output").([]any)
	for i := range output {
		kinds = append(kinds, fmt.Sprint(r.get("output", i, "type")))
	}
	return strings.Join(kinds, " ")
}

func TestResponses_live(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now})
	made := r.response(responding("Reply with exactly: Hello", `"metadata":{"a":"b"},"instructions":"Be brief.","user":"me"`))
	equal(t, "said", made.said(), "Hello")
	for name, want := range map[string]any{
		"object": "response", "status": "completed", "model": "gpt-4o-2024-08-06", "created_at": 1.7e9, "completed_at": 1.7e9,
		"metadata": map[string]any{"a": "b"}, "instructions": "Be brief.", "error": nil, "incomplete_details": nil, "max_output_tokens": nil,
		"parallel_tool_calls": true, "previous_response_id": nil, "store": true, "temperature": 1.0, "top_p": 1.0, "tool_choice": "auto",
		"tools": []any{}, "truncation": "disabled", "background": false, "service_tier": "default", "user": "me",
		"text":      map[string]any{"format": map[string]any{"type": "text"}, "verbosity": "medium"},
		"reasoning": map[string]any{"effort": nil, "summary": nil},
	} {
		equal(t, name, made.get(name), want)
	}
	input, _ := made.get("usage", "input_tokens").(float64)
	output, _ := made.get("usage", "output_tokens").(float64)
	equal(t, "total", made.get("usage", "total_tokens"), input+output)
	equal(t, "output tokens", output, 1)

	path := "/v1/responses/" + made.id()
	equal(t, "got", r.do("GET", path, "").json, made.json)
	equal(t, "others", r.Objects("responses"), []string{made.id()})
	equal(t, "deleted", r.do("DELETE", path, "").json, map[string]any{"id": made.id(), "object": "response", "deleted": true})
	refused(t, "gone", r.do("GET", path, ""), 404, "Response with id '"+made.id()+"' not found.")
	refused(t, "gone", r.do("DELETE", path, ""), 404, "Response with id '"+made.id()+"' not found.")

	unstored := r.response(responding("Hi", `"store":false`))
	equal(t, "store", unstored.get("store"), false)
	refused(t, "not stored", r.do("GET", "/v1/responses/"+unstored.id(), ""), 404, "not found")

	old := r.response(responding("Hi"))
	now.advance(30*24*time.Hour - time.Second)
	equal(t, "for 30 days", r.do("GET", "/v1/responses/"+old.id(), "").status, 200)
	now.advance(time.Second)
	equal(t, "and no longer", r.do("GET", "/v1/responses/"+old.id(), "").status, 404)
	equal(t, "made", r.Made(), 3)
	equal(t, "asked", r.Answered()[`{"input":"Hi","model":"gpt-4o"}`], 1)
}

func TestResponses_outputs(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	const schema = `"text":{"format":{"type":"json_schema","name":"city","strict":true,"schema":{"type":"object","additionalProperties":false,` +
		`"required":["name"],"properties":{"name":{"type":"string","enum":["Paris"]}}}}}`
	const weather = `{"type":"function","name":"get_weather","description":"Weather of a place","strict":null,"parameters":{"type":"object",` +
		`"properties":{"location":{"type":"string"}},"required":["location"],"additionalProperties":false}}`
	const shell = `{"type":"custom","name":"shell","description":"Runs a command"}`
	for _, test := range []struct {
		name, body, kinds, status, said string
	}{
		{"text", responding("Reply with exactly: Hello"), "message", "completed", "Hello"},
		{"schema", responding("Which city?", schema), "message", "completed", `{"name":"Paris"}`},
		{"object", responding("JSON with keys: name", `"text":{"format":{"type":"json_object"}}`), "message", "completed", ""},
		{"refusal", responding("REFUSE: this"), "message", "completed", "I'm sorry, but I can't help with that: this"},
		{"filter", responding("FILTER: this"), "message", "incomplete", ""},
		{"limit", responding("Reply with exactly: "+strings.Repeat("one ", 40), `"max_output_tokens":16`), "message", "incomplete", ""},
		{"failure", responding("FAIL: rate_limit_exceeded Too much."), "", "failed", ""},
		{"function", responding("Weather in Boston?", `"tools":[`+weather+`]`), "function_call", "completed", ""},
		{"two calls", responding("Weather in Boston and Paris?", `"tools":[`+weather+`]`), "function_call function_call", "completed", ""},
		{"one call", responding("Weather in Boston and Paris?", `"parallel_tool_calls":false,"tools":[`+weather+`]`), "function_call", "completed", ""},
		{"no call", responding("Weather in Boston?", `"tool_choice":"none","tools":[`+weather+`]`), "message", "completed", ""},
		{"required", responding("Hi", `"tool_choice":"required","tools":[`+weather+`]`), "function_call", "completed", ""},
		{"named", responding("Hi", `"tool_choice":{"type":"custom","name":"shell"},"tools":[`+weather+`,`+shell+`]`), "custom_tool_call", "completed", ""},
		{"allowed", responding("Weather?", `"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"custom","name":"shell"}]},"tools":[`+weather+`,`+shell+`]`),
			"custom_tool_call", "completed", ""},
		{"reasoning", strings.Replace(responding("Hi", `"reasoning":{"effort":"low","summary":"auto"}`), "gpt-4o", "o3", 1), "reasoning message", "completed", ""},
		{"too short to think", strings.Replace(responding("Hi", `"max_output_tokens":100`), "gpt-4o", "o3", 1), "reasoning", "incomplete", ""},
		{"probabilities", responding("Hi", `"include":["message.output_text.logprobs"],"top_logprobs":2`), "message", "completed", ""},
		{"moderation", responding("Hi", `"moderation":{"model":"omni-moderation-latest"}`), "message", "completed", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := r.response(test.body)
			equal(t, "kinds", got.kinds(), test.kinds)
			equal(t, "status", got.get("status"), test.status)
			if test.said != "" {
				equal(t, "said", got.said(), test.said)
			}
			equal(t, "again", r.response(test.body).said(), got.said())
		})
	}
	call := r.response(responding("Weather in Boston?", `"tools":[`+weather+`]`))
	equal(t, "arguments", call.get("output", 0, "arguments"), `{"location":"Boston"}`)
	equal(t, "strict by itself", call.get("tools", 0, "strict"), true)
	failed := r.response(responding("FAIL: rate_limit_exceeded Too much."))
	equal(t, "error", failed.get("error"), map[string]any{"code": "rate_limit_exceeded", "message": "Too much."})
	equal(t, "usage of a failure", failed.get("usage"), nil)
	limited := r.response(responding("Reply with exactly: "+strings.Repeat("one ", 40), `"max_output_tokens":16`))
	equal(t, "reason", limited.get("incomplete_details", "reason"), "max_output_tokens")
	equal(t, "tokens", limited.get("usage", "output_tokens"), 16)
	filtered := r.response(responding("FILTER: this"))
	equal(t, "reason", filtered.get("incomplete_details", "reason"), "content_filter")
	thought := r.response(strings.Replace(responding("Hi", `"store":false,"include":["reasoning.encrypted_content"]`), "gpt-4o", "o3", 1))
	if text, _ := thought.get("output", 0, "encrypted_content").(string); text == "" {
		t.Errorf("no encrypted content: %s", thought.text)
	}
	plain := r.response(strings.Replace(responding("Hi"), "gpt-4o", "o3", 1))
	equal(t, "hidden content", plain.get("output", 0, "encrypted_content"), "absent")
	equal(t, "reasoning tokens", plain.get("usage", "output_tokens_details", "reasoning_tokens"), 192)
}

func TestResponses_inBackground(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now})
	made := r.response(responding("Reply with exactly: Hello", `"background":true`))
	equal(t, "status", made.get("status"), "queued")
	equal(t, "output", made.get("output"), []any{})
	equal(t, "usage", made.get("usage"), nil)
	equal(t, "billed", r.Made(), 1)
	done := r.do("GET", "/v1/responses/"+made.id(), "")
	equal(t, "status", done.get("status"), "completed")
	equal(t, "said", done.said(), "Hello")
	equal(t, "cancelled too late", r.do("POST", "/v1/responses/"+made.id()+"/cancel", "").json, done.json)
	equal(t, "billed", r.Made(), 1)

	slow := start(t, emulator.Options{Now: now.Now, ResponseTime: 10 * time.Minute, Latency: time.Hour})
	made = slow.response(responding("Reply with exactly: Hello", `"background":true`))
	path := "/v1/responses/" + made.id()
	for _, want := range []string{"queued", "in_progress", "in_progress", "completed"} {
		equal(t, "status", slow.do("GET", path, "").get("status"), want)
		now.advance(4 * time.Minute)
	}
	equal(t, "completed at", slow.do("GET", path, "").get("completed_at"), 1.7e9+600)

	made = slow.response(responding("Hi", `"background":true`))
	path = "/v1/responses/" + made.id()
	equal(t, "cancelled", slow.do("POST", path+"/cancel", "").get("status"), "cancelled")
	equal(t, "cancelled again", slow.do("POST", path+"/cancel", "").get("status"), "cancelled")
	now.advance(time.Hour)
	equal(t, "for good", slow.do("GET", path, "").get("status"), "cancelled")

	both := start(t, emulator.Options{Now: now.Now, ResponseTime: time.Minute, Processing: 1})
	path = "/v1/responses/" + both.response(responding("Hi", `"background":true`)).id()
	now.advance(time.Hour)
	equal(t, "looked at once", both.do("GET", path, "").get("status"), "in_progress")
	now.advance(time.Hour)
	last := both.do("GET", path, "")
	equal(t, "completed at", last.get("completed_at"), float64(now.Now().Unix()))

	looked := start(t, emulator.Options{Now: now.Now, Processing: 2})
	path = "/v1/responses/" + looked.response(responding("FAIL: now", `"background":true`)).id()
	for _, want := range []string{"queued", "in_progress", "failed", "failed"} {
		equal(t, "status", looked.do("GET", path, "").get("status"), want)
	}
	foreground := looked.response(responding("Hi"))
	refused(t, "foreground", looked.do("POST", "/v1/responses/"+foreground.id()+"/cancel", ""), 400, "Cannot cancel a synchronous response.")
	refused(t, "none", looked.do("POST", "/v1/responses/resp_none/cancel", ""), 404, "Response with id 'resp_none' not found.")
}
