package emulator

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

// What OpenAI takes of batches.
const (
	maxBatchFile    = 200 << 20 // bytes
	maxBatchLines   = 50_000
	maxBatchInputs  = 50_000   // texts that the lines of a batch of embeddings have together
	batchFileLife   = 30 * day // of input, and of output unless it says otherwise
	completedWithin = 24 * time.Hour
)

// batchEndpoints are those that lines may be for. Of one that is not served here, each line fails.
var batchEndpoints = oneOf("/v1/responses", "/v1/chat/completions", "/v1/embeddings", "/v1/completions", "/v1/moderations",
	"/v1/images/generations", "/v1/images/edits", "/v1/videos")

// BatchError is why a batch failed before any of its lines was answered.
type BatchError struct {
	Code    string
	Line    int // of the input, from 1; 0 = of none
	Message string
	Param   string // "" = none
}

// batches are made from a file of requests, and worked on in the time of Options.Now.
var batches = &collection{
	name: "batches", object: "batch", prefix: "batch_",
	create: fields([]string{"input_file_id", "endpoint", "completion_window"}, map[string]*shape{
		"input_file_id": aString, "endpoint": batchEndpoints, "completion_window": oneOf("24h"),
		"metadata": metadataShape, "output_expires_after": fileExpiryShape,
	}),
	paging: paging{limit: 20, most: 100, order: "desc"},
	keep:   map[string]any{"input_file_id": nil, "endpoint": nil, "completion_window": nil, "metadata": nil},
	make:   makeBatch,
	show: func(c *call, r *resource, _ map[string]any) {
		if c.method == http.MethodGet {
			r.run.look(c.now)
		}
	},
	missing: func(_ *resource, id string) *apiError { return absent("", "No batch found with id '%s'.", id) },
	actions: map[string]action{"cancel": {http.MethodPost, operation{do: cancelBatch}}},
}

// batchMoments are the members of a batch that say when it came to what.
var batchMoments = []string{
	"in_progress_at", "finalizing_at", "completed_at", "failed_at", "expired_at", "cancelling_at", "cancelled_at",
}

func makeBatch(c *call, r *resource) *apiError {
	id := c.body["input_file_id"].(string) //nolint:forcetypeassert // its shape has nothing else
	file, e := c.file(id)
	if e != nil {
		return invalid("input_file_id", "", "%s", e.Message)
	}
	if purpose := file.members["purpose"]; purpose != "batch" {
		return invalid("input_file_id", "", "Invalid 'input_file_id': the purpose of file %s is '%v'. Expected 'batch'.", id, purpose)
	}
	r.run = &batchRun{
		id: r.id, created: c.now, endpoint: c.body["endpoint"].(string), input: file.content, hold: c.options.Processing,
		takes: c.options.BatchTime, fileLife: batchFileLife, errors: c.takeBatchFailure(), status: "validating",
	}
	if after, ok := c.body["output_expires_after"].(map[string]any); ok {
		r.run.fileLife = integer(after["seconds"])
	}
	for _, name := range append([]string{"errors", "output_file_id", "error_file_id"}, batchMoments...) {
		r.members[name] = nil
	}
	r.members["status"], r.members["expires_at"] = r.run.status, c.now.Add(completedWithin).Unix()
	r.members["request_counts"], r.members["usage"] = map[string]int{"total": 0, "completed": 0, "failed": 0}, tokenBill{}
	return nil
}

// cancelBatch ends the work on a batch. What is under way goes on being cancelled for a tenth of the time that a
// batch takes, and for ten minutes at most.
func cancelBatch(c *call) (any, *apiError) {
	r := c.target
	switch status := c.shown(c.of(), r)["status"]; status {
	case "cancelling":
	case "validating", "in_progress":
		r.run.cancelled = c.now
		r.run.status = "cancelling"
		r.members["status"], r.members["cancelling_at"] = "cancelling", c.now.Unix()
	default:
		return nil, &apiError{status: http.StatusConflict, Type: invalidRequest,
			Message: "Cannot cancel a batch with status '" + status.(string) + "'."}
	}
	return c.shown(c.of(), r), nil
}

// FailBatch has the next batch that is created end as failed, with these errors, in place of being worked on. Calls
// queue up.
func (s *Server) FailBatch(errors ...BatchError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batchFailures = append(s.batchFailures, errors)
}

func (s *Server) takeBatchFailure() []BatchError {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.batchFailures) == 0 {
		return nil
	}
	first := s.batchFailures[0]
	s.batchFailures = s.batchFailures[1:]
	return slices.Clone(first)
}

// FailLines scripts faults of the lines of batches, as Fail does of requests. A fault is for lines that contain
// Match.Body: a custom_id, a word of the body. It is answered with Status and Body in the line's place, and nothing
// is billed, unless it is Late. Without a Status, and with Reset, there is no answer but the error of a batch. All
// else of a fault does nothing here.
func (s *Server) FailLines(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lineFaults = append(s.lineFaults, script(faults)...)
}

// errorList is errors as a batch shows them; nil if there are none.
func errorList(errors []BatchError) any {
	if len(errors) == 0 {
		return nil
	}
	data := make([]map[string]any, len(errors))
	for i, e := range errors {
		data[i] = map[string]any{"code": e.Code, "message": e.Message, "line": nil, "param": nil}
		if e.Line > 0 {
			data[i]["line"] = e.Line
		}
		if e.Param != "" {
			data[i]["param"] = e.Param
		}
	}
	return map[string]any{"object": "list", "data": data}
}

// show sets what the API shows of a run. The files of one that has ended are made by the caller.
func (b *batchRun) show(members map[string]any, now stage) {
	members["status"], members["errors"] = b.status, errorList(b.errors)
	members["request_counts"] = map[string]int{"total": len(b.lines), "completed": b.completed, "failed": b.failed}
	members["usage"] = b.bill
	if b.model != "" {
		members["model"] = snapshot(b.model)
	}
	maps.Copy(members, b.moments(now))
}
