package chat

import (
	"slices"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// rest is the attribute that holds what no other attribute of its object declares.
const rest = "extra"

func restOf(what string) kinds.Attribute {
	return kinds.Attribute{Name: rest, Shape: kinds.String,
		Description: "Anything else the server says about the " + what + ", as JSON: `jsondecode(…)`. Null if there is nothing, as is usual with OpenAI."}
}

// keepRest puts what fields do not declare of a parsed object into its member `extra`, and
// likewise in the objects inside. An object inside whose fields have no `extra` leaves that to
// the one around it. What is empty says nothing, and is left out.
func keepRest(fields kinds.Attributes, object map[string]any) {
	if a := fields.Find(rest); a != nil && a.Extra {
		return // package wire reads it so
	}
	undeclared := undeclaredOf(fields, object)
	delete(object, rest)
	if len(undeclared) > 0 {
		object[rest] = undeclared
	}
}

func undeclaredOf(fields kinds.Attributes, object map[string]any) map[string]any {
	undeclared := map[string]any{}
	for name, value := range object {
		if left := undeclaredIn(declaredAs(fields, name), value); left != nil {
			undeclared[name] = left
		}
	}
	return undeclared
}

// declaredAs is the attribute that a member is read into; nil = none.
func declaredAs(fields kinds.Attributes, member string) *kinds.Attribute {
	i := slices.IndexFunc(fields, func(a kinds.Attribute) bool { return a.WireName() == member && a.Name != rest })
	if i < 0 {
		return nil
	}
	return &fields[i]
}

// undeclaredIn is what an attribute does not read of a value; nil = nothing.
func undeclaredIn(a *kinds.Attribute, value any) any {
	switch {
	case empty(value):
		return nil
	case a == nil:
		return value
	case a.Fields == nil, a.Name == "logprobs": // which stands in full in logprobs_json
		return nil
	}
	if a.Shape == kinds.Object {
		return undeclaredInObject(a, value)
	}
	list, ok := value.([]any)
	if !ok {
		return value
	}
	left, some := make([]any, len(list)), false
	for i, item := range list {
		left[i] = undeclaredInObject(a, item)
		some = some || left[i] != nil
	}
	if !some {
		return nil
	}
	return left
}

func undeclaredInObject(a *kinds.Attribute, value any) any {
	object, ok := value.(map[string]any)
	switch {
	case empty(value):
		return nil
	case !ok:
		return value
	case a.Fields.Find(rest) != nil:
		keepRest(a.Fields, object)
		return nil
	}
	if undeclared := undeclaredOf(a.Fields, object); len(undeclared) > 0 {
		return undeclared
	}
	return nil
}

// empty reports whether a value holds nothing: null, "", and lists and objects of that.
func empty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return !slices.ContainsFunc(value, func(item any) bool { return !empty(item) })
	case map[string]any:
		for _, member := range value {
			if !empty(member) {
				return false
			}
		}
		return true
	}
	return false
}

// extraOf is the `extra` of an object; nil = there is none.
func extraOf(object wire.Fields) map[string]any {
	if !object.Has(rest) {
		return nil
	}
	text, _ := object.Text(rest)
	parsed, err := jsontext.Parse(text)
	if err != nil {
		return nil
	}
	members, _ := parsed.(map[string]any)
	return members
}
