package jsontext_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

func TestStrict_refusesWhatTwoReadersReadDifferently(t *testing.T) {
	t.Parallel()
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprintf(`"n%d":%d`, i, i)
	}
	large := "{" + strings.Join(many, ",")
	for text, want := range map[string]string{
		`{"a":1,"A":2,"á":3,"ä":4}`:        "",
		` [ ] `:                            "",
		`{"a":{"a":1},"b":[{"a":1}]}`:      "",
		`"a"`:                              "",
		"-1.5e3 ":                          "",
		"{\r\n\t\"a\" : true}\r\n":         "",
		large + "}":                        "",
		`{"a":"\ud800"}`:                   "", // half of an emoji, as models write it
		large + `,"n99":1}`:                `the name "n99" stands twice`,
		large + `,"n0":1}`:                 `the name "n0" stands twice`,
		"{\"a\":1,\n\"a\":1}":              `the name "a" stands twice in one object, line 2`,
		`{"a":1,"\u0061":1}`:               `the name "a" stands twice`,
		`{"":1,"":1}`:                      `the name "" stands twice`,
		`[1,{"x":[{"a":1,"b":2,"a" :3}]}]`: `the name "a" stands twice`,
		"\ufeff{}":                         "byte order mark",
		"{\n\"a\":\"\xff\"}":               "line 2 is not UTF-8",
		"{\"a\":\"\xed\xa0\x80\"}":         "line 1 is not UTF-8",
		`{"a":1`:                           "ends before",
		``:                                 "empty",
		" \n":                              "empty",
		"{\n\"a\":1,\n}":                   "line 3",
		`{"a":1}{"a":2}`:                   "not valid JSON",
		`[[[]]]`:                           "more than 2 levels deep, line 1",
		`[0,1,2,3,4]` + strings.Repeat(" ", 3) + `x`: "not valid JSON",
	} {
		limits := jsontext.Limits{Depth: 4}
		if strings.HasPrefix(want, "more than") {
			limits.Depth = 2
		}
		err := jsontext.Strict([]byte(text), limits)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %v, want %q", text, err, want)
		}
		if _, parsed := jsontext.ParseStrict([]byte(text), limits); (parsed == nil) != (err == nil) {
			t.Errorf("%.60q: Strict says %v, ParseStrict %v", text, err, parsed)
		}
	}
}

func TestStrict_countsValues(t *testing.T) {
	t.Parallel()
	for text, values := range map[string]int{`1`: 1, `[]`: 1, `{"a":"b"}`: 2, `[{},{},[null,true]]`: 6, `{"a":{"b":[1,2]},"c":null}`: 6} {
		for limit, fits := range map[int]bool{values - 1: values == 1, values: true, 0: true} { // 0 is no limit
			if err := jsontext.Strict([]byte(text), jsontext.Limits{Values: limit}); (err == nil) != fits {
				t.Errorf("%s with at most %d values: %v", text, limit, err)
			}
		}
	}
}

// FuzzStrict holds it against a reader that knows nothing of it.
func FuzzStrict(f *testing.F) {
	for _, text := range []string{`{"a":[1,{"b":null,"\u0062":"\\\""}]}`, `[[],{},"",0,-1e5,true]`, "\ufeff1", "\"\xff\"", `{"a":1,"a":2}`, `{} {}`, `[`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := jsontext.Strict([]byte(text), jsontext.Limits{Depth: 20, Values: 100})
		if want := slow(text, 20, 100); (err == nil) != want {
			t.Errorf("%q: %v, want it taken: %t", text, err, want)
		}
	})
}

// slow is Strict by the tokens of encoding/json.
func slow(text string, depth, values int) bool {
	if !json.Valid([]byte(text)) || !bytes.Equal([]byte(text), bytes.ToValidUTF8([]byte(text), nil)) {
		return false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var open []map[string]bool // nil = a list
	named := false             // the name of the next value was read
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return values >= 0
		}
		if err != nil {
			return false
		}
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			open = open[:len(open)-1]
			continue
		}
		if len(open) > 0 && open[len(open)-1] != nil && !named {
			name := token.(string)
			named = true
			if open[len(open)-1][name] {
				return false
			}
			open[len(open)-1][name] = true
			continue
		}
		named = false
		values--
		if delim, ok := token.(json.Delim); ok {
			inside := map[string]bool(nil)
			if delim == '{' {
				inside = map[string]bool{}
			}
			if open = append(open, inside); len(open) > depth {
				return false
			}
		}
	}
}

func BenchmarkStrict(b *testing.B) {
	text := []byte(`{"choices":[` + strings.Repeat(`{"message":{"role":"assistant","content":"`+strings.Repeat("Lorem ipsum ", 300)+`"}},`, 100) + `{}]}`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := jsontext.Strict(text, jsontext.Limits{Depth: 100, Values: 1e6}); err != nil {
			b.Fatal(err)
		}
	}
}
