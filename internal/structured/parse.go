package structured

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

const (
	// maxDepth is how many objects and lists may be inside one another in a text.
	// No server takes a schema as deep, and no model writes such an answer.
	maxDepth = 500

	// maxValues is how many values a text may hold. An answer has fewer than
	// tokens, and no model writes as many of these.
	maxValues = 500_000
)

// parseSchema reads a schema, which must be an object.
func parseSchema(schema string) (*object, *Fault) {
	v, fault := parse(schema, false)
	if fault != nil {
		fault.Unchecked = false // it is wrong, not just unknown
		return nil, fault
	}
	root, ok := v.(*object)
	if !ok {
		return nil, &Fault{Message: "the schema must be a JSON object, not " + kindOf(v)}
	}
	return root, nil
}

// parseAnswer reads what a model wrote, where a tiny number is 0. A fault that is
// Unchecked is a limit of ours, and not a mistake in the text.
func parseAnswer(answer string) (any, *Fault) { return parse(answer, true) }

// parse reads one JSON value, with numbers as they are written. What it returns
// is made of *object, []any, string, json.Number, bool and nil.
func parse(text string, bound bool) (any, *Fault) {
	var raw json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, &Fault{Message: notJSON(text, err)}
	}
	r := &reader{dec: json.NewDecoder(strings.NewReader(text)), bound: bound}
	r.dec.UseNumber()
	v, err := r.value(0)
	if limit := (*limit)(nil); errors.As(err, &limit) {
		return nil, &Fault{limit.pointer, limit.message, true}
	} else if err != nil {
		return nil, &Fault{Message: notJSON(text, err)}
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

// limit is a limit of ours that a text goes beyond, and where.
type limit struct {
	pointer, message string
	whole            bool // it is the text that is too large, not what is at a place
}

func (l *limit) Error() string { return l.message }

// inside adds what a place is inside of, on the way out.
func inside(key string, err error) error {
	if l := (*limit)(nil); errors.As(err, &l) && !l.whole {
		l.pointer = at("", key) + l.pointer
	}
	return err
}

type reader struct {
	dec    *json.Decoder
	bound  bool // numbers may be made smaller
	values int
}

func (r *reader) value(depth int) (any, error) {
	token, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	if r.values++; r.values > maxValues {
		return nil, tooLarge("there are more than %d values in it", maxValues)
	}
	switch token := token.(type) {
	case json.Delim:
		if depth == maxDepth {
			return nil, tooLarge("objects and lists are inside one another more than %d levels deep", maxDepth)
		}
		if token == '[' {
			return r.list(depth)
		}
		return r.object(depth)
	case json.Number:
		bounded, ok := jsontext.Bounded(string(token))
		if !ok && r.bound {
			return nil, &limit{message: fmt.Sprintf("the number is 1e%d or more", jsontext.MaxExponent)}
		}
		if !ok || !r.bound && bounded != string(token) {
			return nil, &limit{message: fmt.Sprintf("the number is beyond 1e%d or below 1e-%d", jsontext.MaxExponent, jsontext.MaxExponent)}
		}
		return json.Number(bounded), nil
	}
	return token, nil
}

func tooLarge(format string, most int) error {
	return &limit{message: fmt.Sprintf(format, most), whole: true}
}

func (r *reader) object(depth int) (any, error) {
	o := newObject()
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, inside(name, err)
		}
		o.set(name, value)
	}
	_, err := r.dec.Token()
	return o, err
}

func (r *reader) list(depth int) (any, error) {
	list := []any{}
	for r.dec.More() {
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, inside(strconv.Itoa(len(list)), err)
		}
		list = append(list, value)
	}
	_, err := r.dec.Token()
	return list, err
}
