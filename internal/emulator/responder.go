package emulator

import (
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// responder writes one response.
type responder struct {
	req    *responseRequest
	told   *contextOfResponse
	author *author
	id     string

	output  []item
	status  string
	reason  string // for which it is incomplete; "" = it is not
	bill    usage
	calls   int        // of hosted tools
	cited   []citedEnd // in author.found
	failed  map[string]any
	crashed *apiError
}

// citedEnd is where what a file says ends, in characters.
type citedEnd struct {
	hit   hit
	index int
}

func newResponder(req *responseRequest, told *contextOfResponse, body []byte, o Options, unique []byte) *responder {
	a := newAuthor(req.asChat(told), body, o)
	return &responder{req: req, told: told, author: a, id: "resp_" + hexToken(a.seed, unique), status: "completed"}
}

// hexToken is a word that follows from its parts.
func hexToken(parts ...[]byte) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = string(p)
	}
	return hex.EncodeToString(digest(texts...))[:48]
}

// asChat is the request as far as a chat has the same.
func (r *responseRequest) asChat(told *contextOfResponse) *chatRequest {
	c := &chatRequest{
		Model: r.Model, Messages: told.messages, MaxCompletionTokens: r.MaxOutputTokens, Tools: r.chatTools(), ToolChoice: r.ToolChoice.forChat(),
		ParallelToolCalls: r.ParallelToolCalls, Logprobs: r.includes("message.output_text.logprobs"), TopLogprobs: r.TopLogprobs,
		ReasoningEffort: r.Reasoning.Effort,
	}
	if f := r.Text.Format; f != nil {
		c.ResponseFormat = &responseFormat{Type: f.Type}
		if f.Type == "json_schema" {
			c.ResponseFormat.JSONSchema = &jsonSchema{f.Name, f.Schema, f.Strict}
		}
	}
	return c
}

// write makes the output.
func (w *responder) write() {
	if code, message, failing := failure(w.author.talk.user); failing {
		w.status, w.failed = "failed", map[string]any{"code": code, "message": message}
		return
	}
	if _, why, crashes := strings.Cut(w.author.talk.user, "CRASH:"); crashes {
		w.crashed = &apiError{status: http.StatusInternalServerError, Type: "server_error", Code: ptr("server_error"), Message: strings.TrimSpace(why)}
	}
	w.listTools()
	if !w.think() {
		return
	}
	if w.useTools() {
		return
	}
	w.say(w.author.choice(0, &w.bill))
}

// failures are the codes that a response can fail with.
var failures = []string{
	"server_error", "rate_limit_exceeded", "invalid_prompt", "vector_store_timeout", "invalid_image", "invalid_image_format",
	"invalid_base64_image", "invalid_image_url", "image_too_large", "image_too_small", "image_parse_error", "image_content_policy_violation",
	"invalid_image_mode", "image_file_too_large", "unsupported_image_media_type", "empty_image_file", "failed_to_download_image",
	"image_file_not_found",
}

// failure reports whether the user has the response fail: with any text that has FAIL: in it. After that may stand
// the code, and a message.
func failure(user string) (code, message string, failing bool) {
	_, why, failing := strings.Cut(user, "FAIL:")
	why = strings.TrimSpace(why)
	code, message, _ = strings.Cut(why, " ")
	if !slices.Contains(failures, code) {
		code, message = failures[0], why
	}
	if message = strings.TrimSpace(message); message == "" {
		message = "An error occurred while processing your request."
	}
	return code, message, failing
}

// add puts an item into the output.
func (w *responder) add(kind string, members item) {
	it := item{"type": kind, "id": itemPrefixes[kind] + hexToken([]byte(w.id), []byte(fmt.Sprint(len(w.output))))}
	maps.Copy(it, members)
	w.output = append(w.output, it)
}

// think adds what the model thinks before it does anything. It returns false if that has used up all tokens.
func (w *responder) think() bool {
	thought := w.author.thinking()
	if refused, _ := w.author.refusal(); refused || thought == 0 {
		return true
	}
	limit, limited := w.author.limit()
	summary := []any{}
	if w.req.Reasoning.Summary != "" {
		summary = append(summary, map[string]any{"type": "summary_text", "text": "**Thinking**\n\nThe user wants an answer to: " + brief(w.author.talk.user, 60)})
	}
	w.add("reasoning", item{"summary": summary, "encrypted_content": "gAAAAAB" + token(42, w.author.seed, []byte("thought"))})
	if limited && limit <= thought {
		w.bill.CompletionTokens, w.bill.OutputDetails.ReasoningTokens = limit, limit
		w.status, w.reason = "incomplete", "max_output_tokens"
		return false
	}
	return true
}

// say adds the calls or the text of a choice.
func (w *responder) say(c choice) {
	status := "completed"
	switch c.FinishReason {
	case "length":
		w.reason = "max_output_tokens"
	case "content_filter":
		w.reason = "content_filter"
	}
	if w.reason != "" {
		w.status, status = "incomplete", "incomplete"
	}
	for i, call := range c.Message.ToolCalls {
		of := "completed"
		if i == len(c.Message.ToolCalls)-1 {
			of = status
		}
		if call.Custom != nil {
			w.add("custom_tool_call", item{"status": of, "call_id": call.ID, "name": call.Custom.Name, "input": call.Custom.Input})
			continue
		}
		w.add("function_call", item{"status": of, "call_id": call.ID, "name": call.Function.Name, "arguments": call.Function.Arguments})
	}
	if len(c.Message.ToolCalls) > 0 {
		return
	}
	content := map[string]any{"type": "output_text"}
	if c.Message.Refusal != nil {
		content = map[string]any{"type": "refusal", "refusal": *c.Message.Refusal}
	} else {
		content["text"], content["annotations"], content["logprobs"] = *c.Message.Content, w.annotations(*c.Message.Content, c.Message.Annotations), []probability{}
		if c.Logprobs != nil {
			content["logprobs"] = c.Logprobs.Content
		}
	}
	w.add("message", item{"status": status, "role": "assistant", "content": []any{content}})
}

// annotations are what a text cites: files, and pages of the web.
func (w *responder) annotations(text string, pages []annotation) []any {
	out := []any{}
	for _, cited := range w.cited {
		if strings.HasPrefix(text, w.author.found) || cited.index <= utf8.RuneCountInString(text) && strings.HasPrefix(w.author.found, text) {
			out = append(out, map[string]any{
				"type": "file_citation", "file_id": cited.hit.FileID, "filename": cited.hit.Filename, "index": cited.index,
			})
		}
	}
	for _, page := range pages {
		of := page.URLCitation
		out = append(out, map[string]any{
			"type": "url_citation", "url": of.URL, "title": of.Title, "start_index": of.StartIndex, "end_index": of.EndIndex,
		})
	}
	return out
}

// members are those of the response in the end, but for its output.
func (w *responder) members() map[string]any {
	m := w.req.echo()
	m["created_at"], m["error"], m["incomplete_details"], m["usage"] = w.author.now.Unix(), nil, nil, w.usage()
	if w.failed != nil {
		m["error"], m["usage"] = w.failed, nil
	}
	if w.reason != "" {
		m["incomplete_details"] = map[string]string{"reason": w.reason}
	}
	if w.req.Moderation != nil {
		m["moderation"] = w.moderation()
	}
	return m
}

// usage is the bill in the words of this endpoint.
func (w *responder) usage() map[string]any {
	input := w.told.tokens(w.req)
	return map[string]any{
		"input_tokens": input, "input_tokens_details": map[string]int{"cached_tokens": 0, "cache_write_tokens": 0},
		"output_tokens": w.bill.CompletionTokens, "output_tokens_details": map[string]int{"reasoning_tokens": w.bill.OutputDetails.ReasoningTokens},
		"total_tokens": input + w.bill.CompletionTokens,
	}
}

// moderation is the verdict on what the user said last, and on the answer.
func (w *responder) moderation() map[string]any {
	var said []string
	for _, it := range w.output {
		parts, _ := it["content"].([]any)
		for _, p := range parts {
			if text, ok := p.(map[string]any)["text"].(string); ok {
				said = append(said, text)
			}
		}
	}
	on := func(text string) verdict {
		return verdict{"moderation_result", w.req.Moderation.Model, classify([]string{text}, nil)}
	}
	return map[string]any{"input": on(w.author.talk.user), "output": on(strings.Join(said, "\n"))}
}
