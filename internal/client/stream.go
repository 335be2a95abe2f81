package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/openai/openai-go/v3/packages/ssestream"
)

// Stream makes one call whose answer is text/event-stream and calls event with
// the JSON of each data event, in order, until "[DONE]" or the end of the
// stream. data is only valid during the call.
//
// A server that does not stream and answers with one JSON document instead is
// tolerated: event is then not called, and Answer.Body holds the document. An
// error sent inside of the stream, or as plain JSON with a status of 200, is a
// *Problem like any other. An error of event stops the stream and is found in
// the *Problem by errors.Is and errors.As. The Answer returned with an error
// carries the request ID, if known.
func (c *Client) Stream(ctx context.Context, r Request, event func(data []byte) error) (answer Answer, err error) {
	call := c.newCall(ctx, r)
	defer call.settle()
	res, problem := call.send()
	if problem != nil {
		return Answer{RequestID: problem.RequestID}, problem
	}
	defer res.Body.Close()
	return call.stream(res, event)
}

// stream reads an answer with a status of success.
func (k *call) stream(res *http.Response, event func(data []byte) error) (Answer, error) {
	s := &stream{call: k, res: res, answer: Answer{RequestID: k.requestID(res)}}
	in := bufio.NewReader(res.Body)
	first, err := firstByte(in)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return s.answer, k.at(res, k.fail(err))
	case first == '{' || first == '[':
		body, err := io.ReadAll(in)
		if err != nil {
			return s.answer, k.at(res, k.fail(err))
		}
		return k.whole(res, body)
	}
	return s.read(in, event)
}

// firstByte looks past white space and a byte order mark, which mean nothing in
// JSON nor between events. 0 with io.EOF = there is nothing else.
func firstByte(in *bufio.Reader) (byte, error) {
	if mark, err := in.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	for {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		if b != ' ' && b != '\t' && b != '\r' && b != '\n' {
			return b, in.UnreadByte()
		}
	}
}

// stream is the reading of one text/event-stream.
type stream struct {
	call   *call
	res    *http.Response
	answer Answer
	events int
	start  excerpt // of the raw stream, for when it is not one
}

func (s *stream) read(in io.Reader, event func(data []byte) error) (Answer, error) {
	// The decoder gives an event at the empty line after it; some servers
	// leave that out after the last one.
	in = io.MultiReader(io.TeeReader(in, &s.start), strings.NewReader("\n\n"))
	events := ssestream.NewDecoder(&http.Response{
		Header: http.Header{"Content-Type": {"text/event-stream"}},
		Body:   io.NopCloser(in),
	})
	for events.Next() {
		data := bytes.TrimSpace(events.Event().Data)
		if len(data) == 0 {
			continue
		}
		if string(data) == "[DONE]" {
			s.answer.Complete = true
			break
		}
		if err := s.one(events.Event().Type, data, event); err != nil {
			return s.answer, err
		}
		s.events++
	}
	switch err := events.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return s.answer, s.call.at(s.res, s.call.tooLong(err))
	case err != nil:
		return s.answer, s.call.at(s.res, s.call.fail(err))
	case s.events == 0:
		return s.answer, s.nothing()
	}
	return s.answer, nil
}

// one handles one event.
func (s *stream) one(kind string, data []byte, event func(data []byte) error) error {
	if !json.Valid(data) && kind != "error" {
		return s.call.unreadable(s.res, data)
	}
	if kind == "error" || isErrorEvent(data) {
		problem := s.call.refused(s.res, data)
		problem.MaybeBilled = s.events > 0 && s.call.costs()
		return problem
	}
	if bytes.Contains(data, []byte(`"total_tokens"`)) {
		s.call.learnUsage(data)
	}
	if err := event(s.call.withoutKeys(data)); err != nil {
		return s.call.at(s.res, s.call.rejected(err))
	}
	return nil
}

// nothing explains a stream without an event: it may be an error in plain JSON
// after comments, or no stream at all.
func (s *stream) nothing() error {
	for line := range bytes.Lines(s.start.data) {
		if line = bytes.TrimSpace(line); isErrorDocument(line) {
			return s.call.refused(s.res, line)
		}
	}
	return s.call.unreadable(s.res, s.start.data)
}

// excerpt keeps the first bytes written to it.
type excerpt struct{ data []byte }

func (e *excerpt) Write(p []byte) (int, error) {
	if room := maxParsed - len(e.data); room > 0 {
		e.data = append(e.data, p[:min(room, len(p))]...)
	}
	return len(p), nil
}
