package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Habit is one way in which a compatible server tells a completion otherwise than
// OpenAI does.
type Habit string

// Habits lists every Habit that tells the whole answer; [ErrorInChoice] and [EmptyAnswer] do not.
func Habits() []Habit {
	names := make([]Habit, 0, len(harmless))
	for _, h := range harmless {
		names = append(names, h.name)
	}
	return names
}

// habit is what a Habit changes. What is nil or "" stays as it is.
type habit struct {
	name   Habit
	stream string                                         // "always", "never": whatever was asked for
	chunks func(chunks []map[string]any) []map[string]any // of a stream
	answer func(document map[string]any)                  // in one piece
	text   func(json string) string                       // the JSON of one chunk, or of an answer in one piece
	frame  func(chunks []string) string                   // the body of a stream
	body   func(json string) (contentType, body string)   // of an answer in one piece
}

func findHabit(name Habit) *habit {
	for _, list := range [][]habit{harmless, harmful} {
		for i := range list {
			if list[i].name == name {
				return &list[i]
			}
		}
	}
	panic("there is no habit " + string(name))
}

// harmless are the habits that tell the whole answer.
var harmless = []habit{
	{name: "message beside delta", chunks: messageBeside},
	{name: "message at the end", chunks: messageAtTheEnd},
	{name: "everything again in the last delta", chunks: everythingAgain},
	{name: "content as parts", chunks: contentAsParts},
	{name: "calls under index 0", chunks: eachCallPiece(func(piece map[string]any, _ int, _ bool) { piece["index"] = 0 })},
	{name: "whole calls under index 0", chunks: func(chunks []map[string]any) []map[string]any {
		return eachCallPiece(func(piece map[string]any, _ int, _ bool) { piece["index"] = 0 })(wholeCalls(chunks))
	}},
	{name: "calls without index", chunks: eachCallPiece(func(piece map[string]any, _ int, _ bool) { drop(piece, "index") })},
	{name: "index only in the head of a call", chunks: eachCallPiece(func(piece map[string]any, _ int, head bool) {
		if !head {
			drop(piece, "index")
		}
	})},
	{name: "head and tail of a call under different indexes", chunks: eachCallPiece(func(piece map[string]any, place int, head bool) {
		piece["index"] = 2*place + 1
		if head {
			piece["index"] = 2 * place
		}
	})},
	{name: "new ID in each piece of a call", chunks: newIDs},
	{name: "signature after a call", chunks: signatureAfter},
	{name: "empty head in the first and last chunk", chunks: emptyHeads},
	{name: "keep-alive: comment", frame: pinging(": keep-alive")},
	{name: "keep-alive: comment as data", frame: pinging("data: : OPENROUTER PROCESSING")},
	{name: "keep-alive: words as data", frame: pinging("data: OPENROUTER PROCESSING")},
	{name: "keep-alive: empty text", frame: pinging(`data: ""`)},
	{name: "keep-alive: empty data", frame: pinging("data:")},
	{name: "keep-alive: time stamp", frame: pinging("data: 2026-01-02T03:04:05Z")},
	{name: "keep-alive: Unix time", frame: pinging("data: 1767322800")},
	{name: "keep-alive: ping event", frame: pinging("event: ping\ndata: {\"type\":\"ping\"}")},
	{name: "keep-alive: null", frame: pinging("data: null")},
	{name: "Windows line ends, no space", frame: func(chunks []string) string {
		return "\ufeff" + strings.ReplaceAll(framed(chunks, "data:%s\n\n", "data:[DONE]\n\n"), "\n", "\r\n")
	}},
	{name: "several lines of data", text: indented, frame: func(chunks []string) string {
		lines := make([]string, len(chunks))
		for i, chunk := range chunks {
			lines[i] = strings.ReplaceAll(chunk, "\n", "\ndata: ")
		}
		return framed(lines, "data: %s\n\n", "data: [DONE]\n\n")
	}},
	{name: "no empty lines", frame: func(chunks []string) string { return framed(chunks, "data: %s\n", "data: [DONE]\n") }},
	{name: "no [DONE]", frame: func(chunks []string) string { return framed(chunks, "data: %s\n\n", "") }},
	{name: "lines of JSON", frame: func(chunks []string) string { return framed(chunks, "%s\n", "") }},
	{name: "list of chunks", frame: func(chunks []string) string { return "[" + strings.Join(chunks, ",\n") + "]" }},
	{name: "raw line breaks in strings", text: rawLineBreaks},
	{name: "NaN and Infinity", text: noNumbers},
	{name: "JSON, then [DONE]", stream: "never", body: func(json string) (string, string) {
		return "text/event-stream", json + "\n\ndata: [DONE]\n\n"
	}},
	{name: "one event", stream: "never", body: func(json string) (string, string) {
		return "text/event-stream", "data: " + json + "\n\ndata: [DONE]\n\n"
	}},
	{name: "never a stream", stream: "never"},
	{name: "always a stream", stream: "always"},
}

// tellHabits answers a completion as OpenAI does, but for the habits.
func (s *Server) tellHabits(w http.ResponseWriter, r *http.Request, body []byte) {
	var habits []*habit
	for _, name := range s.options.Habits {
		h := findHabit(name)
		habits = append(habits, h)
		body = h.asked(body)
	}
	told := listen(w)
	s.route(told, r, body)
	maps.Copy(w.Header(), told.header)
	switch {
	case told.status >= 400:
		w.WriteHeader(told.status)
		_, _ = w.Write(told.body.Bytes())
	case told.streamed():
		tellChunks(w, told.events(), habits...)
	default:
		tellWhole(w, told.document(), habits...)
	}
}

// asked is the request with a stream or without one, as the habit has it.
func (h *habit) asked(body []byte) []byte {
	if h.stream == "" {
		return body
	}
	var request map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&request) != nil {
		return body // which is an error anyway
	}
	request["stream"] = h.stream == "always"
	drop(request, "stream_options")
	if h.stream == "always" {
		request["stream_options"] = map[string]any{"include_usage": true}
	}
	return encode(request)
}

// tellChunks sends a stream with some habits.
func tellChunks(w http.ResponseWriter, chunks []map[string]any, habits ...*habit) {
	frame := func(chunks []string) string { return framed(chunks, "data: %s\n\n", "data: [DONE]\n\n") }
	text := func(json string) string { return json }
	for _, h := range habits {
		if h.chunks != nil {
			chunks = h.chunks(chunks)
		}
		if h.frame != nil {
			frame = h.frame
		}
		if h.text != nil {
			before := text
			text = func(json string) string { return h.text(before(json)) }
		}
	}
	texts := make([]string, len(chunks))
	for i, chunk := range chunks {
		texts[i] = text(compact(chunk))
	}
	w.Header()["Content-Type"] = []string{"text/event-stream"}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(frame(texts)))
}

// tellWhole sends an answer in one piece with some habits.
func tellWhole(w http.ResponseWriter, document map[string]any, habits ...*habit) {
	for _, h := range habits {
		if h.answer != nil {
			h.answer(document)
		}
	}
	body, kind := compact(document), "application/json"
	for _, h := range habits {
		if h.text != nil {
			body = h.text(body)
		}
		if h.body != nil {
			kind, body = h.body(body)
		}
	}
	w.Header()["Content-Type"] = []string{kind}
	delete(w.Header(), "Content-Length")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(body))
}

// framed is the body of a stream: each chunk in a format, and the end.
func framed(chunks []string, format, end string) string {
	var b strings.Builder
	for _, chunk := range chunks {
		fmt.Fprintf(&b, format, chunk)
	}
	return b.String() + end
}

// pinging sends a keep-alive before each chunk and before the end.
func pinging(ping string) func(chunks []string) string {
	return func(chunks []string) string {
		return framed(chunks, ping+"\n\ndata: %s\n\n", ping+"\n\ndata: [DONE]\n\n")
	}
}

func indented(text string) string {
	var b bytes.Buffer
	_ = json.Indent(&b, []byte(text), "", " ") // this package wrote it
	return b.String()
}

var escapedLineBreak = regexp.MustCompile(`\\.`)

func rawLineBreaks(text string) string {
	return escapedLineBreak.ReplaceAllStringFunc(text, func(escape string) string {
		if escape == `\n` {
			return "\n"
		}
		return escape
	})
}

var logprob = regexp.MustCompile(`"logprob":-?[0-9.e+-]+`)

// noNumbers has no number where the likelihood of a token should be.
func noNumbers(text string) string {
	words := []string{"NaN", "-Infinity", "Infinity"}
	n := 0
	return logprob.ReplaceAllStringFunc(text, func(string) string {
		n++
		return `"logprob":` + words[n%len(words)]
	})
}

// choicesOf are the choices of each chunk, with what came of each so far.
func choicesOf(chunks []map[string]any, visit func(chunk, choice, delta map[string]any, whole *wholeChoice)) map[string]*wholeChoice {
	told := map[string]*wholeChoice{}
	for _, chunk := range chunks {
		for _, choice := range objects(chunk, "choices") {
			key := fmt.Sprint(choice["index"])
			if told[key] == nil {
				told[key] = &wholeChoice{index: choice["index"], message: map[string]any{"role": "assistant"}}
			}
			delta, _ := choice["delta"].(map[string]any)
			told[key].add(delta)
			visit(chunk, choice, delta, told[key])
		}
	}
	return told
}

// wholeChoice is what was told of a choice.
type wholeChoice struct {
	index   any
	message map[string]any
}

func (c *wholeChoice) add(delta map[string]any) {
	for _, field := range []string{"content", "reasoning_content", "refusal"} {
		if piece, ok := delta[field].(string); ok {
			have, _ := c.message[field].(string)
			c.message[field] = have + piece
		}
	}
	for _, piece := range objects(delta, "tool_calls") {
		calls, _ := c.message["tool_calls"].([]any)
		if piece["id"] != nil {
			c.message["tool_calls"] = append(calls, copied(piece))
			continue
		}
		appendInput(calls[len(calls)-1].(map[string]any), piece)
	}
}

// copied is a copy that shares nothing.
func copied(object map[string]any) map[string]any { return parseObject(encode(object)) }

func messageBeside(chunks []map[string]any) []map[string]any {
	choicesOf(chunks, func(_, choice, _ map[string]any, whole *wholeChoice) {
		choice["message"] = map[string]any{"role": "assistant", "content": whole.message["content"]}
	})
	return chunks
}

func messageAtTheEnd(chunks []map[string]any) []map[string]any {
	choicesOf(chunks, func(_, choice, _ map[string]any, whole *wholeChoice) {
		if choice["finish_reason"] != nil {
			drop(choice, "delta")
			message := copied(whole.message)
			for _, call := range objects(message, "tool_calls") {
				drop(call, "index")
			}
			choice["message"] = message
		}
	})
	return chunks
}

func everythingAgain(chunks []map[string]any) []map[string]any {
	choicesOf(chunks, func(_, choice, _ map[string]any, whole *wholeChoice) {
		if choice["finish_reason"] != nil {
			choice["delta"] = copied(whole.message)
		}
	})
	return chunks
}

func contentAsParts(chunks []map[string]any) []map[string]any {
	choicesOf(chunks, func(_, _, delta map[string]any, _ *wholeChoice) {
		if piece, ok := delta["content"].(string); ok && piece != "" {
			delta["content"] = []any{map[string]any{"type": "text", "text": piece}}
		}
	})
	return chunks
}

// eachCallPiece changes each piece of a tool call: of the call at a place, its head or not.
func eachCallPiece(change func(piece map[string]any, place int, head bool)) func([]map[string]any) []map[string]any {
	return func(chunks []map[string]any) []map[string]any {
		choicesOf(chunks, func(_, _, delta map[string]any, whole *wholeChoice) {
			for _, piece := range objects(delta, "tool_calls") {
				calls, _ := whole.message["tool_calls"].([]any)
				change(piece, len(calls)-1, piece["id"] != nil)
			}
		})
		return chunks
	}
}

func newIDs(chunks []map[string]any) []map[string]any {
	n := 0
	return eachCallPiece(func(piece map[string]any, _ int, head bool) {
		if head {
			return
		}
		n++
		piece["id"] = fmt.Sprintf("call_%d_again", n)
		if inside, ok := piece["function"].(map[string]any); ok {
			inside["name"] = nil
		}
	})(chunks)
}

func signatureAfter(chunks []map[string]any) []map[string]any {
	choicesOf(chunks, func(_, choice, _ map[string]any, whole *wholeChoice) {
		if _, called := whole.message["tool_calls"]; called && choice["finish_reason"] != nil {
			choice["delta"] = map[string]any{"tool_calls": []any{map[string]any{"extra_content": map[string]any{"google": map[string]any{"thought_signature": "c2lnbmF0dXJl"}}}}}
		}
	})
	return chunks
}

// emptyHeads sends the events of Azure's filters: before the answer, and after it.
func emptyHeads(chunks []map[string]any) []map[string]any {
	head := func(choices ...any) map[string]any {
		return map[string]any{"id": "", "object": "", "created": 0, "model": "", "choices": append([]any{}, choices...), "usage": nil}
	}
	first := head()
	first["prompt_filter_results"] = []any{map[string]any{"prompt_index": 0, "content_filter_results": map[string]any{}}}
	told := choicesOf(chunks, func(_, _, _ map[string]any, _ *wholeChoice) {})
	out := append([]map[string]any{first}, chunks...)
	for _, key := range slices.Sorted(maps.Keys(told)) {
		out = append(out, head(map[string]any{"index": told[key].index, "finish_reason": nil,
			"content_filter_results": map[string]any{"hate": map[string]any{"filtered": false, "severity": "safe"}},
			"content_filter_offsets": map[string]any{"check_offset": 44, "start_offset": 44, "end_offset": 198}}))
	}
	return out
}
