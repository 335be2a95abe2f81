package answer

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Question is one request among many whose answers somebody else keeps: those of a set. It is
// asked, found in recordings and recorded like the request of a resource of its own.
type Question struct {
	asker
	request  request
	question recording.Question
	store    *recording.Store // nil = recordings have no part in it
}

// Question returns the request that arguments make; c is nil while the provider's settings are
// not known. It fails for arguments that are not known yet, and where the mode of the recordings
// is "replay" and there can be no recording.
func (k *Kind) Question(c *client.Client, arguments wire.Fields) (*Question, error) {
	q := &Question{asker: asker{kind: k, client: c}}
	var err error
	if q.request, err = k.newRequest(arguments); err != nil {
		return nil, err
	}
	if q.question, err = q.asker.question(q.request); err != nil {
		return nil, err
	}
	if c != nil {
		q.store, err = q.recordings(arguments)
	}
	return q, err
}

// Name is that of the recording, whether or not there is one: 64 hexadecimal digits. Requests
// that are the same have the same name.
func (q *Question) Name() string { return q.question.Name() }

// Body is the request's JSON.
func (q *Question) Body() []byte { return q.request.call.Body }

// WholeBody is the request's JSON without what says how the answer travels: it comes in one piece.
func (q *Question) WholeBody() []byte {
	object, err := wire.ParseObject(q.Body())
	if err != nil {
		return q.Body()
	}
	changed := false
	for _, name := range q.kind.Delivery {
		_, there := object[name]
		changed = changed || there
		delete(object, name)
	}
	if !changed {
		return q.Body()
	}
	return jsontext.Canonical(object)
}

// APIKey is the key that arguments name instead of the provider's; "" = they name none.
func APIKey(arguments wire.Fields) string { return apiKey(arguments) }

// Recordings is where the answer is recorded; nil = nowhere.
func (q *Question) Recordings() *recording.Store { return q.store }

// Waits reports whether no recording gives an answer to the next who asks, so that it has to wait for the state
// elsewhere: there are none, or they are refreshed.
func (q *Question) Waits() bool { return q.store == nil || q.store.Mode() == recording.Refresh }

// AtOnce is how many of so many questions can be asked at a time.
func (q *Question) AtOnce(most int) int {
	if q.client == nil {
		return 1
	}
	return q.client.AtOnce(most)
}

// Promise is what a saved plan that is being applied knows of the answer.
func (q *Question) Promise() recording.Promise {
	if q.store == nil {
		return recording.NoPlan
	}
	return q.store.Promise(q.question)
}

// Size is about how many tokens the request takes, and its answer as far as that is limited.
func (q *Question) Size() (input, output int) { return q.request.input, q.request.output }

// Result is what became of a question.
type Result struct {
	Values     wire.Values // every attribute of an answer; nil = there is none
	Failure    error       // why there is none, or it is not whole; nil = it is
	Faults     []string    // why it is of no use
	Warnings   []string    // what else there is to say against it
	File       string      // that holds it; "" = none does
	Recorded   bool        // it was recorded before: no call was made
	Unrecorded error       // why it could not be recorded; nil = it was, or is not to be
	Lost       error       // why nothing keeps it but this result; nil = a recording does, or who was to
	Refused    bool        // the failure is because of what the request says
}

// Useful reports whether there is an answer, and it is of use.
func (r Result) Useful() bool { return r.Values != nil && r.Failure == nil && len(r.Faults) == 0 }

// Why says in one line why the answer is of no use; "" = it is. It is the same for requests that fail alike.
func (r Result) Why() string {
	text := strings.Join(r.Faults, "; ")
	var problem *client.Problem
	switch {
	case errors.As(r.Failure, &problem):
		alike := *problem
		alike.RequestID = ""
		text = alike.Error()
	case r.Failure != nil:
		text = r.Failure.Error()
	}
	return client.Printable(text, false)
}

func (r reply) result() Result {
	return Result{
		Values: r.values, Failure: r.failure, Faults: r.faults, Warnings: r.warnings,
		File: r.kept.File, Recorded: r.kept.Recorded, Unrecorded: r.kept.Unrecorded, Lost: r.lost,
	}
}

// Recorded looks for a recording; found = there is one, or the failure of the result says why none can be used.
func (q *Question) Recorded() (r Result, found bool) {
	if q.store == nil {
		return Result{}, false
	}
	taken, found, err := q.store.Find(q.question)
	switch {
	case err != nil:
		return q.failed(q.request.explain(q.store, q.question, err)).result(), true
	case !found:
		return Result{}, false
	}
	return q.request.recorded(taken).result(), true
}

// Ask answers the question: from a recording, or by a call, whose answer is recorded. keep is given each answer of use that
// came and could not be recorded, and where it Waits each that came.
func (q *Question) Ask(ctx context.Context, keep func(client.Answer) error) Result {
	if q.client == nil {
		return q.failed(client.ErrUnconfigured).result()
	}
	if q.store != nil {
		a := q.asker
		a.keep, a.twice = keep, q.Waits()
		return a.take(ctx, q.store, q.request, q.question, nil).result()
	}
	answer, err := q.send(ctx, q.request, nil)
	made := q.request.read(answer, err)
	if made.useful() {
		made.lost = keep(answer)
	}
	return made.result()
}

// Read reads an answer that came in another way than by a call of Ask, and does not record it.
func (q *Question) Read(answer client.Answer, err error) Result {
	return q.request.read(answer, err).result()
}

// Take is Read of an answer that came just now, and is recorded unless there is a recording by now: then that is
// the answer. err is what was wrong with it.
func (q *Question) Take(ctx context.Context, answer client.Answer, err error) Result {
	if q.store == nil || len(answer.Body) == 0 {
		return q.Read(answer, err)
	}
	taken, slot, failure := q.store.Begin(ctx, q.question)
	switch {
	case failure != nil:
		made := q.request.read(answer, err)
		made.kept.Unrecorded = failure
		return made.result()
	case slot == nil:
		return q.request.recorded(taken).result()
	}
	defer slot.Close()
	made := q.request.read(answer, err)
	made.keptIn(slot.Keep(recording.Answer{Body: answer.Body, RequestID: answer.RequestID}, made.unusable()))
	return made.result()
}

// Again reports whether the failure may be another the next time: nothing was answered, or not because of
// what the request says.
func (r Result) Again() bool {
	if r.Useful() || r.Refused {
		return false
	}
	var problem *client.Problem
	switch {
	case r.Failure == nil: // the model answered, and its answer is of no use
		return false
	case !errors.As(r.Failure, &problem) || problem.Kind != client.API:
		return true
	}
	switch problem.Status {
	case 400, 404, 413, 422:
		return false
	}
	return true
}

// Refusals are what OpenAI's own server would refuse of a request that is sent to it, as far as
// it is known which server that is.
func (k *Kind) Refusals(c *client.Client, arguments wire.Fields) diag.Diagnostics {
	return asker{kind: k, client: c}.limits(arguments)
}

// Announce says what a plan comes to: see [area.Calls]. calls are those of one resource.
func Announce(ctx context.Context, p *area.Process, diags *diag.Diagnostics, calls []area.Call) {
	if len(calls) == 0 || diags.HasError() || !p.PlansToAsk() {
		return
	}
	speaks, of := false, p.Calls.Several()
	for i, call := range calls {
		call.Of = of
		speaks = speaks || call.From == area.AskedInPlan || p.Plans() && (call.From != area.Recorded || call.Again)
		if i < len(calls)-1 {
			p.Calls.Add(call)
			continue
		}
		if !speaks {
			p.Calls.Add(call)
			return
		}
		if told, later := p.Calls.Tell(ctx, call); len(told) > 0 {
			diags.AddWarning(announcement(told, later))
		}
	}
}

// Outcome are the attributes of an answer, but for those of how it came.
func (k *Kind) Outcome() kinds.Attributes { return k.outcome() }

// Settings are the arguments besides those of the request that decide what is asked, or with whose key.
func (k *Kind) Settings() kinds.Attributes {
	return kinds.Join(k.settings(), k.failOn(false), pick(k.lifecycle(), "api_key_wo", "api_key_wo_version", "triggers", "generate_on", "timeouts"))
}

// GeneratesOnPlan reports whether the plan asks the model.
func GeneratesOnPlan(arguments wire.Fields) bool { return generatesOnPlan(arguments) }

// ValidateGeneration checks what generate_on needs; mayRecord is false where the provider
// certainly has no recordings.
func (k *Kind) ValidateGeneration(diags *diag.Diagnostics, arguments wire.Fields, mayRecord bool) {
	k.validateGeneration(diags, arguments, mayRecord)
}
