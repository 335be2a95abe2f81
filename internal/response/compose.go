package response

import (
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// object is a JSON object.
type object = map[string]any

// compose puts a request into the API's form: messages become items, tools are flat, and members that the API wants to
// have in any case are there. What is not known yet is a text (wire.Pending), and stays one.
func compose(arguments wire.Fields, body object) {
	if !rules.Missing(arguments.Get("message")) {
		if messages, ok := body["input"].([]any); ok {
			body["input"] = items(messages)
		}
	}
	if arguments.Has("tool") {
		composeTools(body)
	}
	if text, ok := body["text"].(object); ok && len(text) == 0 {
		delete(body, "text")
	}
	if body["background"] == true { // a stream that is cut would not be waited for
		delete(body, "stream")
		delete(body, "stream_options")
	}
}

func composeTools(body object) {
	tools, known := body["tools"].([]any)
	for _, item := range tools {
		if tool, ok := item.(object); ok {
			flatten(tool)
		}
	}
	further, there := body["tool_json"]
	delete(body, "tool_json")
	more, given := further.([]any)
	switch {
	case !there, given && len(more) == 0:
	case !given: // not known yet
		body["tools"] = further
	case known || body["tools"] == nil:
		body["tools"] = append(tools, more...)
	}
}

// flatten puts what the block of a tool says beside its type.
func flatten(tool object) {
	kind, _ := tool["type"].(string)
	inside, _ := tool[kind].(object)
	if pending, ok := tool[kind].(string); ok && pending == wire.Pending {
		return
	}
	delete(tool, kind)
	for name, value := range inside {
		tool[name] = value
	}
	switch kind {
	case "function":
		if _, said := tool["strict"]; !said {
			tool["strict"] = nil // the server decides
		}
	case "custom":
		if format, ok := tool["format"].(object); ok {
			grammar, _ := format["grammar"].(object)
			delete(format, "grammar")
			for name, value := range grammar {
				format[name] = value
			}
		}
	case "web_search":
		if location, ok := tool["user_location"].(object); ok && location["type"] == nil {
			location["type"] = "approximate"
		}
	case "code_interpreter":
		if tool["container"] != nil {
			break
		}
		container := object{"type": "auto"}
		for _, name := range []string{"file_ids", "memory_limit", "network_policy"} {
			if value, said := tool[name]; said {
				container[name] = value
				delete(tool, name)
			}
		}
		tool["container"] = container
	}
}

// items are messages as the API has them: a call of a tool and its result are items of their own.
func items(messages []any) []any {
	out := make([]any, 0, len(messages))
	custom := map[any]bool{} // the calls of custom tools, by their IDs
	for _, item := range messages {
		message, ok := item.(object)
		if !ok {
			out = append(out, item)
			continue
		}
		completeParts(message)
		if role, _ := message["role"].(string); role == "tool" {
			out = append(out, toolResult(message, custom))
			continue
		}
		calls, called := message["tool_calls"].([]any)
		delete(message, "tool_calls")
		if message["content"] != nil || !called {
			out = append(out, message)
		}
		for _, item := range calls {
			out = append(out, toolCall(item, custom))
		}
	}
	return out
}

// completeParts adds what the API wants to be told in any case.
func completeParts(message object) {
	parts, _ := message["content"].([]any)
	for _, item := range parts {
		if part, ok := item.(object); ok && part["type"] == "input_image" && part["detail"] == nil {
			part["detail"] = "auto"
		}
	}
}

func toolResult(message object, custom map[any]bool) object {
	kind := "function_call_output"
	if custom[message["tool_call_id"]] {
		kind = "custom_tool_call_output"
	}
	out := object{"type": kind, "call_id": message["tool_call_id"], "output": message["content"]}
	for name, value := range message { // of extra
		if name != "role" && name != "tool_call_id" && name != "content" {
			out[name] = value
		}
	}
	return out
}

// toolCall is a call as the API has it.
func toolCall(item any, custom map[any]bool) any {
	call, ok := item.(object)
	if !ok {
		return item
	}
	out := object{"type": "function_call", "call_id": call["id"]}
	kind, input := "function", "arguments"
	if inside, ok := call["custom"].(object); ok && inside != nil {
		custom[call["id"]] = true
		kind, input, out["type"] = "custom", "input", "custom_tool_call"
	}
	inside, ok := call[kind].(object)
	if !ok {
		return item // not known yet
	}
	out["name"], out[input] = inside["name"], inside[input]
	if out[input] == nil {
		out[input] = ""
	}
	for name, value := range call { // of extra
		switch name {
		case "id", "type", "function", "custom":
		default:
			out[name] = value
		}
	}
	return out
}

// alike rewrites a request in the one way by which requests are compared: input as text, in messages or as items, and
// items with or without what the server adds to them.
func alike(body object) {
	switch input := body["input"].(type) {
	case string:
		if input != wire.Pending {
			body["input"] = []any{plainMessage("user", input)}
		}
	case []any:
		for i, item := range input {
			if one, ok := item.(object); ok {
				input[i] = alikeItem(one)
			}
		}
	}
	if text, ok := body["text"].(object); ok {
		if format, ok := text["format"].(object); ok && len(format) == 1 && format["type"] == "text" {
			delete(text, "format")
		}
		if len(text) == 0 {
			delete(body, "text")
		}
	}
	if body["store"] == true { // as the server does by itself
		delete(body, "store")
	}
	if conversation, ok := body["conversation"].(object); ok {
		if id, ok := conversation["id"].(string); ok {
			body["conversation"] = id
		}
	}
	tools, _ := body["tools"].([]any)
	for _, item := range tools {
		if tool, ok := item.(object); ok {
			alikeTool(tool)
		}
	}
}

// toolDefaults are what a tool does by itself.
var toolDefaults = map[string]object{
	"custom": {"format": object{"type": "text"}}, "web_search": {"search_context_size": "medium"}, "mcp": {"require_approval": "always"},
}

// alikeTool leaves out of a tool what the server adds to it.
func alikeTool(tool object) {
	dropNull(tool)
	kind, _ := tool["type"].(string)
	for name, value := range toolDefaults[kind] {
		if reflect.DeepEqual(tool[name], value) {
			delete(tool, name)
		}
	}
	if container, ok := tool["container"].(object); ok && jsontext.Empty(container["file_ids"]) {
		delete(container, "file_ids")
	}
}

func plainMessage(role, text string) object {
	kind := "input_text"
	if role == "assistant" {
		kind = "output_text"
	}
	return object{"type": "message", "role": role, "content": []any{object{"type": kind, "text": text}}}
}

func alikeItem(item object) object {
	kind, typed := item["type"].(string)
	role, _ := item["role"].(string)
	switch {
	case kind == "message", !typed && role != "":
		item["type"] = "message"
		if text, ok := item["content"].(string); ok && text != wire.Pending {
			item["content"] = plainMessage(role, text)["content"]
		}
		parts, _ := item["content"].([]any)
		for _, raw := range parts {
			if part, ok := raw.(object); ok {
				alikePart(part)
			}
		}
		fallthrough
	case kind == "function_call", kind == "function_call_output", kind == "custom_tool_call", kind == "custom_tool_call_output":
		delete(item, "id")
		delete(item, "status")
		dropNull(item)
	}
	return item
}

// alikePart leaves out of a part what the server adds to it.
func alikePart(part object) {
	if part["type"] == "input_image" && part["detail"] == "auto" {
		delete(part, "detail")
	}
	for _, name := range []string{"annotations", "logprobs"} {
		if jsontext.Empty(part[name]) {
			delete(part, name)
		}
	}
	dropNull(part)
}

func dropNull(o object) {
	for name, value := range o {
		if value == nil {
			delete(o, name)
		}
	}
}

// place names what changed as the arguments do.
func place(arguments wire.Fields, at string) string {
	rest, ok := strings.CutPrefix(at, "input[")
	switch {
	case at == "input":
		for _, name := range inputs {
			if !rules.Missing(arguments.Get(name)) {
				return name
			}
		}
		return at
	case !ok:
		return at
	case !rules.Missing(arguments.Get("input")):
		return "input"
	case !rules.Missing(arguments.Get("input_items")):
		return "input_items[" + rest
	case slices.ContainsFunc(arguments.Items("message"), func(m tftypes.Value) bool { return len(wire.Open(m).Items("tool_calls")) > 0 }):
		return at // which are several items
	}
	rest = strings.TrimSuffix(rest, "[0].text")
	for _, name := range [][2]string{{"].output", "].content"}, {"].call_id", "].tool_call_id"}} { // of the role tool
		rest = strings.Replace(rest, name[0], name[1], 1)
	}
	return "message[" + rest
}
