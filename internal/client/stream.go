package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// Stream makes one call whose answer is text/event-stream and calls event with
// the JSON object of each data event, in order, until "[DONE]" or the end of the
// stream. data is only valid during the call.
//
// How an answer comes is the server's to decide. One that is a JSON object and
// nothing else is in Answer.Body, and event is not called; lists and lines of JSON
// are events. What keeps the connection alive is passed over in any dress: comments,
// also as data, events called ping, and data that is no JSON object. JSON with the slips that
// jsontext.Repair knows is repaired.
//
// An error sent inside of the stream, or as plain JSON with a status of 200, is a
// *Problem like any other. An event that is damaged is one as well, after the rest of the
// stream was read. An error of event stops the stream and is found in
// the *Problem by errors.Is and errors.As. The Answer returned with an error
// carries the request ID, if known, and in Body the text of an answer of which nothing
// could be read: it is no JSON then.
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
	case first == '{' || first == '[' || first == '"':
		body, err := io.ReadAll(in)
		if err != nil {
			s.answer.Body = k.unread(res, body)
			return s.answer, k.at(res, k.fail(err))
		}
		if json, ok := object(body); ok {
			return k.whole(res, json)
		}
		return s.read(bytes.NewReader(body), event)
	}
	return s.read(in, event)
}

// object is the JSON object that a body is; ok is false where it is none.
func object(body []byte) (json []byte, ok bool) {
	body, ok = jsontext.Repair(decoded(bytes.TrimSpace(body)))
	return body, ok && body[0] == '{'
}

// decoded is the JSON object in a JSON text, as gateways send it that encode twice; what is
// none stays as it is.
func decoded(text []byte) []byte {
	var inside string
	if !bytes.HasPrefix(text, []byte(`"`)) || json.Unmarshal(text, &inside) != nil || !strings.HasPrefix(strings.TrimSpace(inside), "{") {
		return text
	}
	return []byte(strings.TrimSpace(inside))
}

// undressed reads an answer that was to be a JSON object and is none: it may be one
// in the dress of a stream, or with the end of a stream after it.
func (k *call) undressed(res *http.Response, body []byte) (Answer, error) {
	s := &stream{call: k, res: res, answer: Answer{RequestID: k.requestID(res)}}
	var objects [][]byte
	answer, err := s.read(bytes.NewReader(body), func(data []byte) error {
		objects = append(objects, bytes.Clone(data))
		return nil
	})
	switch {
	case err != nil:
		return answer, err
	case len(objects) != 1:
		answer.Body = k.unread(res, body)
		return answer, k.unreadable(res, body)
	}
	answer.Body, answer.Complete = objects[0], true
	return answer, nil
}

// unread is the text of an answer that cannot be read but may have been paid for; nil
// where it is a web page, which no model wrote.
func (k *call) unread(res *http.Response, body []byte) []byte {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || isPage(res, body) {
		return nil
	}
	return k.withoutKeys(bytes.Clone(body))
}

// isPage reports whether a body is HTML.
func isPage(res *http.Response, body []byte) bool {
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return kind == "text/html" || bytes.HasPrefix(body, []byte("<"))
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
	call    *call
	res     *http.Response
	answer  Answer
	events  int
	damaged *Problem // the first event that cannot be read; nil = none
	remark  []byte   // what came since the last event and is none; nil = nothing
	start   excerpt  // of the raw stream, for when it is not one
}

func (s *stream) read(in io.Reader, event func(data []byte) error) (Answer, error) {
	events := newEventReader(io.TeeReader(in, &s.start))
	for !s.answer.Complete {
		next, err := events.next()
		switch {
		case errors.Is(err, io.EOF):
			return s.ended()
		case errors.Is(err, errLongEvent):
			return s.answer, s.call.at(s.res, s.call.tooLong(err))
		case err != nil:
			if s.events == 0 {
				s.answer.Body = s.call.unread(s.res, s.start.data)
			}
			return s.answer, s.call.at(s.res, s.call.fail(err))
		}
		if err := s.one(next, event); err != nil {
			return s.answer, err
		}
	}
	return s.ended()
}

// ended says what is wrong with a stream that was read to its end.
func (s *stream) ended() (Answer, error) {
	s.answer.Remark = s.call.text(string(s.remark[:min(len(s.remark), 4*maxExcerpt)]), maxExcerpt)
	if s.events == 0 {
		s.answer.Body = s.call.unread(s.res, s.start.data)
	}
	switch {
	case s.damaged != nil && (s.events > 0 || !isPage(s.res, bytes.TrimSpace(s.start.data))):
		return s.answer, s.damaged
	case s.events == 0:
		return s.answer, s.call.unreadable(s.res, s.start.data)
	}
	return s.answer, nil
}

// one handles one event.
func (s *stream) one(e event, event func(data []byte) error) error {
	switch {
	case len(e.data) == 0:
		return nil
	case isDone(e.data):
		s.answer.Complete = true
		return nil
	case e.name == "error":
		return s.refused(e.data)
	}
	e.data = decoded(e.data)
	if !isJSON(e.data) {
		if !isPing(e.name) {
			s.remark = e.data
		}
		return nil
	}
	text, ok := jsontext.Repair(e.data)
	switch {
	case !ok:
		if s.damaged == nil {
			s.damaged = s.call.unreadable(s.res, e.data)
		}
		return nil
	case text[0] == '{':
		return s.object(e.name, text, event)
	}
	var list []json.RawMessage
	_ = json.Unmarshal(text, &list) // it is a list
	for _, item := range list {
		if item[0] != '{' {
			continue
		}
		if err := s.object(e.name, item, event); err != nil {
			return err
		}
	}
	return nil
}

// object handles one JSON object of an event.
func (s *stream) object(name string, data []byte, event func(data []byte) error) error {
	if isErrorEvent(data) {
		return s.refused(data)
	}
	if isKeepAlive(name, data) {
		return nil
	}
	if bytes.Contains(data, []byte(`"total_tokens"`)) {
		s.call.learnUsage(data)
	}
	s.remark = nil
	if err := event(s.call.withoutKeys(data)); err != nil {
		return s.call.at(s.res, s.call.rejected(err))
	}
	s.events++
	return nil
}

func (s *stream) refused(data []byte) *Problem {
	problem := s.call.refused(s.res, data)
	problem.MaybeBilled, problem.MaybeCreated = false, false
	if s.events > 0 {
		s.call.mayHaveWorked(problem)
	}
	return problem
}

// isKeepAlive reports whether an object in an event says nothing.
func isKeepAlive(name string, data []byte) bool {
	if bytes.Contains(data, []byte(`"choices"`)) {
		return false
	}
	var doc map[string]any
	if json.Unmarshal(data, &doc) != nil {
		return false
	}
	for _, kind := range []string{"type", "object", "event"} {
		if word, _ := doc[kind].(string); isPing(word) {
			return true
		}
	}
	return len(doc) == 0 || isPing(name)
}

var wordBreaks = strings.NewReplacer("-", "", "_", "", " ", "")

// isPing reports whether the name of an event says that it only keeps a connection alive.
func isPing(name string) bool {
	switch strings.ToLower(wordBreaks.Replace(name)) {
	case "ping", "keepalive", "heartbeat":
		return true
	}
	return false
}

// excerpt keeps the first bytes written to it.
type excerpt struct{ data []byte }

func (e *excerpt) Write(p []byte) (int, error) {
	if room := maxParsed - len(e.data); room > 0 {
		e.data = append(e.data, p[:min(room, len(p))]...)
	}
	return len(p), nil
}
