package jsontext_test

import (
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

func TestNesting(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ begun, open, whole, inString bool }{
		"": {}, " \n": {}, "x": {}, `"{"`: {}, "1{": {}, ": ping {": {},
		" {": {begun: true, open: true}, `{"a`: {begun: true, open: true, inString: true}, `{"a\"}`: {begun: true, open: true, inString: true},
		`{"a\\"`: {begun: true, open: true}, `{"a":[1,{}`: {begun: true, open: true}, `{"a":"}"`: {begun: true, open: true},
		`{}`: {begun: true, whole: true}, `[{"a":"\"]"}] `: {begun: true, whole: true}, "[DONE]": {begun: true, whole: true}, `{}{`: {begun: true, open: true},
	} {
		var whole, bytewise jsontext.Nesting
		whole.Read(text)
		for i := range len(text) {
			bytewise.Read(text[i : i+1])
		}
		for name, n := range map[string]*jsontext.Nesting{"whole": &whole, "byte by byte": &bytewise} {
			if n.Begun() != want.begun || n.Open() != want.open || n.Whole() != want.whole || n.InString() != want.inString {
				t.Errorf("%q, %s: got %+v", text, name, n)
			}
		}
	}
}
