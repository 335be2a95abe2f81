package wire

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Values are the same where Equal says so, and in no other case.
func TestSame(t *testing.T) {
	t.Parallel()
	number := func(n float64) tftypes.Value { return tftypes.NewValue(tftypes.Number, n) }
	object := func(a, b tftypes.Value) tftypes.Value {
		return tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"a": a.Type(), "b": b.Type()}}, Values{"a": a, "b": b})
	}
	list := func(items ...tftypes.Value) tftypes.Value {
		return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, items)
	}
	all := []tftypes.Value{
		{}, wordOf("x"), wordOf("y"), wordOf(""), number(1), number(2), tftypes.NewValue(tftypes.Bool, true), tftypes.NewValue(tftypes.Bool, false),
		tftypes.NewValue(tftypes.String, nil), tftypes.NewValue(tftypes.String, tftypes.UnknownValue), tftypes.NewValue(tftypes.DynamicPseudoType, nil),
		tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue), tftypes.NewValue(tftypes.Number, nil),
		object(wordOf("x"), number(1)), object(wordOf("x"), number(2)), object(wordOf("x"), wordOf("1")), object(wordOf("x"), tftypes.NewValue(tftypes.Number, nil)),
		tftypes.NewValue(object(wordOf("x"), number(1)).Type(), nil),
		list(), list(wordOf("x")), list(wordOf("y")), list(wordOf("x"), wordOf("y")), list(tftypes.NewValue(tftypes.String, tftypes.UnknownValue)),
		tftypes.NewValue(tftypes.List{ElementType: tftypes.Number}, []tftypes.Value{}),
		tftypes.NewValue(tftypes.Tuple{ElementTypes: []tftypes.Type{tftypes.String}}, []tftypes.Value{wordOf("x")}),
		tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{wordOf("x"), wordOf("y")}),
		tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{wordOf("y"), wordOf("x")}),
		tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, Values{"a": wordOf("x")}),
		tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, Values{"b": wordOf("x")}),
		tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, Values{"a": wordOf("x"), "b": wordOf("x")}),
	}
	for _, v := range all {
		for _, w := range all {
			if got, want := Same(v, w), v.Equal(w); got != want {
				t.Errorf("%s, %s: %t, want %t", v, w, got, want)
			}
			if v.Type() == nil || w.Type() == nil {
				continue
			}
			one, other := object(v, wordOf("z")), object(w, wordOf("z"))
			if got, want := Same(one, other), one.Equal(other); got != want {
				t.Errorf("in an object: %s, %s: %t, want %t", v, w, got, want)
			}
		}
	}
}
