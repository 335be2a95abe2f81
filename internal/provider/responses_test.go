package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// responses is how many responses were asked for.
func responses(s *acctest.Server) int { return requestsTo(s, "POST /v1/responses") }

// The seed's four examples say the same as responses.
func TestExamples_seedAsResponses(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	text, err := os.ReadFile(root + "examples/seed_as_responses/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	s.Run(t, resource.TestStep{ // after which a plan is empty
		Config: string(text),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("translation", knownvalue.StringExact("Bonjour, comment allez-vous ?")),
			statecheck.ExpectKnownOutputValueAtPath("function_call", tfjsonpath.New(0).AtMapKey("function").AtMapKey("name"), knownvalue.StringExact("get_weather")),
		},
	})
	if n := responses(s); n != 4 {
		t.Errorf("%d responses were asked for", n)
	}
	if left := s.Objects("responses"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// The two configurations of the guide come to the same.
func TestExamples_toResponses(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	all := map[string]string{}
	for name, config := range examples(t) {
		if strings.HasPrefix(name, "to_responses"+string(filepath.Separator)) {
			all[name] = config
		}
	}
	if len(all) != 2 {
		t.Fatalf("there are %d", len(all))
	}
	dir := modules(t, all).With("OPENAI_BASE_URL=" + s.URL)
	dir.MustRun("apply", "-auto-approve")
	for _, name := range []string{"team", "complete", "tokens"} {
		old, now := dir.MustRun("output", "-raw", "of_to_responses_chat_"+name), dir.MustRun("output", "-raw", "of_to_responses_responses_"+name)
		if old != now || old == "" {
			t.Errorf("%s is %q, and now %q", name, old, now)
		}
	}
}

// A document that changes asks again, once the store has it; nothing is left in the end.
func TestExamples_fileSearch(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	in := acctest.Install(t)
	dir := copied(t, in, "file_search").With("OPENAI_BASE_URL=" + s.URL)
	dir.MustRun("apply", "-auto-approve")
	if said := dir.MustRun("output"); !strings.Contains(said, "28 days") || !strings.Contains(said, `"leave.md"`) {
		t.Errorf("the outputs are\n%s", said)
	}
	dir.Write("handbook/leave.md", "# Leave\n\nEveryone has 30 days of paid leave a year.\n")
	dir.MustRun("apply", "-auto-approve")
	if said := dir.MustRun("output", "-raw", "leave"); !strings.Contains(said, "30 days") || responses(s) != 2 {
		t.Errorf("%d responses, and the last says %q", responses(s), said)
	}
	dir.MustRun("destroy", "-auto-approve")
	if left := append(append(s.Objects("files"), s.Objects("vector_stores")...), s.Objects("responses")...); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// An input that is too long fails the plan, and is never asked.
func TestExamples_countedInput(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := copied(t, acctest.Install(t), "data-sources/openai_response_input_tokens").With("OPENAI_BASE_URL=" + s.URL)
	said, err := dir.Run("plan", "-var=text="+strings.Repeat("word ", 3000))
	if err == nil || !words("more than the 2000 that were agreed").MatchString(said) {
		t.Errorf("%v\n%s", err, said)
	}
	if counted := requestsTo(s, "POST /v1/responses/input_tokens"); counted != 1 || responses(s) != 0 {
		t.Errorf("%d counts, %d responses", counted, responses(s))
	}
}
