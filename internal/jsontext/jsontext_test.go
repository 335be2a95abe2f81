package jsontext_test

import (
	"slices"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

func TestSame_comparesValues(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]string{
		{`{"a":1,"b":[true,null]}`, ` { "b" : [ true , null ], "a" : 1 } `},
		{`1`, `1.0`}, {`100`, `1e2`}, {`0.001`, `1E-3`}, {`-0`, `0`}, {`0.0`, `0e5`}, {`-1.50`, `-15e-1`},
		{`"\u00e9<"`, `"é\u003c"`}, {`not JSON`, `not JSON`}, {`12345678901234567890`, `12345678901234567890.0`},
	} {
		if !jsontext.Same(same[0], same[1]) {
			t.Errorf("%s and %s are not the same", same[0], same[1])
		}
	}
	for _, other := range [][2]string{
		{`{"a":1}`, `{"a":2}`}, {`[1,2]`, `[2,1]`}, {`1`, `"1"`}, {`null`, `{}`}, {`10`, `1`}, {`1`, `-1`},
		{`12345678901234567890`, `12345678901234567891`}, {`0.1`, `0.10000000000000000001`}, {`{`, `{ `}, {`{} {}`, `{}`},
		{`1e99999999999999999999`, `2e99999999999999999999`},
	} {
		if jsontext.Same(other[0], other[1]) {
			t.Errorf("%s and %s are the same", other[0], other[1])
		}
	}
	start := time.Now()
	jsontext.Same(`1e999999999`, `1e999999998`)
	if time.Since(start) > 5*time.Second {
		t.Error("a large exponent was written out")
	}
}

func TestDifferences_namesPlaces(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string][]string{
		{`{"a":1,"b":[1,{"c":"x"}]}`, `{"b":[1.0,{"c":"x"}],"a":1e0}`}: nil,
		{`{"a":1,"b":[1,{"c":"x"}]}`, `{"a":2,"b":[1,{"c":"y"}]}`}:     {"a", "b[1].c"},
		{`{"a":1}`, `{"b":1}`}:                      {"a", "b"},
		{`{"a":[1]}`, `{"a":[1,2]}`}:                {"a"},
		{`{"a":{"b":1}}`, `{"a":[{"b":1}]}`}:        {"a"},
		{`{"a":{"b":null}}`, `{"a":{"b":{"c":1}}}`}: {"a.b"},
		{`1`, `2`}: {""},
	} {
		a, _ := jsontext.Parse(pair[0])
		b, _ := jsontext.Parse(pair[1])
		if got := jsontext.Differences(a, b); !slices.Equal(got, want) {
			t.Errorf("%v: got %q, want %q", pair, got, want)
		}
	}
}

func FuzzSame(f *testing.F) {
	f.Add(`{"a":[1.50,"x"]}`, `{"a":[15e-1,"\u0078"]}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		if jsontext.Same(a, b) != jsontext.Same(b, a) {
			t.Error("not symmetric")
		}
		if !jsontext.Same(a, a) || jsontext.Same(a, a+"x") {
			t.Error("not reflexive")
		}
	})
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`null`: true, `""`: true, `[]`: true, `{}`: true, `[null,[""],{"a":{}}]`: true,
		`0`: false, `false`: false, `" "`: false, `[0]`: false, `{"a":[null,false]}`: false,
	} {
		v, err := jsontext.Parse(text)
		if err != nil || jsontext.Empty(v) != want {
			t.Errorf("%s: empty is %t, %v", text, !want, err)
		}
	}
}
