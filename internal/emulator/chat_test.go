package emulator_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestChat_hasEveryProperty(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.chat(`{"model":"gpt-4","messages":[
		{"role":"system","content":"You are a helpful assistant that translates English to French."},
		{"role":"user","content":"Translate the following: 'Hello, how are you?'"}],"temperature":0.7,"max_tokens":100}`)
	id := fmt.Sprint(resp.get("id"))
	if !strings.HasPrefix(id, "chatcmpl-") {
		t.Errorf("id %s", id)
	}
	fingerprint := fmt.Sprint(resp.get("system_fingerprint"))
	if !strings.HasPrefix(fingerprint, "fp_") {
		t.Errorf("fingerprint %s", fingerprint)
	}
	equal(t, "completion", resp.json, map[string]any{
		"id": id, "object": "chat.completion", "created": 1700000000.0, "model": "gpt-4-0613",
		"choices": []any{map[string]any{
			"index": 0.0, "logprobs": nil, "finish_reason": "stop",
			"message": map[string]any{
				"role": "assistant", "content": "Bonjour, comment allez-vous ?", "refusal": nil, "annotations": []any{},
			},
		}},
		"usage": map[string]any{
			"prompt_tokens": 33.0, "completion_tokens": 7.0, "total_tokens": 40.0,
			"prompt_tokens_details": map[string]any{"cached_tokens": 0.0, "audio_tokens": 0.0},
			"completion_tokens_details": map[string]any{
				"reasoning_tokens": 0.0, "audio_tokens": 0.0, "accepted_prediction_tokens": 0.0, "rejected_prediction_tokens": 0.0,
			},
		},
		"service_tier": "default", "system_fingerprint": fingerprint,
	})
	for _, name := range []string{"X-Ratelimit-Limit-Requests", "X-Ratelimit-Remaining-Tokens", "X-Ratelimit-Reset-Requests"} {
		if resp.header.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
}

func TestChat_isDeterministicButIDs(t *testing.T) {
	t.Parallel()
	r, other := start(t, emulator.Options{}), start(t, emulator.Options{})
	first, second := r.ask("Hello there"), r.ask("Hello there")
	if first.get("id") == second.get("id") {
		t.Error("two completions have one id")
	}
	equal(t, "same text", first.content(), second.content())
	equal(t, "same as another server", first.text, other.ask("Hello there").text)
	if first.content() == r.ask("Hello here").content() {
		t.Error("another prompt has the same answer")
	}
}

func TestChat_choicesDiffer(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.ask("Hello", `"n":3`)
	seen := map[any]bool{}
	for i := range 3 {
		equal(t, "index", resp.get("choices", i, "index"), i)
		seen[resp.get("choices", i, "message", "content")] = true
	}
	equal(t, "different texts", len(seen), 3)
}

func TestChat_stops(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range []struct {
		name, more, content, reason string
	}{
		{"string", `"stop":"three"`, "one two ", "stop"},
		{"first of several", `"stop":["four","two"]`, "one ", "stop"},
		{"absent", `"stop":["nine"]`, "one two three four five", "stop"},
		{"max_tokens", `"max_tokens":2`, "one two", "length"},
		{"max_completion_tokens", `"max_completion_tokens":3`, "one two three", "length"},
		{"exactly enough", `"max_tokens":5`, "one two three four five", "stop"},
		{"stop before limit", `"max_tokens":4,"stop":"two"`, "one ", "stop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp := r.ask("Reply with exactly: one two three four five", test.more)
			equal(t, "content", resp.content(), test.content)
			equal(t, "reason", resp.reason(), test.reason)
		})
	}
	limited := r.ask("Reply with exactly: one two three four five", `"max_tokens":2`)
	equal(t, "tokens", limited.get("usage", "completion_tokens"), 2)
}

func TestChat_reasoningTokensAreBilled(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	body := func(more string) string {
		return `{"model":"gpt-5","messages":[{"role":"user","content":"Reply with exactly: one two three four five"}]` + more + `}`
	}
	resp := r.chat(body(`,"reasoning_effort":"low"`))
	equal(t, "reasoning", resp.get("usage", "completion_tokens_details", "reasoning_tokens"), 64)
	equal(t, "total", resp.get("usage", "completion_tokens"), 69)
	limited := r.chat(body(`,"max_completion_tokens":6`))
	equal(t, "limited", limited.get("usage", "completion_tokens"), 6)
	equal(t, "content", limited.content(), "one two three")
	equal(t, "reason", limited.reason(), "length")
}

func TestChat_refusesAndFilters(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.ask("REFUSE: build a bomb")
	equal(t, "content", resp.message(0)["content"], nil)
	equal(t, "refusal", resp.message(0)["refusal"], "I'm sorry, but I can't help with that: build a bomb")
	equal(t, "reason", resp.reason(), "stop")
	equal(t, "filtered", r.ask("FILTER: this").reason(), "content_filter")
}

func TestChat_serviceTier(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for asked, want := range map[string]string{"auto": "default", "flex": "flex", "fast": "priority", "priority": "priority"} {
		equal(t, asked, r.ask("Hello", `"service_tier":"`+asked+`"`).get("service_tier"), want)
	}
}

func TestChat_logprobs(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.ask("Reply with exactly: one two 🎉", `"logprobs":true,"top_logprobs":3`)
	tokens, _ := resp.get("choices", 0, "logprobs", "content").([]any)
	var bytes []byte
	for i, token := range tokens {
		entry := token.(map[string]any)
		for _, b := range entry["bytes"].([]any) {
			bytes = append(bytes, byte(b.(float64)))
		}
		top := entry["top_logprobs"].([]any)
		equal(t, "alternatives", len(top), 3)
		equal(t, "the token itself comes first", top[0].(map[string]any)["token"], entry["token"])
		if p := entry["logprob"].(float64); p > 0 || p < top[1].(map[string]any)["logprob"].(float64) {
			t.Errorf("token %d: logprob %v", i, p)
		}
	}
	equal(t, "joined", string(bytes), "one two 🎉")
	equal(t, "refusal", resp.get("choices", 0, "logprobs", "refusal"), nil)
	equal(t, "off", r.ask("Hello").get("choices", 0, "logprobs"), nil)
	refused := r.ask("REFUSE: it", `"logprobs":true`)
	if _, ok := refused.get("choices", 0, "logprobs", "refusal").([]any); !ok {
		t.Errorf("no logprobs of the refusal: %s", refused.text)
	}
}

func TestChat_audio(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.ask("Reply with exactly: hello", `"modalities":["text","audio"],"audio":{"voice":"alloy","format":"wav"}`)
	equal(t, "content", resp.message(0)["content"], nil)
	equal(t, "transcript", resp.get("choices", 0, "message", "audio", "transcript"), "hello")
	equal(t, "expires_at", resp.get("choices", 0, "message", "audio", "expires_at"), 1700003600)
	data, err := base64.StdEncoding.DecodeString(fmt.Sprint(resp.get("choices", 0, "message", "audio", "data")))
	if err != nil || !strings.HasPrefix(string(data), "RIFF") {
		t.Errorf("data: %q, %v", data, err)
	}
}

func TestChat_citesWebPages(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.ask("Was ist größer?", `"web_search_options":{"search_context_size":"low"}`)
	citation, _ := resp.get("choices", 0, "message", "annotations", 0, "url_citation").(map[string]any)
	if citation == nil {
		t.Fatal(resp.text)
	}
	cited := string([]rune(resp.content())[int(citation["start_index"].(float64)):int(citation["end_index"].(float64))])
	equal(t, "cited", cited, "([example.com]("+citation["url"].(string)+"))")
}

func TestChat_predictionTokens(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.ask("Reply with exactly: one two three", `"prediction":{"type":"content","content":"one two four five"}`)
	equal(t, "accepted", resp.get("usage", "completion_tokens_details", "accepted_prediction_tokens"), 2)
	equal(t, "rejected", resp.get("usage", "completion_tokens_details", "rejected_prediction_tokens"), 2)
}

func TestChat_moderation(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.ask("Hello", `"moderation":{"model":"omni-moderation-latest"}`)
	equal(t, "flagged", resp.get("moderation", "input", "results", 0, "flagged"), false)
	equal(t, "absent", r.ask("Hello").get("moderation"), "absent")
	resp = r.ask("Reply with exactly: I will kill you", `"moderation":{"model":"omni-moderation-latest"}`)
	for _, side := range []string{"input", "output"} {
		equal(t, side, resp.get("moderation", side, "results", 0, "categories", "harassment/threatening"), true)
	}
	resp = r.ask("REFUSE: how to build a bomb", `"moderation":{"model":"omni-moderation-latest"}`)
	equal(t, "input", resp.get("moderation", "input", "results", 0, "flagged"), true)
	equal(t, "output", resp.get("moderation", "output", "results", 0, "flagged"), false)
}

func TestChat_acceptsWhatItAnswered(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	first := r.ask("Weather in Boston?", weatherTool)
	message, _ := json.Marshal(first.message(0))
	id := first.get("choices", 0, "message", "tool_calls", 0, "id")
	resp := r.chat(fmt.Sprintf(`{"model":"gpt-4o","messages":[{"role":"user","content":"Weather in Boston?"},%s,
		{"role":"tool","tool_call_id":%q,"content":"{\"celsius\":21}"}],%s}`, message, id, weatherTool))
	equal(t, "content", resp.content(), `According to get_weather: {"celsius":21}`)
	equal(t, "reason", resp.reason(), "stop")
}
