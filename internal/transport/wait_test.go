package transport_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

func TestRequestedWait_inTheBody(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]time.Duration{
		`{"error":{"message":"Please try again in 12s."}}`: 12 * sec,
		`Please try again in 1m3.5s. Visit the page.`:      63500 * time.Millisecond,
		`Please retry in 1.5s`:                             1500 * time.Millisecond,
		`Please retry in 45.837906927s.`:                   45837906927,
		`try again in 250ms`:                               250 * time.Millisecond,
		`Try again in 6m0s.`:                               6 * minute,
		`Please retry after 26 seconds.`:                   26 * sec,
		`Please try again after 1 minute and 5 seconds`:    65 * sec,
		`Retry your request in 2 mins, 3 secs`:             123 * sec,
		`wait 20 seconds before the next`:                  20 * sec,
		`Please wait at least 3 s`:                         3 * sec,
		`the limit resets in 2 hours`:                      2 * time.Hour,
		`Retrying in 8 seconds`:                            8 * sec,
		`[{"error":{"details":[{"a":1},{"@type":"x.RetryInfo","retryDelay":"45.8s"}]}}]`:          45800 * time.Millisecond,
		`{"error":{"details":[{"retryDelay":"2s"},{"retryDelay":"9s"}],"message":"retry in 1s"}}`: 9 * sec,
		`{"error":{"details":[{"retry_delay":{"seconds":7,"nanos":5}}]}}`:                         7*sec + 5,
		`{"retry_after":3}`:              3 * sec,
		`{"retry_after_ms":1500}`:        1500 * time.Millisecond,
		`{"error":{"retryAfter":"4"}}`:   4 * sec,
		`{"retry_after":1790000000}`:     0, // a moment
		`{"retry_after":-3}`:             0,
		`{"retry_after":"soon"}`:         0,
		`{"retryDelay":null}`:            0,
		`try again later`:                0,
		`try again in 12`:                0,
		`retry after 2026-01-02`:         0,
		`12s ago you should try again`:   0,
		`entry in 12s`:                   0,
		`retry in 99999999999999999999d`: 30 * 24 * time.Hour,
		``:                               0,
		"\xff\x00":                       0,
	} {
		got, ok := transport.RequestedWait(http.Header{}, []byte(body), time.Now())
		if got != want || ok != (want > 0) {
			t.Errorf("%s: got %v %v, want %v", body, got, ok, want)
		}
	}
	if got, _ := transport.RequestedWait(http.Header{"Retry-After": {"2"}}, []byte("try again in 30s"), time.Now()); got != 2*sec {
		t.Errorf("the header does not go before: %v", got)
	}
}

func TestLongQuota(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`Rate limit reached for m on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.`:              true,
		`on tokens per day (TPD): Limit 100000. Please try again in 7.5s.`:                                                              true,
		`{"error":{"details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},{"retryDelay":"30s"}]}}`: true,
		`{"quotaId":["GenerateRequestsPerMinutePerProject","GenerateRequestsPerDayPerProject"],"message":"requests per min"}`:           true,
		`Rate limit exceeded: free-models-per-day`:                                                                                      true,
		`{"reason":"dailyLimitExceeded"}`:                             true,
		`Your monthly quota is used up`:                               true,
		`{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}`:   false,
		`Rate limit reached on requests per min (RPM): Limit 3 / min`: false,
		`Limit 3 requests per minute, 200 per day. Try again in 20s`:  false,
		`slow down`:       false,
		`today is not it`: false,
	} {
		if got := transport.LongQuota([]byte(body)); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
}

// Whatever a body says, the wait is one that can be waited for.
func FuzzRequestedWait(f *testing.F) {
	for _, seed := range []string{`try again in 1m3.5s`, `{"retryDelay":"45s"}`, `[{"a":{"retry_after":1e99}}]`, `retry in 9223372036854775807h 9h`, `{"retry_after":{"seconds":-1}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if wait, ok := transport.RequestedWait(http.Header{}, body, time.Now()); wait < 0 || ok != (wait > 0) {
			t.Errorf("%q: %v %v", body, wait, ok)
		}
		transport.LongQuota(body)
		transport.MaybeAnswered(502, body)
	})
}
