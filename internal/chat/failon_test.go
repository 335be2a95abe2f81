package chat_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// A plain create shows what matters: what will be null is planned null.
func TestResource_plansNullWhatWillBeNull(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	open := func(planned object, want bool, names ...string) {
		t.Helper()
		for _, attribute := range names {
			if _, unknown := planned[attribute].(acctest.Unknown); unknown != want || !want && planned[attribute] != nil {
				t.Errorf("%s is planned as %v", attribute, planned[attribute])
			}
		}
	}
	null := []string{"output", "recording", "response_moderation", "content_wo_version"}
	r := instance(t, s)
	planned, _ := r.Plan(t, configuration(nil)).Value.(object)
	open(planned, false, null...)
	open(planned, true, "content", "choices", "usage", "id")
	apply(t, r, configuration(nil))
	again := conversation(object{"role": "user", "content": "hello again"})
	planned = updates(t, r, again)
	open(planned, false, null...)
	open(planned, true, "content", "id")
	apply(t, r, again)
	r.Continue(connected(t, s, recordings(t.TempDir(), "")))
	json := conversation(object{"role": "user", "content": jsonAnswer})
	json["response_format"], json["moderation"] = object{"type": "json_object"}, object{"model": "omni-moderation-latest"}
	open(updates(t, r, json), true, "output", "recording", "response_moderation")
	apply(t, r, json)
}

// The default of fail_on: an answer that is cut off warns where text was asked for, and
// fails where JSON was. What the user writes decides instead.
func TestFailOn_decidesWhatFails(t *testing.T) {
	answer := func(message, reason string) emulator.Fault {
		return emulator.Status(200, `{"id":"odd","choices":[{"index":0,"message":{"role":"assistant",`+message+`},"finish_reason":"`+reason+`"}]}`)
	}
	cut, refused, words := answer(`"content":"half a"`, "length"), answer(`"content":null,"refusal":"No."`, "stop"), answer(`"content":"words"`, "stop")
	length, refusal, mismatch, none := []any{"length"}, []any{"refusal"}, []any{"schema_mismatch"}, []any{}
	for kind, test := range map[string]struct {
		answer emulator.Fault
		failOn []any // nil = null
		json   bool
		fails  string // "" = it does not
	}{
		"text cut off":               {cut, nil, false, ""},
		"text cut off, strict":       {cut, length, false, `cut off (finish_reason = "length")`},
		"text refused":               {refused, nil, false, ""},
		"text refused, strict":       {refused, refusal, false, "the model refused: No."},
		"any reason":                 {words, []any{"stop"}, false, `ended with finish_reason = "stop"`},
		"JSON cut off":               {cut, nil, true, "cut off"},
		"JSON refused":               {refused, nil, true, "the model refused"},
		"no JSON":                    {words, nil, true, "not JSON"},
		"no JSON, by name":           {words, mismatch, true, "not JSON"},
		"JSON cut off, by mismatch":  {cut, mismatch, true, "cut off"},
		"JSON refused, not by name":  {refused, mismatch, true, ""},
		"no JSON, nothing fails":     {words, none, true, ""},
		"nothing at all always does": {emulator.Status(200, `{"id":"odd","choices":[]}`), none, false, "without any choices"},
	} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Fail(test.answer)
			config := configuration(object{"fail_on": test.failOn})
			if test.failOn == nil {
				delete(config, "fail_on")
			}
			if test.json {
				config["response_format"] = object{"type": "json_object"}
				config["message"] = []any{object{"role": "user", "content": jsonAnswer}}
			}
			said := strings.Join(instance(t, s).Apply(t, config), "\n")
			if strings.Contains(said, "error: Unusable chat completion") != (test.fails != "") || !strings.Contains(said, test.fails) {
				t.Errorf("it says %q, want %q", said, test.fails)
			}
		})
	}
}

// The ephemeral resource has the same rules.
func TestFailOn_holdsForTheEphemeralResource(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	if result, diags := open(t, s, configuration(object{"max_tokens": 1})); len(diags) != 1 || !strings.HasPrefix(diags[0], "warning") || of(t, result, "content") == nil {
		t.Errorf("%v, %q", result, diags)
	}
	_, diags := open(t, s, configuration(object{"max_tokens": 1, "fail_on": []any{"length"}}))
	says(t, diags, "error: Unusable chat completion", "cut off")
}

// The warning of an answer that is cut off, and of rules that the answer that is there breaks.
func TestFailOn_warnsOfTextThatIsCutOff(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider() + completion("max_tokens = 1")})
	dir.Init()
	if said := dir.MustRun("apply", "-auto-approve"); !flat(`Warning: Chat completion may not be usable`).MatchString(said) || !flat(`choices[0]: the answer was cut off (finish_reason = "length")`).MatchString(said) {
		t.Errorf("there is no warning:\n%s", said)
	}
	if said := dir.MustRun("plan"); !flat("No changes.").MatchString(said) {
		t.Errorf("the resource is to be changed:\n%s", said)
	}
	dir.Write("main.tf", s.Provider()+completion("max_tokens = 1\n  fail_on = [\"length\"]"))
	said := dir.MustRun("apply", "-auto-approve")
	if !flat("Warning: The existing answer fails fail_on").MatchString(said) || !flat("0 added, 1 changed, 0 destroyed").MatchString(said) {
		t.Errorf("the new rule says nothing:\n%s", said)
	}
	if n := len(posts(s)); n != 1 {
		t.Errorf("%d completions were asked for, want 1", n)
	}
}

// Rules of fail_on decide what is recorded as usable.
func TestFailOn_keepsAsideWhatFails(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := recordings(t.TempDir(), "")
	config := configuration(object{"max_tokens": 1, "fail_on": []any{"length"}})
	r := instance(t, s, dir)
	says(t, r.Apply(t, config), "error: Unusable chat completion", ".unusable.json")
	r.Continue(connected(t, s, dir))
	says(t, r.Apply(t, config), "error: Unusable chat completion")
	wantCalls(t, s, map[string]int{"POST": 2})
}
