package wire

import (
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The short way to the digits of a number ends where the long one does.
func TestShortest(t *testing.T) {
	t.Parallel()
	check := func(n *big.Float) {
		t.Helper()
		want := n.Text('f', -1)
		if size := n.MantExp(nil); size < -64 || size > 64 {
			want = n.Text('g', -1)
		}
		if got := shortest(n); got != want {
			t.Errorf("%s with %d bits: %s", want, n.Prec(), got)
		}
	}
	for _, text := range []string{"0", "-0", "1", "-1", "0.7", "1e-5", "1e30", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
		"0.1234567890123456789012345678901234567890", "16777217.000000001", "0.1000000000000000055511151231257827021181583404541015625", "3.4028234663852886e+38"} {
		for _, bits := range []uint{53, 64, 512} {
			n, _, err := big.ParseFloat(text, 10, bits, big.ToNearestEven)
			if err != nil {
				t.Fatal(err)
			}
			check(n)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		f := random.NormFloat64() * 1000
		check(big.NewFloat(f))
		check(new(big.Float).SetPrec(512).SetFloat64(f))
		n, _, _ := big.ParseFloat(strconv.FormatFloat(f, 'f', random.IntN(25), 64), 10, 512, big.ToNearestEven)
		check(n)
	}
}

// A text that stands in JSON as it is needs no encoder, and is written as one would.
func TestWriteText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": `""`, "plain text ~": `"plain text ~"`, "a\"b": `"a\"b"`, `a\b`: `"a\\b"`, "line\n": `"line\n"`, "\x7f": "\"\x7f\"",
		"<&>": `"<&>"`, "grün": `"grün"`, "\u2028": `"\u2028"`, "\xff": `"\ufffd"`, "\x00": `"\u0000"`,
	} {
		var out encoder
		if writeText(&out, text); out.String() != want {
			t.Errorf("%q: %s, want %s", text, out.String(), want)
		}
	}
}

// Fields that lie over others have the attributes of both, and leave those alone.
func TestFields_With(t *testing.T) {
	t.Parallel()
	text := func(s string) Values { return Values{"a": wordOf(s), "b": wordOf(s)} }
	base := FieldsOf(text("base"))
	first := base.With(Values{"a": wordOf("first")})
	second := first.With(Values{"b": wordOf("second")})
	for name, test := range map[string]struct {
		fields Fields
		a, b   string
	}{"base": {base, "base", "base"}, "first": {first, "first", "base"}, "second": {second, "first", "second"}} {
		if test.fields.String("a") != test.a || test.fields.String("b") != test.b || !test.fields.Has("b") || test.fields.Has("c") {
			t.Errorf("%s: %v", name, test.fields)
		}
		if all := test.fields.Values(); len(all) != 2 || !all["a"].Equal(wordOf(test.a)) || !all["b"].Equal(wordOf(test.b)) {
			t.Errorf("%s: %v", name, all)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an attribute that is not there was given a value")
		}
	}()
	second.With(Values{"c": wordOf("third")})
}

func wordOf(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
