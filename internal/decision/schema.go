package decision

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

type checks = []validator.Describer

// The types of questions, which are those of their answers as well.
const (
	predicate = "predicate"
	choice    = "choice"
	score     = "score"

	refusal = "refusal" // the type of an answer that is none, and the word for it in fail_on
)

var contentPart = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The type of part: `input_text`, `input_image` or `input_json`.", Validators: checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "text", Shape: kinds.String,
		Description: "The text, for the type `input_text`."},
	kinds.Attribute{Name: "image_url", Shape: kinds.String, Rewrite: wire.DataURL,
		Description: "The image, for the type `input_image`: an `https://` or `data:` URL, or the image itself in base64, as `filebase64(\"photo.png\")` gives it. PNG, JPEG, GIF and WebP are recognised."},
	kinds.Attribute{Name: "detail", Shape: kinds.String,
		Description: "How closely the model looks at an image: `low`, `high`, `auto` or `original`. The API's default is `auto`."},
	kinds.Attribute{Name: "data", Shape: kinds.JSON,
		Description: "An object or a list of objects, as JSON, for the type `input_json`: `jsonencode(local.settings)`.", Validators: checks{aDocument}},
	kinds.Attribute{Name: "prompt_cache_breakpoint", Shape: kinds.Object, Block: true,
		Description: "Marks the end of a part of the input that is worth keeping in OpenAI's prompt cache. At most four in each request.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "mode", Shape: kinds.String, Mode: kinds.Required, Description: "The type of breakpoint: `explicit`."},
		)},
)

var message = kinds.Declare(
	kinds.Attribute{Name: "role", Shape: kinds.String, Mode: kinds.Required,
		Description: "Who is speaking: `user`, `assistant`, or `developer` or `system` for instructions.",
		Validators:  checks{kinds.OneOf("user", "assistant", "developer", "system")}},
	kinds.Attribute{Name: "content", Shape: kinds.String,
		Description: "The text of the message. Use either this or `content_part`."},
	kinds.Attribute{Name: "content_part", Wire: "content", Shape: kinds.Objects, Fields: contentPart, Block: true,
		Description: "The message in parts: text, images, JSON."},
)

var question = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "What is asked for: `predicate` (how likely a statement is true), `choice` (one of `choices`) or `score` (a number on the scale of `levels`).",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "name", Shape: kinds.String,
		Description: "The name of the question, by which its answer is found: `probabilities[\"safe\"]`. Without one, its position is used: `probabilities[\"0\"]`.",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "instructions", Shape: kinds.String,
		Description: "The statement that is judged, for the type `predicate`; otherwise what to choose or to rate. Use either this or `instructions_json`.",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "instructions_json", Wire: "instructions", Shape: kinds.JSON,
		Description: "Instructions in parts, as JSON with the API's names: `jsonencode([{ type = \"input_text\", text = \"…\" }, { type = \"input_image\", image_url = \"…\" }])`.",
		Validators:  checks{aList}},
	kinds.Attribute{Name: "choices", Shape: kinds.Objects,
		Description: "What there is to choose from, for the type `choice`. At OpenAI, 2 to 255 choices.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "value", Shape: kinds.String, Description: "The choice, as text. Use either this or `value_bool`."},
			kinds.Attribute{Name: "value_bool", Wire: "value", Shape: kinds.Bool, Description: "The choice, as a truth value. In the answer it is the text `true` or `false`."},
			kinds.Attribute{Name: "description", Shape: kinds.String, Description: "When this is the right choice."},
		)},
	kinds.Attribute{Name: "levels", Shape: kinds.Objects,
		Description: "The scale, lowest level first, for the type `score`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "label", Shape: kinds.String, Mode: kinds.Required, Description: "The name of the level."},
			kinds.Attribute{Name: "description", Shape: kinds.String, Description: "What is on this level."},
		)},
	kinds.Attribute{Name: "extra", Shape: kinds.JSON, Extra: true,
		Description: "A JSON object with further members of the question, such as those of a type that the provider does not know. It cannot contain anything that has an argument of its own."},
)

// maxQuestions and the bounds of choices are OpenAI's limits.
const (
	maxQuestions = 400
	minChoices   = 2
	maxChoices   = 255
)

var request = kinds.Declare(
	kinds.Attribute{Name: "model", Shape: kinds.String, Mode: kinds.Required,
		Description: "The ID of the model that decides, such as `gpt-6-luna`. Any name is passed on to the server; `response_model` says which model answered.",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "input", Shape: kinds.String,
		Description: "The text that all questions are about. Use either this, `message` or `input_json`."},
	kinds.Attribute{Name: "message", Wire: "input", Shape: kinds.Objects, Fields: message, Block: true,
		Description: "What the questions are about, as a conversation or with images: a message with `content_part` blocks."},
	kinds.Attribute{Name: "input_json", Wire: "input", Shape: kinds.JSON,
		Description: "What the questions are about, as a JSON list with the API's names, which can also have tool calls and their outputs (`function_call`, `function_call_output`, `custom_tool_call`, `custom_tool_call_output`).",
		Validators:  checks{aList}},
	kinds.Attribute{Name: "questions", Shape: kinds.Objects, Fields: question, Mode: kinds.Required,
		Description: "The questions. At OpenAI, at most 400 in one request.", Validators: checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "prompt_cache_key", Shape: kinds.String,
		Description: "Requests with the same key are more likely to share OpenAI's prompt cache, which makes them faster and cheaper."},
	kinds.Attribute{Name: "prompt_cache_options", Shape: kinds.Object, Block: true,
		Description: "How OpenAI caches the input.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "mode", Shape: kinds.String,
				Description: "Who chooses what is cached: `implicit` (OpenAI, besides your breakpoints) or `explicit` (only your `prompt_cache_breakpoint` blocks)."},
			kinds.Attribute{Name: "ttl", Shape: kinds.String, Description: "The minimum time that a breakpoint is kept: `30m`."},
		)},
	kinds.Attribute{Name: "safety_identifier", Shape: kinds.String,
		Description: "A stable identifier of your end user, which helps OpenAI detect abuse. Use a hash, not a name."},
)

var response = kinds.Declare(
	kinds.Attribute{Name: "answers", Shape: kinds.Objects, Mode: kinds.Computed,
		Description: "The answers, in the order of the questions.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Description: "The type of the question: `predicate`, `choice` or `score`; or `refusal` if the model declined to answer it."},
			kinds.Attribute{Name: "name", Shape: kinds.String, Description: "The name of the question. Null if it has none."},
			kinds.Attribute{Name: "probability", Shape: kinds.Float64, Description: "How likely the statement is true, from 0 to 1. Null for other types."},
			kinds.Attribute{Name: "choice", Shape: kinds.String, Description: "The value of the choice that was made. Null for other types."},
			kinds.Attribute{Name: "score", Shape: kinds.Float64, Description: "The score, which can be a fraction: compare it with the numbers of the levels in `probabilities`. Null for other types."},
			kinds.Attribute{Name: "confidence", Shape: kinds.Float64, Description: "How confident the model is of a choice or a score, from 0 to 1. Null for other types."},
			kinds.Attribute{Name: "probabilities", Shape: kinds.Objects, Description: "How likely each choice or level is. Null for other types.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "value", Shape: kinds.String, Description: "The value of the choice, or the number of the level, as text."},
					kinds.Attribute{Name: "label", Shape: kinds.String, Description: "The label of the level. Null for a choice."},
					kinds.Attribute{Name: "probability", Shape: kinds.Float64, Description: "How likely it is, from 0 to 1."},
				)},
			kinds.Attribute{Name: "extra", Shape: kinds.JSON, Extra: true, Description: "Anything else the server says in the answer, as JSON. Null if there is nothing."},
		)},
	kinds.Attribute{Name: "usage", Shape: kinds.Object, Mode: kinds.Computed,
		Description: "How many tokens the request used. Null if the server does not say.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "input_tokens", Shape: kinds.Int64, Description: "Tokens in the input and the questions."},
			kinds.Attribute{Name: "input_tokens_details", Shape: kinds.Object, Description: "Which of these are special.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "cached_tokens", Shape: kinds.Int64, Description: "Tokens that came from the cache."},
					kinds.Attribute{Name: "cache_write_tokens", Shape: kinds.Int64, Description: "Tokens that were written to the cache."},
				)},
			kinds.Attribute{Name: "output_tokens", Shape: kinds.Int64, Description: "Tokens in the answers."},
			kinds.Attribute{Name: "output_tokens_details", Shape: kinds.Object, Description: "Which of these are special.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "reasoning_tokens", Shape: kinds.Int64, Description: "Tokens that the model thought with."},
				)},
			kinds.Attribute{Name: "total_tokens", Shape: kinds.Int64, Description: "All tokens together."},
		)},
	kinds.Attribute{Name: "response_model", Wire: "model", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The model that answered."},
)

var derived = kinds.Declare(
	kinds.Attribute{Name: "probability", Shape: kinds.Float64, Mode: kinds.Computed, Local: true,
		Description: "How likely the statement of a single question of the type `predicate` is true, from 0 to 1. Otherwise null."},
	kinds.Attribute{Name: "choice", Shape: kinds.String, Mode: kinds.Computed, Local: true,
		Description: "The choice of a single question of that type. Otherwise null."},
	kinds.Attribute{Name: "score", Shape: kinds.Float64, Mode: kinds.Computed, Local: true,
		Description: "The score of a single question of that type. Otherwise null."},
	kinds.Attribute{Name: "probabilities", Shape: kinds.Float64Map, Mode: kinds.Computed, Local: true,
		Description: "How likely each statement is true, by the name of the question: `probabilities[\"safe\"]`. Null if no question is of the type `predicate`."},
	kinds.Attribute{Name: "choices", Shape: kinds.StringMap, Mode: kinds.Computed, Local: true,
		Description: "The choices, by the name of the question. Null if no question is of the type `choice`."},
	kinds.Attribute{Name: "scores", Shape: kinds.Float64Map, Mode: kinds.Computed, Local: true,
		Description: "The scores, by the name of the question. A score can be a fraction; `answers[*].probabilities` has the number of each level. Null if no question is of the type `score`."},
	kinds.Attribute{Name: "refusals", Shape: kinds.Strings, Mode: kinds.Computed, Local: true,
		Description: "The names of the questions that the model declined to answer. Empty if it answered all."},
)

var kind = &answer.Kind{
	Type: "decision", Noun: "decision", Endpoint: []string{"decisions"},
	Request: request, Answer: response, Derived: derived,
	Description: answer.Description{
		Resource: "Asks questions about a text or a picture that have a typed answer: how likely a statement is true, one of some choices, or a score. The answers are kept in the state.\n\n" +
			"The request is sent when the resource is created, and again, in place, when the request or `triggers` change. Planning and refreshing make no call.",
		DataSource: "Asks questions about a text or a picture that have a typed answer, each time Terraform reads it, which is on each plan: for a `check`, a `precondition` or a `postcondition`. " +
			"**Each read is billed**, unless the provider has `recordings`; the resource `openai_decision` asks once.",
	},
	Validate: validate, Limits: limits, Read: read, Absent: absent,
	Findings: findings, Text: text, Usage: used,
	FailOn: &answer.FailOn{
		Description: "What makes the answers fail: `refusal` (the model declined to answer a question). An answer that fails is not reused from recordings, and the next apply asks again. " +
			"Default: `[\"refusal\"]`. With `[]`, refusals are kept; see `refusals`. An answer that is missing, or is not of the question's type, always fails.",
		Default: func(wire.Fields, bool) (fails, warns []string) { return []string{refusal}, nil },
	},
	Tokens: func(body []byte) (input, output int) { return len(body) / bytesPerToken, 0 },
}

const bytesPerToken = 4 // of text, about

// Area is what the area offers.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{kind.Resource()},
	DataSources: []func() datasource.DataSource{kind.DataSource()},
}
