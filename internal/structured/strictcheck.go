package structured

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CheckStrict says what is wrong with a schema that is sent with strict = true:
// what Check says, and what the rules of OpenAI's Structured Outputs refuse. It
// refuses only what is certain to fail; what OpenAI takes and another server may
// not, it lets pass.
func CheckStrict(schema string) []Fault {
	root, fault := parseSchema(schema)
	if fault != nil {
		return told([]Fault{*fault})
	}
	return told(checkStrict(root))
}

func checkStrict(root *object) []Fault {
	faults := check(root)
	if len(faults) > 0 {
		return faults
	}
	c := &strictness{}
	c.checkRoot(root)
	c.checkSchema(root, "", 0)
	c.checkTotals()
	return c.faults
}

// strictness is one pass over a schema, and what it counts on the way.
type strictness struct {
	faults     []Fault
	properties int
	names      int // characters
	enumValues int
	tooDeep    bool
}

func (c *strictness) fault(pointer, format string, args ...any) {
	c.faults = append(c.faults, Fault{Pointer: pointer, Message: fmt.Sprintf(format, args...)})
}

func (c *strictness) checkRoot(root *object) {
	switch {
	case root.has("anyOf"):
		c.fault("/anyOf", "strict mode does not allow anyOf at the root: put it into a property of an object")
	case root.has("oneOf"), root.has("$ref"): // told as such
	case root.get("type") != "object":
		c.fault("", "strict mode needs \"type\": \"object\" at the root: put what else is wanted into a property of an object")
	}
}

// checkSchema checks a schema below so many objects.
func (c *strictness) checkSchema(schema any, pointer string, level int) {
	s, ok := schema.(*object)
	if !ok {
		c.fault(pointer, "strict mode does not allow true and false as schemas: say which type is meant")
		return
	}
	for _, key := range s.keys {
		if instead, ok := refused[key]; ok {
			c.fault(at(pointer, key), "strict mode does not allow %s: %s", key, instead)
		}
	}
	c.checkKind(s, pointer)
	c.checkText(s, pointer)
	c.checkEnum(s, pointer)
	if describesObject(s) {
		c.checkObject(s, pointer)
		level++
	}
	if level > maxLevels+1 && !c.tooDeep {
		c.tooDeep = true
		c.fault(pointer, "strict mode allows %d levels of objects inside one another: make the schema flatter", maxLevels)
	}
	c.checkBelow(s, pointer, level)
}

// checkKind checks that a schema says what kind of value it is about. The API:
// "schema must have a 'type' key", "array schema missing items" and "$ref cannot
// have keywords {'description'}".
func (c *strictness) checkKind(s *object, pointer string) {
	if s.has("$ref") {
		if pointer == "" {
			c.fault("/$ref", "strict mode does not allow $ref at the root: put what it refers to there")
		} else if len(s.keys) > 1 {
			c.fault(pointer, "strict mode does not allow other keywords beside $ref: use anyOf with one element, the $ref")
		}
		return
	}
	says := false
	for _, key := range []string{"type", "anyOf", "enum", "const", "oneOf", "allOf"} { // the last two are told as such
		says = says || s.has(key)
	}
	if !says && pointer != "" {
		c.fault(pointer, "strict mode needs a type here, or anyOf, or $ref")
	}
	if slices.Contains(types(s), "array") && !s.has("items") && !s.has("prefixItems") {
		c.fault(pointer, "strict mode needs items for an array: the schema of its elements")
	}
}

func (c *strictness) checkText(s *object, pointer string) {
	if format := s.text("format"); format != "" && !slices.Contains(formats, format) && slices.Contains(types(s), "string") {
		c.fault(at(pointer, "format"), "strict mode does not know the format %s: use one of %s, or say it in the description",
			quoted(format), strings.Join(formats, ", "))
	}
	// The API: "Invalid JSON schema: regex lookaround is not supported".
	if lookaround(s.text("pattern")) {
		c.fault(at(pointer, "pattern"), "strict mode does not allow a pattern that looks ahead or behind: say it in the description")
	}
}

func (c *strictness) checkEnum(s *object, pointer string) {
	values := s.list("enum")
	length := 0
	for _, v := range values {
		length += characters(v)
	}
	c.enumValues += len(values)
	c.names += length + characters(s.get("const"))
	if len(values) > longEnum && length > maxLongEnum {
		c.fault(at(pointer, "enum"), "strict mode allows %d characters in an enum of more than %d values, not %d", maxLongEnum, longEnum, length)
	}
}

func (c *strictness) checkObject(s *object, pointer string) {
	if closed, ok := s.get("additionalProperties").(bool); !ok || closed {
		what := "strict mode needs additionalProperties = false in each object"
		if s.object("additionalProperties") != nil {
			what += ": use a list of objects that have a name and a value for names that are not known before"
		}
		c.fault(pointer, "%s", what)
	}
	required := map[string]bool{}
	properties := s.object("properties")
	for _, v := range s.list("required") {
		name, _ := v.(string)
		required[name] = true
		if properties == nil || !properties.has(name) {
			c.fault(at(pointer, "required"), "%s is required, but is not one of the properties", quoted(name))
		}
	}
	if properties == nil {
		return
	}
	for _, name := range properties.keys {
		if !required[name] {
			c.fault(at(at(pointer, "properties"), name),
				"strict mode needs all properties in required: add %s, and allow null if it is optional", quoted(name))
		}
	}
	c.properties += len(properties.keys)
}

func (c *strictness) checkBelow(s *object, pointer string, level int) {
	for _, key := range []string{"properties", "$defs", "definitions"} {
		below := s.object(key)
		if below == nil {
			continue
		}
		inner := level
		if key != "properties" {
			inner = 0 // a definition starts anew
		}
		for _, name := range below.keys {
			c.names += utf8.RuneCountInString(name)
			c.checkSchema(below.get(name), at(at(pointer, key), name), inner)
		}
	}
	for i, v := range s.list("anyOf") {
		c.checkSchema(v, at(at(pointer, "anyOf"), strconv.Itoa(i)), level)
	}
	if s.has("items") {
		if _, tuple := s.get("items").([]any); tuple {
			c.fault(at(pointer, "items"), "strict mode needs one schema for all elements, not a list of schemas")
		} else {
			c.checkSchema(s.get("items"), at(pointer, "items"), level)
		}
	}
}

func (c *strictness) checkTotals() {
	for _, total := range []struct {
		count, most int
		what        string
	}{
		{c.properties, maxProperties, "properties in all objects together"},
		{c.enumValues, maxEnumValues, "values in all enums together"},
		{c.names, maxNames, "characters in all names, enum and const values together"},
	} {
		if total.count > total.most {
			c.fault("", "strict mode allows %d %s, not %d", total.most, total.what, total.count)
		}
	}
}

// characters is the length of a value that is a string.
func characters(v any) int {
	s, _ := v.(string)
	return utf8.RuneCountInString(s)
}
