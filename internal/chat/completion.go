package chat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
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

// ask sends the request that the arguments make and returns the values of every
// attribute in Answer.
//
// What came back is returned also where the diagnostics hold an error, since it
// has been paid for; it is nil only where there is no answer at all. apiKey
// overrides the provider's; "" leaves it.
func (c completions) ask(ctx context.Context, arguments tftypes.Value, apiKey string) (map[string]tftypes.Value, diag.Diagnostics) {
	const summary = "Could not create chat completion"
	var diags diag.Diagnostics
	if c.client == nil {
		report.Failure(&diags, summary, nil, errUnconfigured)
		return nil, diags
	}
	body, err := wire.Encode(Request, arguments)
	if err != nil {
		diags.AddError(summary, "The request could not be written as JSON: "+err.Error())
		return nil, diags
	}
	request := client.Request{
		Method: http.MethodPost, Path: client.Path("chat", "completions"), Body: body, APIKey: apiKey,
	}
	var answer []byte
	if wire.True(wire.Fields(arguments)["stream"]) {
		answer, err = c.stream(ctx, request)
	} else {
		var whole client.Answer
		whole, err = c.client.Do(ctx, request)
		answer = whole.Body
	}
	if len(answer) == 0 {
		if err == nil {
			err = errors.New("the server reported success, but its answer is empty. It may bill it all the same")
		}
		report.Failure(&diags, summary, Request, err)
		return nil, diags
	}
	values, unreadable := readAnswer(answer)
	switch {
	case unreadable != nil:
		diags.AddError(summary, fmt.Sprintf("The server's answer could not be read: %s. It began with: %.200q", unreadable, answer))
	case err != nil:
		report.Failure(&diags, summary, Request, err, "What had arrived before that is "+kept)
	case len(wire.Items(values["choices"])) == 0:
		diags.AddError(summary, "The server answered without any choices. The answer is "+kept)
	}
	return values, diags
}

// kept is what a user reads when an answer was paid for but is of no use.
const kept = "kept in the state, since it has probably been paid for. The resource is marked as tainted: the next apply asks again, and pays again."

// readAnswer reads a completion into the attributes of Answer.
func readAnswer(answer []byte) (map[string]tftypes.Value, error) {
	values, err := wire.Decode(Answer, answer)
	if err != nil {
		return nil, err
	}
	content := tftypes.NewValue(tftypes.String, nil)
	if choices := wire.Items(values["choices"]); len(choices) > 0 {
		message := wire.Fields(wire.Fields(choices[0])["message"])
		if text, ok := wire.Text(message["content"]); ok {
			content = tftypes.NewValue(tftypes.String, text)
		}
	}
	values["content"] = content
	return values, nil
}

// stream asks for server-sent events and puts them together to what the same
// request without `stream` would have answered.
func (c completions) stream(ctx context.Context, request client.Request) ([]byte, error) {
	request.Body = withUsage(request.Body)
	var whole assembly
	answer, err := c.client.Stream(ctx, request, whole.add)
	if answer.Body != nil {
		return answer.Body, err // a server that does not stream
	}
	if err == nil && !answer.Complete && !whole.finished() {
		err = errors.New("the stream ended before the answer was complete")
	}
	return whole.completion(), err
}

// withUsage asks for the final chunk that says what the stream cost.
func withUsage(body []byte) []byte {
	return append(bytes.TrimSuffix(bytes.Clone(body), []byte("}")), `,"stream_options":{"include_usage":true}}`...)
}

// remove deletes a stored completion. One that is not there is as good as deleted.
func (c completions) remove(ctx context.Context, id, apiKey string) diag.Diagnostics {
	const summary = "Could not delete stored chat completion"
	var diags diag.Diagnostics
	err := errUnconfigured
	if c.client != nil {
		_, err = c.client.Do(ctx, client.Request{
			Method: http.MethodDelete, Path: client.Path("chat", "completions", id), APIKey: apiKey,
		})
	}
	var problem *client.Problem
	if err == nil || (errors.As(err, &problem) && problem.Kind == client.API && problem.Status == http.StatusNotFound) {
		return diags
	}
	report.Failure(&diags, summary, nil, err)
	return diags
}
