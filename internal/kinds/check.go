package kinds

import (
	"context"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Check runs the validators of an argument on a value that stands elsewhere than in its
// place in a schema, such as in a value of any type. It looks into objects and lists of them.
func (a *Attribute) Check(ctx context.Context, at path.Path, v tftypes.Value) diag.Diagnostics {
	if !v.IsKnown() || v.IsNull() {
		return nil
	}
	var diags diag.Diagnostics
	switch a.Shape {
	case String, JSON, JSONOrString:
		var text string
		if v.As(&text) == nil {
			req := validator.StringRequest{Path: at, PathExpression: at.Expression(), ConfigValue: types.StringValue(text)}
			for _, check := range typed[validator.String](a, a.Validators) {
				var resp validator.StringResponse
				check.ValidateString(ctx, req, &resp)
				diags.Append(resp.Diagnostics...)
			}
		}
	case Int64, Float64:
		n := new(big.Float)
		if v.As(n) == nil {
			req := validator.NumberRequest{Path: at, PathExpression: at.Expression(), ConfigValue: types.NumberValue(n)}
			for _, check := range typed[validator.Number](a, ranged(a, a.Validators)) {
				var resp validator.NumberResponse
				check.ValidateNumber(ctx, req, &resp)
				diags.Append(resp.Diagnostics...)
			}
		}
	case Object:
		diags.Append(a.Fields.check(ctx, at, v)...)
	case Objects:
		var items []tftypes.Value
		if v.As(&items) == nil {
			for i, item := range items {
				diags.Append(a.Fields.check(ctx, at.AtListIndex(i), item)...)
			}
		}
	case Strings, Int64s, Float64s:
		diags.Append(a.checkList(ctx, at, v)...)
	}
	return diags
}

func (as Attributes) check(ctx context.Context, at path.Path, v tftypes.Value) (diags diag.Diagnostics) {
	var fields map[string]tftypes.Value
	if !v.IsKnown() || v.IsNull() || v.As(&fields) != nil {
		return nil
	}
	for i := range as {
		if member, ok := fields[as[i].Name]; ok {
			diags.Append(as[i].Check(ctx, at.AtName(as[i].Name), member)...)
		}
	}
	return diags
}

// checkList runs the validators of a list of plain values.
func (a *Attribute) checkList(ctx context.Context, at path.Path, v tftypes.Value) (diags diag.Diagnostics) {
	element := listElements[a.Shape]
	value, err := types.ListType{ElemType: element}.ValueFromTerraform(ctx, v)
	list, ok := value.(types.List)
	if err != nil || !ok {
		return nil
	}
	req := validator.ListRequest{Path: at, PathExpression: at.Expression(), ConfigValue: list}
	for _, check := range typed[validator.List](a, ranged(a, a.Validators)) {
		var resp validator.ListResponse
		check.ValidateList(ctx, req, &resp)
		diags.Append(resp.Diagnostics...)
	}
	return diags
}
