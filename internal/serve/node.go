package serve

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// node is what the short cuts need to know of an attribute or block, looked up
// once instead of at each step of each path.
type node struct {
	name     string
	required bool
	optional bool
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

// nodesOf describes the attributes and blocks of the object at a place, for which it is named in panics.
func nodesOf(at string, attributes map[string]schema.Attribute, blocks map[string]schema.Block) []node {
	nodes := make([]node, 0, len(attributes)+len(blocks))
	for name, a := range attributes {
		nodes = append(nodes, attributeNode(at+"."+name, name, a))
	}
	for name, b := range blocks {
		nodes = append(nodes, blockNode(at+"."+name, name, b))
	}
	return nodes
}

// attributeNode panics on what the short cuts do not honour.
func attributeNode(at, name string, a schema.Attribute) node {
	n := node{
		name: name, required: a.IsRequired(), optional: a.IsOptional(), computed: a.IsComputed() && !a.IsOptional(), marked: a.IsComputed(),
		warns: a.GetDeprecationMessage() != "", writes: a.IsWriteOnly(), value: a.GetType(),
	}
	honoured := attributeFields
	switch a := a.(type) {
	case schema.StringAttribute:
		n.check = each(a.Validators, checkString)
	case schema.BoolAttribute:
		n.check = each(a.Validators, checkBool)
	case schema.NumberAttribute:
		n.check = each(a.Validators, checkNumber)
	case schema.ListAttribute:
		refuseElements(at, a.ElementType)
		n.check = each(a.Validators, checkList)
	case schema.MapAttribute:
		refuseElements(at, a.ElementType)
		n.check = each(a.Validators, checkMap)
	case schema.DynamicAttribute:
		honoured = dynamicFields
	case schema.SingleNestedAttribute:
		n.check = each(a.Validators, checkObject)
		n.nested = nodesOf(at, a.Attributes, nil)
	case schema.ListNestedAttribute:
		refuseFields(at, a.NestedObject, objectFields)
		n.check, n.list = each(a.Validators, checkList), true
		n.nested = nodesOf(at, a.NestedObject.Attributes, nil)
	default:
		refuse(at, fmt.Sprintf("its type is %T", a))
	}
	refuseFields(at, a, honoured)
	return n.complete(at)
}

// blockNode panics on what the short cuts do not honour.
func blockNode(at, name string, b schema.Block) node {
	n := node{name: name, warns: b.GetDeprecationMessage() != "", value: b.Type(), block: true}
	switch b := b.(type) {
	case schema.SingleNestedBlock:
		n.check = each(b.Validators, checkObject)
		n.nested = nodesOf(at, b.Attributes, b.Blocks)
	case schema.ListNestedBlock:
		refuseFields(at, b.NestedObject, objectFields)
		n.check, n.list = each(b.Validators, checkList), true
		n.nested = nodesOf(at, b.NestedObject.Attributes, b.NestedObject.Blocks)
	default:
		refuse(at, fmt.Sprintf("its type is %T", b))
	}
	refuseFields(at, b, blockFields)
	return n.complete(at)
}

func (n node) complete(at string) node {
	refuseNode(at, n)
	n.tf = n.value.TerraformType(context.Background())
	return n
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

// writeOnlyNames are the names of all write-only attributes, at any depth.
func writeOnlyNames(nodes []node) []string {
	var names []string
	for i := range nodes {
		if nodes[i].writes {
			names = append(names, nodes[i].name)
		}
		names = append(names, writeOnlyNames(nodes[i].nested)...)
	}
	return names
}

// Terraform writes a list of blocks that has none as an empty list, and the framework hands null to a resource.

// nullBlocks makes empty lists of blocks null, in a value that has just been decoded and that nobody else has
// yet: it writes into the value's own maps, because a copy of all of it would cost as much as decoding did.
func nullBlocks(nodes []node, object tftypes.Value) {
	var fields map[string]tftypes.Value
	if !object.IsKnown() || object.IsNull() || object.As(&fields) != nil {
		return
	}
	for i := range nodes {
		n, v := &nodes[i], fields[nodes[i].name]
		switch {
		case !n.block:
		case !n.list:
			nullBlocks(n.nested, v)
		case v.IsKnown() && !v.IsNull():
			var items []tftypes.Value
			if v.As(&items) == nil && len(items) == 0 {
				fields[n.name] = tftypes.NewValue(v.Type(), nil)
			}
			for _, item := range items {
				nullBlocks(n.nested, item)
			}
		}
	}
}

// emptyBlocks is an object with empty lists of blocks in place of null ones. It reports whether there were any.
func emptyBlocks(nodes []node, object tftypes.Value) (tftypes.Value, bool) {
	var fields map[string]tftypes.Value
	if !object.IsKnown() || object.IsNull() || object.As(&fields) != nil {
		return object, false
	}
	found := false
	for i := range nodes {
		n := &nodes[i]
		if !n.block {
			continue
		}
		block, changed := n.emptyBlocks(fields[n.name])
		if !changed {
			continue
		}
		if !found {
			fields, found = maps.Clone(fields), true // As gives the value's own map
		}
		fields[n.name] = block
	}
	if !found {
		return object, false
	}
	return tftypes.NewValue(object.Type(), fields), true
}

func (n *node) emptyBlocks(v tftypes.Value) (tftypes.Value, bool) {
	if !n.list {
		return emptyBlocks(n.nested, v)
	}
	if v.IsNull() {
		return tftypes.NewValue(v.Type(), []tftypes.Value{}), true
	}
	var items []tftypes.Value
	if !v.IsKnown() || v.As(&items) != nil {
		return v, false
	}
	found := false
	for i, item := range items {
		object, changed := emptyBlocks(n.nested, item)
		if !changed {
			continue
		}
		if !found {
			items, found = slices.Clone(items), true
		}
		items[i] = object
	}
	if !found {
		return v, false
	}
	return tftypes.NewValue(v.Type(), items), true
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
