package kinds

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// Change settles the plan for an object that exists. It compares what is
// planned with what is there, argument by argument and by meaning: JSON that is
// only spelled otherwise keeps its old spelling and is no change.
//
// It returns the plan and the names of the arguments whose change makes a new
// object necessary. Where there are none, every Computed attribute keeps its
// value, so that nothing downstream turns "known after apply"; where there are,
// all of them are unknown. OptionalComputed arguments that the configuration
// leaves to the provider are the caller's to settle.
func Change(as Attributes, prior, plan tftypes.Value) (tftypes.Value, []string, error) {
	var was, will map[string]tftypes.Value
	if err := prior.As(&was); err != nil {
		return plan, nil, fmt.Errorf("reading the prior state: %w", err)
	}
	if err := plan.As(&will); err != nil {
		return plan, nil, fmt.Errorf("reading the plan: %w", err)
	}
	will = maps.Clone(will) // As gives the value's own map
	var replaced []string
	for i := range as {
		a := &as[i]
		if a.Mode == Computed || (a.Mode == OptionalComputed && !will[a.Name].IsKnown()) {
			continue
		}
		settled, same := a.settle(was[a.Name], will[a.Name])
		will[a.Name] = settled
		if !same && !a.InPlace {
			replaced = append(replaced, a.Name)
		}
	}
	for i := range as {
		if as[i].Mode == Computed {
			will[as[i].Name] = was[as[i].Name]
		}
	}
	settled := tftypes.NewValue(plan.Type(), will)
	if len(replaced) > 0 {
		settled = Unanswered(as, settled)
	}
	return settled, replaced, nil
}

// Unanswered makes every Computed attribute of a plan unknown.
func Unanswered(as Attributes, plan tftypes.Value) tftypes.Value {
	var fields map[string]tftypes.Value
	if plan.As(&fields) != nil {
		return plan
	}
	fields = maps.Clone(fields)
	for i := range as {
		if as[i].Mode == Computed {
			fields[as[i].Name] = tftypes.NewValue(as[i].tf, tftypes.UnknownValue)
		}
	}
	return tftypes.NewValue(plan.Type(), fields)
}

// settle returns the value to plan and whether it means the same as before.
func (a *Attribute) settle(was, will tftypes.Value) (tftypes.Value, bool) {
	if !was.IsKnown() || !will.IsKnown() || was.IsNull() || will.IsNull() {
		return will, was.Equal(will)
	}
	switch a.Shape {
	case JSON, JSONOrString:
		var old, now string
		if was.As(&old) != nil || will.As(&now) != nil {
			return will, false
		}
		same := old == now
		if a.Shape == JSON || (Embedded(old) && Embedded(now)) {
			same = jsontext.Same(old, now)
		}
		if same {
			return was, true
		}
		return will, false
	case Object:
		return a.settleFields(was, will)
	case Objects:
		var old, now []tftypes.Value
		if was.As(&old) != nil || will.As(&now) != nil || len(old) != len(now) {
			return will, false
		}
		same := true
		now = slices.Clone(now)
		for i := range now {
			settled, ok := a.settleFields(old[i], now[i])
			now[i] = settled
			same = same && ok
		}
		return tftypes.NewValue(will.Type(), now), same
	default:
		return will, was.Equal(will)
	}
}

func (a *Attribute) settleFields(was, will tftypes.Value) (tftypes.Value, bool) {
	if !was.IsKnown() || !will.IsKnown() || was.IsNull() || will.IsNull() {
		return will, was.Equal(will)
	}
	var old, now map[string]tftypes.Value
	if was.As(&old) != nil || will.As(&now) != nil {
		return will, false
	}
	same := true
	now = maps.Clone(now)
	for i := range a.Fields {
		f := &a.Fields[i]
		settled, ok := f.settle(old[f.Name], now[f.Name])
		now[f.Name] = settled
		same = same && ok
	}
	return tftypes.NewValue(will.Type(), now), same
}
