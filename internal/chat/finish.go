package chat

import "strings"

// The finish reasons that make an answer of no use, in OpenAI's words.
const (
	byLength = "length"
	byFilter = "content_filter"
	byError  = "error" // OpenRouter's word; OpenAI has none
)

// finishReasons are other servers' words for them, in small letters: of Gemini, Anthropic, Mistral,
// Cohere, DeepSeek, Zhipu, vLLM, watsonx and Bedrock.
var finishReasons = map[string]string{
	"max_tokens": byLength, "max_output_tokens": byLength, "max_completion_tokens": byLength, "model_length": byLength,
	"token_limit": byLength, "error_limit": byLength, "model_context_window_exceeded": byLength, "context_length_exceeded": byLength,

	"safety": byFilter, "recitation": byFilter, "blocklist": byFilter, "prohibited_content": byFilter, "spii": byFilter,
	"sensitive": byFilter, "content_filtered": byFilter, "guardrail_intervened": byFilter, "error_toxic": byFilter,

	"network_error": byError, "insufficient_system_resource": byError, "abort": byError, "aborted": byError, "cancelled": byError,
	"time_limit": byError, "failed": byError, "malformed_function_call": byError, "unexpected_tool_call": byError,
}

// reasonOf is OpenAI's word for what a server gives as finish_reason, such as "SAFETY",
// "FinishReason.MAX_TOKENS" or "content_filter: RECITATION". What is unknown stays as it is.
func reasonOf(said string) string {
	word := strings.ToLower(said)
	if at := strings.LastIndexAny(word, ":."); at >= 0 {
		word = word[at+1:]
	}
	word = strings.ReplaceAll(strings.TrimSpace(word), "-", "_")
	switch word {
	case byLength, byFilter, byError:
		return word
	}
	if reason, known := finishReasons[word]; known {
		return reason
	}
	return said
}

// isError reports whether a finish reason says that something went wrong.
func isError(reason any) bool {
	said, _ := reason.(string)
	return reasonOf(said) == byError
}
