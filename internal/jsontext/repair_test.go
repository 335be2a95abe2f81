package jsontext_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

func TestRepair(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // "" = no JSON even so
		` {"a": "NaN \n"} `: ` {"a": "NaN \n"} `, `1e5`: `1e5`,
		"{\"a\":\"x\ny\r\n\t\x00\x1b[0m\"}":                `{"a":"x\ny\r\n\t\u0000\u001b[0m"}`,
		"{\"a\nb\":1}":                                     `{"a\nb":1}`,
		`{"a":NaN,"b":[Infinity,-Infinity,+inf,nan,-inf]}`: `{"a":null,"b":[null,null,null,null,null]}`,
		`{"NaN":"Infinity","x":NaN}`:                       `{"NaN":"Infinity","x":null}`,
		`{"a":"it\'s \d \u12 \x41"}`:                       `{"a":"it\\'s \\d \\u12 \\x41"}`,
		`{"a":"\"\\","b":NaN}`:                             `{"a":"\"\\","b":null}`,
		"{\"a\":\"x\\\ny\"}":                               `{"a":"x\\\ny"}`,
		`{"a":`:                                            "", `{"a":"x`: "", "<html>\n": "", "": "", `{"a":nano}`: "", `\`: "", `"\`: "", `"\u`: "", `-`: "", "{\"a\":\"x\n": "",
	} {
		got, ok := jsontext.Repair([]byte(text))
		if ok != (want != "") || ok && string(got) != want {
			t.Errorf("%q: got %s, %t, want %s", text, got, ok, want)
		}
	}
}

func FuzzRepair(f *testing.F) {
	for _, seed := range []string{`{"a":"b\u00e9"}`, "{\"a\":\"\n\\x\"}", `[NaN,-Infinity]`, `"\\\"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, ok := jsontext.Repair(text)
		switch {
		case ok != json.Valid(got):
			t.Fatalf("%q became %q, %t", text, got, ok)
		case json.Valid(text) && !bytes.Equal(got, text):
			t.Fatalf("%q was changed to %q", text, got)
		case ok && len(got) > 6*len(text):
			t.Fatalf("%d bytes became %d", len(text), len(got))
		}
		if again, _ := jsontext.Repair(got); ok && !bytes.Equal(again, got) {
			t.Fatalf("%q, then %q", got, again)
		}
	})
}
