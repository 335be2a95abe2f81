package jsontext_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

func TestBounded(t *testing.T) {
	t.Parallel()
	million := strings.Repeat("7", 1_000_000)
	for number, want := range map[string]string{
		"0": "0", "-0": "-0", "1": "1", "-1.50": "-1.50", "1e5": "1e5", "1E+05": "1E+05", "12345678901234567890": "12345678901234567890",
		"+1": "+1", ".5": ".5", "5.": "5.",
		"1e399": "1e399", "1e-400": "1e-400", "0.1e400": "0.1e400", "10e-401": "10e-401",
		"1e-401": "0", "1e-999999": "0", "-1e-400000": "0", "1e-99999999999999999999": "0", "0.1e-400": "0",
		"0e99999999999999999999": "0", "0.0e-99999": "0", strings.Repeat("0", 500): "0",
		"0." + strings.Repeat("0", 500) + "1":     "0",
		"0." + million:                            "0." + million[:400] + "e0",
		"-3" + "." + million:                      "-0.3" + million[:399] + "e1",
		million + "e-999999":                      "0." + million[:400] + "e1",
		"0." + strings.Repeat("0", 500) + "1e502": "0.1e2",
		"1" + strings.Repeat("0", 399):            "1" + strings.Repeat("0", 399),
	} {
		got, ok := jsontext.Bounded(number)
		if !ok || got != want {
			t.Errorf("%.40s (%d digits): got %.40s (%d), %v; want %.40s", number, len(number), got, len(got), ok, want)
		}
	}
	for _, number := range []string{
		"1e400", "-1e400", "1e999999999", "1e99999999999999999999", million, "0.1e401", "1e9223372036854775807",
		"", "-", ".", "1e", "1e+", "--1", "+-1", "x", "1_0", "0x10", "Infinity", "NaN", "1e5e5", "1.2.3", "1 ", "e5",
	} {
		if got, ok := jsontext.Bounded(number); ok {
			t.Errorf("%.40s: got %.40s", number, got)
		}
	}
}

// Whatever number comes in, what comes out is cheap to make a big.Float of, and the same number.
func FuzzBounded(f *testing.F) {
	for _, seed := range []string{"1e-999999", "1e400", "0.000e12", "-12345.678E-90", "00", "1e-400"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, number string) {
		start := time.Now()
		bounded, ok := jsontext.Bounded(number)
		if !ok {
			return
		}
		got, _, err := big.ParseFloat(bounded, 10, 512, big.ToNearestEven)
		if err != nil {
			t.Fatalf("%q: %v", bounded, err)
		}
		got.Text('f', -1)
		if again, ok := jsontext.Bounded(bounded); !ok || again != bounded {
			t.Errorf("%q, then %q", bounded, again)
		}
		if time.Since(start) > 5*time.Second {
			t.Errorf("%q takes too long", number)
		}
		if json.Valid([]byte(number)) && !json.Valid([]byte(bounded)) {
			t.Errorf("%q is no JSON", bounded)
		}
		if len(number) < 50 && bounded != "0" && !jsontext.Same(number, bounded) {
			t.Errorf("%q became %q", number, bounded)
		}
	})
}
