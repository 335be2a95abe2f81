package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// Limits are what all calls of one Client keep to together; 0 = no limit. The
// first three pace, the last two are what one run may spend.
type Limits struct {
	MaxConcurrent     int // requests under way
	RequestsPerMinute int // requests begun in any 60 s, those that are sent again included
	TokensPerMinute   int // tokens of the requests begun in any 60 s, and of their answers
	MaxRequests       int // requests sent that may cost, whatever came back but for a refusal; each that is sent again counts
	MaxTotalTokens    int // tokens of such requests and their answers
}

// limitsArgument is the argument of the limits block that a limit is.
func limitsArgument(limit string) (string, bool) { return strings.CutPrefix(limit, "limits.") }

// tally is a number of requests, and of tokens.
type tally struct{ requests, tokens int }

func (t tally) plus(u tally) tally {
	return tally{plus(t.requests, u.requests), plus(t.tokens, u.tokens)}
}

// plus adds what is not negative, up to the largest number: a server may claim any usage.
func plus(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

// budget is what is spent, and what requests under way may come to spend. A
// request reserves before it is sent and settles afterwards; one that is sent again
// does so each time. A nil budget is boundless.
type budget struct {
	limits Limits

	mu        sync.Mutex
	spent     tally
	estimated int           // tokens of spent that no server has counted
	held      tally         // by requests under way
	settled   chan struct{} // closed when the next request settles
}

func newBudget(limits Limits) *budget {
	if limits.MaxRequests == 0 && limits.MaxTotalTokens == 0 {
		return nil
	}
	return &budget{limits: limits, settled: make(chan struct{})}
}

// reserve holds so many requests and tokens. A call for which there is no
// room waits while others may leave some: waits is then told the limit. It returns
// *overspent, or *transport.LimitError where ctx ends first.
func (b *budget) reserve(ctx context.Context, needs tally, waits func(limit string)) error {
	if b == nil {
		return nil
	}
	for told := false; ; told = true {
		limit, settled, err := b.hold(needs)
		if limit == "" || err != nil {
			return err
		}
		if !told {
			waits(limit)
		}
		select {
		case <-ctx.Done():
			return &transport.LimitError{Limit: limit, Err: context.Cause(ctx)}
		case <-settled:
		}
	}
}

// hold is reserve without the waiting: where limit is not "", the call has to wait until settled is closed.
func (b *budget) hold(needs tally) (limit string, settled <-chan struct{}, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if limit = b.exceeded(b.spent.plus(needs)); limit != "" {
		return limit, nil, &overspent{limit: limit, spent: b.spent, estimated: b.estimated, needs: needs}
	}
	if limit = b.exceeded(b.spent.plus(b.held).plus(needs)); limit == "" {
		b.held.requests += needs.requests
		b.held.tokens += needs.tokens // within the limit, where there is one
	}
	return limit, b.settled, nil
}

// exceeded is the limit that a tally is over; "" = none.
func (b *budget) exceeded(t tally) string {
	switch {
	case b.limits.MaxRequests > 0 && t.requests > b.limits.MaxRequests:
		return "limits.max_requests"
	case b.limits.MaxTotalTokens > 0 && t.tokens > b.limits.MaxTotalTokens:
		return "limits.max_total_tokens"
	}
	return ""
}

// settle ends a reservation: spent is what the request came
// to, of whose tokens estimated were counted by nobody.
func (b *budget) settle(reserved, spent tally, estimated int) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held.requests -= reserved.requests
	b.held.tokens -= reserved.tokens
	b.spent = b.spent.plus(spent)
	b.estimated = plus(b.estimated, estimated)
	close(b.settled)
	b.settled = make(chan struct{})
}

// overspent means that a call would exceed the budget.
type overspent struct {
	limit     string
	spent     tally
	estimated int // of spent.tokens
	needs     tally
}

func (e *overspent) Error() string { return "the budget of this run would be exceeded: " + e.limit }

// reserve is budget.reserve for the first request of the call; nil = it may be sent.
func (k *call) reserve() *Problem {
	if !k.costs() && k.request.Carries == 0 || k.client.budget == nil {
		return nil
	}
	err := k.hold(k.ctx)
	var over *overspent
	switch {
	case errors.As(err, &over):
		return k.overspent(over)
	case err != nil:
		return k.ended(err)
	}
	k.wire.BeforeRepeat(k.reserveAgain)
	return nil
}

// reserveAgain settles a request that reached the server, and reserves the same
// once more: false = the budget has no room for it.
func (k *call) reserveAgain(ctx context.Context) bool {
	k.settle()
	k.unpaid = k.hold(ctx)
	return k.unpaid == nil
}

func (k *call) hold(ctx context.Context) error {
	err := k.client.budget.reserve(ctx, k.estimate(), func(limit string) {
		if log := k.client.settings.Log; log != nil {
			log(ctx, transport.LevelDebug, "waiting for limits", map[string]any{"why": limit, "wait_ms": 0})
		}
	})
	k.reserved = err == nil
	return err
}

// budgetLimit is the limit that kept the call from being sent again; "" = none did.
func (k *call) budgetLimit() string {
	var over *overspent
	var limit *transport.LimitError
	switch {
	case errors.As(k.unpaid, &over):
		return over.limit
	case errors.As(k.unpaid, &limit):
		return limit.Limit
	}
	return ""
}

// estimate is what the call reserves.
func (k *call) estimate() tally { return tally{max(1, k.request.Carries), max(0, k.request.Tokens)} }

// settle says what the last request came to. It comes after the answer, or the
// failure. What was sent counts, whatever came back; only a refusal does not.
func (k *call) settle() {
	if k.usage > 0 {
		k.wire.Used(k.usage)
	}
	if !k.reserved {
		return
	}
	k.reserved = false
	switch held := k.estimate(); {
	case !k.wire.Reached():
		k.client.budget.settle(held, tally{}, 0)
	case k.usage > 0 && k.request.Carries == 0:
		k.client.budget.settle(held, tally{1, k.usage}, 0)
	default:
		k.client.budget.settle(held, held, held.tokens)
	}
}

// learnUsage takes what an answer, or an event of one, says of its tokens.
func (k *call) learnUsage(data []byte) {
	if k.client.settings.Limits == (Limits{}) {
		return // nobody asks
	}
	var doc struct {
		Usage struct {
			Total json.RawMessage `json:"total_tokens"`
		} `json:"usage"`
	}
	if json.Unmarshal(data, &doc) != nil {
		return
	}
	total, err := strconv.ParseFloat(string(doc.Usage.Total), 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange), total < 1: // 0 = the server does not count
	case total >= math.MaxInt:
		k.usage = math.MaxInt
	default:
		k.usage = int(total)
	}
}

// overspent explains that there is no room for the call.
func (k *call) overspent(e *overspent) *Problem {
	p := k.problem(Budget)
	argument, _ := limitsArgument(e.limit)
	value := k.client.settings.Limits.MaxRequests
	if e.limit == "limits.max_total_tokens" {
		value = k.client.settings.Limits.MaxTotalTokens
	}
	tokens := argument == "max_total_tokens"
	what := "is used up"
	if tokens && e.spent.tokens < value || !tokens && e.spent.requests < value {
		what = "would be exceeded"
	}
	p.Message = fmt.Sprintf("Nothing was sent, because the budget of this run %s: %s is %d. So far this run has used %s and %s",
		what, e.limit, value, counted(e.spent.requests, "request"), counted(e.spent.tokens, "token"))
	if e.estimated > 0 {
		p.Message += fmt.Sprintf(" (%d of the tokens are an estimate)", e.estimated)
	}
	switch {
	case tokens && e.spent.tokens < value:
		p.Message += fmt.Sprintf(", and this request may take about %d more tokens", e.needs.tokens)
	case e.needs.requests > 1:
		p.Message += fmt.Sprintf(", and this batch has %d more requests", e.needs.requests)
	}
	p.Message += "."
	p.next = fmt.Sprintf("The answers so far are kept. Raise %s in the provider's limits block, or run the operation again: each run has a budget of its own.", argument)
	if tokens && e.needs.tokens > value {
		p.Message = fmt.Sprintf("Nothing was sent, because this request alone may take about %d tokens, more than the budget of a run: %s is %d.", e.needs.tokens, e.limit, value)
		p.next = "Raise max_total_tokens in the provider's limits block, or ask for less: a shorter input, or a lower limit of output tokens if there is one."
	}
	p.cause = &veiled{text: p.Message, err: e}
	return p
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
