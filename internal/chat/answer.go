package chat

import (
	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// tokenLogprobs are how likely the tokens of an answer were. The CLI pays for each attribute of
// each element at each plan: with the alternatives of 20 places each, 800 tokens take it
// half a minute. So those are in the JSON beside it.
var tokenLogprobs = kinds.Declare(
	kinds.Attribute{Name: "token", Shape: kinds.String, Description: "The token as text."},
	kinds.Attribute{Name: "logprob", Shape: kinds.Float64, Description: "The natural logarithm of its probability; -9999 for a very unlikely token."},
)

// logprobsJSON is the member of a choice that has its log probabilities as JSON.
const logprobsJSON = "logprobs_json"

// answered is a message that a model wrote.
var answered = kinds.Declare(
	kinds.Attribute{Name: "role", Shape: kinds.String, Description: "Who is speaking: `assistant`."},
	kinds.Attribute{Name: "content", Shape: kinds.String, Description: "The text. Null if the model calls a tool instead."},
	kinds.Attribute{Name: "refusal", Shape: kinds.String, Description: "What the model says if it refuses. Null if it answers."},
	kinds.Attribute{Name: "tool_calls", Shape: kinds.Objects, Fields: generation.ToolCalls, Description: "The tool calls that the model makes. Null if there are none."},
	kinds.Attribute{Name: "function_call", Shape: kinds.Object, Fields: generation.Called, Description: "The legacy function call that the model makes, if `functions` were given. Null if there is none."},
	kinds.Attribute{Name: "annotations", Shape: kinds.Objects, Description: "The sources of an answer that was found on the web.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "type", Shape: kinds.String, Description: "The type of annotation: `url_citation`."},
			kinds.Attribute{Name: "url_citation", Shape: kinds.Object, Description: "A web page that the text cites.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "url", Shape: kinds.String, Description: "The address of the page."},
					kinds.Attribute{Name: "title", Shape: kinds.String, Description: "The title of the page."},
					kinds.Attribute{Name: "start_index", Shape: kinds.Int64, Description: "Where in the text the citation begins, in characters from 0."},
					kinds.Attribute{Name: "end_index", Shape: kinds.Int64, Description: "Where in the text the citation ends."},
				)},
		)},
	kinds.Attribute{Name: "audio", Shape: kinds.Object, Description: "The spoken answer. Null if the model does not speak.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "id", Shape: kinds.String, Description: "The ID by which a later message refers to it."},
			kinds.Attribute{Name: "expires_at", Shape: kinds.Int64, Description: "When the server deletes it, in seconds since 1970 (Unix time)."},
			kinds.Attribute{Name: "transcript", Shape: kinds.String, Description: "What is said, as text."},
			kinds.Attribute{Name: "data", Shape: kinds.String, Description: "The audio in base64. Null unless `include_audio_data` is set."},
		)},
	kinds.Attribute{Name: "reasoning_content", Shape: kinds.String, Description: "What the model thought before it answered. Some servers give it, under this name, as `reasoning`, or in parts of the content. Null otherwise."},
	generation.RestOf("message"),
)

// mostChoices is how many choices are taken of an answer. OpenAI makes 128 at most.
const mostChoices = 1000

// Answer declares what comes back.
var Answer = kinds.Declare(
	kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The ID of the completion on the server."},
	kinds.Attribute{Name: "choices", Shape: kinds.Objects, Mode: kinds.Computed, Most: mostChoices,
		Description: "The answers: one, or `n`.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "index", Shape: kinds.Int64, Description: "The position of this choice in the list, from 0."},
			kinds.Attribute{Name: "message", Shape: kinds.Object, Fields: answered, Description: "The message that the model wrote."},
			kinds.Attribute{Name: "finish_reason", Shape: kinds.String,
				Description: "Why the answer ended: `stop` (naturally, or at a `stop` sequence), `length` (cut off by `max_completion_tokens`, `max_tokens` or the model's own limit), `tool_calls`, `function_call` or `content_filter`. Other servers use other words."},
			kinds.Attribute{Name: "logprobs", Shape: kinds.Object, Description: "How likely the tokens of the answer were. Null unless `logprobs` asked for it. The tokens that `top_logprobs` asked for, and the bytes of each token, are in `logprobs_json`.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "content", Shape: kinds.Objects, Fields: tokenLogprobs, Description: "The tokens of the text."},
					kinds.Attribute{Name: "refusal", Shape: kinds.Objects, Fields: tokenLogprobs, Description: "The tokens of the refusal."},
				)},
			kinds.Attribute{Name: logprobsJSON, Shape: kinds.String,
				Description: "Everything that `logprobs` is made from, as the JSON that the server sent: `jsondecode(choices[0].logprobs_json).content[0].top_logprobs` has the most likely tokens at the first position, `.bytes` the bytes of the token. It is text because Terraform would need minutes for lists with so many values. Null unless `logprobs` asked for it."},
			func() kinds.Attribute {
				a := generation.RestOf("choice")
				a.Except = []string{"logprobs"} // which stand in full in logprobs_json
				return a
			}(),
		)},
	kinds.Attribute{Name: "usage", Shape: kinds.Object, Mode: kinds.Computed,
		Description: "How many tokens the completion used. Null if the server does not say.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "prompt_tokens", Shape: kinds.Int64, Description: "Tokens in the messages and tool definitions."},
			kinds.Attribute{Name: "completion_tokens", Shape: kinds.Int64, Description: "Tokens in the answers, reasoning included."},
			kinds.Attribute{Name: "total_tokens", Shape: kinds.Int64, Description: "The sum of both."},
			kinds.Attribute{Name: "prompt_tokens_details", Shape: kinds.Object, Description: "Details of the prompt's tokens. Null if the server does not say.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "cached_tokens", Shape: kinds.Int64, Description: "Tokens that were read from the cache, which are cheaper."},
					kinds.Attribute{Name: "cache_write_tokens", Shape: kinds.Int64, Description: "Tokens that were written to the cache."},
					kinds.Attribute{Name: "audio_tokens", Shape: kinds.Int64, Description: "Tokens of audio."},
					kinds.Attribute{Name: "text_tokens", Shape: kinds.Int64, Description: "Tokens of text."},
					kinds.Attribute{Name: "image_tokens", Shape: kinds.Int64, Description: "Tokens of images."},
				)},
			kinds.Attribute{Name: "completion_tokens_details", Shape: kinds.Object, Description: "Details of the answer's tokens. Null if the server does not say.",
				Fields: kinds.Declare(
					kinds.Attribute{Name: "reasoning_tokens", Shape: kinds.Int64, Description: "Tokens that the model used for reasoning."},
					kinds.Attribute{Name: "audio_tokens", Shape: kinds.Int64, Description: "Tokens of audio."},
					kinds.Attribute{Name: "text_tokens", Shape: kinds.Int64, Description: "Tokens of text."},
					kinds.Attribute{Name: "accepted_prediction_tokens", Shape: kinds.Int64, Description: "Tokens of `prediction` that appeared in the answer."},
					kinds.Attribute{Name: "rejected_prediction_tokens", Shape: kinds.Int64, Description: "Tokens of `prediction` that were not used. You pay for them as well."},
				)},
		)},
	kinds.Attribute{Name: "created", Shape: kinds.Int64, Mode: kinds.Computed,
		Description: "When the completion was created, in seconds since 1970 (Unix time)."},
	kinds.Attribute{Name: "response_model", Wire: "model", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The model that answered, often a dated version of the one you asked for."},
	kinds.Attribute{Name: "response_service_tier", Wire: "service_tier", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The class of service that was used. Null if the server does not say."},
	generation.ResponseModeration,
	kinds.Attribute{Name: "system_fingerprint", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The configuration of the server that answered. Null if the server does not say. Deprecated by OpenAI."},
	kinds.Attribute{Name: "object", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The type of the object: `chat.completion`."},
	func() kinds.Attribute {
		a := generation.RestOf("answer")
		a.Mode = kinds.Computed
		a.Description += " What it says about a choice or a message is in `choices[*].extra` or `choices[*].message.extra`."
		return a
	}(),
)

// derived are made here from the answer.
var derived = kinds.Declare(
	kinds.Attribute{Name: "content", Shape: kinds.String, Mode: kinds.Computed, Local: true,
		Description: "The text of the first choice: `choices[0].message.content`."},
	kinds.Attribute{Name: "output", Shape: kinds.Dynamic, Mode: kinds.Computed, Local: true,
		Description: "The first choice's JSON as a value, if `response_format` asked for JSON: `openai_chat_completion.x.output.city`. Null if it did not, or if the answer is not valid JSON, " + generation.OutputLimits + ": `content` has the answer in any case, for `jsondecode`."},
)
