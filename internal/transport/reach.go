package transport

import (
	"bytes"
	"net/http"
	"regexp"
)

// What an error status says of the work that a request asks for. Statuses of
// gateways are Cloudflare's from 520 on.
//
// A gateway answers 502 when the server behind it closes the connection before
// its header, which is also how a server ends that has just done the work; and
// 408, 504, 520, 522 and 524 when it lost patience, not the server. Envoy and Varnish say
// 503 for a connection that ended in the middle. None of these says that nothing was done.
//
// A gateway that names a connection which was never made ("connection refused",
// "no healthy upstream") says that nothing was. A hint to ask again (Retry-After,
// X-Should-Retry) says no such thing: Cloudflare and others add it to any error.

var (
	// neverReached is a gateway's word that it had no server to give the request to.
	neverReached = regexp.MustCompile(`(?i)connection refused|connection failure|reset reason: (?:connection timeout|overflow)|no healthy upstream|no route to host|network is unreachable|` +
		`no such host|host not found|name (?:or service not known|resolution failed)|could not be resolved|no live upstreams|` +
		`no (?:available|healthy) (?:server|backend|upstream|target)s?|failure to get a peer`)
	// endedEarly is Envoy's and Varnish's word that the connection ended after the request was passed on.
	endedEarly = regexp.MustCompile(`(?i)reset before headers|backend fetch failed`)
)

// MaybeAnswered reports whether an answer with an error status leaves open that
// the request was worked on to its end, so that sending it again may do, and
// bill, the work twice. body is the start of the answer's.
func MaybeAnswered(status int, body []byte) bool {
	body = body[:min(len(body), peekLimit)]
	switch status {
	case http.StatusRequestTimeout, http.StatusGatewayTimeout, 520, 522, 524:
		return true
	case http.StatusBadGateway:
		return !neverReached.Match(body)
	case http.StatusServiceUnavailable:
		return endedEarly.Match(body) && !neverReached.Match(body)
	}
	return false
}

// reached reports whether a request that was answered so may have got to where
// the work is done, whatever became of it. A refusal (4xx, 503, 529) says that it did not.
func reached(status int, body []byte) bool {
	switch {
	case status < 400:
		return status >= 200 && status < 300
	case MaybeAnswered(status, body):
		return true
	case status < 500:
		return false
	}
	switch status {
	case http.StatusNotImplemented, http.StatusBadGateway, http.StatusServiceUnavailable,
		521, 523, 525, 526, 529, 530:
		return false
	}
	return true
}

// errorBody is the start of the body of an answer with an error status, which stays readable; nil for other answers.
func errorBody(res *http.Response) []byte {
	if res == nil || res.StatusCode < 400 {
		return nil
	}
	return bytes.TrimSpace(peek(res))
}
