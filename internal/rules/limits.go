package rules

import (
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// OpenAI's limits of the labels of what it keeps: how many there are, and characters of a key and of a value.
const (
	mostLabels   = 16
	longestKey   = 64
	longestLabel = 512
)

// Labels holds an argument such as metadata, a map of text, against OpenAI's limits.
func Labels(diags *diag.Diagnostics, arguments wire.Fields, name string) {
	labels := wire.Entries(arguments.Get(name))
	if len(labels) > mostLabels {
		Refuse(diags, path.Empty(), name, kinds.OutOfRange, "For OpenAI, there must be at most %d labels, not %d.", mostLabels, len(labels))
	}
	for key, value := range labels {
		at := path.Root(name).AtMapKey(key)
		if n := utf8.RuneCountInString(key); n < 1 || n > longestKey {
			RefuseAt(diags, at, kinds.OutOfRange, "For OpenAI, a key must have from 1 to %d characters, not %d.", longestKey, n)
		}
		if text, _ := wire.Text(value); utf8.RuneCountInString(text) > longestLabel {
			RefuseAt(diags, at, kinds.OutOfRange, "For OpenAI, a value must have at most %d characters, not %d.", longestLabel, utf8.RuneCountInString(text))
		}
	}
}

// Within holds a whole number, at the place that names lead to, against OpenAI's limits.
func Within(diags *diag.Diagnostics, arguments wire.Fields, least, most int64, names ...string) {
	at := path.Root(names[0])
	for _, name := range names[1:] {
		arguments, at = arguments.Open(names[0]), at.AtName(name)
		names = names[1:]
		if arguments.Absent() {
			return
		}
	}
	v := arguments.Get(names[0])
	if !Given(v) {
		return
	}
	if n := wire.Int(v); n < least || n > most {
		RefuseAt(diags, at, kinds.OutOfRange, "For OpenAI, %s must be from %d to %d, not %d.", at, least, most, n)
	}
}

// Length holds the number of characters of a text against OpenAI's limit.
func Length(diags *diag.Diagnostics, arguments wire.Fields, most int, name string) {
	text, _ := arguments.Text(name)
	if n := utf8.RuneCountInString(text); n > most {
		Refuse(diags, path.Empty(), name, kinds.OutOfRange, "For OpenAI, %s must have at most %d characters, not %d.", name, most, n)
	}
}
