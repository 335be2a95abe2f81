package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

const (
	maxParsed  = 1 << 20 // bytes of an error body that are looked at
	maxMessage = 2000    // characters of a message
	maxExcerpt = 500     // characters of a body that is quoted because it could not be understood
	maxName    = 200     // characters of a type, code or parameter
)

// refused makes a Problem of an answer that is an error.
func (k *call) refused(res *http.Response, body []byte) *Problem {
	p := k.at(res, k.problem(API))
	p.RetryAfter, _ = transport.RequestedWait(res.Header, body, k.now())
	said := parseError(k.plain(body))
	p.Type, p.Code, p.Param = k.text(said.kind, maxName), k.text(said.code, maxName), k.text(said.param, maxName)
	p.Message, p.said = k.text(said.message, maxMessage), true
	if p.Message == "" {
		p.Message, p.said = k.describe(res, body), false
	}
	p.longQuota = transport.LongQuota(body)
	p.unclear = transport.MaybeAnswered(p.Status, body) && !transport.Repeatable(k.request.Method)
	p.MaybeBilled = p.unclear && k.costs()
	p.next = k.advice(p)
	return p
}

// unreadable makes a Problem of an answer with a status of success that is not JSON.
func (k *call) unreadable(res *http.Response, body []byte) *Problem {
	p := k.at(res, k.problem(BadAnswer))
	p.Message = k.describe(res, body)
	p.MaybeBilled = k.costs()
	if torn(body) {
		p.Message = fmt.Sprintf("The server answered %s, but with JSON that ends in the middle: %s", k.text(statusText(res.StatusCode), 100), k.text(string(k.plain(body)), maxExcerpt))
		p.next = "Run the operation again to ask a second time. If this happens again and again, look for a proxy or gateway that cuts answers off."
		return p
	}
	p.next = "Check " + k.client.address() + " (" + k.text(plainBase(k.client.base), 300) + ")" + k.client.endsInV1(": for most servers it ends in /v1") + ". A login page or a proxy can also answer in the server's place."
	return p
}

// torn reports whether a body is the start of a JSON object.
func torn(body []byte) bool {
	body = bytes.TrimSpace(body)
	var rest json.RawMessage
	err := json.NewDecoder(bytes.NewReader(body)).Decode(&rest)
	return bytes.HasPrefix(body, []byte("{")) && errors.Is(err, io.ErrUnexpectedEOF)
}

func (k *call) now() time.Time {
	if clock := k.client.settings.Clock; clock != nil {
		return clock.Now()
	}
	return time.Now()
}

// plain is the start of a body without secrets.
func (k *call) plain(body []byte) []byte {
	return []byte(k.secrets.Start(string(body[:min(len(body), 2*maxParsed)]), maxParsed))
}

// describe says what came instead of JSON that can be understood.
func (k *call) describe(res *http.Response, body []byte) string {
	body = bytes.TrimSpace(k.plain(body))
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	status := k.text(statusText(res.StatusCode), 100)
	switch {
	case len(body) == 0:
		return fmt.Sprintf("The server answered %s with an empty body.", status)
	case kind == "text/html" || body[0] == '<':
		text := fmt.Sprintf("The server answered %s with a text/html page, not JSON; a proxy or gateway before the API may have made it.", status)
		if title := k.text(pageTitle(body), 200); title != "" {
			text += fmt.Sprintf(" Its title is %q.", title)
		}
		return text
	}
	what := "text that is not JSON"
	if json.Valid(body) {
		what = "JSON that holds no error message"
	}
	if kind != "" {
		what += " (" + k.text(kind, 100) + ")"
	}
	return fmt.Sprintf("The server answered %s with %s: %s", status, what, k.text(string(body), maxExcerpt))
}

var title = regexp.MustCompile(`(?is)<(?:title|h1)\b[^>]*>(.*?)</`)

func pageTitle(page []byte) string {
	if found := title.FindSubmatch(page); found != nil {
		return html.UnescapeString(string(found[1]))
	}
	return ""
}

// printable makes one line of at most limit characters out of any text: white
// space becomes single spaces, and what could move a terminal's cursor or turn its
// writing direction is left out.
func printable(text string, limit int) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError || !unicode.IsPrint(r):
			continue
		}
		if n >= limit {
			return b.String() + "…"
		}
		if space {
			b.WriteByte(' ')
			n++
			space = false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// said is what an error body says.
type said struct{ message, kind, code, param string }

// parseError reads the error bodies of OpenAI, Azure, and of servers and gateways
// that imitate them more or less. All fields are empty when there is nothing to read.
func parseError(body []byte) said {
	var doc any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&doc) != nil {
		return said{}
	}
	return readError(doc)
}

func readError(doc any) said {
	switch doc := doc.(type) {
	case string:
		return said{message: doc}
	case []any: // Gemini: the object in a list; FastAPI: a list of what is wrong
		return readList(doc)
	case map[string]any:
		return readObject(doc)
	}
	return said{}
}

func readObject(doc map[string]any) said {
	own := said{
		message: firstText(doc, "message", "msg", "error_description", "detail", "title"),
		kind:    scalar(doc["type"]),
		code:    firstText(doc, "code", "status_code", "statusCode"),
		param:   scalar(doc["param"]),
	}
	if loc, ok := doc["loc"].([]any); ok && own.param == "" {
		own.param = location(loc)
	}
	for _, name := range []string{"error", "errors", "detail", "message"} {
		if inner := readInner(doc[name]); inner.message != "" || inner.code != "" || inner.kind != "" {
			return own.under(inner)
		}
	}
	if own.message == "" {
		own.message = scalar(doc["error"])
	} else if text, ok := doc["error"].(string); ok && own.kind == "" {
		own.kind = text // {"error": "Unauthorized", "message": …}
	}
	if raw := upstream(doc); raw != "" && !strings.Contains(own.message, raw) {
		own.message = strings.TrimSpace(own.message + ": " + raw)
	}
	return own
}

// under fills what the inner error leaves open.
func (own said) under(inner said) said {
	if inner.message == "" {
		inner.message = own.message
	}
	if inner.code == "" {
		inner.code = own.code
	}
	if inner.kind == "" && inner.param == "" {
		inner.kind, inner.param = own.kind, own.param
	}
	return inner
}

func readInner(value any) said {
	switch value := value.(type) {
	case map[string]any:
		return readObject(value)
	case []any:
		return readList(value)
	}
	return said{}
}

// readList joins what the elements say.
func readList(list []any) said {
	var all said
	var messages []string
	for _, element := range list {
		one := readError(element)
		if all.code == "" && all.kind == "" && all.param == "" {
			all = one
		}
		if one.message == "" {
			continue
		}
		if one.param != "" && len(list) > 1 {
			one.message = one.param + ": " + one.message
		}
		messages = append(messages, one.message)
		if len(messages) == 10 {
			break
		}
	}
	all.message = strings.Join(messages, "; ")
	return all
}

// upstream is the error of the server behind a router (OpenRouter).
func upstream(doc map[string]any) string {
	metadata, _ := doc["metadata"].(map[string]any)
	return scalar(metadata["raw"])
}

func firstText(doc map[string]any, names ...string) string {
	for _, name := range names {
		if text := scalar(doc[name]); text != "" {
			return text
		}
	}
	return ""
}

func scalar(value any) string {
	switch value := value.(type) {
	case string:
		return strings.TrimSpace(value)
	case json.Number:
		return value.String()
	}
	return ""
}

// location spells a FastAPI location as OpenAI spells a parameter:
// ["body", "messages", 0, "role"] is messages[0].role.
func location(loc []any) string {
	var b strings.Builder
	for i, element := range loc {
		text := scalar(element)
		if _, err := strconv.Atoi(text); err == nil {
			b.WriteString("[" + text + "]")
			continue
		}
		if i == 0 && text == "body" || text == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(text)
	}
	return b.String()
}

// isErrorDocument reports whether a whole answer is an error in spite of a
// status of success. An object of the API may have an "error" of its own, such as a failed
// response or job; it has an "id" or "object", too, and is no error of the call.
func isErrorDocument(body []byte) bool {
	var doc struct {
		Error   json.RawMessage `json:"error"`
		ID      json.RawMessage `json:"id"`
		Object  json.RawMessage `json:"object"`
		Choices json.RawMessage `json:"choices"`
	}
	if json.Unmarshal(body, &doc) != nil {
		return false
	}
	if string(doc.Object) == `"error"` {
		return true
	}
	return something(doc.Error) && doc.ID == nil && doc.Object == nil && doc.Choices == nil
}

// isErrorEvent reports whether an event of a stream is an error.
func isErrorEvent(data []byte) bool {
	var doc struct {
		Error  json.RawMessage `json:"error"`
		Type   json.RawMessage `json:"type"`
		Object json.RawMessage `json:"object"`
	}
	if json.Unmarshal(data, &doc) != nil {
		return false
	}
	return something(doc.Error) || string(doc.Type) == `"error"` || string(doc.Object) == `"error"`
}

func something(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", "false", `""`, "{}", "[]":
		return false
	}
	return true
}
