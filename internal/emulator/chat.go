package emulator

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

type completion struct {
	ID                string      `json:"id"`
	Object            string      `json:"object"`
	Created           int64       `json:"created"`
	Model             string      `json:"model"`
	Choices           []choice    `json:"choices"`
	Usage             usage       `json:"usage"`
	ServiceTier       string      `json:"service_tier"`
	SystemFingerprint string      `json:"system_fingerprint"`
	Moderation        *moderation `json:"moderation,omitempty"`
}

type choice struct {
	Index        int       `json:"index"`
	Message      reply     `json:"message"`
	Logprobs     *logprobs `json:"logprobs"`
	FinishReason string    `json:"finish_reason"`
}

// reply is the message of a choice.
type reply struct {
	Role         string        `json:"role"`
	Content      *string       `json:"content"`
	ToolCalls    []toolCall    `json:"tool_calls,omitempty"`
	FunctionCall *functionCall `json:"function_call,omitempty"`
	Refusal      *string       `json:"refusal"`
	Audio        *audio        `json:"audio,omitempty"`
	Annotations  []annotation  `json:"annotations"`
}

type usage struct {
	PromptTokens     int               `json:"prompt_tokens"`
	CompletionTokens int               `json:"completion_tokens"`
	TotalTokens      int               `json:"total_tokens"`
	PromptDetails    promptDetails     `json:"prompt_tokens_details"`
	OutputDetails    completionDetails `json:"completion_tokens_details"`
}

type promptDetails struct {
	CachedTokens int `json:"cached_tokens"`
	AudioTokens  int `json:"audio_tokens"`
}

type completionDetails struct {
	ReasoningTokens          int `json:"reasoning_tokens"`
	AudioTokens              int `json:"audio_tokens"`
	AcceptedPredictionTokens int `json:"accepted_prediction_tokens"`
	RejectedPredictionTokens int `json:"rejected_prediction_tokens"`
}

// createCompletion serves POST /chat/completions.
func (s *Server) createCompletion(w http.ResponseWriter, r *http.Request, body []byte) {
	if !s.ponder(r.Context()) {
		return
	}
	rateLimits(w.Header())
	req, root, e := s.parse(body)
	if e != nil {
		fail(w, e)
		return
	}
	c := s.complete(r.Context(), req, body)
	if req.Store {
		s.store.add(newRecord(c, req, root, w.Header().Get("X-Request-Id")))
	}
	if req.Stream {
		stream(w, req, c)
		return
	}
	respond(w, http.StatusOK, c)
}

// rateLimits sets the headers of an account that is far from its limits.
func rateLimits(header http.Header) {
	for name, value := range map[string]string{
		"X-Ratelimit-Limit-Requests":     "10000",
		"X-Ratelimit-Limit-Tokens":       "2000000",
		"X-Ratelimit-Remaining-Requests": "9999",
		"X-Ratelimit-Remaining-Tokens":   "1999900",
		"X-Ratelimit-Reset-Requests":     "6ms",
		"X-Ratelimit-Reset-Tokens":       "3ms",
	} {
		header[name] = []string{value}
	}
}

// complete answers a valid request. Everything but id and created follows
// from the request alone.
func (s *Server) complete(ctx context.Context, req *chatRequest, body []byte) *completion {
	a := newAuthor(req, body, s.options)
	c := &completion{
		ID:                "chatcmpl-" + token(29, a.seed, s.answering(ctx, &s.made, body)),
		Object:            "chat.completion",
		Created:           a.now.Unix(),
		Model:             snapshot(req.Model),
		ServiceTier:       servedTier(req.ServiceTier),
		SystemFingerprint: "fp_" + hex.EncodeToString(digest(req.Model))[:10],
		Choices:           make([]choice, a.choices()),
	}
	c.Usage.PromptTokens = a.tokens.prompt(req)
	for i := range c.Choices {
		c.Choices[i] = a.choice(i, &c.Usage)
	}
	c.Usage.TotalTokens = c.Usage.PromptTokens + c.Usage.CompletionTokens
	if req.Moderation != nil {
		c.Moderation = moderate(req.Moderation.Model, a.talk.user, c.Choices)
	}
	return c
}

func servedTier(asked string) string {
	switch asked {
	case "", "auto":
		return "default"
	case "fast":
		return "priority"
	}
	return asked
}

// digest hashes texts; where one ends and the next begins counts.
func digest(texts ...string) []byte {
	h := sha256.New()
	for _, t := range texts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(t))))
		h.Write([]byte(t))
	}
	return h.Sum(nil)
}

// token makes a word of length letters and digits (at most 42) out of bytes.
func token(length int, parts ...[]byte) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = string(p)
	}
	word := base64.RawURLEncoding.EncodeToString(digest(texts...))
	return strings.NewReplacer("-", "A", "_", "B").Replace(word)[:length]
}

func (a *author) choices() int {
	if a.req.N == nil {
		return 1
	}
	return *a.req.N
}

func (a *author) wants(modality string) bool { return slices.Contains(a.req.Modalities, modality) }
