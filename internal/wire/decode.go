package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/text/unicode/norm"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// Decode reads a JSON object into the Computed attributes of a declaration, by
// name. Local attributes are not touched.
//
// It errs on the side of keeping what was paid for: a missing field is null, an
// unknown one is in the Extra of its object or, without one, ignored, a scalar of another type is converted where it can be
// and null where it cannot. Only text that is no JSON object is an error.
func Decode(as kinds.Attributes, data []byte) (map[string]tftypes.Value, error) {
	object, err := ParseObject(data)
	if err != nil {
		return nil, err
	}
	return DecodeObject(as, object), nil
}

// ParseObject reads a JSON object, for DecodeObject. Numbers are json.Number.
func ParseObject(data []byte) (map[string]any, error) {
	parsed, err := jsontext.Parse(string(data))
	if err != nil {
		return nil, err
	}
	object, ok := parsed.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a JSON object was expected, not %s", describe(parsed))
	}
	return object, nil
}

// DecodeObject is Decode for a JSON object that has been parsed.
func DecodeObject(as kinds.Attributes, object map[string]any) map[string]tftypes.Value {
	out := make(map[string]tftypes.Value, len(as))
	for i := range as {
		a := &as[i]
		if a.Mode == kinds.Computed && !a.Local {
			out[a.Name] = decodeField(as, a, object)
		}
	}
	return out
}

// decodeField is the value of one attribute of an object with attributes as.
func decodeField(as kinds.Attributes, a *kinds.Attribute, object map[string]any) tftypes.Value {
	if !a.Extra {
		return decode(a, object[a.WireName()])
	}
	members := further(as, object, a.Except)
	if len(members) == 0 {
		return tftypes.NewValue(a.Type(), nil)
	}
	return tftypes.NewValue(a.Type(), text(members))
}

func decode(a *kinds.Attribute, v any) tftypes.Value {
	t := a.Type()
	if v == nil {
		return tftypes.NewValue(t, nil)
	}
	switch a.Shape {
	case kinds.Object:
		return decodeFields(a, v)
	case kinds.Objects:
		items, ok := v.([]any)
		if !ok {
			return tftypes.NewValue(t, nil)
		}
		values := make([]tftypes.Value, len(items))
		for i, item := range items {
			values[i] = decodeFields(a, item)
		}
		return tftypes.NewValue(t, values)
	case kinds.Strings, kinds.Int64s, kinds.Float64s:
		return decodeList(t, v, a.Shape == kinds.Int64s)
	case kinds.StringSet:
		return decodeSet(t, v)
	case kinds.ObjectMap:
		items, ok := v.(map[string]any)
		if !ok {
			return tftypes.NewValue(t, nil)
		}
		values := make(map[string]tftypes.Value, len(items))
		for _, name := range slices.Sorted(maps.Keys(items)) {
			values[norm.NFC.String(name)] = decodeFields(a, items[name])
		}
		return tftypes.NewValue(t, values)
	case kinds.StringMap, kinds.Int64Map, kinds.Float64Map, kinds.BoolMap, kinds.StringsMap:
		items, ok := v.(map[string]any)
		if !ok {
			return tftypes.NewValue(t, nil)
		}
		element := t.(tftypes.Map).ElementType //nolint:forcetypeassert // the type of these shapes
		values := make(map[string]tftypes.Value, len(items))
		for _, name := range slices.Sorted(maps.Keys(items)) {
			key := norm.NFC.String(name) // as in Dynamic
			if a.Shape == kinds.StringsMap {
				values[key] = decodeList(element, items[name], false)
			} else {
				values[key] = decodeScalar(element, items[name], a.Shape == kinds.Int64Map)
			}
		}
		return tftypes.NewValue(t, values)
	case kinds.Dynamic:
		return Dynamic(v)
	case kinds.JSON:
		return tftypes.NewValue(t, text(v))
	default:
		return decodeScalar(t, v, a.Shape == kinds.Int64)
	}
}

func decodeList(t tftypes.Type, v any, whole bool) tftypes.Value {
	items, ok := v.([]any)
	if !ok {
		return tftypes.NewValue(t, nil)
	}
	element := t.(tftypes.List).ElementType //nolint:forcetypeassert // the caller's shapes are lists
	values := make([]tftypes.Value, len(items))
	for i, item := range items {
		values[i] = decodeScalar(element, item, whole)
	}
	return tftypes.NewValue(t, values)
}

// decodeSet reads a set of text, in the order in which Terraform has it.
func decodeSet(t tftypes.Type, v any) tftypes.Value {
	items, ok := v.([]any)
	if !ok {
		return tftypes.NewValue(t, nil)
	}
	var texts []string
	for _, item := range items {
		if s, ok := Text(decodeScalar(tftypes.String, item, false)); ok {
			texts = append(texts, s)
		}
	}
	slices.Sort(texts)
	values := make([]tftypes.Value, 0, len(texts))
	for _, s := range slices.Compact(texts) {
		values = append(values, tftypes.NewValue(tftypes.String, s))
	}
	return tftypes.NewValue(t, values)
}

// Dynamic is parsed JSON as a Terraform value of the type that fits, as
// jsondecode makes it: objects, tuples, strings, numbers, truth values, null.
func Dynamic(v any) tftypes.Value {
	switch v := v.(type) {
	case map[string]any:
		types := make(map[string]tftypes.Type, len(v))
		values := make(map[string]tftypes.Value, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			// Terraform normalises names, but not on every way that they travel.
			key := norm.NFC.String(name)
			values[key] = Dynamic(v[name])
			types[key] = values[key].Type()
		}
		return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, values)
	case []any:
		types := make([]tftypes.Type, len(v))
		values := make([]tftypes.Value, len(v))
		for i, item := range v {
			values[i] = Dynamic(item)
			types[i] = values[i].Type()
		}
		return tftypes.NewValue(tftypes.Tuple{ElementTypes: types}, values)
	case string:
		return tftypes.NewValue(tftypes.String, v)
	case bool:
		return tftypes.NewValue(tftypes.Bool, v)
	case json.Number:
		if n, ok := number(v); ok {
			return tftypes.NewValue(tftypes.Number, n)
		}
		return tftypes.NewValue(tftypes.String, v.String()) // beyond any number
	default:
		return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
	}
}

func decodeFields(a *kinds.Attribute, v any) tftypes.Value {
	t := a.Type()
	switch collection := t.(type) {
	case tftypes.List:
		t = collection.ElementType
	case tftypes.Map:
		t = collection.ElementType
	}
	object, ok := v.(map[string]any)
	if !ok {
		return tftypes.NewValue(t, nil)
	}
	fields := make(map[string]tftypes.Value, len(a.Fields))
	for i := range a.Fields {
		f := &a.Fields[i]
		fields[f.Name] = decodeField(a.Fields, f, object)
	}
	return tftypes.NewValue(t, fields)
}

// decodeScalar makes a scalar of type t; whole asks for a number without fraction.
func decodeScalar(t tftypes.Type, v any, whole bool) tftypes.Value {
	switch {
	case t.Is(tftypes.String):
		if s, ok := v.(string); ok {
			return tftypes.NewValue(t, s)
		}
		if v != nil {
			return tftypes.NewValue(t, text(v))
		}
	case t.Is(tftypes.Bool):
		switch v {
		case true, "true":
			return tftypes.NewValue(t, true)
		case false, "false":
			return tftypes.NewValue(t, false)
		}
	case t.Is(tftypes.Number):
		if n, ok := number(v); ok {
			if n, ok = fitting(n, whole); !ok {
				break
			}
			return tftypes.NewValue(t, n)
		}
	}
	return tftypes.NewValue(t, nil)
}

// fitting is a number that the framework takes for an attribute of a declared type:
// an int64, or what a float64 does not round to 0 by mistake.
func fitting(n *big.Float, whole bool) (*big.Float, bool) {
	if !whole {
		if f, _ := n.Float64(); f == 0 {
			return new(big.Float), true
		}
		return n, true
	}
	i, accuracy := n.Int64()
	if accuracy != big.Exact && (i == math.MaxInt64 || i == math.MinInt64) {
		return nil, false
	}
	if !n.IsInt() {
		n.SetInt64(i)
	}
	return n, true
}

// number reads a JSON number, or a number in a string, as some servers send
// it. Anything beyond a float64 is no number that an API means, and what is nearer
// to 0 than Terraform can write down is 0.
func number(v any) (*big.Float, bool) {
	var s string
	switch v := v.(type) {
	case json.Number:
		s = v.String()
	case string:
		s = strings.TrimSpace(v)
	default:
		return nil, false
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil && (i != 0 || s == "0") { // -0 has a sign
		return new(big.Float).SetPrec(512).SetInt64(i), true
	}
	s, ok := jsontext.Bounded(s)
	if !ok {
		return nil, false
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return nil, false
	}
	n, _, err := big.ParseFloat(s, 10, 512, big.ToNearestEven)
	if err != nil || n.IsInf() {
		return nil, false
	}
	return n, true
}

// text is a JSON value as compact JSON text.
func text(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // what was parsed from JSON encodes
	return strings.TrimSuffix(b.String(), "\n")
}

func describe(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case []any:
		return "an array"
	case string:
		return "a string"
	default:
		return "a number or a truth value"
	}
}
