package transport

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// MinSecret is the length in bytes from which a value is redacted. Shorter ones
// ("1", "true", "prod") would tear holes in ordinary words and protect nothing.
const MinSecret = 6

// Mask stands where a secret was.
const Mask = "***"

// Redactor replaces secrets in text. A nil Redactor replaces nothing.
type Redactor struct {
	forms    []string // longest first
	replacer *strings.Replacer
	plain    [][]byte // the values without escapes of their own, longest first
}

// NewRedactor returns a Redactor for occurrences of the values, as they are and
// under escapes of JSON, URLs and HTML, and of what follows the first word of a value
// ("Bearer …"). Values shorter than MinSecret are left out.
func NewRedactor(values ...string) *Redactor { return NewRedactorFrom(MinSecret, values...) }

// NewRedactorFrom is NewRedactor that leaves out values shorter than least bytes.
func NewRedactorFrom(least int, values ...string) *Redactor {
	var forms []string
	var plain [][]byte
	add := func(value string) {
		if value = strings.TrimSpace(value); len(value) >= least {
			forms = append(forms, spellings(value)...)
			if text := unescape(value).text; len(text) >= max(least, 1) {
				plain = append(plain, text)
			}
		}
	}
	for _, value := range values {
		add(value)
		if _, token, ok := strings.Cut(strings.TrimSpace(value), " "); ok {
			add(token)
		}
	}
	return redactorOf(forms, plain)
}

func redactorOf(forms []string, plain [][]byte) *Redactor {
	slices.SortFunc(forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	forms = slices.Compact(forms)
	if len(forms) == 0 {
		return nil
	}
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, Mask)
	}
	slices.SortFunc(plain, func(a, b []byte) int { return len(b) - len(a) })
	return &Redactor{forms: forms, replacer: strings.NewReplacer(pairs...), plain: plain}
}

// String returns text without the secrets.
func (r *Redactor) String(text string) string {
	if r == nil {
		return text
	}
	text = r.replacer.Replace(text)
	if !escapes(text) {
		return text
	}
	// An escaped secret is found from its start on, which is in one chunk, in
	// what follows; a long answer costs no more memory than a short one.
	var spans spans
	for from := 0; from < len(text); from += chunk {
		s := unescape(text[from:min(len(text), from+chunk+longestEscape*r.longest())])
		for _, value := range r.plain {
			for at := 0; ; at += len(value) {
				i := bytes.Index(s.text[at:], value)
				if i < 0 {
					break
				}
				at += i
				spans.add(from+s.start[at], from+s.end[at+len(value)-1])
			}
		}
	}
	return spans.mask(text)
}

const (
	chunk         = 64 << 10 // bytes that are looked through at a time
	longestEscape = 12       // bytes that stand for one
	longestNested = 24       // bytes of an escape that is spelled in escapes
)

// spans are parts of a text, from byte to byte.
type spans [][2]int

func (s *spans) add(from, to int) { *s = append(*s, [2]int{from, to}) }

// mask puts Mask in place of the spans, which may overlap.
func (s spans) mask(text string) string {
	if len(s) == 0 {
		return text
	}
	slices.SortFunc(s, func(a, b [2]int) int { return a[0] - b[0] })
	var b strings.Builder
	done := 0
	for i, span := range s {
		if i == 0 || span[0] >= done {
			b.WriteString(text[done:span[0]])
			b.WriteString(Mask)
		}
		done = max(done, span[1])
	}
	b.WriteString(text[done:])
	return b.String()
}

// Start returns the start of text without the secrets, at most limit bytes of
// it. A secret that text itself cuts off at its end is taken out as well.
func (r *Redactor) Start(text string, limit int) string {
	text = r.trimPart(r.String(text))
	if len(text) > limit {
		text = r.trimPart(text[:limit])
	}
	return strings.ToValidUTF8(text, "")
}

// Split takes a text that goes on apart: ready is without the secrets and has the beginning of none at
// its end, held is what could be one, and belongs before what comes next.
func (r *Redactor) Split(text string) (ready, held string) {
	if r == nil {
		return text, ""
	}
	text = r.String(text)
	at := r.partAt(text, 1)
	for i := max(0, len(text)-longestNested); i < len(text); i++ {
		if strings.IndexByte(`\%&`, text[i]) >= 0 { // an escape, which may not be whole
			at = min(at, r.partAt(text[:i], 1))
		}
	}
	return text[:at], text[at:]
}

// trimPart removes the start of a secret from the end of text.
func (r *Redactor) trimPart(text string) string { return text[:r.partAt(text, 3)] }

// partAt is where the start of a secret, of at least so many bytes, begins at the end of text;
// its length = there is none.
func (r *Redactor) partAt(text string, least int) int {
	at := len(text)
	if r == nil {
		return at
	}
	for _, form := range r.forms {
		for n := min(len(form)-1, len(text)); n >= least; n-- {
			if strings.HasSuffix(text, form[:n]) {
				at = min(at, len(text)-n)
				break
			}
		}
	}
	from := max(0, len(text)-longestEscape*r.longest())
	for from > 0 && from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	end := text[from:]
	if !escapes(end) {
		return at
	}
	s := unescape(end)
	for _, value := range r.plain {
		for n := min(len(value)-1, len(s.text)); n >= least; n-- {
			if bytes.HasSuffix(s.text, value[:n]) {
				at = min(at, from+s.start[len(s.text)-n])
				break
			}
		}
	}
	return at
}

// longest is the length in bytes of the longest secret.
func (r *Redactor) longest() int {
	if r == nil {
		return 0
	}
	return len(r.forms[0])
}

func spellings(value string) []string {
	forms := []string{value, url.QueryEscape(value), url.PathEscape(value)}
	for _, html := range []bool{true, false} {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(html)
		if enc.Encode(value) == nil {
			quoted := strings.TrimSpace(buf.String())
			forms = append(forms, quoted[1:len(quoted)-1])
		}
	}
	return forms
}
