package area

import (
	"context"
	"sync"
	"time"
)

// Source is where the answer of a Call comes from.
type Source int

// The sources of an answer.
const (
	Asked       Source = iota // the model is asked when the plan is applied
	MayBeAsked                // it is, unless the request turns out to be the same, or a recording answers it
	Recorded                  // a recording answers
	AskedInPlan               // the model was asked during the plan
	Waiting                   // an apply that ended too early has left it
)

// Call is what the plan of one resource comes to.
type Call struct {
	From          Source
	Request       string // calls with the same are one, "" = none is
	Input, Output int    // tokens; output as far as the request limits it, 0 = it does not
	Partly        bool   // not counted are values that are not known yet
	Free          bool   // nothing is billed
	Batch         bool   // it goes through the Batch API
	Again         bool   // there is an answer, of another request
	Of            int    // calls of one resource that makes several have the same, see Calls.Several; 0 = it makes one
	Changed, Open []string
}

// quiet is how long nothing must stir before a plan is taken for complete. The CLI begins with the next
// resource within milliseconds, unless that waits for something else.
const quiet = 250 * time.Millisecond

// mostHalvings is how often that is halved where each resource turns out to be planned alone, as with
// -parallelism=1: there, nobody comes to take over, and each would wait for nothing.
const mostHalvings = 6

// Calls puts together what the plans of several resources come to, so that one warning says it
// for all of them. Terraform plans several resources at a time, and tells no provider which is
// the last. So each that has something to say waits until another one takes over, and the
// last speaks when nothing has stirred for a moment. What is planned later, such as a
// resource that depends on another, gets a warning of its own.
//
// The zero value is ready. It is safe for concurrent use.
type Calls struct {
	After func(time.Duration) <-chan time.Time // nil = time.After

	mu       sync.Mutex
	planning int // plans under way
	untold   []Call
	latest   int  // counts those that have waited
	told     int  // counts those that have told
	firm     bool // the one that waits speaks for a resource that is there
	several  int  // counts resources that make several calls
	alone    int  // of the last ones to tell, how many had only their own call
	stirred  chan struct{}
}

// Begin notes that the plan of a resource begins. The function that it returns ends it.
func (c *Calls) Begin() (end func()) {
	c.stir(1)
	return func() { c.stir(-1) }
}

// Stir notes that Terraform is still at work.
func (c *Calls) Stir() { c.stir(0) }

func (c *Calls) stir(plans int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.planning += plans
	c.wake()
}

// wake wakes the one that waits. c.mu is held.
func (c *Calls) wake() {
	if c.stirred != nil {
		close(c.stirred)
	}
	c.stirred = make(chan struct{})
}

// Several returns a number for Call.Of.
func (c *Calls) Several() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.several++
	return c.several
}

// Add adds a call that needs no warning of its own.
func (c *Calls) Add(call Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.untold = append(c.untold, call)
}

// Tell adds a call, between Begin and its end, and waits. It returns all that have not been told
// yet if the caller is the one to tell them; nil = another is. later = others have been told before.
//
// One that is there already speaks rather than a new one: the second plan of a replacement looks like
// the plan of a new resource, and Terraform drops what is said there.
func (c *Calls) Tell(ctx context.Context, call Call) (calls []Call, later bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.untold = append(c.untold, call)
	if c.firm && !call.Again {
		c.wake()
		return nil, false
	}
	c.firm = call.Again
	c.latest++
	mine := c.latest
	for c.wake(); c.latest == mine; {
		before := c.stirred
		c.wait(ctx)
		if c.latest == mine && (c.stirred == before || ctx.Err() != nil) {
			calls, later = c.untold, c.told > 0
			c.untold, c.firm = nil, false
			c.told++
			if c.alone++; len(calls) > 1 {
				c.alone = 0
			}
			return calls, later
		}
	}
	return nil, false
}

// wait returns when something stirs, when nothing has for a moment and no other plan is under way, or
// when ctx ends. c.mu is held before and after.
func (c *Calls) wait(ctx context.Context) {
	stirred, over := c.stirred, (<-chan time.Time)(nil)
	if c.planning <= 1 {
		after := c.After
		if after == nil {
			after = time.After
		}
		over = after(quiet >> min(c.alone, mostHalvings))
	}
	c.mu.Unlock()
	defer c.mu.Lock()
	select {
	case <-stirred:
	case <-over:
	case <-ctx.Done():
	}
}
