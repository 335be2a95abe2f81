package kinds

import (
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Changes is what a new configuration means for an object that exists.
type Changes struct {
	Replace []path.Path // changed arguments that need another object
	Update  []path.Path // changed arguments that the object is told of in place
	State   []path.Path // changed arguments that only the state has
}

// Any reports whether there is anything to do.
func (c *Changes) Any() bool { return len(c.Replace)+len(c.Update)+len(c.State) > 0 }

func (c *Changes) note(change Change, at path.Path) {
	switch change {
	case Replaces:
		c.Replace = append(c.Replace, at)
	case Nothing:
		c.State = append(c.State, at)
	default:
		c.Update = append(c.Update, at)
	}
}

// Plan is the plan for an object that exists: what is configured, in its old spelling where it is the
// same JSON; else what the object has. What is Volatile is not known if the object is told anything.
// If an argument needs another object, no Computed attribute is known, nor an OptionalComputed argument
// that the configuration leaves to the server.
func Plan(as Attributes, prior, config tftypes.Value) (tftypes.Value, Changes, error) {
	var changes Changes
	planned, err := changes.merge(as, prior, config, path.Empty(), Updates)
	if err != nil || len(changes.Replace)+len(changes.Update) == 0 {
		return planned, changes, err
	}
	var configured, fields map[string]tftypes.Value
	if err := config.As(&configured); err != nil {
		return planned, changes, err
	}
	if err := planned.As(&fields); err != nil {
		return planned, changes, err
	}
	fields = maps.Clone(fields)
	for i := range as {
		a := &as[i]
		computed := a.Mode == Computed || a.Mode == OptionalComputed && configured[a.Name].IsNull()
		if computed && (a.Volatile || len(changes.Replace) > 0) {
			fields[a.Name] = tftypes.NewValue(a.tf, tftypes.UnknownValue)
		}
	}
	return tftypes.NewValue(planned.Type(), fields), changes, nil
}

// merge puts an object together that is planned, and notes what of it changes. inherited is
// what a change of the object means.
func (c *Changes) merge(as Attributes, prior, config tftypes.Value, at path.Path, inherited Change) (tftypes.Value, error) {
	var was, given map[string]tftypes.Value
	if err := prior.As(&was); err != nil {
		return config, fmt.Errorf("reading the prior state: %w", err)
	}
	if err := config.As(&given); err != nil {
		return config, fmt.Errorf("reading the configuration: %w", err)
	}
	planned := make(map[string]tftypes.Value, len(as))
	for i := range as {
		a := &as[i]
		old, now := was[a.Name], given[a.Name]
		change := a.Change
		if change == Inherit {
			change = inherited
			if a.Local && inherited == Updates {
				change = Nothing
			}
		}
		switch {
		case a.WriteOnly:
			now = tftypes.NewValue(a.tf, nil)
		case a.Mode == Computed, a.Mode == OptionalComputed && now.IsNull():
			now = old
		case a.Shape == Object && old.IsKnown() && !old.IsNull() && now.IsKnown() && !now.IsNull():
			merged, err := c.merge(a.Fields, old, now, at.AtName(a.Name), change)
			if err != nil {
				return config, err
			}
			now = merged
		default:
			if now = a.settle(old, now); !now.Equal(old) {
				c.note(change, at.AtName(a.Name))
			}
		}
		planned[a.Name] = now
	}
	return tftypes.NewValue(config.Type(), planned), nil
}

// New is the plan for an object that is to be made: what is configured, and else what the server
// will say.
func New(as Attributes, config tftypes.Value) (tftypes.Value, error) {
	var given map[string]tftypes.Value
	if err := config.As(&given); err != nil {
		return config, fmt.Errorf("reading the configuration: %w", err)
	}
	planned := make(map[string]tftypes.Value, len(as))
	for i := range as {
		a := &as[i]
		value := given[a.Name]
		switch {
		case a.WriteOnly:
			value = tftypes.NewValue(a.tf, nil)
		case a.Mode == Computed, a.Mode == OptionalComputed && value.IsNull():
			value = tftypes.NewValue(a.tf, tftypes.UnknownValue)
		}
		planned[a.Name] = value
	}
	return tftypes.NewValue(config.Type(), planned), nil
}
