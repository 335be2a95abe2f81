package answer

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ action.ActionWithConfigure      = (*invoked)(nil)
	_ action.ActionWithValidateConfig = (*invoked)(nil)
)

// Action is the action of the kind: it shows the answer and fails by the rules of
// the kind's Gate.
func (k *Kind) Action() func() action.Action {
	schema := kinds.Action(k.Description.Action, k.declare().action)
	return func() action.Action { return &invoked{asker: asker{kind: k}, schema: schema} }
}

// invoked is the action of a kind.
type invoked struct {
	asker
	schema schema.Schema
}

// Metadata names the action.
func (i *invoked) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + i.kind.Type
}

// Schema is the same value at each call; it is built once per process.
func (i *invoked) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = i.schema
}

// Configure takes the provider's client.
func (i *invoked) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	i.client, _ = req.ProviderData.(*client.Client)
}

// ValidateConfig checks how the arguments fit together.
func (i *invoked) ValidateConfig(_ context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	if i.kind.Validate != nil {
		resp.Diagnostics.Append(i.kind.Validate(i.kind.gateArguments(wire.Open(req.Config.Raw)))...)
	}
}

// Invoke asks the model, passes the answer on line by line, and applies the rules.
func (i *invoked) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	lines := lineWriter{send: func(line string) {
		resp.SendProgress(action.InvokeProgressEvent{Message: client.Printable(line, true)})
	}}
	config := wire.Open(req.Config.Raw)
	if resp.Diagnostics.Append(i.limits(config)...); resp.Diagnostics.HasError() {
		return
	}
	r := i.ask(ctx, i.kind.gateArguments(config), lines.write)
	lines.end()
	if r.failure != nil {
		r.report(&resp.Diagnostics, whenInvoked)
		return
	}
	answer := wire.FieldsOf(r.values)
	if !lines.written && i.kind.Text != nil {
		for line := range strings.SplitSeq(strings.TrimSpace(i.kind.Text(answer)), "\n") {
			lines.send(line)
		}
	}
	r.reportUnrecorded(&resp.Diagnostics)
	broken, doubts := i.kind.evaluate(config, answer, true)
	broken = append(broken, i.kind.Gate.Judge(config, answer)...)
	switch {
	case len(broken) > 0:
		resp.Diagnostics.AddError(upperFirst(i.kind.Noun)+" fails the rules of the action", bullets(broken))
	case len(doubts) > 0:
		resp.Diagnostics.AddWarning(upperFirst(i.kind.Noun)+" may be of no use", bullets(doubts))
	}
}

// gateArguments are the arguments of an action, with what it asks for by default.
func (k *Kind) gateArguments(config wire.Fields) wire.Fields {
	if k.Gate.Complete == nil {
		return config
	}
	return k.Gate.Complete(config)
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
