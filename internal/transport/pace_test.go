package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

const (
	sec    = time.Second
	minute = time.Minute
)

// paced is a chain in front of a server made of a function, in a bubble where
// time passes only while all wait for it.
type paced struct {
	t      *testing.T
	chain  http.RoundTripper
	start  time.Time
	answer func(n int) (status int, header map[string]string) // n from 1

	wg     sync.WaitGroup
	mu     sync.Mutex
	begun  []time.Duration // since start
	flying int
	most   int
}

// inBubble calls test with a chain whose server answers as told, at once.
func inBubble(t *testing.T, o transport.Options, answer func(n int) (int, map[string]string), test func(t *testing.T, p *paced)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &paced{t: t, start: time.Now(), answer: answer}
		o.Base, o.Jitter = p, ceiling
		p.chain = transport.New(o)
		test(t, p)
	})
}

func fine(int) (int, map[string]string) { return 200, nil }

func (p *paced) RoundTrip(req *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.begun = append(p.begun, p.since())
	p.flying++
	p.most = max(p.most, p.flying)
	n := len(p.begun)
	p.mu.Unlock()
	status, header := p.answer(n)
	p.mu.Lock()
	p.flying--
	p.mu.Unlock()
	if err := context.Cause(req.Context()); err != nil {
		return nil, err
	}
	res := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}
	for name, value := range header {
		res.Header.Set(name, value)
	}
	if body := res.Header.Get("Body"); body != "" {
		res.Body = io.NopCloser(strings.NewReader(body))
	}
	return res, nil
}

func (p *paced) since() time.Duration { return time.Since(p.start) }

// call makes one call that expects to take some tokens.
func (p *paced) call(ctx context.Context, tokens int) (int, error) {
	ctx, ex := transport.Watch(ctx)
	ex.Expect(tokens)
	status, _, err := call(p.chain, request(p.t, ctx, "POST", "http://server.example", "{}"))
	return status, err
}

// at makes a call some time after start, not waited for.
func (p *paced) at(d time.Duration, tokens int) {
	p.wg.Go(func() {
		time.Sleep(d - p.since())
		if _, err := p.call(p.t.Context(), tokens); err != nil {
			p.t.Error(err)
		}
	})
	synctest.Wait() // so that calls of one moment come in this order
}

// wantBegun waits for all calls and compares when they reached the server.
func (p *paced) wantBegun(want ...time.Duration) {
	p.t.Helper()
	p.wg.Wait()
	if !slices.Equal(p.begun, want) {
		p.t.Errorf("requests began at %v, want %v", p.begun, want)
	}
}

func TestPace_requestsPerMinute(t *testing.T) {
	t.Parallel()
	t.Run("the first go at once", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{Limits: transport.Limits{RequestsPerMinute: 3}}, fine, func(t *testing.T, p *paced) {
			for range 7 {
				p.at(0, 0)
			}
			p.wantBegun(0, 0, 0, minute, minute, minute, 2*minute)
		})
	})
	t.Run("any minute counts", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{Limits: transport.Limits{RequestsPerMinute: 2}}, fine, func(t *testing.T, p *paced) {
			for _, at := range []time.Duration{0, 50 * sec, 55 * sec, 56 * sec, 200 * sec} {
				p.at(at, 0)
			}
			p.wantBegun(0, 50*sec, 60*sec, 110*sec, 200*sec)
		})
	})
	t.Run("attempts count", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{MaxRetries: 2, Limits: transport.Limits{RequestsPerMinute: 2}}, func(n int) (int, map[string]string) {
			return map[bool]int{true: 503, false: 200}[n < 3], nil
		}, func(t *testing.T, p *paced) {
			p.at(0, 0)
			p.wantBegun(0, sec/2, minute)
		})
	})
}

func TestPace_tokensPerMinute(t *testing.T) {
	t.Parallel()
	limits := transport.Options{Limits: transport.Limits{TokensPerMinute: 1000}}
	for name, tt := range map[string]struct {
		tokens []int // of calls at 0
		want   []time.Duration
	}{
		"estimates add up":           {[]int{400, 600, 1}, []time.Duration{0, 0, minute}},
		"none waits for none":        {[]int{1000, 0}, []time.Duration{0, 0}},
		"larger than the limit":      {[]int{1, 5000, 1}, []time.Duration{0, minute, 2 * minute}},
		"larger, nothing before":     {[]int{5000, 5000}, []time.Duration{0, minute}},
		"in order, small ones, too":  {[]int{900, 500, 100}, []time.Duration{0, minute, minute}},
		"of no known size, with GET": {[]int{0, 0, 0}, []time.Duration{0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, limits, fine, func(t *testing.T, p *paced) {
				for _, tokens := range tt.tokens {
					p.at(0, tokens)
				}
				p.wantBegun(tt.want...)
			})
		})
	}
	t.Run("corrected down while another waits", func(t *testing.T) {
		t.Parallel()
		inBubble(t, limits, fine, func(t *testing.T, p *paced) {
			ctx, ex := transport.Watch(t.Context())
			ex.Expect(900)
			_, _, _ = call(p.chain, request(t, ctx, "POST", "http://server.example", "{}"))
			p.at(0, 500)
			time.Sleep(7 * sec)
			ex.Used(500)
			p.wantBegun(0, 7*sec)
		})
	})
	t.Run("corrected up", func(t *testing.T) {
		t.Parallel()
		inBubble(t, limits, fine, func(t *testing.T, p *paced) {
			ctx, ex := transport.Watch(t.Context())
			ex.Expect(100)
			_, _, _ = call(p.chain, request(t, ctx, "POST", "http://server.example", "{}"))
			ex.Used(700)
			p.at(0, 500)
			p.wantBegun(0, minute)
		})
	})
	t.Run("more than any number holds", func(t *testing.T) {
		t.Parallel()
		inBubble(t, limits, fine, func(t *testing.T, p *paced) {
			ctx, ex := transport.Watch(t.Context())
			ex.Expect(math.MaxInt)
			_, _, _ = call(p.chain, request(t, ctx, "POST", "http://server.example", "{}"))
			p.at(0, 500)
			time.Sleep(sec)
			ex.Used(math.MaxInt)
			p.at(sec, math.MaxInt)
			p.wantBegun(0, minute, 2*minute)
		})
	})
	t.Run("a refused attempt took none", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{MaxRetries: 1, Limits: limits.Limits}, func(n int) (int, map[string]string) {
			return []int{503, 200, 200}[n-1], nil
		}, func(t *testing.T, p *paced) {
			p.at(0, 900)
			p.at(sec, 900)
			p.wantBegun(0, sec/2, sec/2+minute)
		})
	})
}

func TestPace_maxConcurrent(t *testing.T) {
	t.Parallel()
	one := transport.Limits{MaxConcurrent: 1}
	t.Run("never more at a time", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{Limits: transport.Limits{MaxConcurrent: 2}}, func(n int) (int, map[string]string) {
			time.Sleep(time.Duration(n) * sec)
			return 200, nil
		}, func(t *testing.T, p *paced) {
			for range 4 {
				p.at(0, 0)
			}
			p.wantBegun(0, 0, 1*sec, 2*sec)
			if p.most != 2 {
				t.Errorf("%d at a time", p.most)
			}
		})
	})
	t.Run("until the body is closed", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{Limits: one}, fine, func(t *testing.T, p *paced) {
			res, err := p.chain.RoundTrip(request(t, t.Context(), "POST", "http://server.example", "{}"))
			if err != nil {
				t.Fatal(err)
			}
			p.at(0, 0)
			time.Sleep(9 * sec)
			_ = res.Body.Close()
			p.wantBegun(0, 9*sec)
		})
	})
	t.Run("none while waiting to retry", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{MaxRetries: 1, Limits: one}, func(n int) (int, map[string]string) {
			return []int{503, 200, 200}[n-1], map[string]string{"Retry-After": "30"}
		}, func(t *testing.T, p *paced) {
			p.at(0, 0)
			p.at(sec, 0)
			p.wantBegun(0, sec, 30*sec)
		})
	})
	t.Run("request_timeout begins with the slot", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{Limits: one, RequestTimeout: 10 * sec}, func(int) (int, map[string]string) {
			time.Sleep(8 * sec)
			return 200, nil
		}, func(t *testing.T, p *paced) {
			for range 3 {
				p.at(0, 0)
			}
			p.wantBegun(0, 8*sec, 16*sec)
		})
	})
	t.Run("given back by one that timed out", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{Limits: one, RequestTimeout: 10 * sec}, func(n int) (int, map[string]string) {
			if n == 1 {
				time.Sleep(11 * sec)
			}
			return 200, nil
		}, func(t *testing.T, p *paced) {
			var timeout *transport.TimeoutError
			if _, err := p.call(t.Context(), 0); !errors.As(err, &timeout) {
				t.Errorf("got %v", err)
			}
			p.at(11*sec, 0)
			p.wantBegun(0, 11*sec)
		})
	})
}

func TestPace_cooldown(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int // of the first answer; others are 200
		header map[string]string
		want   time.Duration // when a call begins that comes 100 ms later
		again  time.Duration // when the first one is sent again; 0 = it is not
	}{
		"429 with a hint":            {429, map[string]string{"Retry-After": "5"}, 5 * sec, 5 * sec},
		"429 with a hint in ms":      {429, map[string]string{"Retry-After-Ms": "1500"}, 1500 * time.Millisecond, 1500 * time.Millisecond},
		"429 without a hint":         {429, nil, sec / 2, sec / 2},
		"429 with a long hint":       {429, map[string]string{"Retry-After": "3600"}, minute, 0},
		"429 at once":                {429, map[string]string{"Retry-After": "0"}, 100 * time.Millisecond, 1},
		"429, hint before headers":   {429, map[string]string{"Retry-After": "5", "X-Ratelimit-Remaining-Requests": "0", "X-Ratelimit-Reset-Requests": "20s"}, 5 * sec, 5 * sec},
		"429, headers for a hint":    {429, map[string]string{"X-Ratelimit-Remaining-Requests": "0", "X-Ratelimit-Reset-Requests": "20s"}, 20 * sec, 20 * sec},
		"429, not to be sent again":  {429, map[string]string{"X-Should-Retry": "false", "Retry-After": "5"}, 5 * sec, 0},
		"429, quota":                 {429, map[string]string{"Retry-After": "5", "X-Ratelimit-Remaining-Requests": "0", "X-Ratelimit-Reset-Requests": "20s", "Body": `{"error":{"code":"insufficient_quota"}}`}, 100 * time.Millisecond, 0},
		"503 with a hint":            {503, map[string]string{"Retry-After": "5"}, 100 * time.Millisecond, 5 * sec},
		"503, no requests left":      {503, map[string]string{"X-Ratelimit-Remaining-Requests": "0", "X-Ratelimit-Reset-Requests": "3s"}, 3 * sec, 3 * sec},
		"200":                        {200, nil, 100 * time.Millisecond, 0},
		"200, no requests left":      {200, map[string]string{"X-Ratelimit-Remaining-Requests": "0", "X-Ratelimit-Reset-Requests": "1s"}, sec, 0},
		"200, no tokens left":        {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "250ms"}, 250 * time.Millisecond, 0},
		"200, plain seconds":         {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "2.5"}, 2500 * time.Millisecond, 0},
		"200, the later of two":      {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "3s", "X-Ratelimit-Remaining-Requests": "0", "X-Ratelimit-Reset-Requests": "2s"}, 3 * sec, 0},
		"200, one minute at most":    {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "6m0s"}, minute, 0},
		"200, some left":             {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "1", "X-Ratelimit-Reset-Tokens": "6m0s"}, 100 * time.Millisecond, 0},
		"200, no reset":              {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0"}, 100 * time.Millisecond, 0},
		"200, reset without a count": {200, map[string]string{"X-Ratelimit-Reset-Tokens": "6m0s"}, 100 * time.Millisecond, 0},
		"200, negative reset":        {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "-6m0s"}, 100 * time.Millisecond, 0},
		"200, negative seconds":      {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "-6"}, 100 * time.Millisecond, 0},
		"200, negative count":        {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "-1", "X-Ratelimit-Reset-Tokens": "6s"}, 100 * time.Millisecond, 0},
		"200, words":                 {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "none", "X-Ratelimit-Reset-Tokens": "6s"}, 100 * time.Millisecond, 0},
		"200, reset in words":        {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "soon"}, 100 * time.Millisecond, 0},
		"200, not a number":          {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "NaN"}, 100 * time.Millisecond, 0},
		"200, infinite":              {200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "Inf"}, 100 * time.Millisecond, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, transport.Options{MaxRetries: 1}, func(n int) (int, map[string]string) {
				if n == 1 {
					return tt.status, tt.header
				}
				return 200, nil
			}, func(t *testing.T, p *paced) {
				p.at(0, 0)
				p.at(sec/10, 0)
				want := []time.Duration{0, tt.want}
				if tt.again > 0 {
					want = append(want, tt.again.Truncate(time.Millisecond))
				}
				slices.Sort(want)
				p.wantBegun(want...)
			})
		})
	}
}

func TestPace_failsAtOnceWhereTheWaitIsTooLong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		limits transport.Limits
		answer func(int) (int, map[string]string)
		before int // calls at 0, of 600 tokens
		limit  string
		wait   time.Duration
	}{
		"requests":                 {transport.Limits{RequestsPerMinute: 1}, fine, 1, "limits.requests_per_minute", 50 * sec},
		"requests, one waits more": {transport.Limits{RequestsPerMinute: 1}, fine, 2, "limits.requests_per_minute", 110 * sec},
		"tokens":                   {transport.Limits{TokensPerMinute: 1000}, fine, 1, "limits.tokens_per_minute", 50 * sec},
		"server": {transport.Limits{}, func(int) (int, map[string]string) {
			return 200, map[string]string{"X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Reset-Tokens": "58s"}
		}, 1, "the server's rate limit", 48 * sec},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, transport.Options{MaxRetries: 3, Limits: tt.limits}, tt.answer, func(t *testing.T, p *paced) {
				for range tt.before {
					p.at(0, 600)
				}
				time.Sleep(10 * sec)
				ctx, cancel := context.WithTimeout(t.Context(), tt.wait-sec)
				defer cancel()
				_, err := p.call(ctx, 600)
				var unsent *transport.UnsentError
				var limit *transport.LimitError
				if !errors.As(err, &unsent) || !errors.As(err, &limit) || limit.Limit != tt.limit || limit.Wait != tt.wait {
					t.Errorf("got %v", err)
				}
				if !strings.Contains(err.Error(), tt.limit) || !strings.Contains(err.Error(), tt.wait.String()) {
					t.Errorf("got %q", err)
				}
				if p.since() != 10*sec {
					t.Errorf("it took until %v", p.since())
				}
				p.wg.Wait()
			})
		})
	}
	// One that waits behind others learns of a cooldown that leaves it no time.
	t.Run("found out while waiting", func(t *testing.T) {
		t.Parallel()
		inBubble(t, transport.Options{Limits: transport.Limits{MaxConcurrent: 1}}, func(n int) (int, map[string]string) {
			time.Sleep(5 * sec)
			return 429, map[string]string{"Retry-After": "30"}
		}, func(t *testing.T, p *paced) {
			p.at(0, 0)
			ctx, cancel := context.WithTimeout(t.Context(), 20*sec)
			defer cancel()
			_, err := p.call(ctx, 0)
			var limit *transport.LimitError
			if !errors.As(err, &limit) || limit.Wait != 30*sec || p.since() != 5*sec {
				t.Errorf("got %v at %v", err, p.since())
			}
			p.wg.Wait()
		})
	})
}

func TestPace_waitsAsLongAsTheCaller(t *testing.T) {
	t.Parallel()
	reason := errors.New("the user pressed a key")
	for limit, limits := range map[string]transport.Limits{
		"limits.max_concurrent":      {MaxConcurrent: 1},
		"limits.requests_per_minute": {RequestsPerMinute: 1},
	} {
		t.Run(limit, func(t *testing.T) {
			t.Parallel()
			inBubble(t, transport.Options{MaxRetries: 3, Limits: limits}, func(int) (int, map[string]string) {
				time.Sleep(10 * sec)
				return 200, nil
			}, func(t *testing.T, p *paced) {
				p.at(0, 0)
				ctx, cancel := context.WithCancelCause(t.Context())
				p.wg.Go(func() {
					_, err := p.call(ctx, 0)
					var unsent *transport.UnsentError
					if !errors.As(err, &unsent) || !errors.Is(err, reason) || !strings.Contains(err.Error(), limit) || p.since() != 3*sec {
						t.Errorf("got %v at %v", err, p.since())
					}
				})
				synctest.Wait()
				p.at(0, 0) // behind the one that gives up
				time.Sleep(3 * sec)
				cancel(reason)
				p.wg.Wait()
				if len(p.begun) != 2 {
					t.Errorf("begun at %v", p.begun)
				}
			})
		})
	}
}

// One that waits behind another begins when that gives up, and does not wait for ever.
func TestPace_theNextBeginsWhenOneGivesUp(t *testing.T) {
	t.Parallel()
	inBubble(t, transport.Options{Limits: transport.Limits{TokensPerMinute: 1000}}, fine, func(t *testing.T, p *paced) {
		p.at(0, 600)
		ctx, cancel := context.WithCancel(t.Context())
		p.wg.Go(func() {
			if _, err := p.call(ctx, 600); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		p.at(0, 300) // fits, but keeps the order
		time.Sleep(3 * sec)
		cancel()
		p.wantBegun(0, 3*sec)
	})
}

// Whatever comes, no minute has too many and no moment either.
func TestPace_isStrict(t *testing.T) {
	t.Parallel()
	const perMinute, atATime = 7, 3
	inBubble(t, transport.Options{MaxRetries: 2, Limits: transport.Limits{MaxConcurrent: atATime, RequestsPerMinute: perMinute, TokensPerMinute: 2000}}, func(n int) (int, map[string]string) {
		time.Sleep(time.Duration(n*n%23) * sec)
		switch {
		case n%11 == 0:
			return 429, map[string]string{"Retry-After": "4"}
		case n%7 == 0:
			return 503, nil
		}
		return 200, nil
	}, func(t *testing.T, p *paced) {
		for n := range 60 {
			p.at(time.Duration(n*n%97)*sec, n*n%700)
		}
		p.wg.Wait()
		if p.most > atATime {
			t.Errorf("%d at a time", p.most)
		}
		for i := perMinute; i < len(p.begun); i++ {
			if gap := p.begun[i] - p.begun[i-perMinute]; gap < minute {
				t.Errorf("%d requests within %v, at %v", perMinute+1, gap, p.begun[i])
			}
		}
	})
}

func TestPace_logsWhatACallWaitsFor(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var lines []string
	log := func(_ context.Context, level, msg string, fields map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		if msg == "waiting for limits" {
			lines = append(lines, fmt.Sprint(level, " ", fields["why"], " ", fields["wait_ms"]))
		}
	}
	inBubble(t, transport.Options{Log: log, Limits: transport.Limits{MaxConcurrent: 1, RequestsPerMinute: 1}}, func(int) (int, map[string]string) {
		time.Sleep(70 * sec)
		return 200, nil
	}, func(t *testing.T, p *paced) {
		p.at(0, 0)
		p.at(0, 0)
		p.wantBegun(0, 70*sec)
	})
	want := []string{"debug limits.requests_per_minute 60000", "debug limits.max_concurrent 0"}
	if !slices.Equal(lines, want) {
		t.Errorf("got %q, want %q", lines, want)
	}
}
