package transport_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

func TestRetry_sameFaultTwice(t *testing.T) {
	t.Parallel()
	type said struct {
		status int
		body   string
		header string // "Name=value"
	}
	fault := said{status: 500, body: `{"detail":"unsupported operand type"}`}
	for name, tt := range map[string]struct {
		answers []said // the last one is repeated
		hits    int    // with five retries
	}{
		"the same":                 {[]said{fault}, 2},
		"the same, other request":  {[]said{{status: 500, body: `boom (request req_1a2b, 2026-01-02T10:00:00Z)`}, {status: 500, body: `boom (request req_3c4d, 2026-01-02T10:00:01Z)`}}, 2},
		"501":                      {[]said{{status: 501, body: "no"}}, 2},
		"another in between":       {[]said{fault, {status: 500, body: "else"}, fault, fault}, 4},
		"another status between":   {[]said{fault, {status: 429, body: "slow"}, fault}, 4},
		"then an answer":           {[]said{fault, {status: 200, body: "{}"}}, 2},
		"same words, new status":   {[]said{{status: 500, body: "x"}, {status: 501, body: "x"}}, 3},
		"empty":                    {[]said{{status: 500}}, 6},
		"white space":              {[]said{{status: 500, body: " \n"}}, 6},
		"a gateway's":              {[]said{{status: 502, body: "<h1>Bad Gateway: connection refused</h1>"}}, 6},
		"a gateway's, may be done": {[]said{{status: 502, body: "<h1>Bad Gateway</h1>"}}, 1},
		"says when, in words":      {[]said{{status: 500, body: "come back, wait 2s"}}, 6},
		"overloaded":               {[]said{{status: 503, body: "overloaded"}}, 6},
		"invites to retry":         {[]said{{status: 500, body: "Sorry about that! You can retry your request"}}, 6},
		"invites to try again":     {[]said{{status: 500, body: "Please try again later."}}, 6},
		"says when":                {[]said{{status: 500, body: "x", header: "Retry-After=0"}}, 6},
		"says retry":               {[]said{{status: 500, body: "x", header: "X-Should-Retry=true"}}, 6},
		"says do not retry":        {[]said{{status: 500, body: "x", header: "X-Should-Retry=false"}}, 1},
		"429 is none":              {[]said{{status: 429, body: "slow"}}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &book{}
			at := func(n int) said { return tt.answers[min(n, len(tt.answers))-1] }
			h := serve(t, transport.Options{MaxRetries: 5, Log: log.log}, func(w http.ResponseWriter, _ *http.Request, n int) {
				if name, value, ok := strings.Cut(at(n).header, "="); ok {
					w.Header().Set(name, value)
				}
				w.WriteHeader(at(n).status)
				_, _ = io.WriteString(w, at(n).body)
			})
			ctx, ex := transport.Watch(t.Context())
			status, body, err := call(h.chain, request(t, ctx, "POST", h.url, "{}"))
			last := at(tt.hits)
			if err != nil || status != last.status || body != last.body || int(h.hits.Load()) != tt.hits {
				t.Fatalf("got %d %q %v after %d requests, want %d", status, body, err, h.hits.Load(), tt.hits)
			}
			stopped := tt.hits > 1 && tt.hits < 6 && status >= 500
			if ex.Repeated() != stopped {
				t.Errorf("repeated: %v", ex.Repeated())
			}
			if stopped {
				note := log.find(t, "will not send the request again, the server gave the same answer twice")
				if note[0].fields["why"] != fmt.Sprintf("status %d", status) {
					t.Errorf("note: %v", note)
				}
			}
		})
	}
}
