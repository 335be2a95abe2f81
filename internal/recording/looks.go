package recording

import (
	"sync"
	"time"
)

// rest is how long no names are read after they have been, in the time that it took: so it takes a fifth of
// the time at most, however many there are.
const rest = 4

// looks are readings of the names in a directory that many ask for at a time. Whoever asks gets one that
// begins after that, and shares it with all who have asked before it began: with thousands of questions,
// each of which needs one just before it is asked, all would go on that otherwise.
type looks struct {
	mu    sync.Mutex
	next  *look     // that has not begun; nil = nobody has asked for one
	last  *look     // that was begun or is the next; nil = there was none
	until time.Time // when the next may begin, once the last is done
}

type look struct {
	done  chan struct{}
	names []string
}

// names are those that list gives now.
func (l *looks) names(list func() []string) []string {
	l.mu.Lock()
	mine := l.next
	if mine == nil {
		mine = &look{done: make(chan struct{})}
		go l.take(mine, l.last, list)
		l.next, l.last = mine, mine
	}
	l.mu.Unlock()
	<-mine.done
	return mine.names
}

func (l *looks) take(mine, before *look, list func() []string) {
	if before != nil {
		<-before.done
	}
	time.Sleep(time.Until(l.until))
	l.mu.Lock()
	l.next = nil // who asks from now on may miss what changes meanwhile
	l.mu.Unlock()
	begun := time.Now()
	mine.names = list()
	l.until = time.Now().Add(rest * time.Since(begun))
	close(mine.done)
}
