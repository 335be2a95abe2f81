package chat

import (
	"context"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

const dataSourceDescription = "A completion that is stored on the server, because it was made with `store = true`. " +
	"It is read on each plan. It is an error if there is no such completion, or no longer."

// completionID names a stored completion.
var completionID = kinds.Attribute{Name: "completion_id", Shape: kinds.String, Mode: kinds.Required, Local: true,
	Description: "The ID of the stored completion, such as `openai_chat_completion.x.id`.",
	Validators:  checks{kinds.NotEmpty()}}

// stored declares a completion as the server keeps it: the answer under the
// API's own names, and its labels.
var stored = func() kinds.Attributes {
	var out []kinds.Attribute
	for _, a := range Answer {
		if a.Wire != "" {
			a.Name, a.Wire = a.Wire, ""
		}
		if a.Extra { // what was asked is no part of the answer
			a.Except = []string{"request_id", "input_user"}
			for _, argument := range Request {
				a.Except = append(a.Except, argument.WireName())
			}
		}
		out = append(out, a)
	}
	labels := *Request.Find("metadata")
	labels.Mode, labels.Validators = kinds.Computed, nil
	labels.Description = "The labels of the stored completion."
	return kinds.Declare(append(out, labels)...)
}()

var (
	dataSourceAttributes = kinds.Join(kinds.Attributes{completionID}, stored, kinds.Attributes{*derived.Find("content")})
	dataSourceSchema     = kinds.DataSource(dataSourceDescription, dataSourceAttributes)
)

// DataSource is the data source openai_chat_completion.
type DataSource struct{ client *client.Client }

// NewDataSource returns the data source, to be configured by Terraform.
func NewDataSource() datasource.DataSource { return &DataSource{} }

// Metadata names the data source.
func (d *DataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_chat_completion"
}

// Schema is the same value at each call; it is built once per process.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = dataSourceSchema
}

// Configure takes the provider's client.
func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.client, _ = req.ProviderData.(*client.Client)
}

// Read gets the completion from the server.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	const summary = "Could not read stored chat completion"
	id := wire.Open(req.Config.Raw).String("completion_id")
	answer, err := get(ctx, d.client, nil, "chat", "completions", id)
	if err != nil {
		reportGone(&resp.Diagnostics, summary, err)
		return
	}
	values, err := readStored(answer.Body)
	if err != nil {
		report.Failure(&resp.Diagnostics, summary, nil, err)
		return
	}
	values["content"] = firstContent(values["choices"])
	values["completion_id"] = tftypes.NewValue(tftypes.String, id)
	resp.State.Raw = tftypes.NewValue(dataSourceAttributes.Type(), values)
}

// readStored reads a stored completion into the attributes of stored.
func readStored(body []byte) (wire.Values, error) {
	object, err := wire.ParseObject(body)
	if err != nil {
		return nil, err
	}
	normalizeAnswer(object)
	if err := wire.Cut(stored, object); err != nil {
		return nil, err
	}
	values := wire.DecodeObject(stored, object)
	values["choices"] = normalizeChoices(values["choices"], false)
	return values, nil
}

// get asks the server for what it stores.
func get(ctx context.Context, c *client.Client, query map[string][]string, path ...string) (client.Answer, error) {
	if c == nil {
		return client.Answer{}, client.ErrUnconfigured
	}
	named := len(path) > len(kind.Endpoint)
	return c.Do(ctx, client.Request{Method: http.MethodGet, Path: client.Path(path...), Query: query, Existing: named})
}
