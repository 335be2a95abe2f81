package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// checkTools checks tools, functions and the choices among them.
func checkTools(req *chatRequest, root map[string]any) *apiError {
	for _, p := range []struct{ name, needs string }{
		{"tool_choice", "tools"}, {"parallel_tool_calls", "tools"}, {"function_call", "functions"},
	} {
		if root[p.name] != nil && root[p.needs] == nil {
			return invalid(p.name, "", "Invalid value for '%s': '%s' is only allowed when '%s' are specified.", p.name, p.name, p.needs)
		}
	}
	var tools, functions []string
	for i, t := range req.Tools {
		tools = append(tools, t.definition().Name)
		if e := checkParameters(t.definition(), fmt.Sprintf("tools[%d].function.parameters", i)); e != nil {
			return e
		}
	}
	for i, f := range req.Functions {
		functions = append(functions, f.Name)
		if e := checkParameters(&f, fmt.Sprintf("functions[%d].parameters", i)); e != nil {
			return e
		}
	}
	if e := checkChoice(req.ToolChoice, tools, "tool_choice", "tools"); e != nil {
		return e
	}
	return checkChoice(req.FunctionCall, functions, "function_call", "functions")
}

func checkChoice(choice *toolChoice, known []string, param, list string) *apiError {
	if choice == nil {
		return nil
	}
	for _, name := range choice.names {
		if !slices.Contains(known, name) {
			return invalid(param, "", "Invalid value for '%s': no function named '%s' was specified in the '%s' parameter.", param, name, list)
		}
	}
	return nil
}

// checkParameters checks that the parameters of a function are an object,
// and keep the rules of strict mode if that is on.
func checkParameters(f *function, param string) *apiError {
	if len(f.Parameters) == 0 {
		return nil
	}
	schema := decodeSchema(f.Parameters)
	what := "function '" + f.Name + "'"
	code := "invalid_function_parameters"
	if len(schema) > 0 && schema["type"] != "object" {
		return badSchema(param, code, what, notObject, typeName(schema))
	}
	if f.Strict {
		if problem := strictProblem(schema, nil); problem != "" {
			return badSchema(param, code, what, "%s", problem)
		}
	}
	return nil
}

const notObject = "schema must be a JSON Schema of 'type: \"object\"', got 'type: %s'."

func typeName(schema map[string]any) string {
	if schema["type"] == nil {
		return `"None"`
	}
	return compact(schema["type"])
}

func badSchema(param, code, what, format string, args ...any) *apiError {
	return invalid(param, code, "Invalid schema for %s: %s", what, fmt.Sprintf(format, args...))
}

// checkFormat checks response_format.
func checkFormat(req *chatRequest, _ map[string]any) *apiError {
	f := req.ResponseFormat
	if f == nil {
		return nil
	}
	if f.Type == "json_object" && !strings.Contains(strings.ToLower(read(req.Messages).everything), "json") {
		return invalid("messages", "",
			"'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.")
	}
	if f.JSONSchema == nil {
		return nil
	}
	if len(f.JSONSchema.Schema) == 0 {
		return missing("response_format.json_schema.schema")
	}
	if !f.JSONSchema.Strict {
		return nil
	}
	schema := decodeSchema(f.JSONSchema.Schema)
	what := "response_format '" + f.JSONSchema.Name + "'"
	if schema["type"] != "object" {
		return badSchema("response_format", "", what, notObject, typeName(schema))
	}
	if problem := strictProblem(schema, nil); problem != "" {
		return badSchema("response_format", "", what, "%s", problem)
	}
	return nil
}

func decodeSchema(raw json.RawMessage) map[string]any {
	schema, _ := decodeObject(raw)
	return schema
}

// strictProblem returns what strict mode has against a schema: each object
// must forbid other properties and require all of its own. The walk is in
// alphabetical order, so that the first problem is always the same one.
func strictProblem(schema map[string]any, context []string) string {
	where := "In context=(" + strings.Join(context, ", ") + "), "
	if len(context) == 1 {
		where = "In context=(" + context[0] + ",), "
	}
	properties, _ := schema["properties"].(map[string]any)
	if schema["type"] == "object" || properties != nil {
		if schema["additionalProperties"] != false {
			return where + "'additionalProperties' is required to be supplied and to be false."
		}
		required, _ := schema["required"].([]any)
		for _, name := range sortedKeys(properties) {
			if !slices.Contains(required, any(name)) {
				return where + "'required' is required to be supplied and to be an array including every key in properties. Missing '" + name + "'."
			}
		}
	}
	for _, key := range []string{"properties", "$defs", "definitions"} {
		of, _ := schema[key].(map[string]any)
		for _, name := range sortedKeys(of) {
			if problem := strictBelow(of[name], context, key, name); problem != "" {
				return problem
			}
		}
	}
	for _, key := range []string{"anyOf", "allOf", "oneOf"} {
		options, _ := schema[key].([]any)
		for i, option := range options {
			if problem := strictBelow(option, context, key, fmt.Sprint(i)); problem != "" {
				return problem
			}
		}
	}
	return strictBelow(schema["items"], context, "items")
}

func strictBelow(value any, context []string, steps ...string) string {
	schema, ok := value.(map[string]any)
	if !ok {
		return ""
	}
	below := slices.Clone(context)
	for _, step := range steps {
		below = append(below, "'"+step+"'")
	}
	return strictProblem(schema, below)
}
