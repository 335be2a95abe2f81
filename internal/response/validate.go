package response

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// validate checks how the arguments of a request fit together. It refuses only what no server can accept. Values that
// are not known yet pass.
func validate(arguments wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	validateInput(&diags, arguments)
	validateTools(&diags, arguments)
	validateFormat(&diags, arguments.Open("text").Open("format"))
	if arguments.Has("stream") && rules.Given(arguments.Get("stream_options")) && arguments.Get("stream").IsKnown() && !arguments.True("stream") {
		rules.Refuse(&diags, path.Empty(), "stream_options", "Missing stream", "stream_options needs stream = true. Set it, or remove stream_options.")
	}
	return diags
}

// inputs are the ways to say what is asked.
var inputs = []string{"input", "message", "input_items"}

// exampleMessage is for copying. It is indented, so that the CLI does not wrap it.
const exampleMessage = `  input = "…"

or a conversation:

  message {
    role    = "user"
    content = "…"
  }`

func validateInput(diags *diag.Diagnostics, arguments wire.Fields) {
	rules.OneOf(diags, path.Empty(), arguments, inputs...)
	rules.OneOf(diags, path.Empty(), arguments, "previous_response_id", "conversation_id")
	without := !slices.ContainsFunc(slices.Concat(inputs, []string{"previous_response_id", "conversation_id"}), func(name string) bool { return !rules.Missing(arguments.Get(name)) })
	if without {
		rules.Refuse(diags, path.Empty(), "input", "Missing input", "A response needs something to answer. Add an input:\n\n"+exampleMessage)
	}
	for i, item := range arguments.Items("message") {
		validateMessage(diags, path.Root("message").AtListIndex(i), wire.Open(item))
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
	if without && rules.Missing(fields.Get("extra")) && (role != "assistant" || rules.Missing(fields.Get("tool_calls"))) {
		rules.Refuse(diags, at, "content", "Missing content", "A message with the role %q needs content. Only an assistant message with tool_calls can do without.", role)
	}
	if role == "tool" && rules.Missing(fields.Get("tool_call_id")) {
		rules.Refuse(diags, at, "tool_call_id", "Missing tool_call_id",
			"A message with the role \"tool\" answers a tool call and needs its ID: tool_call_id = openai_response.….tool_calls[0].id")
	}
	for name, taker := range map[string]string{"tool_call_id": "tool", "tool_calls": "assistant", "phase": "assistant"} {
		if role != taker && rules.Given(fields.Get(name)) {
			rules.Refuse(diags, at, name, "Unexpected "+name, "Only a message with the role %q can have %s; this one has the role %q. Remove it or change the role.", taker, name, role)
		}
	}
	for i, part := range fields.Items("content_part") {
		validatePart(diags, at.AtName("content_part").AtListIndex(i), wire.Open(part))
	}
}

// partArguments are those that a type of part has one of.
var partArguments = map[string][]string{
	"input_text": {"text"}, "output_text": {"text"}, "refusal": {"refusal"},
	"input_image": {"image_url", "file_id"}, "input_file": {"file_id", "file_url", "file_data"},
}

func validatePart(diags *diag.Diagnostics, at path.Path, fields wire.Fields) {
	kind, ok := fields.Text("type")
	wanted, known := partArguments[kind]
	if !ok || !known {
		return
	}
	if !slices.ContainsFunc(wanted, func(name string) bool { return !rules.Missing(fields.Get(name)) }) {
		rules.Refuse(diags, at, wanted[0], "Missing "+wanted[0], "A part of the type %q needs %s. Add it.", kind, either(wanted))
	}
	rules.OneOf(diags, at, fields, wanted...)
	for _, name := range []string{"text", "refusal", "image_url", "file_id", "file_url", "file_data"} {
		if rules.Given(fields.Get(name)) && !slices.Contains(wanted, name) {
			rules.Refuse(diags, at, name, "Unexpected "+name, "The type is %q, so %s does not belong here. Remove it, or change the type.", kind, name)
		}
	}
}

func validateTools(diags *diag.Diagnostics, arguments wire.Fields) {
	var names []string
	all := arguments.Get("tool").IsKnown()
	for i, item := range arguments.Items("tool") {
		at, fields := path.Root("tool").AtListIndex(i), wire.Open(item)
		kind, ok := fields.Text("type")
		if !ok {
			all = false
			continue
		}
		validateTool(diags, at, kind, fields)
		if kind == "function" || kind == "custom" {
			name, ok := fields.Open(kind).Text("name")
			all = all && ok
			names = append(names, name)
		}
	}
	if !rules.Missing(arguments.Get("tool_json")) || !arguments.Get("tool").IsKnown() {
		return
	}
	text, ok := arguments.Text("tool_choice")
	if !ok {
		return
	}
	if text == "required" && len(arguments.Items("tool")) == 0 && rules.Missing(arguments.Get("previous_response_id")) {
		rules.Refuse(diags, path.Empty(), "tool_choice", "No tool to choose", "tool_choice = \"required\" needs at least one tool. Add one, or remove tool_choice.")
	}
	if chosen := chosenFunction(text); chosen != "" && all && !slices.Contains(names, chosen) {
		rules.Refuse(diags, path.Empty(), "tool_choice", "Unknown tool in tool_choice", "tool_choice names %q, but no tool block declares it. Correct the name or add the block.", chosen)
	}
}

// chosenFunction is the name of the function or custom tool that a choice names; "" = it names none.
func chosenFunction(text string) string {
	parsed, err := jsontext.Parse(text)
	choice, _ := parsed.(object)
	if err != nil || choice["type"] != "function" && choice["type"] != "custom" {
		return ""
	}
	name, _ := choice["name"].(string)
	return name
}

func validateTool(diags *diag.Diagnostics, at path.Path, kind string, fields wire.Fields) {
	if !slices.Contains(toolTypes, kind) {
		rules.Refuse(diags, at, "type", "Unknown type of tool", "A tool block has one of the types %s, not %q. Write other tools in tool_json: tool_json = jsonencode([{ type = %q }])", either(toolTypes), kind, kind)
		return
	}
	for _, name := range toolTypes {
		if name != kind && rules.Given(fields.Get(name)) {
			rules.Refuse(diags, at, name, "Unexpected "+name, "The type is %q, so %s does not belong here. Remove it, or set type = %q.", kind, name, name)
		}
	}
	if kind != "web_search" && kind != "code_interpreter" && rules.Missing(fields.Get(kind)) {
		rules.Refuse(diags, at, kind, "Missing "+kind, "The type is %q, so a block %s is required here. Add it.", kind, kind)
		return
	}
	at, inside := at.AtName(kind), fields.Open(kind)
	if inside.Absent() {
		return
	}
	switch kind {
	case "function":
		generation.ValidateStrictFunction(diags, at, inside)
	case "custom":
		format := inside.Open("format")
		if kind, _ := format.Text("type"); kind == "grammar" && rules.Missing(format.Get("grammar")) {
			rules.Refuse(diags, at.AtName("format"), "grammar", "Missing grammar", "A format of the type \"grammar\" needs a grammar block.")
		}
	case "code_interpreter":
		for _, name := range []string{"file_ids", "memory_limit", "network_policy"} {
			if rules.Given(inside.Get("container_id")) && rules.Given(inside.Get(name)) {
				rules.Refuse(diags, at, name, "Conflicting arguments", "container_id names a container that is there, and %s is for a new one. Remove one of them.", name)
			}
		}
	case "mcp":
		servers := []string{"server_url", "connector_id", "tunnel_id"}
		if rules.OneOf(diags, at, inside, servers...) == "" && !slices.ContainsFunc(servers, func(name string) bool { return !rules.Missing(inside.Get(name)) }) {
			rules.Refuse(diags, at, "server_url", "Missing server_url", "An mcp tool needs %s. Add it.", either(servers))
		}
	}
}

func validateFormat(diags *diag.Diagnostics, format wire.Fields) {
	at := path.Root("text").AtName("format")
	kind, ok := format.Text("type")
	if !ok {
		return
	}
	for _, name := range []string{"name", "schema"} {
		if kind == "json_schema" && rules.Missing(format.Get(name)) {
			rules.Refuse(diags, at, name, "Missing "+name, "The type is \"json_schema\", so %s is required here. Add it.", name)
		}
	}
	for _, name := range []string{"name", "description", "schema", "strict"} {
		if kind != "json_schema" && rules.Given(format.Get(name)) {
			rules.Refuse(diags, at, name, "Unexpected "+name, "The type is %q, so %s does not belong here. Remove it, or set type = \"json_schema\".", kind, name)
		}
	}
	generation.ValidateSchema(diags, at.AtName("schema"), format.Get("schema"), format.Get("strict"))
}

// limits are what OpenAI refuses and other servers may take. What is not known yet passes.
func limits(arguments wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	const most = 1 << 40
	rules.Within(&diags, arguments, 16, most, "max_output_tokens")
	rules.Within(&diags, arguments, 1, most, "max_tool_calls")
	rules.Within(&diags, arguments, 0, 20, "top_logprobs")
	rules.Labels(&diags, arguments, "metadata")
	rules.Length(&diags, arguments, 64, "safety_identifier")
	if arguments.Get("store").IsKnown() && !arguments.Get("store").IsNull() && !arguments.True("store") && arguments.True("background") {
		rules.Refuse(&diags, path.Empty(), "background", "Conflicting arguments", "For OpenAI, a response that is made in the background must be stored. Remove store = false, or background. The provider deletes it at the server when the resource is destroyed.")
	}
	for i, item := range arguments.Items("tool") {
		at, fields := path.Root("tool").AtListIndex(i), wire.Open(item)
		if function := fields.Open("function"); !function.Absent() {
			generation.LimitName(&diags, at.AtName("function"), function)
		}
		if search := fields.Open("file_search"); !search.Absent() {
			if v := search.Get("max_num_results"); rules.Given(v) && (wire.Int(v) < 1 || wire.Int(v) > 50) {
				rules.Refuse(&diags, at.AtName("file_search"), "max_num_results", kinds.OutOfRange, "For OpenAI, max_num_results must be from 1 to 50, not %d.", wire.Int(v))
			}
		}
	}
	if format := arguments.Open("text").Open("format"); !format.Absent() {
		generation.LimitName(&diags, path.Root("text").AtName("format"), format)
	}
	return diags
}

// either is "a, b or c".
func either(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
