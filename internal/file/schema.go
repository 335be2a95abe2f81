package file

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/content"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
)

type checks = []validator.Describer

// Area is what the area offers.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{kind.Resource()},
	DataSources: []func() datasource.DataSource{kind.DataSource(), kind.DataSources("files"), reading.DataSource()},
	Lists:       []func() list.ListResource{kind.List()},
}

var kind = &object.Kind{
	Type: "file", Noun: "file", Path: "files", Label: "filename",
	Find: []string{"filename", "purpose"},
	Attributes: kinds.Declare(
		kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed,
			Description: "The ID of the file, `file-…`."},
		kinds.Attribute{Name: "source", Shape: kinds.String, Local: true,
			Description: "The path of the file to upload. Use this, `content`, `content_base64` or `content_wo`. The path itself is not part of the file: it may change.", Validators: checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "content", Shape: kinds.String, Local: true,
			Description: "The content as text, such as `jsonencode(…)` or `local_file.x.content`. It is stored in the state."},
		kinds.Attribute{Name: "content_base64", Shape: kinds.String, Local: true,
			Description: "The content in base64. It is stored in the state."},
		kinds.Attribute{Name: "content_wo", Shape: kinds.String, Local: true, WriteOnly: true,
			Description: "The content as text that is not stored: neither in the plan nor in the state. Terraform cannot see that it changes: change `content_wo_version` with it. Terraform 1.11 or OpenTofu 1.11 and later."},
		kinds.Attribute{Name: "content_wo_version", Shape: kinds.Int64, Local: true, Change: kinds.Replaces,
			Description: "Any number. Change it together with `content_wo` to upload the file anew."},
		kinds.Attribute{Name: "filename", Shape: kinds.String, Mode: kinds.OptionalComputed, Change: kinds.Replaces,
			Description: "The name of the file on the server; its ending tells the server the format. A resource takes it from the path in `source` by default, and needs it without one.", Validators: checks{kinds.Text("a name of a file", "Invalid filename", content.CheckName)}},
		kinds.Attribute{Name: "purpose", Shape: kinds.String, Mode: kinds.Required, Change: kinds.Replaces,
			Description: "What the file is for: `assistants` (vector stores), `batch`, `fine-tune`, `vision`, `user_data`.", Validators: checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "expires_after", Shape: kinds.Object, Unread: true, Change: kinds.Replaces,
			Description: "When the server deletes the file. Terraform warns before that, and creates it again afterwards.",
			Fields: kinds.Declare(
				kinds.Attribute{Name: "anchor", Shape: kinds.String, Mode: kinds.Required,
					Description: "What the time is counted from: `created_at`.", Validators: checks{kinds.NotEmpty()}},
				kinds.Attribute{Name: "seconds", Shape: kinds.Int64, Mode: kinds.Required,
					Description: "How many seconds after that the file is deleted, 3600 (an hour) to 2592000 (30 days).", Validators: checks{kinds.AtLeast(1)}},
			)},
		kinds.Attribute{Name: "sha256", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The SHA-256 of the content, in hexadecimal. It is known in the plan, and changed content replaces the file. Null for `content_wo`."},
		kinds.Attribute{Name: "bytes", Shape: kinds.Int64, Mode: kinds.Computed,
			Description: "The size of the file in bytes, as the server counts."},
		kinds.Attribute{Name: "created_at", Shape: kinds.Int64, Mode: kinds.Computed,
			Description: "When the file was uploaded, in seconds since 1970 (Unix time)."},
		kinds.Attribute{Name: "expires_at", Shape: kinds.Int64, Mode: kinds.Computed,
			Description: "When the server deletes the file, in seconds since 1970. Null if it does not."},
	),
	Filters: kinds.Declare(kinds.Attribute{Name: "purpose", Shape: kinds.String,
		Description: "Only files with this purpose.", Validators: checks{kinds.NotEmpty()}}),
	Description: object.Description{
		Resource: "A file on the server, for vector stores, batches and requests.\n\n" +
			"Changing the content or name replaces the file: the API has no way to change one. Terraform compares the content by its SHA-256, which is in the plan. With `lifecycle { create_before_destroy = true }` the new file is there before the old one goes, so that what uses it is never without.\n\n" +
			"Files of more than 512 MB are uploaded in parts, of up to 8 GB in all.",
		DataSource:  "An existing file, looked up by ID, or by name and purpose.",
		DataSources: "The files of the project: all of them, or those with one purpose.",
		List:        "The files of the project: all of them, or those with one purpose.",
	},
	Validate: validate, Limits: limits, Plan: plan, Create: upload, Refreshed: refreshed, Repeatable: true,
}
