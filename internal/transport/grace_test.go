package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// graceClock has each wait told, and ended by the test.
type graceClock struct {
	asked chan time.Duration
	over  chan struct{} // closed = waits are over
}

func (c *graceClock) Now() time.Time { return time.Now() }

func (c *graceClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case c.asked <- d:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-c.over:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A call whose caller gives up after it was sent has the grace to be answered.
func TestGrace(t *testing.T) {
	t.Parallel()
	reason := errors.New("the user pressed a key")
	flush := func(w http.ResponseWriter, text string) {
		_, _ = io.WriteString(w, text)
		w.(http.Flusher).Flush()
	}
	type moment struct {
		cancel func()
		clock  *graceClock
	}
	for name, tt := range map[string]struct {
		method  string
		handle  func(m moment, w http.ResponseWriter, r *http.Request)
		abandon bool
		limit   time.Duration // of the caller; 0 = none
		status  int           // 0 = an error
		body    string
		late    bool // the error says that the grace ran out
	}{
		"answered": {method: "POST", status: 200, body: "ten", handle: func(m moment, w http.ResponseWriter, _ *http.Request) {
			m.cancel()
			<-m.clock.asked
			flush(w, "ten")
		}},
		"answered in the middle of the body": {method: "POST", status: 200, body: "ten geese", handle: func(m moment, w http.ResponseWriter, _ *http.Request) {
			flush(w, "ten")
			m.cancel()
			<-m.clock.asked
			flush(w, " geese")
		}},
		"refused, and not sent again": {method: "POST", status: 429, handle: func(m moment, w http.ResponseWriter, _ *http.Request) {
			m.cancel()
			<-m.clock.asked
			w.WriteHeader(429)
		}},
		"never answered": {method: "POST", late: true, handle: func(m moment, _ http.ResponseWriter, r *http.Request) {
			m.cancel()
			<-m.clock.asked
			close(m.clock.over)
			<-r.Context().Done()
		}},
		"never answered to the end": {method: "POST", late: true, handle: func(m moment, w http.ResponseWriter, r *http.Request) {
			flush(w, "ten")
			m.cancel()
			<-m.clock.asked
			close(m.clock.over)
			<-r.Context().Done()
		}},
		"no longer than the caller would have waited": {method: "POST", status: 200, body: "ten", limit: 10 * time.Second,
			handle: func(m moment, w http.ResponseWriter, _ *http.Request) {
				m.cancel()
				if d := <-m.clock.asked; d > 10*time.Second {
					w.WriteHeader(500)
				}
				flush(w, "ten")
			}},
		"reading costs nothing": {method: "GET", handle: func(m moment, _ http.ResponseWriter, r *http.Request) {
			m.cancel()
			<-r.Context().Done()
		}},
		"kept nowhere": {method: "POST", abandon: true, handle: func(m moment, _ http.ResponseWriter, r *http.Request) {
			m.cancel()
			<-r.Context().Done()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			if tt.limit > 0 {
				limited, stop := context.WithTimeout(ctx, tt.limit)
				defer stop()
				ctx = limited
			}
			ctx, cancel := context.WithCancelCause(ctx)
			defer cancel(nil)
			m := moment{func() { cancel(reason) }, &graceClock{make(chan time.Duration), make(chan struct{})}}
			h := serve(t, transport.Options{}, func(w http.ResponseWriter, r *http.Request, _ int) { tt.handle(m, w, r) })
			base := transport.NewBase()
			t.Cleanup(base.CloseIdleConnections)
			h.chain = transport.New(transport.Options{Base: base, MaxRetries: 3, Clock: m.clock})
			watched, ex := transport.Watch(ctx)
			if tt.abandon {
				ex.Abandon()
			}
			status, body, err := call(h.chain, request(t, watched, tt.method, h.url, "{}"))
			var late *transport.GraceError
			switch {
			case (err != nil) != (tt.status == 0), err == nil && (status != tt.status || body != tt.body):
				// What came before the error may be there or not: the grace may end before it is read.
				t.Errorf("got %d %q %v", status, body, err)
			case err != nil && !errors.Is(err, reason):
				t.Errorf("the cause is lost: %v", err)
			case errors.As(err, &late) != tt.late || tt.late && late.After != transport.DefaultGrace:
				t.Errorf("got %v", err)
			}
			if h.hits.Load() != 1 {
				t.Errorf("%d requests", h.hits.Load())
			}
		})
	}
}

// What was not sent is not, once its caller has given up, and a deadline of the caller's is none for the answer only.
func TestGrace_endsAtOnce(t *testing.T) {
	t.Parallel()
	t.Run("not sent", func(t *testing.T) {
		t.Parallel()
		h := serve(t, transport.Options{}, func(http.ResponseWriter, *http.Request, int) {})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		watched, _ := transport.Watch(ctx)
		_, _, err := call(h.chain, request(t, watched, "POST", h.url, "{}"))
		if !errors.As(err, new(*transport.UnsentError)) || !errors.Is(err, context.Canceled) || h.hits.Load() != 0 {
			t.Errorf("got %v after %d requests", err, h.hits.Load())
		}
	})
	t.Run("deadline", func(t *testing.T) {
		t.Parallel()
		h := serve(t, transport.Options{}, func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() })
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		watched, _ := transport.Watch(ctx)
		_, _, err := call(h.chain, request(t, watched, "POST", h.url, "{}"))
		if !errors.As(err, new(*transport.LostError)) || !errors.Is(err, context.DeadlineExceeded) || errors.As(err, new(*transport.GraceError)) {
			t.Errorf("got %v", err)
		}
	})
}
