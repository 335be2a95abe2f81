package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// store keeps the completions that were created with store, in order of creation.
type store struct {
	mu      sync.Mutex
	records []*record
}

// record is a stored completion as the API shows it, and the messages that it
// answered.
type record struct {
	completion
	RequestID        string            `json:"request_id"`
	Metadata         map[string]string `json:"metadata"`
	InputUser        *string           `json:"input_user"`
	Seed             any               `json:"seed"`
	Temperature      json.Number       `json:"temperature"`
	TopP             json.Number       `json:"top_p"`
	PresencePenalty  json.Number       `json:"presence_penalty"`
	FrequencyPenalty json.Number       `json:"frequency_penalty"`
	Tools            any               `json:"tools"`
	ToolChoice       any               `json:"tool_choice"`
	ResponseFormat   any               `json:"response_format"`

	model    string // as asked for
	messages []storedMessage
}

type storedMessage struct {
	ID           string          `json:"id"`
	Role         string          `json:"role"`
	Content      *string         `json:"content"`
	Name         *string         `json:"name"`
	ContentParts json.RawMessage `json:"content_parts"`
	ToolCalls    []toolCall      `json:"tool_calls,omitempty"`
	ToolCallID   string          `json:"tool_call_id,omitempty"`
	FunctionCall *functionCall   `json:"function_call,omitempty"`
}

func newRecord(c *completion, req *chatRequest, root map[string]any, requestID string) *record {
	r := &record{
		completion: *c, RequestID: requestID, Metadata: req.Metadata, InputUser: req.User,
		Temperature: given(req.Temperature, "1"), TopP: given(req.TopP, "1"),
		PresencePenalty: given(req.PresencePenalty, "0"), FrequencyPenalty: given(req.FrequencyPenalty, "0"),
		Seed: root["seed"], Tools: root["tools"], ToolChoice: root["tool_choice"], ResponseFormat: root["response_format"],
		model: req.Model,
	}
	if r.Metadata == nil {
		r.Metadata = map[string]string{}
	}
	for i, m := range req.Messages {
		stored := storedMessage{
			ID: fmt.Sprintf("%s-%d", c.ID, i), Role: m.Role, Content: m.Content.whole, ContentParts: m.Content.raw,
			ToolCalls: m.ToolCalls, ToolCallID: m.ToolCallID, FunctionCall: m.FunctionCall,
		}
		if m.Name != "" {
			stored.Name = &m.Name
		}
		r.messages = append(r.messages, stored)
	}
	return r
}

func given(n *json.Number, standard json.Number) json.Number {
	if n == nil {
		return standard
	}
	return *n
}

func (s *store) add(r *record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, r)
}

func (s *store) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, len(s.records))
	for i, r := range s.records {
		ids[i] = r.ID
	}
	return ids
}

// with calls do with the record of an id, which must not be kept; it returns
// false if there is none.
func (s *store) with(id string, do func(i int, r *record)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.records {
		if r.ID == id {
			do(i, r)
			return true
		}
	}
	return false
}

// snapshot copies the records that match; the copies share what never changes.
func (s *store) snapshot(match func(*record) bool) []record {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []record
	for _, r := range s.records {
		if match(r) {
			out = append(out, *r)
		}
	}
	return out
}

func (s *Server) getCompletion(w http.ResponseWriter, id string) {
	var found record
	if !s.store.with(id, func(_ int, r *record) { found = *r }) {
		fail(w, completionNotFound(id))
		return
	}
	respond(w, http.StatusOK, found)
}

var updateShape = fields([]string{"metadata"}, map[string]*shape{"metadata": metadataShape})

// updateCompletion replaces the metadata, which is all that may change.
func (s *Server) updateCompletion(w http.ResponseWriter, id string, body []byte) {
	root, e := decodeObject(body)
	if e == nil {
		e = updateShape.check("", root)
	}
	metadata := map[string]string{}
	if e == nil {
		fresh, _ := root["metadata"].(map[string]any)
		e = checkMetadata(fresh)
		for k, v := range fresh {
			metadata[k] = fmt.Sprint(v)
		}
	}
	if e != nil {
		fail(w, e)
		return
	}
	var updated record
	// A fresh map rather than a changed one: copies of the record are about.
	if !s.store.with(id, func(_ int, r *record) { r.Metadata = metadata; updated = *r }) {
		fail(w, completionNotFound(id))
		return
	}
	respond(w, http.StatusOK, updated)
}

func (s *Server) deleteCompletion(w http.ResponseWriter, id string) {
	remove := func(i int, _ *record) { s.store.records = slices.Delete(s.store.records, i, i+1) }
	if !s.store.with(id, remove) {
		fail(w, completionNotFound(id))
		return
	}
	respond(w, http.StatusOK, map[string]any{"object": "chat.completion.deleted", "id": id, "deleted": true})
}

func (s *Server) listCompletions(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	wanted := metadataFilter(query)
	model := query.Get("model")
	records := s.store.snapshot(func(r *record) bool {
		for k, v := range wanted {
			if r.Metadata[k] != v {
				return false
			}
		}
		return model == "" || model == r.model || model == r.Model
	})
	page(w, query, records, func(r record) string { return r.ID })
}

func metadataFilter(query url.Values) map[string]string {
	wanted := map[string]string{}
	for name := range maps.Keys(query) {
		if key, ok := strings.CutPrefix(name, "metadata["); ok {
			wanted[strings.TrimSuffix(key, "]")] = query.Get(name)
		}
	}
	return wanted
}

func (s *Server) listMessages(w http.ResponseWriter, r *http.Request, id string) {
	var messages []storedMessage
	if !s.store.with(id, func(_ int, r *record) { messages = r.messages }) {
		fail(w, completionNotFound(id))
		return
	}
	page(w, r.URL.Query(), messages, func(m storedMessage) string { return m.ID })
}
