package transport

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// logLimit is how many bytes of a body are logged.
const logLimit = 64 << 10

// secretHeaders are always redacted.
var secretHeaders = []string{"Authorization", "Api-Key", "X-Api-Key", "Proxy-Authorization", "Cookie"}

// wire writes the log of one attempt. A nil wire writes nothing.
type wire struct {
	ctx     context.Context
	chain   *chain
	secrets *Redactor
	private *Passages
	hidden  bool // bodies are not shown
	start   time.Time
	fields  map[string]any // what every message has
}

// notShown stands in place of a body that may be written nowhere.
const notShown = "(not shown: the request holds a write-only value, or the answer a secret)"

// secretInPieces stands in place of a stream whose events together spell a secret.
const secretInPieces = "(not shown: the pieces of the stream, put together, hold a secret)"

// begin starts the log of attempt n (from 0).
func (t *chain) begin(req *http.Request, n int) *wire {
	if t.Log == nil {
		return nil
	}
	w := &wire{ctx: req.Context(), chain: t, secrets: t.secrets(req), start: t.Clock.Now()}
	w.hidden, w.private = exchangeFrom(req.Context()).withholds()
	w.fields = map[string]any{"method": req.Method, "url": w.text(plainURL(req.URL)), "attempt": n + 1}
	w.write(LevelTrace, "sending request", map[string]any{"body": w.request(req)})
	return w
}

func (t *chain) secrets(req *http.Request) *Redactor {
	values := slices.Clone(t.Secrets)
	for _, name := range secretHeaders {
		values = append(values, req.Header.Values(name)...)
	}
	return NewRedactor(values...)
}

// text is a text without what may not be written.
func (w *wire) text(text string) string { return w.private.String(w.secrets.String(text)) }

// plainURL leaves out the query, whose values may be secrets, and user info.
func plainURL(u *url.URL) string {
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}

// request returns the body for the log. It reads a copy, never the body that is sent.
func (w *wire) request(req *http.Request) string {
	if upload, _, _ := exchangeFrom(req.Context()).transfers(); upload != nil {
		return upload.shown()
	}
	if req.GetBody == nil || !readable(req.Header) {
		return ""
	}
	body, err := req.GetBody()
	if err != nil {
		return ""
	}
	defer body.Close()
	if w.hidden {
		return notShown
	}
	data, _ := io.ReadAll(io.LimitReader(body, int64(logLimit+w.secrets.longest())))
	return w.secrets.Start(string(data), logLimit)
}

// answered is called when the headers are there.
func (w *wire) answered(res *http.Response) {
	if w == nil {
		return
	}
	w.write(LevelDebug, "received response", map[string]any{
		"status":      res.StatusCode,
		"request_id":  w.text(res.Header.Get("X-Request-Id")),
		"duration_ms": w.chain.Clock.Now().Sub(w.start).Milliseconds(),
	})
}

func (w *wire) failed(err error) {
	if w == nil {
		return
	}
	w.write(LevelDebug, "request failed", map[string]any{
		"error":       w.text(err.Error()),
		"duration_ms": w.chain.Clock.Now().Sub(w.start).Milliseconds(),
	})
}

// capture returns where a copy of the answer's body goes; nil = not logged.
func (w *wire) capture(res *http.Response) *capture {
	if w == nil || !readable(res.Header) {
		return nil
	}
	return &capture{room: logLimit + w.secrets.longest(), events: isEventStream(res.Header)}
}

// count returns a capture of nothing but the size.
func (w *wire) count() *capture {
	if w == nil {
		return nil
	}
	return &capture{counts: true}
}

// read is called when the body was read to its end, failed or was closed.
func (w *wire) read(seen *capture, err error) {
	if w == nil || seen == nil {
		return
	}
	text := w.secrets.Start(string(seen.data), logLimit)
	switch {
	case seen.counts:
		text = downloadNotShown
	case w.hidden:
		text = notShown
	case seen.events && w.secrets.acrossEvents(seen.data):
		text = secretInPieces
	}
	fields := map[string]any{
		"body":        text,
		"bytes":       seen.total,
		"duration_ms": w.chain.Clock.Now().Sub(w.start).Milliseconds(),
	}
	if err != nil && !errors.Is(err, io.EOF) {
		fields["error"] = w.text(err.Error())
	}
	w.write(LevelTrace, "read response body", fields)
}

func (w *wire) write(level, msg string, fields map[string]any) {
	for name, value := range w.fields {
		fields[name] = value
	}
	w.chain.Log(w.ctx, level, msg, fields)
}

// waiting logs that attempt n+1 (from 0) will follow.
func (t *chain) waiting(req *http.Request, n int, why string, wait time.Duration) {
	t.note(req, n, "will send the request again", why, wait)
}

// givingUp logs that a wait is too long.
func (t *chain) givingUp(req *http.Request, n int, why string, wait time.Duration) {
	t.note(req, n, "will not send the request again, the wait would be too long", why, wait)
}

// repeated logs that the server says the same again.
func (t *chain) repeated(req *http.Request, n int, why string) {
	t.note(req, n, "will not send the request again, the server gave the same answer twice", why, 0)
}

func (t *chain) note(req *http.Request, n int, msg, why string, wait time.Duration) {
	if t.Log == nil {
		return
	}
	w := &wire{secrets: t.secrets(req)}
	_, w.private = exchangeFrom(req.Context()).withholds()
	t.Log(req.Context(), LevelDebug, msg, map[string]any{
		"method":  req.Method,
		"url":     w.text(plainURL(req.URL)),
		"attempt": n + 1,
		"why":     w.text(why),
		"wait_ms": wait.Milliseconds(),
	})
}

// readable reports whether a body is text: files sent and received are not logged.
func readable(h http.Header) bool {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return strings.HasPrefix(kind, "text/") || kind == "application/json" || strings.HasSuffix(kind, "+json") ||
		kind == "application/x-ndjson" || kind == "application/jsonl"
}

// capture keeps the start of what it is given.
type capture struct {
	data   []byte
	room   int
	total  int64
	events bool // server-sent events
	counts bool // only total is of use
}

func (c *capture) add(p []byte) {
	if c == nil {
		return
	}
	c.total += int64(len(p))
	if room := c.room - len(c.data); room > 0 {
		c.data = append(c.data, p[:min(room, len(p))]...)
	}
}
