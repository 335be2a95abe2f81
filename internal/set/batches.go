package set

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// shown is a batch as the state has it.
func shown(b job.Batch) tftypes.Value {
	return tftypes.NewValue(batchAttributes.Type(), wire.Values{
		"id":         tftypes.NewValue(tftypes.String, b.ID),
		"status":     tftypes.NewValue(tftypes.String, b.Status),
		"requests":   tftypes.NewValue(tftypes.Number, b.Total),
		"created_at": tftypes.NewValue(tftypes.Number, b.Created.Unix()),
	})
}

func batchList(batches []tftypes.Value) tftypes.Value {
	t := tftypes.List{ElementType: batchAttributes.Type()}
	if len(batches) == 0 {
		return tftypes.NewValue(t, nil)
	}
	return tftypes.NewValue(t, batches)
}

// together are the batches that the state had, as they are now, and the new ones.
func (x *batching) together(h held) []tftypes.Value {
	now := map[string]tftypes.Value{}
	for _, b := range x.batches {
		now[b.ID] = shown(b)
	}
	var all []tftypes.Value
	for _, was := range h.batches {
		id := wire.Open(was).String("id")
		if v, ok := now[id]; ok {
			was = v
			delete(now, id)
		}
		all = append(all, was)
	}
	for _, b := range x.batches {
		if v, ok := now[b.ID]; ok {
			all = append(all, v)
			delete(now, b.ID)
		}
	}
	return all
}

// release cancels what is under way, keeps in the recordings what was paid for, and deletes the files of all
// batches of a set that is destroyed.
func (m *managed) release(ctx context.Context, state wire.Fields, h held, diags *diag.Diagnostics) {
	key := answer.APIKey(state)
	for _, was := range h.batches {
		id := wire.Open(was).String("id")
		if job.Adopted(m.client, id) {
			continue // by the set that replaces this one
		}
		b, err := job.End(ctx, m.client, id, key, cancelling)
		if client.IsGone(err) {
			continue
		}
		if err == nil {
			err = m.rescue(ctx, state, h, b)
		}
		if err == nil {
			err = job.RemoveFiles(ctx, m.client, b, key)
		}
		if err != nil {
			report.Failure(diags, "Could not delete the batch "+id, nil, err)
		}
	}
}

// cancelling is how long a batch takes to be cancelled, and a little more.
const cancelling = 15 * time.Minute

// rescue records the answers of a batch that nobody has collected, where there are recordings.
func (m *managed) rescue(ctx context.Context, state wire.Fields, h held, b job.Batch) error {
	p := &part{todo: m.inBatch(state, h, b.ID), batch: b}
	if len(p.todo) == 0 {
		return nil // there is nothing to keep them by
	}
	x := &batching{applying: applying{managed: m, config: state}, asking: newAsking(m.kind, nil)}
	_, err := x.collect(ctx, p)
	return err
}

// inBatch are the requests of a state that wait for a batch, and whose answers recordings can have.
func (m *managed) inBatch(state wire.Fields, h held, id string) map[string]*task {
	var all []*entry
	names, _ := keys(state)
	entries, err := m.kind.expandAll(m.client, state, names)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if e.question != nil && h.waits[e.hash()].batch == id && e.question.Recordings() != nil {
			all = append(all, e)
		}
	}
	found := map[string]*task{}
	for _, t := range tasks(all) {
		found[t.question.Name()] = t
	}
	return found
}

// announceBatches says which batches an apply collects.
func (s *sorted) announceBatches(ctx context.Context) {
	count := map[string]int{}
	for _, e := range s.pending {
		count[s.waits[e.hash()].batch]++
	}
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(count)) {
		if id == "" {
			lines = append(lines, fmt.Sprintf("%s of a batch that is submitted when another has ended", plural(count[id], "answer")))
			continue
		}
		lines = append(lines, fmt.Sprintf("%s of %s", plural(count[id], "answer"), s.describe(ctx, id, answer.APIKey(s.config))))
	}
	s.diags.AddWarning("Applying this plan collects "+plural(len(s.pending), "answer")+" of the Batch API",
		bullets(lines)+"\n\nThey are paid for, or will be, and no other call is made for them. What is not there when the apply has waited for it stays null until the next one.")
}

// describe is a batch with its status, as far as the server tells: to look at it costs nothing.
func (m *managed) describe(ctx context.Context, id, apiKey string) string {
	if m.client == nil || answer.Replays(m.client) {
		return id
	}
	b, err := job.Get(ctx, m.client, id, apiKey)
	if err != nil {
		return id
	}
	text := fmt.Sprintf("%s (%s", id, b.Status)
	if !b.Ended() {
		text += " for " + age(m.client.Clock().Now().Sub(b.Created))
	}
	return fmt.Sprintf("%s, %d of %d requests done)", text, b.Done+b.FailedCount, b.Total)
}

// age is a time span as people say it.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return plural(int(d.Minutes()), "minute")
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// reportPending says that answers are still to come.
func (a applying) reportPending(asked *asking, batches []tftypes.Value) {
	if len(asked.pending) == 0 {
		return
	}
	var lines []string
	for _, v := range batches {
		if b := wire.Open(v); !job.Ended(b.String("status")) {
			lines = append(lines, fmt.Sprintf("%s: %s", b.String("id"), b.String("status")))
		}
	}
	unsent := 0
	for _, m := range asked.pending {
		if m.batch == "" {
			unsent++
		}
	}
	if unsent > 0 {
		lines = append(lines, plural(unsent, "request")+" not submitted yet")
	}
	if asked.trouble != nil {
		lines = append(lines, "the server could not be asked: "+asked.trouble.Error())
	}
	a.diags.AddWarning(plural(len(asked.pending), "answer")+" still to come",
		bullets(lines)+"\n\nThey are null until then. The next apply collects them: nothing is submitted twice. OpenAI answers a batch within 24 hours.")
}

// validateBatch checks the arguments of the Batch API.
func (k *Kind) validateBatch(diags *diag.Diagnostics, config wire.Fields) {
	if !k.Batch {
		return
	}
	engine := config.Get("engine")
	if config.String("engine") == batch {
		if answer.GeneratesOnPlan(config) {
			diags.AddAttributeError(path.Root("generate_on"), "Conflicting arguments", "A plan cannot wait for a batch. Use generate_on = \"apply\" with engine = \"batch\".")
		}
		return
	}
	if !engine.IsKnown() {
		return
	}
	for _, name := range []string{"wait", "retry_failed", "max_enqueued_tokens"} {
		if v := config.Get(name); v.IsKnown() && !v.IsNull() {
			diags.AddAttributeError(path.Root(name), "Missing engine", name+" is for engine = \"batch\". Set that, or remove "+name+".")
		}
	}
}
