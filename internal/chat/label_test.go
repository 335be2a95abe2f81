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
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

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
				instance := p.Instance("openai_chat_completion", chatBlocks...)
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
	config := conversation(object{"role": "user", "content": jsonAnswer})
	config["response_format"] = object{"type": "json_object"}
	edit := func(old, with string) {
		t.Helper()
		file, text, _ := shown(t, dir)
		edited := regexp.MustCompile(old).ReplaceAllString(text, with)
		if err := os.WriteFile(file, []byte(edited), 0o600); err != nil || edited == text {
			t.Fatalf("%v, nothing to edit in\n%s", err, text)
		}
	}
	apply(t, instance(t, s, recordings(dir, "")), config)
	edit(`"city": "[^"]*"`, `"city": "Reviewed"`)
	r := instance(t, s, recordings(dir, ""))
	same(t, of(t, apply(t, r, config)["output"], "city"), "Reviewed")
	unchanged(t, r, config)
	edit(`\(see text above\)`, `{}`)
	says(t, instance(t, s, recordings(dir, "")).Apply(t, config), "error", `Those in "text" count: correct them there`)
	wantCalls(t, s, map[string]int{"POST": 1})
}

// A label names the file, and a change of it asks nothing.
func TestLabel_namesTheRecording(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	with := func(label string) object { return configuration(object{"label": label}) }
	known := func(planned object) {
		t.Helper()
		file, _ := planned["recording"].(string)
		if !regexp.MustCompile("^a-1[.][0-9a-f]{64}[.]json$").MatchString(file) || planned["content"] != "Emulated answer to: hello" {
			t.Errorf("the plan is %v", planned)
		}
	}
	r := instance(t, s, recordings(dir, ""))
	says(t, r.Plan(t, with("")).Diags, "error at label", "label must not be empty.")
	apply(t, r, with("a/1"))
	for _, config := range []object{with("b"), configuration(nil)} {
		known(updates(t, r, config))
		apply(t, r, config)
	}
	r.Taint()
	known(replaces(t, r, with("c")))
	known(apply(t, r, with("c")))
	wantCalls(t, s, map[string]int{"POST": 1})
	another := configuration(object{"label": "c", "temperature": 0.5})
	updates(t, r, another)
	apply(t, r, another)
	wantCalls(t, s, map[string]int{"POST": 2})
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
		statecheck.ExpectKnownOutputValue("answers", knownvalue.Int64Exact(3)), statecheck.ExpectKnownOutputValue("files", knownvalue.Int64Exact(3))}})
	if found := files(t, dir); len(found) != 3 || len(posts(s)) != 3 {
		t.Errorf("after %d calls there is %v", len(posts(s)), found)
	}
}

// A label that is not known during the plan does not keep the plan from the answer.
func TestLabel_mayBeUnknownInThePlan(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	labelled := func(label any) object { return configuration(object{"label": label, "generate_on": "plan"}) }
	r := instance(t, s, recordings(dir, ""))
	plan, diags := r.ApplyOpen(t, labelled(acctest.Unknown{}), labelled("x"))
	if content := of(t, plan.Value, "content"); content != "Emulated answer to: hello" {
		t.Errorf("the plan has the answer %v: %q", content, plan.Diags)
	}
	if content := of(t, r.State(), "content"); content != "Emulated answer to: hello" {
		t.Errorf("the answer is %v: %q", content, diags)
	}
	wantCalls(t, s, map[string]int{"POST": 1})
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
				if diags := p.Instance("openai_chat_completion", chatBlocks...).Apply(t, config); len(diags) > 0 {
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
