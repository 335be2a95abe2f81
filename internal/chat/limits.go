package chat

import (
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// limits are what OpenAI refuses and other servers may take. What is not known yet passes.
func limits(arguments wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	limitNumbers(&diags, arguments)
	limitLabels(&diags, arguments)
	for _, name := range []string{"message", "messages"} {
		for i, item := range arguments.Items(name) {
			limitMessage(&diags, path.Root(name).AtListIndex(i), wire.Open(item))
		}
	}
	limitTools(&diags, arguments)
	return diags
}

func limitNumbers(diags *diag.Diagnostics, arguments wire.Fields) {
	root := path.Empty()
	for _, name := range []string{"max_tokens", "max_completion_tokens"} {
		if v := arguments.Get(name); given(v) && wire.Int(v) < 1 {
			rules.Refuse(diags, root, name, kinds.OutOfRange, "For OpenAI, %s must be at least 1, not %d. Leave it out for no limit.", name, wire.Int(v))
		}
	}
	for name, most := range map[string]int64{"n": 128, "top_logprobs": 20} {
		if v := arguments.Get(name); given(v) && wire.Int(v) > most {
			rules.Refuse(diags, root, name, kinds.OutOfRange, "For OpenAI, %s must be at most %d, not %d.", name, most, wire.Int(v))
		}
	}
	if v := arguments.Get("stop"); given(v) {
		if n := len(wire.Items(v)); n < 1 || n > 4 {
			rules.Refuse(diags, root, "stop", kinds.OutOfRange, "For OpenAI, stop must be a list of 1 to 4 sequences, not %d.", n)
		}
	}
	for _, name := range []string{"tool", "functions"} {
		if n := len(arguments.Items(name)); n > 128 {
			rules.Refuse(diags, root, name, kinds.OutOfRange, "For OpenAI, there must be at most 128 %s blocks, not %d.", name, n)
		}
	}
}

func limitLabels(diags *diag.Diagnostics, arguments wire.Fields) {
	const identifierLength = 64
	rules.Labels(diags, arguments, "metadata")
	if n := utf8.RuneCountInString(arguments.String("safety_identifier")); n > identifierLength {
		rules.Refuse(diags, path.Empty(), "safety_identifier", kinds.OutOfRange, "For OpenAI, safety_identifier must have at most %d characters, not %d. Hash it: sha256(…) has 64.", identifierLength, n)
	}
}

// takers are the roles whose messages alone take a type of part.
var takers = map[string]string{"image_url": "user", "input_audio": "user", "file": "user", "refusal": "assistant"}

func limitMessage(diags *diag.Diagnostics, at path.Path, fields wire.Fields) {
	role, ok := fields.Text("role")
	if !ok {
		return
	}
	if role == "tool" && rules.Missing(fields.Get("tool_call_id")) {
		rules.Refuse(diags, at, "tool_call_id", "Missing tool_call_id",
			"A message with the role \"tool\" answers a tool call and needs its ID: tool_call_id = openai_chat_completion.….choices[0].message.tool_calls[0].id")
	}
	for i, call := range fields.Items("tool_calls") {
		if call := wire.Open(call); !call.Absent() && call.Get("id").IsNull() {
			rules.Refuse(diags, at.AtName("tool_calls").AtListIndex(i), "id", "Missing id", "For OpenAI, each tool call needs an ID, which the message that answers it repeats.")
		}
	}
	for i, part := range fields.Items("content_part") {
		kind := wire.Open(part).String("type")
		if taker := takers[kind]; taker != "" && role != taker {
			rules.Refuse(diags, at.AtName("content_part").AtListIndex(i), "type", "Unexpected content part",
				"For OpenAI, only a message with the role %q can have a part of the type %q; this one has the role %q.", taker, kind, role)
		}
	}
}

func limitTools(diags *diag.Diagnostics, arguments wire.Fields) {
	for i, item := range arguments.Items("tool") {
		generation.LimitName(diags, path.Root("tool").AtListIndex(i).AtName("function"), wire.Open(item).Open("function"))
	}
	for i, item := range arguments.Items("functions") {
		generation.LimitName(diags, path.Root("functions").AtListIndex(i), wire.Open(item))
	}
	generation.LimitName(diags, path.Root("response_format").AtName("json_schema"), arguments.Open("response_format").Open("json_schema"))
	limitChoice(diags, arguments, "tool_choice", parseToolChoice)
	limitChoice(diags, arguments, "function_call", parseFunctionChoice)
}

func limitChoice(diags *diag.Diagnostics, arguments wire.Fields, argument string, parse func(string) (choice, error)) {
	text, ok := arguments.Text(argument)
	if !ok {
		return
	}
	if _, err := parse(text); err != nil {
		rules.Refuse(diags, path.Empty(), argument, "Invalid "+argument, "For OpenAI: %v.", err)
	}
}

func given(v tftypes.Value) bool { return v.IsKnown() && !v.IsNull() }
