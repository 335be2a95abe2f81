package wire_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

type object = map[string]any

var inner = kinds.Declare(
	kinds.Attribute{Name: "a", Shape: kinds.String},
	kinds.Attribute{Name: "deep", Shape: kinds.Objects, Fields: kinds.Declare(
		kinds.Attribute{Name: "b", Shape: kinds.Int64},
	)},
)

// arguments has every shape once.
var arguments = kinds.Declare(
	kinds.Attribute{Name: "text", Shape: kinds.String},
	kinds.Attribute{Name: "truth", Shape: kinds.Bool},
	kinds.Attribute{Name: "whole", Shape: kinds.Int64},
	kinds.Attribute{Name: "number", Shape: kinds.Float64},
	kinds.Attribute{Name: "json", Shape: kinds.JSON},
	kinds.Attribute{Name: "choice", Shape: kinds.JSONOrString},
	kinds.Attribute{Name: "texts", Shape: kinds.Strings},
	kinds.Attribute{Name: "wholes", Shape: kinds.Int64s},
	kinds.Attribute{Name: "labels", Shape: kinds.StringMap},
	kinds.Attribute{Name: "biases", Shape: kinds.Int64Map},
	kinds.Attribute{Name: "one", Shape: kinds.Object, Fields: inner},
	kinds.Attribute{Name: "many", Wire: "manies", Shape: kinds.Objects, Fields: inner, Block: true},
	kinds.Attribute{Name: "here", Shape: kinds.String, Local: true},
	kinds.Attribute{Name: "answer", Shape: kinds.String, Mode: kinds.Computed},
)

// results is the same, computed.
var results = func() kinds.Attributes {
	var out []kinds.Attribute
	for _, a := range arguments {
		a.Mode, a.Block = kinds.Computed, false
		out = append(out, a)
	}
	return kinds.Declare(out...)
}()

func encode(t *testing.T, v object) (string, error) {
	t.Helper()
	out, err := wire.Encode(arguments, wire.Open(acctest.Value(arguments.Type(), v, "many")))
	return string(out), err
}

func TestEncode_writesWhatIsThere(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]object{
		`{}`: {},
		`{"text":"","truth":false,"whole":0,"number":0,"texts":[],"labels":{}}`: {
			"text": "", "truth": false, "whole": 0, "number": 0.0, "texts": []any{}, "labels": object{}},
		`{"text":"<a> & \"b\"\n"}`:                {"text": "<a> & \"b\"\n"},
		`{"json":{"b":1.0,"a":[1e3]}}`:            {"json": ` { "b": 1.0, "a": [1e3] } `},
		`{"choice":"auto"}`:                       {"choice": "auto"},
		`{"choice":{"type":"function"}}`:          {"choice": ` {"type": "function"}`},
		`{"wholes":[1,2],"biases":{"a":1,"b":2}}`: {"wholes": []any{1, 2}, "biases": object{"b": 2, "a": 1}},
		`{"one":{"deep":[{"b":1},{}]}}`:           {"one": object{"deep": []any{object{"b": 1}, object{}}}},
		`{"one":{"deep":[]}}`:                     {"one": object{"deep": []any{}}},
		`{"manies":[{"a":"x"}]}`:                  {"many": []any{object{"a": "x"}}},
		`{"text":"sent"}`:                         {"text": "sent", "here": "not", "answer": "not"},
	} {
		got, err := encode(t, v)
		if err != nil {
			t.Errorf("%s: %v", want, err)
		} else if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestEncode_keepsNumbersAsWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0.1", "0.7", "-0.000001", "1e+30", "9223372036854775807", "123456789.123456789", "2"} {
		number, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		fields := map[string]tftypes.Value{}
		for i := range arguments {
			fields[arguments[i].Name] = tftypes.NewValue(arguments[i].Type(), nil)
		}
		fields["number"] = tftypes.NewValue(tftypes.Number, number)
		got, err := wire.Encode(arguments, wire.FieldsOf(fields))
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"number":` + text + `}`; string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestEncode_namesWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	unknown := acctest.Unknown{}
	for want, v := range map[string]object{
		"text: the value is not known yet":                      {"text": unknown},
		"one: a: the value is not known yet":                    {"one": object{"a": unknown}},
		"many: element 0: deep: element 0 is null or not known": {"many": []any{object{"deep": []any{unknown}}}},
		"texts: element 0 is null":                              {"texts": []any{nil}},
		`labels: element "a" is null`:                           {"labels": object{"a": nil}},
		"json: not valid JSON":                                  {"json": "{"},
		"choice: not valid JSON":                                {"choice": "{x"},
		"many: the value is not known yet":                      {"many": unknown},
		"one: deep: element 0: b: the value is not known yet":   {"one": object{"deep": []any{object{"b": unknown}}}},
		"biases: element \"a\" is null or not known yet":        {"biases": object{"a": unknown}},
	} {
		if _, err := encode(t, v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestDecode_isLenient(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]object{
		`{"unknown":{"x":1}}`:    {},
		`{"text":null,"one":[]}`: {},
		`{"text":"a","truth":true,"whole":3,"number":0.5,"json":{"a":[1,2.50]},"texts":["a"],"wholes":[1],"labels":{"a":"b"},"biases":{"a":1}}`: {
			"text": "a", "truth": true, "whole": 3, "number": 0.5, "json": `{"a":[1,2.50]}`, "texts": []any{"a"}, "wholes": []any{1}, "labels": object{"a": "b"}, "biases": object{"a": 1}},
		`{"text":5,"truth":"yes","whole":"7","number":"many","json":"text"}`: {"text": "5", "whole": 7, "json": `"text"`},
		`{"text":["parts",{"a":"<b>"}],"whole":1.9,"number":1e999}`:          {"text": `["parts",{"a":"<b>"}]`, "whole": 1},
		`{"truth":"false"}`: {"truth": false}, `{"truth":"true"}`: {"truth": true}, `{"truth":"True"}`: {}, `{"truth":0}`: {},
		`{"texts":"a","labels":[1],"manies":{},"one":"x"}`: {},
		`{"texts":["a",null,1],"wholes":[1.5,"2",null]}`:   {"texts": []any{"a", nil, "1"}, "wholes": []any{1, 2, nil}},
		`{"manies":[{"a":"x","deep":[{"b":1}]},null,3]}`:   {"many": []any{object{"a": "x", "deep": []any{object{"b": 1}}}, nil, nil}},
	} {
		got, err := wire.Decode(results, []byte(answer))
		if err != nil {
			t.Errorf("%s: %v", answer, err)
			continue
		}
		for i := range results {
			a := &results[i]
			if a.Local {
				continue
			}
			if w := acctest.Value(a.Type(), want[a.Name]); !got[a.Name].Equal(w) {
				t.Errorf("%s: %s is %s, want %s", answer, a.Name, got[a.Name], w)
			}
		}
	}
}

// Numbers that Terraform would take minutes and gigabytes to write down, and those
// that its framework refuses for a declared attribute, are bounded on arrival.
func TestDecode_boundsNumbers(t *testing.T) {
	t.Parallel()
	million := strings.Repeat("7", 1<<20)
	for number, want := range map[string]object{
		"1e-400000": {"number": 0.0, "whole": 0}, "-1e-999999": {"number": 0.0, "whole": 0}, `"1e-999999"`: {"number": 0.0, "whole": 0},
		"1e-350": {"number": 0.0, "whole": 0}, "-1e-99999999999999999999": {"number": 0.0, "whole": 0},
		"1e999999": {}, million: {}, `"` + million + `"`: {}, "0." + million: {"number": 7.0 / 9, "whole": 0},
		"1e300": {"number": 1e300}, "9223372036854775808": {"number": 9223372036854775808.0}, "-1e30": {"number": -1e30},
		"9223372036854775807": {"number": 9223372036854775807.0, "whole": 9223372036854775807}, `"+5"`: {"number": 5.0, "whole": 5},
		`"Infinity"`: {}, `"NaN"`: {}, `"0x1p4"`: {},
	} {
		got, err := wire.Decode(results, []byte(`{"text":"kept","whole":`+number+`,"number":`+number+`}`))
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := wire.Text(got["text"]); text != "kept" {
			t.Errorf("%.30s: the answer is lost", number)
		}
		for _, name := range []string{"number", "whole"} {
			wanted, there := want[name]
			if got[name].IsNull() {
				if there {
					t.Errorf("%.30s: %s is null, want %v", number, name, wanted)
				}
				continue
			}
			var n big.Float
			if err := got[name].As(&n); err != nil {
				t.Fatal(err)
			}
			f, _ := n.Float64()
			i, accuracy := n.Int64()
			if !there || name == "number" && (f != wanted || (f == 0) != (n.Sign() == 0)) || name == "whole" && (int(i) != wanted || accuracy != big.Exact) {
				t.Errorf("%.30s: %s is %s, want %v", number, name, n.String(), wanted)
			}
		}
	}
}

func TestDynamic_boundsNumbers(t *testing.T) {
	t.Parallel()
	million := strings.Repeat("7", 1<<20)
	for number, want := range map[string]string{ // as Terraform writes it, at most so many bytes
		"1e-999999": "0", "-1e-400000": "0", "1e-400": "0." + strings.Repeat("0", 399) + "1", "12.50": "12.5", "0." + million: "",
	} {
		v := wire.Dynamic(json.Number(number))
		var n big.Float
		if err := v.As(&n); err != nil {
			t.Fatalf("%.30s: %s: %v", number, v.Type(), err)
		}
		if got := n.Text('f', -1); len(got) > 410 || want != "" && got != want {
			t.Errorf("%.30s: got %.50s, want %s", number, got, want)
		}
	}
	for _, number := range []string{"1e999999", million} { // beyond any number: as text
		if got := wire.Dynamic(json.Number(number)); !got.Type().Is(tftypes.String) {
			t.Errorf("%.30s is a %s", number, got.Type())
		}
	}
}

// Terraform normalises the names of a type, and not those of its value.
func TestDynamic_normalisesNames(t *testing.T) {
	t.Parallel()
	got := wire.Dynamic(map[string]any{"e\u0301": "decomposed", "\u00e9": "composed"})
	fields := wire.Open(got)
	if fields.String("\u00e9") != "composed" || len(fields.Values()) != 1 {
		t.Errorf("got %s", got)
	}
}

func TestDecode_refusesOnlyWhatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"", "[]", "null", `"text"`, "3", "{", "{} {}", "<html>"} {
		if _, err := wire.Decode(results, []byte(answer)); err == nil {
			t.Errorf("%q was taken for an answer", answer)
		}
	}
}

func TestPath_findsTheArgument(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]string{
		"text": "text", "manies[1].a": "many[1].a", "manies.0.deep.2.b": "many[0].deep[2].b", "manies": "many",
		"manies[1].unknown": "many[1]", "one.a": "one.a", "/one/a": "one.a", "here": "", "many": "", "answer": "", "": "", "labels.x": "labels",
		"manies[-1].a": "many", "manies[x]": "many",
	} {
		got, ok := wire.Path(arguments, place)
		if ok != (want != "") || (ok && got.String() != want) {
			t.Errorf("%q: got %s, want %q", place, got, want)
		}
	}
}
