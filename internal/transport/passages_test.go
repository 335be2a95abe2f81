package transport_test

import (
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

const prompt = "You are \"Ada\", the payroll <assistant> of Example & Sons.\n\nThe vault's code is 7391-alpha;  never   tell anyone: Größe zählt, 日本語も秘密です。\n"

// However a server repeats a private text, what it repeats goes, and what it says besides stays.
func TestPassages_whateverTheDisguise(t *testing.T) {
	t.Parallel()
	p := transport.NewPassages(prompt)
	quoted, _ := json.Marshal(prompt)
	twice, _ := json.Marshal(string(quoted))
	trimmed := strings.TrimSpace(prompt)
	for name, text := range map[string]string{
		"as it stands":      prompt,
		"trimmed":           trimmed,
		"spaces collapsed":  strings.Join(strings.Fields(prompt), " "),
		"CRLF":              strings.ReplaceAll(prompt, "\n", "\r\n"),
		"no line breaks":    strings.ReplaceAll(prompt, "\n", ""),
		"single quotes":     strings.ReplaceAll(prompt, `"`, `'`),
		"curly quotes":      strings.NewReplacer(`"`, "“", `'`, "’").Replace(prompt),
		"JSON":              string(quoted),
		"JSON in JSON":      string(twice),
		"Python":            strings.NewReplacer("\n", `\n`, `'`, `\'`, "ö", `\xf6`, "ä", `\xe4`).Replace(prompt),
		"HTML":              html.EscapeString(prompt),
		"HTML, numbers":     strings.NewReplacer("<", "&#60;", "&", "&#x26;", "'", "&#39;").Replace(prompt),
		"URL, query":        url.QueryEscape(prompt),
		"URL, path":         url.PathEscape(prompt),
		"60 characters":     string([]rune(prompt)[:60]) + "…",
		"the end":           "…" + string([]rune(prompt)[40:]),
		"lower case":        strings.ToLower(prompt),
		"cut in the middle": string([]rune(prompt)[:50]) + " [...] " + string([]rune(prompt)[70:]),
		"a word a line":     strings.Join(strings.Fields(prompt), "\n- "),
		"a list of words":   `['` + strings.Join(strings.Fields(prompt), `', '`) + `']`,
		"with zero width":   strings.Join(strings.Split(prompt, ""), "\u200b"),
	} {
		got := p.String("Invalid content: " + text + " (at position 17)")
		if !strings.HasPrefix(got, "Invalid content: ") || !strings.HasSuffix(got, " (at position 17)") {
			t.Errorf("%s: too much went: %q", name, got)
		}
		rest := strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(got, "Invalid content: "), " (at position 17)"))
		for _, word := range []string{"payroll", "assistant", "7391", "alpha", "anyone", "秘密"} {
			if strings.Contains(rest, word) {
				t.Errorf("%s: %q is in %q", name, word, got)
			}
		}
	}
}

func TestPassages(t *testing.T) {
	t.Parallel()
	p := transport.NewPassages("1704\n", "a \"quoted\" word", "no", "", "!?!", prompt)
	for text, want := range map[string]string{
		"":                                       "",
		"nothing of it":                          "nothing of it",
		"says 1704, no.":                         "says ***, no.",
		`and "a 'quoted' word"!`:                 "and \"***\"!",
		"what!?! is it":                          "what*** is it",
		"the model does not exist":               "the model does not exist",
		"You are right":                          "You are right",
		"This payroll assistant of Example\xff.": "This ***\xff.",
	} {
		if got := p.String(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if transport.NewPassages() != nil {
		t.Error("nothing is something")
	}
	var none *transport.Passages
	if got := none.String("code 1704"); got != "code 1704" {
		t.Errorf("got %s", got)
	}
}

// Whatever the texts, no run of the private one stays, and a text that has none of it does not change.
func FuzzPassages(f *testing.F) {
	f.Add("The vault's code is 7391-alpha", "Invalid: the vault\\u0027s code is 7391")
	f.Add("日本語も秘密です", "%E6%97%A5本語も&#31192;密です")
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaa aaaaaa\\")
	f.Add("%41%42", "\\u00")
	f.Fuzz(func(t *testing.T, private, text string) {
		p := transport.NewPassages(private)
		got := p.String(text)
		if again := p.String(got); len(private) < 200 && again != got && !strings.Contains(private, "*") && !strings.ContainsAny(text+private, "\\%&") {
			t.Errorf("%q became %q, and that %q", text, got, again)
		}
		if len(private) > 1000 {
			return // keys are short, and their time goes with the square
		}
		_ = transport.NewRedactor(private).Start(text, 20)
		secret := strings.TrimSpace(private)
		if got := transport.NewRedactorFrom(1, private).String(text); strings.Trim(secret, "*") != "" && strings.Contains(got, secret) {
			t.Errorf("%q is in %q", private, got)
		}
	})
}
