package chat

import (
	"context"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var _ datasource.DataSourceWithConfigure = (*MessagesDataSource)(nil)

const messagesDescription = "The conversation that a stored completion answered: its input, oldest message first. It is read on each plan, all pages of it."

// asStored says what an argument's description would say wrongly of what is read.
var asStored = map[string]string{
	"content":       "The text of the message. Null if it is in parts, or if there is none.",
	"name":          "The name of the speaker, if it was given one.",
	"tool_call_id":  "The ID of the tool call that this message answers.",
	"tool_calls":    "The tool calls of an earlier answer.",
	"function_call": "The legacy function call of an earlier answer.",
	"extra":         "Anything else the server says about the message, as JSON. Null if there is nothing.",
}

// storedMessage is a message as the server gives it back: content_part has
// another name there.
var storedMessage = func() kinds.Attributes {
	var out []kinds.Attribute
	for _, a := range message.WithoutWriteOnly() {
		if a.Name == "content_part" {
			a.Wire = "content_parts"
		}
		if a.Extra { // of the message on the server, and of no use in a request
			a.Except = []string{"id", "annotations"}
		}
		a.Mode, a.Validators = kinds.Computed, nil
		if text, ok := asStored[a.Name]; ok {
			a.Description = text
		}
		out = append(out, a)
	}
	return kinds.Declare(out...)
}()

var (
	messagesAttributes = kinds.Declare(
		completionID,
		kinds.Attribute{Name: "messages", Shape: kinds.Objects, Fields: storedMessage, Mode: kinds.Computed,
			Description: "The messages, in the form of the argument `messages`, so that you can continue a stored conversation: `messages = concat(data.openai_chat_completion_messages.x.messages, [{ role = \"user\", content = \"…\" }])`."},
	)
	messagesSchema = kinds.DataSource(messagesDescription, messagesAttributes)
)

// MessagesDataSource is the data source openai_chat_completion_messages.
type MessagesDataSource struct{ client *client.Client }

// NewMessagesDataSource returns the data source, to be configured by Terraform.
func NewMessagesDataSource() datasource.DataSource { return &MessagesDataSource{} }

// Metadata names the data source.
func (d *MessagesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_chat_completion_messages"
}

// Schema is the same value at each call; it is built once per process.
func (d *MessagesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = messagesSchema
}

// Configure takes the provider's client.
func (d *MessagesDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.client, _ = req.ProviderData.(*client.Client)
}

// Read gets the messages from the server.
func (d *MessagesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	const summary = "Could not read the messages of the stored chat completion"
	id := wire.Open(req.Config.Raw).String("completion_id")
	items, err := listAll(ctx, d.client, url.Values{}, 0, "chat", "completions", id, "messages")
	if err != nil {
		reportGone(&resp.Diagnostics, summary, err)
		return
	}
	values := make([]tftypes.Value, 0, len(items))
	for _, item := range items {
		fields, err := wire.Decode(storedMessage, item)
		if err != nil {
			report.Failure(&resp.Diagnostics, summary, nil, err)
			return
		}
		values = append(values, tftypes.NewValue(storedMessage.Type(), asArgument(fields)))
	}
	resp.State.Raw = wire.With(req.Config.Raw, tftypes.NewValue(messagesAttributes.Find("messages").Type(), values), "messages")
}

// asArgument makes a message that the server gave back fit to be sent again:
// empty lists and text beside parts would be refused.
func asArgument(fields map[string]tftypes.Value) map[string]tftypes.Value {
	for _, name := range []string{"tool_calls", "content_part"} {
		if len(wire.Items(fields[name])) == 0 {
			fields[name] = tftypes.NewValue(fields[name].Type(), nil)
		}
	}
	if !fields["content_part"].IsNull() {
		fields["content"] = tftypes.NewValue(tftypes.String, nil)
	}
	return fields
}
