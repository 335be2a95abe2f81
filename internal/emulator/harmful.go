package emulator

import "net/http"

const (
	// ErrorInChoice ends each choice with an error, in the choice itself and with a status of
	// 200, as routers do where the server behind them breaks.
	ErrorInChoice Habit = "error in a choice"

	// EmptyAnswer has nothing in the content: the model thought until no token was left.
	EmptyAnswer Habit = "empty answer"
)

// harmful are the habits that do not tell the answer.
var harmful = []habit{
	{name: ErrorInChoice, chunks: eachChunk(endInError), answer: endInError},
	{name: EmptyAnswer, chunks: eachChunk(thinkOnly), answer: thinkOnly},
}

// eachChunk changes each chunk of a stream.
func eachChunk(change func(chunk map[string]any)) func([]map[string]any) []map[string]any {
	return func(chunks []map[string]any) []map[string]any {
		for _, chunk := range chunks {
			change(chunk)
		}
		return chunks
	}
}

func endInError(document map[string]any) {
	for _, choice := range objects(document, "choices") {
		if choice["finish_reason"] != nil {
			choice["finish_reason"] = "error"
			choice["error"] = map[string]any{"code": http.StatusBadGateway, "message": "Upstream network error"}
		}
	}
}

// thinkOnly makes thoughts of a text, and has no calls.
func thinkOnly(document map[string]any) {
	for _, choice := range objects(document, "choices") {
		for _, name := range []string{"message", "delta"} {
			if said, ok := choice[name].(map[string]any); ok {
				if text, ok := said["content"].(string); ok {
					said["content"], said["reasoning_content"] = nil, text
				}
				drop(said, "tool_calls", "function_call")
			}
		}
		if choice["finish_reason"] != nil {
			choice["finish_reason"] = "length"
		}
	}
	if usage, ok := document["usage"].(map[string]any); ok {
		usage["completion_tokens_details"] = map[string]any{"reasoning_tokens": usage["completion_tokens"]}
	}
}
