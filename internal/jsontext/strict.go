package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits bound what a text may be made of. The readers of encoding/json need about a
// hundred bytes of memory for a value, however short it is written.
type Limits struct {
	Depth  int // objects and lists inside one another; 0 = no more than encoding/json reads, 10,000
	Values int // objects, lists, texts, numbers, true, false and null, but not the names of members; 0 = any number
}

// LimitError means that a text goes beyond one of the Limits.
type LimitError struct{ why string }

func (e *LimitError) Error() string { return e.why }

// Strict reports why a text must not be trusted: it is not one JSON value in UTF-8, two
// readers may read two things in it, since a name stands twice in one object, or it goes
// beyond a limit (*LimitError). Names are told apart as they are, so that "a" and "A" are two, and
// "\u0061" and "a" one. A byte order mark is refused. It takes no more memory than the text and
// the names of the largest objects.
func Strict(text []byte, limits Limits) error {
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		return errors.New("the text begins with a byte order mark; it must be UTF-8 without one")
	}
	if at := invalidUTF8(text); at >= 0 {
		return fmt.Errorf("line %d is not UTF-8", line(text, at))
	}
	if err := valid(text); err != nil {
		return err
	}
	s := strict{text: text, limits: limits}
	_, err := s.value(0, 0)
	return err
}

// ParseStrict is Parse for a text that Strict has nothing against.
func ParseStrict(text []byte, limits Limits) (any, error) {
	if err := Strict(text, limits); err != nil {
		return nil, err
	}
	return Parse(string(text))
}

func valid(text []byte) error {
	if json.Valid(text) {
		return nil
	}
	var syntax *json.SyntaxError
	err := json.Unmarshal(text, new(json.RawMessage))
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return errors.New("the text is empty")
	case !errors.As(err, &syntax):
		return fmt.Errorf("the text is not valid JSON: %w", err)
	case syntax.Error() == "unexpected end of JSON input":
		return errors.New("the text ends before the JSON value does")
	}
	return fmt.Errorf("the text is not valid JSON: %w, line %d", err, line(text, int(syntax.Offset)-1))
}

// invalidUTF8 is where a text is not UTF-8; -1 = nowhere.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for at := 0; ; {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
}

func line(text []byte, at int) int { return 1 + bytes.Count(text[:max(at, 0)], []byte("\n")) }

// strict walks over a text that is known to be valid.
type strict struct {
	text   []byte
	limits Limits
	values int
}

// value walks over the value that begins at or after a place, and returns where it ends.
func (s *strict) value(at, depth int) (int, error) {
	at = s.space(at)
	if s.values++; s.limits.Values > 0 && s.values > s.limits.Values {
		return 0, &LimitError{fmt.Sprintf("the text has more than %d values", s.limits.Values)}
	}
	switch s.text[at] {
	case '"':
		return s.string(at), nil
	case '{', '[':
		if s.limits.Depth > 0 && depth == s.limits.Depth {
			return 0, &LimitError{fmt.Sprintf("objects and lists are inside one another more than %d levels deep, line %d", s.limits.Depth, line(s.text, at))}
		}
		return s.members(at, depth)
	}
	if end := bytes.IndexAny(s.text[at:], ",]} \t\r\n"); end >= 0 {
		return at + end, nil
	}
	return len(s.text), nil
}

// members walks over the object or list that begins at a place.
func (s *strict) members(at, depth int) (int, error) {
	var seen names
	object := s.text[at] == '{'
	for at = s.space(at + 1); s.text[at] != '}' && s.text[at] != ']'; {
		if object {
			end := s.string(at)
			if name := unquoted(s.text[at:end]); !seen.add(name) {
				return 0, fmt.Errorf("the name %q stands twice in one object, line %d", name, line(s.text, at))
			}
			at = s.space(end) + 1 // the colon
		}
		end, err := s.value(at, depth+1)
		if err != nil {
			return 0, err
		}
		if at = s.space(end); s.text[at] == ',' {
			at = s.space(at + 1)
		}
	}
	return at + 1, nil
}

func (s *strict) space(at int) int {
	for at < len(s.text) && (s.text[at] == ' ' || s.text[at] == '\t' || s.text[at] == '\r' || s.text[at] == '\n') {
		at++
	}
	return at
}

// string returns the end of the string that begins at a place.
func (s *strict) string(at int) int {
	for at++; s.text[at] != '"'; at++ {
		if s.text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

func unquoted(text []byte) string {
	inside := text[1 : len(text)-1]
	if bytes.IndexByte(inside, '\\') < 0 {
		return string(inside)
	}
	var out string
	_ = json.Unmarshal(text, &out) // it is valid
	return out
}

// names are those of one object.
type names struct {
	few  []string
	many map[string]struct{} // once there are more than a few
}

// add reports whether a name is new.
func (n *names) add(name string) bool {
	const few = 16
	if n.many == nil {
		for _, other := range n.few {
			if other == name {
				return false
			}
		}
		if n.few = append(n.few, name); len(n.few) <= few {
			return true
		}
		n.many = make(map[string]struct{}, 2*few)
		for _, other := range n.few {
			n.many[other] = struct{}{}
		}
		return true
	}
	if _, double := n.many[name]; double {
		return false
	}
	n.many[name] = struct{}{}
	return true
}
