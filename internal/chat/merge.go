package chat

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// merge adds a delta to what there is of an object. ended says that the server has said
// why the answer ends: what comes then may repeat everything.
func merge(into, delta map[string]any, ended bool) {
	for key, value := range delta {
		mergeField(into, key, value, ended)
	}
}

func mergeField(into map[string]any, key string, value any, ended bool) {
	have := into[key]
	if list, ok := have.(*list); ok && key == "content" {
		if piece, ok := value.(string); ok { // a server that goes over from parts to text
			value = asParts(piece)
		}
		list.merge(value, ended)
		return
	}
	switch value := value.(type) {
	case nil:
		if have == nil {
			into[key] = nil
		}
	case string:
		grown := asText(have)
		into[key] = grown
		if !saidOnce(key, grown.value(), value) {
			grown.add(value, ended)
		}
	case map[string]any:
		if key == "tool_calls" {
			mergeCalls(into, []any{value}, ended)
			return
		}
		object, ok := have.(map[string]any)
		if !ok {
			object = map[string]any{}
			into[key] = object
		}
		merge(object, value, ended)
	case []any:
		if key == "tool_calls" {
			mergeCalls(into, value, ended)
			return
		}
		grown := asList(key, have)
		into[key] = grown
		grown.merge(value, ended)
	default:
		into[key] = value
	}
}

// replaceField sets what a server says again and again, and may leave out in between.
func replaceField(into map[string]any, key string, value any) {
	have, there := into[key]
	object, ok := value.(map[string]any)
	inside, both := have.(map[string]any)
	switch {
	case there && blank(value) && have != nil:
	case ok && both:
		for name, v := range object {
			replaceField(inside, name, v)
		}
	default:
		into[key] = value
	}
}

// blank reports whether a value says nothing.
func blank(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case *text:
		return value.Len() == 0
	case json.Number:
		return strings.Trim(string(value), "-+.0") == ""
	case []any:
		return len(value) == 0
	case *list:
		return len(value.elements) == 0
	case *calls:
		return len(value.list) == 0
	case map[string]any:
		for _, inside := range value {
			if !blank(inside) {
				return false
			}
		}
		return true
	}
	return false
}

// saidOnce tells names from text: an ID that a server repeats in each chunk
// must not grow.
func saidOnce(key, have, piece string) bool {
	switch {
	case key == "role", key == "id", key == "type":
		return have != "" || piece == ""
	case key == "name", strings.HasSuffix(key, "signature"):
		return have == piece
	}
	return false
}

// text grows piece by piece without being copied at each.
type text struct {
	strings.Builder

	pieces int
	end    int // where the text ended before a last piece that repeats it; 0 = there is no such piece
	read   int // bytes that nesting has seen
	json   jsontext.Nesting
}

func newText(s string) *text {
	t := &text{}
	t.add(s, false)
	return t
}

// asText is what there is of a text.
func asText(have any) *text {
	switch have := have.(type) {
	case *text:
		return have
	case string:
		return newText(have)
	}
	return &text{}
}

// add takes the next piece. A piece that repeats all that came before it counts as long
// as it is not the last one.
func (t *text) add(piece string, ended bool) {
	if piece == "" || t.end > 0 && t.value() == piece {
		return
	}
	t.end = 0
	if t.repeats(piece, ended) {
		t.end = t.Len()
	}
	t.WriteString(piece)
	t.pieces++
}

// repeats reports whether a piece is rather the whole text once more than the next
// piece of it, as in "ha", "ha". Of three signs two must be there: that the answer has
// ended, that there was more than one piece, that it is longer than a syllable. JSON that
// is whole is never followed by itself.
func (t *text) repeats(piece string, ended bool) bool {
	if len(piece) != t.Len() || piece != t.String() {
		return false
	}
	signs := 0
	for _, sign := range []bool{ended, t.pieces > 1, len(piece) > 4} {
		if sign {
			signs++
		}
	}
	return signs > 1 || t.whole()
}

// value is the text; "" where there is none.
func (t *text) value() string {
	switch {
	case t == nil:
		return ""
	case t.end > 0:
		return t.String()[:t.end]
	}
	return t.String()
}

// whole reports whether the text is an object or a list of JSON, to its end.
func (t *text) whole() bool {
	t.json.Read(t.String()[t.read:])
	t.read = t.Len()
	return t.json.Whole()
}

// MarshalJSON implements json.Marshaler.
func (t *text) MarshalJSON() ([]byte, error) { return json.Marshal(t.value()) }

// list grows by elements, or by pieces of elements. A piece has the index of its
// element, or the ID; or it goes on with the part of the content that was last.
type list struct {
	elements []any
	indexed  map[int]map[string]any
	named    map[string]map[string]any
}

// asList is what there is of a list. Content that was text so far becomes a part.
func asList(key string, have any) *list {
	switch have := have.(type) {
	case *list:
		return have
	case *text:
		if key == "content" {
			l := &list{}
			l.merge(asParts(have.value()), false)
			return l
		}
	}
	return &list{}
}

// asParts is content of one text.
func asParts(s string) []any {
	if s == "" {
		return nil
	}
	return []any{map[string]any{"type": "text", "text": s}}
}

func (l *list) merge(value any, ended bool) {
	pieces, _ := value.([]any)
	if ended && l.repeatedBy(pieces) {
		return
	}
	for _, piece := range pieces {
		object, ok := piece.(map[string]any)
		if !ok {
			l.elements = append(l.elements, piece)
			continue
		}
		if target := l.find(object); target != nil {
			merge(target, object, ended)
			continue
		}
		l.begin(object)
	}
}

// find is the element that a piece belongs to; nil = it begins one.
func (l *list) find(piece map[string]any) map[string]any {
	if index, ok := number(piece["index"]); ok {
		return l.indexed[index]
	}
	if id, _ := piece["id"].(string); id != "" {
		return l.named[id]
	}
	kind, _ := piece["type"].(string)
	if len(l.elements) == 0 || !grows(kind) {
		return nil
	}
	last, _ := l.elements[len(l.elements)-1].(map[string]any)
	if have, ok := last["type"].(*text); ok && have.value() == kind && last["index"] == nil {
		return last
	}
	return nil
}

// grows reports whether a part of content of this type comes in pieces.
func grows(kind string) bool { return kind == "text" || kind == "thinking" }

// begin adds an element. One that can grow is taken apart; others stay as they are.
func (l *list) begin(piece map[string]any) {
	index, indexed := number(piece["index"])
	id, _ := piece["id"].(string)
	kind, _ := piece["type"].(string)
	if !indexed && id == "" && !grows(kind) {
		l.elements = append(l.elements, piece)
		return
	}
	element := map[string]any{}
	merge(element, piece, false)
	l.elements = append(l.elements, element)
	switch {
	case indexed:
		if l.indexed == nil {
			l.indexed = map[int]map[string]any{}
		}
		l.indexed[index] = element
	case id != "":
		if l.named == nil {
			l.named = map[string]map[string]any{}
		}
		l.named[id] = element
	}
}

// repeatedBy reports whether pieces are the whole list once more. Lists of
// numbers may well go on with what they have.
func (l *list) repeatedBy(pieces []any) bool {
	if len(pieces) == 0 || len(l.elements) > len(pieces) {
		return false
	}
	again := &list{}
	again.merge(pieces, false)
	if _, ok := again.elements[0].(map[string]any); !ok || len(again.elements) != len(l.elements) {
		return false
	}
	return same(l, again)
}

// same compares what was merged. It ends at the first difference, so that it costs no
// more than the smaller of both.
func same(a, b any) bool {
	switch x := a.(type) {
	case *text:
		y, ok := b.(*text)
		return ok && x.value() == y.value()
	case *list:
		y, ok := b.(*list)
		return ok && slices.EqualFunc(x.elements, y.elements, same)
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for key, value := range x {
			if other, there := y[key]; !there || !same(value, other) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, same)
	case nil, string, bool, json.Number:
		return a == b
	}
	return false
}

// MarshalJSON implements json.Marshaler.
func (l *list) MarshalJSON() ([]byte, error) {
	if l.elements == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(l.elements)
}

// contentText is the text in a piece of content, which may be a list of parts.
func contentText(content any) string {
	if piece, ok := content.(string); ok {
		return piece
	}
	items, _ := content.([]any)
	var b strings.Builder
	for _, item := range items {
		part, _ := item.(map[string]any)
		if part["type"] == "text" {
			piece, _ := part["text"].(string)
			b.WriteString(piece)
		}
	}
	return b.String()
}
