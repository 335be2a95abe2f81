package structured

import (
	"fmt"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// Strict turns an ordinary JSON Schema, of maps and lists, into one for strict
// mode, as far as that is possible, and says what it changed:
//
//   - each object is closed (additionalProperties = false), all its properties
//     are required, and those that were optional may be null;
//   - oneOf becomes anyOf, an allOf of one element becomes that element, a tuple
//     becomes a list of its alternatives, a $ref with company moves into anyOf;
//   - references are to places that stay: by a name of the schema's own ($id) they
//     become pointers, and what does not stay where or as it is, such as a property
//     that may be null now, is copied to $defs for those who refer to it;
//   - what strict mode does not know is removed, and goes into the description
//     if it is a matter of a word or two.
//
// What it cannot change, such as anyOf at the root or an allOf of several, it
// leaves: CheckStrict says so of the result. The argument stays as it is. The
// result of Strict is not changed by Strict.
//
// A map has no order, and the order of a schema's properties is the order in
// which a model writes them: StrictText keeps it.
func Strict(schema any) (any, []Change) {
	v, changes := strict(tree(schema))
	return plain(v), changes
}

// StrictText is Strict for a schema as JSON text. It keeps the order of
// properties. Faults are what keeps the schema, or what became of it, from being
// one that strict mode takes; without any, the text is such a schema.
func StrictText(schema string) (text string, changes []Change, faults []Fault) {
	root, fault := parseSchema(schema)
	if fault != nil {
		return "", nil, told([]Fault{*fault})
	}
	if faults := check(root); len(faults) > 0 {
		return "", nil, told(faults)
	}
	v, changes := strict(root)
	out, err := encode(v)
	if err != nil {
		return "", nil, []Fault{{Message: err.Error()}}
	}
	return string(out), changes, CheckStrict(string(out))
}

// strict changes a parsed schema in place.
func strict(schema any) (any, []Change) {
	root, ok := schema.(*object)
	if !ok {
		return schema, nil
	}
	s := &strictener{root: root, changes: localize(root)}
	s.modernize()
	s.draft = draftOf(root)
	s.relocateReferences()
	s.unfoldRoot()
	v := s.schema(root, "")
	for i, c := range s.changes {
		s.changes[i] = Change{jsontext.Printable(c.Pointer), jsontext.Printable(c.What)}
	}
	return v, s.changes
}

type strictener struct {
	root    *object
	draft   int
	changes []Change
}

func (s *strictener) changed(pointer, format string, args ...any) {
	s.changes = append(s.changes, Change{pointer, fmt.Sprintf(format, args...)})
}

// unfoldRoot puts what the root refers to into the root, where strict mode does
// not allow a reference. The definition stays, as others may refer to it.
func (s *strictener) unfoldRoot() {
	s.dropRefSiblings(s.root, "")
	target, seen := s.root, map[*object]bool{}
	for target.has("$ref") && !seen[target] {
		seen[target] = true
		found, _ := resolve(s.root, target.text("$ref"))
		next, ok := found.(*object)
		if !ok || target != s.root && len(target.keys) > 1 {
			return
		}
		target = next
	}
	if target == s.root || seen[target] || !s.root.takes(target, "$ref") {
		return
	}
	s.root.remove("$ref")
	s.root.merge(clone(target).(*object))
	s.changed("", "what $ref refers to was put here")
}

// takes reports whether no keyword of another schema has another value in this
// one, the keyword except aside. Words for people do not count.
func (o *object) takes(other *object, except string) bool {
	for _, key := range other.keys {
		if key != except && key != "description" && key != "title" && o.has(key) && !same(o.get(key), other.get(key)) {
			return false
		}
	}
	return true
}

// merge adds the keywords of another schema that this one lacks.
func (o *object) merge(other *object) {
	for _, key := range other.keys {
		if !o.has(key) {
			o.set(key, other.get(key))
		}
	}
}

// schema changes one schema and all below it.
func (s *strictener) schema(v any, pointer string) any {
	o, ok := v.(*object)
	if !ok {
		return v
	}
	s.dropRefSiblings(o, pointer)
	s.dropConditions(o, pointer)
	s.inlineAllOf(o, pointer)
	s.renameOneOf(o, pointer)
	s.untuple(o, pointer)
	s.inferType(o, pointer)
	s.describe(o, pointer)
	s.remove(o, pointer)
	s.wrapReference(o, pointer)
	for _, key := range []string{"properties", "$defs", "definitions", "items", "anyOf"} {
		children(o, key, pointer, s.schema)
	}
	s.closeObject(o, pointer)
	return o
}

func (s *strictener) inlineAllOf(o *object, pointer string) {
	for {
		list := o.list("allOf")
		if len(list) != 1 {
			return
		}
		only, ok := list[0].(*object)
		if !ok || !o.takes(only, "allOf") {
			return
		}
		o.remove("allOf")
		o.merge(only)
		s.changed(pointer, "the one element of allOf was put here")
	}
}

func (s *strictener) renameOneOf(o *object, pointer string) {
	if _, ok := o.get("oneOf").([]any); ok && !o.has("anyOf") {
		o.rename("oneOf", "anyOf")
		s.changed(pointer, "oneOf became anyOf: more than one alternative may fit")
	}
}

// untuple turns a list with a schema for each place into one with a schema for
// all: any of them.
func (s *strictener) untuple(o *object, pointer string) {
	key, rest := "prefixItems", "items"
	if _, ok := o.get("items").([]any); ok {
		key, rest = "items", "additionalItems"
	}
	places, ok := o.get(key).([]any)
	if !ok || len(places) == 0 {
		return
	}
	var any []any
	for _, place := range places {
		if !hasSame(any, place) {
			any = append(any, place)
		}
	}
	switch more := o.get(rest).(type) {
	case *object:
		if !hasSame(any, more) {
			any = append(any, more)
		}
	case bool:
		if !more && !o.has("maxItems") {
			o.set("maxItems", count(len(places)))
		}
	}
	items := any[0]
	if len(any) > 1 {
		choice := newObject()
		choice.set("anyOf", any)
		items = choice
	}
	o.remove("prefixItems")
	o.remove("additionalItems")
	o.set("items", items)
	s.changed(pointer, "%s became one schema for all elements: the order of the kinds is no longer fixed", key)
}
