package recording_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// An answer that broke off is kept aside, as it may have been paid for; but the next call may get a whole
// one, so that it asks again, in the same process too.
func TestTake_asksAgainAfterAnAnswerThatBrokeOff(t *testing.T) {
	t.Parallel()
	broken := errors.New("the connection broke")
	for name, unusable := range map[string][]string{"the error is why": nil, "with reasons of its own": {"half of it is missing"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			store := open(dir, "")
			taken, err := store.Take(t.Context(), question("hello"), func(context.Context) (recording.Asked, error) {
				return recording.Asked{Answer: recording.Answer{Body: []byte(`{"content":"hal`)}, Unusable: unusable}, broken
			})
			if !errors.Is(err, broken) || !taken.Unusable || taken.File == "" {
				t.Fatalf("%+v, %v", taken, err)
			}
			var calls atomic.Int32
			taken, err = store.Take(t.Context(), question("hello"), says("whole", &calls))
			if err != nil || taken.Unusable || taken.Recorded || calls.Load() != 1 {
				t.Errorf("%+v, %v, after %d calls", taken, err, calls.Load())
			}
			if found := list(t, dir); len(found) != 2 {
				t.Errorf("the directory holds %v", found)
			}
		})
	}
}
