package emulator_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestStore_keepsWhatIsToBeStored(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	r.ask("Hello")
	empty := r.do("GET", "/v1/chat/completions", "")
	equal(t, "empty", empty.text, `{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false}`+"\n")

	created := r.ask("Hello", `"store":true,"metadata":{"team":"a"},"temperature":0.5,"seed":7,"user":"u"`)
	equal(t, "created has no metadata", created.get("metadata"), "absent")
	id := fmt.Sprint(created.get("id"))
	equal(t, "stored", r.Stored(), []string{id})

	got := r.do("GET", "/v1/chat/completions/"+id, "")
	for _, name := range []string{"id", "object", "created", "model", "choices", "usage", "service_tier", "system_fingerprint"} {
		equal(t, name, got.get(name), created.get(name))
	}
	for name, want := range map[string]any{
		"metadata": map[string]any{"team": "a"}, "temperature": 0.5, "top_p": 1.0, "seed": 7.0, "input_user": "u",
		"presence_penalty": 0.0, "tools": nil, "tool_choice": nil, "response_format": nil,
		"request_id": created.header.Get("X-Request-Id"),
	} {
		equal(t, name, got.get(name), want)
	}
}

func TestStore_updatesMetadata(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	id := fmt.Sprint(r.ask("Hello", `"store":true,"metadata":{"a":"1","b":"2"}`).get("id"))
	path := "/v1/chat/completions/" + id
	equal(t, "replaced", r.do("POST", path, `{"metadata":{"c":"3"}}`).get("metadata"), map[string]any{"c": "3"})
	equal(t, "kept", r.do("GET", path, "").get("metadata"), map[string]any{"c": "3"})
	equal(t, "cleared", r.do("POST", path, `{"metadata":null}`).get("metadata"), map[string]any{})
	for body, param := range map[string]any{
		`{}`:                          "metadata",
		`{"metadata":{},"model":"x"}`: "model",
		`{"metadata":{"a":1}}`:        "metadata.a",
		`no`:                          nil,
	} {
		resp := r.do("POST", path, body)
		equal(t, body, resp.status, 400)
		equal(t, body, resp.get("error", "param"), param)
	}
	equal(t, "missing", r.do("POST", "/v1/chat/completions/none", `{"metadata":{}}`).status, 404)
}

func TestStore_deletes(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	id := fmt.Sprint(r.ask("Hello", `"store":true`).get("id"))
	other := fmt.Sprint(r.ask("Hello", `"store":true`).get("id"))
	path := "/v1/chat/completions/" + id
	equal(t, "deleted", r.do("DELETE", path, "").json,
		map[string]any{"object": "chat.completion.deleted", "id": id, "deleted": true})
	equal(t, "stored", r.Stored(), []string{other})
	for _, method := range []string{"DELETE", "GET"} {
		equal(t, method, r.do(method, path, "").status, 404)
	}
	equal(t, "messages", r.do("GET", path+"/messages", "").status, 404)
}

func TestStore_lists(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	var ids []string
	for i := range 23 {
		model := []string{"gpt-4", "gpt-4o"}[i%2]
		ids = append(ids, fmt.Sprint(r.chat(fmt.Sprintf(
			`{"model":%q,"store":true,"metadata":{"third":"%d","k k":"%d"},"messages":[{"role":"user","content":"Hello"}]}`, model, i%3, i)).get("id")))
	}
	backwards := slices.Clone(ids)
	slices.Reverse(backwards)
	for _, test := range []struct {
		name, query string
		want        []string
		more        bool
	}{
		{"default", "", ids[:20], true},
		{"next", "after=" + ids[19], ids[20:], false},
		{"limit", "limit=2", ids[:2], true},
		{"whole", "limit=23", ids, false},
		{"backwards", "order=desc&limit=3", backwards[:3], true},
		{"backwards after", "order=desc&limit=3&after=" + ids[3], backwards[20:], false},
		{"model asked for", "model=gpt-4&limit=2", []string{ids[0], ids[2]}, true},
		{"model that answered", "model=gpt-4o-2024-08-06&limit=1", []string{ids[1]}, true},
		{"metadata", "limit=1&" + url.QueryEscape("metadata[third]") + "=2", []string{ids[2]}, true},
		{"two of metadata", "metadata[third]=1&" + url.QueryEscape("metadata[k k]") + "=4", []string{ids[4]}, false},
		{"none", "model=o3", nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp := r.do("GET", "/v1/chat/completions?"+test.query, "")
			var got []string
			for i := range resp.get("data").([]any) {
				got = append(got, fmt.Sprint(resp.get("data", i, "id")))
			}
			equal(t, "ids", got, test.want)
			equal(t, "has_more", resp.get("has_more"), test.more)
			if len(got) > 0 {
				equal(t, "first_id", resp.get("first_id"), got[0])
				equal(t, "last_id", resp.get("last_id"), got[len(got)-1])
			}
		})
	}
	for query, param := range map[string]string{"limit=x": "limit", "limit=0": "limit", "order=up": "order", "after=none": "after"} {
		resp := r.do("GET", "/v1/chat/completions?"+query, "")
		equal(t, query, resp.status, 400)
		equal(t, query, resp.get("error", "param"), param)
	}
}

func TestStore_listsMessages(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	id := fmt.Sprint(r.chat(`{"model":"gpt-4o","store":true,"messages":[
		{"role":"system","content":"Be brief."},
		{"role":"user","name":"ann","content":[{"type":"text","text":"Hi"}]}]}`).get("id"))
	resp := r.do("GET", "/v1/chat/completions/"+id+"/messages", "")
	equal(t, "messages", resp.json, map[string]any{
		"object": "list", "first_id": id + "-0", "last_id": id + "-1", "has_more": false,
		"data": []any{
			map[string]any{"id": id + "-0", "role": "system", "content": "Be brief.", "name": nil, "content_parts": nil},
			map[string]any{"id": id + "-1", "role": "user", "content": nil, "name": "ann",
				"content_parts": []any{map[string]any{"type": "text", "text": "Hi"}}},
		},
	})
	next := r.do("GET", "/v1/chat/completions/"+id+"/messages?order=desc&limit=1&after="+id+"-1", "")
	equal(t, "next", next.get("data", 0, "id"), id+"-0")
}
