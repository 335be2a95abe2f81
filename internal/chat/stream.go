package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// assembly puts the chunks of a stream together to one completion. It is
// lenient: chunks come from any server that speaks the protocol. The time is linear in
// what arrives.
type assembly struct {
	progress func(string) // told each piece of the first choice's text; nil = nobody
	head     map[string]any
	choices  map[int]*assembledChoice // by index
}

// assembledChoice is what has arrived of one choice.
type assembledChoice struct {
	index   any            // as the server spells it
	fields  map[string]any // but for the message
	message map[string]any // what the deltas make
	beside  map[string]any // the last whole message that came beside a delta; nil = none
}

// add takes the JSON of one event.
func (s *assembly) add(data []byte) error {
	parsed, err := jsontext.Parse(string(data))
	if err != nil {
		return fmt.Errorf("an event of the stream is not valid JSON: %w", err)
	}
	chunk, ok := parsed.(map[string]any)
	if !ok {
		return errors.New("an event of the stream is not a JSON object")
	}
	chunk = unwrapped(chunk)
	if s.head == nil {
		s.head = map[string]any{}
	}
	for key, value := range chunk {
		switch {
		case key == "choices", key == "object":
		case blank(value) && s.head[key] != nil:
		default:
			s.head[key] = value // the last usage counts; the rest repeats itself
		}
	}
	items, ok := chunk["choices"].([]any)
	if one, bare := chunk["choices"].(map[string]any); !ok && bare {
		items = []any{one}
	}
	for place, item := range items {
		if choice, ok := item.(map[string]any); ok && !s.addChoice(choice, place) {
			return fmt.Errorf("the server's answer is too long: it has more than %d choices", mostChoices)
		}
	}
	return nil
}

// addChoice takes what an event says of one choice, which stands at a place in its list; false =
// it is one too many.
func (s *assembly) addChoice(piece map[string]any, place int) bool {
	spelled := piece["index"]
	index, ok := number(spelled)
	if !ok {
		index, spelled = place, json.Number(strconv.Itoa(place))
	}
	choice := s.choices[index]
	if choice == nil && len(s.choices) == mostChoices {
		return false
	}
	if choice == nil {
		choice = &assembledChoice{index: spelled, fields: map[string]any{}, message: map[string]any{"role": newText("assistant"), "content": nil}}
		if s.choices == nil {
			s.choices = map[int]*assembledChoice{}
		}
		s.choices[index] = choice
	}
	choice.add(piece, s.watch(index))
	return true
}

// watch is who is told of the text of a choice; nil = nobody.
func (s *assembly) watch(index int) func(string) {
	if index != 0 {
		return nil
	}
	return s.progress
}

func (c *assembledChoice) add(piece map[string]any, progress func(string)) {
	delta, streamed := piece["delta"].(map[string]any)
	message, whole := piece["message"].(map[string]any)
	legacy, isText := piece["text"].(string)
	if isText = isText && !streamed && !whole; isText { // of a legacy completion
		delta, streamed = map[string]any{"content": legacy}, true
	}
	c.setField("finish_reason", piece["finish_reason"]) // says of the rest that it may repeat everything
	for key, value := range piece {
		switch {
		case key == "text" && isText:
		case key == "index", key == "finish_reason", key == "delta", key == "message":
		default:
			c.setField(key, value)
		}
	}
	before, _ := c.message["content"].(*text)
	had := before.value()
	switch {
	case streamed:
		merge(c.message, delta, c.finishReason() != "")
		if whole {
			c.beside = message
		}
	case whole:
		for key, value := range message {
			if !blank(value) || c.message[key] == nil {
				delete(c.message, key)
				mergeField(c.message, key, value, false)
			}
		}
	}
	if progress == nil {
		return
	}
	more := ""
	after, isText := c.message["content"].(*text)
	switch now := after.value(); {
	case !isText:
		more = contentText(delta["content"])
	case streamed:
		more = now[min(len(had), len(now)):]
	case now != had:
		more = strings.TrimPrefix(now, had)
	}
	if more != "" {
		progress(more)
	}
}

// setField takes what is said of a choice beside its message: lists grow; the rest repeats
// itself, and nothing overwrites something, but for an error.
func (c *assembledChoice) setField(key string, value any) {
	_, isList := value.([]any)
	switch {
	case key == "finish_reason":
		if have, there := c.fields[key]; !there && value != nil || blank(have) && !blank(value) || isError(value) {
			c.fields[key] = value
		}
	case key == "logprobs", isList:
		mergeField(c.fields, key, value, c.finishReason() != "")
	default:
		replaceField(c.fields, key, value)
	}
}

func (c *assembledChoice) finishReason() string {
	reason, _ := c.fields["finish_reason"].(string)
	return reason
}

// whole is the choice as a completion has it.
func (c *assembledChoice) whole() map[string]any {
	message := maps.Clone(c.message)
	for key, value := range c.beside { // what no delta has said
		if have, there := message[key]; !there || blank(have) && !blank(value) {
			message[key] = value
		}
	}
	out := maps.Clone(c.fields)
	out["index"], out["message"] = c.index, message
	return out
}

// finished reports whether the server said of every choice why it ends.
func (s *assembly) finished() bool {
	for _, choice := range s.choices {
		if choice.finishReason() == "" {
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
	choices := make([]map[string]any, 0, len(s.choices))
	for _, index := range slices.Sorted(maps.Keys(s.choices)) {
		choices = append(choices, s.choices[index].whole())
	}
	whole := maps.Clone(s.head)
	whole["object"], whole["choices"] = "chat.completion", choices
	out, err := json.Marshal(whole)
	if err != nil {
		return nil // not reached: everything in it was parsed from JSON
	}
	return out
}

// wholeAnswer is the completion in an answer that came in one piece. A server may send
// one with deltas where the messages belong.
func wholeAnswer(body []byte) []byte {
	var doc struct {
		Choices []struct{ Delta, Message json.RawMessage }
	}
	var s assembly
	if !bytes.Contains(body, []byte(`"delta"`)) || json.Unmarshal(body, &doc) != nil {
		return body
	}
	for _, choice := range doc.Choices {
		if choice.Delta != nil && choice.Message == nil && s.add(body) == nil {
			return s.completion()
		}
	}
	return body
}

// number reads a number that names a place in a list.
func number(value any) (int, bool) {
	var spelled string
	switch value := value.(type) {
	case json.Number:
		spelled = string(value)
	case string:
		spelled = value
	}
	n, err := strconv.Atoi(strings.TrimSuffix(spelled, ".0"))
	return n, err == nil
}
