package client_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// unclear are ways in which a server leaves open whether it carried out a request.
var unclear = map[string]http.HandlerFunc{
	"lost": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	"cut":  answerCut,
	"408":  answer(408, jsonType, `{}`),
	"502":  answer(502, jsonType, `{}`),
	"504":  answer(504, jsonType, `{}`),
	"request_timeout": func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	},
}

// answerCut begins an answer of success and breaks the connection.
func answerCut(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Length", "99")
	_, _ = io.WriteString(w, `{"id":`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func TestDo_whatIsSentAgain(t *testing.T) {
	t.Parallel()
	for kind, tt := range map[string]struct {
		request         client.Request
		again           bool
		billed, created bool
	}{
		"create":                         {request: client.Request{Method: "POST"}, created: true},
		"update":                         {request: client.Request{Method: "POST", Repeatable: true}, again: true},
		"answer":                         {request: client.Request{Method: "POST", Costs: true}, billed: true},
		"answer that may be asked again": {request: client.Request{Method: "POST", Costs: true, Repeatable: true}, billed: true},
		"delete":                         {request: client.Request{Method: "DELETE"}, again: true},
	} {
		for name, handler := range unclear {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				base, hits := serve(t, handler)
				s := client.Settings{BaseURL: base, MaxRetries: 2}
				if name == "request_timeout" {
					s.RequestTimeout = 50 * time.Millisecond
				}
				request := tt.request
				request.Path, request.Body = "vector_stores", []byte(`{"name":"n"}`)
				_, err := newClient(t, s).Do(t.Context(), request)
				var p *client.Problem
				switch name {
				case "lost", "cut":
					p = problem(t, err, client.Lost)
				case "request_timeout":
					p = problem(t, err, client.Timeout)
				default:
					p = problem(t, err, client.API)
				}
				if want := map[bool]int32{true: 3, false: 1}[tt.again]; hits.Load() != want {
					t.Errorf("sent %d times, want %d", hits.Load(), want)
				}
				if p.MaybeBilled != tt.billed || p.MaybeCreated != tt.created {
					t.Errorf("got %+v", p)
				}
				detail := p.Detail()
				if strings.Contains(detail, "may bill") != tt.billed || strings.Contains(detail, "for it twice") != tt.billed ||
					strings.Contains(detail, "may exist on the server") != tt.created {
					t.Error(detail)
				}
			})
		}
	}
}

func TestDo_refusedCreateIsSentAgain(t *testing.T) {
	t.Parallel()
	n := 0
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n < 3 {
			answer(503, jsonType, `{}`)(w, r)
			return
		}
		answer(200, jsonType, `{"id":"vs_1"}`)(w, r)
	})
	a, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 2}).Do(t.Context(), client.Request{Method: "POST", Path: "vector_stores", Body: []byte(`{}`)})
	if err != nil || string(a.Body) != `{"id":"vs_1"}` {
		t.Errorf("got %s, %v", a.Body, err)
	}
}

func TestDo_unreadableCreateMayExist(t *testing.T) {
	t.Parallel()
	base, _ := serve(t, answer(200, "text/html", "<title>Sign in</title>"))
	_, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), client.Request{Method: "POST", Path: "vector_stores", Body: []byte(`{}`)})
	if p := problem(t, err, client.BadAnswer); !p.MaybeCreated || p.MaybeBilled {
		t.Errorf("got %+v", p)
	}
}

func TestDo_pollAfter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"":                     0,
		"1500":                 1500 * time.Millisecond,
		"0":                    0,
		"-5":                   0,
		"soon":                 0,
		"1.5":                  0,
		"9223372036854775807":  9223372036854775807 / 1000000 * time.Millisecond,
		"92233720368547758070": 0,
	} {
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("openai-poll-after-ms", value)
			answer(200, jsonType, `{"id":"x"}`)(w, r)
		})
		a, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), client.Request{Method: "GET", Path: "vector_stores/x"})
		if err != nil || a.PollAfter != want {
			t.Errorf("%q: got %v, %v", value, a.PollAfter, err)
		}
	}
}

func TestDo_headersOfTheCall(t *testing.T) {
	t.Parallel()
	var got http.Header
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		answer(200, jsonType, `{"id":"x"}`)(w, r)
	})
	c := newClient(t, client.Settings{BaseURL: base, Headers: map[string]string{"x-gateway": "the user's"}, UserAgent: "a"})
	header := http.Header{"Openai-Beta": {"one", "two"}, "X-Gateway": {"the area's"}, "Accept": {"application/jsonl"}}
	if _, err := c.Do(t.Context(), client.Request{Method: "GET", Path: "x", Header: header}); err != nil {
		t.Fatal(err)
	}
	if got := got.Values("OpenAI-Beta"); len(got) != 2 || got[1] != "two" {
		t.Errorf("OpenAI-Beta is %q", got)
	}
	if got := got.Values("X-Gateway"); len(got) != 1 || got[0] != "the user's" {
		t.Errorf("X-Gateway is %q", got)
	}
	if got := got.Values("Accept"); len(got) != 1 || got[0] != "application/jsonl" {
		t.Errorf("Accept is %q", got)
	}
}
