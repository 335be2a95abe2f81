package response

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// send makes the call. A stream ends with an event that has the whole response, which is what the same request without
// `stream` would have answered.
func send(ctx context.Context, c *client.Client, _ wire.Fields, request client.Request, progress func(string)) (client.Answer, error) {
	s := assembly{progress: progress}
	answer, err := c.Stream(ctx, request, s.add)
	switch {
	case answer.Body != nil: // in one piece
		return answer, err
	case s.whole != nil:
		answer.Body = s.whole
		return answer, err
	case err == nil:
		err = errors.New("the stream ended before the answer was complete")
		if answer.Remark != "" {
			err = fmt.Errorf("%w; the last that came is: %s", err, answer.Remark)
		}
	}
	answer.Body = c.Redact(request, s.partial())
	return answer, err
}

// event is what is read of the events of a stream.
type event struct {
	Type        string          `json:"type"`
	Response    json.RawMessage `json:"response"`
	Item        json.RawMessage `json:"item"`
	OutputIndex int             `json:"output_index"`
	Delta       json.RawMessage `json:"delta"`
}

// assembly makes one answer of the events of a stream.
type assembly struct {
	progress func(string) // is told each piece of the text; nil = nobody is

	whole json.RawMessage         // the response as the last event has it; nil = it has not come
	begun json.RawMessage         // as an earlier event has it
	items map[int]json.RawMessage // those that are complete, by their place
	text  map[int]*strings.Builder
}

// last are the events that have the response as it is in the end.
var last = []string{"response.completed", "response.incomplete", "response.failed", "response.cancelled"}

// add takes the JSON of one event.
func (s *assembly) add(data []byte) error {
	var e event
	if err := json.Unmarshal(data, &e); err != nil {
		return fmt.Errorf("an event of the stream is not valid: %w", err)
	}
	switch {
	case slices.Contains(last, e.Type):
		s.whole = bytes.Clone(e.Response)
	case e.Response != nil:
		s.begun = bytes.Clone(e.Response)
	case e.Type == "response.output_item.done":
		if s.items == nil {
			s.items = map[int]json.RawMessage{}
		}
		s.items[e.OutputIndex] = bytes.Clone(e.Item)
	case e.Type == "response.output_text.delta", e.Type == "response.refusal.delta":
		var piece string
		_ = json.Unmarshal(e.Delta, &piece) // else it is none
		s.hear(e.OutputIndex, piece)
	}
	return nil
}

func (s *assembly) hear(index int, piece string) {
	if s.text == nil {
		s.text = map[int]*strings.Builder{}
	}
	if s.text[index] == nil {
		s.text[index] = &strings.Builder{}
	}
	s.text[index].WriteString(piece)
	if s.progress != nil {
		s.progress(piece)
	}
}

// partial is the response as far as it has come; nil where nothing has.
func (s *assembly) partial() []byte {
	response := object{}
	if s.begun == nil || json.Unmarshal(s.begun, &response) != nil {
		return nil
	}
	items := map[int]any{}
	for index, item := range s.items {
		items[index] = item
	}
	for index, text := range s.text {
		if items[index] == nil {
			items[index] = object{"type": "message", "role": "assistant", "status": "in_progress",
				"content": []any{object{"type": "output_text", "text": text.String(), "annotations": []any{}}}}
		}
	}
	output := []any{}
	for _, index := range sortedKeys(items) {
		output = append(output, items[index])
	}
	response["output"], response["status"] = output, "in_progress"
	body, err := json.Marshal(response)
	if err != nil {
		return nil // not reached: everything in it was parsed from JSON
	}
	return body
}

func sortedKeys(items map[int]any) []int {
	keys := make([]int, 0, len(items))
	for key := range items {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
