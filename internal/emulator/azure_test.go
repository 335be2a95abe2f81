package emulator_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestAzure(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Profile: emulator.Azure, Models: []string{"mine"}, Keys: []string{"k"}})
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
