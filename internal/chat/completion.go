package chat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// errUnconfigured is what a call meets when the provider's settings are not
// known yet, as can happen during a plan.
var errUnconfigured = errors.New("the provider is not configured: a value in its block is not known yet. " +
	"Apply the resources that it depends on first, for example with -target")

// completions asks for completions: request in, answer out.
type completions struct {
	client *client.Client // nil while the provider's settings are not known
}

// fate is what becomes of an answer that was paid for but is of no use.
type fate struct {
	place string // where it is
	lost  bool   // nowhere, that is
	next  string
}

var kept = fate{place: "kept in the state, since it has probably been paid for.",
	next: "The resource is marked as tainted: the next apply asks again, and pays again."}

const asking = "Could not create chat completion"

// reply is an answer, and what is wrong with it.
type reply struct {
	values   map[string]tftypes.Value // every attribute of Answer and derived; nil = there is no answer at all
	failure  error                    // why it is not whole; nil = it is
	asked    kinds.Attributes         // the arguments that made the request
	breaches []string                 // where it breaks the format that was asked for, or has nothing in it
	kept     recording.Taken          // the file that holds it, if one does
}

// ask answers the request that the arguments make: from a recording, or by
// sending it. arguments holds write-only values, if there are any. Each piece of text
// of a stream is given to progress as it arrives, where that is not nil.
func (c completions) ask(ctx context.Context, arguments tftypes.Value, progress func(string)) reply {
	if c.client == nil {
		return reply{failure: errUnconfigured}
	}
	in, err := newInquiry(wire.Fields(arguments))
	if err != nil {
		return reply{failure: err}
	}
	store, err := c.recordings(in.fields)
	if err != nil {
		return reply{failure: err}
	}
	if store == nil {
		return in.read(c.send(ctx, in, progress))
	}
	question, err := in.question()
	if err != nil {
		return reply{failure: err}
	}
	return c.take(ctx, store, in, question, progress)
}

// send makes the call.
func (c completions) send(ctx context.Context, in inquiry, progress func(string)) (answer client.Answer, err error) {
	in.request.Tokens = estimate(in.request.Body)
	answer, err = c.stream(ctx, in.request, progress)
	if len(answer.Body) == 0 && err == nil {
		err = errors.New("the server reported success, but its answer is empty. It may bill it all the same")
	}
	return answer, err
}

// read makes a reply of what came back.
func (in inquiry) read(answer client.Answer, err error) reply {
	if len(answer.Body) == 0 {
		return reply{failure: err, asked: in.asked}
	}
	values, unreadable := readAnswer(in.fields, answer)
	if unreadable != nil {
		if err == nil {
			err = fmt.Errorf("the server's answer could not be read: %w", unreadable)
		}
		return reply{failure: err, asked: in.asked}
	}
	r := reply{values: values, failure: err, asked: in.asked}
	if err == nil {
		r.breaches = breaches(in.fields, values["choices"])
		if len(wire.Items(values["choices"])) == 0 {
			r.breaches = []string{"the server answered without any choices"}
		}
	}
	return r
}

// report adds what is wrong with the answer; f says what becomes of one that is of no use.
func (r reply) report(diags *diag.Diagnostics, f fate) {
	what := r.fate(f)
	switch {
	case r.failure != nil && r.values == nil:
		report.Failure(diags, asking, r.asked, r.failure, nextStep(r.failure)...)
	case r.failure != nil:
		report.Failure(diags, asking, r.asked, r.failure, "What had arrived before that is "+what)
	case len(r.breaches) > 0:
		diags.AddError("Unusable chat completion",
			"The model answered, but the answer is not what was asked for:\n\n  - "+strings.Join(r.breaches, "\n  - ")+"\n\nThe answer is "+what)
	}
	r.reportUnrecorded(diags)
}

// readAnswer reads a completion into the attributes of Answer and derived.
func readAnswer(fields map[string]tftypes.Value, answer client.Answer) (map[string]tftypes.Value, error) {
	values, err := wire.Decode(Answer, answer.Body)
	if err != nil {
		return nil, err
	}
	values["choices"] = tidy(values["choices"], wire.True(fields["include_audio_data"]))
	values["content"] = firstContent(values["choices"])
	values["output"] = output(fields, values["content"])
	values["request_id"] = tftypes.NewValue(tftypes.String, nil)
	values["recording"] = tftypes.NewValue(tftypes.String, nil)
	if answer.RequestID != "" {
		values["request_id"] = tftypes.NewValue(tftypes.String, answer.RequestID)
	}
	return values, nil
}

// firstContent is the text of the first choice; null where it has none.
func firstContent(choices tftypes.Value) tftypes.Value {
	if items := wire.Items(choices); len(items) > 0 {
		if text, ok := wire.Text(wire.Fields(wire.Fields(items[0])["message"])["content"]); ok {
			return tftypes.NewValue(tftypes.String, text)
		}
	}
	return tftypes.NewValue(tftypes.String, nil)
}

// tidy makes the choices the same from every server, and streamed or not: an
// empty list of tool calls or annotations is null. Unless it is wanted, the
// sound of a spoken answer is left out.
func tidy(choices tftypes.Value, sound bool) tftypes.Value {
	items := wire.Items(choices)
	if items == nil {
		return choices
	}
	out := make([]tftypes.Value, len(items))
	for i, choice := range items {
		message := wire.Fields(wire.Fields(choice)["message"])
		for _, name := range []string{"tool_calls", "annotations"} {
			if list := message[name]; !list.IsNull() && len(wire.Items(list)) == 0 {
				choice = wire.With(choice, tftypes.NewValue(list.Type(), nil), "message", name)
			}
		}
		if !sound && !message["audio"].IsNull() {
			choice = wire.With(choice, tftypes.NewValue(tftypes.String, nil), "message", "audio", "data")
		}
		out[i] = choice
	}
	return tftypes.NewValue(choices.Type(), out)
}

// stream makes a call and puts the events of a stream together to what the same
// request without `stream` would have answered. Whether it is answered by a stream is the
// server's to decide. What has arrived is returned also with an error.
func (c completions) stream(ctx context.Context, request client.Request, progress func(string)) (client.Answer, error) {
	whole := assembly{progress: progress}
	answer, err := c.client.Stream(ctx, request, whole.add)
	if answer.Body != nil {
		if err == nil { // in one piece
			answer.Body = wholeAnswer(answer.Body)
		}
		return answer, err
	}
	if err == nil && !answer.Complete && !whole.finished() {
		err = errors.New("the stream ended before the answer was complete")
		if answer.Remark != "" {
			err = fmt.Errorf("%w; the last that came is: %s", err, answer.Remark)
		}
	}
	answer.Body = whole.completion()
	return answer, err
}

// errReplay is what a change on the server meets where no call may be made.
var errReplay = errors.New("the mode of the recordings is \"replay\", in which no call is made. Use the mode \"reuse\" for this change")

// relabel gives a stored completion other metadata, and no label where it is null.
func (c completions) relabel(ctx context.Context, id string, metadata tftypes.Value, apiKey string) error {
	if c.client == nil {
		return errUnconfigured
	}
	if c.replays() {
		return errReplay
	}
	declared := kinds.Attributes{*Request.Find("metadata")}
	body, err := wire.EncodeFields(declared, map[string]tftypes.Value{"metadata": metadata})
	if err != nil {
		return err
	}
	if metadata.IsNull() {
		body = []byte(`{"metadata":null}`)
	}
	_, err = c.client.Do(ctx, client.Request{
		Method: http.MethodPost, Path: client.Path("chat", "completions", id), Body: body, APIKey: apiKey, Free: true,
	})
	return err
}

// remove deletes a stored completion. One that is not there is as good as
// deleted, and so is one on a server that cannot store any.
func (c completions) remove(ctx context.Context, id, apiKey string) error {
	if c.client == nil {
		return errUnconfigured
	}
	_, err := c.client.Do(ctx, client.Request{
		Method: http.MethodDelete, Path: client.Path("chat", "completions", id), APIKey: apiKey,
	})
	if gone(err) || hasStatus(err, http.StatusMethodNotAllowed) || hasStatus(err, http.StatusNotImplemented) {
		return nil
	}
	return err
}

// gone reports whether the server says that there is no such object.
func gone(err error) bool { return hasStatus(err, http.StatusNotFound) }

func hasStatus(err error, status int) bool {
	var problem *client.Problem
	return errors.As(err, &problem) && problem.Kind == client.API && problem.Status == status
}
