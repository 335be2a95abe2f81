package jsontext

import (
	"fmt"
	"slices"
	"strings"
)

// Span is a string in a JSON text: the path that leads to it, such as
// "choices[0].message.content", and where its literal begins and ends.
type Span struct {
	Path       string
	Start, End int
}

// FindStrings finds the strings at some paths of a JSON text that Strict has nothing
// against, in the order in which they stand there. In a path, [*] stands for each
// element of a list. A path that leads nowhere, or to what is no string, finds nothing.
func FindStrings(text []byte, paths []string) []Span {
	f := finder{strict: strict{text: text}}
	open := make([][]string, len(paths))
	for i, path := range paths {
		open[i] = steps(path)
	}
	f.value(f.space(0), "", open)
	return f.found
}

// steps are the names of members, and the indexes with their brackets, in a path.
func steps(path string) []string {
	var all []string
	for member := range strings.SplitSeq(path, ".") {
		name, indexes, _ := strings.Cut(member, "[")
		if name != "" || indexes == "" {
			all = append(all, name)
		}
		for indexes != "" {
			var index string
			index, indexes, _ = strings.Cut(indexes, "[")
			all = append(all, "["+index)
		}
	}
	return all
}

// finder walks over a text that is known to be valid, and only where a path leads.
type finder struct {
	strict
	found []Span
}

// value walks over the value that begins at a place, and returns where it ends. open are the
// steps that are left of the paths that lead there.
func (f *finder) value(at int, path string, open [][]string) int {
	switch {
	case len(open) == 0:
		return f.skip(at)
	case f.text[at] == '{' || f.text[at] == '[':
		return f.inside(at, path, open)
	}
	end := f.skip(at)
	if f.text[at] == '"' && slices.ContainsFunc(open, func(left []string) bool { return len(left) == 0 }) {
		f.found = append(f.found, Span{Path: path, Start: at, End: end})
	}
	return end
}

// inside walks over the members of the object or list that begins at a place.
func (f *finder) inside(at int, path string, open [][]string) int {
	object := f.text[at] == '{'
	at = f.space(at + 1)
	for i := 0; f.text[at] != '}' && f.text[at] != ']'; i++ {
		index := fmt.Sprintf("[%d]", i)
		names, place := []string{index, "[*]"}, path+index
		if object {
			end := f.string(at)
			name := unquoted(f.text[at:end])
			names, place = []string{name}, strings.TrimPrefix(path+"."+name, ".")
			at = f.space(f.space(end) + 1) // behind the colon
		}
		at = f.space(f.value(at, place, follow(open, names, object)))
		if f.text[at] == ',' {
			at = f.space(at + 1)
		}
	}
	return at + 1
}

// follow are the paths of which a step leads on.
func follow(open [][]string, names []string, object bool) [][]string {
	var on [][]string
	for _, left := range open {
		if len(left) > 0 && strings.HasPrefix(left[0], "[") != object && slices.Contains(names, left[0]) {
			on = append(on, left[1:])
		}
	}
	return on
}

// skip returns the end of the value that begins at a place.
func (s *strict) skip(at int) int {
	depth := 0
	for {
		switch s.text[at] {
		case '"':
			at = s.string(at)
		case '{', '[':
			depth++
			at++
		case '}', ']':
			depth--
			at++
		case ',', ':', ' ', '\t', '\r', '\n':
			at++
			continue
		default:
			for at < len(s.text) && strings.IndexByte(",:]} \t\r\n", s.text[at]) < 0 {
				at++
			}
		}
		if depth == 0 {
			return at
		}
	}
}
