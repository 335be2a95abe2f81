package transport

import (
	"fmt"
	"time"
)

// UnsentError means that no byte of the request was written: the server cannot
// have seen it, and sending it again cannot cost twice.
type UnsentError struct {
	Err error

	permanent bool // another try would fail the same way
}

func (e *UnsentError) Error() string { return "the request was not sent: " + e.Err.Error() }
func (e *UnsentError) Unwrap() error { return e.Err }

// LimitError means that a limit, its own or the server's, keeps a request
// waiting for longer than its caller waits. It comes inside of an UnsentError.
type LimitError struct {
	Limit string        // "limits.requests_per_minute" and the like, or "the server's rate limit"
	Wait  time.Duration // how long it would have been; 0 = nobody knows
	Err   error         // why the caller no longer waits; nil = the wait was not begun
}

func (e *LimitError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%v, while waiting for %s", e.Err, e.Limit)
	}
	return fmt.Sprintf("%s lets it go in %s, and that is later than the time allowed", e.Limit, e.Wait)
}

func (e *LimitError) Unwrap() error { return e.Err }

// LostError means that the request was written, at least in part, and that no
// complete answer came back: the server may have worked on it and may have billed it.
type LostError struct{ Err error }

func (e *LostError) Error() string { return "the answer was lost: " + e.Err.Error() }
func (e *LostError) Unwrap() error { return e.Err }

// GraceError means that the caller gave up after the request was sent, and that the time
// which was left for the answer ran out, too. It comes inside of a LostError.
type GraceError struct {
	After time.Duration // from when the caller gave up
	Err   error         // why it did
}

func (e *GraceError) Error() string {
	return fmt.Sprintf("%v, and no complete answer within %s after that", e.Err, e.After)
}

func (e *GraceError) Unwrap() error { return e.Err }

// BodyError means that the body of the request could not be read to its end: what the
// server has of it, if anything, is a part. Sending it again would end the same way.
type BodyError struct{ Err error }

func (e *BodyError) Error() string { return "the body of the request: " + e.Err.Error() }
func (e *BodyError) Unwrap() error { return e.Err }

// TimeoutError means that one attempt took longer than its limit.
type TimeoutError struct {
	Limit string        // name of the setting, "request_timeout"
	After time.Duration // its value
	Sent  bool          // whether the server may have seen the request

	Stalled bool // in the middle of an upload or a download: so long nothing moved
}

func (e *TimeoutError) Error() string {
	if e.Sent && e.Stalled {
		return fmt.Sprintf("nothing was transferred for %s (%s)", e.Limit, e.After)
	}
	if e.Sent {
		return fmt.Sprintf("no complete answer within %s (%s)", e.Limit, e.After)
	}
	return fmt.Sprintf("the request could not be sent within %s (%s)", e.Limit, e.After)
}

// Timeout makes the error a net.Error in the sense of "took too long".
func (e *TimeoutError) Timeout() bool { return true }

// Temporary completes net.Error.
func (e *TimeoutError) Temporary() bool { return true }

// TooLargeError means that the response body is longer than Limit bytes.
type TooLargeError struct{ Limit int64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the answer is longer than %d bytes", e.Limit)
}
