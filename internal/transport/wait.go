package transport

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// RequestedWait reads how long an answer asks to wait before the request is sent
// again: what RetryAfter finds in its header, or else what the start of its body
// says, as a member (Google's "retryDelay", "retry_after" and the like) or in
// words ("Please try again in 1m3.5s"). It reports false when neither says it in a way
// that is understood.
func RequestedWait(h http.Header, body []byte, now time.Time) (time.Duration, bool) {
	if wait, ok := RetryAfter(h, now); ok {
		return wait, true
	}
	body = body[:min(len(body), peekLimit)]
	if wait := waitMember(body); wait > 0 {
		return wait, true
	}
	wait := waitInWords(body)
	return wait, wait > 0
}

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
		longest = max(longest, duration(h.Get("X-Ratelimit-Reset-"+of)))
	}
	return longest
}

// duration reads "6m0s", "17ms" or a number of seconds; 0 = it is none of these.
func duration(text string) time.Duration {
	text = strings.TrimSpace(text)
	if d, ok := number(text, time.Second); ok {
		return d
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return d
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

// waitMembers are names of members that say how long to wait, without "_" and
// "-" and in small letters, and the unit of a bare number in them.
var waitMembers = map[string]time.Duration{
	"retrydelay":        time.Second,
	"retryafter":        time.Second,
	"retryafterseconds": time.Second,
	"retryaftersec":     time.Second,
	"retryafterms":      time.Millisecond,
}

// longestMember is a number that is rather a moment than a wait.
const longestMember = 30 * 24 * time.Hour

// waitMember is the longest wait that a member of a JSON document names, at any depth; 0 = none does.
func waitMember(body []byte) time.Duration {
	var doc any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&doc) != nil {
		return 0
	}
	var longest time.Duration
	var walk func(value any)
	walk = func(value any) {
		switch value := value.(type) {
		case []any:
			for _, element := range value {
				walk(element)
			}
		case map[string]any:
			for name, member := range value {
				if unit, ok := waitMembers[strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))]; ok {
					if wait := memberWait(member, unit); wait <= longestMember {
						longest = max(longest, wait)
					}
					continue
				}
				walk(member)
			}
		}
	}
	walk(doc)
	return longest
}

func memberWait(value any, unit time.Duration) time.Duration {
	switch value := value.(type) {
	case json.Number:
		wait, _ := number(value.String(), unit)
		return wait
	case string:
		if wait, ok := number(value, unit); ok {
			return wait
		}
		return duration(value)
	case map[string]any: // a google.protobuf.Duration in parts
		return memberWait(value["seconds"], time.Second) + memberWait(value["nanos"], time.Nanosecond)
	}
	return 0
}

const amount = `\d+(?:\.\d+)?\s*(?:milliseconds?|millis|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)\b`

var (
	// asksToWait is what servers say before the length of a wait, and the wait in one or more parts.
	asksToWait = regexp.MustCompile(`(?i)\b(?:try(?:ing)?\s+(?:it\s+)?again|retry(?:ing)?|wait|resets?|available)\b` +
		`(?:\s+(?:again|your|the|this|request|requests|it|for|in|after|at|least|about|approximately|another))*[\s:]+` +
		`(` + amount + `(?:(?:\s*,)?\s*(?:and\s+)?` + amount + `)*|(?:\d+(?:\.\d+)?(?:h|ms|m|s))+)`)
	onePart = regexp.MustCompile(`(?i)(\d+(?:\.\d+)?)\s*([a-z]+)`)
)

var units = map[string]time.Duration{
	"millis": time.Millisecond, "ms": time.Millisecond, "s": time.Second, "sec": time.Second, "m": time.Minute, "min": time.Minute,
	"h": time.Hour, "hr": time.Hour, "d": 24 * time.Hour,
	"millisecond": time.Millisecond, "second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour,
}

// waitInWords is the longest wait that a text asks for; 0 = it asks for none.
func waitInWords(text []byte) time.Duration {
	var longest time.Duration
	for _, found := range asksToWait.FindAllSubmatch(text, 10) {
		var wait time.Duration
		for _, part := range onePart.FindAllSubmatch(found[1], -1) {
			name := strings.ToLower(string(part[2]))
			unit, ok := units[name]
			if !ok {
				unit = units[strings.TrimSuffix(name, "s")]
			}
			value, _ := number(string(part[1]), unit)
			if value > longestMember {
				value = longestMember
			}
			wait += value
		}
		longest = max(longest, wait)
	}
	return longest
}

var (
	ofDays    = regexp.MustCompile(`(?i)per[\s_-]?(?:day|week|month)|\b(?:daily|weekly|monthly)|\b[RT]PD\b`)
	ofMinutes = regexp.MustCompile(`(?i)per[\s_-]?min|\b[RT]PM\b`)
	quotaName = regexp.MustCompile(`Per(?:Day|Week|Month)`) // as in Google's GenerateRequestsPerDayPerProjectPerModel
)

// LongQuota reports whether the body of a 429 speaks of a quota of a day or
// longer. Such a server may name a short wait beside it, which does not help. A
// text that speaks of minutes as well leaves open which of the two is used up.
func LongQuota(body []byte) bool {
	body = body[:min(len(body), peekLimit)]
	return quotaName.Match(body) || ofDays.Match(body) && !ofMinutes.Match(body)
}

// TooLarge reports whether the body of a 429 says that this one request is larger
// than what the limit allows at all, so that waiting does not help.
func TooLarge(body []byte) bool {
	return bytes.Contains(body[:min(len(body), peekLimit)], []byte(`Request too large`))
}
