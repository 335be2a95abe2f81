package chat_test

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestGenerateOnPlan_showsTheAnswerAndStoresJustThat(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	provider := s.Provider(recordingsIn(t.TempDir(), ""))
	shown := plancheck.ExpectKnownOutputValue("content", knownvalue.StringRegexp(regexp.MustCompile("hello")))
	s.Run(t,
		resource.TestStep{Config: provider + completion(`generate_on = "plan"`), Check: asked(t, s, 1), ConfigPlanChecks: planned(plancheck.ResourceActionCreate, shown)},
		resource.TestStep{Config: provider + completionOf("hello again", `generate_on = "plan"`), Check: asked(t, s, 2),
			ConfigPlanChecks: planned(plancheck.ResourceActionUpdate, shown)},
	)
}

func TestGenerateOnPlan_isNoPartOfTheRequest(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s, recordings(t.TempDir(), ""))
	first := apply(t, r, configuration(object{"generate_on": "plan"}))
	config := configuration(object{"generate_on": "apply"})
	if content := updates(t, r, config)["content"]; content != first["content"] {
		t.Errorf("the plan has the answer %v", content)
	}
	if after := apply(t, r, config); after["id"] != first["id"] {
		t.Errorf("the answer is %v", after)
	}
	wantCalls(t, s, map[string]int{"POST": 1})
}

func TestGenerateOnPlan_needsWhatItNeeds(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	plan := object{"generate_on": "plan"}
	secret := conversation(object{"role": "user", "content_wo": "secret"})
	maps.Copy(secret, plan)
	for name, test := range map[string]struct {
		provider, config object
		want             []string
	}{
		"recordings":         {nil, configuration(plan), []string{"Missing recordings", `generate_on = "plan"`, "Add a recordings block"}},
		"a recording":        {recordings(dir, ""), configuration(object{"generate_on": "plan", "record": false}), []string{`record is false. Use generate_on = "apply".`}},
		"nothing secret":     {recordings(dir, ""), secret, []string{"a request with content_wo is never recorded"}},
		"a recording to use": {recordings(dir, "refresh"), configuration(plan), []string{`With mode = "refresh", the apply would ask again`}},
		"a phase":            {recordings(dir, ""), configuration(object{"generate_on": "never"}), []string{`generate_on must be "apply" or "plan", not "never"`}},
	} {
		t.Run(name, func(t *testing.T) {
			planned := instance(t, s, test.provider).Plan(t, test.config)
			says(t, planned.Diags, append([]string{"error"}, test.want...)...)
		})
	}
	wantCalls(t, s, map[string]int{})
}

// What is wrong with the answer fails the plan, and the answer is kept.
func TestGenerateOnPlan_checksTheAnswerInThePlan(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	s.Fail(emulator.Status(200, `{"id":"odd","choices":[{"index":0,"message":{"role":"assistant","content":"words"},"finish_reason":"stop"}]}`),
		emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Wrong key"))
	config := conversation(object{"role": "user", "content": jsonAnswer})
	config["generate_on"], config["response_format"] = "plan", object{"type": "json_object"}
	says(t, instance(t, s, recordings(dir, "")).Plan(t, config).Diags,
		"error: Unusable chat completion", "kept in the file", ".unusable.json", "The next plan asks again, and is billed again")
	says(t, instance(t, s, recordings(dir, "")).Plan(t, config).Diags, "error: Could not generate chat completion during the plan", "Wrong key")
	apply(t, instance(t, s, recordings(dir, "")), config)
	wantCalls(t, s, map[string]int{"POST": 3})
}

// Three that ask the same at once pay once, also for what is of no use.
func TestGenerateOnPlan_asksOnceForWhatIsUnusable(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Status(200, `{"id":"odd","choices":[{"index":0,"message":{"role":"assistant","content":"words"},"finish_reason":"stop"}]}`).Repeat(-1))
	config := conversation(object{"role": "user", "content": "Answer with JSON"})
	config["generate_on"], config["response_format"] = "plan", object{"type": "json_object"}
	p := connected(t, s, recordings(t.TempDir(), ""))
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			says(t, p.Instance(typeName, chatBlocks...).Plan(t, config).Diags, "error: Unusable chat completion", "kept in the file")
		})
	}
	all.Wait()
	wantCalls(t, s, map[string]int{"POST": 1})
}

// Once an answer could not be recorded, the plans of this process ask for no other, which might be lost as well. What
// one of them has paid for is shown, all of it, and so that a terminal shows it.
func TestGenerateOnPlan_asksNoMoreOnceAnAnswerWasLost(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Status(200, `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"red \u001b[31mpaint"},"finish_reason":"stop"},`+
		`{"index":1,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"mix","arguments":"{\"a\":1}"}},`+
		`{"id":"d","type":"custom","custom":{"name":"pour","input":"blue"}}]},"finish_reason":"tool_calls"}]}`))
	dir := filepath.Join(t.TempDir(), "recordings")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)); err != nil { // after it was found to be fit
			t.Error(err)
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p := acctest.Speak(t)
	p.Connect(t, s, recordings(dir, ""), object{"base_url": server.URL + "/v1"})
	plan := func(prompt string) string {
		config := configuration(object{"generate_on": "plan", "n": 2, "message": []any{object{"role": "user", "content": prompt}}})
		return strings.Join(p.Instance(typeName, chatBlocks...).Plan(t, config).Diags, "\n")
	}
	if said := plan("one"); !strings.Contains(said, "the answer could not be recorded") ||
		!strings.Contains(said, `The answer was: choices[0]: red [31mpaint choices[1]: calls mix with {"a":1} calls pour with blue`) {
		t.Errorf("the first plan says %q", said)
	}
	if err := os.Remove(dir); err != nil { // it can be written to again
		t.Fatal(err)
	}
	if said := plan("two"); !strings.Contains(said, dir) || !strings.Contains(said, "No call was made") {
		t.Errorf("the second plan says %q", said)
	}
	if n := len(posts(s)); n != 1 {
		t.Errorf("%d completions were asked for, want 1", n)
	}
}

// What a model writes is shown so that a terminal does not obey it: where it is said to be of no use, and why.
func TestGenerateOnPlan_writesNoEscapes(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Status(200, `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":"No\u001b[2J\u202e\u0007way"},"finish_reason":"stop"}]}`))
	plan := instance(t, s, recordings(t.TempDir(), "")).Plan(t, configuration(object{"generate_on": "plan", "response_format": object{"type": "json_object"}}))
	said := strings.Join(plan.Diags, "\n")
	if !strings.Contains(said, "the model refused: No[2Jway") || !strings.Contains(said, "The answer was: No[2Jway") || strings.ContainsAny(said, "\x1b\u202e\x07") {
		t.Errorf("the plan says %q", said)
	}
}

// An answer that cannot be read has perhaps been paid for: the error says where it is. What it quotes has a limit.
func TestResource_saysWhereAnUnreadableAnswerIs(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	s.Fail(emulator.Status(200, `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"paid"},"finish_reason":"stop"}]} and more`),
		emulator.Status(200, `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","refusal":"`+strings.Repeat("nö", 1<<20)+`"},"finish_reason":"stop"}]}`))
	r := instance(t, s, recordings(dir, ""))
	said := strings.Join(r.Apply(t, configuration(nil)), "\n")
	kept := files(t, dir)
	if len(kept) != 1 || !strings.Contains(said, "What the server sent is in the file "+filepath.Join(dir, kept[0])+", which is not taken for a recording.") {
		t.Errorf("got %q and %v", said, kept)
	}
	said = strings.Join(r.Apply(t, configuration(object{"response_format": object{"type": "json_object"}})), "\n")
	if !strings.Contains(said, "the model refused: nönö") || !strings.Contains(said, "…") || len(said) > 4000 || !utf8.ValidString(said) {
		t.Errorf("%d bytes: %.3000q", len(said), said)
	}
}

// chain asks about the answer to another question, which no plan knows.
const chain = `
resource "openai_chat_completion" "first" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "one"
  }
}

resource "openai_chat_completion" "test" {
  model       = "gpt-4"
  generate_on = "plan"
  message {
    role    = "user"
    content = openai_chat_completion.first.content
  }
}
`

func TestGenerateOnPlan_asksAtApplyForWhatIsNotKnown(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	in := acctest.Install(t)
	elsewhere := in.Dir(t, map[string]string{"main.tf": s.Provider(recordingsIn(t.TempDir(), "")) + chain})
	elsewhere.Init()
	said := elsewhere.MustRun("plan", "-out=plan")
	if !flat("generate_on is \"plan\", but the plan cannot show the answer: message[0].content is not known yet.").MatchString(said) {
		t.Errorf("the plan does not say why: %s", said)
	}
	if said := elsewhere.MustRun("apply", "plan"); strings.Contains(said, "Warning") {
		t.Errorf("the apply warns: %s", said)
	}
	if n := len(posts(s)); n != 2 {
		t.Errorf("%d completions were asked for, want 2", n)
	}
	if strings.Contains(elsewhere.MustRun("plan"), "will be") {
		t.Error("the second plan is not empty")
	}
}
