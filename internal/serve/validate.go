package serve

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// walk looks for anything to say about one configuration.
type walk struct {
	ctx    context.Context
	config tfsdk.Config
	client validator.ValidateSchemaClientCapabilities
}

// clean reports whether there is nothing to say about an object with these nodes.
func (w *walk) clean(nodes []node, object tftypes.Value) bool {
	return w.object(nodes, object, path.Empty(), path.MatchRoot(""))
}

func (w *walk) object(nodes []node, object tftypes.Value, at path.Path, expression path.Expression) bool {
	var fields map[string]tftypes.Value
	if object.IsKnown() && !object.IsNull() {
		if object.As(&fields) != nil {
			return false
		}
	}
	for i := range nodes {
		n := &nodes[i]
		v, ok := fields[n.name]
		if !ok {
			v = tftypes.NewValue(n.tf, nil) // as the framework has it, also below an object that is not known yet
		}
		if !w.node(n, v, at, expression) {
			return false
		}
	}
	return true
}

func (w *walk) node(n *node, v tftypes.Value, at path.Path, expression path.Expression) bool {
	null := v.IsNull()
	if (n.required && null) || (n.computed && !null) || (n.warns && !null) || (n.writes && !null) {
		return false
	}
	if n.check != nil || n.nested != nil {
		if len(at.Steps()) == 0 {
			at, expression = path.Root(n.name), path.MatchRoot(n.name)
		} else {
			at, expression = at.AtName(n.name), expression.AtName(n.name)
		}
	}
	if n.check != nil || !simple(n.value) {
		value, err := n.value.ValueFromTerraform(w.ctx, v)
		if err != nil || (n.check != nil && !n.check(w, at, expression, value)) {
			return false
		}
	}
	if n.nested == nil {
		return true
	}
	if n.block && !n.list {
		return w.object(n.nested, v, at, expression) // the framework looks into an absent block
	}
	if !v.IsKnown() || null {
		return true
	}
	if !n.list {
		return w.object(n.nested, v, at, expression)
	}
	var items []tftypes.Value
	if v.As(&items) != nil {
		return false
	}
	for i, item := range items {
		if !w.object(n.nested, item, at.AtListIndex(i), expression.AtListIndex(i)) {
			return false
		}
	}
	return true
}

// simple types cannot fail to be read. Of nested ones, the fields are looked at.
func simple(t attr.Type) bool {
	switch t := t.(type) {
	case basetypes.StringType, basetypes.BoolType, basetypes.NumberType, basetypes.ObjectType, basetypes.DynamicType:
		return true
	case basetypes.ListType:
		return simple(t.ElemType)
	case basetypes.MapType:
		return simple(t.ElemType)
	default:
		return false
	}
}

// each makes one check of an attribute's validators; nil where it has none.
func each[V any](validators []V, check func(*walk, V, path.Path, path.Expression, attr.Value) bool) func(*walk, path.Path, path.Expression, attr.Value) bool {
	if len(validators) == 0 {
		return nil
	}
	return func(w *walk, at path.Path, expression path.Expression, value attr.Value) bool {
		for _, v := range validators {
			if !check(w, v, at, expression, value) {
				return false
			}
		}
		return true
	}
}

func checkString(w *walk, v validator.String, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.StringResponse
	v.ValidateString(w.ctx, validator.StringRequest{Path: at, PathExpression: e, Config: w.config, ClientCapabilities: w.client, ConfigValue: value.(basetypes.StringValue)}, &resp) //nolint:forcetypeassert // attributeNode has seen to the type
	return len(resp.Diagnostics) == 0
}

func checkBool(w *walk, v validator.Bool, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.BoolResponse
	v.ValidateBool(w.ctx, validator.BoolRequest{Path: at, PathExpression: e, Config: w.config, ClientCapabilities: w.client, ConfigValue: value.(basetypes.BoolValue)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}

func checkNumber(w *walk, v validator.Number, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.NumberResponse
	v.ValidateNumber(w.ctx, validator.NumberRequest{Path: at, PathExpression: e, Config: w.config, ClientCapabilities: w.client, ConfigValue: value.(basetypes.NumberValue)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}

func checkList(w *walk, v validator.List, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.ListResponse
	v.ValidateList(w.ctx, validator.ListRequest{Path: at, PathExpression: e, Config: w.config, ClientCapabilities: w.client, ConfigValue: value.(basetypes.ListValue)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}

func checkMap(w *walk, v validator.Map, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.MapResponse
	v.ValidateMap(w.ctx, validator.MapRequest{Path: at, PathExpression: e, Config: w.config, ClientCapabilities: w.client, ConfigValue: value.(basetypes.MapValue)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}

func checkObject(w *walk, v validator.Object, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.ObjectResponse
	v.ValidateObject(w.ctx, validator.ObjectRequest{Path: at, PathExpression: e, Config: w.config, ClientCapabilities: w.client, ConfigValue: value.(basetypes.ObjectValue)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}
