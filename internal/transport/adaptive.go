package transport

import "time"

// adaptive finds out how many attempts at a time a server takes, as TCP finds
// out what a network takes: halved at a refusal, one more after as many answers as
// there may be attempts. Where nothing is refused there is no limit. It is guarded by pace.mu.
type adaptive struct {
	jitter func(ceiling time.Duration) time.Duration

	limit    int       // attempts at a time; 0 = any number
	round    int       // attempts up to this one began before the limit was halved, and do not halve it again
	gained   int       // answers since the limit last changed
	streak   int       // how often in a row it was halved without an answer in between
	answered time.Time // the last answer; zero = there was none

	// After a wait, the first attempts begin one after the other.
	apart int           // how many still do
	gap   time.Duration // ceiling of the time between two
	next  time.Time     // the next one does not begin before
}

// longestSpread is the time over which the attempts that waited together begin.
const longestSpread = time.Second

// lower halves the limit: an attempt was refused while so many were under way.
// begun is the number of the last attempt.
func (a *adaptive) lower(number, begun, flying int) {
	if number <= a.round {
		return
	}
	a.round = begun
	if a.limit > 0 {
		flying = min(flying, a.limit)
	}
	a.limit = max(1, flying/2)
	a.gained = 0
	a.streak++
}

// raise notes an answer, and reports whether one more may be made at a time.
func (a *adaptive) raise(now time.Time) bool {
	a.answered, a.streak = now, 0
	if a.limit == 0 {
		return false
	}
	if a.gained++; a.gained < a.limit {
		return false
	}
	a.limit++
	a.gained = 0
	return true
}

// spread has the attempts that begin after a wait begin apart.
func (a *adaptive) spread(wait time.Duration, flying int) {
	a.apart = flying
	if a.limit > 0 {
		a.apart = a.limit
	}
	if a.apart > 1 {
		a.gap = min(wait/2, longestSpread) / time.Duration(a.apart)
	}
}

// began notes that an attempt has begun.
func (a *adaptive) began(now time.Time) {
	if a.apart <= 1 {
		return
	}
	a.apart--
	a.next = now.Add(a.jitter(a.gap))
}
