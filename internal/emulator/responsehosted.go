package emulator

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// mcpTools are what each MCP server offers, unless tools are named in the request.
var mcpTools = []string{"search", "fetch"}

// schemaOfMCPTool is the input of each of them.
var schemaOfMCPTool = json.RawMessage(`{"type":"object","properties":{"query":{"type":"string"}},"required":["query"],"additionalProperties":false}`)

// listTools adds the tools of MCP servers that are not known from earlier items.
func (w *responder) listTools() {
	for i := range w.req.Tools {
		t := &w.req.Tools[i]
		known := slices.ContainsFunc(w.told.items, func(it item) bool {
			return it["type"] == "mcp_list_tools" && it["server_label"] == t.ServerLabel
		})
		if t.Type != "mcp" || known {
			continue
		}
		tools := []any{}
		for _, name := range t.offered() {
			tools = append(tools, map[string]any{"name": name, "description": "Emulated tool " + name, "input_schema": schemaOfMCPTool, "annotations": nil})
		}
		w.add("mcp_list_tools", item{"server_label": t.ServerLabel, "tools": tools, "error": nil})
	}
}

// offered are the names of an MCP server's tools.
func (t *responseTool) offered() []string {
	if t.AllowedTools != nil {
		return t.AllowedTools
	}
	return mcpTools
}

// useTools has the tools run that OpenAI runs itself. It returns true if one of them waits for an approval.
func (w *responder) useTools() (waits bool) {
	for i := range w.req.Tools {
		t := &w.req.Tools[i]
		if !t.hosted() || !w.req.ToolChoice.allows(t) || len(w.author.talk.results) > 0 || w.author.talk.user == "" || w.exhausted() {
			continue
		}
		switch {
		case t.Type == "file_search":
			w.searchFiles(t)
		case strings.HasPrefix(t.Type, "web_search"):
			w.searchWeb()
		case t.Type == "code_interpreter" && w.wants(t, "calculate compute python code plot chart average sum analyze csv"):
			w.interpret(t)
		case t.Type == "mcp":
			waits = w.callServer(t) || waits
		}
	}
	return waits
}

// exhausted reports whether there have been as many calls as there may be.
func (w *responder) exhausted() bool {
	return w.req.MaxToolCalls != nil && w.calls >= *w.req.MaxToolCalls
}

// wants reports whether a tool must be used, or the user speaks of what it does.
func (w *responder) wants(t *responseTool, of string) bool {
	return w.req.ToolChoice.demands(t) || overlap(words(of), words(w.author.talk.user)) > 0
}

// called adds the call of a hosted tool, which costs as many tokens as a text has.
func (w *responder) called(kind, text string, members item) {
	w.add(kind, members)
	w.calls++
	w.bill.CompletionTokens += w.author.tokens.count(text)
}

// quote adds to what the answer will say.
func (w *responder) quote(text string) {
	if w.author.found != "" {
		w.author.found += " "
	}
	w.author.found += text
}

// searchFiles quotes the best of what was found.
func (w *responder) searchFiles(t *responseTool) {
	for _, s := range w.told.searches {
		if s.tool != t {
			continue
		}
		results := make([]any, len(s.hits))
		for i, h := range s.hits {
			results[i] = map[string]any{"file_id": h.FileID, "filename": h.Filename, "score": h.Score, "attributes": h.Attributes, "text": h.text()}
		}
		w.called("file_search_call", s.query, item{"status": "completed", "queries": []string{s.query}, "results": results})
		if len(s.hits) > 0 {
			w.quote("According to " + s.hits[0].Filename + ": " + s.hits[0].text())
			w.cited = append(w.cited, citedEnd{s.hits[0], utf8.RuneCountInString(w.author.found)})
		}
	}
}

// searchWeb has the answer cite a page.
func (w *responder) searchWeb() {
	query := w.author.talk.user
	w.author.req.WebSearchOptions = &struct{}{}
	mention := source(query)
	page := strings.TrimSuffix(strings.TrimPrefix(mention, "(["+citedHost+"]("), "))")
	w.called("web_search_call", query, item{"status": "completed", "action": map[string]any{
		"type": "search", "query": query, "queries": []string{query}, "sources": []any{map[string]any{"type": "url", "url": page}},
	}})
}

// interpret has code say what a sum is, or what the user said.
func (w *responder) interpret(t *responseTool) {
	result := calculate(w.author.talk)
	if result == "" {
		result = brief(w.author.talk.user, 60)
	}
	container := "cntr_" + hexToken([]byte(w.id), []byte("container"))
	if len(t.Container) > 0 && t.Container[0] == '"' {
		_ = json.Unmarshal(t.Container, &container) // it was found valid
	}
	code := "print(" + compact(result) + ")"
	w.called("code_interpreter_call", code, item{
		"status": "completed", "code": code, "container_id": container, "outputs": []any{map[string]any{"type": "logs", "logs": result + "\n"}},
	})
	w.quote("The code printed: " + result)
}

// callServer calls a tool of an MCP server if the user speaks of it, or asks to be allowed to. It returns true if it asked.
func (w *responder) callServer(t *responseTool) (asked bool) {
	approval, decided := w.approval(t)
	if !decided && !w.wants(t, t.ServerLabel+" "+strings.Join(t.offered(), " ")) || len(t.offered()) == 0 {
		return false
	}
	name := t.offered()[0]
	for _, other := range t.offered() {
		if overlap(words(other), words(w.author.talk.user)) > 0 {
			name = other
			break
		}
	}
	arguments := compact(map[string]string{"query": w.author.talk.user})
	switch {
	case decided && approval["approve"] != true:
		w.quote("The call of " + t.ServerLabel + " was not approved.")
		return false
	case decided:
		request := w.requested(approval["approval_request_id"])
		name, _ = request["name"].(string)
		arguments, _ = request["arguments"].(string)
	case t.RequireApproval.needed(name):
		w.called("mcp_approval_request", arguments, item{"server_label": t.ServerLabel, "name": name, "arguments": arguments})
		return true
	}
	output := "Emulated result of " + name + " for: " + w.author.talk.user
	w.called("mcp_call", arguments, item{
		"status": "completed", "server_label": t.ServerLabel, "name": name, "arguments": arguments, "output": output, "error": nil,
		"approval_request_id": approval["approval_request_id"],
	})
	w.quote("According to " + t.ServerLabel + ": " + output)
	return false
}

// approval is the last word on a call of a server's tool that has not been made yet, if there is one.
func (w *responder) approval(t *responseTool) (item, bool) {
	made := map[any]bool{}
	for _, it := range w.told.items {
		if it["type"] == "mcp_call" {
			made[it["approval_request_id"]] = true
		}
	}
	for i := len(w.told.items) - 1; i >= 0; i-- {
		it := w.told.items[i]
		if it["type"] == "mcp_approval_response" && w.requested(it["approval_request_id"])["server_label"] == t.ServerLabel &&
			!made[it["approval_request_id"]] {
			return it, true
		}
	}
	return item{"approval_request_id": nil}, false
}

// requested is the item that asked for an approval; nil if there is none.
func (w *responder) requested(id any) item {
	for _, it := range w.told.items {
		if it["type"] == "mcp_approval_request" && it["id"] == id {
			return it
		}
	}
	return nil
}
