package transport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// clock waits for nothing and remembers what it was asked to wait for.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	sleeps []time.Duration
	during func() // called while asleep
}

func newClock() *clock { return &clock{now: time.Now().Truncate(time.Second)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sleeps = append(c.sleeps, d)
	c.now = c.now.Add(d)
	if c.during != nil {
		c.during()
	}
	return context.Cause(ctx)
}

func ceiling(d time.Duration) time.Duration { return d }

// harness is a chain in front of a server.
type harness struct {
	url   string
	clock *clock
	hits  atomic.Int32
	chain http.RoundTripper
}

// serve starts a server whose handler learns the number of the request, from 1.
func serve(t *testing.T, o transport.Options, handler func(w http.ResponseWriter, r *http.Request, n int)) *harness {
	t.Helper()
	h := &harness{clock: newClock()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		handler(w, r, int(h.hits.Add(1)))
	}))
	t.Cleanup(server.Close)
	h.url = server.URL
	h.chain = chain(t, o, h.clock)
	return h
}

func chain(t *testing.T, o transport.Options, c *clock) http.RoundTripper {
	t.Helper()
	base := transport.NewBase()
	t.Cleanup(base.CloseIdleConnections)
	o.Base, o.Clock, o.Jitter = base, c, ceiling
	return transport.New(o)
}

func request(t *testing.T, ctx context.Context, method, url, body string) *http.Request {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return req
}

// call sends and reads the whole answer.
func call(chain http.RoundTripper, req *http.Request) (status int, body string, err error) {
	res, err := chain.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res.StatusCode, string(data), err
}

// reset breaks the connection with a TCP reset.
func reset(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// cut sends a status line, half of a body, and then breaks the connection.
func cut(w http.ResponseWriter, kind string) {
	conn, buf, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\n{\"id\":", kind)
	_ = buf.Flush()
	_ = conn.Close()
}

func TestRetry_byAnswer(t *testing.T) {
	t.Parallel()
	quota := `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}`
	s := time.Second
	for name, tt := range map[string]struct {
		status int
		header map[string]string
		body   string
		waits  []time.Duration // with two retries
	}{
		"200":                      {status: 200},
		"400":                      {status: 400},
		"401":                      {status: 401},
		"404":                      {status: 404},
		"408":                      {status: 408},
		"408, server: do":          {status: 408, header: map[string]string{"X-Should-Retry": "true"}},
		"408 that says when":       {status: 408, header: map[string]string{"Retry-After": "1"}},
		"409":                      {status: 409, waits: []time.Duration{s / 2, s}},
		"429":                      {status: 429, body: `{"error":{"code":"rate_limit_exceeded"}}`, waits: []time.Duration{s / 2, s}},
		"429 that is not JSON":     {status: 429, body: `slow down`, waits: []time.Duration{s / 2, s}},
		"429 with odd types":       {status: 429, body: `{"error":{"code":{"a":[1]},"type":[]}}`, waits: []time.Duration{s / 2, s}},
		"429 quota":                {status: 429, body: quota},
		"429 quota by type":        {status: 429, body: `{"error":{"type":"billing_not_active","code":7}}`},
		"429 quota, server: retry": {status: 429, body: quota, header: map[string]string{"X-Should-Retry": "true"}, waits: []time.Duration{s / 2, s}},
		"500":                      {status: 500, waits: []time.Duration{s / 2, s}},
		"501":                      {status: 501, waits: []time.Duration{s / 2, s}},
		"502":                      {status: 502, body: "<h1>502 Bad Gateway</h1>"},
		"502, server: do":          {status: 502, header: map[string]string{"X-Should-Retry": "true"}},
		"502 that says when":       {status: 502, header: map[string]string{"Retry-After": "1"}},
		"502, never connected":     {status: 502, body: "dial tcp 10.0.0.7:8000: connect: connection refused", waits: []time.Duration{s / 2, s}},
		"502, server: do not":      {status: 502, body: "connection refused", header: map[string]string{"X-Should-Retry": "false"}},
		"503":                      {status: 503, waits: []time.Duration{s / 2, s}},
		"503, never connected":     {status: 503, body: "upstream connect error or disconnect/reset before headers. reset reason: connection failure", waits: []time.Duration{s / 2, s}},
		"503, ended early":         {status: 503, body: "upstream connect error or disconnect/reset before headers. reset reason: connection termination"},
		"503, ended early, do":     {status: 503, body: "upstream connect error or disconnect/reset before headers. reset reason: connection termination", header: map[string]string{"X-Should-Retry": "true"}},
		"520":                      {status: 520},
		"520, server: do":          {status: 520, header: map[string]string{"X-Should-Retry": "true"}},
		"521":                      {status: 521, waits: []time.Duration{s / 2, s}},
		"522":                      {status: 522},
		"523":                      {status: 523, waits: []time.Duration{s / 2, s}},
		"529":                      {status: 529, waits: []time.Duration{s / 2, s}},
		"504":                      {status: 504},
		"524":                      {status: 524},
		"504, server: do":          {status: 504, header: map[string]string{"X-Should-Retry": "true"}},
		"429, a quota of days":     {status: 429, body: `{"error":{"message":"Rate limit reached on requests per day (RPD). Please try again in 2s."}}`},
		"429, one too large":       {status: 429, body: `{"error":{"message":"Request too large for m on tokens per min (TPM): Limit 1, Requested 2."}}`},
		"after, in the body":       {status: 429, body: `{"error":{"message":"Please try again in 1.5s."}}`, waits: []time.Duration{3 * s / 2, 3 * s / 2}},
		"after, a member":          {status: 429, body: `[{"error":{"code":429,"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"45.5s"}]}}]`, waits: []time.Duration{91 * s / 2, 91 * s / 2}},
		"after, header and body":   {status: 429, body: `Please try again in 30s`, header: map[string]string{"Retry-After": "2"}, waits: []time.Duration{2 * s, 2 * s}},
		"after, 503 in words":      {status: 503, body: `overloaded, retry in 3 seconds`, waits: []time.Duration{3 * s, 3 * s}},
		"after, too long in words": {status: 429, body: `try again in 61s`},
		"503, server: do not":      {status: 503, header: map[string]string{"X-Should-Retry": "false"}},
		"400, server: retry":       {status: 400, header: map[string]string{"X-Should-Retry": "true"}, waits: []time.Duration{s / 2, s}},
		"200, server: retry":       {status: 200, header: map[string]string{"X-Should-Retry": "true"}},
		"after ms":                 {status: 429, header: map[string]string{"Retry-After-Ms": "1500.5", "Retry-After": "9"}, waits: []time.Duration{1500500 * time.Microsecond, 1500500 * time.Microsecond}},
		"after seconds":            {status: 429, header: map[string]string{"Retry-After": "2.5"}, waits: []time.Duration{5 * s / 2, 5 * s / 2}},
		"after 0":                  {status: 503, header: map[string]string{"Retry-After": "0"}, waits: []time.Duration{0, 0}},
		"after the longest":        {status: 503, header: map[string]string{"Retry-After": "60"}, waits: []time.Duration{60 * s, 60 * s}},
		"after too long":           {status: 503, header: map[string]string{"Retry-After": "60.001"}},
		"after huge":               {status: 503, header: map[string]string{"Retry-After": "1e300"}},
		"after negative":           {status: 503, header: map[string]string{"Retry-After": "-3"}, waits: []time.Duration{s / 2, s}},
		"after NaN":                {status: 503, header: map[string]string{"Retry-After": "NaN"}, waits: []time.Duration{s / 2, s}},
		"after garbage":            {status: 503, header: map[string]string{"Retry-After": "soon"}, waits: []time.Duration{s / 2, s}},
		"after a date gone by":     {status: 503, header: map[string]string{"Retry-After": "Mon, 02 Jan 2006 15:04:05 GMT"}, waits: []time.Duration{s / 2, s}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := serve(t, transport.Options{MaxRetries: 2}, func(w http.ResponseWriter, r *http.Request, n int) {
				for name, value := range tt.header {
					w.Header().Set(name, value)
				}
				if got, _ := io.ReadAll(r.Body); string(got) != `{"a":1}` {
					t.Errorf("request %d has the body %q", n, got)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			})
			status, body, err := call(h.chain, request(t, t.Context(), "POST", h.url, `{"a":1}`))
			if err != nil || status != tt.status || body != tt.body {
				t.Fatalf("got %d %q %v", status, body, err)
			}
			if !slices.Equal(h.clock.sleeps, tt.waits) {
				t.Errorf("waited %v, want %v", h.clock.sleeps, tt.waits)
			}
			if want := len(tt.waits) + 1; int(h.hits.Load()) != want {
				t.Errorf("%d requests, want %d", h.hits.Load(), want)
			}
		})
	}
}

// What costs nothing is asked for again, whatever may have become of it.
func TestRetry_whatMayBeRepeated(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "DELETE", "HEAD"} {
		for _, status := range []int{408, 409, 429, 500, 502, 503, 504, 520, 522, 524} {
			h := serve(t, transport.Options{MaxRetries: 2}, func(w http.ResponseWriter, r *http.Request, n int) {
				if n < 3 {
					w.WriteHeader(status)
				}
			})
			got, _, err := call(h.chain, request(t, t.Context(), method, h.url, ""))
			if got != 200 || err != nil || h.hits.Load() != 3 {
				t.Errorf("%s %d: got %d %v after %d requests", method, status, got, err, h.hits.Load())
			}
		}
	}
}

// Which attempts count where each may cost: what was sent, unless it was refused.
func TestExchange_reached(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status         int
		body           string
		maybe, reached bool
	}{
		"200":                {status: 200, maybe: true, reached: true},
		"301":                {status: 301, maybe: true},
		"400":                {status: 400},
		"404":                {status: 404},
		"408":                {status: 408, maybe: true, reached: true},
		"429":                {status: 429},
		"500":                {status: 500, reached: true},
		"501":                {status: 501},
		"502":                {status: 502, maybe: true, reached: true},
		"502, no upstream":   {status: 502, body: "no healthy upstream"},
		"503":                {status: 503},
		"503, ended early":   {status: 503, body: "Backend fetch failed", maybe: true, reached: true},
		"504":                {status: 504, maybe: true, reached: true},
		"520":                {status: 520, maybe: true, reached: true},
		"521":                {status: 521},
		"524":                {status: 524, maybe: true, reached: true},
		"529":                {status: 529},
		"a status of nobody": {status: 599, reached: true},
	} {
		h := serve(t, transport.Options{}, func(w http.ResponseWriter, r *http.Request, n int) {
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, tt.body)
		})
		ctx, ex := transport.Watch(t.Context())
		if _, body, err := call(h.chain, request(t, ctx, "POST", h.url, "{}")); err != nil || body != tt.body {
			t.Fatal(name, body, err)
		}
		if ex.MaybeAnswered() != tt.maybe || ex.Reached() != tt.reached {
			t.Errorf("%s: maybe answered %v, reached %v", name, ex.MaybeAnswered(), ex.Reached())
		}
	}
}

// Another attempt is allowed for only where one reached the server, and not made where it is not allowed.
func TestExchange_beforeRepeat(t *testing.T) {
	t.Parallel()
	for status, asked := range map[int]int{500: 3, 503: 0, 429: 0} {
		h := serve(t, transport.Options{MaxRetries: 5}, func(w http.ResponseWriter, r *http.Request, n int) { w.WriteHeader(status) })
		ctx, ex := transport.Watch(t.Context())
		n := 0
		ex.BeforeRepeat(func(context.Context) bool {
			n++
			return n < 3
		})
		got, _, err := call(h.chain, request(t, ctx, "POST", h.url, "{}"))
		if want := map[int]int{500: 3, 503: 6, 429: 6}[status]; got != status || err != nil || int(h.hits.Load()) != want || n != asked {
			t.Errorf("%d: got %d %v after %d requests, asked %d times", status, got, err, h.hits.Load(), n)
		}
	}
}

func TestRetry_waitsUntilADate(t *testing.T) {
	t.Parallel()
	var h *harness
	h = serve(t, transport.Options{MaxRetries: 1}, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 {
			w.Header().Set("Retry-After", h.clock.Now().Add(20*time.Second).UTC().Format(http.TimeFormat))
			w.WriteHeader(503)
		}
	})
	status, _, err := call(h.chain, request(t, t.Context(), "POST", h.url, "{}"))
	if status != 200 || err != nil || !slices.Equal(h.clock.sleeps, []time.Duration{20 * time.Second}) {
		t.Errorf("got %d %v after %v", status, err, h.clock.sleeps)
	}
}

func TestRetry_backoffDoublesUpToEightSeconds(t *testing.T) {
	t.Parallel()
	h := serve(t, transport.Options{MaxRetries: 70}, func(w http.ResponseWriter, r *http.Request, n int) {
		if got, want := r.Header.Get("X-Stainless-Retry-Count"), fmt.Sprint(n-1); got != want {
			t.Errorf("request %d has retry count %s", n, got)
		}
		w.WriteHeader(500)
	})
	req := request(t, t.Context(), "POST", h.url, "{}")
	req.Header.Set("X-Stainless-Retry-Count", "0")
	ctx, ex := transport.Watch(req.Context())
	if _, _, err := call(h.chain, req.WithContext(ctx)); err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{500, 1000, 2000, 4000, 8000, 8000}
	for i := range want {
		if h.clock.sleeps[i] != want[i]*time.Millisecond {
			t.Errorf("wait %d is %v", i, h.clock.sleeps[i])
		}
	}
	if last := h.clock.sleeps[69]; last != 8*time.Second {
		t.Errorf("the last wait is %v", last)
	}
	if ex.Tries() != 71 || ex.Sent() != 71 || ex.MaybeAnswered() {
		t.Errorf("%d tries, %d sent, maybe answered: %v", ex.Tries(), ex.Sent(), ex.MaybeAnswered())
	}
}

func TestRetry_respectsContext(t *testing.T) {
	t.Parallel()
	reason := errors.New("the user pressed a key")
	t.Run("deadline before the end of the wait", func(t *testing.T) {
		t.Parallel()
		h := serve(t, transport.Options{MaxRetries: 5}, func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("Retry-After", "50")
			w.WriteHeader(429)
		})
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
		defer cancel()
		status, _, err := call(h.chain, request(t, ctx, "POST", h.url, "{}"))
		if status != 429 || err != nil || len(h.clock.sleeps) != 0 {
			t.Errorf("got %d %v after %v", status, err, h.clock.sleeps)
		}
	})
	t.Run("canceled during the wait", func(t *testing.T) {
		t.Parallel()
		h := serve(t, transport.Options{MaxRetries: 5}, func(w http.ResponseWriter, r *http.Request, n int) {
			w.WriteHeader(429)
		})
		ctx, cancel := context.WithCancelCause(t.Context())
		h.clock.during = func() { cancel(reason) }
		_, _, err := call(h.chain, request(t, ctx, "POST", h.url, "{}"))
		if !errors.Is(err, reason) || h.hits.Load() != 1 {
			t.Errorf("got %v after %d requests", err, h.hits.Load())
		}
	})
	t.Run("canceled before", func(t *testing.T) {
		t.Parallel()
		h := serve(t, transport.Options{}, func(w http.ResponseWriter, r *http.Request, n int) {})
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(reason)
		_, _, err := call(h.chain, request(t, ctx, "POST", h.url, "{}"))
		var unsent *transport.UnsentError
		if !errors.As(err, &unsent) || !errors.Is(err, reason) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("canceled while the server works", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancelCause(t.Context())
		h := serve(t, transport.Options{MaxRetries: 5}, func(w http.ResponseWriter, r *http.Request, n int) {
			cancel(reason)
			<-r.Context().Done()
		})
		_, _, err := call(h.chain, request(t, ctx, "POST", h.url, "{}"))
		var lost *transport.LostError
		if !errors.As(err, &lost) || !errors.Is(err, reason) || h.hits.Load() != 1 {
			t.Errorf("got %v", err)
		}
	})
}

func TestRetry_lostAnswers(t *testing.T) {
	t.Parallel()
	breaks := map[string]func(w http.ResponseWriter, r *http.Request){
		"reset": func(w http.ResponseWriter, _ *http.Request) { reset(w) },
		"cut":   func(w http.ResponseWriter, _ *http.Request) { cut(w, "application/json") },
		"closed": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_ = conn.Close()
		},
		"timeout": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"timeout in the body": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	}
	for name, broken := range breaks {
		for _, method := range []string{"GET", "DELETE", "POST", "PUT", "PATCH"} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				h := serve(t, transport.Options{MaxRetries: 2, RequestTimeout: 500 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request, n int) {
					if n == 1 {
						broken(w, r)
					}
				})
				ctx, ex := transport.Watch(t.Context())
				status, _, err := call(h.chain, request(t, ctx, method, h.url, `{}`))
				if method == "GET" || method == "DELETE" {
					if status != 200 || err != nil || h.hits.Load() != 2 {
						t.Errorf("got %d %v after %d requests", status, err, h.hits.Load())
					}
					return
				}
				var lost *transport.LostError
				var timeout *transport.TimeoutError
				if strings.HasPrefix(name, "timeout") {
					if !errors.As(err, &timeout) || !timeout.Sent || timeout.Limit != "request_timeout" {
						t.Errorf("got %#v", err)
					}
				} else if !errors.As(err, &lost) {
					t.Errorf("got %#v", err)
				}
				if h.hits.Load() != 1 || ex.Sent() != 1 || !ex.MaybeAnswered() {
					t.Errorf("%d requests, %d counted, maybe answered: %v", h.hits.Load(), ex.Sent(), ex.MaybeAnswered())
				}
			})
		}
	}
}

func TestRetry_unsent(t *testing.T) {
	t.Parallel()
	closed := func(t *testing.T) string {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		return "http://" + listener.Addr().String()
	}
	tls := func(t *testing.T) string {
		server := httptest.NewTLSServer(http.NotFoundHandler())
		server.Config.ErrorLog = nil
		t.Cleanup(server.Close)
		return server.URL
	}
	plain := func(t *testing.T) string {
		server := httptest.NewServer(http.NotFoundHandler())
		t.Cleanup(server.Close)
		return strings.Replace(server.URL, "http:", "https:", 1)
	}
	for name, tt := range map[string]struct {
		url   func(t *testing.T) string
		tries int
	}{
		"connection refused":      {closed, 3},
		"certificate not trusted": {tls, 1},
		"not TLS":                 {plain, 1},
		"not a scheme":            {func(*testing.T) string { return "gopher://127.0.0.1" }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			ctx, ex := transport.Watch(t.Context())
			_, _, err := call(chain(t, transport.Options{MaxRetries: 2}, clock), request(t, ctx, "POST", tt.url(t), "{}"))
			var unsent *transport.UnsentError
			if !errors.As(err, &unsent) {
				t.Errorf("got %v", err)
			}
			if ex.Tries() != tt.tries || ex.Sent() != 0 || ex.MaybeAnswered() {
				t.Errorf("%d tries, %d sent, maybe answered: %v: %v", ex.Tries(), ex.Sent(), ex.MaybeAnswered(), err)
			}
		})
	}
}

func TestRetry_unknownHostNameFailsAtOnce(t *testing.T) {
	t.Parallel()
	base := transport.NewBase()
	base.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "api.example", IsNotFound: true}}
	}
	clock := newClock()
	_, _, err := call(transport.New(transport.Options{Base: base, MaxRetries: 2, Clock: clock}), request(t, t.Context(), "GET", "http://api.example", ""))
	if err == nil || len(clock.sleeps) != 0 {
		t.Errorf("got %v after %v", err, clock.sleeps)
	}
	base.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving", Name: "api.example", IsTemporary: true}}
	}
	_, _, err = call(transport.New(transport.Options{Base: base, MaxRetries: 2, Clock: clock}), request(t, t.Context(), "POST", "http://api.example", "{}"))
	if err == nil || len(clock.sleeps) != 2 {
		t.Errorf("got %v after %v", err, clock.sleeps)
	}
}

func TestRetry_notWithoutASecondBody(t *testing.T) {
	t.Parallel()
	h := serve(t, transport.Options{MaxRetries: 2}, func(w http.ResponseWriter, r *http.Request, n int) { w.WriteHeader(500) })
	req := request(t, t.Context(), "POST", h.url, "{}")
	req.GetBody = nil
	status, _, err := call(h.chain, req)
	if status != 500 || err != nil || h.hits.Load() != 1 {
		t.Errorf("got %d %v after %d requests", status, err, h.hits.Load())
	}
}

// An idempotency key makes net/http replay a POST by itself.
func TestRetry_netHTTPDoesNotReplay(t *testing.T) {
	t.Parallel()
	h := serve(t, transport.Options{MaxRetries: 2}, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 2 {
			reset(w)
		}
	})
	for n := 1; n <= 2; n++ {
		req := request(t, t.Context(), "POST", h.url, "{}")
		req.Header.Set("Idempotency-Key", "k")
		_, _, err := call(h.chain, req)
		if (err == nil) != (n == 1) {
			t.Errorf("request %d: %v", n, err)
		}
	}
	if h.hits.Load() != 2 {
		t.Errorf("%d requests", h.hits.Load())
	}
}

func TestBody_limit(t *testing.T) {
	t.Parallel()
	for size, fits := range map[int]bool{99: true, 100: true, 101: false, 100000: false} {
		for _, method := range []string{"GET", "POST"} {
			h := serve(t, transport.Options{MaxBody: 100, MaxRetries: 2}, func(w http.ResponseWriter, r *http.Request, n int) {
				_, _ = io.WriteString(w, strings.Repeat("x", size))
			})
			_, body, err := call(h.chain, request(t, t.Context(), method, h.url, "{}"))
			var large *transport.TooLargeError
			if fits && (err != nil || len(body) != size) || !fits && (!errors.As(err, &large) || large.Limit != 100) || h.hits.Load() != 1 {
				t.Errorf("%s %d bytes: %d bytes, %v", method, size, len(body), err)
			}
		}
	}
}

func TestTimeout_beforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	base := transport.NewBase()
	base.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	clock := newClock()
	ctx, ex := transport.Watch(t.Context())
	_, _, err := call(transport.New(transport.Options{Base: base, MaxRetries: 2, Clock: clock, RequestTimeout: 20 * time.Millisecond}),
		request(t, ctx, "POST", "http://127.0.0.1:1", "{}"))
	var timeout *transport.TimeoutError
	if !errors.As(err, &timeout) || timeout.Sent || ex.Tries() != 3 || ex.Sent() != 0 {
		t.Errorf("got %v after %d tries", err, ex.Tries())
	}
}
