package chat

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var _ datasource.DataSourceWithConfigure = (*ListDataSource)(nil)

const listDescription = "The completions that are stored on the server, because they were made with `store = true`. They are listed on each plan, all pages of them."

var (
	listAttributes = kinds.Declare(
		kinds.Attribute{Name: "model", Shape: kinds.String, Local: true,
			Description: "Only completions that this model answered."},
		kinds.Attribute{Name: "metadata", Shape: kinds.StringMap, Local: true,
			Description: "Only completions that have all of these labels."},
		kinds.Attribute{Name: "order", Shape: kinds.String, Local: true,
			Description: "The order by time of creation: `asc` (oldest first, the API's default) or `desc`.",
			Validators:  checks{kinds.OneOf("asc", "desc")}},
		kinds.Attribute{Name: "limit", Shape: kinds.Int64, Local: true,
			Description: "The maximum number of completions to list. All, if it is left out.",
			Validators:  checks{kinds.AtLeast(1)}},
		kinds.Attribute{Name: "completions", Shape: kinds.Objects, Fields: stored, Mode: kinds.Computed,
			Description: "The completions that were found."},
	)
	listSchema = kinds.DataSource(listDescription, listAttributes)
)

// ListDataSource is the data source openai_chat_completions.
type ListDataSource struct{ client *client.Client }

// NewListDataSource returns the data source, to be configured by Terraform.
func NewListDataSource() datasource.DataSource { return &ListDataSource{} }

// Metadata names the data source.
func (d *ListDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_chat_completions"
}

// Schema is the same value at each call; it is built once per process.
func (d *ListDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = listSchema
}

// Configure takes the provider's client.
func (d *ListDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.client, _ = req.ProviderData.(*client.Client)
}

// Read lists the completions.
func (d *ListDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	const summary = "Could not list stored chat completions"
	config := wire.Open(req.Config.Raw)
	query := url.Values{}
	for _, name := range []string{"model", "order"} {
		if text, ok := config.Text(name); ok {
			query.Set(name, text)
		}
	}
	for label, value := range wire.Entries(config.Get("metadata")) {
		text, _ := wire.Text(value)
		query.Set("metadata["+label+"]", text)
	}
	items, err := listAll(ctx, d.client, query, wire.Int(config.Get("limit")), "chat", "completions")
	if err != nil {
		report.Failure(&resp.Diagnostics, summary, nil, err)
		return
	}
	resp.State.Raw = wire.With(req.Config.Raw, decodeAll(&resp.Diagnostics, summary, *listAttributes.Find("completions"), items), "completions")
}

// listAll reads a list of the API, up to limit items; 0 = all.
func listAll(ctx context.Context, c *client.Client, query url.Values, limit int64, path ...string) ([]json.RawMessage, error) {
	if c == nil {
		return nil, client.ErrUnconfigured
	}
	return c.List(ctx, client.Request{Path: client.Path(path...), Query: query, Existing: len(path) > len(kind.Endpoint)}, limit)
}

// decodeAll reads stored completions into a list attribute.
func decodeAll(diags *diag.Diagnostics, summary string, list kinds.Attribute, data []json.RawMessage) tftypes.Value {
	values := make([]tftypes.Value, 0, len(data))
	for _, text := range data {
		fields, err := readStored(text)
		if err != nil {
			report.Failure(diags, summary, nil, err)
			continue
		}
		values = append(values, tftypes.NewValue(stored.Type(), fields))
	}
	return tftypes.NewValue(list.Type(), values)
}

// reportGone says of an object that is not there why that may be.
func reportGone(diags *diag.Diagnostics, summary string, err error) {
	if client.IsGone(err) {
		report.Failure(diags, summary, nil, err,
			"The server keeps only completions that were made with store = true, and not forever. This one may also have been deleted, or belong to a different project than the API key.")
		return
	}
	report.Failure(diags, summary, nil, err)
}
