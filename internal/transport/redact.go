package transport

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
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
}

// NewRedactor returns a Redactor for exact occurrences of the values, as they are
// and as URLs and JSON spell them, and of what follows the first word of a value
// ("Bearer …"). Values shorter than MinSecret are left out.
func NewRedactor(values ...string) *Redactor {
	var forms []string
	for _, value := range values {
		value = strings.TrimSpace(value)
		forms = append(forms, spellings(value, MinSecret)...)
		if _, token, ok := strings.Cut(value, " "); ok {
			forms = append(forms, spellings(strings.TrimSpace(token), MinSecret)...)
		}
	}
	return redactorOf(forms)
}

// Also returns a Redactor that takes out these values, too: parts of a request
// that are secret as they stand, and so from three bytes on.
func (r *Redactor) Also(values ...string) *Redactor {
	var forms []string
	if r != nil {
		forms = slices.Clone(r.forms)
	}
	for _, value := range values {
		forms = append(forms, spellings(value, 3)...)
	}
	return redactorOf(forms)
}

func redactorOf(forms []string) *Redactor {
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
	return &Redactor{forms: forms, replacer: strings.NewReplacer(pairs...)}
}

// String returns text without the secrets.
func (r *Redactor) String(text string) string {
	if r == nil {
		return text
	}
	return r.replacer.Replace(text)
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

// trimPart removes the start of a secret from the end of text.
func (r *Redactor) trimPart(text string) string {
	if r == nil {
		return text
	}
	for _, form := range r.forms {
		for n := min(len(form)-1, len(text)); n > 2; n-- {
			if strings.HasSuffix(text, form[:n]) {
				return text[:len(text)-n]
			}
		}
	}
	return text
}

// longest is the length in bytes of the longest secret.
func (r *Redactor) longest() int {
	if r == nil {
		return 0
	}
	return len(r.forms[0])
}

func spellings(value string, least int) []string {
	if len(value) < least {
		return nil
	}
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
