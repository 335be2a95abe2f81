package client

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// timeLimit is the cause of a context that ran out; it names the setting.
type timeLimit struct {
	setting string
	limit   time.Duration
}

func (l timeLimit) Error() string {
	return "the time allowed for the operation, " + l.String() + ", ran out"
}
func (l timeLimit) String() string { return fmt.Sprintf("%s (%s)", l.setting, l.limit) }

type timeLimitKey struct{}

// Pause is how long to wait before an object is asked for once more, after so many looks, where the server does not say.
func Pause(looks int) time.Duration {
	const first, longest = time.Second, 10 * time.Second
	d := first
	for range looks {
		d = min(d*3/2, longest)
	}
	return d
}

// WithTimeLimit is context.WithTimeout for the time that a setting allows, such
// as "timeouts.create": the Problem of a call made with it names the setting.
func WithTimeLimit(ctx context.Context, setting string, limit time.Duration) (context.Context, context.CancelFunc) {
	l := timeLimit{setting, limit}
	return context.WithTimeoutCause(context.WithValue(ctx, timeLimitKey{}, l), limit, l)
}

// allowed names what limits the time of the call.
func (k *call) allowed() string {
	if l, ok := k.ctx.Value(timeLimitKey{}).(timeLimit); ok {
		return l.String()
	}
	return "the time allowed for the operation"
}

// late explains a wait that was not begun, since it would have outlasted the caller.
func (k *call) late(limit *transport.LimitError) *Problem {
	p := k.problem(Deadline)
	p.Message = "Nothing was sent"
	if k.wire.Sent() > 0 {
		p.Message = "The request, which the server had refused so far, was not sent again"
	}
	p.Message += fmt.Sprintf(": %s would have made it wait %s, longer than %s leaves.", limit.Limit, limit.Wait.Round(time.Millisecond), k.allowed())
	p.next = sooner(limit.Limit)
	return p
}

// sooner is the next thing to do about a wait that was too long.
func sooner(limit string) string {
	if argument, ok := limitsArgument(limit); ok {
		return fmt.Sprintf("Allow more time in the timeouts block, raise %s in the provider's limits block, or run fewer operations at a time (terraform apply -parallelism=2).", argument)
	}
	return "Allow more time in the timeouts block, or run the operation again later."
}
