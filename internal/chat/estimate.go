package chat

import (
	"bytes"
	"encoding/json"
	"math"
)

const (
	bytesPerToken  = 4    // of JSON, about
	tokensPerMedia = 1000 // of an image, a sound or a file, about
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
	media, size := embedded(body)
	prompt = min((len(body)-size)/bytesPerToken+media*tokensPerMedia, most)
	return prompt, int(min(min(max(limits.N, 1), 1000)*min(max(each, 0), most), int64(most-prompt)))
}

// embedded counts the base64 data in a request, and its bytes: strings that start
// with "data:", and those that are called data or file_data.
func embedded(body []byte) (count, size int) {
	var last []byte // the string before, which is the name if this one is a value
	for {
		start := bytes.IndexByte(body, '"')
		if start < 0 {
			return count, size
		}
		isValue := bytes.Equal(bytes.TrimSpace(body[:start]), []byte(":"))
		body = body[start+1:]
		end := stringEnd(body)
		text := body[:end]
		named := string(last) == "data" || string(last) == "file_data"
		if isValue && (named || bytes.HasPrefix(text, []byte("data:"))) {
			count++
			size += end
		}
		last, body = text, body[min(end+1, len(body)):]
	}
}

// stringEnd is where the closing quote of a JSON string is.
func stringEnd(text []byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}
