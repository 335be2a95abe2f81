package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf8"
)

// fuzzKey has what JSON, HTML and URLs spell in their own ways.
const fuzzKey = `sk-fuzz+secret/<&"7`

// checkTexts checks that a Problem can be shown to anyone.
func checkTexts(t *testing.T, p *Problem) {
	t.Helper()
	if p.Message == "" || utf8.RuneCountInString(p.Message) > maxMessage+200 {
		t.Errorf("a message of %d characters", utf8.RuneCountInString(p.Message))
	}
	for _, text := range []string{p.Error(), p.Message, p.Code, p.Type, p.Param, p.RequestID, strings.ReplaceAll(p.Detail(), "\n", "")} {
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("not printable: %q", text)
		}
		if strings.Contains(text, fuzzKey) {
			t.Errorf("the key is in %q", text)
		}
	}
}

// Whatever comes with an error status, it makes a Problem that can be shown.
func FuzzParseError(f *testing.F) {
	quoted, err := json.Marshal(fuzzKey)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		`{"error":{"message":"m","type":"t","code":1,"param":"p"}}`, `{"detail":[{"loc":["body",0],"msg":"x"}]}`, `[[["a"]]]`,
		`{"error":[{"errors":{"detail":{"message":["x",{}]}}}]}`, `{"error":{"metadata":{"raw":{"a":1}}}}`, "{\"message\":\"\u202e\x1b[2J\"}", `<title>x</title>`,
		`{"error":{"message":` + string(quoted) + `,"type":` + string(quoted) + `,"code":` + string(quoted) + `,"param":` + string(quoted) + `}}`,
		`<h1>` + html.EscapeString(fuzzKey) + `</h1>`, `<title>` + strings.ReplaceAll(html.EscapeString(fuzzKey), "+", "&#43;") + `</title>`,
		`no such key: ` + fuzzKey, "no such key: sk-fuzz\x00+secret/<&\"7", `{"message":"sk-fuzz\u200b+secret/<&\"7"}`, `{"message":"\u0073k-fuzz+secret/\u003c&\"7"}`,
		`{"error":{"message":"` + strings.Repeat("long ", 1000) + fuzzKey[:9],
	} {
		for _, kind := range []string{"application/json", "text/html", fuzzKey} {
			f.Add([]byte(seed), kind, 400)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, kind string, status int) {
		k := fakeCall(t, Settings{APIKey: fuzzKey}, http.MethodPost)
		res := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}, "X-Request-Id": {kind}, "Retry-After": {kind}}}
		checkTexts(t, k.refused(res, body))
		checkTexts(t, k.unreadable(res, body))
		isErrorDocument(body)
		isErrorEvent(body)
	})
}

// Whatever is streamed, each event is JSON, an error can be shown, and how the
// network cuts the stream into pieces makes no difference.
func FuzzStream(f *testing.F) {
	const chunk = `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Zwölf"},"finish_reason":null}]}` + "\n\n"
	for _, seed := range []string{
		chunk + chunk + "data: [DONE]\n\n", ": ping\n\n" + chunk, strings.ReplaceAll(chunk, "\n", "\r\n"), "\ufeff" + chunk, chunk[:100],
		"event: error\ndata: {\"message\":\"busy\"}\n\n", chunk + "data: {\"error\":{\"message\":\"broke\",\"code\":500}}\n\n", "data: {\"a\":\ndata: 1}\n\n",
		`{"id":"chatcmpl-1","choices":[]}`, `{"error":{"message":"busy"}}`, ": wait\n\n" + `{"error":{"message":"busy"}}`, "<title>" + fuzzKey + "</title>",
		"event: error\ndata: " + fuzzKey + "\n\n", "data:\n\ndata\n\nid: 1\nretry: 5\n\n", "\r\r\n\n", "",
		"data: {\"a\":\"x\n\ny\"}\n\n" + chunk, "{\"a\":1}\n{\"a\":2}\n[DONE]", "[{\"a\":NaN},1]", "{\n\"a\": 1\n}\n\ndata: [DONE]\n\n", "data: : ping\n\ndata: {\"a\"\n\nevent: ping\ndata: {}\n\n" + chunk,
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, breaks bool) {
		read := func(in io.Reader) (events []string, a Answer, p *Problem) {
			if breaks {
				in = io.MultiReader(in, iotest.ErrReader(errors.New("connection reset by peer, says "+fuzzKey)))
			}
			k := fakeCall(t, Settings{APIKey: fuzzKey}, http.MethodPost)
			a, err := k.stream(&http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(in)}, func(data []byte) error {
				if !json.Valid(data) || data[0] != '{' {
					t.Errorf("an event that is not a JSON object: %q", data)
				}
				events = append(events, string(data))
				return nil
			})
			if err != nil && !errors.As(err, &p) {
				t.Errorf("not a Problem: %v", err)
			}
			return events, a, p
		}
		events, a, p := read(bytes.NewReader(body))
		if p != nil {
			checkTexts(t, p)
		}
		if p == nil && len(events) == 0 && a.Body == nil {
			t.Error("nothing came, and nothing is said of it")
		}
		if breaks && p == nil && !a.Complete {
			t.Error("the stream broke, and nothing is said of it")
		}
		events1, a1, p1 := read(iotest.OneByteReader(bytes.NewReader(body)))
		if !slices.Equal(events, events1) || !bytes.Equal(a.Body, a1.Body) || a.Remark != a1.Remark || (p == nil) != (p1 == nil) || p != nil && p.Detail() != p1.Detail() {
			t.Errorf("in one piece: %q, %v; byte by byte: %q, %v", events, p, events1, p1)
		}
	})
}
