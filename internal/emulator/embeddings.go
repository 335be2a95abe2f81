package emulator

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
)

// What OpenAI's embedding models take.
const (
	maxInputs        = 2048
	maxInputTokens   = 8192
	maxRequestTokens = 300_000
)

// embedder is an embedding model.
type embedder struct {
	dimensions int    // of a whole vector
	fixed      bool   // its vectors cannot be shortened
	answersAs  string // if not in its own name
}

var embedders = map[string]embedder{
	"text-embedding-3-small": {dimensions: 1536},
	"text-embedding-3-large": {dimensions: 3072},
	"text-embedding-ada-002": {dimensions: 1536, fixed: true, answersAs: "text-embedding-ada-002-v2"},
}

// embedderOf returns what is known of a model; one of another name is like
// text-embedding-3-small.
func embedderOf(model string) embedder {
	e, known := embedders[model]
	if !known {
		e = embedders["text-embedding-3-small"]
	}
	if e.answersAs == "" {
		e.answersAs = model
	}
	return e
}

// embeddingShapes is every argument of POST /embeddings but model.
var embeddingShapes = map[string]*shape{
	"dimensions":      {kind: kindInteger, min: "1"},
	"encoding_format": oneOf("float", "base64"),
	"input": {kind: kindText, or: &shape{
		kind: kindList, minItems: 1, items: aString,
		orItems: []*shape{aToken, {kind: kindList, minItems: 1, items: aToken}},
	}},
	"user": aString,
}

var aToken = &shape{kind: kindInteger, min: "0"}

// embeddingRequest is a valid body of POST /embeddings.
type embeddingRequest struct {
	model      embedder
	dimensions int
	base64     bool
	texts      []string
	tokens     int // of all texts
}

type embeddings struct {
	Object string         `json:"object"`
	Data   []embeddedText `json:"data"`
	Model  string         `json:"model"`
	Usage  map[string]int `json:"usage"`
}

type embeddedText struct {
	Object    string `json:"object"`
	Index     int    `json:"index"`
	Embedding any    `json:"embedding"` // numbers, or base64 of them
}

// createEmbeddings serves POST /embeddings.
func (s *Server) createEmbeddings(w http.ResponseWriter, r *http.Request, body []byte) {
	if !s.ponder(r.Context()) {
		return
	}
	rateLimits(w.Header())
	req, e := s.parseEmbeddings(body)
	if e != nil {
		fail(w, e)
		return
	}
	s.answering(r.Context(), &s.made, body)
	answer := embeddings{Object: "list", Model: req.model.answersAs, Data: make([]embeddedText, len(req.texts))}
	for i, text := range req.texts {
		v := vector(req.model.answersAs, text, req.dimensions)
		answer.Data[i] = embeddedText{"embedding", i, v}
		if req.base64 {
			answer.Data[i].Embedding = toBase64(v)
		}
	}
	answer.Usage = map[string]int{"prompt_tokens": req.tokens, "total_tokens": req.tokens}
	respond(w, http.StatusOK, answer)
}

// toBase64 is the base64 of numbers as float32, little-endian.
func toBase64(v []float32) string {
	data := make([]byte, 0, 4*len(v))
	for _, n := range v {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(n))
	}
	return base64.StdEncoding.EncodeToString(data)
}

// fromBase64 is the contrary of toBase64.
func fromBase64(text string) []float32 {
	data, _ := base64.StdEncoding.DecodeString(text) // only what toBase64 made gets here
	v := make([]float32, len(data)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return v
}

// parseEmbeddings turns the body of POST /embeddings into a request, or into
// the error that the API gives for it.
func (s *Server) parseEmbeddings(body []byte) (*embeddingRequest, *apiError) {
	root, e := decodeObject(body)
	if e != nil {
		return nil, e
	}
	if e := s.checkModel(root, embedding); e != nil {
		return nil, e
	}
	if e := checkNames(root, embeddingShapes, "input"); e != nil {
		return nil, e
	}
	if e := checkShapes(root, embeddingShapes); e != nil {
		return nil, e
	}
	model := root["model"].(string) //nolint:forcetypeassert // checkModel has checked it
	req := &embeddingRequest{model: embedderOf(model), base64: root["encoding_format"] == "base64"}
	if e := req.setDimensions(root["dimensions"]); e != nil {
		return nil, e
	}
	return req, req.readInput(counterFor(model), root["input"])
}

// setDimensions sets how many dimensions are wanted.
func (r *embeddingRequest) setDimensions(wanted any) *apiError {
	r.dimensions = r.model.dimensions
	number, given := wanted.(json.Number)
	if !given {
		return nil
	}
	if r.model.fixed {
		return invalid("", "", "This model does not support specifying dimensions.")
	}
	n, _ := number.Int64() // that it is one, its shape says
	if n > int64(r.model.dimensions) {
		return invalid("", "", "Invalid value for 'dimensions' = %d. Must be less than or equal to %d.", n, r.model.dimensions)
	}
	r.dimensions = int(n)
	return nil
}

// readInput takes the texts of an input of a valid shape.
func (r *embeddingRequest) readInput(tokens counter, input any) *apiError {
	list, several := input.([]any)
	if len(list) > maxInputs {
		return invalid("input", "invalid_value", "Invalid 'input': array length must be %d or less.", maxInputs)
	}
	if several {
		_, isToken := list[0].(json.Number)
		several = !isToken
	}
	if !several {
		list = []any{input}
	}
	for i, item := range list {
		path := "input"
		if several {
			path = fmt.Sprintf("input[%d]", i)
		}
		text, count, e := textOf(tokens, path, item)
		if e != nil {
			return e
		}
		if count > maxInputTokens {
			if !several {
				return invalid("", "", "Invalid 'input': maximum context length is %d tokens.", maxInputTokens)
			}
			return invalid(path, "invalid_value", "Invalid '%s': maximum input length is %d tokens.", path, maxInputTokens)
		}
		r.texts = append(r.texts, text)
		r.tokens += count
	}
	if r.tokens > maxRequestTokens {
		e := invalid("", "max_tokens_per_request", "Requested %d tokens, max %d tokens per request", r.tokens, maxRequestTokens)
		e.Type = "max_tokens_per_request"
		return e
	}
	return nil
}

// textOf returns the text of one input, a string or a list of tokens, and how
// many tokens it has.
func textOf(tokens counter, path string, item any) (string, int, *apiError) {
	if text, ok := item.(string); ok {
		if text == "" {
			return "", 0, invalid(path, "invalid_value", "Invalid '%s': input cannot be an empty string.", path)
		}
		return text, tokens.count(text), nil
	}
	list := item.([]any) //nolint:forcetypeassert // its shape has nothing else
	ids := make([]uint, len(list))
	for i, number := range list {
		n, _ := number.(json.Number).Int64()
		ids[i] = uint(n)
	}
	text, ok := tokens.decode(ids)
	if !ok {
		return "", 0, invalid(path, "invalid_value", "Invalid '%s': not all of these are tokens of the model.", path)
	}
	return text, len(ids), nil
}
