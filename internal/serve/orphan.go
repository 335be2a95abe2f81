package serve

import "time"

// lookAfterParent is how often a provider looks whether the process that started it is still there.
const lookAfterParent = time.Second

// orphaned returns a channel that is closed when the process that started this one is gone and nothing is under
// way any more. A CLI that is killed tells nobody, and go-plugin would wait for the next call for ever. The calls
// themselves are canceled when the connection breaks; one that was sent has the time to be answered and recorded.
func orphaned(gone, idle func() bool) <-chan struct{} {
	alone := make(chan struct{})
	go func() {
		defer close(alone)
		tick := time.NewTicker(lookAfterParent)
		defer tick.Stop()
		for range tick.C {
			if gone() && idle() {
				return
			}
		}
	}()
	return alone
}
