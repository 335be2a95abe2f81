package chat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// assembly puts the chunks of a stream together to one completion. It is
// lenient: chunks come from any server that speaks the protocol.
type assembly struct {
	progress func(string) // told each piece of the first choice's text; nil = nobody
	head     map[string]any
	choices  []map[string]any // each with its "index"
}

// add takes the JSON of one event.
func (s *assembly) add(data []byte) error {
	parsed, err := jsontext.Parse(string(data))
	if err != nil {
		return fmt.Errorf("an event of the stream is not valid JSON: %w", err)
	}
	chunk, ok := parsed.(map[string]any)
	if !ok {
		return fmt.Errorf("an event of the stream is not a JSON object")
	}
	if s.head == nil {
		s.head = map[string]any{}
	}
	for key, value := range chunk {
		switch {
		case key == "choices":
			items, _ := value.([]any)
			for _, item := range items {
				if choice, ok := item.(map[string]any); ok {
					s.addChoice(choice)
				}
			}
		case key == "object", value == nil && s.head[key] != nil:
		default:
			s.head[key] = value // the last usage counts; the rest repeats itself
		}
	}
	return nil
}

func (s *assembly) addChoice(piece map[string]any) {
	at := slices.IndexFunc(s.choices, func(c map[string]any) bool { return indexOf(c) == indexOf(piece) })
	var choice map[string]any
	if at >= 0 {
		choice = s.choices[at]
	} else {
		index := piece["index"]
		if index == nil {
			index = json.Number("0")
		}
		choice = map[string]any{"index": index, "message": map[string]any{"role": newText("assistant"), "content": nil}}
		s.choices = append(s.choices, choice)
	}
	for key, value := range piece {
		switch key {
		case "index":
		case "delta", "message":
			if delta, ok := value.(map[string]any); ok {
				if piece, _ := delta["content"].(string); piece != "" && s.progress != nil && indexOf(choice) == 0 {
					s.progress(piece)
				}
				merge(choice["message"].(map[string]any), delta)
			}
		default:
			mergeField(choice, key, value)
		}
	}
}

// finished reports whether the server said of every choice why it ends.
func (s *assembly) finished() bool {
	for _, choice := range s.choices {
		if reason, _ := choice["finish_reason"].(*text); reason == nil || reason.Len() == 0 {
			return false
		}
	}
	return len(s.choices) > 0
}

// completion is the JSON of what has arrived; nil where nothing has.
func (s *assembly) completion() []byte {
	if s.head == nil {
		return nil
	}
	slices.SortStableFunc(s.choices, func(a, b map[string]any) int { return indexOf(a) - indexOf(b) })
	s.head["object"] = "chat.completion"
	s.head["choices"] = s.choices
	out, err := json.Marshal(s.head)
	if err != nil {
		return nil // not reached: everything in it was parsed from JSON
	}
	return out
}

// text grows piece by piece without being copied at each.
type text struct{ strings.Builder }

func newText(s string) *text {
	t := &text{}
	t.WriteString(s)
	return t
}

func (t *text) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// merge adds a delta to what there is of an object.
func merge(into, delta map[string]any) {
	for key, value := range delta {
		mergeField(into, key, value)
	}
}

func mergeField(into map[string]any, key string, value any) {
	have := into[key]
	switch value := value.(type) {
	case nil:
		if have == nil {
			into[key] = nil
		}
	case string:
		grown, ok := have.(*text)
		if !ok {
			grown = &text{}
			into[key] = grown
		}
		if !saidOnce(key, grown.String(), value) {
			grown.WriteString(value)
		}
	case map[string]any:
		object, ok := have.(map[string]any)
		if !ok {
			object = map[string]any{}
			into[key] = object
		}
		merge(object, value)
	case []any:
		list, _ := have.([]any)
		into[key] = mergeList(list, value)
	default:
		into[key] = value
	}
}

// saidOnce tells names from text: an ID that a server repeats in each chunk
// must not grow.
func saidOnce(key, have, piece string) bool {
	switch key {
	case "role", "id", "type", "finish_reason":
		return have != "" || piece == ""
	case "name":
		return have == piece
	default:
		return false
	}
}

// mergeList adds the pieces of a list. Tool calls carry an index (or at least
// an ID) that says which call a piece belongs to; other elements are new.
func mergeList(list, pieces []any) []any {
	for _, piece := range pieces {
		object, ok := piece.(map[string]any)
		if !ok {
			list = append(list, piece)
			continue
		}
		target := sameElement(list, object)
		if target == nil {
			target = map[string]any{}
			list = append(list, target)
		}
		merge(target, object)
	}
	return list
}

func sameElement(list []any, piece map[string]any) map[string]any {
	id, _ := piece["id"].(string)
	index := piece["index"]
	if index == nil && id == "" {
		return nil
	}
	for _, element := range list {
		object, ok := element.(map[string]any)
		if !ok {
			continue
		}
		if index != nil {
			if indexOf(object) == indexOf(piece) {
				return object
			}
		} else if have, ok := object["id"].(*text); ok && have.String() == id {
			return object
		}
	}
	return nil
}

func indexOf(object map[string]any) int {
	number, _ := object["index"].(json.Number)
	i, _ := number.Int64()
	return int(i)
}
