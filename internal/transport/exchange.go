package transport

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Exchange is what became of one call, over all of its attempts and redirects.
// It is safe for concurrent use.
type Exchange struct {
	caller context.Context // of the call; nil = the request's

	mu    sync.Mutex
	tries int
	sent  int
	last  outcome
	same  bool
	long  time.Duration

	expected int     // tokens
	limits   []Limit // besides those of all
	slot     *slot   // of the last attempt
	repeats  func(ctx context.Context) bool

	abandoned bool // an answer that is under way is not waited for when the caller gives up
	harmless  bool // it may be sent twice, whatever its method

	upload    *Upload // the body of its requests; nil = they have their own
	downloads bool    // an answer is passed on as it comes
	most      int64   // bytes of a download

	withheld bool // bodies are not logged
	passages *Passages
}

// outcome is what became of one attempt.
type outcome struct {
	sent    bool // it was written, at least in part
	partial bool // and, an upload, in part only
	maybe   bool // and may have been answered: no error status came back, or one that does not say
	reached bool // and may have got to where the work is done
}

// outcomeOf judges by an answer, or by an error.
func outcomeOf(wrote, partial bool, res *http.Response, err error) outcome {
	switch {
	case err != nil && wrote && partial:
		return outcome{sent: true, partial: true}
	case !wrote || err != nil:
		return outcome{sent: wrote, maybe: wrote, reached: wrote}
	}
	body := errorBody(res)
	return outcome{
		sent:    true,
		maybe:   res.StatusCode < 400 || MaybeAnswered(res.StatusCode, body),
		reached: reached(res.StatusCode, body),
	}
}

type exchangeKey struct{}

// Watch returns a context that reports what becomes of the requests made with it. It
// does not end when ctx does: the chain looks at ctx itself, and gives a request that was
// sent Options.Grace to be answered, so that nobody between the caller and the chain
// throws the answer away.
func Watch(ctx context.Context) (context.Context, *Exchange) {
	ex := &Exchange{caller: ctx}
	return context.WithValue(context.WithoutCancel(ctx), exchangeKey{}, ex), ex
}

// Caller is the context that was given to Watch, where ctx comes from there, else ctx.
// It ends when the caller gives up: what is not a request under way goes by it.
func Caller(ctx context.Context) context.Context {
	if ex := exchangeFrom(ctx); ex.caller != nil {
		return ex.caller
	}
	return ctx
}

// Abandon has the call end at once when its caller gives up, also where the request
// was sent: for answers that are kept nowhere.
func (ex *Exchange) Abandon() {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.abandoned = true
}

// AllowRepeat says that sending the request twice does no harm, whatever its method: an
// update of an object, or what costs nothing and creates nothing.
func (ex *Exchange) AllowRepeat() {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.harmless = true
}

// repeatable reports whether a request may be sent again after an answer was lost.
func repeatable(req *http.Request) bool {
	if Repeatable(req.Method) {
		return true
	}
	ex := exchangeFrom(req.Context())
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.harmless
}

// waits reports whether an answer that is under way is waited for when the caller gives up.
func (ex *Exchange) waits() bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.caller != nil && !ex.abandoned
}

// Tries is how often sending was begun, whether or not a connection was made.
func (ex *Exchange) Tries() int {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.tries
}

// Sent is how many requests were written, at least in part.
func (ex *Exchange) Sent() int {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.sent
}

// MaybeAnswered says that the last request was written and that no error status
// came back for it, or one that leaves it open: the server may have done the work.
func (ex *Exchange) MaybeAnswered() bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.last.maybe
}

// Partial says that the last request carried an Upload and ended without an answer before
// the last byte of it was read: the server cannot have carried it out.
func (ex *Exchange) Partial() bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.last.partial
}

// Reached says that the last request may have got to where the work is done,
// and be billed, even if a failure came back. Only a refusal says that it did not.
func (ex *Exchange) Reached() bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.last.reached
}

// BeforeRepeat has allow asked before a request is sent again that Reached,
// since each such attempt may cost. Where it says no, the last answer is final.
// allow may wait, but not for the same call.
func (ex *Exchange) BeforeRepeat(allow func(ctx context.Context) bool) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.repeats = allow
}

func (ex *Exchange) mayRepeat(ctx context.Context) bool {
	ex.mu.Lock()
	allow, reached := ex.repeats, ex.last.reached
	ex.mu.Unlock()
	return !reached || allow == nil || allow(ctx)
}

// Repeated says that sending ended early, because the server gave the same
// fault in the same words twice.
func (ex *Exchange) Repeated() bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.same
}

// TooLong is the wait before another attempt that was not made because it is
// longer than a minute, or than the time that is left; 0 = there was none such.
func (ex *Exchange) TooLong() time.Duration {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.long
}

// Expect says about how many tokens an attempt will take, question and answer.
func (ex *Exchange) Expect(tokens int) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.expected = tokens
}

// Used says how many tokens the last attempt really took.
func (ex *Exchange) Used(tokens int) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.slot.correct(tokens)
}

// Withhold keeps the bodies of this call out of the log, and these passages out of
// all else there: they may be written nowhere.
func (ex *Exchange) Withhold(passages *Passages) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.withheld, ex.passages = true, passages
}

func (ex *Exchange) withholds() (bool, *Passages) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.withheld, ex.passages
}

func exchangeFrom(ctx context.Context) *Exchange {
	if ex, ok := ctx.Value(exchangeKey{}).(*Exchange); ok {
		return ex
	}
	return &Exchange{}
}

func (ex *Exchange) expects() int {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.expected
}

func (ex *Exchange) begin(slot *slot) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.tries++
	ex.slot = slot
}

// finish notes what became of the attempt. One that did not get through took no tokens.
func (ex *Exchange) finish(o outcome) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if o.sent {
		ex.sent++
	}
	ex.last = o
	if !o.reached {
		ex.slot.correct(0)
	}
}

func (ex *Exchange) repeat() {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.same = true
}

func (ex *Exchange) tooLong(wait time.Duration) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.long = wait
}
