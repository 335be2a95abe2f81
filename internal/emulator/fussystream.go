package emulator

import (
	"fmt"
	"net/http"
)

// fussyStream tells a stream as a Fussy server does. A habit takes the place of the
// oddities that it touches; nil = none.
func fussyStream(w http.ResponseWriter, events []map[string]any, n uint64, h *habit) {
	if h != nil && h.chunks != nil {
		events = h.chunks(events)
	} else {
		events = wholeCalls(events)
	}
	chunks := make([]string, len(events))
	for i, event := range events {
		fussyEvent(event, i, n, h)
		chunks[i] = compact(event)
		if h != nil && h.text != nil {
			chunks[i] = h.text(chunks[i])
		}
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	flusher := http.NewResponseController(w)
	line := func(text string) {
		_, _ = fmt.Fprint(w, text)
		_ = flusher.Flush() // not possible where an answer is thrown away
	}
	if h != nil && h.frame != nil {
		line(h.frame(chunks))
		return
	}
	line(": PROCESSING\r\n\r\n")
	for i, chunk := range chunks {
		line("data:" + chunk + "\r\n\r\n") // the space is optional
		if i%3 == 0 {
			line(": ping\r\n\r\n")
		}
	}
}

func fussyEvent(event map[string]any, i int, n uint64, h *habit) {
	fussyHead(event, n)
	for _, choice := range objects(event, "choices") {
		drop(choice, "logprobs")
		if delta, ok := choice["delta"].(map[string]any); ok {
			fussyDelta(delta, i == 0, n)
			if h == nil || h.chunks == nil {
				for _, call := range objects(delta, "tool_calls") {
					drop(call, "index")
				}
			}
		}
	}
	if usage, ok := event["usage"].(map[string]any); ok {
		drop(usage, "prompt_tokens_details", "completion_tokens_details")
	} else {
		event["usage"] = map[string]any{"prompt_tokens": 1, "completion_tokens": i, "total_tokens": 1 + i}
	}
	if len(objects(event, "choices")) == 0 {
		event["choices"] = nil
	}
}

func fussyDelta(delta map[string]any, first bool, n uint64) {
	drop(delta, "refusal")
	if n%2 == 1 {
		drop(delta, "role")
	}
	if first {
		delta["reasoning_content"] = "The user wants an answer."
	}
	if _, calling := delta["tool_calls"]; calling {
		delta["content"] = ""
	}
}

// wholeCalls puts the pieces of each tool call into the event that began it,
// and leaves out events that have nothing else.
func wholeCalls(events []map[string]any) []map[string]any {
	calls := map[string]map[string]any{} // by choice and index
	var out []map[string]any
	for _, event := range events {
		rest := false
		for _, choice := range objects(event, "choices") {
			delta, _ := choice["delta"].(map[string]any)
			for _, piece := range objects(delta, "tool_calls") {
				key := fmt.Sprint(choice["index"], piece["index"])
				if begun, ok := calls[key]; ok {
					rest = true
					appendInput(begun, piece)
					continue
				}
				calls[key] = piece
			}
		}
		if !rest {
			out = append(out, event)
		}
	}
	return out
}

func appendInput(call, piece map[string]any) {
	for kind, field := range map[string]string{"function": "arguments", "custom": "input"} {
		more, ok := piece[kind].(map[string]any)
		if !ok {
			continue
		}
		have := call[kind].(map[string]any)
		have[field] = fmt.Sprint(have[field], more[field])
	}
}
