package emulator_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestStream(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range []struct {
		name, user string
		more       []string
		chunks     int // at least
	}{
		{"text", "Reply with exactly: one two  three\n4 🎉 ", nil, 6},
		{"choices", "Hello", []string{`"n":3`}, 9},
		{"limit", "Reply with exactly: one two three", []string{`"max_tokens":2`}, 4},
		{"logprobs", "Reply with exactly: one 🎉two three", []string{`"logprobs":true,"top_logprobs":2`}, 5},
		{"refusal", "REFUSE: this", []string{`"logprobs":true`}, 5},
		{"tools", "Weather in Boston and Paris?", []string{weatherTool}, 6},
		{"custom tool", "ls -l now", []string{manyTools, `"tool_choice":{"type":"custom","custom":{"name":"shell"}}`}, 5},
		{"function", "Weather in Boston?", []string{weatherFunction}, 4},
		{"audio", "Hello", []string{`"modalities":["text","audio"],"audio":{"voice":"alloy","format":"pcm16"}`}, 6},
		{"web", "Hello", []string{`"web_search_options":{}`}, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			whole := r.ask(test.user, test.more...)
			resp := r.ask(test.user, append(test.more, `"stream":true,"stream_options":{"include_usage":true}`)...)
			equal(t, "Content-Type", resp.header.Get("Content-Type"), "text/event-stream; charset=utf-8")
			chunks := events(t, resp.text)
			if len(chunks) < test.chunks {
				t.Errorf("only %d chunks", len(chunks))
			}
			last := chunks[len(chunks)-1]
			equal(t, "choices of the last", last.get("choices"), []any{})
			equal(t, "usage of the last", last.get("usage"), whole.get("usage"))
			for _, c := range chunks[:len(chunks)-1] {
				equal(t, "usage before", c.get("usage"), nil)
				equal(t, "object", c.get("object"), "chat.completion.chunk")
				equal(t, "id", c.get("id"), last.get("id"))
			}
			// Prompt of the two requests is the same, ids of calls are not.
			got, want := accumulate(chunks), whole.get("choices")
			equal(t, "choices", unidentified(got), unidentified(want))
		})
	}
	plain := r.ask("Hello", `"stream":true`)
	equal(t, "no usage", strings.Contains(plain.text, "usage"), false)
	stored := r.ask("Hello", `"stream":true,"store":true`)
	equal(t, "stored", events(t, stored.text)[0].get("id"), r.Stored()[0])
}

// events reads a stream that must be complete.
func events(t *testing.T, text string) []response {
	t.Helper()
	text, done := strings.CutSuffix(text, "data: [DONE]\n\n")
	if !done {
		t.Fatalf("the stream does not end: %q", text)
	}
	var out []response
	for _, event := range strings.Split(strings.TrimSuffix(text, "\n\n"), "\n\n") {
		data, ok := strings.CutPrefix(event, "data: ")
		var chunk response
		if err := json.Unmarshal([]byte(data), &chunk.json); err != nil || !ok {
			t.Fatalf("event %q: %v", event, err)
		}
		out = append(out, chunk)
	}
	return out
}

// accumulate puts the choices of a stream together again, as a client does:
// strings are joined, lists grow, items with an index are merged.
func accumulate(chunks []response) any {
	var choices []any
	for _, chunk := range chunks {
		for _, c := range chunk.get("choices").([]any) {
			choice := c.(map[string]any)
			index := int(choice["index"].(float64))
			for len(choices) <= index {
				choices = append(choices, map[string]any{"index": choice["index"], "logprobs": nil,
					"message": map[string]any{"annotations": []any{}}})
			}
			whole := choices[index].(map[string]any)
			whole["message"] = merge(whole["message"], choice["delta"])
			whole["logprobs"] = merge(whole["logprobs"], choice["logprobs"])
			if choice["finish_reason"] != nil {
				whole["finish_reason"] = choice["finish_reason"]
			}
		}
	}
	return any(choices)
}

func merge(whole, more any) any {
	switch m := more.(type) {
	case nil:
		return whole
	case string:
		s, _ := whole.(string)
		return s + m
	case map[string]any:
		object, _ := whole.(map[string]any)
		if object == nil {
			object = map[string]any{}
		}
		for k, v := range m {
			if k == "index" {
				continue
			}
			object[k] = merge(object[k], v)
		}
		return object
	case []any:
		list, _ := whole.([]any)
		for _, item := range m {
			if entry, ok := item.(map[string]any); ok && entry["index"] != nil {
				at := int(entry["index"].(float64))
				for len(list) <= at {
					list = append(list, nil)
				}
				list[at] = merge(list[at], entry)
				continue
			}
			list = append(list, item)
		}
		return list
	}
	return more
}

// unidentified is a JSON value without ids, which differ between requests.
func unidentified(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, item := range v {
			if k != "id" {
				out[k] = unidentified(item)
			}
		}
		return out
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, unidentified(item))
		}
		return out
	}
	return value
}
