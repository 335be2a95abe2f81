package wire

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// Convert is a value of any type as an argument that is declared, as Terraform converts
// what a user writes: a tuple becomes a list, an object that lacks optional members gets them, a
// number becomes text and text a number. What is not known yet stays so. It differs from Terraform in one thing: a
// member that is not declared is an error, not dropped.
func Convert(a *kinds.Attribute, v tftypes.Value) (tftypes.Value, error) {
	t := a.Type()
	switch {
	case a.Shape == kinds.Dynamic:
		return v, nil
	case !v.IsKnown():
		return tftypes.NewValue(t, tftypes.UnknownValue), nil
	case v.IsNull():
		return tftypes.NewValue(t, nil), nil
	case v.Type().Equal(t):
		return v, nil
	}
	switch a.Shape {
	case kinds.Object:
		return convertObject(a.Fields, t, v)
	case kinds.Objects:
		return convertList(t, v, func(item tftypes.Value) (tftypes.Value, error) { return convertObject(a.Fields, a.Fields.Type(), item) })
	case kinds.ObjectMap:
		return convertMap(t, v, func(item tftypes.Value) (tftypes.Value, error) { return convertObject(a.Fields, a.Fields.Type(), item) })
	}
	return convertTo(t, v)
}

// convertTo converts to a type without objects.
func convertTo(t tftypes.Type, v tftypes.Value) (tftypes.Value, error) {
	switch {
	case !v.IsKnown():
		return tftypes.NewValue(t, tftypes.UnknownValue), nil
	case v.IsNull():
		return tftypes.NewValue(t, nil), nil
	case v.Type().Equal(t):
		return v, nil
	}
	switch of := t.(type) {
	case tftypes.List:
		return convertList(t, v, func(item tftypes.Value) (tftypes.Value, error) { return convertTo(of.ElementType, item) })
	case tftypes.Set:
		return convertList(t, v, func(item tftypes.Value) (tftypes.Value, error) { return convertTo(of.ElementType, item) })
	case tftypes.Map:
		return convertMap(t, v, func(item tftypes.Value) (tftypes.Value, error) { return convertTo(of.ElementType, item) })
	}
	return convertScalar(t, v)
}

func convertObject(as kinds.Attributes, t tftypes.Type, v tftypes.Value) (tftypes.Value, error) {
	members := Members(v)
	switch {
	case !v.IsKnown():
		return tftypes.NewValue(t, tftypes.UnknownValue), nil
	case members == nil:
		return tftypes.Value{}, fmt.Errorf("an object is needed, not %s", described(v))
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if as.Find(name) == nil {
			return tftypes.Value{}, fmt.Errorf("there is no argument %q in it", name)
		}
	}
	values := make(Values, len(as))
	for i := range as {
		a := &as[i]
		member, given := members[a.Name]
		if !given || member.IsKnown() && member.IsNull() {
			if a.Mode == kinds.Required {
				return tftypes.Value{}, fmt.Errorf("%s is required", a.Name)
			}
			values[a.Name] = tftypes.NewValue(a.Type(), nil)
			continue
		}
		var err error
		if values[a.Name], err = Convert(a, member); err != nil {
			return tftypes.Value{}, fmt.Errorf("%s: %w", a.Name, err)
		}
	}
	return tftypes.NewValue(t, values), nil
}

func convertList(t tftypes.Type, v tftypes.Value, convert func(tftypes.Value) (tftypes.Value, error)) (tftypes.Value, error) {
	items, ok := Items(v), v.Type().Is(tftypes.List{}) || v.Type().Is(tftypes.Tuple{}) || v.Type().Is(tftypes.Set{})
	if !ok {
		return tftypes.Value{}, fmt.Errorf("a list is needed, not %s", described(v))
	}
	converted := make([]tftypes.Value, len(items))
	for i, item := range items {
		var err error
		if converted[i], err = convert(item); err != nil {
			return tftypes.Value{}, fmt.Errorf("element %d: %w", i, err)
		}
	}
	return tftypes.NewValue(t, converted), nil
}

func convertMap(t tftypes.Type, v tftypes.Value, convert func(tftypes.Value) (tftypes.Value, error)) (tftypes.Value, error) {
	members := Members(v)
	if members == nil {
		return tftypes.Value{}, fmt.Errorf("a map is needed, not %s", described(v))
	}
	converted := make(Values, len(members))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		var err error
		if converted[name], err = convert(members[name]); err != nil {
			return tftypes.Value{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return tftypes.NewValue(t, converted), nil
}

func convertScalar(t tftypes.Type, v tftypes.Value) (tftypes.Value, error) {
	fail := func(what string) (tftypes.Value, error) {
		return tftypes.Value{}, fmt.Errorf("%s is needed, not %s", what, described(v))
	}
	var given string
	switch {
	case v.Type().Is(tftypes.String):
		given, _ = Text(v)
	case v.Type().Is(tftypes.Bool), v.Type().Is(tftypes.Number):
		given, _ = JSON(v) // it is known
	default:
		switch {
		case t.Is(tftypes.String):
			return fail("text")
		case t.Is(tftypes.Bool):
			return fail("true or false")
		}
		return fail("a number")
	}
	switch {
	case t.Is(tftypes.String):
		return tftypes.NewValue(t, given), nil
	case t.Is(tftypes.Bool):
		if given != "true" && given != "false" {
			return fail("true or false")
		}
		return tftypes.NewValue(t, given == "true"), nil
	}
	n, _, err := big.ParseFloat(given, 10, 512, big.ToNearestEven)
	if err != nil || n.IsInf() {
		return fail("a number")
	}
	return tftypes.NewValue(t, n), nil
}

// described is what a value is, for people, without quoting it: it may be a secret.
func described(v tftypes.Value) string {
	switch t := v.Type(); {
	case t.Is(tftypes.String):
		return "text"
	case t.Is(tftypes.Bool):
		return "true or false"
	case t.Is(tftypes.Number):
		return "a number"
	case t.Is(tftypes.Object{}), t.Is(tftypes.Map{}):
		return "an object"
	}
	return "a list"
}
