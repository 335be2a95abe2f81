package emulator

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"
)

// The work on a batch that takes some time is validated until a tenth of it has passed, and finalized from nine
// tenths on. In between, lines are answered one after the other.
const (
	validatedAt  = 0.1
	finalizingAt = 0.9
)

// maxCancelling is how long a batch is being cancelled at most.
const maxCancelling = 10 * time.Minute

// batchRun is the work on one batch. It is done when somebody looks, as far as it would have come by then.
// Server.batchWork guards it, and the mutex of the objects as well what requests set.
type batchRun struct {
	id       string
	created  time.Time
	endpoint string
	input    blob
	takes    time.Duration
	fileLife int64 // in seconds
	hold     int   // looks that find it unfinished, at least

	looks     int       // that found it unfinished
	seen      time.Time // the last of them
	cancelled time.Time // when that was asked for; zero = it was not

	status    string
	began     time.Time // zero = not in progress yet
	finalizes time.Time // zero = not yet
	ended     time.Time // zero = not yet
	errors    []BatchError

	validated bool
	model     string
	tokens    int      // of all prompts, if they are counted
	lines     [][]byte // in the order in which they are answered
	numbers   []int    // of the lines in the input, from 1

	answered          int // of the lines
	completed, failed int
	bill              tokenBill
	output, errored   bytes.Buffer
}

// stage is how far a batch is.
type stage struct {
	status    string
	validated bool
	share     float64   // of the lines that are answered
	at        time.Time // when it came to the status, if that is an end
}

// look notes that somebody saw the batch.
func (b *batchRun) look(now time.Time) {
	if b.ended.IsZero() && b.cancelled.IsZero() {
		b.looks++
		b.seen = now
	}
}

// part is how much of the work is done at a time, of 1.
func (b *batchRun) part(at time.Time) float64 {
	part := 1.0
	if b.takes > 0 {
		part = min(part, float64(at.Sub(b.created))/float64(b.takes))
	}
	return min(part, float64(b.looks+1)/float64(b.hold+1))
}

// due is how far the batch is at a time.
func (b *batchRun) due(now time.Time) stage {
	end, expires := now, b.created.Add(completedWithin)
	if !b.cancelled.IsZero() {
		end = b.cancelled
	}
	overdue := !end.Before(expires)
	if overdue {
		end = expires
	}
	part := b.part(end)
	d := stage{validated: part >= validatedAt, share: (part - validatedAt) / (finalizingAt - validatedAt)}
	d.share = max(0, min(1, d.share))
	cancelledAt := b.cancelled.Add(min(maxCancelling, b.takes/10))
	switch {
	case !b.cancelled.IsZero() && now.Before(cancelledAt):
		d.status = "cancelling"
	case !b.cancelled.IsZero():
		d.status, d.at = "cancelled", cancelledAt
	case part >= 1:
		d.status, d.at = "completed", b.moment(1)
	case overdue:
		d.status, d.at, d.validated = "expired", expires, true
	case part >= finalizingAt:
		d.status = "finalizing"
	case d.validated:
		d.status = "in_progress"
	default:
		d.status = "validating"
	}
	return d
}

// moment is when so much of the work was done: as planned, or when it had last been seen not to be.
func (b *batchRun) moment(part float64) time.Time {
	at := b.created.Add(time.Duration(part * float64(b.takes)))
	if at.Before(b.seen) {
		return b.seen
	}
	return at
}

// moments are the times that the API shows.
func (b *batchRun) moments(now stage) map[string]any {
	out := map[string]any{}
	note := func(name string, at time.Time) {
		if !at.IsZero() {
			out[name] = at.Unix()
		}
	}
	note("in_progress_at", b.began)
	note("finalizing_at", b.finalizes)
	if !b.ended.IsZero() {
		note(now.status+"_at", b.ended)
	}
	return out
}

// workOnBatches does what has become due of all batches. An answer to a line of one does not come here.
func (s *Server) workOnBatches(ctx context.Context) {
	if lineOf(ctx) != nil {
		return
	}
	s.batchWork.Lock()
	defer s.batchWork.Unlock()
	s.objects.mu.Lock()
	var open []*resource
	for _, r := range s.objects.root.shelf(batches.name).order {
		if _, fixed := r.forced["status"]; r.run.ended.IsZero() && !fixed {
			open = append(open, r)
		}
	}
	s.objects.mu.Unlock()
	for _, r := range open {
		s.workOnBatch(r)
	}
}

// workOnBatch answers lines without holding up requests about other objects, of which one may cancel the batch.
func (s *Server) workOnBatch(r *resource) {
	b := r.run
	for {
		now := s.options.Now()
		s.objects.mu.Lock()
		d := b.due(now)
		s.objects.mu.Unlock()
		if d.validated && !b.validated && len(b.errors) == 0 {
			s.validateBatch(b)
		}
		if len(b.errors) == 0 {
			s.answerLines(b, int(math.Floor(d.share*float64(len(b.lines))+1e-6)))
		}
		s.objects.mu.Lock()
		settled := b.due(now) == d
		if settled {
			b.come(d)
			if !b.ended.IsZero() {
				s.endBatch(r, d)
			}
			if len(b.errors) > 0 {
				d.status = b.status
			}
			b.show(r.members, d)
		}
		s.objects.mu.Unlock()
		if settled {
			return
		}
	}
}

// come brings a run to a stage.
func (b *batchRun) come(d stage) {
	b.status = d.status
	if d.validated && b.began.IsZero() {
		b.began = b.moment(validatedAt)
	}
	if len(b.errors) > 0 && d.validated {
		b.status, b.ended, b.began = "failed", b.began, time.Time{}
		return
	}
	if d.status == "finalizing" || d.status == "completed" {
		if b.finalizes.IsZero() {
			b.finalizes = b.moment(finalizingAt)
		}
	}
	b.ended = d.at
}

// endBatch puts what a batch has come to into files. The mutex of the objects is held.
func (s *Server) endBatch(r *resource, d stage) {
	b := r.run
	if d.status != "completed" && len(b.errors) == 0 {
		b.giveUp("batch_"+d.status, givenUp[d.status])
	}
	c := &call{Server: s, now: b.ended}
	for _, f := range []struct {
		kind, member string
		content      *bytes.Buffer
	}{{"output", "output_file_id", &b.output}, {"error", "error_file_id", &b.errored}} {
		if f.content.Len() == 0 {
			continue
		}
		file := &resource{id: c.newID(files.prefix), unseen: s.options.Lag, made: b.ended, members: map[string]any{
			"created_at": b.ended.Unix(), "purpose": "batch_output", "expires_at": b.ended.Unix() + b.fileLife,
		}}
		c.fill(file, fmt.Sprintf("%s_%s.jsonl", b.id, f.kind), newBlob(f.content.Bytes(), math.MaxInt64))
		s.objects.root.shelf(files.name).add(file)
		r.members[f.member] = file.id
	}
	b.input, b.output, b.errored = blob{}, bytes.Buffer{}, bytes.Buffer{}
	for i := range b.lines {
		b.lines[i] = nil
	}
}

// givenUp is what is said of lines that a batch had no time for, by its last status.
var givenUp = map[string]string{
	"expired":   "This request could not be executed before the completion window expired.",
	"cancelled": "This request was not executed because the batch was cancelled.",
}
