package job

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
)

// ErrPending is what an error wraps that says that a batch is still under way.
var ErrPending = errors.New("the batch is still under way")

// pending says why a wait ended before the batch did.
type pending struct {
	batch Batch
	cause error
}

func (p *pending) Error() string {
	return fmt.Sprintf("batch %s has the status %q: %v", p.batch.ID, p.batch.Status, p.cause)
}

func (p *pending) Unwrap() []error { return []error{ErrPending, p.cause} }

// The waits between two looks at a batch.
const (
	firstLook   = 5 * time.Second
	longestLook = 5 * time.Minute
	lastLooks   = 30 * time.Second // at one that is being cancelled, which takes ten minutes at most
)

// interval is the wait after so many looks: as long as the server wants, and longer with each look.
func (b Batch) interval(looks int) time.Duration {
	d, longest := firstLook, longestLook
	if b.Status == StatusCancelling {
		longest = lastLooks
	}
	for range looks {
		if d = d * 3 / 2; d >= longest {
			d = longest
			break
		}
	}
	return max(d, b.after)
}

// Await looks at a batch again and again until it has ended, for so long. told is given each look; nil = nobody.
//
// Where the time or ctx ends first, the batch is as it was last seen, and the error is [ErrPending]. What a server
// says that fails for a time is waited out; any other error ends the wait, and leaves the batch as it was, too.
func Await(ctx context.Context, c *client.Client, b Batch, apiKey string, limit time.Duration, told func(Batch), secrets ...string) (Batch, error) {
	began := c.Clock().Now()
	until := began.Add(limit)
	var fault error
	for looks := 0; !b.Ended(); looks++ {
		left := until.Sub(c.Clock().Now())
		if left <= 0 {
			cause := fmt.Errorf("the time allowed for it, %s, ran out", limit)
			if fault != nil {
				cause = fmt.Errorf("%w; the last look at it failed: %w", cause, fault)
			}
			return b, &pending{b, cause}
		}
		if err := c.Clock().Sleep(ctx, min(b.interval(looks), left)); err != nil {
			return b, &pending{b, err}
		}
		var next Batch
		next, fault = Get(ctx, c, b.ID, apiKey, secrets...)
		switch {
		case fault == nil:
			if b = next; told != nil {
				told(b)
			}
		case ctx.Err() != nil:
			return b, &pending{b, context.Cause(ctx)}
		case client.IsGone(fault) && c.Clock().Now().Before(began.Add(object.Settling)): // not seen yet
		case lasting(fault):
			return b, fault
		}
	}
	return b, nil
}

// lasting reports whether the same call would fail again in some minutes.
func lasting(err error) bool {
	var problem *client.Problem
	if !errors.As(err, &problem) {
		return true
	}
	passing := client.HasStatus(err, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests)
	switch problem.Kind {
	case client.API:
		return problem.Status < 500 && !passing
	case client.Lost, client.Timeout, client.NotSent, client.BadAnswer:
		return false
	}
	return true
}
