package answer

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*opened)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*opened)(nil)
)

// Ephemeral is the ephemeral resource of the kind.
func (k *Kind) Ephemeral() func() ephemeral.EphemeralResource {
	schema := kinds.Ephemeral(k.Description.Ephemeral, k.declare().opening)
	return func() ephemeral.EphemeralResource {
		return &opened{asker: asker{kind: k, unkept: true, stateless: true}, schema: schema}
	}
}

// opened is the ephemeral resource of a kind.
type opened struct {
	asker
	schema schema.Schema
}

// Metadata names the ephemeral resource.
func (o *opened) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + o.kind.Type
}

// Schema is the same value at each call; it is built once per process.
func (o *opened) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = o.schema
}

// Configure takes the provider's client.
func (o *opened) Configure(_ context.Context, req ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse) {
	o.client, _ = req.ProviderData.(*client.Client)
}

// ValidateConfig checks how the arguments fit together.
func (o *opened) ValidateConfig(_ context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	if o.kind.Validate != nil {
		resp.Diagnostics.Append(o.kind.Validate(wire.Open(req.Config.Raw))...)
	}
}

// Open asks the model.
func (o *opened) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	config := wire.Open(req.Config.Raw)
	if resp.Diagnostics.Append(o.limits(config)...); resp.Diagnostics.HasError() {
		return
	}
	r := o.ask(ctx, o.kind.unowned(config), nil)
	if r.report(&resp.Diagnostics, whenOpened); r.useful() {
		resp.Result.Raw = wire.WithAll(req.Config.Raw, r.values)
	}
}
