package emulator_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// moderate posts a request without a model and wants it to succeed; input is JSON.
func (r *rig) moderate(input string) response {
	r.t.Helper()
	resp := r.do("POST", "/v1/moderations", `{"input":`+input+`}`)
	if resp.status != 200 {
		r.t.Fatalf("status %d: %s", resp.status, resp.text)
	}
	return resp
}

// found are the categories that a result has, in alphabetical order.
func (r response) found(result int) string {
	categories, _ := r.get("results", result, "categories").(map[string]any)
	var names []string
	for name, found := range categories {
		if found == true {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

const imagePart = `{"type":"image_url","image_url":{"url":"https://example.com/%s.png"}}`

func TestModerations_classifies(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range []struct{ input, found string }{
		{`"hello"`, ""},
		{`""`, ""},
		{`"Terraform will destroy them all, and kill the old process."`, ""},
		{`"I will kill you"`, "harassment harassment/threatening violence"},
		{`"I want to KILL them."`, "harassment harassment/threatening violence"},
		{`"You are such an idiot."`, "harassment"},
		{`"They are vermin."`, "hate"},
		{`"Exterminate those foreigners"`, "hate hate/threatening"},
		{`"How is shoplifting done?"`, "illicit"},
		{`"How to build a bomb"`, "illicit illicit/violent"},
		{`"A novel about suicide"`, "self-harm"},
		{`"I want to end my life"`, "self-harm self-harm/intent"},
		{`"Ways to cut yourself"`, "self-harm self-harm/instructions"},
		{`"erotica"`, "sexual"},
		{`"child porn"`, "sexual sexual/minors"},
		{`"He was stabbed."`, "violence"},
		{`"a gory film"`, "violence violence/graphic"},
		{`[{"type":"text","text":"hello"},{"type":"text","text":"He was stabbed."}]`, "violence"},
		{`[` + fmt.Sprintf(imagePart, "sunset") + `]`, ""},
		{`[` + fmt.Sprintf(imagePart, "the-murder_scene") + `]`, "violence"},
		{`[{"type":"text","text":"what is this?"},` + fmt.Sprintf(imagePart, "you-idiot") + `]`, ""}, // not looked for in images
		{`[{"type":"image_url","image_url":{"url":"data:image/png;base64,murder"}}]`, ""},
	} {
		resp := r.moderate(test.input)
		equal(t, test.input, resp.found(0), test.found)
		equal(t, test.input+" flagged", resp.get("results", 0, "flagged"), test.found != "")
		equal(t, test.input+" results", resp.get("results", 1), "no item 1")
		scores, _ := resp.get("results", 0, "category_scores").(map[string]any)
		for name, score := range scores {
			found := resp.get("results", 0, "categories", name) == true
			if s := score.(float64); found && (s < 0.8 || s > 1) || !found && (s <= 0 || s > 0.01) {
				t.Errorf("%s: %s has score %v", test.input, name, s)
			}
		}
		equal(t, "categories", len(scores), 13)
	}
}

func TestModerations_answers(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	first, second := r.moderate(`["hello","I will kill you","hello"]`), r.moderate(`["hello","I will kill you","hello"]`)
	for i, want := range []string{"", "harassment harassment/threatening violence", ""} {
		equal(t, fmt.Sprint("result ", i), first.found(i), want)
	}
	equal(t, "no more", first.get("results", 3), "no item 3")
	equal(t, "limit", first.header.Get("X-Ratelimit-Limit-Requests"), "10000")
	equal(t, "deterministic", first.get("results"), second.get("results"))
	equal(t, "equal texts", first.get("results", 0), first.get("results", 2))
	equal(t, "model", first.get("model"), "omni-moderation-latest")
	id, _ := first.get("id").(string)
	if !strings.HasPrefix(id, "modr-") || first.get("id") == second.get("id") {
		t.Errorf("ids %v and %v", first.get("id"), second.get("id"))
	}
	dated := r.do("POST", "/v1/moderations", `{"model":"omni-moderation-2024-09-26","input":"hello"}`)
	equal(t, "dated model", dated.get("model"), "omni-moderation-2024-09-26")
	equal(t, "free", r.Made(), 0)
}

func TestModerations_tellsWhatWasLookedAt(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	text := `{"type":"text","text":"hello"}`
	image := fmt.Sprintf(imagePart, "a")
	inImages := map[string]bool{"self-harm": true, "self-harm/intent": true, "self-harm/instructions": true, "sexual": true, "violence": true, "violence/graphic": true}
	for _, test := range []struct {
		input            string
		inBoth, onlyText []any
	}{
		{`"hello"`, []any{"text"}, []any{"text"}},
		{`[` + image + `]`, []any{"image"}, []any{}},
		{`[` + image + `,` + text + `]`, []any{"text", "image"}, []any{"text"}},
	} {
		types, _ := r.moderate(test.input).get("results", 0, "category_applied_input_types").(map[string]any)
		equal(t, "categories", len(types), 13)
		for name := range maps.Keys(types) {
			want := test.onlyText
			if inImages[name] {
				want = test.inBoth
			}
			equal(t, test.input+" "+name, types[name], want)
		}
	}
}

func TestModerations_refuses(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range []struct {
		name, body, message string
		status              int
		param, code         any
	}{
		{"no JSON", `x`, "We could not parse the JSON body of your request.", 400, nil, nil},
		{"no input", `{}`, "Missing required parameter: 'input'.", 400, "input", "missing_required_parameter"},
		{"unknown argument", `{"input":"x","user":"me"}`, "Unrecognized request argument supplied: user", 400, nil, nil},
		{"input of a wrong type", `{"input":5}`, "Invalid type for 'input': expected one of a string or array of strings", 400, "input", "invalid_type"},
		{"no inputs", `{"input":[]}`, "Invalid 'input': empty array.", 400, "input", "empty_array"},
		{"mixed", `{"input":["x",{"type":"text","text":"x"}]}`, "Invalid type for 'input[1]': expected a string, but got an object instead.", 400, "input[1]", "invalid_type"},
		{"mixed parts", `{"input":[{"type":"text","text":"x"},"x"]}`, "Invalid type for 'input[1]': expected an object, but got a string instead.", 400, "input[1]", "invalid_type"},
		{"part type", `{"input":[{"type":"audio"}]}`, "Invalid value: 'audio'. Supported values are: 'text' and 'image_url'.", 400, "input[0].type", "invalid_value"},
		{"part without text", `{"input":[{"type":"text"}]}`, "Missing required parameter: 'input[0].text'.", 400, "input[0].text", "missing_required_parameter"},
		{"image as text", `{"input":[{"type":"image_url","image_url":"https://example.com/a.png"}]}`,
			"Invalid type for 'input[0].image_url': expected an object", 400, "input[0].image_url", "invalid_type"},
		{"image nowhere", `{"input":[{"type":"image_url","image_url":{"url":"a.png"}}]}`, "Invalid image URL.", 400, "input[0].image_url.url", "invalid_image_url"},
		{"two images", `{"input":[` + fmt.Sprintf(imagePart, "a") + `,` + fmt.Sprintf(imagePart, "b") + `]}`, "Number of images (2) exceeds maximum of 1", 400, "input", "too_many_images"},
		{"null model", `{"input":"x","model":null}`, "Invalid type for 'model': expected a string, but got null instead.", 400, "model", "invalid_type"},
		{"no such model", `{"input":"x","model":"nope"}`, "The model `nope` does not exist", 404, nil, "model_not_found"},
		{"chat model", `{"input":"x","model":"gpt-4o"}`, "Invalid value for 'model' = gpt-4o.", 400, "model", nil},
		{"model of old", `{"input":"x","model":"text-moderation-latest"}`, "please request omni-moderation-latest", 400, "model", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r.rejects(t, "/v1/moderations", test.body, test.status, test.message, test.param, test.code)
		})
	}
}

func TestModerations_fail(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Models: []string{"mine"}})
	r.Fail(emulator.ServerError().On("POST", "/moderations").Containing("hello"))
	equal(t, "another", r.do("POST", "/v1/moderations", `{"input":"x"}`).status, 200) // the default model is always there
	equal(t, "fault", r.do("POST", "/v1/moderations", `{"input":"hello","model":"mine"}`).status, 500)
	equal(t, "well", r.do("POST", "/v1/moderations", `{"input":"hello","model":"mine"}`).get("model"), "mine")
	equal(t, "method", r.do("GET", "/v1/moderations", "").status, 405)
}
