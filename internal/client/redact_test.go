package client_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// Every secret that is long enough to be none by chance is taken out of an answer,
// however JSON spells it, whole or streamed, and nothing else is.
func TestAnswers_holdNoSecret(t *testing.T) {
	t.Parallel()
	const (
		key    = "sk-test-0123456789-0123456789"
		own    = "sk-own-9876543210-9876543210"
		header = `gate"way/secret<0123456789`
		token  = "dG9rZW4tdG9rZW4tdG9rZW4"
		query  = "query-signature-0123456789"
		short  = "ollama"
	)
	escape := func(secret string) string {
		var b strings.Builder
		for _, c := range secret {
			_, _ = fmt.Fprintf(&b, `\u%04x`, c)
		}
		return b.String()
	}
	quote := func(text string) string { return fmt.Sprintf("%q", text) }
	for name, tt := range map[string]struct{ document, want string }{
		"as they are":      {`{"a":"x ` + key + ` y","b":["` + own + `"],"c":{"` + token + `":1}}`, `{"a":"x *** y","b":["***"],"c":{"***":1}}`},
		"unicode escapes":  {`{"a":"x ` + escape(key) + ` y","b":"` + escape(token) + `"}`, `{"a":"x *** y","b":"***"}`},
		"one escape":       {`{"a":"\u0073k-test-0123456789-0123456789"}`, `{"a":"***"}`},
		"quoted":           {`{"a":` + quote(header) + `}`, `{"a":"***"}`},
		"quoted for HTML":  {`{"a":"gate\"way\/secret\u003c0123456789"}`, `{"a":"***"}`},
		"JSON in JSON":     {`{"arguments":` + quote(`{"k":"`+escape(key)+`"}`) + `}`, `{"arguments":"{\"k\":\"***\"}"}`},
		"in a URL":         {`{"a":"https://x?k=` + url.QueryEscape(header) + `&sig=` + query + `"}`, `{"a":"https://x?k=***&sig=***"}`},
		"Authorization":    {`{"a":"Bearer ` + token + `"}`, `{"a":"***"}`},
		"short ones stay":  {`{"a":"ollama"}`, `{"a":"ollama"}`},
		"spelling stays":   {`{"n":1.50,"s":"\u00e9\/\n&%41<"}`, `{"n":1.50,"s":"\u00e9\/\n&%41<"}`},
		"others' spelling": {`{"n": 1.50, "s":"\u00e9", "k":"` + key + `"}`, `{"n": 1.50, "s":"\u00e9", "k":"***"}`},
		"a quote before":   {`{"a":"\"","b":"` + key + `\\"}`, `{"a":"\"","b":"***\\"}`},
		"a long text":      {`{"a":"` + strings.Repeat(`\"`, 100_000) + escape(key) + `"}`, `{"a":"` + strings.Repeat(`\"`, 100_000) + `***"}`},
	} {
		settings := client.Settings{APIKey: key, Headers: map[string]string{"X-Gateway": header, "X-Token": "Bearer " + token, "X-Short": short}}
		request := chat
		request.APIKey = own
		base, _ := serve(t, answer(200, "application/json", tt.document))
		settings.BaseURL = base + "?sig=" + query
		c := newClient(t, settings)
		a, err := c.Do(t.Context(), request)
		if err != nil || string(a.Body) != tt.want {
			t.Errorf("%s: got %.300s %v", name, a.Body, err)
		}
		if got := c.Redact(request, []byte(tt.document)); string(got) != tt.want {
			t.Errorf("%s: redacted to %.300s", name, got)
		}
		base, _ = serve(t, answer(200, "text/event-stream", "data: "+tt.document+"\n\ndata: [DONE]\n\n"))
		settings.BaseURL = base + "?sig=" + query
		var event string
		_, err = newClient(t, settings).Stream(t.Context(), request, func(data []byte) error {
			event = string(data)
			return nil
		})
		if err != nil || event != tt.want {
			t.Errorf("%s: streamed %.300s %v", name, event, err)
		}
	}
	c := newClient(t, client.Settings{APIKey: key})
	if got := c.Redact(client.Request{}, []byte(`not JSON: "`+key)); string(got) != `not JSON: "***` {
		t.Errorf("got %s", got)
	}
}

// What of a private text a server repeats is in no error, and what it says besides is.
func TestDo_errorsHoldNoPrivateText(t *testing.T) {
	t.Parallel()
	const private = "The vault's code is 7391-alpha;\r\n  never tell <anyone> & \"no one\".\n"
	for name, said := range map[string]string{
		"trimmed":       strings.TrimSpace(private),
		"collapsed":     strings.Join(strings.Fields(private), " "),
		"LF":            strings.ReplaceAll(private, "\r\n", "\n"),
		"other quoting": strings.ReplaceAll(strings.ReplaceAll(private, `"`, "'"), "'", "`"),
		"40 characters": private[:40],
		"URL":           url.QueryEscape(private),
		"HTML":          strings.NewReplacer("<", "&lt;", ">", "&gt;", "&", "&amp;", `"`, "&#34;").Replace(private),
		"JSON":          strings.ReplaceAll(fmt.Sprintf("%q", private), "<", `\u003c`),
	} {
		for kind, body := range map[string]string{
			"application/json": fmt.Sprintf(`{"error":{"message":%q,"code":%q,"type":%q,"param":%q}}`, "Unsupported value: "+said, said, said, said),
			"text/plain":       "Unsupported value: " + said,
			"text/html":        "<title>Unsupported value: " + said + "</title>",
		} {
			for _, status := range []int{400, 200} {
				base, _ := serve(t, answer(status, kind, body))
				r := chat
				r.Secrets = []string{private}
				_, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), r)
				var p *client.Problem
				if !errors.As(err, &p) {
					t.Fatalf("%s, %s: no error", name, kind)
				}
				contains(t, p.Detail(), "Unsupported value: ")
				for _, word := range []string{"vault", "7391", "alpha", "anyone"} {
					if text := p.Error() + p.Detail(); strings.Contains(text, word) {
						t.Errorf("%s, %s, %d: %q is in %s", name, kind, status, word, text)
					}
				}
			}
		}
	}
}
