package transport_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// book is a log that can be read.
type book struct {
	mu    sync.Mutex
	lines []line
}

type line struct {
	level, msg string
	fields     map[string]any
}

func (b *book) log(_ context.Context, level, msg string, fields map[string]any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line{level, msg, fields})
}

func (b *book) find(t *testing.T, msg string) []line {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []line
	for _, l := range b.lines {
		if l.msg == msg {
			found = append(found, l)
		}
	}
	if len(found) == 0 {
		t.Errorf("no %q in %v", msg, b.lines)
	}
	return found
}

func TestLog_saysWhatHappened(t *testing.T) {
	t.Parallel()
	log := &book{}
	h := serve(t, transport.Options{MaxRetries: 1, Log: log.log}, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("X-Request-Id", fmt.Sprintf("req_%d", n))
		w.Header().Set("Content-Type", "application/json")
		if n == 1 {
			w.WriteHeader(503)
		}
		_, _ = io.WriteString(w, `{"answer":42}`)
	})
	_, body, err := call(h.chain, request(t, t.Context(), "POST", h.url+"/v1/chat?key=hidden-in-query", `{"question":6}`))
	if err != nil || body != `{"answer":42}` {
		t.Fatal(body, err)
	}
	sent := log.find(t, "sending request")
	if len(sent) != 2 || sent[0].level != transport.LevelTrace || sent[0].fields["body"] != `{"question":6}` {
		t.Errorf("sent: %v", sent)
	}
	received := log.find(t, "received response")
	for i, status := range []int{503, 200} {
		f := received[i].fields
		if received[i].level != transport.LevelDebug || f["status"] != status || f["attempt"] != i+1 || f["request_id"] != fmt.Sprintf("req_%d", i+1) ||
			f["url"] != h.url+"/v1/chat" || f["method"] != "POST" || f["duration_ms"] == nil {
			t.Errorf("received: %v", received[i])
		}
	}
	again := log.find(t, "will send the request again")[0]
	if again.level != transport.LevelDebug || again.fields["why"] != "status 503" || again.fields["wait_ms"] != int64(500) {
		t.Errorf("again: %v", again)
	}
	read := log.find(t, "read response body")
	if len(read) != 2 || read[1].level != transport.LevelTrace || read[1].fields["body"] != `{"answer":42}` {
		t.Errorf("read: %v", read)
	}
	for _, l := range log.lines {
		if strings.Contains(fmt.Sprint(l), "hidden-in-query") {
			t.Errorf("a query value in %v", l)
		}
	}
}

func TestLog_holdsNoSecrets(t *testing.T) {
	t.Parallel()
	secrets := []string{"sk-token-1234567", "azure-key-7654321", `gate"way\secret`, "basic-auth-part"}
	log := &book{}
	h := serve(t, transport.Options{MaxRetries: 1, Log: log.log, Secrets: []string{secrets[2], "Basic " + secrets[3]}},
		func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Request-Id", secrets[0])
			if n == 1 {
				w.WriteHeader(500)
			}
			_, _ = fmt.Fprintf(w, `{"you sent": %q, "and": %q}`, secrets, r.URL.Query())
			_, _ = io.WriteString(w, strings.Repeat(" ", 64<<10-150)+secrets[0]+secrets[0])
		})
	req := request(t, t.Context(), "POST", h.url+"/"+secrets[1]+"?q="+secrets[0], fmt.Sprintf("{%q}", secrets))
	req.Header.Set("Authorization", "Bearer "+secrets[0])
	req.Header.Set("Api-Key", secrets[1])
	if _, _, err := call(h.chain, req); err != nil {
		t.Fatal(err)
	}
	reset := request(t, t.Context(), "POST", "http://127.0.0.1:1/"+secrets[0], "{}")
	reset.Header.Set("Authorization", "Bearer "+secrets[0])
	_, _, _ = call(h.chain, reset)
	log.find(t, "request failed")
	for _, l := range log.lines {
		for _, secret := range append(secrets, `gate\"way\\secret`, "sk-token") {
			if strings.Contains(fmt.Sprint(l), secret) {
				t.Errorf("%q is in %.300s", secret, fmt.Sprint(l))
			}
		}
	}
}

// A secret in an answer, spelled in another way or in pieces, is in no log.
func TestLog_holdsNoSecretsInDisguise(t *testing.T) {
	t.Parallel()
	const secret = "gateway-secret-0123456789"
	for name, tt := range map[string]struct{ kind, body, want string }{
		"unicode escapes":   {"application/json", `{"content":"x \u0067ateway-secret-0123456789 y"}`, `{"content":"x *** y"}`},
		"two events":        {"text/event-stream", "data: {\"d\":[{\"t\":\"gateway-sec\"}]}\n\ndata: {\"d\":[{\"t\":\"ret-0123456789\"}]}\n\n", "(not shown: the pieces of the stream, put together, hold a secret)"},
		"in another place":  {"text/event-stream", "data: {\"a\":\"gateway-sec\"}\n\ndata: {\"b\":\"ret-0123456789\"}\n\n", "data: {\"a\":\"gateway-sec\"}\n\ndata: {\"b\":\"ret-0123456789\"}\n\n"},
		"one event":         {"text/event-stream", "data: {\"a\":\"gateway-secret-0123456789\"}\n\ndata: {}\n\n", "data: {\"a\":\"***\"}\n\ndata: {}\n\n"},
		"events of no JSON": {"text/event-stream", "data: gate\n\ndata: {\n\ndata: 1\n\n", "data: gate\n\ndata: {\n\ndata: 1\n\n"},
	} {
		log := &book{}
		h := serve(t, transport.Options{Log: log.log, Secrets: []string{secret}}, func(w http.ResponseWriter, r *http.Request, n int) {
			w.Header().Set("Content-Type", tt.kind)
			_, _ = io.WriteString(w, tt.body)
		})
		if _, body, err := call(h.chain, request(t, t.Context(), "POST", h.url, "{}")); err != nil || body != tt.body {
			t.Fatal(name, body, err)
		}
		if got := log.find(t, "read response body")[0].fields["body"]; got != tt.want {
			t.Errorf("%s: logged %q", name, got)
		}
	}
}

// Of a call that is withheld, the log has neither bodies nor passages of what is private.
func TestLog_holdsNoPrivateText(t *testing.T) {
	t.Parallel()
	log := &book{}
	h := serve(t, transport.Options{MaxRetries: 1, Log: log.log}, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Request-Id", "the vault is-at-the_oak")
		w.WriteHeader(503)
		_, _ = io.WriteString(w, `"The vault is at the oak."`)
	})
	ctx, ex := transport.Watch(t.Context())
	ex.Withhold(transport.NewPassages("The vault is\n at the oak."))
	if _, _, err := call(h.chain, request(t, ctx, "POST", h.url+"/the%20vault%20is%20at%20the%20oak", `"The vault is at the oak."`)); err != nil {
		t.Fatal(err)
	}
	_, _, _ = call(h.chain, request(t, ctx, "POST", "http://127.0.0.1:1/thevaultisattheoak", "{}"))
	log.find(t, "request failed")
	log.find(t, "will send the request again")
	if got := log.find(t, "received response")[0].fields["request_id"]; got != "***" {
		t.Errorf("logged %q", got)
	}
	for _, l := range log.lines {
		if strings.Contains(strings.ToLower(fmt.Sprint(l)), "vault") {
			t.Errorf("%.300s", fmt.Sprint(l))
		}
	}
}

func TestLog_cutsBodiesAndSkipsFiles(t *testing.T) {
	t.Parallel()
	log := &book{}
	h := serve(t, transport.Options{Log: log.log}, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		_, _ = io.Copy(w, r.Body)
	})
	long := strings.Repeat("é", 64<<10)
	if _, body, err := call(h.chain, request(t, t.Context(), "POST", h.url, long)); err != nil || body != long {
		t.Fatal(err)
	}
	for _, msg := range []string{"sending request", "read response body"} {
		if n := len(log.find(t, msg)[0].fields["body"].(string)); n > 64<<10 || n < 64<<10-8 {
			t.Errorf("%s: %d bytes", msg, n)
		}
	}
	log.lines = nil
	file := request(t, t.Context(), "POST", h.url, "PNG")
	file.Header.Set("Content-Type", "application/octet-stream")
	if _, _, err := call(h.chain, file); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprint(log.lines), "PNG") {
		t.Errorf("a file in %v", log.lines)
	}
}

func TestLog_doesNotHoldAStreamBack(t *testing.T) {
	t.Parallel()
	log := &book{}
	seen := make(chan struct{})
	h := serve(t, transport.Options{Log: log.log}, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		<-seen
		_, _ = io.WriteString(w, "data: 2\n\n")
	})
	for _, method := range []string{"GET", "POST"} {
		seen = make(chan struct{})
		res, err := h.chain.RoundTrip(request(t, t.Context(), method, h.url, ""))
		if err != nil {
			t.Fatal(err)
		}
		first := make([]byte, 9)
		if _, err := io.ReadFull(res.Body, first); err != nil || string(first) != "data: 1\n\n" {
			t.Errorf("%q %v", first, err)
		}
		close(seen)
		rest, err := io.ReadAll(res.Body)
		if err != nil || string(rest) != "data: 2\n\n" {
			t.Errorf("%q %v", rest, err)
		}
		_ = res.Body.Close()
	}
	if got := log.find(t, "read response body")[0].fields["body"]; got != "data: 1\n\ndata: 2\n\n" {
		t.Errorf("logged %q", got)
	}
}

func TestRedactor(t *testing.T) {
	t.Parallel()
	r := transport.NewRedactor("Bearer abc/def+ghi", "short", "", `q"uo<te`, "abc/def+ghi-longer")
	for text, want := range map[string]string{
		"":                                "",
		"nothing":                         "nothing",
		"abc/def+ghi":                     "***",
		"xabc/def+ghi-longerx":            "x***x",
		"Bearer abc/def+ghi.":             "***.",
		"?k=abc%2Fdef%2Bghi&x":            "?k=***&x",
		`{"k":"q\"uo<te"}`:                `{"k":"***"}`,
		`{"k":"q\"uo` + `\u003c` + `te"}`: `{"k":"***"}`,
		"short":                           "short",
		`{"k":"\u0061bc\u002fdef+ghi."}`:  `{"k":"***."}`,
		`"{\"k\":\"\\u0061bc/def+ghi\"}"`: `"{\"k\":\"***\"}"`, // JSON in JSON
		`a%62c%2Fdef%2bghi`:               "***",
		"abc&#47;def&#x2B;ghi":            "***",
		"abc\\/def\\x2bghi":               "***",
		"abc\x00/d\u200bef\u202e+ghi\x1b": "***\x1b",
		"abc/def+gh\\u006":                "abc/def+gh\\u006",
		"C:\\users\\new &c; 100%":         "C:\\users\\new &c; 100%",
		"%E0%A4%A &#xFFFFFFFFF; \\ud800":  "%E0%A4%A &#xFFFFFFFFF; \\ud800",
	} {
		if got := r.String(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if got := r.Start("0123 abc/def", 100); got != "0123 " {
		t.Errorf("the start of a secret stays: %q", got)
	}
	if got := r.Start(`0123 \u0061bc\u002fde`, 100); got != "0123 " {
		t.Errorf("the start of an escaped secret stays: %q", got)
	}
	if got := transport.NewRedactorFrom(10, "Bearer abc/def", "Bearer abc/def-ghi").String("abc/def abc/def-ghi Bearer abc/def"); got != "abc/def *** ***" {
		t.Errorf("shorter ones do not stay: %q", got)
	}
	if got := transport.NewRedactor().Start("0123456", 4); got != "0123" {
		t.Errorf("got %q", got)
	}
}
