package kinds

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// Settle is the plan for an object that exists, as long as nothing new is known of
// it: each Computed attribute keeps its value, and JSON that is only spelled
// otherwise keeps its old spelling. OptionalComputed arguments that the configuration
// leaves to the provider stay unknown; they are the caller's to settle.
func Settle(as Attributes, prior, plan tftypes.Value) (tftypes.Value, error) {
	var was, will map[string]tftypes.Value
	if err := prior.As(&was); err != nil {
		return plan, fmt.Errorf("reading the prior state: %w", err)
	}
	if err := plan.As(&will); err != nil {
		return plan, fmt.Errorf("reading the plan: %w", err)
	}
	will = maps.Clone(will) // As gives the value's own map
	for i := range as {
		if a := &as[i]; a.Mode == Computed {
			will[a.Name] = was[a.Name]
		} else {
			will[a.Name] = a.settle(was[a.Name], will[a.Name])
		}
	}
	return tftypes.NewValue(plan.Type(), will), nil
}

// MarkComputedUnknown makes every Computed attribute of a plan unknown.
func MarkComputedUnknown(as Attributes, plan tftypes.Value) tftypes.Value {
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

// settle is the value to plan: the old one where the new one is the same JSON.
func (a *Attribute) settle(was, will tftypes.Value) tftypes.Value {
	if !was.IsKnown() || !will.IsKnown() || was.IsNull() || will.IsNull() {
		return will
	}
	switch a.Shape {
	case JSON, JSONOrString:
		var old, now string
		if was.As(&old) != nil || will.As(&now) != nil {
			return will
		}
		if (a.Shape == JSON || Embedded(old) && Embedded(now)) && jsontext.Same(old, now) {
			return was
		}
	case Object:
		return a.settleFields(was, will)
	case Objects:
		var old, now []tftypes.Value
		if was.As(&old) != nil || will.As(&now) != nil || len(old) != len(now) {
			return will
		}
		now = slices.Clone(now)
		for i := range now {
			now[i] = a.settleFields(old[i], now[i])
		}
		return tftypes.NewValue(will.Type(), now)
	}
	return will
}

func (a *Attribute) settleFields(was, will tftypes.Value) tftypes.Value {
	if !was.IsKnown() || !will.IsKnown() || was.IsNull() || will.IsNull() {
		return will
	}
	var old, now map[string]tftypes.Value
	if was.As(&old) != nil || will.As(&now) != nil {
		return will
	}
	now = maps.Clone(now)
	for i := range a.Fields {
		f := &a.Fields[i]
		now[f.Name] = f.settle(old[f.Name], now[f.Name])
	}
	return tftypes.NewValue(will.Type(), now)
}
