package wire

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Items opens a list. It is nil for what is null or not known yet. The slice is
// the value's own: read it, clone it, never write to it.
func Items(v tftypes.Value) []tftypes.Value {
	var items []tftypes.Value
	if !v.IsKnown() || v.IsNull() || v.As(&items) != nil {
		return nil
	}
	return items
}

// Text is the text of a string; ok is false for what is null or not known yet.
func Text(v tftypes.Value) (text string, ok bool) {
	if !v.IsKnown() || v.IsNull() || v.As(&text) != nil {
		return "", false
	}
	return text, true
}

// True reports whether a truth value is known and true.
func True(v tftypes.Value) bool {
	var truth bool
	return v.IsKnown() && !v.IsNull() && v.As(&truth) == nil && truth
}

// Unknown is the first place of a value that is not known yet, such as
// "message[1].content"; "" where all of it is known. The value is called name.
func Unknown(name string, v tftypes.Value) string {
	if !v.IsKnown() {
		return name
	}
	if v.IsFullyKnown() {
		return ""
	}
	for i, item := range Items(v) {
		if place := Unknown(fmt.Sprintf("%s[%d]", name, i), item); place != "" {
			return place
		}
	}
	fields := Members(v)
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if place := Unknown(name+"."+field, fields[field]); place != "" {
			return place
		}
	}
	return name
}

// Int is a whole number; 0 for what is null, not known yet, or no whole number.
func Int(v tftypes.Value) int64 {
	var n big.Float
	if !v.IsKnown() || v.IsNull() || v.As(&n) != nil {
		return 0
	}
	i, _ := n.Int64()
	return i
}

// Float is a number; 0 for what is null, not known yet, or no number.
func Float(v tftypes.Value) float64 {
	var n big.Float
	if !v.IsKnown() || v.IsNull() || v.As(&n) != nil {
		return 0
	}
	f, _ := n.Float64()
	return f
}
