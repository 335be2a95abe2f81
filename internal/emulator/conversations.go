package emulator

import (
	"maps"
	"strconv"
)

var (
	itemsShape       = &shape{kind: kindList, items: &shape{kind: kindObject}, maxItems: 20}
	itemContentShape = variants("type", []string{"input_text", "input_image", "input_file", "output_text", "refusal"}, map[string]*shape{
		"input_text": fields([]string{"text"}, map[string]*shape{"type": aString, "text": aString, "prompt_cache_breakpoint": breakpointShape}),
		"input_image": fields(nil, map[string]*shape{
			"type": aString, "image_url": nullable(aString), "file_id": nullable(aString),
			"detail": oneOf("low", "high", "auto", "original"), "prompt_cache_breakpoint": breakpointShape,
		}),
		"input_file": fields(nil, map[string]*shape{
			"type": aString, "file_id": nullable(aString), "filename": aString, "file_data": aString, "file_url": aString,
			"detail": aString, "prompt_cache_breakpoint": breakpointShape,
		}),
		"output_text": fields([]string{"text"}, map[string]*shape{
			"type": aString, "text": aString, "annotations": {}, "logprobs": {},
		}),
		"refusal": fields([]string{"refusal"}, map[string]*shape{"type": aString, "refusal": aString}),
	})
)

// itemShapes are the items that are looked into. Others are taken as they are.
var itemShapes = map[string]*shape{
	"message": fields([]string{"role", "content"}, map[string]*shape{
		"type": aString, "id": aString, "status": aString, "phase": nullable(aString),
		"role":    oneOf("user", "assistant", "system", "developer"),
		"content": {kind: kindText, or: &shape{kind: kindList, items: itemContentShape}},
	}),
	"function_call": fields([]string{"call_id", "name", "arguments"}, map[string]*shape{
		"type": aString, "id": aString, "status": aString, "call_id": aString, "name": aString, "arguments": aString, "namespace": aString,
	}),
	"function_call_output": fields([]string{"call_id", "output"}, map[string]*shape{
		"type": aString, "id": nullable(aString), "status": nullable(aString), "call_id": aString,
		"output": {kind: kindText, or: &shape{kind: kindList, items: itemContentShape}},
	}),
}

// itemPrefixes are those of the ids of items, by type.
var itemPrefixes = map[string]string{
	"message": "msg_", "function_call": "fc_", "function_call_output": "fc_", "reasoning": "rs_", "custom_tool_call": "ctc_",
	"custom_tool_call_output": "ctco_", "file_search_call": "fs_", "web_search_call": "ws_", "code_interpreter_call": "ci_",
	"mcp_list_tools": "mcpl_", "mcp_call": "mcp_", "mcp_approval_request": "mcpr_", "mcp_approval_response": "mcprs_",
}

// conversations have no list.
var conversations = &collection{
	name: "conversations", object: "conversation", deleted: "conversation.deleted", prefix: "conv_", unlisted: true,
	create: fields(nil, map[string]*shape{"metadata": metadataShape, "items": nullable(itemsShape)}),
	update: updateShape,
	keep:   map[string]any{"metadata": map[string]any{}},
	make: func(c *call, r *resource) *apiError {
		_, e := c.addItems(r)
		return e
	},
	missing: func(_ *resource, id string) *apiError {
		return absent("conversation_id", "Conversation with id '%s' not found.", id)
	},
	children: collectionsOf(conversationItems),
}

// conversationItems come up to twenty at a time.
var conversationItems = &collection{
	name:   "items",
	create: fields([]string{"items"}, map[string]*shape{"items": itemsShape}),
	paging: paging{limit: 20, most: 100, order: "desc"},
	creates: func(c *call) (any, *apiError) {
		added, e := c.addItems(c.parent())
		if e != nil {
			return nil, e
		}
		data := make([]map[string]any, len(added))
		for i, r := range added {
			data[i] = c.shown(c.of(), r)
		}
		return envelope(data, false, shownID), nil
	},
	leaves: func(c *call) any { return c.shown(c.chain[0], c.parent()) },
	missing: func(conversation *resource, id string) *apiError {
		return absent("item_id", "Item with id '%s' not found in conversation with id '%s'.", id, conversation.id)
	},
}

// addItems adds the items of the body to a conversation, or none if one of them is wrong.
func (c *call) addItems(conversation *resource) ([]*resource, *apiError) {
	var added []*resource
	items, _ := c.body["items"].([]any)
	for i, raw := range items {
		item := maps.Clone(raw.(map[string]any))
		if _, typed := item["type"]; !typed {
			item["type"] = "message"
		}
		name, ok := item["type"].(string)
		at := "items[" + strconv.Itoa(i) + "]"
		if !ok {
			return nil, aString.mistyped(at+".type", item["type"])
		}
		if known := itemShapes[name]; known != nil {
			if e := known.check(at, item); e != nil {
				return nil, e
			}
		}
		added = append(added, c.newItem(name, item))
	}
	for _, r := range added {
		conversation.shelf("items").add(r)
	}
	return added, nil
}

// newItem is an item as the API shows it.
func (c *call) newItem(name string, item map[string]any) *resource {
	prefix, ok := itemPrefixes[name]
	if !ok {
		prefix = "item_"
	}
	id, _ := item["id"].(string)
	if id == "" {
		id = c.newID(prefix)
	}
	if itemShapes[name] != nil && item["status"] == nil {
		item["status"] = "completed"
	}
	if name == "message" {
		item["content"] = contentOf(item)
	}
	return &resource{id: id, unseen: c.options.Lag, made: c.now, members: item}
}

// contentOf is the content of a message in parts, with what they do not say themselves.
func contentOf(message map[string]any) []any {
	parts, ok := message["content"].([]any)
	if !ok {
		kind := "input_text"
		if message["role"] == "assistant" {
			kind = "output_text"
		}
		parts = []any{map[string]any{"type": kind, "text": message["content"]}}
	}
	out := make([]any, len(parts))
	for i, raw := range parts {
		part := maps.Clone(raw.(map[string]any))
		standard := map[string]any{}
		switch part["type"] {
		case "output_text":
			standard = map[string]any{"annotations": []any{}, "logprobs": []any{}}
		case "input_image":
			standard = map[string]any{"detail": "auto"}
		}
		maps.Copy(standard, part)
		out[i] = standard
	}
	return out
}
