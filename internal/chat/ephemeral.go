package chat

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*Ephemeral)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*Ephemeral)(nil)
)

const ephemeralDescription = "Asks a chat model and keeps nothing: neither prompt nor answer is in the plan or in the state. " +
	"The answer can go wherever Terraform takes ephemeral values: write-only arguments, provider blocks, other ephemeral resources.\n\n" +
	"**It costs at each run.** Terraform opens an ephemeral resource during `plan`, again during `apply`, and during `destroy`, and the model is asked, and paid, each time; " +
	"the answers can differ. For an answer that is paid for once, use the resource `openai_chat_completion`, with `content_wo` for what is secret in the prompt."

// forgotten is what becomes of an answer that cannot be used.
var forgotten = fate{lost: true, place: "thrown away, since an ephemeral resource keeps nothing.",
	next: "Running the operation again asks, and pays, again."}

var (
	ephemeralAttributes = kinds.Join(Request, settings, sound, Answer, derived).WithoutWriteOnly()
	ephemeralSchema     = kinds.Ephemeral(ephemeralDescription, ephemeralAttributes)
)

// Ephemeral is the ephemeral resource openai_chat_completion.
type Ephemeral struct{ completions completions }

// NewEphemeral returns the ephemeral resource, to be configured by Terraform.
func NewEphemeral() ephemeral.EphemeralResource { return &Ephemeral{} }

// Metadata names the ephemeral resource.
func (e *Ephemeral) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_chat_completion"
}

// Schema is the same value at each call; it is built once per process.
func (e *Ephemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = ephemeralSchema
}

// Configure takes the provider's client.
func (e *Ephemeral) Configure(_ context.Context, req ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse) {
	e.completions.client, _ = req.ProviderData.(*client.Client)
}

// ValidateConfig checks how the arguments fit together.
func (e *Ephemeral) ValidateConfig(_ context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	resp.Diagnostics.Append(Validate(req.Config.Raw)...)
}

// Open asks the model.
func (e *Ephemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	answer := e.completions.ask(ctx, req.Config.Raw, nil)
	answer.report(&resp.Diagnostics, forgotten)
	if resp.Diagnostics.HasError() {
		return
	}
	result := maps.Clone(wire.Fields(req.Config.Raw))
	maps.Copy(result, answer.values)
	resp.Result.Raw = tftypes.NewValue(req.Config.Raw.Type(), result)
}
