package structured

import (
	"slices"
	"strconv"
)

// The keywords whose value is a schema, a list of schemas, or schemas by name.
var (
	schemaKeywords = []string{
		"items", "additionalItems", "additionalProperties", "unevaluatedItems", "unevaluatedProperties",
		"contains", "contentSchema", "propertyNames", "not", "if", "then", "else",
	}
	listKeywords = []string{"allOf", "anyOf", "oneOf", "prefixItems", "items"}
	mapKeywords  = []string{"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"}
)

// typeNames are the types that JSON Schema knows.
var typeNames = []string{"string", "number", "integer", "boolean", "object", "array", "null"}

// refused is what strict mode refuses anywhere, and what to do instead. All but
// the ones with a source of their own are in the guide or in the SDK.
var refused = map[string]string{
	"allOf":                 "put what its elements say into one schema",
	"oneOf":                 "use anyOf", // the API: "'oneOf' is not permitted"
	"not":                   "say it in the description",
	"if":                    "use anyOf",
	"then":                  "use anyOf",
	"else":                  "use anyOf",
	"dependentRequired":     "use anyOf",
	"dependentSchemas":      "use anyOf",
	"dependencies":          "use anyOf",
	"patternProperties":     "use a list of objects that have a name and a value",
	"propertyNames":         "name the properties", // the API, too: "'propertyNames' is not permitted"
	"unevaluatedProperties": "use additionalProperties = false",
	"unevaluatedItems":      "leave it out",
	"additionalItems":       "use items",
	"prefixItems":           "use items, or an object with a property for each place",
	"contains":              "say it in the description",
	"contentSchema":         "say it in the description",
	"uniqueItems":           "say it in the description",
}

// doubtful is what some servers or models refuse, and strict mode does not need:
// default, examples and the limits of objects were refused once (the API: "'default'
// is not permitted") and are on Azure, but OpenAI takes a default today. CheckStrict
// lets them pass; Strict removes them. minLength and maxLength are not here:
// only older models and Azure refuse them, and OpenAI's newer ones keep to them.
var doubtful = []string{
	"default", "examples", "minProperties", "maxProperties", "minContains", "maxContains",
	"contentEncoding", "contentMediaType", "readOnly", "writeOnly", "deprecated", "discriminator",
}

// formats are the formats of strings that strict mode knows (the guide). Others
// are refused (the API: "'uri' is not a valid format").
var formats = []string{"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}

// walk calls visit for each schema in a schema, the outer before the inner, in
// the order of the keys.
func walk(schema any, pointer string, visit func(s *object, pointer string)) {
	s, ok := schema.(*object)
	if !ok {
		return
	}
	visit(s, pointer)
	for _, key := range s.keys {
		children(s, key, pointer, func(child any, pointer string) any {
			walk(child, pointer, visit)
			return child
		})
	}
}

// children calls do for each schema right below a keyword, and puts what it
// returns in the place of the schema.
func children(s *object, key, pointer string, do func(child any, pointer string) any) {
	switch v := s.values[key].(type) {
	case []any:
		if slices.Contains(listKeywords, key) {
			for i := range v {
				v[i] = do(v[i], at(at(pointer, key), strconv.Itoa(i)))
			}
		}
	case *object:
		switch {
		case slices.Contains(schemaKeywords, key):
			s.values[key] = do(v, at(pointer, key))
		case slices.Contains(mapKeywords, key):
			for _, name := range v.keys {
				v.values[name] = do(v.values[name], at(at(pointer, key), name))
			}
		}
	}
}

// types is what the keyword type allows: one name or a list of them.
func types(s *object) []string {
	switch t := s.get("type").(type) {
	case string:
		return []string{t}
	case []any:
		names := make([]string, 0, len(t))
		for _, e := range t {
			if name, ok := e.(string); ok {
				names = append(names, name)
			}
		}
		return names
	}
	return nil
}

// describesObject reports whether a schema is one of an object: it says so, or
// has properties and does not say otherwise.
func describesObject(s *object) bool {
	return slices.Contains(types(s), "object") || !s.has("type") && s.object("properties") != nil
}

// lookaround reports whether a regular expression looks ahead or behind.
func lookaround(pattern string) bool {
	for i := 0; i < len(pattern); i++ {
		if pattern[i] == '\\' {
			i++
			continue
		}
		for _, start := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
			if len(pattern)-i >= len(start) && pattern[i:i+len(start)] == start {
				return true
			}
		}
	}
	return false
}
