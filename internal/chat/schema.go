package chat

import (
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// checks keeps the declarations below short.
type checks = []validator.Describer

// functionName is OpenAI's rule for the names of functions and schemas.
var functionName = stringvalidator.RegexMatches(regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`),
	"must be 1 to 64 characters: letters, digits, underscores and dashes")

// calledFunction is what a model writes when it calls a function: an argument
// of an assistant message and a part of the answer, with one type for both.
var calledFunction = kinds.Declare(
	kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
		Description: "The name of the function to call."},
	kinds.Attribute{Name: "arguments", Shape: kinds.String, Mode: kinds.Required,
		Description: "The arguments as JSON text, as the model wrote it. It may not be valid JSON and may not keep to the function's schema: check it, for example with `can(jsondecode(…))`."},
)

var toolCalls = kinds.Declare(
	kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Required,
		Description: "The ID of the call. The `tool` message that answers it repeats it as `tool_call_id`."},
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The kind of tool that is called: `function`."},
	kinds.Attribute{Name: "function", Shape: kinds.Object, Fields: calledFunction,
		Description: "The function that is called."},
)

var message = kinds.Declare(
	kinds.Attribute{Name: "role", Shape: kinds.String, Mode: kinds.Required,
		Description: "Who speaks: `system` or `developer` (instructions that set the behaviour of the model), `user`, `assistant` (an earlier answer), `tool` (the result of a tool call), or the legacy `function`.",
		Validators:  checks{stringvalidator.OneOf("system", "developer", "user", "assistant", "tool", "function")}},
	kinds.Attribute{Name: "content", Shape: kinds.String,
		Description: "The text of the message. Required, except for an `assistant` message that carries `tool_calls` or `function_call`, and for the legacy role `function`."},
	kinds.Attribute{Name: "name", Shape: kinds.String,
		Description: "The name of the speaker, to tell several of the same role apart. For the legacy role `function` it is required: the name of the function whose result this is."},
	kinds.Attribute{Name: "tool_call_id", Shape: kinds.String,
		Description: "The ID of the tool call that this message answers. Required for the role `tool`, and not allowed for any other."},
	kinds.Attribute{Name: "tool_calls", Shape: kinds.Objects, Fields: toolCalls,
		Description: "The tool calls of an earlier answer, for the role `assistant`. It has the type of `choices[*].message.tool_calls`, so that the answer of one completion is given as it is: `tool_calls = openai_chat_completion.ask.choices[0].message.tool_calls`."},
	kinds.Attribute{Name: "function_call", Shape: kinds.Object, Fields: calledFunction,
		Description: "The legacy function call of an earlier answer, for the role `assistant`. It has the type of `choices[*].message.function_call`."},
)

// functionFields are what the model may call, in `tool { function {} }` and in
// the legacy `functions {}` alike.
var functionFields = kinds.Declare(
	kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
		Description: "The name the model calls the function by: 1 to 64 letters, digits, underscores and dashes.",
		Validators:  checks{functionName}},
	kinds.Attribute{Name: "description", Shape: kinds.String,
		Description: "What the function does. The model decides by it when and how to call the function."},
	kinds.Attribute{Name: "parameters", Shape: kinds.JSON, Mode: kinds.Required,
		Description: "The arguments that the function takes: a JSON Schema of an object, usually written with `jsonencode`. It is compared by value: key order and white space do not count.",
		Validators:  checks{kinds.JSONSchemaOfObject()}},
)

var tool = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "The kind of tool: `function`.",
		Validators:  checks{stringvalidator.OneOf("function")}},
	kinds.Attribute{Name: "function", Shape: kinds.Object, Fields: functionFields, Block: true, Mode: kinds.Required,
		Description: "The function that the model may call."},
)

var responseFormat = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Mode: kinds.Required,
		Description: "`text`, or `json_object` for an answer that is a valid JSON object; a message must then ask for JSON in so many words, or OpenAI refuses the request.",
		Validators:  checks{stringvalidator.OneOf("text", "json_object")}},
)

// Request declares the arguments that make up the request.
var Request = kinds.Declare(
	kinds.Attribute{Name: "model", Shape: kinds.String, Mode: kinds.Required,
		Description: "The ID of the model to ask, such as `gpt-4o` or `gpt-4`. Any name is passed on to the server; `response_model` tells which model answered.",
		Validators:  checks{stringvalidator.LengthAtLeast(1)}},
	kinds.Attribute{Name: "message", Wire: "messages", Shape: kinds.Objects, Fields: message, Block: true,
		Description: "The conversation so far, oldest message first. At least one is required."},
	kinds.Attribute{Name: "temperature", Shape: kinds.Float64,
		Description: "How much the words vary: from `0` (nearly the same at each call) to `2`. The API's default is 1. Change this or `top_p`, not both. Reasoning models refuse it.",
		Validators:  checks{float64validator.Between(0, 2)}},
	kinds.Attribute{Name: "top_p", Shape: kinds.Float64,
		Description: "Nucleus sampling: only the tokens that make up this share of the probability are considered, from `0` to `1`. The API's default is 1.",
		Validators:  checks{float64validator.Between(0, 1)}},
	kinds.Attribute{Name: "n", Shape: kinds.Int64,
		Description: "How many answers (`choices`) to generate, 1 to 128. Each is paid for. The API's default is 1.",
		Validators:  checks{int64validator.Between(1, 128)}},
	kinds.Attribute{Name: "stream", Shape: kinds.Bool,
		Description: "Receive the answer piece by piece (server-sent events). The state is the same as without it; it keeps a long answer from being cut off by a proxy that closes idle connections."},
	kinds.Attribute{Name: "stop", Shape: kinds.Strings,
		Description: "Up to 4 sequences at which the model stops. The answer does not contain them.",
		Validators:  checks{listvalidator.SizeBetween(1, 4)}},
	kinds.Attribute{Name: "max_tokens", Shape: kinds.Int64,
		Description: "The most tokens the answer may have; a longer one is cut off with `finish_reason` `length`. OpenAI's newer reasoning models do not accept it.",
		Validators:  checks{int64validator.AtLeast(1)}},
	kinds.Attribute{Name: "presence_penalty", Shape: kinds.Float64,
		Description: "From `-2` to `2`. Above 0, tokens that have already appeared become less likely, so that the model turns to new subjects.",
		Validators:  checks{float64validator.Between(-2, 2)}},
	kinds.Attribute{Name: "frequency_penalty", Shape: kinds.Float64,
		Description: "From `-2` to `2`. Above 0, tokens become less likely the more often they have appeared, so that the model repeats itself less.",
		Validators:  checks{float64validator.Between(-2, 2)}},
	kinds.Attribute{Name: "logit_bias", Shape: kinds.Int64Map,
		Description: "Token IDs of the model's tokenizer mapped to a bias from `-100` (never choose it) to `100` (always choose it).",
		Validators: checks{
			mapvalidator.KeysAre(stringvalidator.RegexMatches(regexp.MustCompile(`^\d+$`), "must be a token ID, which is a whole number")),
			mapvalidator.ValueInt64sAre(int64validator.Between(-100, 100)),
		}},
	kinds.Attribute{Name: "user", Shape: kinds.String,
		Description: "An identifier of your end user, which helps OpenAI to detect abuse. Use a hash rather than a name or an address."},
	kinds.Attribute{Name: "tool", Wire: "tools", Shape: kinds.Objects, Fields: tool, Block: true,
		Description: "A tool that the model may call. The call, if it makes one, is in `choices[*].message.tool_calls`."},
	kinds.Attribute{Name: "tool_choice", Shape: kinds.JSONOrString,
		Description: "Which tool the model calls: `none`, `auto`, `required` (at least one), or JSON that names one: `jsonencode({ type = \"function\", function = { name = \"…\" } })`. The API's default is `auto` where there are tools.",
		Validators:  checks{toolChoice()}},
	kinds.Attribute{Name: "functions", Shape: kinds.Objects, Fields: functionFields, Block: true,
		Description: "Legacy form of `tool`: a function that the model may call. The call, if it makes one, is in `choices[*].message.function_call`. At most 128.",
		Validators:  checks{listvalidator.SizeAtMost(128)}},
	kinds.Attribute{Name: "function_call", Shape: kinds.JSONOrString,
		Description: "Legacy form of `tool_choice`: `none`, `auto`, or JSON that names one of `functions`: `jsonencode({ name = \"…\" })`.",
		Validators:  checks{functionChoice()}},
	kinds.Attribute{Name: "response_format", Shape: kinds.Object, Fields: responseFormat, Block: true,
		Description: "The form of the answer."},
	kinds.Attribute{Name: "store", Shape: kinds.Bool,
		Description: "Keep the completion on the server, for OpenAI's distillation and evaluation products. It is deleted there when the resource is destroyed or replaced, unless `skip_destroy` is set. The API's default is `false`."},
)

// Answer declares what comes back.
var Answer = kinds.Declare(
	kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The server's ID of the completion."},
	kinds.Attribute{Name: "choices", Shape: kinds.Objects, Mode: kinds.Computed,
		Description: "The answers: one, or `n`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "index", Shape: kinds.Int64, Description: "The place of this choice in the list, from 0."},
			kinds.Attribute{Name: "message", Shape: kinds.Object, Description: "The message that the model wrote.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "role", Shape: kinds.String, Description: "Who speaks: `assistant`."},
					kinds.Attribute{Name: "content", Shape: kinds.String, Description: "The text. Null where the model calls a tool instead."},
					kinds.Attribute{Name: "tool_calls", Shape: kinds.Objects, Fields: toolCalls, Description: "The tool calls that the model makes. Null where it makes none."},
					kinds.Attribute{Name: "function_call", Shape: kinds.Object, Fields: calledFunction, Description: "The legacy function call that the model makes, if `functions` were given. Null where it makes none."},
				)},
			kinds.Attribute{Name: "finish_reason", Shape: kinds.String,
				Description: "Why the answer ends: `stop` (naturally or at a `stop` sequence), `length` (cut off by `max_tokens` or the model's limit), `tool_calls`, `function_call` or `content_filter`."},
		)},
	kinds.Attribute{Name: "usage", Shape: kinds.Object, Mode: kinds.Computed,
		Description: "What the completion cost, in tokens. Null where the server does not say.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "prompt_tokens", Shape: kinds.Int64, Description: "Tokens in the messages and tool definitions."},
			kinds.Attribute{Name: "completion_tokens", Shape: kinds.Int64, Description: "Tokens in the answers, reasoning included."},
			kinds.Attribute{Name: "total_tokens", Shape: kinds.Int64, Description: "The sum of both."},
		)},
	kinds.Attribute{Name: "created", Shape: kinds.Int64, Mode: kinds.Computed,
		Description: "When the completion was created, in seconds since 1970 (Unix time)."},
	kinds.Attribute{Name: "response_model", Wire: "model", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The model that answered, often a dated version of `model`."},
	kinds.Attribute{Name: "system_fingerprint", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The configuration of the server that answered. Null where the server does not say."},
	kinds.Attribute{Name: "object", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The type of the object: `chat.completion`."},
	kinds.Attribute{Name: "content", Shape: kinds.String, Mode: kinds.Computed, Local: true,
		Description: "The text of the first choice: `choices[0].message.content`."},
)

// settings are the resource's own: they never reach the server as part of a request.
var settings = kinds.Declare(
	kinds.Attribute{Name: "api_key", Shape: kinds.String, Local: true, InPlace: true, Sensitive: true,
		Description: "The API key for this resource, instead of the provider's. It is kept in the state. Changing it does not ask again.",
		Validators:  checks{stringvalidator.LengthAtLeast(1)}},
	kinds.Attribute{Name: "triggers", Shape: kinds.StringMap, Local: true,
		Description: "Any values; when one of them changes, the completion is asked for again. They are not sent."},
	kinds.Attribute{Name: "skip_destroy", Shape: kinds.Bool, Local: true, InPlace: true,
		Description: "Leave a completion that was made with `store = true` on the server when the resource is destroyed or replaced."},
	kinds.Attribute{Name: "timeouts", Shape: kinds.Object, Block: true, Local: true, InPlace: true,
		Description: "How long Terraform waits.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "create", Shape: kinds.String, Local: true,
				Description: "How long to wait for the answer in all, retries included, such as `90s` or `10m`. Default: `20m`. The provider's `request_timeout` limits each attempt.",
				Validators:  checks{kinds.Duration()}},
		)},
)

// resourceAttributes are all of the managed resource's.
var resourceAttributes = kinds.Join(Request, settings, Answer)
