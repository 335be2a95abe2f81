package client

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable makes any text fit for a terminal. What could move its cursor, change its
// colors or title, or turn its writing direction is left out: control characters
// (ESC, C1 and the like), bidi overrides, and what is invisible, but for the
// joiners that words and emoji need. With lines, line breaks and tabs stay ("\r\n" is one
// line break); without, they are spaces, as all other white space is.
//
// It is for what a program or a person elsewhere wrote: answers, refusals, names in
// a schema, errors of a server. It does not look for secrets.
func Printable(text string, lines bool) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case lines && (r == '\n' || r == '\t'), r == '\u200c', r == '\u200d':
			return r
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, text)
}

// printable makes one line of at most limit characters out of any text: white
// space becomes single spaces, and what Printable leaves out, what is invisible and
// what is no character is left out.
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
