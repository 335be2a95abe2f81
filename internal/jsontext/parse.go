package jsontext

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// Parse reads one JSON value. Numbers stay as they are written
// (json.Number), so that nothing is lost on the way to the API.
func Parse(text string) (any, error) {
	if data := []byte(text); json.Valid(data) {
		p := &parser{strict{text: data}}
		v, _ := p.value(p.space(0))
		return v, nil
	}
	dec := json.NewDecoder(strings.NewReader(text)) // for the error
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("the text ends before the JSON value does")
		}
		return nil, err
	}
	return nil, errors.New("there is more text after the JSON value")
}

// Members are the members of a JSON object, as they stand in the text; false = it is no JSON, or no object. Of two with
// one name the last counts.
func Members(text []byte) (map[string]json.RawMessage, bool) {
	if !json.Valid(text) {
		return nil, false
	}
	p := &parser{strict{text: text}}
	at := p.space(0)
	if text[at] != '{' {
		return nil, false
	}
	members := map[string]json.RawMessage{}
	p.each(at, func(name string, at int) int {
		end := p.skip(at)
		members[name] = text[at:end:end]
		return end
	})
	return members, true
}

// parser reads a text that is known to be valid, in less time and memory than json.Decoder, which reads a text
// that is there as if it still had to come.
type parser struct{ strict }

// value is the value that begins at a place, and where it ends.
func (p *parser) value(at int) (v any, end int) {
	switch p.text[at] {
	case '{':
		object := map[string]any{}
		end = p.each(at, func(name string, at int) (end int) {
			object[name], end = p.value(at)
			return end
		})
		return object, end
	case '[':
		list := []any{}
		end = p.each(at, func(_ string, at int) int {
			element, end := p.value(at)
			list = append(list, element)
			return end
		})
		return list, end
	case '"':
		end = p.string(at)
		return literal(p.text[at:end]), end
	}
	end = p.skip(at)
	switch text := string(p.text[at:end]); text {
	case "null":
		return nil, end
	case "true", "false":
		return text == "true", end
	default:
		return json.Number(text), end
	}
}

// each visits the members of the object, or the elements of the list, that begins at a place: visit gets where a value
// begins, and returns where it ends. It returns where the whole ends.
func (p *parser) each(at int, visit func(name string, at int) (end int)) int {
	object := p.text[at] == '{'
	for at = p.space(at + 1); p.text[at] != '}' && p.text[at] != ']'; {
		name := ""
		if object {
			end := p.string(at)
			name = literal(p.text[at:end])
			at = p.space(p.space(end) + 1) // after the colon
		}
		if at = p.space(visit(name, at)); p.text[at] == ',' {
			at = p.space(at + 1)
		}
	}
	return at + 1
}

// literal is the text that a string stands for.
func literal(text []byte) string {
	if inside := text[1 : len(text)-1]; utf8.Valid(inside) {
		return unquoted(text)
	}
	var out string
	_ = json.Unmarshal(text, &out) // what is no UTF-8 becomes U+FFFD
	return out
}
