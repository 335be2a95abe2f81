package chat

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// delta is a chunk with one delta of the first choice.
func delta(d string) string { return `{"choices":[{"index":0,"delta":` + d + `}]}` }

// ended is the last chunk with a delta.
func ended(d string) string {
	return `{"choices":[{"index":0,"delta":` + d + `,"finish_reason":"stop"}]}`
}

func callPieces(pieces ...string) []string {
	chunks := make([]string, len(pieces))
	for i, piece := range pieces {
		chunks[i] = delta(`{"tool_calls":[` + piece + `]}`)
	}
	return chunks
}

// The text of the first choice, and what else is in its message, in every dress.
func TestAssembly_messages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		chunks []string
		want   string // the message, without its role
		told   string
	}{
		"a message that repeats the text so far": {
			[]string{
				`{"choices":[{"index":0,"delta":{"role":"assistant","content":"The"},"message":{"role":"assistant","content":"The"}}]}`,
				`{"choices":[{"index":0,"delta":{"content":" end"},"message":{"role":"assistant","content":"The end"}}]}`,
				`{"choices":[{"index":0,"delta":{"content":"."},"message":{"role":"assistant","content":"The end."},"finish_reason":"stop"}]}`,
			}, `{"content":"The end."}`, "The end.",
		},
		"a message beside a delta that says nothing": {
			[]string{delta(`{"content":"The"}`), delta(`{"content":" end"}`), `{"choices":[{"index":0,"delta":{},"message":{"content":"The end","reasoning_content":"Hm.","annotations":[{"type":"x"}]}}]}`},
			`{"annotations":[{"type":"x"}],"content":"The end","reasoning_content":"Hm."}`, "The end",
		},
		"messages alone": {
			[]string{`{"choices":[{"index":0,"message":{"content":"The"}}]}`, `{"choices":[{"index":0,"message":{"content":"The end"}}]}`},
			`{"content":"The end"}`, "The end",
		},
		"a message alone at the end": {
			[]string{delta(`{"content":"The"}`), delta(`{"content":" end"}`), `{"choices":[{"index":0,"message":{"content":"The end.","tool_calls":[]},"finish_reason":"stop"}]}`},
			`{"content":"The end.","tool_calls":[]}`, "The end.",
		},
		"an empty message at the end": {
			[]string{delta(`{"content":"The end"}`), `{"choices":[{"index":0,"message":{"role":"assistant","content":"","refusal":null},"finish_reason":"stop"}]}`},
			`{"content":"The end","refusal":null}`, "The end",
		},
		"a message that repeats tool calls": {
			append(callPieces(`{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}`),
				`{"choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}}]}`),
			`{"content":null,"tool_calls":[{"function":{"arguments":"{}","name":"f"},"id":"a"}]}`, "",
		},
		"a last delta that repeats everything": {
			[]string{delta(`{"content":"The","reasoning_content":"Hm"}`), delta(`{"content":" end","reasoning_content":", well"}`), ended(`{"content":"The end","reasoning_content":"Hm, well"}`)},
			`{"content":"The end","reasoning_content":"Hm, well"}`, "The end",
		},
		"a last delta that repeats everything, then the end": {
			[]string{delta(`{"content":"The"}`), delta(`{"content":" end"}`), delta(`{"content":"The end"}`), ended(`{}`)},
			`{"content":"The end"}`, "The end",
		},
		"everything again, and again": {
			[]string{delta(`{"content":"The"}`), delta(`{"content":" end"}`), ended(`{"content":"The end"}`), ended(`{"content":"The end"}`)},
			`{"content":"The end"}`, "The end",
		},
		"everything again after the end, of one piece": {
			[]string{ended(`{"content":"Hello"}`), delta(`{"content":"Hello"}`)},
			`{"content":"Hello"}`, "Hello",
		},
		"everything again that was not the end": {
			[]string{delta(`{"content":"bon"}`), delta(`{"content":"jour "}`), delta(`{"content":"bonjour "}`), ended(`{"content":"!"}`)},
			`{"content":"bonjour bonjour !"}`, "bonjour bonjour !",
		},
		"syllables": {
			[]string{delta(`{"content":"ha"}`), delta(`{"content":"ha"}`), ended(`{}`)}, `{"content":"haha"}`, "haha",
		},
		"syllables, the end with the last": {
			[]string{delta(`{"content":"ha"}`), ended(`{"content":"ha"}`)}, `{"content":"haha"}`, "haha",
		},
		"digits": {
			[]string{delta(`{"content":"1"}`), delta(`{"content":"1"}`), delta(`{"content":"11"}`), ended(`{}`)}, `{"content":"1111"}`, "1111",
		},
		"tool calls again": {
			append(callPieces(`{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}}`, `{"index":0,"function":{"arguments":"1}"}}`),
				ended(`{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]}`)),
			`{"content":null,"tool_calls":[{"function":{"arguments":"{\"x\":1}","name":"f"},"id":"a"}]}`, "",
		},
		"tool calls again, of one piece, before the end": {
			append(callPieces(`{"id":"a","function":{"name":"f","arguments":"{}"}}`, `{"id":"a","function":{"name":"f","arguments":"{}"}}`), ended(`{}`)),
			`{"content":null,"tool_calls":[{"function":{"arguments":"{}","name":"f"},"id":"a"}]}`, "",
		},
		"annotations again": {
			[]string{delta(`{"content":"See","annotations":[{"type":"url_citation","url_citation":{"url":"https://a.example","start_index":0}}]}`),
				delta(`{"content":" here"}`), ended(`{"content":"See here","annotations":[{"type":"url_citation","url_citation":{"url":"https://a.example","start_index":0}}]}`)},
			`{"annotations":[{"type":"url_citation","url_citation":{"start_index":0,"url":"https://a.example"}}],"content":"See here"}`, "See here",
		},
		"parts": {
			[]string{
				delta(`{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Two "}]}]}`), delta(`{"content":[{"type":"thinking","thinking":[{"type":"text","text":"and two."}]}]}`),
				delta(`{"content":[{"type":"text","text":"Fo"}]}`), delta(`{"content":[{"type":"text","text":"ur"},{"type":"reference","reference_ids":[1]}]}`), ended(`{"content":[{"type":"text","text":"."}]}`),
			}, `{"content":[{"thinking":[{"text":"Two and two.","type":"text"}],"type":"thinking"},{"text":"Four","type":"text"},{"reference_ids":[1],"type":"reference"},{"text":".","type":"text"}]}`, "Four.",
		},
		"parts, then text": {
			[]string{delta(`{"content":""}`), delta(`{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]}]}`), delta(`{"content":"Fo"}`), ended(`{"content":"ur"}`)},
			`{"content":[{"thinking":[{"text":"Hm.","type":"text"}],"type":"thinking"},{"text":"Four","type":"text"}]}`, "Four",
		},
		"text, then parts": {
			[]string{delta(`{"content":"Fo"}`), ended(`{"content":[{"type":"text","text":"ur"}]}`)}, `{"content":[{"text":"Four","type":"text"}]}`, "Four",
		},
		"parts again": {
			[]string{delta(`{"content":[{"type":"text","text":"Fo"}]}`), delta(`{"content":[{"type":"text","text":"ur"}]}`), ended(`{"content":[{"type":"text","text":"Four"}]}`)},
			`{"content":[{"text":"Four","type":"text"}]}`, "",
		},
		"parts with an index": {
			[]string{delta(`{"reasoning_details":[{"type":"reasoning.text","text":"a","index":0}]}`), delta(`{"reasoning_details":[{"type":"reasoning.text","text":"b","index":0},{"text":"c","index":1}]}`)},
			`{"content":null,"reasoning_details":[{"index":0,"text":"ab","type":"reasoning.text"},{"index":1,"text":"c"}]}`, "",
		},
		"sound": {
			[]string{
				delta(`{"audio":{"id":"audio_1","transcript":""}}`), delta(`{"audio":{"id":"audio_1","transcript":"Hel"}}`), delta(`{"audio":{"transcript":"lo"}}`),
				delta(`{"audio":{"data":"QUJD"}}`), delta(`{"audio":{"data":"REVG"}}`), ended(`{"audio":{"expires_at":17}}`),
			}, `{"audio":{"data":"QUJDREVG","expires_at":17,"id":"audio_1","transcript":"Hello"},"content":null}`, "",
		},
		"silence that goes on": {
			[]string{delta(`{"audio":{"data":"AAAA"}}`), delta(`{"audio":{"data":"AAAA"}}`), ended(`{}`)}, `{"audio":{"data":"AAAAAAAA"},"content":null}`, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told strings.Builder
			s := assembly{progress: func(piece string) { told.WriteString(piece) }}
			for _, chunk := range test.chunks {
				if err := s.add([]byte(chunk)); err != nil {
					t.Fatal(err)
				}
			}
			var whole struct {
				Choices []struct{ Message map[string]any }
			}
			if err := json.Unmarshal(s.completion(), &whole); err != nil {
				t.Fatal(err)
			}
			message := whole.Choices[0].Message
			delete(message, "role")
			got, err := json.Marshal(message)
			if err != nil || string(got) != test.want || test.told != "" && told.String() != test.told {
				t.Errorf("got  %s, %v, told %q\nwant %s", got, err, told.String(), test.want)
			}
		})
	}
}

// Each call as id:name(arguments).
func TestAssembly_toolCalls(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		chunks []string
		want   string
	}{
		"index 0 for all": {callPieces(
			`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{1}"}}`,
			`{"index":0,"id":"b","type":"function","function":{"name":"f","arguments":"{2}"}}`,
			`{"index":0,"id":"c","type":"function","function":{"name":"g","arguments":"{3}"}}`,
		), "a:f({1}) b:f({2}) c:g({3})"},
		"index 0 for all, in pieces": {callPieces(
			`{"index":0,"id":"a","function":{"name":"f","arguments":""}}`, `{"index":0,"function":{"arguments":"{1"}}`, `{"index":0,"function":{"arguments":"}"}}`,
			`{"index":0,"id":"b","function":{"name":"f","arguments":""}}`, `{"index":0,"function":{"arguments":"{2"}}`, `{"index":0,"id":"b","function":{"arguments":"}"}}`,
		), "a:f({1}) b:f({2})"},
		"index 0 for all, without arguments": {callPieces(
			`{"index":0,"id":"a","function":{"name":"f","arguments":""}}`, `{"index":0,"id":"b","function":{"name":"f","arguments":""}}`, `{"index":0,"id":"c","function":{"name":"g"}}`,
		), "a:f() b:f() c:g(<nil>)"},
		"index 0 for all, no ID": {callPieces(
			`{"index":0,"function":{"name":"f","arguments":"{1}"}}`, `{"index":0,"function":{"name":"g","arguments":"{2"}}`, `{"index":0,"function":{"arguments":"}"}}`, `{"index":0,"function":{"name":"g","arguments":"{3}"}}`,
		), "<nil>:f({1}) <nil>:g({2}) <nil>:g({3})"},
		"in one event": {callPieces(
			`{"index":0,"id":"a","function":{"name":"f","arguments":"{1}"}},{"index":0,"id":"b","function":{"name":"g","arguments":"{2}"}}`,
		), "a:f({1}) b:g({2})"},
		"new ID in each piece": {callPieces(
			`{"index":0,"id":"a","type":"function","function":{"name":"w","arguments":"{\"a\""}}`, `{"index":0,"id":"b","function":{"name":null,"arguments":":1"}}`, `{"index":0,"id":"c","function":{"name":null,"arguments":"}"}}`, `{"index":0,"id":"d","function":{"name":null,"arguments":""}}`,
		), `a:w({"a":1})`},
		"new ID and the name in each piece": {callPieces(
			`{"index":0,"id":"a","function":{"name":"w","arguments":"{\"a\""}}`, `{"index":0,"id":"b","function":{"name":"w","arguments":":1}"}}`,
		), `a:w({"a":1})`},
		"new ID in each piece, no index": {callPieces(
			`{"id":"a","function":{"name":"w","arguments":"{\"a\""}}`, `{"id":"b","function":{"arguments":":1}"}}`,
		), `a:w({"a":1})`},
		"known ID, other index": {callPieces(
			`{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}`, `{"index":1,"id":"b","function":{"name":"g","arguments":"["}}`,
			`{"index":2,"id":"a","function":{"arguments":"}"}}`, `{"index":0,"id":"b","function":{"arguments":"]"}}`,
		), "a:f({}) b:g([])"},
		"head and tail under different indexes": {callPieces(
			`{"index":0,"id":"a","function":{"name":"f"}}`, `{"index":1,"function":{"arguments":"{1"}}`, `{"index":1,"function":{"arguments":"}"}}`,
			`{"index":2,"id":"b","function":{"name":"g"}}`, `{"index":3,"function":{"arguments":"{2}"}}`,
		), "a:f({1}) b:g({2})"},
		"heads from 1, tails from 0": {callPieces(
			`{"index":1,"id":"a","function":{"name":"f","arguments":""}}`, `{"index":0,"function":{"arguments":"{1}"}}`,
			`{"index":2,"id":"b","function":{"name":"g","arguments":""}}`, `{"index":1,"function":{"arguments":"{2"}}`, `{"index":1,"function":{"arguments":"}"}}`,
		), "a:f({1}) b:g({2})"},
		"neither ID nor index in the tail": {callPieces(
			`{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}`, `{"function":{"arguments":"1}"}}`, `{"index":1,"id":"b","function":{"name":"g","arguments":""}}`, `{"function":{"arguments":"{2}"}}`, `{"function":{"arguments":""}}`,
		), "a:f({1}) b:g({2})"},
		"neither ID nor index": {callPieces(
			`{"function":{"name":"f","arguments":"{1}"}},{"function":{"name":"f","arguments":"{2}"}}`, `{"function":{"name":"g","arguments":"{3"}}`, `{"function":{"name":"g","arguments":"}"}}`,
		), "<nil>:f({1}) <nil>:f({2}) <nil>:g({3})"},
		"neither ID nor index, without arguments": {callPieces(`{"function":{"name":"f","arguments":""}}`, `{"function":{"name":"g","arguments":""}}`), "<nil>:f() <nil>:g()"},
		"ID only in the head":                     {callPieces(`{"id":"a","function":{"name":"f","arguments":""}}`, `{"function":{"arguments":"{"}}`, `{"function":{"arguments":"}"}}`), "a:f({})"},
		"one ID for all": {callPieces(
			`{"index":0,"id":"f","function":{"name":"f","arguments":"{1}"}}`, `{"index":1,"id":"f","function":{"name":"f","arguments":"{2}"}}`,
		), "f:f({1}) f:f({2})"},
		"empty IDs": {callPieces(
			`{"index":0,"id":"","function":{"name":"f","arguments":"{"}}`, `{"index":1,"id":"","function":{"name":"g","arguments":"{"}}`, `{"index":0,"id":"","function":{"name":"","arguments":"1}"}}`, `{"index":1,"id":"","function":{"arguments":"2}"}}`,
		), "<nil>:f({1}) <nil>:g({2})"},
		"ID after the name": {callPieces(`{"index":0,"function":{"name":"f"}}`, `{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}`), "a:f({})"},
		"name in pieces":    {callPieces(`{"index":0,"id":"a","function":{"name":"get_"}}`, `{"index":0,"function":{"name":"weather","arguments":"{}"}}`), "a:get_weather({})"},
		"out of order":      {callPieces(`{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}`, `{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}`), "a:f({}) b:g({})"},
		"arguments as JSON": {callPieces(`{"function":{"name":"f","arguments":{"x":1}}},{"function":{"name":"f","arguments":{"x":2}}}`), `<nil>:f(map[x:1]) <nil>:f(map[x:2])`},
		"one call, no list": {[]string{delta(`{"tool_calls":{"id":"a","function":{"name":"f","arguments":"{}"}}}`)}, "a:f({})"},
		"odd elements":      {callPieces(`null,7,"x",[],{"index":"0","id":"a","function":{"name":"f","arguments":"{"}}`, `{"index":0.0,"function":{"arguments":"}"}}`), "a:f({})"},
		"custom tools": {callPieces(
			`{"index":0,"id":"a","type":"custom","custom":{"name":"f","input":""}}`, `{"index":0,"custom":{"input":"x "}}`, `{"index":0,"custom":{"input":"x "}}`,
			`{"index":0,"id":"b","type":"custom","custom":{"name":"g","input":"y"}}`,
		), "a:f(x x ) b:g(y)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := callsOf(t, assemble(t, test.chunks...))
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// callsOf are the tool calls of the first choice.
func callsOf(t *testing.T, completion map[string]any) string {
	t.Helper()
	message := completion["choices"].([]any)[0].(map[string]any)["message"].(map[string]any)
	var all []string
	for _, call := range message["tool_calls"].([]any) {
		fields := call.(map[string]any)
		id := fields["id"]
		if id == "" {
			id = nil
		}
		if inside, ok := fields["custom"].(map[string]any); ok {
			all = append(all, fmt.Sprintf("%v:%v(%v)", id, inside["name"], inside["input"]))
			continue
		}
		inside := fields["function"].(map[string]any)
		all = append(all, fmt.Sprintf("%v:%v(%v)", id, inside["name"], inside["arguments"]))
	}
	return strings.Join(all, " ")
}

// What nobody declares is kept.
func TestAssembly_keepsUnknownMembers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		chunks []string
		want   string
	}{
		"signature after the call": {
			append(callPieces(`{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}`, `{"extra_content":{"google":{"thought_signature":"c2ln"}}}`),
				ended(`{"tool_calls":[{"extra_content":{"google":{"thought_signature":"c2ln"}}}]}`)),
			`{"choices":[{"finish_reason":"stop","index":0,"message":{"content":null,"role":"assistant","tool_calls":[{"extra_content":{"google":{"thought_signature":"c2ln"}},"function":{"arguments":"{}","name":"f"},"id":"a"}]}}],"object":"chat.completion"}`,
		},
		"Azure's filters": {
			[]string{
				`{"id":"","object":"","created":0,"model":"","prompt_filter_results":[{"prompt_index":0}],"choices":[],"usage":null}`,
				`{"id":"c1","created":17,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Red."},"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"finish_reason":null}]}`,
				`{"id":"c1","created":17,"model":"m","choices":[{"index":0,"delta":{},"content_filter_results":{},"finish_reason":"stop"}],"usage":{"total_tokens":3}}`,
				`{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"content_filter_offsets":{"check_offset":44}}],"usage":null}`,
				`{"id":"","created":0,"choices":[],"usage":{"total_tokens":0}}`,
			},
			`{"choices":[{"content_filter_offsets":{"check_offset":44},"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"finish_reason":"stop","index":0,"message":{"content":"Red.","role":"assistant"}}],"created":17,"id":"c1","model":"m","object":"chat.completion","prompt_filter_results":[{"prompt_index":0}],"usage":{"total_tokens":3}}`,
		},
		"an error in a choice": {
			[]string{
				`{"choices":[{"index":0,"delta":{"content":"Hel"},"native_finish_reason":"stop"}]}`,
				`{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error","native_finish_reason":"error","error":{"code":502,"message":"Upstream network error"}}]}`,
				`{"choices":[{"index":0,"delta":{},"error":{"code":502,"message":"Upstream network error"}}]}`,
			},
			`{"choices":[{"error":{"code":502,"message":"Upstream network error"},"finish_reason":"error","index":0,"message":{"content":"Hel","role":"assistant"},"native_finish_reason":"error"}],"object":"chat.completion"}`,
		},
		"an error after the end": {
			[]string{ended(`{"content":"Hello"}`), `{"choices":[{"index":0,"finish_reason":"error","error":{"message":"broke"}}]}`},
			`{"choices":[{"error":{"message":"broke"},"finish_reason":"error","index":0,"message":{"content":"Hello","role":"assistant"}}],"object":"chat.completion"}`,
		},
		"token IDs": {
			[]string{`{"choices":[{"index":0,"delta":{"content":"a"},"token_ids":[5]}]}`, `{"choices":[{"index":0,"delta":{"content":"a"},"token_ids":[5],"finish_reason":"stop"}]}`},
			`{"choices":[{"finish_reason":"stop","index":0,"message":{"content":"aa","role":"assistant"},"token_ids":[5,5]}],"object":"chat.completion"}`,
		},
		"log probabilities again": {
			[]string{
				`{"choices":[{"index":0,"delta":{"content":"Hel"},"logprobs":{"content":[{"token":"Hel","logprob":-0.1,"bytes":[1],"top_logprobs":[]}]}}]}`,
				`{"choices":[{"index":0,"delta":{"content":"lo"},"logprobs":{"content":[{"token":"lo","logprob":-0.2,"bytes":[1],"top_logprobs":[]}]}}]}`,
				`{"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop","logprobs":{"content":[{"token":"Hel","logprob":-0.1,"bytes":[1],"top_logprobs":[]},{"token":"lo","logprob":-0.2,"bytes":[1],"top_logprobs":[]}]}}]}`,
			},
			`{"choices":[{"finish_reason":"stop","index":0,"logprobs":{"content":[{"bytes":[1],"logprob":-0.1,"token":"Hel","top_logprobs":[]},{"bytes":[1],"logprob":-0.2,"token":"lo","top_logprobs":[]}]},"message":{"content":"Hello","role":"assistant"}}],"object":"chat.completion"}`,
		},
		"choices without index": {
			[]string{`{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}`, `{"choices":[{"delta":{"content":"c"}},{"delta":{"content":"d"}}]}`},
			`{"choices":[{"index":0,"message":{"content":"ac","role":"assistant"}},{"index":1,"message":{"content":"bd","role":"assistant"}}],"object":"chat.completion"}`,
		},
		"one choice, no list": {
			[]string{`{"choices":{"delta":{"content":"a"}}}`}, `{"choices":[{"index":0,"message":{"content":"a","role":"assistant"}}],"object":"chat.completion"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(assemble(t, test.chunks...))
			if err != nil || string(got) != test.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

func TestWholeAnswer(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"choices":[{"message":{"content":"\"delta\""}}]}`:                       `{"choices":[{"message":{"content":"\"delta\""}}]}`,
		`{"choices":[{"message":{"content":"a"},"delta":{}}]}`:                    `{"choices":[{"message":{"content":"a"},"delta":{}}]}`,
		`{"delta":1,"choices":[]}`:                                                `{"delta":1,"choices":[]}`,
		`{"id":"x","choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}`: `{"choices":[{"finish_reason":"stop","index":0,"message":{"content":"a","role":"assistant"}}],"id":"x","object":"chat.completion"}`,
	} {
		if got := string(wholeAnswer([]byte(body))); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// What a server sends is looked at once: none of these takes the square of its length.
func TestAssembly_isLinear(t *testing.T) {
	t.Parallel()
	const many = 40_000
	for name, chunk := range map[string]func(i int) string{
		"choices": func(i int) string {
			return fmt.Sprintf(`{"choices":[{"index":%d,"delta":{"content":"a"}}]}`, i%mostChoices)
		},
		"pieces of a text":       func(i int) string { return delta(`{"content":"word "}`) },
		"pieces after the end":   func(i int) string { return ended(fmt.Sprintf(`{"content":"%d "}`, i)) },
		"parts":                  func(i int) string { return ended(fmt.Sprintf(`{"content":[{"type":"text","text":"%d "}]}`, i)) },
		"parts that do not grow": func(i int) string { return ended(fmt.Sprintf(`{"content":[{"type":"reference","n":[%d]}]}`, i)) },
		"calls by ID": func(i int) string {
			return delta(fmt.Sprintf(`{"tool_calls":[{"id":"%d","function":{"name":"f","arguments":"{}"}}]}`, i))
		},
		"calls by index": func(i int) string {
			return delta(fmt.Sprintf(`{"tool_calls":[{"index":%d,"function":{"name":"f","arguments":"{}"}}]}`, i))
		},
		"pieces of a call": func(i int) string {
			return delta(`{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"[{} "}}]}`)
		},
		"IDs of a call": func(i int) string {
			return delta(fmt.Sprintf(`{"tool_calls":[{"index":0,"id":"%d","function":{"name":"f","arguments":"[{} "}}]}`, i))
		},
		"elements by index": func(i int) string { return delta(fmt.Sprintf(`{"details":[{"index":%d,"text":"a"}]}`, i)) },
		"log probabilities": func(i int) string {
			return fmt.Sprintf(`{"choices":[{"index":0,"delta":{},"finish_reason":"stop","logprobs":{"content":[{"token":"a","logprob":-%d}]}}]}`, i)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := 0
			s := assembly{progress: func(piece string) { told += len(piece) }}
			begin := time.Now()
			for i := range many {
				if err := s.add([]byte(chunk(i))); err != nil {
					t.Fatal(err)
				}
			}
			whole := s.completion()
			if took := time.Since(begin); took > 3*time.Minute || len(whole) < 2*many {
				t.Errorf("%s for %d bytes", took, len(whole))
			}
		})
	}
}
