// Package area is how an area of the API tells the provider what it offers: one
// exported value each, over which internal/provider ranges.
package area

import (
	"sync"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Area is what one area of the API offers to Terraform.
type Area struct {
	Resources   []func(*Process) resource.Resource
	DataSources []func() datasource.DataSource
	Ephemeral   []func() ephemeral.EphemeralResource
	Actions     []func() action.Action
	Lists       []func() list.ListResource
}

// Process is what is known of the provider process besides its configuration. Each
// phase of Terraform (validate, plan, apply) is a process of its own. It is safe
// for concurrent use.
type Process struct {
	recordsNothing atomic.Bool
	refreshes      atomic.Bool
	claims         sync.Map // what somebody has claimed

	// Calls is what the plan comes to that the process makes.
	Calls Calls

	// OnlyPlans reports whether the CLI certainly makes a plan and does not apply one, as
	// far as its command line tells; nil = it tells nothing.
	OnlyPlans func() bool

	// Discards reports whether the plan that the process makes certainly changes nothing but by destroying, since the
	// CLI destroys or only refreshes; nil = it is not known to.
	Discards func() bool
}

// SetRecordsNothing notes whether the provider certainly has no recordings.
func (p *Process) SetRecordsNothing(nothing bool) { p.recordsNothing.Store(nothing) }

// MayRecord reports whether the provider has recordings, as far as is known.
func (p *Process) MayRecord() bool { return !p.recordsNothing.Load() }

// ObserveRead notes that Terraform has read a resource, as it does when it makes a
// plan and not when it applies one.
func (p *Process) ObserveRead() {
	p.refreshes.Store(true)
	p.Calls.Stir()
}

// Plans reports whether the process certainly makes a plan. It does not know where nothing has been
// read, as for new resources, and the command is "apply", which plans as well: a warning
// would come twice, and the second time speak of what has been done as still to come.
func (p *Process) Plans() bool {
	return p.refreshes.Load() || p.OnlyPlans != nil && p.OnlyPlans()
}

// Claim reports whether nobody has claimed a thing in this process before.
func (p *Process) Claim(thing string) bool {
	_, taken := p.claims.LoadOrStore(thing, true)
	return !taken
}

// PlansToAsk reports whether what the process plans to ask may come to be: not where
// the CLI destroys or only refreshes, although it plans then as ever. It errs on the side of yes.
func (p *Process) PlansToAsk() bool { return p.Discards == nil || !p.Discards() }
