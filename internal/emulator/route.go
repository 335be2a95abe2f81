package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// serve answers a request in the manner of the profile.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	switch s.options.Profile {
	case Fussy:
		s.serveFussy(w, r, body)
	case Azure:
		s.serveAzure(w, r, body)
	default:
		if len(s.options.Habits) > 0 && r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/chat/completions") {
			s.tellHabits(w, r, body)
			return
		}
		s.route(w, r, body)
	}
}

// route answers a request as the API would.
func (s *Server) route(w http.ResponseWriter, r *http.Request, body []byte) {
	path := r.URL.Path
	if path == "/" {
		s.health(w, r)
		return
	}
	methods := s.methods(elements(r.URL), body)
	if methods == nil {
		fail(w, invalidURL(r.Method, path))
		return
	}
	authenticate := s.authenticate
	if reportAt(elements(r.URL)) != nil {
		authenticate = s.authenticateAdmin
	}
	if e := authenticate(r); e != nil {
		fail(w, e)
		return
	}
	serve, ok := methods[r.Method]
	if !ok {
		for method := range methods {
			w.Header().Add("Allow", method)
		}
		fail(w, &apiError{status: http.StatusMethodNotAllowed, Type: invalidRequest, Code: ptr("method_not_supported"),
			Message: "Not allowed to " + r.Method + " on " + path + ". (HINT: Perhaps you meant to use a different HTTP method?)"})
		return
	}
	serve(w, r)
}

// elements are the names that the path below /v1 is made of. An escaped slash is part of a name.
func elements(u *url.URL) []string {
	parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(u.EscapedPath(), "/v1"), "/"), "/")
	for i, part := range parts {
		if name, err := url.PathUnescape(part); err == nil {
			parts[i] = name
		}
	}
	return parts
}

// methods returns what can be done at a path below /v1; nil if there is no
// such path.
func (s *Server) methods(parts []string, body []byte) map[string]http.HandlerFunc {
	chat := len(parts) >= 2 && parts[0] == "chat" && parts[1] == "completions"
	switch {
	case chat && len(parts) == 2:
		return map[string]http.HandlerFunc{
			http.MethodGet:  s.listCompletions,
			http.MethodPost: func(w http.ResponseWriter, r *http.Request) { s.createCompletion(w, r, body) },
		}
	case chat && len(parts) == 3 && parts[2] != "":
		id := parts[2]
		return map[string]http.HandlerFunc{
			http.MethodGet:    func(w http.ResponseWriter, _ *http.Request) { s.getCompletion(w, id) },
			http.MethodPost:   func(w http.ResponseWriter, _ *http.Request) { s.updateCompletion(w, id, body) },
			http.MethodDelete: func(w http.ResponseWriter, _ *http.Request) { s.deleteCompletion(w, id) },
		}
	case chat && len(parts) == 4 && parts[3] == "messages":
		id := parts[2]
		return map[string]http.HandlerFunc{
			http.MethodGet: func(w http.ResponseWriter, r *http.Request) { s.listMessages(w, r, id) },
		}
	case parts[0] == "responses" && len(parts) <= 2:
		return s.responseMethods(parts, body)
	case parts[0] == "embeddings" && len(parts) == 1:
		return map[string]http.HandlerFunc{
			http.MethodPost: func(w http.ResponseWriter, r *http.Request) { s.createEmbeddings(w, r, body) },
		}
	case parts[0] == "moderations" && len(parts) == 1:
		return map[string]http.HandlerFunc{
			http.MethodPost: func(w http.ResponseWriter, r *http.Request) { s.createModeration(w, r, body) },
		}
	case parts[0] == "decisions" && len(parts) == 1:
		return map[string]http.HandlerFunc{
			http.MethodPost: func(w http.ResponseWriter, r *http.Request) { s.createDecision(w, r, body) },
		}
	case reportAt(parts) != nil:
		return map[string]http.HandlerFunc{
			http.MethodGet: func(w http.ResponseWriter, r *http.Request) { s.getReport(w, r, reportAt(parts)) },
		}
	case parts[0] == "models" && len(parts) == 1:
		return map[string]http.HandlerFunc{http.MethodGet: s.listModels}
	case parts[0] == "models" && len(parts) == 2 && parts[1] != "":
		id := parts[1]
		return map[string]http.HandlerFunc{
			http.MethodGet: func(w http.ResponseWriter, _ *http.Request) { s.getModel(w, id) },
		}
	}
	return s.objectMethods(parts, body)
}

// responseMethods is methods for what is not an object like others about responses.
func (s *Server) responseMethods(parts []string, body []byte) map[string]http.HandlerFunc {
	switch {
	case len(parts) == 1:
		return map[string]http.HandlerFunc{
			http.MethodPost: func(w http.ResponseWriter, r *http.Request) { s.createResponse(w, r, body) },
		}
	case parts[1] == "input_tokens":
		return map[string]http.HandlerFunc{
			http.MethodPost: func(w http.ResponseWriter, r *http.Request) { s.countInput(w, r, body) },
		}
	}
	methods := s.objectMethods(parts, body)
	if get, ok := methods[http.MethodGet]; ok {
		methods[http.MethodGet] = func(w http.ResponseWriter, r *http.Request) { s.getResponse(w, r, parts[1], get) }
	}
	return methods
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, map[string]any{
		"object": "server", "name": "openai-emulator", "status": "ok", "base_path": "/v1",
	})
}

// authenticate checks the key, if the server has keys at all. One of an administrator is none.
func (s *Server) authenticate(r *http.Request) *apiError {
	key := bearer(r)
	if len(s.keys) == 0 && !s.adminKeys[key] {
		return nil
	}
	return checkKey(key, s.keys)
}

// authenticateAdmin checks the key of a request about the organization, if the server has keys at all.
func (s *Server) authenticateAdmin(r *http.Request) *apiError {
	key := bearer(r)
	switch {
	case len(s.keys) == 0 && len(s.adminKeys) == 0:
		return nil
	case s.keys[key] && !s.adminKeys[key]:
		return &apiError{status: http.StatusForbidden, Type: invalidRequest,
			Message: "You have insufficient permissions for this operation. Missing scopes: api.usage.read. Check that you have the correct role in your organization, and if you're using a restricted API key, that it has the necessary scopes."}
	}
	return checkKey(key, s.adminKeys)
}

// bearer is the key of a request; "" = it has none.
func bearer(r *http.Request) string {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}

func checkKey(key string, accepted map[string]bool) *apiError {
	switch {
	case key == "":
		return &apiError{status: http.StatusUnauthorized, Type: invalidRequest, Message: missingKey}
	case !accepted[key]:
		return &apiError{status: http.StatusUnauthorized, Type: invalidRequest, Code: ptr("invalid_api_key"),
			Message: "Incorrect API key provided: " + mask(key) + ". You can find your API key at https://platform.openai.com/account/api-keys."}
	}
	return nil
}

// mask shows the ends of a key that is long enough for them to tell nothing.
func mask(key string) string {
	if len(key) < 16 {
		return strings.Repeat("*", len(key))
	}
	return key[:5] + strings.Repeat("*", len(key)-9) + key[len(key)-4:]
}

// respond sends a value as JSON.
func respond(w http.ResponseWriter, status int, value any) {
	body := encode(value)
	w.Header()["Content-Type"] = []string{"application/json"}
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	w.Write(body)
}

// encode writes JSON and a newline, with <, > and & as they are: the API does
// not escape them either.
func encode(value any) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // only values of this package get here
	}
	return buffer.Bytes()
}

// compact is encode without the newline, as a string.
func compact(value any) string {
	return strings.TrimSuffix(string(encode(value)), "\n")
}

func ptr[T any](v T) *T { return &v }
