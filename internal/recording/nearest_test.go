package recording_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

func TestNearest_findsTheRequestThatWasEdited(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var calls atomic.Int32
	store := open(dir, "")
	keep := func(q recording.Question) string {
		taken, err := store.Take(t.Context(), q, says("x", &calls))
		if err != nil {
			t.Fatal(err)
		}
		return taken.File
	}
	if got := store.Nearest(question("a")); got != "" {
		t.Errorf("an empty directory: %q", got)
	}
	status, billing := keep(question("status: shows the public how things are")), keep(question("billing: charges customers"))
	many := keep(triggered("one of many", map[string]string{"number": "1"}))
	number2 := triggered("one of many", map[string]string{"number": "2"})
	streamed := asking(`{"model":"m","messages":[{"role":"user","content":"billing: charges customer"}],"stream":true}`, []string{"stream"}, nil)
	for want, q := range map[string]recording.Question{
		status + "; its request differs in messages[0].content":  question("status: shows everybody how things are"),
		billing + "; its request differs in messages[0].content": streamed,
		many + "; its request differs in triggers":               number2,
	} {
		if got := store.Nearest(q); got != "The nearest recording is "+want+"." {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	strange := asking(`{"a":1,"b":2,"c":3,"d":4}`, nil, nil)
	if got := store.Nearest(strange); got != "" {
		t.Errorf("a stranger: %q", got)
	}
}

// Of the recordings of a directory only the requests are read, and once, however many questions
// have none.
func TestNearest_readsTheDirectoryOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var calls atomic.Int32
	first, err := open(dir, "").Take(t.Context(), question("a first one"), says("x", &calls))
	if err != nil {
		t.Fatal(err)
	}
	store := open(dir, "")
	says1 := "The nearest recording is " + first.File + "; its request differs in messages[0].content."
	if got := store.Nearest(question("a first two")); got != says1 {
		t.Errorf("got %q", got)
	}
	if err := os.Remove(first.File); err != nil {
		t.Fatal(err)
	}
	if _, err := open(dir, "").Take(t.Context(), question("a first threes"), says("x", &calls)); err != nil { // by another process
		t.Fatal(err)
	}
	if got := store.Nearest(question("a first three")); got != says1 {
		t.Errorf("it was read again: %q", got)
	}
	second, err := store.Take(t.Context(), question("another second"), says("x", &calls))
	if err != nil {
		t.Fatal(err)
	}
	if got := store.Nearest(question("another seconds")); !strings.Contains(got, second.File) {
		t.Errorf("what this process has recorded since is not seen: %q", got)
	}
}

// What else is in the directory does no harm, and an answer, however large, is not read.
func TestNearest_passesOverWhatItCannotRead(t *testing.T) {
	t.Parallel()
	dir, text := t.TempDir(), recorded(t, question("status: one"))
	name := func(n int) string { return filepath.Join(dir, fmt.Sprintf("%064x.json", n)) }
	whole := before(text, ",\n  \"answer\"")
	write(t, name(1), whole+`, "answer": {"a":"`+strings.Repeat("x", 2<<20)+`"}}`)
	write(t, name(0), `{"recording": 1, "unusable": ["`+strings.Repeat("x", 2<<20)+`"],`+strings.TrimPrefix(strings.Replace(whole, `"recording": 1,`, "", 1), "{")+`, "answer": {}}`)
	for i, bad := range []string{"", "{", "[]", "null", `{"request":5,"answer":{}}`, `{"request":{},"request":{}`, `{"triggers":{"a":1},"answer":{}}`, whole, whole + "}"} {
		write(t, name(10+i), bad)
	}
	other, err := recording.NewQuestion("responses", []byte(`{"model":"m","messages":[{"role":"user","content":"status: two"}]}`), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	store := open(dir, "")
	if got, want := store.Nearest(question("status: two")), "The nearest recording is "+name(1)+"; its request differs in messages[0].content."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := store.Nearest(other); got != "" {
		t.Errorf("of another endpoint: %q", got)
	}
}

func BenchmarkNearest(b *testing.B) {
	dir := b.TempDir()
	var calls atomic.Int32
	store := open(dir, "")
	long := strings.Repeat("Lorem ipsum dolor sit amet. ", 400)
	for i := range 1000 {
		if _, err := store.Take(b.Context(), question(fmt.Sprint(long, i)), says(long, &calls)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() { // fifty missing ones in one process
		store := open(dir, recording.Replay)
		for i := range 50 {
			if got := store.Nearest(question(fmt.Sprint(long, "x", i))); got == "" {
				b.Fatal("nothing is near")
			}
		}
	}
}
