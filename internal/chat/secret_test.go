package chat_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func secretPrompt(content, more string) string {
	return `
resource "openai_chat_completion" "test" {
  model = "gpt-4"
  message {
    role    = "system"
    content = "Reply with exactly: understood"
  }
  message {
    role       = "user"
    content_wo = "` + content + `"
  }
` + more + `
}`
}

// A write-only prompt is sent, is nowhere in the state, and a change to it asks
// again, once.
func TestContentWO_isSentAndNotKept(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	sent := func(secret string) resource.TestCheckFunc {
		return func(state *terraform.State) error {
			text, err := json.Marshal(state)
			if err != nil {
				return err
			}
			// The emulator repeats the prompt in its answer, as a model may.
			withoutAnswer := strings.ReplaceAll(string(text), "Emulated answer to: "+secret, "")
			if strings.Contains(withoutAnswer, secret) {
				t.Errorf("the secret is in the state: %s", text)
			}
			messages := body(t, s)["messages"].([]any)
			same(t, messages[1], map[string]any{"role": "user", "content": secret})
			return nil
		}
	}
	s.Run(t, // after each step, its plan is empty
		resource.TestStep{Config: secretPrompt("Reply with exactly: ok REFUSE", ""), Check: asked(t, s, 1)},
		resource.TestStep{Config: secretPrompt("my secret xyzzy-2", ""), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
			Check: resource.ComposeTestCheckFunc(asked(t, s, 2), sent("my secret xyzzy-2"))},
		resource.TestStep{Config: secretPrompt("my secret xyzzy-2", "  skip_destroy = true"), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate), Check: asked(t, s, 2)},
	)
}

// With a version of one's own, that alone decides.
func TestContentWO_goesByAVersionOfOnesOwn(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	secret := func(content string, version int) object {
		config := conversation(object{"role": "user", "content_wo": content})
		config["content_wo_version"] = version
		return config
	}
	apply(t, r, secret("one", 1))
	unchanged(t, r, secret("two", 1))
	updates(t, r, secret("two", 2))
	wantCalls(t, s, map[string]int{"POST": 1})
	apply(t, r, secret("two", 2))
	wantCalls(t, s, map[string]int{"POST": 2})
	same(t, body(t, s)["messages"], []any{object{"role": "user", "content": "two"}})
}

func TestAPIKeyWO_isUsedAndNotKept(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	const key = "sk-test-write-only-key"
	r := instance(t, s)
	first := apply(t, r, configuration(object{"api_key_wo": key, "api_key_wo_version": 1}))
	if got := posts(s)[0].Header.Get("Authorization"); got != "Bearer "+key {
		t.Errorf("the key was not used: %q", got)
	}
	rotated := configuration(object{"api_key_wo": key + "-2", "api_key_wo_version": 2})
	updates(t, r, rotated)
	for _, state := range []object{first, apply(t, r, rotated)} {
		if text, _ := json.Marshal(state); strings.Contains(string(text), key) {
			t.Error("the key is in the state")
		}
	}
	wantCalls(t, s, map[string]int{"POST": 1})
}

// A write-only content that goes changes the request, though nothing else is
// left to show it.
func TestContentWO_goneAsksAgain(t *testing.T) {
	talk := func(call object) object {
		return conversation(object{"role": "user", "content": "hello"}, call, object{"role": "function", "name": "f", "content": "done"})
	}
	with := talk(object{"role": "assistant", "function_call": object{"name": "f", "arguments": "{}"}, "content_wo": "between us"})
	without := talk(object{"role": "assistant", "function_call": object{"name": "f", "arguments": "{}"}})
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	apply(t, r, with)
	wantCalls(t, s, map[string]int{"POST": 1})
	if content := updates(t, r, without)["content"]; content != (acctest.Unknown{}) {
		t.Errorf("the plan knows %v", content)
	}
	apply(t, r, without)
	wantCalls(t, s, map[string]int{"POST": 2})
}
