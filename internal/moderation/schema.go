package moderation

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

type checks = []validator.Describer

var part = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The type of part, which is also the name of the argument or block that holds it: `text` or `image_url`.",
		Validators:  checks{kinds.OneOf("text", "image_url")}},
	kinds.Attribute{Name: "text", Shape: kinds.String,
		Description: "The text, for the type `text`."},
	kinds.Attribute{Name: "image_url", Shape: kinds.Object, Block: true,
		Description: "The image, for the type `image_url`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "url", Shape: kinds.String, Mode: kinds.Required, Rewrite: wire.DataURL,
				Description: "Where the image is: an `https://` or `data:` URL, or the image itself in base64, as `filebase64(\"photo.png\")` gives it."},
		)},
)

var request = kinds.Declare(
	kinds.Attribute{Name: "model", Shape: kinds.String,
		Description: "The moderation model, such as `omni-moderation-latest`, which is the API's default. Images need an `omni` model.",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "input", Shape: kinds.String,
		Description: "The text to check. Use either this, `inputs` or `input_part`."},
	kinds.Attribute{Name: "inputs", Wire: "input", Shape: kinds.Strings,
		Description: "Texts to check, each on its own. Their results are in `results`.",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "input_part", Wire: "input", Shape: kinds.Objects, Fields: part, Block: true,
		Description: "Texts and images to check together, such as a message with its picture."},
)

var judgement = kinds.Declare(
	kinds.Attribute{Name: "flagged", Shape: kinds.Bool, Description: "Whether the input was flagged in any category."},
	kinds.Attribute{Name: "categories", Shape: kinds.BoolMap, Description: "Whether the input was flagged, by category."},
	kinds.Attribute{Name: "category_scores", Shape: kinds.Float64Map, Description: "How confident the model is, by category, from 0 to 1."},
	kinds.Attribute{Name: "category_applied_input_types", Shape: kinds.StringsMap, Description: "Which types of input were checked, by category: `text`, `image`. Null if the server does not say."},
)

var response = kinds.Declare(
	kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The ID of the moderation on the server."},
	kinds.Attribute{Name: "response_model", Wire: "model", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The model that was used."},
	kinds.Attribute{Name: "results", Shape: kinds.Objects, Fields: judgement, Mode: kinds.Computed,
		Description: "The result for each of `inputs`, in the same order. Null for `input` and `input_part`, which have only one result: see the other attributes."},
)

var derived = kinds.Declare(
	kinds.Attribute{Name: "flagged", Shape: kinds.Bool, Mode: kinds.Computed, Local: true,
		Description: "Whether any of the inputs was flagged in any category."},
	kinds.Attribute{Name: "categories", Shape: kinds.BoolMap, Mode: kinds.Computed, Local: true,
		Description: "Whether any of the inputs was flagged, by category: `categories[\"violence\"]`."},
	kinds.Attribute{Name: "category_scores", Shape: kinds.Float64Map, Mode: kinds.Computed, Local: true,
		Description: "How confident the model is, by category, from 0 to 1: the highest score of all inputs."},
	kinds.Attribute{Name: "category_applied_input_types", Shape: kinds.StringsMap, Mode: kinds.Computed, Local: true,
		Description: "Which types of input were checked, by category, for all inputs: `text`, `image`. Null if the server does not say."},
)

var kind = &answer.Kind{
	Type: "moderation", Noun: "moderation", Endpoint: []string{"moderations"}, Free: true,
	Request: request, Answer: response, Derived: derived,
	Description: answer.Description{
		Resource: "Checks once whether text or images may be harmful, and keeps the result in the state. Moderations are free at OpenAI.\n\n" +
			"The request is sent when the resource is created, and again, in place, when the request or `triggers` change. Planning and refreshing make no call.",
		DataSource: "Checks whether text or images may be harmful each time Terraform reads it, which is on each plan: for a `check`, a `precondition` or a `postcondition`. Moderations are free at OpenAI.",
	},
	Validate: validate, Read: read, Absent: absent, Findings: findings,
}

// Area is what the area offers.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{kind.Resource()},
	DataSources: []func() datasource.DataSource{kind.DataSource()},
}

func validate(arguments wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	names := []string{"input", "inputs", "input_part"}
	one := rules.OneOf(&diags, path.Empty(), arguments, names...)
	absent := true
	for _, name := range names {
		absent = absent && rules.Missing(arguments.Get(name))
	}
	if one == "" && absent && arguments.Get("inputs").IsNull() {
		rules.Refuse(&diags, path.Empty(), "input", "Missing input", "There is nothing to check: set input or inputs, or add input_part blocks.")
	}
	for i, item := range arguments.Items("input_part") {
		fields := wire.Open(item)
		if kind, ok := fields.Text("type"); ok {
			rules.Named(&diags, path.Root("input_part").AtListIndex(i), fields, kind, "text", "image_url")
		}
	}
	return diags
}
