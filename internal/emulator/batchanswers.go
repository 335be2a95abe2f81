package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
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

// answeredLine is one line of an output or error file.
type answeredLine struct {
	ID       string        `json:"id"`
	CustomID string        `json:"custom_id"`
	Response *lineResponse `json:"response"`
	Error    *lineError    `json:"error"`
}

type lineResponse struct {
	Status    int             `json:"status_code"`
	RequestID string          `json:"request_id"`
	Body      json.RawMessage `json:"body"`
}

// lineError is why there was no answer from the endpoint.
type lineError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
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

// answerLines answers lines of a batch until so many are.
func (s *Server) answerLines(b *batchRun, until int) {
	for ; b.answered < until; b.answered++ {
		line := b.lines[b.answered]
		out := b.newLine()
		fault, struck := s.takeLineFault(line)
		if !struck || fault.Late {
			out.Response = s.answerLine(b, line)
		}
		if struck {
			out.strike(fault)
		}
		b.add(out)
	}
}

// newLine is the line of an output file for the next line of the input.
func (b *batchRun) newLine() *answeredLine {
	var asked struct {
		CustomID string `json:"custom_id"`
	}
	_ = json.Unmarshal(b.lines[b.answered], &asked) // it was found valid
	return &answeredLine{ID: "batch_req_" + token(24, b.seed()), CustomID: asked.CustomID}
}

// seed is what tells the next line from all others.
func (b *batchRun) seed() []byte { return []byte(b.id + " " + strconv.Itoa(b.numbers[b.answered])) }

// answerLine has a line answered as if its body had come in a request.
func (s *Server) answerLine(b *batchRun, line []byte) *lineResponse {
	var asked batchLine
	_ = json.Unmarshal(line, &asked) // it was found valid
	requestID := "req_" + token(32, b.seed(), []byte("request"))
	told := &recorder{header: http.Header{"X-Request-Id": {requestID}}, status: http.StatusOK}
	u := &url.URL{Path: b.endpoint}
	if serve := s.methods(elements(u), asked.Body)[http.MethodPost]; serve != nil {
		ctx := context.WithValue(context.Background(), lineKey{}, b.seed())
		serve(told, (&http.Request{Method: http.MethodPost, URL: u, Header: http.Header{}}).WithContext(ctx))
	} else {
		fail(told, invalidURL(http.MethodPost, u.Path))
	}
	return &lineResponse{told.status, requestID, bytes.TrimSpace(told.body.Bytes())}
}

// strike has a fault befall an answer.
func (l *answeredLine) strike(f Fault) {
	if f.Status == 0 {
		l.Response, l.Error = nil, &lineError{"server_error", "The request could not be completed."}
		return
	}
	body := []byte(f.Body)
	if !json.Valid(body) {
		body = []byte(compact(f.Body))
	}
	var small bytes.Buffer
	_ = json.Compact(&small, body) // it is valid
	l.Response = &lineResponse{f.Status, "req_" + token(32, []byte(l.ID)), small.Bytes()}
}

// add adds an answer to what a batch has come to.
func (b *batchRun) add(l *answeredLine) {
	if l.Response == nil || l.Response.Status >= http.StatusBadRequest {
		b.failed++
		b.errored.Write(encode(l))
		return
	}
	b.completed++
	b.output.Write(encode(l))
	b.bill.add(l.Response.Body)
}

// giveUp has what is left of the lines end with an error. They count neither as completed nor as failed.
func (b *batchRun) giveUp(code, message string) {
	for ; b.answered < len(b.lines); b.answered++ {
		l := b.newLine()
		l.Error = &lineError{code, message}
		b.errored.Write(encode(l))
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
