package serve

import (
	"os"
	"sync/atomic"
)

// parentGone returns a function that reports whether the process that started this one is gone. Windows does not
// forget a parent that is, but has it waited for.
func parentGone() func() bool {
	var gone atomic.Bool
	if parent, err := os.FindProcess(os.Getppid()); err == nil {
		go func() {
			_, err := parent.Wait()
			gone.Store(err == nil)
		}()
	}
	return gone.Load
}
