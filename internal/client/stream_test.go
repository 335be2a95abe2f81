package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

func TestStream(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status   int
		kind     string
		body     string
		events   []string
		whole    string
		complete bool
		bad      client.Kind
		billed   bool
		text     []string
	}{
		"events": {
			kind: sse, body: ": ping\n\ndata: {\"a\":1}\n\n: ping\nevent: x\nid: 7\ndata: {\"b\":\ndata: 2}\n\ndata: {\"usage\":1}\n\ndata: {\"usage\":2}\n\ndata: [DONE]\n\n",
			events: []string{`{"a":1}`, "{\"b\":\n2}", `{"usage":1}`, `{"usage":2}`}, complete: true,
		},
		"line ends of Windows":         {kind: sse, body: "data: {\"n\":1}\r\n\r\ndata: [DONE]\r\n\r\n", events: []string{`{"n":1}`}, complete: true},
		"no space, no empty last line": {kind: sse, body: "data:{\"n\":1}\n\ndata:{\"n\":2}\n\ndata:[DONE]", events: []string{`{"n":1}`, `{"n":2}`}, complete: true},
		"byte order mark":              {kind: sse, body: "\ufeff\n\ndata: {\"n\":1}\n\n", events: []string{`{"n":1}`}},
		"nothing after [DONE]":         {kind: sse, body: "data: {\"n\":1}\n\ndata: [DONE]\n\ndata: {\"n\":2}\n\n", events: []string{`{"n":1}`}, complete: true},
		"no [DONE]":                    {kind: sse, body: "data: {\"n\":1}\n\ndata: {\"n\":2}\n\n", events: []string{`{"n":1}`, `{"n":2}`}},
		"no [DONE], no empty line":     {kind: sse, body: "data: {\"n\":1}\n\ndata: {\"n\":2}", events: []string{`{"n":1}`, `{"n":2}`}},
		"called JSON":                  {kind: "application/json", body: "data: {\"n\":1}\n\ndata: [DONE]\n\n", events: []string{`{"n":1}`}, complete: true},
		"null error":                   {kind: sse, body: "data: {\"error\":null}\n\ndata: [DONE]\n\n", events: []string{`{"error":null}`}, complete: true},
		"JSON":                         {kind: "application/json", body: "\n {\"id\":1} \n", whole: `{"id":1}`, complete: true},
		"JSON called a stream":         {kind: sse, body: `{"id":1}`, whole: `{"id":1}`, complete: true},
		"a status":                     {status: 401, kind: "application/json", body: `{"error":{"message":"no"}}`, bad: client.API, text: []string{"401", "The API said: no"}},
		"error in JSON":                {kind: "application/json", body: `{"error":{"message":"overloaded","code":503}}`, bad: client.API, text: []string{"overloaded", "server failed"}},
		"error in JSON, a stream":      {kind: sse, body: `{"error":{"message":"overloaded"}}`, bad: client.API, text: []string{"overloaded"}},
		"error in JSON after comments": {kind: sse, body: ": wait\n\n{\"error\":{\"message\":\"overloaded\"}}\n", bad: client.API, text: []string{"overloaded"}},
		"error event, first":           {kind: sse, body: "event: error\ndata: {\"message\":\"overloaded\",\"code\":\"c\"}\n\n", bad: client.API, text: []string{"overloaded", "Code: c"}},
		"error event, later":           {kind: sse, body: "data: {\"n\":1}\n\ndata: {\"id\":1,\"error\":{\"message\":\"broke\"}}\n\ndata: [DONE]\n\n", events: []string{`{"n":1}`}, bad: client.API, billed: true, text: []string{"broke"}},
		"error event, type":            {kind: sse, body: "data: {\"type\":\"error\",\"code\":\"c\",\"message\":\"broke\"}\n\n", bad: client.API, text: []string{"broke"}},
		"error event, not JSON":        {kind: sse, body: "event: error\ndata: it broke\n\n", bad: client.API, text: []string{"it broke"}},
		"event is not JSON":            {kind: sse, body: "data: {\"n\":1}\n\ndata: {\"a\"\n\n", events: []string{`{"n":1}`}, bad: client.BadAnswer, billed: true, text: []string{`{"a"`}},
		"HTML":                         {kind: "text/html", body: "<title>Sign in</title>", bad: client.BadAnswer, billed: true, text: []string{`"Sign in"`}},
		"empty":                        {kind: sse, bad: client.BadAnswer, billed: true, text: []string{"empty body"}},
		"only comments":                {kind: sse, body: ": ping\n\n: ping\n\n", bad: client.BadAnswer, billed: true, text: []string{": ping"}},
		"only [DONE]":                  {kind: sse, body: "data: [DONE]\n\n", bad: client.BadAnswer, billed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.status == 0 {
				tt.status = 200
			}
			base, hits := serve(t, answer(tt.status, tt.kind, tt.body))
			var events []string
			a, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 1}).Stream(t.Context(), chat, func(data []byte) error {
				events = append(events, string(data))
				return nil
			})
			if !slices.Equal(events, tt.events) || a.RequestID != "req_1" || hits.Load() != 1 {
				t.Errorf("got %q, %+v", events, a)
			}
			if tt.bad != "" {
				p := problem(t, err, tt.bad)
				contains(t, p.Detail(), append(tt.text, "Request ID: req_1")...)
				if p.MaybeBilled != tt.billed || p.Status != tt.status {
					t.Errorf("got %+v", p)
				}
				return
			}
			if err != nil || string(a.Body) != tt.whole || a.Complete != tt.complete || (a.Body == nil) != (tt.whole == "") {
				t.Errorf("got %+v %v", a, err)
			}
		})
	}
}

// broken sends events and then ends as end says.
func broken(end func(w http.ResponseWriter, r *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Request-Id", "req_1")
		_, _ = io.WriteString(w, "data: {\"n\":1}\n\ndata: {\"half\":")
		w.(http.Flusher).Flush()
		end(w, r)
	}
}

func TestStream_broken(t *testing.T) {
	t.Parallel()
	reason := errors.New("interrupted")
	for name, tt := range map[string]struct {
		settings client.Settings
		end      func(w http.ResponseWriter, r *http.Request)
		cancel   bool
		kind     client.Kind
	}{
		"cut":      {end: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, kind: client.Lost},
		"timeout":  {settings: client.Settings{RequestTimeout: 200 * time.Millisecond}, end: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, kind: client.Timeout},
		"canceled": {settings: client.Settings{Grace: 20 * time.Millisecond}, end: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, cancel: true, kind: client.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, hits := serve(t, broken(tt.end))
			tt.settings.BaseURL, tt.settings.MaxRetries = base, 2
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			var events []string
			a, err := newClient(t, tt.settings).Stream(ctx, chat, func(data []byte) error {
				events = append(events, string(data))
				if tt.cancel {
					cancel(reason)
				}
				return nil
			})
			p := problem(t, err, tt.kind)
			contains(t, p.Detail(), "may bill", "Requests sent: 1", "Request ID: req_1")
			if !slices.Equal(events, []string{`{"n":1}`}) || !p.MaybeBilled || hits.Load() != 1 || a.RequestID != "req_1" || a.Complete {
				t.Errorf("got %q %+v %+v", events, p, a)
			}
			if tt.cancel && !errors.Is(err, reason) {
				t.Error("the cause is lost")
			}
		})
	}
}

func TestStream_eventsComeAtOnce(t *testing.T) {
	t.Parallel()
	seen := make(chan struct{})
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: {\"n\":1}\n\n")
		w.(http.Flusher).Flush()
		<-seen
		_, _ = io.WriteString(w, "data: [DONE]\n\n")
	})
	a, err := newClient(t, client.Settings{BaseURL: base, RequestTimeout: 5 * time.Second}).Stream(t.Context(), chat, func([]byte) error {
		close(seen)
		return nil
	})
	if err != nil || !a.Complete {
		t.Errorf("got %+v %v", a, err)
	}
}

func TestStream_errorOfTheCaller(t *testing.T) {
	t.Parallel()
	mine := errors.New("I do not understand this")
	base, _ := serve(t, answer(200, "text/event-stream", "data: {\"n\":1}\n\ndata: {\"n\":2}\n\n"))
	calls := 0
	_, err := newClient(t, client.Settings{BaseURL: base}).Stream(t.Context(), chat, func([]byte) error {
		calls++
		return mine
	})
	p := problem(t, err, client.BadAnswer)
	contains(t, p.Detail(), "I do not understand this", "may bill")
	if !errors.Is(err, mine) || calls != 1 {
		t.Errorf("got %v after %d calls", err, calls)
	}
}

func TestStream_retriesBeforeTheFirstEvent(t *testing.T) {
	t.Parallel()
	n := 0
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			answer(503, "application/json", "{}")(w, r)
			return
		}
		answer(200, "text/event-stream", "data: {\"n\":1}\n\ndata: [DONE]\n\n")(w, r)
	})
	clock := &clock{}
	a, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 1, Clock: clock}).Stream(t.Context(), chat, func([]byte) error { return nil })
	if err != nil || !a.Complete || clock.sleeps != 1 {
		t.Errorf("got %+v %v", a, err)
	}
}

func TestStream_tooLongEvents(t *testing.T) {
	t.Parallel()
	piece := strings.Repeat("x", 17<<20)
	for name, events := range map[string]string{"in a line": `data: {"x":"` + piece + piece + `"}`, "in two": `data: {"x":"` + piece + "\n" + piece + `"}`} {
		base, _ := serve(t, answer(200, "text/event-stream", events+"\n\ndata: [DONE]\n\n"))
		_, err := newClient(t, client.Settings{BaseURL: base}).Stream(t.Context(), chat, func([]byte) error { return nil })
		if p := problem(t, err, client.BadAnswer); !strings.Contains(p.Message, "too long to read: an event of the stream is longer than 32 MiB") || !p.MaybeBilled {
			t.Errorf("%s: %s", name, p.Detail())
		}
	}
}

func TestStream_longEvents(t *testing.T) {
	t.Parallel()
	long := `{"x":"` + strings.Repeat("x", 3<<20) + `"}`
	base, _ := serve(t, answer(200, "text/event-stream", "data: "+long+"\n\ndata: [DONE]\n\n"))
	size := 0
	_, err := newClient(t, client.Settings{BaseURL: base}).Stream(t.Context(), chat, func(data []byte) error {
		size = len(data)
		return nil
	})
	if err != nil || size != len(long) {
		t.Errorf("%d bytes, %v", size, err)
	}
}
