package webhook

import (
	"context"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/action"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var _ action.ActionWithConfigure = (*test)(nil)

var (
	tested = kinds.Declare(
		kinds.Attribute{Name: "webhook_endpoint_id", Shape: kinds.String, Mode: kinds.Required, Local: true,
			Description: "The ID of the webhook endpoint.", Validators: checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "event_type", Shape: kinds.String, Mode: kinds.Required,
			Description: "The type of the event, such as `batch.completed`.", Validators: checks{kinds.NotEmpty()}},
	)
	testSchema = kinds.Action("Has OpenAI send a test event to a webhook endpoint, so that a receiver can be tried before there is a real one. The run fails if the endpoint does not take it.", tested)
)

// test is the action that tests an endpoint.
type test struct{ client *client.Client }

func newTest() action.Action { return &test{} }

// Metadata names the action.
func (t *test) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook_endpoint_test"
}

// Schema is the same value at each call; it is built once per process.
func (t *test) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = testSchema
}

// Configure takes the provider's client.
func (t *test) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	t.client, _ = req.ProviderData.(*client.Client)
}

// Invoke has the server send an event. To send it twice does no harm.
func (t *test) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	config := wire.Open(req.Config.Raw)
	said, err := t.send(ctx, config)
	summary := "Could not test webhook endpoint " + config.String("webhook_endpoint_id")
	switch {
	case err != nil:
		report.Failure(&resp.Diagnostics, summary, tested, err)
	case said["success"] == false:
		resp.Diagnostics.AddError(summary, client.Printable(fmt.Sprintf("The endpoint did not take the event %q. %s", config.String("event_type"), status(said)), true))
	default:
		resp.SendProgress(action.InvokeProgressEvent{Message: client.Printable(fmt.Sprintf("The event %q was sent. %s", config.String("event_type"), status(said)), true)})
	}
}

func (t *test) send(ctx context.Context, config wire.Fields) (map[string]any, error) {
	if t.client == nil {
		return nil, client.ErrUnconfigured
	}
	body, err := wire.Encode(tested, config)
	if err != nil {
		return nil, err
	}
	answer, err := t.client.Do(ctx, client.Request{
		Method: http.MethodPost, Path: client.Path(collection, config.String("webhook_endpoint_id"), "test"),
		Body: body, Existing: true, Repeatable: true, Unkept: true,
	})
	if err != nil {
		return nil, err
	}
	return wire.ParseObject(answer.Body)
}

// status is what the endpoint answered, as far as the server says.
func status(said map[string]any) string {
	if said["status_code"] == nil {
		return "The server does not say what the endpoint answered."
	}
	return fmt.Sprintf("It answered with the status %v.", said["status_code"])
}
