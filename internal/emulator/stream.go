package emulator

import (
	"net/http"
	"slices"
	"strings"
)

type chunk struct {
	ID                string        `json:"id"`
	Object            string        `json:"object"`
	Created           int64         `json:"created"`
	Model             string        `json:"model"`
	ServiceTier       string        `json:"service_tier"`
	SystemFingerprint string        `json:"system_fingerprint"`
	Choices           []chunkChoice `json:"choices"`
	Usage             any           `json:"usage,omitempty"`
	Moderation        *moderation   `json:"moderation,omitempty"`
	Obfuscation       string        `json:"obfuscation,omitempty"`
}

type chunkChoice struct {
	Index        int       `json:"index"`
	Delta        delta     `json:"delta"`
	Logprobs     *logprobs `json:"logprobs"`
	FinishReason *string   `json:"finish_reason"`
}

// delta is a JSON object of the parts that a chunk adds.
type delta map[string]any

// streamer sends one completion as server-sent events.
type streamer struct {
	w       http.ResponseWriter
	flusher *http.ResponseController
	c       *completion
	options streamOptions
}

// stream sends a completion piece by piece, flushing each.
func stream(w http.ResponseWriter, req *chatRequest, c *completion) {
	s := &streamer{w, http.NewResponseController(w), c, req.StreamOptions}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	header.Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	for _, choice := range c.Choices {
		s.choice(choice)
	}
	if c.Moderation != nil {
		m := s.chunk()
		m.Moderation = c.Moderation
		s.send(m)
	}
	if req.StreamOptions.IncludeUsage {
		last := s.chunk()
		last.Usage = c.Usage
		s.send(last)
	}
	s.event([]byte("[DONE]\n"))
}

func (s *streamer) choice(c choice) {
	first := delta{"role": "assistant", "content": "", "refusal": nil}
	if c.Message.Content == nil {
		first["content"] = nil
	}
	s.delta(c.Index, first, nil)
	m := c.Message
	if m.Content != nil {
		s.text(c, "content", *m.Content)
	}
	if m.Refusal != nil {
		s.text(c, "refusal", *m.Refusal)
	}
	if m.Audio != nil {
		s.audio(c.Index, m.Audio)
	}
	for i, call := range m.ToolCalls {
		s.toolCall(c.Index, i, call)
	}
	if f := m.FunctionCall; f != nil {
		s.delta(c.Index, delta{"function_call": functionCall{Name: f.Name}}, nil)
		for _, piece := range fragments(f.Arguments) {
			s.delta(c.Index, delta{"function_call": map[string]string{"arguments": piece}}, nil)
		}
	}
	if len(m.Annotations) > 0 {
		s.delta(c.Index, delta{"annotations": m.Annotations}, nil)
	}
	end := s.chunk()
	end.Choices = []chunkChoice{{Index: c.Index, Delta: delta{}, FinishReason: &c.FinishReason}}
	s.send(end)
}

// text sends content or refusal word by word, each word with the
// probabilities of the tokens that begin in it.
func (s *streamer) text(c choice, field, text string) {
	var tokens []probability
	if c.Logprobs != nil {
		tokens = slices.Concat(c.Logprobs.Content, c.Logprobs.Refusal)
	}
	sent, counted := 0, 0
	for _, piece := range pieces(text) {
		sent += len(piece)
		var own *logprobs
		if c.Logprobs != nil {
			var here []probability
			for len(tokens) > 0 && counted < sent {
				here = append(here, tokens[0])
				counted += len(tokens[0].Bytes)
				tokens = tokens[1:]
			}
			own = &logprobs{Content: here}
			if field == "refusal" {
				own = &logprobs{Refusal: here}
			}
		}
		s.delta(c.Index, delta{field: piece}, own)
	}
}

func (s *streamer) audio(index int, a *audio) {
	s.delta(index, delta{"audio": map[string]any{"id": a.ID, "transcript": ""}}, nil)
	for _, piece := range pieces(a.Transcript) {
		s.delta(index, delta{"audio": map[string]any{"transcript": piece}}, nil)
	}
	s.delta(index, delta{"audio": map[string]any{"data": a.Data}}, nil)
	s.delta(index, delta{"audio": map[string]any{"expires_at": a.ExpiresAt}}, nil)
}

// toolCall sends id, type and name first and then the input in pieces.
func (s *streamer) toolCall(index, n int, call toolCall) {
	kind, field := "function", "arguments"
	if call.Custom != nil {
		kind, field = "custom", "input"
	}
	name, input := call.parts()
	s.delta(index, delta{"tool_calls": []any{map[string]any{
		"index": n, "id": call.ID, "type": kind, kind: map[string]string{"name": name, field: ""},
	}}}, nil)
	for _, piece := range fragments(input) {
		s.delta(index, delta{"tool_calls": []any{map[string]any{
			"index": n, kind: map[string]string{field: piece},
		}}}, nil)
	}
}

func (s *streamer) delta(index int, d delta, p *logprobs) {
	c := s.chunk()
	c.Choices = []chunkChoice{{Index: index, Delta: d, Logprobs: p}}
	s.send(c)
}

func (s *streamer) chunk() chunk {
	c := chunk{
		ID: s.c.ID, Object: "chat.completion.chunk", Created: s.c.Created, Model: s.c.Model,
		ServiceTier: s.c.ServiceTier, SystemFingerprint: s.c.SystemFingerprint, Choices: []chunkChoice{},
	}
	if s.options.IncludeUsage {
		c.Usage = (*usage)(nil) // sent as null
	}
	if s.options.IncludeObfuscation {
		c.Obfuscation = "emulated"
	}
	return c
}

func (s *streamer) send(c chunk) { s.event(encode(c)) }

// event sends data that ends in a newline.
func (s *streamer) event(data []byte) {
	event := make([]byte, 0, len(data)+7)
	event = append(event, "data: "...)
	event = append(event, data...)
	s.w.Write(append(event, '\n'))
	_ = s.flusher.Flush() // not possible where an answer is thrown away
}

// pieces cuts a text into words with the space before them; joined, they are
// the text.
func pieces(text string) []string {
	var out []string
	for text != "" {
		body := strings.TrimLeft(text, " \n\t")
		end := strings.IndexAny(body, " \n\t")
		if end < 0 {
			return append(out, text)
		}
		end += len(text) - len(body)
		out = append(out, text[:end])
		text = text[end:]
	}
	return out
}

// fragments cuts JSON behind its punctuation; joined, they are the text.
func fragments(text string) []string {
	var out []string
	for text != "" {
		end := strings.IndexAny(text, "{[:, ") + 1
		if end == 0 {
			end = len(text)
		}
		out = append(out, text[:end])
		text = text[end:]
	}
	return out
}
