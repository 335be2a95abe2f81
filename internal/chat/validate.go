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
	validateMessages(&diags, arguments)
	validateTools(&diags, arguments["tool"])
	validateChoice(&diags, arguments, "tool_choice", "tool", parseToolChoice)
	validateChoice(&diags, arguments, "function_call", "functions", parseFunctionChoice)
	validateFormat(&diags, arguments["response_format"])
	validatePairs(&diags, arguments)
	return diags
}

// refuse reports what is wrong with the argument name of the object at a path.
func refuse(diags *diag.Diagnostics, at path.Path, name, summary, format string, args ...any) {
	diags.AddAttributeError(at.AtName(name), summary, fmt.Sprintf(format, args...))
}

// given reports whether an argument is certainly there. Blocks that nobody
// wrote come as an empty list.
func given(v tftypes.Value) bool { return !v.IsNull() && !perhaps(v) && !empty(v) }

// missing reports whether an argument is certainly not there.
func missing(v tftypes.Value) bool { return v.IsNull() || empty(v) }

func empty(v tftypes.Value) bool {
	var items []tftypes.Value
	return v.IsKnown() && v.Type().Is(tftypes.List{}) && v.As(&items) == nil && len(items) == 0
}

// perhaps reports whether it is not known yet if an argument will be there. A
// single block made by "dynamic" for something unknown comes as an object with
// nothing known in it.
func perhaps(v tftypes.Value) bool {
	if !v.IsKnown() {
		return true
	}
	if v.IsNull() || !v.Type().Is(tftypes.Object{}) {
		return false
	}
	unknown := false
	for _, field := range wire.Fields(v) {
		if field.IsNull() || empty(field) {
			continue
		}
		if !perhaps(field) {
			return false
		}
		unknown = true
	}
	return unknown
}

// validatePairs checks arguments that need, or exclude, another one.
func validatePairs(diags *diag.Diagnostics, arguments map[string]tftypes.Value) {
	root := path.Empty()
	isTrue := func(name string) bool { return wire.True(arguments[name]) || !arguments[name].IsKnown() }
	if given(arguments["top_logprobs"]) && !isTrue("logprobs") {
		refuse(diags, root, "top_logprobs", "Missing logprobs", "top_logprobs needs logprobs = true. Set it, or remove top_logprobs.")
	}
	if given(arguments["stream_options"]) && !isTrue("stream") {
		refuse(diags, root, "stream_options", "Missing stream", "stream_options needs stream = true. Set it, or remove stream_options.")
	}
	if missing(arguments["audio"]) {
		for _, item := range wire.Items(arguments["modalities"]) {
			if kind, _ := wire.Text(item); kind == "audio" {
				refuse(diags, root, "modalities", "Missing audio", "An answer in audio needs to know the voice and the format. Add a block: audio { voice = \"alloy\" format = \"mp3\" }")
			}
		}
	}
	if prediction := wire.Fields(arguments["prediction"]); prediction != nil {
		one := oneOf(diags, root.AtName("prediction"), prediction, "content", "content_part")
		if one == "" && missing(prediction["content"]) && missing(prediction["content_part"]) {
			refuse(diags, root.AtName("prediction"), "content", "Missing content", "A prediction needs content, or content_part blocks.")
		}
	}
}

// oneOf refuses more than one of some arguments, and returns the one that is there.
func oneOf(diags *diag.Diagnostics, at path.Path, fields map[string]tftypes.Value, names ...string) string {
	var there []string
	for _, name := range names {
		if given(fields[name]) {
			there = append(there, name)
		}
	}
	if len(there) > 1 {
		refuse(diags, at, there[1], "Conflicting arguments", "%s and %s exclude each other. Remove one of them.", there[0], there[1])
	}
	if len(there) == 0 {
		return ""
	}
	return there[0]
}

// validateTools checks that each tool has the block that its type names.
func validateTools(diags *diag.Diagnostics, tools tftypes.Value) {
	for i, item := range wire.Items(tools) {
		at, fields := path.Root("tool").AtListIndex(i), wire.Fields(item)
		kind, ok := wire.Text(fields["type"])
		if !ok {
			continue
		}
		validateNamed(diags, at, fields, kind, "function", "custom")
		format := wire.Fields(wire.Fields(fields["custom"])["format"])
		if kind, _ := wire.Text(format["type"]); kind == "grammar" && missing(format["grammar"]) {
			refuse(diags, at.AtName("custom").AtName("format"), "grammar", "Missing grammar", "A format of the type \"grammar\" needs a grammar block.")
		}
		validateStrictFunction(diags, at.AtName("function"), wire.Fields(fields["function"]))
	}
}

// validateNamed asks for the argument that a type names, and refuses those that
// other types would have.
func validateNamed(diags *diag.Diagnostics, at path.Path, fields map[string]tftypes.Value, kind string, names ...string) {
	for _, name := range names {
		switch {
		case name == kind && missing(fields[name]):
			refuse(diags, at, name, "Missing "+name, "The type is %q, so %s is required here. Add it.", kind, name)
		case name != kind && given(fields[name]) && slices.Contains(names, kind):
			refuse(diags, at, name, "Unexpected "+name, "The type is %q, so %s does not belong here. Remove it, or set type = %q.", kind, name, name)
		}
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
	if !all {
		return
	}
	if chosen.word == "required" && len(names) == 0 {
		diags.AddAttributeError(path.Root(argument), "No "+block+" to choose",
			fmt.Sprintf("%s = %q needs at least one %s block. Add one, or remove %s.", argument, chosen.word, block, argument))
	}
	for _, name := range chosen.names {
		if slices.Contains(names, name) {
			continue
		}
		have := "there is none"
		if len(names) > 0 {
			have = "there are: " + strings.Join(names, ", ")
		}
		diags.AddAttributeError(path.Root(argument), "Unknown tool in "+argument,
			fmt.Sprintf("%s names %q, but no %s block declares it (%s). Correct the name or add the block.", argument, name, block, have))
	}
}

// declaredNames lists the names in `tool` or `functions` blocks; all is false
// where some are not known yet.
func declaredNames(blocks tftypes.Value) (names []string, all bool) {
	all = true
	for _, item := range wire.Items(blocks) {
		fields := wire.Fields(item)
		for _, nested := range []string{"function", "custom"} {
			if given(fields[nested]) || (!fields[nested].IsNull() && !fields[nested].IsKnown()) {
				fields = wire.Fields(fields[nested])
			}
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
