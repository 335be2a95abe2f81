package transport_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// BenchmarkPace makes calls through a chain whose server costs nothing, with
// limits that are never reached and without. What began in the last minute is
// counted for each call, so the cost of one depends on how many there were.
func BenchmarkPace(b *testing.B) {
	generous := transport.Limits{MaxConcurrent: 1e6, RequestsPerMinute: 1e6, TokensPerMinute: 1e9}
	for _, calls := range []int{500, 5000} {
		for kind, limits := range map[string]transport.Limits{"limits": generous, "no limits": {}} {
			b.Run(fmt.Sprintf("%d calls, %s", calls, kind), func(b *testing.B) {
				for b.Loop() {
					chain := transport.New(transport.Options{Base: instant{}, Limits: limits})
					for range calls {
						ctx, ex := transport.Watch(b.Context())
						ex.Expect(100)
						req, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://server.example", strings.NewReader("{}"))
						res, err := chain.RoundTrip(req)
						if err != nil {
							b.Fatal(err)
						}
						_, _ = io.Copy(io.Discard, res.Body)
						_ = res.Body.Close()
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(calls), "ns/call")
			})
		}
	}
}

// BenchmarkPace_concurrent makes calls at once through a chain whose server costs
// nothing and refuses nothing: what it costs to look out for refusals.
func BenchmarkPace_concurrent(b *testing.B) {
	chain := transport.New(transport.Options{Base: instant{}, MaxRetries: 5})
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			ctx, _ := transport.Watch(b.Context())
			req, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://server.example", strings.NewReader("{}"))
			res, err := chain.RoundTrip(req)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
	})
}

type instant struct{}

func (instant) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
}
