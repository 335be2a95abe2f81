package object

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Query declares a data source that is not one object or a list of them: a search, the content of a file.
type Query struct {
	Type        string           // of the Terraform type, without the provider's name
	Failure     string           // the summary of an error: "Could not search vector store"
	Attributes  kinds.Attributes // arguments, and what is computed
	Description string           // Markdown

	// Validate checks how the arguments fit together; nil = they do.
	Validate func(config wire.Fields) diag.Diagnostics

	// Limits are what OpenAI's own server would refuse; nil = nothing.
	Limits func(config wire.Fields) diag.Diagnostics

	// Read makes the calls, and returns the computed attributes.
	Read func(ctx context.Context, c *client.Client, config wire.Fields) (wire.Values, error)
}

var (
	_ datasource.DataSourceWithConfigure      = (*asked)(nil)
	_ datasource.DataSourceWithValidateConfig = (*asked)(nil)
)

// DataSource is the data source.
func (q *Query) DataSource() func() datasource.DataSource {
	schema := kinds.DataSource(q.Description, q.Attributes)
	return func() datasource.DataSource { return &asked{query: q, schema: schema} }
}

// asked is the data source of a query.
type asked struct {
	query  *Query
	schema schema.Schema
	client *client.Client
}

// Metadata names the data source.
func (d *asked) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.query.Type
}

// Schema is the same value at each call; it is built once per process.
func (d *asked) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = d.schema
}

// Configure takes the provider's client.
func (d *asked) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.client, _ = req.ProviderData.(*client.Client)
}

// ValidateConfig checks how the arguments fit together.
func (d *asked) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	if d.query.Validate != nil {
		resp.Diagnostics.Append(d.query.Validate(wire.Open(req.Config.Raw))...)
	}
}

// Read asks the server.
func (d *asked) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := wire.Open(req.Config.Raw)
	if d.query.Limits != nil && d.client != nil && d.client.IsOpenAI() {
		if resp.Diagnostics.Append(d.query.Limits(config)...); resp.Diagnostics.HasError() {
			return
		}
	}
	values, err := wire.Values(nil), client.ErrUnconfigured
	if d.client != nil {
		values, err = d.query.Read(ctx, d.client, config)
	}
	if err != nil {
		report.Failure(&resp.Diagnostics, d.query.Failure, d.query.Attributes, err)
		return
	}
	resp.State.Raw = wire.WithAll(req.Config.Raw, values)
}
