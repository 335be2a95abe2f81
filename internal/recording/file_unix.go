//go:build unix

package recording

import "syscall"

// openSafely are flags that follow no link and wait for nobody, such as the other end
// of a pipe.
const openSafely = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
