package kinds

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// Changed is an argument whose change makes a new object necessary.
type Changed struct {
	Name   string   // of the argument
	Places []string // where in it, such as "message[1].content"
}

// Change settles the plan for an object that exists. It compares what is
// planned with what is there, argument by argument and by meaning: JSON that is
// only spelled otherwise keeps its old spelling and is no change.
//
// It returns the plan and the arguments whose change makes a new object
// necessary. Where there are none, every Computed attribute keeps its
// value, so that nothing downstream turns "known after apply"; where there are,
// the caller decides what is known of the new object ([Unanswered]). OptionalComputed
// arguments that the configuration leaves to the provider are the caller's to settle.
func Change(as Attributes, prior, plan tftypes.Value) (tftypes.Value, []Changed, error) {
	var was, will map[string]tftypes.Value
	if err := prior.As(&was); err != nil {
		return plan, nil, fmt.Errorf("reading the prior state: %w", err)
	}
	if err := plan.As(&will); err != nil {
		return plan, nil, fmt.Errorf("reading the plan: %w", err)
	}
	will = maps.Clone(will) // As gives the value's own map
	var changed []Changed
	for i := range as {
		a := &as[i]
		if a.Mode == Computed {
			will[a.Name] = was[a.Name]
			continue
		}
		if a.Mode == OptionalComputed && !will[a.Name].IsKnown() {
			continue
		}
		settled, places := a.settle(a.Name, was[a.Name], will[a.Name])
		will[a.Name] = settled
		if places != nil && !a.InPlace {
			changed = append(changed, Changed{a.Name, places})
		}
	}
	return tftypes.NewValue(plan.Type(), will), changed, nil
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

// settle returns the value to plan and the places where it means something else
// than before; nil = nowhere.
func (a *Attribute) settle(at string, was, will tftypes.Value) (tftypes.Value, []string) {
	if !was.IsKnown() || !will.IsKnown() || was.IsNull() || will.IsNull() {
		return will, unless(was.Equal(will), at)
	}
	switch a.Shape {
	case JSON, JSONOrString:
		var old, now string
		if was.As(&old) != nil || will.As(&now) != nil {
			return will, []string{at}
		}
		same := old == now
		if a.Shape == JSON || (Embedded(old) && Embedded(now)) {
			same = jsontext.Same(old, now)
		}
		if same {
			return was, nil
		}
		return will, []string{at}
	case Object:
		return a.settleFields(at, was, will)
	case Objects:
		var old, now []tftypes.Value
		if was.As(&old) != nil || will.As(&now) != nil || len(old) != len(now) {
			return will, []string{at}
		}
		var places []string
		now = slices.Clone(now)
		for i := range now {
			settled, inside := a.settleFields(fmt.Sprintf("%s[%d]", at, i), old[i], now[i])
			now[i] = settled
			places = append(places, inside...)
		}
		return tftypes.NewValue(will.Type(), now), places
	default:
		return will, unless(was.Equal(will), at)
	}
}

func (a *Attribute) settleFields(at string, was, will tftypes.Value) (tftypes.Value, []string) {
	if !was.IsKnown() || !will.IsKnown() || was.IsNull() || will.IsNull() {
		return will, unless(was.Equal(will), at)
	}
	var old, now map[string]tftypes.Value
	if was.As(&old) != nil || will.As(&now) != nil {
		return will, []string{at}
	}
	var places []string
	now = maps.Clone(now)
	for i := range a.Fields {
		f := &a.Fields[i]
		settled, inside := f.settle(at+"."+f.Name, old[f.Name], now[f.Name])
		now[f.Name] = settled
		places = append(places, inside...)
	}
	return tftypes.NewValue(will.Type(), now), places
}

// unless is the place, where something has changed there.
func unless(same bool, place string) []string {
	if same {
		return nil
	}
	return []string{place}
}
