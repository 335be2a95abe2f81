// Package jsontext compares JSON by what it means, and keeps what stands in it from
// doing harm: numbers that take all memory, characters that a terminal obeys. It
// knows neither Terraform nor any API.
package jsontext

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Same reports whether two texts hold the same JSON value: order of keys,
// white space, escapes and the spelling of numbers (1, 1.0, 1e0) do not count.
// Texts that are not JSON are the same only to the letter.
func Same(a, b string) bool {
	if a == b {
		return true
	}
	va, err := Parse(a)
	if err != nil {
		return false
	}
	vb, err := Parse(b)
	if err != nil {
		return false
	}
	return bytes.Equal(appendCanonical(nil, va), appendCanonical(nil, vb))
}

// Canonical writes a parsed JSON value in the one spelling by which Same
// compares. It is stable: names of recordings are made of it.
func Canonical(v any) []byte { return appendCanonical(nil, v) }

// Differences lists the places where two parsed JSON values differ, such as
// "messages[1].content"; none where Same would hold. Lists of different length
// differ as a whole.
func Differences(a, b any) []string {
	var places []string
	EachDifference(a, b, func(place string, _, _ any) { places = append(places, place) })
	return places
}

// EachDifference visits the places that Differences lists, with the two values
// there; nil = there is none.
func EachDifference(a, b any, visit func(place string, a, b any)) { differences(visit, a, b, "") }

func differences(visit func(string, any, any), a, b any, at string) {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			names := slices.Sorted(maps.Keys(x))
			for name := range y {
				if _, both := x[name]; !both {
					names = append(names, name)
				}
			}
			slices.Sort(names)
			for _, name := range names {
				inside := strings.TrimPrefix(at+"."+name, ".")
				if (x[name] == nil) != (y[name] == nil) {
					visit(inside, x[name], y[name])
				} else {
					differences(visit, x[name], y[name], inside)
				}
			}
			return
		}
	case []any:
		if y, ok := b.([]any); ok && len(x) == len(y) {
			for i := range x {
				differences(visit, x[i], y[i], fmt.Sprintf("%s[%d]", at, i))
			}
			return
		}
	}
	if !bytes.Equal(Canonical(a), Canonical(b)) {
		visit(at, a, b)
	}
}

// appendCanonical writes a parsed JSON value in one spelling: keys sorted, no
// white space, numbers as digits and exponent.
func appendCanonical(out []byte, v any) []byte {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		out = append(out, '{')
		for i, k := range keys {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendText(out, k)
			out = append(out, ':')
			out = appendCanonical(out, v[k])
		}
		return append(out, '}')
	case []any:
		out = append(out, '[')
		for i, e := range v {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendCanonical(out, e)
		}
		return append(out, ']')
	case json.Number:
		return append(out, canonicalNumber(string(v))...)
	case string:
		return appendText(out, v)
	default: // true, false, null
		text, _ := json.Marshal(v)
		return append(out, text...)
	}
}

func appendText(out []byte, s string) []byte {
	if isPlain(s) {
		out = append(out, '"')
		out = append(out, s...)
		return append(out, '"')
	}
	text, _ := json.Marshal(s)
	return append(out, text...)
}

// isPlain reports whether json.Marshal leaves a text as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}

// canonicalNumber writes a JSON number as its digits without leading or
// trailing zeros, then its decimal exponent. It never expands the exponent, so
// that 1e999999999 costs no memory.
func canonicalNumber(n string) string {
	sign := ""
	if rest, ok := strings.CutPrefix(n, "-"); ok {
		sign, n = "-", rest
	}
	mantissa, exponent := n, 0
	if i := strings.IndexAny(n, "eE"); i >= 0 {
		e, err := strconv.Atoi(strings.TrimPrefix(n[i+1:], "+"))
		if err != nil {
			return sign + n // beyond any number: compared as it is written
		}
		mantissa, exponent = n[:i], e
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	exponent -= len(fraction)
	trimmed := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(trimmed)
	trimmed = strings.TrimLeft(trimmed, "0")
	if trimmed == "" {
		return "0"
	}
	return sign + trimmed + "e" + strconv.Itoa(exponent)
}

// Empty reports whether a parsed JSON value holds nothing: null, "", and lists and objects of that.
func Empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !Empty(item) })
	case map[string]any:
		for _, member := range v {
			if !Empty(member) {
				return false
			}
		}
		return true
	}
	return false
}

// Lacks says what a JSON text does not have of a JSON object that it should
// contain: each member of it with the same value, at every depth; lists must be
// the same.
func Lacks(text, want string) []string {
	w, err := Parse(want)
	if err != nil {
		return []string{"what is expected is not valid JSON: " + err.Error()}
	}
	v, err := Parse(text)
	if err != nil {
		return []string{"the answer is not valid JSON: " + err.Error()}
	}
	return lacks(v, w, "")
}

func lacks(v, want any, at string) []string {
	members, ok := want.(map[string]any)
	if !ok {
		if got, should := appendCanonical(nil, v), appendCanonical(nil, want); !bytes.Equal(got, should) {
			return []string{fmt.Sprintf("%s is %s, not %s", cmp.Or(at, "the answer"), compact(v), compact(want))}
		}
		return nil
	}
	object, ok := v.(map[string]any)
	if !ok {
		return []string{cmp.Or(at, "the answer") + " is no object"}
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		value, there := object[name]
		if !there {
			found = append(found, at+"/"+name+" is missing")
			continue
		}
		found = append(found, lacks(value, members[name], at+"/"+name)...)
	}
	return found
}

func compact(v any) string {
	text, _ := json.Marshal(v) // what was parsed from JSON encodes
	return string(text)
}
