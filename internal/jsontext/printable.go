package jsontext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Printable writes what a terminal would obey instead of show (control
// characters, escape sequences, changes of the writing direction) and what nobody
// can see as JSON writes it: "\u001b". The rest stays as it is, so that names in
// any language can be read. What is printable already does not change.
func Printable(text string) string {
	if !strings.ContainsFunc(text, unprintable) {
		return text
	}
	var b strings.Builder
	for _, r := range text { // what is not UTF-8 is U+FFFD here
		switch {
		case !unprintable(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }
