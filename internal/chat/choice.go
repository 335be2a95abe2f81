package chat

import (
	"errors"
	"fmt"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// choice is what `tool_choice` or `function_call` says.
type choice struct {
	word  string   // "auto", "none", "required"; "" for JSON
	names []string // the tools that are named
}

func parseToolChoice(s string) (choice, error) {
	const want = "write \"none\", \"auto\", \"required\", or jsonencode({ type = \"function\", function = { name = \"…\" } })"
	object, err := parseChoice(s, want, "none", "auto", "required")
	if object == nil || err != nil {
		return choice{word: s}, err
	}
	names, err := namedTools(object)
	if err != nil {
		return choice{}, fmt.Errorf("%w; %s", err, want)
	}
	return choice{names: names}, nil
}

// namedTools are the names in one object of a choice: the one tool it names, or
// the several that it allows. Newer kinds of choice are the server's to judge.
func namedTools(object map[string]any) ([]string, error) {
	kind, ok := object["type"].(string)
	if !ok {
		return nil, errors.New("the JSON has no \"type\"")
	}
	inside, _ := object[kind].(map[string]any)
	switch kind {
	case "function", "custom":
		name, _ := inside["name"].(string)
		if name == "" {
			return nil, fmt.Errorf("the JSON names no %s", map[string]string{"function": "function", "custom": "custom tool"}[kind])
		}
		return []string{name}, nil
	case "allowed_tools":
		tools, ok := inside["tools"].([]any)
		if !ok {
			return nil, errors.New("the JSON lists no allowed_tools.tools")
		}
		var names []string
		for _, tool := range tools {
			object, _ := tool.(map[string]any)
			some, err := namedTools(object)
			if err != nil {
				return nil, err
			}
			names = append(names, some...)
		}
		return names, nil
	default:
		return nil, nil
	}
}

func parseFunctionChoice(s string) (choice, error) {
	const want = "write \"none\", \"auto\", or jsonencode({ name = \"…\" })"
	object, err := parseChoice(s, want, "none", "auto")
	if object == nil || err != nil {
		return choice{word: s}, err
	}
	name, _ := object["name"].(string)
	if name == "" {
		return choice{}, fmt.Errorf("the JSON names no function; %s", want)
	}
	return choice{names: []string{name}}, nil
}

// parseChoice returns the JSON object in s, or nil where s is one of the words.
func parseChoice(s, want string, words ...string) (map[string]any, error) {
	for _, word := range words {
		if s == word {
			return nil, nil
		}
	}
	if !strings.HasPrefix(strings.TrimSpace(s), "{") {
		return nil, fmt.Errorf("%q is not a choice; %s", s, want)
	}
	v, err := jsontext.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("the text is not valid JSON: %w; %s", err, want)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New(want)
	}
	return object, nil
}
