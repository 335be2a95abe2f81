package chat

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// readBody reads an answer to a request.
func readBody(t *testing.T, arguments wire.Fields, body string) wire.Fields {
	t.Helper()
	values, err := kind.ReadAnswer(arguments, client.Answer{Body: []byte(body)})
	if err != nil {
		t.Fatal(err)
	}
	return wire.FieldsOf(values)
}

// answerWith is the answer of one choice with such a message.
func answerWith(message, reason string) string {
	return `{"id":"c1","object":"chat.completion","choices":[{"index":0,"message":` + message + `,"finish_reason":"` + reason + `"}]}`
}

var (
	asksText = argumentsWith(nil)
	asksJSON = argumentsWith(wire.Values{"response_format": jsonObject})
)

// judged are the findings against an answer that fail by default, and those that warn.
func judged(t *testing.T, arguments wire.Fields, body string) (fails, warns string) {
	t.Helper()
	failing, warning := failOn.Default(arguments, false)
	for _, f := range findings(arguments, readBody(t, arguments, body)) {
		among := func(words []string) bool {
			return slices.ContainsFunc(f.Words, func(w string) bool { return slices.Contains(words, w) })
		}
		switch {
		case f.Warns:
			warns += f.Text + "\n"
		case len(f.Words) == 0 || among(failing):
			fails += f.Text + "\n"
		case among(warning):
			warns += f.Text + "\n"
		}
	}
	return fails, warns
}

func assembledFrom(t *testing.T, chunks ...string) string {
	t.Helper()
	var s assembly
	for _, chunk := range chunks {
		if err := s.add([]byte(chunk)); err != nil {
			t.Fatal(err)
		}
	}
	return string(s.completion())
}

// What is no answer, or an empty one, and what is one.
func TestFindings_errorsAndEmptyAnswers(t *testing.T) {
	t.Parallel()
	const upstream = `{"index":0,"finish_reason":"error","message":{"role":"assistant","content":""},"error":{"code":502,"message":"Upstream network error"}}`
	for name, test := range map[string]struct {
		arguments    wire.Fields
		body         string
		fails, warns string // parts of it; "" = nothing
	}{
		"error in a choice":           {asksText, `{"id":"g","choices":[` + upstream + `]}`, "choices[0]: the server reports an error: Upstream network error (502)\n", ""},
		"error in the second choice":  {asksText, `{"choices":[{"message":{"content":"hi"}},` + upstream + `]}`, "choices[1]: the server reports an error: Upstream", ""},
		"error as text":               {asksText, `{"choices":[{"message":{"content":"half"},"finish_reason":"stop","error":"Overloaded"}]}`, "an error: Overloaded", ""},
		"error of unknown shape":      {asksText, `{"choices":[{"message":{"content":""},"error":{"why":["broken"]}}]}`, `{"why":["broken"]}`, ""},
		"error in the message":        {asksText, answerWith(`{"content":"","error":{"message":"No GPU"}}`, "stop"), "an error: No GPU", ""},
		"no error":                    {asksText, `{"choices":[{"message":{"content":"hi"},"finish_reason":"stop","error":null}]}`, "", ""},
		"an error that says success":  {asksText, `{"choices":[{"message":{"content":"hi"},"finish_reason":"stop","error":{"code":0,"message":"success"}}]}`, "", ""},
		"finish_reason error":         {asksText, answerWith(`{"content":"half"}`, "error"), "without saying which", ""},
		"finish_reason error, beside": {asksText, `{"choices":[{"message":{"content":""},"finish_reason":"error","native_finish_reason":"MALFORMED_CALL"}]}`, "MALFORMED_CALL", ""},
		"error in a stream": {asksText, assembledFrom(t, `{"id":"g","choices":[{"index":0,"delta":{"content":"Hal"}}]}`,
			`{"id":"g","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error","error":{"code":502,"message":"Upstream network error"}}]}`), "Upstream network error", ""},
		"no choices, another word": {asksText, `{"id":"1","choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}`, "insufficient balance", ""},

		"JSON, content null":           {asksJSON, answerWith(`{"content":null,"reasoning":"Let me think"}`, "length"), "cut off", ""},
		"JSON, content empty":          {asksJSON, answerWith(`{"content":""}`, "stop"), "the answer is empty", ""},
		"JSON, no content":             {asksJSON, answerWith(`{}`, "stop"), "the answer is empty", ""},
		"JSON, one of two":             {asksJSON, `{"choices":[{"message":{"content":"{}"}},{"message":{"content":null}}]}`, "choices[1]: the answer is empty", ""},
		"JSON, no message":             {asksJSON, `{"choices":[{"finish_reason":"stop"}]}`, "no message", ""},
		"JSON, a call":                 {asksJSON, answerWith(`{"content":null,"tool_calls":[{"id":"a","function":{"name":"f"}}]}`, "tool_calls"), "", ""},
		"JSON, a legacy call":          {asksJSON, answerWith(`{"content":null,"function_call":{"name":"f","arguments":"{}"}}`, "function_call"), "", ""},
		"JSON, a refusal":              {asksJSON, answerWith(`{"content":null,"refusal":"No."}`, "stop"), "the model refused: No.", ""},
		"JSON, in parts":               {asksJSON, answerWith(`{"content":[{"type":"thinking","thinking":"{"},{"type":"text","text":"{\"a\""},{"type":"text","text":":1}"}]}`, "stop"), "", ""},
		"JSON, as a value":             {asksJSON, answerWith(`{"content":{"a":1}}`, "stop"), "", ""},
		"text, content null":           {asksText, answerWith(`{"content":null}`, "stop"), "", "choices[0]: the answer is empty (finish_reason = \"stop\")\n"},
		"text, white space":            {asksText, answerWith(`{"content":" \n"}`, "stop"), "", "the answer is empty"},
		"text, thought of, cut off":    {asksText, answerWith(`{"content":"","reasoning_content":"Hm"}`, "length"), "", "the model was reasoning and gave no answer; it was cut off"},
		"text, thought in details":     {asksText, answerWith(`{"content":"","reasoning_details":[{"text":"Hm"}]}`, "stop"), "", "the answer is empty"},
		"text, an empty list":          {asksText, answerWith(`{"content":[]}`, "stop"), "", "the answer is empty"},
		"text, no message":             {asksText, `{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"},{"finish_reason":"stop"}]}`, "", "choices[1]: the choice has no message"},
		"text, one of two":             {asksText, `{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"},{"message":{"content":""},"finish_reason":"stop"}]}`, "", ""},
		"text, a call":                 {asksText, answerWith(`{"content":null,"tool_calls":[{"id":"a","function":{"name":"f"}}]}`, "tool_calls"), "", ""},
		"text, sound":                  {asksText, answerWith(`{"content":null,"audio":{"id":"a","data":"AAAA"}}`, "stop"), "", ""},
		"text, an image":               {asksText, answerWith(`{"content":"","images":[{"type":"image_url","image_url":{"url":"data:,"}}]}`, "stop"), "", ""},
		"text of a legacy completion":  {asksText, `{"choices":[{"text":"hi","finish_reason":"stop"}]}`, "", ""},
		"a choice that is not in list": {asksText, `{"choices":{"message":{"content":"hi"},"finish_reason":"stop"}}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fails, warns := judged(t, test.arguments, test.body)
			for what, pair := range map[string][2]string{"fails": {fails, test.fails}, "warns": {warns, test.warns}} {
				if pair[1] == "" && pair[0] != "" || !strings.Contains(pair[0], pair[1]) {
					t.Errorf("it %s: %q, want %q", what, pair[0], pair[1])
				}
			}
		})
	}
}

// The action fails for an empty answer, and for an error in any case.
func TestFindings_ofTheAction(t *testing.T) {
	t.Parallel()
	fails, _ := failOn.Default(asksText, true)
	if !slices.Contains(fails, generation.OnEmpty) {
		t.Errorf("the action fails for %v", fails)
	}
	for _, f := range findings(asksText, readBody(t, asksText, `{"choices":[{"message":{"content":"x"},"error":"Down"}]}`)) {
		if len(f.Words) > 0 {
			t.Errorf("%q can be let pass: %v", f.Text, f.Words)
		}
	}
}

// What could not be checked is no breach.
func TestFindings_uncheckedWarns(t *testing.T) {
	t.Parallel()
	format := wire.With(wire.With(jsonObject, tftypes.NewValue(tftypes.String, "json_schema"), "type"), jsonSchema(`{"$ref":"#/$defs/gone"}`), "json_schema")
	arguments := argumentsWith(wire.Values{"response_format": format})
	fails, warns := judged(t, arguments, answerWith(`{"content":"{}"}`, "stop"))
	if fails != "" || !strings.Contains(warns, "cannot be checked") {
		t.Errorf("fails %q, warns %q", fails, warns)
	}
}

func jsonSchema(schema string) tftypes.Value {
	declared := Request.Find("response_format").Fields.Find("json_schema")
	values := wire.Values{}
	for _, a := range declared.Fields {
		values[a.Name] = tftypes.NewValue(a.Type(), nil)
	}
	values["schema"] = tftypes.NewValue(tftypes.String, schema)
	return tftypes.NewValue(declared.Type(), values)
}

// Choices are in the order of their numbers, if these are an order.
func TestReadAnswer_order(t *testing.T) {
	t.Parallel()
	for numbers, want := range map[string]string{
		"0 1 2": "abc", "2 0 1": "bca", "1 0": "ba", "0 0": "ab", "1 2": "ab", "-1 0": "ab", "null 0": "ab", `"1" "0"`: "ab", "1.0 0": "ab", "9223372036854775807 0": "ab", "1e0 0": "ab",
	} {
		var choices []string
		for i, number := range strings.Fields(numbers) {
			choices = append(choices, fmt.Sprintf(`{"index":%s,"message":{"content":%q}}`, number, "abc"[i:i+1]))
		}
		got := readBody(t, asksText, `{"choices":[`+strings.Join(choices, ",")+`]}`)
		order := ""
		for _, choice := range got.Items("choices") {
			order += wire.Open(choice).Open("message").String("content")
		}
		if order != want || got.String("content") != want[:1] {
			t.Errorf("%s: %s, of which the first is %s; want %s", numbers, order, got.String("content"), want)
		}
	}
}

// The message of an answer, in the ways that servers write it.
func TestReadAnswer_messages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		message string
		want    map[string]string // "" = null
	}{
		"parts": {`{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Two "},{"type":"text","text":"and two."}],"closed":true},{"type":"text","text":"Fo"},{"type":"text","text":"ur."}]}`,
			map[string]string{"content": "Four.", "reasoning_content": "Two and two.", "extra": ""}},
		"thinking as text": {`{"content":[{"type":"thinking","thinking":"Hm."},{"type":"text","text":"Four."}]}`,
			map[string]string{"content": "Four.", "reasoning_content": "Hm.", "extra": ""}},
		"thinking alone":   {`{"content":[{"type":"reasoning","text":"Hm."}]}`, map[string]string{"content": "", "reasoning_content": "Hm."}},
		"one part":         {`{"content":{"type":"text","text":"Four."}}`, map[string]string{"content": "Four.", "extra": ""}},
		"texts and a part": {`{"content":["Fo",{"type":"output_text","text":"ur.","annotations":[]}]}`, map[string]string{"content": "Four.", "extra": ""}},
		"a refusal part":   {`{"content":[{"type":"refusal","refusal":"No."}]}`, map[string]string{"content": "", "refusal": "No.", "extra": ""}},
		"another part": {`{"content":[{"type":"text","text":"See "},{"type":"reference","reference_ids":[1]}]}`,
			map[string]string{"content": "See ", "extra": `{"content_parts":[{"text":"See ","type":"text"},{"reference_ids":[1],"type":"reference"}]}`}},
		"a signature": {`{"content":[{"type":"thinking","thinking":"Hm.","signature":"s"},{"type":"text","text":"4"}]}`,
			map[string]string{"content": "4", "reasoning_content": "Hm.", "extra": `{"content_parts":[{"signature":"s","thinking":"Hm.","type":"thinking"},{"text":"4","type":"text"}]}`}},
		"JSON as a value":     {`{"content":{"city":"Oslo","type":"x"}}`, map[string]string{"content": `{"city":"Oslo","type":"x"}`, "extra": ""}},
		"a list as a value":   {`{"content":[1,2]}`, map[string]string{"content": `[1,2]`, "extra": ""}},
		"texts as a value":    {`{"content":["a","b"]}`, map[string]string{"content": `["a","b"]`, "extra": ""}},
		"reasoning":           {`{"content":"4","reasoning":"2+2"}`, map[string]string{"reasoning_content": "2+2", "extra": ""}},
		"reasoning twice":     {`{"content":"4","reasoning":"2+2","reasoning_content":"2+2"}`, map[string]string{"reasoning_content": "2+2", "extra": ""}},
		"two reasonings":      {`{"content":"4","reasoning":"short","reasoning_content":"long"}`, map[string]string{"reasoning_content": "long", "extra": `{"reasoning":"short"}`}},
		"reasoning of parts":  {`{"content":"4","reasoning_content":[{"type":"text","text":"2+"},{"type":"text","text":"2"}]}`, map[string]string{"reasoning_content": "2+2", "extra": ""}},
		"reasoning as object": {`{"content":"4","reasoning":{"effort":"low"}}`, map[string]string{"reasoning_content": "", "extra": `{"reasoning":{"effort":"low"}}`}},
		"images": {`{"content":"","images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}`,
			map[string]string{"extra": `{"images":[{"image_url":{"url":"data:image/png;base64,iVBORw0KGgo="},"type":"image_url"}]}`}},
		"inside of what is declared": {`{"content":"4","audio":{"id":"a","format":"wav"},"annotations":[{"type":"url_citation"},{"type":"file_citation","file_citation":{"file_id":"f"}}]}`,
			map[string]string{"extra": `{"annotations":[null,{"file_citation":{"file_id":"f"}}],"audio":{"format":"wav"}}`}},
		"another type":         {`{"content":"4","annotations":"none","audio":[1]}`, map[string]string{"extra": `{"annotations":"none","audio":[1]}`}},
		"a name of ours":       {`{"content":"4","extra":{"a":1}}`, map[string]string{"extra": `{"extra":{"a":1}}`}},
		"markup stays":         {`{"content":"4","html":"<b>&</b>"}`, map[string]string{"extra": `{"html":"<b>&</b>"}`}},
		"nothing that is told": {`{"content":"4","images":[],"a":null,"b":"","c":{},"d":{"e":[{}]}}`, map[string]string{"extra": ""}},
		"what says false":      {`{"content":"4","end_turn":false,"n":0}`, map[string]string{"extra": `{"end_turn":false,"n":0}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := readBody(t, asksText, answerWith(test.message, "stop"))
			message := wire.Open(got.Items("choices")[0]).Open("message")
			for attribute, want := range test.want {
				if text, there := message.Text(attribute); text != want || there != (want != "") {
					t.Errorf("%s is %q, want %q", attribute, text, want)
				}
			}
			if content, _ := message.Text("content"); got.String("content") != content {
				t.Errorf("the derived content is %q", got.String("content"))
			}
		})
	}
}

// Structured outputs go by the joined text.
func TestReadAnswer_outputOfParts(t *testing.T) {
	t.Parallel()
	got := readBody(t, asksJSON, answerWith(`{"content":[{"type":"thinking","thinking":"Oslo it is."},{"type":"text","text":"{\"city\":\"Oslo\"}"}]}`, "stop"))
	if city := wire.Open(got.Get("output")).String("city"); city != "Oslo" {
		t.Errorf("output is %s", got.Get("output"))
	}
}

// What the answer and the choices say beyond their attributes.
func TestReadAnswer_keepsWhatIsNotDeclared(t *testing.T) {
	t.Parallel()
	got := readBody(t, asksText, `{"id":"c1","object":"chat.completion","obfuscation":"xyz","provider":"P","citations":["https://a"],"usage":{"prompt_tokens":1,"cost":0.25,"cost_details":{"upstream":null}},
		"choices":[{"index":0,"native_finish_reason":"STOP","content_filter_results":{"hate":{"filtered":false}},"message":{"role":"assistant","content":"hi"}}, 7]}`)
	if extra := got.String("extra"); extra != `{"choices":[null,7],"citations":["https://a"],"provider":"P","usage":{"cost":0.25}}` {
		t.Errorf("extra is %s", extra)
	}
	choice := wire.Open(got.Items("choices")[0])
	if extra := choice.String("extra"); extra != `{"content_filter_results":{"hate":{"filtered":false}},"native_finish_reason":"STOP"}` {
		t.Errorf("the choice's extra is %s", extra)
	}
	if !choice.Open("message").Get("extra").IsNull() {
		t.Errorf("the message's extra is %s", choice.Open("message").Get("extra"))
	}
}

// Usage under other names.
func TestReadAnswer_usage(t *testing.T) {
	t.Parallel()
	for usage, want := range map[string]string{
		`{"input_tokens":3,"output_tokens":4}`:                                                     `3 4 7 0 0 `,
		`{"prompt_tokens":3,"completion_tokens":4,"total_tokens":9}`:                               `3 4 9 0 0 `,
		`{"prompt_tokens":3}`:                                                                      `3 0 0 0 0 `,
		`{"prompt_tokens":3,"completion_tokens":4,"prompt_cache_hit_tokens":2}`:                    `3 4 7 2 0 `,
		`{"prompt_tokens":3,"completion_tokens":4,"cached_tokens":2,"prompt_tokens_details":null}`: `3 4 7 2 0 `,
		`{"prompt_tokens":3,"completion_tokens":4,"reasoning_tokens":1}`:                           `3 4 7 0 1 `,
		`{"input_tokens":3,"input_tokens_details":{"cached_tokens":2,"text_tokens":1},"output_tokens":4,"output_tokens_details":{"reasoning_tokens":1}}`: `3 4 7 2 1 {"usage":{"input_tokens_details":{"text_tokens":1}}}`,
		`{"input_tokens":5,"prompt_tokens":3,"completion_tokens":4}`:                                                                                     `3 4 7 0 0 {"usage":{"input_tokens":5}}`,
		`{"prompt_tokens":9223372036854775807,"completion_tokens":1}`:                                                                                    `9223372036854775807 1 0 0 0 `,
	} {
		got := readBody(t, asksText, `{"choices":[],"usage":`+usage+`}`)
		counts := got.Open("usage")
		line := ""
		for _, value := range []tftypes.Value{counts.Get("prompt_tokens"), counts.Get("completion_tokens"), counts.Get("total_tokens"),
			counts.Open("prompt_tokens_details").Get("cached_tokens"), counts.Open("completion_tokens_details").Get("reasoning_tokens")} {
			line += fmt.Sprint(wire.Int(value)) + " "
		}
		if line += got.String("extra"); line != want {
			t.Errorf("%s\ngot  %s\nwant %s", usage, line, want)
		}
	}
}

// A tool call can be given back whatever the server leaves out of it.
func TestReadAnswer_toolCalls(t *testing.T) {
	t.Parallel()
	for calls, want := range map[string]string{
		`[{"id":"a","function":{"name":"f","arguments":"{}"},"index":0}]`:            `a function f({}) true`,
		`[{"id":"a","type":"","function":{"name":"f"}}]`:                             `a function f() true`,
		`[{"id":"a","type":"function","function":{"name":"f","arguments":null}}]`:    `a function f() true`,
		`[{"id":"a","type":"function","function":{"name":"f","arguments":{"x":1}}}]`: `a function f({"x":1}) true`,
		`[{"id":"a","custom":{"name":"f"}}]`:                                         `a custom f() true`,
		`[null,{"function":{"name":"f"}},{"function":{"name":"g"}}]`:                 `call_0 function f() true, call_1 function g() true`,
		`{"id":"a","type":"function","function":{"name":"f"}}`:                       `a function f() true`,
		`[{"id":"a","type":"new","new":{"name":"f"}}]`:                               `a new`,
	} {
		got := readBody(t, asksText, answerWith(`{"content":null,"tool_calls":`+calls+`}`, "tool_calls"))
		var read []string
		for _, item := range wire.Open(got.Items("choices")[0]).Open("message").Items("tool_calls") {
			call := wire.Open(item)
			line := call.String("id") + " " + call.String("type")
			for kind, input := range map[string]string{"function": "arguments", "custom": "input"} {
				if inside := call.Open(kind); !inside.Absent() {
					text, there := inside.Text(input)
					line += fmt.Sprintf(" %s(%s) %t", inside.String("name"), text, there)
				}
			}
			read = append(read, line)
		}
		if text := strings.Join(read, ", "); text != want {
			t.Errorf("%s\ngot  %s\nwant %s", calls, text, want)
		}
	}
	got := readBody(t, asksText, answerWith(`{"content":null,"function_call":{"name":"f"}}`, "function_call"))
	if text, there := wire.Open(got.Items("choices")[0]).Open("message").Open("function_call").Text("arguments"); text != "" || !there {
		t.Errorf("the legacy call has the arguments %q, %t", text, there)
	}
}

// What a call has beyond its attributes is kept, also inside of its function, and goes back with it.
func TestReadAnswer_keepsMembersOfToolCalls(t *testing.T) {
	t.Parallel()
	const call = `{"id":"a","type":"function","function":{"name":"f","arguments":"{}","thought_signature":"c2ln"},"extra_content":{"google":{"thought_signature":"c2ln"}}}`
	message := wire.Open(readBody(t, asksText, answerWith(`{"content":null,"tool_calls":[`+call+`]}`, "tool_calls")).Items("choices")[0]).Open("message")
	read := wire.Open(message.Items("tool_calls")[0])
	if extra := read.String(generation.Rest); extra != `{"extra_content":{"google":{"thought_signature":"c2ln"}},"function":{"thought_signature":"c2ln"}}` || !message.Get(generation.Rest).IsNull() {
		t.Errorf("extra is %s, that of the message %s", extra, message.Get(generation.Rest))
	}
	if back, err := wire.Encode(generation.ToolCalls, read); err != nil || string(back) != call {
		t.Errorf("it goes back as %s, %v", back, err)
	}
}

// A stored completion repeats the request, which is no part of the answer.
func TestReadStored_leavesTheRequestOut(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"id":"c","request_id":"r","input_user":"u","seed":1,"temperature":0.5,"tool_choice":"auto","tools":[{"type":"function"}],"metadata":{"a":"b"},"choices":[]}`: "",
		`{"id":"c","seed":1,"provider":"P","choices":[]}`: `{"provider":"P"}`,
	} {
		values, err := readStored([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := wire.Text(values[generation.Rest]); got != want {
			t.Errorf("extra is %s, want %s", got, want)
		}
	}
}

// Log probabilities are short lists, with all that there is beside them in one text: Terraform
// pays for each value at each plan.
func TestReadAnswer_logprobsAreCompact(t *testing.T) {
	t.Parallel()
	const said = `{"content":[{"bytes":[104],"logprob":-0.5,"token":"h","top_logprobs":[{"bytes":[104],"logprob":-0.5,"token":"h"},{"bytes":null,"logprob":-9999.0,"token":"x"}]}],"refusal":null}`
	got := readBody(t, asksText, `{"choices":[{"index":0,"message":{"content":"h"},"logprobs":`+said+`,"finish_reason":"stop"},{"index":1,"message":{"content":"h"},"logprobs":null}]}`)
	choice := wire.Open(got.Items("choices")[0])
	if text := choice.String(logprobsJSON); text != said {
		t.Errorf("got %s", text)
	}
	token := wire.Open(choice.Open("logprobs").Items("content")[0])
	if token.String("token") != "h" || wire.Float(token.Get("logprob")) != -0.5 || token.Has("top_logprobs") || token.Has("bytes") {
		t.Errorf("the token is %v", token)
	}
	if extra := choice.String(generation.Rest); extra != "" {
		t.Errorf("extra is %s", extra)
	}
	if other := wire.Open(got.Items("choices")[1]); !other.Get(logprobsJSON).IsNull() {
		t.Errorf("without log probabilities there is %s", other.Get(logprobsJSON))
	}
}
