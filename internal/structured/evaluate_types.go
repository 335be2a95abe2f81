package structured

import (
	"bytes"
	"encoding/json"
	"math/big"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// object looks at the keywords for objects.
func (a *application) object(o *object) {
	s := a.s
	if s.MinProperties != nil && len(o.keys) < *s.MinProperties {
		a.fail(&kind.MinProperties{Got: len(o.keys), Want: *s.MinProperties})
	}
	if s.MaxProperties != nil && len(o.keys) > *s.MaxProperties {
		a.fail(&kind.MaxProperties{Got: len(o.keys), Want: *s.MaxProperties})
	}
	if missing := lacking(o, s.Required); len(missing) > 0 {
		a.fail(&kind.Required{Missing: missing})
	}
	var extra []string
	for _, name := range o.keys {
		if a.finished() {
			return
		}
		if !a.property(name, member(o, name)) {
			extra = append(extra, name)
		}
	}
	if len(extra) > 0 {
		a.fail(&kind.AdditionalProperties{Properties: extra})
	}
	a.dependencies(o)
	if s.PropertyNames == nil || a.finished() {
		return
	}
	for _, name := range o.keys {
		if n := newNode(name, a.n, ""); !a.fits(s.PropertyNames, n) {
			a.failed = true
			if a.out != nil {
				a.out.addName(name, a.explain(s.PropertyNames, n))
			}
		}
	}
}

// property holds one property against what the schema has for its name. It
// reports whether the property may be there at all.
func (a *application) property(name string, v *node) (allowed bool) {
	a.spendOn(name)
	matched := false
	if sub, ok := a.s.Properties[name]; ok {
		matched = true
		a.below(sub, v)
	}
	for pattern, sub := range a.s.PatternProperties {
		a.spendOn(name)
		if pattern.MatchString(name) {
			matched = true
			a.below(sub, v)
		}
	}
	switch additional := a.s.AdditionalProperties.(type) {
	case bool:
		return matched || additional
	case *jsonschema.Schema:
		if !matched {
			a.below(additional, v)
		}
	}
	return true
}

func (a *application) dependencies(o *object) {
	s := a.s
	needs := func(name string, names []string) {
		if missing := lacking(o, names); o.has(name) && len(missing) > 0 {
			a.fail(&kind.DependentRequired{Prop: name, Missing: missing})
		}
	}
	for name, names := range s.DependentRequired {
		needs(name, names)
	}
	for name, sub := range s.DependentSchemas {
		if o.has(name) {
			a.below(sub, a.n)
		}
	}
	for name, of := range s.Dependencies {
		switch of := of.(type) {
		case []string:
			needs(name, of)
		case *jsonschema.Schema:
			if o.has(name) {
				a.below(of, a.n)
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
func (a *application) list(list []any) {
	s := a.s
	if s.MinItems != nil && len(list) < *s.MinItems {
		a.fail(&kind.MinItems{Got: len(list), Want: *s.MinItems})
	}
	if s.MaxItems != nil && len(list) > *s.MaxItems {
		a.fail(&kind.MaxItems{Got: len(list), Want: *s.MaxItems})
	}
	if s.UniqueItems && !a.finished() {
		a.unique(list)
	}
	places, rest := elementSchemas(s)
	for i := range list {
		if a.finished() {
			return
		}
		switch {
		case i < len(places):
			a.below(places[i], element(list, i))
		case rest != nil:
			a.below(rest, element(list, i))
		}
	}
	if closed, ok := s.AdditionalItems.(bool); ok && !closed && len(list) > len(places) {
		a.fail(&kind.AdditionalItems{Count: len(list) - len(places)})
	}
	if s.Contains != nil && !a.finished() {
		a.contains(list)
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

func (a *application) unique(list []any) {
	seen := make(map[string]int, len(list))
	for i := range list {
		text := string(jsontext.Canonical(a.plain(element(list, i))))
		if first, ok := seen[text]; ok {
			a.fail(&kind.UniqueItems{Duplicates: [2]int{first, i}})
			return
		}
		seen[text] = i
	}
}

// plain is a node without its place. It costs what it is large.
func (a *application) plain(n *node) any {
	a.spend(1)
	switch v := n.value.(type) {
	case *object:
		out := make(map[string]any, len(v.keys))
		for _, name := range v.keys {
			out[name] = a.plain(member(v, name))
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = a.plain(element(v, i))
		}
		return out
	case string:
		a.spendOn(v)
	}
	return n.value
}

func (a *application) contains(list []any) {
	var matched []int
	for i := range list {
		if a.fits(a.s.Contains, element(list, i)) {
			matched = append(matched, i)
		}
	}
	switch least := a.s.MinContains; {
	case least != nil && len(matched) < *least:
		a.fail(&kind.MinContains{Got: matched, Want: *least})
	case least == nil && len(matched) == 0:
		a.fail(&kind.Contains{})
	}
	if most := a.s.MaxContains; most != nil && len(matched) > *most {
		a.fail(&kind.MaxContains{Got: matched, Want: *most})
	}
}

// text looks at the keywords for strings.
func (a *application) text(v string) {
	s := a.s
	if s.MinLength != nil || s.MaxLength != nil {
		a.spendOn(v)
		length := utf8.RuneCountInString(v)
		if s.MinLength != nil && length < *s.MinLength {
			a.fail(&kind.MinLength{Got: length, Want: *s.MinLength})
		}
		if s.MaxLength != nil && length > *s.MaxLength {
			a.fail(&kind.MaxLength{Got: length, Want: *s.MaxLength})
		}
	}
	if s.Pattern != nil {
		a.spendOn(v)
		if !s.Pattern.MatchString(v) {
			a.fail(&kind.Pattern{Want: s.Pattern.String()})
		}
	}
}

// number looks at the keywords for numbers.
func (a *application) number(v *big.Rat) {
	s := a.s
	if s.Minimum != nil && v.Cmp(s.Minimum) < 0 {
		a.fail(&kind.Minimum{Want: s.Minimum})
	}
	if s.Maximum != nil && v.Cmp(s.Maximum) > 0 {
		a.fail(&kind.Maximum{Want: s.Maximum})
	}
	if s.ExclusiveMinimum != nil && v.Cmp(s.ExclusiveMinimum) <= 0 {
		a.fail(&kind.ExclusiveMinimum{Want: s.ExclusiveMinimum})
	}
	if s.ExclusiveMaximum != nil && v.Cmp(s.ExclusiveMaximum) >= 0 {
		a.fail(&kind.ExclusiveMaximum{Want: s.ExclusiveMaximum})
	}
	if s.MultipleOf != nil && !new(big.Rat).Quo(v, s.MultipleOf).IsInt() {
		a.fail(&kind.MultipleOf{Want: s.MultipleOf})
	}
}

// equal reports whether a value is that of a const or an enum.
func (a *application) equal(n *node, want any) bool {
	a.spend(1)
	switch v := n.value.(type) {
	case *object:
		of, ok := want.(map[string]any)
		if !ok || len(of) != len(v.keys) {
			return false
		}
		for _, name := range v.keys {
			if w, ok := of[name]; !ok || !a.equal(member(v, name), w) {
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
			if !a.equal(element(v, i), of[i]) {
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
