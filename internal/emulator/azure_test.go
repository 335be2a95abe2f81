package emulator_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestAzure(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Profile: emulator.Azure, Models: []string{"mine", "gpt-4o", "text-embedding-3-small"}, Keys: []string{"k"}})
	const path, version = "/openai/deployments/mine/chat/completions", "?api-version=2024-10-21"
	for name, tt := range map[string]struct {
		path, header, value string
		status              int
		text                string
	}{
		"key":           {path + version, "Api-Key", "k", 200, `"prompt_filter_results"`},
		"token":         {path + version, "Authorization", "Bearer k", 200, `"content_filter_results"`},
		"wrong key":     {path + version, "Api-Key", "x", 401, `"code":"401"`},
		"no key":        {path + version, "X-None", "", 401, "Access denied"},
		"key of OpenAI": {path + version, "X-Api-Key", "k", 401, "Access denied"},
		"no version":    {path, "Api-Key", "k", 404, "Resource not found"},
		"OpenAI's path": {"/v1/chat/completions" + version, "Api-Key", "k", 404, "Resource not found"},
		"no deployment": {"/openai/deployments/gone/chat/completions" + version, "Api-Key", "k", 404, "DeploymentNotFound"},
	} {
		got := r.do("POST", tt.path, asking("hi"), tt.header, tt.value)
		if got.status != tt.status || !strings.Contains(got.text, tt.text) {
			t.Errorf("%s: got %d %s", name, got.status, got.text)
		}
	}
	const vectors = "/openai/deployments/mine/embeddings"
	for name, tt := range map[string]struct {
		path, body string
		status     int
		text       string
	}{
		"embeddings":               {vectors + version, `{"input":"hi"}`, 200, `"model":"mine"`},
		"another model named":      {vectors + version, embedding("gone", `"hi"`), 200, `"model":"mine"`},
		"refused":                  {vectors + version, `{"input":""}`, 400, "input cannot be an empty string"},
		"embeddings, no version":   {vectors, `{"input":"hi"}`, 404, "Resource not found"},
		"of a chat deployment":     {"/openai/deployments/gpt-4o/embeddings" + version, `{"input":"hi"}`, 400, "The embeddings operation does not work"},
		"of no deployment":         {"/openai/deployments/gone/embeddings" + version, `{"input":"hi"}`, 404, "DeploymentNotFound"},
		"chat of an embedding one": {"/openai/deployments/text-embedding-3-small/chat/completions" + version, asking("hi"), 400, `"OperationNotSupported"`},
		"moderations":              {"/openai/deployments/mine/moderations" + version, `{"input":"hi"}`, 404, "Resource not found"},
		"embeddings elsewhere":     {"/openai/embeddings" + version, `{"input":"hi"}`, 404, "Resource not found"},
	} {
		got := r.do("POST", tt.path, tt.body, "Api-Key", "k")
		if got.status != tt.status || !strings.Contains(got.text, tt.text) {
			t.Errorf("%s: got %d %s", name, got.status, got.text)
		}
	}
	got := r.do("POST", path+version, asking("hi", `"store":true`), "Api-Key", "k")
	equal(t, "model", got.get("model"), "mine")
	stored := "/openai/chat/completions/" + r.Stored()[0] + version
	equal(t, "get", r.do("GET", stored, "", "Api-Key", "k").status, 200)
	equal(t, "delete", r.do("DELETE", stored, "", "Api-Key", "k").status, 200)
	equal(t, "put", r.do("PUT", stored, "", "Api-Key", "k").status, 404)
	text := r.do("POST", path+version, asking("hi", `"stream":true`), "Api-Key", "k").text
	if !strings.HasPrefix(text, `data: {"choices":[],`) || !strings.HasSuffix(text, "data: [DONE]\n\n") || strings.Count(text, "[DONE]") != 1 {
		t.Errorf("stream: %s", text)
	}
}

func TestAzure_responses(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Profile: emulator.Azure, Models: []string{"mine"}, Keys: []string{"k"}})
	const body = `{"model":"mine","input":"Reply with exactly: hi"}`
	for name, tt := range map[string]struct {
		path, body, key string
		status          int
		text            string
	}{
		"version":       {"/openai/responses?api-version=2025-03-01-preview", body, "k", 200, `"text":"hi"`},
		"v1":            {"/openai/v1/responses", body, "k", 200, `"text":"hi"`},
		"no version":    {"/openai/responses", body, "k", 404, "Resource not found"},
		"wrong key":     {"/openai/v1/responses", body, "x", 401, "Access denied"},
		"no deployment": {"/openai/v1/responses", `{"model":"gone","input":"hi"}`, "k", 404, "DeploymentNotFound"},
		"not there":     {"/openai/v1/chat/completions", asking("hi"), "k", 404, "Resource not found"},
	} {
		got := r.do("POST", tt.path, tt.body, "Api-Key", tt.key)
		if got.status != tt.status || !strings.Contains(got.text, tt.text) {
			t.Errorf("%s: got %d %s", name, got.status, got.text)
		}
	}
	id := r.do("POST", "/openai/v1/responses", body, "Api-Key", "k").id()
	equal(t, "stored", r.do("GET", "/openai/v1/responses/"+id, "", "Api-Key", "k").said(), "hi")
	equal(t, "deleted", r.do("DELETE", "/openai/v1/responses/"+id, "", "Api-Key", "k").get("deleted"), true)
}
