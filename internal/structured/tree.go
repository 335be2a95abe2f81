package structured

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

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
	return shortened(string(text), 80)
}

// shortened is a text of no more than so many characters.
func shortened(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
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
