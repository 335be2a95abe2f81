package answer

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// asker asks for answers of one kind: request in, answer out.
type asker struct {
	kind   *Kind
	client *client.Client            // nil while the provider's settings are not known
	unkept bool                      // only a recording keeps an answer that comes after an interrupt
	keep   func(client.Answer) error // is given an answer of use that is not recorded; nil = nobody is
	twice  bool                      // so is one that is recorded

	stateless bool // no state names the recording of an answer

	process *area.Process // notes what the server goes on making; nil = nobody does
}

// ask answers the request that the arguments make: from a recording, or by
// sending it. arguments holds write-only values, if there are any. Each piece of text
// is given to progress as it arrives, where that is not nil and the area streams.
func (a asker) ask(ctx context.Context, arguments wire.Fields, progress func(string)) reply {
	if a.client == nil {
		return a.failed(client.ErrUnconfigured)
	}
	r, err := a.kind.newRequest(arguments)
	if err != nil {
		return a.failed(err)
	}
	store, err := a.recordings(arguments)
	if err != nil {
		return a.failed(err)
	}
	if store == nil {
		r.call.Unkept = a.unkept
		return r.read(a.send(ctx, r, progress))
	}
	question, err := a.question(r)
	if err != nil {
		return a.failed(err)
	}
	return a.take(ctx, store, r, question, progress)
}

// limits are what the server would refuse of a request that is sent to it, as far as it
// is known which server that is.
func (a asker) limits(arguments wire.Fields) diag.Diagnostics {
	if a.kind.Limits == nil || a.client == nil || !a.client.IsOpenAI() || Replays(a.client) {
		return nil
	}
	return a.kind.Limits(arguments)
}

func (a asker) failed(err error) reply { return reply{kind: a.kind, failure: err} }

// take answers from the recordings, or asks and records.
func (a asker) take(ctx context.Context, store *recording.Store, r request, question recording.Question, progress func(string)) reply {
	taken, slot, err := store.Begin(ctx, question)
	switch {
	case err != nil:
		return a.failed(r.explain(store, question, err))
	case slot == nil:
		return r.recorded(taken)
	}
	defer slot.Close()
	answer, err := a.send(ctx, r, progress)
	made := r.read(answer, err)
	if len(answer.Body) > 0 {
		made.keptIn(slot.Keep(recording.Answer{Body: answer.Body, RequestID: answer.RequestID}, made.unusable()))
	}
	if made.useful() && made.kept.File != "" && store.Mode() != recording.Refresh {
		id, _ := wire.Text(made.values["id"])
		a.forgetAnswer(id) // the next who asks finds it on record
	}
	if a.keep != nil && made.useful() && (a.twice || made.kept.Unrecorded != nil) {
		made.lost = a.keep(answer)
	}
	if err != nil {
		slot.Fail(err, mayBeBilled(err))
	}
	if isKeyless(err) {
		made.failure = &keyless{err, store.File(question)}
	}
	return made
}

// mayBeBilled reports whether a failed call may be billed all the same, or is because the answer comes later.
func mayBeBilled(err error) bool {
	var problem *client.Problem
	return errors.As(err, &problem) && problem.MaybeBilled || errors.As(err, new(*Unfinished))
}

// send makes the call.
func (a asker) send(ctx context.Context, r request, progress func(string)) (answer client.Answer, err error) {
	if a.kind.Changes != nil {
		if thing := a.kind.Changes(r.arguments); thing != "" {
			release, err := turns.take(ctx, a.client.String()+" "+thing)
			if err != nil {
				return client.Answer{}, err
			}
			defer release()
		}
	}
	if a.kind.Deferred != nil && a.kind.Deferred.Wanted(r.arguments) {
		answer, err = a.deferred(ctx, r, progress)
	} else {
		answer, err = a.call(ctx, r, progress)
	}
	if len(answer.Body) == 0 && err == nil {
		err = errors.New("the server reported success, but its answer is empty. It may still be billed")
	}
	return answer, err
}

func (a asker) call(ctx context.Context, r request, progress func(string)) (client.Answer, error) {
	if a.kind.Send != nil {
		return a.sendShown(ctx, r, progress)
	}
	return a.client.Do(ctx, r.call)
}

// sendShown is Kind.Send whose progress holds no secret, in whatever pieces one comes.
func (a asker) sendShown(ctx context.Context, r request, progress func(string)) (client.Answer, error) {
	if progress == nil {
		return a.kind.Send(ctx, a.client, r.arguments, r.call, nil)
	}
	write, end := a.client.Passing(r.call, progress)
	defer end()
	return a.kind.Send(ctx, a.client, r.arguments, r.call, write)
}

// read makes a reply of what came back.
func (r request) read(answer client.Answer, err error) reply {
	made := reply{kind: r.kind, failure: err, arguments: r.arguments}
	if len(answer.Body) == 0 {
		return made
	}
	values, unread := r.kind.ReadAnswer(r.arguments, answer)
	made.values, made.failure = values, errors.Join(err, unread)
	if made.failure == nil {
		made.faults, made.warnings = r.kind.evaluate(r.arguments, wire.FieldsOf(values), false)
	}
	return made
}

// ReadAnswer reads an answer into the attributes of Answer and what is derived. An
// answer that is no JSON object is an error, and of one that is too long there are the values of
// its beginning besides.
func (k *Kind) ReadAnswer(arguments wire.Fields, answer client.Answer) (wire.Values, error) {
	object, err := wire.ParseObject(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("the server's answer could not be read: %w", err)
	}
	if k.Normalize != nil {
		k.Normalize(object)
	}
	tooLong := wire.Cut(k.Answer, object)
	values := wire.DecodeObject(k.Answer, object)
	for _, a := range k.Derived {
		values[a.Name] = tftypes.NewValue(a.Type(), nil)
	}
	values["request_id"], values["recording"] = null(tftypes.String), null(tftypes.String)
	if answer.RequestID != "" {
		values["request_id"] = tftypes.NewValue(tftypes.String, answer.RequestID)
	}
	if k.Read != nil {
		k.Read(arguments, answer.Body, values)
	}
	if k.Absent != nil {
		for _, name := range k.Absent(arguments) {
			values[name] = null(values[name].Type())
		}
	}
	return values, tooLong
}

func null(t tftypes.Type) tftypes.Value { return tftypes.NewValue(t, nil) }

// keptIn notes the file that holds the answer.
func (r *reply) keptIn(taken recording.Taken) {
	r.kept = taken
	if r.values != nil && taken.File != "" && !taken.Unusable {
		r.values["recording"] = tftypes.NewValue(tftypes.String, filepath.Base(taken.File))
	}
}

// recorded is the reply that a file holds.
func (r request) recorded(taken recording.Taken) reply {
	made := r.read(client.Answer{Body: taken.Answer.Body, RequestID: taken.Answer.RequestID}, nil)
	made.keptIn(taken)
	return made
}
