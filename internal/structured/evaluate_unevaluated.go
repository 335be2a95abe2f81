package structured

import (
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// unevaluated looks at what no other keyword has a word for.
func (a *application) unevaluated() {
	if a.failed || a.s.UnevaluatedProperties == nil && a.s.UnevaluatedItems == nil {
		return
	}
	seen := &evaluated{names: map[string]bool{}, places: map[int]bool{}, schemas: map[*jsonschema.Schema]bool{}}
	a.evaluated(a.s, a.n, seen, true)
	switch v := a.n.value.(type) {
	case *object:
		for _, name := range v.keys {
			if a.s.UnevaluatedProperties != nil && !seen.names[name] {
				a.below(a.s.UnevaluatedProperties, member(v, name))
			}
		}
	case []any:
		for i := range v {
			if a.s.UnevaluatedItems != nil && !seen.places[i] {
				a.below(a.s.UnevaluatedItems, element(v, i))
			}
		}
	}
}

// evaluated is what some schemas have a word for, of one object or list.
type evaluated struct {
	names   map[string]bool
	places  map[int]bool
	schemas map[*jsonschema.Schema]bool // those that were asked
}

// evaluated collects what a schema that the value keeps to has a word for, and
// the schemas for the same value that it leads to. The outermost is asked for all
// but what its own unevaluated… would say.
func (a *application) evaluated(s *jsonschema.Schema, n *node, seen *evaluated, outermost bool) {
	if s == nil || seen.schemas[s] || !outermost && !a.fits(s, n) {
		return
	}
	a.spend(1)
	seen.schemas[s] = true
	switch v := n.value.(type) {
	case *object:
		for _, name := range v.keys {
			if a.hasWordForName(s, name) || !outermost && s.UnevaluatedProperties != nil {
				seen.names[name] = true
			}
		}
		for name, sub := range s.DependentSchemas {
			if v.has(name) {
				a.evaluated(sub, n, seen, false)
			}
		}
	case []any:
		places, rest := elementSchemas(s)
		all := rest != nil || s.AdditionalItems != nil || !outermost && s.UnevaluatedItems != nil
		for i := range v {
			counts := s.Contains != nil && s.DraftVersion >= 2020 && a.fits(s.Contains, element(v, i))
			if all || i < len(places) || counts {
				seen.places[i] = true
			}
		}
	}
	inner := slices.Concat([]*jsonschema.Schema{s.Ref, s.RecursiveRef, dynamicTarget(s), s.If}, s.AllOf, s.AnyOf, s.OneOf)
	if s.If != nil && a.fits(s.If, n) {
		inner = append(inner, s.Then)
	} else if s.If != nil {
		inner = append(inner, s.Else)
	}
	for _, sub := range inner {
		a.evaluated(sub, n, seen, false)
	}
}

func (a *application) hasWordForName(s *jsonschema.Schema, name string) bool {
	a.spendOn(name)
	if _, ok := s.Properties[name]; ok || s.AdditionalProperties != nil {
		return true
	}
	for pattern := range s.PatternProperties {
		a.spendOn(name)
		if pattern.MatchString(name) {
			return true
		}
	}
	return false
}
