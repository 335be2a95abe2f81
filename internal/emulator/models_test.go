package emulator_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestModels_answersInDatedName(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for asked, want := range map[string]string{
		"gpt-4": "gpt-4-0613", "gpt-4o": "gpt-4o-2024-08-06", "gpt-3.5-turbo": "gpt-3.5-turbo-0125",
		"gpt-4-0613": "gpt-4-0613", "o4-mini": "o4-mini-2025-04-16", "gpt-4-1106-preview": "gpt-4-1106-preview",
	} {
		resp := r.chat(`{"model":"` + asked + `","messages":[{"role":"user","content":"Hello"}]}`)
		equal(t, asked, resp.get("model"), want)
	}
}

func TestModels_knowsOnlyThoseListed(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Models: []string{"mine"}})
	list := r.do("GET", "/v1/models", "")
	equal(t, "list", list.get("data", 0, "id"), "mine")
	equal(t, "only one", list.get("data", 1), "no item 1")
	equal(t, "model", r.chat(`{"model":"mine","messages":[{"role":"user","content":"Hello"}]}`).get("model"), "mine")

	resp := r.do("POST", "/v1/chat/completions", `{"model":"gpt-4","messages":[{"role":"user","content":"Hello"}]}`)
	equal(t, "status", resp.status, 404)
	equal(t, "error", resp.get("error"), map[string]any{
		"message": "The model `gpt-4` does not exist or you do not have access to it.",
		"type":    "invalid_request_error", "param": nil, "code": "model_not_found",
	})
}

func TestModels_hasOnesForEachUse(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	list := r.do("GET", "/v1/models", "").text
	for _, id := range []string{"gpt-4o", "text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002", "omni-moderation-latest"} {
		equal(t, "id", r.do("GET", "/v1/models/"+id, "").get("id"), id)
		equal(t, id, strings.Count(list, `"`+id+`"`), 1)
	}
}

func TestModels_tellsShutdown(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	equal(t, "old", r.do("GET", "/v1/models/gpt-3.5-turbo-1106", "").get("shutdown_date"), "2026-09-28")
	equal(t, "new", r.do("GET", "/v1/models/gpt-4o", "").get("shutdown_date"), nil)
}
