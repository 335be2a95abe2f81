package recording_test

import (
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
