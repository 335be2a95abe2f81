package structured

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// explain makes faults of what the validator found. What it quotes comes from
// the schema, but for the names of properties: an answer may be long.
func explain(e *jsonschema.ValidationError) []Fault {
	switch e.ErrorKind.(type) {
	case *kind.AnyOf:
		return explainChoice(e)
	case *kind.OneOf:
		if len(e.Causes) > 0 {
			return explainChoice(e)
		}
	}
	if len(e.Causes) == 0 {
		return []Fault{{Pointer: pointerOf(e), Message: say(e.ErrorKind)}}
	}
	var faults []Fault
	for _, cause := range e.Causes {
		faults = append(faults, explain(cause)...)
	}
	return faults
}

// explainChoice says why none of several schemas fits. Those that want another
// type of value were not meant, if there is one that wants this one. If one is
// left, its faults are the faults; else all are told in one.
func explainChoice(e *jsonschema.ValidationError) []Fault {
	here := pointerOf(e)
	var meant, others [][]Fault
	for _, cause := range e.Causes {
		faults := explain(cause)
		if wrongType(cause, here) {
			others = append(others, faults)
		} else {
			meant = append(meant, faults)
		}
	}
	if len(meant) == 0 {
		meant = others
	}
	if len(meant) == 1 {
		return meant[0]
	}
	reasons := make([]string, 0, len(meant))
	for _, faults := range meant {
		faults = told(faults)
		if len(faults) == 0 {
			continue
		}
		f := faults[0]
		f.Pointer = strings.TrimPrefix(f.Pointer, here)
		if reason := f.String(); !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	const most = 4
	if rest := len(reasons) - most; rest > 0 {
		reasons = append(reasons[:most:most], fmt.Sprintf("%d more reasons", rest))
	}
	return []Fault{{Pointer: here, Message: "none of the alternatives fits: " + strings.Join(reasons, "; or: ")}}
}

// wrongType reports whether all that is wrong is the type of the value itself.
func wrongType(e *jsonschema.ValidationError, here string) bool {
	if len(e.Causes) == 0 {
		_, ok := e.ErrorKind.(*kind.Type)
		return ok && pointerOf(e) == here
	}
	return !slices.ContainsFunc(e.Causes, func(cause *jsonschema.ValidationError) bool { return !wrongType(cause, here) })
}

func pointerOf(e *jsonschema.ValidationError) string {
	pointer := ""
	for _, key := range e.InstanceLocation {
		pointer = at(pointer, key)
	}
	return pointer
}

// say is the message of one fault.
func say(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		want := make([]string, len(k.Want))
		for i, name := range k.Want {
			want[i] = article(name)
		}
		return fmt.Sprintf("must be %s, not %s", strings.Join(want, " or "), article(k.Got))
	case *kind.Required:
		return "lacks " + names(k.Missing)
	case *kind.AdditionalProperties:
		return "has what the schema does not allow: " + names(k.Properties)
	case *kind.Enum:
		return "must be " + oneOf(k.Want)
	case *kind.Const:
		return "must be " + oneOf([]any{k.Want})
	case *kind.Pattern:
		return "does not match the pattern " + quoted(k.Want)
	case *kind.Format:
		if k.Want == "regex" {
			return fmt.Sprintf("is not a regular expression: %v", k.Err)
		}
		return fmt.Sprintf("is not a valid %s", k.Want)
	case *kind.Minimum:
		return "must be at least " + number(k.Want)
	case *kind.Maximum:
		return "must be at most " + number(k.Want)
	case *kind.ExclusiveMinimum:
		return "must be above " + number(k.Want)
	case *kind.ExclusiveMaximum:
		return "must be below " + number(k.Want)
	case *kind.MultipleOf:
		return "must be a multiple of " + number(k.Want)
	case *kind.MinItems:
		return fmt.Sprintf("must have at least %d elements, not %d", k.Want, k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("must have at most %d elements, not %d", k.Want, k.Got)
	case *kind.MinLength:
		return fmt.Sprintf("must have at least %d characters, not %d", k.Want, k.Got)
	case *kind.MaxLength:
		return fmt.Sprintf("must have at most %d characters, not %d", k.Want, k.Got)
	case *kind.UniqueItems:
		return fmt.Sprintf("must not have the same element twice: %d and %d are equal", k.Duplicates[0], k.Duplicates[1])
	case *kind.FalseSchema:
		return "is not allowed"
	case *kind.Not:
		return "is what the schema excludes (not)"
	case *kind.OneOf:
		return fmt.Sprintf("fits more than one of the alternatives of oneOf: %v", k.Subschemas)
	case *kind.MinProperties:
		return fmt.Sprintf("must have at least %d properties, not %d", k.Want, k.Got)
	case *kind.MaxProperties:
		return fmt.Sprintf("must have at most %d properties, not %d", k.Want, k.Got)
	case *kind.DependentRequired:
		return fmt.Sprintf("has %s, and so must have %s", quoted(k.Prop), names(k.Missing))
	case *kind.AdditionalItems:
		return fmt.Sprintf("has %d elements more than the schema allows", k.Count)
	case *kind.Contains:
		return "has no element like the one that it must contain"
	case *kind.MinContains:
		return fmt.Sprintf("must have at least %d elements of a kind (contains), not %d", k.Want, len(k.Got))
	case *kind.MaxContains:
		return fmt.Sprintf("must have at most %d elements of a kind (contains), not %d", k.Want, len(k.Got))
	}
	return "does not keep to the schema"
}

// oneOf lists values that are allowed, as JSON.
func oneOf(values []any) string {
	const most = 10
	list := make([]string, 0, most)
	for i, v := range values {
		if i == most {
			list = append(list, fmt.Sprintf("%d more", len(values)-most))
			break
		}
		list = append(list, quoted(v))
	}
	if len(list) == 1 {
		return list[0]
	}
	return "one of " + strings.Join(list, ", ")
}

func names(list []string) string {
	return strings.TrimPrefix(oneOf(anys(slices.Sorted(slices.Values(list)))), "one of ")
}

func anys(list []string) []any {
	values := make([]any, len(list))
	for i := range list {
		values[i] = list[i]
	}
	return values
}

func number(r *big.Rat) string {
	if r.IsInt() && r.Num().BitLen() <= 64 {
		return r.Num().String()
	}
	f, _ := r.Float64()
	text, err := json.Marshal(f)
	if err != nil {
		return "a number beyond any"
	}
	return string(text)
}

// article is a type's name with an article before it.
func article(name string) string {
	switch name {
	case "null":
		return "null"
	case "array", "integer", "object":
		return "an " + name
	}
	return "a " + name
}

// kindOf is what a parsed value is, with an article.
func kindOf(v any) string {
	switch v.(type) {
	case *object:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case nil:
		return "null"
	}
	return "a number"
}
