package chat

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// validateFormat checks response_format: that the block is there that its type
// names, and that a schema is one that the server accepts.
func validateFormat(diags *diag.Diagnostics, format tftypes.Value) {
	at, fields := path.Root("response_format"), wire.Open(format)
	kind, ok := fields.Text("type")
	if !ok {
		return
	}
	switch {
	case kind == "json_schema" && rules.Missing(fields.Get("json_schema")):
		rules.Refuse(diags, at, "json_schema", "Missing json_schema", "The type is \"json_schema\", so a json_schema block is required here. Add it.")
	case kind != "json_schema" && rules.Given(fields.Get("json_schema")):
		rules.Refuse(diags, at, "json_schema", "Unexpected json_schema", "The type is %q, so json_schema does not belong here. Remove it, or set type = \"json_schema\".", kind)
	}
	schema := fields.Open("json_schema")
	generation.ValidateSchema(diags, at.AtName("json_schema").AtName("schema"), schema.Get("schema"), schema.Get("strict"))
}

// wantsJSON reports whether the request asks for an answer in JSON, and for
// which schema ("" = any object).
func wantsJSON(arguments wire.Fields) (schema string, ok bool) {
	format := arguments.Open("response_format")
	switch kind, _ := format.Text("type"); kind {
	case "json_object":
		return "", true
	case "json_schema":
		return format.Open("json_schema").String("schema"), true
	default:
		return "", false
	}
}

// output is the first choice's JSON as a value; null where there is none.
func output(arguments wire.Fields, content tftypes.Value) tftypes.Value {
	if _, ok := wantsJSON(arguments); !ok {
		return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
	}
	return generation.Output(content)
}
