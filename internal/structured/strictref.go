package structured

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// modernize turns what draft-04 says with true and false into numbers: strict
// mode reads the keywords of today.
func (s *strictener) modernize() {
	if draftOf(s.root) != 4 {
		return
	}
	old := false
	walk(s.root, "", func(o *object, pointer string) {
		for _, bound := range []string{"minimum", "maximum"} {
			exclusive := "exclusive" + strings.ToUpper(bound[:1]) + bound[1:]
			strict, ok := o.get(exclusive).(bool)
			if !ok {
				continue
			}
			old = true
			o.remove(exclusive)
			if strict && o.has(bound) {
				o.rename(bound, exclusive)
			}
			s.changed(pointer, "%s is a number now, not true or false", exclusive)
		}
	})
	if old {
		s.root.remove("$schema")
		s.changed("", "$schema was removed: draft-04 has no such numbers")
	}
}

// relocateReferences copies what a reference leads to, and what does not stay where
// it is and as it is, to the definitions, and lets the reference lead there. Done
// before anything else, it makes sure that a reference means the same afterwards.
func (s *strictener) relocateReferences() {
	moved := map[string]string{}
	for again := true; again; { // a copy may have references of its own
		again = false
		walkKept(s.root, "", func(o *object, pointer string) {
			place, local := localPointer(o.text("$ref"))
			if !local || s.isStable(place) {
				return
			}
			if moved[place] == "" {
				target, found := find(s.root, place)
				if !found {
					return
				}
				key := s.definitionsKey()
				if key == "" {
					return
				}
				name := s.newDefinition(key, place)
				s.root.object(key).set(name, clone(target))
				moved[place] = reference(at(at("", key), name))
				s.changed(place, "was copied to %s, for those who refer to it", quoted(moved[place]))
				again = true
			}
			o.set("$ref", moved[place])
		})
	}
}

// walkKept is walk for the schemas that are not removed anyway.
func walkKept(schema any, pointer string, visit func(s *object, pointer string)) {
	s, ok := schema.(*object)
	if !ok {
		return
	}
	visit(s, pointer)
	for _, key := range []string{"properties", "$defs", "definitions", "items", "anyOf", "oneOf", "allOf", "prefixItems", "additionalItems"} {
		children(s, key, pointer, func(child any, pointer string) any {
			walkKept(child, pointer, visit)
			return child
		})
	}
}

// definitionsKey is where definitions are, or can be.
func (s *strictener) definitionsKey() string {
	keys := []string{"$defs", "definitions"}
	if s.draft < 2019 || !s.root.has("$defs") && s.root.has("definitions") {
		slices.Reverse(keys)
	}
	for _, key := range keys {
		if s.root.object(key) != nil {
			return key
		}
	}
	if s.root.has(keys[0]) {
		return "" // not an object
	}
	s.root.set(keys[0], newObject())
	return keys[0]
}

var nameless = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// newDefinition is a name for the copy of a place that none has yet.
func (s *strictener) newDefinition(key, place string) string {
	name := "schema"
	for _, token := range tokens(place) {
		if _, err := strconv.Atoi(token); err != nil {
			name = nameless.ReplaceAllString(token, "_")
		}
	}
	unique := name
	for i := 2; s.root.object(key).has(unique); i++ {
		unique = name + "_" + strconv.Itoa(i)
	}
	return unique
}

// isStable reports whether a place has the same pointer and the same meaning in the
// strict schema.
func (s *strictener) isStable(pointer string) bool {
	if pointer == "" {
		return true
	}
	var here any = s.root
	keys := tokens(pointer)
	for i := 0; i < len(keys); i++ {
		o, ok := here.(*object)
		if !ok || i > 0 && o.get("nullable") == true {
			return false
		}
		switch key := keys[i]; key {
		case "items":
			here = o.object(key)
		case "properties", "$defs", "definitions":
			if i++; i == len(keys) || o.object(key) == nil {
				return false
			}
			if key == "properties" && (!slices.Contains(o.list("required"), any(keys[i])) || s.conditional(o)) {
				return false // it may be null
			}
			here = o.object(key).get(keys[i])
		case "anyOf":
			i++
			n, err := strconv.Atoi(keys[min(i, len(keys)-1)])
			if list := o.list(key); err == nil && 0 <= n && n < len(list) && !s.conditional(o) {
				here = list[n]
			} else {
				return false
			}
		default:
			return false
		}
	}
	return here != nil
}

// dropRefSiblings removes what stands beside a reference in a draft where it does
// not count, but for words to people, and what others refer to.
func (s *strictener) dropRefSiblings(o *object, pointer string) {
	if s.draft >= 2019 || !o.has("$ref") {
		return
	}
	for _, key := range slices.Clone(o.keys) {
		switch key {
		case "$ref", "title", "description", "definitions", "$defs", "$schema", "$id", "id", "nullable", "default", "examples", "$comment":
			continue
		}
		o.remove(key)
		s.changed(pointer, "%s was removed: it does not count beside $ref", key)
	}
}

// conditional reports whether a schema has anyOf, oneOf or allOf that only says
// which of its properties go together.
func (s *strictener) conditional(o *object) bool {
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		if list := o.list(key); len(list) > 0 && slices.ContainsFunc(list, isCondition) {
			return true
		}
	}
	return false
}

// dropConditions removes what says only which properties go together: in strict
// mode all are required, and which are null cannot be said.
func (s *strictener) dropConditions(o *object, pointer string) {
	if o.object("properties") == nil {
		return
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		list := o.list(key)
		if len(list) > 0 && !slices.ContainsFunc(list, func(v any) bool { return !isCondition(v) }) {
			o.remove(key)
			s.changed(pointer, "%s was removed: it says only which properties go together, and all are required now", key)
		}
	}
	list := o.list("allOf")
	kept := slices.DeleteFunc(slices.Clone(list), isCondition)
	if len(kept) == len(list) {
		return
	}
	s.changed(pointer, "what allOf says of which properties go together was removed")
	if o.remove("allOf"); len(kept) > 0 {
		o.set("allOf", kept)
	}
}

// conditions are the keywords that say when there is which property.
var conditions = []string{
	"required", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "minProperties", "maxProperties",
	"title", "description", "$comment",
}

func isCondition(v any) bool {
	o, ok := v.(*object)
	if !ok || len(o.keys) == 0 {
		return false
	}
	says := false
	for _, key := range o.keys {
		if !slices.Contains(conditions, key) && (key != "type" || o.get(key) != "object") {
			return false
		}
		says = says || slices.Contains(conditions[:len(conditions)-3], key)
	}
	return says
}
