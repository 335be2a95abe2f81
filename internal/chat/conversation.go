package chat

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// validateMessages checks the conversation, whether it stands in blocks, in the list
// attribute or in JSON, which its own validator reads.
func validateMessages(diags *diag.Diagnostics, arguments wire.Fields) {
	ways := []string{"message", "messages", "messages_json"}
	there := slices.DeleteFunc(slices.Clone(ways), func(name string) bool { return !rules.Given(arguments.Get(name)) })
	if len(there) > 1 {
		either, or := there[0], there[1]
		if either == "message" {
			either = "message blocks"
		}
		rules.RefuseAt(diags, path.Root(or), "Conflicting arguments", "Use either %s or %s, not both.", either, or)
	}
	if !slices.ContainsFunc(ways, func(name string) bool { return !rules.Missing(arguments.Get(name)) }) {
		diags.AddAttributeError(path.Root("message"), "Missing message",
			"A chat completion needs at least one message. Add a block such as:\n\n"+exampleMessage)
	}
	for _, name := range []string{"message", "messages"} {
		for i, item := range arguments.Items(name) {
			at := path.Root(name).AtListIndex(i)
			if item.IsNull() {
				rules.RefuseAt(diags, at, "Missing message", "This message is null. Leave it out of the list.")
			}
			validateMessage(diags, at, wire.Open(item))
		}
	}
}

// The examples in errors are for copying: each block is on lines of its own, as HCL wants it, and indented, so
// that the CLI does not wrap them.
const exampleMessage = `  message {
    role    = "user"
    content = "…"
  }`

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
			"A message with the role %q needs content. Only an assistant message with tool_calls, function_call, audio, refusal or reasoning_content can do without.", role)
	}
	if role != "tool" && rules.Given(fields.Get("tool_call_id")) {
		rules.Refuse(diags, at, "tool_call_id", "Unexpected tool_call_id",
			"Only a message with the role \"tool\" can have a tool_call_id; this one has the role %q. Remove it or change the role.", role)
	}
	if role == "function" && rules.Missing(fields.Get("name")) {
		rules.Refuse(diags, at, "name", "Missing name",
			"A message with the legacy role \"function\" needs a name: that of the function whose result it is.")
	}
	for _, name := range carried {
		if role != "assistant" && rules.Given(fields.Get(name)) {
			rules.Refuse(diags, at, name, "Unexpected "+name,
				"Only a message with the role \"assistant\" can have %s; this one has the role %q. Remove it or change the role.", name, role)
		}
	}
	for i, part := range fields.Items("content_part") {
		validatePart(diags, at.AtName("content_part").AtListIndex(i), wire.Open(part))
	}
}

// carried is what an assistant message may have in place of its content.
var carried = []string{"tool_calls", "function_call", "audio", "refusal", "reasoning_content"}

func contentRequired(role string, fields wire.Fields) bool {
	if !rules.Missing(fields.Get("extra")) {
		return false // the server knows what is in it
	}
	switch role {
	case "function":
		return false
	case "assistant":
		for _, name := range carried {
			if !rules.Missing(fields.Get(name)) {
				return false
			}
		}
		return true
	default:
		return true
	}
}

// validatePart checks that a part has what its type names.
func validatePart(diags *diag.Diagnostics, at path.Path, fields wire.Fields) {
	if kind, ok := fields.Text("type"); ok {
		rules.Named(diags, at, fields, kind, "text", "image_url", "input_audio", "file", "refusal")
	}
}

// messagesJSON accepts a JSON list of messages, each an object with a role.
func messagesJSON() validator.String {
	return kinds.JSONText("a JSON list of messages", "Invalid messages_json", func(s string) error {
		_, err := parseMessages(s)
		return err
	})
}

// parseMessages reads a JSON list of messages, and returns their roles.
func parseMessages(s string) (roles []string, err error) {
	v, err := jsontext.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("the text is not valid JSON: %w. Use jsonencode([ … ]) to write it", err)
	}
	list, ok := v.([]any)
	if !ok {
		return nil, errors.New("the JSON must be a list of messages: jsonencode([{ role = \"user\", content = \"…\" }])")
	}
	if len(list) == 0 {
		return nil, errors.New("a chat completion needs at least one message, and the list is empty")
	}
	for i, item := range list {
		message, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("message [%d] is not an object with a role and content, as each message must be", i)
		}
		role, ok := message["role"].(string)
		if !ok || role == "" {
			return nil, fmt.Errorf("message [%d] has no role: each message needs one, such as \"user\"", i)
		}
		roles = append(roles, role)
	}
	return roles, nil
}

// withWholeCalls gives tool calls what servers leave out and want back all the same: the
// type, and arguments that are empty text where there are none.
func withWholeCalls(arguments wire.Fields) wire.Fields {
	changed := wire.Values{}
	for _, name := range []string{"message", "messages"} {
		items := arguments.Items(name)
		if !slices.ContainsFunc(items, hasCalls) {
			continue
		}
		messages := make([]tftypes.Value, len(items))
		for i, item := range items {
			messages[i] = withWholeCall(item, wire.Open(item))
		}
		changed[name] = tftypes.NewValue(arguments.Get(name).Type(), messages)
	}
	if len(changed) == 0 {
		return arguments
	}
	return arguments.With(changed)
}

// hasCalls reports whether a message has calls of any kind, which few have.
func hasCalls(message tftypes.Value) bool {
	fields := wire.Open(message)
	return len(fields.Items("tool_calls")) > 0 || !fields.Open("function_call").Absent()
}

func withWholeCall(message tftypes.Value, fields wire.Fields) tftypes.Value {
	if items := fields.Items("tool_calls"); len(items) > 0 {
		calls := make([]tftypes.Value, len(items))
		for i, call := range items {
			calls[i] = wholeCall(call)
		}
		message = wire.With(message, tftypes.NewValue(fields.Get("tool_calls").Type(), calls), "tool_calls")
	}
	if call := fields.Open("function_call"); !call.Absent() && call.Get("arguments").IsNull() {
		message = wire.With(message, tftypes.NewValue(tftypes.String, ""), "function_call", "arguments")
	}
	return message
}

func wholeCall(call tftypes.Value) tftypes.Value {
	fields := wire.Open(call)
	for kind, input := range map[string]string{"function": "arguments", "custom": "input"} {
		called := fields.Open(kind)
		if called.Absent() {
			continue
		}
		if given := fields.Get("type"); given.IsKnown() && fields.String("type") == "" {
			call = wire.With(call, tftypes.NewValue(tftypes.String, kind), "type")
		}
		if called.Get(input).IsNull() {
			call = wire.With(call, tftypes.NewValue(tftypes.String, ""), kind, input)
		}
	}
	return call
}
