package chat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Validate checks what no single attribute can know: how the arguments of a
// request fit together. It refuses only what no server can accept. Values that
// are not known yet pass.
func Validate(config tftypes.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	arguments := wire.Fields(config)
	if messages := arguments["message"]; messages.IsKnown() {
		items := wire.Items(messages)
		if len(items) == 0 {
			diags.AddAttributeError(path.Root("message"), "Missing message",
				"A chat completion needs at least one message. Add a block such as: message { role = \"user\" content = \"…\" }")
		}
		for i, item := range items {
			validateMessage(&diags, path.Root("message").AtListIndex(i), item)
		}
	}
	validateChoice(&diags, arguments, "tool_choice", "tool", parseToolChoice)
	validateChoice(&diags, arguments, "function_call", "functions", parseFunctionChoice)
	return diags
}

func validateMessage(diags *diag.Diagnostics, at path.Path, message tftypes.Value) {
	fields := wire.Fields(message)
	role, ok := wire.Text(fields["role"])
	if !ok {
		return
	}
	// missing is what is certainly not there: null, rather than not known yet.
	missing := func(name string) bool { return fields[name].IsNull() }
	refuse := func(name, summary, format string, args ...any) {
		diags.AddAttributeError(at.AtName(name), summary, fmt.Sprintf(format, args...))
	}

	if missing("content") && contentRequired(role, fields) {
		refuse("content", "Missing content",
			"A message with the role %q needs content. Only an assistant message that carries tool_calls or function_call may go without.", role)
	}
	switch {
	case role == "tool" && missing("tool_call_id"):
		refuse("tool_call_id", "Missing tool_call_id",
			"A message with the role \"tool\" answers a tool call and needs its ID: tool_call_id = openai_chat_completion.….choices[0].message.tool_calls[0].id")
	case role != "tool" && !missing("tool_call_id"):
		refuse("tool_call_id", "Unexpected tool_call_id",
			"Only a message with the role \"tool\" takes a tool_call_id; this one has the role %q. Remove it or change the role.", role)
	}
	if role == "function" && missing("name") {
		refuse("name", "Missing name",
			"A message with the legacy role \"function\" needs the name of the function whose result it is.")
	}
	for _, name := range []string{"tool_calls", "function_call"} {
		if role != "assistant" && !missing(name) {
			refuse(name, "Unexpected "+name,
				"Only a message with the role \"assistant\" takes %s; this one has the role %q. Remove it or change the role.", name, role)
		}
	}
}

func contentRequired(role string, fields map[string]tftypes.Value) bool {
	switch role {
	case "function":
		return false
	case "assistant":
		return fields["tool_calls"].IsNull() && fields["function_call"].IsNull()
	default:
		return true
	}
}

// validateChoice refuses a choice of a tool that no block declares.
func validateChoice(diags *diag.Diagnostics, arguments map[string]tftypes.Value, argument, block string, parse func(string) (choice, error)) {
	text, ok := wire.Text(arguments[argument])
	if !ok || !arguments[block].IsKnown() {
		return
	}
	chosen, err := parse(text)
	if err != nil {
		return // the attribute's own validator says so
	}
	names, all := declaredNames(arguments[block])
	switch {
	case chosen.word == "required" && all && len(names) == 0:
		diags.AddAttributeError(path.Root(argument), "No "+block+" to choose",
			fmt.Sprintf("%s = %q needs at least one %s block. Add one, or remove %s.", argument, chosen.word, block, argument))
	case chosen.name != "" && all && !slices.Contains(names, chosen.name):
		have := "there is none"
		if len(names) > 0 {
			have = "there are: " + strings.Join(names, ", ")
		}
		diags.AddAttributeError(path.Root(argument), "Unknown function in "+argument,
			fmt.Sprintf("%s names the function %q, but no %s block declares it (%s). Correct the name or add the block.",
				argument, chosen.name, block, have))
	}
}

// declaredNames lists the function names in `tool` or `functions` blocks; all
// is false where some are not known yet.
func declaredNames(blocks tftypes.Value) (names []string, all bool) {
	all = true
	for _, item := range wire.Items(blocks) {
		fields := wire.Fields(item)
		if function, nested := fields["function"]; nested {
			fields = wire.Fields(function)
		}
		name, ok := wire.Text(fields["name"])
		if !ok {
			all = false
			continue
		}
		names = append(names, name)
	}
	return names, all
}
