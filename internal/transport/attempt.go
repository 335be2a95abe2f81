package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

// attempt is one request on the wire. Its time limit covers the answer's body,
// so it lives until that is read or closed.
type attempt struct {
	chain  *chain
	caller context.Context    // ends when the caller gives up
	ctx    context.Context    // ends when this attempt does
	cancel context.CancelFunc // frees what the attempt has: timers and slot
	wire   *wire

	upload    *Upload // its body; nil = the request's own
	downloads bool    // its answer is passed on as it comes
	most      int64   // bytes of a download
	moved     func()  // begins the time limit again, in a transfer

	handed atomic.Bool // the last byte of the upload was read
	dialed atomic.Bool // a connection was asked for
	wrote  atomic.Bool // a byte may have been written since the last connection was given
	http2  atomic.Bool // the connection speaks HTTP/2
}

var (
	errTimeLimit = errors.New("the time limit of one attempt passed")
	errReplay    = errors.New("the HTTP/2 stream was reset after the request was written")
)

// send makes attempt n (from 0) of a request, when the limits allow it. It
// consumes req.Body. rested is a time up to which the call has waited already. The
// slot is to be let go when it is known what the answer means for others.
func (t *chain) send(req *http.Request, n int, rested time.Time) (*http.Response, *slot, error) {
	ex, caller := exchangeFrom(req.Context()), Caller(req.Context())
	slot, err := t.pace.take(caller, &ticket{tokens: ex.expects(), limits: ex.within(), now: rested}, func(why string, wait time.Duration) {
		t.note(req, n, "waiting for limits", why, wait)
	})
	if err == nil && caller.Err() != nil {
		slot.release()
		err = context.Cause(caller)
	}
	if err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, nil, &UnsentError{Err: err, permanent: true}
	}
	slot.keep()
	ex.begin(slot)
	a := &attempt{chain: t, caller: caller, moved: func() {}}
	a.upload, a.downloads, a.most = ex.transfers()
	a.begin(req, n, slot)
	out := req.Clone(httptrace.WithClientTrace(a.ctx, a.trace(req.URL.Host)))
	a.attach(out, a.upload)
	a.wire = t.begin(out, n)
	a.guardReplay(out)

	res, err := t.Base.RoundTrip(out)
	if _, known := t.Base.(*http.Transport); !known {
		a.dialed.Store(true)
		a.wrote.Store(true) // cannot tell, so the worst is assumed
	}
	if err == nil {
		res.Body = a.body(res)
		if repeatable(req) && res.StatusCode < 400 && !a.downloads && !isEventStream(res.Header) {
			err = readWhole(res)
		}
	} else {
		err = a.explain(err)
		a.cancel()
	}
	ex.finish(outcomeOf(a.wrote.Load(), a.partial(), res, err))
	if err != nil {
		a.wire.failed(err)
		return nil, slot, err
	}
	a.wire.answered(res)
	if res.StatusCode < 400 {
		t.pace.answered()
	}
	return res, slot, nil
}

// trace keeps dialed, wrote and http2 true to what happens on the wire. wrote
// is set when the first header reaches the write buffer: a little early, never
// late. net/http silently starts over on another connection when it knows that the
// server saw nothing; then the next GetConn or GotConn clears wrote.
func (a *attempt) trace(host string) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) {
			a.dialed.Store(true)
			a.wrote.Store(false)
		},
		GotConn: func(info httptrace.GotConnInfo) {
			a.dialed.Store(true)
			a.wrote.Store(false)
			conn, ok := info.Conn.(*tls.Conn)
			a.http2.Store(ok && conn.ConnectionState().NegotiatedProtocol == "h2")
			if a.http2.Load() {
				a.chain.http2.Store(host, struct{}{})
			} else {
				a.chain.http2.Delete(host)
			}
		},
		WroteHeaderField: func(string, []string) { a.wrote.Store(true) },
		WroteHeaders:     func() { a.wrote.Store(true) },
		WroteRequest:     func(info httptrace.WroteRequestInfo) { a.wroteRequest(info.Err) },
	}
}

// wroteRequest is also called for a connection that failed before a byte.
func (a *attempt) wroteRequest(err error) {
	if err == nil {
		a.wrote.Store(true)
	}
}

// guardReplay keeps net/http from sending a request twice that may have been
// answered. Over HTTP/1 it replays a POST only when nothing was written, or
// when there is an Idempotency-Key. Over HTTP/2 it replays after REFUSED_STREAM
// and GOAWAY, which promise that the server did nothing, but also after
// PROTOCOL_ERROR, which promises nothing: a gateway resets so when it cannot
// pass on an answer. GetBody does not learn why it is called, so:
//   - to a server known to speak HTTP/2 there is no GetBody, and net/http returns
//     the reason in an error, which refused reads;
//   - on the first connection to a server, GetBody fails for HTTP/2.
func (a *attempt) guardReplay(out *http.Request) {
	if repeatable(out) || out.GetBody == nil {
		return
	}
	_, http2 := a.chain.http2.Load(out.URL.Host)
	if http2 || out.Header["Idempotency-Key"] != nil || out.Header["X-Idempotency-Key"] != nil {
		out.GetBody = nil
		return
	}
	replay := out.GetBody
	out.GetBody = func() (io.ReadCloser, error) {
		if a.http2.Load() && a.wrote.Load() {
			return nil, errReplay
		}
		return replay()
	}
}

// refused reports whether an error of net/http says that an HTTP/2 server
// promised not to have looked at the request. net/http gives no type for it; a
// wording that is not known counts as a lost answer.
func refused(err error) bool {
	text := err.Error()
	return strings.HasPrefix(text, "http2: Transport: cannot retry err [") &&
		(strings.Contains(text, "GOAWAY") || strings.Contains(text, "REFUSED_STREAM") || strings.Contains(text, "conn not usable"))
}

// explain turns an error of net/http, or of reading a body, into one of this package.
func (a *attempt) explain(err error) error {
	var large *TooLargeError
	if errors.As(err, &large) {
		return err
	}
	switch cause := context.Cause(a.ctx); {
	case errors.Is(cause, errTimeLimit):
		return &TimeoutError{
			Limit: "request_timeout", After: a.chain.RequestTimeout, Sent: a.wrote.Load(), Stalled: a.downloads || a.partial(),
		}
	case cause != nil:
		err = cause
	case errors.As(err, new(*BodyError)):
		return err
	case refused(err):
		a.wrote.Store(false)
	}
	if a.wrote.Load() {
		return &LostError{Err: err}
	}
	return &UnsentError{Err: err, permanent: !a.dialed.Load() || permanent(err)}
}

// body wraps the body of an answer: it has a limit, its errors are explained, and
// its end frees the attempt.
func (a *attempt) body(res *http.Response) io.ReadCloser {
	limit, seen, moved := a.chain.MaxBody, a.wire.capture(res), func() {}
	if a.downloads && res.StatusCode < 400 {
		limit, seen, moved = a.most, a.wire.count(), a.moved
	}
	return &body{
		src:     res.Body,
		left:    limit,
		limit:   limit,
		moved:   moved,
		explain: a.explain,
		seen:    seen,
		end: func(b *body) {
			a.cancel()
			a.wire.read(b.seen, b.err)
		},
	}
}

// readWhole puts the whole body in memory in place of the connection.
func readWhole(res *http.Response) error {
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	res.Body = io.NopCloser(bytes.NewReader(data))
	return nil
}

// Repeatable reports whether a request with this method may always be sent again after
// an answer was lost: doing it twice is doing it once, and costs nothing.
func Repeatable(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodDelete:
		return true
	}
	return false
}

func isEventStream(h http.Header) bool {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return kind == "text/event-stream"
}
