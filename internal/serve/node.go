package serve

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// node is what the short cuts need to know of an attribute or block, looked up
// once instead of at each step of each path.
type node struct {
	name     string
	required bool
	computed bool // and not optional: the configuration must leave it alone
	marked   bool // computed, optional or not: unknown in a plan where the configuration is silent
	warns    bool // deprecated
	writes   bool // write-only

	value  attr.Type
	tf     tftypes.Type
	check  func(*walk, path.Path, path.Expression, attr.Value) bool // nil = nothing to check
	nested []node
	list   bool // nested in a list
	block  bool
}

func nodesOf(attributes map[string]schema.Attribute, blocks map[string]schema.Block) []node {
	var nodes []node
	for name, a := range attributes {
		nodes = append(nodes, attributeNode(name, a))
	}
	for name, b := range blocks {
		nodes = append(nodes, blockNode(name, b))
	}
	return nodes
}

// attributeNode panics on an attribute of a type that no record has had so far,
// which shows in the first test that serves it.
func attributeNode(name string, a schema.Attribute) node {
	n := node{
		name: name, required: a.IsRequired(), computed: a.IsComputed() && !a.IsOptional(), marked: a.IsComputed(),
		warns: a.GetDeprecationMessage() != "", writes: a.IsWriteOnly(), value: a.GetType(),
	}
	switch a := a.(type) {
	case schema.StringAttribute:
		n.check = each(a.Validators, checkString)
	case schema.BoolAttribute:
		n.check = each(a.Validators, checkBool)
	case schema.Int64Attribute:
		n.check = each(a.Validators, checkInt64)
	case schema.Float64Attribute:
		n.check = each(a.Validators, checkFloat64)
	case schema.ListAttribute:
		n.check = each(a.Validators, checkList)
	case schema.MapAttribute:
		n.check = each(a.Validators, checkMap)
	case schema.DynamicAttribute:
		if len(a.Validators) > 0 {
			panic("serve: no short cut for validators of dynamic attribute " + name)
		}
	case schema.SingleNestedAttribute:
		n.check = each(a.Validators, checkObject)
		n.nested = nodesOf(a.Attributes, nil)
	case schema.ListNestedAttribute:
		n.check, n.list = each(a.Validators, checkList), true
		n.nested = nodesOf(a.NestedObject.Attributes, nil)
	default:
		panic(fmt.Sprintf("serve: no short cut for attribute %s of type %T", name, a))
	}
	return n.sound()
}

func blockNode(name string, b schema.Block) node {
	n := node{name: name, warns: b.GetDeprecationMessage() != "", value: b.Type(), block: true}
	switch b := b.(type) {
	case schema.SingleNestedBlock:
		n.check = each(b.Validators, checkObject)
		n.nested = nodesOf(b.Attributes, b.Blocks)
	case schema.ListNestedBlock:
		n.check, n.list = each(b.Validators, checkList), true
		n.nested = nodesOf(b.NestedObject.Attributes, b.NestedObject.Blocks)
	default:
		panic(fmt.Sprintf("serve: no short cut for block %s of type %T", name, b))
	}
	return n.sound()
}

// sound completes a node and refuses what markUnknown does not look for: something computed inside
// of something configured.
func (n node) sound() node {
	n.tf = n.value.TerraformType(context.Background())
	for i := range n.nested {
		if n.nested[i].marked && !n.marked {
			panic(fmt.Sprintf("serve: no short cut for computed %s inside of %s", n.nested[i].name, n.name))
		}
	}
	return n
}

// walk looks for anything to say about one configuration.
type walk struct {
	ctx    context.Context
	config tfsdk.Config
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
			// Below an object that is null or unknown, so is everything.
			if !object.IsKnown() {
				continue
			}
			v = tftypes.NewValue(n.tf, nil)
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
	case basetypes.StringType, basetypes.BoolType, basetypes.Float64Type, basetypes.ObjectType, basetypes.DynamicType:
		return true
	case basetypes.ListType:
		return simple(t.ElemType)
	case basetypes.MapType:
		return simple(t.ElemType)
	default:
		return false
	}
}

// writesOnly reports whether a write-only attribute has a value.
func writesOnly(nodes []node, object tftypes.Value) bool {
	found := false
	visit(nodes, object, func(n *node, v tftypes.Value) { found = found || (n.writes && !v.IsNull()) })
	return found
}

func visit(nodes []node, object tftypes.Value, see func(*node, tftypes.Value)) {
	var fields map[string]tftypes.Value
	if !object.IsKnown() || object.IsNull() || object.As(&fields) != nil {
		return
	}
	for i := range nodes {
		n := &nodes[i]
		v := fields[n.name]
		see(n, v)
		if n.nested == nil {
			continue
		}
		if !n.list {
			visit(n.nested, v, see)
			continue
		}
		var items []tftypes.Value
		if v.IsKnown() && !v.IsNull() && v.As(&items) == nil {
			for _, item := range items {
				visit(n.nested, item, see)
			}
		}
	}
}

// markUnknown makes what is computed unknown where the configuration is silent.
func markUnknown(nodes []node, config, plan tftypes.Value) tftypes.Value {
	var configured, planned map[string]tftypes.Value
	if config.As(&configured) != nil || plan.As(&planned) != nil {
		return plan
	}
	planned = maps.Clone(planned) // As gives the value's own map
	for i := range nodes {
		n := &nodes[i]
		if n.marked && configured[n.name].IsNull() {
			planned[n.name] = tftypes.NewValue(n.tf, tftypes.UnknownValue)
		}
	}
	return tftypes.NewValue(plan.Type(), planned)
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
	v.ValidateString(w.ctx, validator.StringRequest{Path: at, PathExpression: e, Config: w.config, ConfigValue: value.(basetypes.StringValue)}, &resp) //nolint:forcetypeassert // attributeNode has seen to the type
	return len(resp.Diagnostics) == 0
}

func checkBool(w *walk, v validator.Bool, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.BoolResponse
	v.ValidateBool(w.ctx, validator.BoolRequest{Path: at, PathExpression: e, Config: w.config, ConfigValue: value.(basetypes.BoolValue)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}

func checkInt64(w *walk, v validator.Int64, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.Int64Response
	v.ValidateInt64(w.ctx, validator.Int64Request{Path: at, PathExpression: e, Config: w.config, ConfigValue: value.(basetypes.Int64Value)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}

func checkFloat64(w *walk, v validator.Float64, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.Float64Response
	v.ValidateFloat64(w.ctx, validator.Float64Request{Path: at, PathExpression: e, Config: w.config, ConfigValue: value.(basetypes.Float64Value)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}

func checkList(w *walk, v validator.List, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.ListResponse
	v.ValidateList(w.ctx, validator.ListRequest{Path: at, PathExpression: e, Config: w.config, ConfigValue: value.(basetypes.ListValue)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}

func checkMap(w *walk, v validator.Map, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.MapResponse
	v.ValidateMap(w.ctx, validator.MapRequest{Path: at, PathExpression: e, Config: w.config, ConfigValue: value.(basetypes.MapValue)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}

func checkObject(w *walk, v validator.Object, at path.Path, e path.Expression, value attr.Value) bool {
	var resp validator.ObjectResponse
	v.ValidateObject(w.ctx, validator.ObjectRequest{Path: at, PathExpression: e, Config: w.config, ConfigValue: value.(basetypes.ObjectValue)}, &resp) //nolint:forcetypeassert // as above
	return len(resp.Diagnostics) == 0
}
