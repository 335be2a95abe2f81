package emulator

import (
	"net/http"
	"slices"
)

// fussyEmbeddings answers POST /embeddings; serveFussy lists the oddities.
func (s *Server) fussyEmbeddings(w http.ResponseWriter, r *http.Request, body []byte) {
	told := listen(w)
	s.createEmbeddings(told, r, body)
	if told.status >= 400 {
		s.fussyRefusal(w, told)
		return
	}
	document := told.document()
	n := s.fussy.answers.Add(1) - 1
	drop(document, "object")
	document["id"], document["created"] = "embd-1", s.options.Now().Unix()
	usage, _ := document["usage"].(map[string]any)
	switch n % 3 {
	case 0:
		drop(document, "usage")
	case 1:
		drop(usage, "total_tokens")
	case 2:
		usage["completion_tokens"], usage["prompt_tokens_details"] = 0, nil
	}
	data := objects(document, "data")
	for _, item := range data {
		drop(item, "object")
		if text, ok := item["embedding"].(string); ok && n%2 == 1 {
			item["embedding"] = fromBase64(text)
		}
	}
	slices.Reverse(data)
	document["data"] = data
	respond(w, http.StatusOK, document)
}

// fussyModeration answers POST /moderations; serveFussy lists the oddities.
func (s *Server) fussyModeration(w http.ResponseWriter, r *http.Request, body []byte) {
	told := listen(w)
	s.createModeration(told, r, body)
	if told.status >= 400 {
		s.fussyRefusal(w, told)
		return
	}
	document := told.document()
	n := s.fussy.answers.Add(1) - 1
	document["usage"] = map[string]any{"prompt_tokens": 1, "total_tokens": 1}
	switch n % 3 {
	case 0:
		document["id"] = ""
	case 1:
		drop(document, "id")
	}
	for _, result := range objects(document, "results") {
		drop(result, "category_applied_input_types")
		if n%3 == 2 {
			drop(result, "flagged")
		}
		for name, extra := range map[string]any{"categories": false, "category_scores": 0.001} {
			of, _ := result[name].(map[string]any)
			drop(of, "illicit", "illicit/violent")
			of["pii"] = extra
		}
	}
	respond(w, http.StatusOK, document)
}

// fussyParts are a text and what was thought before it, as parts of content.
func fussyParts(thought, text string) []any {
	part := func(kind string, of any) map[string]any { return map[string]any{"type": kind, kind: of} }
	parts := []any{part("thinking", []any{part("text", thought)})}
	if len(text) > 1 { // in two pieces
		half := len(text) / 2
		for half < len(text) && text[half]&0xc0 == 0x80 { // not inside of a character
			half++
		}
		return append(parts, part("text", text[:half]), part("text", text[half:]))
	}
	return append(parts, part("text", text))
}
