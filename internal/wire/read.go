package wire

import "github.com/hashicorp/terraform-plugin-go/tftypes"

// Fields opens an object or a map. It is nil for what is null or not known yet.
// The map is the value's own: read it, clone it, never write to it.
func Fields(v tftypes.Value) map[string]tftypes.Value {
	var fields map[string]tftypes.Value
	if !v.IsKnown() || v.IsNull() || v.As(&fields) != nil {
		return nil
	}
	return fields
}

// Items opens a list. It is nil for what is null or not known yet. The slice is
// the value's own, as with Fields.
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
