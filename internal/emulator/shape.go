package emulator

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is what a JSON value must be.
type kind int

const (
	kindAny kind = iota
	kindText
	kindDecimal
	kindInteger
	kindBoolean
	kindList
	kindObject
)

// shape is what the API accepts at one place of a request.
type shape struct {
	kind kind
	or   *shape // accepted as well, if the value is of its kind
	null bool   // null is accepted

	enum      []string       // text
	maxLength int            // text, in characters; 0 = no limit
	pattern   *regexp.Regexp // text
	min, max  json.Number    // decimal, integer; "" = no limit

	items    *shape   // list
	orItems  []*shape // list; if the first item is of such a kind, all are to be
	minItems int      // list; only 0 and 1 occur
	maxItems int      // list; 0 = no limit

	fields   map[string]*shape // object; nil = any field
	required []string          // object
	values   *shape            // object without fields: each value

	tag      string // object: the field that selects among variants
	variants map[string]*shape
	order    []string // of the variants, as errors list them
}

// check returns the first thing that is wrong with a value, in the words of
// the API; fields are looked at in alphabetical order.
func (s *shape) check(path string, value any) *apiError {
	if value == nil {
		if s.null || s.kind == kindAny {
			return nil
		}
		return s.mistyped(path, value)
	}
	if s.or != nil && s.or.takes(value) {
		return s.or.check(path, value)
	}
	if !s.accepts(value) {
		return s.mistyped(path, value)
	}
	switch s.kind {
	case kindText:
		return s.checkText(path, value.(string))
	case kindDecimal, kindInteger:
		return s.checkNumber(path, value.(json.Number))
	case kindList:
		return s.checkList(path, value.([]any))
	case kindObject:
		return s.checkObject(path, value.(map[string]any))
	}
	return nil
}

// takes is accepts for the shape or one of those that it stands for as well.
func (s *shape) takes(value any) bool { return s.accepts(value) || s.or != nil && s.or.takes(value) }

func (s *shape) accepts(value any) bool {
	switch s.kind {
	case kindText:
		_, ok := value.(string)
		return ok
	case kindDecimal:
		_, ok := value.(json.Number)
		return ok
	case kindInteger:
		n, ok := value.(json.Number)
		return ok && !strings.ContainsAny(string(n), ".eE")
	case kindBoolean:
		_, ok := value.(bool)
		return ok
	case kindList:
		_, ok := value.([]any)
		return ok
	case kindObject:
		_, ok := value.(map[string]any)
		return ok
	}
	return true
}

func (s *shape) mistyped(path string, value any) *apiError {
	expected := s.name()
	if s.or != nil {
		expected = "one of " + expected
		for other := s.or; other != nil; other = other.or {
			expected += " or " + strings.TrimPrefix(other.name(), "an ")
		}
	}
	return invalid(path, "invalid_type", "Invalid type for '%s': expected %s, but got %s instead.", path, expected, kindOf(value))
}

func (s *shape) name() string {
	switch s.kind {
	case kindText:
		return "a string"
	case kindDecimal:
		return "a decimal"
	case kindInteger:
		return "an integer"
	case kindBoolean:
		return "a boolean"
	case kindObject:
		return "an object"
	case kindList:
		return "an array of " + map[kind]string{kindText: "strings", kindObject: "objects", kindInteger: "integers"}[s.items.kind]
	}
	return "a value"
}

func kindOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return "a decimal number"
		}
	}
	return "an integer"
}

func (s *shape) checkText(path, value string) *apiError {
	if s.enum != nil && !slices.Contains(s.enum, value) {
		return unsupported(path, value, s.enum)
	}
	if n := utf8.RuneCountInString(value); s.maxLength > 0 && n > s.maxLength {
		return invalid(path, "string_above_max_length",
			"Invalid '%s': string too long. Expected a string with maximum length %d, but got a string with length %d instead.",
			path, s.maxLength, n)
	}
	if s.pattern != nil && !s.pattern.MatchString(value) {
		return invalid(path, "invalid_value",
			"Invalid '%s': string does not match pattern. Expected a string that matches the pattern '%s'.", path, s.pattern)
	}
	return nil
}

func unsupported(path, value string, supported []string) *apiError {
	quoted := make([]string, len(supported))
	for i, v := range supported {
		quoted[i] = "'" + v + "'"
	}
	last := len(quoted) - 1
	choice := quoted[last]
	switch {
	case last == 1:
		choice = quoted[0] + " and " + choice
	case last > 1:
		choice = strings.Join(quoted[:last], ", ") + ", and " + choice
	}
	return invalid(path, "invalid_value", "Invalid value: '%s'. Supported values are: %s.", value, choice)
}

func (s *shape) checkNumber(path string, value json.Number) *apiError {
	noun := "decimal"
	if s.kind == kindInteger {
		noun = "integer"
	}
	n, err := value.Float64()
	if s.kind == kindInteger && err == nil {
		_, err = strconv.ParseInt(string(value), 10, 64)
	}
	if low, e := s.min.Float64(); e == nil && n < low {
		return invalid(path, noun+"_below_min_value", "Invalid '%s': %s below minimum value. Expected a value >= %s, but got %s instead.",
			path, noun, s.min, value)
	}
	if high, e := s.max.Float64(); e == nil && n > high {
		return invalid(path, noun+"_above_max_value", "Invalid '%s': %s above maximum value. Expected a value <= %s, but got %s instead.",
			path, noun, s.max, value)
	}
	if err != nil {
		return invalid(path, "invalid_value", "Invalid '%s': %s is out of range.", path, value)
	}
	return nil
}

func (s *shape) checkList(path string, value []any) *apiError {
	if len(value) < s.minItems {
		return invalid(path, "empty_array",
			"Invalid '%s': empty array. Expected an array with minimum length %d, but got an empty array instead.", path, s.minItems)
	}
	if s.maxItems > 0 && len(value) > s.maxItems {
		return invalid(path, "array_above_max_length",
			"Invalid '%s': array too long. Expected an array with maximum length %d, but got an array with length %d instead.",
			path, s.maxItems, len(value))
	}
	items := s.items
	for _, other := range s.orItems {
		if len(value) > 0 && other.accepts(value[0]) {
			items = other
		}
	}
	for i, item := range value {
		if e := items.check(path+"["+strconv.Itoa(i)+"]", item); e != nil {
			return e
		}
	}
	return nil
}

func (s *shape) checkObject(path string, value map[string]any) *apiError {
	if s.variants != nil {
		tag, present := value[s.tag]
		if !present {
			return missing(join(path, s.tag))
		}
		name, ok := tag.(string)
		if !ok {
			return (&shape{kind: kindText}).mistyped(join(path, s.tag), tag)
		}
		if s.variants[name] == nil {
			return unsupported(join(path, s.tag), name, s.order)
		}
		return s.variants[name].check(path, value)
	}
	for _, name := range s.required {
		if _, present := value[name]; !present {
			return missing(join(path, name))
		}
	}
	if s.fields == nil && s.values == nil {
		return nil
	}
	for _, name := range sortedKeys(value) {
		field := s.values
		if s.fields != nil {
			field = s.fields[name]
		}
		if field == nil {
			return unknown(join(path, name))
		}
		if e := field.check(join(path, name), value[name]); e != nil {
			return e
		}
	}
	return nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
