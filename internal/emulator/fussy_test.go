package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const cityTool = `"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}],"tool_choice":"required"`

func TestFussy_completions(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Profile: emulator.Fussy})
	for n, want := range []struct{ id, usage, details any }{
		{"", nil, "absent"}, {"absent", "absent", nil}, {"odd ID?nr=1#ü", nil, nil}, {"", nil, "absent"},
	} {
		got := r.ask("Weather in Paris?", cityTool)
		equal(t, "id", got.get("id"), want.id)
		if want.usage != nil {
			equal(t, "usage", got.get("usage"), want.usage)
		}
		if want.usage == nil {
			equal(t, "details", got.get("usage", "prompt_tokens_details"), want.details)
		}
		for _, name := range []string{"object", "system_fingerprint", "service_tier"} {
			equal(t, name, got.get(name), "absent")
		}
		equal(t, "created", got.get("created"), 1700000000.25)
		switch thought := "The user wants an answer."; n {
		case 2:
			equal(t, "reasoning", got.message(0)["reasoning"], thought)
		case 3:
			equal(t, "thinking", got.get("choices", 0, "message", "content", 0, "thinking", 0, "text"), thought)
			equal(t, "text", got.get("choices", 0, "message", "content", 1, "text"), "")
		default:
			equal(t, "content", got.message(0)["content"], "")
			equal(t, "reasoning", got.message(0)["reasoning_content"], thought)
		}
		if _, typed := got.message(0)["tool_calls"].([]any)[0].(map[string]any)["type"]; typed != (n%2 == 0) {
			t.Errorf("the call of answer %d has a type: %v", n, typed)
		}
		if _, there := got.message(0)["role"]; there != (n%2 == 0) {
			t.Errorf("answer %d has a role: %v", n, there)
		}
		id, _ := got.get("choices", 0, "message", "tool_calls", 0, "id").(string)
		if !strings.HasPrefix(id, "call/") {
			t.Errorf("the call is %q", id)
		}
		for _, name := range []string{"X-Request-Id", "Openai-Version", "X-Ratelimit-Limit-Tokens"} {
			if got.header.Get(name) != "" {
				t.Errorf("there is a header %s", name)
			}
		}
	}
}

func TestFussy_streams(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Profile: emulator.Fussy})
	for n := range 2 {
		text := r.ask("Weather in Paris?", cityTool, `"stream":true`, `"stream_options":{"include_usage":true}`).text
		for part, count := range map[string]int{
			"[DONE]": 0, `"role"`: 1 - n, `"tool_calls":[`: 1, `"index":0`: strings.Count(text, `"finish_reason"`),
			`"arguments":"{\"city\":\"Paris\"}"`: 1, ": PROCESSING\r\n\r\n": 1, `"choices":null`: 1, `"object"`: 0,
		} {
			if got := strings.Count(text, part); got != count {
				t.Errorf("stream %d: %d times %q, want %d\n%s", n, got, part, count, text)
			}
		}
		if strings.Count(text, "\n") != strings.Count(text, "\r\n") || strings.Count(text, `"usage"`) != strings.Count(text, "data:") {
			t.Errorf("stream %d:\n%s", n, text)
		}
	}
}

func TestFussy_embeddings(t *testing.T) {
	t.Parallel()
	r, plain := start(t, emulator.Options{Profile: emulator.Fussy}), start(t, emulator.Options{})
	for n, want := range []struct{ usage, total, more any }{
		{"absent", nil, nil}, {nil, "absent", "absent"}, {nil, 2.0, 0.0}, {"absent", nil, nil},
	} {
		got, truth := r.embed(`["one","two"]`), plain.embed(`["one","two"]`)
		if want.usage != nil {
			equal(t, "usage", got.get("usage"), want.usage)
		} else {
			equal(t, "prompt tokens", got.get("usage", "prompt_tokens"), 2)
			equal(t, "total", got.get("usage", "total_tokens"), want.total)
			equal(t, "more usage", got.get("usage", "completion_tokens"), want.more)
		}
		equal(t, "object", got.get("object"), "absent")
		equal(t, "id", got.get("id"), "embd-1")
		for i, index := range []int{1, 0} {
			equal(t, "index", got.get("data", i, "index"), index)
			equal(t, "object", got.get("data", i, "object"), "absent")
			equal(t, "vector", got.vector(i), truth.vector(index))
		}
		equal(t, "X-Request-Id", got.header.Get("X-Request-Id"), "")
		packed := start(t, emulator.Options{Profile: emulator.Fussy})
		for range n {
			packed.embed(`"one"`)
		}
		_, isText := packed.embed(`"one"`, `"encoding_format":"base64"`).get("data", 0, "embedding").(string)
		equal(t, fmt.Sprint("base64 in answer ", n), isText, n%2 == 0)
	}
	equal(t, "no such model", r.do("POST", "/v1/embeddings", embedding("gone", `"x"`)).status, 500)
	equal(t, "error", strings.TrimSpace(r.do("POST", "/v1/embeddings", embedding("text-embedding-3-small", `""`)).text),
		`{"error":{"code":400,"message":"Invalid 'input': input cannot be an empty string."}}`)
}

func TestFussy_moderations(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Profile: emulator.Fussy})
	for _, want := range []struct{ id, flagged any }{{"", true}, {"absent", true}, {nil, "absent"}, {"", true}} {
		got := r.moderate(`"I will kill you"`)
		if want.id != nil {
			equal(t, "id", got.get("id"), want.id)
		}
		equal(t, "flagged", got.get("results", 0, "flagged"), want.flagged)
		equal(t, "found", got.found(0), "harassment harassment/threatening violence")
		equal(t, "late category", got.get("results", 0, "categories", "illicit"), "absent")
		equal(t, "category of its own", got.get("results", 0, "categories", "pii"), false)
		equal(t, "late member", got.get("results", 0, "category_applied_input_types"), "absent")
		equal(t, "member of its own", got.get("usage", "prompt_tokens"), 1)
	}
	equal(t, "error", r.do("POST", "/v1/moderations", `{}`).text,
		`{"error":{"code":400,"message":"Missing required parameter: 'input'."}}`+"\n")
}

func TestFussy_errors(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Profile: emulator.Fussy})
	const said = "Missing required parameter: 'messages'."
	for i, want := range []string{
		`{"error":{"code":400,"message":"` + said + `"}}`, `{"detail":"` + said + `"}`,
		`{"detail":[{"loc":["body","messages"],"msg":"` + said + `","type":"value_error"}]}`, said, `"` + said + `"`,
	} {
		got := r.do("POST", "/v1/chat/completions", `{"model":"gpt-4o"}`)
		equal(t, "status", got.status, http.StatusBadRequest)
		if strings.TrimSpace(got.text) != want {
			t.Errorf("error %d: got %s, want %s", i, got.text, want)
		}
	}
	for body, status := range map[string]int{
		`{"model":"gone","messages":[{"role":"user","content":"x"}]}`:               500,
		`{"model":"gone","messages":[{"role":"user","content":"x"}],"stream":true}`: 200,
	} {
		got := r.do("POST", "/v1/chat/completions", body)
		if got.status != status || !strings.Contains(got.text, "`gone` does not exist") {
			t.Errorf("got %d %s", got.status, got.text)
		}
	}
}

func TestFussy_offersNothingElse(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Profile: emulator.Fussy, Keys: []string{"k"}})
	equal(t, "no key", r.do("POST", "/v1/chat/completions", asking("hi")).status, 401)
	key := []string{"Authorization", "Bearer k"}
	equal(t, "models", r.do("GET", "/v1/models", "", key...).text, "404 page not found\n")
	for _, status := range []int{404, 405, 404} {
		equal(t, "stored", r.do("DELETE", "/v1/chat/completions/x", "", key...).status, status)
	}
}
