package batch

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var _ action.ActionWithConfigure = (*cancel)(nil)

var (
	cancelled = kinds.Declare(
		kinds.Attribute{Name: "batch_id", Shape: kinds.String, Mode: kinds.Required, Local: true,
			Description: "The ID of the batch.", Validators: checks{kinds.NotEmpty()}},
	)
	cancelSchema = kinds.Action("Cancels a batch. The server stops within about ten minutes; what it has answered by then is paid for, and the next apply collects it. A batch that has ended stays as it is.", cancelled)
)

// cancel is the action that cancels a batch.
type cancel struct{ client *client.Client }

func newCancel() action.Action { return &cancel{} }

// Metadata names the action.
func (a *cancel) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_batch_cancel"
}

// Schema is the same value at each call; it is built once per process.
func (a *cancel) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = cancelSchema
}

// Configure takes the provider's client.
func (a *cancel) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.client, _ = req.ProviderData.(*client.Client)
}

// Invoke cancels the batch. To do so twice does no harm.
func (a *cancel) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	id, err := wire.Open(req.Config.Raw).String("batch_id"), client.ErrUnconfigured
	var b job.Batch
	if a.client != nil {
		b, err = job.Cancel(ctx, a.client, id, "")
	}
	if err != nil {
		report.Failure(&resp.Diagnostics, "Could not cancel batch "+id, cancelled, err)
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: client.Printable(fmt.Sprintf("Batch %s has the status %q: %d of %d requests were answered.", b.ID, b.Status, b.Done, b.Total), true)})
}
