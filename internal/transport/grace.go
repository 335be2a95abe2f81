package transport

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// begin gives the attempt its context. That ends with the time limit of one attempt, and
// with the caller's, but for a request that was sent and costs or changes something: when
// the caller is canceled, its answer gets the grace to arrive, since it is being paid for, or
// says what is on the server now. A deadline of the caller's is never exceeded.
func (a *attempt) begin(req *http.Request, n int, slot *slot) {
	ctx, end := context.WithCancelCause(context.WithoutCancel(req.Context()))
	a.ctx, a.cancel = ctx, func() { end(nil); slot.release() }
	switch limit := a.chain.RequestTimeout; {
	case limit <= 0:
	case a.upload != nil || a.downloads:
		timer := time.AfterFunc(limit, func() { end(errTimeLimit) })
		a.moved = func() { timer.Reset(limit) } // also where the attempt has ended: then it ends nothing
		a.cancel = func() { timer.Stop(); end(nil); slot.release() }
	default:
		limited, cancel := context.WithTimeoutCause(ctx, limit, errTimeLimit)
		a.ctx, a.cancel = limited, func() { cancel(); end(nil); slot.release() }
	}
	stop := context.AfterFunc(a.caller, func() { end(a.leave(ctx, req, n)) })
	free := a.cancel
	a.cancel = func() { stop(); free() }
}

// leave is called when the caller gives up. It returns the reason for which the attempt
// ends, when it does. ctx ends when the attempt has ended by itself.
func (a *attempt) leave(ctx context.Context, req *http.Request, n int) error {
	cause := context.Cause(a.caller)
	if !errors.Is(a.caller.Err(), context.Canceled) || !a.wrote.Load() ||
		Repeatable(req.Method) || a.partial() || !exchangeFrom(req.Context()).waits() {
		return cause
	}
	grace := a.chain.Grace
	if deadline, ok := a.caller.Deadline(); ok {
		grace = min(grace, deadline.Sub(a.chain.Clock.Now()))
	}
	if grace <= 0 {
		return cause
	}
	a.chain.note(req, n, "waiting for the answer", "the operation was canceled after the request was sent", grace)
	if a.chain.Clock.Sleep(ctx, grace) != nil {
		return cause
	}
	return &GraceError{After: grace.Round(time.Millisecond), Err: cause}
}
