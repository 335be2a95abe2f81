package response

import (
	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

var citation = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Description: "The type of citation: `url_citation`, `file_citation`, `container_file_citation` or `file_path`."},
	kinds.Attribute{Name: "url", Shape: kinds.String, Description: "The address of a web page. Null for a file."},
	kinds.Attribute{Name: "title", Shape: kinds.String, Description: "The title of a web page. Null for a file."},
	kinds.Attribute{Name: "file_id", Shape: kinds.String, Description: "The ID of a file. Null for a web page."},
	kinds.Attribute{Name: "filename", Shape: kinds.String, Description: "The name of a file. Null for a web page."},
	kinds.Attribute{Name: "container_id", Shape: kinds.String, Description: "The ID of the container that has the file, for `container_file_citation`."},
	kinds.Attribute{Name: "start_index", Shape: kinds.Int64, Description: "Where in the text the citation begins, in characters from 0. Null for `file_citation`, which has `index`."},
	kinds.Attribute{Name: "end_index", Shape: kinds.Int64, Description: "Where in the text the citation ends."},
	kinds.Attribute{Name: "index", Shape: kinds.Int64, Description: "The place in the text that `file_citation` is about."},
)

// Answer declares what comes back.
var Answer = kinds.Join(said, kinds.Declare(
	kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The ID of the response on the server."},
	kinds.Attribute{Name: "status", Shape: kinds.String, Mode: kinds.Computed,
		Description: "What became of it: `completed`, `incomplete` (see `incomplete_reason`), `failed` (see `error`) or `cancelled`."},
	kinds.Attribute{Name: "error", Shape: kinds.Object, Mode: kinds.Computed,
		Description: "Why the response failed. Null if it did not.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "code", Shape: kinds.String, Description: "The error code."},
			kinds.Attribute{Name: "message", Shape: kinds.String, Description: "The error in the server's words."},
		)},
	kinds.Attribute{Name: "usage", Shape: kinds.Object, Mode: kinds.Computed,
		Description: "How many tokens the response used. Null if the server does not say.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "input_tokens", Shape: kinds.Int64, Description: "Tokens in the input, and in what tools added to it."},
			kinds.Attribute{Name: "output_tokens", Shape: kinds.Int64, Description: "Tokens in the output, reasoning included."},
			kinds.Attribute{Name: "total_tokens", Shape: kinds.Int64, Description: "The sum of both."},
			kinds.Attribute{Name: "input_tokens_details", Shape: kinds.Object, Description: "Details of the input's tokens. Null if the server does not say.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "cached_tokens", Shape: kinds.Int64, Description: "Tokens that were read from the cache, which are cheaper."},
					kinds.Attribute{Name: "cache_write_tokens", Shape: kinds.Int64, Description: "Tokens that were written to the cache."},
				)},
			kinds.Attribute{Name: "output_tokens_details", Shape: kinds.Object, Description: "Details of the output's tokens. Null if the server does not say.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "reasoning_tokens", Shape: kinds.Int64, Description: "Tokens that the model used for reasoning."},
				)},
		)},
	kinds.Attribute{Name: "created_at", Shape: kinds.Int64, Mode: kinds.Computed,
		Description: "When the response was created, in seconds since 1970 (Unix time)."},
	kinds.Attribute{Name: "completed_at", Shape: kinds.Int64, Mode: kinds.Computed,
		Description: "When it was completed, in seconds since 1970 (Unix time). Null if it was not, or the server does not say."},
	kinds.Attribute{Name: "response_model", Wire: "model", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The model that answered, often a dated version of the one you asked for."},
	kinds.Attribute{Name: "response_service_tier", Wire: "service_tier", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The class of service that was used. Null if the server does not say."},
	generation.ResponseModeration,
))

// said is what the items of an answer say: [normalize] puts it beside them.
var said = kinds.Declare(
	kinds.Attribute{Name: "content", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The text of the answer: what the SDKs call `output_text`. Null if there is none, as when the model calls a tool. If the model comments on its work before it answers (`phase`), only the answer counts."},
	kinds.Attribute{Name: "refusal", Shape: kinds.String, Mode: kinds.Computed,
		Description: "What the model says if it refuses. Null if it answers."},
	kinds.Attribute{Name: "incomplete_reason", Shape: kinds.String, Mode: kinds.Computed,
		Description: "Why the answer is not complete: `max_output_tokens` or `content_filter`. Null if it is."},
	kinds.Attribute{Name: "tool_calls", Shape: kinds.Objects, Fields: generation.ToolCalls, Mode: kinds.Computed,
		Description: "The calls of functions and custom tools that the model makes, with the same type as in `openai_chat_completion`, and as in `message` blocks. Null if there are none."},
	kinds.Attribute{Name: "citations", Shape: kinds.Objects, Fields: citation, Mode: kinds.Computed,
		Description: "The sources of the text, which searches have found, and files that code has made. Null if there are none."},
)

// derived are made here from the answer.
var derived = kinds.Declare(
	kinds.Attribute{Name: "output", Shape: kinds.Dynamic, Mode: kinds.Computed, Local: true,
		Description: "The answer's JSON as a value, if `text.format` asked for JSON: `openai_response.x.output.city`. Null if it did not, or if the answer is not valid JSON, " + generation.OutputLimits + ": `content` has the answer in any case, for `jsondecode`."},
	kinds.Attribute{Name: "output_json", Shape: kinds.String, Mode: kinds.Computed, Local: true,
		Description: "All items of the output as the JSON text that the server sent, without its white space: `jsondecode(openai_response.x.output_json)`. Give them back untouched in `input_items` to go on without `previous_response_id`."},
)
