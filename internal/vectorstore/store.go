package vectorstore

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

type checks = []validator.Describer

// Area is what the area offers.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{store.Resource(), file.Resource(), documents.Resource()},
	DataSources: []func() datasource.DataSource{store.DataSource(), file.DataSource(), search.DataSource()},
	Lists:       []func() list.ListResource{store.List(), file.List()},
}

var store = &object.Kind{
	Type: "vector_store", Noun: "vector store", Path: "vector_stores", Label: "name",
	Find: []string{"name"},
	Attributes: kinds.Declare(
		kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed,
			Description: "The ID of the vector store, `vs_…`."},
		kinds.Attribute{Name: "name", Shape: kinds.String,
			Description: "The name of the vector store."},
		kinds.Attribute{Name: "description", Shape: kinds.String, Unread: true, Change: kinds.Replaces,
			Description: "What the vector store is for. The API does not show it, so a change elsewhere is not noticed, and it cannot be changed: another one replaces the store."},
		kinds.Attribute{Name: "expires_after", Shape: kinds.Object,
			Description: "When the store expires. A store that has expired can no longer be used, and the next plan replaces it.",
			Fields: kinds.Declare(
				kinds.Attribute{Name: "anchor", Shape: kinds.String, Mode: kinds.Required,
					Description: "What the time is counted from: `last_active_at`, the last use of the store.", Validators: checks{kinds.NotEmpty()}},
				kinds.Attribute{Name: "days", Shape: kinds.Int64, Mode: kinds.Required,
					Description: "How many days after that the store expires, 1 to 365.", Validators: checks{kinds.AtLeast(1)}},
			)},
		chunking("It holds for files that are attached without a strategy of their own. The API does not show it, so a change elsewhere is not noticed, and another one replaces the store.", true),
		kinds.Attribute{Name: "metadata", Shape: kinds.StringMap,
			Description: "Up to 16 labels. A key has at most 64 characters, a value 512."},
		kinds.Attribute{Name: "status", Shape: kinds.String, Mode: kinds.Computed, Volatile: true,
			Description: "`in_progress` while files are processed, `completed`, or `expired`."},
		kinds.Attribute{Name: "file_counts", Shape: kinds.Object, Mode: kinds.Computed, Volatile: true,
			Description: "How many files the store has, by their status.", Fields: counts},
		kinds.Attribute{Name: "usage_bytes", Shape: kinds.Int64, Mode: kinds.Computed, Volatile: true,
			Description: "How much storage the store uses, in bytes."},
		kinds.Attribute{Name: "created_at", Shape: kinds.Int64, Mode: kinds.Computed,
			Description: "When the store was created, in seconds since 1970 (Unix time)."},
		kinds.Attribute{Name: "last_active_at", Shape: kinds.Int64, Mode: kinds.Computed, Volatile: true,
			Description: "When the store was last used, in seconds since 1970."},
		kinds.Attribute{Name: "expires_at", Shape: kinds.Int64, Mode: kinds.Computed, Volatile: true,
			Description: "When the store expires, in seconds since 1970. Null if it does not."},
	),
	Description: object.Description{
		Resource: "A vector store: documents, cut into chunks, that models can search.\n\n" +
			"`openai_vector_store_files` keeps a folder of documents in step with a store; `openai_vector_store_file` attaches a single file. Destroying the store leaves the files where they are.",
		DataSource: "An existing vector store, looked up by ID or by name.",
		List:       "The vector stores of the project.",
	},
	Validate: validateChunking,
	Limits: func(arguments wire.Fields) diag.Diagnostics {
		diags := limitChunking(arguments)
		rules.Labels(&diags, arguments, "metadata")
		rules.Within(&diags, arguments, 1, 365, "expires_after", "days")
		return diags
	},
}

var counts = kinds.Declare(
	kinds.Attribute{Name: "in_progress", Shape: kinds.Int64, Description: "Files that are being processed."},
	kinds.Attribute{Name: "completed", Shape: kinds.Int64, Description: "Files that can be searched."},
	kinds.Attribute{Name: "failed", Shape: kinds.Int64, Description: "Files that could not be processed."},
	kinds.Attribute{Name: "cancelled", Shape: kinds.Int64, Description: "Files whose processing was cancelled."},
	kinds.Attribute{Name: "total", Shape: kinds.Int64, Description: "All files together, whatever their status."},
)
