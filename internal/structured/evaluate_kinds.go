package structured

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// object looks at the keywords for objects.
func (m *meeting) object(o *object) {
	s := m.s
	if s.MinProperties != nil && len(o.keys) < *s.MinProperties {
		m.fail(&kind.MinProperties{Got: len(o.keys), Want: *s.MinProperties})
	}
	if s.MaxProperties != nil && len(o.keys) > *s.MaxProperties {
		m.fail(&kind.MaxProperties{Got: len(o.keys), Want: *s.MaxProperties})
	}
	if missing := lacking(o, s.Required); len(missing) > 0 {
		m.fail(&kind.Required{Missing: missing})
	}
	var extra []string
	for _, name := range o.keys {
		if m.done() {
			return
		}
		if !m.property(name, member(o, name)) {
			extra = append(extra, name)
		}
	}
	if len(extra) > 0 {
		m.fail(&kind.AdditionalProperties{Properties: extra})
	}
	m.dependencies(o)
	if s.PropertyNames == nil || m.done() {
		return
	}
	for _, name := range o.keys {
		if n := newNode(name, m.n, ""); !m.fits(s.PropertyNames, n) {
			m.failed = true
			if m.out != nil {
				m.out.addName(name, m.explain(s.PropertyNames, n))
			}
		}
	}
}

// property holds one property against what the schema has for its name. It
// reports whether the property may be there at all.
func (m *meeting) property(name string, v *node) (allowed bool) {
	m.spendOn(name)
	matched := false
	if sub, ok := m.s.Properties[name]; ok {
		matched = true
		m.below(sub, v)
	}
	for pattern, sub := range m.s.PatternProperties {
		m.spendOn(name)
		if pattern.MatchString(name) {
			matched = true
			m.below(sub, v)
		}
	}
	switch additional := m.s.AdditionalProperties.(type) {
	case bool:
		return matched || additional
	case *jsonschema.Schema:
		if !matched {
			m.below(additional, v)
		}
	}
	return true
}

func (m *meeting) dependencies(o *object) {
	s := m.s
	needs := func(name string, names []string) {
		if missing := lacking(o, names); o.has(name) && len(missing) > 0 {
			m.fail(&kind.DependentRequired{Prop: name, Missing: missing})
		}
	}
	for name, names := range s.DependentRequired {
		needs(name, names)
	}
	for name, sub := range s.DependentSchemas {
		if o.has(name) {
			m.below(sub, m.n)
		}
	}
	for name, of := range s.Dependencies {
		switch of := of.(type) {
		case []string:
			needs(name, of)
		case *jsonschema.Schema:
			if o.has(name) {
				m.below(of, m.n)
			}
		}
	}
}

// lacking are the names that an object does not have.
func lacking(o *object, names []string) []string {
	var missing []string
	for _, name := range names {
		if !o.has(name) {
			missing = append(missing, name)
		}
	}
	return missing
}

// list looks at the keywords for lists.
func (m *meeting) list(list []any) {
	s := m.s
	if s.MinItems != nil && len(list) < *s.MinItems {
		m.fail(&kind.MinItems{Got: len(list), Want: *s.MinItems})
	}
	if s.MaxItems != nil && len(list) > *s.MaxItems {
		m.fail(&kind.MaxItems{Got: len(list), Want: *s.MaxItems})
	}
	if s.UniqueItems && !m.done() {
		m.unique(list)
	}
	places, rest := elementSchemas(s)
	for i := range list {
		if m.done() {
			return
		}
		switch {
		case i < len(places):
			m.below(places[i], element(list, i))
		case rest != nil:
			m.below(rest, element(list, i))
		}
	}
	if closed, ok := s.AdditionalItems.(bool); ok && !closed && len(list) > len(places) {
		m.fail(&kind.AdditionalItems{Count: len(list) - len(places)})
	}
	if s.Contains != nil && !m.done() {
		m.contains(list)
	}
}

// elementSchemas are the schemas of the first elements of a list, and that of
// all others, nil if they may be anything.
func elementSchemas(s *jsonschema.Schema) (places []*jsonschema.Schema, rest *jsonschema.Schema) {
	if s.DraftVersion >= 2020 {
		return s.PrefixItems, s.Items2020
	}
	switch items := s.Items.(type) {
	case *jsonschema.Schema:
		return nil, items
	case []*jsonschema.Schema:
		rest, _ = s.AdditionalItems.(*jsonschema.Schema)
		return items, rest
	}
	return nil, nil
}

func (m *meeting) unique(list []any) {
	seen := make(map[string]int, len(list))
	for i := range list {
		text := string(jsontext.Canonical(m.plain(element(list, i))))
		if first, ok := seen[text]; ok {
			m.fail(&kind.UniqueItems{Duplicates: [2]int{first, i}})
			return
		}
		seen[text] = i
	}
}

// plain is a node without its place. It costs what it is large.
func (m *meeting) plain(n *node) any {
	m.spend(1)
	switch v := n.value.(type) {
	case *object:
		out := make(map[string]any, len(v.keys))
		for _, name := range v.keys {
			out[name] = m.plain(member(v, name))
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = m.plain(element(v, i))
		}
		return out
	case string:
		m.spendOn(v)
	}
	return n.value
}

func (m *meeting) contains(list []any) {
	var matched []int
	for i := range list {
		if m.fits(m.s.Contains, element(list, i)) {
			matched = append(matched, i)
		}
	}
	switch least := m.s.MinContains; {
	case least != nil && len(matched) < *least:
		m.fail(&kind.MinContains{Got: matched, Want: *least})
	case least == nil && len(matched) == 0:
		m.fail(&kind.Contains{})
	}
	if most := m.s.MaxContains; most != nil && len(matched) > *most {
		m.fail(&kind.MaxContains{Got: matched, Want: *most})
	}
}

// text looks at the keywords for strings.
func (m *meeting) text(v string) {
	s := m.s
	if s.MinLength != nil || s.MaxLength != nil {
		m.spendOn(v)
		length := utf8.RuneCountInString(v)
		if s.MinLength != nil && length < *s.MinLength {
			m.fail(&kind.MinLength{Got: length, Want: *s.MinLength})
		}
		if s.MaxLength != nil && length > *s.MaxLength {
			m.fail(&kind.MaxLength{Got: length, Want: *s.MaxLength})
		}
	}
	if s.Pattern != nil {
		m.spendOn(v)
		if !s.Pattern.MatchString(v) {
			m.fail(&kind.Pattern{Want: s.Pattern.String()})
		}
	}
}

// equal reports whether a value is that of a const or an enum.
func (m *meeting) equal(n *node, want any) bool {
	m.spend(1)
	switch v := n.value.(type) {
	case *object:
		of, ok := want.(map[string]any)
		if !ok || len(of) != len(v.keys) {
			return false
		}
		for _, name := range v.keys {
			if w, ok := of[name]; !ok || !m.equal(member(v, name), w) {
				return false
			}
		}
		return true
	case []any:
		of, ok := want.([]any)
		if !ok || len(of) != len(v) {
			return false
		}
		for i := range v {
			if !m.equal(element(v, i), of[i]) {
				return false
			}
		}
		return true
	case json.Number:
		w, ok := want.(json.Number)
		return ok && (v == w || bytes.Equal(jsontext.Canonical(v), jsontext.Canonical(w)))
	}
	switch want.(type) {
	case map[string]any, []any:
		return false // cannot be compared by ==
	}
	return n.value == want
}

// masks are the types, as the library keeps sets of them.
var masks = func() map[string]jsonschema.Types {
	of := map[string]jsonschema.Types{}
	for _, name := range typeNames {
		var mask jsonschema.Types
		mask.Add(name)
		of[name] = mask
	}
	return of
}()

// allows reports whether a value is of one of some types.
func allows(types jsonschema.Types, v any) bool {
	if types&masks[typeWord(v)] != 0 {
		return true
	}
	r := rational(v)
	return r != nil && types&masks["integer"] != 0 && r.IsInt()
}

// typeWord is the type of a value, where each number is a number.
func typeWord(v any) string {
	if name := typeName(v); name != "integer" {
		return name
	}
	return "number"
}

// rational is a value that is a number, nil if it is none. What parse takes is
// no larger than some thousand bits.
func rational(v any) *big.Rat {
	number, ok := v.(json.Number)
	if !ok {
		return nil
	}
	r, ok := new(big.Rat).SetString(string(number))
	if !ok {
		return nil
	}
	return r
}

// unevaluated looks at what no other keyword has a word for.
func (m *meeting) unevaluated() {
	if m.failed || m.s.UnevaluatedProperties == nil && m.s.UnevaluatedItems == nil {
		return
	}
	seen := &evaluated{names: map[string]bool{}, places: map[int]bool{}, schemas: map[*jsonschema.Schema]bool{}}
	m.evaluated(m.s, m.n, seen, true)
	switch v := m.n.value.(type) {
	case *object:
		for _, name := range v.keys {
			if m.s.UnevaluatedProperties != nil && !seen.names[name] {
				m.below(m.s.UnevaluatedProperties, member(v, name))
			}
		}
	case []any:
		for i := range v {
			if m.s.UnevaluatedItems != nil && !seen.places[i] {
				m.below(m.s.UnevaluatedItems, element(v, i))
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
func (m *meeting) evaluated(s *jsonschema.Schema, n *node, seen *evaluated, outermost bool) {
	if s == nil || seen.schemas[s] || !outermost && !m.fits(s, n) {
		return
	}
	m.spend(1)
	seen.schemas[s] = true
	switch v := n.value.(type) {
	case *object:
		for _, name := range v.keys {
			if m.hasWordForName(s, name) || !outermost && s.UnevaluatedProperties != nil {
				seen.names[name] = true
			}
		}
		for name, sub := range s.DependentSchemas {
			if v.has(name) {
				m.evaluated(sub, n, seen, false)
			}
		}
	case []any:
		places, rest := elementSchemas(s)
		all := rest != nil || s.AdditionalItems != nil || !outermost && s.UnevaluatedItems != nil
		for i := range v {
			counts := s.Contains != nil && s.DraftVersion >= 2020 && m.fits(s.Contains, element(v, i))
			if all || i < len(places) || counts {
				seen.places[i] = true
			}
		}
	}
	inner := slices.Concat([]*jsonschema.Schema{s.Ref, s.RecursiveRef, dynamicTarget(s), s.If}, s.AllOf, s.AnyOf, s.OneOf)
	if s.If != nil && m.fits(s.If, n) {
		inner = append(inner, s.Then)
	} else if s.If != nil {
		inner = append(inner, s.Else)
	}
	for _, sub := range inner {
		m.evaluated(sub, n, seen, false)
	}
}

func (m *meeting) hasWordForName(s *jsonschema.Schema, name string) bool {
	m.spendOn(name)
	if _, ok := s.Properties[name]; ok || s.AdditionalProperties != nil {
		return true
	}
	for pattern := range s.PatternProperties {
		m.spendOn(name)
		if pattern.MatchString(name) {
			return true
		}
	}
	return false
}
