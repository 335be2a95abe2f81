package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// decide posts a request of gpt-6-luna; input and questions are JSON.
func (r *rig) decide(input, questions string) response {
	r.t.Helper()
	return r.do("POST", "/v1/decisions", fmt.Sprintf(`{"model":"gpt-6-luna","input":%s,"questions":%s}`, input, questions))
}

func TestDecisions_answers(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	const questions = `[
		{"type":"predicate","name":"p","instructions":"It is about bread."},
		{"type":"predicate","instructions":[{"type":"input_text","text":"It is about cheese."}]},
		{"type":"choice","name":"c","instructions":"What?","choices":[{"value":"cheese"},{"value":true,"description":"Bread or cake."},{"value":"wine"}]},
		{"type":"score","name":"s","instructions":"How?","levels":[{"label":"poor"},{"label":"good","description":"It is fresh."}]},
		{"type":"predicate","name":"no","instructions":"I will kill you."}]`
	resp := r.decide(`"Fresh bread."`, questions)
	equal(t, "status", resp.status, 200)
	answer := func(path ...any) any { return resp.get(append([]any{"answers"}, path...)...) }
	if p, _ := answer(0, "probability").(float64); p < 0.8 || p > 1 {
		t.Errorf("what is said is likely by %v", p)
	}
	if p, _ := answer(1, "probability").(float64); p <= 0 || p > 0.2 {
		t.Errorf("what is not said is likely by %v", p)
	}
	equal(t, "name", answer(0, "name"), "p")
	equal(t, "no name", answer(1, "name"), nil)
	equal(t, "choice", answer(2, "choice"), true)
	equal(t, "confidence", answer(2, "confidence"), answer(2, "probabilities", 1, "probability"))
	equal(t, "value", answer(3, "probabilities", 1, "value"), 1.0)
	equal(t, "label", answer(3, "probabilities", 1, "label"), "good")
	if s, _ := answer(3, "score").(float64); s < 0.8 || s > 1 {
		t.Errorf("the score is %v", s)
	}
	equal(t, "refusal", answer(4), map[string]any{"type": "refusal", "name": "no"})
	equal(t, "model", resp.get("model"), "gpt-6-luna")
	equal(t, "output", resp.get("usage", "output_tokens"), 20.0)
	equal(t, "again", r.decide(`"Fresh bread."`, questions).text, resp.text)
	equal(t, "made", r.Made(), 2)
}

func TestDecisions_takesAllInputs(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, input := range []string{
		`[{"role":"user","content":"Bread."}]`,
		`[{"type":"message","role":"user","content":[{"type":"input_text","text":"Bread."},{"type":"input_image","image_url":"https://example.com/a.png","detail":"original"},{"type":"input_json","data":{"a":1}}]}]`,
		`[{"role":"developer","content":"Bread."},{"role":"system","content":"Be strict."},{"role":"assistant","content":[{"type":"output_text","text":"Bread."}],"phase":"commentary"}]`,
		`[{"type":"function_call","call_id":"c","name":"bake","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"Bread."}]`,
		`[{"type":"custom_tool_call","call_id":"c","name":"bake","input":"x"},{"type":"custom_tool_call_output","call_id":"c","output":[{"type":"input_text","text":"Bread."}]}]`,
	} {
		resp := r.decide(input, `[{"type":"predicate","instructions":"It is about bread."}]`)
		if p, _ := resp.get("answers", 0, "probability").(float64); resp.status != 200 || p < 0.8 {
			t.Errorf("%s: %s", input, resp.text)
		}
	}
}

func TestDecisions_refuses(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	const one = `[{"type":"predicate","instructions":"a"}]`
	choice := func(choices string) string { return `[{"type":"choice","instructions":"a","choices":` + choices + `}]` }
	for i, test := range []struct{ input, questions, param string }{
		{`7`, one, "input"},
		{`[]`, one, "input"},
		{`[{"role":"tool","content":"a"}]`, one, "input[0].role"},
		{`[{"role":"user"}]`, one, "input[0].content"},
		{`[{"role":"user","content":[{"type":"input_audio"}]}]`, one, "input[0].content[0].type"},
		{`[{"role":"system","content":[{"type":"input_image","image_url":"a"}]}]`, one, "input[0].content[0].type"},
		{`[{"type":"function_call_output","call_id":"c","output":"a"}]`, one, "input[0].call_id"},
		{`"a"`, `[]`, "questions"},
		{`"a"`, `[{"type":"span","instructions":"a"}]`, "questions[0].type"},
		{`"a"`, `[{"type":"predicate"}]`, "questions[0].instructions"},
		{`"a"`, `[{"type":"predicate","instructions":"a","choices":[]}]`, "questions[0].choices"},
		{`"a"`, choice(`[]`), "questions[0].choices"},
		{`"a"`, choice(`[{"value":"a"}]`), "questions[0].choices"},
		{`"a"`, choice(`[{"value":"a"},{"value":"a"}]`), "questions[0].choices"},
		{`"a"`, choice(`[{"value":1},{"value":"a"}]`), "questions[0].choices[0].value"},
		{`"a"`, `[{"type":"score","instructions":"a"}]`, "questions[0].levels"},
		{`"a"`, `[` + strings.Repeat(one[1:len(one)-1]+",", 400) + one[1:], "questions"},
	} {
		resp := r.decide(test.input, test.questions)
		equal(t, fmt.Sprint(i, " status"), resp.status, 400)
		equal(t, fmt.Sprint(i, " param"), resp.get("error", "param"), test.param)
	}
	equal(t, "true and its text", r.decide(`"a"`, choice(`[{"value":true},{"value":"true"}]`)).status, 200)
	equal(t, "no questions", r.do("POST", "/v1/decisions", `{"model":"gpt-6-luna","input":"a"}`).get("error", "param"), "questions")
	equal(t, "another argument", r.do("POST", "/v1/decisions", `{"model":"gpt-6-luna","input":"a","questions":`+one+`,"n":1}`).status, 400)
	equal(t, "another model", r.do("POST", "/v1/decisions", `{"model":"gpt-4o","input":"a","questions":`+one+`}`).status, 400)
	equal(t, "no model", r.do("POST", "/v1/decisions", `{"input":"a","questions":`+one+`}`).status, 400)
	equal(t, "made", r.Made(), 1)
}
