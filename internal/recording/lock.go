package recording

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// gates let one goroutine at a time through for each name.
type gates struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when the holder leaves
}

// enter waits until nobody else is inside, or ctx ends.
func (g *gates) enter(ctx context.Context, name string) (leave func(), err error) {
	for {
		g.mu.Lock()
		inside, held := g.held[name]
		if !held {
			if g.held == nil {
				g.held = map[string]chan struct{}{}
			}
			done := make(chan struct{})
			g.held[name] = done
			g.mu.Unlock()
			return func() {
				g.mu.Lock()
				defer g.mu.Unlock()
				delete(g.held, name)
				close(done)
			}, nil
		}
		g.mu.Unlock()
		select {
		case <-inside:
		case <-ctx.Done():
			return nil, waited(ctx)
		}
	}
}

// waited says what ended a wait.
func waited(ctx context.Context) error {
	return fmt.Errorf("%w, while another resource or process was asking the same", context.Cause(ctx))
}

// poll is how often another process is looked at that has the lock.
const poll = 50 * time.Millisecond

// lock keeps other processes from asking the same. The operating system frees
// the lock of a process that dies.
func (s *Store) lock(ctx context.Context, name string) (unlock func(), err error) {
	if err := os.MkdirAll(s.options.Directory, 0o755); err != nil {
		return nil, &UnwritableError{Directory: s.options.Directory, Why: plain(err)}
	}
	file := s.hidden(name, "lock")
	for {
		if info, err := os.Lstat(file); err == nil && regular(info) != nil { // opening it could block, or make a file elsewhere
			return nil, &UnwritableError{Directory: s.options.Directory, Why: "for its file " + filepath.Base(file) + ", " + regular(info).Error()}
		}
		lock := flock.New(file, flock.SetFlag(os.O_CREATE|os.O_RDONLY|openSafely))
		locked, err := lock.TryLockContext(ctx, poll)
		switch {
		case ctx.Err() != nil:
			_ = lock.Close()
			return nil, waited(ctx)
		case err != nil || !locked:
			return nil, &UnwritableError{Directory: s.options.Directory, Why: plain(errors.Join(err, lock.Close()))}
		case isFile(lock, file):
			return func() {
				_ = os.Remove(file) // Windows refuses while it is open: then it stays, and does no harm
				_ = lock.Close()
			}, nil
		}
		_ = lock.Close() // its holder has removed the file meanwhile: the lock is of no use
	}
}

// isFile reports whether the lock's file is still the one of that name.
func isFile(lock *flock.Flock, name string) bool {
	now, err := os.Lstat(name)
	if err != nil {
		return false
	}
	then, err := lock.Stat()
	return err == nil && os.SameFile(now, then)
}
