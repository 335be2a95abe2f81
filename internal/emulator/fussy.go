package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
)

// fussy counts what a Fussy server told, so that its oddities take turns and a
// test can foresee them. All counts begin at 0.
type fussy struct {
	answers atomic.Uint64 // completions, embeddings and moderations
	errors  atomic.Uint64 // requests that it did not like
	lookups atomic.Uint64 // requests about stored completions
}

// plainAnswers is how many completions of a Fussy server have no habit yet.
const plainAnswers = 4

// serveFussy answers as compatible servers do at their oddest:
//
//   - There is nothing but POST /chat/completions, /responses, /embeddings and /moderations:
//     models are 404 in plain text, stored completions are 404 and 405 by turns, and
//     no response is stored.
//   - There are no headers of OpenAI, no request ID either.
//   - Completions lack object, system_fingerprint, service_tier, logprobs,
//     refusal and annotations; created has a fraction; there is reasoning_content,
//     or reasoning, or content in parts, by turns, and fields that nobody else has; content
//     is "" beside calls; every other answer has calls without type, and without arguments
//     that are empty. The id is "",
//     missing or odd by turns; usage has no details, is missing, or has null ones.
//   - Streams have comments, CRLF line ends and no "[DONE]"; the role is in the
//     first delta or in none, by turns; tool calls come whole and without index;
//     usage grows from chunk to chunk; choices is null where there are none.
//   - Embeddings come in reverse order of index and lack object; they have an id
//     and created; usage is missing, incomplete or has more, by turns. Every other
//     answer has vectors as lists of numbers though base64 was asked for.
//   - Moderations lack the categories and members that came late, and have others;
//     the id is "" or missing, or flagged is missing, by turns.
//   - Responses lack most of what echoes the request, and the annotations; the output has a thought, whose id and
//     summary are missing by turns; usage has no details, is missing, or has null ones. Streams have no names of events,
//     and numbers of events by turns; an error among them is an object in its event.
//   - After the first four completions, the habits take turns, one each.
//   - Errors have five shapes by turns: an integer code, a text in "detail", a
//     list in "detail", plain text, and a JSON string. A model that does not
//     exist is a 500 each time, and in a stream JSON with status 200.
func (s *Server) serveFussy(w http.ResponseWriter, r *http.Request, body []byte) {
	for _, name := range []string{"X-Request-Id", "Openai-Processing-Ms", "Openai-Version"} {
		w.Header()[name] = nil
	}
	path := strings.TrimPrefix(r.URL.Path, "/v1")
	if e := s.authenticate(r); e != nil {
		s.fussyError(w, e)
		return
	}
	switch {
	case path == "/chat/completions" && r.Method == http.MethodPost:
		s.fussyCompletion(w, r, body)
	case path == "/responses" && r.Method == http.MethodPost:
		s.fussyResponse(w, r, body)
	case path == "/embeddings" && r.Method == http.MethodPost:
		s.fussyEmbeddings(w, r, body)
	case path == "/moderations" && r.Method == http.MethodPost:
		s.fussyModeration(w, r, body)
	case strings.HasPrefix(path, "/chat/completions/"):
		status := http.StatusNotFound
		if s.fussy.lookups.Add(1)%2 == 0 {
			status = http.StatusMethodNotAllowed
		}
		respond(w, status, map[string]string{"detail": http.StatusText(status)})
	default:
		plain(w, http.StatusNotFound, "404 page not found\n")
	}
}

func (s *Server) fussyCompletion(w http.ResponseWriter, r *http.Request, body []byte) {
	n := s.fussy.answers.Load()
	turn := s.habit(n)
	told := listen(w)
	if turn != nil {
		body = turn.asked(body)
	}
	s.createCompletion(told, r, body)
	if told.status < 400 {
		n = s.fussy.answers.Add(1) - 1
	}
	var asked struct{ Stream bool }
	_ = json.Unmarshal(body, &asked) // what is no JSON was told to be an error
	switch {
	case told.status == http.StatusNotFound && asked.Stream:
		respond(w, http.StatusOK, map[string]any{"error": map[string]any{"message": told.apiError().Message, "code": http.StatusNotFound}})
	case told.status >= 400:
		s.fussyRefusal(w, told)
	case told.streamed():
		fussyStream(w, told.events(), n, turn)
	default:
		document := told.document()
		fussyHead(document, n)
		fussyUsage(document, n)
		for _, choice := range objects(document, "choices") {
			drop(choice, "logprobs")
			if message, ok := choice["message"].(map[string]any); ok {
				fussyMessage(message, n)
			}
		}
		if turn != nil {
			tellWhole(w, document, turn)
			return
		}
		respond(w, http.StatusOK, document)
	}
}

// habit is the one whose turn it is for the nth completion; nil = none.
func (s *Server) habit(n uint64) *habit {
	if n < plainAnswers {
		return nil
	}
	return &harmless[(n-plainAnswers)%uint64(len(harmless))]
}

// fussyHead changes what a completion and a chunk have in common. A completion
// and all chunks of one stream have the same n.
func fussyHead(document map[string]any, n uint64) {
	drop(document, "object", "system_fingerprint", "service_tier")
	if created, ok := document["created"].(json.Number); ok {
		document["created"] = created + ".25"
	}
	document["timings"] = map[string]any{"predicted_per_second": 17.5}
	switch n % 3 {
	case 0:
		document["id"] = ""
	case 1:
		drop(document, "id")
	case 2:
		document["id"] = "odd ID?nr=1#ü"
	}
}

func fussyUsage(document map[string]any, n uint64) {
	usage, _ := document["usage"].(map[string]any)
	switch n % 3 {
	case 0:
		drop(usage, "prompt_tokens_details", "completion_tokens_details")
	case 1:
		drop(document, "usage")
	case 2:
		usage["prompt_tokens_details"], usage["completion_tokens_details"] = nil, nil
	}
}

func fussyMessage(message map[string]any, n uint64) {
	drop(message, "refusal", "annotations")
	const thought = "The user wants an answer."
	text, _ := message["content"].(string)
	message["content"] = text
	switch n % 4 {
	case 2:
		message["reasoning"] = thought
	case 3:
		message["content"] = fussyParts(thought, text)
	default:
		message["reasoning_content"] = thought
	}
	if n%2 == 1 {
		drop(message, "role")
	}
	for i, call := range objects(message, "tool_calls") {
		call["id"] = "call/" + strings.TrimPrefix(call["id"].(string), "call_")
		if function, ok := call["function"].(map[string]any); ok && n%2 == 1 {
			drop(call, "type")
			call["index"] = i
			if function["arguments"] == "{}" {
				drop(function, "arguments")
			}
		}
	}
}

// fussyRefusal tells why a request was refused; a model that does not exist
// makes the server stumble.
func (s *Server) fussyRefusal(w http.ResponseWriter, told *recorder) {
	if told.status == http.StatusNotFound {
		respond(w, http.StatusInternalServerError, map[string]string{"detail": told.apiError().Message})
		return
	}
	s.fussyError(w, told.apiError())
}

// fussyError tells an error in the shape whose turn it is.
func (s *Server) fussyError(w http.ResponseWriter, e *apiError) {
	switch (s.fussy.errors.Add(1) - 1) % 5 {
	case 0:
		respond(w, e.status, map[string]any{"error": map[string]any{"message": e.Message, "code": e.status}})
	case 1:
		respond(w, e.status, map[string]string{"detail": e.Message})
	case 2:
		location := []any{"body"}
		if e.Param != nil {
			location = append(location, *e.Param)
		}
		respond(w, e.status, map[string]any{"detail": []any{map[string]any{"loc": location, "msg": e.Message, "type": "value_error"}}})
	case 3:
		plain(w, e.status, e.Message)
	case 4:
		respond(w, e.status, e.Message)
	}
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte(text))
}
