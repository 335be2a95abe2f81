package response

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

func parsed(t *testing.T, text string) object {
	t.Helper()
	v, err := wire.ParseObject([]byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// equal compares with JSON; the order of members does not matter.
func equal(t *testing.T, what string, got any, want string) {
	t.Helper()
	if g, w := string(jsontext.Canonical(got)), string(jsontext.Canonical(parsed(t, want))); g != w {
		t.Errorf("%s:\ngot  %s\nwant %s", what, g, w)
	}
}

// Each pair is one request.
func TestAlike_isTheSame(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{
		`{"input":"x"}`: `{"input":[{"role":"user","content":"x"}]}`,
		`{"input":[{"type":"message","role":"user","content":"x"}]}`:                     `{"input":[{"role":"user","content":[{"type":"input_text","text":"x"}]}]}`,
		`{"input":[{"id":"msg_1","status":"completed","role":"user","content":"x"}]}`:    `{"input":"x"}`,
		`{"input":[{"role":"user","content":"x","phase":null}]}`:                         `{"input":"x"}`,
		`{"input":[{"role":"assistant","content":"x"}]}`:                                 `{"input":[{"id":"msg_1","status":"completed","type":"message","role":"assistant","content":[{"type":"output_text","text":"x","annotations":[],"logprobs":[]}]}]}`,
		`{"input":[{"role":"user","content":[{"type":"input_image","image_url":"u"}]}]}`: `{"input":[{"role":"user","content":[{"type":"input_image","image_url":"u","detail":"auto","file_id":null}]}]}`,
		`{"input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}`: `{"input":[{"type":"function_call","id":"fc_1","status":"completed","call_id":"c","name":"f","arguments":"{}"}]}`,
		`{"input":[{"type":"function_call_output","call_id":"c","output":"x"}]}`:         `{"input":[{"type":"function_call_output","id":"fco_1","status":null,"call_id":"c","output":"x"}]}`,
		`{"input":[{"type":"custom_tool_call_output","call_id":"c","output":"x"}]}`:      `{"input":[{"type":"custom_tool_call_output","id":"a","status":"completed","call_id":"c","output":"x"}]}`,
		`{"text":{"format":{"type":"text"}}}`:                                            `{}`,
		`{"text":{"format":{"type":"text"},"verbosity":"low"}}`:                          `{"text":{"verbosity":"low"}}`,
		`{"text":{}}`:                      `{}`,
		`{"conversation":{"id":"conv_1"}}`: `{"conversation":"conv_1"}`,
		`{"store":true}`:                   `{}`,
		`{"tools":[{"type":"function","name":"f","strict":null}]}`:                          `{"tools":[{"type":"function","name":"f"}]}`,
		`{"tools":[{"type":"custom","name":"c","format":{"type":"text"}}]}`:                 `{"tools":[{"type":"custom","name":"c"}]}`,
		`{"tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":[]}}]}`: `{"tools":[{"type":"code_interpreter","container":{"type":"auto"}}]}`,
		`{"tools":[{"type":"mcp","require_approval":"always"}]}`:                            `{"tools":[{"type":"mcp"}]}`,
		`{"tools":[{"type":"web_search","search_context_size":"medium"}]}`:                  `{"tools":[{"type":"web_search"}]}`,
	} {
		one, other := parsed(t, a), parsed(t, b)
		alike(one)
		alike(other)
		if x, y := string(jsontext.Canonical(one)), string(jsontext.Canonical(other)); x != y {
			t.Errorf("%s\nis %s, and\n%s\nis %s", a, x, b, y)
		}
	}
}

// No pair is one request.
func TestAlike_isNotTheSame(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{
		`{"input":"x"}`: `{"input":[{"role":"system","content":"x"}]}`,
		`{"input":""}`:  `{}`,
		`{"input":[{"role":"user","content":"x"},{"role":"user","content":"y"}]}`:                                                `{"input":[{"role":"user","content":"y"},{"role":"user","content":"x"}]}`,
		`{"input":[{"role":"user","content":[{"type":"input_image","image_url":"u","detail":"low"}]}]}`:                          `{"input":[{"role":"user","content":[{"type":"input_image","image_url":"u"}]}]}`,
		`{"input":[{"role":"assistant","content":"x","phase":"commentary"}]}`:                                                    `{"input":[{"role":"assistant","content":"x"}]}`,
		`{"input":[{"type":"reasoning","id":"rs_1"}]}`:                                                                           `{"input":[{"type":"reasoning","id":"rs_2"}]}`,
		`{"input":[{"type":"item_reference","id":"a"}]}`:                                                                         `{"input":[{"type":"item_reference","id":"b"}]}`,
		`{"input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}`:                                         `{"input":[{"type":"function_call","call_id":"d","name":"f","arguments":"{}"}]}`,
		`{"input":[{"role":"assistant","content":[{"type":"output_text","text":"x","annotations":[{"type":"url_citation"}]}]}]}`: `{"input":[{"role":"assistant","content":"x"}]}`,
		`{"text":{"format":{"type":"json_object"}}}`:                                                                             `{}`,
		`{"store":false}`: `{}`,
		`{"tools":[{"type":"function","name":"f","strict":false}]}`:                             `{"tools":[{"type":"function","name":"f"}]}`,
		`{"tools":[{"type":"custom","name":"c","format":{"type":"grammar","definition":"a"}}]}`: `{"tools":[{"type":"custom","name":"c"}]}`,
		`{"tools":[{"type":"mcp","require_approval":"never"}]}`:                                 `{"tools":[{"type":"mcp"}]}`,
		`{"input":"` + `\u0000not known yet` + `"}`:                                             `{"input":[{"role":"user","content":"x"}]}`,
	} {
		one, other := parsed(t, a), parsed(t, b)
		alike(one)
		alike(other)
		if x, y := string(jsontext.Canonical(one)), string(jsontext.Canonical(other)); x == y {
			t.Errorf("%s and %s are both %s", a, b, x)
		}
	}
}

// What is not known yet stays a mark by which it is recognised.
func TestCompose_leavesOpenWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	const open = "\\u0000not known yet"
	given := noArguments(wire.Values{"message": tftypes.NewValue(Request.Find("message").Type(), tftypes.UnknownValue)})
	for body, want := range map[string]string{
		`{"input":"` + open + `"}`: `{"input":"` + open + `"}`,
		`{"input":["` + open + `",{"role":"user","content":"` + open + `"}]}`:                                    `{"input":["` + open + `",{"role":"user","content":"` + open + `"}]}`,
		`{"input":[{"role":"` + open + `","content":"x"}]}`:                                                      `{"input":[{"role":"` + open + `","content":"x"}]}`,
		`{"input":[{"role":"assistant","tool_calls":"` + open + `"}]}`:                                           `{"input":[{"role":"assistant"}]}`,
		`{"input":[{"role":"assistant","tool_calls":["` + open + `"]}]}`:                                         `{"input":["` + open + `"]}`,
		`{"input":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":"` + open + `"}]}]}`: `{"input":[{"id":"c","type":"function","function":"` + open + `"}]}`,
		`{"tools":"` + open + `"}`:                                     `{"tools":"` + open + `"}`,
		`{"tools":[{"type":"function","function":"` + open + `"}]}`:    `{"tools":[{"type":"function","function":"` + open + `"}]}`,
		`{"tools":["` + open + `"],"tool_json":[{"type":"x"}]}`:        `{"tools":["` + open + `",{"type":"x"}]}`,
		`{"tools":[{"type":"web_search"}],"tool_json":"` + open + `"}`: `{"tools":"` + open + `"}`,
		`{"tools":"` + open + `","tool_json":[{"type":"x"}]}`:          `{"tools":"` + open + `"}`,
		`{"text":"` + open + `"}`:                                      `{"text":"` + open + `"}`,
	} {
		object := parsed(t, body)
		compose(given, object)
		equal(t, body, object, want)
		alike(object) // does not panic
	}
}

// Rewriting a request twice is rewriting it once, whatever it is.
func FuzzAlike(f *testing.F) {
	for _, seed := range []string{
		`{"input":"x","text":{"format":{"type":"text"}},"tools":[{"type":"custom","format":{"type":"text"}},null,3],"conversation":{"id":"a"},"store":true}`,
		`{"input":[{"role":"user","content":"x"},{"type":"message","content":7},null,3,"y",{"role":7},{"role":"user","content":[null,{"type":"input_image","detail":"auto"}]}],"text":{"format":{}}}`,
		`{"input":{},"text":[],"tools":{},"conversation":{"id":{"id":"x"}},"store":"true"}`, `{"conversation":{"id":null}}`, `{"tools":[{"container":{"file_ids":[]},"type":7}]}`,
		`{"input":[{"type":"function_call","id":1,"status":null,"arguments":null}],"tool_json":[{}]}`, `{"input":"\u0000not known yet"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once, err := wire.ParseObject([]byte(text))
		if err != nil {
			return
		}
		alike(once)
		before := jsontext.Canonical(once)
		twice, err := wire.ParseObject(before)
		if err != nil {
			t.Fatal(err)
		}
		alike(twice)
		if after := jsontext.Canonical(twice); string(after) != string(before) {
			t.Errorf("once: %s\ntwice: %s", before, after)
		}
		composed, _ := wire.ParseObject([]byte(text))
		compose(noArguments(nil), composed) // does not panic
		if _, err := json.Marshal(composed); err != nil {
			t.Error(err)
		}
		if messages, ok := composed["input"].([]any); ok {
			items(messages)
		}
		normalize(composed)
	})
}

// What changed is named as the arguments name it.
func TestPlace(t *testing.T) {
	t.Parallel()
	text := func(name string) wire.Fields {
		return noArguments(wire.Values{name: tftypes.NewValue(tftypes.String, "x")})
	}
	messages := noArguments(wire.Values{"message": tftypes.NewValue(Request.Find("message").Type(), tftypes.UnknownValue)})
	for _, test := range []struct {
		arguments wire.Fields
		at, want  string
	}{
		{text("input"), "model", "model"}, {text("input"), "input", "input"}, {text("input"), "input[0].content[0].text", "input"}, {text("input"), "input[0].role", "input"},
		{text("input_items"), "input", "input_items"}, {text("input_items"), "input[1].role", "input_items[1].role"},
		{messages, "input", "message"}, {messages, "input[1].content[0].text", "message[1].content"}, {messages, "input[1].content[1].text", "message[1].content[1].text"}, {messages, "input[1].role", "message[1].role"},
		{noArguments(nil), "input", "input"},
	} {
		if got := place(test.arguments, test.at); got != test.want {
			t.Errorf("%s is %s, want %s", test.at, got, test.want)
		}
	}
}

func TestAsInput_saysTheSame(t *testing.T) {
	t.Parallel()
	for items, want := range map[string][2]string{
		`[]`: {"", ""},
		`[{"id":"msg_1","type":"message","role":"user","status":"completed","content":[{"type":"input_text","text":"x"}]}]`: {"input", "x"},
		`[{"id":"msg_1","type":"message","role":"user","content":"x"}]`:                                                     {"input", "x"},
		`[{"id":"msg_1","type":"message","role":"system","content":[{"type":"input_text","text":"x"}]}]`:                    {"input_items", `[{"content":[{"text":"x","type":"input_text"}],"role":"system","type":"message"}]`},
		`[{"type":"item_reference","id":"a"}]`:                                                                              {"input_items", `[{"id":"a","type":"item_reference"}]`},
	} {
		var raw []json.RawMessage
		if err := json.Unmarshal([]byte(items), &raw); err != nil {
			t.Fatal(err)
		}
		name, text, err := asInput(raw)
		if got := [2]string{name, text}; err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %q", items, err, got)
		}
	}
	if _, _, err := asInput([]json.RawMessage{[]byte(`3`)}); err == nil {
		t.Error("an item that is no object was taken")
	}
}
