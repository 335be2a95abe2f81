package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// seeText stands in an answer where a text of it was taken out, to be read in "text".
const seeText = "(see text above)"

// passage is a text of an answer in the form in which people read, and may correct, it:
// JSON as JSON, indented like the rest of the file, and everything else by lines. It stands
// in the file once: the answer has seeText in its place.
type passage struct {
	Path   string          `json:"path"` // where it stands in the answer
	Lines  []string        `json:"lines,omitempty"`
	JSON   json.RawMessage `json:"json,omitempty"`
	Layout string          `json:"layout,omitempty"` // of JSON: the name of one of layouts
	Before string          `json:"before,omitempty"` // white space around JSON
	After  string          `json:"after,omitempty"`
}

// newPassage is a text that gives the very same text again.
func newPassage(path, text string) passage {
	const space = " \t\r\n" // JSON's
	inside := strings.Trim(text, space)
	isJSON := (strings.HasPrefix(inside, "{") || strings.HasPrefix(inside, "[")) && jsontext.Strict([]byte(inside), limits) == nil
	if !isJSON {
		return passage{Path: path, Lines: strings.Split(text, "\n")}
	}
	value := compact([]byte(inside))
	for _, layout := range layouts {
		if string(layout.apply(value)) == inside {
			before, after, _ := strings.Cut(text, inside)
			return passage{Path: path, JSON: value, Layout: layout.name, Before: before, After: after}
		}
	}
	return passage{Path: path, Lines: strings.Split(text, "\n")}
}

// text is the text as it stands in an answer.
func (p *passage) text() string {
	if p.JSON == nil {
		return strings.Join(p.Lines, "\n")
	}
	apply := layoutNamed(p.Layout) // UnmarshalJSON lets no unknown one through
	return p.Before + string(apply(compact(p.JSON))) + p.After
}

// layouts are how servers and models space JSON. What is spaced in another way is shown by lines.
var layouts = []struct {
	name  string
	apply func(compact []byte) []byte
}{
	{"", func(compact []byte) []byte { return compact }},
	{"spaced", spaced},
	{"2 spaces", indented("  ")},
	{"4 spaces", indented("    ")},
	{"tabs", indented("\t")},
}

// layoutNamed is the layout of that name; nil = there is none.
func layoutNamed(name string) func(compact []byte) []byte {
	for _, layout := range layouts {
		if layout.name == name {
			return layout.apply
		}
	}
	return nil
}

func layoutNames() []string {
	var names []string
	for _, layout := range layouts[1:] {
		names = append(names, fmt.Sprintf("%q", layout.name))
	}
	return names
}

// indented puts each member on a line of its own.
func indented(with string) func([]byte) []byte {
	return func(compact []byte) []byte {
		var out bytes.Buffer
		_ = json.Indent(&out, compact, "", with) // it is valid
		return out.Bytes()
	}
}

// spaced puts a space behind each comma and colon, all in one line.
func spaced(compact []byte) []byte {
	out := make([]byte, 0, len(compact)+len(compact)/8)
	inString := false
	for i := 0; i < len(compact); i++ {
		c := compact[i]
		out = append(out, c)
		switch {
		case inString && c == '\\':
			i++
			out = append(out, compact[i])
		case c == '"':
			inString = !inString
		case !inString && (c == ',' || c == ':'):
			out = append(out, ' ')
		}
	}
	return out
}

// compact is JSON without white space. Numbers and escapes stay as they are spelled.
func compact(value []byte) []byte {
	var out bytes.Buffer
	_ = json.Compact(&out, value) // it is valid
	return out.Bytes()
}

// UnmarshalJSON reads a passage as strictly as the rest of a recording is read.
func (p *passage) UnmarshalJSON(text []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return errors.New("it must be a list of objects")
	}
	var lines []*string
	fields := map[string]any{"path": &p.Path, "lines": &lines, "json": &p.JSON, "layout": &p.Layout, "before": &p.Before, "after": &p.After}
	for name, value := range members {
		field, known := fields[name]
		if !known {
			return fmt.Errorf("a text has the unknown member %q", name)
		}
		if err := json.Unmarshal(value, field); err != nil {
			return err
		}
	}
	for _, line := range lines {
		if line == nil {
			return errors.New("a line is null, and must be a string")
		}
		p.Lines = append(p.Lines, *line)
	}
	_, hasLines := members["lines"]
	if hasLines && lines == nil {
		return errors.New(`"lines" must be a list of strings`)
	}
	_, hasJSON := members["json"]
	switch {
	case p.Path == "":
		return errors.New(`a text has no "path"`)
	case hasLines == hasJSON:
		return fmt.Errorf(`the text of %q must have "lines" or "json", one of them`, p.Path)
	case layoutNamed(p.Layout) == nil:
		return fmt.Errorf(`the "layout" of %q must be one of %s, or not there`, p.Path, strings.Join(layoutNames(), ", "))
	case !hasJSON && p.Layout+p.Before+p.After != "":
		return fmt.Errorf(`the text of %q has "lines", with which "layout", "before" and "after" do not go`, p.Path)
	}
	return nil
}

// shown is a record with the texts at some paths of its answer taken out, to be read above it.
func (r record) shown(paths []string) record {
	if !isObject(r.Answer) {
		return r
	}
	var out []byte
	end := 0
	for _, span := range jsontext.FindStrings(r.Answer, paths) {
		var text string
		if json.Unmarshal(r.Answer[span.Start:span.End], &text) != nil || text == "" {
			continue
		}
		r.Text = append(r.Text, newPassage(span.Path, text))
		out = append(append(out, r.Answer[end:span.Start]...), quoted(seeText)...)
		end = span.End
	}
	r.Answer = append(out, r.Answer[end:]...)
	return r
}

// whole puts the texts that were taken out of an answer back. It fails where it is not clear
// which words count.
func (r *record) whole() error {
	byPath := map[string]*passage{}
	var paths []string
	for i := range r.Text {
		p := &r.Text[i]
		if byPath[p.Path] != nil {
			return fmt.Errorf(`"text" has two texts for %q`, p.Path)
		}
		byPath[p.Path] = p
		paths = append(paths, p.Path)
	}
	var spans []jsontext.Span
	if isObject(r.Answer) {
		spans = jsontext.FindStrings(r.Answer, paths)
	}
	var out []byte
	end, left := 0, bytes.Count(r.Answer, quoted(seeText))
	for _, span := range spans {
		p := byPath[span.Path]
		if p == nil {
			continue // of a path with [*]
		}
		if string(r.Answer[span.Start:span.End]) != string(quoted(seeText)) {
			return fmt.Errorf(`its "text" and its "answer" both have words for %q. Those in "text" count: correct them there, and let the answer have %q`, p.Path, seeText)
		}
		out = append(append(out, r.Answer[end:span.Start]...), quoted(p.text())...)
		end = span.End
		left--
		delete(byPath, span.Path)
	}
	for _, path := range paths {
		if byPath[path] != nil {
			return fmt.Errorf(`its "text" is for %q, and its "answer" has no %q there`, path, seeText)
		}
	}
	if left > 0 && r.Format > plainFormat {
		return fmt.Errorf(`its "answer" has %q where "text" has nothing for it`, seeText)
	}
	if len(paths) > 0 {
		r.Answer = append(out, r.Answer[end:]...)
	}
	return nil
}

// quoted is a string as JSON has it.
func quoted(text string) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string always encodes
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
