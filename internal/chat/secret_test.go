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
	empty := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
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
	s.Run(t,
		resource.TestStep{Config: secretPrompt("Reply with exactly: ok REFUSE", ""), Check: asked(t, s, 1)},
		resource.TestStep{Config: secretPrompt("Reply with exactly: ok REFUSE", ""), ConfigPlanChecks: empty, Check: asked(t, s, 1)},
		resource.TestStep{Config: secretPrompt("my secret xyzzy-2", ""), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate), Check: asked(t, s, 2)},
		resource.TestStep{Config: secretPrompt("my secret xyzzy-2", ""), ConfigPlanChecks: empty, Check: sent("my secret xyzzy-2")},
		resource.TestStep{Config: secretPrompt("my secret xyzzy-2", "  skip_destroy = true"), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate), Check: asked(t, s, 2)},
		resource.TestStep{Config: secretPrompt("my secret xyzzy-2", "  skip_destroy = true"), ConfigPlanChecks: empty},
	)
}

// With a version of one's own, that alone decides.
func TestContentWO_goesByAVersionOfOnesOwn(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Run(t,
		resource.TestStep{Config: secretPrompt("one", "  content_wo_version = 1"), Check: asked(t, s, 1)},
		resource.TestStep{Config: secretPrompt("two", "  content_wo_version = 1"), Check: asked(t, s, 1),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		resource.TestStep{Config: secretPrompt("two", "  content_wo_version = 2"), Check: asked(t, s, 2),
			ConfigPlanChecks: planned(plancheck.ResourceActionUpdate)},
	)
}

func TestAPIKeyWO_isUsedAndNotKept(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	const key = "sk-test-write-only-key"
	s.Run(t,
		resource.TestStep{Config: completion("  api_key_wo = \"" + key + "\"\n  api_key_wo_version = 1"), Check: func(state *terraform.State) error {
			if got := posts(s)[0].Header.Get("Authorization"); got != "Bearer "+key {
				t.Errorf("the key was not used: %q", got)
			}
			if text, _ := json.Marshal(state); strings.Contains(string(text), key) {
				t.Error("the key is in the state")
			}
			return nil
		}},
		resource.TestStep{Config: completion("  api_key_wo = \"" + key + "-2\"\n  api_key_wo_version = 2"), Check: asked(t, s, 1),
			ConfigPlanChecks: planned(plancheck.ResourceActionUpdate)},
	)
}

// A write-only content that goes changes the request, though nothing else is
// left to show it.
func TestContentWO_goneAsksAgain(t *testing.T) {
	conversation := func(content string) string {
		return `
resource "openai_chat_completion" "test" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "hello"
  }
  message {
    role          = "assistant"
    function_call = { name = "f", arguments = "{}" }
    ` + content + `
  }
  message {
    role    = "function"
    name    = "f"
    content = "done"
  }
}`
	}
	s := acctest.Start(t, emulator.Options{})
	s.Run(t,
		resource.TestStep{Config: conversation(`content_wo = "between us"`), Check: asked(t, s, 1)},
		resource.TestStep{Config: conversation(""), Check: asked(t, s, 2), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate)},
	)
}
