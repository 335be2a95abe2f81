package transport

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Limits hold for all requests of one chain together; 0 = no limit. They are
// strict where a token bucket (golang.org/x/time/rate) lets up to twice as many
// begin in a minute.
type Limits struct {
	MaxConcurrent     int // attempts under way, from the first byte until the answer is read
	RequestsPerMinute int // attempts begun in any 60 s
	TokensPerMinute   int // tokens of the attempts begun in any 60 s: first Exchange.Expect, then Exchange.Used
}

// What a call can wait for, as errors and the log name it.
const (
	concurrentLimit = "limits.max_concurrent"
	requestLimit    = "limits.requests_per_minute"
	tokenLimit      = "limits.tokens_per_minute"
	serverLimit     = "the server's rate limit"
)

const (
	minute   = time.Minute // what the windows look back
	longCool = time.Minute // longest wait that one answer imposes on all calls

	mostTokens = 1 << 40 // of one attempt; more is a server's slip, and sums must not overflow
)

// pace lets attempts begin, in order of their arrival. Each attempt takes a slot
// and gives it back. A call that only waits to retry has none.
type pace struct {
	limits Limits
	clock  Clock

	mu       sync.Mutex
	queue    []*ticket
	flying   int
	begun    int // attempts so far
	requests window
	tokens   window
	cool     time.Time // nothing begins before
	adaptive adaptive
}

// ticket is an attempt that has not begun.
type ticket struct {
	tokens int
	now    time.Time          // the time is not earlier: so long the call has waited
	wake   context.CancelFunc // ends its present wait; nil = it does not wait
}

// slot is an attempt that has begun. A nil slot is none.
type slot struct {
	pace   *pace
	used   *entry
	number int  // of the attempt, from 1
	over   bool // given back
}

func newPace(limits Limits, clock Clock, jitter func(time.Duration) time.Duration) *pace {
	return &pace{
		limits: limits, clock: clock, adaptive: adaptive{jitter: jitter},
		requests: window{limit: limits.RequestsPerMinute},
		tokens:   window{limit: limits.TokensPerMinute},
	}
}

// take waits until an attempt may begin that takes about so many tokens. rested
// is a time up to which the call has waited already; zero = it has not. report is
// told what the call waits for, and how long; 0 = nobody knows. It returns a
// *LimitError or the cause of ctx, at once where the wait does not end before the deadline.
func (p *pace) take(ctx context.Context, tokens int, rested time.Time, report func(why string, wait time.Duration)) (*slot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	me := &ticket{tokens: tokens, now: rested}
	p.queue = append(p.queue, me)
	defer p.leave(me)
	told := ""
	for {
		if now := p.clock.Now(); now.After(me.now) {
			me.now = now
		}
		at, why := p.forecast(me)
		wait := at.Sub(me.now)
		if deadline, ok := ctx.Deadline(); ok && wait > 0 && !at.Before(deadline) {
			return nil, &LimitError{Limit: why, Wait: wait}
		}
		if wait == 0 {
			why = p.full()
		}
		if why == "" && p.queue[0] == me {
			return p.begin(me), nil
		}
		say := func() {}
		if why != "" && why != told {
			told, say = why, func() { report(why, wait) }
		}
		err := p.wait(ctx, me, wait, say)
		switch {
		case err != nil && why == "": // it was about to have its turn
			return nil, err
		case err != nil:
			return nil, &LimitError{Limit: why, Err: err}
		}
	}
}

// wait unlocks p until something changes for the ticket or, if it is the first
// in the queue, until the wait is over. It returns the cause of ctx where that ends first.
func (p *pace) wait(ctx context.Context, me *ticket, wait time.Duration, say func()) error {
	first := p.queue[0] == me
	woken, wake := context.WithCancel(ctx)
	defer wake()
	me.wake = wake
	p.mu.Unlock()
	say()
	rested := first && wait > 0 && p.clock.Sleep(woken, wait) == nil
	if !rested {
		<-woken.Done()
	}
	p.mu.Lock()
	me.wake = nil
	if rested {
		me.now = me.now.Add(wait)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// forecast is when a ticket's attempt may begin, if those before it begin as
// soon as they may, and what it waits for until then; "" = nothing. How long
// attempts under way take nobody knows.
func (p *pace) forecast(me *ticket) (at time.Time, why string) {
	at = me.now
	later := func(than time.Time, limit string) {
		if than.After(at) {
			at, why = than, limit
		}
	}
	later(p.cool, serverLimit)
	later(p.adaptive.next, serverLimit)
	requests, tokens := p.requests, p.tokens
	for _, t := range p.queue {
		later(requests.free(at, 1), requestLimit)
		later(tokens.free(at, t.tokens), tokenLimit)
		if t == me {
			break
		}
		requests.add(at, 1)
		tokens.add(at, t.tokens)
	}
	return at, why
}

// full is the limit that the attempts under way have reached; "" = none.
func (p *pace) full() string {
	switch {
	case p.limits.MaxConcurrent > 0 && p.flying >= p.limits.MaxConcurrent:
		return concurrentLimit
	case p.adaptive.limit > 0 && p.flying >= p.adaptive.limit:
		return serverLimit
	}
	return ""
}

func (p *pace) begin(me *ticket) *slot {
	p.flying++
	p.begun++
	p.adaptive.began(me.now)
	p.requests.entries = p.requests.since(me.now)
	p.tokens.entries = p.tokens.since(me.now)
	p.requests.add(me.now, 1)
	return &slot{pace: p, number: p.begun, used: p.tokens.add(me.now, me.tokens)}
}

// leave takes a ticket out of the queue.
func (p *pace) leave(me *ticket) {
	i := slices.Index(p.queue, me)
	p.queue = slices.Delete(p.queue, i, i+1)
	if i == 0 {
		p.next()
	}
}

// next has the first in the queue look again.
func (p *pace) next() {
	if len(p.queue) > 0 && p.queue[0].wake != nil {
		p.queue[0].wake()
	}
}

// applyCooldown keeps every attempt from beginning for a while, at most longCool.
func (p *pace) applyCooldown(wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coolFor(wait)
}

// coolFor is applyCooldown with p locked.
func (p *pace) coolFor(wait time.Duration) {
	wait = min(wait, longCool)
	until := p.clock.Now().Add(wait)
	if !until.After(p.cool) {
		return
	}
	p.cool = until
	p.adaptive.spread(wait, p.flying)
	for _, t := range p.queue { // the wait may now be too long for one that is not the first
		if t.wake != nil {
			t.wake()
		}
	}
}

// refused says that the server takes no more for now: the attempt got a 429.
// Fewer are then made at a time, and all wait, at most longCool: for as long as the
// server asked or, where it did not, for longer the more often it has refused
// in a row. It returns that wait, uncut.
func (p *pace) refused(s *slot, wait time.Duration, asked bool) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	flying := p.flying
	if s.over {
		flying++
	}
	p.adaptive.lower(s.number, p.begun, flying)
	if !asked {
		wait = backoff(p.adaptive.streak-1, p.adaptive.jitter)
	}
	p.coolFor(wait)
	return wait
}

// answered says that the server took an attempt.
func (p *pace) answered() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.adaptive.raise(p.clock.Now()) {
		p.next()
	}
}

// answers reports whether the server has taken an attempt in the last minute, so
// that a refusal is a matter of turns and not of the request.
func (p *pace) answers() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := p.adaptive.answered
	return !last.IsZero() && p.clock.Now().Sub(last) < minute
}

// release gives the slot back, once.
func (s *slot) release() {
	s.pace.mu.Lock()
	defer s.pace.mu.Unlock()
	if s.over {
		return
	}
	s.over = true
	s.pace.flying--
	s.pace.next()
}

// correct says how many tokens the attempt took.
func (s *slot) correct(tokens int) {
	if s == nil || s.used == nil {
		return
	}
	s.pace.mu.Lock()
	defer s.pace.mu.Unlock()
	s.used.n = min(tokens, mostTokens)
	s.pace.next()
}

// window is what has begun in the last 60 seconds, oldest first. A copy of a
// window can be added to without changing the original.
type window struct {
	limit   int // 0 = none, and nothing is kept
	entries []*entry
}

type entry struct {
	at time.Time
	n  int
}

// free is when n more fit in, at or after a time. More than the limit fits into
// an empty window.
func (w window) free(at time.Time, n int) time.Time {
	if w.limit <= 0 || n <= 0 {
		return at
	}
	used := min(n, w.limit) // each of the summands is far from overflowing the sum
	entries := w.since(at)
	for _, e := range entries {
		used += e.n
	}
	for _, e := range entries {
		if used <= w.limit {
			break
		}
		used -= e.n
		at = e.at.Add(minute)
	}
	return at
}

func (w *window) add(at time.Time, n int) *entry {
	if w.limit <= 0 {
		return nil
	}
	e := &entry{at, min(n, mostTokens)}
	w.entries = append(w.entries[:len(w.entries):len(w.entries)], e)
	return e
}

// since is what the 60 seconds before a time hold.
func (w window) since(at time.Time) []*entry {
	gone := slices.IndexFunc(w.entries, func(e *entry) bool { return e.at.Add(minute).After(at) })
	if gone < 0 {
		return nil
	}
	return w.entries[gone:]
}
