package response

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// normalize adds to the parsed JSON of an answer what its items say, under the names of the attributes.
func normalize(answer object) {
	items, _ := answer["output"].([]any)
	var said speech
	var calls, citations []any
	for _, raw := range items {
		item, _ := raw.(object)
		switch item["type"] {
		case "message":
			said.add(item)
		case "function_call":
			calls = append(calls, object{"id": item["call_id"], "type": "function",
				"function": object{"name": item["name"], "arguments": item["arguments"]}})
		case "custom_tool_call":
			calls = append(calls, object{"id": item["call_id"], "type": "custom",
				"custom": object{"name": item["name"], "input": item["input"]}})
		}
	}
	text, refusal := said.result(&citations)
	if made, ok := answer["output_text"].(string); ok && text == nil && len(items) == 0 {
		text = made // some servers give nothing else
	}
	answer["content"], answer["refusal"] = text, refusal
	answer["tool_calls"], answer["citations"] = orNull(calls), orNull(citations)
	answer["incomplete_reason"] = nil
	if details, ok := answer["incomplete_details"].(object); ok {
		answer["incomplete_reason"] = details["reason"]
	}
}

func orNull(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

// speech is what the messages of an answer say.
type speech struct{ messages []object }

func (s *speech) add(message object) { s.messages = append(s.messages, message) }

// result are the text and the refusal of the messages that are the answer, nil where there is none, and what they cite.
// Comments that a model makes while it works count only where there is no other text.
func (s *speech) result(citations *[]any) (text, refusal any) {
	chosen := s.inPhase(func(phase any) bool { return phase == "final_answer" })
	if chosen == nil {
		chosen = s.inPhase(func(phase any) bool { return phase != "commentary" })
	}
	if chosen == nil {
		chosen = s.messages
	}
	var words, refused strings.Builder
	spoke := false
	for _, message := range chosen {
		if whole, ok := message["content"].(string); ok {
			words.WriteString(whole)
			spoke = true
		}
		parts, _ := message["content"].([]any)
		for _, raw := range parts {
			part, _ := raw.(object)
			switch part["type"] {
			case "output_text", "text":
				piece, _ := part["text"].(string)
				words.WriteString(piece)
				spoke = true
				cite(part["annotations"], citations)
			case "refusal":
				piece, _ := part["refusal"].(string)
				refused.WriteString(piece)
			}
		}
	}
	if spoke {
		text = words.String()
	}
	if refused.Len() > 0 {
		refusal = refused.String()
	}
	return text, refusal
}

func (s *speech) inPhase(is func(phase any) bool) []object {
	var chosen []object
	for _, message := range s.messages {
		if is(message["phase"]) {
			chosen = append(chosen, message)
		}
	}
	return chosen
}

func cite(annotations any, citations *[]any) {
	list, _ := annotations.([]any)
	for _, raw := range list {
		annotation, ok := raw.(object)
		if !ok {
			continue
		}
		kind, _ := annotation["type"].(string)
		if inside, nested := annotation[kind].(object); nested { // as in chat completions
			inside["type"] = kind
			annotation = inside
		}
		*citations = append(*citations, annotation)
	}
}

// read completes a decoded answer.
func read(arguments wire.Fields, body []byte, answer wire.Values) {
	answer["output"] = tftypes.NewValue(tftypes.DynamicPseudoType, nil)
	if _, ok := wantsJSON(arguments); ok {
		answer["output"] = generation.Output(answer["content"])
	}
	answer["output_json"] = itemsJSON(body)
}

// itemsJSON are the items of an answer as they came, but for white space; null where there are none.
func itemsJSON(body []byte) tftypes.Value {
	var raw struct{ Output json.RawMessage }
	if json.Unmarshal(body, &raw) == nil && len(raw.Output) > 0 && string(raw.Output) != "null" {
		var text bytes.Buffer
		if json.Compact(&text, raw.Output) == nil { // recordings have it with other white space
			return tftypes.NewValue(tftypes.String, text.String())
		}
	}
	return tftypes.NewValue(tftypes.String, nil)
}

// absent are the attributes that will be null.
func absent(arguments wire.Fields) []string {
	var names []string
	format := arguments.Open("text").Open("format")
	_, known := format.Text("type")
	if _, wants := wantsJSON(arguments); !wants && (known || arguments.Get("text").IsNull() || !arguments.Open("text").Absent() && arguments.Open("text").Get("format").IsNull()) {
		names = append(names, "output")
	}
	if arguments.Get("moderation").IsNull() {
		names = append(names, "response_moderation")
	}
	return names
}

// wantsJSON reports whether the request asks for an answer in JSON, and for which schema ("" = any object).
func wantsJSON(arguments wire.Fields) (schema string, ok bool) {
	if !arguments.Has("text") {
		return "", false
	}
	format := arguments.Open("text").Open("format")
	switch kind, _ := format.Text("type"); kind {
	case "json_object":
		return "", true
	case "json_schema":
		return format.String("schema"), true
	}
	return "", false
}

// usage is what the server counted of an answer.
func usage(answer wire.Fields) (input, output int) {
	counts := answer.Open("usage")
	if counts.Absent() {
		return 0, 0
	}
	return int(wire.Int(counts.Get("input_tokens"))), int(wire.Int(counts.Get("output_tokens")))
}

// answerText is an answer as people read it: its text, refusal and tool calls.
func answerText(answer wire.Fields) string {
	var lines []string
	for _, name := range []string{"content", "refusal"} {
		if text := answer.String(name); text != "" {
			lines = append(lines, text)
		}
	}
	for _, call := range answer.Items("tool_calls") {
		for kind, input := range map[string]string{"function": "arguments", "custom": "input"} {
			if called := wire.Open(call).Open(kind); !called.Absent() {
				lines = append(lines, fmt.Sprintf("calls %s with %s", called.String("name"), called.String(input)))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// textPaths lead to what answerText shows.
var textPaths = []string{
	"output[*].content[*].text", "output[*].content[*].refusal", "output[*].arguments", "output[*].input",
}

// estimate is about how many tokens a request takes: its input, and its output as far as the request limits it.
func estimate(body []byte) (input, output int) {
	var limits struct {
		MaxOutputTokens int `json:"max_output_tokens"`
	}
	_ = json.Unmarshal(body, &limits) // the server says what is wrong with it
	return generation.InputTokens(body), min(max(limits.MaxOutputTokens, 0), 1<<24)
}

// describe names a request without quoting it.
func describe(arguments wire.Fields) string {
	what := "input"
	var roles []string
	for _, item := range arguments.Items("message") {
		roles = append(roles, wire.Open(item).String("role"))
	}
	if len(roles) > 0 {
		what = "messages: " + strings.Join(roles, ", ")
	}
	if text, ok := arguments.Text("input_items"); ok {
		if list, err := jsontext.Parse(text); err == nil {
			what = fmt.Sprintf("%d items", len(list.([]any))) //nolint:forcetypeassert // the validator has seen to it
		}
	}
	return fmt.Sprintf("The request: model %s, %s.", arguments.String("model"), what)
}
