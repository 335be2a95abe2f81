package emulator

import (
	"bytes"
	"net/http"
	"strings"
	"time"
)

// Fault is something that goes wrong with a request. Its parts strike in this
// order: Delay, then Hang or Reset, then the answer, Status's own if it is
// set and else the true one, of which Cut may cut off the end. A Fault with
// none of these does nothing but use up its turn.
type Fault struct {
	Match Match

	// Times is how many matching requests are befallen; 0 means 1 and a
	// negative number all from now on.
	Times int

	// Delay is waited for first, in real time; a client that goes away ends it.
	Delay time.Duration

	// Hang never answers, until the client goes away.
	Hang bool

	// Reset ends the connection with a TCP RST in place of an answer.
	Reset bool

	// Late makes Hang and Reset strike when the request has been processed:
	// its answer exists, is stored if that was asked for, and would be paid
	// for, but is lost.
	Late bool

	// Status, if not 0, is answered with Header and Body in place of the
	// truth, and nothing is processed. A name in Header without values
	// suppresses a header that the server would add.
	Status int
	Header http.Header
	Body   string

	// Cut ends the answer after CutAfter bytes of its body. How, says CutMode.
	Cut      bool
	CutAfter int
	CutMode  CutMode
}

// CutMode is how an answer that is cut off ends.
type CutMode int

const (
	// CutAbort closes the connection in the middle of the body, which its
	// framing (Content-Length or chunks) had promised to be longer.
	CutAbort CutMode = iota
	// CutReset does the same with a TCP RST.
	CutReset
	// CutStall sends nothing more but keeps the connection, until the client
	// goes away.
	CutStall
	// CutClean ends the body as if it were complete: correct HTTP, torn content.
	CutClean
)

// Match says which requests a Fault is for. An empty field matches all.
type Match struct {
	Method string
	Path   string // prefix of the path; a leading /v1 counts on neither side
	Body   string // substring of the body
}

func (m Match) matches(r *Request) bool {
	return (m.Method == "" || m.Method == r.Method) &&
		strings.HasPrefix(strings.TrimPrefix(r.Path, "/v1"), strings.TrimPrefix(m.Path, "/v1")) &&
		m.contained(r.Body)
}

// contained reports whether a text has what is to be in the body.
func (m Match) contained(text []byte) bool {
	return m.Body == "" || bytes.Contains(text, []byte(m.Body))
}

// On returns the fault for requests of a method whose path begins with path;
// either may be empty.
func (f Fault) On(method, path string) Fault {
	f.Match.Method, f.Match.Path = method, path
	return f
}

// Containing returns the fault for requests whose body contains text.
func (f Fault) Containing(text string) Fault {
	f.Match.Body = text
	return f
}

// Repeat returns the fault for n requests; a negative n means all from now on.
func (f Fault) Repeat(n int) Fault {
	f.Times = n
	return f
}

// AfterAnswer returns the fault with Late set.
func (f Fault) AfterAnswer() Fault {
	f.Late = true
	return f
}

type scripted struct {
	fault Fault
	left  int // negative: for ever
}

// Fail scripts faults: each request that comes is befallen by the first fault
// that matches it and is not used up. Faults of several calls queue up.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, script(faults)...)
}

func script(faults []Fault) []*scripted {
	out := make([]*scripted, len(faults))
	for i, f := range faults {
		left := f.Times
		if left == 0 {
			left = 1
		}
		out[i] = &scripted{f, left}
	}
	return out
}

// Heal forgets all faults that have not struck yet, those of the lines of batches included.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.lineFaults = nil, nil
}

func (s *Server) takeFault(r *Request) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return takeScripted(&s.faults, func(m Match) bool { return m.matches(r) })
}

// takeScripted uses the first fault up whose match is the right one.
func takeScripted(faults *[]*scripted, right func(Match) bool) (Fault, bool) {
	for i, f := range *faults {
		if !right(f.fault.Match) {
			continue
		}
		if f.left > 0 {
			f.left--
		}
		if f.left == 0 {
			*faults = append((*faults)[:i:i], (*faults)[i+1:]...)
		}
		return f.fault, true
	}
	return Fault{}, false
}
