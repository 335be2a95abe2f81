package transport

import (
	"fmt"
	"time"
)

// Limit is one of a class of requests, besides the Limits of all. Requests of other classes
// go before one that has to wait for its own; within a class the order is that of arrival.
type Limit struct {
	Key       string // names the class in errors and in the log, such as "vector store vs_1"
	PerMinute int    // attempts begun in any 60 s; 0 = no limit
}

func (l Limit) String() string {
	return fmt.Sprintf("the limit of %d requests a minute for %s", l.PerMinute, l.Key)
}

// Within has the requests of the call keep to these limits, all of them.
func (ex *Exchange) Within(limits ...Limit) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.limits = limits
}

func (ex *Exchange) within() []Limit {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.limits
}

// classes are what has begun in the last 60 seconds of each class, by its key. A clone can be
// added to without changing the original.
type classes map[string]window

// know has a window for each of the limits. Where calls name different limits of a class,
// the last one holds.
func (c *classes) know(limits []Limit) {
	if *c == nil && len(limits) > 0 {
		*c = classes{}
	}
	for _, l := range limits {
		(*c)[l.Key] = window{limit: l.PerMinute, entries: (*c)[l.Key].entries}
	}
}

// free is when an attempt may begin that keeps to these limits, at or after a time, and
// which of them it waits for until then; "" = none.
func (c classes) free(limits []Limit, at time.Time) (ready time.Time, why string) {
	ready = at
	for _, l := range limits {
		if free := c[l.Key].free(at, 1); free.After(ready) {
			ready, why = free, l.String()
		}
	}
	return ready, why
}

// add notes that an attempt begins.
func (c classes) add(limits []Limit, at time.Time) {
	for _, l := range limits {
		w := c[l.Key]
		w.entries = w.since(at)
		w.add(at, 1)
		c[l.Key] = w
	}
}

// reserve notes in the classes that are full that an attempt, which waits for them, will
// begin. It takes no room in others until then.
func (c classes) reserve(limits []Limit, now, at time.Time) {
	for _, l := range limits {
		if w := c[l.Key]; w.free(now, 1).After(now) {
			w.add(at, 1)
			c[l.Key] = w
		}
	}
}
