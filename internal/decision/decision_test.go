package decision_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

type object = map[string]any

const (
	name  = "openai_decision"
	model = "gpt-6-luna"
)

var (
	predicate = object{"type": "predicate", "name": "safe", "instructions": "The release is safe."}
	choice    = object{"type": "choice", "name": "team", "instructions": "Which team?", "choices": []any{
		object{"value": "network"}, object{"value": "storage", "description": "A database is full."}}}
	score = object{"type": "score", "name": "grade", "instructions": "How good is it?", "levels": []any{
		object{"label": "poor"}, object{"label": "good", "description": "The release can go out."}}}
)

// deciding is a configuration with some questions, and more arguments if given.
func deciding(questions []any, more ...object) object {
	config := object{"model": model, "input": "The release is safe: the database is full no more.", "questions": questions}
	for _, m := range more {
		maps.Copy(config, m)
	}
	return config
}

func connected(t *testing.T, s *acctest.Server, more ...map[string]any) acctest.Protocol {
	t.Helper()
	p := acctest.Speak(t)
	p.Connect(t, s, more...)
	return p
}

func instance(p acctest.Protocol) *acctest.Instance {
	return p.Instance(name, "message", "content_part")
}

// sent are the bodies of all requests.
func sent(t *testing.T, s *acctest.Server) []object {
	t.Helper()
	var all []object
	for _, r := range s.Requests() {
		var body object
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Fatal(err)
		}
		all = append(all, body)
	}
	return all
}

func TestResource_keepsTheAnswers(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(connected(t, s))
	config := deciding([]any{predicate, choice, score}, object{"safety_identifier": "u1"})
	plan := r.Plan(t, config)
	planned, _ := plan.Value.(object)
	expected := object{
		"probabilities": acctest.Unknown{}, "choices": acctest.Unknown{}, "scores": acctest.Unknown{}, "refusals": acctest.Unknown{},
		"probability": nil, "choice": nil, "score": nil, // there are several questions
	}
	for attribute, want := range expected {
		if planned[attribute] != want {
			t.Errorf("the plan of %s is %v", attribute, planned[attribute])
		}
	}
	if diags := r.Apply(t, config); len(diags) > 0 {
		t.Fatal(diags)
	}
	want := []object{{"model": model, "input": config["input"], "safety_identifier": "u1", "questions": []any{predicate, choice, score}}}
	if got := sent(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("sent: %v, want %v", got, want)
	}
	state := r.State().(object)
	probabilities, choices, scores := state["probabilities"].(object), state["choices"].(object), state["scores"].(object)
	if p, ok := probabilities["safe"].(float64); !ok || p < 0.8 || len(probabilities) != 1 {
		t.Errorf("probabilities are %v", probabilities)
	}
	if !reflect.DeepEqual(choices, object{"team": "storage"}) {
		t.Errorf("choices are %v", choices)
	}
	if got, ok := scores["grade"].(float64); !ok || got < 0.5 || len(scores) != 1 {
		t.Errorf("scores are %v", scores)
	}
	answers := state["answers"].([]any)
	second, third := answers[1].(object), answers[2].(object)
	likely := second["probabilities"].([]any)[1].(object)
	level := third["probabilities"].([]any)[1].(object)
	if len(answers) != 3 || second["name"] != "team" || likely["value"] != "storage" || likely["label"] != nil || likely["probability"] != second["confidence"] ||
		level["value"] != "1" || level["label"] != "good" {
		t.Errorf("answers are %v", answers)
	}
	if usage := state["usage"].(object); usage["total_tokens"] == nil || state["response_model"] != model || !reflect.DeepEqual(state["refusals"], []any{}) {
		t.Errorf("the state is %v", state)
	}
	if plan := r.Plan(t, config); !reflect.DeepEqual(plan.Value, r.State()) || len(plan.Diags) > 0 {
		t.Errorf("nothing has changed, and the plan is %v, %q", plan.Value, plan.Diags)
	}
	if diags := r.Apply(t, deciding([]any{predicate})); strings.Contains(strings.Join(diags, "\n"), "error") || len(s.Requests()) != 2 {
		t.Errorf("an edited request: %q, %d requests", diags, len(s.Requests()))
	}
	if state := r.State().(object); state["probability"] == nil || state["choices"] != nil || state["scores"] != nil {
		t.Errorf("the state is %v", state)
	}
}

// All that the API takes is sent under its names.
func TestResource_sendsMessagesAndParts(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	image := "https://example.com/a.png"
	config := object{
		"model": model,
		"message": []any{
			object{"role": "developer", "content": "Be strict.", "content_part": []any{}},
			object{"role": "user", "content_part": []any{
				object{"type": "input_text", "text": "A picture:", "prompt_cache_breakpoint": object{"mode": "explicit"}},
				object{"type": "input_image", "image_url": image, "detail": "low"},
				object{"type": "input_json", "data": `{"a": [1]}`},
			}},
		},
		"questions": []any{
			object{"type": "predicate", "instructions_json": `[{"type": "input_text", "text": "It shows a cat."}]`},
			object{"type": "choice", "instructions": "Is it?", "choices": []any{object{"value_bool": true}, object{"value": "perhaps"}}},
		},
		"prompt_cache_key": "k", "prompt_cache_options": object{"mode": "explicit", "ttl": "30m"},
	}
	r := instance(connected(t, s))
	if diags := r.Apply(t, config); len(diags) > 0 {
		t.Fatal(diags)
	}
	want := object{
		"model": model,
		"input": []any{
			object{"role": "developer", "content": "Be strict."},
			object{"role": "user", "content": []any{
				object{"type": "input_text", "text": "A picture:", "prompt_cache_breakpoint": object{"mode": "explicit"}},
				object{"type": "input_image", "image_url": image, "detail": "low"},
				object{"type": "input_json", "data": object{"a": []any{1.0}}},
			}},
		},
		"questions": []any{
			object{"type": "predicate", "instructions": []any{object{"type": "input_text", "text": "It shows a cat."}}},
			object{"type": "choice", "instructions": "Is it?", "choices": []any{object{"value": true}, object{"value": "perhaps"}}},
		},
		"prompt_cache_key": "k", "prompt_cache_options": object{"mode": "explicit", "ttl": "30m"},
	}
	if got := sent(t, s)[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("sent: %v, want %v", got, want)
	}
	state := r.State().(object)
	if got := state["choices"].(object)["1"]; got != "true" && got != "perhaps" { // by its position
		t.Errorf("choices are %v", state["choices"])
	}
	if state["probabilities"].(object)["0"] == nil {
		t.Errorf("probabilities are %v", state["probabilities"])
	}

	calls := `[{"type":"function_call","call_id":"c","name":"look","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"found"}]`
	if diags := instance(connected(t, s)).Apply(t, object{"model": model, "input_json": calls, "questions": []any{predicate}}); len(diags) > 0 {
		t.Error(diags)
	}
	var items any
	_ = json.Unmarshal([]byte(calls), &items)
	if got := sent(t, s)[1]["input"]; !reflect.DeepEqual(got, items) {
		t.Errorf("sent: %v", got)
	}
}

// A question that is declined is no consent; whoever can live without its answer says so.
func TestDecision_refusalsFail(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	p := connected(t, s, object{"recordings": object{"directory": dir}})
	harm := object{"type": "predicate", "name": "harm", "instructions": "I will kill you."}
	config := deciding([]any{predicate, harm})
	r := instance(p)
	diags := r.Apply(t, config)
	if said := strings.Join(diags, "\n"); len(diags) != 1 || !strings.HasPrefix(said, "error: Unusable decision") || !strings.Contains(said, `declined to answer the question "harm"`) {
		t.Errorf("%q", diags)
	}
	if recorded, _ := filepath.Glob(filepath.Join(dir, strings.Repeat("?", 64)+".json")); len(recorded) > 0 {
		t.Errorf("recorded: %v", recorded)
	}
	config["fail_on"] = []any{}
	r = instance(p)
	if diags := r.Apply(t, config); len(diags) > 0 {
		t.Error(diags)
	}
	state := r.State().(object)
	if !reflect.DeepEqual(state["refusals"], []any{"harm"}) || len(state["probabilities"].(object)) != 1 {
		t.Errorf("the state is %v", state)
	}
}

// A gate takes nothing else for the answer to its question.
func TestDecision_takesNothingElseForAnAnswer(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	p := connected(t, s)
	for answers, says := range map[string]string{
		`[]`:   `0 answers to 1 questions`,
		`null`: `0 answers to 1 questions`,
		`[{"type":"predicate","probability":0.9},{"type":"predicate","probability":0.9}]`: `2 answers to 1 questions`,
		`[null]`:                                 `"safe" is missing`,
		`[{"type":"predicate"}]`:                 `has no probability`,
		`[{"type":"predicate","probability":7}]`: `has no probability`,
		`[{"type":"score","score":1}]`:           `is of the type "score", not "predicate"`,
		`[{"type":"predicate","name":"other","probability":0.9}]`: `is that to the question "other"`,
		`[{"probability":0.9}]`:                                   `is of the type "", not "predicate"`,
	} {
		s.Fail(emulator.Status(200, `{"model":"m","answers":`+answers+`}`))
		_, diags := p.ReadData(t, name, deciding([]any{predicate}, object{"message": []any{}}))
		if said := strings.Join(diags, "\n"); len(diags) != 1 || !strings.Contains(said, "Unusable decision") || !strings.Contains(said, says) {
			t.Errorf("%s: %q, want %q", answers, diags, says)
		}
	}
	for answer, question := range map[string]object{
		`{"type":"choice","choice":"shop"}`: choice, `{"type":"choice"}`: choice, `{"type":"score"}`: score,
	} {
		s.Fail(emulator.Status(200, `{"answers":[`+answer+`]}`))
		if _, diags := p.ReadData(t, name, deciding([]any{question}, object{"message": []any{}})); len(diags) != 1 || !strings.Contains(diags[0], "Unusable decision") {
			t.Errorf("%s: %q", answer, diags)
		}
	}
}

// What the server says besides is kept.
func TestDecision_keepsWhatItDoesNotKnow(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Status(200, `{"answers":[{"type":"span","name":"where","from":3}]}`))
	p := connected(t, s)
	question := object{"type": "span", "name": "where", "instructions": "Where?", "extra": `{"most":1}`}
	state, diags := p.ReadData(t, name, deciding([]any{question}, object{"message": []any{}}))
	if len(diags) > 0 || state.(object)["answers"].([]any)[0].(object)["extra"] != `{"from":3}` {
		t.Errorf("%v, %q", state, diags)
	}
	if got := sent(t, s)[0]["questions"].([]any)[0]; !reflect.DeepEqual(got, object{"type": "span", "name": "where", "instructions": "Where?", "most": 1.0}) {
		t.Errorf("sent: %v", got)
	}
	s.Foreign = true
}

func TestDecision_refusesWhatCanNeverBeRight(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	with := func(question object, more object) object {
		changed := maps.Clone(question)
		maps.Copy(changed, more)
		return deciding([]any{changed})
	}
	many := make([]any, 256)
	for i := range many {
		many[i] = object{"value": fmt.Sprint(i)}
	}
	message := func(part object) object {
		return object{"model": model, "questions": []any{predicate}, "message": []any{object{"role": "user", "content_part": []any{part}}}}
	}
	for i, test := range []struct {
		at, says string
		config   object
	}{
		{"input", "Missing input", object{"model": model, "questions": []any{predicate}}},
		{"message", "either input or message", deciding([]any{predicate}, object{"message": []any{object{"role": "user", "content": "a"}}})},
		{"input_json", "must be a list", object{"model": model, "questions": []any{predicate}, "input_json": "{}"}},
		{"questions", "must not be empty", deciding([]any{})},
		{"questions[0].instructions", "Missing instructions", deciding([]any{object{"type": "predicate"}})},
		{"questions[0].instructions_json", "Conflicting arguments", with(predicate, object{"instructions_json": "[1]"})},
		{"questions[0].type", "Missing required argument", deciding([]any{object{"instructions": "a"}})},
		{"questions[0].choices", "Missing choices", with(choice, object{"choices": nil})},
		{"questions[0].choices", "Missing choices", with(choice, object{"choices": []any{}})},
		{"questions[0].levels", "Missing levels", with(score, object{"levels": nil})},
		{"questions[0].levels", "Unexpected levels", with(choice, object{"levels": []any{object{"label": "a"}}})},
		{"questions[0].choices", "Unexpected choices", with(predicate, object{"choices": choice["choices"]})},
		{"questions[0].choices[0].value", "Missing value", with(choice, object{"choices": []any{object{"description": "a"}, object{"value": "b"}}})},
		{"questions[0].choices[1].value", "Duplicate choice", with(choice, object{"choices": []any{object{"value": "a"}, object{"value": "a"}}})},
		{"questions[0].choices[1].value_bool", "Duplicate choice", with(choice, object{"choices": []any{object{"value": "true"}, object{"value_bool": true}}})},
		{"questions[1].name", "Duplicate name", deciding([]any{predicate, predicate})},
		{"questions[1].name", "Duplicate name", deciding([]any{object{"type": "predicate", "name": "1", "instructions": "a"}, object{"type": "predicate", "instructions": "b"}})},
		{"message[0].content", "Missing content", object{"model": model, "questions": []any{predicate}, "message": []any{object{"role": "user"}}}},
		{"message[0].role", "must be", object{"model": model, "questions": []any{predicate}, "message": []any{object{"role": "tool", "content": "a"}}}},
		{"message[0].content_part[0].image_url", "Missing image_url", message(object{"type": "input_image"})},
		{"message[0].content_part[0].text", "Unexpected text", message(object{"type": "input_image", "image_url": "https://example.com/a.png", "text": "a"})},
		{"message[0].content_part[0].detail", "Unexpected detail", message(object{"type": "input_text", "text": "a", "detail": "low"})},
		{"message[0].content_part[0].data", "must be an object", message(object{"type": "input_json", "data": "1"})},
	} {
		plan := instance(p).Plan(t, test.config)
		if len(plan.Diags) != 1 || plan.Value != nil || !strings.HasPrefix(plan.Diags[0], "error at "+test.at+": ") || !strings.Contains(plan.Diags[0], test.says) {
			t.Errorf("%d: got %q, want %q at %s", i, plan.Diags, test.says, test.at)
		}
	}
	open := deciding([]any{object{"type": acctest.Unknown{}, "name": acctest.Unknown{}, "instructions": acctest.Unknown{}, "choices": acctest.Unknown{}}, predicate, acctest.Unknown{}})
	if plan := instance(p).Plan(t, open); len(plan.Diags) > 0 {
		t.Errorf("what is not known yet is refused: %q", plan.Diags)
	}
}

// OpenAI's limits hold at OpenAI, and are said in the plan.
func TestDecision_keepsToOpenAIsLimits(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	ours, theirs := connected(t, s), connected(t, s, object{"base_url": "https://api.openai.com/v1"})
	one := maps.Clone(choice)
	one["choices"] = []any{object{"value": "a"}}
	var many []any
	for i := range 401 {
		many = append(many, object{"type": "predicate", "name": fmt.Sprint("q", i), "instructions": "a"})
	}
	for at, config := range map[string]object{"questions[0].choices": deciding([]any{one}), "questions": deciding(many)} {
		if plan := instance(theirs).Plan(t, config); len(plan.Diags) != 1 || !strings.HasPrefix(plan.Diags[0], "error at "+at+": ") {
			t.Errorf("at OpenAI: %q", plan.Diags)
		}
		if plan := instance(ours).Plan(t, config); len(plan.Diags) > 0 {
			t.Errorf("elsewhere: %q", plan.Diags)
		}
	}
}

// The gate of a module, with the CLI: a precondition that stops, and a recording that needs no call.
func TestDataSource_isAGate(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	gate := func(text string) string {
		return "data \"openai_decision\" \"notes\" {\n  model = \"" + model + "\"\n  input = \"" + text + `"
  questions = [
    { type = "predicate", name = "upgrade", instructions = "The notes say how to upgrade." },
    { type = "choice", name = "team", instructions = "Who?", choices = [{ value = "a" }, { value = "b", description = "x" }] },
  ]
}
resource "terraform_data" "published" {
  lifecycle {
    precondition {
      condition     = data.openai_decision.notes.probabilities["upgrade"] >= 0.8
      error_message = "The notes do not say how to upgrade."
    }
  }
}`
	}
	s.Run(t,
		resource.TestStep{Config: gate("To upgrade, do nothing.")},
		resource.TestStep{Config: gate("Hello."), ExpectError: regexp.MustCompile(`notes do not say how to upgrade`)},
	)
}
