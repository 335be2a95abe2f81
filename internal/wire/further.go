package wire

import (
	"slices"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// further is what no attribute reads of a parsed object, for an Extra.
func further(as kinds.Attributes, object map[string]any, except []string) map[string]any {
	out := map[string]any{}
	for name, value := range object {
		if slices.Contains(except, name) {
			continue
		}
		if left := left(as.Member(name), value); left != nil {
			out[name] = left
		}
	}
	return out
}

// left is what an attribute does not read of a value; nil = nothing.
func left(a *kinds.Attribute, value any) any {
	switch {
	case jsontext.Empty(value):
		return nil
	case a == nil:
		return value
	case a.Fields == nil:
		return nil
	case a.Shape == kinds.Object:
		return leftOfObject(a.Fields, value)
	}
	list, ok := value.([]any)
	if !ok {
		return value
	}
	out, some := make([]any, len(list)), false
	for i, item := range list {
		out[i] = leftOfObject(a.Fields, item)
		some = some || out[i] != nil
	}
	if !some {
		return nil
	}
	return out
}

func leftOfObject(as kinds.Attributes, value any) any {
	object, ok := value.(map[string]any)
	switch {
	case jsontext.Empty(value):
		return nil
	case !ok:
		return value
	case as.Extra() != nil: // which has it
		return nil
	}
	if out := further(as, object, nil); len(out) > 0 {
		return out
	}
	return nil
}
