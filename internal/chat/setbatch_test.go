package chat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

func TestSetBatch_waitsAndCollects(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: 3 * time.Hour, Lag: 2})
	r := w.Instance("openai_chat_completion_set", chatBlocks...)
	state := apply(t, r, batched(20))
	answers := state["answers"].(object)
	for i := range 20 {
		if got := answers[fmt.Sprintf("r%03d", i)].(object)["content"]; got != fmt.Sprintf("Emulated answer to: question %d", i) {
			t.Errorf("%d: %v", i, got)
		}
	}
	if state["status"] != "completed" || len(state["batches"].([]any)) != 1 || w.Made() != 20 {
		t.Errorf("status %v, batches %v, made %d", state["status"], state["batches"], w.Made())
	}
	acctest.Unchanged(t, r, batched(20))
	// One more is one more line.
	state = apply(t, r, batched(21))
	if n := len(state["batches"].([]any)); n != 2 || w.Made() != 21 || state["answers"].(object)["r020"] == nil {
		t.Errorf("%d batches, made %d", n, w.Made())
	}
	r.Destroy(t)
	for _, sent := range w.Sent() {
		if strings.HasPrefix(sent, "POST chat") {
			t.Error(sent)
		}
	}
	if left := w.Objects("files"); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestSetBatch_pending(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: 3 * time.Hour})
	r := w.Instance("openai_chat_completion_set", chatBlocks...)
	config := batched(3, object{"wait": false})
	said := r.Apply(t, config)
	if len(said) != 1 || !strings.HasPrefix(said[0], "warning: 3 answers still to come") {
		t.Errorf("said: %q", said)
	}
	state := r.State().(object)
	if state["status"] != "pending" || state["answers"].(object)["r000"] != nil {
		t.Errorf("got %v", state)
	}
	w.Clock.Pass(time.Hour)
	plan := r.Plan(t, config)
	if len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "collects 3 answers of the Batch API: - 3 answers of batch_") || !strings.Contains(plan.Diags[0], "(in_progress for 1h0m0s, 0 of 3 requests done)") {
		t.Errorf("the plan says: %q", plan.Diags)
	}
	w.Clock.Pass(3 * time.Hour)
	state = apply(t, r, config)
	if state["status"] != "completed" || state["answers"].(object)["r000"] == nil || w.Made() != 3 {
		t.Errorf("got %v", state)
	}
	acctest.Unchanged(t, r, config)
}
