package functions

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/structured"
)

var _ function.Function = ToolArguments{}

// ToolArguments is tool_arguments: what the model calls a function with.
type ToolArguments struct{}

// NewToolArguments returns the function.
func NewToolArguments() function.Function { return ToolArguments{} }

// Metadata names the function.
func (ToolArguments) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "tool_arguments"
}

// Definition is its signature and its documentation.
func (ToolArguments) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Returns the arguments of a tool call",
		MarkdownDescription: "Returns the arguments of the first call of a function in a message's tool calls, decoded from JSON as `jsondecode` does.\n\n" +
			"It is an error if the model does not call the function, or if the arguments are not JSON, for example because the answer was cut off. " +
			"Empty arguments, as some servers send them for a function without parameters, become `{}`. " +
			"If a call may be missing, write `try(provider::openai::tool_arguments(…), null)`.",
		Parameters: []function.Parameter{
			function.DynamicParameter{Name: "tool_calls", AllowNullValue: true,
				MarkdownDescription: "A message's `tool_calls`, such as `openai_chat_completion.x.choices[0].message.tool_calls`. It may be `null` or empty."},
			function.StringParameter{Name: "name",
				MarkdownDescription: "The function's name."},
		},
		Return: function.DynamicReturn{},
	}
}

// Run is the function. While a part of the calls is not known yet, Terraform
// does not run it, and takes the result as unknown.
func (ToolArguments) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var calls types.Dynamic
	var name string
	if resp.Error = req.Arguments.Get(ctx, &calls, &name); resp.Error != nil {
		return
	}
	if unwrapped(calls).IsUnknown() {
		resp.Error = resp.Result.Set(ctx, types.DynamicUnknown())
		return
	}
	arguments, pointer, fault := findCall(calls, name)
	if fault != "" {
		resp.Error = function.NewArgumentFuncError(0, fault)
		return
	}
	if strings.TrimSpace(arguments) == "" {
		arguments = "{}"
	}
	if faults := structured.Validate(`{}`, arguments); len(faults) > 0 {
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("The arguments of the call of %q, at %s, cannot be read%s", name, pointer, list(faults)))
		return
	}
	value, err := fromJSON(ctx, arguments)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("The arguments of the call of %q, at %s, cannot be read: %v", name, pointer, err))
		return
	}
	resp.Error = resp.Result.Set(ctx, value)
}

// findCall finds the arguments of the first call of a function, and where they
// are, or says why there are none.
func findCall(calls attr.Value, name string) (arguments, pointer, fault string) {
	list, ok := elements(calls)
	if !ok && !unwrapped(calls).IsNull() {
		return "", "", "The tool calls must be a list, such as choices[0].message.tool_calls"
	}
	var called []string
	for i, call := range list {
		of, _ := members(call)
		called = appendName(called, of["custom"])
		f, _ := members(valueOf(of["function"]))
		found, ok := text(valueOf(f["name"]))
		if !ok {
			continue
		}
		if found != name {
			called = appendName(called, of["function"])
			continue
		}
		arguments, _ := text(valueOf(f["arguments"]))
		return arguments, "/" + strconv.Itoa(i) + "/function/arguments", ""
	}
	if len(called) == 0 {
		return "", "", fmt.Sprintf("The model does not call %q: it calls no tool", name)
	}
	return "", "", fmt.Sprintf("The model does not call the function %q, but %s", name, strings.Join(called, ", "))
}

// appendName adds the name of what is called, each once.
func appendName(names []string, of attr.Value) []string {
	m, _ := members(valueOf(of))
	name, ok := text(valueOf(m["name"]))
	if quoted := strconv.Quote(name); ok && !slices.Contains(names, quoted) {
		return append(names, quoted)
	}
	return names
}

// valueOf is a value, or null where there is none.
func valueOf(v attr.Value) attr.Value {
	if v == nil {
		return types.DynamicNull()
	}
	return v
}
