package chat

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

func assemble(t *testing.T, chunks ...string) map[string]any {
	t.Helper()
	var s assembly
	for _, chunk := range chunks {
		if err := s.add([]byte(chunk)); err != nil {
			t.Fatal(err)
		}
	}
	var v map[string]any
	if err := json.Unmarshal(s.completion(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAssembly_putsChunksTogether(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		chunks []string
		want   string
	}{
		"text, usage at the end": {
			[]string{
				`{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}`,
				`{"id":"c","choices":[{"index":0,"delta":{"content":"Hel"}}]}`,
				`{"id":"c","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}`,
				`{"id":"c","choices":[],"usage":{"total_tokens":3}}`,
			},
			`{"choices":[{"finish_reason":"stop","index":0,"message":{"content":"Hello","role":"assistant"}}],"created":1,"id":"c","model":"m","object":"chat.completion","usage":{"total_tokens":3}}`,
		},
		"several usage chunks, the last counts": {
			[]string{`{"choices":[{"index":0,"delta":{"content":"x"}}],"usage":{"total_tokens":1}}`, `{"choices":[],"usage":{"total_tokens":2}}`},
			`{"choices":[{"index":0,"message":{"content":"x","role":"assistant"}}],"object":"chat.completion","usage":{"total_tokens":2}}`,
		},
		"choices out of order, without role": {
			[]string{`{"choices":[{"index":1,"delta":{"content":"b"}}]}`, `{"choices":[{"index":0,"delta":{"content":"a"}}]}`, `{"choices":[{"index":1,"delta":{"content":"!"}}]}`},
			`{"choices":[{"index":0,"message":{"content":"a","role":"assistant"}},{"index":1,"message":{"content":"b!","role":"assistant"}}],"object":"chat.completion"}`,
		},
		"tool calls by index": {
			[]string{
				`{"choices":[{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}}]}`,
				`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{"}}]}}]}`,
				`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}},{"index":1,"function":{"arguments":"}"}}]}}]}`,
			},
			`{"choices":[{"index":0,"message":{"content":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{}","name":"f"},"id":"a","type":"function"},{"function":{"arguments":"{}","name":"g"},"id":"b","type":"function"}]}}],"object":"chat.completion"}`,
		},
		"tool calls without index, names repeated": {
			[]string{
				`{"choices":[{"delta":{"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":"}}]}}]}`,
				`{"choices":[{"delta":{"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"1}"}}]}}]}`,
			},
			`{"choices":[{"index":0,"message":{"content":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{\"x\":1}","name":"f"},"id":"a","type":"function"}]}}],"object":"chat.completion"}`,
		},
		"legacy function call": {
			[]string{
				`{"choices":[{"index":0,"delta":{"role":"assistant","function_call":{"name":"f","arguments":"{"}}}]}`,
				`{"choices":[{"index":0,"delta":{"function_call":{"arguments":"}"}},"finish_reason":"function_call"}]}`,
			},
			`{"choices":[{"finish_reason":"function_call","index":0,"message":{"content":null,"function_call":{"arguments":"{}","name":"f"},"role":"assistant"}}],"object":"chat.completion"}`,
		},
		"logprobs add up": {
			[]string{
				`{"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","bytes":[97]}],"refusal":null}}]}`,
				`{"choices":[{"index":0,"delta":{"content":"b"},"logprobs":{"content":[{"token":"b","bytes":[98]}]}}]}`,
			},
			`{"choices":[{"index":0,"logprobs":{"content":[{"bytes":[97],"token":"a"},{"bytes":[98],"token":"b"}],"refusal":null},"message":{"content":"ab","role":"assistant"}}],"object":"chat.completion"}`,
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

func TestAssembly_isFinishedWhenEveryChoiceSaysWhy(t *testing.T) {
	t.Parallel()
	for chunk, want := range map[string]bool{
		`{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`:                                     true,
		`{"choices":[{"index":0,"delta":{},"finish_reason":""}]}`:                                         false,
		`{"choices":[{"index":0,"delta":{}}]}`:                                                            false,
		`{"choices":[{"index":0,"delta":{},"finish_reason":"stop"},{"index":1,"delta":{"content":"a"}}]}`: false,
		`{"choices":[]}`: false,
	} {
		var s assembly
		if err := s.add([]byte(chunk)); err != nil {
			t.Fatal(err)
		}
		if got := s.finished(); got != want {
			t.Errorf("%s: finished is %t", chunk, got)
		}
	}
}

func TestAssembly_ofNothingIsNothing(t *testing.T) {
	t.Parallel()
	if got := (&assembly{}).completion(); got != nil {
		t.Errorf("got %s", got)
	}
	if err := (&assembly{}).add([]byte(`[]`)); err == nil {
		t.Error("an event that is no object was taken")
	}
}

// Whatever a server streams, the assembly neither panics nor loses the ability
// to write down what it has.
func FuzzAssembly(f *testing.F) {
	f.Add(`{"choices":[{"index":0,"delta":{"content":"a","tool_calls":[{"index":0,"id":"x"}]}}]}` + "\n" + `{"choices":[{"index":0,"delta":{"content":["b"],"tool_calls":[{"id":"x"},3]}}],"usage":{}}`)
	f.Add(`{"choices":[{"index":-1,"delta":null,"message":{"role":{}}},7],"id":null}`)
	f.Fuzz(func(t *testing.T, stream string) {
		var s assembly
		for chunk := range strings.SplitSeq(stream, "\n") {
			_ = s.add([]byte(chunk))
		}
		whole := s.completion()
		if whole == nil {
			if s.head != nil {
				t.Fatal("what had arrived is lost")
			}
			return
		}
		if !json.Valid(whole) {
			t.Fatalf("not JSON: %s", whole)
		}
		if _, err := kind.ReadAnswer(wire.Fields{}, client.Answer{Body: whole}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOutput_isNoValueWhereItIsNestedTooDeep(t *testing.T) {
	t.Parallel()
	asked := argumentsWith(wire.Values{"response_format": jsonObject})
	for levels, want := range map[int]bool{1: true, 50: true, 51: false, 5000: false} {
		text := strings.Repeat(`{"a":`, levels) + "1" + strings.Repeat("}", levels)
		if got := !output(asked, tftypes.NewValue(tftypes.String, text)).IsNull(); got != want {
			t.Errorf("%d levels: a value is %t", levels, got)
		}
	}
}

// Terraform takes minutes at each plan for a list that is a few kilobytes of JSON: it stays text, and that is said.
func TestOutput_isNoValueWhereItWouldCostTooMuch(t *testing.T) {
	t.Parallel()
	list := func(element string, n int) string {
		return `{"a":[` + strings.Repeat(element+",", n-1) + element + `]}`
	}
	for name, test := range map[string]struct {
		text string
		want bool
	}{
		"numbers":         {list("1", 5000), true},
		"more numbers":    {list("1", 8000), false},
		"objects":         {list(`{"city":"Oslo","size":1}`, 1500), true},
		"more objects":    {list(`{"city":"Oslo","size":1}`, 3000), false},
		"empty objects":   {list(`{}`, 3500), false},
		"lists of lists":  {list(list("1", 100), 100), true},
		"many of them":    {list(list("1", 100), 300), false},
		"a list at depth": {`{"x":{"y":` + list("1", 8000) + `}}`, false},
		"a long text":     {`{"a":"` + strings.Repeat("x", 1<<20) + `"}`, true},
	} {
		body, err := json.Marshal(map[string]any{"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]any{"content": test.text}}}})
		if err != nil {
			t.Fatal(err)
		}
		got := readBody(t, asksJSON, string(body))
		if there := !got.Get("output").IsNull(); there != test.want {
			t.Errorf("%s: a value is %t", name, there)
		}
		said := false
		for _, f := range findings(asksJSON, got) {
			said = said || f.Warns && strings.Contains(f.Text, "Use jsondecode on content")
		}
		if said == test.want {
			t.Errorf("%s: it is said: %t", name, said)
		}
	}
	for _, content := range []string{`"no JSON"`, `null`, `""`} {
		if found := findings(asksJSON, readBody(t, asksJSON, answerWith(`{"content":`+content+`}`, "stop"))); slices.ContainsFunc(found, func(f answer.Finding) bool { return f.Warns }) {
			t.Errorf("%s: %v", content, found)
		}
	}
}

// A number that Terraform would write down with a million digits costs nothing.
func TestOutput_boundsNumbers(t *testing.T) {
	t.Parallel()
	asked := argumentsWith(wire.Values{"response_format": jsonObject})
	for number, want := range map[string]float64{"1e-999999": 0, "-1e-400000": 0, "0." + strings.Repeat("3", 1_000_000): 1.0 / 3, "0.1": 0.1} {
		body, err := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"content": `{"x":` + number + `}`}}}})
		if err != nil {
			t.Fatal(err)
		}
		values, err := kind.ReadAnswer(asked, client.Answer{Body: body})
		if err != nil {
			t.Fatal(err)
		}
		var x big.Float
		if err := wire.Open(values["output"]).Get("x").As(&x); err != nil {
			t.Fatal(err)
		}
		if got, _ := x.Float64(); got != want || len(x.Text('f', -1)) > 410 {
			t.Errorf("%.20s: got %v", number, got)
		}
	}
}
