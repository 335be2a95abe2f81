package chat_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// A plain create shows what matters: what will be null is planned null.
func TestResource_plansNullWhatWillBeNull(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	null := func(names ...string) (checks []plancheck.PlanCheck) {
		for _, attribute := range names {
			checks = append(checks, plancheck.ExpectKnownValue(name, tfjsonpath.New(attribute), knownvalue.Null()))
		}
		return checks
	}
	unknown := func(names ...string) (checks []plancheck.PlanCheck) {
		for _, attribute := range names {
			checks = append(checks, plancheck.ExpectUnknownValue(name, tfjsonpath.New(attribute)))
		}
		return checks
	}
	json := "  response_format {\n    type = \"json_object\"\n  }\n  moderation {\n    model = \"omni-moderation-latest\"\n  }"
	s.Run(t,
		resource.TestStep{Config: completion(""), ConfigPlanChecks: planned(plancheck.ResourceActionCreate,
			append(null("output", "recording", "response_moderation", "content_wo_version"), unknown("content", "choices", "usage", "id")...)...)},
		resource.TestStep{Config: completionOf("hello again", ""), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate,
			append(null("output", "recording", "response_moderation", "content_wo_version"), unknown("content", "id")...)...)},
		resource.TestStep{Config: s.Provider(recordingsIn(t.TempDir(), "")) + completionOf(jsonAnswer, json), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate,
			unknown("output", "recording", "response_moderation")...)},
	)
}

// The default of fail_on: an answer that is cut off warns where text was asked for, and
// fails where JSON was. What the user writes decides instead.
func TestFailOn_decidesWhatFails(t *testing.T) {
	json := "\n  response_format {\n    type = \"json_object\"\n  }"
	answer := func(message, reason string) emulator.Fault {
		return emulator.Status(200, `{"id":"odd","choices":[{"index":0,"message":{"role":"assistant",`+message+`},"finish_reason":"`+reason+`"}]}`)
	}
	cut, refused, words := answer(`"content":"half a"`, "length"), answer(`"content":null,"refusal":"No."`, "stop"), answer(`"content":"words"`, "stop")
	for kind, test := range map[string]struct {
		answer    emulator.Fault
		arguments string
		fails     string // "" = it does not
	}{
		"text cut off":               {cut, "", ""},
		"text cut off, strict":       {cut, `fail_on = ["length"]`, `cut off \(finish_reason = "length"\)`},
		"text refused":               {refused, "", ""},
		"text refused, strict":       {refused, `fail_on = ["refusal"]`, "the model refused: No."},
		"any reason":                 {words, `fail_on = ["stop"]`, `ended with finish_reason = "stop"`},
		"JSON cut off":               {cut, json, "cut off"},
		"JSON refused":               {refused, json, "the model refused"},
		"no JSON":                    {words, json, "not JSON"},
		"no JSON, by name":           {words, `fail_on = ["schema_mismatch"]` + json, "not JSON"},
		"JSON cut off, by mismatch":  {cut, `fail_on = ["schema_mismatch"]` + json, "cut off"},
		"JSON refused, not by name":  {refused, `fail_on = ["schema_mismatch"]` + json, ""},
		"no JSON, nothing fails":     {words, `fail_on = []` + json, ""},
		"nothing at all always does": {emulator.Status(200, `{"id":"odd","choices":[]}`), `fail_on = []`, "without any choices"},
	} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Fail(test.answer, test.answer)
			step := resource.TestStep{Config: completionOf(jsonAnswer, "  "+test.arguments)}
			if test.fails != "" {
				step.ExpectError = regexp.MustCompile("(?s)Unusable chat completion.*" + regexp.MustCompile(" ").ReplaceAllString(test.fails, `[\s│]+`))
			}
			s.Run(t, step)
			s.Fail(test.answer)
			ephemeral := "ephemeral" + step.Config[len("\nresource"):]
			ephemeral = regexp.MustCompile(`(?s)\noutput .*`).ReplaceAllString(ephemeral, "")
			s.Run(t, resource.TestStep{Config: ephemeral, ExpectError: step.ExpectError})
		})
	}
}

// The warning of an answer that is cut off, and of rules that the answer that is there breaks.
func TestFailOn_warnsOfTextThatIsCutOff(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider() + completion("max_tokens = 1")})
	dir.MustRun("init")
	if said := dir.MustRun("apply", "-auto-approve"); !flat(`Warning: Chat completion may be of no use`).MatchString(said) || !flat(`choices[0]: the answer was cut off (finish_reason = "length")`).MatchString(said) {
		t.Errorf("there is no warning:\n%s", said)
	}
	if said := dir.MustRun("plan"); !flat("No changes.").MatchString(said) {
		t.Errorf("the resource is to be changed:\n%s", said)
	}
	dir.Write("main.tf", s.Provider()+completion("max_tokens = 1\n  fail_on = [\"length\"]"))
	said := dir.MustRun("apply", "-auto-approve")
	if !flat("Warning: The answer that is there fails fail_on").MatchString(said) || !flat("0 added, 1 changed, 0 destroyed").MatchString(said) {
		t.Errorf("the new rule says nothing:\n%s", said)
	}
	if n := len(posts(s)); n != 1 {
		t.Errorf("%d completions were asked for, want 1", n)
	}
}

// Rules of fail_on decide what is recorded as usable.
func TestFailOn_keepsAsideWhatFails(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := s.Provider(recordingsIn(t.TempDir(), "")) + completion("  max_tokens = 1\n  fail_on = [\"length\"]")
	s.Run(t,
		resource.TestStep{Config: config, ExpectError: regexp.MustCompile(`(?s)Unusable chat completion.*\.unusable\.json`)},
		resource.TestStep{Config: config, ExpectError: regexp.MustCompile(`(?s)Unusable chat completion`)},
	)
	if n := len(posts(s)); n != 2 {
		t.Errorf("%d completions were asked for, want 2", n)
	}
}
