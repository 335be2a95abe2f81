package chat

import (
	"encoding/json"
	"math"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
)

// estimate is about how many tokens a request takes: its prompt, and its answers
// as far as the request limits them. Where it does not, answers count for nothing.
func estimate(body []byte) (prompt, answers int) {
	var limits struct {
		N                   int64 `json:"n"`
		MaxTokens           int64 `json:"max_tokens"`
		MaxCompletionTokens int64 `json:"max_completion_tokens"`
	}
	_ = json.Unmarshal(body, &limits) // the server says what is wrong with it
	each := limits.MaxCompletionTokens
	if each <= 0 {
		each = limits.MaxTokens
	}
	const most = math.MaxInt32 // so that sums stay in range
	prompt = generation.InputTokens(body)
	return prompt, int(min(min(max(limits.N, 1), 1000)*min(max(each, 0), most), int64(most-prompt)))
}
