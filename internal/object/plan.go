package object

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// ModifyPlan decides what a new configuration means for the object. It makes no call.
func (m *managed) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	switch {
	case req.Plan.Raw.IsNull():
		if m.kind.Destroyed != "" {
			resp.Diagnostics.AddWarning(kinds.UpperFirst(m.kind.Noun)+" leaves something behind", m.kind.Destroyed)
		}
		return
	case req.State.Raw.IsNull():
		planned, err := kinds.New(m.kind.attributes(), req.Config.Raw)
		m.complete(ctx, req, resp, planned, err, &Planning{})
	default:
		p, prior := &Planning{Imported: importedStage(ctx, m.client, req.Private) != ""}, req.State.Raw
		if p.Imported {
			prior = m.kind.trust(prior, req.Config.Raw)
		}
		planned, changes, err := kinds.Plan(m.kind.attributes(), prior, req.Config.Raw)
		p.Changes = changes
		m.complete(ctx, req, resp, planned, err, p)
	}
}

// complete lets the kind complete a plan, and hands it over.
func (m *managed) complete(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, planned tftypes.Value, err error, p *Planning) {
	if err != nil {
		resp.Diagnostics.AddError("Could not plan "+m.kind.Noun, err.Error())
		return
	}
	p.Prior, p.Config, p.Planned = wire.Open(req.State.Raw), wire.Open(req.Config.Raw), wire.Open(planned).Values()
	p.Diags, p.kind = &resp.Diagnostics, m.kind
	if m.client != nil {
		p.Now = m.client.Clock().Now()
	}
	if m.kind.Limits != nil && m.client != nil && m.client.IsOpenAI() {
		resp.Diagnostics.Append(m.kind.Limits(p.Config)...)
	}
	if m.kind.Plan != nil {
		m.kind.Plan(ctx, p)
	}
	if !p.Prior.Absent() {
		m.waitOn(p)
		m.renew(p)
		p.settle()
	}
	resp.RequiresReplace = p.Changes.Replace
	resp.Plan.Raw = tftypes.NewValue(req.Plan.Raw.Type(), p.Planned)
}

// trust is a state in which an import has what the server does not show from the configuration, and nothing where
// the configuration leaves out what the server shows a default of, so that it is not another object for that.
func (k *Kind) trust(prior, config tftypes.Value) tftypes.Value {
	values, given := wire.Open(prior).Values(), wire.Open(config)
	for i := range k.Attributes {
		a := &k.Attributes[i]
		unseen := a.Unread && a.Mode != kinds.Computed && values[a.Name].IsNull()
		if left := a.Defaulted && given.Get(a.Name).IsNull(); unseen || left {
			values[a.Name] = given.Get(a.Name)
		}
	}
	return tftypes.NewValue(prior.Type(), values)
}

// waitOn plans to wait for an object that an earlier apply did not wait for to the end.
func (m *managed) waitOn(p *Planning) {
	if w := m.kind.Wait; w != nil && len(p.Changes.Replace) == 0 && m.kind.pending(p.Prior) {
		p.Open(w.attribute())
	}
}

// renew plans another object in the place of one that has expired.
func (m *managed) renew(p *Planning) {
	if len(p.Changes.Replace) > 0 || !m.kind.expired(p.Prior) {
		return
	}
	p.Open(statusAttribute)
	p.Replace(statusAttribute)
	p.Diags.AddWarning(kinds.UpperFirst(m.kind.Noun)+" has expired",
		fmt.Sprintf("%s has expired, and is of no use any more. The plan replaces it.", kinds.UpperFirst(m.kind.name(p.Prior))))
}

// settle leaves open what another object will have of its own.
func (p *Planning) settle() {
	if len(p.Changes.Replace) == 0 {
		return
	}
	for _, a := range p.kind.attributes() {
		if a.Mode == kinds.Computed && p.Planned[a.Name].Equal(p.Prior.Get(a.Name)) {
			p.Open(a.Name)
		}
	}
}

// Open leaves attributes open that the change gives a value.
func (p *Planning) Open(names ...string) {
	for _, name := range names {
		p.Planned[name] = tftypes.NewValue(p.kind.attributes().Find(name).Type(), tftypes.UnknownValue)
	}
}
