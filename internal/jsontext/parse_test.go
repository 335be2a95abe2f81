package jsontext

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzParse holds what is read against what encoding/json reads.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		``, ` `, `null`, ` true `, `-0.10e+5`, `"a"`, `"\u00e4\n\"\\"`, "\"\xff\"", "\"\xff\\n\"", `"\ud800"`, `[]`, `{}`, ` [ 1 , [ ] , { } ] `, `{"a":{"b":[1,"x",null,false]},"a":2}`,
		`{"a" : [ {"b" : "]}" } , 3 ] }`, `1 2`, `[1`, `{"a":1}}`, `{"a\u0062":1}`, "\ufeff1", `nul`, `[1,]`, strings.Repeat("[", 10001), strings.Repeat("[", 9999) + strings.Repeat("]", 9999),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var want any
		err := dec.Decode(&want)
		_, rest := dec.Token()
		whole := err == nil && rest != nil && rest.Error() == "EOF"
		got, err := Parse(text)
		if (err == nil) != whole || whole && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %#v, error %v, want %#v", text, got, err, want)
		}
		var members map[string]json.RawMessage
		object := json.Unmarshal([]byte(text), &members) == nil && members != nil
		found, ok := Members([]byte(text))
		if ok != object || len(found) != len(members) {
			t.Errorf("%q: members %q, %t, want %q", text, found, ok, members)
		}
		for name, raw := range members {
			if !bytes.Equal(found[name], raw) {
				t.Errorf("%q: member %q is %q, want %q", text, name, found[name], raw)
			}
		}
	})
}

func TestAppendText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "plain ~", "\"", "\\", "<b>", "a&b", "\x7f", "\n", "\x1f", "grün", "\u2028", "\xff", "a\x00"} {
		want, _ := json.Marshal(text)
		if got := appendText([]byte("x"), text); string(got) != "x"+string(want) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	text := `{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"` + strings.Repeat("some words ", 200) +
		`"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":200,"total_tokens":210}}`
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
