package emulator_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestConversations_live(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	made := r.do("POST", "/v1/conversations", `{"metadata":{"topic":"demo"},"items":[
		{"role":"developer","content":"Be brief."},
		{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"},{"type":"input_image","image_url":"https://example.com/a.png"}]}]}`)
	id := made.id()
	want := map[string]any{"id": id, "object": "conversation", "created_at": 1.7e9, "metadata": map[string]any{"topic": "demo"}}
	equal(t, "made", made.json, want)
	path := "/v1/conversations/" + id
	equal(t, "got", r.do("GET", path, "").json, want)
	equal(t, "metadata", r.do("POST", path, `{"metadata":{"a":"b"}}`).get("metadata"), map[string]any{"a": "b"})
	equal(t, "no metadata", r.do("POST", path, `{"metadata":null}`).get("metadata"), map[string]any{})
	refused(t, "nothing", r.do("POST", path, `{}`), 400, "Missing required parameter: 'metadata'.")

	equal(t, "deleted", r.do("DELETE", path, "").json, map[string]any{"id": id, "object": "conversation.deleted", "deleted": true})
	refused(t, "gone", r.do("GET", path, ""), 404, "Conversation with id '"+id+"' not found.")
	refused(t, "items of none", r.do("GET", path+"/items", ""), 404, "Conversation with id '"+id+"' not found.")
	equal(t, "no list", r.do("GET", "/v1/conversations", "").status, 405)
}

func TestConversations_items(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	path := "/v1/conversations/" + r.do("POST", "/v1/conversations", `{"items":null}`).id()
	added := r.do("POST", path+"/items", `{"items":[
		{"role":"user","content":"Weather in Boston?"},
		{"type":"function_call","call_id":"call_1","name":"weather","arguments":"{}"},
		{"type":"function_call_output","call_id":"call_1","output":"sunny"},
		{"role":"assistant","content":"Sunny."}]}`)
	ids := added.ids()
	equal(t, "question", added.get("data", 0), map[string]any{"id": ids[0], "type": "message", "role": "user", "status": "completed",
		"content": []any{map[string]any{"type": "input_text", "text": "Weather in Boston?"}}})
	equal(t, "answer", added.get("data", 3, "content"), []any{map[string]any{"type": "output_text", "text": "Sunny.", "annotations": []any{}, "logprobs": []any{}}})
	equal(t, "newest first", r.do("GET", path+"/items?limit=1", "").ids(), ids[3:])
	equal(t, "oldest first", r.do("GET", path+"/items?order=asc&after="+ids[0], "").ids(), ids[1:])
	equal(t, "one", r.do("GET", path+"/items/"+ids[1], "").get("status"), "completed")
	equal(t, "deleted", r.do("DELETE", path+"/items/"+ids[1], "").get("object"), "conversation")
	refused(t, "gone", r.do("GET", path+"/items/"+ids[1], ""), 404, "Item with id '"+ids[1]+"' not found in conversation")
	for body, message := range map[string]string{
		`{"items":[` + strings.Repeat(`{},`, 20) + `{}]}`:                       "maximum length 20",
		`{"items":[{"role":"king","content":"x"}]}`:                             "Invalid value: 'king'.",
		`{"items":[{"role":"user"}]}`:                                           "Missing required parameter: 'items[0].content'.",
		`{"items":[{"role":"user","content":[{"type":"text","text":"x"}]}]}`:    "Invalid value: 'text'.",
		`{"items":[{"role":"user","content":"fine"},{"type":"function_call"}]}`: "Missing required parameter: 'items[1].call_id'.",
	} {
		refused(t, body, r.do("POST", path+"/items", body), 400, message)
	}
	equal(t, "none was added", len(r.do("GET", path+"/items", "").ids()), 3)
}
