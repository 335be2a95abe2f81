// Package emulator is an HTTP server that speaks OpenAI's API from memory, for
// demonstrations and acceptance tests: chat completions, responses, embeddings and
// moderations, for themselves or in batches, decisions, and the objects that live on the server,
// which are stored responses, files, uploads, batches, vector stores, conversations and webhook endpoints; and
// reports of costs and usage, which are made up. It validates what it is
// sent as strictly as the API does, answers deterministically, records every
// request and fails on demand.
//
// What the user says last can decide how a model answers: REFUSE: and a text is
// refused, FILTER: is filtered. A response with FAIL: fails, with the code and the message
// that may follow; with CRASH: it is a 500, or an error in the middle of a stream.
// A model that reasons spends its tokens on that first: a response with a limit that is
// used up by then says nothing.
//
// It must not know the client side of this project: it imports nothing else
// of the module, so that one misreading of the API cannot hide on both sides
// of the wire.
package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// maxBody is the largest request body that is read, in bytes.
const maxBody = 64 << 20

// Options configures a Server. The zero value accepts every key, answers at
// once, logs nothing and knows the built-in models.
type Options struct {
	// Keys are the API keys that are accepted. Empty means that any key is,
	// and none.
	Keys []string

	// AdminKeys are the keys that are accepted for reports about the organization, and for nothing else. Empty
	// means that any key is, and none, unless there are Keys.
	AdminKeys []string

	// Latency is waited for before each answer of a model (POST
	// /chat/completions, /responses, /embeddings, /moderations, /decisions) and to an upload, in real time
	// whatever Now says; a response in the background is not waited for. A client that goes away ends the wait.
	Latency time.Duration

	// AnswerBytes is how long a plain text is made that answers and would be
	// shorter. A limit of tokens in the request still cuts it.
	AnswerBytes int

	// Log receives one line of JSON per request: time, request_id, method, path, query, status
	// and body. The line is written before the first byte of the answer, and
	// never holds a header. A status of 0 means that nothing was answered.
	// Nil means no log. Writes are serialised.
	Log io.Writer

	// KeepAnswers is how many bytes of an answer's body are kept, for
	// Request.Answer. A longer one is not kept at all, and 0 keeps none.
	KeepAnswers int

	// Now is the clock behind the created and expires_at properties and
	// Request.Time. Nil means time.Now. It must be safe for concurrent use.
	Now func() time.Time

	// Models are the ids of the models that exist; a request for another gets
	// the API's 404. Nil means a built-in list of OpenAI's models for chat,
	// embeddings, moderations and decisions. What is not in that list is for all of these.
	Models []string

	// Profile is whose manners the server has. The zero value is OpenAI's.
	Profile Profile

	// Habits are what the server does otherwise than OpenAI in each completion, with
	// the profile OpenAI. A Fussy server has all of them by turns.
	Habits []Habit

	// Lag is how many looks at a new object find nothing: a GET, a list, an
	// update, a reference in a body. A DELETE finds it at once.
	Lag int

	// Processing is how many GETs and lists show a file in a vector store, or a
	// batch of them, as in_progress. The answer to its creation always does.
	// The GET of a store counts for the files in it. Of a batch of requests, it
	// is how many show it unfinished.
	Processing int

	// ProcessingTime is how long it is in_progress at least, by Now.
	ProcessingTime time.Duration

	// BatchTime is how long a batch takes, by Now: a tenth of it in validation, a tenth for the files of what its
	// lines were answered, and the rest for these. What takes longer than a day expires. 0 means that a batch is
	// finished when it is first looked at. With Processing, so many looks find it unfinished at least.
	BatchTime time.Duration

	// ResponseTime is how long a response in the background takes, by Now: a tenth of it in the queue. 0 means that it is
	// finished when it is first looked at. With Processing, so many looks find it unfinished at least.
	ResponseTime time.Duration

	// BatchTokens is how many tokens of prompts to one model the batches under way may have together; one with which
	// there are more fails. 0 means no limit.
	BatchTokens int

	// ListLag is how long lists lack a new object, by Now.
	ListLag time.Duration

	// PollAfter is what the header openai-poll-after-ms advises beside
	// in_progress. 0 means 1 s, and a negative duration no header.
	PollAfter time.Duration

	// MaxFile is the size of the largest file, in bytes. 0 means OpenAI's 512 MB.
	MaxFile int64

	// AllowDownloads has GET /files/{id}/content give files of every purpose.
	// OpenAI refuses those for assistants and user_data.
	AllowDownloads bool
}

// Profile is a dialect of the protocol.
type Profile int

const (
	// OpenAI answers as OpenAI's own API does.
	OpenAI Profile = iota

	// Fussy answers as compatible servers do, with all of their oddities at
	// once; fussy.go lists them.
	Fussy

	// Azure answers as Azure OpenAI does, at
	// /openai/deployments/{deployment}/chat/completions?api-version=… and
	// …/embeddings, where the deployments are Models; and responses at
	// /openai/responses?api-version=… and /openai/v1/responses. A key is accepted as
	// api-key or as a token.
	Azure
)

// Server is an OpenAI-compatible http.Handler. It serves the API under /v1
// and, alike, without that prefix. All methods are safe for concurrent use.
type Server struct {
	options    Options
	keys       map[string]bool
	adminKeys  map[string]bool
	models     catalogue
	store      store
	made       atomic.Uint64 // what would be billed
	classified atomic.Uint64 // moderations
	fussy      fussy
	objects    objectTree
	answered   tally
	batchWork  sync.Mutex // before that of the objects

	mu       sync.Mutex
	requests []*Request
	faults   []*scripted

	lineFaults    []*scripted
	batchFailures [][]BatchError

	logMu sync.Mutex
}

// Request is one request as the server saw it.
type Request struct {
	ID     string      // the x-request-id it was given
	Time   time.Time   // when it arrived, by Options.Now
	Method string      //
	Path   string      // as sent, escapes included, with or without /v1
	Query  url.Values  //
	Header http.Header // as sent, Authorization included
	Body   []byte      // of a form that is longer than 64 KiB, parts that are cut to 1 KiB
	Bytes  int64       // the length of the body as sent
	Status int         // what was answered; 0 while, or if, nothing was
	Answer []byte      // its body; nil if it was not kept, or a fault made or cut it
}

// New returns a server with nothing stored, recorded or scripted.
func New(options Options) *Server {
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &Server{
		options:   options,
		keys:      map[string]bool{},
		adminKeys: map[string]bool{},
		models:    newCatalogue(options.Models),
	}
	for _, key := range options.Keys {
		s.keys[key] = true
	}
	for _, key := range options.AdminKeys {
		s.adminKeys[key] = true
	}
	return s
}

// Requests returns copies of all requests seen so far, in order of arrival,
// those that a fault befell included.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.requests))
	for i, r := range s.requests {
		out[i] = *r
		out[i].Query = url.Values(http.Header(r.Query).Clone())
		out[i].Header = r.Header.Clone()
		out[i].Body = append([]byte(nil), r.Body...)
		out[i].Answer = append([]byte(nil), r.Answer...)
	}
	return out
}

// Made returns how many answers that would be billed have been made, delivered
// or not, in batches too: completions, responses (one in the background when it is created), embeddings and decisions.
// Moderations are free.
func (s *Server) Made() int {
	s.workOnBatches(context.Background())
	return int(s.made.Load())
}

// Stored returns the ids of the stored completions, oldest first.
func (s *Server) Stored() []string { return s.store.ids() }

// ServeHTTP records the request, lets at most one scripted fault befall it
// and otherwise answers it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	sent, err := s.readBody(w, r)
	r, body := withForm(r, sent.form), sent.kept
	request := s.record(r, sent)
	a := &answer{ResponseWriter: w, server: s, request: request, started: started}
	defer a.settle(0) // if nobody has by then, nothing was answered
	a.Header().Set("X-Request-Id", request.ID)
	fault, struck := s.takeFault(request)
	switch {
	case struck:
		a.discarded = fault.Status != 0 || fault.Cut
		s.injectFault(fault, a, r, body)
	case errors.As(err, new(*http.MaxBytesError)) && sent.form != nil:
		fail(a, s.fileTooLong())
	case err != nil:
		fail(a, invalid("", "", "The request body could not be read: %v", err))
	default:
		s.serve(a, r, body)
	}
}

func (s *Server) record(r *http.Request, sent sentBody) *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	request := &Request{
		ID:     requestID(len(s.requests) + 1),
		Time:   s.options.Now(),
		Method: r.Method,
		Path:   r.URL.EscapedPath(),
		Query:  r.URL.Query(),
		Header: r.Header.Clone(),
		Body:   sent.kept,
		Bytes:  sent.bytes,
	}
	s.requests = append(s.requests, request)
	return request
}

// requestID numbers requests from 1, so that a test can predict it.
func requestID(n int) string {
	digits := strconv.Itoa(n)
	return "req_" + strings.Repeat("0", max(0, 32-len(digits))) + digits
}

// answer is the response to one recorded request. It adds the headers that
// every answer of the API has, and settles status and log line before the
// first byte leaves.
type answer struct {
	http.ResponseWriter
	server  *Server
	request *Request
	started time.Time
	settled bool

	discarded bool // the body is not kept
}

// Unwrap lets http.ResponseController flush and hijack.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	if a.settled {
		return
	}
	header := a.Header()
	setDefault(header, "Openai-Processing-Ms", strconv.FormatInt(time.Since(a.started).Milliseconds(), 10))
	setDefault(header, "Openai-Version", "2020-10-01")
	a.settle(status)
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.keep(p)
	return a.ResponseWriter.Write(p)
}

// keep adds to what is kept of the body, all or nothing.
func (a *answer) keep(p []byte) {
	if a.discarded {
		return
	}
	a.server.mu.Lock()
	defer a.server.mu.Unlock()
	if len(a.request.Answer)+len(p) > a.server.options.KeepAnswers {
		a.request.Answer, a.discarded = nil, true
		return
	}
	a.request.Answer = append(a.request.Answer, p...)
}

// setDefault leaves a header alone that is present, even without values:
// such a header is not sent at all.
func setDefault(header http.Header, name, value string) {
	if _, present := header[name]; !present {
		header[name] = []string{value}
	}
}

// settle fixes the status of the request, once, and logs it.
func (a *answer) settle(status int) {
	if a.settled {
		return
	}
	a.settled = true
	a.server.mu.Lock()
	a.request.Status = status
	a.server.mu.Unlock()
	a.server.log(a.request, status)
}

func (s *Server) log(request *Request, status int) {
	if s.options.Log == nil {
		return
	}
	line := struct {
		Time      time.Time `json:"time"`
		RequestID string    `json:"request_id"`
		Method    string    `json:"method"`
		Path      string    `json:"path"`
		Query     string    `json:"query,omitempty"`
		Status    int       `json:"status"`
		Body      any       `json:"body"`
	}{request.Time, request.ID, request.Method, request.Path, request.Query.Encode(), status, nil}
	switch {
	case json.Valid(request.Body):
		line.Body = json.RawMessage(request.Body)
	case len(request.Body) > 0:
		line.Body = string(request.Body)
	}
	text := encode(line)
	s.logMu.Lock()
	defer s.logMu.Unlock()
	_, _ = s.options.Log.Write(text) // a log that fails must not fail a request
}
