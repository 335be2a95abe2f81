package embedding

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
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

// maxInputs is the API's limit of texts in one request.
const maxInputs = 2048

var request = kinds.Declare(
	kinds.Attribute{Name: "model", Shape: kinds.String, Mode: kinds.Required,
		Description: "The ID of the model, such as `text-embedding-3-small`. Any name is passed on to the server; `response_model` says which model answered.",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "input", Shape: kinds.String,
		Description: "The text to embed. Use either this or `inputs`. OpenAI's models take at most 8192 tokens.",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "inputs", Wire: "input", Shape: kinds.Strings,
		Description: "Texts to embed in one request, at most 2048. At OpenAI, at most 300,000 tokens in total.",
		Validators: checks{kinds.NotEmpty(), kinds.AtMostElements(maxInputs),
			listvalidator.ValueStringsAre(kinds.NotEmpty())}},
	kinds.Attribute{Name: "dimensions", Shape: kinds.Int64,
		Description: "The length of the vector, if the model can shorten it (`text-embedding-3` and later). The API's default is the model's full length.",
		Validators:  checks{kinds.AtLeast(1)}},
	kinds.Attribute{Name: "encoding_format", Shape: kinds.String,
		Description: "How the server sends the vectors: `base64`, unless you set `float` for a server that does not support it. The attributes are the same either way.",
		Validators:  checks{kinds.OneOf("base64", "float")}},
	kinds.Attribute{Name: "user", Shape: kinds.String,
		Description: "A stable identifier of your end user, which helps OpenAI detect abuse."},
)

var reading = kinds.Declare(
	kinds.Attribute{Name: "include_numbers", Shape: kinds.Bool, Local: true,
		Description: "Keep the vectors as lists of numbers as well, in `embedding` or `embeddings[*].embedding`. They are left out by default, because a list takes about six times the space of `embedding_base64` in the state, and Terraform is slow with long lists."},
)

const base64Text = "The vector in base64: 32-bit floating-point numbers, little-endian, as vector databases and the SDKs accept it."

var response = kinds.Declare(
	kinds.Attribute{Name: "embeddings", Wire: "data", Shape: kinds.Objects, Mode: kinds.Computed, Most: maxInputs,
		Description: "The vectors of `inputs`, in the same order. Null for a single `input`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "index", Shape: kinds.Int64, Description: "The position of the text in `inputs`, from 0."},
			kinds.Attribute{Name: "embedding", Shape: kinds.Float64s, Description: "The vector as numbers. Null unless `include_numbers` is set."},
			kinds.Attribute{Name: "embedding_base64", Wire: "embedding", Shape: kinds.String, Description: base64Text},
		)},
	kinds.Attribute{Name: "usage", Shape: kinds.Object, Mode: kinds.Computed,
		Description: "How many tokens the request used. Null if the server does not say.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "prompt_tokens", Shape: kinds.Int64, Description: "Tokens in the texts."},
			kinds.Attribute{Name: "total_tokens", Shape: kinds.Int64, Description: "Tokens that are billed."},
		)},
	kinds.Attribute{Name: "response_model", Wire: "model", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The model that answered."},
)

var derived = kinds.Declare(
	kinds.Attribute{Name: "embedding", Shape: kinds.Float64s, Mode: kinds.Computed, Local: true,
		Description: "The vector of `input` as numbers. Null for `inputs`, and unless `include_numbers` is set."},
	kinds.Attribute{Name: "embedding_base64", Shape: kinds.String, Mode: kinds.Computed, Local: true,
		Description: base64Text + " Null for `inputs`."},
)

var kind = &answer.Kind{
	Type: "embedding", Noun: "embedding", Endpoint: []string{"embeddings"},
	Request: request, Answer: response, Derived: derived,
	Reading: reading, Reread: reread, Delivery: []string{"encoding_format"},
	Description: answer.Description{
		Resource: "Turns text into a vector, once, and keeps it in the state: for search, clustering and comparison.\n\n" +
			"The request is sent when the resource is created, and again, in place, when the request or `triggers` change. Planning and refreshing make no call.",
		DataSource: "Turns text into a vector each time Terraform reads it, which is on each plan. **Each read is billed**, unless the provider has `recordings`; " +
			"the resource `openai_embedding` asks once.",
		Ephemeral: "Turns text into a vector and keeps nothing in the plan or the state. **It is billed on each run**: Terraform opens an ephemeral resource during `plan`, again during `apply`, and during `destroy`.",
	},
	Validate: validate, Complete: inBase64, Read: read, Absent: absent, Findings: findings,
	Tokens: func(body []byte) (input, output int) { return len(body) / bytesPerToken, 0 },
}

// Area is what the area offers.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{kind.Resource()},
	DataSources: []func() datasource.DataSource{kind.DataSource()},
	Ephemeral:   []func() ephemeral.EphemeralResource{kind.Ephemeral()},
}

func validate(arguments wire.Fields) diag.Diagnostics {
	var diags diag.Diagnostics
	rules.OneOf(&diags, path.Empty(), arguments, "input", "inputs")
	if rules.Missing(arguments.Get("input")) && arguments.Get("inputs").IsNull() {
		rules.Refuse(&diags, path.Empty(), "input", "Missing input", "An embedding needs a text: set input, or inputs for several texts.")
	}
	return diags
}
