package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/text/unicode/norm"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// precision is that of Terraform's own numbers, in bits.
const precision = 512

// maxDepth is how many objects and lists may be inside one another. Terraform
// writes the type of a value beside it, which takes all memory for some hundred.
const maxDepth = 50

var errTooDeep = fmt.Errorf("objects and lists are inside one another more than %d levels deep", maxDepth)

// fromJSON makes of a JSON text what Terraform's jsondecode does: objects,
// tuples, and null without a type.
func fromJSON(ctx context.Context, text string) (types.Dynamic, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return types.DynamicNull(), err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return types.DynamicNull(), errors.New("there is more text after the JSON value")
	}
	value, err := toValue(ctx, v, 0)
	if err != nil {
		return types.DynamicNull(), err
	}
	if dynamic, ok := value.(types.Dynamic); ok {
		return dynamic, nil // null
	}
	return types.DynamicValue(value), nil
}

// toValue makes a value that is inside so many others.
func toValue(ctx context.Context, v any, depth int) (attr.Value, error) {
	switch v := v.(type) {
	case map[string]any:
		if depth == maxDepth {
			return nil, errTooDeep
		}
		return toObject(ctx, v, depth+1)
	case []any:
		if depth == maxDepth {
			return nil, errTooDeep
		}
		return toTuple(ctx, v, depth+1)
	case string:
		return types.StringValue(v), nil
	case bool:
		return types.BoolValue(v), nil
	case json.Number:
		bounded, ok := jsontext.Bounded(string(v))
		f, _, err := big.ParseFloat(bounded, 10, precision, big.ToNearestEven)
		if !ok || err != nil {
			return nil, fmt.Errorf("the number %.20s… is beyond what Terraform can hold", v)
		}
		return types.NumberValue(f), nil
	}
	return types.DynamicNull(), nil
}

func toObject(ctx context.Context, of map[string]any, depth int) (attr.Value, error) {
	names := make(map[string]attr.Type, len(of))
	values := make(map[string]attr.Value, len(of))
	for _, name := range slices.Sorted(maps.Keys(of)) {
		value, err := toValue(ctx, of[name], depth)
		if err != nil {
			return nil, err
		}
		// Terraform normalises names, but not on every way that they travel.
		key := norm.NFC.String(name)
		names[key], values[key] = value.Type(ctx), value
	}
	return types.ObjectValueMust(names, values), nil
}

func toTuple(ctx context.Context, of []any, depth int) (attr.Value, error) {
	kinds := make([]attr.Type, len(of))
	values := make([]attr.Value, len(of))
	for i, v := range of {
		value, err := toValue(ctx, v, depth)
		if err != nil {
			return nil, err
		}
		kinds[i], values[i] = value.Type(ctx), value
	}
	return types.TupleValueMust(kinds, values), nil
}

// unwrapped is the value inside a dynamic one, however deep.
func unwrapped(v attr.Value) attr.Value {
	for {
		dynamic, ok := v.(types.Dynamic)
		if !ok || dynamic.UnderlyingValue() == nil {
			return v
		}
		v = dynamic.UnderlyingValue()
	}
}

// members are the attributes of an object or the elements of a map.
func members(v attr.Value) (map[string]attr.Value, bool) {
	switch v := unwrapped(v).(type) {
	case types.Object:
		return v.Attributes(), !v.IsNull()
	case types.Map:
		return v.Elements(), !v.IsNull()
	}
	return nil, false
}

// elements are those of a list, a tuple or a set.
func elements(v attr.Value) ([]attr.Value, bool) {
	switch v := unwrapped(v).(type) {
	case types.List:
		return v.Elements(), !v.IsNull()
	case types.Tuple:
		return v.Elements(), !v.IsNull()
	case types.Set:
		return v.Elements(), !v.IsNull()
	}
	return nil, false
}

// toPlain is the reverse of toValue: what json.Marshal takes. An attribute that
// is null is left out; a null in a list stays.
func toPlain(v attr.Value) any {
	if v = unwrapped(v); v.IsNull() {
		return nil
	}
	if of, ok := members(v); ok {
		out := make(map[string]any, len(of))
		for name, member := range of {
			if !unwrapped(member).IsNull() {
				out[name] = toPlain(member)
			}
		}
		return out
	}
	if of, ok := elements(v); ok {
		out := make([]any, len(of))
		for i := range of {
			out[i] = toPlain(of[i])
		}
		return out
	}
	switch v := v.(type) {
	case types.String:
		return v.ValueString()
	case types.Bool:
		return v.ValueBool()
	case types.Number:
		f := v.ValueBigFloat()
		if f.IsInt() && f.MantExp(nil) <= precision {
			return json.Number(f.Text('f', 0))
		}
		return json.Number(f.Text('g', -1))
	}
	return nil
}

// text is a value that is a string.
func text(v attr.Value) (string, bool) {
	s, ok := unwrapped(v).(types.String)
	return s.ValueString(), ok && !s.IsNull() && !s.IsUnknown()
}

// encoded is a value as JSON text.
func encoded(v attr.Value) (string, error) {
	text, err := json.Marshal(toPlain(v))
	return string(text), err
}
