package chat

import (
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// inquiry is a request and what is needed to read its answer.
type inquiry struct {
	fields   map[string]tftypes.Value
	asked    kinds.Attributes // the arguments that made the request
	request  client.Request
	streamed bool
}

// newInquiry fails for arguments that are not known yet.
func newInquiry(fields map[string]tftypes.Value) (inquiry, error) {
	in := inquiry{fields: fields, asked: givenArguments(fields), streamed: wire.True(fields["stream"])}
	var err error
	in.request, err = newRequest(fields, in.streamed)
	return in, err
}

// givenArguments are those that the user wrote, so that what the server says of
// "messages" is reported at the blocks, or at the value, that is there.
func givenArguments(fields map[string]tftypes.Value) kinds.Attributes {
	var out kinds.Attributes
	for _, a := range Request {
		if given(fields[a.Name]) {
			out = append(out, a)
		}
	}
	return out
}

// newRequest writes the arguments as the request's JSON.
func newRequest(fields map[string]tftypes.Value, streamed bool) (client.Request, error) {
	if streamed {
		fields = withUsage(fields)
	}
	body, err := wire.EncodeFields(Request, fields)
	if err != nil {
		return client.Request{}, fmt.Errorf("the request could not be written as JSON: %w", err)
	}
	if extra, ok := wire.Text(fields["extra_body"]); ok {
		body = withExtra(body, extra)
	}
	var private []string
	contents, _ := secrets(fields)
	for _, content := range contents {
		if content != nil {
			private = append(private, *content)
		}
	}
	return client.Request{
		Method: http.MethodPost, Path: client.Path("chat", "completions"), Body: body,
		APIKey: keyOf(fields), Secrets: private,
	}, nil
}

// keyOf is the key that the resource gives itself; "" leaves the provider's.
func keyOf(fields map[string]tftypes.Value) string {
	if key, ok := wire.Text(fields["api_key_wo"]); ok {
		return key
	}
	key, _ := wire.Text(fields["api_key"])
	return key
}

// withUsage asks for the final chunk that says what a stream cost, unless the
// user has decided that.
func withUsage(fields map[string]tftypes.Value) map[string]tftypes.Value {
	declared := Request.Find("stream_options")
	options := map[string]tftypes.Value{}
	for _, a := range declared.Fields {
		options[a.Name] = tftypes.NewValue(a.Type(), nil)
	}
	maps.Copy(options, wire.Fields(fields["stream_options"]))
	if options["include_usage"].IsNull() {
		options["include_usage"] = tftypes.NewValue(tftypes.Bool, true)
	}
	fields = maps.Clone(fields)
	fields["stream_options"] = tftypes.NewValue(declared.Type(), options)
	return fields
}

// delivery are the members of a request that say how the answer travels, not what
// it is: an action that streams and a resource that does not share a recording.
var delivery = []string{"stream", "stream_options"}

// question is what a recording of the answer is found by.
func (in inquiry) question() (recording.Question, error) {
	var triggers map[string]string
	for name, value := range wire.Fields(in.fields["triggers"]) {
		if triggers == nil {
			triggers = map[string]string{}
		}
		triggers[name], _ = wire.Text(value) // null counts as ""
	}
	return recording.NewQuestion("", in.request.Body, delivery, triggers)
}

// describe names a request without quoting it: a prompt may be a secret.
func (in inquiry) describe() string {
	model, _ := wire.Text(in.fields["model"])
	var roles []string
	for _, name := range []string{"message", "messages"} {
		for _, item := range wire.Items(in.fields[name]) {
			role, _ := wire.Text(wire.Fields(item)["role"])
			roles = append(roles, role)
		}
	}
	return fmt.Sprintf("The request: model %s, messages: %s.", model, strings.Join(roles, ", "))
}
