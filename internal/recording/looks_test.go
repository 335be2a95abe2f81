package recording

import (
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Who asks for the names gets a list that was begun after that; who asks meanwhile shares the next one.
func TestLooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var l looks
		var lists atomic.Int64
		file := atomic.Pointer[string]{}
		old, young := "old", "young"
		file.Store(&old)
		list := func() []string {
			lists.Add(1)
			now := *file.Load()
			time.Sleep(time.Second) // a slow directory
			return []string{now}
		}
		first := make(chan []string)
		go func() { first <- l.names(list) }()
		synctest.Wait()
		file.Store(&young)
		others := make(chan []string)
		for range 100 {
			go func() { others <- l.names(list) }()
		}
		begun := time.Now()
		if got := <-first; !slices.Equal(got, []string{"old"}) {
			t.Errorf("the first got %q", got)
		}
		for range 100 {
			if got := <-others; !slices.Equal(got, []string{"young"}) {
				t.Errorf("who asked while the first was read got %q", got)
			}
		}
		if n := lists.Load(); n != 2 {
			t.Errorf("the names were read %d times", n)
		}
		if took := time.Since(begun); took != (1+rest+1)*time.Second {
			t.Errorf("that took %s", took)
		}
	})
}
