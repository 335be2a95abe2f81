package chat_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// recordingsIn is a recordings block.
func recordingsIn(dir, mode string) string {
	if mode != "" {
		mode = "\n    mode = \"" + mode + "\""
	}
	return "recordings {\n    directory = \"" + filepath.ToSlash(dir) + "\"" + mode + "\n  }"
}

// flat is a regular expression that does not mind where the CLI breaks lines.
func flat(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	return regexp.MustCompile(strings.Join(words, `[\s│]+`))
}

// files are the recordings in a directory, hidden files included.
func files(t *testing.T, dir string) []string {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, file := range found {
		names = append(names, file.Name())
	}
	return names
}

func TestRecordings_serveWhatWasAskedBefore(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	var first string
	with := func(mode, config string) string { return s.Provider(recordingsIn(dir, mode)) + config }
	content := func(state *terraform.State) string { return state.RootModule().Outputs["content"].Value.(string) }
	again := planned(plancheck.ResourceActionCreate,
		plancheck.ExpectKnownOutputValue("content", knownvalue.StringRegexp(regexp.MustCompile("hello"))),
		plancheck.ExpectKnownValue(name, tfjsonpath.New("choices").AtSliceIndex(0).AtMapKey("finish_reason"), knownvalue.StringExact("stop")),
		plancheck.ExpectKnownValue(name, tfjsonpath.New("usage").AtMapKey("total_tokens"), knownvalue.NotNull()),
		plancheck.ExpectKnownValue(name, tfjsonpath.New("request_id"), knownvalue.StringExact("req_00000000000000000000000000000001")))
	steps := []resource.TestStep{{Config: with("", completion("temperature = 0.5")), Check: func(state *terraform.State) error {
		first = content(state)
		return asked(t, s, 1)(state)
	}}}
	for _, config := range []string{
		with("", completion("temperature = 0.50")),
		with("", completion("temperature = 0.5\n  stream = true\n  timeouts {\n    create = \"1m\"\n  }\n  api_key = \"sk-test-another\"")),
		strings.Replace(with("replay", completion("temperature = 0.5")), acctest.Key, "", 1),
	} {
		steps = append(steps,
			resource.TestStep{Config: with("", "# nothing")},
			resource.TestStep{Config: config, ConfigPlanChecks: again, Check: func(state *terraform.State) error {
				if got := content(state); got != first {
					t.Errorf("the answer is %q, was %q", got, first)
				}
				return asked(t, s, 1)(state)
			}})
	}
	steps = append(steps,
		resource.TestStep{Config: with("refresh", "# nothing")},
		resource.TestStep{Config: with("refresh", completion("temperature = 0.5")), Check: asked(t, s, 2),
			ConfigPlanChecks: planned(plancheck.ResourceActionCreate, plancheck.ExpectUnknownOutputValue("content"))})
	s.Run(t, steps...)
	if got := files(t, dir); len(got) != 1 || len(got[0]) != 64+len(".json") {
		t.Errorf("the directory holds %v", got)
	}
	text, err := os.ReadFile(filepath.Join(dir, files(t, dir)[0]))
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	same(t, file["request"], map[string]any{"model": "gpt-4", "temperature": 0.5, "messages": []any{map[string]any{"role": "user", "content": "hello"}}})
	if strings.Contains(string(text), "sk-test") || file["provider_version"] != "test" || file["recorded_at"] == nil {
		t.Errorf("the recording is %s", text)
	}
}

func TestRecordings_areSharedByTheSameRequest(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	many := func(triggers string) string {
		return s.Provider(recordingsIn(t.TempDir(), "")) + `
resource "openai_chat_completion" "test" {
  count    = 8
  model    = "gpt-4"
  triggers = ` + triggers + `
  message {
    role    = "user"
    content = "hello"
  }
}
output "different" {
  value = length(toset(openai_chat_completion.test[*].id))
}`
	}
	different := func(n int64) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("different", knownvalue.Int64Exact(n))}
	}
	s.Run(t,
		resource.TestStep{Config: many("{}"), Check: asked(t, s, 1), ConfigStateChecks: different(1)},
		resource.TestStep{Config: many("{ number = count.index }"), Check: asked(t, s, 9), ConfigStateChecks: different(8)},
	)
}

// Terraform opens an ephemeral resource at each phase; with recordings it asks once.
func TestRecordings_serveTheEphemeralResourceAndTheAction(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	factories := acctest.Factories()
	factories["echo"] = echoprovider.NewProviderServer()
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: s.Provider(recordingsIn(dir, "")) + `
ephemeral "openai_chat_completion" "test" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "hello"
  }
}
provider "echo" {
  data = ephemeral.openai_chat_completion.test.content
}
resource "echo" "test" {}`,
		Check: asked(t, s, 1),
	}}})
	provider := object{"recordings": object{"directory": dir}}
	progress, diags := gate(t, s, configuration(nil), provider)
	if len(diags) > 0 || strings.Join(progress, "") != "Emulated answer to: hello" {
		t.Errorf("%q, %q", progress, diags)
	}
	if _, diags := gate(t, s, configuration(object{"record": false}), provider); len(diags) > 0 {
		t.Error(diags)
	}
	if n := len(posts(s)); n != 2 {
		t.Errorf("%d completions were asked for, want 1, and 1 with record = false", n)
	}
}

func TestRecordings_keepNoSecretAndNoUnwantedAnswer(t *testing.T) {
	for kind, config := range map[string]string{"content_wo": secretPrompt("my secret", ""), "record": completion("record = false")} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			dir := t.TempDir()
			s.Run(t,
				resource.TestStep{Config: s.Provider(recordingsIn(dir, "")) + config, Check: asked(t, s, 1)},
				resource.TestStep{Config: s.Provider(recordingsIn(dir, "replay")) + config, Check: asked(t, s, 1),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
				resource.TestStep{Config: s.Provider(recordingsIn(dir, "replay")) + config, Taint: []string{name},
					ExpectError: flat("There is no recording of this request, and can be none: ")},
			)
			if found := files(t, dir); len(found) > 0 {
				t.Errorf("recorded: %v", found)
			}
		})
	}
}

func TestRecordings_sayWhatIsWrongBeforeAnyCall(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	config := completion("")
	s.Run(t,
		resource.TestStep{Config: s.Provider(recordingsIn(filepath.Join(dir, "none"), "replay")) + config,
			ExpectError: flat("The request: model gpt-4, messages: user. No call was made, because the mode of the recordings is \"replay\".")},
		resource.TestStep{Config: s.Provider(recordingsIn(filepath.Join(blocked, "below"), "")) + config, Check: asked(t, s, 0),
			ExpectError: regexp.MustCompile(`(?s)cannot[\s│]+be[\s│]+written.*No[\s│]+call[\s│]+was[\s│]+made`)},
		resource.TestStep{Config: s.Provider("recordings {}") + config, ExpectError: flat("Set directory in the recordings block")},
		resource.TestStep{Config: s.Provider("recordings {\n    directory = \"x\"\n    mode = \"record\"\n  }") + config, ExpectError: flat(`recordings.mode must be "reuse", "replay" or "refresh", not "record"`)},
		resource.TestStep{Config: s.Provider(recordingsIn(filepath.Join(dir, "r"), "")) + config, Check: asked(t, s, 1)},
	)
	recorded := filepath.Join(dir, "r", files(t, filepath.Join(dir, "r"))[0])
	s.Run(t, resource.TestStep{Config: s.Provider(recordingsIn(filepath.Join(dir, "r"), "replay")) + completionOf("hello!", ""),
		ExpectError: regexp.MustCompile(`its[\s│]+request[\s│]+differs[\s│]+in[\s│]+messages\[0\]\.content\.`)})
	if err := os.WriteFile(recorded, []byte("<<<<<<< HEAD"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"reuse", "replay", "refresh"} {
		s.Run(t, resource.TestStep{Config: s.Provider(recordingsIn(filepath.Join(dir, "r"), mode)) + config,
			ExpectError: regexp.MustCompile(`(?s)cannot[\s│]+be[\s│]+used.*not[\s│]+valid[\s│]+JSON.*left[\s│]+as[\s│]+it[\s│]+is`)})
	}
	if n := len(posts(s)); n != 1 {
		t.Errorf("%d calls were made, want 1", n)
	}
}

// An answer that breaks its format is kept, and never given again.
func TestRecordings_keepAnUnusableAnswerAside(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	s.Fail(emulator.Status(200, `{"id":"odd","choices":[{"index":0,"message":{"role":"assistant","content":"words"},"finish_reason":"stop"}]}`))
	config := s.Provider(recordingsIn(dir, "")) + completionOf("Answer with JSON, with keys city and country", "  response_format {\n    type = \"json_object\"\n  }")
	s.Run(t,
		resource.TestStep{Config: config, ExpectError: regexp.MustCompile(`(?s)kept[\s│]+in[\s│]+the[\s│]+state.*\.unusable\.json[\s│]+as[\s│]+well`)},
		resource.TestStep{Config: config, Check: asked(t, s, 2), ConfigPlanChecks: planned(plancheck.ResourceActionReplace)},
	)
	if found := files(t, dir); len(found) != 2 {
		t.Errorf("the directory holds %v", found)
	}
}

// A budget is for calls; what is on record is no call.
func TestRecordings_serveWhenTheBudgetIsSpent(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := s.Provider(recordingsIn(t.TempDir(), ""), "limits {\n    max_requests = 1\n  }")
	many := "resource \"openai_chat_completion\" \"test\" {\n  count = 8\n  model = \"gpt-4\"\n  message {\n    role    = \"user\"\n    content = \"hello\"\n  }\n}\n"
	s.Run(t, resource.TestStep{Config: config + many, Check: asked(t, s, 1)})
}

// In replay nothing is asked of the server, not even to change or delete what it stores.
func TestRecordings_replayLeavesTheServerAlone(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	labelled := func(mode, label string) string {
		return s.Provider(recordingsIn(dir, mode)) + completion("store = true\n  metadata = { team = \""+label+"\" }")
	}
	s.Run(t,
		resource.TestStep{Config: labelled("", "a"), Check: asked(t, s, 1)},
		resource.TestStep{Config: labelled("replay", "b"), ExpectError: flat("Could not change the metadata of the stored chat completion")},
		resource.TestStep{Config: s.Provider(recordingsIn(dir, "replay"))},
	)
	if n := len(s.Requests()); n != 1 || len(s.Stored()) != 1 {
		t.Errorf("%d requests were sent, and %v are stored", n, s.Stored())
	}
}

// Of many that ask the same, one meets a server that hangs. The others share its failure,
// since the call may be billed; it is no answer, and the next run asks again.
func TestRecordings_shareAFailureThatMayBeBilled(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Hang())
	many := s.Provider(recordingsIn(t.TempDir(), ""), `request_timeout = "300ms"`) +
		"resource \"openai_chat_completion\" \"test\" {\n  count = 4\n  model = \"gpt-4\"\n  message {\n    role    = \"user\"\n    content = \"hello\"\n  }\n}\n"
	s.Run(t,
		resource.TestStep{Config: many, ExpectError: flat("This is the failure of another resource or data source that made the same request in this run.")},
		resource.TestStep{Config: many, Check: asked(t, s, 2)},
	)
}
