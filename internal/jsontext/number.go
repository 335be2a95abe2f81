package jsontext

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

const (
	maxExponent = 400 // powers of ten, either way
	maxDigits   = 200 // significant; a float of 512 bits holds 155
)

// Bounded is a JSON number that costs little to hold and to write out in full: a
// text of any length may come from a server, and 1e-999999 has a million zeros.
//
// A number nearer to zero than 1e-400 is "0", and digits after the 200th are cut:
// Terraform's numbers hold 155. A number that is small enough and short enough comes
// back as it is written. ok is false for 1e400 and beyond, and for what is no number;
// the number is then "0". The time is linear in the length of the text.
func Bounded(n json.Number) (bounded json.Number, ok bool) {
	text := string(n)
	sign := ""
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		sign, text = "-", rest
	}
	mantissa, exponent, ok := splitNumber(text)
	if !ok {
		return "0", false
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0", true
	}
	// The number is 0.digits × 10^place.
	place := exponent + len(digits) - len(fraction)
	switch {
	case place-1 >= maxExponent:
		return "0", false
	case place-1 < -maxExponent:
		return "0", true
	case len(digits) <= maxDigits && len(n) <= 2*maxDigits:
		return n, true
	}
	digits = strings.TrimRight(digits[:min(len(digits), maxDigits)], "0")
	return json.Number(sign + "0." + digits + "e" + strconv.Itoa(place)), true
}

// splitNumber takes a number without sign apart. An exponent beyond any that matters
// is one that is just too large.
func splitNumber(text string) (mantissa string, exponent int, ok bool) {
	mantissa = text
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		power := strings.TrimPrefix(text[i+1:], "+")
		unsigned := power
		if power == text[i+1:] {
			unsigned = strings.TrimPrefix(power, "-")
		}
		if unsigned == "" || strings.Trim(unsigned, "0123456789") != "" {
			return "", 0, false
		}
		const most = math.MaxInt32              // so that sums stay in range
		n, _ := strconv.ParseInt(power, 10, 64) // out of range: the nearest that is in range
		exponent = int(min(max(n, -most), most))
	}
	digits := strings.Replace(mantissa, ".", "", 1)
	return mantissa, exponent, digits != "" && strings.Trim(digits, "0123456789") == ""
}
