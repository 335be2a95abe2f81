package chat

import (
	"encoding/json"
	"testing"
)

// A server that repeats each field in each chunk says null where it has nothing new.
func TestAssembly_nullTakesNothingBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		chunks []string
		want   string
	}{
		"of the completion": {
			[]string{
				`{"id":"c","system_fingerprint":"fp","service_tier":"default","choices":[{"index":0,"delta":{"content":"x"}}],"usage":{"total_tokens":1}}`,
				`{"id":null,"system_fingerprint":null,"service_tier":null,"choices":null,"usage":null}`,
			},
			`{"choices":[{"index":0,"message":{"content":"x","role":"assistant"}}],"id":"c","object":"chat.completion","service_tier":"default","system_fingerprint":"fp","usage":{"total_tokens":1}}`,
		},
		"of a choice": {
			[]string{
				`{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop","logprobs":{"content":[{"token":"x"}]}}]}`,
				`{"choices":[{"index":0,"delta":null,"finish_reason":null,"logprobs":null}]}`,
			},
			`{"choices":[{"finish_reason":"stop","index":0,"logprobs":{"content":[{"token":"x"}]},"message":{"content":"x","role":"assistant"}}],"object":"chat.completion"}`,
		},
		"of a message": {
			[]string{
				`{"choices":[{"index":0,"delta":{"role":"assistant","content":"x","tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}}]}`,
				`{"choices":[{"index":0,"delta":{"role":null,"content":null,"refusal":null,"tool_calls":[{"index":0,"id":null,"function":{"name":null,"arguments":null}}]}}]}`,
				`{"choices":[{"index":0,"delta":{"tool_calls":null}}]}`,
			},
			`{"choices":[{"index":0,"message":{"content":"x","refusal":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{}","name":"f"},"id":"a"}]}}],"object":"chat.completion"}`,
		},
		"null first": {
			[]string{`{"id":null,"usage":null,"choices":[{"index":0,"delta":{"content":null}}]}`, `{"id":"c","usage":{"total_tokens":1},"choices":[{"index":0,"delta":{"content":"x"}}]}`},
			`{"choices":[{"index":0,"message":{"content":"x","role":"assistant"}}],"id":"c","object":"chat.completion","usage":{"total_tokens":1}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(assemble(t, test.chunks...))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
