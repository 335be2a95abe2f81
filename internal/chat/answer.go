package chat

import "github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"

// tokenLogprobs are how likely the tokens of an answer were. The CLI pays for each attribute of
// each element at each plan: with the alternatives of 20 places each, 800 tokens take it
// half a minute. So those are in the JSON beside it.
var tokenLogprobs = kinds.Declare(
	kinds.Attribute{Name: "token", Shape: kinds.String, Description: "The token as text."},
	kinds.Attribute{Name: "logprob", Shape: kinds.Float64, Description: "The natural logarithm of its probability; -9999 for a token that is very unlikely."},
)

// logprobsJSON is the member of a choice that has its log probabilities as JSON.
const logprobsJSON = "logprobs_json"

// moderated is the judgement of what went in, or of what came out.
var moderated = kinds.Declare(
	kinds.Attribute{Name: "type", Shape: kinds.String, Description: "What follows: `moderation_results`, or `error`."},
	kinds.Attribute{Name: "model", Shape: kinds.String, Description: "The moderation model that judged."},
	kinds.Attribute{Name: "results", Shape: kinds.Objects, Description: "The judgements. Null for an error.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Description: "The kind of the result: `moderation_result`."},
			kinds.Attribute{Name: "model", Shape: kinds.String, Description: "The moderation model of this result."},
			kinds.Attribute{Name: "flagged", Shape: kinds.Bool, Description: "Whether any category was found."},
			kinds.Attribute{Name: "categories", Shape: kinds.BoolMap, Description: "For each category whether it was found."},
			kinds.Attribute{Name: "category_scores", Shape: kinds.Float64Map, Description: "For each category how surely, from 0 to 1."},
			kinds.Attribute{Name: "category_applied_input_types", Shape: kinds.StringsMap, Description: "For each category which modalities were looked at."},
		)},
	kinds.Attribute{Name: "code", Shape: kinds.String, Description: "The code of an error of the moderation."},
	kinds.Attribute{Name: "message", Shape: kinds.String, Description: "The message of an error of the moderation."},
)

// answered is a message that a model wrote.
var answered = kinds.Declare(
	kinds.Attribute{Name: "role", Shape: kinds.String, Description: "Who speaks: `assistant`."},
	kinds.Attribute{Name: "content", Shape: kinds.String, Description: "The text. Null where the model calls a tool instead."},
	kinds.Attribute{Name: "refusal", Shape: kinds.String, Description: "What the model says where it refuses. Null where it answers."},
	kinds.Attribute{Name: "tool_calls", Shape: kinds.Objects, Fields: toolCalls, Description: "The tool calls that the model makes. Null where it makes none."},
	kinds.Attribute{Name: "function_call", Shape: kinds.Object, Fields: called, Description: "The legacy function call that the model makes, if `functions` were given. Null where it makes none."},
	kinds.Attribute{Name: "annotations", Shape: kinds.Objects, Description: "The sources of an answer that was found on the web.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Description: "The kind of the annotation: `url_citation`."},
			kinds.Attribute{Name: "url_citation", Shape: kinds.Object, Description: "A web page that the text cites.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "url", Shape: kinds.String, Description: "The address of the page."},
					kinds.Attribute{Name: "title", Shape: kinds.String, Description: "The title of the page."},
					kinds.Attribute{Name: "start_index", Shape: kinds.Int64, Description: "Where in the text the citation begins, in characters from 0."},
					kinds.Attribute{Name: "end_index", Shape: kinds.Int64, Description: "Where in the text the citation ends."},
				)},
		)},
	kinds.Attribute{Name: "audio", Shape: kinds.Object, Description: "The spoken answer. Null where the model does not speak.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "id", Shape: kinds.String, Description: "The ID by which a later message refers to it."},
			kinds.Attribute{Name: "expires_at", Shape: kinds.Int64, Description: "Until when the server keeps it, in seconds since 1970 (Unix time)."},
			kinds.Attribute{Name: "transcript", Shape: kinds.String, Description: "What is said, as text."},
			kinds.Attribute{Name: "data", Shape: kinds.String, Description: "The sound in base64. Null unless `include_audio_data` is set."},
		)},
	kinds.Attribute{Name: "reasoning_content", Shape: kinds.String, Description: "What the model thought before it answered, from the servers that tell it, also as `reasoning` or in parts of the content. Null elsewhere."},
	restOf("message"),
)

// mostChoices is how many choices are taken of an answer. OpenAI makes 128 at most.
const mostChoices = 1000

// Answer declares what comes back.
var Answer = kinds.Declare(
	kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The server's ID of the completion."},
	kinds.Attribute{Name: "choices", Shape: kinds.Objects, Mode: kinds.Computed, Most: mostChoices,
		Description: "The answers: one, or `n`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "index", Shape: kinds.Int64, Description: "The place of this choice in the list, from 0."},
			kinds.Attribute{Name: "message", Shape: kinds.Object, Fields: answered, Description: "The message that the model wrote."},
			kinds.Attribute{Name: "finish_reason", Shape: kinds.String,
				Description: "Why the answer ends: `stop` (naturally or at a `stop` sequence), `length` (cut off by `max_completion_tokens`, `max_tokens` or the model's own limit), `tool_calls`, `function_call` or `content_filter`. Other servers have other words."},
			kinds.Attribute{Name: "logprobs", Shape: kinds.Object, Description: "How likely the tokens of the answer were. Null unless `logprobs` asked for it. The tokens that `top_logprobs` asked for, and the bytes of each token, are in `logprobs_json`.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "content", Shape: kinds.Objects, Fields: tokenLogprobs, Description: "The tokens of the text."},
					kinds.Attribute{Name: "refusal", Shape: kinds.Objects, Fields: tokenLogprobs, Description: "The tokens of the refusal."},
				)},
			kinds.Attribute{Name: logprobsJSON, Shape: kinds.String,
				Description: "All that `logprobs` is of, as the server wrote it, in JSON: `jsondecode(choices[0].logprobs_json).content[0].top_logprobs` has the likeliest tokens at the first place, `.bytes` the bytes of the token. It is text because Terraform would take minutes for lists of that many values. Null unless `logprobs` asked for it."},
			restOf("choice"),
		)},
	kinds.Attribute{Name: "usage", Shape: kinds.Object, Mode: kinds.Computed,
		Description: "What the completion cost, in tokens. Null where the server does not say.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "prompt_tokens", Shape: kinds.Int64, Description: "Tokens in the messages and tool definitions."},
			kinds.Attribute{Name: "completion_tokens", Shape: kinds.Int64, Description: "Tokens in the answers, reasoning included."},
			kinds.Attribute{Name: "total_tokens", Shape: kinds.Int64, Description: "The sum of both."},
			kinds.Attribute{Name: "prompt_tokens_details", Shape: kinds.Object, Description: "What the prompt's tokens are. Null where the server does not say.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "cached_tokens", Shape: kinds.Int64, Description: "Tokens that were found in the cache, which are cheaper."},
					kinds.Attribute{Name: "cache_write_tokens", Shape: kinds.Int64, Description: "Tokens that were written to the cache."},
					kinds.Attribute{Name: "audio_tokens", Shape: kinds.Int64, Description: "Tokens of sound."},
					kinds.Attribute{Name: "text_tokens", Shape: kinds.Int64, Description: "Tokens of text."},
					kinds.Attribute{Name: "image_tokens", Shape: kinds.Int64, Description: "Tokens of images."},
				)},
			kinds.Attribute{Name: "completion_tokens_details", Shape: kinds.Object, Description: "What the answer's tokens are. Null where the server does not say.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "reasoning_tokens", Shape: kinds.Int64, Description: "Tokens that the model spent on thinking."},
					kinds.Attribute{Name: "audio_tokens", Shape: kinds.Int64, Description: "Tokens of sound."},
					kinds.Attribute{Name: "text_tokens", Shape: kinds.Int64, Description: "Tokens of text."},
					kinds.Attribute{Name: "accepted_prediction_tokens", Shape: kinds.Int64, Description: "Tokens of `prediction` that came true."},
					kinds.Attribute{Name: "rejected_prediction_tokens", Shape: kinds.Int64, Description: "Tokens of `prediction` that did not come true; they are paid for all the same."},
				)},
		)},
	kinds.Attribute{Name: "created", Shape: kinds.Int64, Mode: kinds.Computed,
		Description: "When the completion was created, in seconds since 1970 (Unix time)."},
	kinds.Attribute{Name: "response_model", Wire: "model", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The model that answered, often a dated version of the one that was asked for."},
	kinds.Attribute{Name: "response_service_tier", Wire: "service_tier", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The class of service that the request was given. Null where the server does not say."},
	kinds.Attribute{Name: "response_moderation", Wire: "moderation", Shape: kinds.Object, Mode: kinds.Computed,
		Description: "What moderation found. Null unless the request asked for it.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "input", Shape: kinds.Object, Fields: moderated, Description: "What was found in the prompt."},
			kinds.Attribute{Name: "output", Shape: kinds.Object, Fields: moderated, Description: "What was found in the answer."},
		)},
	kinds.Attribute{Name: "system_fingerprint", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The configuration of the server that answered. Null where the server does not say. Deprecated by OpenAI."},
	kinds.Attribute{Name: "object", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The type of the object: `chat.completion`."},
	func() kinds.Attribute {
		a := restOf("answer")
		a.Mode = kinds.Computed
		a.Description += " What it says of a choice or a message is in theirs: `choices[*].extra`, `choices[*].message.extra`."
		return a
	}(),
)

// derived are made here from the answer.
var derived = kinds.Declare(
	kinds.Attribute{Name: "content", Shape: kinds.String, Mode: kinds.Computed, Local: true,
		Description: "The text of the first choice: `choices[0].message.content`."},
	kinds.Attribute{Name: "output", Shape: kinds.Dynamic, Mode: kinds.Computed, Local: true,
		Description: "The first choice's JSON as a value, if `response_format` asked for JSON: `openai_chat_completion.x.output.city`. Null otherwise, where it is not valid JSON, where it is nested more than 50 deep, and where it is longer than 4 MiB: `content` has it all the same."},
)
