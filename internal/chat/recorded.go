package chat

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// unrecordable says why an answer to these arguments is neither recorded nor
// taken from a recording; "" = it is.
func unrecordable(fields map[string]tftypes.Value) string {
	if contents, _ := secrets(fields); contents != nil {
		return "a request with content_wo is never recorded, since a recording is kept in plain text"
	}
	if record := fields["record"]; record.IsKnown() && !record.IsNull() && !wire.True(record) {
		return "record is false"
	}
	return ""
}

// recordings is where the answer is recorded; nil = nowhere.
func (c completions) recordings(fields map[string]tftypes.Value) (*recording.Store, error) {
	store := c.client.Recordings()
	if store == nil {
		return nil, nil
	}
	why := unrecordable(fields)
	if why == "" {
		return store, nil
	}
	if store.Mode() == recording.Replay {
		return nil, &unreplayable{why}
	}
	return nil, nil
}

// replays reports whether no call may be made.
func (c completions) replays() bool {
	return c.client != nil && c.client.Recordings() != nil && c.client.Recordings().Mode() == recording.Replay
}

// unreplayable is a request that cannot be answered in the mode "replay".
type unreplayable struct{ why string }

func (e *unreplayable) Error() string {
	return "there is no recording of this request, and can be none: " + e.why
}

// take answers from the recordings, or asks and records.
func (c completions) take(ctx context.Context, store *recording.Store, in inquiry, question recording.Question, progress func(string)) reply {
	var r reply
	asked := false
	taken, err := store.Take(ctx, question, func(ctx context.Context) (recording.Asked, error) {
		answer, err := c.send(ctx, in, progress)
		r, asked = in.read(answer, err), true
		return recording.Asked{Answer: recording.Answer{Body: answer.Body, RequestID: answer.RequestID}, Unusable: r.faults()}, err
	})
	var problem *client.Problem
	switch {
	case asked && errors.As(r.failure, &problem) && problem.Kind == client.NoKey:
		r.failure = &keyless{r.failure, store.File(question)}
	case asked:
		r.keptIn(taken)
	case err != nil:
		r = reply{failure: in.explain(store, question, err)}
	default: // another has asked
		r = in.recorded(taken)
	}
	return r
}

// keyless is a call that was not made for want of a key, and the recording that
// would have done without.
type keyless struct {
	error
	file string
}

func (e *keyless) Unwrap() error { return e.error }

// keptIn notes the file that holds the answer.
func (r *reply) keptIn(taken recording.Taken) {
	r.kept = taken
	if r.values != nil && taken.File != "" && !taken.Unusable {
		r.values["recording"] = tftypes.NewValue(tftypes.String, filepath.Base(taken.File))
	}
}

// recorded is the reply that a file holds.
func (in inquiry) recorded(taken recording.Taken) reply {
	r := in.read(client.Answer{Body: taken.Answer.Body, RequestID: taken.Answer.RequestID}, nil)
	r.keptIn(taken)
	return r
}

// faults are the reasons not to give the answer a second time.
func (r reply) faults() []string {
	if r.failure != nil {
		return []string{r.failure.Error()}
	}
	return r.breaches
}

// fate says where the answer is, and what comes next.
func (r reply) fate(f fate) string {
	file := r.kept.File
	switch {
	case r.kept.Recorded:
		return "that of the recording " + file + "; nothing was asked now. Correct the answer in the file; or delete the file, and the model is asked again."
	case file != "" && f.lost:
		f.place = "kept in the file " + file + ", which is not taken for a recording."
	case file != "":
		f.place += " It is in the file " + file + " as well, which is not taken for a recording."
	}
	return f.place + " " + f.next
}

func (r reply) reportUnrecorded(diags *diag.Diagnostics) {
	if r.kept.Unrecorded != nil {
		diags.AddWarning("Chat completion was not recorded",
			"The answer is there, but its recording could not be written: "+r.kept.Unrecorded.Error()+".")
	}
}

// explain adds to a missing recording which request it would answer.
func (in inquiry) explain(store *recording.Store, question recording.Question, err error) error {
	var missing *recording.MissingError
	if !errors.As(err, &missing) {
		return err
	}
	return &unrecorded{MissingError: missing, request: in.describe(), nearest: store.Nearest(question)}
}

// unrecorded is a missing recording, with words for the request.
type unrecorded struct {
	*recording.MissingError
	request string
	nearest string
}

func (e *unrecorded) Unwrap() error { return e.MissingError }

// nextStep is what to do about an error of the recordings.
func nextStep(err error) []string {
	var keyless *keyless
	var missing *unrecorded
	var damaged *recording.DamagedError
	switch {
	case errors.As(err, &keyless):
		return []string{"Or bring the recording " + keyless.file + " here, if the model has been asked before: then no key is needed."}
	case errors.As(err, &missing):
		steps := []string{missing.request + " " + missing.nearest,
			"No call was made, because the mode of the recordings is \"replay\". To record the answer, run the operation once in the mode \"reuse\" " +
				"with an API key: mode in the provider's recordings block, or the environment variable OPENAI_RECORDINGS_MODE where the block has none. " +
				"If it was recorded elsewhere, bring the file here."}
		steps[0] = strings.TrimSpace(steps[0])
		return steps
	case errors.As(err, new(*unreplayable)):
		return []string{"No call was made, because the mode of the recordings is \"replay\"."}
	case errors.As(err, &damaged):
		return []string{"No call was made, and the file was left as it is. " + damaged.Next + "."}
	case errors.As(err, new(*recording.UnwritableError)):
		return []string{"No call was made. Make it a directory that can be written to, or name another one in the provider's recordings block."}
	}
	return nil
}
