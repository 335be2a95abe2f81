package answer

import (
	"slices"
	"strings"
	"testing"
)

func TestLineWriter(t *testing.T) {
	t.Parallel()
	word := strings.Repeat("x", 99)
	for name, tt := range map[string]struct {
		pieces []string
		early  int // lines that are passed on before the end
		want   []string
	}{
		"lines":                   {[]string{"a", "b\nc", "\nd"}, 2, []string{"ab", "c", "d"}},
		"a long line":             {[]string{word + " ", word + " ", "end"}, 1, []string{word + " " + word, "end"}},
		"a long word":             {[]string{word, word, word}, 0, []string{word + word + word}},
		"not at an early space":   {[]string{"a " + word + word, "b c"}, 1, []string{"a " + word + word + "b", "c"}},
		"a long line in the rest": {[]string{"a\n" + word + " " + word + " b"}, 2, []string{"a", word + " " + word, "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			w := lineWriter{send: func(line string) { got = append(got, line) }}
			for _, piece := range tt.pieces {
				w.write(piece)
			}
			if len(got) != tt.early {
				t.Errorf("%d lines before the end: %q", len(got), got)
			}
			if w.end(); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
