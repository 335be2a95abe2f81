package transport

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	firstWait  = 500 * time.Millisecond // ceiling of the first wait; doubles
	longWait   = 8 * time.Second        // ceiling of every wait of our own choice
	serverWait = time.Minute            // longest wait that a server may ask for
	peekLimit  = 64 << 10               // bytes of an error body looked at, or read to free its connection
)

// RoundTrip sends a request until there is an answer worth returning. It returns
// the last answer as it came, also when it is one that would be retried. A
// server that says the same twice of its own fault is not asked a third time.
func (t *chain) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	last, rested := "", time.Time{}
	for n := 0; ; n++ {
		again, err := nth(req, n)
		if err != nil {
			return nil, &UnsentError{Err: err, permanent: true}
		}
		res, err := t.send(again, n, rested)
		wait, asked := t.pause(res, n)
		t.heed(res, wait)
		why, ok := t.judge(req, res, err, n, wait, asked)
		if !ok {
			return res, err
		}
		fault := t.fault(res)
		if fault != "" && fault == last {
			exchangeFrom(ctx).repeat()
			t.repeated(req, n, why)
			return res, err
		}
		last = fault
		discard(res)
		t.waiting(req, n, why, wait)
		rested = t.Clock.Now().Add(wait)
		if err := t.Clock.Sleep(ctx, wait); err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return nil, &UnsentError{Err: fmt.Errorf("%w, while waiting to send again after %s", err, why), permanent: true}
		}
	}
}

// nth returns the request for attempt n, counted from 0.
func nth(req *http.Request, n int) (*http.Request, error) {
	if n == 0 {
		return req, nil
	}
	again := req.Clone(req.Context())
	if req.Header.Get("X-Stainless-Retry-Count") != "" {
		again.Header.Set("X-Stainless-Retry-Count", strconv.Itoa(n))
	}
	if req.Body == nil || req.Body == http.NoBody {
		return again, nil
	}
	var err error
	again.Body, err = req.GetBody()
	return again, err
}

// pause is how long to wait after attempt n (from 0), and whether the server says so.
func (t *chain) pause(res *http.Response, n int) (wait time.Duration, asked bool) {
	if res == nil {
		return t.backoff(n), false
	}
	if wait, asked = RetryAfter(res.Header, t.Clock.Now()); asked {
		return wait, true
	}
	if wait = exhausted(res.Header); wait > 0 && res.StatusCode == http.StatusTooManyRequests {
		return min(wait, longCool), true
	}
	return t.backoff(n), false
}

// heed makes all calls wait where an answer says that the server takes no more
// for now. wait is what pause says.
func (t *chain) heed(res *http.Response, wait time.Duration) {
	switch {
	case res == nil:
	case res.StatusCode != http.StatusTooManyRequests:
		t.pace.rest(exhausted(res.Header))
	case !outOfMoney(res):
		t.pace.rest(wait)
	}
}

// judge decides whether a request is sent again after attempt n (from 0), and why.
// wait and asked are what pause says.
func (t *chain) judge(req *http.Request, res *http.Response, err error, n int, wait time.Duration, asked bool) (why string, again bool) {
	if n >= t.MaxRetries || req.Context().Err() != nil {
		return "", false
	}
	if req.Body != nil && req.Body != http.NoBody && req.GetBody == nil {
		return "", false
	}
	if err != nil {
		return err.Error(), retryError(req.Method, err) && t.inTime(req.Context(), wait)
	}
	if !retryAnswer(req.Method, res) {
		return "", false
	}
	why = "status " + strconv.Itoa(res.StatusCode)
	if asked && wait > serverWait || !t.inTime(req.Context(), wait) {
		exchangeFrom(req.Context()).tooLong(wait)
		t.givingUp(req, n, why, wait)
		return "", false
	}
	return why, true
}

// inTime reports whether a wait ends before the caller's deadline.
func (t *chain) inTime(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || t.Clock.Now().Add(wait).Before(deadline)
}

func (t *chain) backoff(n int) time.Duration {
	ceiling := longWait
	if n < 10 {
		ceiling = min(firstWait<<n, longWait)
	}
	return t.Jitter(ceiling)
}

// retryError decides by what may have happened on the server, not by how bad
// the error is.
func retryError(method string, err error) bool {
	var unsent *UnsentError
	if errors.As(err, &unsent) {
		return !unsent.permanent
	}
	var timeout *TimeoutError
	if errors.As(err, &timeout) {
		return !timeout.Sent || Repeatable(method)
	}
	var lost *LostError
	return errors.As(err, &lost) && Repeatable(method)
}

// permanent reports whether a connection that failed so fails the next time as well.
func permanent(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var name *net.DNSError
	return errors.As(err, &certificate) ||
		errors.As(err, &record) ||
		errors.Is(err, http.ErrSchemeMismatch) ||
		errors.As(err, &name) && name.IsNotFound
}

// retryAnswer decides by status, unless the server says so itself. A status of
// success is never asked for again, whatever the server says: it is paid for.
func retryAnswer(method string, res *http.Response) bool {
	if res.StatusCode < 400 {
		return false
	}
	switch res.Header.Get("X-Should-Retry") {
	case "true":
		return true
	case "false":
		return false
	}
	switch res.StatusCode {
	case http.StatusRequestTimeout, http.StatusConflict:
		return true
	case http.StatusTooManyRequests:
		return !outOfMoney(res)
	case http.StatusGatewayTimeout, 524: // a gateway gave up; the server behind it may answer, and bill, all the same
		return Repeatable(method)
	}
	return res.StatusCode >= 500
}

// outOfMoney is OutOfMoney of an answer. The body stays readable.
func outOfMoney(res *http.Response) bool {
	var doc struct {
		Error struct{ Code, Type any }
	}
	if json.Unmarshal(peek(res), &doc) != nil {
		return false
	}
	code, _ := doc.Error.Code.(string)
	kind, _ := doc.Error.Type.(string)
	return OutOfMoney(code, kind)
}

// OutOfMoney reports whether the code or the type of an error says that the
// account cannot pay: that does not pass by itself.
func OutOfMoney(code, kind string) bool {
	return hopeless[code] || hopeless[kind]
}

var hopeless = map[string]bool{
	"insufficient_quota":         true,
	"billing_hard_limit_reached": true,
	"billing_not_active":         true,
	"access_terminated":          true,
}

// discard reads what is left of a short body, so that its connection can be used again.
func discard(res *http.Response) {
	if res == nil {
		return
	}
	_, _ = io.CopyN(io.Discard, res.Body, peekLimit)
	_ = res.Body.Close()
}
