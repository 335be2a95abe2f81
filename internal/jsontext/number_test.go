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
	long := strings.Repeat("1234567890", 30)
	for text, want := range map[string]string{ // "" = beyond any number
		"0": "0", "-0": "0", "0.0e999999999999999999999": "0", "-7": "-7", "0.1": "0.1", "1.50": "1.50", "1E+3": "1E+3", "1e308": "1e308",
		"9223372036854775807": "9223372036854775807", "1e-324": "1e-324", "1e-400": "1e-400", "-1.5e-400": "-1.5e-400", "9e399": "9e399",
		"1e-401": "0", "9.9e-401": "0", "1e-99999": "0", "-1e-999999": "0", "1e-400000": "0", "1e-99999999999999999999": "0",
		"1e400": "", "-1e999999": "", "1e99999999999999999999": "", "10e399": "",
		"0." + strings.Repeat("0", 400) + "1": "0", "0." + strings.Repeat("0", 399) + "1e1": "0.1e-398",
		strings.Repeat("1", 401):                     "",
		"1" + strings.Repeat("0", 1000) + "e-1000":   "0.1e1",
		"0." + strings.Repeat("0", 2000) + "25e2000": "0.25e0",
		"-" + long:  "-0." + strings.TrimRight(long[:200], "0") + "e300",
		"0." + long: "0." + strings.TrimRight(long[:200], "0") + "e0",
		"":          "", "-": "", ".": "", "e5": "", "1e": "", "1e-": "", "1e+-5": "", "1e5.0": "", "NaN": "", "-Infinity": "", "0x10": "", "1_000": "", "--1": "", "1 ": "", "1.2.3": "",
	} {
		got, ok := jsontext.Bounded(json.Number(text))
		if ok != (want != "") || ok && string(got) != want || !ok && got != "0" {
			t.Errorf("%.40s: got %q, %t, want %q", text, got, ok, want)
		}
	}
}

// A million digits are looked at once.
func TestBounded_isLinear(t *testing.T) {
	t.Parallel()
	const million = 1 << 20
	for _, text := range []string{
		strings.Repeat("7", million), "0." + strings.Repeat("7", million), "0." + strings.Repeat("0", million), strings.Repeat("7", million) + "e-1048576",
		"1e-" + strings.Repeat("9", million), "0." + strings.Repeat("0", million) + strings.Repeat("7", million) + "e1048576",
	} {
		begin := time.Now()
		got, _ := jsontext.Bounded(json.Number(text))
		if took := time.Since(begin); took > 5*time.Second || len(got) > 300 {
			t.Errorf("%.20s…: %s, %d bytes", text, took, len(got))
		}
	}
}

// What is bounded is the number that it was, as far as Terraform's numbers go.
func FuzzBounded(f *testing.F) {
	for _, seed := range []string{"0", "-1.5e-3", "1e-401", strings.Repeat("9", 210) + ".5e-100", "00.1", "1e400"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return
		}
		got, ok := jsontext.Bounded(json.Number(text))
		if !ok {
			return
		}
		if len(got) > 410 {
			t.Fatalf("%d bytes", len(got))
		}
		after, _, err := big.ParseFloat(string(got), 10, 512, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		if got == "0" || got == json.Number(text) {
			return
		}
		before, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		difference := new(big.Float).Quo(new(big.Float).Sub(before, after), before)
		if limit := new(big.Float).SetMantExp(big.NewFloat(1), -500); difference.Abs(difference).Cmp(limit) > 0 {
			t.Errorf("%s became %s", text, got)
		}
	})
}
