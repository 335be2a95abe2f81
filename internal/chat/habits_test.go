package chat

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// ask asks an emulator and returns its choices, without what differs from answer to
// answer.
func ask(t *testing.T, options emulator.Options, request string) (choices any, head map[string]any) {
	t.Helper()
	server := httptest.NewServer(emulator.New(options))
	defer server.Close()
	c, err := client.New(client.Settings{BaseURL: server.URL + "/v1"})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := send(t.Context(), c, wire.Fields{}, client.Request{Method: "POST", Path: "chat/completions", Body: []byte(request)}, nil)
	if err != nil {
		t.Fatalf("%v\n%+v", err, answer)
	}
	if err := json.Unmarshal(answer.Body, &head); err != nil {
		t.Fatal(err)
	}
	choices = head["choices"]
	for _, choice := range choices.([]any) {
		fields := choice.(map[string]any)
		for _, later := range []string{"content_filter_results", "content_filter_offsets"} {
			delete(fields, later)
		}
		message := fields["message"].(map[string]any)
		delete(message, "annotations") // an empty list in one piece, nothing in a stream
		if parts, ok := message["content"].([]any); ok {
			message["content"] = contentText(parts)
		}
		for _, call := range listOf(message["tool_calls"]) {
			delete(call.(map[string]any), "id")
			delete(call.(map[string]any), "extra_content")
		}
		if text, err := json.Marshal(fields["logprobs"]); err == nil && strings.Contains(string(text), `"logprob":null`) {
			delete(fields, "logprobs") // NaN
		}
		if fields["logprobs"] == nil {
			delete(fields, "logprobs")
		}
	}
	return choices, head
}

// Whatever a server's habit is, and whether it streams or not: the answer is the same.
func TestHabits_changeNoAnswer(t *testing.T) {
	t.Parallel()
	const tool = `,"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]`
	for question, more := range map[string]string{
		`Reply with exactly: one two\nthree \"four\" \\n 🎉`: `,"n":2`,
		`Reply with exactly: probably`:                      `,"logprobs":true`,
		`Weather in Boston and Paris?`:                      tool,
	} {
		request := `{"model":"gpt-4o","messages":[{"role":"user","content":"` + question + `"}]` + more
		want, _ := ask(t, emulator.Options{}, request+"}")
		for _, habit := range emulator.Habits() {
			for way, end := range map[string]string{"streamed": `,"stream":true,"stream_options":{"include_usage":true}}`, "whole": "}"} {
				t.Run(string(habit)+"/"+way+"/"+question[:5], func(t *testing.T) {
					t.Parallel()
					got, head := ask(t, emulator.Options{Habits: []emulator.Habit{habit}}, request+end)
					usage, _ := head["usage"].(map[string]any)
					if head["id"] == "" || head["created"] == 0.0 || head["model"] == "" || usage["total_tokens"] == nil {
						t.Errorf("got %v", head)
					}
					if !reflect.DeepEqual(withoutNaN(got, habit), withoutNaN(want, habit)) {
						t.Errorf("got  %v\nwant %v", got, want)
					}
				})
			}
		}
	}
}

// withoutNaN leaves out the probabilities that a habit took away.
func withoutNaN(choices any, habit emulator.Habit) any {
	if !strings.HasPrefix(string(habit), "NaN") {
		return choices
	}
	var out []any
	for _, choice := range choices.([]any) {
		fields := choice.(map[string]any)
		out = append(out, fields["message"], fields["finish_reason"])
	}
	return out
}

// An error in a choice is there for whoever reads the answer.
func TestHabits_keepTheErrorInAChoice(t *testing.T) {
	t.Parallel()
	got, _ := ask(t, emulator.Options{Habits: []emulator.Habit{emulator.ErrorInChoice}}, `{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"stream":true}`)
	choice := got.([]any)[0].(map[string]any)
	failure, _ := choice["error"].(map[string]any)
	if choice["finish_reason"] != "error" || failure["message"] != "Upstream network error" {
		t.Errorf("got %v", choice)
	}
}
