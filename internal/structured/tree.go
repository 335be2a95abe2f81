package structured

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxDepth is how many objects and lists may be inside one another in a text.
// No server takes a schema as deep, and no model writes such an answer; what is
// deeper costs memory in the square of its depth.
const maxDepth = 500

// maxExponent is how large or small a number may be, as a power of ten. A
// double-precision number ends at 308.
const maxExponent = 400

// object is a JSON object that keeps the order of its keys: an answer's
// properties come in the order of the schema's.
type object struct {
	keys   []string
	values map[string]any
}

func newObject() *object { return &object{values: map[string]any{}} }

func (o *object) has(key string) bool { _, ok := o.values[key]; return ok }

func (o *object) get(key string) any { return o.values[key] }

func (o *object) text(key string) string { s, _ := o.values[key].(string); return s }

func (o *object) object(key string) *object { v, _ := o.values[key].(*object); return v }

func (o *object) list(key string) []any { v, _ := o.values[key].([]any); return v }

func (o *object) set(key string, value any) {
	if !o.has(key) {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

func (o *object) remove(key string) {
	if o.has(key) {
		delete(o.values, key)
		o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == key })
	}
}

// rename gives a value another key, at the same place.
func (o *object) rename(from, to string) {
	value := o.values[from]
	delete(o.values, from)
	o.values[to] = value
	o.keys[slices.Index(o.keys, from)] = to
}

// MarshalJSON writes the keys in their order.
func (o *object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, key := range o.keys {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := encode(key)
		if err != nil {
			return nil, err
		}
		value, err := encode(o.values[key])
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// encode is json.Marshal without the escapes that only HTML needs.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

// quoted is a value as JSON, cut short if it is long.
func quoted(v any) string {
	text, err := encode(v)
	if err != nil {
		return "?"
	}
	const most = 80
	if r := []rune(string(text)); len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(text)
}

// parse reads one JSON value, with numbers as they are written. What it returns
// is made of *object, []any, string, json.Number, bool and nil.
func parse(text string) (any, *Fault) {
	var raw json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, &Fault{"", notJSON(text, err)}
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	v, err := read(dec, "", 0)
	if fault := (*place)(nil); errors.As(err, &fault) {
		return nil, &Fault{fault.pointer, fault.message}
	} else if err != nil {
		return nil, &Fault{"", notJSON(text, err)}
	}
	return v, nil
}

// notJSON says why a text is not JSON, and where it stops being so.
func notJSON(text string, err error) string {
	if strings.TrimSpace(text) == "" {
		return "the text is empty, not JSON"
	}
	syntax := (*json.SyntaxError)(nil)
	if !errors.As(err, &syntax) {
		return "the text is not JSON: " + err.Error()
	}
	if syntax.Error() == "unexpected end of JSON input" {
		return "the JSON is cut off: it ends before its last value does"
	}
	before := text[:min(max(int(syntax.Offset)-1, 0), len(text))]
	line := 1 + strings.Count(before, "\n")
	column := 1 + len([]rune(before[strings.LastIndex(before, "\n")+1:]))
	return fmt.Sprintf("the text is not JSON: %s, line %d, column %d", syntax, line, column)
}

// place is an error that knows where it is.
type place struct{ pointer, message string }

func (p *place) Error() string { return p.message }

func read(dec *json.Decoder, pointer string, depth int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		if depth == maxDepth {
			return nil, &place{"", fmt.Sprintf("objects and lists are inside one another more than %d levels deep", maxDepth)}
		}
		if token == '[' {
			return readList(dec, pointer, depth)
		}
		return readObject(dec, pointer, depth)
	case json.Number:
		if !measurable(string(token)) {
			return nil, &place{pointer, fmt.Sprintf("the number is beyond 1e%d or below 1e-%d", maxExponent, maxExponent)}
		}
	}
	return token, nil
}

func readObject(dec *json.Decoder, pointer string, depth int) (any, error) {
	o := newObject()
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		value, err := read(dec, at(pointer, name), depth+1)
		if err != nil {
			return nil, err
		}
		o.set(name, value)
	}
	_, err := dec.Token()
	return o, err
}

func readList(dec *json.Decoder, pointer string, depth int) (any, error) {
	list := []any{}
	for dec.More() {
		value, err := read(dec, at(pointer, strconv.Itoa(len(list))), depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := dec.Token()
	return list, err
}

// measurable reports whether a number can be compared without being written out
// in millions of digits.
func measurable(number string) bool {
	digits, exponent := number, 0
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		e, err := strconv.Atoi(number[i+1:])
		if err != nil {
			return false
		}
		digits, exponent = number[:i], e
	}
	return len(digits) <= maxExponent && -maxExponent <= exponent && exponent <= maxExponent
}

// tree is a plain value in the form that parse gives. Keys are sorted, as a
// plain map has no order. The value is copied, never shared.
func tree(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := newObject()
		for key := range v {
			o.keys = append(o.keys, key)
		}
		slices.Sort(o.keys)
		for _, key := range o.keys {
			o.values[key] = tree(v[key])
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = tree(v[i])
		}
		return list
	}
	return v
}

// plain is the reverse of tree: maps and lists.
func plain(v any) any {
	switch v := v.(type) {
	case *object:
		m := make(map[string]any, len(v.keys))
		for key, value := range v.values {
			m[key] = plain(value)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	}
	return v
}

// clone is a copy that shares nothing with the original.
func clone(v any) any {
	switch v := v.(type) {
	case *object:
		o := &object{keys: slices.Clone(v.keys), values: make(map[string]any, len(v.values))}
		for key, value := range v.values {
			o.values[key] = clone(value)
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = clone(v[i])
		}
		return list
	}
	return v
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// at is the pointer to what a key or an index names below a pointer.
func at(pointer, key string) string { return pointer + "/" + escapes.Replace(key) }
