package emulator_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestText(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range []struct{ name, user, want string }{
		{"echo", "Tell me a story.", "Emulated answer to: Tell me a story."},
		{"repeat", "Say exactly: 'hi there'", "hi there"},
		{"repeat lines", "Respond with: a\nb", "a\nb"},
		{"translate quoted", "Translate 'What's up, Doc?' to French.", "[French] What's up, Doc?"},
		{"translate known", `Please translate "Hello, world!" into german`, "Hallo, Welt!"},
		{"translate after colon", "Translate to Spanish: Thank you", "Gracias"},
		{"translate is no language", "translate the manual to the user", "Emulated answer to: translate the manual to the user"},
		{"explain known", "Explain recursion briefly.", "Recursion means solving"},
		{"explain", "Explain DNS in simple terms.", "In simple terms, DNS is best"},
		{"sum", "What is 6 x 7?", "6 x 7 = 42"},
		{"division by nothing", "What is 6 / 0?", "Emulated answer to: What is 6 / 0?"},
		{"unicode", "Grüß Gott 🎉 <b>&</b>", "Emulated answer to: Grüß Gott 🎉 <b>&</b>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := r.ask(test.user).content(); !strings.HasPrefix(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestText_dependsOnInstructionsAndTurns(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	long := strings.Repeat("very ", 40)
	seen := map[string]string{}
	for _, messages := range []string{
		`{"role":"user","content":"Hello"}`,
		`{"role":"system","content":"Be brief."},{"role":"user","content":"Hello"}`,
		`{"role":"developer","content":"Be kind."},{"role":"user","content":"Hello"}`,
		`{"role":"system","content":"` + long + `brief"},{"role":"user","content":"Hello"}`,
		`{"role":"system","content":"` + long + `kind"},{"role":"user","content":"Hello"}`,
		`{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes?"},{"role":"user","content":"Hello"}`,
		`{"role":"user","content":[{"type":"text","text":"Hello"},{"type":"text","text":"you"}]}`,
	} {
		content := r.chat(`{"model":"gpt-4","messages":[` + messages + `]}`).content()
		if same, ok := seen[content]; ok {
			t.Errorf("%s and %s have one answer: %s", messages, same, content)
		}
		seen[content] = messages
	}
}

func TestText_reportsFunctionResult(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.chat(`{"model":"gpt-4","messages":[{"role":"user","content":"Weather in Boston?"},
		{"role":"assistant","content":null,"function_call":{"name":"get_weather","arguments":"{}"}},
		{"role":"function","name":"get_weather","content":"21 degrees"}],` + weatherFunction + `}`)
	equal(t, "content", resp.content(), "According to get_weather: 21 degrees")
}

func TestText_isAsLongAsWanted(t *testing.T) {
	t.Parallel()
	const size = 1000
	r := start(t, emulator.Options{AnswerBytes: size})
	for user, want := range map[string]string{
		"Grüß Gott 🎉":                         "Emulated answer to: Grüß Gott 🎉 Emulated",
		"Say: " + strings.Repeat("x", 2*size): strings.Repeat("x", 2*size),
	} {
		got := r.ask(user)
		text := got.content()
		if !strings.HasPrefix(text, want) || len(text) < size || len(text) > 2*size || got.get("choices", 0, "finish_reason") != "stop" {
			t.Errorf("got %d bytes: %q", len(text), text)
		}
	}
	if got := r.ask("hello", `"max_tokens":5`); got.get("choices", 0, "finish_reason") != "length" || got.get("usage", "completion_tokens") != 5.0 {
		t.Errorf("a limit of tokens does not hold: %s", got.text)
	}
	if got := r.ask("hello", `"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object","properties":{"a":{"type":"string"}}}}}`); len(got.content()) >= size {
		t.Errorf("JSON was made longer: %s", got.text)
	}
}
