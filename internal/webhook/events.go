package webhook

import (
	"context"
	"fmt"
	"net/http"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var events = kinds.Declare(kinds.Attribute{Name: "event_types", Wire: "data", Shape: kinds.StringSet, Mode: kinds.Computed,
	Description: "The names of the events, such as `batch.completed`."})

var eventTypes = &object.Query{
	Type: "webhook_event_types", Failure: "Could not list webhook event types",
	Description: "The types of events that a webhook endpoint can be told of.",
	Attributes:  events,
	Read: func(ctx context.Context, c *client.Client, _ wire.Fields) (wire.Values, error) {
		answer, err := c.Do(ctx, client.Request{Method: http.MethodGet, Path: "webhook_event_types"})
		if err != nil {
			return nil, err
		}
		values, err := wire.Decode(events, answer.Body)
		if err == nil && values["event_types"].IsNull() {
			err = fmt.Errorf("the server's answer has no event types: %s", client.Printable(string(answer.Body), false))
		}
		return values, err
	},
}
