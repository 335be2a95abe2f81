package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/openapi"
)

// Whatever is sent, there is an answer as OpenAI's document has it.
func FuzzServer_answersAnyBody(f *testing.F) {
	paths := []string{"/v1/chat/completions", "/v1/embeddings", "/v1/moderations", "/v1/vector_stores", "/v1/conversations", "/v1/webhook_endpoints", "/v1/files",
		"/v1/responses", "/v1/responses/input_tokens"}
	for _, body := range []string{
		``, `{}`, `{"input":null}`, asking("Hello"),
		embedding("text-embedding-3-small", `[[1,2],[3]]`, `"dimensions":3`), embedding("text-embedding-3-small", `[99999999999999999999]`),
		embedding("text-embedding-3-large", `["a","b"]`, `"encoding_format":"base64"`), embedding("text-embedding-ada-002", `[-1]`),
		`{"input":["a","b"]}`, `{"input":[{"type":"text","text":"a"}],"model":"omni-moderation-latest"}`,
		`{"name":"a","expires_after":{"anchor":"last_active_at","days":1},"chunking_strategy":{"type":"static","static":{}}}`,
		`{"items":[{"role":"user","content":[{"type":"input_text","text":"a"}]},{"type":"other"}],"metadata":null}`,
		`{"name":"a","url":"https://a.example","event_types":["batch.failed"]}`,
		responding("Hello", `"stream":true,"tools":[{"type":"web_search"},{"type":"image_generation"},{"type":"custom","name":"x","format":{"type":"text"}}]`),
		responding("Search it", `"tools":[{"type":"mcp","server_label":"a","connector_id":"connector_gmail","allowed_tools":{"tool_names":[]},"require_approval":{}}]`),
		`{"model":"o3","input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image"}]},{"type":"item_reference","id":"x"},` +
			`{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"x"},{"type":"mcp_call"},{"type":"compaction"}],"conversation":{"id":"conv_1"}}`,
		`{"input":[{"type":"image_url","image_url":{"url":"https://example.com/%zz"}}]}`, `{"input":[{"type":"image_url","image_url":{"url":"data:image/png;base64,"}}]}`,
	} {
		for i := range paths {
			f.Add(i, body)
		}
	}
	document := openapi.Shared(f)
	f.Fuzz(func(t *testing.T, path int, body string) {
		path = max(path%len(paths), 0)
		w := httptest.NewRecorder()
		emulator.New(emulator.Options{}).ServeHTTP(w, httptest.NewRequest(http.MethodPost, paths[path], strings.NewReader(body)))
		if strings.HasPrefix(paths[path], "/v1/responses") && len(document.CheckRequest(http.MethodPost, paths[path], nil, []byte(body))) > 0 {
			return // a response shows tools as they were sent
		}
		for _, err := range document.CheckResponse(http.MethodPost, paths[path], w.Code, w.Body.Bytes()) {
			t.Errorf("%v\n%s", err, w.Body)
		}
	})
}
