package openapi

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// undeclaredError is a property that no schema applying to its object declares.
type undeclaredError struct{ pointer string }

func (e *undeclaredError) Error() string { return "body at '" + e.pointer + "': not declared" }

// check validates a value and then looks for properties that the schema does not declare.
func check(schema *jsonschema.Schema, value any) []error {
	found := invalid(schema, value)
	undeclared([]*jsonschema.Schema{schema}, value, "", &found)
	return found
}

func invalid(schema *jsonschema.Schema, value any) []error {
	err := schema.Validate(value)
	if err == nil {
		return nil
	}
	var failed *jsonschema.ValidationError
	if !errors.As(err, &failed) {
		return []error{err}
	}
	var found []error
	for _, leaf := range leaves(failed) {
		text := "body " + leaf.Error()
		if !slices.ContainsFunc(found, func(err error) bool { return err.Error() == text }) {
			found = append(found, errors.New(text))
		}
	}
	return found
}

// leaves returns the faults at the bottom of a tree of errors. Of the branches of an anyOf only the one
// that was probably meant is followed: the one whose shallowest fault lies deepest, then the one with fewest.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	_, choice := e.ErrorKind.(*kind.AnyOf)
	var all, best []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		branch := leaves(cause)
		all = append(all, branch...)
		if best == nil || likelier(branch, best, len(e.InstanceLocation)) {
			best = branch
		}
	}
	if choice {
		return best
	}
	return all
}

func likelier(a, b []*jsonschema.ValidationError, base int) bool {
	if a, b := shallowest(a, base), shallowest(b, base); a != b {
		return a > b
	}
	return len(a) < len(b)
}

// shallowest returns how deep, below the value at depth base, the first fault lies. At one depth a wrong
// type weighs most. A wrong constant (role, type) counts for the object that it is in: another branch is meant.
func shallowest(found []*jsonschema.ValidationError, base int) int {
	first := math.MaxInt
	for _, e := range found {
		depth, rank := len(e.InstanceLocation), 2
		switch e.ErrorKind.(type) {
		case *kind.Type:
			rank = 0
		case *kind.Enum, *kind.Const:
			depth, rank = max(depth-1, base), 1
		}
		first = min(first, 3*depth+rank)
	}
	return first
}

// undeclared walks value beside the schemas that apply to it, all at once: a property is known if one
// of them declares it.
func undeclared(schemas []*jsonschema.Schema, value any, pointer string, found *[]error) {
	var applying []*jsonschema.Schema
	for _, schema := range schemas {
		applying = flatten(schema, value, applying)
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			below, known := property(applying, name)
			switch {
			case !known:
				*found = append(*found, &undeclaredError{pointer + "/" + name})
			case len(below) > 0:
				undeclared(below, value[name], pointer+"/"+name, found)
			}
		}
	case []any:
		for i, element := range value {
			if below := items(applying, i); len(below) > 0 {
				undeclared(below, element, pointer+"/"+strconv.Itoa(i), found)
			}
		}
	}
}

// flatten appends schema and what it brings in that applies to value: references, every part of an
// allOf, and of an anyOf the branches that accept the value. Where none does, the fault is already
// known and the likeliest branches stand in.
func flatten(schema *jsonschema.Schema, value any, to []*jsonschema.Schema) []*jsonschema.Schema {
	if schema == nil || slices.Contains(to, schema) {
		return to
	}
	to = append(to, schema)
	to = flatten(schema.Ref, value, to)
	for _, part := range schema.AllOf {
		to = flatten(part, value, to)
	}
	if len(schema.AnyOf) == 0 {
		return to
	}
	accepted := false
	for _, branch := range schema.AnyOf {
		if branch.Validate(value) == nil {
			to = flatten(branch, value, to)
			accepted = true
		}
	}
	if accepted {
		return to
	}
	var likeliest []*jsonschema.Schema
	var fewest []*jsonschema.ValidationError
	for _, branch := range schema.AnyOf {
		var failed *jsonschema.ValidationError
		if !errors.As(branch.Validate(value), &failed) {
			continue
		}
		faults := leaves(failed)
		switch {
		case fewest == nil || likelier(faults, fewest, 0):
			likeliest, fewest = []*jsonschema.Schema{branch}, faults
		case !likelier(fewest, faults, 0):
			likeliest = append(likeliest, branch)
		}
	}
	for _, branch := range likeliest {
		to = flatten(branch, value, to)
	}
	return to
}

// property returns the schemas of a property and whether it is declared, be it by name, by pattern or
// as an entry of a map. An object schema without any property stands for any object.
func property(applying []*jsonschema.Schema, name string) (below []*jsonschema.Schema, known bool) {
	closed := false
	for _, schema := range applying {
		if s, ok := schema.Properties[name]; ok {
			below, known = append(below, s), true
			continue
		}
		for pattern, s := range schema.PatternProperties {
			if pattern.MatchString(name) {
				below, known = append(below, s), true
			}
		}
		switch extra := schema.AdditionalProperties.(type) {
		case bool:
			known = known || extra
			closed = closed || !extra
		case *jsonschema.Schema:
			if extra.Bool == nil || *extra.Bool {
				below, known = append(below, extra), true
			}
		}
		closed = closed || len(schema.Properties) > 0
	}
	return below, known || !closed
}

func items(applying []*jsonschema.Schema, i int) (below []*jsonschema.Schema) {
	for _, schema := range applying {
		if i < len(schema.PrefixItems) {
			below = append(below, schema.PrefixItems[i])
		} else if schema.Items2020 != nil {
			below = append(below, schema.Items2020)
		}
	}
	return below
}

func mapKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Join makes one error of what a check found, nil if nothing.
func Join(found []error) error {
	if len(found) == 0 {
		return nil
	}
	lines := make([]string, len(found))
	for i, err := range found {
		lines[i] = err.Error()
	}
	return fmt.Errorf("not as OpenAI's document says:\n  %s", strings.Join(lines, "\n  "))
}
