package chat_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// shown is what stands above the answer in the only recording of a directory, as path and lines or JSON.
func shown(t *testing.T, dir string) (file, text string, texts []any) {
	t.Helper()
	found := files(t, dir)
	if len(found) != 1 {
		t.Fatalf("there is %v", found)
	}
	file = filepath.Join(dir, found[0])
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r struct{ Text []any }
	if err := json.Unmarshal(content, &r); err != nil {
		t.Fatal(err)
	}
	return file, string(content), r.Text
}

// Every text that people read of an answer stands above it, and is read back from there.
func TestRecordings_showWhatPeopleRead(t *testing.T) {
	for kind, test := range map[string]struct {
		message string
		want    []any
	}{
		"text": {`{"role":"assistant","content":"Dear all,\n\nbye.\n"}`, []any{object{"path": "choices[0].message.content", "lines": []any{"Dear all,", "", "bye.", ""}}}},
		"JSON": {`{"role":"assistant","content":"{\"level\": \"public\"}"}`, []any{object{"path": "choices[0].message.content", "json": object{"level": "public"}, "layout": "spaced"}}},
		"two choices, one of them refused": {`{"role":"assistant","content":"one"},"finish_reason":"stop"},{"index":1,"message":{"role":"assistant","content":null,"refusal":"No."}`,
			[]any{object{"path": "choices[0].message.content", "lines": []any{"one"}}, object{"path": "choices[1].message.refusal", "lines": []any{"No."}}}},
		"tool calls": {`{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"custom","custom":{"name":"g","input":"select 1"}}]}`,
			[]any{object{"path": "choices[0].message.tool_calls[0].function.arguments", "json": object{"a": 1.0}}, object{"path": "choices[0].message.tool_calls[1].custom.input", "lines": []any{"select 1"}}}},
		"a function call":  {`{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}}`, []any{object{"path": "choices[0].message.function_call.arguments", "json": object{}}}},
		"parts":            {`{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}`, []any{object{"path": "choices[0].message.content[0].text", "lines": []any{"a"}}, object{"path": "choices[0].message.content[1].text", "lines": []any{"b"}}}},
		"a spoken answer":  {`{"role":"assistant","content":null,"audio":{"id":"a","expires_at":1,"data":"AAAA","transcript":"Hello."}}`, []any{object{"path": "choices[0].message.audio.transcript", "lines": []any{"Hello."}}}},
		"nothing to read":  {`{"role":"assistant","content":null}`, nil},
		"content is empty": {`{"role":"assistant","content":""}`, nil},
	} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Foreign = true
			s.Fail(emulator.Status(200, `{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":`+test.message+`,"finish_reason":"stop"}]}`))
			dir := t.TempDir()
			var states []any
			for _, mode := range []string{"reuse", "replay"} {
				p := acctest.Speak(t)
				p.Connect(t, s, recordings(dir, mode))
				instance := p.Instance("openai_chat_completion", "message", "tool", "functions", "content_part")
				for _, said := range instance.Apply(t, configuration(object{"fail_on": []any{}})) {
					if strings.HasPrefix(said, "error") {
						t.Fatal(said)
					}
				}
				states = append(states, instance.State())
			}
			same(t, states[1], states[0])
			_, text, texts := shown(t, dir)
			same(t, texts, test.want)
			if n := strings.Count(text, "(see text above)"); n != len(test.want) {
				t.Errorf("the recording is\n%s", text)
			}
		})
	}
}

// A reviewer corrects the words where people read them, and the next one who takes the recording has them.
func TestRecordings_giveWhatAReviewerHasCorrected(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	config := s.Provider(recordingsIn(dir, "")) + completionOf("Answer with JSON, with keys city and country", "  response_format {\n    type = \"json_object\"\n  }") +
		"output \"city\" {\n  value = openai_chat_completion.test.output.city\n}\n"
	says := func(city string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("city", knownvalue.StringExact(city))}
	}
	edit := func(old, with string) func() {
		return func() {
			file, text, _ := shown(t, dir)
			edited := regexp.MustCompile(old).ReplaceAllString(text, with)
			if err := os.WriteFile(file, []byte(edited), 0o600); err != nil || edited == text {
				t.Fatalf("%v, nothing to edit in\n%s", err, text)
			}
		}
	}
	s.Run(t,
		resource.TestStep{Config: config, Check: asked(t, s, 1)},
		resource.TestStep{PreConfig: edit(`"city": "[^"]*"`, `"city": "Reviewed"`), Config: config, Taint: []string{name}, Check: asked(t, s, 1), ConfigStateChecks: says("Reviewed")},
		resource.TestStep{PreConfig: edit(`\(see text above\)`, `{}`), Config: config, Taint: []string{name}, ExpectError: flat(`Those in "text" count: correct them there`)},
	)
}

// A label names the file, and a change of it asks nothing.
func TestLabel_namesTheRecording(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	with := func(arguments string) string { return s.Provider(recordingsIn(dir, "")) + completion(arguments) }
	known := func(file string) []plancheck.PlanCheck {
		return []plancheck.PlanCheck{
			plancheck.ExpectKnownValue(name, tfjsonpath.New("recording"), knownvalue.StringRegexp(regexp.MustCompile(file))),
			plancheck.ExpectKnownValue(name, tfjsonpath.New("content"), knownvalue.NotNull()),
		}
	}
	const hash = "[0-9a-f]{64}[.]json$"
	s.Run(t,
		resource.TestStep{Config: with(`label = ""`), ExpectError: flat("label must not be empty.")},
		resource.TestStep{Config: with(`label = "a/1"`), Check: asked(t, s, 1)},
		resource.TestStep{Config: with(`label = "b"`), Check: asked(t, s, 1), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate, known("^a-1[.]"+hash)...)},
		resource.TestStep{Config: with(``), Check: asked(t, s, 1), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate, known("^a-1[.]"+hash)...)},
		resource.TestStep{Config: with(`label = "c"`), Taint: []string{name}, Check: asked(t, s, 1), ConfigPlanChecks: planned(plancheck.ResourceActionReplace, known("^a-1[.]"+hash)...)},
		resource.TestStep{Config: with("label = \"c\"\n  temperature = 0.5"), Check: asked(t, s, 2), ConfigPlanChecks: planned(plancheck.ResourceActionUpdate)},
	)
	found := files(t, dir)
	if len(found) != 2 || !strings.HasPrefix(found[0], "a-1.") || !strings.HasPrefix(found[1], "c.") {
		t.Errorf("there is %v", found)
	}
	for _, r := range posts(s) {
		if strings.Contains(string(r.Body), "label") {
			t.Errorf("sent: %s", r.Body)
		}
	}
}

// The same request is asked once, whatever it is called; and what is called the same is not mixed up.
func TestLabel_isNoPartOfTheRequest(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	config := s.Provider(recordingsIn(dir, "")) + `
resource "openai_chat_completion" "same" {
  count       = 3
  label       = "label ${count.index}"
  generate_on = "plan"
  model       = "gpt-4"
  message {
    role    = "user"
    content = "hello"
  }
}
resource "openai_chat_completion" "other" {
  count       = 2
  label       = "label ${count.index}"
  generate_on = "plan"
  model       = "gpt-4"
  message {
    role    = "user"
    content = "hello, ${count.index}"
  }
}
output "answers" {
  value = length(toset([for r in concat(openai_chat_completion.same, openai_chat_completion.other) : r.id]))
}
output "files" {
  value = length(toset([for r in concat(openai_chat_completion.same, openai_chat_completion.other) : r.recording]))
}`
	s.Run(t, resource.TestStep{Config: config, ConfigStateChecks: []statecheck.StateCheck{
		statecheck.ExpectKnownOutputValue("answers", knownvalue.Int64Exact(3)), statecheck.ExpectKnownOutputValue("files", knownvalue.Int64Exact(3))}},
		resource.TestStep{Config: config, PlanOnly: true})
	if found := files(t, dir); len(found) != 3 || len(posts(s)) != 3 {
		t.Errorf("after %d calls there is %v", len(posts(s)), found)
	}
}

// A label that is not known during the plan does not keep the plan from the answer.
func TestLabel_mayBeUnknownInThePlan(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	config := s.Provider(recordingsIn(dir, "")) + "resource \"terraform_data\" \"later\" {\n  input = \"x\"\n}\n" +
		completion("label = terraform_data.later.output\n  generate_on = \"plan\"")
	s.Run(t, resource.TestStep{Config: config, Check: asked(t, s, 1), ConfigPlanChecks: planned(plancheck.ResourceActionCreate,
		plancheck.ExpectKnownValue(name, tfjsonpath.New("content"), knownvalue.NotNull()))})
	if found := files(t, dir); len(found) != 1 || len(found[0]) != 64+len(".json") {
		t.Errorf("there is %v", found)
	}
}

// What is in no state says so in its recording.
func TestRecordings_tellWhatIsInNoState(t *testing.T) {
	for kind, want := range map[string]bool{"action": true, "resource": false} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			dir := t.TempDir()
			config := configuration(object{"label": "gate"})
			if kind == "action" {
				if _, diags := gate(t, s, config, recordings(dir, "")); len(diags) > 0 {
					t.Fatal(diags)
				}
			} else {
				p := acctest.Speak(t)
				p.Connect(t, s, recordings(dir, ""))
				if diags := p.Instance("openai_chat_completion", "message", "tool", "functions", "content_part").Apply(t, config); len(diags) > 0 {
					t.Fatal(diags)
				}
			}
			file, text, _ := shown(t, dir)
			if strings.Contains(text, `"stateless": true`) != want || !slices.Contains(strings.Split(filepath.Base(file), "."), "gate") {
				t.Errorf("%s is\n%s", file, text)
			}
		})
	}
}
