package response

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// assembled is what events make, and what was heard of it.
func assembled(t *testing.T, events ...string) (s *assembly, heard string) {
	t.Helper()
	var words strings.Builder
	s = &assembly{progress: func(piece string) { words.WriteString(piece) }}
	for _, e := range events {
		if err := s.add([]byte(e)); err != nil {
			t.Fatal(err)
		}
	}
	return s, words.String()
}

func TestAssembly_isTheResponseOfTheLastEvent(t *testing.T) {
	t.Parallel()
	for _, last := range []string{"completed", "incomplete", "failed", "cancelled"} {
		s, heard := assembled(t,
			`{"type":"response.created","response":{"id":"a","status":"in_progress"}}`,
			`{"type":"response.output_text.delta","output_index":0,"delta":"Hel"}`, `{"type":"response.output_text.delta","output_index":0,"delta":"lo"}`,
			`{"type":"response.something_new","delta":{"a":1}}`, `{"type":"keepalive"}`,
			`{"type":"response.`+last+`","response":{"id":"a","status":"`+last+`"}}`)
		if string(s.whole) != `{"id":"a","status":"`+last+`"}` || heard != "Hello" {
			t.Errorf("%s: got %s, heard %q", last, s.whole, heard)
		}
	}
}

func TestAssembly_keepsWhatHasCome(t *testing.T) {
	t.Parallel()
	const created = `{"type":"response.created","response":{"id":"a","object":"response","status":"queued","output":[]}}`
	for name, test := range map[string]struct {
		events []string
		want   string
	}{
		"nothing":        {nil, ``},
		"words only":     {[]string{`{"type":"response.output_text.delta","delta":"x"}`}, ``},
		"its beginning":  {[]string{created}, `{"id":"a","object":"response","output":[],"status":"in_progress"}`},
		"a later one":    {[]string{created, `{"type":"response.in_progress","response":{"id":"a","model":"m"}}`}, `{"id":"a","model":"m","output":[],"status":"in_progress"}`},
		"no object":      {[]string{`{"type":"response.created","response":[1]}`}, ``},
		"pieces of text": {[]string{created, `{"type":"response.output_text.delta","output_index":0,"delta":"Hel"}`, `{"type":"response.output_text.delta","output_index":0,"delta":"lo"}`}, `{"id":"a","object":"response","output":[{"content":[{"annotations":[],"text":"Hello","type":"output_text"}],"role":"assistant","status":"in_progress","type":"message"}],"status":"in_progress"}`},
		"whole items, and their order": {[]string{created, `{"type":"response.output_text.delta","output_index":2,"delta":"wor"}`, `{"type":"response.output_item.done","output_index":1,"item":{"type":"reasoning"}}`, `{"type":"response.output_text.delta","output_index":0,"delta":"gone"}`, `{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":"all"}}`},
			`{"id":"a","object":"response","output":[{"type":"message","content":"all"},{"type":"reasoning"},{"content":[{"annotations":[],"text":"wor","type":"output_text"}],"role":"assistant","status":"in_progress","type":"message"}],"status":"in_progress"}`},
		"a piece that is none": {[]string{created, `{"type":"response.output_text.delta","output_index":0,"delta":{"a":1}}`}, `{"id":"a","object":"response","output":[{"content":[{"annotations":[],"text":"","type":"output_text"}],"role":"assistant","status":"in_progress","type":"message"}],"status":"in_progress"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := assembled(t, test.events...)
			if got := string(s.partial()); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	if err := (&assembly{}).add([]byte(`[]`)); err == nil {
		t.Error("an event that is no object was taken")
	}
}

// Whatever a server streams: no panic, and what came is written down.
func FuzzAssembly(f *testing.F) {
	f.Add(`{"type":"response.created","response":{"id":"a"}}` + "\n" + `{"type":"response.output_text.delta","output_index":0,"delta":"x"}`)
	f.Add(`{"type":"response.created","response":{"output":7}}` + "\n" + `{"type":"response.output_item.done","output_index":-1,"item":null}` + "\n" + `{"type":"response.refusal.delta","delta":3}`)
	f.Add(`{"type":"response.output_item.done","item":"\u00ff"}` + "\n" + `{"type":"response.completed","response":null}`)
	f.Fuzz(func(t *testing.T, stream string) {
		var s assembly
		for e := range strings.SplitSeq(stream, "\n") {
			_ = s.add([]byte(e))
		}
		if partial := s.partial(); partial != nil && !json.Valid(partial) {
			t.Fatalf("no JSON: %s", partial)
		}
	})
}

// noArguments are the arguments of the resource, null but for some.
func noArguments(but wire.Values) wire.Fields {
	all := wire.Values{}
	for _, a := range kind.Attributes() {
		all[a.Name] = a.Absent()
	}
	return wire.FieldsOf(all).With(but)
}

// formatOf is the argument text that asks for JSON: of a schema, or "" for any object.
func formatOf(schema string) tftypes.Value {
	text := Request.Find("text")
	format := text.Fields.Find("format")
	of, kindOf := wire.Values{}, "json_object"
	for _, a := range format.Fields {
		of[a.Name] = tftypes.NewValue(a.Type(), nil)
	}
	if schema != "" {
		kindOf = "json_schema"
		of["name"], of["schema"] = tftypes.NewValue(tftypes.String, "n"), tftypes.NewValue(tftypes.String, schema)
	}
	of["type"] = tftypes.NewValue(tftypes.String, kindOf)
	return tftypes.NewValue(text.Type(), wire.Values{
		"format": tftypes.NewValue(format.Type(), of), "verbosity": tftypes.NewValue(tftypes.String, nil),
	})
}

// Whatever a server answers, it either is no answer or becomes a state that Terraform can keep; and what there is to say
// against it can be said.
func FuzzReadAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"id":"resp_1","object":"response","created_at":1764072000,"status":"completed","model":"m","output":[{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"{\"a\":[1,null]}","annotations":[{"type":"url_citation","url":"u","title":"t","start_index":0,"end_index":1}]}]}],"usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":0},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":3}}`,
		`{"output":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"custom_tool_call","call_id":7,"name":[],"input":{}}],"incomplete_details":{"reason":3},"error":{"code":1,"message":[]}}`,
		`{"output":[null,1,"x",[],{"type":"message"},{"type":"message","content":7},{"type":"message","content":"whole","phase":{}},{"type":"message","phase":"commentary","content":[null,{"type":"output_text"},{"type":"refusal","refusal":3}]}]}`,
		`{"output":[{"type":"message","content":[{"type":"text","text":"x","annotations":[null,3,{"type":"url_citation","url_citation":{"url":"u"}},{"type":7},{"type":"container_file_citation","container_id":"c","start_index":1.5}]}]}]}`,
		`{"output":{},"status":7,"incomplete_details":"x","error":"x"}`, `{"output_text":"x"}`, `{"output_text":{},"output":null,"created_at":1764072000.25,"completed_at":1e300}`, `{}`, `[]`, `{"error":{}}`,
	} {
		f.Add([]byte(seed))
	}
	arguments := noArguments(wire.Values{"text": formatOf("")})
	attributes := kind.Attributes()
	f.Fuzz(func(t *testing.T, answer []byte) {
		_, _ = background.ID(answer)
		values, err := kind.ReadAnswer(arguments, client.Answer{Body: answer, RequestID: "req_1"})
		if err != nil {
			return
		}
		_, _, _ = findings(arguments, wire.FieldsOf(values)), findings(noArguments(nil), wire.FieldsOf(values)), answerText(wire.FieldsOf(values))
		_, _ = usage(wire.FieldsOf(values))
		state := map[string]tftypes.Value{}
		for i := range attributes {
			a := &attributes[i]
			state[a.Name] = tftypes.NewValue(a.Type(), nil)
			if v, ok := values[a.Name]; ok {
				state[a.Name] = v
			}
		}
		for name := range values {
			if attributes.Find(name) == nil {
				t.Errorf("%s has no place in the state", name)
			}
		}
		whole := tftypes.NewValue(attributes.Type(), state)
		travelled, err := tfprotov6.NewDynamicValue(attributes.Type(), whole)
		if err != nil {
			t.Fatal(err)
		}
		if arrived, err := travelled.Unmarshal(attributes.Type()); err != nil || !arrived.Equal(whole) {
			t.Fatalf("%v: %s arrives as %s", err, whole, arrived)
		}
	})
}
