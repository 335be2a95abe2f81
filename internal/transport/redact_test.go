package transport_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// However a secret is cut into pieces and spelled, nothing of it is passed on, and all the rest is.
func TestRedactor_splitsText(t *testing.T) {
	t.Parallel()
	const secret = "sk-0123sk-4567"
	r := transport.NewRedactor(secret, "another-secret&more")
	for name, test := range map[string]struct{ text, want string }{
		"plain":               {"before " + secret + " after", "before *** after"},
		"alone":               {secret, "***"},
		"twice":               {secret + secret, "******"},
		"after its own start": {"sk-0123" + secret, "sk-0123***"},
		"escaped":             {`before \u0073k-0123sk-4567 after`, "before *** after"},
		"escaped twice":       {`sk-01\\u00323sk-4567.`, "***."},
		"in a URL":            {"another%2dsecret%26more", "***"},
		"in HTML":             {"another-secret&amp;more &", "*** &"},
		"none":                {`sk-0123, 100%, \n & C:\temp \u00`, `sk-0123, 100%, \n & C:\temp \u00`},
	} {
		for size := 1; size <= len(test.text); size++ {
			var passed strings.Builder
			held := ""
			for rest := test.text; rest != ""; {
				var ready string
				ready, held = r.Split(held + rest[:min(size, len(rest))])
				rest = rest[min(size, len(rest)):]
				passed.WriteString(ready)
			}
			if got := passed.String() + held; got != test.want {
				t.Errorf("%s, %d bytes at a time: got %q, want %q", name, size, got, test.want)
			}
		}
	}
}

// What cannot be the beginning of a secret is passed on at once.
func TestRedactor_holdsNoMoreThanItMust(t *testing.T) {
	t.Parallel()
	r := transport.NewRedactor("sk-0123456789")
	for text, want := range map[string]string{"Hello": "", "Hello s": "s", "Hello sk-0123": "sk-0123", "Hello sk-1": "", "Hello\n": ""} {
		if ready, held := r.Split(text); held != want || ready+held != text {
			t.Errorf("%q: held is %q", text, held)
		}
	}
	var none *transport.Redactor
	if ready, held := none.Split("sk-"); ready != "sk-" || held != "" {
		t.Errorf("without secrets: %q, %q", ready, held)
	}
}
