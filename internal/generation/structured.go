package generation

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/structured"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// The words by which fail_on names what can be wrong with any answer.
const (
	OnRefusal   = "refusal"
	OnMismatch  = "schema_mismatch"
	OnEmpty     = "empty"
	OnUnchecked = "unchecked"
)

// ValidateStrictFunction holds the parameters of a strict function to the rules
// of Structured Outputs.
func ValidateStrictFunction(diags *diag.Diagnostics, at path.Path, function wire.Fields) {
	if function.True("strict") {
		ValidateSchema(diags, at.AtName("parameters"), function.Get("parameters"), function.Get("strict"))
	}
}

// ValidateSchema checks a JSON Schema, and in strict mode that it keeps to the rules of Structured Outputs.
func ValidateSchema(diags *diag.Diagnostics, at path.Path, schema, strict tftypes.Value) {
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

// SchemaFindings are where an answer is not the JSON that was asked for.
func SchemaFindings(schema, content string) []answer.Finding {
	if schema == "" {
		schema = `{"type":"object"}`
	}
	var found []answer.Finding
	for _, fault := range structured.Validate(schema, content) {
		message := strings.TrimSuffix(fault.Message, ".")
		if fault.Unchecked {
			found = append(found, answer.Finding{Words: []string{OnUnchecked}, Text: message})
			continue
		}
		place := strings.Replace(pointer(fault.Pointer), "of the schema", "of the answer", 1)
		found = append(found, answer.Finding{Words: []string{OnMismatch}, Text: fmt.Sprintf("at %s: %s", place, message)})
	}
	return found
}

// Quoted is the beginning of JSON, for people.
func Quoted(value any) string {
	const most = 500
	text, _ := json.Marshal(value) // it was parsed from JSON
	if runes := []rune(string(text)); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(text)
}
