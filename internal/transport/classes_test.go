package transport_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// within makes a call of some classes some time after start, not waited for. done learns when it was answered.
func (p *paced) within(d time.Duration, done func(at time.Duration), limits ...transport.Limit) {
	p.wg.Go(func() {
		time.Sleep(d - p.since())
		ctx, ex := transport.Watch(p.t.Context())
		ex.Within(limits...)
		if _, _, err := call(p.chain, request(p.t, ctx, "POST", "http://server.example", "{}")); err != nil {
			p.t.Error(err)
		}
		done(p.since())
	})
	synctest.Wait()
}

// diary is who was answered when.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(who string) func(time.Duration) {
	return func(at time.Duration) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.lines = append(d.lines, who+" "+at.String())
	}
}

func (d *diary) want(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(d.lines)
	slices.Sort(want)
	if !slices.Equal(d.lines, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(d.lines, ", "), strings.Join(want, ", "))
	}
}

func TestClasses_haveLimitsOfTheirOwn(t *testing.T) {
	t.Parallel()
	one, two := transport.Limit{Key: "store vs_1", PerMinute: 2}, transport.Limit{Key: "store vs_2", PerMinute: 1}
	all := transport.Limit{Key: "organization", PerMinute: 3}
	for name, tt := range map[string]struct {
		limits transport.Limits
		test   func(p *paced, d *diary)
		want   []string
	}{
		"a class that is full holds up no other": {test: func(p *paced, d *diary) {
			for _, who := range []string{"a1", "a2", "a3", "a4", "a5"} {
				p.within(0, d.note(who), one)
			}
			p.within(0, d.note("b1"), two)
			p.within(0, d.note("x"))
			p.within(sec, d.note("b2"), two)
			p.within(2*sec, d.note("y"))
		}, want: []string{"a1 0s", "a2 0s", "b1 0s", "x 0s", "y 2s", "a3 1m0s", "a4 1m0s", "b2 1m0s", "a5 2m0s"}},
		"any minute counts": {test: func(p *paced, d *diary) {
			for _, at := range []time.Duration{0, 50 * sec, 55 * sec, 56 * sec, 200 * sec} {
				p.within(at, d.note("a"), one)
			}
		}, want: []string{"a 0s", "a 50s", "a 1m0s", "a 1m50s", "a 3m20s"}},
		"the limit of all holds, too, and in order": {limits: transport.Limits{RequestsPerMinute: 3}, test: func(p *paced, d *diary) {
			for _, who := range []string{"a1", "a2", "a3"} {
				p.within(0, d.note(who), one)
			}
			p.within(sec, d.note("x"))
			p.within(2*sec, d.note("y"))
			p.within(3*sec, d.note("z"))
		}, want: []string{"a1 0s", "a2 0s", "x 1s", "a3 1m0s", "y 1m0s", "z 1m1s"}},
		"a class that is full for longer than the rest": {limits: transport.Limits{RequestsPerMinute: 2}, test: func(p *paced, d *diary) {
			p.within(0, d.note("x1"))
			p.within(30*sec, d.note("b1"), two)
			p.within(31*sec, d.note("x2"))
			p.within(32*sec, d.note("b2"), two)
		}, want: []string{"x1 0s", "b1 30s", "x2 1m0s", "b2 1m30s"}},
		"two classes": {test: func(p *paced, d *diary) {
			for _, who := range []string{"a1", "a2", "a3"} {
				p.within(0, d.note(who), one, all)
			}
			p.within(sec, d.note("b1"), two, all)
			p.within(sec+sec/2, d.note("b2"), two, all)
			p.within(2*sec, d.note("c"), all)
			p.within(3*sec, d.note("x"))
		}, want: []string{"a1 0s", "a2 0s", "b1 1s", "x 3s", "a3 1m0s", "c 1m0s", "b2 1m1s"}},
		"one at a time": {limits: transport.Limits{MaxConcurrent: 1}, test: func(p *paced, d *diary) {
			for _, who := range []string{"b1", "b2"} {
				p.within(0, d.note(who), two)
			}
			p.within(sec, d.note("x"))
		}, want: []string{"b1 0s", "x 1s", "b2 1m0s"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, transport.Options{Limits: tt.limits}, fine, func(t *testing.T, p *paced) {
				d := &diary{}
				tt.test(p, d)
				p.wg.Wait()
				d.want(t, tt.want...)
			})
		})
	}
}

func TestClasses_whoGivesUpLetsTheNextGo(t *testing.T) {
	t.Parallel()
	limit := transport.Limit{Key: "store vs_1", PerMinute: 1}
	inBubble(t, transport.Options{}, fine, func(t *testing.T, p *paced) {
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("stop")
		d := &diary{}
		p.within(0, d.note("a"), limit)
		p.wg.Go(func() {
			ctx, ex := transport.Watch(ctx)
			ex.Within(limit)
			_, _, err := call(p.chain, request(t, ctx, "POST", "http://server.example", "{}"))
			var late *transport.LimitError
			if !errors.As(err, &late) || !errors.Is(err, stop) || late.Limit != "the limit of 1 requests a minute for store vs_1" {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		p.within(0, d.note("b"), limit)
		cancel(stop)
		p.wg.Wait()
		d.want(t, "a 0s", "b 1m0s")
	})
}

func TestClasses_failsAtOnceWhereTheWaitIsTooLong(t *testing.T) {
	t.Parallel()
	limit := transport.Limit{Key: "store vs_1", PerMinute: 1}
	inBubble(t, transport.Options{}, fine, func(t *testing.T, p *paced) {
		p.within(0, func(time.Duration) {}, limit)
		p.within(0, func(time.Duration) {}, limit)
		ctx, cancel := context.WithTimeout(t.Context(), 90*sec)
		defer cancel()
		ctx, ex := transport.Watch(ctx)
		ex.Within(limit)
		_, _, err := call(p.chain, request(t, ctx, "POST", "http://server.example", "{}"))
		var late *transport.LimitError
		if !errors.As(err, &late) || late.Wait != 2*minute || p.since() != 0 {
			t.Errorf("got %v after %s", err, p.since())
		}
		p.wg.Wait()
	})
}

// However calls come, no class has more in any minute than it may, each keeps its order, and no call is left behind.
func TestClasses_areStrict(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	limits := []transport.Limit{{Key: "a", PerMinute: 3}, {Key: "b", PerMinute: 7}, {Key: "all", PerMinute: 9}}
	inBubble(t, transport.Options{Limits: transport.Limits{MaxConcurrent: 4, RequestsPerMinute: 20}}, fine, func(t *testing.T, p *paced) {
		var mu sync.Mutex
		answered := map[string][]time.Duration{}
		count := 0
		for range 200 {
			var of []transport.Limit
			switch random.IntN(3) {
			case 0:
				of = []transport.Limit{limits[0], limits[2]}
			case 1:
				of = []transport.Limit{limits[1], limits[2]}
			}
			p.within(time.Duration(random.IntN(1200))*sec, func(at time.Duration) {
				mu.Lock()
				defer mu.Unlock()
				count++
				for _, l := range of {
					answered[l.Key] = append(answered[l.Key], at)
				}
			}, of...)
		}
		p.wg.Wait()
		for _, l := range limits {
			at := answered[l.Key]
			for i := l.PerMinute; i < len(at); i++ {
				if at[i]-at[i-l.PerMinute] < minute {
					t.Errorf("%s: %d began from %s to %s", l.Key, l.PerMinute+1, at[i-l.PerMinute], at[i])
				}
			}
		}
		if count != 200 || len(answered["all"]) < 100 {
			t.Errorf("%d calls were answered, %d of classes", count, len(answered["all"]))
		}
	})
}
