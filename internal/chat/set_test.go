package chat_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const setType = "openai_chat_completion_set"

// workplace is a server and a working directory, in which runs of Terraform follow each other without a CLI.
type workplace struct {
	*acctest.Server
	data  string // Terraform's data directory
	clock *acctest.Clock
}

func newWorkplace(t *testing.T) *workplace {
	t.Helper()
	return newWorkplaceWith(t, emulator.Options{})
}

func newWorkplaceWith(t *testing.T, options emulator.Options) *workplace {
	t.Helper()
	return &workplace{Server: acctest.Start(t, options), data: filepath.Join(t.TempDir(), "data"), clock: acctest.NewClock()}
}

// run is the provider of the next run of Terraform.
func (w *workplace) run(t *testing.T, provider ...object) acctest.Protocol {
	t.Helper()
	p := acctest.Speak(t, w.clock.Adjust, acctest.DataIn(w.data))
	p.Connect(t, w.Server, provider...)
	return p
}

// set is a set that is not there yet.
func (w *workplace) set(t *testing.T, provider ...object) *acctest.Instance {
	t.Helper()
	return w.run(t, provider...).Instance(setType, chatBlocks...)
}

// goOn has the next run of Terraform go on with a resource.
func (w *workplace) goOn(t *testing.T, r *acctest.Instance, provider ...object) {
	t.Helper()
	r.Continue(w.run(t, provider...))
}

// asks checks that something sends so many requests, and returns what they ask: the last message of each, sorted.
func (w *workplace) asks(t *testing.T, want int, do func()) (texts []string) {
	t.Helper()
	before := len(posts(w.Server))
	do()
	for _, r := range posts(w.Server)[before:] {
		messages := bodyOf(t, r)["messages"].([]any)                                             //nolint:forcetypeassert // each has them
		texts = append(texts, fmt.Sprint(messages[len(messages)-1].(map[string]any)["content"])) //nolint:forcetypeassert // so has each message
	}
	slices.Sort(texts)
	if len(texts) != want {
		t.Errorf("%d requests were sent, want %d: %q", len(texts), want, texts)
	}
	return texts
}

// bodyOf is the JSON of a request.
func bodyOf(t *testing.T, r emulator.Request) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal(r.Body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// waiting are the journals that wait for the state.
func (w *workplace) waiting(t *testing.T) []string {
	t.Helper()
	return files(t, filepath.Join(w.data, "openai"))
}

// setOf is a configuration with some requests, and what else there is to say.
func setOf(requests any, changes ...object) object {
	c := object{"model": "gpt-4", "requests": requests}
	for _, more := range changes {
		maps.Copy(c, more)
	}
	return c
}

// texts are requests whose text is their name.
func texts(names ...string) object {
	requests := object{}
	for _, name := range names {
		requests[name] = name
	}
	return requests
}

// numbered are requests q000, q001, ….
func numbered(n int) object {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("q%03d", i)
	}
	return texts(names...)
}

// contents are the texts of the answers that are there.
func contents(t *testing.T, state any) map[string]string {
	t.Helper()
	found := map[string]string{}
	answers, _ := of(t, state, "answers").(object)
	for key, a := range answers {
		if a, ok := a.(object); ok {
			found[key], _ = a["content"].(string)
		}
	}
	return found
}

// answered checks the names of the answers that are there, each with its own text.
func answered(t *testing.T, state any, keys ...string) {
	t.Helper()
	want := map[string]string{}
	for _, key := range keys {
		want[key] = "Emulated answer to: " + key
	}
	same(t, contents(t, state), want)
}

func TestSet_asksOnlyForWhatIsMissing(t *testing.T) {
	w := newWorkplace(t)
	r := w.set(t)
	w.asks(t, 2, func() { answered(t, apply(t, r, setOf(texts("a", "b"))), "a", "b") })
	w.asks(t, 0, func() { unchanged(t, r, setOf(texts("a", "b"))) })

	w.goOn(t, r)
	three := setOf(texts("a", "b", "c"))
	plan := updates(t, r, three)
	answers := plan["answers"].(object) //nolint:forcetypeassert // it knows their names
	if _, open := answers["c"].(acctest.Unknown); !open || !reflect.DeepEqual(answers["a"], of(t, of(t, r.State(), "answers"), "a")) {
		t.Errorf("the plan is %v", answers)
	}
	says(t, r.Plan(t, three).Diags, "makes 1 more call to the model", "1 call for 1 resource")
	asked := w.asks(t, 1, func() { answered(t, apply(t, r, three), "a", "b", "c") })
	same(t, asked, []string{"c"})

	w.asks(t, 0, func() {
		left := setOf(texts("a", "c"))
		acctest.Quiet(t, r.Plan(t, left).Diags)
		answered(t, apply(t, r, left), "a", "c")
		if usage, one := of(t, of(t, r.State(), "usage"), "total_tokens"), of(t, of(t, of(t, of(t, r.State(), "answers"), "a"), "usage"), "total_tokens"); usage != 2*one.(float64) { //nolint:forcetypeassert // it is counted
			t.Errorf("the usage is %v, of one answer %v", usage, one)
		}
		unchanged(t, r, left)
	})

	// Another template asks for all, and the plan says for how many.
	w.goOn(t, r)
	warmer := setOf(texts("a", "c"), object{"temperature": 1})
	first := of(t, of(t, of(t, r.State(), "answers"), "a"), "id")
	says(t, r.Plan(t, warmer).Diags, "makes 2 calls to the model", "2 calls for 1 resource", "What changed in the requests: temperature.", "The old answer stays")
	w.asks(t, 2, func() { apply(t, r, warmer) })
	if of(t, of(t, of(t, r.State(), "answers"), "a"), "id") == first {
		t.Error("the answer is the old one")
	}
	// What only delivers an answer, or judges it, does not.
	w.asks(t, 0, func() {
		for _, more := range []object{{"stream": true}, {"fail_on": []any{"length"}}, {"timeouts": object{"create": "5m"}}, {"triggers": object{}}, {"on_failure": "keep"}} {
			config := setOf(texts("a", "c"), object{"temperature": 1}, more)
			acctest.Quiet(t, r.Plan(t, config).Diags)
			apply(t, r, config)
			unchanged(t, r, config)
		}
	})
	// Triggers ask again.
	w.asks(t, 2, func() {
		apply(t, r, setOf(texts("a", "c"), object{"temperature": 1, "triggers": object{"on": "day two"}}))
	})
}

func TestSet_hasNothing(t *testing.T) {
	w := newWorkplace(t)
	r := w.set(t)
	state := apply(t, r, setOf(object{}))
	same(t, []any{state["answers"], state["failed"], state["usage"]}, []any{object{}, nil, nil})
	unchanged(t, r, setOf(object{}))
	wantCalls(t, w.Server, map[string]int{})
}

// Each request is the template with what it says itself.
func TestSet_sendsTheTemplateWithWhatDiffers(t *testing.T) {
	w := newWorkplace(t)
	system, user := object{"role": "system", "content": "Be brief"}, func(text string) object { return object{"role": "user", "content": text} }
	format := func(name string) object {
		return object{"type": "json_schema", "json_schema": object{"name": name, "schema": `{"type":"object"}`}}
	}
	config := setOf(object{
		"a text":     "one",
		"an object":  object{"content": "two"},
		"a scalar":   object{"content": "three", "temperature": 0, "seed": 7, "model": "gpt-4o"},
		"null":       object{"content": "four", "temperature": nil},
		"a format":   object{"content": "five", "response_format": format("other")},
		"messages":   object{"messages": []any{user("six")}},
		"both":       object{"messages": []any{user("seven"), object{"role": "assistant", "content": "yes"}}, "content": "and?"},
		"a block":    object{"message": []any{user("eight")}},
		"JSON":       object{"messages_json": `[{"role":"user","content":"nine"}]`},
		"a tool":     object{"content": "ten", "tool": []any{object{"type": "function", "function": object{"name": "f"}}}, "tool_choice": object{"mode": "none"}},
		"no content": object{},
	}, object{"message": []any{system}, "temperature": 0.5, "response_format": format("common")})
	r := w.set(t)
	delete(config["requests"].(object), "a tool") //nolint:forcetypeassert // the emulator's tools are tried below
	state := apply(t, r, config)
	sent := map[string]map[string]any{}
	for _, r := range posts(w.Server) {
		b := bodyOf(t, r)
		messages := b["messages"].([]any)                                           //nolint:forcetypeassert // each has them
		sent[fmt.Sprint(messages[len(messages)-1].(map[string]any)["content"])] = b //nolint:forcetypeassert // so has each message
	}
	common := func(messages ...any) object {
		return object{"model": "gpt-4", "temperature": 0.5, "messages": messages,
			"response_format": object{"type": "json_schema", "json_schema": object{"name": "common", "schema": object{"type": "object"}}}}
	}
	with := func(c, more object) object { maps.Copy(c, more); return c }
	same(t, sent, map[string]object{
		"one": common(system, user("one")), "two": common(system, user("two")), "four": common(system, user("four")),
		"three": with(common(system, user("three")), object{"temperature": 0, "seed": 7, "model": "gpt-4o"}),
		"five":  with(common(system, user("five")), object{"response_format": object{"type": "json_schema", "json_schema": object{"name": "other", "schema": object{"type": "object"}}}}),
		"six":   common(user("six")), "eight": common(user("eight")), "nine": common(user("nine")),
		"and?":     common(user("seven"), object{"role": "assistant", "content": "yes"}, user("and?")),
		"Be brief": common(system),
	})
	if n := len(of(t, state, "answers").(object)); n != 10 { //nolint:forcetypeassert // it is known
		t.Errorf("there are %d answers", n)
	}
	unchanged(t, r, config)
}

func TestSet_readsAnswersOfAllKinds(t *testing.T) {
	w := newWorkplace(t)
	schema := `{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}`
	r := w.set(t)
	state := apply(t, r, setOf(object{
		"text": "hello",
		"json": object{"content": "Where?", "response_format": object{"type": "json_schema", "json_schema": object{"name": "place", "schema": schema, "strict": true}}},
		"tool": object{"content": "What is the weather in Oslo?", "tool": []any{object{"type": "function", "function": object{"name": "get_weather", "parameters": schema}}}, "tool_choice": "required"},
	}))
	answers := of(t, state, "answers")
	text, json, tool := of(t, answers, "text"), of(t, answers, "json"), of(t, answers, "tool")
	if city, ok := of(t, of(t, json, "output"), "city").(string); !ok || city == "" || of(t, text, "output") != nil {
		t.Errorf("the output is %v", of(t, json, "output"))
	}
	calls, _ := of(t, tool, "tool_calls").([]any)
	if len(calls) != 1 || of(t, of(t, calls[0], "function"), "name") != "get_weather" || of(t, tool, "finish_reason") != "tool_calls" || of(t, text, "tool_calls") != nil {
		t.Errorf("the tool calls are %v", of(t, tool, "tool_calls"))
	}
	for _, name := range []string{"id", "request_id", "response_model", "finish_reason"} {
		if v, ok := of(t, text, name).(string); !ok || v == "" {
			t.Errorf("%s is %v", name, of(t, text, name))
		}
	}
}

// Equal requests of one set are one call, and each has the answer.
func TestSet_asksOnceForEqualRequests(t *testing.T) {
	w := newWorkplace(t)
	r := w.set(t)
	config := setOf(object{"a": "same", "b": object{"content": "same"}, "c": object{"messages": []any{object{"role": "user", "content": "same"}}}, "d": "other"})
	acctest.Quiet(t, r.Plan(t, config).Diags)
	w.asks(t, 2, func() { apply(t, r, config) })
	answers := of(t, r.State(), "answers").(object) //nolint:forcetypeassert // it is known
	if !reflect.DeepEqual(answers["a"], answers["b"]) || !reflect.DeepEqual(answers["a"], answers["c"]) || answers["a"] == nil {
		t.Errorf("the answers are %v", answers)
	}
	unchanged(t, r, config)
}

// A set, another set and a single completion share recordings, whoever comes first.
func TestSet_sharesRecordings(t *testing.T) {
	w := newWorkplace(t)
	records := recordings(t.TempDir(), "")
	hello := configuration(nil)
	w.asks(t, 1, func() { apply(t, w.run(t, records).Instance(typeName, chatBlocks...), hello) })
	r := w.set(t, records)
	two := setOf(texts("hello", "bye"))
	plan := r.Plan(t, two)
	if known, _ := of(t, of(t, plan.Value, "answers"), "hello").(object); known["content"] != "Emulated answer to: hello" {
		t.Errorf("the plan knows %v", known)
	}
	same(t, w.asks(t, 1, func() { apply(t, r, two) }), []string{"bye"})
	if file := of(t, of(t, of(t, r.State(), "answers"), "bye"), "recording"); file == nil {
		t.Error("the answer is not recorded")
	}
	w.asks(t, 0, func() {
		one := w.run(t, records).Instance(typeName, chatBlocks...)
		state := apply(t, one, conversation(object{"role": "user", "content": "bye"}))
		if state["id"] != of(t, of(t, of(t, r.State(), "answers"), "bye"), "id") {
			t.Errorf("the completion is another one: %v", state["id"])
		}
		other := w.set(t, records)
		answered(t, apply(t, other, setOf(texts("bye", "hello"))), "bye", "hello")
		unchanged(t, other, setOf(texts("bye", "hello")))
	})
	if found := w.waiting(t); len(found) != 0 {
		t.Errorf("there are journals beside the recordings: %v", found)
	}
}

func TestSet_replays(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	first := w.set(t, recordings(dir, ""))
	apply(t, first, setOf(texts("a", "b")))
	w.asks(t, 0, func() {
		r := w.set(t, recordings(dir, "replay"), object{"api_key": ""})
		plan := r.Plan(t, setOf(texts("a", "b")))
		answered(t, plan.Value, "a", "b")
		acctest.Quiet(t, plan.Diags)
		same(t, of(t, apply(t, r, setOf(texts("a", "b"))), "answers"), of(t, first.State(), "answers"))
		unchanged(t, r, setOf(texts("a", "b")))
		missing := r.Plan(t, setOf(texts("a", "b", "c")))
		says(t, missing.Diags, `error at requests: Could not plan the set of chat completions: requests["c"]: There is no recording of this request`)
	})
}

// Without recordings of its own, a set records nothing and finds nothing.
func TestSet_recordsNothing(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	w.asks(t, 1, func() { apply(t, w.set(t, recordings(dir, "")), setOf(texts("a"))) })
	r := w.set(t, recordings(dir, ""))
	w.asks(t, 2, func() { apply(t, r, setOf(texts("a", "b"), object{"record": false})) })
	if found := files(t, dir); len(found) != 1 {
		t.Errorf("there are %v", found)
	}
	unchanged(t, r, setOf(texts("a", "b"), object{"record": false}))
}

// What is to be refreshed is asked again once, and no more.
func TestSet_refreshes(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	w.asks(t, 2, func() { apply(t, w.set(t, recordings(dir, "")), setOf(texts("a", "b"))) })
	r := w.set(t, recordings(dir, "refresh"))
	w.asks(t, 2, func() { apply(t, r, setOf(texts("a", "b"))) })
	w.goOn(t, r, recordings(dir, "refresh"))
	w.asks(t, 0, func() { unchanged(t, r, setOf(texts("a", "b"))) })
	w.asks(t, 1, func() { apply(t, r, setOf(texts("a", "b", "c"))) })
	w.goOn(t, r, recordings(dir, "refresh"))
	unchanged(t, r, setOf(texts("a", "b", "c")))
	// A create that fails has asked for some, and they are not refreshed again.
	w.Fail(about(mayBeMade, "b"))
	w.asks(t, 2, func() {
		says(t, w.set(t, recordings(dir, "refresh")).Apply(t, setOf(texts("a", "b"))), "1 answer is kept below "+w.data)
	})
	other := w.set(t, recordings(dir, "refresh"))
	same(t, w.asks(t, 1, func() { apply(t, other, setOf(texts("a", "b"))) }), []string{"b"})
	if of(t, of(t, of(t, other.State(), "answers"), "a"), "recording") == nil {
		t.Error("the answer that waited is not recorded")
	}
	w.asks(t, 0, func() { apply(t, w.set(t, recordings(dir, "replay")), setOf(texts("a", "b", "c"))) })
}

func TestSet_asksDuringThePlan(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	config := setOf(texts("a", "b"), object{"generate_on": "plan"})
	r := w.set(t, recordings(dir, ""))
	w.asks(t, 2, func() {
		plan := r.Plan(t, config)
		answered(t, plan.Value, "a", "b")
		says(t, plan.Diags, "The plan made 2 calls to the model")
	})
	w.asks(t, 0, func() {
		w.goOn(t, r, recordings(dir, ""))
		answered(t, apply(t, r, config), "a", "b")
		unchanged(t, r, config)
	})
	// What fails in the plan fails the plan, and what came is recorded.
	w.Fail(emulator.ErrorJSON(400, "invalid_request_error", "", "", "Not that").Containing(`"d"`))
	more := setOf(texts("a", "b", "c", "d"), object{"generate_on": "plan"})
	w.asks(t, 2, func() {
		says(t, r.Plan(t, more).Diags, "error: 1 request of 2 without a usable answer", `"d": 400 Bad Request: Not that`)
	})
	same(t, w.asks(t, 1, func() { answered(t, r.Plan(t, more).Value, "a", "b", "c", "d") }), []string{"d"})
	w.asks(t, 0, func() {
		says(t, w.set(t).Plan(t, config).Diags, "error at generate_on", "recordings")
		says(t, w.set(t, recordings(dir, "refresh")).Plan(t, config).Diags, "error at generate_on: generate_on does not work with this mode")
	})
}

// What is not known in the plan is compared during the apply, before any call.
func TestSet_comparesAtApplyWhatThePlanDoesNotKnow(t *testing.T) {
	unknown := acctest.Unknown{}
	for kind, config := range map[string]func(value any) object{
		"a text":   func(v any) object { return setOf(object{"a": v, "b": "b"}) },
		"a member": func(v any) object { return setOf(object{"a": object{"content": v}, "b": "b"}) },
		"a message": func(v any) object {
			return setOf(object{"a": object{"messages": []any{object{"role": "user", "content": v}}}, "b": "b"})
		},
		"the template": func(v any) object { return setOf(texts("a", "b"), object{"user": v}) },
		"a trigger":    func(v any) object { return setOf(texts("a", "b"), object{"triggers": object{"of": v}}) },
		"all requests": func(v any) object {
			if v == unknown {
				return setOf(unknown)
			}
			return setOf(object{"a": v, "b": "b"})
		},
	} {
		t.Run(kind, func(t *testing.T) {
			w := newWorkplace(t)
			r := w.set(t)
			all := 1
			if kind == "the template" || kind == "a trigger" {
				all = 2
			}
			plan, diags := r.ApplyOpen(t, config(unknown), config("a"))
			acctest.Quiet(t, diags)
			wantCalls(t, w.Server, map[string]int{"POST": 2})
			if known, there := of(t, plan.Value, "answers").(object); there != (kind != "all requests") || known["a"] != nil && known["a"] != unknown {
				t.Errorf("the plan of the create knows %v", known)
			}
			before := of(t, r.State(), "answers")
			for _, next := range []struct {
				value string
				calls int
			}{{"a", 0}, {"other", all}} {
				w.goOn(t, r)
				w.asks(t, next.calls, func() {
					plan, diags := r.ApplyOpen(t, config(unknown), config(next.value))
					if hasError(diags) {
						t.Errorf("it says %q", diags)
					}
					says(t, plan.Diags, "may make", "The plan does not know:")
					if known, there := of(t, plan.Value, "answers").(object); there && all == 1 && !reflect.DeepEqual(known["b"], of(t, before, "b")) {
						t.Errorf("the plan does not know what stays: %v", known["b"])
					}
				})
				if kept := reflect.DeepEqual(of(t, r.State(), "answers"), before); kept != (next.calls == 0) {
					t.Errorf("the answers were kept: %v", kept)
				}
				unchanged(t, r, config(next.value))
			}
		})
	}
}

// While the provider's settings are not known, a plan knows nothing of answers, and fails for none of them.
func TestSet_plansWithoutAProvider(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	r := p.Instance(setType, chatBlocks...)
	plan := r.Plan(t, setOf(texts("a")))
	acctest.Quiet(t, plan.Diags)
	same(t, of(t, plan.Value, "answers"), object{"a": acctest.Unknown{}})
	acctest.Quiet(t, r.Plan(t, setOf(texts("a"), object{"generate_on": "plan"})).Diags)
	says(t, r.Apply(t, setOf(texts("a"))), "error", "the provider is not configured yet")
}

func TestSet_usesItsOwnKey(t *testing.T) {
	for name, more := range map[string]object{"api_key": {"api_key": "sk-test-another-key"}, "api_key_wo": {"api_key_wo": "sk-test-another-key", "api_key_wo_version": 1}} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			apply(t, w.set(t), setOf(texts("a"), more))
			if got := posts(w.Server)[0].Header.Get("Authorization"); got != "Bearer sk-test-another-key" {
				t.Errorf("the key was %q", got)
			}
		})
	}
}

// A request that OpenAI's own server is known to refuse fails the plan, or the apply if the plan did not know it.
func TestSet_sendsNothingThatOpenAIRefuses(t *testing.T) {
	t.Parallel()
	config := func(stop any) object { return setOf(object{"a": "a", "b": object{"content": "b", "stop": stop}}) }
	many := []any{"1", "2", "3", "4", "5"}
	sends := func(s *client.Settings) { s.BaseURL, s.APIKey = "https://api.openai.com/v1", "" } // where nothing is sent without a key
	p := acctest.Speak(t, sends)
	p.Connect(t, &acctest.Server{URL: "http://127.0.0.1:1/v1"})
	r := p.Instance(setType, chatBlocks...)
	says(t, r.Plan(t, config(many)).Diags, `error at requests: `, `requests["b"]: For OpenAI, stop must be a list of 1 to 4 sequences, not 5.`)
	first := r.Plan(t, config(acctest.Unknown{}))
	acctest.Quiet(t, first.Diags)
	// Nor does a plan that asks.
	p = acctest.Speak(t, sends)
	dir := filepath.Join(t.TempDir(), "recordings")
	p.Connect(t, &acctest.Server{URL: "http://127.0.0.1:1/v1"}, recordings(dir, ""))
	asking := config(many)
	asking["generate_on"] = "plan"
	said := p.Instance(setType, chatBlocks...).Plan(t, asking).Diags
	if _, err := os.Stat(dir); len(said) != 1 || !strings.HasPrefix(said[0], "error at requests: ") || !os.IsNotExist(err) { // where an answer would go
		t.Errorf("said %q, %v", said, err)
	}
}

func TestSet_keepsJournalsToTheirOwner(t *testing.T) {
	w := newWorkplace(t)
	w.Fail(emulator.ErrorJSON(400, "invalid_request_error", "", "", "Not that").Containing(`"b"`))
	r := w.set(t)
	says(t, r.Apply(t, setOf(texts("a", "b"))), "Not that")
	found := w.waiting(t)
	if len(found) != 1 {
		t.Fatalf("there are %v", found)
	}
	for path, mode := range map[string]os.FileMode{filepath.Join(w.data, "openai"): 0o700, filepath.Join(w.data, "openai", found[0]): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

// hasError reports whether there is an error among diagnostics.
func hasError(diags []string) bool {
	return slices.ContainsFunc(diags, func(d string) bool { return strings.HasPrefix(d, "error") })
}
