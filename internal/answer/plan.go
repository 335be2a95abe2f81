package answer

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// plan is the making of one plan.
type plan struct {
	*managed
	config  wire.Fields
	private privateState
	diags   *diag.Diagnostics
}

// create plans an answer where there is none.
func (p plan) create(ctx context.Context, proposed tftypes.Value) tftypes.Value {
	if p.diags.Append(p.limits(p.config)...); p.diags.HasError() {
		return proposed
	}
	o := p.collect(p.forecast(true).look(ctx)) // a create is not known to be a plan's: nothing has been read
	p.announce(ctx, comparison{}, false, o)
	values := o.values
	if values == nil { // what is proposed has the whole answer unknown already
		values = p.absent(func(string) bool { return true })
	}
	return p.complete(proposed, values, p.newVersion())
}

func (p plan) forecast(plans bool) forecast {
	return forecast{asker: p.asker, arguments: p.config, plans: plans, asks: p.process.PlansToAsk(), diags: p.diags}
}

// update plans what becomes of an answer that is there: it stays, or is asked for again.
func (p plan) update(ctx context.Context, state, proposed tftypes.Value) tftypes.Value {
	settled, err := kinds.Settle(p.attributes, state, proposed)
	if err != nil {
		p.diags.AddError("Could not plan "+p.kind.Noun, err.Error())
		return proposed
	}
	prior := wire.Open(state)
	found, diags := p.kind.compare(ctx, prior, wire.Open(settled), p.config, p.private)
	if p.diags.Append(diags...); diags.HasError() {
		return proposed
	}
	if found.same() {
		return p.keep(prior, settled)
	}
	if p.diags.Append(p.limits(p.config)...); p.diags.HasError() {
		return proposed
	}
	o := p.collect(p.forecast(p.process.Plans()).look(ctx))
	p.announce(ctx, found, true, o)
	values := o.values
	if values == nil {
		settled = kinds.MarkComputedUnknown(p.attributes, settled)
		values = p.absent(func(name string) bool {
			return len(found.changed) > 0 || prior.Get(name).IsNull() // else the old answer may stay
		})
	}
	return p.complete(settled, values, p.changedVersion(prior, found.secrets))
}

// collect notes of an answer that is to be asked for that an earlier apply has begun it.
func (p plan) collect(o outlook) outlook {
	if o.prospect == asksInApply && p.awaits(p.config) {
		o.prospect = begunBefore
	}
	return o
}

// keep plans an update that leaves the answer as it is.
func (p plan) keep(prior wire.Fields, settled tftypes.Value) tftypes.Value {
	next := wire.Open(settled)
	kept, _ := p.kind.reread(prior, next) // compare has seen to it
	p.warnOfLabels(prior, next)
	if p.kind.FailOn != nil && !next.Get("fail_on").Equal(prior.Get("fail_on")) && next.Get("fail_on").IsFullyKnown() && p.process.Plans() {
		if faults, _ := p.kind.evaluate(next, wire.FieldsOf(kept), false); len(faults) > 0 {
			p.diags.AddWarning("The existing answer fails fail_on",
				bullets(faults)+"\n\nfail_on applies to new answers. To ask for one, change the request or triggers.")
		}
	}
	return p.complete(settled, kept, p.keptVersion(prior))
}

// warnOfLabels says that what the server keeps has other labels than the configuration, where it cannot change them.
func (p plan) warnOfLabels(prior, next wire.Fields) {
	if p.kind.Stored == nil || p.kind.Stored.Relabel != nil || !p.process.Plans() || !p.kind.Stored.Kept(prior) {
		return
	}
	for _, label := range p.kind.Labels {
		if !prior.Get(label).Equal(next.Get(label)) {
			p.diags.AddAttributeWarning(path.Root(label), "The stored "+p.kind.Noun+" keeps its old "+label,
				"The API cannot change it. Only the state will have the new "+label+". To have the answer made again with it, change triggers.")
		}
	}
}

// absent are the attributes that will be null, as far as they may be.
func (p plan) absent(may func(name string) bool) wire.Values {
	var names []string
	if p.kind.Absent != nil {
		names = p.kind.Absent(p.config)
	}
	if p.client != nil && p.config.Get("record").IsKnown() {
		if _, known := p.kind.secrets(p.config); known {
			if store, err := p.recordings(p.config); store == nil && err == nil {
				names = append(names, "recording")
			}
		}
	}
	values := wire.Values{}
	for _, name := range names {
		if may(name) {
			values[name] = null(p.attributes.Find(name).Type())
		}
	}
	return values
}

// complete is a plan with what is known of the answer, and the version of write-only values.
func (p plan) complete(planned tftypes.Value, values wire.Values, version tftypes.Value) tftypes.Value {
	if p.kind.writeOnly() != "" {
		values[p.kind.version()] = version
	}
	return wire.WithAll(planned, values)
}

// newVersion is the version of write-only values that are new.
func (p plan) newVersion() tftypes.Value {
	if p.kind.writeOnly() == "" {
		return tftypes.Value{}
	}
	if given := p.config.Get(p.kind.version()); !given.IsNull() {
		return given
	}
	if secrets, _ := p.kind.secrets(p.config); secrets == nil {
		return null(tftypes.Number)
	}
	return tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)
}

// keptVersion is the version of write-only values that have not changed.
func (p plan) keptVersion(prior wire.Fields) tftypes.Value {
	if p.kind.writeOnly() == "" {
		return tftypes.Value{}
	}
	return prior.Get(p.kind.version())
}

// changedVersion is the version of write-only values in a request that has changed,
// they among it or not.
func (p plan) changedVersion(prior wire.Fields, secrets secretChange) tftypes.Value {
	version := p.newVersion()
	if p.kind.writeOnly() == "" || version.IsKnown() || secrets != secretsSame {
		return version
	}
	return p.keptVersion(prior)
}
