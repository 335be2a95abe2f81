package vectorstore

import (
	"context"
	"maps"
	stdpath "path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/content"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// OpenAI's limits of the attributes of a file: how many there are, and characters of a name and of a text.
const (
	mostAttributes = 16
	longestName    = 64
	longestText    = 512
)

// scalars accepts an object or a map of text, numbers and truth values.
type scalars struct{}

func (scalars) Description(context.Context) string {
	return "must be an object of text, numbers and truth values"
}

func (v scalars) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (scalars) ValidateDynamic(ctx context.Context, req validator.DynamicRequest, resp *validator.DynamicResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || req.ConfigValue.IsUnderlyingValueNull() || req.ConfigValue.IsUnderlyingValueUnknown() {
		return
	}
	if value, err := req.ConfigValue.UnderlyingValue().ToTerraformValue(ctx); err == nil {
		checkAttributes(&resp.Diagnostics, req.Path, value)
	}
}

// checkAttributes refuses attributes that can never be right.
func checkAttributes(diags *diag.Diagnostics, at path.Path, value tftypes.Value) {
	if value.IsNull() || !value.IsKnown() {
		return
	}
	if !value.Type().Is(tftypes.Object{}) && !value.Type().Is(tftypes.Map{}) {
		rules.RefuseAt(diags, at, kinds.InvalidValue, "Attributes must be an object such as { language = \"en\", year = 2026 }.")
		return
	}
	entries := wire.Members(value)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		entry := entries[name]
		t := entry.Type()
		switch {
		case !entry.IsKnown():
		case entry.IsNull():
			rules.RefuseAt(diags, at.AtName(name), kinds.InvalidValue, "The value of %q is null. Leave the attribute out.", name)
		case !t.Is(tftypes.String) && !t.Is(tftypes.Number) && !t.Is(tftypes.Bool):
			rules.RefuseAt(diags, at.AtName(name), kinds.InvalidValue, "The value of %q must be text, a number, or true or false. The API has no lists or objects here.", name)
		}
	}
}

// limitAttributes holds attributes against OpenAI's limits.
func limitAttributes(diags *diag.Diagnostics, at path.Path, value tftypes.Value) {
	entries := wire.Members(value)
	if n := len(entries); n > mostAttributes {
		rules.RefuseAt(diags, at, kinds.OutOfRange, "For OpenAI, there must be at most %d attributes, not %d.", mostAttributes, n)
	}
	for name, entry := range entries {
		if n := utf8.RuneCountInString(name); n > longestName {
			rules.RefuseAt(diags, at.AtName(name), kinds.OutOfRange, "For OpenAI, a name must have at most %d characters, not %d.", longestName, n)
		}
		if text, ok := wire.Text(entry); ok && utf8.RuneCountInString(text) > longestText {
			rules.RefuseAt(diags, at.AtName(name), kinds.OutOfRange, "For OpenAI, a text must have at most %d characters, not %d.", longestText, utf8.RuneCountInString(text))
		}
	}
}

// documentsCheck accepts an object or a map of documents.
type documentsCheck struct{ scalars }

func (documentsCheck) Description(context.Context) string { return "must be an object of documents" }

func (documentsCheck) ValidateDynamic(ctx context.Context, req validator.DynamicRequest, resp *validator.DynamicResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || req.ConfigValue.IsUnderlyingValueNull() || req.ConfigValue.IsUnderlyingValueUnknown() {
		return
	}
	value, err := req.ConfigValue.UnderlyingValue().ToTerraformValue(ctx)
	if err != nil {
		return
	}
	if !value.Type().Is(tftypes.Object{}) && !value.Type().Is(tftypes.Map{}) {
		rules.RefuseAt(&resp.Diagnostics, req.Path, kinds.InvalidValue, "documents must be an object: { \"a.md\" = { source = \"docs/a.md\" } }.")
		return
	}
	entries := wire.Members(value)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if base := stdpath.Base(name); strings.HasSuffix(name, "/") || content.CheckName(base) != nil {
			rules.RefuseAt(&resp.Diagnostics, req.Path.AtMapKey(name), kinds.InvalidValue, "%q is no name of a document: it must end like the name of a file.", name)
			continue
		}
		checkDocument(&resp.Diagnostics, req.Path.AtMapKey(name), entries[name])
	}
}
