package answer

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// settleStored does on the server what an update asks for: new labels for an answer
// that stays, and the deletion of one whose place another has taken. stays is false for an
// answer that was asked for just now: it has its labels, whatever the server calls it.
func (m *managed) settleStored(ctx context.Context, prior, state, config wire.Fields, stays bool, diags *diag.Diagnostics) {
	id := prior.String("id")
	if id == "" || !m.kind.Stored.Kept(prior) {
		return
	}
	if state.String("id") != id {
		m.removeReplaced(ctx, id, state, config, diags)
		return
	}
	if !stays {
		return
	}
	for _, label := range m.kind.Labels {
		if m.kind.Stored.Relabel == nil || prior.Get(label).Equal(state.Get(label)) {
			continue
		}
		if err := m.relabel(ctx, id, state, config); err != nil {
			report.Failure(diags, "Could not change the metadata of the stored "+m.kind.Noun, m.kind.Request, err)
		}
		return
	}
}

func (m *managed) relabel(ctx context.Context, id string, state, config wire.Fields) error {
	switch {
	case m.client == nil:
		return client.ErrUnconfigured
	case Replays(m.client):
		return errReplay
	}
	return m.kind.Stored.Relabel(ctx, m.client, id, state, apiKey(config))
}

// remove deletes what the server keeps. What is not there is as good as deleted, and so is what is asked of a server that
// cannot store any.
func (m *managed) remove(ctx context.Context, id, apiKey string) error {
	if m.client == nil {
		return client.ErrUnconfigured
	}
	_, err := m.client.Do(ctx, client.Request{
		Method: http.MethodDelete, Path: client.Path(append(slices.Clone(m.kind.Endpoint), id)...), APIKey: apiKey, Existing: true,
	})
	if client.HasStatus(err, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented) {
		return nil
	}
	return err
}

// discard deletes what the server keeps of an answer that no state will have. That it fails is no matter: the server
// deletes it some day.
func (m *managed) discard(ctx context.Context, r reply, prior, config wire.Fields) {
	if m.kind.Stored == nil || r.values == nil || r.kept.Recorded || !m.kind.Stored.Kept(config) || config.True("skip_destroy") {
		return
	}
	if id, _ := wire.Text(r.values["id"]); id != "" && id != prior.String("id") {
		_ = m.remove(ctx, id, apiKey(config))
	}
}

// removeReplaced deletes the old answer, now that the new one is there. That it fails
// is no error: the new answer is what was asked for.
func (m *managed) removeReplaced(ctx context.Context, id string, state, config wire.Fields, diags *diag.Diagnostics) {
	if state.True("skip_destroy") {
		return
	}
	why := "The mode of the recordings is \"replay\", in which no call is made."
	if !Replays(m.client) {
		err := m.remove(ctx, id, apiKey(config))
		if err == nil {
			return
		}
		why = "The server could not delete it: " + err.Error() + "."
	}
	diags.AddWarning("Old stored "+m.kind.Noun+" was not deleted",
		"The new answer is in the state. The old one, "+id+", is still on the server. "+why+" Delete it manually.")
}

// importStored makes a state of an answer that the server keeps, with the arguments that it was made with.
func (m *managed) importStored(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	summary := "Could not import " + m.kind.Noun
	if m.client == nil {
		report.Failure(&resp.Diagnostics, summary, nil, client.ErrUnconfigured)
		return
	}
	arguments, answer, err := m.kind.Stored.Import(ctx, m.client, req.ID)
	if err != nil {
		report.Failure(&resp.Diagnostics, summary, nil, err)
		return
	}
	values := wire.Values{}
	for i := range m.attributes {
		a := &m.attributes[i]
		values[a.Name] = a.Absent()
	}
	maps.Copy(values, arguments)
	made, err := m.kind.ReadAnswer(wire.FieldsOf(values), answer)
	if err != nil {
		report.Failure(&resp.Diagnostics, summary, nil, err)
		return
	}
	maps.Copy(values, made)
	values["request_id"] = null(tftypes.String) // of the call that made it
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("true"))...)
	resp.State.Raw = tftypes.NewValue(m.attributes.Type(), values)
}

// unfinished is where the private state has the ID of an answer that an update has begun and not got.
const unfinished = "unfinished"

// noteUnfinished keeps the ID of an answer that the server goes on making, so that destroying the resource ends that. Without
// one, it notes that the resource waited for its answer.
func (m *managed) noteUnfinished(ctx context.Context, failure error, private privateState) diag.Diagnostics {
	var left *Unfinished
	if failure != nil && !errors.As(failure, &left) {
		return nil
	}
	note := []byte("null")
	if left != nil {
		note, _ = json.Marshal(left.ID) // text always encodes
	}
	return private.SetKey(ctx, unfinished, note)
}

// cancelUnfinished ends what the server still does for a resource that is destroyed. That it fails is a warning: the
// work ends by itself.
func (m *managed) cancelUnfinished(ctx context.Context, state wire.Fields, private privateReader, diags *diag.Diagnostics) {
	note, found := private.GetKey(ctx, unfinished)
	diags.Append(found...)
	var id string
	if json.Unmarshal(note, &id) != nil || id == "" || Replays(m.client) || !m.process.Claim(id) { // another has taken it up
		return
	}
	err := client.ErrUnconfigured
	if m.client != nil {
		err = m.kind.Deferred.Cancel(ctx, m.client, id, apiKey(state))
	}
	switch {
	case err != nil && !client.IsGone(err):
		diags.AddWarning(kinds.UpperFirst(m.kind.Noun)+" was not cancelled",
			"An update that did not come to its end has begun "+id+", which the server may still be working on: "+client.Printable(err.Error(), false)+".")
	case m.kind.Stored != nil && !state.True("skip_destroy"):
		if err := m.remove(ctx, id, apiKey(state)); err != nil {
			report.Failure(diags, "Could not delete stored "+m.kind.Noun, nil, err)
		}
	}
	m.forgetAnswer(id)
}

// deleteStored deletes what the server keeps of an answer that is destroyed.
func (m *managed) deleteStored(ctx context.Context, state wire.Fields, diags *diag.Diagnostics) {
	id := state.String("id")
	if !m.kind.Stored.Kept(state) || state.True("skip_destroy") || id == "" {
		return
	}
	if Replays(m.client) {
		diags.AddWarning("Stored "+m.kind.Noun+" was not deleted",
			kinds.UpperFirst(m.kind.Noun)+" "+id+", which the server has stored, is no longer in the state, but may still be on the server: the mode of the recordings is \"replay\", in which no call is made.")
		return
	}
	if err := m.remove(ctx, id, apiKey(state)); err != nil {
		report.Failure(diags, "Could not delete stored "+m.kind.Noun, nil, err,
			"To leave it on the server, set skip_destroy = true and apply, then destroy.")
	}
}
