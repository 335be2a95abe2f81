package jsontext

import (
	"strconv"
	"strings"
)

const (
	// MaxExponent is how large or small a number may be, as a power of ten. A
	// double-precision number ends at 308.
	MaxExponent = 400

	// maxDigits is how many digits of a number are kept. Terraform's numbers
	// have 512 bits, which are 155 digits.
	maxDigits = 400
)

// Bounded is a JSON number that costs little to compute with, whatever a server
// sent. Nearly every number is returned as it is written. One closer to zero than
// 1e-400 becomes "0", and digits after the first 400 are dropped: both are beyond
// what Terraform's numbers can tell apart.
//
// ok is false for a number of 1e400 or more, and for a text that is no decimal
// number. A plus sign, and a point without digits on one side, are taken.
func Bounded(number string) (bounded string, ok bool) {
	rest := strings.TrimLeft(number, "+-")
	if len(number)-len(rest) > 1 {
		return "", false
	}
	mantissa, exponent, hasExponent := cutExponent(rest)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole+fraction == "" || !areDigits(whole+fraction) || hasExponent && !isWhole(exponent) {
		return "", false
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		if len(number) > maxDigits || len(exponent) > len("+400") {
			return "0", true
		}
		return number, true
	}
	// The number is 0.digits × 10^power.
	power := len(digits) - len(fraction)
	if hasExponent {
		e, err := strconv.Atoi(exponent)
		if err != nil && strings.HasPrefix(exponent, "-") || e < -1<<32 {
			return "0", true
		}
		if err != nil || e > 1<<32 {
			return "", false
		}
		power += e
	}
	switch {
	case power > MaxExponent:
		return "", false
	case power <= -MaxExponent:
		return "0", true
	case len(whole)+len(fraction) <= maxDigits:
		return number, true
	}
	sign := ""
	if number[0] == '-' {
		sign = "-"
	}
	return sign + "0." + digits[:min(len(digits), maxDigits)] + "e" + strconv.Itoa(power), true
}

func cutExponent(number string) (mantissa, exponent string, found bool) {
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		return number[:i], number[i+1:], true
	}
	return number, "", false
}

func areDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func isWhole(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	return s != "" && areDigits(s)
}
