package emulator

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// inputTypes are the items there can be in an input, as errors list them.
var inputTypes = strings.Fields(`message file_search_call computer_call computer_call_output web_search_call function_call
	function_call_output tool_search_call tool_search_output additional_tools reasoning compaction image_generation_call
	code_interpreter_call local_shell_call local_shell_call_output shell_call shell_call_output apply_patch_call
	apply_patch_call_output mcp_list_tools mcp_approval_request mcp_approval_response mcp_call custom_tool_call_output
	custom_tool_call compaction_trigger item_reference program program_output`)

var (
	inputPartsShape  = partsOf("input_text", "input_image", "input_file")
	outputPartsShape = partsOf("output_text", "refusal")
	aStatus          = oneOf("in_progress", "completed", "incomplete")
	saidShape        = messageOf(inputPartsShape)
)

// partsOf is a text or parts of some types.
func partsOf(types ...string) *shape {
	of := map[string]*shape{}
	for _, name := range types {
		of[name] = itemContentShape.variants[name]
	}
	return &shape{kind: kindText, or: &shape{kind: kindList, items: variants("type", types, of)}}
}

func messageOf(content *shape) *shape {
	return fields([]string{"role", "content"}, map[string]*shape{
		"type": aString, "id": aString, "status": aStatus, "phase": nullable(oneOf("commentary", "final_answer")), "role": aString, "content": content,
	})
}

// inputShapes are the items that are looked into. Others are taken as they are.
var inputShapes = map[string]*shape{
	"message": variants("role", []string{"assistant", "system", "developer", "user"}, map[string]*shape{
		"user": saidShape, "system": saidShape, "developer": saidShape, "assistant": messageOf(outputPartsShape),
	}),
	"function_call": fields([]string{"call_id", "name", "arguments"}, map[string]*shape{
		"type": aString, "id": aString, "status": aStatus, "call_id": aString, "name": aString, "arguments": aString, "namespace": aString,
		"caller": {},
	}),
	"function_call_output": outputOf(map[string]*shape{"status": nullable(aStatus), "name": nullable(aString), "namespace": nullable(aString)}),
	"custom_tool_call": fields([]string{"call_id", "name", "input"}, map[string]*shape{
		"type": aString, "id": aString, "status": aStatus, "call_id": aString, "name": aString, "input": aString, "namespace": aString, "caller": {},
	}),
	"custom_tool_call_output": outputOf(map[string]*shape{"status": nullable(aStatus)}),
	"reasoning": fields([]string{"id", "summary"}, map[string]*shape{
		"type": aString, "id": aString, "encrypted_content": nullable(aString), "status": aStatus,
		"summary": {kind: kindList, items: fields([]string{"type", "text"}, map[string]*shape{"type": oneOf("summary_text"), "text": aString})},
		"content": {kind: kindList, null: true, items: fields([]string{"type", "text"}, map[string]*shape{"type": oneOf("reasoning_text"), "text": aString})},
	}),
	"item_reference": fields([]string{"id"}, map[string]*shape{"type": aString, "id": aString}),
	"mcp_approval_response": fields([]string{"approval_request_id", "approve"}, map[string]*shape{
		"type": aString, "id": nullable(aString), "approval_request_id": aString, "approve": aBoolean, "reason": nullable(aString),
	}),
}

// outputOf is what a tool gave back, with more members.
func outputOf(more map[string]*shape) *shape {
	of := map[string]*shape{"type": aString, "id": nullable(aString), "call_id": aString, "caller": {}, "output": inputPartsShape}
	maps.Copy(of, more)
	return fields([]string{"call_id", "output"}, of)
}

// checkItems checks each item of an input by its type.
func checkItems(input any) *apiError {
	list, _ := input.([]any)
	for i, raw := range list {
		it, at := raw.(item), "input["+strconv.Itoa(i)+"]"
		if _, typed := it["type"]; !typed {
			it["type"] = "message" // as an easy message, which is none of the others
			if it["role"] == nil && it["id"] != nil {
				it["type"] = "item_reference"
			}
		}
		name, e := typeOfTagged(it, at, inputTypes)
		if e != nil {
			return e
		}
		if known := inputShapes[name]; known != nil {
			if e := known.check(at, it); e != nil {
				return e
			}
		}
		id, _ := it["id"].(string)
		if prefix := strings.TrimSuffix(itemPrefixes[name], "_"); id != "" && !strings.HasPrefix(id, prefix) {
			return invalid(at+".id", "invalid_value", "Invalid '%s.id': '%s'. Expected an ID that begins with '%s'.", at, id, prefix)
		}
	}
	return nil
}

// messagesOf are items as the messages that an author reads, and the items that are none.
func messagesOf(instructions string, items []item) (messages []message, others []item) {
	if instructions != "" {
		messages = append(messages, message{Role: "system", Content: content{whole: &instructions}})
	}
	for _, it := range items {
		text := func(name string) string { s, _ := it[name].(string); return s }
		switch it["type"] {
		case "message":
			messages = append(messages, message{Role: text("role"), Content: contentIn(it["content"])})
		case "function_call":
			messages = append(messages, message{Role: "assistant", ToolCalls: []toolCall{{
				ID: text("call_id"), Type: "function", Function: &functionCall{text("name"), text("arguments")},
			}}})
		case "custom_tool_call":
			messages = append(messages, message{Role: "assistant", ToolCalls: []toolCall{{
				ID: text("call_id"), Type: "custom", Custom: &customCall{text("name"), text("input")},
			}}})
		case "function_call_output", "custom_tool_call_output":
			messages = append(messages, message{Role: "tool", ToolCallID: text("call_id"), Content: contentIn(it["output"])})
		default:
			others = append(others, it)
		}
	}
	return messages, others
}

// contentIn is the content of an item as that of a message.
func contentIn(value any) content {
	if text, ok := value.(string); ok {
		return content{whole: &text}
	}
	var c content
	list, _ := value.([]any)
	for _, raw := range list {
		of, _ := raw.(map[string]any)
		switch of["type"] {
		case "input_text", "output_text":
			c.parts = append(c.parts, part{Type: "text", Text: of["text"].(string)}) //nolint:forcetypeassert // its shape has nothing else
		case "refusal":
			c.parts = append(c.parts, part{Type: "refusal", Refusal: of["refusal"].(string)}) //nolint:forcetypeassert // as above
		default:
			c.parts = append(c.parts, part{Type: "attachment"})
		}
	}
	return c
}

// calling are the items that want a result, and the types of those results.
var calling = map[string]string{"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}

// checkCalls checks that calls and their results belong together.
func checkCalls(items []item) *apiError {
	called, answered := map[any]bool{}, map[any]bool{}
	for _, it := range items {
		switch kind := it["type"].(string); kind {
		case "function_call", "custom_tool_call":
			called[it["call_id"]] = true
		case "function_call_output", "custom_tool_call_output":
			answered[it["call_id"]] = true
			if !called[it["call_id"]] {
				return invalid("input", "", "No tool call found for %s with call_id %v.", worded(kind), it["call_id"])
			}
		}
	}
	for _, it := range items {
		kind, _ := it["type"].(string)
		if calling[kind] != "" && !answered[it["call_id"]] {
			return invalid("input", "", "No tool output found for %s %v.", worded(kind), it["call_id"])
		}
	}
	return nil
}

func worded(kind string) string { return strings.ReplaceAll(kind, "_", " ") }

// checkReasoningItems checks that what a model thought goes before what it then did.
func checkReasoningItems(items []item) *apiError {
	for i, it := range items {
		if it["type"] != "reasoning" {
			continue
		}
		if next := i + 1; next == len(items) || !byModel(items[next]) {
			return invalid("input", "", "Item '%v' of type 'reasoning' was provided without its required following item.", it["id"])
		}
	}
	return nil
}

// byModel reports whether a model made an item.
func byModel(it item) bool {
	kind, _ := it["type"].(string)
	if kind == "message" {
		return it["role"] == "assistant"
	}
	return !strings.HasSuffix(kind, "_output") && kind != "mcp_approval_response"
}

// hidden are the members of items that only a request which includes them is shown.
var hidden = []struct {
	name, kind string
	steps      []string // to the member
	left       any      // instead of it; nil = it is null
}{
	{"file_search_call.results", "file_search_call", []string{"results"}, nil},
	{"code_interpreter_call.outputs", "code_interpreter_call", []string{"outputs"}, nil},
	{"web_search_call.action.sources", "web_search_call", []string{"action", "sources"}, omitted{}},
	{"reasoning.encrypted_content", "reasoning", []string{"encrypted_content"}, omitted{}},
}

// visible are items without what is not included.
func visible(items []item, include []string) []item {
	out := make([]item, len(items))
	for i, it := range items {
		out[i] = it
		for _, h := range hidden {
			if it["type"] == h.kind && !slices.Contains(include, h.name) {
				out[i] = withoutMember(out[i], h.steps, h.left)
			}
		}
	}
	return out
}

// withoutMember copies an object but for the member that the steps lead to.
func withoutMember(object map[string]any, steps []string, left any) map[string]any {
	copied := maps.Clone(object)
	below, nested := copied[steps[0]].(map[string]any)
	switch {
	case len(steps) > 1 && nested:
		copied[steps[0]] = withoutMember(below, steps[1:], left)
	case len(steps) > 1:
	case left == (omitted{}):
		delete(copied, steps[0])
	default:
		copied[steps[0]] = left
	}
	return copied
}
