package answer

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

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
		if prior.Get(label).Equal(state.Get(label)) {
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

func (m *managed) remove(ctx context.Context, id, apiKey string) error {
	if m.client == nil {
		return client.ErrUnconfigured
	}
	return m.kind.Stored.Remove(ctx, m.client, id, apiKey)
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
		"The new answer is in the state. The old one, "+id+", was made with store = true, and is still on the server. "+why+" Delete it manually.")
}

// deleteStored deletes what the server keeps of an answer that is destroyed.
func (m *managed) deleteStored(ctx context.Context, state wire.Fields, diags *diag.Diagnostics) {
	id := state.String("id")
	if !m.kind.Stored.Kept(state) || state.True("skip_destroy") || id == "" {
		return
	}
	if Replays(m.client) {
		diags.AddWarning("Stored "+m.kind.Noun+" was not deleted",
			kinds.UpperFirst(m.kind.Noun)+" "+id+" was made with store = true. It is no longer in the state, but may still be on the server: the mode of the recordings is \"replay\", in which no call is made.")
		return
	}
	if err := m.remove(ctx, id, apiKey(state)); err != nil {
		report.Failure(diags, "Could not delete stored "+m.kind.Noun, nil, err,
			"To leave it on the server, set skip_destroy = true and apply, then destroy.")
	}
}
