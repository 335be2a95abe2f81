package response_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const setType = "openai_response_set"

// many is a set of requests, by their names, with more arguments.
func many(requests object, changes ...object) object {
	config := object{"model": "gpt-5.4", "requests": requests}
	for _, more := range changes {
		for name, value := range more {
			config[name] = value
		}
	}
	return config
}

func (w *workplace) set(t *testing.T, provider ...object) *acctest.Instance {
	t.Helper()
	return w.run(t, provider...).Instance(setType, blocks...)
}

// contents are the texts of a set's answers.
func contents(t *testing.T, r *acctest.Instance) object {
	t.Helper()
	out := object{}
	for name, answer := range r.State().(object)["answers"].(object) { //nolint:forcetypeassert // there is a state
		out[name] = nil
		if one, ok := answer.(object); ok {
			out[name] = one["content"]
		}
	}
	return out
}

// Only what is missing is asked, in one call each, and nothing is stored.
func TestSet_asksOnlyForWhatIsMissing(t *testing.T) {
	w := newWorkplace(t)
	r := w.set(t)
	config := many(object{"a": "one", "b": object{"content": "two", "temperature": 0}, "c": object{"content": "three", "model": "gpt-4o"}}, object{"instructions": "Be brief"})
	state := apply(t, r, config)
	same(t, contents(t, r), object{"a": "Emulated answer to: one (as told: Be brief)", "b": "Emulated answer to: two (as told: Be brief)", "c": "Emulated answer to: three (as told: Be brief)"})
	one := state["answers"].(object)["a"].(object)                                                                                                                                           //nolint:forcetypeassert // there is one
	if one["status"] != "completed" || !strings.HasPrefix(one["id"].(string), "resp_") || one["usage"] == nil || one["request_id"] == nil || one["refusal"] != nil || one["output"] != nil { //nolint:forcetypeassert // it is a text
		t.Errorf("the answer is %v", one)
	}
	w.goOn(t, r)
	unchanged(t, r, config)
	w.asked(t, 3)
	config["requests"].(object)["d"] = "four" //nolint:forcetypeassert // it is one
	delete(config["requests"].(object), "a")  //nolint:forcetypeassert // it is one
	apply(t, r, config)
	w.asked(t, 4)
	for _, body := range w.bodies(t) {
		if body["store"] != false {
			t.Errorf("sent %v", body)
		}
	}
	acctest.Quiet(t, r.Destroy(t))
	if left, sent := w.Objects("responses"), len(w.Requests()); len(left) > 0 || sent != 4 {
		t.Errorf("stored: %q, %d sent", left, sent)
	}
	if twice := w.AnsweredTwice(); len(twice) > 0 {
		t.Errorf("asked twice: %q", twice)
	}
}

// What a request says comes after what the template says, whichever argument that is in.
func TestSet_sendsTheTemplateWithWhatDiffers(t *testing.T) {
	for name, test := range map[string]struct {
		config object
		input  string
	}{
		"text alone":       {many(object{"a": "one"}), `"one"`},
		"after a text":     {many(object{"a": "one"}, object{"input": "before"}), `[{"role":"user","content":"before"},{"role":"user","content":"one"}]`},
		"after messages":   {many(object{"a": "one"}, object{"message": []any{said("system", "s"), said("user", "u"), said("assistant", "v")}}), `[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"v"},{"role":"user","content":"one"}]`},
		"own items":        {many(object{"a": object{"input_items": `[{"role":"user","content":"x"}]`}}), `[{"role":"user","content":"x"}]`},
		"its own input":    {many(object{"a": object{"input": "x"}}), `"x"`},
		"the template's":   {many(object{"a": object{"temperature": 0}}, object{"input": "x"}), `"x"`},
		"items after text": {many(object{"a": object{"input_items": `[{"role":"user","content":"x"}]`}}, object{"input": "y"}), `[{"role":"user","content":"x"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			r := w.set(t)
			apply(t, r, test.config)
			sameJSON(t, w.body(t)["input"], test.input)
			unchanged(t, r, test.config)
			w.asked(t, 1)
		})
	}
	t.Run("after items", func(t *testing.T) {
		w := newWorkplace(t)
		says(t, w.set(t).Apply(t, many(object{"a": "one"}, object{"input_items": `[{"role":"user","content":"x"}]`})), "error at requests", "Content cannot follow input_items")
		w.asked(t, 0)
	})
}

// Answers of all kinds are read.
func TestSet_readsAnswers(t *testing.T) {
	w := newWorkplace(t)
	r := w.set(t)
	function := object{"tool": []any{object{"type": "function", "function": object{"name": "get_weather", "parameters": `{"type":"object","properties":{"location":{"type":"string"}},"required":["location"],"additionalProperties":false}`}}}}
	apply(t, r, many(object{"refused": "REFUSE: no", "calls": "Weather in Boston?"}, function))
	answers := r.State().(object)["answers"].(object)                                                              //nolint:forcetypeassert // there is a state
	if refused := answers["refused"].(object); !strings.Contains(fmt.Sprint(refused["refusal"]), "I can't help") { //nolint:forcetypeassert // there is one
		t.Errorf("the refusal is %v", refused)
	}
	if calls := answers["calls"].(object)["tool_calls"].([]any); len(calls) != 1 { //nolint:forcetypeassert // there are some
		t.Errorf("the calls are %v", calls)
	}
	s := w.set(t)
	apply(t, s, many(object{"city": "JSON with keys: name"}, object{"text": object{"format": object{"type": "json_object"}}, "stream": true}))
	if output := s.State().(object)["answers"].(object)["city"].(object)["output"].(object); output["name"] == nil { //nolint:forcetypeassert // there is one
		t.Errorf("the output is %v", output)
	}
}

// A set whose answers come in batches: one file, one batch, and nothing stored.
func TestSet_takesBatches(t *testing.T) {
	w := newWorkplace(t, emulator.Options{BatchTime: time.Hour})
	r := w.set(t)
	config := many(object{"a": "one", "b": "two", "c": "three"}, object{"engine": "batch", "instructions": "Be brief"})
	apply(t, r, config)
	same(t, contents(t, r), object{"a": "Emulated answer to: one (as told: Be brief)", "b": "Emulated answer to: two (as told: Be brief)", "c": "Emulated answer to: three (as told: Be brief)"})
	if posts, batches := w.count("POST responses"), w.count("POST batches"); posts != 0 || batches != 1 || w.MadeInBatches() != 3 {
		t.Errorf("%d calls, %d batches, %d answers in them", posts, batches, w.MadeInBatches())
	}
	lines := 0
	for body, times := range w.Answered() {
		var asked object
		if err := json.Unmarshal([]byte(body), &asked); err != nil || times != 1 || asked["store"] != false || asked["stream"] != nil {
			t.Errorf("%d times: %s", times, body)
		}
		lines++
	}
	if lines != 3 {
		t.Errorf("%d lines", lines)
	}
	for _, sent := range w.Requests() {
		if sent.Method == "POST" && sent.Path == "/v1/batches" && !strings.Contains(string(sent.Body), `"/v1/responses"`) {
			t.Errorf("the batch is %s", sent.Body)
		}
	}
	w.goOn(t, r)
	unchanged(t, r, config)
	// One call each does as well.
	delete(config, "engine")
	apply(t, r, config)
	w.asked(t, 0)
}

// The set shares recordings with what asks the same.
func TestSet_sharesRecordings(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	apply(t, w.set(t, recordings(dir, "")), many(object{"a": "one", "b": "two"}))
	w.asked(t, 2)
	first := files(t, dir)
	r := w.set(t, recordings(dir, "replay"))
	apply(t, r, many(object{"x": object{"input_items": `[{"role":"user","content":"one"}]`}, "y": "two"}))
	s := w.resource(t, recordings(dir, "replay"))
	apply(t, s, asking(object{"input": "two", "store": false}))
	w.asked(t, 2)
	if second := files(t, dir); !slices.Equal(first, second) || len(first) != 2 {
		t.Errorf("recorded %q, then %q", first, second)
	}
}

// The batch that users submit themselves takes responses as well.
func TestBatch_takesResponses(t *testing.T) {
	w := newWorkplace(t, emulator.Options{BatchTime: time.Hour})
	p := w.run(t)
	r := p.Instance("openai_batch")
	body, err := json.Marshal(object{"model": "gpt-5.4", "input": "hello", "store": false})
	if err != nil {
		t.Fatal(err)
	}
	diags := r.Apply(t, object{"endpoint": "/v1/responses", "requests": []any{object{"custom_id": "a", "body": string(body)}}})
	if errors := errorsOf(diags); len(errors) > 0 {
		t.Fatal(errors)
	}
	state, _ := json.Marshal(r.State())
	if w.MadeInBatches() != 1 || !strings.Contains(string(state), "Emulated answer to: hello") {
		t.Errorf("%d made: %s", w.MadeInBatches(), state)
	}
}
