package chat

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// normalizeAnswer changes the parsed JSON of an answer, or of a stored completion, to what
// OpenAI would have written: servers spell the same things in different ways. What no
// attribute declares then comes into the attributes `extra`.
func normalizeAnswer(answer map[string]any) {
	maps.Copy(answer, unwrapped(answer))
	delete(answer, "obfuscation") // random text that hides how long a piece of a stream is
	if one, bare := answer["choices"].(map[string]any); bare {
		answer["choices"] = []any{one}
	}
	choices, _ := answer["choices"].([]any)
	sortChoices(choices)
	for _, item := range choices {
		if choice, ok := item.(map[string]any); ok {
			normalizeChoice(choice)
		}
	}
	if usage, ok := answer["usage"].(map[string]any); ok {
		normalizeUsage(usage)
	}
}

// wrappers are members in which gateways and servers of other protocols put a whole answer.
var wrappers = []string{"data", "result", "output", "response"}

// unwrapped is the answer, or the chunk of one, in an object that only wraps it, with what
// stands beside it there.
func unwrapped(answer map[string]any) map[string]any {
	if !jsontext.Empty(answer["choices"]) {
		return answer
	}
	for _, name := range wrappers {
		inside, _ := answer[name].(map[string]any)
		if jsontext.Empty(inside["choices"]) {
			continue
		}
		whole := maps.Clone(answer)
		delete(whole, name)
		maps.Copy(whole, inside)
		return whole
	}
	return answer
}

// sortChoices puts choices into the order of their numbers, where these are 0, 1, 2 and so on.
func sortChoices(choices []any) {
	sorted := make([]any, len(choices))
	for _, item := range choices {
		choice, _ := item.(map[string]any)
		index, _ := choice["index"].(json.Number)
		at, err := strconv.Atoi(index.String())
		if err != nil || at < 0 || at >= len(sorted) || sorted[at] != nil {
			return
		}
		sorted[at] = choice
	}
	copy(choices, sorted)
}

func normalizeChoice(choice map[string]any) {
	message, ok := choice["message"].(map[string]any)
	if text, legacy := choice["text"].(string); !ok && legacy && choice["message"] == nil {
		message = map[string]any{"role": "assistant", "content": text}
		choice["message"] = message
		delete(choice, "text")
	}
	delete(choice, logprobsJSON)
	if !jsontext.Empty(choice["logprobs"]) {
		choice[logprobsJSON] = choice["logprobs"]
	}
	normalizeContent(message)
	normalizeReasoning(message)
	if call, ok := message["function_call"].(map[string]any); ok && call["arguments"] == nil {
		call["arguments"] = ""
	}
	if message["tool_calls"] != nil {
		message["tool_calls"] = normalizeCalls(message["tool_calls"])
	}
}

// normalizeContent joins the texts in content that is a list of parts, and what the model
// thought in others. The parts stay as well where that is not all that they say.
func normalizeContent(message map[string]any) {
	parts, ok := contentParts(message["content"])
	if !ok {
		return
	}
	var read partTexts
	for _, part := range parts {
		read.add(part)
	}
	message["content"] = nil
	if read.hasText {
		message["content"] = read.text.String()
	}
	for name, text := range map[string]string{"reasoning_content": read.thinking.String(), "refusal": read.refusal.String()} {
		switch {
		case text == "":
		case blank(message[name]):
			message[name] = text
		case message[name] != text:
			read.unread = true
		}
	}
	if read.unread {
		message["content_parts"] = parts
	}
}

// contentParts are the parts in content that is one or more of them. JSON that a server
// gives as a value instead of text is none.
func contentParts(content any) (parts []any, ok bool) {
	list, isList := content.([]any)
	if !isList {
		list = []any{content}
	}
	ok = isList && len(list) == 0
	for _, item := range list {
		object, isObject := item.(map[string]any)
		kind, _ := object["type"].(string)
		if _, isText := item.(string); isText {
			continue
		}
		if !isObject || kind == "" {
			return nil, false
		}
		_, named := object[kind]
		ok = ok || named || slices.Contains([]string{"text", "output_text", "thinking", "reasoning"}, kind)
	}
	return list, ok
}

// partTexts is what parts of content say.
type partTexts struct {
	text, thinking, refusal strings.Builder

	hasText bool
	unread  bool // something stands in a part that is in none of the texts
}

func (p *partTexts) add(part any) {
	if text, ok := part.(string); ok {
		part = map[string]any{"type": "text", "text": text}
	}
	object, _ := part.(map[string]any)
	switch kind, _ := object["type"].(string); kind {
	case "text", "output_text":
		text, ok := object["text"].(string)
		p.text.WriteString(text)
		p.hasText = p.hasText || ok
		p.check(object, "text")
	case "thinking", "reasoning":
		name := kind
		if object[name] == nil {
			name = "text"
		}
		p.thinking.WriteString(nestedText(object[name]))
		p.check(object, name)
	case "refusal":
		text, _ := object["refusal"].(string)
		p.refusal.WriteString(text)
		p.check(object, "refusal")
	default:
		p.unread = true
	}
}

// check notes what a part says besides its type and the member that was read.
func (p *partTexts) check(part map[string]any, read string) {
	for name, value := range part {
		if name != "type" && name != read && name != "index" && name != "closed" && !jsontext.Empty(value) {
			p.unread = true
		}
	}
}

// nestedText is the text in a value that is text, a part, or a list of them.
func nestedText(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case map[string]any:
		for _, name := range []string{"text", "thinking", "reasoning"} {
			if text := nestedText(value[name]); text != "" {
				return text
			}
		}
	case []any:
		var b strings.Builder
		for _, item := range value {
			b.WriteString(nestedText(item))
		}
		return b.String()
	}
	return ""
}

// normalizeReasoning reads what the model thought under its other name.
func normalizeReasoning(message map[string]any) {
	if list, ok := message["reasoning_content"].([]any); ok {
		message["reasoning_content"] = nestedText(list)
	}
	reasoning, ok := message["reasoning"].(string)
	switch {
	case !ok:
	case blank(message["reasoning_content"]):
		message["reasoning_content"] = reasoning
		fallthrough
	case message["reasoning_content"] == reasoning:
		delete(message, "reasoning")
	}
}

// normalizeCalls completes tool calls, so that they can be given back: a call
// has an ID, a type and arguments, whatever a server leaves out.
func normalizeCalls(calls any) any {
	if one, bare := calls.(map[string]any); bare {
		calls = []any{one}
	}
	list, ok := calls.([]any)
	if !ok {
		return calls
	}
	list = slices.DeleteFunc(list, func(call any) bool { return call == nil })
	for i, item := range list {
		call, ok := item.(map[string]any)
		if !ok {
			continue
		}
		delete(call, "index") // it says where a piece of a stream belongs
		if call["id"] == nil {
			call["id"] = fmt.Sprintf("call_%d", i)
		}
		if blank(call["type"]) {
			call["type"] = "function"
			if _, custom := call["custom"].(map[string]any); custom && call["function"] == nil {
				call["type"] = "custom"
			}
		}
		for kind, input := range map[string]string{"function": "arguments", "custom": "input"} {
			if inside, ok := call[kind].(map[string]any); ok && inside[input] == nil {
				inside[input] = ""
			}
		}
	}
	return list
}

// usageNames are other names for members of usage: of the Responses API, Anthropic,
// DeepSeek, Moonshot and others.
var usageNames = []struct{ from, to []string }{
	{[]string{"input_tokens"}, []string{"prompt_tokens"}},
	{[]string{"output_tokens"}, []string{"completion_tokens"}},
	{[]string{"prompt_cache_hit_tokens"}, []string{"prompt_tokens_details", "cached_tokens"}},
	{[]string{"cached_tokens"}, []string{"prompt_tokens_details", "cached_tokens"}},
	{[]string{"cache_read_input_tokens"}, []string{"prompt_tokens_details", "cached_tokens"}},
	{[]string{"input_tokens_details", "cached_tokens"}, []string{"prompt_tokens_details", "cached_tokens"}},
	{[]string{"reasoning_tokens"}, []string{"completion_tokens_details", "reasoning_tokens"}},
	{[]string{"output_tokens_details", "reasoning_tokens"}, []string{"completion_tokens_details", "reasoning_tokens"}},
}

// normalizeUsage gives the counts of usage OpenAI's names. A count that is there under both
// names, and differs, stays under both.
func normalizeUsage(usage map[string]any) {
	for _, name := range usageNames {
		value := lookup(usage, name.from)
		if value == nil {
			continue
		}
		if have := lookup(usage, name.to); have == nil {
			assign(usage, name.to, value)
		} else if have != value { // both are scalars, or there is nothing to compare
			continue
		}
		assign(usage, name.from, nil)
	}
	prompt, ok := number(usage["prompt_tokens"])
	completion, both := number(usage["completion_tokens"])
	if usage["total_tokens"] == nil && ok && both && prompt <= math.MaxInt-max(completion, 0) {
		usage["total_tokens"] = json.Number(strconv.Itoa(prompt + completion))
	}
}

// lookup is the scalar at a path of names; nil = there is none.
func lookup(object map[string]any, names []string) any {
	for _, name := range names[:len(names)-1] {
		object, _ = object[name].(map[string]any)
	}
	switch value := object[names[len(names)-1]].(type) {
	case map[string]any, []any:
		return nil
	default:
		return value
	}
}

// assign puts a value at a path of names; nil takes it away. What is no object on the way stays
// as it is.
func assign(object map[string]any, names []string, value any) {
	for _, name := range names[:len(names)-1] {
		if object[name] == nil {
			object[name] = map[string]any{}
		}
		inside, ok := object[name].(map[string]any)
		if !ok {
			return
		}
		object = inside
	}
	if value == nil {
		delete(object, names[len(names)-1])
		return
	}
	object[names[len(names)-1]] = value
}
