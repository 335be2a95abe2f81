package emulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const weather = `{"name":"get_weather","description":"Get the current weather in a given location","parameters":{"type":"object",
	"properties":{"location":{"type":"string","description":"The city and state, e.g. San Francisco, CA"},
	"unit":{"type":"string","enum":["celsius","fahrenheit"]}},"required":["location"]}}`

const (
	weatherTool     = `"tools":[{"type":"function","function":` + weather + `}]`
	weatherFunction = `"functions":[` + weather + `]`
	manyTools       = `"tools":[{"type":"function","function":{"name":"send_email","description":"Send a message to a colleague",
		"parameters":{"type":"object","properties":{"to":{"type":"string","format":"email"}},"required":["to"]}}},
		{"type":"function","function":` + weather + `},
		{"type":"custom","custom":{"name":"shell","description":"Runs a command"}},
		{"type":"custom","custom":{"name":"clock","format":{"type":"grammar","grammar":{"syntax":"regex","definition":"^[0-2][0-9]:[0-5]\\d$"}}}},
		{"type":"function","function":{"name":"noop"}}]`
)

func TestTools(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	named := func(kind, name string) string {
		return fmt.Sprintf(`"tool_choice":{"type":"%s","%s":{"name":"%s"}}`, kind, kind, name)
	}
	allowed := func(mode, name string) string {
		return fmt.Sprintf(`"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"%s","tools":[{"type":"function","function":{"name":"%s"}}]}}`, mode, name)
	}
	for _, test := range []struct {
		name, user string
		more       []string
		calls      string // name and input of each call
		reason     string
	}{
		{"auto by name", "What's the weather like in Boston today?", []string{manyTools}, `get_weather{"location":"Boston"}`, "tool_calls"},
		{"auto, unit plain", "Weather in San Francisco, CA in fahrenheit?", []string{manyTools},
			`get_weather{"location":"San Francisco, CA","unit":"fahrenheit"}`, "tool_calls"},
		{"auto by description", "Please write a message to my colleague bob@example.org", []string{manyTools}, `send_email{"to":"bob@example.org"}`, "tool_calls"},
		{"auto, nothing fits", "Tell me a joke", []string{manyTools}, "", "stop"},
		{"auto, several places", "Weather in Boston, Paris and New York?", []string{manyTools},
			`get_weather{"location":"Boston"} get_weather{"location":"Paris"} get_weather{"location":"New York"}`, "tool_calls"},
		{"not parallel", "Weather in Boston and Paris? Send it by email.", []string{manyTools, `"parallel_tool_calls":false`},
			`send_email{"to":"user@example.com"}`, "tool_calls"},
		{"none", "Weather in Boston?", []string{manyTools, `"tool_choice":"none"`}, "", "stop"},
		{"required", "Tell me a joke", []string{weatherTool, `"tool_choice":"required"`}, `get_weather{"location":"San Francisco, CA"}`, "tool_calls"},
		{"named function", "Tell me a joke in Rome", []string{manyTools, named("function", "get_weather")}, `get_weather{"location":"Rome"}`, "stop"},
		{"named custom", "ls -l", []string{manyTools, named("custom", "shell")}, `shellls -l`, "stop"},
		{"named custom with pattern", "now", []string{manyTools, named("custom", "clock")}, `clock00:00`, "stop"},
		{"no parameters", "now", []string{manyTools, named("function", "noop")}, `noop{}`, "stop"},
		{"allowed, auto", "Weather in Boston?", []string{manyTools, allowed("auto", "send_email")}, "", "stop"},
		{"allowed, required", "Weather in Boston?", []string{manyTools, allowed("required", "send_email")}, `send_email{"to":"user@example.com"}`, "tool_calls"},
		{"cut off", "Weather in Boston?", []string{weatherTool, `"max_tokens":2`}, `get_weather{"location`, "length"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp := r.ask(test.user, test.more...)
			equal(t, "calls", calls(resp, 0), test.calls)
			equal(t, "reason", resp.reason(), test.reason)
			if test.calls != "" {
				equal(t, "content", resp.message(0)["content"], nil)
			} else {
				equal(t, "tool_calls", resp.get("choices", 0, "message", "tool_calls"), "absent")
			}
		})
	}
}

// calls writes the tool calls of a choice as names and inputs.
func calls(resp response, choice int) string {
	list, _ := resp.message(choice)["tool_calls"].([]any)
	var out []string
	for _, c := range list {
		call := c.(map[string]any)
		f, ok := call[call["type"].(string)].(map[string]any)
		if !ok || !strings.HasPrefix(call["id"].(string), "call_") || len(call["id"].(string)) != 29 {
			return fmt.Sprint("malformed: ", call)
		}
		input, _ := f["arguments"].(string)
		if text, custom := f["input"].(string); custom {
			input = text
		}
		out = append(out, f["name"].(string)+input)
	}
	return strings.Join(out, " ")
}

func TestTools_idsAreUniqueAndStable(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	ids := func() map[any]bool {
		resp := r.ask("Weather in Boston and Paris?", weatherTool, `"n":2`)
		out := map[any]bool{}
		for choice := range 2 {
			for call := range 2 {
				out[resp.get("choices", choice, "message", "tool_calls", call, "id")] = true
			}
		}
		return out
	}
	equal(t, "unique", len(ids()), 4)
	equal(t, "stable", ids(), ids())
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range []struct {
		name, user, choice string
		call               any
		reason             string
	}{
		{"auto", "What's the weather like in San Francisco right now?", `"auto"`,
			map[string]any{"name": "get_weather", "arguments": `{"location":"San Francisco"}`}, "function_call"},
		{"auto, nothing fits", "Tell me a joke", `"auto"`, "absent", "stop"},
		{"none", "Weather in Boston?", `"none"`, "absent", "stop"},
		{"named", "Tell me a joke in Oslo", `{"name":"get_weather"}`,
			map[string]any{"name": "get_weather", "arguments": `{"location":"Oslo"}`}, "stop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp := r.ask(test.user, weatherFunction, `"function_call":`+test.choice)
			equal(t, "call", resp.get("choices", 0, "message", "function_call"), test.call)
			equal(t, "reason", resp.reason(), test.reason)
		})
	}
}

func TestJSONObject(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range []struct {
		user string
		keys []string
	}{
		{"Answer in JSON: how are you?", []string{"answer"}},
		{"Return JSON with the keys name, age and city.", []string{"name", "age", "city"}},
		{"Give me JSON with fields `first_name`, and `e`.", []string{"first_name", "e"}},
	} {
		resp := r.ask(test.user, `"response_format":{"type":"json_object"}`)
		var object map[string]any
		if err := json.Unmarshal([]byte(resp.content()), &object); err != nil {
			t.Fatalf("%s: %v", resp.content(), err)
		}
		equal(t, test.user, len(object), len(test.keys))
		for _, key := range test.keys {
			if object[key] == nil {
				t.Errorf("%s: no %s in %v", test.user, key, object)
			}
		}
	}
}
