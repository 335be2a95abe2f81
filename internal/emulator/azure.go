package emulator

import (
	"net/http"
	"net/url"
	"strings"
)

// serveAzure answers as Azure OpenAI does: the deployment in the path decides,
// whatever model the body names, and what content filters found is told.
func (s *Server) serveAzure(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Apim-Request-Id", w.Header().Get("X-Request-Id"))
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/openai/")
	path, unversioned := strings.CutPrefix(path, "v1/")
	if !ok || r.URL.Query().Get("api-version") == "" && !unversioned {
		azureError(w, http.StatusNotFound, "404", "Resource not found")
		return
	}
	if !s.knowsOnAzure(r) {
		azureError(w, http.StatusUnauthorized, "401", "Access denied due to invalid subscription key or wrong API endpoint. "+
			"Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.")
		return
	}
	parts := strings.Split(path, "/")
	switch {
	case parts[0] == "responses":
		s.azureResponses(w, r, parts, body)
	case unversioned:
		azureError(w, http.StatusNotFound, "404", "Resource not found")
	case len(parts) > 2 && parts[0] == "deployments" && azureOperations[strings.Join(parts[2:], "/")].name != "" && r.Method == http.MethodPost:
		deployment, _ := url.PathUnescape(parts[1]) // that it can be, the HTTP server has checked
		s.deploymentAnswers(w, r, deployment, azureOperations[strings.Join(parts[2:], "/")], body)
	case len(parts) == 3 && parts[0] == "chat" && parts[1] == "completions":
		if serve := s.methods(parts, body)[r.Method]; serve != nil {
			serve(w, r)
			return
		}
		fallthrough
	default:
		azureError(w, http.StatusNotFound, "404", "Resource not found")
	}
}

// knowsOnAzure checks the key or token, if the server has keys at all.
func (s *Server) knowsOnAzure(r *http.Request) bool {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return len(s.keys) == 0 || s.keys[r.Header.Get("Api-Key")] || s.keys[token]
}

// azureOperation is what a deployment does, by a name that errors call it by.
type azureOperation struct {
	name   string
	wanted use
}

// azureOperations are by their path below the deployment's.
var azureOperations = map[string]azureOperation{
	"chat/completions": {"chatCompletion", chatting},
	"embeddings":       {"embeddings", embedding},
}

// azureResponses answers requests about responses, of which the body names the deployment.
func (s *Server) azureResponses(w http.ResponseWriter, r *http.Request, parts []string, body []byte) {
	serve := s.methods(parts, body)[r.Method]
	root, e := decodeObject(body)
	model, named := root["model"].(string)
	switch {
	case serve == nil:
		azureError(w, http.StatusNotFound, "404", "Resource not found")
	case len(parts) == 1 && e == nil && named && !s.models.known[model]:
		deploymentNotFound(w)
	default:
		serve(w, r)
	}
}

func deploymentNotFound(w http.ResponseWriter) {
	azureError(w, http.StatusNotFound, "DeploymentNotFound", "The API deployment for this resource does not exist. "+
		"If you created the deployment within the last 5 minutes, please wait a moment and try again.")
}

func (s *Server) deploymentAnswers(w http.ResponseWriter, r *http.Request, deployment string, operation azureOperation, body []byte) {
	if !s.models.known[deployment] {
		deploymentNotFound(w)
		return
	}
	if !serves(deployment, operation.wanted) {
		azureError(w, http.StatusBadRequest, "OperationNotSupported", "The "+operation.name+" operation does not work with the specified "+
			"model, "+deployment+". Please choose different model and try again. You can learn more about which models can be used with "+
			"each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.")
		return
	}
	if root, e := decodeObject(body); e == nil {
		root["model"] = deployment
		body = encode(root)
	}
	if operation.wanted == embedding {
		s.createEmbeddings(w, r, body)
		return
	}
	told := listen(w)
	s.createCompletion(told, r, body)
	for name, values := range told.header {
		w.Header()[name] = values
	}
	if told.streamed() {
		w.WriteHeader(told.status)
		out := &streamer{w: w, flusher: http.NewResponseController(w)}
		out.event(encode(map[string]any{
			"id": "", "object": "", "created": 0, "model": "", "choices": []any{}, "prompt_filter_results": filtered(),
		}))
		for _, event := range told.events() {
			for _, choice := range objects(event, "choices") {
				choice["content_filter_results"] = map[string]any{}
			}
			out.event(encode(event))
		}
		out.event([]byte("[DONE]\n"))
		return
	}
	document := told.document()
	if told.status == http.StatusOK {
		document["prompt_filter_results"] = filtered()
		for _, choice := range objects(document, "choices") {
			choice["content_filter_results"] = verdictOfFilters()
		}
	}
	respond(w, told.status, document)
}

func filtered() []any {
	return []any{map[string]any{"prompt_index": 0, "content_filter_results": verdictOfFilters()}}
}

func verdictOfFilters() map[string]any {
	out := map[string]any{}
	for _, category := range []string{"hate", "self_harm", "sexual", "violence"} {
		out[category] = map[string]any{"filtered": false, "severity": "safe"}
	}
	return out
}

func azureError(w http.ResponseWriter, status int, code, message string) {
	respond(w, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}
