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
	schema := kinds.Action(k.Description.Action+" It has no `api_key`, because a plan, and the file it is saved to, contain everything an action is given. To use another key, give the action a provider with an `alias`.", k.declare().action)
	return func() action.Action { return &invoked{asker: asker{kind: k, stateless: true}, schema: schema} }
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
	if i.kind.Text != nil {
		lines.write(strings.TrimSpace(lines.notYet(i.kind.Text(answer))))
		lines.end()
	}
	r.reportUnrecorded(&resp.Diagnostics)
	broken, doubts := i.kind.evaluate(config, answer, true)
	broken = append(broken, i.kind.Gate.Judge(config, answer)...)
	switch {
	case len(broken) > 0:
		resp.Diagnostics.AddError(kinds.UpperFirst(i.kind.Noun)+" breaks the rules of the action", "The answer is not what the action asks for:\n\n"+bullets(broken))
	case len(doubts) > 0:
		resp.Diagnostics.AddWarning(kinds.UpperFirst(i.kind.Noun)+" may not be usable", bullets(doubts))
	}
}

// gateArguments are the arguments of an action, with what it asks for by default.
func (k *Kind) gateArguments(config wire.Fields) wire.Fields {
	if k.Gate.Complete != nil {
		config = k.Gate.Complete(config)
	}
	return k.unowned(config)
}

// unowned are arguments whose answer nobody would delete at the server.
func (k *Kind) unowned(arguments wire.Fields) wire.Fields {
	if k.Stored == nil || k.Stored.Unowned == nil {
		return arguments
	}
	return k.Stored.Unowned(arguments)
}

// longLine is how many bytes of a line are passed on before its end is there, at a space.
const longLine = 200

// lineWriter passes text on in whole lines, and long ones in pieces.
type lineWriter struct {
	send func(string)
	rest strings.Builder
	all  strings.Builder // that was written
}

// notYet is what of a text comes after what was written.
func (w *lineWriter) notYet(text string) string {
	if _, rest, found := strings.Cut(text, strings.TrimSpace(w.all.String())); found {
		return rest
	}
	return text
}

func (w *lineWriter) write(piece string) {
	w.all.WriteString(piece)
	for {
		line, rest, found := strings.Cut(piece, "\n")
		w.rest.WriteString(line)
		if !found {
			w.shorten()
			return
		}
		w.end()
		piece = rest
	}
}

// shorten passes on what is long enough of a line, up to its last space.
func (w *lineWriter) shorten() {
	if w.rest.Len() < longLine {
		return
	}
	line := w.rest.String()
	space := strings.LastIndexByte(line, ' ')
	if space < longLine/2 {
		return
	}
	w.send(line[:space])
	w.rest.Reset()
	w.rest.WriteString(line[space+1:])
}

func (w *lineWriter) end() {
	if w.rest.Len() > 0 {
		w.send(w.rest.String())
		w.rest.Reset()
	}
}
