package response_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestResource_deletesWhatIsStored(t *testing.T) {
	for name, test := range map[string]struct {
		config  object
		deletes int
	}{
		"by default": {asking(), 1}, "store = true": {asking(object{"store": true}), 1}, "background": {later(), 1}, "streamed": {asking(object{"stream": true}), 1},
		"store = false": {asking(object{"store": false}), 0}, "skip_destroy": {asking(object{"skip_destroy": true}), 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			r := w.resource(t)
			apply(t, r, test.config)
			w.goOn(t, r)
			acctest.Quiet(t, r.Destroy(t))
			if n := len(called(w, http.MethodDelete)); n != test.deletes || r.State() != nil {
				t.Errorf("%d were deleted, want %d", n, test.deletes)
			}
			if left := w.Objects("responses"); (len(left) == 1) != (name == "skip_destroy") {
				t.Errorf("left on the server: %q", left)
			}
		})
	}
}

// A deletion is believed on success, and where there is nothing to delete.
func TestResource_believesTheServer(t *testing.T) {
	for status, gone := range map[int]bool{404: true, 405: true, 501: true, 400: false, 403: false} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			w := newWorkplace(t)
			r := w.resource(t)
			apply(t, r, asking())
			w.Fail(emulator.ErrorJSON(status, "invalid_request_error", "", "", "Not here").On(http.MethodDelete, "").Repeat(-1))
			diags := r.Destroy(t)
			if (r.State() == nil) != gone || (len(diags) == 0) != gone {
				t.Errorf("gone: %t, %q", r.State() == nil, diags)
			}
			if !gone {
				says(t, diags, "error: Could not delete stored response", "Not here", "To leave it on the server, set skip_destroy = true and apply, then destroy.")
			}
		})
	}
}

// Where another answer takes the place of one, the old one goes last, and that it stays is no failure.
func TestResource_deletesTheOldAnswerLast(t *testing.T) {
	w := newWorkplace(t)
	r := w.resource(t)
	first := apply(t, r, asking())
	second := apply(t, r, asking(object{"input": "two"}))
	last := w.Requests()[len(w.Requests())-1]
	if last.Method != http.MethodDelete || !strings.HasSuffix(last.Path, first["id"].(string)) { //nolint:forcetypeassert // it is a text
		t.Errorf("the last request is %s %s", last.Method, last.Path)
	}
	w.Fail(emulator.ErrorJSON(403, "invalid_request_error", "", "", "Not allowed").On(http.MethodDelete, ""))
	says(t, r.Apply(t, asking(object{"input": "three"})), "warning: Old stored response was not deleted", second["id"].(string), "Not allowed") //nolint:forcetypeassert // it is a text
	apply(t, r, asking(object{"input": "three", "skip_destroy": true}))
	fourth := apply(t, r, asking(object{"input": "four", "skip_destroy": true}))
	if left := w.Objects("responses"); len(left) != 3 || left[2] != fourth["id"] {
		t.Errorf("left: %q", left)
	}
}

// Labels are no part of what is asked; those that the server has stay.
func TestMetadata_changesTheStateOnly(t *testing.T) {
	for name, stored := range map[string]bool{"stored": true, "not stored": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			r := w.resource(t)
			first := apply(t, r, asking(object{"metadata": object{"team": "a"}, "store": stored}))
			before := len(w.Requests())
			config := asking(object{"metadata": object{"team": "b"}, "store": stored})
			r.Refresh(t)
			plan := r.Plan(t, config)
			if stored {
				says(t, plan.Diags, "warning at metadata: The stored response keeps its old metadata", "The API cannot change it.", "change triggers")
			} else {
				acctest.Quiet(t, plan.Diags)
			}
			second := apply(t, r, config)
			if second["id"] != first["id"] || second["metadata"].(object)["team"] != "b" || len(w.Requests()) != before { //nolint:forcetypeassert // it is one
				t.Errorf("the state is %v, sent %q", second, w.Sent()[before:])
			}
			unchanged(t, r, config)
		})
	}
}

// The state is the record: what the server no longer has stays in it.
func TestResource_outlivesWhatTheServerKeeps(t *testing.T) {
	w := newWorkplace(t)
	r, p := w.resource(t), w.run(t)
	state := apply(t, r, asking())
	w.Clock.Pass(31 * 24 * time.Hour)
	before := len(w.Requests())
	acctest.Quiet(t, r.Refresh(t))
	unchanged(t, r, asking())
	if len(w.Requests()) != before {
		t.Errorf("sent %q", w.Sent()[before:])
	}
	same(t, r.State(), state)
	_, diags := p.ReadData(t, typeName, object{"response_id": state["id"]})
	says(t, diags, "error: Could not read stored response", "The server keeps responses for 30 days, and none that were made with store = false.")
	acctest.Quiet(t, r.Destroy(t))
}

func TestReplay_makesNoCall(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	r := w.resource(t, recordings(dir, ""))
	apply(t, r, asking())
	w.goOn(t, r, recordings(dir, "replay"))
	before := len(w.Requests())
	says(t, r.Destroy(t), "warning: Stored response was not deleted", `the mode of the recordings is "replay"`)
	if r.State() != nil || len(w.Requests()) != before {
		t.Errorf("sent %q", w.Sent()[before:])
	}
}

// What is on the server becomes a state, and the configuration that says the same is no change. The server shows which
// model answered, and how much that thought.
func TestImport_knowsTheRequest(t *testing.T) {
	const schema = `{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","enum":["Paris"]}}}`
	function := object{"name": "get_weather", "description": "d", "parameters": `{"type":"object","properties":{"location":{"type":"string"}},"required":["location"],"additionalProperties":false}`, "strict": true}
	for name, config := range map[string]object{
		"text":         asking(),
		"empty text":   asking(object{"input": ""}),
		"instructions": asking(object{"instructions": "Be brief.", "max_output_tokens": 100, "max_tool_calls": 2, "temperature": 0.5, "top_p": 0.25, "metadata": object{"a": "b"}, "prompt_cache_key": "k", "safety_identifier": "s", "truncation": "auto", "parallel_tool_calls": false}),
		"reasoning":    asking(object{"model": "o3", "reasoning": object{"effort": "low", "summary": "auto"}}),
		"messages":     telling(said("system", "a"), said("user", "b"), said("assistant", "c"), said("user", "d")),
		"one message":  telling(said("user", "b")),
		"system only":  telling(said("system", "b")),
		"parts":        telling(object{"role": "user", "content_part": []any{object{"type": "input_text", "text": "a"}, object{"type": "input_image", "image_url": "https://a.example/b.png"}}}),
		"items":        itemsOf(`[{"role":"user","content":"Weather?"},{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"call_1","output":"sunny"}]`),
		"tool results": telling(said("user", "Weather?"), object{"role": "assistant", "tool_calls": calls}, object{"role": "tool", "tool_call_id": "call_1", "content": "1"}, object{"role": "tool", "tool_call_id": "call_2", "content": "2"}),
		"function":     asking(tool("function", function), object{"tool_choice": "required"}),
		"custom":       asking(tool("custom", object{"name": "c"}), object{"tool_choice": `{"type":"custom","name":"c"}`}),
		"tool_json":    asking(object{"tool_json": `[{"type":"image_generation"}]`, "input": "hello"}),
		"schema":       asking(object{"text": object{"format": object{"type": "json_schema", "name": "city", "strict": true, "schema": schema}, "verbosity": "low"}}),
		"JSON":         asking(asJSON, object{"input": "JSON with keys: name"}),
		"code":         asking(tool("code_interpreter", nil), object{"input": "Compute 1+1"}),
		"background":   later(),
		"streamed":     asking(object{"stream": true}),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			w.Foreign = name == "items" || name == "tool results" // in which calls have no status
			made := apply(t, w.resource(t), config)
			r := w.resource(t)
			acctest.Quiet(t, r.Import(t, made["id"].(string))) //nolint:forcetypeassert // it is a text
			state, _ := r.State().(object)
			for _, name := range []string{"id", "content", "output_json", "output", "status", "usage", "created_at", "completed_at", "response_model", "tool_calls", "instructions"} {
				same(t, object{name: state[name]}, object{name: made[name]})
			}
			if state["request_id"] != nil || state["recording"] != nil {
				t.Errorf("the call is %v, %v", state["request_id"], state["recording"])
			}
			config["model"] = made["response_model"]
			if config["reasoning"] == nil {
				config["reasoning"] = object{"effort": "none"}
			}
			if plan := r.Plan(t, config); len(plan.Diags) > 0 || plan.Replace || plan.Value.(object)["content"] != made["content"] || plan.Value.(object)["id"] != made["id"] { //nolint:forcetypeassert // it is one
				t.Errorf("the plan is not the imported answer: %q", plan.Diags)
			}
			before := w.count("POST responses")
			apply(t, r, config)
			unchanged(t, r, config)
			w.asked(t, before)
			acctest.Quiet(t, r.Destroy(t))
			same(t, w.Objects("responses"), []any{})
		})
	}
}

// What a response goes on from is not its own.
func TestImport_goesOnFromAnother(t *testing.T) {
	w := newWorkplace(t)
	p := w.run(t)
	first := apply(t, p.Instance(typeName, blocks...), asking(object{"input": "My name is Ada."}))
	config := asking(object{"input": "What is my name?", "previous_response_id": first["id"]})
	second := apply(t, p.Instance(typeName, blocks...), config)
	third := asking(object{"input": "Are you sure?", "previous_response_id": second["id"]})
	apply(t, p.Instance(typeName, blocks...), third)
	for id, config := range map[any]object{second["id"]: config, w.Objects("responses")[2]: third} {
		config["model"], config["reasoning"] = second["response_model"], object{"effort": "none"}
		r := p.Instance(typeName, blocks...)
		acctest.Quiet(t, r.Import(t, id.(string))) //nolint:forcetypeassert // it is a text
		keeps(t, r, config)
		if state := r.State().(object); state["input"] != config["input"] || state["previous_response_id"] != config["previous_response_id"] { //nolint:forcetypeassert // there is one
			t.Errorf("the state is %v", state)
		}
	}
	w.asked(t, 3)
	// A server may list all that the model got.
	var listed []json.RawMessage
	items := func(id any) (items []json.RawMessage) {
		t.Helper()
		read, diags := p.ReadData(t, typeName, object{"response_id": id})
		acctest.Quiet(t, diags)
		if err := json.Unmarshal([]byte(read.(object)["input_items"].(string)), &items); err != nil { //nolint:forcetypeassert // it is a text
			t.Fatal(err)
		}
		return items
	}
	var output []json.RawMessage
	if err := json.Unmarshal([]byte(first["output_json"].(string)), &output); err != nil { //nolint:forcetypeassert // it is a text
		t.Fatal(err)
	}
	listed = slices.Concat(items(first["id"]), output, items(second["id"]))
	page, err := json.Marshal(object{"object": "list", "data": listed, "has_more": false, "first_id": "msg_1", "last_id": "msg_2"})
	if err != nil {
		t.Fatal(err)
	}
	w.Fail(emulator.Status(200, string(page)).On(http.MethodGet, "/responses/"+second["id"].(string)+"/input_items")) //nolint:forcetypeassert // it is a text
	whole := p.Instance(typeName, blocks...)
	acctest.Quiet(t, whole.Import(t, second["id"].(string)))                                       //nolint:forcetypeassert // it is a text
	if state := whole.State().(object); state["input"] != "What is my name?" || len(listed) != 3 { //nolint:forcetypeassert // there is one
		t.Errorf("of %d items, the input is %v", len(listed), state["input"])
	}
	// What the older one said is not known where it is gone: nothing is taken for it.
	if !w.Remove("responses/" + first["id"].(string)) { //nolint:forcetypeassert // it is a text
		t.Fatal("there was no response")
	}
	r := p.Instance(typeName, blocks...)
	acctest.Quiet(t, r.Import(t, second["id"].(string)))                           //nolint:forcetypeassert // it is a text
	if state := r.State().(object); state["previous_response_id"] != first["id"] { //nolint:forcetypeassert // there is one
		t.Errorf("the state is %v", state)
	}
}

func TestImport_ofAConversation(t *testing.T) {
	w := newWorkplace(t)
	p := w.run(t)
	c := p.Instance("openai_conversation")
	acctest.Quiet(t, c.Apply(t, object{}))
	config := asking(object{"conversation_id": c.State().(object)["id"]}) //nolint:forcetypeassert // there is a state
	made := apply(t, p.Instance(typeName, blocks...), config)
	r := p.Instance(typeName, blocks...)
	acctest.Quiet(t, r.Import(t, made["id"].(string))) //nolint:forcetypeassert // it is a text
	config["model"], config["reasoning"] = made["response_model"], object{"effort": "none"}
	keeps(t, r, config)
	w.asked(t, 1)
}

func TestImport_saysWhyNot(t *testing.T) {
	w := newWorkplace(t, emulator.Options{ResponseTime: time.Hour})
	says(t, w.resource(t).Import(t, "resp_none"), "error: Could not import response", "Response with id 'resp_none' not found.")
	w.Fail(polls(emulator.Hang()))
	says(t, w.resource(t).Apply(t, later(impatient)), "error")
	w.Heal()
	id := w.Objects("responses")[0]
	says(t, w.resource(t).Import(t, id), "error: Could not import response", "is still being made", "Import it when it is there")
}

func TestDataSource_readsWhatIsStored(t *testing.T) {
	w := newWorkplace(t)
	p := w.run(t)
	first := apply(t, p.Instance(typeName, blocks...), asking(object{"instructions": "Be brief.", "metadata": object{"a": "b"}}))
	read, diags := p.ReadData(t, typeName, object{"response_id": first["id"]})
	acctest.Quiet(t, diags)
	got, _ := read.(object)
	for _, name := range []string{"id", "content", "refusal", "status", "tool_calls", "citations", "usage", "created_at", "completed_at", "response_model", "instructions", "metadata", "output_json"} {
		same(t, object{name: got[name]}, object{name: first[name]})
	}
	var items []object
	if err := json.Unmarshal([]byte(got["input_items"].(string)), &items); err != nil || len(items) != 1 || items[0]["role"] != "user" || got["response_id"] != first["id"] || got["previous_response_id"] != nil { //nolint:forcetypeassert // it is a text
		t.Errorf("%v: got %v", err, got)
	}
	second := apply(t, p.Instance(typeName, blocks...), asking(object{"input": "and then?", "previous_response_id": first["id"]}))
	read, diags = p.ReadData(t, typeName, object{"response_id": second["id"]})
	acctest.Quiet(t, diags)
	if read.(object)["previous_response_id"] != first["id"] { //nolint:forcetypeassert // it is one
		t.Errorf("got %v", read)
	}
	_, diags = p.ReadData(t, typeName, object{"response_id": ""})
	says(t, diags, "error at response_id: ")
	w.Fail(emulator.ErrorJSON(403, "invalid_request_error", "", "", "Not yours").On("GET", ""))
	_, diags = p.ReadData(t, typeName, object{"response_id": first["id"]})
	says(t, diags, "error: Could not read stored response", "Not yours")
	w.Fail(polls(emulator.Status(200, strings.Replace(answerOf(""), "completed", "in_progress", 1))).Repeat(1), emulator.Status(200, `{"object":"list","data":[],"has_more":false,"first_id":null,"last_id":null}`).On("GET", ""))
	read, diags = p.ReadData(t, typeName, object{"response_id": "resp_odd"})
	acctest.Quiet(t, diags)
	if state := read.(object); state["status"] != "in_progress" || state["input_items"] != "[]" || state["content"] != nil { //nolint:forcetypeassert // it is one
		t.Errorf("got %v", state)
	}
}

// All pages of the input are read, oldest first.
func TestDataSource_readsAllItems(t *testing.T) {
	w := newWorkplace(t)
	var messages []any
	for range 150 {
		messages = append(messages, said("user", "a"), said("assistant", "b"))
	}
	state := apply(t, w.resource(t), telling(messages...))
	read, diags := w.run(t).ReadData(t, typeName, object{"response_id": state["id"]})
	acctest.Quiet(t, diags)
	var items []object
	if err := json.Unmarshal([]byte(read.(object)["input_items"].(string)), &items); err != nil || len(items) != 300 || items[0]["role"] != "user" || items[1]["role"] != "assistant" { //nolint:forcetypeassert // it is a text
		t.Errorf("%v: %d items", err, len(items))
	}
}

// One answer at a time in a conversation; those of others do not wait.
func TestConversation_takesOneAnswerAtATime(t *testing.T) {
	w := newWorkplace(t)
	p := w.run(t)
	var ids []string
	for range 2 {
		c := p.Instance("openai_conversation")
		acctest.Quiet(t, c.Apply(t, object{}))
		ids = append(ids, c.State().(object)["id"].(string)) //nolint:forcetypeassert // it has one
	}
	proxy := w.counting(t)
	q := w.run(t, object{"base_url": proxy.URL + "/v1"})
	var configs []object
	for n := range 8 {
		configs = append(configs, asking(object{"input": strings.Repeat("x", n+1), "conversation_id": ids[n%2]}))
	}
	_, diags := together(t, q, configs...)
	acctest.Quiet(t, diags)
	for _, id := range ids {
		if got := proxy.most[id]; got != 1 {
			t.Errorf("%d at a time in %s", got, id)
		}
	}
	if proxy.all < 2 {
		t.Error("the two conversations waited for each other")
	}
	w.asked(t, 8)
	// Each knows of those before it.
	var seen []int
	for _, body := range w.bodies(t) {
		seen = append(seen, len(body["input"].(string))) //nolint:forcetypeassert // it is a text
	}
	slices.Sort(seen)
	same(t, seen, []int{1, 2, 3, 4, 5, 6, 7, 8})
	for _, id := range ids {
		if items := w.Objects("conversations/" + id + "/items"); len(items) != 8 {
			t.Errorf("%d items in %s", len(items), id)
		}
	}
}

// What no state has is not left at the server.
func TestResource_deletesAnAnswerOfNoUse(t *testing.T) {
	w := newWorkplace(t)
	r := w.resource(t)
	strict := object{"fail_on": []any{"refusal"}}
	first := apply(t, r, asking(strict))
	says(t, r.Apply(t, asking(strict, object{"input": "REFUSE: no"})), "error: Unusable response", "the model refused")
	same(t, w.Objects("responses"), []any{first["id"]})
	says(t, r.Apply(t, asking(strict, object{"input": "REFUSE: no", "skip_destroy": true})), "error: Unusable response")
	same(t, len(w.Objects("responses")), 2)
}

// What the server has filled in is no change after an import; what was asked and is not any more, is.
func TestImport_ofAnotherRequest(t *testing.T) {
	w := newWorkplace(t)
	asked := asking(object{"model": "gpt-5.4-mini", "instructions": "Never say yes.", "temperature": 0.5}, tool("web_search", nil))
	made := apply(t, w.resource(t), asked)
	for name, test := range map[string]struct {
		config object
		asks   string
	}{
		"the same":           {asked, ""},
		"another model":      {asking(asked, object{"model": "gpt-5.4"}), "model"},
		"no instructions":    {asking(asked, object{"instructions": nil}), "instructions"},
		"no temperature":     {asking(asked, object{"temperature": nil}), "temperature"},
		"no tools":           {asking(asked, object{"tool": []any{}}), "tools"},
		"other instructions": {asking(asked, object{"instructions": "Say yes."}), "instructions"},
	} {
		t.Run(name, func(t *testing.T) {
			r := w.resource(t)
			acctest.Quiet(t, r.Import(t, made["id"].(string))) //nolint:forcetypeassert // it is a text
			w.goOn(t, r)
			planned := r.Plan(t, test.config)
			if test.asks == "" {
				acctest.Quiet(t, planned.Diags)
				return
			}
			says(t, planned.Diags, "warning: Applying this plan makes 1 call to the model", "What changed in the requests: "+test.asks)
		})
	}
}
