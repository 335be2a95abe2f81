package response

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// readOutput is an answer with some output items, and what is null in it left out.
func readOutput(t *testing.T, arguments wire.Fields, output string, more ...string) wire.Fields {
	t.Helper()
	body := `{"id":"resp_1","status":"completed","output":` + output
	for _, m := range more {
		body += "," + m
	}
	values, err := kind.ReadAnswer(arguments, client.Answer{Body: []byte(body + "}")})
	if err != nil {
		t.Fatal(err)
	}
	return wire.FieldsOf(values)
}

// What is said is gathered of all messages; comments count only where there is no answer.
func TestRead_whatMessagesSay(t *testing.T) {
	t.Parallel()
	for output, want := range map[string][2]string{ // content and refusal; "-" = null
		`[]`:                                  {"-", "-"},
		`null`:                                {"-", "-"},
		`[{"type":"reasoning","summary":[]}]`: {"-", "-"},
		`[{"type":"message","content":[]}]`:   {"-", "-"},
		`[{"type":"message","content":[{"type":"output_text","text":""}]}]`:                                                                      {"", "-"},
		`[{"type":"message","content":"whole"}]`:                                                                                                 {"whole", "-"},
		`[{"type":"message","content":[{"type":"text","text":"a"}]}]`:                                                                            {"a", "-"},
		`[{"type":"message","content":[{"type":"refusal","refusal":"no"}]}]`:                                                                     {"-", "no"},
		`[{"type":"message","content":[{"type":"refusal","refusal":""}]}]`:                                                                       {"-", "-"},
		`[{"type":"message","content":"a"},{"type":"reasoning"},{"type":"message","content":"b"}]`:                                               {"ab", "-"},
		`[{"type":"message","content":[{"type":"output_text","text":"a"},{"type":"refusal","refusal":"no"},{"type":"output_text","text":"b"}]}]`: {"ab", "no"},
		`[{"type":"message","phase":"commentary","content":"hm"},{"type":"message","phase":"final_answer","content":"a"}]`:                       {"a", "-"},
		`[{"type":"message","phase":"commentary","content":"hm"},{"type":"message","content":"a"}]`:                                              {"a", "-"},
		`[{"type":"message","phase":"commentary","content":"hm"}]`:                                                                               {"hm", "-"},
		`[{"type":"message","content":"x"},{"type":"message","phase":"final_answer","content":"a"}]`:                                             {"a", "-"},
	} {
		got := readOutput(t, noArguments(nil), output)
		for i, name := range []string{"content", "refusal"} {
			text, ok := got.Text(name)
			if !ok {
				text = "-"
			}
			if text != want[i] {
				t.Errorf("%s: %s is %q", output, name, text)
			}
		}
	}
	if got := readOutput(t, noArguments(nil), `[]`, `"output_text":"x"`); got.String("content") != "x" {
		t.Error("output_text of a server that gives nothing else is not the content")
	}
	if got := readOutput(t, noArguments(nil), `[{"type":"reasoning"}]`, `"output_text":"x"`); got.String("content") != "" {
		t.Error("output_text was taken beside items")
	}
}

func TestRead_callsAndCitations(t *testing.T) {
	t.Parallel()
	got := readOutput(t, noArguments(nil), `[
		{"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":"{}"},{"type":"custom_tool_call","call_id":"call_2","name":"c","input":"go"},
		{"type":"message","phase":"commentary","content":[{"type":"output_text","text":"x","annotations":[{"type":"url_citation","url":"not this one"}]}]},
		{"type":"message","content":[{"type":"output_text","text":"x","annotations":[
			{"type":"url_citation","url":"https://a.example","title":"A","start_index":1,"end_index":2},{"type":"url_citation","url_citation":{"url":"https://b.example","title":"B"}},
			{"type":"file_citation","file_id":"file-1","filename":"a.txt","index":3},{"type":"container_file_citation","container_id":"c","file_id":"cfile_1","filename":"b.png","start_index":0,"end_index":1}]}]}]`)
	var calls, sources []string
	for _, item := range got.Items("tool_calls") {
		call := wire.Open(item)
		calls = append(calls, call.String("id"), call.String("type"))
		if f := call.Open("function"); !f.Absent() {
			calls = append(calls, f.String("name"), f.String("arguments"))
		}
		if c := call.Open("custom"); !c.Absent() {
			calls = append(calls, c.String("name"), c.String("input"))
		}
	}
	if want := []string{"call_1", "function", "f", "{}", "call_2", "custom", "c", "go"}; !slices.Equal(calls, want) {
		t.Errorf("calls are %q", calls)
	}
	for _, item := range got.Items("citations") {
		c := wire.Open(item)
		sources = append(sources, c.String("type")+" "+c.String("url")+c.String("file_id")+" "+c.String("title")+c.String("filename")+c.String("container_id"))
	}
	if want := []string{"url_citation https://a.example A", "url_citation https://b.example B", "file_citation file-1 a.txt", "container_file_citation cfile_1 b.pngc"}; !slices.Equal(sources, want) {
		t.Errorf("citations are %q", sources)
	}
	if text := answerText(got); text != "x\ncalls f with {}\ncalls c with go" {
		t.Errorf("the text is %q", text)
	}
	if got := readOutput(t, noArguments(nil), `[]`); !got.Get("tool_calls").IsNull() || !got.Get("citations").IsNull() {
		t.Error("an empty list is not null")
	}
}

// The items stay as the server sent them, to be given back, but for white space, which recordings change.
func TestRead_outputJSON(t *testing.T) {
	t.Parallel()
	const items = `[ {"type":"reasoning", "id":"rs_1","encrypted_content":"<&>","big":12345678901234567890, "x":1e2}]`
	if got := readOutput(t, noArguments(nil), items).String("output_json"); got != strings.ReplaceAll(items, " ", "") {
		t.Errorf("got %s", got)
	}
	if got := readOutput(t, noArguments(nil), `null`); !got.Get("output_json").IsNull() {
		t.Error("null is no list of items")
	}
}

// A plan knows what will be null.
func TestAbsent_readsNull(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments wire.Fields
		want      []string
	}{
		"nothing asked for": {noArguments(nil), []string{"output", "response_moderation"}},
		"JSON":              {noArguments(wire.Values{"text": formatOf("")}), []string{"response_moderation"}},
		"schema":            {noArguments(wire.Values{"text": formatOf(`{"type":"object"}`)}), []string{"response_moderation"}},
	} {
		if got := absent(test.arguments); !slices.Equal(got, test.want) {
			t.Errorf("%s: absent are %q", name, got)
		}
		got := readOutput(t, test.arguments, `[{"type":"message","content":"{\"a\":1}"}]`)
		if got.Get("output").IsNull() != slices.Contains(test.want, "output") {
			t.Errorf("%s: output is %s", name, got.Get("output"))
		}
	}
}

func TestEstimate(t *testing.T) {
	t.Parallel()
	input, output := estimate([]byte(`{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]}],"max_output_tokens":70}`))
	if output != 70 || input < 1000 || input > 1100 {
		t.Errorf("got %d, %d", input, output)
	}
	if _, output := estimate([]byte(`{"max_output_tokens":-1}`)); output != 0 {
		t.Errorf("got %d", output)
	}
}
