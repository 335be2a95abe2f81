package transport_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// slow is a connection over which a part passes every 40 seconds.
type slow struct {
	up, down int  // parts
	stalls   bool // and after them, none
}

const everyPart = 40 * time.Second

func (s slow) RoundTrip(req *http.Request) (*http.Response, error) {
	stall := func() error { <-req.Context().Done(); return req.Context().Err() }
	for range s.up {
		if _, err := io.ReadFull(req.Body, make([]byte, 1)); err != nil {
			return nil, err
		}
		time.Sleep(everyPart)
		if req.Context().Err() != nil {
			return nil, req.Context().Err()
		}
	}
	if s.stalls && s.down == 0 {
		return nil, stall()
	}
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Request: req, Body: &slowBody{slow: s, stall: stall, alive: req.Context().Err}}, nil
}

type slowBody struct {
	slow
	stall func() error
	alive func() error
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.down == 0 {
		if b.stalls {
			return 0, b.stall()
		}
		return 0, io.EOF
	}
	b.down--
	time.Sleep(everyPart)
	return copy(p, "x"), b.alive()
}

func (b *slowBody) Close() error { return nil }

func TestTransfer_timeLimit(t *testing.T) {
	t.Parallel()
	const limit = time.Minute
	for name, tt := range map[string]struct {
		line    slow
		stalled bool
		fails   bool
	}{
		"slow upload":                    {line: slow{up: 10}},
		"upload that stalls":             {line: slow{up: 5, stalls: true}, fails: true, stalled: true},
		"answer that does not come":      {line: slow{up: 10, stalls: true}, fails: true},
		"slow download":                  {line: slow{down: 10}},
		"download that stalls":           {line: slow{down: 5, stalls: true}, fails: true, stalled: true},
		"slow upload with a slow answer": {line: slow{up: 10, down: 3}, fails: true},
		"download that does not begin":   {line: slow{stalls: true}, fails: true, stalled: true},
		"slow answer of another kind":    {line: slow{down: 10}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				chain := transport.New(transport.Options{Base: tt.line, RequestTimeout: limit})
				ctx, ex := transport.Watch(t.Context())
				method := http.MethodGet
				if strings.Contains(name, "load") && tt.line.up == 0 {
					ex.Download(10)
				}
				if tt.line.up > 0 {
					method = http.MethodPost
					ex.Upload(transport.Upload{Size: 10, Open: func() (io.ReadCloser, error) {
						return io.NopCloser(strings.NewReader("0123456789")), nil
					}})
				}
				_, body, err := call(chain, request(t, ctx, method, "http://x", ""))
				var late *transport.TimeoutError
				switch {
				case !tt.fails && (err != nil || len(body) != tt.line.down):
					t.Errorf("got %q, %v", body, err)
				case tt.fails && !errors.As(err, &late):
					t.Errorf("got %q, %v", body, err)
				case tt.fails && late.Stalled != tt.stalled:
					t.Errorf("got %+v", late)
				}
			})
		})
	}
}

func TestTransfer_sourceThatFailsOverHTTP2(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	base := transport.NewBase()
	base.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	t.Cleanup(base.CloseIdleConnections)
	chain := transport.New(transport.Options{Base: base, MaxRetries: 2, Clock: newClock()})
	bad, opened := errors.New("bad sector"), 0
	ctx, ex := transport.Watch(t.Context())
	ex.AllowRepeat()
	ex.Upload(transport.Upload{ContentType: "a/b", Size: 1 << 20, Open: func() (io.ReadCloser, error) {
		opened++
		return io.NopCloser(io.MultiReader(bytes.NewReader(make([]byte, 1<<19)), failing{bad})), nil
	}})
	_, _, err := call(chain, request(t, ctx, "POST", server.URL, ""))
	var source *transport.BodyError
	if !errors.As(err, &source) || !errors.Is(err, bad) || opened != 1 || !ex.Partial() || ex.MaybeAnswered() {
		t.Errorf("got %v; opened %d times", err, opened)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
