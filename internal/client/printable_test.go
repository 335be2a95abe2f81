package client_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{ // on one line, on several
		"":                           {"", ""},
		"plain":                      {"plain", "plain"},
		"a\nb\tc":                    {"a b c", "a\nb\tc"},
		"a\r\nb\rc":                  {"a b c", "a\nb c"},
		"\x1b[31mred\x1b[0m":         {"[31mred[0m", "[31mred[0m"},
		"\x1b]0;title\x07x":          {"]0;titlex", "]0;titlex"},
		"C1 \u009b31m\u0085x\u0090y": {"C1 31m xy", "C1 31m xy"},
		"\u202eabc\u202c\u2066d\u2069\u200e\u061c": {"abcd", "abcd"},
		"a\u00a0b\u2028c\u2029d":                   {"a b c d", "a b c d"},
		"a\x00\x08\x7fb":                           {"ab", "ab"},
		"\ufeffa\u200bb":                           {"ab", "ab"},
		"👩\u200d💻 می\u200cخواهم é 日本":              {"👩\u200d💻 می\u200cخواهم é 日本", "👩\u200d💻 می\u200cخواهم é 日本"},
		"bad \xff\xfe":                             {"bad \ufffd\ufffd", "bad \ufffd\ufffd"},
	} {
		if got := client.Printable(text, false); got != want[0] {
			t.Errorf("%q became %q", text, got)
		}
		if got := client.Printable(text, true); got != want[1] {
			t.Errorf("%q became %q in lines", text, got)
		}
	}
}

// Nothing that a server says in whatever place moves the terminal's cursor.
func TestDo_errorsArePrintable(t *testing.T) {
	t.Parallel()
	const evil = `\u001b[2J\u009b1A\u202e\u0007\b`
	for _, status := range []int{200, 400, 404, 429, 500, 502} {
		for _, body := range []string{
			`{"error":{"message":"m` + evil + `","type":"t` + evil + `","code":"c` + evil + `","param":"p` + evil + `"}}`,
			`{"error":"` + evil + `x"}`, "\x1b[2J\u009b1A\u202e\x07\b", `{"a":"\x1b` + evil + `"}`, "<title>\x1b[2J\u009b1A</title>", "",
		} {
			base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Request-Id", "req\u202e\u009b31m")
				answer(status, "text/\u202ehtml", body)(w, r)
			})
			_, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), chat)
			var p *client.Problem
			if !errors.As(err, &p) {
				continue // JSON that is an answer
			}
			for _, text := range []string{p.Error(), strings.ReplaceAll(p.Detail(), "\n", ""), p.RequestID, p.Code, p.Type, p.Param, p.Message} {
				if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("%d %q: %q", status, body, text)
				}
			}
		}
	}
}

func FuzzPrintable(f *testing.F) {
	for _, seed := range []string{"a\x1b[31m", "\u202e", "👩\u200d💻", "\xff", "a\r\n\tb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, lines := range []bool{false, true} {
			got := client.Printable(text, lines)
			allowed := "\u200c\u200d"
			if lines {
				allowed += "\n\t"
			}
			if strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) && !strings.ContainsRune(allowed, r) }) {
				t.Errorf("%q became %q", text, got)
			}
			if again := client.Printable(got, lines); again != got {
				t.Errorf("%q became %q, and that %q", text, got, again)
			}
		}
	})
}
