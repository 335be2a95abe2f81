package vectorstore

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// chunking is how a file is cut into chunks.
func chunking(text string, unread bool) kinds.Attribute {
	return kinds.Attribute{Name: "chunking_strategy", Shape: kinds.Object, Change: kinds.Replaces, Unread: unread, Defaulted: true,
		Description: "How files are cut into chunks. " + text,
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
				Description: "`auto`, which is what the API does without a strategy, or `static`. Files that were cut before the API remembered how are `other`.", Validators: checks{kinds.NotEmpty()}},
			kinds.Attribute{Name: "static", Shape: kinds.Object,
				Description: "The sizes, for the type `static`.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "max_chunk_size_tokens", Shape: kinds.Int64, Mode: kinds.Required,
						Description: "The longest chunk in tokens, 100 to 4096.", Validators: checks{kinds.AtLeast(1)}},
					kinds.Attribute{Name: "chunk_overlap_tokens", Shape: kinds.Int64, Mode: kinds.Required,
						Description: "How many tokens of a chunk are in the next one as well, at most half of `max_chunk_size_tokens`.", Validators: checks{kinds.AtLeast(0)}},
				)},
		)}
}

const strategy = "chunking_strategy"

// validateChunking checks that a strategy has the sizes that its type needs.
func validateChunking(config wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	fields := config.Open(strategy)
	kind, known := fields.Text("type")
	if fields.Absent() || !known {
		return diags
	}
	at, static := path.Root(strategy), fields.Get("static")
	switch {
	case kind == "static" && rules.Missing(static):
		rules.Refuse(&diags, at, "static", "Missing static", "The type \"static\" needs the sizes: static = { max_chunk_size_tokens = 800, chunk_overlap_tokens = 400 }.")
	case kind != "static" && rules.Given(static):
		rules.Refuse(&diags, at, "static", "Unexpected static", "Only the type \"static\" has sizes; the type is %q.", kind)
	}
	sizes := wire.Open(static)
	if sizes.Absent() || !sizes.Get("max_chunk_size_tokens").IsKnown() || !sizes.Get("chunk_overlap_tokens").IsKnown() {
		return diags
	}
	if most, overlap := wire.Int(sizes.Get("max_chunk_size_tokens")), wire.Int(sizes.Get("chunk_overlap_tokens")); overlap > most/2 {
		rules.Refuse(&diags, at.AtName("static"), "chunk_overlap_tokens", kinds.OutOfRange,
			"chunk_overlap_tokens must be at most half of max_chunk_size_tokens, %d, not %d.", most/2, overlap)
	}
	return diags
}

// limitChunking holds a strategy against OpenAI's limits.
func limitChunking(arguments wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	rules.Within(&diags, arguments, 100, 4096, strategy, "static", "max_chunk_size_tokens")
	return diags
}
