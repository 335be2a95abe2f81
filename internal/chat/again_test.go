package chat_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const jsonAnswer = "Answer with JSON, with keys city and country"

// A new answer that does not come, or is of no use, leaves the old one and its
// arguments as they are: nothing is tainted, and the next plan shows the same change.
func TestResource_keepsTheOldAnswerUntilTheNewOneIsThere(t *testing.T) {
	json := object{"response_format": object{"type": "json_object"}}
	odd := func(content, reason string) emulator.Fault {
		return emulator.Status(200, `{"id":"odd","choices":[{"index":0,"message":{"role":"assistant","content":"`+content+`"},"finish_reason":"`+reason+`"}]}`)
	}
	for kind, test := range map[string]struct {
		fault emulator.Fault
		more  object
		says  string
	}{
		"wrong key":     {emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Wrong key"), nil, "The old answer stays in the state, with the arguments it was made with."},
		"no money":      {emulator.ErrorJSON(429, "insufficient_quota", "insufficient_quota", "", "Out of money"), nil, "stays in the state"},
		"time":          {emulator.Hang(), object{"timeouts": object{"create": "300ms"}}, "stays in the state"},
		"no JSON":       {odd("words that nobody wants", "stop"), json, "The next apply asks again, and is billed again. The answer was: words that nobody wants"},
		"cut off":       {odd("{", "length"), json, "the answer was cut off"},
		"no choices":    {emulator.Status(200, `{"id":"odd","choices":[]}`), nil, "without any choices"},
		"broken stream": {emulator.CutBody(600), object{"stream": true}, "What had arrived before that is"},
	} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			r := instance(t, s)
			config := func(temperature int) object {
				c := conversation(object{"role": "user", "content": jsonAnswer})
				maps.Copy(c, test.more)
				c["temperature"] = temperature
				return c
			}
			before, after := config(0), config(1)
			if diags := r.Apply(t, before); len(diags) > 0 {
				t.Fatal(diags)
			}
			old := r.State()
			s.Fail(test.fault)
			if diags := r.Apply(t, after); !flat(test.says).MatchString(strings.Join(diags, "\n")) {
				t.Errorf("it says %q", diags)
			}
			same(t, r.State(), old)
			if plan := r.Plan(t, before); len(plan.Diags) > 0 {
				t.Errorf("the plan of the old arguments is not empty: %q", plan.Diags)
			} else {
				same(t, plan.Value, old)
			}
			plan := r.Plan(t, after)
			if _, open := of(t, plan.Value, "content").(acctest.Unknown); !open || plan.Replace {
				t.Errorf("the next plan does not show the same change: %v, %q", plan.Value, plan.Diags)
			}
			wantCalls(t, s, map[string]int{"POST": 2})
			r.Apply(t, after)
			if wantCalls(t, s, map[string]int{"POST": 3}); of(t, r.State(), "id") == of(t, old, "id") {
				t.Error("the new answer did not take the place of the old one")
			}
		})
	}
}

// The same with a CLI, which must not be told that the resource is tainted.
func TestResource_isNotTaintedByAFailedUpdate(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	before, after := s.Provider()+completion("temperature = 0"), s.Provider()+completion("temperature = 1")
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": before})
	dir.Init()
	empty := func() {
		t.Helper()
		if said, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
			t.Errorf("the plan is not empty: %v\n%s", err, said)
		}
	}
	dir.MustRun("apply", "-auto-approve")
	s.Fail(emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Wrong key"))
	dir.Write("main.tf", after)
	if said, err := dir.Run("apply", "-auto-approve"); err == nil || !flat("The old answer stays in the state, with the arguments it was made with.").MatchString(said) {
		t.Errorf("%v, and it says\n%s", err, said)
	}
	dir.Write("main.tf", before)
	empty()
	wantCalls(t, s, map[string]int{"POST": 2})
	dir.Write("main.tf", after)
	if said := dir.MustRun("apply", "-auto-approve"); !strings.Contains(said, "1 changed, 0 destroyed") {
		t.Errorf("it says\n%s", said)
	}
	empty()
	wantCalls(t, s, map[string]int{"POST": 3})
}

// The main fault of replacing: a budget of two destroyed what it could not make again.
func TestResource_keepsWhatABudgetDoesNotReach(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	speak := func(provider ...object) acctest.Protocol {
		p := acctest.Speak(t)
		p.Connect(t, s, provider...)
		return p
	}
	var all []*acctest.Instance
	answers := func(prompt string) (n int) {
		for _, r := range all {
			if strings.Contains(of(t, r.State(), "content").(string), prompt) {
				n++
			}
		}
		return n
	}
	apply := func(p acctest.Protocol, prompt string) (errors []string) {
		for n, r := range all {
			r.Continue(p)
			diags := r.Apply(t, conversation(object{"role": "user", "content": fmt.Sprint(prompt, n)}))
			errors = append(errors, slices.DeleteFunc(diags, func(d string) bool { return !isError(d) })...)
		}
		return errors
	}
	first := speak()
	for range 6 {
		all = append(all, first.Instance(typeName, chatBlocks...))
	}
	if errors := apply(first, "one"); len(errors) > 0 || answers("one") != 6 {
		t.Fatal(errors)
	}
	errors := apply(speak(object{"limits": object{"max_requests": 2}}), "two")
	for _, e := range errors {
		if !flat("The old answer stays in the state, with the arguments it was made with.").MatchString(e) {
			t.Errorf("it says %q", e)
		}
	}
	if len(errors) != 4 || answers("two") != 2 || answers("one") != 4 {
		t.Errorf("%d errors, %d new answers, %d old ones", len(errors), answers("two"), answers("one"))
	}
	if errors := apply(speak(), "two"); len(errors) > 0 || answers("two") != 6 {
		t.Errorf("it says %q", errors)
	}
	wantCalls(t, s, map[string]int{"POST": 12})
}

// Two ways of writing the same request are one request.
func TestResource_asksNothingForTheSameRequest(t *testing.T) {
	hello := object{"role": "user", "content": "hello"}
	function := func(parameters string) []any { return []any{object{"name": "f", "parameters": parameters}} }
	for kind, pair := range map[string][2]object{
		"blocks and a value":  {nil, {"message": []any{}, "messages": []any{hello}}},
		"a value and JSON":    {{"message": []any{}, "messages": []any{hello}}, {"message": []any{}, "messages_json": `[{"content":"hello","role":"user"}]`}},
		"no triggers":         {nil, {"triggers": object{}}},
		"streamed":            {nil, {"stream": true, "stream_options": object{"include_usage": false}}},
		"not streamed":        {nil, {"stream": false}},
		"not stored":          {nil, {"store": false}},
		"labels of nothing":   {nil, {"metadata": object{"team": "a"}}},
		"no members":          {nil, {"extra_body": "{ }"}},
		"spelling and a key":  {{"functions": function(`{"type":"object","properties":{}}`)}, {"functions": function(`{ "properties": {}, "type": "object" }`), "api_key": "sk-test-new"}},
		"rules of the answer": {nil, {"fail_on": []any{"length"}}},
		"sound of no sound":   {nil, {"include_audio_data": true}},
	} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Foreign = true // labels of what is not stored
			r := instance(t, s)
			first, second := configuration(pair[0]), configuration(pair[1])
			if diags := r.Apply(t, first); len(diags) > 0 {
				t.Fatal(diags)
			}
			content := of(t, r.State(), "content")
			for _, config := range []object{second, second, first} {
				plan := r.Plan(t, config)
				if len(plan.Diags) > 0 || plan.Replace || of(t, plan.Value, "content") != content || of(t, plan.Value, "id") != of(t, r.State(), "id") {
					t.Errorf("the plan asks again, or says %q", plan.Diags)
				}
				if diags := r.Apply(t, config); len(diags) > 0 || of(t, r.State(), "content") != content {
					t.Errorf("the apply changes the answer, or says %q", diags)
				}
			}
			wantCalls(t, s, map[string]int{"POST": 1})
		})
	}
}

// What a plan cannot compare is compared during the apply, before any call.
func TestResource_comparesAtApplyWhatThePlanDoesNotKnow(t *testing.T) {
	user := func(content any) []any { return []any{object{"role": "user", "content": content}} }
	hidden := []any{object{"role": "user", "content_wo": "hello"}}
	for kind, arguments := range map[string]func(word any) object{
		"content": func(word any) object { return object{"message": user(word)} },
		"content_wo": func(word any) object {
			return object{"message": []any{object{"role": "user", "content_wo": word}}}
		},
		"version":  func(word any) object { return object{"message": hidden, "content_wo_version": length(word)} },
		"triggers": func(word any) object { return object{"message": user("hello"), "triggers": object{"of": word}} },
		"one of several": func(word any) object {
			return object{"message": append(user("hello"), user(word)...)}
		},
		"user":     func(word any) object { return object{"message": user("hello"), "user": word} },
		"messages": func(word any) object { return object{"messages": user(word)} },
		"blocks": func(word any) object {
			if word == (acctest.Unknown{}) {
				return object{"message": word}
			}
			return object{"message": user(word)}
		},
	} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			r := instance(t, s)
			config := func(word any) object {
				c := arguments(word)
				c["model"] = "gpt-4"
				return c
			}
			if diags := r.Apply(t, config("one")); len(diags) > 0 {
				t.Fatal(diags)
			}
			id := of(t, r.State(), "id")
			for calls, word := range []string{1: "one", 2: "other"} {
				if word == "" {
					continue
				}
				plan, diags := r.ApplyOpen(t, config(acctest.Unknown{}), config(word))
				if _, open := of(t, plan.Value, "content").(acctest.Unknown); !open || slices.ContainsFunc(diags, isError) {
					t.Errorf("%s: the plan knows the answer, or the apply says %q", word, diags)
				}
				wantCalls(t, s, map[string]int{"POST": calls})
				if kept := of(t, r.State(), "id") == id; kept != (word == "one") {
					t.Errorf("%s: the answer was kept: %t", word, kept)
				}
				if after := r.Plan(t, config(word)); len(after.Diags) > 0 {
					t.Errorf("%s: the next plan is not empty: %q", word, after.Diags)
				} else {
					same(t, after.Value, r.State())
				}
			}
		})
	}
}

// isError tells an error among diagnostics.
func isError(diag string) bool { return strings.HasPrefix(diag, "error") }

// length is the number of letters of a word that may not be known yet.
func length(word any) any {
	if known, ok := word.(string); ok {
		return len(known)
	}
	return word
}

// The same with a CLI: a data source or resource that is read again must not cost an answer.
func TestResource_keepsTheAnswerThatThePlanLeavesOpen(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := func(generation, word string) string {
		return s.Provider() + "resource \"terraform_data\" \"source\" {\n  triggers_replace = \"" + generation + "\"\n  input = \"" + word + "\"\n}\n" +
			"resource \"openai_chat_completion\" \"test\" {\n  model = \"gpt-4\"\n  dynamic \"message\" {\n    for_each = split(\",\", terraform_data.source.output)\n" +
			"    content {\n      role = \"user\"\n      content = message.value\n    }\n  }\n}\n"
	}
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": config("1", "one")})
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	open := regexp.MustCompile(`(?s)openai_chat_completion.test will be updated in-place.*~ content += .* -> \(known after apply\)`)
	for _, next := range []struct {
		generation, word string
		calls            int
	}{{"2", "one", 1}, {"3", "other", 2}} {
		dir.Write("main.tf", config(next.generation, next.word))
		if said := dir.MustRun("apply", "-auto-approve"); !open.MatchString(said) {
			t.Errorf("the plan is\n%s", said)
		}
		wantCalls(t, s, map[string]int{"POST": next.calls})
	}
	if said, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
		t.Errorf("the plan is not empty: %v\n%s", err, said)
	}
}

// The old completion is deleted from the server when the new one is there, not before.
func TestResource_deletesTheOldStoredCompletionLast(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s, object{"max_retries": 0})
	stored := func(prompt string) object {
		c := conversation(object{"role": "user", "content": prompt})
		c["store"] = true
		return c
	}
	apply := func(config object, left int) {
		t.Helper()
		if diags := r.Apply(t, config); slices.ContainsFunc(diags, isError) || slices.ContainsFunc(diags, wasNotDeleted) {
			t.Errorf("it says %q", diags)
		}
		if got := s.Stored(); len(got) != left {
			t.Errorf("%v are stored, want %d", got, left)
		}
	}
	apply(stored("one"), 1)
	first := of(t, r.State(), "id").(string)
	s.Fail(emulator.ErrorJSON(401, "", "", "", "Wrong key"))
	if diags := r.Apply(t, stored("two")); !flat("Wrong key").MatchString(strings.Join(diags, "\n")) {
		t.Errorf("it says %q", diags)
	}
	if plan := r.Plan(t, stored("one")); len(plan.Diags) > 0 {
		t.Errorf("the plan of the old arguments is not empty: %q", plan.Diags)
	} else {
		same(t, plan.Value, r.State())
	}
	if got := s.Stored(); len(got) != 1 {
		t.Errorf("%v are stored, want 1", got)
	}
	apply(stored("two"), 1)
	kept := stored("three")
	kept["skip_destroy"] = true
	apply(kept, 2)
	var order []string
	for _, r := range s.Requests() {
		order = append(order, r.Method)
	}
	if got := strings.Join(order, " "); got != "POST POST POST DELETE POST" || !strings.HasSuffix(s.Requests()[3].Path, first) {
		t.Errorf("the requests were %s, the deletion %s", got, s.Requests()[3].Path)
	}
}

func wasNotDeleted(diag string) bool {
	return strings.Contains(diag, "Old stored chat completion was not deleted")
}

// With a CLI, which shows the warning and does not take it for a failure.
func TestResource_warnsOfAnOldCompletionThatStays(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	stored := func(prompt string) string { return completionOf(prompt, "store = true") }
	failing := emulator.ErrorJSON(500, "server_error", "", "", "no deletion today")
	failing.Match.Method = http.MethodDelete
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider("max_retries = 0") + stored("four")})
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	s.Fail(failing)
	dir.Write("main.tf", s.Provider("max_retries = 0")+stored("five"))
	said := dir.MustRun("apply", "-auto-approve")
	old := s.Stored()[len(s.Stored())-2]
	oneLine := strings.Join(strings.Fields(said), " ")
	if !strings.Contains(said, "Old stored chat completion was not deleted") || !strings.Contains(oneLine, old) || !strings.Contains(oneLine, "no deletion today") {
		t.Errorf("the warning does not name %s:\n%s", old, said)
	}
	if said := dir.MustRun("plan"); !strings.Contains(said, "No changes") {
		t.Errorf("the plan after that is not empty:\n%s", said)
	}
}

// Whoever asks for a replacement gets one; what is there goes only when the new answer
// is there, if create_before_destroy says so.
func TestResource_isReplacedWhereTerraformIsToldTo(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	triggered := func(generation, lifecycle string) string {
		return "resource \"terraform_data\" \"of\" {\n  input = \"" + generation + "\"\n}\n" +
			completion("  lifecycle {\n    replace_triggered_by = [terraform_data.of]\n    "+lifecycle+"\n  }")
	}
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider() + completion("")})
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	calls := 1
	content := regexp.MustCompile(`(?m)"content": \{\n\s+"value": "(.*)"`)
	check := func(what string, more int, want string) {
		t.Helper()
		state, err := os.ReadFile(filepath.Join(dir.Path, "terraform.tfstate"))
		found := content.FindStringSubmatch(string(state))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: there is no output in the state: %v\n%s", what, err, state)
		}
		if calls += more; len(posts(s)) != calls || found[1] != want {
			t.Errorf("%s: %d completions were asked for, want %d; the answer is %q", what, len(posts(s)), calls, found[1])
		}
	}
	const hello = "Emulated answer to: hello"
	dir.MustRun("apply", "-auto-approve", "-replace="+name)
	check("-replace", 1, hello)
	dir.MustRun("taint", name)
	dir.MustRun("apply", "-auto-approve")
	check("taint", 1, hello)
	// To OpenTofu, that the other resource comes to be is a trigger, too.
	dir.Write("main.tf", s.Provider()+completion("")+"resource \"terraform_data\" \"of\" {\n  input = \"1\"\n}\n")
	dir.MustRun("apply", "-auto-approve")
	dir.Write("main.tf", s.Provider()+triggered("2", ""))
	check("nothing yet", 0, hello)
	dir.MustRun("apply", "-auto-approve")
	check("replace_triggered_by", 1, hello)
	dir.Write("main.tf", s.Provider()+triggered("3", "create_before_destroy = true"))
	s.Fail(emulator.ErrorJSON(401, "", "", "", "Wrong key"))
	if said, err := dir.Run("apply", "-auto-approve"); err == nil {
		t.Errorf("the call that failed is no error:\n%s", said)
	}
	check("create_before_destroy that fails keeps the old answer", 1, hello)
	dir.Write("main.tf", s.Provider()+strings.Replace(triggered("3", "create_before_destroy = true"), "hello", "good day", 1))
	dir.MustRun("apply", "-auto-approve", "-replace="+name)
	check("create_before_destroy", 1, "Emulated answer to: good day")
}

// An answer of no use to a changed request is kept as the recordings keep it, and the
// next apply asks again.
func TestResource_keepsAsideWhatItCannotUpdateWith(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	r := instance(t, s, recordings(dir, ""))
	config := func(temperature int) object {
		c := conversation(object{"role": "user", "content": jsonAnswer})
		c["temperature"], c["response_format"] = temperature, object{"type": "json_object"}
		return c
	}
	if diags := r.Apply(t, config(0)); slices.ContainsFunc(diags, isError) {
		t.Fatal(diags)
	}
	old := r.State()
	empty := func() {
		t.Helper()
		plan := r.Plan(t, config(0))
		if len(plan.Diags) > 0 {
			t.Errorf("the plan says %q", plan.Diags)
		}
		same(t, plan.Value, old)
	}
	empty()
	s.Fail(emulator.Status(200, `{"id":"odd","choices":[{"index":0,"message":{"role":"assistant","content":"words"},"finish_reason":"stop"}]}`))
	if diags := r.Apply(t, config(1)); !regexp.MustCompile(`(?s)Unusable chat completion.*\.unusable\.json`).MatchString(strings.Join(diags, "\n")) {
		t.Errorf("it says %q", diags)
	}
	next := acctest.Speak(t)
	next.Connect(t, s, recordings(dir, ""))
	r.Continue(next)
	empty()
	for _, temperature := range []int{1, 0} { // the second is on record: old words → new words
		plan := r.Plan(t, config(temperature))
		_, open := of(t, plan.Value, "content").(acctest.Unknown)
		if plan.Replace || open != (temperature == 1) {
			t.Errorf("the plan for %d replaces, or has not what it should: %v", temperature, of(t, plan.Value, "content"))
		}
		if diags := r.Apply(t, config(temperature)); slices.ContainsFunc(diags, isError) {
			t.Errorf("it says %q", diags)
		}
		wantCalls(t, s, map[string]int{"POST": 3})
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*.unusable.json")); len(found) != 1 {
		t.Errorf("kept aside: %v", found)
	}
}
