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

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

const (
	maxParsed  = 1 << 20  // bytes of an error body that are looked at as text
	maxJSON    = 8 << 20  // bytes of an error body that are looked at as JSON
	maxText    = 64 << 10 // bytes of any text that are looked at
	maxMessage = 2000     // characters of a message
	maxExcerpt = 500      // characters of a body that is quoted because it could not be understood
	maxName    = 200      // characters of a type, code or parameter
)

// refused makes a Problem of an answer that is an error.
func (k *call) refused(res *http.Response, body []byte) *Problem {
	p := k.at(res, k.problem(API))
	p.RetryAfter, _ = transport.RequestedWait(res.Header, body, k.client.Clock().Now())
	parsed := parseError(k.plain(body))
	if parsed == (errorBody{}) && len(body) > maxParsed && len(body) <= maxJSON {
		parsed = parseError(body) // text takes out what is secret
	}
	p.Type, p.Code, p.Param = k.text(parsed.kind, maxName), k.text(parsed.code, maxName), k.text(parsed.param, maxName)
	p.Message, p.quoted = k.text(parsed.message, maxMessage), true
	if p.Message == "" {
		p.Message, p.quoted = k.describe(res, body), false
	}
	p.page = bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
	p.longQuota = transport.LongQuota(body)
	p.unclear = transport.MaybeAnswered(p.Status, body) && !k.repeatable()
	if p.unclear {
		k.mayHaveWorked(p)
	}
	p.next = k.advice(p)
	return p
}

// unreadable makes a Problem of an answer with a status of success that is not JSON.
func (k *call) unreadable(res *http.Response, body []byte) *Problem {
	p := k.at(res, k.problem(BadAnswer))
	p.Message = k.describe(res, body)
	k.mayHaveWorked(p)
	if torn(body) {
		p.Message = fmt.Sprintf("The server answered %s, but with JSON that ends in the middle: %s", k.text(statusText(res.StatusCode), 100), k.text(string(k.plain(body)), maxExcerpt))
		p.next = "Run the operation again to ask a second time. If this keeps happening, look for a proxy or gateway that cuts off answers."
		return p
	}
	p.next = "Check " + k.client.address() + " (" + k.base() + ")" + k.client.endsInV1(": for most servers it ends in /v1") + ". The answer may also come from a login page or a proxy."
	return p
}

// torn reports whether a body is the start of a JSON object.
func torn(body []byte) bool {
	body = bytes.TrimSpace(body)
	var rest json.RawMessage
	err := json.NewDecoder(bytes.NewReader(body)).Decode(&rest)
	return bytes.HasPrefix(body, []byte("{")) && errors.Is(err, io.ErrUnexpectedEOF)
}

// plain is the start of a body without secrets.
func (k *call) plain(body []byte) []byte {
	return []byte(k.secrets.Start(string(body[:min(len(body), 2*maxParsed)]), maxParsed))
}

// describe says what came instead of JSON that can be understood.
func (k *call) describe(res *http.Response, body []byte) string {
	cut := len(body) > maxParsed
	body = bytes.TrimSpace(k.plain(body))
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	status := k.text(statusText(res.StatusCode), 100)
	switch {
	case len(body) == 0:
		return fmt.Sprintf("The server answered %s with an empty body.", status)
	case kind == "text/html" || body[0] == '<':
		text := fmt.Sprintf("The server answered %s with a text/html page, not JSON; it may come from a proxy or gateway in front of the API.", status)
		if title := k.text(pageTitle(body), 200); title != "" {
			text += fmt.Sprintf(" Its title is %q.", title)
		}
		return text
	}
	what := "text that is not JSON"
	switch {
	case json.Valid(body):
		what = "JSON without an error message"
	case cut && torn(body):
		what = "JSON that is too long to be read"
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
