package answer

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ datasource.DataSourceWithConfigure      = (*readAnew)(nil)
	_ datasource.DataSourceWithValidateConfig = (*readAnew)(nil)
)

// DataSource is the data source of the kind: it asks each time that it is read.
func (k *Kind) DataSource() func() datasource.DataSource {
	schema := kinds.DataSource(k.Description.DataSource, k.declare().asking)
	return func() datasource.DataSource { return &readAnew{asker: asker{kind: k, unkept: true}, schema: schema} }
}

// readAnew is the data source of a kind.
type readAnew struct {
	asker
	schema schema.Schema
}

// Metadata names the data source.
func (d *readAnew) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.kind.Type
}

// Schema is the same value at each call; it is built once per process.
func (d *readAnew) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = d.schema
}

// Configure takes the provider's client.
func (d *readAnew) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.client, _ = req.ProviderData.(*client.Client)
}

// ValidateConfig checks how the arguments fit together.
func (d *readAnew) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	if d.kind.Validate != nil {
		resp.Diagnostics.Append(d.kind.Validate(wire.Open(req.Config.Raw))...)
	}
}

// Read asks the server.
func (d *readAnew) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := wire.Open(req.Config.Raw)
	if resp.Diagnostics.Append(d.limits(config)...); resp.Diagnostics.HasError() {
		return
	}
	r := d.ask(ctx, config, nil)
	if r.report(&resp.Diagnostics, whenRead); r.useful() {
		resp.State.Raw = wire.WithAll(req.Config.Raw, r.values)
	}
}
