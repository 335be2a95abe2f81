package kinds

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Terraform knows one type of number, of any size. The framework's Int64 and Float64 refuse what they cannot hold
// while they read a configuration, with an error that blames the provider, or that names no attribute.
// So numbers are rendered as the framework's Number, and what is too large or no whole number is a validator's to say.

// Range is a validator of numbers: of one, and of each in a list or map. The shape of the attribute says whether
// they must be whole.
type Range struct {
	whole       bool
	least, most float64 // infinite = none
}

var (
	_ validator.Number = Range{}
	_ validator.List   = Range{}
	_ validator.Map    = Range{}
)

// Between accepts numbers from least to most, both included.
func Between(least, most float64) Range { return Range{least: least, most: most} }

// AtLeast accepts least and more.
func AtLeast(least float64) Range { return Range{least: least, most: math.Inf(1)} }

// Whole accepts the whole numbers of a range only, as those of the shape Int64 do by themselves.
func (v Range) Whole() Range {
	v.whole = true
	return v
}

// ranged adds to the validators of numbers what they can be at all.
func ranged(a *Attribute, vs []validator.Describer) []validator.Describer {
	var whole bool
	switch a.Shape {
	case Int64, Int64s, Int64Map:
		whole = true
	case Float64, Float64s, Float64Map:
	default:
		return vs
	}
	vs = slices.Clone(vs)
	for i := range vs {
		if v, ok := vs[i].(Range); ok {
			v.whole = v.whole || whole
			vs[i] = v
			return vs
		}
	}
	return append(vs, Range{whole: whole, least: math.Inf(-1), most: math.Inf(1)})
}

// Description says what is allowed, to follow "must be".
func (v Range) Description(context.Context) string {
	text := "a number"
	if v.whole {
		text = "a whole number"
	}
	switch low, high := !math.IsInf(v.least, 0), !math.IsInf(v.most, 0); {
	case low && high:
		return fmt.Sprintf("%s from %v to %v", text, v.least, v.most)
	case low:
		return fmt.Sprintf("%s of at least %v", text, v.least)
	case high:
		return fmt.Sprintf("%s of at most %v", text, v.most)
	}
	return text
}

// MarkdownDescription is Description.
func (v Range) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateNumber checks a number.
func (v Range) ValidateNumber(ctx context.Context, req validator.NumberRequest, resp *validator.NumberResponse) {
	v.check(ctx, &resp.Diagnostics, req.Path, req.ConfigValue)
}

// ValidateList checks each number of a list.
func (v Range) ValidateList(ctx context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	for i, n := range req.ConfigValue.Elements() {
		v.check(ctx, &resp.Diagnostics, req.Path.AtListIndex(i), n)
	}
}

// ValidateMap checks each number of a map.
func (v Range) ValidateMap(ctx context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	elements := req.ConfigValue.Elements()
	for _, name := range slices.Sorted(maps.Keys(elements)) {
		v.check(ctx, &resp.Diagnostics, req.Path.AtMapKey(name), elements[name])
	}
}

func (v Range) check(ctx context.Context, diags *diag.Diagnostics, at path.Path, value attr.Value) {
	n, ok := value.(types.Number)
	if !ok || n.IsNull() || n.IsUnknown() {
		return
	}
	got := n.ValueBigFloat()
	why, ok := v.allows(got)
	if ok {
		return
	}
	diags.AddAttributeError(at, "Invalid number", fmt.Sprintf("%s must be %s, not %s%s.", at, v.Description(ctx), shortest(got), why))
}

// allows reports whether a number is allowed; why is what the description does not say of why it is not.
func (v Range) allows(n *big.Float) (why string, ok bool) {
	switch {
	case v.whole && !n.IsInt(), n.Cmp(big.NewFloat(v.least)) < 0, n.Cmp(big.NewFloat(v.most)) > 0:
		return "", false
	case v.whole:
		switch _, accuracy := n.Int64(); accuracy {
		case big.Below:
			return fmt.Sprintf(": the largest is %d", math.MaxInt64), false
		case big.Above:
			return fmt.Sprintf(": the least is %d", math.MinInt64), false
		}
		return "", true
	}
	switch f, _ := n.Float64(); {
	case math.IsInf(f, 0):
		return ": that is more than any server can read", false
	case f == 0 && n.Sign() != 0:
		return ": that is closer to 0 than any server can tell. Write 0", false
	}
	return "", true
}

// shortest writes a number as a person would, in as many digits as are of use.
func shortest(n *big.Float) string {
	text := n.Text('g', -1)
	if len(text) > 40 {
		text = n.Text('g', 20)
	}
	return text
}
