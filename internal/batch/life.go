package batch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// adopted says, in what is shown of a batch after a create, that an earlier apply has submitted it.
const adopted = "terraform_adopted"

// task is the batch that arguments ask for.
func task(planned wire.Fields) (job.Task, error) {
	t := job.Task{Endpoint: planned.String("endpoint"), CompletionWindow: planned.String(window), Metadata: texts(planned.Get("metadata")), InputFileID: planned.String(inputFile)}
	if after := planned.Open(expiry); !after.Absent() {
		t.OutputExpiresAfter = time.Duration(wire.Int(after.Get("seconds"))) * time.Second
	}
	all := requestsOf(planned)
	if t.InputFileID == "" {
		t.Lines = func(yield func(job.Line) bool) {
			for _, r := range all {
				if !yield(job.Line{ID: r.id, Body: []byte(r.body)}) {
					return
				}
			}
		}
	}
	sum := sha256.New()
	write := func(v any) { _, _ = fmt.Fprintf(sum, "%s\n", jsontext.Canonical(v)) }
	for _, text := range []string{t.Endpoint, t.CompletionWindow, t.InputFileID, t.OutputExpiresAfter.String()} {
		write(text)
	}
	for _, name := range []string{"metadata", "triggers"} {
		pairs := map[string]any{}
		for key, value := range texts(planned.Get(name)) {
			pairs[key] = value
		}
		write(pairs)
	}
	for _, r := range all {
		body, err := jsontext.Parse(r.body)
		if err != nil {
			return t, fmt.Errorf("the body of the request %q: %w", r.id, err)
		}
		write([]any{r.id, body})
	}
	t.Mark = hex.EncodeToString(sum.Sum(nil))
	return t, nil
}

// texts is a map of text.
func texts(v tftypes.Value) map[string]string {
	all := map[string]string{}
	for key, value := range wire.Entries(v) {
		all[key], _ = wire.Text(value)
	}
	return all
}

// submit submits the batch, or adopts the one that an earlier apply has submitted and not written down.
func submit(ctx context.Context, c *client.Client, planned, _ wire.Fields) (client.Answer, error) {
	t, err := task(planned)
	if err != nil {
		return client.Answer{}, err
	}
	b, found, err := job.Submit(ctx, c, t)
	if err != nil || !found {
		return client.Answer{Body: b.Body}, err
	}
	shown, err := wire.ParseObject(b.Body)
	if err != nil {
		return client.Answer{}, err
	}
	shown[adopted] = true
	body, err := json.Marshal(shown)
	return client.Answer{Body: body}, err
}

// adapt takes what is the provider's own out of what the server shows, and the errors of the batch out of their list.
func adapt(shown map[string]any) {
	if labels, ok := shown["metadata"].(map[string]any); ok {
		delete(labels, job.MarkKey)
	}
	list, _ := shown["errors"].(map[string]any)
	if data, ok := list["data"].([]any); ok && len(data) > 0 {
		shown[refusals] = data
	} else {
		shown[refusals] = nil
	}
}

// created waits for a batch and collects its results. An error would have the next apply submit it again: there is none but
// where nothing was answered.
func created(ctx context.Context, o *object.Object) error {
	if o.Shown[adopted] == true {
		o.Diags.AddWarning("Batch was already submitted",
			fmt.Sprintf("Batch %s has the same requests, and is taken over instead of submitting them again: an earlier apply has submitted it and did not come to its end. "+
				"If it belongs to another resource, give one of the two different triggers, and replace it.", id(o)))
	}
	err := finish(ctx, o)
	if err != nil {
		o.Diags.AddWarning("Batch is pending", report.Sentence(fmt.Sprintf("batch %s was submitted, but its results could not be collected: %v", id(o), err))+" It is in the state, and the next apply tries again.")
	}
	return nil
}

// updated waits for a batch that is pending, and collects what is not collected, or is to be somewhere else.
func updated(ctx context.Context, prior wire.Fields, o *object.Object) error {
	now := wire.FieldsOf(o.State)
	if isCollected(prior) && prior.String(resultsFile) == now.String(resultsFile) && prior.Get(resultsSum).Equal(now.Get(resultsSum)) && prior.Get(results).Equal(now.Get(results)) {
		return nil
	}
	return finish(ctx, o)
}

func id(o *object.Object) string { return wire.FieldsOf(o.State).String("id") }

// finish waits for a batch, where that is wanted, and collects its results if it has ended. That it is pending is a
// warning.
func finish(ctx context.Context, o *object.Object) error {
	b, err := shownBatch(o)
	if err != nil {
		return err
	}
	if wait := o.State[waits]; wait.IsNull() || wire.True(wait) {
		b, err = job.Await(ctx, o.Client, b, "", object.TimeLeft(ctx, o.Client), func(b job.Batch) {
			tflog.Info(ctx, "Batch is under way", map[string]any{"batch": b.ID, "status": b.Status, "completed": b.Done, "failed": b.FailedCount, "total": b.Total})
		})
		shown, other := wire.ParseObject(b.Body)
		if other != nil {
			return other
		}
		o.Show(shown)
	}
	switch {
	case errors.Is(err, job.ErrPending):
		o.Diags.AddWarning("Batch is pending", report.Sentence(err.Error())+" "+later(o))
		return nil
	case err != nil:
		return err
	case !b.Ended():
		o.Diags.AddWarning("Batch is pending", fmt.Sprintf("Batch %s is submitted: %s. %s", b.ID, progress(wire.FieldsOf(o.State), o.Client.Clock().Now()), later(o)))
		return nil
	case b.Status == job.StatusFailed:
		refuse(o, b)
		return nil
	}
	return collect(ctx, o, b)
}

// later says what comes of a batch that is pending.
func later(o *object.Object) string {
	return fmt.Sprintf("It is in the state, and an apply collects the results when it has ended. Until then, results is null: try(openai_batch.x.results[\"…\"], null). See it with: terraform plan, or GET /v1/batches/%s.", id(o))
}

// shownBatch is the batch that the server shows.
func shownBatch(o *object.Object) (job.Batch, error) {
	body, err := json.Marshal(o.Shown)
	if err != nil {
		return job.Batch{}, err
	}
	return job.Parse(body)
}

// refuse reports why a batch has failed, each error at the request that it is about. Nothing was answered.
func refuse(o *object.Object, b job.Batch) {
	o.State[failures] = refused(o.State)
	all := requestsOf(wire.FieldsOf(o.State))
	for _, e := range b.Errors[:min(named, len(b.Errors))] {
		text := report.Sentence(e.Message)
		if e.Code != "" {
			text += " (" + e.Code + ")"
		}
		at := path.Root(inputFile)
		switch {
		case e.Line > 0 && e.Line <= len(all):
			at, text = path.Root(requests).AtListIndex(e.Line-1), fmt.Sprintf("%q: %s", all[e.Line-1].id, text)
		case e.Line > 0:
			text = fmt.Sprintf("line %d: %s", e.Line, text)
		case len(all) > 0:
			at = path.Root(requests)
		}
		rules.RefuseAt(o.Diags, at, "Batch has failed", "%s", client.Printable(fmt.Sprintf("The server refuses batch %s. %s\n\nNothing was answered, and nothing is to be paid for.", b.ID, text), true))
	}
	if len(b.Errors) == 0 {
		o.Diags.AddError("Batch has failed", fmt.Sprintf("The server refuses batch %s, and does not say why. Nothing was answered, and nothing is to be paid for.", b.ID))
	}
}

// refused are the errors of a batch that has failed, by the names of the requests that they are about.
func refused(state wire.Values) tftypes.Value {
	fields, said := wire.FieldsOf(state), map[string]tftypes.Value{}
	all := requestsOf(fields)
	for _, item := range fields.Items(refusals) {
		e := wire.Open(item)
		if line := wire.Int(e.Get("line")); line > 0 && line <= int64(len(all)) {
			said[all[line-1].id] = tftypes.NewValue(tftypes.String, client.Printable(e.String("message"), false))
		}
	}
	return tftypes.NewValue(attributes.Find(failures).Type(), said)
}

// refreshed says why a batch has failed, where that happened while nobody waited.
func refreshed(_ wire.Fields, o *object.Object) {
	if wire.FieldsOf(o.State).String(status) == job.StatusFailed {
		o.State[failures] = refused(o.State)
	}
}

// remove cancels a batch that is running, waits until it has ended, and deletes the files that were made for it.
func remove(ctx context.Context, c *client.Client, state wire.Fields) error {
	b, err := job.Get(ctx, c, state.String("id"), "")
	if err != nil {
		return err
	}
	if !b.Ended() {
		if b, err = job.Cancel(ctx, c, b.ID, ""); err != nil {
			return err
		}
		if b, err = job.Await(ctx, c, b, "", object.TimeLeft(ctx, c), nil); err != nil {
			return fmt.Errorf("it was told to end, and has not: %w. Run the destroy again later", err)
		}
	}
	return job.RemoveFiles(ctx, c, b, "")
}
