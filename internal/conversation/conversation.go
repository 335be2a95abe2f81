package conversation

import (
	"context"
	"net/http"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

type checks = []validator.Describer

// Area is what the area offers. The API has no list of conversations.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{conversation.Resource()},
	DataSources: []func() datasource.DataSource{conversation.DataSource()},
}

const items = "items"

var labels = kinds.Attribute{Name: "metadata", Shape: kinds.StringMap,
	Description: "Up to 16 labels. A key has at most 64 characters, a value 512."}

var conversation = &object.Kind{
	Type: "conversation", Noun: "conversation", Path: "conversations",
	Attributes: kinds.Declare(
		kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed,
			Description: "The ID of the conversation, `conv_…`, for whoever talks in it."},
		labels,
		kinds.Attribute{Name: items, Shape: kinds.Objects, Unread: true, Change: kinds.Replaces,
			Description: "Messages with which the conversation begins, first one first. Other messages replace the conversation. They are not compared with what has been said since.",
			Fields: kinds.Declare(
				kinds.Attribute{Name: "role", Shape: kinds.String, Mode: kinds.Required,
					Description: "Who says it: `system` or `developer` for instructions, `user` or `assistant`.", Validators: checks{kinds.NotEmpty()}},
				kinds.Attribute{Name: "content", Shape: kinds.String, Mode: kinds.Required,
					Description: "The text of the message."},
			)},
		kinds.Attribute{Name: "created_at", Shape: kinds.Int64, Mode: kinds.Computed,
			Description: "When the conversation was created, in seconds since 1970 (Unix time)."},
	),
	Description: object.Description{
		Resource: "A conversation on the server, with the messages that it begins with. An application is given its ID, and what is said in it stays there.\n\n" +
			"Destroying it deletes the conversation, but not the items in it: the API keeps these.",
		DataSource: "An existing conversation, looked up by ID. The API has no list of conversations.",
	},
	Limits: func(arguments wire.Fields) (diags diag.Diagnostics) {
		rules.Labels(&diags, arguments, labels.Name)
		return diags
	},
	Create:    create,
	Created:   sayOn,
	Destroyed: "The API deletes the conversation, but not the items in it: what was said stays on the server, where Terraform no longer sees it.",
}

// turn is how many items the API takes at a time.
const turn = 20

// message is an item on the wire, and sent are the bodies that have some.
var (
	message = kinds.Declare(
		kinds.Attribute{Name: "type", Shape: kinds.String},
		kinds.Attribute{Name: "role", Shape: kinds.String},
		kinds.Attribute{Name: "content", Shape: kinds.String},
	)
	sent = kinds.Declare(labels, kinds.Attribute{Name: items, Shape: kinds.Objects, Fields: message})
)

// body has some items, and labels if there are any.
func body(said []tftypes.Value, metadata ...tftypes.Value) ([]byte, error) {
	values := wire.Values{}
	for _, value := range metadata {
		values[labels.Name] = value
	}
	var messages []tftypes.Value
	for _, item := range said {
		typed := wire.Open(item).Values()
		typed["type"] = tftypes.NewValue(tftypes.String, "message")
		messages = append(messages, tftypes.NewValue(message.Type(), typed))
	}
	if len(messages) > 0 {
		values[items] = tftypes.NewValue(sent.Find(items).Type(), messages)
	}
	return wire.Encode(sent, wire.FieldsOf(values))
}

// create makes a conversation with its first items.
func create(ctx context.Context, c *client.Client, planned, _ wire.Fields) (client.Answer, error) {
	said := planned.Items(items)
	text, err := body(said[:min(turn, len(said))], planned.Get(labels.Name))
	if err != nil {
		return client.Answer{}, err
	}
	return c.Do(ctx, client.Request{Method: http.MethodPost, Path: "conversations", Body: text})
}

// sayOn adds the items that were too many for the create, in turns.
func sayOn(ctx context.Context, o *object.Object) error {
	state, said := wire.FieldsOf(o.State), 0
	for part := range slices.Chunk(state.Items(items), turn) {
		if said += len(part); said <= turn {
			continue // they came with the create
		}
		text, err := body(part)
		if err != nil {
			return err
		}
		path := client.Path("conversations", state.String("id"), "items")
		if err := object.Referring(ctx, o.Client, func() error {
			_, err := o.Client.Do(ctx, client.Request{Method: http.MethodPost, Path: path, Body: text, Existing: true})
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
