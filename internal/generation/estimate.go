package generation

import (
	"bytes"
	"math"
)

const (
	bytesPerToken  = 4    // of JSON, about
	tokensPerMedia = 1000 // of an image, a sound or a file, about
)

// InputTokens is about how many tokens the JSON of a request takes.
func InputTokens(body []byte) int {
	media, size := embedded(body)
	return min((len(body)-size)/bytesPerToken+media*tokensPerMedia, math.MaxInt32) // so that sums stay in range
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
