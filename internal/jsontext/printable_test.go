package jsontext_test

import (
	"testing"
	"unicode"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "plain, straße, 東京, 😀 é": "plain, straße, 東京, 😀 é",
		"\x1b[2J":    `\u001b[2J`,
		"a\tb\r\nc":  `a\u0009b\u000d\u000ac`,
		"\u009b31m":  `\u009b31m`,
		"\u202egpj":  `\u202egpj`,
		"\x7f\u200b": `\u007f\u200b`,
		"\U000e0041": `\udb40\udc41`,
		`\u001b`:     `\u001b`,
	} {
		if got := jsontext.Printable(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("\x1b[31m\u202e")
	f.Fuzz(func(t *testing.T, text string) {
		got := jsontext.Printable(text)
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Errorf("%q has %q", got, r)
			}
		}
		if again := jsontext.Printable(got); again != got {
			t.Errorf("%q, then %q", got, again)
		}
	})
}
