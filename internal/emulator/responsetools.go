package emulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// responseToolChoice is a mode, or the tools to choose from.
type responseToolChoice struct {
	mode  string   // none, auto, required
	kinds []string // of the tools to choose from, beside those with a name; nil = all tools, unless there are names
	names []string
	named bool // one tool was named: it must be called
}

func (c *responseToolChoice) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &c.mode)
	}
	type named struct {
		Type  string `json:"type"`
		Name  string `json:"name"`
		Label string `json:"server_label"`
	}
	var v struct {
		named
		Mode  string  `json:"mode"`
		Tools []named `json:"tools"`
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if c.mode = v.Mode; v.Type != "allowed_tools" {
		c.mode, c.named, v.Tools = "required", true, []named{v.named}
	}
	for _, t := range v.Tools {
		switch t.Type {
		case "function", "custom":
			c.names = append(c.names, t.Name)
		case "mcp":
			c.kinds = append(c.kinds, t.Type+":"+t.Label)
		default:
			c.kinds = append(c.kinds, t.Type)
		}
	}
	return nil
}

// what a choice calls a tool that has no name.
func (t *responseTool) called() string {
	if t.Type == "mcp" {
		return t.Type + ":" + t.ServerLabel
	}
	return t.Type
}

// hosted reports whether OpenAI runs the tool itself.
func (t *responseTool) hosted() bool { return t.Type != "function" && t.Type != "custom" }

// allows reports whether a tool may be called.
func (c *responseToolChoice) allows(t *responseTool) bool {
	switch {
	case c == nil:
		return true
	case c.mode == "none":
		return false
	case c.names == nil && c.kinds == nil:
		return true
	case t.hosted():
		return slices.Contains(c.kinds, t.called())
	}
	return slices.Contains(c.names, t.Name)
}

// demands reports whether a tool must be called.
func (c *responseToolChoice) demands(t *responseTool) bool {
	return c != nil && c.mode == "required" && c.allows(t)
}

// forChat is the choice among functions and custom tools.
func (c *responseToolChoice) forChat() *toolChoice {
	switch {
	case c == nil:
		return nil
	case c.names == nil && c.kinds != nil:
		return &toolChoice{mode: "none"}
	}
	return &toolChoice{mode: c.mode, names: c.names, named: c.named}
}

// toolFilter is the names of some tools; nil = of all.
type toolFilter []string

func (f *toolFilter) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]string)(f))
	}
	var v struct {
		Names []string `json:"tool_names"`
	}
	err := json.Unmarshal(data, &v)
	*f = v.Names
	return err
}

// approvals says which tools of an MCP server may be called without asking; nil = none.
type approvals struct {
	never     bool
	neverFor  toolFilter
	alwaysFor toolFilter
}

func (a *approvals) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		a.never = string(data) == `"never"`
		return nil
	}
	var v struct {
		Always toolFilter `json:"always"`
		Never  toolFilter `json:"never"`
	}
	err := json.Unmarshal(data, &v)
	a.alwaysFor, a.neverFor = v.Always, v.Never
	return err
}

// needed reports whether a call of a tool needs to be approved.
func (a approvals) needed(name string) bool {
	return !a.never && !slices.Contains(a.neverFor, name) || slices.Contains(a.alwaysFor, name)
}

// chatTools are the functions and custom tools as a chat has them.
func (r *responseRequest) chatTools() []tool {
	var out []tool
	for i := range r.Tools {
		t := &r.Tools[i]
		f := &function{Name: t.Name, Description: t.Description, Parameters: t.Parameters, Strict: t.strict()}
		switch t.Type {
		case "function":
			out = append(out, tool{Type: t.Type, Function: f})
		case "custom":
			f.Format.Grammar.Definition, f.Format.Grammar.Syntax = t.Format.Definition, t.Format.Syntax
			out = append(out, tool{Type: t.Type, Custom: f})
		}
	}
	return out
}

// strict reports whether a function is in strict mode, which it is unless it says otherwise or cannot be.
func (t *responseTool) strict() bool {
	if t.Strict != nil {
		return *t.Strict
	}
	schema := decodeSchema(t.Parameters)
	return schema["type"] == "object" && strictProblem(schema, nil) == ""
}

// checkResponseTools checks functions and the choice among all tools.
func checkResponseTools(req *responseRequest) *apiError {
	for i := range req.Tools {
		t := &req.Tools[i]
		if t.Type == "function" && string(t.Parameters) != "null" {
			f := &function{Name: t.Name, Parameters: t.Parameters, Strict: t.strict()}
			if e := checkParameters(f, "tools["+strconv.Itoa(i)+"].parameters"); e != nil {
				return e
			}
		}
	}
	choice := req.ToolChoice
	if choice == nil {
		return nil
	}
	if choice.mode == "required" && len(req.Tools) == 0 {
		return invalid("tool_choice", "", "Tool choice 'required' must be specified with 'tools' parameter.")
	}
	has := func(matches func(*responseTool) bool) bool {
		return slices.ContainsFunc(req.Tools, func(t responseTool) bool { return matches(&t) })
	}
	for _, name := range choice.names {
		if !has(func(t *responseTool) bool { return !t.hosted() && t.Name == name }) {
			return invalid("tool_choice", "", "Tool choice '%s' not found in 'tools' parameter.", name)
		}
	}
	for _, name := range choice.kinds {
		if !has(func(t *responseTool) bool { return t.hosted() && t.called() == name }) {
			return invalid("tool_choice", "", "Tool choice '%s' not found in 'tools' parameter.", strings.TrimPrefix(name, "mcp:"))
		}
	}
	return nil
}

// checkResponseFormat checks text.format. That the input speaks of JSON is checked when all of it is known.
func checkResponseFormat(req *responseRequest) *apiError {
	f := req.Text.Format
	if f == nil || f.Type != "json_schema" || !f.Strict {
		return nil
	}
	schema := decodeSchema(f.Schema)
	what := "response_format '" + f.Name + "'"
	if schema["type"] != "object" {
		return badSchema("text.format.schema", "invalid_json_schema", what, notObject, typeName(schema))
	}
	if problem := strictProblem(schema, nil); problem != "" {
		return badSchema("text.format.schema", "invalid_json_schema", what, "%s", problem)
	}
	return nil
}
