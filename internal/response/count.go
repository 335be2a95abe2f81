package response

import (
	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// counted are the arguments of a request that the server counts.
var counted = func() kinds.Attributes {
	var as []kinds.Attribute
	for _, name := range []string{"model", "instructions", "input", "message", "input_items", "previous_response_id", "conversation_id",
		"reasoning", "text", "tool", "tool_json", "tool_choice", "parallel_tool_calls", "truncation"} {
		as = append(as, *Request.Find(name))
	}
	return kinds.Declare(as...)
}()

// count is how many tokens the input of a request takes.
var count = &answer.Kind{
	Type: "response_input_tokens", Noun: "token count", Endpoint: []string{"responses", "input_tokens"}, Free: true,
	Request: counted,
	Answer: kinds.Declare(
		kinds.Attribute{Name: "input_tokens", Shape: kinds.Int64, Mode: kinds.Computed,
			Description: "How many tokens the input takes: text, images and files, tools and what the server adds."},
	),
	Description: answer.Description{
		DataSource: "How many tokens the input of a response would take, exactly, as the server counts them: a gate before an answer is paid for. " +
			"It takes the arguments of `openai_response`. It is read on each plan, and free.",
	},
	Validate: validate, Compose: compose, Alike: alike, Describe: describe,
	Findings: func(_, got wire.Fields) []answer.Finding {
		if got.Get("input_tokens").IsNull() {
			return []answer.Finding{{Text: "the server's answer does not say how many tokens there are"}}
		}
		return nil
	},
}
