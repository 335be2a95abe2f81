package chat_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// once checks that no request was answered twice.
func (w *batchWorld) once(t *testing.T, made int) {
	t.Helper()
	if twice := w.AnsweredTwice(); len(twice) > 0 || w.Made() != made {
		t.Errorf("made %d, want %d; paid for twice: %d", w.Made(), made, len(twice))
	}
}

// batchOf is a set that is asked through batches, with these requests.
func batchOf(requests object, more ...object) object {
	return batched(0, append([]object{{"requests": requests}}, more...)...)
}

var noWait = object{"wait": false}

// What is in a batch is found under whichever name it was submitted.
func TestSetBatch_isRenamedUnderWay(t *testing.T) {
	for name, then := range map[string]object{
		"another name":        {"x": "1", "b": "2", "c": "3"},
		"another name before": {"A": "1", "a": "1", "b": "2", "c": "3"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
			r := w.set(t)
			r.Apply(t, batchOf(object{"a": "1", "b": "2"}, noWait))
			r.Continue(w.process(t))
			apply(t, r, batchOf(then))
			w.once(t, 3)
			if n := len(contents(t, r.State())); n != len(then) {
				t.Errorf("%d answers", n)
			}
		})
	}
}

// What is to take the place of answers that are there is collected by a plan in which nothing has changed.
func TestSetBatch_collectsInPlaceOfOldAnswers(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	r := w.set(t)
	old := apply(t, r, batched(2))
	r.Continue(w.process(t))
	r.Apply(t, batched(2, unlike, noWait))
	same(t, of(t, r.State(), "answers"), old["answers"])
	w.Clock.Pass(2 * time.Hour)
	r.Continue(w.process(t))
	says(t, r.Plan(t, batched(2, unlike, noWait)).Diags, "warning: Applying this plan collects 2 answers")
	apply(t, r, batched(2, unlike, noWait))
	w.complete(t, r, 2)
	w.once(t, 4)
}

// An update whose state is lost has collected a batch, and submitted another. The next one finds that.
func TestSetBatch_losesTheStateOfAnUpdate(t *testing.T) {
	for name, provider := range map[string]func(t *testing.T) object{
		"journal":    func(*testing.T) object { return object{} },
		"recordings": func(t *testing.T) object { return recordings(t.TempDir(), "") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
			settings := provider(t)
			r := w.set(t, settings)
			r.Apply(t, batched(2, noWait))
			w.Clock.Pass(2 * time.Hour)
			lost := *r
			lost.Continue(w.process(t, settings))
			lost.Apply(t, batched(3, noWait))
			w.Clock.Pass(2 * time.Hour)
			r.Continue(w.process(t, settings))
			apply(t, r, batched(3))
			w.complete(t, r, 3)
			w.once(t, 3)
			if n := w.count("POST batches"); n != 2 {
				t.Errorf("%d batches", n)
			}
		})
	}
}

// So it does with the second try of a batch that the state names.
func TestSetBatch_losesTheStateOfARetry(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	w.FailLines(emulator.ErrorJSON(500, "server_error", "", "", "later").Containing("question 3"), emulator.ErrorJSON(500, "server_error", "", "", "later").Containing("question 4"))
	r := w.set(t)
	more := object{"wait": false, "retry_failed": 1}
	r.Apply(t, batched(6, more))
	w.Clock.Pass(2 * time.Hour)
	lost := *r
	lost.Continue(w.process(t))
	lost.Apply(t, batched(6, more))
	w.Clock.Pass(2 * time.Hour)
	r.Continue(w.process(t))
	apply(t, r, batched(6, more))
	w.complete(t, r, 6)
	w.once(t, 6)
	if n := w.count("POST batches"); n != 2 {
		t.Errorf("%d batches", n)
	}
}

// A batch that is refused after the apply names the same line as one that is refused during it.
func TestSetBatch_isInvalidLater(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	w.FailBatch(emulator.BatchError{Code: "invalid_request", Line: 8, Message: "what is this"})
	r := w.set(t)
	config := batched(20, object{"wait": false, "on_failure": "keep"})
	r.Apply(t, config)
	w.Clock.Pass(2 * time.Hour)
	r.Continue(w.process(t))
	r.Apply(t, config)
	w.Clock.Pass(2 * time.Hour)
	r.Continue(w.process(t))
	r.Apply(t, config)
	if failed := failures(t, r.State()); len(failed) != 1 || !strings.HasPrefix(failed[0], "r007: what is this") {
		t.Errorf("failed: %q", failed)
	}
}

// An apply that may not ask leaves what is in a batch in it.
func TestSetBatch_replaysUnderWay(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	dir := t.TempDir()
	r := w.set(t, recordings(dir, ""))
	r.Apply(t, batched(2, noWait))
	r.Continue(w.process(t, recordings(dir, "")))
	r.Apply(t, batched(3, noWait))
	r.Continue(w.process(t, recordings(dir, "replay")))
	t.Logf("said %q", r.Apply(t, batched(3, noWait)))
	r.Continue(w.process(t, recordings(dir, "")))
	apply(t, r, batched(3))
	w.complete(t, r, 3)
	w.once(t, 3)
}

// Failures of a batch do not keep the answers of another from being taken.
func TestSetBatch_takesAnswersBesideManyFailures(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"the server":  emulator.ErrorJSON(500, "server_error", "", "", "down").Repeat(40),
		"the account": emulator.ErrorJSON(429, "insufficient_quota", "insufficient_quota", "", "no credit").Repeat(1),
	} {
		t.Run(name, func(t *testing.T) {
			w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
			w.FailLines(fault.Containing("first"))
			requests := object{}
			for i := range 40 {
				requests[fmt.Sprintf("a%02d", i)] = fmt.Sprintf("first %d", i)
				requests[fmt.Sprintf("b%02d", i)] = object{"content": fmt.Sprintf("second %d", i), "model": "gpt-5.4-mini"}
			}
			r := w.set(t)
			apply(t, r, batchOf(object{"z": "z"}))
			r.Continue(w.process(t))
			said := errorsOf(r.Apply(t, batchOf(requests)))
			if n := len(contents(t, r.State())); n < 40 {
				t.Errorf("%d answers are in the state: %.300q", n, said)
			}
		})
	}
}

// An answer of no use is asked for again where it fails the apply.
func TestSetBatch_asksAgainForAnswersOfNoUse(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	config := batchOf(object{"a": "a", "b": object{"content": "b", "max_completion_tokens": 1}}, object{"fail_on": []any{"length"}})
	for range 3 {
		r := w.set(t)
		said := errorsOf(r.Apply(t, config))
		if len(said) != 1 || !strings.Contains(said[0], "1 request of 2") || !strings.Contains(said[0], "The next apply asks only for what is missing") {
			t.Fatalf("said %q", said)
		}
	}
	if n := w.count("POST batches"); n != 3 {
		t.Errorf("%d batches in 3 applies", n)
	}
}

// With create_before_destroy, the new set adopts the batch, and the old one leaves it.
func TestSetBatch_replacedBeforeItIsDestroyed(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: 3 * time.Hour})
	old := w.set(t)
	old.Apply(t, batched(2, noWait))
	p := w.process(t)
	next := p.Instance(setType, chatBlocks...)
	next.Apply(t, batched(2, noWait))
	old.Continue(p)
	old.Destroy(t)
	w.Clock.Pass(4 * time.Hour)
	next.Continue(w.process(t))
	if said := errorsOf(next.Apply(t, batched(2))); len(said) > 0 {
		t.Errorf("said %q", said)
	}
}

// The same file by another name stays.
func TestSet_spellsItsResultsFileOtherwise(t *testing.T) {
	w := newWorkplace(t)
	file := filepath.Join(t.TempDir(), "a.jsonl")
	other := filepath.Dir(file) + "/./a.jsonl"
	r := w.set(t)
	apply(t, r, setOf(texts("a", "b"), object{"results_file": file}))
	w.goOn(t, r)
	w.asks(t, 0, func() {
		apply(t, r, setOf(texts("a", "b"), object{"results_file": other}))
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
		w.goOn(t, r)
		unchanged(t, r, setOf(texts("a", "b"), object{"results_file": other}))
	})
}

// A name may be any text.
func TestSet_takesUnusualNames(t *testing.T) {
	for kind, more := range map[string]func(t *testing.T) object{
		"state": func(*testing.T) object { return nil },
		"file":  func(t *testing.T) object { return object{"results_file": filepath.Join(t.TempDir(), "a.jsonl")} },
	} {
		for _, settings := range []object{{}, recordings(t.TempDir(), "")} {
			t.Run(kind, func(t *testing.T) {
				w := newWorkplace(t)
				r := w.set(t, settings)
				config := setOf(object{"": "empty", "a\nb\"c'\\": "q", "\u00e9": "nfc", "e\u0301": "nfd", strings.Repeat("k", 65536): "long", "../../x/<&>": "path", "\u2028\x00": "odd", "key": "k", "request": "r"}, more(t))
				apply(t, r, config)
				w.goOn(t, r, settings)
				unchanged(t, r, config)
				w.asks(t, 0, func() { apply(t, r, config) })
			})
		}
	}
}

// What turns out to be no map fails, and loses nothing.
func TestSet_learnsThatItsRequestsAreNone(t *testing.T) {
	for name, requests := range map[string]any{"null": nil, "a list": []any{"a"}, "a text": "a"} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			r := w.set(t)
			apply(t, r, setOf(texts("a", "b")))
			w.goOn(t, r)
			r.Plan(t, setOf(acctest.Unknown{}))
			said := r.Apply(t, setOf(requests))
			t.Logf("%q", said)
			if n := len(contents(t, r.State())); n != 2 {
				t.Errorf("%d answers are left", n)
			}
		})
	}
}

// With create_before_destroy, the file of the new set is not that of the old one any more.
func TestSet_replacedBeforeItIsDestroyedWithAFile(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "a.jsonl")
	settings := recordings(t.TempDir(), "")
	config := setOf(texts("a", "b"), object{"results_file": file})
	old := w.set(t, settings)
	apply(t, old, config)
	p := w.run(t, settings)
	next := p.Instance(setType, chatBlocks...)
	apply(t, next, config)
	old.Continue(p)
	t.Logf("%q", old.Destroy(t))
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

// The answers of one set that wait are not thrown away because another has the same.
func TestSet_sameRequestsWait(t *testing.T) {
	w := newWorkplace(t)
	first := w.set(t)
	apply(t, first, setOf(texts("a")))
	w.goOn(t, first)
	unchanged(t, first, setOf(texts("a"))) // forgets its own
	w.Fail(about(mayBeMade, "b"))
	second := w.set(t)
	w.asks(t, 2, func() { second.Apply(t, setOf(texts("a", "b"))) })
	w.goOn(t, first)
	unchanged(t, first, setOf(texts("a")))
	second = w.set(t)
	w.asks(t, 1, func() { apply(t, second, setOf(texts("a", "b"))) })
}

// The first apply that wants nothing of a batch any more cancels it, and keeps what it has answered by then.
func TestSetBatch_cancelsWhatNobodyWants(t *testing.T) {
	direct := batched(1, unlike)
	delete(direct, "engine")
	for name, tt := range map[string]struct {
		config    object
		made      int // of the requests that are wanted
		cancelled int
		pending   bool // it is collected by a later apply
	}{
		"all others":             {batched(2, unlike), 2, 1, false},
		"nothing at all":         {batchOf(object{}), 0, 1, false},
		"without the engine":     {direct, 1, 1, false},
		"without waiting for it": {batched(1, unlike, noWait), 0, 1, true},
		"one is left":            {batched(1, noWait), 0, 0, true},
	} {
		for _, kind := range []string{"journal", "recordings"} {
			t.Run(name+", "+kind, func(t *testing.T) {
				w := newBatchWorld(t, emulator.Options{BatchTime: 10 * time.Hour})
				settings, dir := object{}, t.TempDir()
				if kind == "recordings" {
					settings = recordings(dir, "")
				}
				r := w.set(t, settings)
				r.Apply(t, batched(10, noWait))
				w.Clock.Pass(5 * time.Hour)
				r.Continue(w.process(t, settings))
				state := apply(t, r, tt.config)
				if n := len(w.cancelled()); n != tt.cancelled {
					t.Errorf("%d batches were cancelled", n)
				}
				before := w.Made() - tt.made
				if before == 0 || before == 10 || len(state["batches"].([]any)) == 0 { //nolint:forcetypeassert // it is a list
					t.Errorf("made %d, the batches are %v", before, state["batches"])
				}
				if tt.pending {
					w.Clock.Pass(time.Hour)
					r.Continue(w.process(t, settings))
					r.Apply(t, batchOf(object{"x": "x"}, noWait))
					tt.made++
				}
				w.Clock.Pass(10 * time.Hour)
				r.Continue(w.process(t, settings))
				if n := len(files(t, dir)); kind == "recordings" && !tt.pending && n < before {
					t.Errorf("%d of %d answers are recorded", n, before)
				}
				apply(t, r, batched(10))
				w.complete(t, r, 10)
				r.Continue(w.process(t, settings))
				acctest.Quiet(t, r.Destroy(t))
				if left := w.Objects("files"); len(left) != 0 {
					t.Errorf("left on the server: %v", left)
				}
			})
		}
	}
}

// What changes without a request leaves the state its batches.
func TestSetBatch_keepsItsBatches(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: time.Hour})
	r := w.set(t)
	before := apply(t, r, batched(2))["batches"]
	r.Continue(w.process(t))
	same(t, apply(t, r, batched(2, object{"results_file": filepath.Join(t.TempDir(), "a.jsonl")}))["batches"], before)
}
