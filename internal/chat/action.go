package chat

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ action.ActionWithConfigure      = (*Action)(nil)
	_ action.ActionWithValidateConfig = (*Action)(nil)
)

const actionDescription = "Asks a chat model, shows the answer as it arrives, and fails the run by the rules that you give: a gate in a pipeline. " +
	"The answer is kept nowhere. Each invocation asks, and is paid for. Terraform 1.14 and later."

// The things, besides finish reasons, that fail_on can name.
const (
	onRefusal  = "refusal"
	onMismatch = "schema_mismatch"
)

// rules decide whether an invocation fails.
var rules = kinds.Declare(
	kinds.Attribute{Name: "fail_on", Shape: kinds.Strings, Local: true,
		Description: "What fails the run: finish reasons (`length`, `content_filter`, `tool_calls`, …), `refusal`, and `schema_mismatch` (the answer is not the JSON that `response_format` asked for). Default: `[\"length\", \"content_filter\", \"refusal\", \"schema_mismatch\"]`; With `[]` none of these fails it; `expect`, and a call that fails, still do.",
		Validators:  checks{listvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))}},
	kinds.Attribute{Name: "expect", Shape: kinds.JSON, Local: true,
		Description: "A JSON object that the answer must contain: `jsonencode({ approved = true })` fails the run unless the answer is JSON with `approved` being `true`. It needs a `response_format` of JSON.",
		Validators:  checks{kinds.JSONObject()}},
)

var (
	actionAttributes = kinds.Join(Request, settings, rules).WithoutWriteOnly()
	actionSchema     = kinds.Action(actionDescription, actionAttributes)
)

// Action is the action openai_chat_completion.
type Action struct{ completions completions }

// NewAction returns the action, to be configured by Terraform.
func NewAction() action.Action { return &Action{} }

// Metadata names the action.
func (a *Action) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_chat_completion"
}

// Schema is the same value at each call; it is built once per process.
func (a *Action) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = actionSchema
}

// Configure takes the provider's client.
func (a *Action) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.completions.client, _ = req.ProviderData.(*client.Client)
}

// ValidateConfig checks how the arguments fit together.
func (a *Action) ValidateConfig(_ context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	resp.Diagnostics.Append(Validate(req.Config.Raw)...)
}

// shown is what becomes of an answer that did not come whole.
var shown = fate{place: "above, as far as it is text.", next: "Running the action again asks, and pays, again."}

// Invoke asks the model, passes the answer on line by line, and applies the rules.
func (a *Action) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	lines := lineWriter{send: func(line string) { resp.SendProgress(action.InvokeProgressEvent{Message: line}) }}
	arguments := req.Config.Raw
	if wire.Fields(arguments)["stream"].IsNull() {
		arguments = wire.With(arguments, tftypes.NewValue(tftypes.Bool, true), "stream")
	}
	answer := a.completions.ask(ctx, arguments, lines.write)
	lines.end()
	if answer.failure != nil {
		answer.report(&resp.Diagnostics, shown)
		return
	}
	if !lines.written {
		content, _ := wire.Text(answer.values["content"])
		for line := range strings.SplitSeq(strings.TrimSpace(content), "\n") {
			lines.send(line)
		}
	}
	answer.reportUnrecorded(&resp.Diagnostics)
	judge(&resp.Diagnostics, wire.Fields(req.Config.Raw), answer)
}

// judge applies fail_on and expect.
func judge(diags *diag.Diagnostics, config map[string]tftypes.Value, answer reply) {
	failOn := []string{"length", "content_filter", onRefusal, onMismatch}
	if !config["fail_on"].IsNull() {
		failOn = nil
		for _, item := range wire.Items(config["fail_on"]) {
			reason, _ := wire.Text(item)
			failOn = append(failOn, reason)
		}
	}
	var found []string
	refused := false
	for i, choice := range wire.Items(answer.values["choices"]) {
		fields := wire.Fields(choice)
		if reason, _ := wire.Text(fields["finish_reason"]); slices.Contains(failOn, reason) {
			found = append(found, fmt.Sprintf("choices[%d] ended with finish_reason = %q", i, reason))
		}
		if refusal, _ := wire.Text(wire.Fields(fields["message"])["refusal"]); refusal != "" {
			refused = true
			if slices.Contains(failOn, onRefusal) {
				found = append(found, fmt.Sprintf("choices[%d]: the model refused: %s", i, refusal))
			}
		}
	}
	if slices.Contains(failOn, onMismatch) && !refused && len(found) == 0 {
		found = append(found, answer.breaches...)
	}
	if want, ok := wire.Text(config["expect"]); ok {
		content, _ := wire.Text(answer.values["content"])
		found = append(found, jsontext.Lacks(content, want)...)
	}
	if len(found) > 0 {
		diags.AddError("Chat completion fails the rules of the action", "  - "+strings.Join(found, "\n  - "))
	}
}

// lineWriter passes text on in whole lines.
type lineWriter struct {
	send    func(string)
	rest    strings.Builder
	written bool
}

func (w *lineWriter) write(piece string) {
	w.written = true
	for {
		line, rest, found := strings.Cut(piece, "\n")
		w.rest.WriteString(line)
		if !found {
			return
		}
		w.end()
		piece = rest
	}
}

func (w *lineWriter) end() {
	if w.rest.Len() > 0 {
		w.send(w.rest.String())
		w.rest.Reset()
	}
}
