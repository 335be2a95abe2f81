//go:build !windows

package serve

import "os"

// parentGone returns a function that reports whether the process that started this one is gone: somebody else has
// adopted this one then.
func parentGone() func() bool {
	parent := os.Getppid()
	return func() bool { return os.Getppid() != parent }
}
