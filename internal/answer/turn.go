package answer

import (
	"context"
	"sync"
)

// queue lets one at a time do something, for each of several things.
type queue struct {
	mu    sync.Mutex
	slots map[string]chan struct{}
}

// turns are those of all that answers change.
var turns queue

// take waits for a turn, which ends with release.
func (q *queue) take(ctx context.Context, thing string) (release func(), err error) {
	q.mu.Lock()
	if q.slots == nil {
		q.slots = map[string]chan struct{}{}
	}
	slot := q.slots[thing]
	if slot == nil {
		slot = make(chan struct{}, 1)
		q.slots[thing] = slot
	}
	q.mu.Unlock()
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
