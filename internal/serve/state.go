package serve

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// UpgradeResourceState hands a saved state back as the JSON that it is, where
// that has exactly the shape that the schema has today. The framework would
// read it, look at each path of it, and write it as MessagePack.
func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	r := s.records[req.TypeName]
	if r != nil && req.RawState != nil && req.Version == r.schema.Schema.GetVersion() {
		if hasShape(r.root, req.RawState.JSON) {
			return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &tfprotov6.DynamicValue{JSON: req.RawState.JSON}}, nil
		}
	}
	return s.framework.UpgradeResourceState(ctx, req)
}

// hasShape reports whether a text is an object with all the attributes of nodes and no others. Values of any type are
// looked at from the outside only: there may be megabytes of them.
func hasShape(nodes []node, text []byte) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || len(members) != len(nodes) {
		return false
	}
	for i := range nodes {
		n := &nodes[i]
		member, ok := members[n.name]
		if !ok {
			return false
		}
		if n.nested == nil && n.tf.Is(tftypes.DynamicPseudoType) {
			var wrapped map[string]json.RawMessage
			if json.Unmarshal(member, &wrapped) != nil || wrapped != nil && (len(wrapped) != 2 || wrapped["type"] == nil) {
				return false
			}
			continue
		}
		var v any
		if json.Unmarshal(member, &v) != nil || !n.fits(v) {
			return false
		}
	}
	return true
}

// hasFields reports whether v is an object with all the fields of nodes and no others.
func hasFields(nodes []node, v any) bool {
	object, ok := v.(map[string]any)
	if !ok || len(object) != len(nodes) {
		return false
	}
	for i := range nodes {
		field, ok := object[nodes[i].name]
		if !ok || !nodes[i].fits(field) {
			return false
		}
	}
	return true
}

func (n *node) fits(v any) bool {
	switch {
	case v == nil:
		return !n.block || !n.list // blocks that are not there are an empty list
	case n.nested == nil:
		return fits(n.tf, v)
	case !n.list:
		return hasFields(n.nested, v)
	}
	items, ok := v.([]any)
	if !ok {
		return false
	}
	for _, item := range items {
		if item == nil && !n.block {
			continue
		}
		if !hasFields(n.nested, item) {
			return false
		}
	}
	return true
}

func fits(t tftypes.Type, v any) bool {
	if v == nil {
		return true
	}
	switch t := t.(type) {
	case tftypes.List:
		items, ok := v.([]any)
		for _, item := range items {
			ok = ok && fits(t.ElementType, item)
		}
		return ok
	case tftypes.Map:
		items, ok := v.(map[string]any)
		for _, item := range items {
			ok = ok && fits(t.ElementType, item)
		}
		return ok
	}
	var ok bool
	switch {
	case t.Is(tftypes.DynamicPseudoType):
		var wrapped map[string]any
		if wrapped, ok = v.(map[string]any); ok {
			_, ok = wrapped["type"]
			ok = ok && len(wrapped) == 2
		}
	case t.Is(tftypes.String):
		_, ok = v.(string)
	case t.Is(tftypes.Bool):
		_, ok = v.(bool)
	case t.Is(tftypes.Number):
		_, ok = v.(float64)
	}
	return ok
}
