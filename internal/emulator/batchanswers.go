package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
)

// tokenBill is what the answers of a batch have cost.
type tokenBill struct {
	Input        int `json:"input_tokens"`
	InputDetails struct {
		Cached int `json:"cached_tokens"`
	} `json:"input_tokens_details"`
	Output        int `json:"output_tokens"`
	OutputDetails struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
	Total int `json:"total_tokens"`
}

// lineAnswer is one line of an output or error file.
type lineAnswer struct {
	seed      []byte // tells it from all others
	customID  string
	status    int // 0 = there was no answer, but an error
	requestID string
	body      []byte // JSON in one line
	code      string // of the error
	message   string
}

type lineKey struct{}

// lineOf is what tells the line of a batch that is answered from all others; nil if a request is answered.
func lineOf(ctx context.Context) []byte {
	seed, _ := ctx.Value(lineKey{}).([]byte)
	return seed
}

// ponder is the wait before an answer of a model. It returns false if the client has gone. Lines of a batch are
// answered in the batch's time.
func (s *Server) ponder(ctx context.Context) bool {
	return lineOf(ctx) != nil || wait(ctx, s.options.Latency)
}

// Lines of a batch are answered so many at a time, by one goroutine for each so many of them, as far as there are
// processors.
const (
	linesAtATime  = 1024
	linesOfWorker = 64
)

// answerLines answers lines of a batch until so many are.
func (s *Server) answerLines(b *batchRun, until int) {
	for b.answered < until {
		answers := make([]*lineAnswer, min(linesAtATime, until-b.answered))
		faults := s.takeLineFaults(b.lines[b.answered:][:len(answers)])
		var next atomic.Int64
		var wg sync.WaitGroup
		for range min(runtime.GOMAXPROCS(0), 1+len(answers)/linesOfWorker) {
			wg.Go(func() {
				for i := int(next.Add(1)) - 1; i < len(answers); i = int(next.Add(1)) - 1 {
					answers[i] = s.answerLine(b, b.answered+i, faults[i])
				}
			})
		}
		wg.Wait()
		for _, a := range answers {
			b.add(a)
		}
		b.answered += len(answers)
	}
}

// takeLineFaults uses up the faults of lines; nil where there is none.
func (s *Server) takeLineFaults(lines [][]byte) []*Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := make([]*Fault, len(lines))
	for i, line := range lines {
		if f, struck := takeScripted(&s.lineFaults, func(m Match) bool { return m.contained(line) }); struck {
			taken[i] = &f
		}
	}
	return taken
}

// answerLine answers the i-th line as if its body had come in a request, unless a fault befalls it.
func (s *Server) answerLine(b *batchRun, i int, fault *Fault) *lineAnswer {
	a, asked := b.newAnswer(i)
	if fault == nil || fault.Late {
		told := &recorder{header: http.Header{"X-Request-Id": {a.requestID}}, status: http.StatusOK}
		u := &url.URL{Path: b.endpoint}
		if serve := s.methods(elements(u), asked)[http.MethodPost]; serve != nil {
			ctx := context.WithValue(context.Background(), lineKey{}, a.seed)
			serve(told, (&http.Request{Method: http.MethodPost, URL: u, Header: http.Header{}}).WithContext(ctx))
		} else {
			fail(told, invalidURL(http.MethodPost, u.Path))
		}
		a.status, a.body = told.status, bytes.TrimSpace(told.body.Bytes())
	}
	if fault != nil {
		a.strike(fault)
	}
	return a
}

// newAnswer is the i-th line without an answer, and the body that asks for it.
func (b *batchRun) newAnswer(i int) (*lineAnswer, []byte) {
	var line batchLine
	_ = json.Unmarshal(b.lines[i], &line) // it was found valid
	seed := []byte(b.id + " " + strconv.Itoa(b.numbers[i]))
	return &lineAnswer{seed: seed, customID: *line.CustomID, requestID: "req_" + token(32, seed)}, line.Body
}

// strike has a fault take the place of an answer.
func (a *lineAnswer) strike(f *Fault) {
	if a.status = f.Status; a.status == 0 {
		a.code, a.message = "server_error", "The request could not be completed."
		return
	}
	var body bytes.Buffer
	if json.Compact(&body, []byte(f.Body)) != nil {
		body.Reset()
		body.WriteString(compact(f.Body))
	}
	a.body = body.Bytes()
}

// writeTo writes the line.
func (a *lineAnswer) writeTo(out *bytes.Buffer) {
	fmt.Fprintf(out, `{"id":"batch_req_%s","custom_id":%s,"response":`, token(24, a.seed), compact(a.customID))
	if a.status == 0 {
		fmt.Fprintf(out, `null,"error":{"code":%s,"message":%s}}`+"\n", compact(a.code), compact(a.message))
		return
	}
	fmt.Fprintf(out, `{"status_code":%d,"request_id":"%s","body":%s},"error":null}`+"\n", a.status, a.requestID, a.body)
}

// add adds an answer to what a batch has come to.
func (b *batchRun) add(a *lineAnswer) {
	if a.status == 0 || a.status >= http.StatusBadRequest {
		b.failed++
		a.writeTo(&b.errored)
		return
	}
	b.completed++
	a.writeTo(&b.output)
	b.bill.add(a.body)
}

// giveUp has what is left of the lines end with an error. They count neither as completed nor as failed.
func (b *batchRun) giveUp(code, message string) {
	for ; b.answered < len(b.lines); b.answered++ {
		a, _ := b.newAnswer(b.answered)
		a.code, a.message = code, message
		a.writeTo(&b.errored)
	}
}

// add adds what an answer says that it has cost, in either of the API's words.
func (t *tokenBill) add(answer []byte) {
	var told struct {
		Usage struct {
			tokenBill
			Prompt     int `json:"prompt_tokens"`
			Completion int `json:"completion_tokens"`
			Details    struct {
				Cached int `json:"cached_tokens"`
			} `json:"prompt_tokens_details"`
			Spent struct {
				Reasoning int `json:"reasoning_tokens"`
			} `json:"completion_tokens_details"`
		} `json:"usage"`
	}
	_ = json.Unmarshal(answer, &told) // only answers of this server get here
	u := told.Usage
	t.Input += u.Input + u.Prompt
	t.Output += u.Output + u.Completion
	t.InputDetails.Cached += u.InputDetails.Cached + u.Details.Cached
	t.OutputDetails.Reasoning += u.OutputDetails.Reasoning + u.Spent.Reasoning
	t.Total += u.Total
}
