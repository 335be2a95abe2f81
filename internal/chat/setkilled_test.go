package chat_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// killedWorld is a batchWorld in which a process can be as good as killed: the next ones find Terraform's data as it was when
// that process made a request, and no state.
type killedWorld struct {
	*batchWorld

	mu   sync.Mutex
	at   string // the request, as "POST /v1/batches" or "GET /v1/files/", which is any below that; "" = none
	copy string // of the data directory, at that time
}

func newKilledWorld(t *testing.T, options emulator.Options) *killedWorld {
	t.Helper()
	w := &killedWorld{copy: t.TempDir()}
	options.Log = logged(func(line []byte) {
		w.mu.Lock()
		defer w.mu.Unlock()
		var r struct{ Method, Path string }
		if err := json.Unmarshal(line, &r); err != nil {
			t.Error(err)
		}
		if now := r.Method + " " + r.Path; w.at != "" && (now == w.at || strings.HasSuffix(w.at, "/") && strings.HasPrefix(now, w.at)) {
			w.at = ""
			if err := os.CopyFS(w.copy, os.DirFS(w.data)); err != nil {
				t.Error(err)
			}
		}
	})
	w.batchWorld = newBatchWorld(t, options)
	return w
}

// logged is told of each line of a log.
type logged func(line []byte)

func (l logged) Write(line []byte) (int, error) {
	l(line)
	return len(line), nil
}

// kill has a process begin an apply, and be killed when it makes a request.
func (w *killedWorld) kill(t *testing.T, at string, config object, provider ...object) {
	t.Helper()
	w.killIn(t, at, w.set(t, provider...), config)
}

func (w *killedWorld) killIn(t *testing.T, at string, r *acctest.Instance, config object) {
	t.Helper()
	w.mu.Lock()
	w.at = at
	w.mu.Unlock()
	lost := *r
	lost.Apply(t, config)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at != "" {
		t.Fatalf("there was no %s among %v", at, w.Sent())
	}
	w.data, w.copy = w.copy, t.TempDir()
}

// unlike are requests of batched that are all others.
var unlike = object{"temperature": 1}

// An apply is killed, and the requests change before the next one: what was submitted is found all the same. What is wanted of it
// is taken, and it is cancelled if nothing is.
func TestSetBatch_changesAfterAKill(t *testing.T) {
	const before, after = "POST /v1/files", "POST /v1/batches"
	direct := batched(3)
	delete(direct, "engine")
	for name, tt := range map[string]struct {
		at                   string
		config               object
		made, batches, ended int
	}{
		"before the submission":         {before, batched(3), 3, 1, 0},
		"after it, the same":            {after, batched(2), 2, 1, 0},
		"after it, one more":            {after, batched(3), 3, 2, 0},
		"after it, one less":            {after, batched(1), 2, 1, 0},
		"after it, all others":          {after, batched(2, unlike), 3, 2, 1},
		"after it, without the engine":  {after, direct, 3, 1, 0},
		"after it, other names":         {after, batchOf(object{"x": "question 0", "y": "question 1"}), 2, 1, 0},
		"while it collects, one more":   {"GET /v1/files/", batched(3), 3, 2, 0},
		"while it collects, all others": {"GET /v1/files/", batched(2, unlike), 4, 2, 0},
	} {
		for _, kind := range []string{"journal", "recordings"} {
			t.Run(name+", "+kind, func(t *testing.T) {
				w := newKilledWorld(t, emulator.Options{BatchTime: 2 * time.Hour})
				settings := object{}
				if kind == "recordings" {
					settings = recordings(t.TempDir(), "")
				}
				first := batched(2, noWait)
				if tt.at == before {
					w.Fail(emulator.ErrorJSON(400, "invalid_request_error", "killed", "", "killed before that").On("POST", "/v1/batches"))
				}
				if strings.HasPrefix(tt.at, "GET") {
					delete(first, "wait")
				}
				w.kill(t, tt.at, first, settings)
				w.Clock.Pass(time.Hour)
				r := w.set(t, settings)
				state := apply(t, r, tt.config)
				w.once(t, tt.made)
				batches := w.count("POST batches")
				if tt.at == before {
					batches-- // it was refused
				}
				if n, ended := batches, len(w.cancelled()); n != tt.batches || ended != tt.ended {
					t.Errorf("%d batches, %d cancelled; want %d, %d", n, ended, tt.batches, tt.ended)
				}
				if n := len(contents(t, state)); n != len(tt.config["requests"].(object)) || state["status"] != "completed" {
					t.Errorf("%d answers, the status is %v", n, state["status"])
				}
				if left := files(t, filepath.Join(w.data, "openai")); slices.ContainsFunc(left, func(name string) bool { return strings.HasPrefix(name, "batches-") }) {
					t.Errorf("left: %v", left)
				}
				// What was answered for nobody is there when it is wanted again.
				r.Continue(w.process(t, settings))
				apply(t, r, batched(3))
				w.complete(t, r, 3)
				acctest.Quiet(t, r.Destroy(t))
				if left := w.Objects("files"); len(left) != 0 {
					t.Errorf("left on the server: %v", left)
				}
			})
		}
	}
}

// cancelled are the batches whose end was asked for.
func (w *batchWorld) cancelled() (paths []string) {
	for _, sent := range w.Sent() {
		if strings.HasSuffix(sent, "/cancel") {
			paths = append(paths, sent)
		}
	}
	return paths
}

// An update is killed, and then all requests change, twice: what it has submitted is cancelled, although there is nothing in common.
func TestSetBatch_changesAfterAKilledUpdate(t *testing.T) {
	w := newKilledWorld(t, emulator.Options{BatchTime: 2 * time.Hour})
	r := w.set(t)
	apply(t, r, batched(1))
	r.Continue(w.process(t))
	w.killIn(t, "POST /v1/batches", r, batched(3, noWait))
	r.Continue(w.process(t))
	w.killIn(t, "POST /v1/batches", r, batchOf(object{"x": "x"}, noWait))
	r.Continue(w.process(t))
	said := r.Apply(t, batchOf(object{"y": "y"}))
	if text := strings.Join(said, "\n"); len(errorsOf(said)) > 0 || !strings.Contains(text, "warning: Batches of an earlier apply are cancelled") {
		t.Errorf("said %q", said)
	}
	if n, made := len(w.cancelled()), w.Made(); n != 2 || made != 2 {
		t.Errorf("%d batches were cancelled, %d answers made", n, made)
	}
	r.Continue(w.process(t))
	acctest.Unchanged(t, r, batchOf(object{"y": "y"}))
	if left := w.waiting(t); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// waiting are the journals that wait for the state.
func (w *batchWorld) waiting(t *testing.T) []string {
	t.Helper()
	return files(t, filepath.Join(w.data, "openai"))
}

// A set does not take for its own what another one of the same apply has submitted, which has failed without a state.
func TestSetBatch_leavesTheBatchesOfOtherSets(t *testing.T) {
	w := newBatchWorld(t, emulator.Options{BatchTime: 2 * time.Hour})
	p := w.process(t)
	failed, other := p.Instance(setType, chatBlocks...), p.Instance(setType, chatBlocks...)
	w.Fail(emulator.Fault{}.On("POST", "/v1/batches"), emulator.ErrorJSON(400, "invalid_request_error", "full", "", "not now").On("POST", "/v1/batches"))
	two := batched(2, noWait)
	two["requests"].(object)["r001"] = object{"content": "question 1", "model": "gpt-5.4-mini"} //nolint:forcetypeassert // batched makes it
	says(t, failed.Apply(t, two), "error: 1 request of 2", "not now")
	if left := w.waiting(t); failed.State() != nil || len(left) != 1 {
		t.Fatalf("the state is %v, left: %v", failed.State(), left)
	}
	other.Apply(t, batched(2, unlike, noWait))
	if paths := w.cancelled(); len(paths) > 0 {
		t.Errorf("cancelled: %v", paths)
	}
}

// Whether there is a batch cannot be found out: its requests are not submitted again.
func TestSetBatch_cannotLookForWhatAKillLeft(t *testing.T) {
	w := newKilledWorld(t, emulator.Options{BatchTime: 2 * time.Hour})
	w.kill(t, "POST /v1/batches", batched(2, noWait))
	w.Fail(emulator.ErrorJSON(403, "invalid_request_error", "", "", "not you").On("GET", "/v1/batches"))
	r := w.set(t)
	keeping := object{"on_failure": "keep"}
	says(t, r.Apply(t, batched(2, keeping)), "warning: 2 requests of 2 without a usable answer", "not you")
	r.Continue(w.process(t))
	apply(t, r, batched(2, keeping))
	w.complete(t, r, 2)
	if n := w.count("POST batches"); n != 1 {
		t.Errorf("%d batches", n)
	}
}
