package jsontext_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

func TestFindStrings(t *testing.T) {
	t.Parallel()
	const text = ` { "a" : [ {"b":"one", "c": ["x"] }, {"c":{"b":"no"}, "\u0062": "two"}, "b", null, {"b":5} ],
		"b":"three", "d":{"b": "fo\"ur", "[0]":"five", "e.f": "six"}, "g":[["seven","]"],[true]] } `
	for paths, want := range map[string][]string{
		"b":                   {`b "three"`},
		"a[*].b":              {`a[0].b "one"`, `a[1].b "two"`},
		"a[1].b":              {`a[1].b "two"`},
		"a[1].b a[*].b":       {`a[0].b "one"`, `a[1].b "two"`},
		"d.b b a[0].c[*]":     {`a[0].c[0] "x"`, `b "three"`, `d.b "fo\"ur"`},
		"g[0][1] g[*][0]":     {`g[0][0] "seven"`, `g[0][1] "]"`},
		"d[0] e.f a.b a[9].b": nil,
		"a d.e a[*] d[*]":     {`a[2] "b"`},
		"[*] [0] x . [ ]":     nil,
	} {
		var got []string
		for _, span := range jsontext.FindStrings([]byte(text), strings.Fields(paths)) {
			got = append(got, span.Path+" "+text[span.Start:span.End])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", paths, got, want)
		}
	}
	if got := jsontext.FindStrings([]byte(`["a",["b"]]`), []string{"[0]", "[1][*]"}); len(got) != 2 || got[1].Path != "[1][0]" {
		t.Errorf("in a list: %v", got)
	}
}

// Whatever stands in a text, what is found is a string of it.
func FuzzFindStrings(f *testing.F) {
	f.Add(`{"a":[{"b":"x\\"}],"c":1e5}`, "a[*].b")
	f.Add(`"x"`, "")
	f.Fuzz(func(t *testing.T, text, paths string) {
		if jsontext.Strict([]byte(text), jsontext.Limits{}) != nil {
			return
		}
		end := 0
		for _, span := range jsontext.FindStrings([]byte(text), strings.Split(paths, ",")) {
			if span.Start < end || json.Unmarshal([]byte(text)[span.Start:span.End], new(string)) != nil {
				t.Errorf("%q in %q: got %v", paths, text, span)
			}
			end = span.End
		}
	})
}
