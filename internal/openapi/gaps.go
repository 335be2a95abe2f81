package openapi

import (
	"encoding/json"
	"regexp"
)

// gaps are faults that are the document's: OpenAI answers what its schemas do not have. Each has a
// reason, and an operation that it is limited to unless that is empty.
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
	// A page without entries has no first and no last one.
	{"", regexp.MustCompile(`^body at '/(first|last)_id': got null, want string$`)},
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
		if (gap.operation == "" || gap.operation == operation) && gap.fault.MatchString(fault) {
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
