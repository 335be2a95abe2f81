package structured

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// notes are the keywords whose meaning a word or two in the description can
// keep, and those words; the value follows.
var notes = map[string]string{
	"default":          "Default",
	"examples":         "Examples",
	"format":           "Format",
	"pattern":          "Pattern",
	"minProperties":    "Properties at least",
	"maxProperties":    "Properties at most",
	"contentEncoding":  "Encoding",
	"contentMediaType": "Media type",
	"uniqueItems":      "Elements differ from each other",
}

// describe removes the keywords that notes has words for, where strict mode
// refuses or doubts them, and puts the words into the description.
func (s *strictener) describe(o *object, pointer string) {
	for _, key := range []string{
		"format", "pattern", "uniqueItems", "minProperties", "maxProperties", "contentEncoding", "contentMediaType", "examples", "default",
	} {
		v, ok := o.values[key]
		if !ok || key == "pattern" && !lookaround(o.text(key)) || key == "format" && slices.Contains(formats, o.text(key)) {
			continue
		}
		o.remove(key)
		note := notes[key] + ": " + quoted(v)
		if text, ok := v.(string); ok && key != "default" {
			note = notes[key] + ": " + text
		}
		if key == "uniqueItems" {
			note = notes[key]
		}
		if v == nil || v == false || o.has("description") && o.text("description") == "" {
			s.changed(pointer, "%s was removed", key)
			continue
		}
		if text := o.text("description"); text != "" {
			note = strings.TrimRight(text, " \n") + " (" + note + ")"
		}
		o.set("description", note)
		s.changed(pointer, "%s was removed, and put into the description", key)
	}
}

// remove takes out what strict mode refuses and what it may refuse. What could
// be meant otherwise stays: an allOf of several, and a oneOf beside anyOf.
func (s *strictener) remove(o *object, pointer string) {
	nullable := o.get("nullable") == true
	for _, key := range append([]string{}, o.keys...) {
		_, bad := refused[key]
		switch {
		case key == "allOf" || key == "oneOf":
		case key == "nullable": // OpenAPI's
			o.remove(key)
			s.changed(pointer, "nullable was removed")
		case bad || slices.Contains(doubtful, key):
			o.remove(key)
			s.changed(pointer, "%s was removed: strict mode cannot keep to it", key)
		}
	}
	if nullable && o != s.root {
		s.allowNull(o, pointer)
	}
}

// inferType says which type is meant where only other keywords do.
func (s *strictener) inferType(o *object, pointer string) {
	for _, key := range []string{"type", "anyOf", "oneOf", "allOf", "$ref"} {
		if o.has(key) {
			return
		}
	}
	var inferred []any
	add := func(name string) {
		for _, known := range inferred {
			if known == name {
				return
			}
		}
		inferred = append(inferred, name)
	}
	if v, ok := o.values["const"]; ok {
		add(typeName(v))
	}
	for _, v := range o.list("enum") {
		add(typeName(v))
	}
	if len(inferred) == 0 {
		for _, hint := range hints {
			if o.has(hint.keyword) {
				add(hint.means)
			}
		}
		if len(inferred) > 1 {
			return // not clear what is meant
		}
	}
	switch len(inferred) {
	case 0:
		return
	case 1:
		o.set("type", inferred[0])
	default:
		o.set("type", inferred)
	}
	s.changed(pointer, "type was added: %s", quoted(o.get("type")))
}

// hints are the keywords that say which type of value a schema is about.
var hints = []struct{ keyword, means string }{
	{"properties", "object"}, {"required", "object"}, {"additionalProperties", "object"}, {"patternProperties", "object"},
	{"items", "array"}, {"minItems", "array"}, {"maxItems", "array"},
	{"pattern", "string"}, {"format", "string"}, {"minLength", "string"}, {"maxLength", "string"},
	{"minimum", "number"}, {"maximum", "number"}, {"exclusiveMinimum", "number"}, {"exclusiveMaximum", "number"}, {"multipleOf", "number"},
}

// typeName is the type of a value, as the keyword type has it.
func typeName(v any) string {
	switch v := v.(type) {
	case *object:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case nil:
		return "null"
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return "number"
		}
		return "integer"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
	}
	return "number"
}

// wrapReference moves a reference that has company into anyOf.
func (s *strictener) wrapReference(o *object, pointer string) {
	if !o.has("$ref") || len(o.keys) == 1 || o.has("anyOf") || o == s.root {
		return
	}
	alone := newObject()
	alone.set("$ref", o.get("$ref"))
	o.rename("$ref", "anyOf")
	o.values["anyOf"] = []any{alone}
	s.changed(pointer, "$ref was put into anyOf, as other keywords are beside it")
}

func (s *strictener) closeObject(o *object, pointer string) {
	if !describesObject(o) || s.choosesObject(o, pointer) {
		return
	}
	if !o.has("type") {
		o.set("type", "object")
		s.changed(pointer, "type was added: \"object\"")
	}
	properties := o.object("properties")
	if !o.has("properties") {
		properties = newObject()
		o.set("properties", properties)
		s.changed(pointer, "properties was added, without any")
	}
	if properties == nil {
		return
	}
	switch open, given := o.values["additionalProperties"]; {
	case !given:
		s.changed(pointer, "additionalProperties = false was added")
	case open != false:
		s.changed(pointer, "additionalProperties became false: no other properties are possible")
	}
	o.set("additionalProperties", false)
	s.requireAll(o, properties, pointer)
}

// choosesObject reports whether a schema is one of several objects: closing it
// would forbid what they have. A type that they all have is not needed above.
func (s *strictener) choosesObject(o *object, pointer string) bool {
	if !o.has("anyOf") {
		return false
	}
	redundant := o.get("type") == "object" && !o.has("properties") && o != s.root
	for _, v := range o.list("anyOf") {
		choice, ok := v.(*object)
		redundant = redundant && ok && (choice.has("$ref") || choice.get("type") == "object")
	}
	if redundant {
		o.remove("type")
		o.remove("additionalProperties")
		s.changed(pointer, "type was removed: each of anyOf has it")
	}
	return true
}

func (s *strictener) requireAll(o, properties *object, pointer string) {
	required := map[string]bool{}
	complete := o.has("required")
	for _, v := range o.list("required") {
		name, _ := v.(string)
		if !properties.has(name) {
			s.changed(pointer, "%s is no longer required: it is not one of the properties", quoted(v))
		}
		complete = complete && properties.has(name) && !required[name]
		required[name] = true
	}
	all := make([]any, len(properties.keys))
	for i, name := range properties.keys {
		all[i] = name
		if required[name] {
			continue
		}
		complete = false
		below := at(at(pointer, "properties"), name)
		s.changed(below, "is required now")
		if property, ok := properties.get(name).(*object); ok {
			s.allowNull(property, below)
		}
	}
	switch {
	case complete:
	case len(all) == 0 && s.draft == 4:
		o.remove("required") // draft-04 has no empty one
	default:
		o.set("required", all)
	}
}

// allowNull lets a schema be null, if it cannot be yet.
func (s *strictener) allowNull(o *object, pointer string) {
	if s.allowsNull(o, map[*object]bool{}) {
		return
	}
	null := newObject()
	null.set("type", "null")
	_, union := o.get("anyOf").([]any)
	switch {
	case o.has("const") || o.has("$ref") || o.has("oneOf") || o.has("allOf"):
		inner := &object{keys: append([]string{}, o.keys...), values: map[string]any{}}
		for key, v := range o.values {
			inner.values[key] = v
		}
		o.keys, o.values = nil, map[string]any{}
		for _, key := range []string{"title", "description"} {
			if inner.has(key) {
				o.set(key, inner.get(key))
				inner.remove(key)
			}
		}
		o.set("anyOf", []any{inner, null})
	default:
		if union {
			o.set("anyOf", append(o.list("anyOf"), null))
		}
		switch t := o.get("type").(type) {
		case string:
			o.set("type", []any{t, "null"})
		case []any:
			if !slices.Contains(types(o), "null") {
				o.set("type", append(t, "null"))
			}
		}
		if values := o.list("enum"); len(values) > 0 && !hasSame(values, nil) {
			o.set("enum", append(values, nil))
		}
	}
	s.changed(pointer, "may be null now")
}

// allowsNull reports whether null keeps to a schema, as far as that is plain.
func (s *strictener) allowsNull(v any, seen map[*object]bool) bool {
	o, ok := v.(*object)
	if !ok {
		return v == true
	}
	if seen[o] {
		return false
	}
	seen[o] = true
	if o.has("type") && !slices.Contains(types(o), "null") {
		return false
	}
	if c, ok := o.values["const"]; ok && c != nil {
		return false
	}
	if o.has("enum") && !hasSame(o.list("enum"), nil) {
		return false
	}
	if ref, ok := o.get("$ref").(string); ok {
		target, found := resolve(s.root, ref)
		if !found || !s.allowsNull(target, seen) {
			return false
		}
	}
	for _, element := range o.list("allOf") {
		if !s.allowsNull(element, seen) {
			return false
		}
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		some := !o.has(key)
		for _, element := range o.list(key) {
			some = some || s.allowsNull(element, seen)
		}
		if !some {
			return false
		}
	}
	return true
}

// hasSame reports whether a list has a value that is written the same.
func hasSame(list []any, v any) bool {
	return slices.ContainsFunc(list, func(e any) bool { return same(e, v) })
}

func same(a, b any) bool {
	x, err := encode(a)
	if err != nil {
		return false
	}
	y, err := encode(b)
	return err == nil && bytes.Equal(x, y)
}

func count(n int) json.Number { return json.Number(strconv.Itoa(n)) }
