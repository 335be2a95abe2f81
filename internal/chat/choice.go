package chat

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// choice is what `tool_choice` or `function_call` says.
type choice struct {
	word string // "auto", "none", "required"; "" for JSON
	kind string // the JSON's "type"; "" for function_call
	name string // the tool that is named; "" where none is
}

func toolChoice() validator.String {
	return kinds.Text("none, auto, required, or JSON that names a tool", "Invalid tool_choice", func(s string) error {
		_, err := parseToolChoice(s)
		return err
	})
}

func functionChoice() validator.String {
	return kinds.Text("none, auto, or JSON that names a function", "Invalid function_call", func(s string) error {
		_, err := parseFunctionChoice(s)
		return err
	})
}

func parseToolChoice(s string) (choice, error) {
	const want = "write \"none\", \"auto\", \"required\", or jsonencode({ type = \"function\", function = { name = \"…\" } })"
	object, err := parseChoice(s, want, "none", "auto", "required")
	if object == nil || err != nil {
		return choice{word: s}, err
	}
	kind, ok := object["type"].(string)
	if !ok {
		return choice{}, fmt.Errorf("the JSON has no \"type\"; %s", want)
	}
	c := choice{kind: kind}
	if kind != "function" {
		return c, nil // newer kinds are the server's to judge
	}
	function, _ := object["function"].(map[string]any)
	if c.name, ok = function["name"].(string); !ok || c.name == "" {
		return c, fmt.Errorf("the JSON names no function; %s", want)
	}
	return c, nil
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
	return choice{name: name}, nil
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
	v, err := kinds.ParseJSON(s)
	if err != nil {
		return nil, fmt.Errorf("the text is not valid JSON: %w; %s", err, want)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New(want)
	}
	return object, nil
}
