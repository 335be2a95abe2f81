package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
)

// fussyResponse answers POST /responses; serveFussy lists the oddities.
func (s *Server) fussyResponse(w http.ResponseWriter, r *http.Request, body []byte) {
	told := listen(w)
	s.createResponse(told, r, body)
	if told.status >= 400 {
		s.fussyRefusal(w, told)
		return
	}
	n := s.fussy.answers.Add(1) - 1
	if !told.streamed() {
		document := told.document()
		fussyReply(document, n)
		respond(w, http.StatusOK, document)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	line := func(text string) {
		_, _ = fmt.Fprint(w, text)
		_ = http.NewResponseController(w).Flush() // not possible where an answer is thrown away
	}
	line(": PROCESSING\r\n\r\n")
	for _, event := range told.events() {
		fussyTold(event, n)
		line("data:" + compact(event) + "\r\n\r\n") // the space is optional
	}
	if n%2 == 0 {
		line("data: [DONE]\r\n\r\n")
	}
}

// fussyTold changes one event. What a server thinks goes before all other items.
func fussyTold(event map[string]any, n uint64) {
	if n%2 == 1 {
		drop(event, "sequence_number")
	}
	if event["type"] == "error" {
		event["error"] = map[string]any{"code": event["code"], "message": event["message"], "type": "server_error"}
		drop(event, "code", "message", "param")
	}
	if index, ok := event["output_index"].(json.Number); ok {
		i, _ := index.Int64() // this server made it
		event["output_index"] = i + 1
	}
	if it, ok := event["item"].(map[string]any); ok {
		fussyItem(it, n)
	}
	if part, ok := event["part"].(map[string]any); ok {
		drop(part, "annotations", "logprobs")
	}
	drop(event, "logprobs")
	if response, ok := event["response"].(map[string]any); ok {
		fussyReply(response, n)
	}
}

// fussyReply changes a whole response.
func fussyReply(document map[string]any, n uint64) {
	kept := map[string]any{}
	for _, name := range []string{"id", "object", "created_at", "model", "status", "output", "usage", "error", "incomplete_details"} {
		kept[name] = document[name]
	}
	if created, ok := kept["created_at"].(json.Number); ok {
		kept["created_at"] = created + ".25"
	}
	usage, _ := kept["usage"].(map[string]any)
	switch n % 3 {
	case 0:
		drop(usage, "input_tokens_details", "output_tokens_details")
	case 1:
		drop(kept, "usage")
	case 2:
		if usage != nil {
			usage["input_tokens_details"], usage["output_tokens_details"] = nil, nil
		}
	}
	if n%3 == 2 {
		kept["id"] = "odd ID?nr=1#ü"
	}
	output := objects(kept, "output")
	for _, it := range output {
		fussyItem(it, n)
	}
	thought := map[string]any{
		"type": "reasoning", "id": "rs_1", "summary": []any{},
		"content": []any{map[string]any{"type": "reasoning_text", "text": "The user wants an answer."}},
	}
	if n%2 == 1 {
		drop(thought, "id", "summary")
	}
	if kept["output"] = append([]map[string]any{thought}, output...); len(output) == 0 {
		kept["output"] = output
	}
	clear(document)
	maps.Copy(document, kept)
}

// fussyItem changes one item of an output.
func fussyItem(it map[string]any, n uint64) {
	for _, part := range objects(it, "content") {
		drop(part, "annotations", "logprobs")
	}
	if n%2 == 1 {
		drop(it, "status")
	}
	if it["type"] == "function_call" {
		drop(it, "id")
	}
}
