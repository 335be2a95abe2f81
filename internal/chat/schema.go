package chat

import (
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

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

// function is what the model may call, in `tool { function {} }` and in the
// legacy `functions {}` alike.
var function = kinds.Declare(
	kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
		Description: "The name the model calls the function by: for OpenAI 1 to 64 letters, digits, underscores and dashes."},
	kinds.Attribute{Name: "description", Shape: kinds.String,
		Description: "What the function does. The model decides by it when and how to call the function."},
	kinds.Attribute{Name: "parameters", Shape: kinds.JSON, Mode: kinds.Required,
		Description: "The arguments that the function takes: a JSON Schema of an object, usually written with `jsonencode`. It is compared by value: key order and white space do not count.",
		Validators:  checks{kinds.JSONSchemaOfObject()}},
)

var tool = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The kind of tool, and the name of the block that describes it: `function` or `custom`. What describes another type, such as a tool that a compatible server has built in, goes into `extra`."},
	kinds.Attribute{Name: "function", Shape: kinds.Object, Block: true,
		Description: "A function that the model may call, for the type `function`.",
		Fields: kinds.Join(function, kinds.Attributes{
			{Name: "strict", Shape: kinds.Bool,
				Description: "Make the model keep to `parameters` exactly. These must then keep to the rules of Structured Outputs; `provider::openai::strict_schema` makes an ordinary schema do so."},
		})},
	kinds.Attribute{Name: "custom", Shape: kinds.Object, Block: true,
		Description: "A tool that takes free text, for the type `custom`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
				Description: "The name the model calls the tool by."},
			kinds.Attribute{Name: "description", Shape: kinds.String,
				Description: "What the tool does. The model decides by it when and how to call the tool."},
			kinds.Attribute{Name: "format", Shape: kinds.Object, Block: true,
				Description: "What the tool's input looks like. Without it, any text.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
						Description: "The kind of the format: `text` for any text, or `grammar`."},
					kinds.Attribute{Name: "grammar", Shape: kinds.Object, Block: true,
						Description: "The grammar, for the type `grammar`.",
						Fields: kinds.Declare(
							kinds.Attribute{Name: "definition", Shape: kinds.String, Mode: kinds.Required,
								Description: "The grammar that the input must keep to."},
							kinds.Attribute{Name: "syntax", Shape: kinds.String, Mode: kinds.Required,
								Description: "The language of the definition: `lark` or `regex`."},
						)},
				)},
		)},
	furtherMembers("A JSON object of further members for this tool, for what compatible servers add to the protocol: `jsonencode({ cache_control = { type = \"ephemeral\" } })`. It cannot repeat an argument or block that is declared here."),
)

var responseFormat = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The form of the answer: `text`; `json_object` for any JSON object (a message must then ask for JSON in so many words, or OpenAI refuses the request); or `json_schema` for JSON that keeps to a schema.",
		Validators:  checks{kinds.OneOf("text", "json_object", "json_schema")}},
	kinds.Attribute{Name: "json_schema", Shape: kinds.Object, Block: true,
		Description: "The schema, for the type `json_schema` (Structured Outputs). It is checked at plan time, and the answer is checked against it: one that breaks it, is cut off or is a refusal is an error, unless `fail_on` says otherwise. It is not lost: the first answer of a resource is kept in the state all the same.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
				Description: "The name of the format: for OpenAI 1 to 64 letters, digits, underscores and dashes."},
			kinds.Attribute{Name: "description", Shape: kinds.String,
				Description: "What the format is for. The model answers the better for it."},
			kinds.Attribute{Name: "schema", Shape: kinds.JSON,
				Description: "The JSON Schema, usually written with `jsonencode`. It is compared by value: key order and white space do not count.",
				Validators:  checks{kinds.JSONObject()}},
			kinds.Attribute{Name: "strict", Shape: kinds.Bool,
				Description: "Make the model keep to the schema exactly. Only a part of JSON Schema is then allowed, with every property required and `additionalProperties = false`; `provider::openai::strict_schema` makes an ordinary schema so. The API's default is `false`."},
		)},
)

// moderationConfig is the policy for what goes in, and for what comes out.
var moderationConfig = kinds.Declare(
	kinds.Attribute{Name: "mode", Shape: kinds.String, Mode: kinds.Required,
		Description: "What to do: `score` reports, `block` also stops what is flagged."},
)

// Request declares the arguments that make up the request.
var Request = kinds.Declare(
	kinds.Attribute{Name: "model", Shape: kinds.String, Mode: kinds.Required,
		Description: "The ID of the model to ask, such as `gpt-4o` or `gpt-4`. Any name is passed on to the server; `response_model` tells which model answered.",
		Validators:  checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "message", Wire: "messages", Shape: kinds.Objects, Fields: message, Block: true,
		Description: "The conversation so far, oldest message first. At least one is required, here, in `messages` or in `messages_json`."},
	kinds.Attribute{Name: "messages", Shape: kinds.Objects, Fields: message.WithoutWriteOnly(),
		Description: "The conversation as a value, in place of `message` blocks: `messages = concat(var.history, [{ role = \"user\", content = \"…\" }])`. **Terraform drops members that are not declared here, such as `prefix = true`, without a word, before the provider sees them**: put those into `extra`, or use `messages_json`, which loses nothing."},
	kinds.Attribute{Name: "messages_json", Wire: "messages", Shape: kinds.JSON,
		Description: "The conversation as JSON text, in place of `message` blocks and `messages`: `messages_json = jsonencode(concat(var.history, [{ role = \"user\", content = \"…\" }]))`. It has the names of the API (`content` also for parts) and is sent as it is, with members of any server. It is compared by value: key order and white space do not count, nor does it count in which of the three the same conversation stands.",
		Validators:  checks{messagesJSON()}},
	kinds.Attribute{Name: "temperature", Shape: kinds.Float64,
		Description: "How much the words vary: from `0` (nearly the same at each call) to `2`. The API's default is 1. Change this or `top_p`, not both. Reasoning models refuse it.",
		Validators:  checks{kinds.Between(0, 2)}},
	kinds.Attribute{Name: "top_p", Shape: kinds.Float64,
		Description: "Nucleus sampling: only the tokens that make up this share of the probability are considered, from `0` to `1`. The API's default is 1.",
		Validators:  checks{kinds.Between(0, 1)}},
	kinds.Attribute{Name: "n", Shape: kinds.Int64,
		Description: "How many answers (`choices`) to generate, for OpenAI at most 128. Each is paid for. The API's default is 1.",
		Validators:  checks{kinds.AtLeast(1)}},
	kinds.Attribute{Name: "stream", Shape: kinds.Bool,
		Description: "Receive the answer piece by piece (server-sent events). The state is the same as without it; it keeps a long answer from being cut off by a proxy that closes idle connections."},
	kinds.Attribute{Name: "stream_options", Shape: kinds.Object, Block: true,
		Description: "Options of `stream = true`, and only of that. For servers that do not know them: `include_usage = false`, and nothing else, sends none.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "include_usage", Shape: kinds.Bool,
				Description: "Report `usage` at the end of the stream. It is asked for unless this is `false`."},
			kinds.Attribute{Name: "include_obfuscation", Shape: kinds.Bool,
				Description: "Add random characters to the events, so that their sizes tell an eavesdropper nothing. The API's default is `true`; `false` saves bandwidth."},
		)},
	kinds.Attribute{Name: "stop", Shape: kinds.Strings,
		Description: "Sequences at which the model stops, for OpenAI at most 4. The answer does not contain them. OpenAI's reasoning models do not accept it."},
	kinds.Attribute{Name: "max_tokens", Shape: kinds.Int64,
		Description: "The most tokens the answer may have; a longer one is cut off with `finish_reason` `length`. Deprecated by OpenAI in favour of `max_completion_tokens`, which its reasoning models ask for."},
	kinds.Attribute{Name: "max_completion_tokens", Shape: kinds.Int64,
		Description: "The most tokens the model may generate, visible ones and those of its reasoning. A longer answer is cut off with `finish_reason` `length`."},
	kinds.Attribute{Name: "presence_penalty", Shape: kinds.Float64,
		Description: "From `-2` to `2`. Above 0, tokens that have already appeared become less likely, so that the model turns to new subjects.",
		Validators:  checks{kinds.Between(-2, 2)}},
	kinds.Attribute{Name: "frequency_penalty", Shape: kinds.Float64,
		Description: "From `-2` to `2`. Above 0, tokens become less likely the more often they have appeared, so that the model repeats itself less.",
		Validators:  checks{kinds.Between(-2, 2)}},
	kinds.Attribute{Name: "logit_bias", Shape: kinds.Int64Map,
		Description: "Token IDs of the model's tokenizer mapped to a bias from `-100` (never choose it) to `100` (always choose it).",
		Validators: checks{
			mapvalidator.KeysAre(tokenID),
			mapvalidator.ValueInt64sAre(kinds.WholeBetween(-100, 100)),
		}},
	kinds.Attribute{Name: "logprobs", Shape: kinds.Bool,
		Description: "Report how likely each token of the answer was, in `choices[*].logprobs`."},
	kinds.Attribute{Name: "top_logprobs", Shape: kinds.Int64,
		Description: "How many of the likeliest tokens to report at each place, for OpenAI at most 20. It needs `logprobs = true`.",
		Validators:  checks{kinds.AtLeast(0)}},
	kinds.Attribute{Name: "seed", Shape: kinds.Int64,
		Description: "Asks for the same answer to the same request, as far as that goes: nothing is promised, and OpenAI has deprecated it."},
	kinds.Attribute{Name: "reasoning_effort", Shape: kinds.String,
		Description: "How much a reasoning model thinks before it answers: `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`, as far as the model has it. Less is faster and cheaper."},
	kinds.Attribute{Name: "verbosity", Shape: kinds.String,
		Description: "How much the model says: `low`, `medium` or `high`. The API's default is `medium`."},
	kinds.Attribute{Name: "modalities", Shape: kinds.Strings,
		Description: "What the model answers with: `[\"text\"]`, or `[\"text\", \"audio\"]` for models that speak; that needs `audio`."},
	kinds.Attribute{Name: "audio", Shape: kinds.Object, Block: true,
		Description: "How the model speaks. Required where `modalities` contains `audio`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "voice", Shape: kinds.JSONOrString, Mode: kinds.Required,
				Description: "The voice, such as `alloy` or `marin`, or a custom one: `jsonencode({ id = \"voice_…\" })`."},
			kinds.Attribute{Name: "format", Shape: kinds.String, Mode: kinds.Required,
				Description: "The format of the sound: `wav`, `aac`, `mp3`, `flac`, `opus` or `pcm16`."},
		)},
	kinds.Attribute{Name: "prediction", Shape: kinds.Object, Block: true,
		Description: "What much of the answer will look like, such as a file with small changes to make: the model answers faster. What it does not use of it is paid for as well.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
				Description: "The kind of the prediction: `content`."},
			kinds.Attribute{Name: "content", Shape: kinds.String,
				Description: "The text that is expected. Either this or `content_part`."},
			kinds.Attribute{Name: "content_part", Wire: "content", Shape: kinds.Objects, Fields: textPart, Block: true,
				Description: "The text that is expected, in parts."},
		)},
	kinds.Attribute{Name: "tool", Wire: "tools", Shape: kinds.Objects, Fields: tool, Block: true,
		Description: "A tool that the model may call. The call, if it makes one, is in `choices[*].message.tool_calls`."},
	kinds.Attribute{Name: "tool_choice", Shape: kinds.JSONOrString,
		Description: "Which tool the model calls: `none`, `auto`, `required` (at least one), or JSON that names one, `jsonencode({ type = \"function\", function = { name = \"…\" } })`, or several to choose from, `jsonencode({ type = \"allowed_tools\", allowed_tools = { mode = \"auto\", tools = […] } })`. The API's default is `auto` where there are tools.",
		Validators:  checks{choiceText("tool_choice")}},
	kinds.Attribute{Name: "parallel_tool_calls", Shape: kinds.Bool,
		Description: "Whether the model may call several tools at once. The API's default is `true`."},
	kinds.Attribute{Name: "functions", Shape: kinds.Objects, Fields: function, Block: true,
		Description: "Legacy form of `tool`: a function that the model may call. The call, if it makes one, is in `choices[*].message.function_call`. For OpenAI at most 128."},
	kinds.Attribute{Name: "function_call", Shape: kinds.JSONOrString,
		Description: "Legacy form of `tool_choice`: `none`, `auto`, or JSON that names one of `functions`: `jsonencode({ name = \"…\" })`.",
		Validators:  checks{choiceText("function_call")}},
	kinds.Attribute{Name: "response_format", Shape: kinds.Object, Fields: responseFormat, Block: true,
		Description: "The form of the answer."},
	kinds.Attribute{Name: "web_search_options", Shape: kinds.Object, Block: true,
		Description: "How a model that searches the web does so. Its sources are in `choices[*].message.annotations`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "search_context_size", Shape: kinds.String,
				Description: "How much of what is found the model reads: `low`, `medium` or `high`. The API's default is `medium`."},
			kinds.Attribute{Name: "user_location", Shape: kinds.Object, Block: true,
				Description: "Where the person is that the search is for.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
						Description: "The kind of the location: `approximate`."},
					kinds.Attribute{Name: "approximate", Shape: kinds.Object, Block: true, Mode: kinds.Required,
						Description: "The location, as exactly as you like.",
						Fields: kinds.Declare(
							kinds.Attribute{Name: "country", Shape: kinds.String, Description: "The country by its two letters (ISO 3166-1), such as `US`."},
							kinds.Attribute{Name: "region", Shape: kinds.String, Description: "The region in words, such as `California`."},
							kinds.Attribute{Name: "city", Shape: kinds.String, Description: "The city in words, such as `San Francisco`."},
							kinds.Attribute{Name: "timezone", Shape: kinds.String, Description: "The time zone by its IANA name, such as `America/Los_Angeles`."},
						)},
				)},
		)},
	kinds.Attribute{Name: "moderation", Shape: kinds.Object, Block: true,
		Description: "Have OpenAI's moderation judge prompt and answer. Its judgement is in `response_moderation`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "model", Shape: kinds.String, Mode: kinds.Required,
				Description: "The moderation model, such as `omni-moderation-latest`."},
			kinds.Attribute{Name: "policy", Shape: kinds.Object, Block: true,
				Description: "What to do about what is flagged.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "input", Shape: kinds.Object, Fields: moderationConfig, Block: true,
						Description: "The policy for the prompt."},
					kinds.Attribute{Name: "output", Shape: kinds.Object, Fields: moderationConfig, Block: true,
						Description: "The policy for the answer."},
				)},
		)},
	kinds.Attribute{Name: "service_tier", Shape: kinds.String,
		Description: "The class of service: `auto`, `default`, `flex`, `scale`, `priority` or `fast`, as far as the account has it. `response_service_tier` tells which one served."},
	kinds.Attribute{Name: "store", Shape: kinds.Bool,
		Description: "Keep the completion on the server, for OpenAI's distillation and evaluation products. The resource deletes it there when it is destroyed, or after another answer has taken its place, unless `skip_destroy` is set; nothing else does. The API's default is `false`."},
	kinds.Attribute{Name: "metadata", Shape: kinds.StringMap,
		Description: "Labels of a stored completion, to find it again: for OpenAI at most 16, with keys of at most 64 and values of at most 512 characters. OpenAI accepts them only with `store = true`; the resource then changes them in place."},
	kinds.Attribute{Name: "prompt_cache_key", Shape: kinds.String,
		Description: "Requests with the same key are likelier to find each other's prompt in OpenAI's cache, which makes them faster and cheaper."},
	kinds.Attribute{Name: "prompt_cache_retention", Shape: kinds.String,
		Description: "How long the prompt stays in OpenAI's cache: `in_memory` or `24h`. Deprecated by OpenAI in favour of `prompt_cache_options`."},
	kinds.Attribute{Name: "prompt_cache_options", Shape: kinds.Object, Block: true,
		Description: "How OpenAI caches the prompt (gpt-5.6 and later).",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "mode", Shape: kinds.String,
				Description: "Who chooses what is cached: `implicit` (OpenAI, besides your breakpoints) or `explicit` (only your `prompt_cache_breakpoint` blocks)."},
			kinds.Attribute{Name: "ttl", Shape: kinds.String,
				Description: "How long a breakpoint stays at the least: `30m`."},
		)},
	kinds.Attribute{Name: "safety_identifier", Shape: kinds.String,
		Description: "A stable identifier of your end user, which helps OpenAI to find abuse: a hash rather than a name, for OpenAI at most 64 characters."},
	kinds.Attribute{Name: "user", Shape: kinds.String,
		Description: "An identifier of your end user. Deprecated by OpenAI in favour of `safety_identifier` and `prompt_cache_key`."},
)

// sound is a setting of what has an answer.
var sound = kinds.Declare(
	kinds.Attribute{Name: "include_audio_data", Shape: kinds.Bool, Local: true,
		Description: "Keep the sound of a spoken answer in `choices[*].message.audio.data`. It is left out otherwise, because it is large."},
)
