package chat

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/structured"
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
	validateSchema(diags, at.AtName("json_schema").AtName("schema"), schema.Get("schema"), schema.Get("strict"))
}

// validateStrictFunction holds the parameters of a strict function to the rules
// of Structured Outputs.
func validateStrictFunction(diags *diag.Diagnostics, at path.Path, function wire.Fields) {
	if function.True("strict") {
		validateSchema(diags, at.AtName("parameters"), function.Get("parameters"), function.Get("strict"))
	}
}

func validateSchema(diags *diag.Diagnostics, at path.Path, schema, strict tftypes.Value) {
	text, ok := wire.Text(schema)
	if !ok || !strict.IsKnown() {
		return
	}
	if _, err := kinds.ParseObject(text); err != nil {
		return // the attribute's own validator says so
	}
	check, summary, hint := structured.Check, "Invalid JSON Schema", ""
	if wire.True(strict) {
		check = structured.CheckStrict
	}
	faults := check(text)
	if wire.True(strict) && len(faults) > 0 && len(structured.Check(text)) == 0 {
		// It is a schema: only what is one can be made strict.
		summary, hint = "Schema that strict mode does not accept", " provider::openai::strict_schema() makes an ordinary schema keep to the rules."
	}
	for _, fault := range faults {
		rules.RefuseAt(diags, at, summary, "At %s: %s.%s", pointer(fault.Pointer), strings.TrimSuffix(fault.Message, "."), hint)
	}
}

func pointer(p string) string {
	if p == "" {
		return "the root of the schema"
	}
	return p
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
	text, there := wire.Text(content)
	if _, ok := wantsJSON(arguments); ok && there && len(text) <= maxOutput {
		if v, err := jsontext.Parse(text); err == nil && depth(v) <= maxDepth && fits(v) {
			return wire.Dynamic(v)
		}
	}
	return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
}

// maxOutput is how many bytes of JSON become a value. A message between Terraform and a
// provider holds 256 MiB, and a value of many small members takes a multiple of its text.
const maxOutput = 4 << 20

// maxDepth is how deep an answer may be nested to become a value. Terraform
// writes the type of a value beside it, and compares both at each plan, which
// takes all memory for some hundred levels. Structured Outputs has ten.
const maxDepth = 50

// maxLoad is how much work a value may be for Terraform at each plan, in tenths of a
// millisecond: about as much as 5,000 numbers in one list, or 2,000 small objects.
const maxLoad = 20_000

// fits reports whether a value is no more work than maxLoad. Terraform compares the type of
// a list, which names that of each element, for each of its elements.
func fits(v any) bool {
	load, _ := loadOf(v)
	return load <= maxLoad
}

// loadOf is the work that a value is, and the size of its type.
func loadOf(v any) (load, size int) {
	const ofObject, comparedAtOnce = 5, 2500
	add := func(inside any) {
		l, s := loadOf(inside)
		load, size = load+l, size+s
	}
	switch v := v.(type) {
	case map[string]any:
		load, size = 1, ofObject
		for _, item := range v {
			add(item)
		}
	case []any:
		load, size = 1, ofObject
		for _, item := range v {
			if add(item); load > maxLoad {
				return load, size
			}
		}
		load += len(v) * size / comparedAtOnce
	default:
		load, size = 1, 1
	}
	return load, size
}

func depth(v any) int {
	deepest := 0
	switch v := v.(type) {
	case map[string]any:
		for _, item := range v {
			deepest = max(deepest, depth(item))
		}
	case []any:
		for _, item := range v {
			deepest = max(deepest, depth(item))
		}
	default:
		return 0
	}
	return deepest + 1
}
