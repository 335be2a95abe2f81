package response

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

const dataSourceDescription = "A response that is stored on the server, with its input. Responses are stored for 30 days, unless they were made with `store = false`. " +
	"It is read on each plan. It is an error if there is no such response, or no longer. A response that is still being made in the background has the `status` `queued` or `in_progress`."

// responseID names a stored response.
var responseID = kinds.Attribute{Name: "response_id", Shape: kinds.String, Mode: kinds.Required, Local: true,
	Description: "The ID of the stored response, such as `openai_response.x.id`.",
	Validators:  checks{kinds.NotEmpty()}}

// shown is what the data source has besides the answer.
var shown = func() kinds.Attributes {
	labels := *Request.Find("metadata")
	labels.Mode, labels.Description = kinds.Computed, "The labels of the response."
	return kinds.Declare(
		kinds.Attribute{Name: "instructions", Shape: kinds.String, Mode: kinds.Computed, Description: "The instructions that it was made with. Null if there were none."},
		kinds.Attribute{Name: "previous_response_id", Shape: kinds.String, Mode: kinds.Computed, Description: "The response that it goes on from. Null if there is none."},
		labels,
		kinds.Attribute{Name: "input_items", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The items of the input as JSON text, oldest first: `jsondecode(data.openai_response.x.input_items)`."},
	)
}()

var (
	dataSourceAttributes = kinds.Join(kinds.Attributes{responseID}, Answer, kinds.Attributes{*derived.Find("output_json")}, shown)
	dataSourceSchema     = kinds.DataSource(dataSourceDescription, dataSourceAttributes)
)

// dataSource is the data source openai_response.
type dataSource struct{ client *client.Client }

func newDataSource() datasource.DataSource { return &dataSource{} }

// Metadata names the data source.
func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_response"
}

// Schema is the same value at each call; it is built once per process.
func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = dataSourceSchema
}

// Configure takes the provider's client.
func (d *dataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.client, _ = req.ProviderData.(*client.Client)
}

// Read gets the response from the server.
func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	const summary = "Could not read stored response"
	if d.client == nil {
		report.Failure(&resp.Diagnostics, summary, nil, client.ErrUnconfigured)
		return
	}
	id := wire.Open(req.Config.Raw).String("response_id")
	got, items, err := stored(ctx, d.client, id)
	switch {
	case client.IsGone(err):
		report.Failure(&resp.Diagnostics, summary, nil, err,
			"The server keeps responses for 30 days, and none that were made with store = false. This one may also have been deleted, or belong to a different project than the API key.")
		return
	case err != nil:
		report.Failure(&resp.Diagnostics, summary, nil, err)
		return
	}
	parsed, err := wire.ParseObject(got.Body)
	if err != nil {
		report.Failure(&resp.Diagnostics, summary, nil, err)
		return
	}
	normalize(parsed)
	values := wire.DecodeObject(dataSourceAttributes, parsed)
	text, _ := json.Marshal(items) // each is JSON
	if len(items) == 0 {
		text = []byte("[]")
	}
	values["input_items"] = tftypes.NewValue(tftypes.String, string(text))
	values["output_json"] = itemsJSON(got.Body)
	values["response_id"] = tftypes.NewValue(tftypes.String, id)
	resp.State.Raw = tftypes.NewValue(dataSourceAttributes.Type(), values)
}
