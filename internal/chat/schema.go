package chat

import (
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// checks keeps the declarations short.
type checks = []validator.Describer

// tokenID accepts the key of logit_bias.
var tokenID = kinds.Text("a token ID", "Invalid token ID", func(s string) error {
	if _, err := strconv.ParseUint(s, 10, 63); err != nil {
		return fmt.Errorf("%q is not a token ID, which is a whole number such as \"1734\"", s)
	}
	return nil
})

var tool = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The type of tool, which is also the name of the block that describes it: `function` or `custom`. For any other type, such as a tool that is built into a compatible server, put the description in `extra`."},
	kinds.Attribute{Name: "function", Shape: kinds.Object, Block: true,
		Description: "A function that the model may call, for the type `function`.",
		Fields: kinds.Join(generation.Function, kinds.Attributes{
			{Name: "strict", Shape: kinds.Bool,
				Description: "Make the model follow `parameters` exactly. They must then follow the rules of Structured Outputs; `provider::openai::strict_schema` converts an ordinary schema."},
		})},
	kinds.Attribute{Name: "custom", Shape: kinds.Object, Block: true,
		Description: "A tool that takes free-form text, for the type `custom`.",
		Fields:      generation.CustomTool},
	generation.FurtherMembers("A JSON object with further members of this tool, for what compatible servers add to the protocol: `jsonencode({ cache_control = { type = \"ephemeral\" } })`. It cannot contain anything that has an argument or block of its own."),
)

var responseFormat = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The format of the answer: `text`; `json_object` for any JSON object (a message must then ask for JSON explicitly, or OpenAI rejects the request); or `json_schema` for JSON that follows a schema.",
		Validators:  checks{kinds.OneOf("text", "json_object", "json_schema")}},
	kinds.Attribute{Name: "json_schema", Shape: kinds.Object, Block: true,
		Description: "The schema, for the type `json_schema` (Structured Outputs). It is checked at plan time, and the answer is checked against it: an answer that does not match, is cut off or is a refusal is an error, unless `fail_on` says otherwise. Such an answer is not lost: the first answer of a resource is kept in the state even then.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
				Description: "The name of the format. At OpenAI, 1 to 64 letters, digits, underscores and dashes."},
			kinds.Attribute{Name: "description", Shape: kinds.String,
				Description: "What the format is for, so that the model can use it well."},
			kinds.Attribute{Name: "schema", Shape: kinds.JSON,
				Description: "The JSON Schema, usually written with `jsonencode`. Schemas are compared by value: key order and white space do not matter.",
				Validators:  checks{kinds.JSONObject()}},
			kinds.Attribute{Name: "strict", Shape: kinds.Bool,
				Description: "Make the model follow the schema exactly. Only a subset of JSON Schema is then allowed, with every property required and `additionalProperties = false`; `provider::openai::strict_schema` converts an ordinary schema. The API's default is `false`."},
		)},
)

// Request declares the arguments that make up the request.
var Request = kinds.Declare(
	kinds.Attribute{Name: "model", Shape: kinds.String, Mode: kinds.Required,
		Description: "The ID of the model to ask, such as `gpt-5.4`. Any name is passed on to the server; `response_model` says which model answered.",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "message", Wire: "messages", Shape: kinds.Objects, Fields: message, Block: true,
		Description: "The conversation so far, oldest message first. At least one message is required, here or in `messages` or `messages_json`."},
	kinds.Attribute{Name: "messages", Shape: kinds.Objects, Fields: message.WithoutWriteOnly(),
		Description: "The conversation as a value, instead of `message` blocks: `messages = concat(var.history, [{ role = \"user\", content = \"…\" }])`. **Terraform silently drops members that are not listed here, such as `prefix = true`, before the provider sees them**: put those in `extra`, or use `messages_json`, which keeps everything."},
	kinds.Attribute{Name: "messages_json", Wire: "messages", Shape: kinds.JSON,
		Description: "The conversation as JSON text, instead of `message` blocks or `messages`: `messages_json = jsonencode(concat(var.history, [{ role = \"user\", content = \"…\" }]))`. It uses the names of the API (`content` for parts as well) and is sent as it is, with whatever members your server knows. It is compared by value: key order and white space do not matter, and neither does which of the three arguments holds the conversation.",
		Validators:  checks{messagesJSON()}},
	kinds.Attribute{Name: "temperature", Shape: kinds.Float64,
		Description: "How random the answer is, from `0` (almost the same on each call) to `2`. The API's default is 1. Change either this or `top_p`, not both. Reasoning models do not accept it.",
		Validators:  checks{kinds.Between(0, 2)}},
	kinds.Attribute{Name: "top_p", Shape: kinds.Float64,
		Description: "Nucleus sampling: only the tokens that make up this share of the probability are considered, from `0` to `1`. The API's default is 1.",
		Validators:  checks{kinds.Between(0, 1)}},
	kinds.Attribute{Name: "n", Shape: kinds.Int64,
		Description: "How many answers (`choices`) to generate. At OpenAI, at most 128. You pay for each of them. The API's default is 1.",
		Validators:  checks{kinds.AtLeast(1)}},
	kinds.Attribute{Name: "stream", Shape: kinds.Bool,
		Description: "Receive the answer piece by piece (server-sent events). The state is the same either way. Streaming keeps a proxy that closes idle connections from cutting off a long answer."},
	kinds.Attribute{Name: "stream_options", Shape: kinds.Object, Block: true,
		Description: "Options for `stream = true`. For servers that do not know them, set `include_usage = false` and nothing else: no options are sent then.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "include_usage", Shape: kinds.Bool,
				Description: "Report `usage` at the end of the stream. The provider asks for it unless this is `false`."},
			kinds.Attribute{Name: "include_obfuscation", Shape: kinds.Bool,
				Description: "Add random characters to the events, so that their sizes reveal nothing to an eavesdropper. The API's default is `true`; `false` saves bandwidth."},
		)},
	kinds.Attribute{Name: "stop", Shape: kinds.Strings,
		Description: "Sequences at which the model stops. At OpenAI, at most 4. The answer does not contain them. OpenAI's reasoning models do not accept it."},
	kinds.Attribute{Name: "max_tokens", Shape: kinds.Int64,
		Description: "The maximum number of tokens in the answer; a longer answer is cut off with `finish_reason` `length`. Deprecated by OpenAI in favour of `max_completion_tokens`, which its reasoning models require."},
	kinds.Attribute{Name: "max_completion_tokens", Shape: kinds.Int64,
		Description: "The maximum number of tokens the model may generate, including reasoning tokens. A longer answer is cut off with `finish_reason` `length`."},
	kinds.Attribute{Name: "presence_penalty", Shape: kinds.Float64,
		Description: "From `-2` to `2`. Above 0, tokens that have already appeared become less likely, which makes the model more likely to move on to new topics.",
		Validators:  checks{kinds.Between(-2, 2)}},
	kinds.Attribute{Name: "frequency_penalty", Shape: kinds.Float64,
		Description: "From `-2` to `2`. Above 0, tokens become less likely the more often they have appeared, which makes the model repeat itself less.",
		Validators:  checks{kinds.Between(-2, 2)}},
	kinds.Attribute{Name: "logit_bias", Shape: kinds.Int64Map,
		Description: "Token IDs of the model's tokenizer mapped to a bias from `-100` (never choose it) to `100` (always choose it).",
		Validators: checks{
			mapvalidator.KeysAre(tokenID),
			kinds.Between(-100, 100),
		}},
	kinds.Attribute{Name: "logprobs", Shape: kinds.Bool,
		Description: "Report how likely each token of the answer was, in `choices[*].logprobs`."},
	kinds.Attribute{Name: "top_logprobs", Shape: kinds.Int64,
		Description: "How many of the most likely tokens to report at each position. At OpenAI, at most 20. Requires `logprobs = true`.",
		Validators:  checks{kinds.AtLeast(0)}},
	kinds.Attribute{Name: "seed", Shape: kinds.Int64,
		Description: "Asks the server to give the same answer to the same request, without a guarantee. Deprecated by OpenAI."},
	kinds.Attribute{Name: "reasoning_effort", Shape: kinds.String,
		Description: "How much a reasoning model thinks before it answers: `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`, depending on the model. Less is faster and cheaper."},
	kinds.Attribute{Name: "verbosity", Shape: kinds.String,
		Description: "How long the answer is: `low`, `medium` or `high`. The API's default is `medium`."},
	kinds.Attribute{Name: "modalities", Shape: kinds.Strings,
		Description: "What the model answers with: `[\"text\"]`, or `[\"text\", \"audio\"]` for models that can speak, which also requires `audio`."},
	kinds.Attribute{Name: "audio", Shape: kinds.Object, Block: true,
		Description: "How the model speaks. Required if `modalities` contains `audio`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "voice", Shape: kinds.JSONOrString, Mode: kinds.Required,
				Description: "The voice, such as `alloy` or `marin`, or a custom one: `jsonencode({ id = \"voice_…\" })`."},
			kinds.Attribute{Name: "format", Shape: kinds.String, Mode: kinds.Required,
				Description: "The audio format: `wav`, `aac`, `mp3`, `flac`, `opus` or `pcm16`."},
		)},
	kinds.Attribute{Name: "prediction", Shape: kinds.Object, Block: true,
		Description: "What most of the answer is expected to be, such as a file that needs small changes, so that the model answers faster. You also pay for predicted tokens that are not used.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
				Description: "The type of prediction: `content`."},
			kinds.Attribute{Name: "content", Shape: kinds.String,
				Description: "The expected text. Use either this or `content_part`."},
			kinds.Attribute{Name: "content_part", Wire: "content", Shape: kinds.Objects, Fields: textPart, Block: true,
				Description: "The expected text, in parts."},
		)},
	kinds.Attribute{Name: "tool", Wire: "tools", Shape: kinds.Objects, Fields: tool, Block: true,
		Description: "A tool that the model may call. The call, if it makes one, is in `choices[*].message.tool_calls`."},
	kinds.Attribute{Name: "tool_choice", Shape: kinds.JSONOrString,
		Description: "Which tool the model calls: `none`, `auto`, `required` (at least one), or JSON that names one, `jsonencode({ type = \"function\", function = { name = \"…\" } })`, or several to choose from, `jsonencode({ type = \"allowed_tools\", allowed_tools = { mode = \"auto\", tools = […] } })`. The API's default is `auto` if there are tools.",
		Validators:  checks{generation.WordOrJSON("tool_choice")}},
	kinds.Attribute{Name: "parallel_tool_calls", Shape: kinds.Bool,
		Description: "Whether the model may call several tools at once. The API's default is `true`."},
	kinds.Attribute{Name: "functions", Shape: kinds.Objects, Fields: generation.Function, Block: true,
		Description: "Legacy form of `tool`: a function that the model may call. The call, if it makes one, is in `choices[*].message.function_call`. At OpenAI, at most 128."},
	kinds.Attribute{Name: "function_call", Shape: kinds.JSONOrString,
		Description: "Legacy form of `tool_choice`: `none`, `auto`, or JSON that names one of `functions`: `jsonencode({ name = \"…\" })`.",
		Validators:  checks{generation.WordOrJSON("function_call")}},
	kinds.Attribute{Name: "response_format", Shape: kinds.Object, Fields: responseFormat, Block: true,
		Description: "The format of the answer."},
	kinds.Attribute{Name: "web_search_options", Shape: kinds.Object, Block: true,
		Description: "Options for models that search the web. The sources of the answer are in `choices[*].message.annotations`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "search_context_size", Shape: kinds.String,
				Description: "How much of the search results the model reads: `low`, `medium` or `high`. The API's default is `medium`."},
			kinds.Attribute{Name: "user_location", Shape: kinds.Object, Block: true,
				Description: "The location of the user that the search is for.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
						Description: "The type of location: `approximate`."},
					kinds.Attribute{Name: "approximate", Shape: kinds.Object, Block: true, Mode: kinds.Required,
						Description: "The location, as precisely as you like.",
						Fields: kinds.Declare(
							kinds.Attribute{Name: "country", Shape: kinds.String, Description: "The two-letter country code (ISO 3166-1), such as `US`."},
							kinds.Attribute{Name: "region", Shape: kinds.String, Description: "The region, such as `California`."},
							kinds.Attribute{Name: "city", Shape: kinds.String, Description: "The city, such as `San Francisco`."},
							kinds.Attribute{Name: "timezone", Shape: kinds.String, Description: "The IANA time zone, such as `America/Los_Angeles`."},
						)},
				)},
		)},
	generation.Moderation,
	kinds.Attribute{Name: "service_tier", Shape: kinds.String,
		Description: "The class of service: `auto`, `default`, `flex`, `scale`, `priority` or `fast`, depending on your account. `response_service_tier` says which one was used."},
	kinds.Attribute{Name: "store", Shape: kinds.Bool,
		Description: "Keep the completion on the server, for OpenAI's distillation and evaluation products. It is deleted from the server when the resource is destroyed, or when another answer has replaced it, unless `skip_destroy` is set. The API's default is `false`."},
	kinds.Attribute{Name: "metadata", Shape: kinds.StringMap,
		Description: "Labels of a stored completion, to find it again. At OpenAI, at most 16, with keys of at most 64 and values of at most 512 characters. OpenAI accepts them only with `store = true`; the resource then updates them in place."},
	kinds.Attribute{Name: "prompt_cache_key", Shape: kinds.String,
		Description: "Requests with the same key are more likely to share OpenAI's prompt cache, which makes them faster and cheaper."},
	kinds.Attribute{Name: "prompt_cache_retention", Shape: kinds.String,
		Description: "How long the prompt stays in OpenAI's cache: `in_memory` or `24h`. Deprecated by OpenAI in favour of `prompt_cache_options`."},
	kinds.Attribute{Name: "prompt_cache_options", Shape: kinds.Object, Block: true,
		Description: "How OpenAI caches the prompt (gpt-5.6 and later).",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "mode", Shape: kinds.String,
				Description: "Who chooses what is cached: `implicit` (OpenAI, besides your breakpoints) or `explicit` (only your `prompt_cache_breakpoint` blocks)."},
			kinds.Attribute{Name: "ttl", Shape: kinds.String,
				Description: "The minimum time that a breakpoint is kept: `30m`."},
		)},
	kinds.Attribute{Name: "safety_identifier", Shape: kinds.String,
		Description: "A stable identifier of your end user, which helps OpenAI detect abuse. Use a hash, not a name. At OpenAI, at most 64 characters."},
	kinds.Attribute{Name: "user", Shape: kinds.String,
		Description: "An identifier of your end user. Deprecated by OpenAI in favour of `safety_identifier` and `prompt_cache_key`."},
)

// sound is a setting of what has an answer.
var sound = kinds.Declare(
	kinds.Attribute{Name: "include_audio_data", Shape: kinds.Bool, Local: true,
		Description: "Keep the audio of a spoken answer in `choices[*].message.audio.data`. It is left out by default because it is large."},
)
