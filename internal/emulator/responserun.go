package emulator

import (
	"net/url"
	"time"
)

// responseRun is a response from its creation on. All of it is made then; one in the background shows it later.
// Everything in it is guarded by the mutex of the objects.
type responseRun struct {
	id           string
	created      time.Time
	background   bool
	takes        time.Duration
	hold         int // looks that find it unfinished, at least
	members      map[string]any
	include      []string    // of the request
	items        []item      // all that the model was told
	input        []*resource // what of it the request said
	output       []item      // with what is hidden
	conversation string      // "" = none
	status       string      // in the end
	crashed      *apiError   // in place of an end; nil = it did not

	looks     int
	seen      time.Time // the last time that it was not finished
	ended     time.Time // zero = not yet
	cancelled time.Time // zero = it was not
}

// look notes that somebody sees the response.
func (run *responseRun) look(now time.Time) {
	if !run.ended.IsZero() {
		return
	}
	run.looks++
	if run.come(now); run.ended.IsZero() {
		run.seen = now
	}
}

// come has a response end that is done by now.
func (run *responseRun) come(now time.Time) {
	end := run.created.Add(run.takes)
	waits := run.takes == 0 || run.hold > 0 // until somebody looks
	if !run.ended.IsZero() || now.Before(end) || waits && run.looks <= run.hold {
		return
	}
	if run.ended = end; run.takes == 0 || end.Before(run.seen) {
		run.ended = now
	}
}

// state is the status that the API shows.
func (run *responseRun) state(now time.Time) string {
	switch {
	case !run.cancelled.IsZero():
		return "cancelled"
	case !run.ended.IsZero():
		return run.status
	case run.takes > 0 && now.Before(run.created.Add(run.takes/10)):
		return "queued"
	case run.takes == 0 && run.looks <= max(0, min(1, run.hold-1)):
		return "queued"
	}
	return "in_progress"
}

// show sets what the API shows of a response, whose members it has.
func (run *responseRun) show(m map[string]any, now time.Time, include []string) {
	m["status"], m["completed_at"], m["output"] = run.state(now), nil, []item{}
	switch {
	case run.ended.IsZero(), !run.cancelled.IsZero():
		m["error"], m["incomplete_details"], m["usage"] = nil, nil, nil
		delete(m, "moderation")
	default:
		m["output"] = visible(run.output, include)
		if run.status == "completed" {
			m["completed_at"] = run.ended.Unix()
		}
	}
}

// includedIn are what a query includes.
func includedIn(query url.Values) []string {
	return append(append([]string{}, query["include"]...), query["include[]"]...)
}
