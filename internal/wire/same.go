package wire

import "github.com/hashicorp/terraform-plugin-go/tftypes"

// Same is v.Equal(w) in a fraction of the time: that goes to each value by a path from the top.
func Same(v, w tftypes.Value) bool {
	if v.Type() == nil || w.Type() == nil {
		return v.Equal(w)
	}
	return v.Type().Equal(w.Type()) && sameContent(v, w)
}

// sameContent is Same for values of one type.
func sameContent(v, w tftypes.Value) bool {
	if !v.IsKnown() || !w.IsKnown() || v.IsNull() || w.IsNull() {
		return v.IsKnown() == w.IsKnown() && v.IsNull() == w.IsNull()
	}
	switch t := v.Type(); {
	case t.Is(tftypes.String):
		one, _ := Text(v)
		other, ok := Text(w)
		return ok && one == other
	case t.Is(tftypes.Object{}), t.Is(tftypes.Map{}):
		members, others := Members(v), Members(w)
		for name, member := range members {
			if other, ok := others[name]; !ok || !sameContent(member, other) {
				return false
			}
		}
		return len(members) == len(others)
	case t.Is(tftypes.List{}), t.Is(tftypes.Tuple{}):
		items, others := Items(v), Items(w)
		if len(items) != len(others) {
			return false
		}
		for i := range items {
			if !sameContent(items[i], others[i]) {
				return false
			}
		}
		return true
	}
	return v.Equal(w)
}
