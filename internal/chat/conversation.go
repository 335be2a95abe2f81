package chat

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// validateMessages checks the conversation, whether it stands in blocks or in
// the list attribute.
func validateMessages(diags *diag.Diagnostics, arguments wire.Fields) {
	if rules.Given(arguments.Get("message")) && rules.Given(arguments.Get("messages")) {
		diags.AddAttributeError(path.Root("messages"), "Conflicting arguments",
			"The conversation stands in message blocks or in messages, not in both. Remove one of them.")
	}
	if rules.Missing(arguments.Get("message")) && rules.Missing(arguments.Get("messages")) {
		diags.AddAttributeError(path.Root("message"), "Missing message",
			"A chat completion needs at least one message. Add a block such as: message { role = \"user\" content = \"…\" }")
	}
	for _, name := range []string{"message", "messages"} {
		for i, item := range arguments.Items(name) {
			at := path.Root(name).AtListIndex(i)
			if item.IsNull() {
				diags.AddAttributeError(at, "Missing message", "This message is null. Leave it out of the list.")
			}
			validateMessage(diags, at, wire.Open(item))
		}
	}
}

// contents are the ways to give a message its content.
var contents = []string{"content", "content_wo", "content_part"}

func validateMessage(diags *diag.Diagnostics, at path.Path, fields wire.Fields) {
	rules.OneOf(diags, at, fields, contents...)
	role, ok := fields.Text("role")
	if !ok {
		return
	}
	without := !slices.ContainsFunc(contents, func(name string) bool { return fields.Has(name) && !rules.Missing(fields.Get(name)) })
	if without && contentRequired(role, fields) {
		rules.Refuse(diags, at, "content", "Missing content",
			"A message with the role %q needs content. Only an assistant message that carries tool_calls, function_call, audio or refusal may go without.", role)
	}
	switch {
	case role == "tool" && rules.Missing(fields.Get("tool_call_id")):
		rules.Refuse(diags, at, "tool_call_id", "Missing tool_call_id",
			"A message with the role \"tool\" answers a tool call and needs its ID: tool_call_id = openai_chat_completion.….choices[0].message.tool_calls[0].id")
	case role != "tool" && rules.Given(fields.Get("tool_call_id")):
		rules.Refuse(diags, at, "tool_call_id", "Unexpected tool_call_id",
			"Only a message with the role \"tool\" takes a tool_call_id; this one has the role %q. Remove it or change the role.", role)
	}
	if role == "function" && rules.Missing(fields.Get("name")) {
		rules.Refuse(diags, at, "name", "Missing name",
			"A message with the legacy role \"function\" needs the name of the function whose result it is.")
	}
	for _, name := range []string{"tool_calls", "function_call", "audio", "refusal"} {
		if role != "assistant" && rules.Given(fields.Get(name)) {
			rules.Refuse(diags, at, name, "Unexpected "+name,
				"Only a message with the role \"assistant\" takes %s; this one has the role %q. Remove it or change the role.", name, role)
		}
	}
	for i, part := range fields.Items("content_part") {
		validatePart(diags, at.AtName("content_part").AtListIndex(i), role, wire.Open(part))
	}
}

func contentRequired(role string, fields wire.Fields) bool {
	switch role {
	case "function":
		return false
	case "assistant":
		for _, name := range []string{"tool_calls", "function_call", "audio", "refusal"} {
			if !rules.Missing(fields.Get(name)) {
				return false
			}
		}
		return true
	default:
		return true
	}
}

// validatePart checks that a part has what its type names, and stands in a
// message whose role takes that type.
func validatePart(diags *diag.Diagnostics, at path.Path, role string, fields wire.Fields) {
	kind, ok := fields.Text("type")
	if !ok {
		return
	}
	rules.Named(diags, at, fields, kind, "text", "image_url", "input_audio", "file", "refusal")
	taker := ""
	switch kind {
	case "image_url", "input_audio", "file":
		taker = "user"
	case "refusal":
		taker = "assistant"
	}
	if taker != "" && role != taker {
		diags.AddAttributeError(at.AtName("type"), "Unexpected content part",
			fmt.Sprintf("Only a message with the role %q takes a part of the type %q; this one has the role %q.", taker, kind, role))
	}
}
