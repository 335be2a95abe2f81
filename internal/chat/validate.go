package chat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// validate checks what no single attribute can know: how the arguments of a
// request fit together. It refuses only what no server can accept. Values that
// are not known yet pass.
func validate(arguments wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	validateMessages(&diags, arguments)
	validateTools(&diags, arguments.Get("tool"))
	validateChoice(&diags, arguments, "tool_choice", "tool", parseToolChoice)
	validateChoice(&diags, arguments, "function_call", "functions", parseFunctionChoice)
	validateFormat(&diags, arguments.Get("response_format"))
	validatePairs(&diags, arguments)
	return diags
}

// validatePairs checks arguments that need, or exclude, another one.
func validatePairs(diags *diag.Diagnostics, arguments wire.Fields) {
	root := path.Empty()
	isTrue := func(name string) bool { return arguments.True(name) || !arguments.Get(name).IsKnown() }
	if rules.Given(arguments.Get("top_logprobs")) && !isTrue("logprobs") {
		rules.Refuse(diags, root, "top_logprobs", "Missing logprobs", "top_logprobs needs logprobs = true. Set it, or remove top_logprobs.")
	}
	if rules.Given(arguments.Get("stream_options")) && !isTrue("stream") {
		rules.Refuse(diags, root, "stream_options", "Missing stream", "stream_options needs stream = true. Set it, or remove stream_options.")
	}
	if rules.Missing(arguments.Get("audio")) {
		for _, item := range arguments.Items("modalities") {
			if kind, _ := wire.Text(item); kind == "audio" {
				rules.Refuse(diags, root, "modalities", "Missing audio", "A spoken answer needs a voice and a format. Add a block such as:\n\n"+exampleAudio)
			}
		}
	}
	if prediction := arguments.Open("prediction"); !prediction.Absent() {
		one := rules.OneOf(diags, root.AtName("prediction"), prediction, "content", "content_part")
		if one == "" && rules.Missing(prediction.Get("content")) && rules.Missing(prediction.Get("content_part")) {
			rules.Refuse(diags, root.AtName("prediction"), "content", "Missing content", "A prediction needs content, or content_part blocks.")
		}
	}
}

const exampleAudio = `  audio {
    voice  = "alloy"
    format = "mp3"
  }`

// validateTools checks that each tool has the block that its type names.
func validateTools(diags *diag.Diagnostics, tools tftypes.Value) {
	for i, item := range wire.Items(tools) {
		at, fields := path.Root("tool").AtListIndex(i), wire.Open(item)
		kind, ok := fields.Text("type")
		if !ok {
			continue
		}
		rules.Named(diags, at, fields, kind, "function", "custom")
		format := fields.Open("custom").Open("format")
		if kind, _ := format.Text("type"); kind == "grammar" && rules.Missing(format.Get("grammar")) {
			rules.Refuse(diags, at.AtName("custom").AtName("format"), "grammar", "Missing grammar", "A format of the type \"grammar\" needs a grammar block.")
		}
		generation.ValidateStrictFunction(diags, at.AtName("function"), fields.Open("function"))
	}
}

// validateChoice refuses a choice of a tool that no block declares.
func validateChoice(diags *diag.Diagnostics, arguments wire.Fields, argument, block string, parse func(string) (choice, error)) {
	text, ok := arguments.Text(argument)
	if !ok || !arguments.Get(block).IsKnown() {
		return
	}
	chosen, err := parse(text)
	if err != nil {
		return // what the words are is the server's to say
	}
	names, all := declaredNames(arguments.Get(block))
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
		fields := wire.Open(item)
		for _, nested := range []string{"function", "custom"} {
			if fields.Has(nested) && !fields.Get(nested).IsNull() && (rules.Given(fields.Get(nested)) || !fields.Get(nested).IsKnown()) {
				fields = fields.Open(nested)
			}
		}
		if !fields.Has("name") { // a tool of another type, whose name only the server knows
			all = false
			continue
		}
		name, ok := fields.Text("name")
		if !ok {
			all = false
			continue
		}
		names = append(names, name)
	}
	return names, all
}
