package transport

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// spelled is a text without its escapes, and where each of its bytes comes from: a
// server can spell what it repeats as JSON, a URL, HTML or a program's literal does.
type spelled struct {
	text       []byte
	start, end []int // of what byte i stands for, in the original
}

// unescape reads escapes within escapes, too, three deep. What is not printed
// (control characters, bidi overrides, zero-width spaces) is left out.
func unescape(text string) spelled {
	s := once(text, nil)
	for range 2 {
		if !escapes(string(s.text)) {
			break
		}
		s = once(string(s.text), &s)
	}
	return s
}

// escapes reports whether a text may have escapes or characters that are not printed.
func escapes(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return r == '\\' || r == '%' || r == '&' || r == utf8.RuneError || !unicode.IsPrint(r) && !unicode.IsSpace(r)
	})
}

// once reads one layer of escapes. within is what the text itself was read from; nil = it is the original.
func once(text string, within *spelled) spelled {
	out := spelled{make([]byte, 0, len(text)), make([]int, 0, len(text)), make([]int, 0, len(text))}
	for at := 0; at < len(text); {
		r, n := escaped(text[at:])
		if n == 0 {
			r, n = utf8.DecodeRuneInString(text[at:])
		}
		if unicode.IsPrint(r) && r != utf8.RuneError || unicode.IsSpace(r) {
			from, to := at, at+n
			if within != nil {
				from, to = within.start[at], within.end[at+n-1]
			}
			before := len(out.text)
			out.text = utf8.AppendRune(out.text, r)
			for range len(out.text) - before {
				out.start, out.end = append(out.start, from), append(out.end, to)
			}
		}
		at += n
	}
	return out
}

// escaped reads the escape that a text begins with: what it stands for, and its
// length in bytes; 0 = it begins with none.
func escaped(text string) (r rune, n int) {
	switch text[0] {
	case '\\':
		return backslash(text)
	case '%':
		return hexBytes(text)
	case '&':
		end := strings.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			return 0, 0
		}
		plain := html.UnescapeString(text[:end+1])
		if r, size := utf8.DecodeRuneInString(plain); size == len(plain) {
			return r, end + 1
		}
	}
	return 0, 0
}

func backslash(text string) (rune, int) {
	if len(text) < 2 {
		return 0, 0
	}
	switch text[1] {
	case '"', '\'', '\\', '/':
		return rune(text[1]), 2
	case 'n', 'r', 't', 'b', 'f':
		return ' ', 2
	case 'x':
		r, ok := hex(text, 2, 2)
		return r, ok * 4
	case 'u':
		r, ok := hex(text, 2, 4)
		if ok == 1 && utf16.IsSurrogate(r) && len(text) >= 12 && text[6:8] == `\u` {
			if low, ok := hex(text, 8, 4); ok == 1 {
				return utf16.DecodeRune(r, low), 12
			}
		}
		return r, ok * 6
	}
	return 0, 0
}

// hex reads so many digits; ok is 1 where they are there, or else 0.
func hex(text string, at, digits int) (r rune, ok int) {
	if len(text) < at+digits {
		return 0, 0
	}
	n, err := strconv.ParseUint(text[at:at+digits], 16, 32)
	if err != nil {
		return 0, 0
	}
	return rune(n), 1
}

// hexBytes reads the bytes of one character in a URL.
func hexBytes(text string) (rune, int) {
	var buf []byte
	for at := 0; at+2 < len(text) && text[at] == '%' && len(buf) < utf8.UTFMax; at += 3 {
		b, ok := hex(text, at+1, 2)
		if ok == 0 {
			break
		}
		buf = append(buf, byte(b))
		if r, size := utf8.DecodeRune(buf); r != utf8.RuneError && size == len(buf) {
			return r, at + 3
		}
	}
	return 0, 0
}
