package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// Limits are what all calls of one Client keep to together; 0 = no limit. The
// first three pace, the last two are what one run may spend.
type Limits struct {
	MaxConcurrent     int // requests under way
	RequestsPerMinute int // requests begun in any 60 s, those that are sent again included
	TokensPerMinute   int // tokens of the requests begun in any 60 s, prompts and answers
	MaxRequests       int // answers that cost
	MaxTotalTokens    int // tokens of such answers, prompts included
}

// limitsArgument is the argument of the limits block that a limit is.
func limitsArgument(limit string) (string, bool) { return strings.CutPrefix(limit, "limits.") }

// tally is a number of answers, and of tokens.
type tally struct{ requests, tokens int }

// budget is what is spent, and what calls under way may come to spend. A call
// reserves before it is sent and settles afterwards. A nil budget is boundless.
type budget struct {
	limits Limits

	mu        sync.Mutex
	spent     tally
	estimated int           // tokens of spent that no server has counted
	held      tally         // by calls under way
	settled   chan struct{} // closed when the next call settles
}

func newBudget(limits Limits) *budget {
	if limits.MaxRequests == 0 && limits.MaxTotalTokens == 0 {
		return nil
	}
	return &budget{limits: limits, settled: make(chan struct{})}
}

// reserve holds one request and so many tokens. A call for which there is no
// room waits while others may leave some: waits is then told the limit. It returns
// *overspent, or *transport.LimitError where ctx ends first.
func (b *budget) reserve(ctx context.Context, tokens int, waits func(limit string)) error {
	if b == nil {
		return nil
	}
	for told := false; ; told = true {
		limit, settled, err := b.hold(tokens)
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
func (b *budget) hold(tokens int) (limit string, settled <-chan struct{}, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if limit = b.exceeded(tally{b.spent.requests + 1, b.spent.tokens + tokens}); limit != "" {
		return limit, nil, &overspent{limit: limit, spent: b.spent, estimated: b.estimated, needs: tokens}
	}
	if limit = b.exceeded(tally{b.spent.requests + b.held.requests + 1, b.spent.tokens + b.held.tokens + tokens}); limit == "" {
		b.held.requests++
		b.held.tokens += tokens
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

// settle ends a reservation of so many tokens: spent is what the call came to,
// of whose tokens estimated were counted by nobody.
func (b *budget) settle(reserved int, spent tally, estimated int) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held.requests--
	b.held.tokens -= reserved
	b.spent.requests += spent.requests
	b.spent.tokens += spent.tokens
	b.estimated += estimated
	close(b.settled)
	b.settled = make(chan struct{})
}

// overspent means that what is spent leaves no room for a call.
type overspent struct {
	limit     string
	spent     tally
	estimated int // of spent.tokens
	needs     int // tokens
}

func (e *overspent) Error() string { return "the budget of this run is spent: " + e.limit }

// reserve is budget.reserve for the call; nil = it may be sent.
func (k *call) reserve() *Problem {
	if !k.costs() {
		return nil
	}
	err := k.client.budget.reserve(k.ctx, k.request.Tokens, func(limit string) {
		if log := k.client.settings.Log; log != nil {
			log(k.ctx, transport.LevelDebug, "waiting for limits", map[string]any{"why": limit, "wait_ms": 0})
		}
	})
	var over *overspent
	switch {
	case errors.As(err, &over):
		return k.overspent(over)
	case err != nil:
		return k.ended(err)
	}
	k.reserved = true
	return nil
}

// settle says what the call came to. It comes after the answer, or the failure.
func (k *call) settle(err error) {
	if k.usage > 0 {
		k.wire.Used(k.usage)
	}
	if !k.reserved {
		return
	}
	var p *Problem
	switch tokens := k.request.Tokens; {
	case errors.As(err, &p) && !p.MaybeBilled:
		k.client.budget.settle(tokens, tally{}, 0)
	case k.usage > 0:
		k.client.budget.settle(tokens, tally{1, k.usage}, 0)
	default:
		k.client.budget.settle(tokens, tally{1, tokens}, tokens)
	}
}

// learnUsage takes what an answer, or an event of one, says of its tokens.
func (k *call) learnUsage(data []byte) {
	if k.client.settings.Limits == (Limits{}) {
		return // nobody asks
	}
	var doc struct {
		Usage struct {
			Total int `json:"total_tokens"`
		} `json:"usage"`
	}
	if json.Unmarshal(data, &doc) == nil && doc.Usage.Total > 0 { // 0 = the server does not count
		k.usage = doc.Usage.Total
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
	p.Message = fmt.Sprintf("Nothing was sent: the budget of this run is spent: %s is %d. So far %s and %s are spent",
		e.limit, value, counted(e.spent.requests, "request"), counted(e.spent.tokens, "token"))
	if e.estimated > 0 {
		p.Message += fmt.Sprintf(" (%d of the tokens by estimate)", e.estimated)
	}
	if argument == "max_total_tokens" && e.spent.tokens < value {
		p.Message += fmt.Sprintf(", and this request may take about %d more", e.needs)
	}
	p.Message += "."
	p.next = fmt.Sprintf("What was answered is kept. Raise %s in the provider's limits block, or run again: each run has a budget of its own.", argument)
	if argument == "max_total_tokens" && e.needs > value {
		p.Message = fmt.Sprintf("Nothing was sent: this request alone may take about %d tokens, more than the budget of a run: %s is %d.", e.needs, e.limit, value)
		p.next = "Raise max_total_tokens in the provider's limits block, or ask for less: a shorter prompt, or a lower max_completion_tokens if there is one."
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
