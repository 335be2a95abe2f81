package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// want is a postcondition for the body of a resource.
func want(condition string) string {
	return "lifecycle {\n postcondition {\n condition = " + condition + "\n error_message = \"It is ${jsonencode(self)}.\"\n}\n}\n"
}

func chat(name string, body ...string) string {
	return fmt.Sprintf("resource \"openai_chat_completion\" %q {\n  model = \"gpt-4\"\n%s\n}\n", name, strings.Join(body, "\n"))
}

const (
	hello = "message {\n role = \"user\"\n content = \"Reply with exactly: hello\"\n}\n"

	weather = `tool {
    type = "function"
    function {
      name       = "get_weather"
      parameters = jsonencode({ type = "object", properties = { city = { type = "string" } }, required = ["city"] })
    }
  }
`
	function = `functions {
    name       = "get_weather"
    parameters = jsonencode({ type = "object", properties = { city = { type = "string" } }, required = ["city"] })
  }
`
	question = "message {\n role = \"user\"\n content = \"What is the weather in Paris?\"\n}\n"
)

// What a server leaves out is null, what it adds is ignored. Three of each,
// since the oddities of a Fussy server take turns.
func TestCompatible_fussyServer(t *testing.T) {
	for name, config := range map[string]string{
		"plain": chat("a", hello, want(`self.content == "hello" && self.system_fingerprint == null && self.choices[0].message.role != ""`)),
		"stream": chat("a", "stream = true", hello,
			want(`self.content == "hello" && self.choices[0].message.content == "hello" && self.choices[0].finish_reason == "stop" && self.usage.completion_tokens > 0`)),
		"json_object": chat("a", "response_format {\n type = \"json_object\"\n}", "message {\n role = \"user\"\n content = \"Give me JSON.\"\n}\n", want(`can(jsondecode(self.content))`)),
		"tool": chat("a", weather, `tool_choice = "required"`, question,
			want(`self.choices[0].message.tool_calls[0].function.name == "get_weather" && self.choices[0].finish_reason == "tool_calls" && jsondecode(self.choices[0].message.tool_calls[0].function.arguments).city == "Paris"`)),
		"streamed tools": chat("a", "stream = true", weather, `tool_choice = "required"`, question,
			want(`length(self.choices[0].message.tool_calls) == 1 && self.choices[0].message.tool_calls[0].function.name == "get_weather" && jsondecode(self.choices[0].message.tool_calls[0].function.arguments).city == "Paris"`)),
		"function": chat("a", function, `function_call = jsonencode({ name = "get_weather" })`, question,
			want(`jsondecode(self.choices[0].message.function_call.arguments).city == "Paris"`)),
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{Profile: emulator.Fussy})
			var all strings.Builder
			for i := range 3 {
				again := strings.Replace(config, `"a"`, fmt.Sprintf(`"a%d"`, i), 1)
				if i > 0 {
					again = strings.Replace(again, "model =", fmt.Sprintf("depends_on = [openai_chat_completion.a%d]\n  model =", i-1), 1)
				}
				all.WriteString(again)
			}
			s.Run(t, resource.TestStep{Config: all.String()})
		})
	}
}

// After its first four answers, a Fussy server has each of the emulator's habits once.
func TestCompatible_fussyServerOfAnyHabit(t *testing.T) {
	turns := fmt.Sprintf("count = %d\n", 4+len(emulator.Habits()))
	for name, config := range map[string]string{
		"streamed": chat("a", turns, "stream = true", hello, want(`strcontains(self.content, "hello") && self.choices[0].finish_reason == "stop"`)),
		"whole":    chat("a", turns, hello, want(`strcontains(self.content, "hello") && self.choices[0].finish_reason == "stop"`)),
		"tools": chat("a", turns, "stream = true", weather, `tool_choice = "required"`, question,
			want(`[for c in self.choices[0].message.tool_calls : "${c.function.name} ${jsondecode(c.function.arguments).city}"] == ["get_weather Paris"]`)),
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{Profile: emulator.Fussy})
			s.Run(t, resource.TestStep{Config: config})
		})
	}
}

// The calls of one answer go into the next request, odd IDs and all.
func TestCompatible_fussyServerToolsRoundTrip(t *testing.T) {
	s := acctest.Start(t, emulator.Options{Profile: emulator.Fussy})
	s.Run(t, resource.TestStep{Config: chat("ask", weather, `tool_choice = "required"`, question) + chat("answer", weather, question, `
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
`, want(`strcontains(self.content, "18 degrees")`))})
}

func TestCompatible_fussyServerExplainsErrors(t *testing.T) {
	for name, test := range map[string]struct {
		keys   []string // that the server knows
		config string
		want   string
		runs   int
		calls  int
	}{
		"five shapes":   {[]string{"sk-another"}, chat("a", hello), "Incorrect API key provided", 5, 5},
		"a fault":       {nil, strings.Replace(chat("a", hello), "gpt-4", "gone", 1), "The model `gone` does not exist", 1, 2},
		"before stream": {nil, strings.Replace(chat("a", "stream = true", hello), "gpt-4", "gone", 1), "The model `gone` does not exist", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{Profile: emulator.Fussy, Keys: test.keys})
			for range test.runs {
				s.Run(t, resource.TestStep{Config: test.config, ExpectError: words(test.want)})
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
	first := chat("a", hello) + chat("b", hello, "depends_on = [openai_chat_completion.a]") // whose IDs are empty and missing
	s.Run(t, resource.TestStep{Config: first + chat("c", "store = true", hello, "depends_on = [openai_chat_completion.b]", want(`self.id == "odd ID?nr=1#ü"`))})
	last := s.Requests()[len(s.Requests())-1]
	if last.Method != "DELETE" || last.Status != 404 {
		t.Errorf("the last request is %s, answered %d", last.Method, last.Status)
	}
}
