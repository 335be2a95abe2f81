package transport

import (
	"context"
	"maps"
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
	classes  classes
	cool     time.Time // nothing begins before
	adaptive adaptive
}

// ticket is an attempt that has not begun.
type ticket struct {
	tokens int
	limits []Limit            // of its classes
	now    time.Time          // the time is not earlier: so long the call has waited
	held   time.Time          // until when its classes are full, as far as it knows: others go before it
	wake   context.CancelFunc // ends its present wait; nil = it does not wait
}

// isHeld reports whether a ticket waits for its classes, so that others go before it.
func (t *ticket) isHeld(now time.Time) bool { return t.held.After(now) && t.held.After(t.now) }

// slot is an attempt that has begun. A nil slot is none.
type slot struct {
	pace   *pace
	used   *entry
	number int  // of the attempt, from 1
	kept   bool // until it is known what the answer means for others
	over   bool // the attempt has ended
}

func newPace(limits Limits, clock Clock, jitter func(time.Duration) time.Duration) *pace {
	return &pace{
		limits: limits, clock: clock, adaptive: adaptive{jitter: jitter},
		requests: window{limit: limits.RequestsPerMinute},
		tokens:   window{limit: limits.TokensPerMinute},
	}
}

// take waits until the attempt of a ticket may begin. The ticket's now is a time up to which
// the call has waited already; zero = it has not. report is told what the call waits for, and how long; 0 = nobody knows. It returns a
// *LimitError or the cause of ctx, at once where the wait does not end before the deadline.
func (p *pace) take(ctx context.Context, me *ticket, report func(why string, wait time.Duration)) (*slot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.classes.know(me.limits)
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
		if why == "" && p.first(me) {
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

// wait unlocks p until something changes for the ticket or, if it is its turn or only its
// classes keep it from that, until the wait is over. It returns the cause of ctx where that ends first.
func (p *pace) wait(ctx context.Context, me *ticket, wait time.Duration, say func()) error {
	timed := wait > 0 && (p.first(me) || me.isHeld(me.now))
	woken, wake := context.WithCancel(ctx)
	defer wake()
	me.wake = wake
	p.mu.Unlock()
	say()
	rested := timed && p.clock.Sleep(woken, wait) == nil
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
	requests, tokens, classes := p.requests, p.tokens, maps.Clone(p.classes)
	for _, t := range p.queue {
		ready, full := classes.free(t.limits, at)
		if t != me && ready.After(at) {
			classes.reserve(t.limits, at, ready)
			continue
		}
		later(requests.free(at, 1), requestLimit)
		later(tokens.free(at, t.tokens), tokenLimit)
		if t == me {
			if full == "" {
				ready = time.Time{}
			}
			p.hold(me, ready)
			later(ready, full)
			break
		}
		requests.add(at, 1)
		tokens.add(at, t.tokens)
		classes.add(t.limits, at)
	}
	return at, why
}

// hold notes until when the classes of a ticket are full, and lets another go before it.
func (p *pace) hold(me *ticket, until time.Time) {
	if me.held.Equal(until) {
		return
	}
	me.held = until
	if me.isHeld(me.now) {
		p.next()
	}
}

// first reports whether it is a ticket's turn: those before it wait for their classes.
func (p *pace) first(me *ticket) bool {
	for _, t := range p.queue {
		if t == me || !t.isHeld(me.now) {
			return t == me
		}
	}
	return false
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
	p.classes.add(me.limits, me.now)
	return &slot{pace: p, number: p.begun, used: p.tokens.add(me.now, me.tokens)}
}

// leave takes a ticket out of the queue.
func (p *pace) leave(me *ticket) {
	i := slices.Index(p.queue, me)
	p.queue = slices.Delete(p.queue, i, i+1)
	for _, t := range p.queue[i:] {
		if len(me.limits) > 0 && len(t.limits) > 0 && t.wake != nil {
			t.wake() // there may be room in its classes
		}
	}
	p.next()
}

// next has the first in the queue that does not wait for its classes look again.
func (p *pace) next() {
	now := p.clock.Now()
	i := slices.IndexFunc(p.queue, func(t *ticket) bool { return !t.isHeld(now) })
	if i >= 0 && p.queue[i].wake != nil {
		p.queue[i].wake()
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
	p.adaptive.lower(s.number, p.begun, p.flying)
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

// release gives the slot back, once; one that is kept is given back by letGo.
func (s *slot) release() {
	s.pace.mu.Lock()
	defer s.pace.mu.Unlock()
	if s.over {
		return
	}
	s.over = true
	s.free()
}

// keep holds on to the slot when the attempt ends, so that no other attempt begins
// between a refusal and the wait that follows from it for all.
func (s *slot) keep() {
	s.pace.mu.Lock()
	defer s.pace.mu.Unlock()
	s.kept = true
}

// letGo ends keep.
func (s *slot) letGo() {
	if s == nil {
		return
	}
	s.pace.mu.Lock()
	defer s.pace.mu.Unlock()
	if !s.kept {
		return
	}
	s.kept = false
	s.free()
}

// free lets another begin where nothing holds the slot any more.
func (s *slot) free() {
	if s.over && !s.kept {
		s.pace.flying--
		s.pace.next()
	}
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
