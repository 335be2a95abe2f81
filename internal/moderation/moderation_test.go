package moderation_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
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

type object = map[string]any

const (
	name = "openai_moderation.test"
	harm = "I will kill you"
)

func moderation(arguments string) string {
	return "resource \"openai_moderation\" \"test\" {\n  " + arguments + "\n}\n"
}

func is(at string, check knownvalue.Check) statecheck.StateCheck {
	steps := strings.Split(at, ".")
	place := tfjsonpath.New(steps[0])
	for _, step := range steps[1:] {
		if step == "0" || step == "1" {
			place = place.AtSliceIndex(int(step[0] - '0'))
		} else {
			place = place.AtMapKey(step)
		}
	}
	return statecheck.ExpectKnownValue(name, place, check)
}

func sent(t *testing.T, s *acctest.Server, count int, want map[string]any) resource.TestCheckFunc {
	t.Helper()
	return func(*terraform.State) error {
		all := s.Requests()
		if len(all) != count {
			t.Errorf("%d requests were sent, want %d", len(all), count)
		}
		var body map[string]any
		if err := json.Unmarshal(all[len(all)-1].Body, &body); err != nil {
			return err
		}
		if want != nil && !reflect.DeepEqual(body, want) {
			t.Errorf("sent: %v, want %v", body, want)
		}
		return nil
	}
}

func TestResource_keepsTheJudgement(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	update := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(name, plancheck.ResourceActionUpdate)}}
	image := "https://example.com/cat.png"
	s.Run(t,
		resource.TestStep{Config: moderation(`input = "hello"`), Check: sent(t, s, 1, map[string]any{"input": "hello"}),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(name, tfjsonpath.New("flagged")), plancheck.ExpectKnownValue(name, tfjsonpath.New("results"), knownvalue.Null())}},
			ConfigStateChecks: []statecheck.StateCheck{
				is("flagged", knownvalue.Bool(false)), is("categories.violence", knownvalue.Bool(false)), is("category_scores.violence", knownvalue.NotNull()),
				is("id", knownvalue.StringRegexp(regexp.MustCompile("^modr-"))), is("response_model", knownvalue.StringRegexp(regexp.MustCompile("^omni-moderation"))),
				is("category_applied_input_types.violence.0", knownvalue.StringExact("text")), is("results", knownvalue.Null())}},
		resource.TestStep{Config: moderation("input = \"" + harm + "\"\n  model = \"omni-moderation-latest\""), ConfigPlanChecks: update,
			Check:             sent(t, s, 2, map[string]any{"input": harm, "model": "omni-moderation-latest"}),
			ConfigStateChecks: []statecheck.StateCheck{is("flagged", knownvalue.Bool(true)), is("categories.violence", knownvalue.Bool(true))}},
		resource.TestStep{Config: moderation(`inputs = ["hello", "` + harm + `"]`), ConfigPlanChecks: update,
			Check: sent(t, s, 3, map[string]any{"input": []any{"hello", harm}}),
			ConfigStateChecks: []statecheck.StateCheck{is("flagged", knownvalue.Bool(true)), is("categories.violence", knownvalue.Bool(true)),
				is("results.0.flagged", knownvalue.Bool(false)), is("results.1.flagged", knownvalue.Bool(true)), is("results", knownvalue.ListSizeExact(2))}},
		resource.TestStep{Config: moderation("input_part {\n    type = \"text\"\n    text = \"hello\"\n  }\n  input_part {\n    type = \"image_url\"\n    image_url {\n      url = \"" + image + "\"\n    }\n  }"), ConfigPlanChecks: update,
			Check: sent(t, s, 4, map[string]any{"input": []any{map[string]any{"type": "text", "text": "hello"},
				map[string]any{"type": "image_url", "image_url": map[string]any{"url": image}}}}),
			ConfigStateChecks: []statecheck.StateCheck{is("flagged", knownvalue.Bool(false)), is("results", knownvalue.Null())}},
	)
}

// A moderation is free: it counts in no budget, and holds nothing back that costs.
func TestModeration_countsInNoBudget(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	p := acctest.Speak(t)
	p.Connect(t, s, object{"limits": object{"max_requests": 1}})
	for i := range 3 {
		if diags := p.Instance("openai_moderation", "input_part").Apply(t, object{"input": fmt.Sprint("hello ", i)}); len(diags) > 0 {
			t.Error(diags)
		}
	}
	if n := len(s.Requests()); n != 3 {
		t.Errorf("%d requests were sent, want 3", n)
	}
}

// The gates of a module: a check that warns, and a precondition that stops.
func TestDataSource_isAGate(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	gate := func(text string) string {
		return "data \"openai_moderation\" \"prompt\" {\n  input = \"" + text + `"
}
resource "terraform_data" "published" {
  lifecycle {
    precondition {
      condition     = !data.openai_moderation.prompt.flagged
      error_message = "The text is not fit to be published: ${join(", ", [for name, found in data.openai_moderation.prompt.categories : name if found])}."
    }
  }
}`
	}
	s.Run(t,
		resource.TestStep{Config: gate("hello")},
		resource.TestStep{Config: gate(harm), ExpectError: regexp.MustCompile(`(?s)not fit to be published:.*violence`)},
	)
}

// What is found in a category is found, whatever the server says of the whole.
func TestModeration_believesTheWorse(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	p := acctest.Speak(t)
	p.Connect(t, s)
	for body, want := range map[string]any{
		`{"results":[{"flagged":false,"categories":{"violence":true,"hate":false}}]}`:                                 true,
		`{"results":[{"flagged":false,"categories":{"violence":false}}]}`:                                             false,
		`{"results":[{"flagged":"false","categories":{"violence":"true"}}]}`:                                          true,
		`{"results":[{"flagged":false},{"flagged":true}]}`:                                                            true,
		`{"results":[{"flagged":false,"categories":{"a":false}},{"flagged":false,"categories":{"a":true}}]}`:          true,
		`{"results":[{"flagged":false,"category_scores":{"violence":1e999,"hate":"NaN","harm":-5,"self-harm":0.5}}]}`: false,
	} {
		s.Fail(emulator.Status(200, body))
		r := p.Instance("openai_moderation", "input_part")
		diags := r.Apply(t, map[string]any{"input": "hello"})
		if state, _ := r.State().(map[string]any); len(diags) > 0 || state["flagged"] != want {
			t.Errorf("%s: %v, %q", body, state["flagged"], diags)
		}
	}
}

// Of several texts, each has a judgement; and what is free is not said to be billed.
func TestModeration_eachTextNeedsAJudgement(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	p := acctest.Speak(t)
	p.Connect(t, s)
	for _, body := range []string{`{"results":[{"flagged":true},{"flagged":null}]}`, `{"results":[{"flagged":true},{}]}`} {
		s.Fail(emulator.Status(200, body))
		_, diags := p.ReadData(t, "openai_moderation", map[string]any{"inputs": []any{"ok", "bad"}})
		said := strings.Join(diags, "\n")
		if !strings.Contains(said, "without a judgement of text 1") || strings.Contains(said, "billed") {
			t.Errorf("%s: %q", body, diags)
		}
	}
}

// Silence is no consent: an answer without a judgement fails, and is not recorded as usable.
func TestModeration_doesNotTakeSilenceForConsent(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	for _, body := range []string{`{"id":"x","results":[]}`, `{"id":"x"}`, `{"results":[{}]}`, `{"results":[null]}`, `{"results":[{"flagged":false},{"categories":{}}]}`} {
		s.Fail(emulator.Status(200, body))
		p := acctest.Speak(t)
		p.Connect(t, s, object{"recordings": object{"directory": dir}})
		config := object{"inputs": []any{"hello", "you"}, "input_part": []any{}}
		if _, diags := p.ReadData(t, "openai_moderation", config); !regexp.MustCompile(`^error.*Unusable moderation.*without a judgement`).MatchString(strings.Join(diags, "\n")) {
			t.Errorf("%s: got %q", body, diags)
		}
	}
	if n := len(s.Requests()); n != 5 {
		t.Errorf("%d requests were sent, want 5", n)
	}
	if recorded, _ := filepath.Glob(filepath.Join(dir, strings.Repeat("?", 64)+".json")); len(recorded) > 0 {
		t.Errorf("recorded: %v", recorded)
	}
}

func TestModeration_refusesWhatCanNeverBeRight(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	for says, arguments := range map[string]object{
		"Missing input":          {},
		"either input or inputs": {"input": "a", "inputs": []any{"b"}},
		"Missing image_url":      {"input_part": []any{object{"type": "image_url"}}},
		"Unexpected text":        {"input_part": []any{object{"type": "image_url", "text": "a", "image_url": object{"url": "https://example.com/a.png"}}}},
	} {
		plan := p.Instance("openai_moderation", "input_part").Plan(t, arguments)
		if said := strings.Join(plan.Diags, "\n"); plan.Value != nil || !strings.HasPrefix(said, "error") || !strings.Contains(said, says) {
			t.Errorf("got %q, want %q", said, says)
		}
	}
}
