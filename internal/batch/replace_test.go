package batch_test

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// A server that counts nothing has answered all the same.
func TestBatch_keepsAnswersThatTheServerDoesNotCount(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: time.Hour})
	i := w.Instance(typeName)
	config := configured(2, object{"results_file": filepath.Join(t.TempDir(), "r.jsonl"), "wait": false})
	i.Apply(t, config)
	w.Clock.Pass(2 * time.Hour)
	id, _ := stateOf(i)["id"].(string)
	resp, err := http.Get(w.URL + "/batches/" + id)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	var shown object
	if err := json.Unmarshal(text, &shown); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	shown["request_counts"] = object{"total": 0, "completed": 0, "failed": 0}
	text, _ = json.Marshal(shown)
	w.Fail(emulator.Fault{Status: 200, Body: string(text), Header: http.Header{"Content-Type": {"application/json"}}}.On("GET", "/v1/batches/"+id).Repeat(-1))
	i.Continue(restarted(t, w))
	i.Apply(t, config)
	i.Continue(restarted(t, w))
	if plan := i.Plan(t, config); plan.Replace {
		t.Errorf("it is replaced: %q", plan.Diags)
	}
}

// With create_before_destroy, the new batch is the old one: its end would be the end of both.
func TestBatch_replacedBeforeItIsDestroyed(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: time.Hour})
	old := w.Instance(typeName)
	config := configured(2, object{"wait": false})
	old.Apply(t, config)
	p := restarted(t, w)
	next := p.Instance(typeName)
	next.Apply(t, config)
	old.Continue(p)
	acctest.Quiet(t, old.Destroy(t))
	w.Clock.Pass(2 * time.Hour)
	next.Continue(restarted(t, w))
	acctest.Quiet(t, next.Apply(t, config)[1:])
	if n := len(answers(t, stateOf(next))); n != 2 {
		t.Errorf("%d answers: %v", n, stateOf(next)["status"])
	}
}
