package response_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// later is a small configuration that is answered in the background.
func later(changes ...object) object {
	return asking(append([]object{{"background": true}}, changes...)...)
}

// polls is a fault of the calls that ask how far a response is.
func polls(f emulator.Fault) emulator.Fault { return f.On("GET", "/responses/").Repeat(-1) }

// impatient gives up after a moment.
var impatient = object{"timeouts": object{"create": "2s"}}

// paidOnce checks that no request was answered twice, and that nothing waits any more.
func (w *workplace) paidOnce(t *testing.T, posts int) {
	t.Helper()
	w.asked(t, posts)
	if twice := w.AnsweredTwice(); len(twice) > 0 {
		t.Errorf("paid for twice: %q", twice)
	}
}

func TestBackground_waitsForTheAnswer(t *testing.T) {
	w := newWorkplace(t, emulator.Options{ResponseTime: 10 * time.Minute})
	r := w.resource(t)
	state := apply(t, r, later())
	if state["content"] != "Emulated answer to: hello" || state["status"] != "completed" || state["background"] != true {
		t.Errorf("the state is %v", state)
	}
	if took := state["completed_at"].(float64) - state["created_at"].(float64); took != 600 { //nolint:forcetypeassert // they are numbers
		t.Errorf("it took %v s", took)
	}
	waits := w.Clock.Waits()
	if len(waits) < 60 || waits[0] != time.Second || waits[1] != 1500*time.Millisecond || slices.Max(waits) != 10*time.Second {
		t.Errorf("waited %v", waits)
	}
	// It is noted until the state is read, since nobody knows before whether Terraform has it.
	same(t, w.notes(t), []any{state["id"]})
	w.goOn(t, r)
	unchanged(t, r, later())
	if left := files(t, filepath.Join(w.data, "openai")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	acctest.Quiet(t, r.Destroy(t))
	same(t, w.Objects("responses"), []any{})
	w.paidOnce(t, 1)
}

// What is on record needs no note, unless the next apply would not look there.
func TestBackground_isNotedWhereNoRecordingServes(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	apply(t, w.resource(t, recordings(dir, "")), later())
	if left := w.notes(t); len(left) > 0 {
		t.Errorf("noted: %q", left)
	}
	state := apply(t, w.resource(t, recordings(dir, "refresh")), later())
	same(t, w.notes(t), []any{state["id"]})
	w.asked(t, 2)
}

// A new object may not be known to the server at once, and the ID of the call is that of the first.
func TestBackground_aServerThatLags(t *testing.T) {
	w := newWorkplace(t, emulator.Options{Lag: 3})
	state := apply(t, w.resource(t), later())
	if state["content"] != "Emulated answer to: hello" {
		t.Errorf("the state is %v", state)
	}
	if n := w.count("GET responses/"); n != 4 {
		t.Errorf("looked %d times", n)
	}
	w.paidOnce(t, 1)
}

func TestBackground_hasTheRequestIDOfTheCall(t *testing.T) {
	w := newWorkplace(t)
	w.Fail(emulator.Status(200, strings.Replace(answerOf(""), "completed", "queued", 1), "X-Request-Id", "req_first").On("POST", ""),
		emulator.Status(200, answerOf(textItem(`"fine"`)), "X-Request-Id", "req_second").On("GET", ""))
	if state := apply(t, w.resource(t), later()); state["request_id"] != "req_first" || state["content"] != "fine" {
		t.Errorf("the state is %v", state)
	}
}

// A server that knows no background answers at once: there is nothing to note.
func TestBackground_ofAServerThatKnowsNone(t *testing.T) {
	w := newWorkplace(t)
	w.answering(answerOf(textItem(`"fine"`)), 1)
	if state := apply(t, w.resource(t), later()); state["content"] != "fine" {
		t.Errorf("the state is %v", state)
	}
	if left := files(t, filepath.Join(w.data, "openai")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if n := w.count("GET responses/"); n > 0 {
		t.Errorf("looked %d times", n)
	}
}

// A stream would be cut off with the connection, and is of no use to what is asked for later.
func TestBackground_isNotStreamed(t *testing.T) {
	w := newWorkplace(t)
	apply(t, w.resource(t), later(object{"stream": true, "stream_options": object{"include_obfuscation": false}}))
	same(t, w.body(t), object{"model": "gpt-5.4", "input": "hello", "background": true})
}

// Where nothing can be noted, nothing is paid for.
func TestBackground_notesBeforeItPays(t *testing.T) {
	w := newWorkplace(t)
	if err := os.WriteFile(w.data, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, w.resource(t).Apply(t, later()), "error: Could not create response", "Answers cannot be kept until the state has them")
	w.asked(t, 0)
	apply(t, w.resource(t), asking()) // which needs no note
}

// Whatever ends the wait: the next apply, in another process, waits for the same answer.
func TestBackground_isTakenUpByTheNextApply(t *testing.T) {
	const noted = "The server goes on making the answer. Its ID is noted below Terraform's data directory: the next apply of the same request waits for this answer, and pays for no other."
	stop := func(t *testing.T, w *workplace, p acctest.Protocol) {
		t.Helper()
		w.Clock.Waiting = sync.OnceFunc(func() { _, _ = p.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}) })
	}
	for name, test := range map[string]struct {
		fault  *emulator.Fault
		stop   bool
		config object
		says   string
	}{
		"time-out":        {fault: ptr(polls(emulator.Hang())), config: later(impatient), says: "timeouts.create (2s)"},
		"Ctrl-C":          {stop: true, config: later()},
		"lost connection": {fault: ptr(polls(emulator.Reset())), config: later()},
		"outage":          {fault: ptr(polls(emulator.Status(503, "down for now"))), config: later(), says: "503"},
		"lost key":        {fault: ptr(polls(emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Wrong key"))), config: later(), says: "Wrong key"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t, emulator.Options{ResponseTime: 10 * time.Minute})
			p := w.run(t)
			if test.fault != nil {
				w.Fail(*test.fault)
			}
			if test.stop {
				stop(t, w, p)
			}
			r := p.Instance(typeName, blocks...)
			says(t, r.Apply(t, test.config), "error: Could not create response", test.says, noted)
			if r.State() != nil {
				t.Fatalf("the state is %v", r.State())
			}
			same(t, w.notes(t), w.Objects("responses"))
			w.Heal()
			w.Clock.Waiting = nil
			// Another spelling is the same request, as it is with other labels, and any time-out will do.
			config := asking(object{"background": true, "input": nil, "message": []any{said("user", "hello")}, "store": true, "stream": true, "metadata": object{"a": "b"}})
			w.goOn(t, r)
			state := apply(t, r, config)
			if state["content"] != "Emulated answer to: hello" || !slices.Contains(w.Objects("responses"), state["id"].(string)) { //nolint:forcetypeassert // it has one
				t.Errorf("the state is %v", state)
			}
			w.goOn(t, r)
			unchanged(t, r, config)
			if left := w.notes(t); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
			w.paidOnce(t, 1)
		})
	}
}

// A process that is killed leaves its note behind: another takes the answer up although the first never ended.
func TestBackground_isTakenUpFromAProcessThatHangs(t *testing.T) {
	looked := make(chan struct{})
	w := newWorkplace(t, emulator.Options{ResponseTime: 10 * time.Minute, Log: watching(`"GET"`, looked)})
	w.Fail(emulator.Hang().On("GET", "/responses/"))
	hanging := w.resource(t)
	var ended sync.WaitGroup
	ended.Go(func() {
		says(t, hanging.Apply(t, later(object{"timeouts": object{"create": "1s"}})), "timeouts.create (1s)")
	})
	<-looked
	r := w.resource(t)
	state := apply(t, r, later())
	same(t, w.Objects("responses"), []any{state["id"]})
	ended.Wait()
	w.paidOnce(t, 1)
}

// watching closes a channel when a text is logged.
func watching(text string, there chan struct{}) io.Writer {
	return &watcher{text: text, close: sync.OnceFunc(func() { close(there) })}
}

type watcher struct {
	text  string
	close func()
}

func (w *watcher) Write(line []byte) (int, error) {
	if strings.Contains(string(line), w.text) {
		w.close()
	}
	return len(line), nil
}

// A plan says what is there already.
func TestBackground_thePlanSaysThatAnAnswerIsTakenUp(t *testing.T) {
	w := newWorkplace(t, emulator.Options{ResponseTime: 10 * time.Minute})
	r := w.resource(t)
	first := apply(t, r, asking(object{"input": "one"}))
	w.Fail(polls(emulator.Hang()))
	says(t, r.Apply(t, later(impatient)), "error: Could not update response", "The old answer stays in the state", "")
	same(t, r.State(), first)
	w.Heal()
	w.Clock.Pass(time.Hour)
	w.goOn(t, r)
	r.Refresh(t)
	w.Clock.Waits()
	says(t, r.Plan(t, later()).Diags, "warning: Applying this plan takes up 1 answer of an earlier apply", "No call is made for what is there or, in the background, on its way.", "What changed in the requests: input")
	if state := apply(t, r, later()); state["content"] != "Emulated answer to: hello" {
		t.Errorf("the state is %v", state)
	}
	if waits := w.Clock.Waits(); len(waits) > 0 { // it is there
		t.Errorf("waited %v", waits)
	}
	same(t, w.Objects("responses"), []any{r.State().(object)["id"]}) //nolint:forcetypeassert // there is a state
	before := len(w.Requests())
	acctest.Quiet(t, r.Destroy(t))
	if sent := w.Sent()[before:]; len(sent) != 1 || !strings.HasPrefix(sent[0], "DELETE responses/") { // nothing is left to be cancelled
		t.Errorf("sent %q", sent)
	}
	w.paidOnce(t, 2)
}

// What an update has begun and not got ends with the resource.
func TestBackground_anUnfinishedUpdateIsDestroyed(t *testing.T) {
	for name, test := range map[string]struct {
		more   object
		fault  *emulator.Fault
		warns  string
		leaves int
	}{
		"deleted":       {},
		"had ended":     {fault: ptr(emulator.ErrorJSON(400, "invalid_request_error", "", "", "It has ended").On("POST", "/responses/"))},
		"is gone":       {fault: ptr(emulator.ErrorJSON(404, "invalid_request_error", "", "", "Not found").On("POST", "/responses/"))},
		"kept":          {more: object{"skip_destroy": true}, leaves: 2},
		"not cancelled": {fault: ptr(emulator.ErrorJSON(403, "invalid_request_error", "", "", "Not allowed").On("POST", "/responses/")), warns: "warning: Response was not cancelled", leaves: 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t, emulator.Options{ResponseTime: 10 * time.Minute})
			r := w.resource(t)
			apply(t, r, asking(object{"input": "one"}, test.more))
			w.Fail(polls(emulator.Hang()))
			says(t, r.Apply(t, later(impatient, test.more)), "error: Could not update response")
			w.Heal()
			begun := w.notes(t)
			w.goOn(t, r)
			r.Refresh(t)
			if test.fault != nil {
				w.Fail(*test.fault)
			}
			diags := r.Destroy(t)
			if r.State() != nil || (len(diags) > 0) != (test.warns != "") {
				t.Errorf("said %q", diags)
			}
			says(t, diags, test.warns)
			if got := w.Objects("responses"); len(got) != test.leaves {
				t.Errorf("left on the server: %q", got)
			}
			if len(begun) != 1 || !slices.Contains(w.Sent(), "POST responses/"+begun[0]+"/cancel") {
				t.Errorf("begun %q, sent %q", begun, w.Sent())
			}
			if left := w.notes(t); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
			// Nobody takes up what was cancelled.
			apply(t, w.resource(t), later())
			w.asked(t, 3)
		})
	}
}

// What is to be replaced is asked for anew, though there is an answer.
func TestBackground_isReplacedWhereTerraformIsToldTo(t *testing.T) {
	for name, config := range map[string]object{"deleted": later(), "kept": later(object{"skip_destroy": true})} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			r := w.resource(t)
			first := apply(t, r, config)
			r.Taint()
			w.goOn(t, r)
			second := apply(t, r, config)
			if first["id"] == second["id"] {
				t.Error("the answer is the old one")
			}
			if left := w.Objects("responses"); left[len(left)-1] != second["id"] || (len(left) == 2) != (name == "kept") {
				t.Errorf("left on the server: %q", left)
			}
			w.asked(t, 2)
		})
	}
}

// An answer of no use is not taken up again: the next apply asks.
func TestBackground_asksAgainForWhatIsUseless(t *testing.T) {
	for name, config := range map[string]object{
		"failed":  later(object{"input": "FAIL: server_error Broke down"}),
		"refused": later(object{"input": "REFUSE: no", "fail_on": []any{"refusal"}}),
		"cut off": later(object{"input": "Reply with exactly: " + strings.Repeat("one ", 40), "max_output_tokens": 16, "fail_on": []any{"incomplete"}}),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			r := w.resource(t)
			first := apply(t, r, asking())
			for want := 2; want < 4; want++ {
				says(t, r.Apply(t, config), "error: Unusable response", "The old answer stays in the state")
				same(t, r.State(), first)
				w.asked(t, want)
				w.goOn(t, r)
			}
			created := w.resource(t)
			says(t, created.Apply(t, config), "error: Unusable response", "The resource is marked as tainted")
			if created.State() == nil {
				t.Error("what was paid for is lost")
			}
			w.goOn(t, created)
			says(t, created.Apply(t, config), "error: Unusable response")
			w.asked(t, 5)
			if left := w.notes(t); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

// A note of what is no longer there leads to one new call.
func TestBackground_asksAgainForWhatIsGone(t *testing.T) {
	w := newWorkplace(t, emulator.Options{ResponseTime: 10 * time.Minute})
	w.Fail(polls(emulator.Hang()))
	r := w.resource(t)
	says(t, r.Apply(t, later(impatient)), "error")
	w.Heal()
	if !w.Remove("responses/" + w.notes(t)[0]) {
		t.Fatal("there was no response")
	}
	w.goOn(t, r)
	state := apply(t, r, later())
	same(t, w.Objects("responses"), []any{state["id"]})
	same(t, w.notes(t), []any{state["id"]})
	w.asked(t, 2)

	// One that goes while it is waited for is not waited for again.
	w.Fail(polls(emulator.ErrorJSON(404, "invalid_request_error", "", "", "Response not found.")))
	says(t, w.resource(t).Apply(t, later(object{"input": "two"})), "error: Could not create response", "Response not found.")
	same(t, w.notes(t), []any{state["id"]})
	w.Heal()
	apply(t, w.resource(t), later(object{"input": "two"}))
	w.asked(t, 4)
}

// Two resources that ask the same have an answer each; of the next run, one takes up what is noted.
func TestBackground_twoResourcesShareNoNote(t *testing.T) {
	w := newWorkplace(t, emulator.Options{ResponseTime: time.Minute})
	made, diags := together(t, w.run(t), later(), later())
	acctest.Quiet(t, diags)
	if a, b := made[0].State().(object)["id"], made[1].State().(object)["id"]; a == b { //nolint:forcetypeassert // there are states
		t.Error("both have the same answer")
	}
	w.asked(t, 2)
	// One after the other as well: what this process has noted is for another.
	p := w.run(t)
	first, second := apply(t, p.Instance(typeName, blocks...), later(object{"input": "x"})), apply(t, p.Instance(typeName, blocks...), later(object{"input": "x"}))
	if first["id"] == second["id"] {
		t.Error("the second took up the answer of the first")
	}
	w.asked(t, 4)
	w.Fail(polls(emulator.Hang()))
	says(t, w.resource(t).Apply(t, later(impatient, object{"input": "two"})), "error")
	w.Heal()
	made, diags = together(t, w.run(t), later(object{"input": "two"}), later(object{"input": "two"}))
	acctest.Quiet(t, diags)
	if a, b := made[0].State().(object)["id"], made[1].State().(object)["id"]; a == b { //nolint:forcetypeassert // there are states
		t.Error("both took up the same answer")
	}
	w.asked(t, 6)
}

// Other requests, and other triggers, have notes of their own.
func TestBackground_takesUpOnlyWhatWasAsked(t *testing.T) {
	for name, config := range map[string]object{
		"another prompt": later(object{"input": "two"}), "triggers": later(object{"triggers": object{"a": "b"}}), "not stored": asking(object{"temperature": 0}), "at once": asking(),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			w.Fail(polls(emulator.Hang()))
			says(t, w.resource(t).Apply(t, later(impatient)), "error")
			w.Heal()
			apply(t, w.resource(t), config)
			w.asked(t, 2)
		})
	}
}

// A secret prompt is found again as well, by a name that does not give it away.
func TestBackground_isTakenUpWithASecretPrompt(t *testing.T) {
	w := newWorkplace(t, emulator.Options{ResponseTime: time.Minute})
	config := func(secret string) object {
		return asking(object{"background": true, "input": nil, "message": []any{object{"role": "user", "content_wo": secret}}})
	}
	w.Fail(polls(emulator.ErrorJSON(401, "invalid_request_error", "", "", "Wrong key")))
	says(t, w.resource(t).Apply(t, config("xyzzy")), "error", "the next apply of the same request waits for this answer")
	w.Heal()
	apply(t, w.resource(t), config("another"))
	w.asked(t, 2)
	apply(t, w.resource(t), config("xyzzy"))
	w.asked(t, 2)
	w.paidOnce(t, 2)
}

// What nobody notes is said to be asked for again.
func TestBackground_ofEphemeralAndAction(t *testing.T) {
	w := newWorkplace(t, emulator.Options{Processing: 2})
	p := w.run(t)
	result, diags := open(t, p, later())
	acctest.Quiet(t, diags)
	if result["content"] != "Emulated answer to: hello" {
		t.Errorf("got %v", result)
	}
	shown, diags := p.Invoke(t, typeName, later())
	acctest.Quiet(t, diags)
	if !slices.Contains(shown, "Emulated answer to: hello") {
		t.Errorf("shown: %q", shown)
	}
	for _, body := range w.bodies(t) {
		same(t, body, object{"model": "gpt-5.4", "input": "hello", "background": true}) // which has to be stored
	}
	w.Fail(polls(emulator.ErrorJSON(401, "invalid_request_error", "", "", "Wrong key")))
	_, diags = open(t, p, later())
	says(t, diags, "error: Could not open response", "Wrong key", "The server may go on making the answer, which is billed. The next run asks again.")
	if left := files(t, w.data); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// Several that ask the same have an answer each, and each is paid for once.
func TestBackground_severalAskTheSame(t *testing.T) {
	w := newWorkplace(t)
	w.Fail(polls(emulator.Hang()))
	_, diags := together(t, w.run(t), later(impatient), later(impatient), later(impatient))
	says(t, diags, "error", "the next apply of the same request waits for this answer")
	same(t, len(w.notes(t)), 3)
	w.Heal()
	made, diags := together(t, w.run(t), later(), later(), later())
	acctest.Quiet(t, diags)
	ids := map[any]bool{}
	for _, r := range made {
		ids[r.State().(object)["id"]] = true //nolint:forcetypeassert // it is one
	}
	if len(ids) != 3 {
		t.Errorf("the answers are %v", ids)
	}
	w.asked(t, 3)
}

// Each workspace deletes what is its own.
func TestBackground_ofAnotherWorkspace(t *testing.T) {
	w := newWorkplace(t)
	first := apply(t, w.resource(t), later())
	if err := os.WriteFile(filepath.Join(w.data, "environment"), []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	if second := apply(t, w.resource(t), later()); second["id"] == first["id"] {
		t.Error("both have one answer")
	}
	w.asked(t, 2)
}
