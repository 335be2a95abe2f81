package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

const testKey = "sk-test-0123456789"

// clock waits for nothing.
type clock struct {
	mu     sync.Mutex
	sleeps int
	during func()
}

func (c *clock) Now() time.Time { return time.Now() }

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sleeps++
	if c.during != nil {
		c.during()
	}
	return context.Cause(ctx)
}

func newClient(t *testing.T, s client.Settings) *client.Client {
	t.Helper()
	if s.Clock == nil {
		s.Clock = &clock{}
	}
	c, err := client.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(t *testing.T, handler http.HandlerFunc) (baseURL string, hits *atomic.Int32) {
	t.Helper()
	hits = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1", hits
}

func answer(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", kind)
		w.Header().Set("X-Request-Id", "req_1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

var chat = client.Request{Method: "POST", Path: client.Path("chat", "completions"), Body: []byte(`{"model":"m"}`), Costs: true}

// problem checks that err is a *Problem of a kind, and returns it.
func problem(t *testing.T, err error, kind client.Kind) *client.Problem {
	t.Helper()
	var p *client.Problem
	if !errors.As(err, &p) {
		t.Fatalf("not a *Problem: %v", err)
	}
	if p.Kind != kind {
		t.Fatalf("kind %s, want %s: %s", p.Kind, kind, p.Detail())
	}
	if strings.Contains(p.Error(), "\n") {
		t.Errorf("more than one line: %q", p.Error())
	}
	return p
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

func TestDo_sendsWhatSettingsSay(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body string
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		got, body = r, string(data)
		answer(200, "application/json", " {\"id\":\"x\"}\n")(w, r)
	})
	c := newClient(t, client.Settings{
		APIKey: testKey, Organization: "org-1", Project: "proj-1", BaseURL: base + "?api-version=2", UserAgent: "terraform-provider-openai/1.2.3",
		Headers: map[string]string{"x-gateway": "gateway-value", "openai-project": "proj-2"},
	})
	a, err := c.Do(t.Context(), client.Request{
		Method: "POST", Path: client.Path("chat", "completions", "../a b/c"), Query: url.Values{"after": {"x&y"}}, Body: []byte(`{"a":0}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if string(a.Body) != `{"id":"x"}` || a.RequestID != "req_1" || !a.Complete {
		t.Errorf("got %+v", a)
	}
	if got.Method != "POST" || got.RequestURI != "/v1/chat/completions/..%2Fa%20b%2Fc?after=x%26y&api-version=2" || body != `{"a":0}` {
		t.Errorf("%s %s %s", got.Method, got.RequestURI, body)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer " + testKey, "Openai-Organization": "org-1", "Openai-Project": "proj-2", "X-Gateway": "gateway-value",
		"User-Agent": "terraform-provider-openai/1.2.3", "Content-Type": "application/json", "X-Stainless-Retry-Count": "0",
	} {
		if value := got.Header.Get(name); value != want || len(got.Header.Values(name)) != 1 {
			t.Errorf("%s: %q, want %q", name, got.Header.Values(name), want)
		}
	}
}

func TestDo_credentials(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		settings client.Settings
		request  string
		want     string
	}{
		"key":                      {settings: client.Settings{APIKey: testKey}, want: "Bearer " + testKey},
		"key of the request":       {settings: client.Settings{APIKey: testKey}, request: "sk-other", want: "Bearer sk-other"},
		"only key of the request":  {request: "sk-other", want: "Bearer sk-other"},
		"header":                   {settings: client.Settings{Headers: map[string]string{"Authorization": "Basic abc"}}, want: "Basic abc"},
		"header and key":           {settings: client.Settings{APIKey: testKey, Headers: map[string]string{"authorization": "Basic abc"}}, want: "Basic abc"},
		"header, key of request":   {settings: client.Settings{Headers: map[string]string{"authorization": "Basic abc"}}, request: "sk-other", want: "Bearer sk-other"},
		"none is needed on a host": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got http.Header
			base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				got = r.Header
				answer(200, "application/json", "{}")(w, r)
			})
			tt.settings.BaseURL = base
			r := chat
			r.APIKey = tt.request
			if _, err := newClient(t, tt.settings).Do(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			if got.Get("Authorization") != tt.want || len(got["Authorization"]) > 1 {
				t.Errorf("got %q, want %q", got["Authorization"], tt.want)
			}
		})
	}
}

// Not parallel: it changes the environment.
func TestDo_environmentHasNoEffect(t *testing.T) {
	for name, value := range map[string]string{
		"OPENAI_API_KEY": "sk-environment", "OPENAI_ADMIN_KEY": "sk-admin", "OPENAI_ORG_ID": "org-env", "OPENAI_PROJECT_ID": "proj-env",
		"OPENAI_BASE_URL": "http://127.0.0.1:1/env", "OPENAI_WEBHOOK_SECRET": "whsec", "OPENAI_CUSTOM_HEADERS": "X-Env: yes\nAuthorization: env",
	} {
		t.Setenv(name, value)
	}
	var got http.Header
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		answer(200, "application/json", "{}")(w, r)
	})
	if _, err := newClient(t, client.Settings{BaseURL: base, UserAgent: "ua"}).Do(t.Context(), chat); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Authorization", "Openai-Organization", "Openai-Project", "X-Env"} {
		if got.Values(name) != nil {
			t.Errorf("%s: %q", name, got.Values(name))
		}
	}
	_, err := newClient(t, client.Settings{}).Do(t.Context(), chat)
	p := problem(t, err, client.NoKey)
	contains(t, p.Detail(), "api_key", "OPENAI_API_KEY")
}

func TestDo_refusesBeforeSending(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		settings client.Settings
		request  client.Request
		kind     client.Kind
		text     []string
	}{
		"no key":                   {client.Settings{}, chat, client.NoKey, []string{"no API key", "api_key", "OPENAI_API_KEY"}},
		"no key, of a region":      {client.Settings{BaseURL: "https://eu.api.openai.com/v1"}, chat, client.NoKey, nil},
		"no key, other header":     {client.Settings{Headers: map[string]string{"X-Team": "abc"}}, chat, client.NoKey, nil},
		"key over plain HTTP":      {client.Settings{APIKey: testKey, BaseURL: "http://10.0.0.1/v1"}, chat, client.InsecureURL, []string{"http://10.0.0.1", "https://", "localhost"}},
		"own key over plain HTTP":  {client.Settings{BaseURL: "http://10.0.0.1/v1"}, client.Request{Method: "GET", Path: "models", APIKey: "k"}, client.InsecureURL, nil},
		"header over plain HTTP":   {client.Settings{Headers: map[string]string{"api-key": "abcdef"}, BaseURL: "http://localhost.example/v1"}, chat, client.InsecureURL, nil},
		"an empty element":         {client.Settings{APIKey: testKey}, client.Request{Method: "GET", Path: client.Path("models", "")}, client.NotSent, []string{"empty"}},
		"an empty element between": {client.Settings{APIKey: testKey}, client.Request{Method: "GET", Path: client.Path("models", "", "x")}, client.NotSent, nil},
		"no admin key":             {client.Settings{APIKey: testKey}, client.Request{Method: "GET", Path: "organization/costs", Admin: true}, client.NoKey, []string{"no admin API key", "admin_api_key", "OPENAI_ADMIN_KEY"}},
		"no admin key, own key":    {client.Settings{APIKey: testKey}, client.Request{Method: "GET", Path: "organization/costs", Admin: true, APIKey: "k"}, client.NoKey, nil},
		"admin on Azure":           {client.Settings{AdminAPIKey: "k", APIKey: testKey, BaseURL: "https://a.openai.azure.com", Azure: &client.Azure{APIVersion: "1"}}, client.Request{Method: "GET", Path: "organization/costs", Admin: true}, client.NotSent, []string{"Azure does not have"}},
		"admin over plain HTTP":    {client.Settings{AdminAPIKey: "k", BaseURL: "http://10.0.0.1/v1"}, client.Request{Method: "GET", Path: "organization/costs", Admin: true}, client.InsecureURL, nil},
		"line break in the key":    {client.Settings{}, client.Request{Method: "GET", Path: "models", APIKey: "sk-other\n"}, client.NotSent, []string{"line break"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newClient(t, tt.settings).Do(t.Context(), tt.request)
			p := problem(t, err, tt.kind)
			contains(t, p.Detail(), tt.text...)
			if p.Attempts != 0 || p.MaybeBilled {
				t.Errorf("got %+v", p)
			}
			if _, err := newClient(t, tt.settings).Stream(t.Context(), tt.request, nil); err == nil {
				t.Error("Stream does not refuse")
			}
		})
	}
}

// A server that is not OpenAI's may want no key, over plain HTTP too. Nobody
// listens here, so what matters is that sending was tried.
func TestDo_withoutAKey(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://ollama.invalid:11434/v1", "https://api.openai.com.invalid/v1", "http://127.0.0.1:1/v1"} {
		_, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), chat)
		if p := problem(t, err, client.NotSent); p.Attempts != 0 || strings.Contains(p.Message, "empty") {
			t.Errorf("%s: %s", base, p.Detail())
		}
	}
	base, _ := serve(t, answer(401, "application/json", `{"detail":"Not authenticated"}`))
	_, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), chat)
	contains(t, problem(t, err, client.API).Detail(), "Not authenticated", "requires an API key, and none was given", "OPENAI_API_KEY")
}

func TestDo_answers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status     int
		kind, body string
		bad        client.Kind
		text       []string
	}{
		"JSON":                 {status: 200, kind: "application/json", body: `{"error":null}`},
		"JSON called text":     {status: 200, kind: "text/plain", body: `{}`},
		"byte order mark":      {status: 200, kind: "application/json", body: "\ufeff{}"},
		"nothing":              {status: 204},
		"failed response":      {status: 200, kind: "application/json", body: `{"id":"resp_1","object":"response","error":{"code":"server_error","message":"m"}}`},
		"empty":                {status: 200, kind: "application/json", bad: client.BadAnswer, text: []string{"empty body", "base_url", "may bill"}},
		"HTML":                 {status: 200, kind: "text/html; charset=utf-8", body: "<!doctype html><title>Sign in</title>", bad: client.BadAnswer, text: []string{`"Sign in"`, "text/html", "base_url"}},
		"half":                 {status: 200, kind: "application/json", body: `{"id":`, bad: client.BadAnswer, text: []string{`JSON that ends in the middle: {"id":`, "look for a proxy or gateway"}},
		"error with 200":       {status: 200, kind: "application/json", body: `{"error":{"message":"Provider is busy","code":429}}`, bad: client.API, text: []string{"Provider is busy", "-parallelism"}},
		"error object":         {status: 200, kind: "application/json", body: `{"object":"error","message":"no such model","code":404}`, bad: client.API, text: []string{"no such model", "base_url"}},
		"error beside an id":   {status: 200, kind: "application/json", body: `{"id":"0448","choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}`, bad: client.API, text: []string{"The API said: insufficient balance", "Code: 1008"}},
		"error in no words":    {status: 200, kind: "application/json", body: `{"id":"x","error":{"reason":17}}`, bad: client.API, text: []string{"JSON without an error message", `{"id":"x","error":{"reason":17}}`}},
		"error in a list":      {status: 200, kind: "application/json", body: `[{"error":{"code":503,"message":"no capacity"}}]`, bad: client.API, text: []string{"The API said: no capacity", "server failed"}},
		"redirect to nowhere":  {status: 301, kind: "text/plain", bad: client.API, text: []string{"301 Moved Permanently", "base_url"}},
		"not modified":         {status: 304, bad: client.API, text: []string{"304 Not Modified"}},
		"temporary to nowhere": {status: 307, kind: "text/plain", bad: client.API, text: []string{"307"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, _ := serve(t, answer(tt.status, tt.kind, tt.body))
			a, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), chat)
			if a.RequestID != "req_1" {
				t.Errorf("request ID %q", a.RequestID)
			}
			if tt.bad == "" {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			p := problem(t, err, tt.bad)
			contains(t, p.Detail(), append(tt.text, "Request ID: req_1", "Requests sent: 1")...)
			if p.MaybeBilled != (tt.bad == client.BadAnswer) || p.Status != tt.status {
				t.Errorf("got %+v", p)
			}
		})
	}
}

// What was paid for beside an error is kept, and said to be.
func TestDo_answerBesideAnError(t *testing.T) {
	t.Parallel()
	const body = `{"id":"gen-1","choices":[{"message":{"content":"half"}}],"error":{"message":"cut"},"usage":{"total_tokens":7}}`
	base, _ := serve(t, answer(200, "application/json", body))
	a, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), chat)
	p := problem(t, err, client.API)
	contains(t, p.Detail(), "The API said: cut", "may bill")
	if string(a.Body) != body || !p.MaybeBilled {
		t.Errorf("got %s, %+v", a.Body, p)
	}
}

func TestDo_redirects(t *testing.T) {
	t.Parallel()
	var leaked atomic.Int32
	other, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { leaked.Add(1) })
	for name, tt := range map[string]struct {
		status int
		target string // "" = to the same server, and then an answer
		text   []string
	}{
		"307 to itself":       {status: 307},
		"308 to itself":       {status: 308},
		"301 to itself":       {status: 301, text: []string{"status 301", "base_url"}},
		"302 to itself":       {status: 302, text: []string{"status 302"}},
		"303 to itself":       {status: 303, text: []string{"status 303"}},
		"301 to another":      {status: 301, target: other, text: []string{strings.TrimSuffix(other, "/v1"), "base_url"}},
		"307 to another":      {status: 307, target: other, text: []string{strings.TrimSuffix(other, "/v1"), "base_url", "not followed"}},
		"308 to another":      {status: 308, target: other, text: []string{strings.TrimSuffix(other, "/v1")}},
		"307 to HTTPS":        {status: 307, target: "https://api.example/v1?key=" + testKey, text: []string{"https://api.example"}},
		"307 to another name": {status: 307, target: strings.Replace(other, "127.0.0.1", "localhost", 1), text: []string{"http://localhost"}},
		"307 in a circle":     {status: 307, target: "circle", text: []string{"more than 3 times"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, hits := serve(t, func(w http.ResponseWriter, r *http.Request) {
				target := tt.target
				switch {
				case target == "circle":
					target = r.URL.Path
				case r.URL.Path == "/v1/moved":
					data, _ := io.ReadAll(r.Body)
					if r.Method != "POST" || string(data) != `{"model":"m"}` || r.Header.Get("Authorization") != "Bearer "+testKey || r.Header.Get("X-Team") != "team-secret" {
						t.Errorf("after a redirect: %s %s %v", r.Method, data, r.Header)
					}
					answer(200, "application/json", "{}")(w, r)
					return
				case target == "":
					target = "/v1/moved"
				}
				http.Redirect(w, r, target, tt.status)
			})
			c := newClient(t, client.Settings{BaseURL: base, APIKey: testKey, MaxRetries: 1, Headers: map[string]string{"X-Team": "team-secret"}})
			_, err := c.Do(t.Context(), chat)
			if tt.text == nil {
				if err != nil || hits.Load() != 2 {
					t.Errorf("got %v after %d requests", err, hits.Load())
				}
				return
			}
			p := problem(t, err, client.Redirect)
			contains(t, p.Detail(), tt.text...)
			if strings.Contains(p.Detail(), testKey) || p.Status != tt.status || p.Attempts != int(hits.Load()) || p.MaybeBilled {
				t.Errorf("got %+v\n%s", p, p.Detail())
			}
		})
	}
	t.Cleanup(func() {
		if leaked.Load() != 0 {
			t.Errorf("%d requests reached another server", leaked.Load())
		}
	})
}

func TestDo_lostAndUnsent(t *testing.T) {
	t.Parallel()
	hijack := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			conn, buf, _ := w.(http.Hijacker).Hijack()
			_, _ = buf.WriteString(text)
			_ = buf.Flush()
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	}
	for name, text := range map[string]string{
		"before the answer": "",
		"in the headers":    "HTTP/1.1 200 OK\r\nConte",
		"in the body":       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
		"in a chunk":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, hits := serve(t, hijack(text))
			c := newClient(t, client.Settings{BaseURL: base, MaxRetries: 2})
			_, err := c.Do(t.Context(), chat)
			p := problem(t, err, client.Lost)
			contains(t, p.Detail(), "may bill", "not sent again", "Requests sent: 1", "Run the operation again")
			if !p.MaybeBilled || p.Attempts != 1 || hits.Load() != 1 {
				t.Errorf("got %+v after %d requests", p, hits.Load())
			}
			_, err = c.Do(t.Context(), client.Request{Method: "GET", Path: "models"})
			p = problem(t, err, client.Lost)
			if p.MaybeBilled || p.Attempts != 3 {
				t.Errorf("got %+v", p)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		listener, _ := net.Listen("tcp", "127.0.0.1:0")
		_ = listener.Close()
		c := newClient(t, client.Settings{BaseURL: "http://" + listener.Addr().String() + "/v1", MaxRetries: 2})
		_, err := c.Do(t.Context(), chat)
		p := problem(t, err, client.NotSent)
		contains(t, p.Detail(), "connection refused", "tried 3 times", "HTTPS_PROXY", "base_url (http://"+listener.Addr().String()+"/v1)")
		if p.MaybeBilled || p.Attempts != 0 {
			t.Errorf("got %+v", p)
		}
		var op *net.OpError
		if !errors.As(err, &op) {
			t.Error("the cause is lost")
		}
	})
	t.Run("certificate", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewTLSServer(http.NotFoundHandler())
		t.Cleanup(server.Close)
		_, err := newClient(t, client.Settings{BaseURL: server.URL, MaxRetries: 2}).Do(t.Context(), chat)
		contains(t, problem(t, err, client.NotSent).Detail(), "certificate", "SSL_CERT_FILE", "tried once")
		_, err = newClient(t, client.Settings{BaseURL: strings.Replace(server.URL, "https", "http", 1)}).Do(t.Context(), chat)
		detail := problem(t, err, client.API).Detail()
		contains(t, detail, "400 Bad Request")
		// Go's server closes the connection before it has read the request: its text may be lost on the way.
		if !strings.Contains(detail, "HTTP request to an HTTPS server") && !strings.Contains(detail, "the text of its answer was lost") {
			t.Errorf("it does not say what is wrong:\n%s", detail)
		}
	})
	t.Run("not HTTPS", func(t *testing.T) {
		t.Parallel()
		base, _ := serve(t, answer(200, "application/json", "{}"))
		_, err := newClient(t, client.Settings{BaseURL: strings.Replace(base, "http", "https", 1)}).Do(t.Context(), chat)
		contains(t, problem(t, err, client.NotSent).Detail(), "does not speak HTTPS")
	})
}

func TestDo_timeout(t *testing.T) {
	t.Parallel()
	base, hits := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	c := newClient(t, client.Settings{BaseURL: base, MaxRetries: 2, RequestTimeout: 50 * time.Millisecond})
	_, err := c.Do(t.Context(), chat)
	p := problem(t, err, client.Timeout)
	contains(t, p.Detail(), "request_timeout (50ms)", "may bill", "Raise request_timeout", "not sent again")
	if !p.MaybeBilled || hits.Load() != 1 {
		t.Errorf("got %+v after %d", p, hits.Load())
	}
}

// patient is a clock whose waits last until the caller no longer needs them.
type patient struct{}

func (patient) Now() time.Time { return time.Now() }

func (patient) Sleep(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func TestDo_context(t *testing.T) {
	t.Parallel()
	reason := errors.New("the run was interrupted")
	waiting := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	t.Run("canceled after sending", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancelCause(t.Context())
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			cancel(reason)
			waiting(w, r)
		})
		_, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 3, Grace: 20 * time.Millisecond}).Do(ctx, chat)
		p := problem(t, err, client.Canceled)
		contains(t, p.Detail(), "the run was interrupted", "after the request was sent, and its answer was not complete within 20ms after that", "may bill")
		if !errors.Is(err, reason) || !errors.Is(err, context.Canceled) || !p.MaybeBilled || p.Attempts != 1 {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("canceled after sending, and answered", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancelCause(t.Context())
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			cancel(reason)
			answer(200, "application/json", `{"id":"1"}`)(w, r)
		})
		a, err := newClient(t, client.Settings{BaseURL: base, Clock: patient{}}).Do(ctx, chat)
		if err != nil || string(a.Body) != `{"id":"1"}` {
			t.Errorf("got %s %v", a.Body, err)
		}
	})
	t.Run("canceled after sending, and refused", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancelCause(t.Context())
		base, hits := serve(t, func(w http.ResponseWriter, r *http.Request) {
			cancel(reason)
			answer(503, "application/json", `{"error":{"message":"the house is full"}}`)(w, r)
		})
		_, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 3, Clock: patient{}}).Do(ctx, chat)
		contains(t, problem(t, err, client.API).Detail(), "the house is full")
		if hits.Load() != 1 {
			t.Errorf("%d requests", hits.Load())
		}
	})
	t.Run("canceled after sending, and lost", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancelCause(t.Context())
		base, _ := serve(t, func(http.ResponseWriter, *http.Request) {
			cancel(reason)
			panic(http.ErrAbortHandler)
		})
		_, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 3, Clock: patient{}}).Do(ctx, chat)
		contains(t, problem(t, err, client.Lost).Detail(), "the connection broke", "may bill")
	})
	t.Run("canceled after sending, and kept nowhere", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancelCause(t.Context())
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			cancel(reason)
			waiting(w, r)
		})
		unkept := chat
		unkept.Unkept = true
		_, err := newClient(t, client.Settings{BaseURL: base}).Do(ctx, unkept)
		contains(t, problem(t, err, client.Canceled).Detail(), "after the request was sent and before its answer was complete", "may bill")
	})
	t.Run("deadline after sending", func(t *testing.T) {
		t.Parallel()
		base, _ := serve(t, waiting)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, reason)
		defer cancel()
		_, err := newClient(t, client.Settings{BaseURL: base, RequestTimeout: time.Minute}).Do(ctx, chat)
		p := problem(t, err, client.Deadline)
		contains(t, p.Detail(), "time allowed", "after the request was sent", "Allow more time in the timeouts block: a long answer can take minutes.")
		if strings.Contains(p.Detail(), "fewer") {
			t.Errorf("there was one attempt only:\n%s", p.Detail())
		}
		if !errors.Is(err, reason) || !errors.Is(err, context.DeadlineExceeded) || !p.MaybeBilled {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("deadline in the second attempt", func(t *testing.T) {
		t.Parallel()
		var n atomic.Int32
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1) == 1 {
				w.Header().Set("Retry-After-Ms", "1")
				answer(503, "application/json", "{}")(w, r)
				return
			}
			waiting(w, r)
		})
		ctx, cancel := context.WithTimeoutCause(t.Context(), 200*time.Millisecond, reason)
		defer cancel()
		_, err := newClient(t, client.Settings{BaseURL: base, RequestTimeout: time.Minute, MaxRetries: 1, Clock: &clock{}}).Do(ctx, chat)
		contains(t, problem(t, err, client.Deadline).Detail(), "Requests sent: 2", "fewer or shorter attempts")
	})
	t.Run("deadline in the body", func(t *testing.T) {
		t.Parallel()
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			waiting(w, r)
		})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := newClient(t, client.Settings{BaseURL: base}).Do(ctx, chat)
		if p := problem(t, err, client.Deadline); !p.MaybeBilled {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("canceled before", func(t *testing.T) {
		t.Parallel()
		base, hits := serve(t, waiting)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := newClient(t, client.Settings{BaseURL: base}).Do(ctx, chat)
		p := problem(t, err, client.Canceled)
		contains(t, p.Detail(), "before the request was sent")
		if p.MaybeBilled || hits.Load() != 0 {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("canceled while waiting", func(t *testing.T) {
		t.Parallel()
		base, _ := serve(t, answer(503, "application/json", "{}"))
		ctx, cancel := context.WithCancel(t.Context())
		_, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 3, Clock: &clock{during: cancel}}).Do(ctx, chat)
		p := problem(t, err, client.Canceled)
		contains(t, p.Detail(), "while waiting to send the request again")
		if p.MaybeBilled || p.Attempts != 1 {
			t.Errorf("got %+v", p)
		}
	})
}

func TestSecretsAreInNoText(t *testing.T) {
	t.Parallel()
	secrets := map[string]string{"key": testKey, "own key": "sk-own-9876543210", "header": "gate/way+value", "query": "query-sig-value", "token": "dG9rZW4tdG9rZW4"}
	var mu sync.Mutex
	var logged strings.Builder
	log := func(_ context.Context, level, msg string, fields map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = fmt.Fprintln(&logged, level, msg, fields)
	}
	echo := func(r *http.Request) string {
		return fmt.Sprintf("%v %s %q", secrets, r.URL.String(), r.Header)
	}
	handlers := map[string]http.HandlerFunc{
		"API": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", testKey)
			answer(400, "application/json", fmt.Sprintf(`{"error":{"message":%q,"code":%q,"type":%q,"param":%q}}`, echo(r), testKey, secrets["header"], secrets["own key"]))(w, r)
		},
		"HTML": func(w http.ResponseWriter, r *http.Request) {
			answer(502, "text/html", "<title>"+echo(r)+"</title>")(w, r)
		},
		"text":     func(w http.ResponseWriter, r *http.Request) { answer(200, "text/plain", echo(r))(w, r) },
		"kind":     func(w http.ResponseWriter, r *http.Request) { answer(200, testKey, testKey)(w, r) },
		"edge":     answer(500, "text/plain", strings.Repeat("x", 495)+testKey+testKey),
		"redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://"+testKey+".example/", 307) },
		"lost":     func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		"malformed": func(w http.ResponseWriter, r *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_, _ = io.WriteString(conn, "HTTP/1.1 "+testKey+" "+testKey+"\r\n\r\n")
			_ = conn.Close()
		},
		"stream": func(w http.ResponseWriter, r *http.Request) {
			answer(200, "text/event-stream", fmt.Sprintf("data: {\"error\":%q}\n\n", echo(r)))(w, r)
		},
		"not events": func(w http.ResponseWriter, r *http.Request) {
			answer(200, "text/event-stream", "data: "+testKey+"\n\n")(w, r)
		},
	}
	for name, handler := range handlers {
		base, _ := serve(t, handler)
		c := newClient(t, client.Settings{
			BaseURL: base + "?sig=" + secrets["query"], APIKey: testKey, Log: log,
			Headers: map[string]string{"X-Gateway": secrets["header"], "X-Token": "Bearer " + secrets["token"]},
		})
		r := chat
		r.APIKey = secrets["own key"]
		r.Query = url.Values{"k": {testKey}}
		_, err := c.Do(t.Context(), r)
		_, streamErr := c.Stream(t.Context(), r, func(data []byte) error { return errors.New(string(data)) })
		for _, err := range []error{err, streamErr} {
			var p *client.Problem
			if !errors.As(err, &p) {
				t.Fatalf("%s: %v", name, err)
			}
			texts := []string{p.Error(), p.Detail(), fmt.Sprintf("%v %+v %#v", p, p, p), fmt.Sprintf("%v %+v %#v %s", c, c, c, c)}
			if p.Unwrap() != nil {
				texts = append(texts, p.Unwrap().Error(), fmt.Sprintf("%+v", p.Unwrap()))
			}
			for _, text := range texts {
				for which, secret := range secrets {
					if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) || strings.Contains(text, "sk-test") {
						t.Errorf("%s: the %s is in %s", name, which, text)
					}
				}
			}
		}
	}
	for which, secret := range secrets {
		if strings.Contains(logged.String(), secret) {
			t.Errorf("the %s is in the log", which)
		}
	}
	if !strings.Contains(logged.String(), "received response") {
		t.Error("nothing was logged")
	}
}
