package wire_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// open is an object with an Extra, alone and in lists.
var open = func(mode kinds.Mode) kinds.Attributes {
	item := kinds.Declare(
		kinds.Attribute{Name: "role", Shape: kinds.String},
		kinds.Attribute{Name: "content_part", Wire: "content", Shape: kinds.Strings},
		kinds.Attribute{Name: "here", Shape: kinds.String, Local: true},
		kinds.Attribute{Name: "inner", Shape: kinds.Object, Fields: kinds.Declare(kinds.Attribute{Name: "name", Shape: kinds.String})},
		kinds.Attribute{Name: "extra", Shape: kinds.JSON, Extra: true, Except: []string{"index"}},
	)
	return kinds.Declare(
		kinds.Attribute{Name: "extra", Shape: kinds.JSON, Extra: true, Mode: mode},
		kinds.Attribute{Name: "one", Shape: kinds.Object, Fields: item, Mode: mode},
		kinds.Attribute{Name: "many", Wire: "items", Shape: kinds.Objects, Fields: item, Mode: mode},
	)
}

func TestEncode_addsFurtherMembers(t *testing.T) {
	t.Parallel()
	as := open(kinds.Optional)
	for name, test := range map[string]struct {
		arguments object
		want      string // JSON, or a piece of an error
	}{
		"in a list":         {object{"many": []any{object{"role": "r", "extra": `{"b": {"c": 1e3}, "a": "<é>"}`}}}, `{"items":[{"role":"r","a":"<é>","b":{"c":1e3}}]}`},
		"nothing else":      {object{"one": object{"extra": ` {"a":null} `}}, `{"one":{"a":null}}`},
		"none":              {object{"one": object{"role": "r", "extra": `{}`}}, `{"one":{"role":"r"}}`},
		"at the root":       {object{"one": object{}, "extra": `{"a":[1,{}]}`}, `{"one":{},"a":[1,{}]}`},
		"named extra":       {object{"extra": `{"extra":1}`}, `{"extra":1}`},
		"a Local's name":    {object{"one": object{"extra": `{"here":1}`}}, `{"one":{"here":1}}`},
		"repeats a name":    {object{"one": object{"extra": `{"role":"x"}`}}, `one: extra: the JSON must not contain "role"`},
		"repeats a content": {object{"one": object{"extra": `{"content":"x"}`}}, `must not contain "content"`},
		"of an object":      {object{"one": object{"role": "r", "inner": object{"name": "n"}, "extra": `{"b":1,"inner":{"a":2}}`}}, `{"one":{"role":"r","inner":{"name":"n","a":2},"b":1}}`},
		"of no object":      {object{"one": object{"extra": `{"inner":{"a":2}}`}}, `{"one":{"inner":{"a":2}}}`},
		"repeats inside":    {object{"one": object{"extra": `{"inner":{"a":2,"name":"x"}}`}}, `one: extra: the JSON must not contain "inner.name"`},
		"replaces inside":   {object{"one": object{"extra": `{"inner":7}`}}, `one: extra: the JSON must not contain "inner"`},
		"a list":            {object{"extra": `[1]`}, `must be an object`},
		"no JSON":           {object{"extra": `{`}, `not valid JSON`},
		"not known":         {object{"extra": acctest.Unknown{}}, `not known yet`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := wire.Encode(as, wire.Open(acctest.Value(as.Type(), test.arguments)))
			if strings.HasPrefix(test.want, "{") {
				if err != nil || string(got) != test.want {
					t.Errorf("%s, %v; want %s", got, err, test.want)
				}
			} else if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s, %v; want the error %q", got, err, test.want)
			}
		})
	}
	sketch, err := wire.Sketch(as, wire.Open(acctest.Value(as.Type(), object{"one": object{"role": "r", "extra": acctest.Unknown{}}})))
	if err != nil || string(sketch) != `{"one":{"role":"r","extra":"\u0000not known yet"}}` {
		t.Errorf("%s, %v", sketch, err)
	}
}

func TestDecode_keepsFurtherMembers(t *testing.T) {
	t.Parallel()
	got, err := wire.Decode(open(kinds.Computed), []byte(`{
		"one": {"role": "r", "z": {"b": "<é>", "a": 1.50}, "index": 0, "gone": null, "here": 2, "extra": 3},
		"items": [{"content": ["c"], "index": 1}, {"signature": [null,1], "none": [null, {"a": ""}]}, 7],
		"own": true}`))
	if err != nil {
		t.Fatal(err)
	}
	one := wire.Open(got["one"])
	for place, test := range map[string]struct{ got, want string }{
		"root":      {textOf(got["extra"]), `{"items":[null,null,7],"own":true}`},
		"an object": {one.String("extra"), `{"extra":3,"here":2,"z":{"a":1.50,"b":"<é>"}}`},
		"nothing":   {textOf(wire.Open(wire.Items(got["many"])[0]).Get("extra")), "null"},
		"in a list": {textOf(wire.Open(wire.Items(got["many"])[1]).Get("extra")), `{"signature":[null,1]}`},
	} {
		if test.got != test.want {
			t.Errorf("%s: %s, want %s", place, test.got, test.want)
		}
	}
}

func textOf(v tftypes.Value) string {
	if text, ok := wire.Text(v); ok {
		return text
	}
	return "null"
}

// What is read goes back as it came.
func TestExtra_goesBackUntouched(t *testing.T) {
	t.Parallel()
	const message = `{"one":{"role":"r","content":["c"],"inner":{"name":"n","sig":"s"},"own":{"deep":[1.0,"x",{"n":null}]}}}`
	got, err := wire.Decode(open(kinds.Computed), []byte(message))
	if err != nil {
		t.Fatal(err)
	}
	back, err := wire.Encode(open(kinds.Optional), wire.FieldsOf(got))
	if err != nil || string(back) != message {
		t.Errorf("%s, %v; want %s", back, err, message)
	}
}

func TestPath_findsFurtherMembers(t *testing.T) {
	t.Parallel()
	as := open(kinds.Optional)
	for place, want := range map[string]string{
		"items[1].cache_control.type": "many[1].extra",
		"items[1].role":               "many[1].role",
		"items[1].extra":              "many[1].extra",
	} {
		if p, ok := wire.Path(as, place); !ok || p.String() != want {
			t.Errorf("%s is at %s, %v; want %s", place, p, ok, want)
		}
	}
	if p, ok := wire.Path(as, "unheard_of"); ok {
		t.Errorf("the root's own is at %s", p)
	}
}
