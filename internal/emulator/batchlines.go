package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
)

// maxBatchErrors is how many errors of its lines a batch shows.
const maxBatchErrors = 100

// batchLine is one line of the input.
type batchLine struct {
	CustomID *string         `json:"custom_id"`
	Method   *string         `json:"method"`
	URL      *string         `json:"url"`
	Body     json.RawMessage `json:"body"`
}

// validateBatch reads the input, and finds what is wrong with it.
func (s *Server) validateBatch(b *batchRun) {
	b.validated = true
	if b.input.data == nil {
		b.refuse(BatchError{Code: "file_too_large", Message: fmt.Sprintf("The input file is larger than %d bytes.", maxBatchFile)})
		return
	}
	v := &batchValidator{Server: s, run: b, ids: map[string]bool{}}
	number := 0
	for line := range bytes.Lines(b.input.data) {
		number++
		if line = bytes.TrimSpace(line); len(line) > 0 {
			b.lines, b.numbers = append(b.lines, line), append(b.numbers, number)
		}
	}
	switch {
	case len(b.lines) == 0:
		b.refuse(BatchError{Code: "empty_file", Message: "The input file is empty. Please ensure that the batch contains at least one request."})
	case len(b.lines) > maxBatchLines:
		b.refuse(BatchError{Code: "too_many_tasks",
			Message: fmt.Sprintf("The batch has %d requests. The limit is %d requests.", len(b.lines), maxBatchLines)})
	}
	for i := 0; i < len(b.lines) && len(b.errors) < maxBatchErrors; i++ {
		if e := v.check(b.lines[i]); e != nil {
			e.Line = b.numbers[i]
			b.refuse(*e)
		}
	}
	if limit := s.options.BatchTokens; len(b.errors) == 0 && limit > 0 && s.queued(b)+b.tokens > limit {
		b.refuse(BatchError{Code: "token_limit_exceeded", Message: fmt.Sprintf("Enqueued token limit reached for %s in organization org-emulator. "+
			"Limit: %s enqueued tokens. Please try again once some in_progress batches have been completed.", b.model, thousands(limit))})
	}
	if len(b.errors) > 0 {
		b.lines, b.numbers, b.model, b.tokens = nil, nil, "", 0
		return
	}
	b.shuffle()
}

// refuse notes an error.
func (b *batchRun) refuse(e BatchError) { b.errors = append(b.errors, e) }

// shuffle puts the lines into the order in which they are answered, which is never that of the input, and always the
// same for a batch.
func (b *batchRun) shuffle() {
	before := b.numbers[0]
	random := rand.New(rand.NewChaCha8([32]byte(digest(b.id)))) //nolint:gosec // it is to be the same each time
	swap := func(i, j int) {
		b.lines[i], b.lines[j] = b.lines[j], b.lines[i]
		b.numbers[i], b.numbers[j] = b.numbers[j], b.numbers[i]
	}
	random.Shuffle(len(b.lines), swap)
	if last := len(b.lines) - 1; b.numbers[0] == before {
		swap(0, last)
	}
}

// batchValidator checks lines in their order.
type batchValidator struct {
	*Server
	run    *batchRun
	ids    map[string]bool
	inputs int // of embeddings
}

// check returns what is wrong with a line; nil if nothing is.
func (v *batchValidator) check(line []byte) *BatchError {
	var l batchLine
	if !json.Valid(line) || line[0] != '{' {
		return &BatchError{Code: "invalid_json_line", Message: "This line is not parseable as valid JSON."}
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return &BatchError{Code: "invalid_json_line", Message: "This line is not a valid request: " + err.Error()}
	}
	lacks := func(name string) *BatchError {
		return &BatchError{Code: "missing_required_parameter", Message: "Missing required parameter: '" + name + "'.", Param: name}
	}
	switch {
	case l.CustomID == nil || *l.CustomID == "":
		return lacks("custom_id")
	case v.ids[*l.CustomID]:
		return &BatchError{Code: "duplicate_custom_id", Param: "custom_id", Message: "The custom_id for this request is a duplicate of another " +
			"request. The custom_id parameter must be unique for each request in a batch."}
	case l.Method == nil:
		return lacks("method")
	case *l.Method != http.MethodPost:
		return &BatchError{Code: "invalid_method", Param: "method", Message: "Invalid value: '" + *l.Method + "'. Supported values are: 'POST'."}
	case l.URL == nil:
		return lacks("url")
	case *l.URL != v.run.endpoint:
		return &BatchError{Code: "url_mismatch", Param: "url",
			Message: "The URL provided for this request does not match the batch endpoint '" + v.run.endpoint + "'."}
	case len(l.Body) == 0 || string(l.Body) == "null":
		return lacks("body")
	}
	v.ids[*l.CustomID] = true
	return v.checkBody(l.Body)
}

func (v *batchValidator) checkBody(body []byte) *BatchError {
	var asked struct {
		Model  any             `json:"model"`
		Stream any             `json:"stream"`
		Input  json.RawMessage `json:"input"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return &BatchError{Code: "invalid_request", Param: "body", Message: "Invalid type for 'body': expected an object."}
	}
	model, _ := asked.Model.(string)
	switch {
	case asked.Stream == true:
		return &BatchError{Code: "invalid_request", Param: "body.stream", Message: "Streaming is not supported in the Batch API."}
	case model == "" && v.run.endpoint == "/v1/moderations":
		model = moderators[0]
	case model == "":
		return &BatchError{Code: "missing_required_parameter", Param: "body.model", Message: "Missing required parameter: 'body.model'."}
	case !v.models.known[model]:
		return &BatchError{Code: "model_not_found", Param: "body.model",
			Message: "The provided model '" + model + "' is not supported by the Batch API."}
	}
	if v.run.model == "" {
		v.run.model = model
	}
	if model != v.run.model {
		return &BatchError{Code: "model_mismatch", Param: "body.model",
			Message: "All requests in a batch must use the same model. Expected '" + v.run.model + "', but got '" + model + "'."}
	}
	if v.run.endpoint == "/v1/embeddings" {
		if v.inputs += inputsIn(asked.Input); v.inputs > maxBatchInputs {
			return &BatchError{Code: "too_many_tasks", Param: "body.input",
				Message: fmt.Sprintf("The batch has more than %d embedding inputs.", maxBatchInputs)}
		}
	}
	if v.options.BatchTokens > 0 {
		v.run.tokens += v.promptTokens(v.run.endpoint, model, body)
	}
	return nil
}

// inputsIn is how many texts an input of embeddings has.
func inputsIn(input json.RawMessage) int {
	var list []json.RawMessage
	if json.Unmarshal(input, &list) != nil || len(list) == 0 || strings.ContainsAny(string(list[0][:1]), "0123456789") {
		return 1
	}
	return len(list)
}

// promptTokens is how many tokens of a prompt are queued for a line. A body that the endpoint will refuse counts as text.
func (s *Server) promptTokens(endpoint, model string, body []byte) int {
	switch endpoint {
	case "/v1/chat/completions":
		if req, _, e := s.parse(body); e == nil {
			return counterFor(model).prompt(req)
		}
	case "/v1/responses":
		if req, e := s.parseResponse(body); e == nil {
			if told, e := s.tell(req); e == nil {
				return told.tokens(req)
			}
		}
	case "/v1/embeddings":
		if req, e := s.parseEmbeddings(body); e == nil {
			return req.tokens
		}
	}
	return counterFor(model).count(string(body))
}

// queued is how many tokens other batches of the model have queued when a batch comes to be in progress. Those that
// came later have not begun by then.
func (s *Server) queued(b *batchRun) int {
	s.objects.mu.Lock()
	defer s.objects.mu.Unlock()
	at, total := b.moment(validatedAt), 0
	for _, r := range s.objects.root.shelf(batches.name).order {
		other := r.run
		under := !other.began.IsZero() && (other.ended.IsZero() || other.ended.After(at))
		if other != b && other.model == b.model && under {
			total += other.tokens
		}
	}
	return total
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
