package emulator

import (
	"fmt"
	"slices"
	"strings"
)

// checkContents refuses roles that do not exist and messages that say
// nothing, which the API does in words of its own.
func checkContents(messages []any) *apiError {
	for i, m := range messages {
		fields, ok := m.(map[string]any)
		if !ok {
			continue
		}
		role, ok := fields["role"].(string)
		if !ok || !slices.Contains(roles, role) || role == "function" {
			continue // the shape of a message has the error
		}
		content, present := fields["content"]
		if content != nil || (!present && role != "assistant") {
			continue
		}
		instead := fields["tool_calls"] != nil || fields["function_call"] != nil || fields["audio"] != nil || fields["refusal"] != nil
		if role == "assistant" && instead {
			continue
		}
		return invalid(fmt.Sprintf("messages.[%d].content", i), "", "Invalid value for 'content': expected a string, got null.")
	}
	return nil
}

const orphan = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'." //nolint:misspell // the API spells it so

// checkConversation checks that tool calls and their results belong together.
func checkConversation(req *chatRequest, _ map[string]any) *apiError {
	var open []string // calls that wait for a result
	last := 0         // the message that made them
	called := false   // the messages before this one are calls and results
	for i, m := range req.Messages {
		if m.Role == "tool" {
			if !called {
				return invalid(fmt.Sprintf("messages.[%d].role", i), "", orphan)
			}
			known := slices.ContainsFunc(req.Messages[last].ToolCalls, func(c toolCall) bool { return c.ID == m.ToolCallID })
			if !known {
				return invalid(fmt.Sprintf("messages.[%d].tool_call_id", i), "",
					"Invalid parameter: 'tool_call_id' of '%s' not found in 'tool_calls' of previous message.", m.ToolCallID)
			}
			open = slices.DeleteFunc(open, func(id string) bool { return id == m.ToolCallID })
			continue
		}
		if len(open) > 0 {
			return unanswered(i, open)
		}
		called, last = len(m.ToolCalls) > 0, i
		for _, c := range m.ToolCalls {
			open = append(open, c.ID)
		}
	}
	if len(open) > 0 {
		return unanswered(len(req.Messages)-1, open)
	}
	return nil
}

func unanswered(i int, ids []string) *apiError {
	return invalid(fmt.Sprintf("messages.[%d].role", i), "",
		"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "+
			"The following tool_call_ids did not have response messages: %s", strings.Join(ids, ", "))
}

// conversation is what the messages of a request come down to.
type conversation struct {
	system     string   // all instructions
	user       string   // the last text of the user
	turns      int      // messages of the user
	results    []result // what tools returned since the assistant last spoke
	everything string   // all text, for the words that must occur somewhere
}

type result struct{ tool, content string }

func read(messages []message) conversation {
	var c conversation
	names := map[string]string{}
	var system, all []string
	for _, m := range messages {
		text := m.Content.text()
		all = append(all, text)
		if m.Role == "tool" || m.Role == "function" {
			name := m.Name
			if m.Role == "tool" {
				name = names[m.ToolCallID]
			}
			c.results = append(c.results, result{name, text})
			continue
		}
		c.results = nil
		switch m.Role {
		case "system", "developer":
			system = append(system, text)
		case "user":
			c.user = text
			c.turns++
		}
		for _, call := range m.ToolCalls {
			names[call.ID], _ = call.parts()
		}
	}
	c.system = strings.Join(system, "\n")
	c.everything = strings.Join(all, "\n")
	return c
}
