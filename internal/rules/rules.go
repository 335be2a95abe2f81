// Package rules is what areas check of their arguments together: which are there,
// which exclude each other, which need another. Values that are not known yet pass.
// It knows no area and no API.
package rules

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Refuse reports what is wrong with the argument name of the object at a path.
func Refuse(diags *diag.Diagnostics, at path.Path, name, summary, format string, args ...any) {
	RefuseAt(diags, at.AtName(name), summary, format, args...)
}

// RefuseAt reports what is wrong with the value at a path.
func RefuseAt(diags *diag.Diagnostics, at path.Path, summary, format string, args ...any) {
	diags.AddAttributeError(at, summary, kinds.Placed(at, fmt.Sprintf(format, args...)))
}

// Given reports whether an argument is certainly there. Blocks that nobody
// wrote come as an empty list.
func Given(v tftypes.Value) bool { return !v.IsNull() && !Perhaps(v) && !empty(v) }

// Missing reports whether an argument is certainly not there.
func Missing(v tftypes.Value) bool { return v.IsNull() || empty(v) }

func empty(v tftypes.Value) bool {
	var items []tftypes.Value
	return v.IsKnown() && v.Type().Is(tftypes.List{}) && v.As(&items) == nil && len(items) == 0
}

// Perhaps reports whether it is not known yet if an argument will be there. A
// single block made by "dynamic" for something unknown comes as an object with
// nothing known in it.
func Perhaps(v tftypes.Value) bool {
	if !v.IsKnown() {
		return true
	}
	if v.IsNull() || !v.Type().Is(tftypes.Object{}) {
		return false
	}
	unknown := false
	for _, field := range wire.Open(v).Values() {
		if field.IsNull() || empty(field) {
			continue
		}
		if !Perhaps(field) {
			return false
		}
		unknown = true
	}
	return unknown
}

// OneOf refuses more than one of some arguments, and returns the one that is there;
// "" = none is.
func OneOf(diags *diag.Diagnostics, at path.Path, fields wire.Fields, names ...string) string {
	var there []string
	for _, name := range names {
		if fields.Has(name) && Given(fields.Get(name)) {
			there = append(there, name)
		}
	}
	if len(there) > 1 {
		Refuse(diags, at, there[1], "Conflicting arguments", "Use either %s or %s, not both.", there[0], there[1])
	}
	if len(there) == 0 {
		return ""
	}
	return there[0]
}

// Named asks for the argument that a type names, and refuses those that other
// types would have.
func Named(diags *diag.Diagnostics, at path.Path, fields wire.Fields, kind string, names ...string) {
	for _, name := range names {
		switch {
		case name == kind && Missing(fields.Get(name)):
			Refuse(diags, at, name, "Missing "+name, "The type is %q, so %s is required here. Add it.", kind, name)
		case name != kind && Given(fields.Get(name)) && slices.Contains(names, kind):
			Refuse(diags, at, name, "Unexpected "+name, "The type is %q, so %s does not belong here. Remove it, or set type = %q.", kind, name, name)
		}
	}
}
