// Package transport is the one place that decides whether a request is sent
// again, and when. It is a chain of [http.RoundTripper]s below the API client:
//
//	retry ─▶ one attempt (pace, time limit, wire log, body limit) ─▶ *http.Transport
//
// Its promise: a request that may have been answered is not sent a second time
// unless repeating it is harmless (GET, HEAD, DELETE, and what Exchange.AllowRepeat
// says), because an answer is paid for and an object is created once.
// Its errors say which of the two it was: [UnsentError] or [LostError].
//
// All requests of a chain keep to its [Limits] together, and when the server says
// to wait to one of them, all do.
//
// It must not know Terraform, what the JSON in a body means (but for the few
// error codes that make a retry pointless), or any area of the API.
package transport

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// MaxBody is the longest response body, in bytes after decompression, that is
// read when Options does not say otherwise.
const MaxBody = 64 << 20

// Levels given to [Log].
const (
	LevelDebug = "debug" // one line for each attempt and each wait; no bodies
	LevelTrace = "trace" // request and response bodies
)

// Log receives one structured message. It is called from many goroutines at a
// time. Fields hold no header values and no query values; secrets of the request
// are replaced by "***".
type Log func(ctx context.Context, level, msg string, fields map[string]any)

// Clock tells the time and waits; tests bring their own.
type Clock interface {
	Now() time.Time
	// Sleep returns nil after d, or the cause of ctx if that ends first.
	Sleep(ctx context.Context, d time.Duration) error
}

// Options configure New. The zero value sends each request once, without a time
// limit and without a log.
type Options struct {
	Base           http.RoundTripper // what really sends; nil = NewBase()
	MaxRetries     int               // failed attempts after the first; less than 1 = nothing is sent again
	RequestTimeout time.Duration     // limit of one attempt, headers and body; 0 = none. See Upload for transfers
	Grace          time.Duration     // how long a request that was sent may take after its caller gave up; 0 = DefaultGrace
	MaxBody        int64             // longest response body in bytes; 0 = MaxBody
	Secrets        []string          // values redacted in logs, besides those of Authorization and the like
	Log            Log               // nil = none
	Clock          Clock             // nil = the real one
	Limits         Limits            // of all requests together; without them, too, a 429 makes all wait

	// Jitter picks a wait in [0, ceiling]; nil = uniformly at random. A wait that
	// the server asks for is not changed; it then picks the time between the
	// attempts that begin after it.
	Jitter func(ceiling time.Duration) time.Duration
}

// DefaultGrace is how long a request that was sent is waited for after its caller
// gave up, when Options does not say otherwise.
const DefaultGrace = 30 * time.Second

// New returns the chain. It is safe for concurrent use. Errors of its RoundTrip
// and of reading a response body are *UnsentError, *LostError, *TimeoutError,
// *BodyError or *TooLargeError. Where the caller's context ended, they wrap its cause.
//
// Answers to requests that may be repeated are read whole before RoundTrip
// returns, unless they are event streams or downloads (Exchange.Download), so that a cut answer is asked for again.
func New(o Options) http.RoundTripper {
	if o.Base == nil {
		o.Base = NewBase()
	}
	if o.MaxBody <= 0 {
		o.MaxBody = MaxBody
	}
	if o.Grace <= 0 {
		o.Grace = DefaultGrace
	}
	if o.Clock == nil {
		o.Clock = RealClock
	}
	if o.Jitter == nil {
		o.Jitter = fullJitter
	}
	return &chain{Options: o, pace: newPace(o.Limits, o.Clock, o.Jitter)}
}

// chain is what New returns. The parts of it: retry.go decides what is sent
// again, attempt.go sends once.
type chain struct {
	Options
	pace  *pace
	http2 sync.Map // host:port → struct{}: servers seen to speak HTTP/2
}

// NewBase returns a transport that takes proxies from the environment, but none
// for what never leaves this machine (LoopbackHost), speaks HTTP/2 where the
// server does, and keeps no connection that the server may just be closing.
func NewBase() *http.Transport {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 proxied(http.ProxyFromEnvironment),
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   15 * time.Second,
		ExpectContinueTimeout: time.Second,
		MaxIdleConns:          256,
		MaxIdleConnsPerHost:   128,

		// A POST on a connection that the server closes at the same moment
		// looks like a lost answer and is not sent again. So connections are
		// given up before servers do: gunicorn closes idle ones after 2 s,
		// Node and uvicorn after 5 s.
		IdleConnTimeout: 1500 * time.Millisecond,

		// A server may work for minutes without a byte on the wire; pings tell
		// a quiet connection from a dead one.
		HTTP2: &http.HTTP2Config{
			SendPingTimeout: 15 * time.Second,
			PingTimeout:     15 * time.Second,
		},
	}
}

// RealClock is the time of this machine.
var RealClock Clock = realClock{}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

func fullJitter(ceiling time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(ceiling) + 1))
}
