package client_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

const sse = "text/event-stream"

// streamed makes one call and returns the events of its answer.
func streamed(t *testing.T, kind, body string) (events []string, answered client.Answer, err error) {
	t.Helper()
	base, hits := serve(t, answer(200, kind, body))
	answered, err = newClient(t, client.Settings{BaseURL: base}).Stream(t.Context(), chat, func(data []byte) error {
		events = append(events, string(data))
		return nil
	})
	if hits.Load() != 1 {
		t.Errorf("%d requests", hits.Load())
	}
	return events, answered, err
}

// What keeps a connection alive is passed over, in any dress.
func TestStream_passesOverKeepAlives(t *testing.T) {
	t.Parallel()
	for name, ping := range map[string]string{
		"comment": ": OPENROUTER PROCESSING", "bare comment": ":", "comment as data": "data: : OPENROUTER PROCESSING", "comment as data, no space": "data:: keep-alive",
		"word": "data: ping", "words": "data: OPENROUTER PROCESSING", "time stamp": "data: 2026-01-02T03:04:05Z", "time stamp in quotes": `data: "2026-01-02T03:04:05Z"`,
		"Unix time": "data: 1767322800", "Unix time with fraction": "data: 1767322800.25", "empty text": `data: ""`, "nothing": "data:", "no colon": "data", "null": "data: null",
		"true": "data: true", "empty list": "data: []", "empty object": "data: {}", "ping event": "event: ping\ndata: {}", "ping event with text": "event: ping\ndata: 17",
		"ping event with JSON": "event: ping\ndata: {\"time\":17}", "heartbeat event": "event: heartbeat\ndata: {\"seq\":1}", "Keep-Alive event": "event: Keep-Alive\ndata: now",
		"type ping": `data: {"type":"ping"}`, "type keepalive": `data: {"type":"keep_alive","at":17}`, "named event, no data": "event: ping", "id and retry": "id: 7\nretry: 3000",
		"several lines": "data: still\ndata: working",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			event := "data: {\"n\":1}\n\n"
			for _, body := range []string{ping + "\n\n" + event, event + ping + "\n\n", ping + "\n" + event, event + ping + "\n\n" + event} {
				if strings.HasPrefix(ping, "event:") && body == ping+"\n"+event {
					continue // one event, not two
				}
				events, a, err := streamed(t, sse, body+"data: [DONE]\n\n")
				if err != nil || !slices.Equal(slices.Compact(events), []string{`{"n":1}`}) || len(events) != strings.Count(body, `"n"`) || !a.Complete {
					t.Errorf("%q: got %q, %+v, %v", body, events, a, err)
				}
			}
			_, a, err := streamed(t, sse, ping+"\n\n"+ping+"\n\ndata: [DONE]\n\n")
			if p := problem(t, err, client.BadAnswer); !p.MaybeBilled || !strings.Contains(string(a.Body), ping) {
				t.Errorf("nothing came: got %+v, %+v", a, p)
			}
		})
	}
}

// What a stream says at last, although it is no JSON, is handed on.
func TestStream_remark(t *testing.T) {
	t.Parallel()
	const event = "data: {\"n\":1}\n\n"
	for body, want := range map[string]string{
		event + "data: upstream \x1b[31mtimed out\n\n":            "upstream [31mtimed out",
		"data: ping\n\n" + event:                                  "",
		event + "event: ping\ndata: 17\n\n":                       "",
		event + "data: " + strings.Repeat("long ", 1000) + "\n\n": strings.Repeat("long ", 100) + "l…",
	} {
		_, a, err := streamed(t, sse, body)
		if err != nil || a.Remark != want {
			t.Errorf("got %q, %v, want %q", a.Remark, err, want)
		}
	}
}

func TestStream_dresses(t *testing.T) {
	t.Parallel()
	const one, two = `{"n":1,"text":"a"}`, `{"n":2,"text":"b"}`
	for name, test := range map[string]struct {
		body     string
		events   []string
		complete bool
	}{
		"JSON, then [DONE]":           {one + "\n\ndata: [DONE]\n\n", []string{one}, true},
		"JSON, then [DONE], no break": {one + "\ndata: [DONE]", []string{one}, true},
		"JSON in lines, then [DONE]":  {"{\n  \"n\": 1,\n\n  \"text\": \"a\"\n}\ndata: [DONE]\n\n", []string{"{\n  \"n\": 1,\n\n  \"text\": \"a\"\n}"}, true},
		"JSON lines":                  {one + "\n" + two + "\n", []string{one, two}, false},
		"JSON lines, then bare DONE":  {one + "\n" + two + "\n[DONE]\n", []string{one, two}, true},
		"list":                        {"[" + one + ",\n" + two + "\n,3]", []string{one, two}, false},
		"list as data":                {"data: [" + one + "," + two + "]\n\n", []string{one, two}, false},
		"no empty lines":              {"data: " + one + "\ndata: " + two + "\ndata: [DONE]\n", []string{one, two}, true},
		"no empty lines, named":       {"event: message\ndata: " + one + "\nevent: message\ndata: " + two + "\n", []string{one, two}, false},
		"a field after the data":      {"data: {\"n\":1,\nid: 7\ndata: \"text\":\"a\"}\n\n", []string{"{\"n\":1,\n\"text\":\"a\"}"}, false},
		"in lines":                    {"data: {\ndata:   \"n\": 1\ndata: }\n\ndata: [DONE]\n\n", []string{"{\n  \"n\": 1\n}"}, true},
		"in lines, only one is data":  {"data: {\n\"n\": 1\n}\n\ndata: [DONE]\n\n", []string{"{\n\"n\": 1\n}"}, true},
		"quoted [DONE]":               {"data: " + one + "\n\ndata: \"[DONE]\"\n\ndata: " + two + "\n\n", []string{one}, true},
		"small [done]":                {"data: " + one + "\n\ndata:[done]\n\n", []string{one}, true},
		"Windows":                     {"\ufeffdata:" + one + "\r\n\r\ndata:" + two + "\r\n\r\ndata:[DONE]\r\n\r\n", []string{one, two}, true},
		"NaN":                         {"data: {\"n\":NaN,\"m\":[Infinity,-Infinity]}\n\n", []string{`{"n":null,"m":[null,null]}`}, false},
		"line break in a string":      {"data: {\"text\":\"a\nb\"}\n\ndata: " + two + "\n\n", []string{`{"text":"a\nb"}`, two}, false},
		"empty line in a string":      {"data: {\"text\":\"a\n\n: b\nid: c\"}\n\ndata: " + two + "\n\n", []string{`{"text":"a\n\n: b\nid: c"}`, two}, false},
		"line break as two lines":     {"data: {\"text\":\"a\ndata: b\"}\n\n", []string{`{"text":"a\nb"}`}, false},
		"control characters":          {"data: {\"text\":\"a\tb\x00\x1b\"}\n\n", []string{`{"text":"a\tb\u0000\u001b"}`}, false},
		"carriage return":             {"data: {\"text\":\"a\rb\"}\n\n", []string{`{"text":"a\rb"}`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, a, err := streamed(t, sse, test.body)
			if err != nil || !slices.Equal(events, test.events) || a.Complete != test.complete || a.Body != nil {
				t.Errorf("got %q, %+v, %v", events, a, err)
			}
		})
	}
}

// An event that cannot be read does not end the reading: the rest is paid for, too.
func TestStream_readsOnAfterDamage(t *testing.T) {
	t.Parallel()
	for name, damaged := range map[string]string{
		"torn": "data: {\"text\":", "torn in a string": "data: {\"text\":\"a", "torn, named": "event: message\ndata: {\"text\":\"a\n\nevent: message", "no JSON": "data: {text: a}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sep := "\n\n"
			if strings.HasSuffix(damaged, "message") {
				sep = "\n"
			}
			events, a, err := streamed(t, sse, "data: {\"n\":1}\n\n"+damaged+sep+"data: {\"n\":2}\n\ndata: [DONE]\n\n")
			p := problem(t, err, client.BadAnswer)
			contains(t, p.Detail(), "{", "may bill", "text")
			if !slices.Equal(events, []string{`{"n":1}`, `{"n":2}`}) || !a.Complete || a.Body != nil {
				t.Errorf("got %q, %+v", events, a)
			}
		})
	}
}

// An answer in the dress of a stream that nobody asked for is an answer.
func TestDo_dresses(t *testing.T) {
	t.Parallel()
	const whole = `{"id":"a","choices":[]}`
	for name, test := range map[string]struct{ kind, body, want string }{
		"JSON, then [DONE]":        {sse, whole + "\n\ndata: [DONE]\n\n", whole},
		"JSON, then a keep-alive":  {"application/json", whole + "\n: ping\n\n", whole},
		"one event":                {sse, ": ping\n\ndata: " + whole + "\n\ndata: [DONE]\n\n", whole},
		"one event, called JSON":   {"application/json", "data:" + whole, whole},
		"list of one":              {"application/json", "[" + whole + "]", whole},
		"Infinity":                 {"application/json", `{"choices":[{"logprob":-Infinity,"text":"Infinity"}]}`, `{"choices":[{"logprob":null,"text":"Infinity"}]}`},
		"line break":               {"application/json", "{\"choices\":[\"a\n\nb\x07\"]}", `{"choices":["a\n\nb\u0007"]}`},
		"line break, in one event": {sse, "data: {\"choices\":[\"a\n\nb\"]}\n\n", `{"choices":["a\n\nb"]}`},
		"byte order mark":          {"application/json", "\ufeff" + whole + "\ndata: [DONE]", whole},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, _ := serve(t, answer(200, test.kind, test.body))
			a, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), chat)
			if err != nil || string(a.Body) != test.want || !a.Complete {
				t.Errorf("got %s, %+v, %v", a.Body, a, err)
			}
			_, a, err = streamed(t, test.kind, test.body)
			if err != nil {
				t.Errorf("as a stream: %+v, %v", a, err)
			}
		})
	}
}

func TestDo_readsErrorsInTheDressOfAStream(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"data: {\"error\":{\"message\":\"overloaded\"}}\n\n", "event: error\ndata: {\"message\":\"overloaded\"}\n\n", "[{\"error\":{\"message\":\"overloaded\"}}]",
		"{\"error\":{\"message\":\"overloaded\"}}\n\ndata: [DONE]\n\n",
	} {
		base, _ := serve(t, answer(200, sse, body))
		_, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), chat)
		contains(t, problem(t, err, client.API).Detail(), "overloaded")
	}
}

// The text of an answer that stays unreadable comes with the error.
func TestCall_keepsTheTextThatItCannotRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ kind, body, want string }{
		"torn":           {"application/json", `{"choices":[{"text":"The answer is`, `{"choices":[{"text":"The answer is`},
		"text":           {"text/plain", " The answer is 42.\n", "The answer is 42."},
		"text in events": {sse, "data: The\n\ndata: answer\n\n", "data: The\n\ndata: answer"},
		"no object":      {"application/json", "42", "42"},
		"HTML":           {"text/html", "<html>\n{\n</html>", ""},
		"HTML as JSON":   {"application/json", "<html>\n{\n</html>", ""},
		"empty":          {"application/json", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, _ := serve(t, answer(200, test.kind, test.body))
			c := newClient(t, client.Settings{BaseURL: base})
			a, err := c.Do(t.Context(), chat)
			p := problem(t, err, client.BadAnswer)
			b, err := c.Stream(t.Context(), chat, func([]byte) error { return nil })
			q := problem(t, err, client.BadAnswer)
			if string(a.Body) != test.want || string(b.Body) != test.want || p.Message != q.Message || !p.MaybeBilled || a.RequestID != "req_1" {
				t.Errorf("got %+v %q, %+v %q", a, p.Message, b, q.Message)
			}
		})
	}
}

func TestCall_keepsTheTextOfABrokenConnection(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{"application/json": `{"choices":[{"text":"The`, sse: `data: {"choices":[{"text":"The`} {
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, want)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})
		c := newClient(t, client.Settings{BaseURL: base})
		a, err := c.Do(t.Context(), chat)
		_ = problem(t, err, client.Lost)
		b, err := c.Stream(t.Context(), chat, func([]byte) error { return nil })
		_ = problem(t, err, client.Lost)
		if string(a.Body) != want || string(b.Body) != want {
			t.Errorf("%s: got %q, %q", kind, a.Body, b.Body)
		}
	}
}

// Megabytes in one event, in one line or in many, take no more than their share.
func TestStream_isLinear(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	for name, body := range map[string]string{
		"one line":            "data: {\"text\":\"" + strings.Repeat("x", size) + "\"}\n\n",
		"lines in a string":   "data: {\"text\":\"" + strings.Repeat("x\n", size/2) + "\"}\n\n",
		"empty lines":         "data: {\"text\":\"" + strings.Repeat("\n", size) + "\"}\n\n",
		"lines of data":       "data: {\"list\":[" + strings.Repeat("\ndata: 1,", size/9) + "\ndata: 1]}\n\n",
		"lines of no data":    "data: {\"list\":[\n" + strings.Repeat("1,\n", size/3) + "1]}\n\n",
		"keep-alives":         strings.Repeat("data: : x\n\n", size/11) + "data: {}\n\n" + "data: {\"n\":1}\n\n",
		"brackets":            "data: {\"n\":1}\n\ndata: {\"list\":" + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}\n\n",
		"damage without end":  "data: {\"n\":1}\n\n" + strings.Repeat("data: {\"text\":\"\n\n", size/20),
		"JSON without breaks": "{\"text\":\"" + strings.Repeat("x\n", size/2) + "\"}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			events, a, _ := streamed(t, sse, body)
			if len(events) == 0 && a.Body == nil {
				t.Error("nothing came")
			}
			if took := time.Since(begin); took > 30*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}
