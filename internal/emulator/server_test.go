package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/openapi"
)

// rig is an emulator behind a real connection. Its answers are held against OpenAI's own document, unless they are
// foreign to it: those of another profile, and what is scripted to go wrong.
type rig struct {
	*emulator.Server
	t       *testing.T
	url     string
	foreign bool
}

func start(t *testing.T, options emulator.Options) *rig {
	t.Helper()
	if options.Now == nil {
		options.Now = func() time.Time { return time.Unix(1700000000, 0) }
	}
	s := emulator.New(options)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return &rig{Server: s, t: t, url: server.URL, foreign: options.Profile != emulator.OpenAI || len(options.Habits) > 0}
}

// Fail is the server's, and makes its answers foreign.
func (r *rig) Fail(faults ...emulator.Fault) {
	r.foreign = true
	r.Server.Fail(faults...)
}

// holdToDocument checks an answer, that of the health check aside, against OpenAI's document.
func (r *rig) holdToDocument(method, path string, resp response) {
	r.t.Helper()
	if r.foreign || path == "/" {
		return
	}
	for _, err := range openapi.Shared(r.t).CheckResponse(method, path, resp.status, []byte(resp.text)) {
		r.t.Errorf("not what OpenAI's document has: %v\n%.1000s", err, resp.text)
	}
}

// response is an answer whose body was read as JSON.
type response struct {
	status int
	header http.Header
	text   string
	json   any
}

func (r *rig) do(method, path, body string, headers ...string) response {
	r.t.Helper()
	req, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	out := response{status: resp.StatusCode, header: resp.Header, text: string(text)}
	_ = json.Unmarshal(text, &out.json) // not all answers are JSON
	r.holdToDocument(method, path, out)
	return out
}

// chat posts a chat completion and wants it to succeed.
func (r *rig) chat(body string) response {
	r.t.Helper()
	resp := r.do("POST", "/v1/chat/completions", body)
	if resp.status != http.StatusOK {
		r.t.Fatalf("status %d: %s", resp.status, resp.text)
	}
	return resp
}

// ask posts one user message to gpt-4o; more are further arguments as JSON.
func (r *rig) ask(user string, more ...string) response {
	r.t.Helper()
	return r.chat(asking(user, more...))
}

func asking(user string, more ...string) string {
	text, _ := json.Marshal(user)
	return fmt.Sprintf(`{"model":"gpt-4o","messages":[{"role":"user","content":%s}]%s}`, text, strings.Join(append([]string{""}, more...), ","))
}

// get walks into a JSON value: strings select properties, ints items. A
// property that is absent gives the string "absent".
func (r response) get(steps ...any) any {
	at := r.json
	for _, step := range steps {
		switch s := step.(type) {
		case string:
			object, ok := at.(map[string]any)
			if !ok {
				return fmt.Sprintf("no object at %q", s)
			}
			if at, ok = object[s]; !ok {
				return "absent"
			}
		case int:
			list, ok := at.([]any)
			if !ok || s >= len(list) {
				return fmt.Sprintf("no item %d", s)
			}
			at = list[s]
		}
	}
	return at
}

func (r response) message(choice int) map[string]any {
	m, _ := r.get("choices", choice, "message").(map[string]any)
	return m
}

func (r response) content() string {
	s, _ := r.get("choices", 0, "message", "content").(string)
	return s
}

func (r response) reason() string { return fmt.Sprint(r.get("choices", 0, "finish_reason")) }

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, ok := got.(float64); ok {
		if w, ok := want.(int); ok {
			want, got = float64(w), g
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %#v, want %#v", what, got, want)
	}
}

func TestServer_routes(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range []struct {
		method, path string
		status       int
		message      string
	}{
		{"GET", "/", 200, ""},
		{"GET", "/v1/models", 200, ""},
		{"GET", "/models", 200, ""},
		{"GET", "/v1/models/gpt-4", 200, ""},
		{"GET", "/v1/models/gpt-nope", 404, "The model 'gpt-nope' does not exist"},
		{"GET", "/v1/chat/completions", 200, ""},
		{"GET", "/chat/completions", 200, ""},
		{"POST", "/v1/foo", 404, "Invalid URL (POST /v1/foo)"},
		{"GET", "/v1", 404, "Invalid URL (GET /v1)"},
		{"GET", "/v1/chat/completions/", 404, "Invalid URL (GET /v1/chat/completions/)"},
		{"GET", "/v1/chat/completions/x/y", 404, "Invalid URL (GET /v1/chat/completions/x/y)"},
		{"PUT", "/v1/chat/completions", 405, "Not allowed to PUT on /v1/chat/completions. (HINT: Perhaps you meant to use a different HTTP method?)"},
		{"GET", "/v1/chat/completions/none", 404, "Chat completion with id 'none' not found."},
	} {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			t.Parallel()
			resp := r.do(test.method, test.path, "")
			equal(t, "status", resp.status, test.status)
			if test.message != "" {
				equal(t, "message", resp.get("error", "message"), test.message)
				equal(t, "type", resp.get("error", "type"), "invalid_request_error")
			}
			if resp.header.Get("X-Request-Id") == "" || resp.header.Get("Openai-Version") == "" || resp.header.Get("Openai-Processing-Ms") == "" {
				t.Errorf("headers of the API are missing: %v", resp.header)
			}
		})
	}
}

func TestServer_checksKey(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Keys: []string{"sk-right-one", "sk-other"}})
	for _, test := range []struct {
		name, header string
		status       int
		code         any
		message      string
	}{
		{"right", "Bearer sk-right-one", 200, nil, ""},
		{"other", "bearer sk-other", 200, nil, ""},
		{"none", "", 401, nil, "You didn't provide an API key."},
		{"no scheme", "sk-right-one", 401, nil, "You didn't provide an API key."},
		{"empty", "Bearer ", 401, nil, "You didn't provide an API key."},
		{"wrong", "Bearer sk-abcdefghijklmnopqrstuvwxyz", 401, "invalid_api_key",
			"Incorrect API key provided: sk-ab********************wxyz. You can find your API key at https://platform.openai.com/account/api-keys."},
		{"short", "Bearer sk-short", 401, "invalid_api_key", "Incorrect API key provided: ********."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp := r.do("GET", "/v1/models", "", "Authorization", test.header)
			equal(t, "status", resp.status, test.status)
			if test.status == 200 {
				return
			}
			equal(t, "code", resp.get("error", "code"), test.code)
			if got := fmt.Sprint(resp.get("error", "message")); !strings.HasPrefix(got, test.message) {
				t.Errorf("message: %s", got)
			}
		})
	}
	equal(t, "health needs no key", r.do("GET", "/", "").status, 200)
}

func TestServer_recordsRequests(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	r := start(t, emulator.Options{Log: &log, Keys: []string{"sk-very-secret"}})
	r.do("POST", "/v1/chat/completions?a=b", "not json <&>", "Authorization", "Bearer sk-very-secret")
	r.do("GET", "/models", "", "Authorization", "Bearer sk-very-secret")

	requests := r.Requests()
	equal(t, "number", len(requests), 2)
	first := requests[0]
	equal(t, "id", first.ID, "req_00000000000000000000000000000001")
	equal(t, "method", first.Method, "POST")
	equal(t, "path", first.Path, "/v1/chat/completions")
	equal(t, "query", first.Query.Get("a"), "b")
	equal(t, "authorization", first.Header.Get("Authorization"), "Bearer sk-very-secret")
	equal(t, "body", string(first.Body), "not json <&>")
	equal(t, "status", first.Status, 400)
	equal(t, "time", first.Time, time.Unix(1700000000, 0))
	equal(t, "second", requests[1].Path+fmt.Sprint(requests[1].Status), "/models200")

	requests[0].Body[0] = 'X'
	requests[0].Header.Set("Authorization", "changed")
	equal(t, "copies", r.Requests()[0].Header.Get("Authorization")+string(r.Requests()[0].Body[:3]), "Bearer sk-very-secretnot")

	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	equal(t, "lines", len(lines), 2)
	var line map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil {
		t.Fatal(err)
	}
	equal(t, "logged body", line["body"], "not json <&>")
	equal(t, "logged status", line["status"], 400.0)
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the log has the key: %s", log.String())
	}
}

func TestServer_keepsAnswers(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{KeepAnswers: 10_000})
	stalled := emulator.Delay(time.Millisecond)
	r.Fail(stalled.Containing("late"), emulator.Status(500, "{}").Containing("wrong"), emulator.TruncateBody(20).Containing("cut"))
	for _, test := range []struct {
		name, body string
		kept       bool
	}{
		{"answer", asking("Hello"), true},
		{"stream", asking("Hello", `"stream":true`), true},
		{"error", "x", true},
		{"late", asking("late"), true},
		{"fault", asking("wrong"), false},
		{"torn", asking("cut"), false},
		{"long", asking(strings.Repeat("long ", 4000)), false},
		{"long stream", asking(strings.Repeat("long ", 400), `"stream":true`), false},
	} {
		resp := r.do("POST", "/v1/chat/completions", test.body)
		requests := r.Requests()
		kept := string(requests[len(requests)-1].Answer)
		if test.kept {
			equal(t, test.name, kept, resp.text)
		} else {
			equal(t, test.name, kept, "")
		}
	}
	none := start(t, emulator.Options{})
	none.ask("Hello")
	equal(t, "none", len(none.Requests()[0].Answer), 0)
}

func TestServer_serves64AtOnce(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	ids := map[any]bool{}
	for range 64 {
		wg.Go(func() {
			for range 8 {
				resp := r.do("POST", "/v1/chat/completions", asking("Hello", `"store":true`))
				mu.Lock()
				ids[resp.get("id")] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	equal(t, "ids", len(ids), 512)
	equal(t, "requests", len(r.Requests()), 512)
	equal(t, "stored", len(r.Stored()), 512)
}

func TestServer_waitsLatencyUnlessClientLeaves(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Latency: 30 * time.Millisecond})
	began := time.Now()
	r.ask("Hello")
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
	for _, path := range []string{"/chat/completions", "/embeddings", "/moderations"} {
		req := httptest.NewRequest(http.MethodPost, path, strings.NewReader("x"))
		ctx, leave := context.WithCancel(t.Context())
		leave()
		w := httptest.NewRecorder()
		s := emulator.New(emulator.Options{Latency: time.Hour})
		s.ServeHTTP(w, req.WithContext(ctx))
		equal(t, "answer", w.Body.Len(), 0)
		equal(t, "status", s.Requests()[0].Status, 0)
	}
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

func BenchmarkServer_create(b *testing.B) {
	s := emulator.New(emulator.Options{})
	body := asking("What's the weather like in Boston today?")
	for b.Loop() {
		req := httptest.NewRequest(http.MethodPost, "/v1/chat/completions", strings.NewReader(body))
		s.ServeHTTP(httptest.NewRecorder(), req)
	}
}
