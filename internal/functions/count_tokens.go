package functions

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

var _ function.Function = CountTokens{}

// CountTokens is count_tokens: how long a text is for a model.
type CountTokens struct{}

// NewCountTokens returns the function.
func NewCountTokens() function.Function { return CountTokens{} }

// Metadata names the function.
func (CountTokens) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "count_tokens"
}

// Definition is its signature and its documentation.
func (CountTokens) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Counts the tokens of a text",
		MarkdownDescription: "Counts the tokens of a text with the model's tokenizer, without a call. " +
			"A request has a few more: some for each message, and those of tools and schemas, in a format that OpenAI does not publish.\n\n" +
			"For an unknown model, such as a newer one or one from another company, OpenAI's newest encoding `o200k_base` is used: for another company's model, the result is an estimate.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "text", MarkdownDescription: "The text."},
			function.StringParameter{Name: "model",
				MarkdownDescription: "The model's name, with or without a date, such as `gpt-4o` or `gpt-4o-2024-08-06`, or that of a fine-tuned model, such as `ft:gpt-4o-mini:acme::abc123`."},
		},
		Return: function.Int64Return{},
	}
}

// Run is the function. The first count reads the model's vocabulary; a
// process that counts nothing pays nothing.
func (CountTokens) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text, model string
	if resp.Error = req.Arguments.Get(ctx, &text, &model); resp.Error != nil {
		return
	}
	n, err := vocabularyOf(model).count(text)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, "The tokens cannot be counted: "+err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, int64(n))
}

// older are the models, by the start of their names, that read cl100k_base.
// Source: https://github.com/openai/tiktoken/blob/main/tiktoken/model.py.
// The completion models of before 2023, which had others, are gone.
var older = []string{"gpt-4", "gpt-3", "text-embedding-", "davinci-002", "babbage-002"}

// newer are those that begin like an older one but read o200k_base.
var newer = []string{"gpt-4o", "gpt-4."}

// vocabularyOf is what a model reads.
func vocabularyOf(model string) *vocabulary {
	model = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(model)), "ft:")
	begins := func(start string) bool { return strings.HasPrefix(model, start) }
	if slices.ContainsFunc(older, begins) && !slices.ContainsFunc(newer, begins) {
		return cl100k
	}
	return o200k
}
