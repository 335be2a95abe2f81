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
	peekLimit  = 64 << 10               // bytes of an error body that are looked at, or read to free its connection
)

// RoundTrip sends a request until there is an answer worth returning. It returns
// the last answer as it came, also when it is one that would be retried. A
// server that says the same twice of its own fault is not asked a third time.
func (t *chain) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, exchange := Caller(req.Context()), exchangeFrom(req.Context())
	last, rested, failed := "", time.Time{}, 0
	for n := 0; ; n++ {
		again, err := nth(req, n)
		if err != nil {
			return nil, &UnsentError{Err: err, permanent: true}
		}
		res, slot, err := t.send(again, n, rested)
		r := t.assess(ctx, res, slot, failed)
		slot.letGo()
		why, ok := t.shouldRetry(ctx, req, res, err, n, r)
		if !ok {
			return res, err
		}
		fault := t.fault(res)
		if fault != "" && fault == last {
			exchange.repeat()
			t.repeated(req, n, why)
			return res, err
		}
		if !exchange.mayRepeat(ctx) {
			return res, err
		}
		last = fault
		if !r.turn {
			failed++
		}
		discard(res)
		t.waiting(req, n, why, r.wait)
		rested = t.Clock.Now().Add(r.wait)
		if err := t.Clock.Sleep(ctx, r.wait); err != nil {
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

// reaction is what follows from how an attempt ended.
type reaction struct {
	wait   time.Duration // before another attempt
	asked  bool          // the server says so
	failed int           // attempts before this one that count against MaxRetries
	turn   bool          // this one does not: the server refused it for now, as it must some of many
}

// assess decides how long to wait after an attempt, and makes all calls wait where
// an answer says that the server takes no more for now.
//
// A 429 that names a wait is a wait and no failure, and so is one from a
// server that takes other requests meanwhile: neither counts against MaxRetries. What
// ends the waiting then is the caller's deadline; without one, everything counts.
func (t *chain) assess(ctx context.Context, res *http.Response, slot *slot, failed int) reaction {
	r := reaction{failed: failed}
	if res == nil {
		r.wait = backoff(failed, t.Jitter)
		return r
	}
	limited := res.StatusCode == http.StatusTooManyRequests && !hopeless(res)
	empty := exhausted(res.Header)
	r.wait, r.asked = RequestedWait(res.Header, errorBody(res), t.Clock.Now())
	if !r.asked && limited && empty > 0 {
		r.wait, r.asked = min(empty, longCool), true
	}
	if !limited {
		if !r.asked {
			r.wait = backoff(failed, t.Jitter)
		}
		if res.StatusCode != http.StatusTooManyRequests {
			t.pace.applyCooldown(empty)
		}
		return r
	}
	answers := t.pace.answers()
	r.wait = t.pace.refused(slot, r.wait, r.asked)
	_, ends := ctx.Deadline()
	r.turn = ends && (r.asked && r.wait > 0 || answers)
	return r
}

// shouldRetry decides whether a request is sent again after attempt n (from 0), and why.
func (t *chain) shouldRetry(ctx context.Context, req *http.Request, res *http.Response, err error, n int, r reaction) (why string, again bool) {
	if t.MaxRetries < 1 || !r.turn && r.failed >= t.MaxRetries || ctx.Err() != nil {
		return "", false
	}
	if req.Body != nil && req.Body != http.NoBody && req.GetBody == nil {
		return "", false
	}
	if err != nil {
		return err.Error(), retryError(req, err) && t.inTime(ctx, r.wait)
	}
	if !retryAnswer(req, res) {
		return "", false
	}
	why = "status " + strconv.Itoa(res.StatusCode)
	if r.asked && r.wait > serverWait || !t.inTime(ctx, r.wait) {
		exchangeFrom(req.Context()).tooLong(r.wait)
		t.givingUp(req, n, why, r.wait)
		return "", false
	}
	return why, true
}

// inTime reports whether a wait ends before the caller's deadline.
func (t *chain) inTime(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || t.Clock.Now().Add(wait).Before(deadline)
}

// backoff is a wait of our own choice after a number of failures, from 0.
func backoff(failed int, jitter func(ceiling time.Duration) time.Duration) time.Duration {
	ceiling := longWait
	if failed < 10 {
		ceiling = min(firstWait<<max(failed, 0), longWait)
	}
	return jitter(ceiling)
}

// retryError decides by what may have happened on the server, not by how bad
// the error is.
func retryError(req *http.Request, err error) bool {
	var unsent *UnsentError
	if errors.As(err, &unsent) {
		return !unsent.permanent
	}
	var timeout *TimeoutError
	if errors.As(err, &timeout) {
		return !timeout.Sent || repeatable(req)
	}
	var lost *LostError
	return errors.As(err, &lost) && repeatable(req)
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
// success is never asked for again, whatever the server says: it is paid for. And
// neither is what may have been answered (MaybeAnswered), unless a repetition is harmless.
func retryAnswer(req *http.Request, res *http.Response) bool {
	if res.StatusCode < 400 {
		return false
	}
	if !repeatable(req) && MaybeAnswered(res.StatusCode, errorBody(res)) {
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
		return !hopeless(res)
	}
	return res.StatusCode >= 500
}

// hopeless reports whether a 429 is one that waiting for a minute or so does not
// change: there is no money, the quota is one of days, or this one request is too large.
func hopeless(res *http.Response) bool {
	body := errorBody(res)
	if LongQuota(body) || TooLarge(body) {
		return true
	}
	var doc struct {
		Error struct{ Code, Type any }
	}
	if json.Unmarshal(body, &doc) != nil {
		return false
	}
	code, _ := doc.Error.Code.(string)
	kind, _ := doc.Error.Type.(string)
	return OutOfMoney(code, kind)
}

// OutOfMoney reports whether the code or the type of an error says that the
// account cannot pay: that does not pass by itself.
func OutOfMoney(code, kind string) bool {
	return unpaid[code] || unpaid[kind]
}

var unpaid = map[string]bool{
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
