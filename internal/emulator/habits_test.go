package emulator_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// Each habit alone changes what is told, and a Fussy server has each when its turn comes.
func TestHabits(t *testing.T) {
	t.Parallel()
	questions := [][]string{
		{"Reply with exactly: one two\nthree", `"logprobs":true`, `"stream":true`, `"stream_options":{"include_usage":true}`},
		{"Reply with exactly: one two\nthree", `"logprobs":true`},
		{"Weather in Boston and Paris?", weatherTool, `"stream":true`},
	}
	plain := start(t, emulator.Options{})
	fussy := start(t, emulator.Options{Profile: emulator.Fussy})
	for range 4 {
		fussy.ask("Hello")
	}
	var usual []string
	for _, q := range questions {
		usual = append(usual, told(plain.ask(q[0], q[1:]...)))
	}
	for _, habit := range append(emulator.Habits(), emulator.ErrorInChoice, emulator.EmptyAnswer) {
		r := start(t, emulator.Options{Habits: []emulator.Habit{habit}})
		changed := false
		for i, q := range questions {
			resp := r.ask(q[0], q[1:]...)
			equal(t, string(habit), resp.status, 200)
			changed = changed || told(resp) != usual[i]
		}
		if !changed {
			t.Errorf("%s: nothing is told otherwise", habit)
		}
	}
	for _, habit := range emulator.Habits() {
		resp := fussy.ask("Hello", `"stream":true`)
		alone := start(t, emulator.Options{Habits: []emulator.Habit{habit}}).ask("Hello", `"stream":true`)
		for _, mark := range []string{"PROCESSING\n", `data: ""`, "data: null", "data:\n", "event: ping", "2026-", "1767322800", `"message":`, `"prompt_filter_results"`} {
			if strings.Contains(alone.text, mark) != strings.Contains(strings.ReplaceAll(resp.text, ": PROCESSING\r\n", ""), mark) {
				t.Errorf("%s: a Fussy server has not its turn of %q:\n%s", habit, mark, resp.text)
			}
		}
	}
}

// told is what was told, without what differs from answer to answer.
func told(resp response) string {
	var words []string
	for _, word := range strings.FieldsFunc(resp.text, func(r rune) bool { return r == ',' || r == '{' || r == '}' }) {
		if !strings.HasPrefix(word, `"id":"c`) && !strings.HasPrefix(word, `"created"`) {
			words = append(words, word)
		}
	}
	return resp.header.Get("Content-Type")[:10] + strings.Join(words, " ")
}
