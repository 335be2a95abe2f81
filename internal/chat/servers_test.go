package chat_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const choiceError = `{"id":"gen-1","object":"chat.completion","choices":[{"finish_reason":"error","index":0,"message":{"role":"assistant","content":""},"error":{"code":502,"message":"Upstream network \u001b[2Jerror"}}]}`

// An error in a choice is a failure, is not recorded as usable, and is not served from a
// recording either. The answer that was there stays.
func TestServers_errorInAChoice(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Foreign = true
	directory := t.TempDir()
	config := configuration(object{"fail_on": []any{}})
	const fails = "error: Unusable chat completion"
	s.Fail(emulator.Status(200, choiceError), emulator.Status(200, choiceError))
	r := instance(t, s, recordings(directory, ""))
	says(t, r.Apply(t, config), fails, "the server reports an error: Upstream network [2Jerror (502)")
	r.Continue(connected(t, s, recordings(directory, "")))
	says(t, r.Apply(t, config), fails)
	r.Continue(connected(t, s, recordings(directory, "")))
	apply(t, r, config)
	wantCalls(t, s, map[string]int{"POST": 3})
	files, err := filepath.Glob(directory + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var recorded map[string]any
		if err := json.Unmarshal(text, &recorded); err != nil {
			t.Fatal(err)
		}
		if _, ok := recorded["answer"].(map[string]any); !ok {
			continue
		}
		var body any
		if err := json.Unmarshal([]byte(choiceError), &body); err != nil {
			t.Fatal(err)
		}
		recorded["answer"], recorded["recording"] = body, 1 // as an older version recorded it
		delete(recorded, "text")
		text, err = json.Marshal(recorded)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	says(t, instance(t, s, recordings(directory, "")).Apply(t, config), fails)
	wantCalls(t, s, map[string]int{"POST": 3}) // no more
}

// What OpenAI answers is declared, so that extra is null, streamed or not.
func TestServers_openAIHasNoExtra(t *testing.T) {
	for name, with := range map[string]object{
		"plain":    nil,
		"streamed": {"stream": true},
		"calls":    {"tool": tools("f"), "tool_choice": "required", "stream": true},
		"several":  {"n": 2, "logprobs": true, "top_logprobs": 2, "moderation": object{"model": "omni-moderation-latest"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			p := acctest.Speak(t)
			p.Connect(t, s)
			i := p.Instance(typeName, chatBlocks...)
			if diags := i.Apply(t, configuration(with)); len(diags) > 0 {
				t.Fatal(diags)
			}
			text, err := json.Marshal(i.State())
			if err != nil {
				t.Fatal(err)
			}
			if all := string(text); strings.Count(all, `"extra":`) < 3 || strings.Count(all, `"extra":null`) != strings.Count(all, `"extra":`) {
				t.Errorf("there is an extra: %s", all)
			}
		})
	}
}

// However a server writes its answers, they read alike, and its tool calls can be given back.
func TestServers_oddAnswersReadAlike(t *testing.T) {
	s := acctest.Start(t, emulator.Options{Profile: emulator.Fussy})
	p := acctest.Speak(t)
	p.Connect(t, s)
	first := func(config object) (choice, whole object) {
		t.Helper()
		i := p.Instance(typeName, chatBlocks...)
		if diags := i.Apply(t, config); len(diags) > 0 {
			t.Fatal(diags)
		}
		whole = i.State().(object)
		return whole["choices"].([]any)[0].(object)["message"].(object), whole
	}
	for n := range 4 {
		message, whole := first(configuration(nil))
		if whole["content"] != "Emulated answer to: hello" || message["reasoning_content"] != "The user wants an answer." || message["extra"] != nil {
			t.Errorf("answer %d is %v", n, message)
		}
	}
	for n := range 4 {
		message, _ := first(configuration(object{"tool": tools("f"), "tool_choice": "required"}))
		calls := message["tool_calls"].([]any)
		id := calls[0].(object)["id"]
		talk := conversation(object{"role": "user", "content": "hello"}, object{"role": "assistant", "tool_calls": calls},
			object{"role": "tool", "tool_call_id": id, "content": "sunny"})
		talk["tool"] = tools("f")
		if _, whole := first(talk); whole["content"] == nil {
			t.Errorf("the loop of answer %d ends with nothing", n)
		}
		first(configuration(nil)) // so that the calls have each turn of the server
	}
}

// An error in the place of a choice, and an answer in which there is only what the model thought:
// neither is a success, however it is asked for.
func TestServers_harmfulHabits(t *testing.T) {
	for name, test := range map[string]struct {
		habit        emulator.Habit
		text, asJSON string // how the resource says it, where it asked for text and for JSON
		says         string
	}{
		"error": {emulator.ErrorInChoice, "error: Unusable chat completion", "error: Unusable chat completion", "the server reports an error: Upstream network error (502)"},
		"empty": {emulator.EmptyAnswer, "warning: Chat completion may not be usable", "error: Unusable chat completion", "the answer is empty: the model was reasoning and gave no answer; it was cut off"},
	} {
		for _, streamed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/streamed %t", name, streamed), func(t *testing.T) {
				s := acctest.Start(t, emulator.Options{Habits: []emulator.Habit{test.habit}})
				p := acctest.Speak(t)
				p.Connect(t, s)
				for format, want := range map[string]string{"text": test.text, "json_object": test.asJSON} {
					config := configuration(object{"stream": streamed, "response_format": object{"type": format}})
					config["message"] = []any{object{"role": "user", "content": jsonAnswer}}
					diags := p.Instance(typeName, chatBlocks...).Apply(t, config)
					if len(diags) != 1 || !strings.HasPrefix(diags[0], want) || !strings.Contains(diags[0], test.says) {
						t.Errorf("%s: got %q", format, diags)
					}
				}
				if _, diags := gate(t, s, configuration(object{"stream": streamed})); len(diags) != 1 || !strings.HasPrefix(diags[0], "error: ") || !strings.Contains(diags[0], test.says) {
					t.Errorf("the action says %q", diags)
				}
			})
		}
	}
}
