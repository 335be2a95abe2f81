package wire_test

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/text/unicode/norm"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// sent has every shape that can be sent, some of them two levels down.
var sent = func() kinds.Attributes {
	leaves := []kinds.Attribute{
		{Name: "text", Shape: kinds.String},
		{Name: "truth", Shape: kinds.Bool},
		{Name: "whole", Shape: kinds.Int64},
		{Name: "number", Shape: kinds.Float64},
		{Name: "json", Shape: kinds.JSON},
		{Name: "choice", Shape: kinds.JSONOrString},
		{Name: "texts", Shape: kinds.Strings},
		{Name: "wholes", Shape: kinds.Int64s},
		{Name: "labels", Shape: kinds.StringMap},
		{Name: "biases", Wire: "logit_biases", Shape: kinds.Int64Map},
		{Name: "floats", Shape: kinds.Float64Map},
		{Name: "flags", Shape: kinds.BoolMap},
	}
	deep := kinds.Declare(append([]kinds.Attribute(nil), leaves...)...)
	return kinds.Declare(append(leaves,
		kinds.Attribute{Name: "one", Shape: kinds.Object, Fields: deep},
		kinds.Attribute{Name: "block", Shape: kinds.Object, Fields: deep, Block: true},
		kinds.Attribute{Name: "many", Shape: kinds.Objects, Fields: deep},
		kinds.Attribute{Name: "blocks", Wire: "message", Shape: kinds.Objects, Fields: deep, Block: true},
	)...)
}()

// received is the same as an answer, and what only answers have.
var received = func() kinds.Attributes {
	out := []kinds.Attribute{
		{Name: "tree", Shape: kinds.Dynamic, Mode: kinds.Computed},
		{Name: "lists", Shape: kinds.StringsMap, Mode: kinds.Computed},
	}
	for _, a := range sent {
		a.Mode, a.Block = kinds.Computed, false
		out = append(out, a)
	}
	return kinds.Declare(out...)
}()

// Whatever a user writes is sent as JSON, and reads back as the same.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("Zwölf <Boxkämpfer>\u2028\x00\xff 0.1 -7 1e300"))
	f.Add([]byte(strings.Repeat("\x01", 200)))
	f.Add([]byte(strings.Repeat("\x03\x05\x07", 100)))
	f.Add([]byte(strings.Repeat("\xfe{\"a\":1}\x01é\u0301", 40)))
	f.Fuzz(func(t *testing.T, source []byte) {
		in := &supply{source}
		value := in.object(sent)
		text, err := wire.Encode(sent, wire.Open(value))
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(text) {
			t.Fatalf("not JSON: %s", text)
		}
		back, err := wire.Decode(received, text)
		if err != nil {
			t.Fatal(err)
		}
		for i := range sent {
			a := &sent[i]
			want := wire.Open(value).Get(a.Name)
			if a.Name == "blocks" && len(wire.Items(want)) == 0 {
				want = tftypes.NewValue(a.Type(), nil) // no block is nothing sent
			}
			if !same(a, want, back[a.Name]) {
				t.Errorf("%s: sent %s, got %s, by way of %s", a.Name, want, back[a.Name], text)
			}
		}
	})
}

// same compares values, and JSON by what it means.
func same(a *kinds.Attribute, want, got tftypes.Value) bool {
	if want.IsNull() || got.IsNull() {
		return want.IsNull() && got.IsNull()
	}
	switch a.Shape {
	case kinds.JSON, kinds.JSONOrString:
		w, _ := wire.Text(want)
		g, _ := wire.Text(got)
		return g == w || a.Shape == kinds.JSON && jsontext.Same(w, g) || kinds.Embedded(w) && jsontext.Same(w, g)
	case kinds.Object:
		for i := range a.Fields {
			if name := a.Fields[i].Name; !same(&a.Fields[i], wire.Open(want).Get(name), wire.Open(got).Get(name)) {
				return false
			}
		}
		return true
	case kinds.Objects:
		ws, gs := wire.Items(want), wire.Items(got)
		one := kinds.Attribute{Shape: kinds.Object, Fields: a.Fields}
		for i := range ws {
			if i >= len(gs) || !same(&one, ws[i], gs[i]) {
				return false
			}
		}
		return len(ws) == len(gs)
	}
	return want.Equal(got)
}

// supply makes values of the bytes it is given; of none, it makes nulls.
type supply struct{ bytes []byte }

func (s *supply) byte() int {
	if len(s.bytes) == 0 {
		return 0
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return int(b)
}

func (s *supply) text() string {
	n := min(s.byte()%16, len(s.bytes))
	text := string(s.bytes[:n])
	s.bytes = s.bytes[n:]
	return norm.NFC.String(strings.ToValidUTF8(text, "?")) // as Terraform makes all text
}

func (s *supply) number() *big.Float {
	text := strconv.Itoa(s.byte()*s.byte() - 1000)
	switch s.byte() % 4 {
	case 1:
		text += "." + strconv.Itoa(s.byte())
	case 2:
		text += "e" + strconv.Itoa(s.byte()-128)
	case 3:
		text = "9223372036854775807"
	}
	n, _, _ := big.ParseFloat(text, 10, 512, big.ToNearestEven) // as Terraform reads numbers
	return n
}

func (s *supply) whole() *big.Float {
	n := s.number()
	i, _ := n.Int(nil)
	return new(big.Float).SetPrec(512).SetInt(i)
}

func (s *supply) json() string {
	switch s.byte() % 6 {
	case 0:
		return `{"b": 1.0, "a": [true, null, "x"]}`
	case 1:
		return ` [1e3, {}] `
	case 2:
		return s.number().Text('g', -1)
	case 3:
		return `{"` + strconv.Itoa(s.byte()) + `": {"ö": "<&>"}}`
	}
	quoted, _ := json.Marshal(s.text())
	return string(quoted)
}

func (s *supply) object(as kinds.Attributes) tftypes.Value {
	fields := make(map[string]tftypes.Value, len(as))
	for i := range as {
		fields[as[i].Name] = s.value(&as[i])
	}
	return tftypes.NewValue(as.Type(), fields)
}

func (s *supply) value(a *kinds.Attribute) tftypes.Value {
	if s.byte()%3 == 0 {
		return tftypes.NewValue(a.Type(), nil)
	}
	scalar := map[kinds.Shape]func() any{
		kinds.String: func() any { return s.text() }, kinds.Strings: func() any { return s.text() }, kinds.StringMap: func() any { return s.text() },
		kinds.Bool: func() any { return s.byte()%2 == 0 }, kinds.BoolMap: func() any { return s.byte()%2 == 0 },
		kinds.Int64: func() any { return s.whole() }, kinds.Int64s: func() any { return s.whole() }, kinds.Int64Map: func() any { return s.whole() },
		kinds.Float64: func() any { return s.number() }, kinds.Float64Map: func() any { return s.number() },
		kinds.JSON: func() any { return s.json() },
		kinds.JSONOrString: func() any {
			text := s.text()
			if s.byte()%2 == 0 || kinds.Embedded(text) { // a plan refuses what only begins like JSON
				return s.json()
			}
			return text
		},
	}[a.Shape]
	switch t := a.Type().(type) {
	case tftypes.Map:
		items := map[string]tftypes.Value{}
		for range s.byte() % 4 {
			items[s.text()] = tftypes.NewValue(t.ElementType, scalar())
		}
		return tftypes.NewValue(t, items)
	case tftypes.List:
		items := make([]tftypes.Value, s.byte()%4)
		for i := range items {
			if a.Fields != nil {
				items[i] = s.object(a.Fields)
			} else {
				items[i] = tftypes.NewValue(t.ElementType, scalar())
			}
		}
		return tftypes.NewValue(t, items)
	case tftypes.Object:
		return s.object(a.Fields)
	default:
		return tftypes.NewValue(t, scalar())
	}
}

// Whatever a server answers, decoding never panics, and what it gives is a
// value of the declared type that survives the way to Terraform.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"text":"a","many":[{"whole":1e5}],"json":{},"labels":{"a":1}}`,
		`{"whole":99999999999999999999999,"number":-0,"wholes":[0.1,"7",null,{}]}`,
		`{"tree":{"a":[1,null,{"b":[]}],"é":1,"é":2},"lists":{"x":["a",1,null],"y":null},"flags":{"a":true,"b":"no"}}`,
		`{"one":{"texts":[null,[],{}],"floats":{"a":1e400}},"block":[],"message":[1,{"text":{"a":"<"}}],"choice":{"type":"function"}}`,
		`{"number":-1e-999999,"tree":{"a":1e-400000,"b":[0.0000000000000000000000001e-390,1e308]},"floats":{"a":1e-350},"whole":1e300}`,
		`{"tree":"` + "\ufffd" + `\ud800","number":"1e5","truth":"true","text":12.50}`,
		`{"id":"chatcmpl-1","object":"chat.completion","created":1741569952,"choices":[{"index":0,"message":{"role":"assistant","content":"Hello!","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		got, err := wire.Decode(received, answer)
		if err != nil {
			return
		}
		for i := range received {
			a := &received[i]
			travelled, err := tfprotov6.NewDynamicValue(a.Type(), got[a.Name])
			if err != nil {
				t.Fatalf("%s: %v", a.Name, err)
			}
			arrived, err := travelled.Unmarshal(a.Type())
			if err != nil {
				t.Fatalf("%s: %v", a.Name, err)
			}
			if !got[a.Name].Type().UsableAs(a.Type()) || !arrived.Equal(got[a.Name]) {
				t.Fatalf("%s: %s arrives as %s", a.Name, got[a.Name], arrived)
			}
		}
	})
}
