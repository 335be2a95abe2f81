package response

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// checks keeps the declarations short.
type checks = []validator.Describer

var contentPart = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The type of part: `input_text`, `input_image` or `input_file`; in a message with the role `assistant`, `output_text` or `refusal`. For any other type, put the content in `extra`."},
	kinds.Attribute{Name: "text", Shape: kinds.String,
		Description: "The text, for the types `input_text` and `output_text`."},
	kinds.Attribute{Name: "image_url", Shape: kinds.String, Rewrite: wire.DataURL,
		Description: "Where the image is, for the type `input_image`: an `https://` or `data:` URL, or the image itself in base64, as `filebase64(\"photo.png\")` gives it. PNG, JPEG, GIF and WebP are recognised. Use either this or `file_id`."},
	kinds.Attribute{Name: "file_id", Shape: kinds.String,
		Description: "The ID of an uploaded file, for the types `input_image` and `input_file`: `openai_file.x.id`."},
	kinds.Attribute{Name: "file_url", Shape: kinds.String,
		Description: "Where the file is, for the type `input_file`."},
	kinds.Attribute{Name: "file_data", Shape: kinds.String, Rewrite: wire.DataURL,
		Description: "The file itself, for the type `input_file`: a `data:` URL or base64, as `filebase64(\"report.pdf\")` gives it. PDF is recognised."},
	kinds.Attribute{Name: "filename", Shape: kinds.String,
		Description: "The name of the file in `file_data`. The model sees it."},
	kinds.Attribute{Name: "detail", Shape: kinds.String,
		Description: "How closely the model looks at an image (`auto`, `low`, `high` or `original`) or at a file (`auto`, `low` or `high`). More detail costs more tokens. The provider sends `auto` for an image if this is left out."},
	kinds.Attribute{Name: "refusal", Shape: kinds.String,
		Description: "What the model said when it refused, for the type `refusal`."},
	generation.FurtherMembers("A JSON object with further members of this part: `jsonencode({ prompt_cache_breakpoint = { mode = \"explicit\" } })`. It cannot contain anything that has an argument of its own."),
)

var message = kinds.Declare(
	kinds.Attribute{Name: "role", Shape: kinds.String, Mode: kinds.Required,
		Description: "Who is speaking: `system` or `developer` (instructions for the model), `user`, `assistant` (an earlier answer), or `tool` (the result of a tool call, which is sent as an item of the type `function_call_output`).",
		Validators:  checks{kinds.OneOf("system", "developer", "user", "assistant", "tool")}},
	kinds.Attribute{Name: "content", Shape: kinds.String,
		Description: "The text of the message, or the result of the tool."},
	kinds.Attribute{Name: "content_wo", Wire: "content", Shape: kinds.String, WriteOnly: true,
		Description: "Like `content`, for text that contains a secret: it is sent, but stored neither in the plan nor in the state. Changes are detected through `content_wo_version`. The model may repeat the secret in its answer, which is stored. Terraform 1.11 or OpenTofu 1.11 and later."},
	kinds.Attribute{Name: "content_part", Wire: "content", Shape: kinds.Objects, Fields: contentPart, Block: true,
		Description: "The message in parts, instead of `content`: text, images, files."},
	kinds.Attribute{Name: "tool_call_id", Shape: kinds.String,
		Description: "The ID of the tool call that this message answers, for the role `tool`: `openai_response.ask.tool_calls[0].id`."},
	kinds.Attribute{Name: "tool_calls", Shape: kinds.Objects, Fields: generation.ToolCalls,
		Description: "The tool calls of an earlier answer, for the role `assistant`: `openai_response.ask.tool_calls`. They are sent as items of the type `function_call` or `custom_tool_call`. Not needed with `previous_response_id`. A reasoning model works better if it gets its reasoning back as well: use `previous_response_id`, or `input_items` with `output_json`."},
	kinds.Attribute{Name: "phase", Shape: kinds.String,
		Description: "The phase of an earlier answer, for the role `assistant`: `commentary` or `final_answer`. Newer models expect it back."},
	generation.FurtherMembers("A JSON object with further members of this message. It cannot contain anything that has an argument of its own."),
)

// list accepts the text of a JSON list of objects.
func list(argument, what string) validator.String {
	return kinds.JSONText("a JSON list of "+what, "Invalid "+argument, func(s string) error {
		v, err := jsontext.Parse(s)
		if err != nil {
			return fmt.Errorf("the text is not valid JSON: %w. Use jsonencode([ … ]) to write it", err)
		}
		items, ok := v.([]any)
		if !ok {
			return fmt.Errorf("the JSON must be a list of %s: jsonencode([ … ])", what)
		}
		for i, item := range items {
			if _, ok := item.(map[string]any); !ok {
				return fmt.Errorf("[%d] is not an object, as each of the %s must be", i, what)
			}
		}
		return nil
	})
}

// input are the arguments that say what is asked; the rest says how.
var input = kinds.Declare(
	kinds.Attribute{Name: "model", Shape: kinds.String, Mode: kinds.Required,
		Description: "The ID of the model to ask, such as `gpt-5.4`. Any name is passed on to the server; `response_model` says which model answered.",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "instructions", Shape: kinds.String,
		Description: "Instructions for the model, before everything else. They are not carried over by `previous_response_id`."},
	kinds.Attribute{Name: "input", Shape: kinds.String,
		Description: "What the user says: a text. For a conversation, images or files, use `message` blocks or `input_items`."},
	kinds.Attribute{Name: "message", Wire: "input", Shape: kinds.Objects, Fields: message, Block: true,
		Description: "The conversation so far, oldest message first, instead of `input`."},
	kinds.Attribute{Name: "input_items", Wire: "input", Shape: kinds.JSON,
		Description: "The input as JSON text, a list of items of any type, instead of `input` or `message` blocks: `input_items = jsonencode(concat(local.items, jsondecode(openai_response.ask.output_json), [{ type = \"function_call_output\", call_id = openai_response.ask.tool_calls[0].id, output = \"…\" }]))`. It is compared by value: key order and white space do not matter, and neither does which of the three arguments holds the input.",
		Validators:  checks{list("input_items", "items")}},
	kinds.Attribute{Name: "previous_response_id", Shape: kinds.String,
		Description: "The ID of a stored response that this one goes on from: `openai_response.first.id`. The model gets what went before. The older response must still be on the server: it is deleted there when its resource is destroyed or its answer replaced, and kept for 30 days at most. Use either this or `conversation_id`."},
	kinds.Attribute{Name: "conversation_id", Wire: "conversation", Shape: kinds.String,
		Description: "The ID of a conversation: `openai_conversation.x.id`. The model gets its items, and input and answer are **added to it**, which destroying the resource does not undo. Within a run, the provider asks for one answer at a time in a conversation; their order is the one in which Terraform gets to them, unless you use `depends_on`."},
)

var reasoning = kinds.Attribute{Name: "reasoning", Shape: kinds.Object, Block: true,
	Description: "How a reasoning model thinks.",
	Fields: kinds.Declare(
		kinds.Attribute{Name: "effort", Shape: kinds.String,
			Description: "How much it thinks before it answers: `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`, depending on the model. Less is faster and cheaper."},
		kinds.Attribute{Name: "summary", Shape: kinds.String,
			Description: "Give a summary of the reasoning, in `output_json`: `auto`, `concise` or `detailed`."},
		kinds.Attribute{Name: "mode", Shape: kinds.String,
			Description: "The mode of reasoning: `standard` or `pro`, depending on the model."},
		kinds.Attribute{Name: "context", Shape: kinds.String,
			Description: "Which earlier reasoning the model gets: `auto`, `current_turn` or `all_turns`, depending on the model."},
	)}

var text = kinds.Attribute{Name: "text", Shape: kinds.Object, Block: true,
	Description: "What the text of the answer is like.",
	Fields: kinds.Declare(
		kinds.Attribute{Name: "format", Shape: kinds.Object, Block: true,
			Description: "The format of the text.",
			Fields: kinds.Declare(
				kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
					Description: "The format: `text`; `json_schema` for JSON that follows a schema; or the older `json_object` for any JSON object (the input must then ask for JSON explicitly, or OpenAI rejects the request).",
					Validators:  checks{kinds.OneOf("text", "json_object", "json_schema")}},
				kinds.Attribute{Name: "name", Shape: kinds.String,
					Description: "The name of the format, for the type `json_schema`. At OpenAI, 1 to 64 letters, digits, underscores and dashes."},
				kinds.Attribute{Name: "description", Shape: kinds.String,
					Description: "What the format is for, so that the model can use it well."},
				kinds.Attribute{Name: "schema", Shape: kinds.JSON,
					Description: "The JSON Schema, for the type `json_schema` (Structured Outputs), usually written with `jsonencode`. It is checked at plan time, and the answer is checked against it: an answer that does not match, is cut off or is a refusal is an error, unless `fail_on` says otherwise. Schemas are compared by value: key order and white space do not matter.",
					Validators:  checks{kinds.JSONObject()}},
				kinds.Attribute{Name: "strict", Shape: kinds.Bool,
					Description: "Make the model follow the schema exactly. Only a subset of JSON Schema is then allowed, with every property required and `additionalProperties = false`; `provider::openai::strict_schema` converts an ordinary schema. The API's default is `false`."},
			)},
		kinds.Attribute{Name: "verbosity", Shape: kinds.String,
			Description: "How long the answer is: `low`, `medium` or `high`. The API's default is `medium`."},
	)}

// using are the arguments about tools.
var using = kinds.Declare(
	kinds.Attribute{Name: "tool", Wire: "tools", Shape: kinds.Objects, Fields: tool, Block: true,
		Description: "A tool that the model may use. A function or a custom tool is yours to run: the call is in `tool_calls`. The others run at OpenAI while the answer is made; what they did is in `output_json`, and what they found in `citations`."},
	kinds.Attribute{Name: "tool_json", Shape: kinds.JSON,
		Description: "Further tools as JSON text, a list of objects in the API's own form, for those that have no block: `jsonencode([{ type = \"image_generation\" }])`. They come after those in `tool` blocks.",
		Validators:  checks{list("tool_json", "tools")}},
	kinds.Attribute{Name: "tool_choice", Shape: kinds.JSONOrString,
		Description: "Which tool the model uses: `none`, `auto`, `required` (at least one), or JSON that names one, `jsonencode({ type = \"function\", name = \"…\" })` or `jsonencode({ type = \"file_search\" })`, or several to choose from, `jsonencode({ type = \"allowed_tools\", mode = \"auto\", tools = […] })`. The API's default is `auto` if there are tools.",
		Validators:  checks{generation.WordOrJSON("tool_choice")}},
	kinds.Attribute{Name: "parallel_tool_calls", Shape: kinds.Bool,
		Description: "Whether the model may call several tools at once. The API's default is `true`."},
)

// Request declares the arguments that make up the request.
var Request = kinds.Join(input, kinds.Declare(
	kinds.Attribute{Name: "max_output_tokens", Shape: kinds.Int64,
		Description: "The maximum number of tokens the model may generate, including reasoning tokens. An answer that needs more is cut off: its `status` is `incomplete`, and its `incomplete_reason` `max_output_tokens`. At OpenAI, at least 16."},
	kinds.Attribute{Name: "max_tool_calls", Shape: kinds.Int64,
		Description: "How many calls of tools that run at OpenAI the answer may take in all. One request can otherwise make many, and each costs."},
	kinds.Attribute{Name: "temperature", Shape: kinds.Float64,
		Description: "How random the answer is, from `0` (almost the same on each call) to `2`. The API's default is 1. Change either this or `top_p`, not both. Reasoning models do not accept it.",
		Validators:  checks{kinds.Between(0, 2)}},
	kinds.Attribute{Name: "top_p", Shape: kinds.Float64,
		Description: "Nucleus sampling: only the tokens that make up this share of the probability are considered, from `0` to `1`. The API's default is 1.",
		Validators:  checks{kinds.Between(0, 1)}},
	kinds.Attribute{Name: "top_logprobs", Shape: kinds.Int64,
		Description: "How many of the most likely tokens to report at each position, in `output_json`. At OpenAI, at most 20; it needs `message.output_text.logprobs` in `include`.",
		Validators:  checks{kinds.AtLeast(0)}},
	reasoning, text,
), using, kinds.Declare(
	kinds.Attribute{Name: "include", Shape: kinds.Strings,
		Description: "What the answer shall contain besides, in `output_json`, such as `file_search_call.results`, `web_search_call.action.sources`, `code_interpreter_call.outputs`, `message.output_text.logprobs` or `reasoning.encrypted_content`."},
	kinds.Attribute{Name: "stream", Shape: kinds.Bool,
		Description: "Receive the answer piece by piece (server-sent events). The state is the same either way. Streaming keeps a proxy that closes idle connections from cutting off a long answer. With `background`, it has no effect."},
	kinds.Attribute{Name: "stream_options", Shape: kinds.Object, Block: true,
		Description: "Options for `stream = true`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "include_obfuscation", Shape: kinds.Bool,
				Description: "Add random characters to the events, so that their sizes reveal nothing to an eavesdropper. The API's default is `true`; `false` saves bandwidth."},
		)},
	kinds.Attribute{Name: "background", Shape: kinds.Bool,
		Description: "Have the server make the answer on its own time: it gives an ID at once, and the provider asks for the answer until it is there. Use it for whatever takes minutes. **In the resource, it is paid for once, whatever happens**: after a lost connection, a timeout, Ctrl-C or a killed process, the next apply waits for the same answer (its ID is noted below Terraform's data directory, `.terraform/openai`; keep that between CI jobs). OpenAI takes no `store = false` with it. Changing it does not ask again."},
	kinds.Attribute{Name: "store", Shape: kinds.Bool,
		Description: "Keep the response on the server, prompt and answer, for 30 days: to go on from it with `previous_response_id`, or to read it with the data source. **The API's default is `true`.** The resource deletes the response from the server when it is destroyed, or when another answer has replaced it, unless `skip_destroy` is set. Ephemeral resources and actions, which delete nothing, send `false` unless you say otherwise. Set it to `false` if nothing is to be kept there."},
	kinds.Attribute{Name: "metadata", Shape: kinds.StringMap,
		Description: "Labels of the response. At OpenAI, at most 16, with keys of at most 64 and values of at most 512 characters. The API cannot change those of a response that is there: changing them here changes the state only."},
	kinds.Attribute{Name: "service_tier", Shape: kinds.String,
		Description: "The class of service: `auto`, `default`, `flex`, `scale` or `priority`, depending on your account. `response_service_tier` says which one was used."},
	kinds.Attribute{Name: "truncation", Shape: kinds.String,
		Description: "What happens if the input is too long for the model: `disabled` (the API's default: the request fails) or `auto` (the oldest items are left out). Deprecated by OpenAI in favour of `context_management`."},
	kinds.Attribute{Name: "context_management", Shape: kinds.Objects, Block: true,
		Description: "What the server does when the context grows long.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
				Description: "What it does: `compaction`."},
			kinds.Attribute{Name: "compact_threshold", Shape: kinds.Int64,
				Description: "From how many tokens on. At OpenAI, at least 1000."},
		)},
	generation.Moderation,
	kinds.Attribute{Name: "prompt_cache_key", Shape: kinds.String,
		Description: "Requests with the same key are more likely to share OpenAI's prompt cache, which makes them faster and cheaper."},
	kinds.Attribute{Name: "prompt_cache_retention", Shape: kinds.String,
		Description: "How long the prompt stays in OpenAI's cache: `in_memory` or `24h`. Deprecated by OpenAI in favour of `prompt_cache_options`."},
	kinds.Attribute{Name: "prompt_cache_options", Shape: kinds.Object, Block: true,
		Description: "How OpenAI caches the prompt (gpt-5.6 and later).",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "mode", Shape: kinds.String,
				Description: "Who chooses what is cached: `implicit` (OpenAI, besides your breakpoints) or `explicit` (only your breakpoints)."},
			kinds.Attribute{Name: "ttl", Shape: kinds.String,
				Description: "The minimum time that a breakpoint is kept: `30m`."},
		)},
	kinds.Attribute{Name: "safety_identifier", Shape: kinds.String,
		Description: "A stable identifier of your end user, which helps OpenAI detect abuse. Use a hash, not a name. At OpenAI, at most 64 characters."},
))
