package jsontext

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Repair makes JSON of what is JSON but for the slips that servers are known for:
// line breaks and control characters as they are in a string, a backslash before
// what needs none, and NaN and Infinity, which become null. ok is false where the
// text is no JSON even so. JSON comes back as it is. The time is linear in the
// length of the text.
func Repair(text []byte) (repaired []byte, ok bool) {
	if json.Valid(text) {
		return text, true
	}
	out := make([]byte, 0, len(text)+64)
	for i := 0; i < len(text); {
		if text[i] == '"' {
			end := stringEnd(text, i)
			out = appendString(out, text[i:end])
			i = end
			continue
		}
		if n := noNumber(text[i:]); n > 0 {
			out = append(out, "null"...)
			i += n
			continue
		}
		out = append(out, text[i])
		i++
	}
	return out, json.Valid(out)
}

// stringEnd is where the string ends that begins with the quote at start.
func stringEnd(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// appendString adds a string with its quotes, the way JSON spells it.
func appendString(out, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c < ' ':
			out = appendControl(out, c)
		case c == '\\' && i+1 < len(text) && escapes(text[i+1:]):
			out = append(out, c, text[i+1])
			i++
		case c == '\\':
			out = append(out, `\\`...)
		default:
			out = append(out, c)
		}
	}
	return out
}

func appendControl(out []byte, c byte) []byte {
	switch c {
	case '\n':
		return append(out, `\n`...)
	case '\r':
		return append(out, `\r`...)
	case '\t':
		return append(out, `\t`...)
	}
	return fmt.Appendf(out, `\u%04x`, c)
}

// escapes reports whether a backslash may stand before the text.
func escapes(text []byte) bool {
	if text[0] != 'u' {
		return bytes.IndexByte([]byte(`"\/bfnrt`), text[0]) >= 0
	}
	if len(text) < 5 {
		return false
	}
	for _, c := range text[1:5] {
		if bytes.IndexByte([]byte("0123456789abcdefABCDEF"), c) < 0 {
			return false
		}
	}
	return true
}

// noNumber is the length of a word at the start of the text that stands for a number
// that JSON does not have; 0 = there is none.
func noNumber(text []byte) int {
	signed := bytes.TrimLeft(text[:min(len(text), 1)], "+-")
	at := min(len(text), 1) - len(signed)
	for _, word := range []string{"infinity", "inf", "nan"} {
		if end := at + len(word); end <= len(text) && bytes.EqualFold(text[at:end], []byte(word)) {
			return end
		}
	}
	return 0
}
