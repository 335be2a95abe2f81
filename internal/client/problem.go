package client

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind says in which way a call failed.
type Kind string

// Kinds of Problem.
const (
	API         Kind = "api"          // the server answered with an error; Status is its status, 2xx for an error inside of an answer
	NoKey       Kind = "no_key"       // no call was made: there is no API key
	NoToken     Kind = "no_token"     // no call was made: Entra ID gave no token
	InsecureURL Kind = "insecure_url" // no call was made: a secret would travel over plain HTTP
	Redirect    Kind = "redirect"     // the server redirects to where the key and the request must not go
	NotSent     Kind = "not_sent"     // the server cannot have seen the request
	Lost        Kind = "lost"         // sent, but no complete answer came back
	Timeout     Kind = "timeout"      // one attempt took longer than request_timeout
	Source      Kind = "source"       // the file to be sent could not be read, or changed: the server has a part at most
	Target      Kind = "target"       // what came could not be written
	Canceled    Kind = "canceled"     // the caller's context was canceled
	Deadline    Kind = "deadline"     // the deadline of the caller's context passed, or a limit's wait would have outlasted it
	Budget      Kind = "budget"       // no call was made: it would exceed what this run may spend
	BadAnswer   Kind = "bad_answer"   // a status of success, but not an answer that can be read
)

// Problem is every error that Do, Stream and Download return. None of its texts contains
// a secret of the settings or of the request, also where the server repeats it.
type Problem struct {
	Kind        Kind
	Status      int           // of the last answer; 0 = there was none
	Message     string        // what the server said, or what went wrong; one paragraph, of limited length
	Type        string        // the server's error type; "" = not given
	Code        string        // the server's error code, a number in decimal; "" = not given
	Param       string        // the parameter of the request that the server names, such as "messages[0].role"; "" = not given
	RequestID   string        // "" = not known
	Attempts    int           // requests of which at least a part was sent
	RetryAfter  time.Duration // how long the server asks to wait; 0 = it does not say
	MaybeBilled bool          // the server may have made, and billed, an answer that was not received or not understood

	// MaybeCreated says that the request creates an object and may have done so, though no
	// answer says which: look for it before another is created.
	MaybeCreated bool

	tries     int    // attempts begun, sent or not
	quoted    bool   // Message is the server's
	longQuota bool   // a 429 that speaks of a quota of a day or longer
	page      bool   // the answer is a page for people: a proxy's, which knows nothing of the API's objects
	unclear   bool   // an error status that leaves open whether the request was carried out
	next      string // the next thing to do
	cause     error
}

// Error is one line, without the next step.
func (p *Problem) Error() string {
	text := p.Message
	if p.Kind == API && p.Status >= 300 {
		text = statusText(p.Status) + ": " + text
	}
	var notes []string
	if p.Code != "" {
		notes = append(notes, p.Code)
	}
	if p.RequestID != "" {
		notes = append(notes, "request ID "+p.RequestID)
	}
	if len(notes) == 0 {
		return text
	}
	return text + " (" + strings.Join(notes, ", ") + ")"
}

// Detail is a few paragraphs for a diagnostic: what the API said; status, type,
// code, parameter, request ID and attempts; the next thing to do.
func (p *Problem) Detail() string {
	lead := p.Message
	if p.quoted {
		lead = "The API said: " + lead
	}
	if p.MaybeBilled {
		lead += "\n\nThe server may still have generated an answer, and may bill it."
	}
	if p.MaybeCreated {
		lead += "\n\nThe object may exist on the server all the same. Look for it there before you run the operation again: otherwise there may be two."
	}
	parts := []string{lead}
	if facts := p.facts(); len(facts) > 0 {
		parts = append(parts, strings.Join(facts, "\n"))
	}
	if p.next != "" {
		parts = append(parts, p.next)
	}
	return strings.Join(parts, "\n\n")
}

func (p *Problem) facts() []string {
	var facts []string
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, name+": "+value)
		}
	}
	if p.Status != 0 {
		add("Status", statusText(p.Status))
	}
	add("Type", p.Type)
	add("Code", p.Code)
	add("Parameter", p.Param)
	add("Request ID", p.RequestID)
	switch {
	case p.Attempts > 0:
		add("Requests sent", strconv.Itoa(p.Attempts))
	case p.tries > 0:
		add("Requests sent", fmt.Sprintf("none (tried %s)", times(p.tries)))
	}
	return facts
}

// Unwrap gives the cause: among others the cause of the caller's context when
// that ended, and the error of the caller's event function.
func (p *Problem) Unwrap() error { return p.cause }

// HasStatus reports whether err is, or wraps, the server's answer to a call with
// one of these HTTP statuses: a *Problem of the kind API. An error inside of an answer
// with a status of success has that status, whatever code it names. False for nil.
func HasStatus(err error, statuses ...int) bool {
	var problem *Problem
	return errors.As(err, &problem) && problem.Kind == API && slices.Contains(statuses, problem.Status)
}

// IsGone reports whether the server says that there is no such object (any
// more): HasStatus(err, http.StatusNotFound). A page in HTML, as proxies send, a host name that is not known, a
// connection that is refused and the like are not "gone", and neither is 410, with
// which an API says that it has been switched off. False for nil.
func IsGone(err error) bool {
	var problem *Problem
	return HasStatus(err, http.StatusNotFound) && errors.As(err, &problem) && !problem.page
}

// veiled is an error whose text is known to be free of secrets. The original
// stays reachable for errors.Is and errors.As.
type veiled struct {
	text string
	err  error
}

func (v *veiled) Error() string { return v.text }
func (v *veiled) Unwrap() error { return v.err }

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strconv.Itoa(status) + " " + text
	}
	return strconv.Itoa(status)
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}
