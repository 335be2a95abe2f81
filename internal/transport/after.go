package transport

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter reads how long a server asks to wait: Retry-After-Ms, or else
// Retry-After in seconds (fractions allowed) or as an HTTP date. It reports false
// when there is no such header, or one that is negative, in the past or not
// understood. Waits too long for a Duration are cut to the longest.
func RetryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	if wait, ok := number(h.Get("Retry-After-Ms"), time.Millisecond); ok {
		return wait, true
	}
	after := h.Get("Retry-After")
	if wait, ok := number(after, time.Second); ok {
		return wait, true
	}
	date, err := http.ParseTime(after)
	if err != nil || date.Before(now) {
		return 0, false
	}
	return date.Sub(now), true
}

// exhausted reads how long a server is out of requests or tokens: a remaining
// number of 0 in X-Ratelimit-Remaining-Requests or -Tokens, and beside it the time until it is
// reset, such as "6m0s", "17ms" or a number of seconds. 0 = it is not, or says nothing that can be understood.
func exhausted(h http.Header) time.Duration {
	var longest time.Duration
	for _, of := range []string{"Requests", "Tokens"} {
		if strings.TrimSpace(h.Get("X-Ratelimit-Remaining-"+of)) != "0" {
			continue
		}
		text := strings.TrimSpace(h.Get("X-Ratelimit-Reset-" + of))
		reset, ok := number(text, time.Second)
		if d, err := time.ParseDuration(text); !ok && err == nil {
			reset = d
		}
		longest = max(longest, reset)
	}
	return longest
}

// number rounds up: never earlier than asked.
func number(text string, unit time.Duration) (time.Duration, bool) {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) || value < 0 {
		return 0, false
	}
	nanos := math.Ceil(value * float64(unit))
	if nanos >= math.MaxInt64 {
		return math.MaxInt64, true
	}
	return time.Duration(nanos), true
}
