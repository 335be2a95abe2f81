package chat_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const name = "openai_chat_completion.test"

// completion is a small configuration with more arguments.
func completion(arguments string) string {
	return completionOf("hello", arguments)
}

func completionOf(prompt, arguments string) string {
	return `
resource "openai_chat_completion" "test" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "` + prompt + `"
  }
` + arguments + `
}

output "content" {
  value = openai_chat_completion.test.content
}
`
}

func planned(action plancheck.ResourceActionType, more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(name, action)}, more...)}
}

// asked checks how many completions have been asked for so far.
func asked(t *testing.T, s *acctest.Server, want int) resource.TestCheckFunc {
	t.Helper()
	return func(*terraform.State) error {
		if got := len(posts(s)); got != want {
			t.Errorf("%d completions were asked for, want %d", got, want)
		}
		return nil
	}
}

func posts(s *acctest.Server) []emulator.Request { return called(s, http.MethodPost) }

func called(s *acctest.Server, method string) []emulator.Request {
	var found []emulator.Request
	for _, r := range s.Requests() {
		if r.Method == method {
			found = append(found, r)
		}
	}
	return found
}

// body is the JSON of the last request.
func body(t *testing.T, s *acctest.Server) map[string]any {
	t.Helper()
	all := posts(s)
	if len(all) == 0 {
		t.Fatal("nothing was asked")
	}
	var v map[string]any
	if err := json.Unmarshal(all[len(all)-1].Body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestResource_keepsTheWholeAnswer(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	config := configuration(object{"n": 2})
	state := apply(t, r, config)
	for path, want := range map[string]any{
		"object": "chat.completion", "model": "gpt-4", "response_model": "gpt-4-0613", "content": "Emulated answer to: hello",
		"choices.#": 2.0, "choices.1.index": 1.0, "choices.0.finish_reason": "stop", "choices.0.message.role": "assistant",
		"choices.0.message.content": "Emulated answer to: hello", "choices.0.message.tool_calls": nil,
		"choices.0.message.function_call": nil, "usage.prompt_tokens": 8.0,
	} {
		if got := lookUp(state, strings.Split(path, ".")); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	for _, path := range []string{"created", "system_fingerprint", "usage.completion_tokens", "usage.total_tokens"} {
		if lookUp(state, strings.Split(path, ".")) == nil {
			t.Errorf("there is no %s", path)
		}
	}
	if id, _ := state["id"].(string); !strings.HasPrefix(id, "chatcmpl-") {
		t.Errorf("the ID is %q", id)
	}
	unchanged(t, r, config)
}

func TestResource_sendsWhatIsWrittenAndNothingElse(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	apply(t, r, configuration(nil))
	same(t, body(t, s), object{"model": "gpt-4", "messages": []any{object{"role": "user", "content": "hello"}}})
	apply(t, r, configuration(object{
		"temperature": 0, "top_p": 0.1, "n": 1, "stream": false, "stop": []any{"<end>"}, "max_tokens": 10,
		"presence_penalty": 0, "frequency_penalty": -0.5, "logit_bias": object{"50256": -100}, "user": "", "store": false,
		"api_key": "sk-test-another-key", "skip_destroy": true, "triggers": object{"a": "b"}, "timeouts": object{"create": "5m"},
		"response_format": object{"type": "text"}, "tool_choice": "none",
		"tool": []any{object{"type": "function", "function": function("f", `{"type":"object"}`)}},
	}))
	same(t, body(t, s), object{
		"model": "gpt-4", "messages": []any{object{"role": "user", "content": "hello"}},
		"temperature": 0.0, "top_p": 0.1, "n": 1.0, "stream": false, "stop": []any{"<end>"}, "max_tokens": 10.0,
		"presence_penalty": 0.0, "frequency_penalty": -0.5, "logit_bias": object{"50256": -100.0},
		"user": "", "store": false, "response_format": object{"type": "text"}, "tool_choice": "none",
		"tools": []any{object{"type": "function", "function": object{"name": "f", "parameters": object{"type": "object"}}}},
	})
	all := posts(s)
	if got := all[len(all)-1].Header.Get("Authorization"); got != "Bearer sk-test-another-key" {
		t.Errorf("the resource's own key was not used: %q", got)
	}
}

func same(t *testing.T, got, want any) {
	t.Helper()
	g, _ := json.MarshalIndent(got, "", "  ")
	w, _ := json.MarshalIndent(want, "", "  ")
	if string(g) != string(w) {
		t.Errorf("got %s\nwant %s", g, w)
	}
}

func TestResource_asksAgainInPlaceWhenTheRequestChanges(t *testing.T) {
	base := object{"temperature": 0.5}
	with := func(changes object) object {
		merged := maps.Clone(base)
		maps.Copy(merged, changes)
		return configuration(merged)
	}
	hello := object{"role": "user", "content": "hello"}
	for change, config := range map[string]object{
		"prompt":      with(object{"message": []any{object{"role": "user", "content": "goodbye"}}}),
		"temperature": with(object{"temperature": 0}),
		"added":       with(object{"max_tokens": 5}),
		"removed":     configuration(nil),
		"triggers":    with(object{"triggers": object{"day": "2"}}),
		"message":     with(object{"message": []any{hello, object{"role": "user", "content": "more"}}}),
	} {
		t.Run(change, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			r := instance(t, s)
			r.Apply(t, with(nil))
			id := of(t, r.State(), "id")
			plan := r.Plan(t, config)
			if _, open := of(t, plan.Value, "content").(acctest.Unknown); !open || plan.Replace {
				t.Errorf("the plan replaces (%t), or knows the answer", plan.Replace)
			}
			if r.Apply(t, config); of(t, r.State(), "id") == id {
				t.Error("the answer is the old one")
			}
			wantCalls(t, s, map[string]int{"POST": 2})
		})
	}
}

func TestResource_keepsTheAnswerWhenTheRequestDoesNotChange(t *testing.T) {
	with := func(changes object) object {
		config := configuration(object{
			"tool":        []any{object{"type": "function", "function": function("f", `{"type":"object","properties":{"a":{"type":"number","maximum":1.0}}}`)}},
			"tool_choice": `{"type":"function","function":{"name":"f"}}`,
		})
		maps.Copy(config, changes)
		return config
	}
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	apply(t, r, with(nil))
	for _, config := range []object{
		with(object{"api_key": "sk-test-rotated"}),
		with(object{"timeouts": object{"create": "3m"}, "skip_destroy": true}),
		with(object{ // timeouts go, and the spelling is another
			"tool":        []any{object{"type": "function", "function": function("f", `{ "properties": {"a":{"type":"number","maximum":1}}, "type": "object"}`)}},
			"tool_choice": `{"function":{"name":"f"},  "type":"function"}`,
		}),
	} {
		before := r.State()
		if planned := updates(t, r, config); of(t, before, "content") != nil || !reflect.DeepEqual(answer(planned), answer(before)) {
			t.Errorf("the plan has the answer %v", answer(planned))
		}
		if after := apply(t, r, config); after["id"] != of(t, before, "id") || !reflect.DeepEqual(answer(after), answer(before)) {
			t.Errorf("the answer is %v", after)
		}
		unchanged(t, r, config)
	}
	if diags := r.Destroy(t); len(diags) > 0 {
		t.Error(diags)
	}
	wantCalls(t, s, map[string]int{"POST": 1}) // none by refresh, plan and destroy
}

func TestResource_planOfAnotherSpellingIsEmpty(t *testing.T) {
	tool := func(parameters string) object {
		return configuration(object{"functions": []any{function("f", parameters)}, "function_call": `{"name":"f"}`})
	}
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	apply(t, r, tool(`{"properties":{"a":{"enum":["x","y"]}},"type":"object"}`))
	unchanged(t, r, tool("{\n  \"type\": \"object\",\n  \"properties\": { \"a\": { \"enum\": [\"x\", \"y\"] } }\n}\n"))
}

// A model asks for a tool, a second resource answers it, and the model replies:
// one resource's output is the next one's input.
func TestResource_continuesAConversationWithTools(t *testing.T) {
	const tool = `
  tool {
    type = "function"
    function {
      name        = "get_weather"
      description = "Get the current weather"
      parameters  = jsonencode({ type = "object", properties = { location = { type = "string" } }, required = ["location"] })
    }
  }`
	s := acctest.Start(t, emulator.Options{})
	s.Run(t, resource.TestStep{
		Config: `
resource "openai_chat_completion" "ask" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "What's the weather like in Boston today?"
  }` + tool + `
}

resource "openai_chat_completion" "test" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "What's the weather like in Boston today?"
  }
  message {
    role       = "assistant"
    tool_calls = openai_chat_completion.ask.choices[0].message.tool_calls
  }
  message {
    role         = "tool"
    tool_call_id = openai_chat_completion.ask.choices[0].message.tool_calls[0].id
    content      = jsonencode({ temperature = 22, unit = "celsius" })
  }` + tool + `
}`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("openai_chat_completion.ask", tfjsonpath.New("choices").AtSliceIndex(0).AtMapKey("finish_reason"), knownvalue.StringExact("tool_calls")),
			statecheck.ExpectKnownValue("openai_chat_completion.ask", tfjsonpath.New("content"), knownvalue.Null()),
			statecheck.ExpectKnownValue("openai_chat_completion.ask", tfjsonpath.New("choices").AtSliceIndex(0).AtMapKey("message").AtMapKey("tool_calls").AtSliceIndex(0).AtMapKey("function").AtMapKey("arguments"), knownvalue.StringRegexp(regexp.MustCompile("Boston"))),
			statecheck.ExpectKnownValue(name, tfjsonpath.New("content"), knownvalue.StringRegexp(regexp.MustCompile("22"))),
		},
	})
}

func TestResource_streamingGivesTheSameState(t *testing.T) {
	function := object{"name": "lookup_weather", "parameters": `{"type":"object","properties":{"location":{"type":"string"}},"required":["location"]}`}
	for kind, arguments := range map[string]object{
		"text": nil, "choices": {"n": 3}, "cut": {"max_tokens": 2},
		"tools":    {"n": 2, "tool": []any{object{"type": "function", "function": function}}, "tool_choice": "required"},
		"function": {"functions": []any{function}, "function_call": `{"name":"lookup_weather"}`},
	} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			config := conversation(object{"role": "user", "content": "What is the weather in Boston?"})
			maps.Copy(config, arguments)
			r := instance(t, s)
			r.Apply(t, config)
			plain := r.State()
			streaming := maps.Clone(config)
			streaming["stream"], streaming["triggers"] = true, object{"again": "1"}
			r.Apply(t, streaming)
			if body(t, s)["stream"] != true {
				t.Error("the request does not ask for a stream")
			}
			same(t, answer(r.State()), answer(plain))
		})
	}
}

// answer is what the state holds of the answer, without what each call has of its own.
func answer(state any) object {
	out := object{}
	for _, name := range []string{"choices", "usage", "response_model", "system_fingerprint", "object", "content"} {
		out[name] = withoutIDs(state.(object)[name])
	}
	return out
}

func withoutIDs(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = withoutIDs(v[i])
		}
	case object:
		delete(v, "id")
		for name := range v {
			v[name] = withoutIDs(v[name])
		}
	}
	return v
}

func TestResource_deletesWhatIsStored(t *testing.T) {
	gone := func(status int) *emulator.Fault {
		return ptr(emulator.ErrorJSON(status, "invalid_request_error", "", "", "no such completion").On(http.MethodDelete, ""))
	}
	for kind, test := range map[string]struct {
		arguments object
		fault     *emulator.Fault
		deletes   int
		left      int
	}{
		"stored":       {arguments: object{"store": true}, deletes: 1},
		"not stored":   {arguments: object{"store": false}},
		"left alone":   {arguments: object{"store": true, "skip_destroy": true}, left: 1},
		"no storing":   {arguments: object{"store": true}, fault: gone(405), deletes: 1, left: 1},
		"gone already": {arguments: object{"store": true}, fault: gone(404), deletes: 1, left: 1},
	} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			if test.fault != nil {
				s.Fail(*test.fault)
			}
			r := instance(t, s)
			apply(t, r, configuration(test.arguments))
			if diags := r.Destroy(t); len(diags) > 0 || r.State() != nil {
				t.Errorf("it says %q, and %v is left", diags, r.State())
			}
			if got := len(called(s, http.MethodDelete)); got != test.deletes {
				t.Errorf("%d deletions, want %d", got, test.deletes)
			}
			if got := len(s.Stored()); got != test.left {
				t.Errorf("%d completions are left on the server, want %d", got, test.left)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }

func TestResource_createTimeoutSaysWhichLimitRanOut(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Hang())
	says(t, instance(t, s).Apply(t, configuration(object{"timeouts": object{"create": "200ms"}})),
		"error: Could not create chat completion", "timeouts.create (200ms)")
	wantCalls(t, s, map[string]int{"POST": 1})
}

func TestResource_importSaysWhatToDoInstead(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Run(t, resource.TestStep{
		Config: completion(""), ResourceName: name, ImportState: true, ImportStateId: "chatcmpl-1",
		ExpectError: regexp.MustCompile(`(?s)Chat completions cannot be imported.*Write\s+the\s+resource\s+and\s+apply.*data "openai_chat_completion" "example".*completion_id = "chatcmpl-1"`),
	})
}

func TestResource_reportsTheErrorAtTheArgument(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.ErrorJSON(400, "invalid_request_error", "invalid_value", "messages[0].content", "Too rude."))
	s.Run(t, resource.TestStep{
		Config:      completion(""),
		ExpectError: regexp.MustCompile(`(?s)Could not create chat completion.*content = "hello".*Too rude\.`),
	})
}

func TestResource_savesAnAnswerWithoutChoices(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Status(200, `{"id":"chatcmpl-odd","object":"chat.completion","choices":[],"usage":{"total_tokens":7}}`))
	r := instance(t, s)
	says(t, r.Apply(t, configuration(nil)), "error", "without any choices")
	if id := of(t, r.State(), "id"); id != "chatcmpl-odd" {
		t.Errorf("the answer is %v", id)
	}
	replaces(t, r, configuration(nil))
	apply(t, r, configuration(nil))
	unchanged(t, r, configuration(nil))
	wantCalls(t, s, map[string]int{"POST": 2})
}

func TestResource_keepsWhatArrivedOfACutStream(t *testing.T) {
	cut := emulator.CutBody(900)
	quiet := cut
	quiet.CutMode = emulator.CutClean
	for kind, fault := range map[string]emulator.Fault{"with an error": cut, "without one": quiet} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Fail(fault)
			config := conversation(object{"role": "user", "content": "Tell me a long story about a fox"})
			config["stream"] = true
			r := instance(t, s)
			says(t, r.Apply(t, config), "error: Could not create chat completion", "What had arrived before that is kept in the state")
			replaces(t, r, config)
			apply(t, r, config)
			wantCalls(t, s, map[string]int{"POST": 2})
		})
	}
}

func TestResource_answersJSON(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := conversation(object{"role": "user", "content": jsonAnswer})
	config["response_format"] = object{"type": "json_object"}
	content, _ := apply(t, instance(t, s), config)["content"].(string)
	var answered map[string]any
	if err := json.Unmarshal([]byte(content), &answered); err != nil || !slices.Equal(slices.Sorted(maps.Keys(answered)), []string{"city", "country"}) {
		t.Errorf("the answer is %q: %v", content, err)
	}
}

func TestResource_sendsEveryFieldOfAMessage(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	messages := []any{
		object{"role": "developer", "content": "Be brief.", "name": "boss"},
		object{"role": "assistant", "content": "", "tool_calls": []any{object{"id": "call_1", "type": "function", "function": object{"name": "f", "arguments": "{}"}}}},
		object{"role": "tool", "content": "done", "tool_call_id": "call_1"},
		object{"role": "assistant", "function_call": object{"name": "g", "arguments": `{"a":1}`}},
		object{"role": "function", "name": "g", "content": "also done"},
		object{"role": "user", "content": "Thanks", "name": "me"},
	}
	apply(t, instance(t, s), conversation(messages...))
	same(t, body(t, s)["messages"], messages)
}
