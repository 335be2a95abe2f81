package vectorstore

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var file = &object.Kind{
	Type: "vector_store_file", Noun: "vector store file", Path: "vector_stores/{vector_store_id}/files", ID: "file_id",
	Attributes: kinds.Declare(
		kinds.Attribute{Name: "vector_store_id", Shape: kinds.String, Mode: kinds.Required, Change: kinds.Replaces,
			Description: "The ID of the vector store.", Validators: checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "file_id", Shape: kinds.String, Mode: kinds.Required, Change: kinds.Replaces,
			Description: "The ID of the file that is attached. The server processes it; Terraform waits for that.", Validators: checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "attributes", Shape: kinds.Dynamic,
			Description: "Up to 16 attributes that a search can filter by, such as `{ language = \"en\", year = 2026, draft = false }`. A name has at most 64 characters; a value is text of at most 512 characters, a number, or true or false.",
			Validators:  checks{scalars{}}},
		chunking("A change attaches the file anew.", false),
		kinds.Attribute{Name: "status", Shape: kinds.String, Mode: kinds.Computed, Volatile: true,
			Description: "`in_progress` while the file is processed, `completed`, `failed` or `cancelled`."},
		kinds.Attribute{Name: "last_error", Shape: kinds.Object, Mode: kinds.Computed, Volatile: true,
			Description: "Why the file could not be processed. Null if it could.",
			Fields: kinds.Declare(
				kinds.Attribute{Name: "code", Shape: kinds.String, Description: "`server_error`, `unsupported_file` or `invalid_file`."},
				kinds.Attribute{Name: "message", Shape: kinds.String, Description: "The error in the server's words."},
			)},
		kinds.Attribute{Name: "usage_bytes", Shape: kinds.Int64, Mode: kinds.Computed, Volatile: true,
			Description: "How much storage the file uses in the store, in bytes."},
		kinds.Attribute{Name: "created_at", Shape: kinds.Int64, Mode: kinds.Computed,
			Description: "When the file was attached, in seconds since 1970 (Unix time)."},
	),
	Filters: kinds.Declare(kinds.Attribute{Name: "filter", Shape: kinds.String,
		Description: "Only files with this status: `in_progress`, `completed`, `failed` or `cancelled`.", Validators: checks{kinds.NotEmpty()}}),
	Description: object.Description{
		Resource: "A file in a vector store. Creating it attaches the file and waits until the server has processed it; destroying it detaches the file, which itself stays.\n\n" +
			"OpenAI takes 300 of these requests per minute per store. For more than a few dozen documents use `openai_vector_store_files`, which attaches 500 with one call.",
		DataSource: "A file in a vector store.",
		List:       "The files in a vector store.",
	},
	Validate: validateChunking,
	Limits: func(arguments wire.Fields) diag.Diagnostics {
		diags := limitChunking(arguments)
		limitAttributes(&diags, path.Root("attributes"), arguments.Get("attributes"))
		return diags
	},
	Refers: true, Repeatable: true,
	Pace: func(fields wire.Fields) []client.Limit { return changes(fields.String("vector_store_id")) },
	Refreshed: func(prior wire.Fields, o *object.Object) {
		if prior.Open(strategy).String("type") == "auto" { // the server shows what it has made of that
			o.State[strategy] = prior.Get(strategy)
		}
	},
	Wait: &object.Wait{
		Pending: []string{statusPending}, Failed: []string{statusFailed, statusCancelled},
		Reason: func(f wire.Fields) string { return f.Open("last_error").String("message") },
		At:     func(wire.Fields) path.Path { return path.Root("file_id") },
	},
}
