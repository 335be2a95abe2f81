package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

const (
	jsonType = "application/json"
	sseType  = "text/event-stream"
)

// asks is a chat request that may take some tokens.
func asks(tokens int) client.Request {
	r := chat
	r.Tokens = tokens
	return r
}

func used(tokens int) string { return fmt.Sprintf(`{"id":"x","usage":{"total_tokens":%d}}`, tokens) }

// Which calls use up a budget of one request, and how many tokens they count.
func TestBudget_whatCounts(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	for name, tt := range map[string]struct {
		request client.Request // the zero value is asks(30)
		handler http.HandlerFunc
		stream  bool
		spent   string // "" = nothing was
	}{
		"answer":                  {handler: answer(200, jsonType, used(7)), spent: "So far this run has used 1 request and 7 tokens."},
		"answer without usage":    {handler: answer(200, jsonType, `{"id":"x"}`), spent: "1 request and 30 tokens (30 of the tokens are an estimate)"},
		"usage of nothing":        {handler: answer(200, jsonType, used(0)), spent: "30 of the tokens are an estimate"},
		"usage in words":          {handler: answer(200, jsonType, `{"id":"x","usage":{"total_tokens":"many"}}`), spent: "30 of the tokens are an estimate"},
		"stream":                  {stream: true, handler: answer(200, sseType, "data: {\"usage\":null}\n\ndata: "+used(9)+"\n\ndata: [DONE]\n\n"), spent: "So far this run has used 1 request and 9 tokens."},
		"stream without usage":    {stream: true, handler: answer(200, sseType, "data: {\"id\":\"x\"}\n\n"), spent: "30 of the tokens are an estimate"},
		"stream that is none":     {stream: true, handler: answer(200, jsonType, used(8)), spent: "So far this run has used 1 request and 8 tokens."},
		"stream that breaks":      {stream: true, handler: answer(200, sseType, "data: {\"id\":\"x\"}\n\ndata: {\"error\":{\"message\":\"broke\"}}\n\n"), spent: "30 of the tokens are an estimate"},
		"stream of an error":      {stream: true, handler: answer(200, sseType, "data: {\"error\":{\"message\":\"broke\"}}\n\n"), spent: "30 of the tokens are an estimate"},
		"lost":                    {handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, spent: "30 of the tokens are an estimate"},
		"timeout":                 {handler: hang, spent: "30 of the tokens are an estimate"},
		"not JSON":                {handler: answer(200, "text/html", "<title>Sign in</title>"), spent: "30 of the tokens are an estimate"},
		"gateway that gave up":    {handler: answer(504, jsonType, `{}`), spent: "30 of the tokens are an estimate"},
		"400":                     {handler: answer(400, jsonType, `{"error":{"message":"no"}}`)},
		"429":                     {handler: answer(429, jsonType, `{"error":{"message":"no"}}`)},
		"500":                     {handler: answer(500, jsonType, `{"error":{"message":"no"}}`), spent: "30 of the tokens are an estimate"},
		"error with 200":          {handler: answer(200, jsonType, `{"error":{"message":"no"}}`), spent: "30 of the tokens are an estimate"},
		"408":                     {handler: answer(408, jsonType, `{}`), spent: "30 of the tokens are an estimate"},
		"502":                     {handler: answer(502, "text/html", "<title>Bad Gateway</title>"), spent: "30 of the tokens are an estimate"},
		"502, never connected":    {handler: answer(502, "text/plain", "connection refused")},
		"503":                     {handler: answer(503, jsonType, `{}`)},
		"520":                     {handler: answer(520, jsonType, `{}`), spent: "30 of the tokens are an estimate"},
		"usage near 2^63":         {handler: answer(200, jsonType, used(math.MaxInt)), spent: "So far this run has used 1 request and 9223372036854775807 tokens."},
		"usage beyond 2^63":       {handler: answer(200, jsonType, `{"id":"x","usage":{"total_tokens":1e300}}`), spent: "So far this run has used 1 request and 9223372036854775807 tokens."},
		"usage beyond all":        {handler: answer(200, jsonType, `{"id":"x","usage":{"total_tokens":1e999}}`), spent: "So far this run has used 1 request and 9223372036854775807 tokens."},
		"usage below nothing":     {handler: answer(200, jsonType, used(-5)), spent: "30 of the tokens are an estimate"},
		"never sent":              {request: client.Request{Method: "POST", Path: client.Path("a", ""), Tokens: 30, Costs: true}},
		"GET":                     {request: client.Request{Method: "GET", Path: "models"}, handler: answer(200, jsonType, used(7))},
		"POST that costs nothing": {request: client.Request{Method: "POST", Path: "models"}, handler: answer(200, jsonType, used(7))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1) == 1 && tt.handler != nil {
					tt.handler(w, r)
					return
				}
				answer(200, jsonType, used(1))(w, r)
			})
			settings := client.Settings{BaseURL: base, Limits: client.Limits{MaxRequests: 1}}
			if name == "timeout" {
				settings.RequestTimeout = 100 * time.Millisecond
			}
			c := newClient(t, settings)
			request := tt.request
			if request.Path == "" {
				request = asks(30)
			}
			if tt.stream {
				_, _ = c.Stream(t.Context(), request, func([]byte) error { return nil })
			} else {
				_, _ = c.Do(t.Context(), request)
			}
			before := n.Load()
			_, err := c.Do(t.Context(), asks(1))
			if tt.spent == "" {
				if err != nil {
					t.Errorf("the budget is spent: %v", err)
				}
				return
			}
			p := problem(t, err, client.Budget)
			contains(t, p.Detail(), "Nothing was sent, because the budget of this run is used up", "limits.max_requests is 1", tt.spent,
				"The answers so far are kept", "Raise max_requests", "run the operation again")
			if p.Attempts != 0 || p.MaybeBilled || n.Load() != before {
				t.Errorf("got %+v", p)
			}
		})
	}
}

// A budget holds for what is sent, whatever comes back: a gateway that says 502
// after the work, and a server that breaks each time.
func TestBudget_storms(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		handler  http.HandlerFunc
		requests int
		text     string // of one of the failures
	}{
		"502": {answer(502, "text/html", "<title>Bad Gateway</title>"), 1, "may bill"},
		"408": {answer(408, jsonType, `{}`), 2, "may bill"},
		"500": {func(w http.ResponseWriter, r *http.Request) {
			answer(500, jsonType, fmt.Sprintf(`{"error":{"message":"fault in words %s"}}`, strings.Repeat("x", rand.IntN(1000))))(w, r)
		}, 3, "It was not sent again, because each request may be billed and limits.max_requests leaves no room for another."},
		"should retry": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Should-Retry", "true")
			answer(502, jsonType, `{}`)(w, r)
		}, 2, "may bill"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, hits := serve(t, tt.handler)
			c := newClient(t, client.Settings{BaseURL: base, MaxRetries: 5, Limits: client.Limits{MaxRequests: tt.requests}})
			var wg sync.WaitGroup
			var mu sync.Mutex
			var texts strings.Builder
			for range 20 {
				wg.Go(func() {
					_, err := c.Do(t.Context(), asks(10))
					var p *client.Problem
					if !errors.As(err, &p) {
						t.Errorf("got %v", err)
						return
					}
					mu.Lock()
					defer mu.Unlock()
					texts.WriteString(p.Detail())
				})
			}
			wg.Wait()
			if int(hits.Load()) != tt.requests {
				t.Errorf("%d requests were sent", hits.Load())
			}
			contains(t, texts.String(), tt.text, "the budget of this run is used up")
		})
	}
}

// A server's claim that no number holds neither empties nor refills the budget.
func TestBudget_usageDoesNotOverflow(t *testing.T) {
	t.Parallel()
	base, hits := serve(t, answer(200, jsonType, used(math.MaxInt-1)))
	c := newClient(t, client.Settings{BaseURL: base, Limits: client.Limits{MaxTotalTokens: math.MaxInt - 1, TokensPerMinute: 1000}})
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		_, _ = c.Do(ctx, asks(10))
		cancel()
	}
	_, err := c.Do(t.Context(), asks(10))
	contains(t, problem(t, err, client.Budget).Detail(), "1 request and 9223372036854775807 tokens")
	if hits.Load() != 1 {
		t.Errorf("%d requests", hits.Load())
	}
}

// A request that was refused for now is counted once, however often it had to be sent.
func TestBudget_countsRefusalsOnce(t *testing.T) {
	t.Parallel()
	var n atomic.Int32
	base, hits := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answer(map[bool]int{true: 200, false: 503}[n.Add(1)%3 == 0], jsonType, used(1))(w, r)
	})
	c := newClient(t, client.Settings{BaseURL: base, MaxRetries: 2, Limits: client.Limits{MaxRequests: 2}})
	for range 2 {
		if _, err := c.Do(t.Context(), asks(1)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.Do(t.Context(), asks(1))
	contains(t, problem(t, err, client.Budget).Detail(), "2 requests and 2 tokens")
	if hits.Load() != 6 {
		t.Errorf("%d requests", hits.Load())
	}
}

func TestBudget_tokens(t *testing.T) {
	t.Parallel()
	base, hits := serve(t, answer(200, jsonType, used(60)))
	c := newClient(t, client.Settings{BaseURL: base, Limits: client.Limits{MaxTotalTokens: 100}})
	_, err := c.Do(t.Context(), asks(101))
	contains(t, problem(t, err, client.Budget).Detail(), "this request alone may take about 101 tokens", "limits.max_total_tokens is 100", "a lower limit of output tokens")
	if _, err := c.Do(t.Context(), asks(100)); err != nil { // really 60
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), asks(41))
	contains(t, problem(t, err, client.Budget).Detail(), "because the budget of this run would be exceeded: limits.max_total_tokens is 100",
		"1 request and 60 tokens, and this request may take about 41 more tokens.", "Raise max_total_tokens")
	if _, err := c.Do(t.Context(), asks(40)); err != nil { // really 60: more than there was
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), asks(0))
	contains(t, problem(t, err, client.Budget).Detail(), "because the budget of this run is used up", "2 requests and 120 tokens.")
	if hits.Load() != 2 {
		t.Errorf("%d requests", hits.Load())
	}
}

// While a call is under way that may leave room, another waits for it.
func TestBudget_waitsForCallsUnderWay(t *testing.T) {
	t.Parallel()
	reason := errors.New("the run was interrupted")
	for name, tt := range map[string]struct {
		limits client.Limits
		first  http.HandlerFunc
		cancel bool
		want   client.Kind // "" = an answer
	}{
		"refused leaves room":        {client.Limits{MaxRequests: 1}, answer(400, jsonType, `{"error":{"message":"no"}}`), false, ""},
		"answered leaves none":       {client.Limits{MaxRequests: 1}, answer(200, jsonType, used(10)), false, client.Budget},
		"fewer tokens leave room":    {client.Limits{MaxTotalTokens: 100}, answer(200, jsonType, used(40)), false, ""},
		"more tokens leave none":     {client.Limits{MaxTotalTokens: 100}, answer(200, jsonType, used(41)), false, client.Budget},
		"canceled before it is told": {client.Limits{MaxTotalTokens: 100}, answer(200, jsonType, used(40)), true, client.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, go1, waiting := make(chan bool), make(chan bool), make(chan string, 1)
			var n atomic.Int32
			base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1) > 1 {
					answer(200, jsonType, used(1))(w, r)
					return
				}
				close(here)
				<-go1
				tt.first(w, r)
			})
			c := newClient(t, client.Settings{BaseURL: base, Limits: tt.limits, Log: func(_ context.Context, _, msg string, fields map[string]any) {
				if msg == "waiting for limits" {
					waiting <- fmt.Sprint(fields["why"])
				}
			}})
			var wg sync.WaitGroup
			wg.Go(func() { _, _ = c.Do(t.Context(), asks(60)) })
			<-here
			ctx, cancel := context.WithCancelCause(t.Context())
			done := make(chan error)
			go func() {
				_, err := c.Do(ctx, asks(60))
				done <- err
			}()
			if limit := <-waiting; !strings.HasPrefix(limit, "limits.max_") {
				t.Errorf("it waits for %s", limit)
			}
			if tt.cancel {
				cancel(reason)
			} else {
				close(go1)
			}
			err := <-done
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want == client.Canceled:
				contains(t, problem(t, err, tt.want).Detail(), "the run was interrupted", "waited for limits.max_total_tokens")
				close(go1)
			case tt.want != "":
				_ = problem(t, err, tt.want)
			}
			cancel(nil)
			wg.Wait()
		})
	}
}

// However many ask at a time, a budget is neither exceeded nor left unused.
func TestBudget_isExact(t *testing.T) {
	t.Parallel()
	var n atomic.Int32
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%3 == 0 {
			answer(400, jsonType, `{"error":{"message":"no"}}`)(w, r)
			return
		}
		answer(200, jsonType, used(10))(w, r)
	})
	c := newClient(t, client.Settings{BaseURL: base, Limits: client.Limits{MaxRequests: 20, MaxTotalTokens: 150}})
	var answered, refused atomic.Int32
	var wg sync.WaitGroup
	for range 60 {
		wg.Go(func() {
			_, err := c.Do(t.Context(), asks(10))
			var p *client.Problem
			switch {
			case err == nil:
				answered.Add(1)
			case errors.As(err, &p) && p.Kind == client.Budget:
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if answered.Load() != 15 || refused.Load() == 0 {
		t.Errorf("%d answered, %d refused", answered.Load(), refused.Load())
	}
}

// What a user reads when a wait does not fit into the time that is left.
func TestLimits_saysWhichLimitRanOut(t *testing.T) {
	t.Parallel()
	limited := func(after string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", after)
			answer(429, jsonType, `{"error":{"message":"slow down"}}`)(w, r)
		}
	}
	for name, tt := range map[string]struct {
		limits  client.Limits
		handler http.HandlerFunc
		before  int // calls
		kind    client.Kind
		text    []string
	}{
		"our own": {client.Limits{RequestsPerMinute: 1}, answer(200, jsonType, used(1)), 1, client.Deadline,
			[]string{"Nothing was sent: limits.requests_per_minute would have made it wait", "timeouts.create (40s)", "raise requests_per_minute in the provider's limits block"}},
		"the server's":           {client.Limits{}, limited("50"), 1, client.Deadline, []string{"the server's rate limit would have made it wait", "timeouts.create (40s)", "run the operation again later"}},
		"429":                    {client.Limits{}, limited("50"), 0, client.API, []string{"A wait of 50s is longer than timeouts.create (40s) leaves.", "limits block"}},
		"429, more than minutes": {client.Limits{}, limited("120"), 0, client.API, []string{"asks to wait 2m0s. The provider does not wait longer than a minute."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, _ := serve(t, tt.handler)
			c := newClient(t, client.Settings{BaseURL: base, MaxRetries: 2, Limits: tt.limits})
			ctx, cancel := client.WithTimeLimit(t.Context(), "timeouts.create", 40*time.Second)
			defer cancel()
			for range tt.before {
				_, _ = c.Do(ctx, chat)
			}
			_, err := c.Do(ctx, chat)
			p := problem(t, err, tt.kind)
			contains(t, p.Detail(), tt.text...)
			if p.MaybeBilled {
				t.Errorf("got %+v", p)
			}
		})
	}
}
