package chat_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// batched is a set of so many requests that is asked through the Batch API.
func batched(n int, more ...object) object {
	requests := object{}
	for i := range n {
		requests[fmt.Sprintf("r%03d", i)] = fmt.Sprintf("question %d", i)
	}
	config := object{"model": "gpt-5.4", "engine": "batch", "requests": requests}
	for _, m := range more {
		for name, value := range m {
			config[name] = value
		}
	}
	return config
}

// batchWorld is a world in which several processes of the provider work one after another in one directory.
type batchWorld struct {
	*acctest.World
	data string
}

func newBatchWorld(t *testing.T, options emulator.Options) *batchWorld {
	t.Helper()
	return &batchWorld{acctest.NewWorld(t, options), t.TempDir()}
}

// process is a new process of the provider.
func (w *batchWorld) process(t *testing.T, provider ...object) acctest.Protocol {
	t.Helper()
	p := acctest.Speak(t, w.Clock.Adjust, acctest.DataIn(w.data))
	p.Connect(t, w.Server, provider...)
	return p
}

func (w *batchWorld) set(t *testing.T, provider ...object) *acctest.Instance {
	t.Helper()
	return w.process(t, provider...).Instance(setType, chatBlocks...)
}

// count is how many requests of this kind were sent: "POST batches".
func (w *batchWorld) count(what string) (n int) {
	for _, sent := range w.Sent() {
		if sent == what || strings.HasPrefix(sent, what+"/") && strings.HasSuffix(what, "*") {
			n++
		}
	}
	return n
}

// complete checks that all of the first n answers are there, and none was paid for twice.
func (w *batchWorld) complete(t *testing.T, r *acctest.Instance, n int) {
	t.Helper()
	state, _ := r.State().(object)
	answers, _ := state["answers"].(object)
	for i := range n {
		got, _ := answers[fmt.Sprintf("r%03d", i)].(object)
		if got["content"] != fmt.Sprintf("Emulated answer to: question %d", i) {
			t.Errorf("answer %d is %v", i, got)
		}
	}
	if state["status"] != "completed" || state["failed"] != nil {
		t.Errorf("the status is %v, failed: %v", state["status"], state["failed"])
	}
	if twice := w.AnsweredTwice(); len(twice) > 0 {
		t.Errorf("paid for twice: %v", twice)
	}
}

// errors are those of what was said.
func errorsOf(said []string) (errors []string) {
	for _, text := range said {
		if strings.HasPrefix(text, "error") {
			errors = append(errors, text)
		}
	}
	return errors
}

func TestSetBatch_waitsAndCollects(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: 3 * time.Hour, Lag: 2})
	r := w.set(t)
	apply(t, r, batched(20, object{"stream": true}))
	w.complete(t, r, 20)
	acctest.Unchanged(t, r, batched(20, object{"stream": true}))
	state := apply(t, r, batched(21, object{"stream": true})) // one more is one more line
	w.complete(t, r, 21)
	if n := len(state["batches"].([]any)); n != 2 || w.Made() != 21 || w.count("POST chat/completions") > 0 {
		t.Errorf("%d batches, made %d", n, w.Made())
	}
	acctest.Quiet(t, r.Destroy(t))
	if left := w.Objects("files"); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestSetBatch_pending(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: 3 * time.Hour})
	r := w.set(t)
	config := batched(3, object{"wait": false})
	said := r.Apply(t, config)
	if !strings.HasPrefix(said[len(said)-1], "warning: 3 answers still to come") || len(errorsOf(said)) > 0 {
		t.Errorf("said: %q", said)
	}
	state := r.State().(object)
	if state["status"] != "pending" || state["answers"].(object)["r000"] != nil {
		t.Errorf("got %v", state)
	}
	w.Clock.Pass(time.Hour)
	r.Continue(w.process(t))
	plan := r.Plan(t, config)
	if len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "collects 3 answers of the Batch API: - 3 answers of batch_") || !strings.Contains(plan.Diags[0], "(in_progress for 1 h 0 min, 0 of 3 requests done)") {
		t.Errorf("the plan says: %q", plan.Diags)
	}
	if said := errorsOf(r.Apply(t, config)); len(said) > 0 || r.State().(object)["status"] != "pending" {
		t.Errorf("said %q", said)
	}
	w.Clock.Pass(3 * time.Hour)
	r.Continue(w.process(t))
	apply(t, r, config)
	w.complete(t, r, 3)
	if n := w.count("POST batches"); n != 1 {
		t.Errorf("%d batches", n)
	}
	acctest.Unchanged(t, r, config)
}

// A wait that ends is not a failure: neither by timeouts.create, nor by Ctrl-C.
func TestSetBatch_waitEnds(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: 3 * time.Hour})
	r := w.set(t)
	config := batched(2, object{"timeouts": object{"create": "30m"}})
	if said := errorsOf(r.Apply(t, config)); len(said) > 0 || r.State().(object)["status"] != "pending" {
		t.Fatalf("said %q: %v", said, r.State())
	}
	for range 6 { // each waits for another half an hour
		r.Continue(w.process(t))
		if said := errorsOf(r.Apply(t, config)); len(said) > 0 {
			t.Fatalf("said %q", said)
		}
	}
	w.complete(t, r, 2)
	if n := w.count("POST batches"); n != 1 {
		t.Errorf("%d batches", n)
	}
}

// A process that is killed before the state has the batch leaves it to the next, which finds it by its mark.
func TestSetBatch_isSubmittedOnce(t *testing.T) {
	for name, passes := range map[string]time.Duration{"under way": time.Hour, "ended": 5 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := newBatchWorld(t, emulator.Options{BatchTime: 3 * time.Hour, ListLag: 1})
			killed := w.set(t)
			killed.Apply(t, batched(5, object{"wait": false})) // whose state is lost
			w.Clock.Pass(passes)
			r := w.set(t)
			apply(t, r, batched(5))
			w.complete(t, r, 5)
			if n := w.count("POST batches"); n != 1 {
				t.Errorf("%d batches", n)
			}
		})
	}
}

// The answer to the submission is lost.
func TestSetBatch_lostAnswer(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	w.Fail(emulator.Reset().On("POST", "/v1/batches").AfterAnswer())
	r := w.set(t)
	apply(t, r, batched(5))
	w.complete(t, r, 5)
	if n := w.count("POST batches"); n != 1 {
		t.Errorf("%d batches", n)
	}
}

// Some requests fail: the others are kept, where there is no state as well, and only those are asked again.
func TestSetBatch_someFail(t *testing.T) {
	for name, provider := range map[string]object{
		"kept in a journal":  {},
		"kept as recordings": {"recordings": object{"directory": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
			if block, ok := provider["recordings"].(object); ok {
				block["directory"] = t.TempDir()
			}
			w.FailLines(emulator.ErrorJSON(500, "server_error", "", "", "try later").Containing(`question 3`), emulator.Reset().Containing("question 4"))
			r := w.set(t, provider)
			said := errorsOf(r.Apply(t, batched(6)))
			if len(said) != 1 || !strings.Contains(said[0], "2 requests of 6 without a usable answer") || !strings.Contains(said[0], `"r003": 500`) || !strings.Contains(said[0], `"r004": `) || r.State() != nil {
				t.Fatalf("said %q: %v", said, r.State())
			}
			r = w.set(t, provider)
			apply(t, r, batched(6))
			w.complete(t, r, 6)
			if n := w.count("POST batches"); n != 2 || w.MadeInBatches() != 6 {
				t.Errorf("%d batches, made %d", n, w.MadeInBatches())
			}
		})
	}
}

func TestSetBatch_retriesWhatFailed(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	w.FailLines(emulator.ErrorJSON(429, "rate_limit_error", "", "", "slow down").Containing(`question 1`).Repeat(2))
	r := w.set(t)
	apply(t, r, batched(4, object{"retry_failed": 2}))
	w.complete(t, r, 4)
	if n := w.count("POST batches"); n != 3 {
		t.Errorf("%d batches", n)
	}
}

// What the server refuses is not asked again, and with "keep" never.
func TestSetBatch_keepsRefusals(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	w.FailLines(emulator.ErrorJSON(400, "invalid_request_error", "", "", "no such thing").Containing(`question 1`))
	r := w.set(t)
	config := batched(3, object{"retry_failed": 2, "on_failure": "keep"})
	state := apply(t, r, config)
	if failed, _ := state["failed"].(object); len(failed) != 1 || !strings.Contains(fmt.Sprint(failed["r001"]), "no such thing") || state["answers"].(object)["r000"] == nil {
		t.Errorf("got %v", state)
	}
	if n := w.count("POST batches"); n != 1 {
		t.Errorf("%d batches", n)
	}
	acctest.Unchanged(t, r, config)
}

// A batch that expires has answers that are paid for.
func TestSetBatch_expires(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: 40 * time.Hour})
	r := w.set(t)
	config := batched(10, object{"timeouts": object{"create": "30h"}})
	said := errorsOf(r.Apply(t, config))
	if len(said) != 1 || !strings.Contains(said[0], "batch_expired") {
		t.Fatalf("said %q", said)
	}
	made := w.Made()
	if made == 0 || made == 10 {
		t.Fatalf("%d of 10 were answered", made)
	}
	r = w.set(t)
	config = batched(10)
	delete(config, "engine")
	apply(t, r, config) // the rest is asked without a batch
	w.complete(t, r, 10)
	if w.MadeInBatches() != made || w.Made() != 10 {
		t.Errorf("made %d, in batches %d", w.Made(), w.MadeInBatches())
	}
}

// The server refuses the whole batch, later: the line's message is at its key, and the others go into another batch.
func TestSetBatch_invalid(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	w.FailBatch(emulator.BatchError{Code: "invalid_request", Line: 2, Message: "what is this"})
	r := w.set(t)
	said := errorsOf(r.Apply(t, batched(3)))
	if len(said) != 1 || !strings.Contains(said[0], `"r001": what is this (invalid_request)`) || w.count("POST batches") != 2 {
		t.Fatalf("said %q", said)
	}
	apply(t, r, batched(3))
	w.complete(t, r, 3)
}

func TestSetBatch_completedWithoutResults(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	w.FailLines(emulator.ErrorJSON(500, "server_error", "", "", "down").Repeat(3))
	r := w.set(t)
	if said := errorsOf(r.Apply(t, batched(3))); len(said) != 1 || !strings.Contains(said[0], `"r000", "r001", "r002": 500`) {
		t.Fatalf("said %q", said)
	}
	r = w.set(t)
	apply(t, r, batched(3))
	w.complete(t, r, 3)
}

func TestSetBatch_splits(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	r := w.set(t)
	config := batched(4)
	config["requests"].(object)["r001"] = object{"content": "question 1", "model": "gpt-5.4-mini"}
	apply(t, r, config)
	w.complete(t, r, 4)
	if n := w.count("POST batches"); n != 2 {
		t.Errorf("%d batches", n)
	}
}

// With max_enqueued_tokens the next batch goes when one has ended.
func TestSetBatch_queue(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour, BatchTokens: 60})
	r := w.set(t)
	apply(t, r, batched(12, object{"max_enqueued_tokens": 60}))
	w.complete(t, r, 12)
	if n := w.count("POST batches"); n < 3 {
		t.Errorf("%d batches", n)
	}
}

// Recordings are shared with single completions.
func TestSetBatch_sharesRecordings(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	provider := object{"recordings": object{"directory": t.TempDir()}}
	single := func(i int) object {
		return object{"model": "gpt-5.4", "message": []any{object{"role": "user", "content": fmt.Sprintf("question %d", i)}}}
	}
	apply(t, w.process(t, provider).Instance(typeName, chatBlocks...), single(0))
	r := w.set(t, provider)
	apply(t, r, batched(3))
	w.complete(t, r, 3)
	apply(t, w.process(t, provider).Instance(typeName, chatBlocks...), single(2))
	if w.Made() != 3 || w.MadeInBatches() != 2 {
		t.Errorf("made %d, in batches %d", w.Made(), w.MadeInBatches())
	}
}

// A set that is destroyed while its batch is under way keeps in the recordings what was paid for.
func TestSetBatch_destroyedUnderWay(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: 10 * time.Hour})
	provider := object{"recordings": object{"directory": t.TempDir()}}
	r := w.set(t, provider)
	r.Apply(t, batched(10, object{"wait": false}))
	w.Clock.Pass(5 * time.Hour)
	r.Continue(w.process(t, provider))
	acctest.Quiet(t, r.Destroy(t))
	made := w.Made()
	if left := w.Objects("files"); len(left) != 0 || made == 0 || made == 10 || !strings.Contains(strings.Join(w.Sent(), "\n"), "/cancel") {
		t.Errorf("made %d, left %v, sent %v", made, left, w.Sent())
	}
	r = w.set(t, provider)
	apply(t, r, batched(10))
	w.complete(t, r, 10)
	if w.Made() != 10 {
		t.Errorf("made %d", w.Made())
	}
}

// A batch that is not what it was does not keep a set from being destroyed.
func TestSetBatch_destroyedWhateverItsBatchIs(t *testing.T) {
	notCancelled := emulator.ErrorJSON(404, "invalid_request_error", "", "", "No batch found").On("POST", "/v1/batches/")
	for name, tt := range map[string]struct {
		passes time.Duration
		meets  func(w *batchWorld, id string)
		files  int // that are left
	}{
		"a status that nobody knows": {30 * time.Minute, func(w *batchWorld, id string) {
			w.Foreign = true
			w.Change("batches/"+id, object{"status": "paused"})
		}, 0},
		"gone before":               {30 * time.Minute, func(w *batchWorld, id string) { w.Remove("batches/" + id) }, 1},
		"gone when it is cancelled": {30 * time.Minute, func(w *batchWorld, _ string) { w.Fail(notCancelled) }, 1},
		"gone while it is awaited": {30 * time.Minute, func(w *batchWorld, id string) {
			w.Clock.Waiting = func() { w.Remove("batches/" + id) }
		}, 1},
		"about to end": {55 * time.Minute, func(*batchWorld, string) {}, 0},
		"ended":        {2 * time.Hour, func(*batchWorld, string) {}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
			r := w.set(t)
			r.Apply(t, batched(2, noWait))
			w.Clock.Pass(tt.passes)
			tt.meets(w, w.Objects("batches")[0])
			r.Continue(w.process(t))
			acctest.Quiet(t, r.Destroy(t))
			if left := w.Objects("files"); r.State() != nil || len(left) != tt.files {
				t.Errorf("left: %v, %v", r.State(), left)
			}
		})
	}
}

// Replaced on purpose, a set asks anew, and does not take up the batch that it has deleted.
func TestSetBatch_replaced(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	r := w.set(t)
	apply(t, r, batched(2))
	r.Continue(w.process(t))
	r.Taint()
	apply(t, r, batched(2))
	if n := w.count("POST batches"); n != 2 || w.Made() != 4 {
		t.Errorf("%d batches, made %d", n, w.Made())
	}
}

// What is in a batch is waited for, although the engine is another by now.
func TestSetBatch_engineChanges(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	r := w.set(t)
	r.Apply(t, batched(2, object{"wait": false}))
	r.Continue(w.process(t))
	config := batched(3)
	delete(config, "engine")
	apply(t, r, config)
	w.complete(t, r, 3)
	if w.MadeInBatches() != 2 || w.Made() != 3 {
		t.Errorf("made %d, in batches %d", w.Made(), w.MadeInBatches())
	}
}

func TestSetBatch_isGone(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	r := w.set(t)
	r.Apply(t, batched(2, object{"wait": false}))
	for _, id := range w.Objects("batches") {
		w.Remove("batches/" + id)
	}
	r.Continue(w.process(t))
	said := errorsOf(r.Apply(t, batched(2)))
	if len(said) != 1 || !strings.Contains(said[0], "is not on the server any more") || r.State() == nil {
		t.Fatalf("said %q", said)
	}
	r.Continue(w.process(t))
	apply(t, r, batched(2))
	w.complete(t, r, 2)
}

func TestSetBatch_resultsFile(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	r := w.set(t)
	file := t.TempDir() + "/results.jsonl"
	state := apply(t, r, batched(3, object{"results_file": file}))
	if state["answers"] != nil || state["results_sha256"] == nil || w.Made() != 3 {
		t.Errorf("got %v", state)
	}
	acctest.Unchanged(t, r, batched(3, object{"results_file": file}))
}

func TestSetBatch_validation(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{})
	direct := func(more object) object {
		config := batched(1, more)
		delete(config, "engine")
		return config
	}
	for name, tt := range map[string]struct {
		config object
		want   string
	}{
		"wait":         {direct(object{"wait": false}), "error at wait: Missing engine"},
		"retry_failed": {direct(object{"retry_failed": 1}), "error at retry_failed: Missing engine"},
		"tokens":       {direct(object{"max_enqueued_tokens": 1}), "error at max_enqueued_tokens: Missing engine"},
		"a plan":       {batched(1, object{"generate_on": "plan"}), "error at generate_on: Conflicting arguments"},
		"engine":       {batched(1, object{"engine": "steam"}), "error at engine: "},
	} {
		t.Run(name, func(t *testing.T) {
			said := w.set(t, object{"recordings": object{"directory": t.TempDir()}}).Plan(t, tt.config).Diags
			if len(said) != 1 || !strings.HasPrefix(said[0], tt.want) {
				t.Errorf("said %q", said)
			}
		})
	}
}

// The budget of a run counts the requests of a batch, not the one call that submits them.
func TestSetBatch_budget(t *testing.T) {
	for name, limits := range map[string]object{"requests": {"max_requests": 5}, "tokens": {"max_total_tokens": 50}} {
		t.Run(name, func(t *testing.T) {
			w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
			r := w.set(t, object{"limits": limits})
			said := errorsOf(r.Apply(t, batched(6)))
			if len(said) != 1 || !strings.Contains(said[0], "the budget of this run would be exceeded") && !strings.Contains(said[0], "more than the budget of a run") || w.count("POST batches") > 0 {
				t.Errorf("said %q", said)
			}
		})
	}
}

// Ctrl-C ends the wait, and not the batch.
func TestSetBatch_stopped(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: 3 * time.Hour})
	p := w.process(t)
	r := p.Instance(setType, chatBlocks...)
	stop := sync.OnceFunc(func() { _, _ = p.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}) })
	w.Clock.Waiting = stop
	if said := r.Apply(t, batched(3)); len(errorsOf(said)) > 0 || !strings.Contains(strings.Join(said, ""), "3 answers still to come") || r.State().(object)["status"] != "pending" {
		t.Fatalf("said %q", said)
	}
	w.Clock.Waiting = nil
	r.Continue(w.process(t))
	apply(t, r, batched(3))
	w.complete(t, r, 3)
	if n := w.count("POST batches"); n != 1 {
		t.Errorf("%d batches", n)
	}
}

// Two workspaces have the same requests, and each a batch of its own.
func TestSetBatch_ofTwoWorkspaces(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	apply(t, w.set(t), batched(2))
	w.data = t.TempDir() // else the answers would wait there for the next state
	if err := os.WriteFile(filepath.Join(w.data, "environment"), []byte("staging"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := w.set(t)
	apply(t, r, batched(2))
	if n := w.count("POST batches"); n != 2 {
		t.Errorf("%d batches", n)
	}
}
