package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// recorder keeps an answer, for a profile to tell it in its own words.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func listen(w http.ResponseWriter) *recorder {
	return &recorder{header: w.Header().Clone(), status: http.StatusOK}
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
func (r *recorder) WriteHeader(status int)      { r.status = status }

func (r *recorder) streamed() bool {
	return strings.HasPrefix(r.header.Get("Content-Type"), "text/event-stream")
}

// document is the answer as a JSON object.
func (r *recorder) document() map[string]any { return parseObject(r.body.Bytes()) }

// events are the JSON objects of a stream, without "[DONE]".
func (r *recorder) events() []map[string]any {
	var events []map[string]any
	for line := range bytes.Lines(r.body.Bytes()) {
		data, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("data: "))
		if ok && string(data) != "[DONE]" {
			events = append(events, parseObject(data))
		}
	}
	return events
}

// apiError is the error of the answer.
func (r *recorder) apiError() *apiError {
	var doc struct{ Error apiError }
	_ = json.Unmarshal(r.body.Bytes(), &doc) // only errors of this package get here
	doc.Error.status = r.status
	return &doc.Error
}

// parseObject reads JSON that this package wrote, with numbers as they are.
func parseObject(data []byte) map[string]any {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	_ = decoder.Decode(&object)
	return object
}

// objects are the objects in a list of a JSON object.
func objects(parent map[string]any, name string) []map[string]any {
	list, _ := parent[name].([]any)
	var out []map[string]any
	for _, item := range list {
		if object, ok := item.(map[string]any); ok {
			out = append(out, object)
		}
	}
	return out
}

func drop(object map[string]any, names ...string) {
	for _, name := range names {
		delete(object, name)
	}
}
