package chat_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

// saying serves raw answers, by the model that is asked.
func saying(t *testing.T, answers map[string]string) (provider func(arguments string) string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Model string }
		_ = json.NewDecoder(r.Body).Decode(&asked)
		body := answers[asked.Model]
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(body, "data:") {
			w.Header().Set("Content-Type", "text/event-stream")
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return func(arguments string) string {
		return "provider \"openai\" {\n  base_url = \"" + server.URL + "\"\n  " + arguments + "\n}\n"
	}
}

// asking is a resource that asks a model, and what must be true of it.
func asking(model, arguments, condition string) string {
	return fmt.Sprintf(`
resource "openai_chat_completion" %q {
  model = %q
  %s
  message {
    role    = "user"
    content = "hi"
  }
  lifecycle {
    postcondition {
      condition     = %s
      error_message = "It is ${jsonencode(self)}."
    }
  }
}
`, model, model, arguments, condition)
}

// events is a stream of chunks with these choices, with [DONE] after them.
func events(choices ...string) string {
	var b strings.Builder
	for _, choice := range choices {
		fmt.Fprintf(&b, "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"m-1\",\"choices\":[{\"index\":0,%s}]}\n\n", choice)
	}
	return b.String() + "data: [DONE]\n\n"
}

func whole(choice string) string {
	return `{"id":"c1","object":"chat.completion","created":1700000000,"model":"m-1","choices":[{"index":0,` + choice + `}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`
}

// Answers of real servers, as they came.
func TestResource_takesAnswersInAnyDress(t *testing.T) {
	t.Parallel()
	const (
		streamed = "stream = true"
		hello    = `"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"`
		isHello  = `self.content == "Hello" && self.response_model == "m-1"`
		calls    = `[for c in self.choices[0].message.tool_calls : "${c.id} ${c.function.name} ${c.function.arguments}"]`
	)
	call := func(piece string) string {
		return `"finish_reason":null,"delta":{"role":"assistant","tool_calls":[` + piece + `]}`
	}
	const end = `"finish_reason":"tool_calls","delta":{"role":"assistant"}`
	azure := `data: {"id":"","object":"","created":0,"model":"","choices":[` + "%s" + `],"usage":null}` + "\n\n"
	answers, config := map[string]string{}, ""
	for model, test := range map[string]struct{ answer, arguments, condition string }{
		"perplexity": {events(`"delta":{"role":"assistant","content":"Hel"},"message":{"role":"assistant","content":"Hel"}`,
			`"delta":{"role":"assistant","content":"lo"},"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"`), streamed, isHello},
		"gemini-parallel": {events(call(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{1}"}}`), call(`{"index":0,"id":"b","type":"function","function":{"name":"f","arguments":"{2}"}}`), end),
			streamed, calls + ` == ["a f {1}", "b f {2}"]`},
		"gemini-trailing": {events(call(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}`), call(`{"extra_content":{"google":{"thought_signature":"c2ln"}}}`), end),
			streamed, calls + ` == ["a f {}"]`},
		"new-ids": {events(call(`{"index":0,"id":"a","type":"function","function":{"name":"w","arguments":"{\"a\""}}`), call(`{"index":0,"id":"b","function":{"name":null,"arguments":":1}"}}`), end),
			streamed, calls + ` == ["a w {\"a\":1}"]`},
		"azure": {fmt.Sprintf(azure, "") + strings.Replace(events(`"delta":{"role":"assistant","content":"Hello"},"finish_reason":"stop"`), "data: [DONE]", fmt.Sprintf(azure, `{"index":0,"finish_reason":null,"content_filter_offsets":{"check_offset":44}}`)+"data: [DONE]", 1),
			streamed, isHello + ` && self.id == "c1" && self.created == 1700000000 && self.choices[0].finish_reason == "stop"`},
		"json-then-done":     {whole(hello) + "\n\ndata: [DONE]\n\n", "", isHello},
		"unasked-stream":     {events(`"delta":{"role":"assistant","content":"Hel"}`, `"delta":{"content":"lo"},"finish_reason":"stop"`), "", isHello},
		"unasked-event":      {"data: " + whole(hello) + "\n\n", "", isHello},
		"delta-in-one":       {whole(strings.Replace(hello, "message", "delta", 1)), streamed, isHello},
		"comment-as-data":    {"data: : OPENROUTER PROCESSING\n\n" + events(`"delta":{"content":"Hello"},"finish_reason":"stop"`), streamed, isHello},
		"raw-line-break":     {strings.Replace(whole(hello), "Hello", "Hel\n\nlo", 1), "", `self.content == "Hel\n\nlo"`},
		"infinity":           {whole(hello + `,"logprobs":{"content":[{"token":"Hello","logprob":-Infinity,"bytes":null,"top_logprobs":[]}]}`), "logprobs = true", isHello + ` && self.choices[0].logprobs.content[0].logprob == null`},
		"tiny-probability":   {whole(hello + `,"logprobs":{"content":[{"token":"Hello","logprob":-1e-999999,"bytes":null,"top_logprobs":[]}]}`), "logprobs = true", isHello + ` && self.choices[0].logprobs.content[0].logprob == 0`},
		"created-long-after": {strings.Replace(whole(hello), "1700000000", "1e300", 1), "", isHello + ` && self.created == null`},
	} {
		answers[model] = test.answer
		config += asking(model, test.arguments, test.condition)
	}
	provider := saying(t, answers)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(t), Steps: []resource.TestStep{{Config: provider("") + config}}})
}

// The text of an answer that cannot be read may have been paid for: it is kept beside
// the recordings, and the error is the server's.
func TestResource_keepsTheTextThatCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	provider := saying(t, map[string]string{"torn": `{"choices":[{"message":{"content":"The answer is 42, beca`})
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(t), Steps: []resource.TestStep{{
		Config:      provider(recordingsIn(dir, "")) + asking("torn", "", "self.content != null"),
		ExpectError: flat("but with JSON that ends in the middle"),
	}}})
	kept := ""
	for _, name := range files(t, dir) {
		if strings.HasSuffix(name, ".unusable.json") {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			kept += string(text)
		}
	}
	if !strings.Contains(kept, "The answer is 42, beca") {
		t.Errorf("kept are %q: %s", files(t, dir), kept)
	}
}
