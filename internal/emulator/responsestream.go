package emulator

import (
	"maps"
	"net/http"
	"strconv"
)

// streaming is which events of a stream are sent, and how.
type streaming struct {
	after      int // the number of the last event that the client has; -1 = it has none
	obfuscated bool
}

// resume has the stream go on after an event; "" is its beginning.
func (s *streaming) resume(after string) *apiError {
	if after == "" {
		return nil
	}
	n, err := strconv.Atoi(after)
	if err != nil {
		return invalid("starting_after", "invalid_type", "Invalid type for 'starting_after': expected an integer, but got a string instead.")
	}
	s.after = n
	return nil
}

// responseEvent is one event, with the members that all have.
type responseEvent = map[string]any

// responseStream makes the events that tell of a response.
type responseStream struct {
	events     []responseEvent
	obfuscated bool
	index      int // of the item that is told of
	id         string
}

// streamResponse sends a response event by event, flushing each. One that has not ended is told as far as it is.
func streamResponse(w http.ResponseWriter, run *responseRun, shown map[string]any, from streaming) {
	header := w.Header()
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	header.Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	flusher := http.NewResponseController(w)
	for n, event := range eventsOf(run, shown, from.obfuscated) {
		if n <= from.after {
			continue
		}
		data := encode(event)
		text := make([]byte, 0, len(data)+64)
		text = append(text, "event: "+event["type"].(string)+"\ndata: "...) //nolint:forcetypeassert // send sets it
		text = append(append(text, data...), '\n')
		w.Write(text)
		_ = flusher.Flush() // not possible where an answer is thrown away
	}
}

// eventsOf are all events of a response. One that crashes breaks off in the middle, with an error.
func eventsOf(run *responseRun, shown map[string]any, obfuscated bool) []responseEvent {
	s := &responseStream{obfuscated: obfuscated}
	begun := maps.Clone(shown)
	begun["status"], begun["output"], begun["usage"], begun["completed_at"] = "in_progress", []item{}, nil, nil
	begun["error"], begun["incomplete_details"] = nil, nil
	delete(begun, "moderation")
	first := begun
	if run.background {
		first = maps.Clone(begun)
		first["status"] = "queued"
	}
	s.send("response.created", responseEvent{"response": first})
	if run.background {
		s.send("response.queued", responseEvent{"response": first})
	}
	if shown["status"] == "queued" {
		return s.events
	}
	s.send("response.in_progress", responseEvent{"response": begun})
	output, _ := shown["output"].([]item)
	for i, it := range output {
		s.index, s.id = i, shownID(it)
		s.tell(it)
	}
	if run.crashed != nil {
		s.events = s.events[:len(s.events)-len(s.events)/3]
		s.send("error", responseEvent{"code": run.crashed.Code, "message": run.crashed.Message, "param": nil})
		return s.events
	}
	switch status := shown["status"]; status {
	case "completed", "failed", "incomplete":
		s.send("response."+status.(string), responseEvent{"response": shown}) //nolint:forcetypeassert // it is one of those
	}
	return s.events
}

// send adds an event.
func (s *responseStream) send(kind string, members responseEvent) {
	event := responseEvent{"type": kind, "sequence_number": len(s.events)}
	maps.Copy(event, members)
	s.events = append(s.events, event)
}

// about adds an event about the item that is told of.
func (s *responseStream) about(kind string, members responseEvent) {
	event := responseEvent{"item_id": s.id, "output_index": s.index}
	maps.Copy(event, members)
	if _, delta := members["delta"]; delta && s.obfuscated {
		event["obfuscation"] = "emulated"
	}
	s.send("response."+kind, event)
}

// unfilled is how items of each type begin: what is told piece by piece is not there yet.
var unfilled = map[string]item{
	"message":               {"status": "in_progress", "content": []any{}},
	"reasoning":             {"summary": []any{}},
	"function_call":         {"status": "in_progress", "arguments": ""},
	"custom_tool_call":      {"status": "in_progress", "input": ""},
	"file_search_call":      {"status": "in_progress", "queries": []any{}, "results": nil},
	"web_search_call":       {"status": "in_progress"},
	"code_interpreter_call": {"status": "in_progress", "code": "", "outputs": nil},
	"mcp_list_tools":        {"tools": []any{}},
	"mcp_call":              {"status": "in_progress", "arguments": "", "output": nil},
}

// tell adds the events of one item.
func (s *responseStream) tell(it item) {
	kind, _ := it["type"].(string)
	begun := maps.Clone(it)
	maps.Copy(begun, unfilled[kind])
	delete(begun, "encrypted_content")
	s.send("response.output_item.added", responseEvent{"output_index": s.index, "item": begun})
	switch kind {
	case "message":
		for i, part := range it["content"].([]any) {
			s.part(i, part.(map[string]any)) //nolint:forcetypeassert // a responder makes them
		}
	case "reasoning":
		for i, part := range it["summary"].([]any) {
			s.summary(i, part.(map[string]any)) //nolint:forcetypeassert // as above
		}
	case "function_call":
		s.pieces("function_call_arguments", "arguments", it["arguments"], responseEvent{"name": it["name"]})
	case "custom_tool_call":
		s.pieces("custom_tool_call_input", "input", it["input"], nil)
	case "file_search_call", "web_search_call":
		s.stages(kind, "in_progress", "searching", "completed")
	case "code_interpreter_call":
		s.stages(kind, "in_progress")
		s.pieces("code_interpreter_call_code", "code", it["code"], nil)
		s.stages(kind, "interpreting", "completed")
	case "mcp_list_tools":
		s.stages(kind, "in_progress", "completed")
	case "mcp_call":
		s.stages(kind, "in_progress")
		s.pieces("mcp_call_arguments", "arguments", it["arguments"], nil)
		s.stages(kind, "completed")
	}
	s.send("response.output_item.done", responseEvent{"output_index": s.index, "item": it})
}

// stages adds an event for each thing that a call comes to.
func (s *responseStream) stages(kind string, names ...string) {
	for _, name := range names {
		s.about(kind+"."+name, nil)
	}
}

// pieces adds the events of an input that is told in pieces.
func (s *responseStream) pieces(kind, field string, value any, more responseEvent) {
	text, _ := value.(string)
	for _, piece := range fragments(text) {
		s.about(kind+".delta", responseEvent{"delta": piece})
	}
	done := responseEvent{field: text}
	maps.Copy(done, more)
	s.about(kind+".done", done)
}

// part adds the events of one part of a message.
func (s *responseStream) part(i int, part map[string]any) {
	field, kind := "text", "output_text"
	if part["type"] == "refusal" {
		field, kind = "refusal", "refusal"
	}
	at := func(members responseEvent) responseEvent {
		members["content_index"] = i
		return members
	}
	empty := maps.Clone(part)
	empty[field] = ""
	if kind == "output_text" {
		empty["annotations"], empty["logprobs"] = []any{}, []any{}
	}
	s.about("content_part.added", at(responseEvent{"part": empty}))
	text, _ := part[field].(string)
	tokens, _ := part["logprobs"].([]probability)
	sent, counted := 0, 0
	for _, piece := range pieces(text) {
		delta := at(responseEvent{"delta": piece})
		sent += len(piece)
		here := 0
		for ; here < len(tokens) && counted < sent; here++ {
			counted += len(tokens[here].Bytes)
		}
		if kind == "output_text" {
			delta["logprobs"] = briefly(tokens[:here])
		}
		tokens = tokens[here:]
		s.about(kind+".delta", delta)
	}
	annotations, _ := part["annotations"].([]any)
	for n, annotation := range annotations {
		s.about("output_text.annotation.added", at(responseEvent{"annotation_index": n, "annotation": annotation}))
	}
	done := at(responseEvent{field: text})
	if kind == "output_text" {
		all, _ := part["logprobs"].([]probability)
		done["logprobs"] = briefly(all)
	}
	s.about(kind+".done", done)
	s.about("content_part.done", at(responseEvent{"part": part}))
}

// briefly are probabilities as events have them, without bytes.
func briefly(all []probability) []any {
	out := []any{}
	for _, p := range all {
		top := []any{}
		for _, other := range p.Top {
			top = append(top, map[string]any{"token": other.Token, "logprob": other.Logprob})
		}
		out = append(out, map[string]any{"token": p.Token, "logprob": p.Logprob, "top_logprobs": top})
	}
	return out
}

// summary adds the events of one part of what a model says that it thought.
func (s *responseStream) summary(i int, part map[string]any) {
	at := func(members responseEvent) responseEvent {
		members["summary_index"] = i
		return members
	}
	text, _ := part["text"].(string)
	empty := maps.Clone(part)
	empty["text"] = ""
	s.about("reasoning_summary_part.added", at(responseEvent{"part": empty}))
	for _, piece := range pieces(text) {
		s.about("reasoning_summary_text.delta", at(responseEvent{"delta": piece}))
	}
	s.about("reasoning_summary_text.done", at(responseEvent{"text": text}))
	s.about("reasoning_summary_part.done", at(responseEvent{"part": part}))
}
