package transport_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// storm makes calls at once, each with 20 minutes, and returns how long it took until the last had its answer.
func storm(t *testing.T, p *paced, calls int) time.Duration {
	t.Helper()
	var lost atomic.Int32
	for range calls {
		p.wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 20*minute)
			defer cancel()
			if status, err := p.call(ctx, 100); err != nil || status != 200 {
				if lost.Add(1) == 1 {
					t.Errorf("at %v: %d %v", p.since(), status, err)
				}
			}
		})
	}
	p.wg.Wait()
	if n := lost.Load(); n > 0 {
		t.Errorf("%d of %d were lost", n, calls)
	}
	return p.since()
}

// All come through where many are refused, within the time that each has.
func TestAdaptive_storm(t *testing.T) {
	t.Parallel()
	const calls = 200
	after := func(seconds string) map[string]string {
		if seconds == "" {
			return nil
		}
		return map[string]string{"Retry-After": seconds}
	}
	moreThan := func(most int) func(p *paced, _ int) bool {
		return func(p *paced, _ int) bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.flying > most
		}
	}
	for _, hint := range []string{"", "1"} {
		for name, server := range map[string]struct {
			refuses func(p *paced, n int) bool // at the begin of request n
			within  time.Duration
		}{
			// chaotic numbers that are the same in each run, and do not depend on who asks
			"60 of 100":               {func(_ *paced, n int) bool { return uint32(n)*2654435761>>8%100 < 60 }, 10 * minute},
			"all but five at a time":  {moreThan(5), 5 * minute},
			"all but one at a time":   {moreThan(1), 10 * minute},
			"the first three minutes": {func(p *paced, n int) bool { return p.since() < 3*minute && n > 1 && n%50 != 0 }, 15 * minute},
		} {
			t.Run(name+", Retry-After "+hint, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					p := &paced{t: t, start: time.Now()}
					p.answer = func(n int) (int, map[string]string) {
						if server.refuses(p, n) {
							time.Sleep(20 * time.Millisecond)
							return 429, after(hint)
						}
						time.Sleep(500 * time.Millisecond)
						return 200, nil
					}
					p.chain = transport.New(transport.Options{Base: p, Jitter: half, MaxRetries: 5})
					took := storm(t, p, calls)
					t.Logf("%d requests in %v", len(p.begun), took)
					if took > server.within {
						t.Errorf("it took %v", took)
					}
				})
			})
		}
	}
}

// half is a jitter that is the same each time.
func half(d time.Duration) time.Duration { return d / 2 }

// Where nothing is refused, nothing waits.
func TestAdaptive_noLimitWhereNothingIsRefused(t *testing.T) {
	t.Parallel()
	inBubble(t, transport.Options{MaxRetries: 5}, func(int) (int, map[string]string) {
		time.Sleep(sec)
		return 200, nil
	}, func(t *testing.T, p *paced) {
		if took := storm(t, p, 500); took != sec || p.most != 500 {
			t.Errorf("it took %v, with %d at a time", took, p.most)
		}
	})
}

// Half as many at a time after a refusal, once for all that were under way; one
// more after as many answers as there may be requests.
func TestAdaptive_halvesAndRaises(t *testing.T) {
	t.Parallel()
	inBubble(t, transport.Options{MaxRetries: 5}, func(n int) (int, map[string]string) {
		if n == 1 { // it finds the others under way
			time.Sleep(9 * sec)
			return 429, map[string]string{"Retry-After": "2"}
		}
		time.Sleep(10 * sec)
		if n <= 16 {
			return 429, map[string]string{"Retry-After": "2"}
		}
		return 200, nil
	}, func(t *testing.T, p *paced) {
		most := func() int {
			p.mu.Lock()
			defer p.mu.Unlock()
			n := p.most
			p.most = 0
			return n
		}
		for range 16 {
			p.wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 20*minute)
				defer cancel()
				_, _ = p.call(ctx, 0)
			})
		}
		time.Sleep(11 * sec)
		if n := most(); n != 16 {
			t.Errorf("%d at a time before a refusal", n)
		}
		time.Sleep(10 * sec) // the second round is under way
		if n := most(); n != 8 {
			t.Errorf("%d at a time after a refusal of 16", n)
		}
		for range 100 {
			p.at(p.since(), 0)
		}
		p.wg.Wait()
		if n := most(); n < 15 || n > 17 { // 8 + 9 + … + 15 answers make 16
			t.Errorf("%d at a time in the end", n)
		}
	})
}

// After a wait that a server asks for, not all begin at once, and none early.
func TestAdaptive_spreads(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		after string
		wait  time.Duration
	}{{"1", sec}, {"10", 10 * sec}, {"0.1", sec / 10}} {
		inBubble(t, transport.Options{MaxRetries: 5}, func(n int) (int, map[string]string) {
			if n <= 40 { // at the same time, but for the first, that finds the others under way
				time.Sleep(9*time.Millisecond + time.Duration(min(n, 2))*time.Millisecond/2)
				return 429, map[string]string{"Retry-After": tt.after}
			}
			time.Sleep(30 * sec)
			return 200, nil
		}, func(t *testing.T, p *paced) {
			for range 40 {
				p.wg.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), 20*minute)
					defer cancel()
					_, _ = p.call(ctx, 0)
				})
			}
			p.wg.Wait()
			again := p.begun[40:]
			for i := range again {
				again[i] -= 10 * time.Millisecond
			}
			if again[0] != tt.wait {
				t.Errorf("the first began after %v", again[0])
			}
			first := slices.Clone(again[:20])
			if n := len(slices.Compact(first)); n != 20 {
				t.Errorf("Retry-After %s: they began at %v", tt.after, again[:20])
			}
			if last := again[19]; last > tt.wait+tt.wait/2 || last > tt.wait+sec {
				t.Errorf("Retry-After %s: the last of them began at %v", tt.after, last)
			}
		})
	}
}

// A 429 that names a wait does not use up max_retries, nor does one while others
// get through; but without a deadline each counts, and max_retries = 0 means none.
func TestAdaptive_whatCounts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		header  map[string]string
		retries int
		limit   time.Duration // 0 = none
		refused int           // requests, after which one is answered
		status  int
	}{
		"a wait":               {map[string]string{"Retry-After": "1"}, 2, 10 * minute, 30, 200},
		"a wait, till the end": {map[string]string{"Retry-After": "1"}, 2, 10 * sec, 30, 429},
		"a wait, no deadline":  {map[string]string{"Retry-After": "1"}, 2, 0, 30, 429},
		"a wait, none wanted":  {map[string]string{"Retry-After": "1"}, 0, 10 * minute, 1, 429},
		"no wait":              {nil, 2, 10 * minute, 30, 429},
		"a wait of nothing":    {map[string]string{"Retry-After": "0"}, 2, 10 * minute, 30, 429},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, transport.Options{MaxRetries: tt.retries}, func(n int) (int, map[string]string) {
				if n <= tt.refused {
					return 429, tt.header
				}
				return 200, nil
			}, func(t *testing.T, p *paced) {
				ctx := t.Context()
				if tt.limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.limit)
					defer cancel()
				}
				status, err := p.call(ctx, 0)
				if err != nil || status != tt.status {
					t.Errorf("got %d %v after %d requests", status, err, len(p.begun))
				}
				want := tt.refused + 1
				switch {
				case tt.retries == 0:
					want = 1
				case tt.limit == 10*sec:
					want = 10
				case status == 429:
					want = tt.retries + 1
				}
				if len(p.begun) != want {
					t.Errorf("%d requests, want %d", len(p.begun), want)
				}
			})
		})
	}
	t.Run("others get through", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{MaxRetries: 2}, func(n int) (int, map[string]string) {
			if n > 1 && n < 12 {
				return 429, nil
			}
			return 200, nil
		}, func(t *testing.T, p *paced) {
			p.at(0, 0)
			ctx, cancel := context.WithTimeout(t.Context(), 10*minute)
			defer cancel()
			if status, err := p.call(ctx, 0); status != 200 || err != nil {
				t.Errorf("got %d %v after %d requests", status, err, len(p.begun))
			}
			p.wg.Wait()
		})
	})
}

func ExampleRequestedWait() {
	wait, ok := transport.RequestedWait(nil, []byte(`{"error":{"message":"Please try again in 1m3.5s."}}`), time.Now())
	fmt.Println(wait, ok)
	// Output: 1m3.5s true
}
