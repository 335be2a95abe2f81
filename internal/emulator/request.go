package emulator

import (
	"encoding/json"
	"strings"
)

// chatRequest is the body of POST /chat/completions, as far as it shapes the
// answer. It is decoded only after the body was found valid.
type chatRequest struct {
	Model               string          `json:"model"`
	Messages            []message       `json:"messages"`
	N                   *int            `json:"n"`
	Stop                stops           `json:"stop"`
	MaxTokens           *int            `json:"max_tokens"`
	MaxCompletionTokens *int            `json:"max_completion_tokens"`
	Tools               []tool          `json:"tools"`
	ToolChoice          *toolChoice     `json:"tool_choice"`
	ParallelToolCalls   *bool           `json:"parallel_tool_calls"`
	Functions           []function      `json:"functions"`
	FunctionCall        *toolChoice     `json:"function_call"`
	ResponseFormat      *responseFormat `json:"response_format"`
	Logprobs            bool            `json:"logprobs"`
	TopLogprobs         int             `json:"top_logprobs"`
	ReasoningEffort     string          `json:"reasoning_effort"`
	ServiceTier         string          `json:"service_tier"`
	Modalities          []string        `json:"modalities"`
	Audio               *audioFormat    `json:"audio"`
	WebSearchOptions    *struct{}       `json:"web_search_options"`
	Prediction          *prediction     `json:"prediction"`
	Moderation          *moderationRule `json:"moderation"`
	Store               bool            `json:"store"`
	Stream              bool            `json:"stream"`
	StreamOptions       streamOptions   `json:"stream_options"`
	echo
}

// echo is what a stored completion shows of its request again.
type echo struct {
	Metadata         map[string]string `json:"metadata"`
	Seed             *json.Number      `json:"seed"`
	Temperature      *json.Number      `json:"temperature"`
	TopP             *json.Number      `json:"top_p"`
	PresencePenalty  *json.Number      `json:"presence_penalty"`
	FrequencyPenalty *json.Number      `json:"frequency_penalty"`
	User             *string           `json:"user"`
}

type message struct {
	Role         string        `json:"role"`
	Content      content       `json:"content"`
	Name         string        `json:"name"`
	ToolCallID   string        `json:"tool_call_id"`
	ToolCalls    []toolCall    `json:"tool_calls"`
	FunctionCall *functionCall `json:"function_call"`
}

// content is the content of a message: null, a string or parts.
type content struct {
	whole *string
	parts []part
	raw   json.RawMessage // the parts as sent
}

type part struct {
	Type    string `json:"type"`
	Text    string `json:"text"`
	Refusal string `json:"refusal"`
}

func (c *content) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		c.raw = append(json.RawMessage(nil), data...)
		return json.Unmarshal(data, &c.parts)
	}
	return json.Unmarshal(data, &c.whole)
}

// text is all the text of a message, its parts on lines of their own.
func (c content) text() string {
	if c.whole != nil {
		return *c.whole
	}
	var texts []string
	for _, p := range c.parts {
		if t := p.Text + p.Refusal; t != "" {
			texts = append(texts, t)
		}
	}
	return strings.Join(texts, "\n")
}

// stops is a string or a list of strings.
type stops []string

func (s *stops) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*s = stops{""}
		return json.Unmarshal(data, &(*s)[0])
	}
	return json.Unmarshal(data, (*[]string)(s))
}

type streamOptions struct {
	IncludeUsage       bool `json:"include_usage"`
	IncludeObfuscation bool `json:"include_obfuscation"`
}

type responseFormat struct {
	Type       string      `json:"type"`
	JSONSchema *jsonSchema `json:"json_schema"`
}

type jsonSchema struct {
	Name   string          `json:"name"`
	Schema json.RawMessage `json:"schema"`
	Strict bool            `json:"strict"`
}

type audioFormat struct {
	Format string `json:"format"`
}

type prediction struct {
	Content content `json:"content"`
}

type moderationRule struct {
	Model string `json:"model"`
}

type function struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Parameters  json.RawMessage `json:"parameters"`
	Strict      bool            `json:"strict"`
	Format      struct {        // of custom tools
		Grammar struct {
			Definition string `json:"definition"`
			Syntax     string `json:"syntax"`
		} `json:"grammar"`
	} `json:"format"`
}

// tool is a function tool or a custom tool, the other being nil.
type tool struct {
	Type     string    `json:"type"`
	Function *function `json:"function"`
	Custom   *function `json:"custom"`
}

func (t tool) definition() *function {
	if t.Custom != nil {
		return t.Custom
	}
	return t.Function
}

// toolChoice is tool_choice or function_call: a mode, or the tools to choose from.
type toolChoice struct {
	mode  string   // none, auto, required
	names []string // nil = all tools
	named bool     // one tool was named: it must be called
}

func (c *toolChoice) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &c.mode)
	}
	type name struct {
		Name string `json:"name"`
	}
	type nested struct {
		Function name `json:"function"`
		Custom   name `json:"custom"`
	}
	var v struct {
		name // function_call
		nested
		AllowedTools *struct {
			Mode  string   `json:"mode"`
			Tools []nested `json:"tools"`
		} `json:"allowed_tools"`
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if v.AllowedTools == nil {
		c.mode, c.named, c.names = "required", true, []string{v.Name + v.Function.Name + v.Custom.Name}
		return nil
	}
	c.mode = v.AllowedTools.Mode
	for _, t := range v.AllowedTools.Tools {
		c.names = append(c.names, t.Function.Name+t.Custom.Name)
	}
	return nil
}

type functionCall struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

type customCall struct {
	Name  string `json:"name"`
	Input string `json:"input"`
}

// toolCall calls a function tool or a custom tool, the other being nil.
type toolCall struct {
	ID       string        `json:"id"`
	Type     string        `json:"type"`
	Function *functionCall `json:"function,omitempty"`
	Custom   *customCall   `json:"custom,omitempty"`
}

// parts returns the name of the tool called and what it is given.
func (c toolCall) parts() (name, input string) {
	if c.Custom != nil {
		return c.Custom.Name, c.Custom.Input
	}
	return c.Function.Name, c.Function.Arguments
}
