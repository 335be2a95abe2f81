package transport

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// acrossEvents reports whether the events of a stream spell a secret together: its
// text comes in pieces, at the same place in one event after the other.
func (r *Redactor) acrossEvents(stream []byte) bool {
	if r == nil {
		return false
	}
	pieces := map[string]*strings.Builder{}
	for line := range bytes.Lines(stream) {
		data, ok := bytes.CutPrefix(line, []byte("data:"))
		if !ok {
			continue
		}
		var doc any
		if json.Unmarshal(data, &doc) == nil {
			r.collect(pieces, "", doc)
		}
	}
	for _, piece := range pieces {
		text := piece.String()
		if r.String(text) != text {
			return true
		}
	}
	return false
}

// collect adds the strings of a document, without secrets that are whole, to those
// that stood in the same places before.
func (r *Redactor) collect(pieces map[string]*strings.Builder, place string, value any) {
	switch value := value.(type) {
	case string:
		piece := pieces[place]
		if piece == nil {
			piece = &strings.Builder{}
			pieces[place] = piece
		}
		piece.WriteString(r.String(value))
	case []any:
		for i, element := range value {
			r.collect(pieces, place+"/"+strconv.Itoa(i), element)
		}
	case map[string]any:
		for name, member := range value {
			r.collect(pieces, place+"/"+name, member)
		}
	}
}
