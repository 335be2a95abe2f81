package emulator_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/openapi"
)

// responseEvents reads the events of a stream, each of which must be named and numbered.
func responseEvents(t *testing.T, text string, first int) []response {
	t.Helper()
	var out []response
	for i, event := range strings.Split(strings.TrimSuffix(text, "\n\n"), "\n\n") {
		name, data, ok := strings.Cut(event, "\n")
		var got response
		if err := json.Unmarshal([]byte(strings.TrimPrefix(data, "data: ")), &got.json); err != nil || !ok {
			t.Fatalf("event %q: %v", event, err)
		}
		equal(t, "name", name, "event: "+fmt.Sprint(got.get("type")))
		equal(t, "number", got.get("sequence_number"), i+first)
		out = append(out, got)
	}
	return out
}

// builder puts the output of a stream together again, as a client does.
type builder struct{ output []any }

func (b *builder) take(event response) {
	index, _ := event.get("output_index").(float64)
	var it map[string]any
	if int(index) < len(b.output) {
		it, _ = b.output[int(index)].(map[string]any)
	}
	part := func() map[string]any {
		at, _ := event.get("content_index").(float64)
		return it["content"].([]any)[int(at)].(map[string]any)
	}
	grow := func(object map[string]any, name string) {
		object[name] = fmt.Sprint(object[name]) + fmt.Sprint(event.get("delta"))
	}
	switch event.get("type") {
	case "response.output_item.added":
		b.output = append(b.output, event.get("item"))
	case "response.content_part.added":
		it["content"] = append(it["content"].([]any), event.get("part"))
	case "response.output_text.delta":
		grow(part(), "text")
	case "response.output_text.annotation.added":
		part()["annotations"] = append(part()["annotations"].([]any), event.get("annotation"))
	case "response.refusal.delta":
		grow(part(), "refusal")
	case "response.function_call_arguments.delta", "response.mcp_call_arguments.delta":
		grow(it, "arguments")
	case "response.custom_tool_call_input.delta":
		grow(it, "input")
	case "response.code_interpreter_call_code.delta":
		grow(it, "code")
	case "response.reasoning_summary_part.added":
		it["summary"] = append(it["summary"].([]any), event.get("part"))
	case "response.reasoning_summary_text.delta":
		at, _ := event.get("summary_index").(float64)
		grow(it["summary"].([]any)[int(at)].(map[string]any), "text")
	}
}

func TestResponses_stream(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	store := r.library(map[string]string{"dragons.md": "Brown dragons live in deserts."})
	for _, test := range []struct {
		name, body, end string
		told            []string // members that deltas told
	}{
		{"text", responding("Reply with exactly: one two  three\n4 🎉"), "completed", []string{"content"}},
		{"logprobs", responding("Reply with exactly: one 🎉two three", `"include":["message.output_text.logprobs"],"top_logprobs":2`), "completed", nil},
		{"refusal", responding("REFUSE: this"), "completed", []string{"content"}},
		{"limit", responding("Reply with exactly: "+strings.Repeat("one ", 40), `"max_output_tokens":16`), "incomplete", []string{"content"}},
		{"failure", responding("FAIL: now"), "failed", nil},
		{"function", responding("Weather in Boston and Paris?", functionTools), "completed", []string{"arguments"}},
		{"custom", responding("Hi there", functionTools, `"tool_choice":{"type":"custom","name":"shell"}`), "completed", []string{"input"}},
		{"reasoning", thinking("Hi", `"reasoning":{"summary":"auto"}`), "completed", []string{"summary", "content"}},
		{"web", responding("Hi", `"tools":[{"type":"web_search"}]`), "completed", []string{"content"}},
		{"files", responding("Where do dragons live?", `"tools":[{"type":"file_search","vector_store_ids":["`+store+`"]}]`), "completed", []string{"content"}},
		{"code", responding("Calculate 6 * 7", `"tools":[{"type":"code_interpreter","container":{"type":"auto"}}]`), "completed", []string{"code", "content"}},
		{"MCP", responding("Search for it", `"tools":[{"type":"mcp","server_label":"wiki","server_url":"https://example.com/mcp","require_approval":"never"}]`),
			"completed", []string{"content"}},
		{"background", responding("Hi", `"background":true`), "completed", []string{"content"}},
		{"obfuscated", responding("Hi", `"stream_options":{"include_obfuscation":true}`), "completed", []string{"content"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := r.response(strings.TrimSuffix(test.body, "}") + `,"stream":true}`)
			equal(t, "Content-Type", got.header.Get("Content-Type"), "text/event-stream; charset=utf-8")
			all := responseEvents(t, got.text, 0)
			equal(t, "first", all[0].get("type"), "response.created")
			equal(t, "output at first", all[0].get("response", "output"), []any{})
			last := all[len(all)-1]
			equal(t, "last", last.get("type"), "response."+test.end)
			equal(t, "status", last.get("response", "status"), test.end)
			b, probable := &builder{}, 0
			done := []any{}
			for _, event := range all {
				b.take(event)
				if event.get("delta") != "absent" {
					equal(t, "obfuscated", event.get("obfuscation") != "absent", test.name == "obfuscated")
				}
				if tokens, ok := event.get("logprobs").([]any); ok && event.get("delta") != "absent" {
					probable += len(tokens)
				}
				if event.get("type") == "response.output_item.done" {
					done = append(done, event.get("item"))
				}
			}
			output := last.get("response", "output")
			equal(t, "items that are done", done, output)
			if tokens, ok := last.get("response", "output", 0, "content", 0, "logprobs").([]any); ok {
				equal(t, "tokens with probabilities", probable, len(tokens))
			}
			for i, it := range b.output {
				for _, name := range test.told {
					if want := (response{json: done}).get(i, name); want != "absent" && !reflect.DeepEqual(want, it.(map[string]any)[name]) {
						t.Errorf("%s: told %v, want %v", name, it.(map[string]any)[name], want)
					}
				}
			}
			equal(t, "stored", r.do("GET", "/v1/responses/"+fmt.Sprint(last.get("response", "id")), "").get("output"), output)
		})
	}
}

func TestResponses_resumeStream(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	whole := r.response(responding("Reply with exactly: one two three", `"stream":true`))
	all := responseEvents(t, whole.text, 0)
	id := fmt.Sprint(all[0].get("response", "id"))
	again := r.do("GET", "/v1/responses/"+id+"?stream=true", "")
	equal(t, "again", again.text, whole.text)
	equal(t, "as documented", len(openapi.Shared(t).CheckResponse("POST", "/v1/responses", 200, []byte(again.text))), 0)
	rest := r.do("GET", "/v1/responses/"+id+"?stream=true&starting_after=4", "")
	equal(t, "rest", len(responseEvents(t, rest.text, 5)), len(all)-5)
	refused(t, "no number", r.do("GET", "/v1/responses/"+id+"?stream=true&starting_after=x", ""), 400, "Invalid type for 'starting_after'")
	refused(t, "none", r.do("GET", "/v1/responses/resp_x?stream=true", ""), 404, "Response with id 'resp_x' not found.")

	waiting := start(t, emulator.Options{Processing: 1})
	path := "/v1/responses/" + waiting.response(responding("Hi", `"background":true`)).id() + "?stream=true"
	early := responseEvents(t, waiting.do("GET", path, "").text, 0)
	equal(t, "so far", early[len(early)-1].get("type"), "response.in_progress")
	late := responseEvents(t, waiting.do("GET", path, "").text, 0)
	equal(t, "in the end", late[len(late)-1].get("type"), "response.completed")
}

func TestResponses_crash(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	refused(t, "in one piece", r.do("POST", "/v1/responses", responding("CRASH: Out of order.")), 500, "Out of order.")
	events := responseEvents(t, r.response(responding("CRASH: Out of order.", `"stream":true`)).text, 0)
	last := events[len(events)-1]
	equal(t, "type", last.get("type"), "error")
	equal(t, "code", last.get("code"), "server_error")
	equal(t, "message", last.get("message"), "Out of order.")
	equal(t, "stored", r.Objects("responses"), []string{})
	equal(t, "billed", r.Made(), 2)
}

func TestResponses_faults(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	r.Fail(emulator.TruncateBody(700).On("POST", "/v1/responses"))
	torn := r.do("POST", "/v1/responses", responding("Hi", `"stream":true`))
	equal(t, "bytes", len(torn.text), 700)
	equal(t, "stored", len(r.Objects("responses")), 1)
	r.Fail(emulator.RateLimited("3").On("POST", "/v1/responses"))
	equal(t, "status", r.do("POST", "/v1/responses", responding("Hi")).status, 429)
	equal(t, "billed", r.Made(), 1)
}
