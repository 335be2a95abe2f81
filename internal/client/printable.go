package client

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable makes one line of at most limit characters out of any text: white
// space becomes single spaces, and what could move a terminal's cursor or turn its
// writing direction is left out.
func printable(text string, limit int) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError || !unicode.IsPrint(r):
			continue
		}
		if n >= limit {
			return b.String() + "…"
		}
		if space {
			b.WriteByte(' ')
			n++
			space = false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
