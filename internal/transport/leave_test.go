package transport_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// A call that gives up while it waits for its turn lets the next one have it. Nothing else
// would wake that: no attempt is under way. If it is not woken, the bubble ends in a deadlock.
func TestPace_whoGivesUpLetsTheNextGo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		limits transport.Limits
		tokens []int // of the calls: the first goes, the second gives up after 10 s, the others wait behind it
		want   []time.Duration
	}{
		"requests":                     {transport.Limits{RequestsPerMinute: 1}, []int{0, 0, 0}, []time.Duration{0, minute}},
		"requests, several behind":     {transport.Limits{RequestsPerMinute: 1}, []int{0, 0, 0, 0}, []time.Duration{0, minute, 2 * minute}},
		"tokens, the next fits in now": {transport.Limits{TokensPerMinute: 1000}, []int{900, 500, 100}, []time.Duration{0, 10 * sec}},
		"tokens, the next must wait":   {transport.Limits{TokensPerMinute: 1000}, []int{900, 500, 200}, []time.Duration{0, minute}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, transport.Options{Limits: tt.limits}, fine, func(t *testing.T, p *paced) {
				p.at(0, tt.tokens[0])
				ctx, cancel := context.WithCancelCause(t.Context())
				enough := errors.New("enough")
				p.wg.Go(func() {
					if _, err := p.call(ctx, tt.tokens[1]); !errors.Is(err, enough) {
						t.Errorf("the call that gave up says %v", err)
					}
				})
				synctest.Wait() // so that it comes second
				for _, tokens := range tt.tokens[2:] {
					p.at(0, tokens)
				}
				time.Sleep(10 * sec)
				cancel(enough)
				p.wantBegun(tt.want...)
			})
		})
	}
}

// Whoever gives up further back changes nothing for those before it.
func TestPace_whoGivesUpBehindHoldsUpNobody(t *testing.T) {
	t.Parallel()
	inBubble(t, transport.Options{Limits: transport.Limits{RequestsPerMinute: 1}}, fine, func(t *testing.T, p *paced) {
		p.at(0, 0)
		p.at(0, 0)
		ctx, cancel := context.WithCancel(t.Context())
		p.wg.Go(func() {
			if _, err := p.call(ctx, 0); err == nil {
				t.Error("the call that gave up was made")
			}
		})
		synctest.Wait()
		p.at(0, 0)
		time.Sleep(10 * sec)
		cancel()
		p.wantBegun(0, minute, 2*minute)
	})
}

// The last byte of a refusal is read before it is known that all have to wait.
func TestPace_nothingBeginsBetweenARefusalAndItsWait(t *testing.T) {
	t.Parallel()
	o := transport.Options{MaxRetries: 1, Limits: transport.Limits{MaxConcurrent: 1}, Log: func(_ context.Context, _, msg string, _ map[string]any) {
		if msg == "read response body" {
			synctest.Wait() // whoever may begin, does
		}
	}}
	inBubble(t, o, func(n int) (int, map[string]string) {
		if n > 1 {
			return 200, nil
		}
		time.Sleep(sec) // so that the other waits
		return 429, map[string]string{"Retry-After": "10", "Content-Type": "text/plain", "Body": "slow down"}
	}, func(t *testing.T, p *paced) {
		p.at(0, 0)
		p.at(0, 0)
		p.wg.Wait()
		if len(p.begun) != 3 || p.begun[1] < 11*sec {
			t.Errorf("requests began at %v", p.begun)
		}
	})
}
