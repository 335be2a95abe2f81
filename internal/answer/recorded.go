package answer

import (
	"errors"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// unrecordable says why an answer to these arguments is neither recorded nor
// taken from a recording; "" = it is.
func (k *Kind) unrecordable(arguments wire.Fields) string {
	if secrets, _ := k.secrets(arguments); secrets != nil {
		return "a request with " + k.writeOnly() + " is never recorded, since a recording is kept in plain text"
	}
	if record := arguments.Get("record"); record.IsKnown() && !record.IsNull() && !wire.True(record) {
		return "record is false"
	}
	return ""
}

// recordings is where the answer is recorded; nil = nowhere.
func (a asker) recordings(arguments wire.Fields) (*recording.Store, error) {
	store := a.client.Recordings()
	if store == nil {
		return nil, nil
	}
	why := a.kind.unrecordable(arguments)
	if why == "" {
		return store, nil
	}
	if store.Mode() == recording.Replay {
		return nil, &unreplayable{why}
	}
	return nil, nil
}

// Replays reports whether no call may be made, because the mode of the recordings is "replay".
func Replays(c *client.Client) bool {
	return c != nil && c.Recordings() != nil && c.Recordings().Mode() == recording.Replay
}

// errReplay is what a change on the server meets where no call may be made.
var errReplay = errors.New("the mode of the recordings is \"replay\", in which no call is made. Use the mode \"reuse\" to make this change")

// unreplayable is a request that cannot be answered in the mode "replay".
type unreplayable struct{ why string }

func (e *unreplayable) Error() string {
	return "there is no recording of this request, and there cannot be one: " + e.why
}

// keyless is a call that was not made for want of a key, and the recording that
// would have done without.
type keyless struct {
	error
	file string
}

func (e *keyless) Unwrap() error { return e.error }

func isKeyless(err error) bool {
	var problem *client.Problem
	return errors.As(err, &problem) && problem.Kind == client.NoKey
}

// explain adds to a missing recording which request it would answer.
func (r request) explain(store *recording.Store, question recording.Question, err error) error {
	var missing *recording.MissingError
	if !errors.As(err, &missing) {
		return err
	}
	return &unrecorded{MissingError: missing, request: r.describe(), nearest: store.Nearest(question)}
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
	var left *Unfinished
	switch {
	case errors.As(err, &left) && left.Noted:
		return []string{"The server goes on making the answer. Its ID is noted below Terraform's data directory: the next apply of the same request waits for this answer, and pays for no other."}
	case errors.As(err, &left):
		return []string{"The server may go on making the answer, which is billed. The next run asks again."}
	case errors.As(err, new(*recording.UnclearError)):
		return []string{"This is the failure of another resource or data source that made the same request in this run. Nothing was sent for this one, because that call may have been answered and billed. Run the operation again to ask a second time."}
	case errors.As(err, &keyless):
		return []string{"If the model has been asked before, you can also provide the recording " + keyless.file + ": then no key is needed."}
	case errors.As(err, &missing):
		return []string{strings.TrimSpace(missing.request + " " + missing.nearest),
			"No call was made, because the mode of the recordings is \"replay\". To record the answer, run the operation once in the mode \"reuse\" " +
				"with an API key. The mode is set in the provider's recordings block, or by the environment variable OPENAI_RECORDINGS_MODE when the block does not set it. " +
				"If the answer was recorded elsewhere, copy the file here."}
	case errors.As(err, new(*unreplayable)):
		return []string{"No call was made, because the mode of the recordings is \"replay\"."}
	case errors.As(err, &damaged):
		return []string{"No call was made, and the file was left as it is. " + damaged.Next + "."}
	case errors.As(err, new(*recording.UnfitError)):
		return []string{"No call was made. Leave the request out of the recordings with record = false, or send less."}
	case errors.As(err, new(*recording.UnwritableError)):
		return []string{"No call was made. Make the directory writable, or set another one in the provider's recordings block."}
	}
	return nil
}
