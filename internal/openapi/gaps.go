package openapi

import (
	"encoding/json"
	"regexp"
	"strings"
)

// gaps are faults that are the document's: OpenAI takes and answers what its schemas do not have. Each
// has a reason, and operations that it is limited to, by how they begin; all, if that is empty.
var gaps = []struct {
	operation string
	fault     *regexp.Regexp
}{
	// With encoding_format base64 a vector is a string.
	{"POST /embeddings", regexp.MustCompile(`^body at '/data/\d+/embedding': got string, want array$`)},
	// Custom tools are called in streams as well, and sound and citations come in streams; the schema of
	// a chunk has text and functions only.
	{"POST /chat/completions", regexp.MustCompile(`^event \d+: body at '/choices/\d+/delta/` +
		`(tool_calls/\d+/type': value must be 'function'|(tool_calls/\d+/custom|audio|annotations)': not declared)$`)},
	// The content of a file is its bytes, whatever they are.
	{"GET /files/{file_id}/content", regexp.MustCompile(`^body`)},
	// An upload can be for all that a file can be for, as OpenAI's SDKs have it.
	{"POST /uploads", regexp.MustCompile(`^body at '/purpose': value must be one of 'assistants', 'batch', 'fine-tune', 'vision'$`)},
	// A vector store may have no name, and an update with null takes it away.
	{"POST /vector_stores", regexp.MustCompile(`^body at '/name': got null, want string$`)},
	{"GET /vector_stores", regexp.MustCompile(`^body at '(/data/\d+)?/name': got null, want string$`)},
	// The schema says "nullable" beside the object, which is no word of OpenAPI 3.1 any more.
	{"POST /vector_stores/{vector_store_id}", regexp.MustCompile(`^body at '/expires_after': got null, want object$`)},
	// In the document's own examples of batches, which are no JSON, what a batch does not have is null.
	{"POST /batches", regexp.MustCompile(`^body at '/(errors|\w+_file_id|\w+_at)': got null, want (object|string|integer)$`)},
	{"GET /batches", regexp.MustCompile(`^body at '(/data/\d+)?/(errors|\w+_file_id|\w+_at)': got null, want (object|string|integer)$`)},
	// A response that has not ended, or has failed, has cost nothing yet.
	{"POST /responses", regexp.MustCompile(`^(event \d+: )?body at '(/response)?/usage': got null, want object$`)},
	{"GET /responses", regexp.MustCompile(`^body at '/usage': got null, want object$`)},
	// The call of a custom tool has a status as that of a function has; in lists the document knows it.
	{"POST /responses", regexp.MustCompile(`^(event \d+: )?body at '((/response)?/output/\d+|/item)/status': not declared$`)},
	{"GET /responses/{response_id}", regexp.MustCompile(`^body at '/output/\d+/status': not declared$`)},
	// Events show responses as the document's examples of them do, which have more than the schema.
	{"POST /responses", regexp.MustCompile(`^event \d+: body at '/response/(user': got null, want string|store': not declared)$`)},
	{"POST /responses", regexp.MustCompile(`^event \d+: body at '/obfuscation': not declared$`)},
	// With stream=true the answer is events, of which the document tells at POST /responses alone.
	{"GET /responses/{response_id}", regexp.MustCompile(`^body: not JSON: `)},
	// The document's example of a deletion has a body, and its schema has none.
	{"DELETE /responses/{response_id}", regexp.MustCompile(`^body: the document has none$`)},
	// Line items are among OpenAI's SDKs' filters since September 2026; the document is of August.
	{"GET /organization/costs", regexp.MustCompile(`^query parameter line_items\[\]: not declared$`)},
	// The answer to a request for an approval is said to need a member that neither its schema declares nor OpenAI's SDKs
	// have. It comes back as an item of the input.
	{"POST /responses", regexp.MustCompile(`^body at '/input/\d+': missing property 'request_id'$`)},
	{"GET /responses/{response_id}/input_items", regexp.MustCompile(`^body at '/data/\d+': missing property 'request_id'$`)},
	// A page without entries has no first and no last one.
	{"", regexp.MustCompile(`^body at '/(first|last)_id': got null, want string$`)},
}

// absent are operations that OpenAI has and its document does not: nothing is held against the document
// but their errors. Each group has a reason.
var absent = [][2]string{
	// Webhook endpoints are in OpenAI's SDKs since September 2026; the document is of August.
	{"POST", "/webhook_endpoints"},
	{"GET", "/webhook_endpoints"},
	{"GET", "/webhook_endpoints/{id}"},
	{"POST", "/webhook_endpoints/{id}"},
	{"DELETE", "/webhook_endpoints/{id}"},
	{"POST", "/webhook_endpoints/{id}/rotate_secret"},
	{"POST", "/webhook_endpoints/{id}/test"},
	{"GET", "/webhook_event_types"},
	// So are decisions, and the report of their usage.
	{"POST", "/decisions"},
	{"GET", "/organization/usage/decisions"},
}

// isAbsent reports whether OpenAI is known to have an operation that the document lacks.
func isAbsent(method, path string) bool {
	for _, known := range absent {
		op := operation{template: segments(known[1])}
		if want := below(path); method == known[0] && len(want) == len(op.template) && op.score(want, nil) >= 0 {
			return true
		}
	}
	return false
}

// exceptGaps leaves out the faults of a successful answer that are the document's own.
func (d *Document) exceptGaps(op *operation, key string, content map[string]any, found []error) []error {
	own := d.faultsOfExamples(op, key, content)
	var kept []error
	for _, err := range found {
		if !own[anyIndex(err.Error())] && !isGap(op.key, err.Error()) {
			kept = append(kept, err)
		}
	}
	return kept
}

func isGap(operation, fault string) bool {
	for _, gap := range gaps {
		if strings.HasPrefix(operation, gap.operation) && gap.fault.MatchString(fault) {
			return true
		}
	}
	return false
}

// faultsOfExamples are the faults that every example has which the document gives of an operation's
// answer. Stored completions are the case in point: the schema has half of their fields.
func (d *Document) faultsOfExamples(op *operation, key string, content map[string]any) map[string]bool {
	if known, ok := d.exempt.Load(key); ok {
		return known.(map[string]bool) //nolint:forcetypeassert // only this function stores
	}
	var shared map[string]bool
	for _, example := range examples(op) {
		faults := map[string]bool{}
		for _, err := range d.checkContent(key, content, example) {
			if text := anyIndex(err.Error()); shared == nil || shared[text] {
				faults[text] = true
			}
		}
		shared = faults
	}
	d.exempt.Store(key, shared)
	return shared
}

// examples are the answers in JSON that the document shows for an operation.
func examples(op *operation) [][]byte {
	meta := object(op.raw["x-oaiMeta"])
	list, ok := meta["examples"].([]any)
	if !ok {
		list = []any{meta["examples"]}
	}
	var out [][]byte
	for _, example := range list {
		if text, ok := object(example)["response"].(string); ok && json.Valid([]byte(text)) {
			out = append(out, []byte(text))
		}
	}
	return out
}

var index = regexp.MustCompile(`/\d+`)

// anyIndex makes faults equal that differ in the items of lists that they are at.
func anyIndex(fault string) string { return index.ReplaceAllString(fault, "/n") }
