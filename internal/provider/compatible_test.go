package provider_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

var (
	hello    = object{"role": "user", "content": "Reply with exactly: hello"}
	question = object{"role": "user", "content": "What is the weather in Paris?"}
	city     = `{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`
	weather  = []any{object{"type": "function", "function": object{"name": "get_weather", "parameters": city}}}
)

// asking is a completion of one message, with more arguments.
func asking(message object, more object) object {
	config := object{"model": "gpt-4", "message": []any{message}}
	maps.Copy(config, more)
	return config
}

// askedOf creates a completion.
func askedOf(t *testing.T, p acctest.Protocol, config object) (r *acctest.Instance, diags []string) {
	t.Helper()
	r = p.Instance("openai_chat_completion", "message", "tool", "functions", "content_part")
	return r, r.Apply(t, config)
}

// at looks up what is in a value, by names and indexes; nil where it is not there.
func at(value any, place ...any) any {
	for _, step := range place {
		switch step := step.(type) {
		case string:
			fields, _ := value.(object)
			value = fields[step]
		case int:
			items, _ := value.([]any)
			if step >= len(items) {
				return nil
			}
			value = items[step]
		}
	}
	return value
}

// cityOf is the argument city of a call, written as JSON.
func cityOf(arguments any) any {
	var call object
	text, _ := arguments.(string)
	if err := json.Unmarshal([]byte(text), &call); err != nil {
		return err
	}
	return call["city"]
}

// What a server leaves out is null, what it adds is ignored. Three of each,
// since the oddities of a Fussy server take turns.
func TestCompatible_fussyServer(t *testing.T) {
	for name, test := range map[string]struct {
		config object
		right  func(state any) bool
	}{
		"plain": {asking(hello, nil), func(state any) bool {
			return at(state, "content") == "hello" && at(state, "system_fingerprint") == nil && at(state, "choices", 0, "message", "role") != ""
		}},
		"stream": {asking(hello, object{"stream": true}), func(state any) bool {
			tokens, _ := at(state, "usage", "completion_tokens").(float64)
			return at(state, "content") == "hello" && at(state, "choices", 0, "message", "content") == "hello" &&
				at(state, "choices", 0, "finish_reason") == "stop" && tokens > 0
		}},
		"json_object": {asking(object{"role": "user", "content": "Give me JSON."}, object{"response_format": object{"type": "json_object"}}), func(state any) bool {
			text, _ := at(state, "content").(string)
			return json.Valid([]byte(text))
		}},
		"tool": {asking(question, object{"tool": weather, "tool_choice": "required"}), func(state any) bool {
			call := at(state, "choices", 0, "message", "tool_calls", 0, "function")
			return at(call, "name") == "get_weather" && cityOf(at(call, "arguments")) == "Paris" && at(state, "choices", 0, "finish_reason") == "tool_calls"
		}},
		"streamed tools": {asking(question, object{"tool": weather, "tool_choice": "required", "stream": true}), func(state any) bool {
			calls, _ := at(state, "choices", 0, "message", "tool_calls").([]any)
			return len(calls) == 1 && at(calls, 0, "function", "name") == "get_weather" && cityOf(at(calls, 0, "function", "arguments")) == "Paris"
		}},
		"function": {asking(question, object{"functions": []any{object{"name": "get_weather", "parameters": city}}, "function_call": `{"name":"get_weather"}`}), func(state any) bool {
			return cityOf(at(state, "choices", 0, "message", "function_call", "arguments")) == "Paris"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{Profile: emulator.Fussy})
			askTimes(t, s, 3, test.config, test.right)
		})
	}
}

// askTimes asks several times for the same, and wants the right answer each time.
func askTimes(t *testing.T, s *acctest.Server, times int, config object, right func(state any) bool) {
	t.Helper()
	p := acctest.Speak(t)
	p.Connect(t, s)
	for i := range times {
		r, diags := askedOf(t, p, config)
		if slices.ContainsFunc(diags, isError) || !right(r.State()) {
			t.Errorf("answer %d: %q, %v", i, diags, r.State())
		}
		if plan := r.Plan(t, config); len(plan.Diags) > 0 || !reflect.DeepEqual(plan.Value, r.State()) {
			t.Errorf("answer %d: the plan after that is not empty: %q", i, plan.Diags)
		}
	}
	if n := len(s.Requests()); n != times {
		t.Errorf("%d requests, want %d", n, times)
	}
}

func isError(diag string) bool { return strings.HasPrefix(diag, "error") }

// After its first four answers, a Fussy server has each of the emulator's habits once.
func TestCompatible_fussyServerOfAnyHabit(t *testing.T) {
	greets := func(state any) bool {
		text, _ := at(state, "content").(string)
		return strings.Contains(text, "hello") && at(state, "choices", 0, "finish_reason") == "stop"
	}
	for name, test := range map[string]struct {
		config object
		right  func(state any) bool
	}{
		"streamed": {asking(hello, object{"stream": true}), greets},
		"whole":    {asking(hello, nil), greets},
		"tools": {asking(question, object{"tool": weather, "tool_choice": "required", "stream": true}), func(state any) bool {
			calls, _ := at(state, "choices", 0, "message", "tool_calls").([]any)
			return len(calls) == 1 && at(calls, 0, "function", "name") == "get_weather" && cityOf(at(calls, 0, "function", "arguments")) == "Paris"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{Profile: emulator.Fussy})
			askTimes(t, s, 4+len(emulator.Habits()), test.config, test.right)
		})
	}
}

// The calls of one answer go into the next request, odd IDs and all.
func TestCompatible_fussyServerToolsRoundTrip(t *testing.T) {
	s := acctest.Start(t, emulator.Options{Profile: emulator.Fussy})
	const ask = `
  model = "gpt-4"
  tool {
    type = "function"
    function {
      name       = "get_weather"
      parameters = jsonencode({ type = "object", properties = { city = { type = "string" } }, required = ["city"] })
    }
  }
  message {
    role    = "user"
    content = "What is the weather in Paris?"
  }
`
	s.Run(t, resource.TestStep{Config: "resource \"openai_chat_completion\" \"ask\" {" + ask + "  tool_choice = \"required\"\n}\n" +
		"resource \"openai_chat_completion\" \"answer\" {" + ask + `
  message {
    role       = "assistant"
    content    = openai_chat_completion.ask.content
    tool_calls = openai_chat_completion.ask.choices[0].message.tool_calls
  }
  message {
    role         = "tool"
    tool_call_id = openai_chat_completion.ask.choices[0].message.tool_calls[0].id
    content      = "18 degrees"
  }
  lifecycle {
    postcondition {
      condition     = strcontains(self.content, "18 degrees")
      error_message = "It is ${jsonencode(self)}."
    }
  }
}
`})
}

func TestCompatible_fussyServerExplainsErrors(t *testing.T) {
	gone := asking(hello, object{"model": "gone"})
	for name, test := range map[string]struct {
		keys   []string // that the server knows
		config object
		want   string
		runs   int
		calls  int
	}{
		"five shapes":   {[]string{"sk-another"}, asking(hello, nil), "Incorrect API key provided", 5, 5},
		"a fault":       {nil, gone, "The model `gone` does not exist", 1, 2},
		"before stream": {nil, asking(hello, object{"model": "gone", "stream": true}), "The model `gone` does not exist", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{Profile: emulator.Fussy, Keys: test.keys})
			for range test.runs {
				p := acctest.Speak(t)
				p.Connect(t, s)
				if _, diags := askedOf(t, p, test.config); len(diags) != 1 || !isError(diags[0]) || !strings.Contains(diags[0], test.want) {
					t.Errorf("got %q, want %q", diags, test.want)
				}
			}
			if n := len(s.Requests()); n != test.calls {
				t.Errorf("%d requests, want %d", n, test.calls)
			}
		})
	}
}

// Nothing is kept there, so that nothing is to be deleted.
func TestCompatible_fussyServerDestroysWhatWasStored(t *testing.T) {
	s := acctest.Start(t, emulator.Options{Profile: emulator.Fussy})
	p := acctest.Speak(t)
	p.Connect(t, s)
	for range 2 { // whose IDs are empty and missing
		if _, diags := askedOf(t, p, asking(hello, nil)); len(diags) > 0 {
			t.Fatal(diags)
		}
	}
	r, diags := askedOf(t, p, asking(hello, object{"store": true}))
	if id := at(r.State(), "id"); slices.ContainsFunc(diags, isError) || id != "odd ID?nr=1#ü" {
		t.Fatal(id, diags)
	}
	if diags := r.Destroy(t); slices.ContainsFunc(diags, isError) || r.State() != nil {
		t.Errorf("it is not destroyed: %q", diags)
	}
	last := s.Requests()[len(s.Requests())-1]
	if last.Method != "DELETE" || last.Status != 404 {
		t.Errorf("the last request is %s, answered %d", last.Method, last.Status)
	}
}
