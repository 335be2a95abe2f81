package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/openapi"
)

func TestObjects_lag(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Lag: 2})
	file := r.upload("a.md", "a")
	path := "/v1/files/" + file
	refused(t, "first look", r.do("GET", path, ""), 404, "No such File object: "+file)
	equal(t, "second, by a list", r.do("GET", "/v1/files", "").ids(), []string{})
	equal(t, "third", r.do("GET", path, "").status, 200)

	store := r.do("POST", "/v1/vector_stores", `{}`).id()
	at := "/v1/vector_stores/" + store
	refused(t, "parent", r.do("POST", at+"/files", `{"file_id":"`+file+`"}`), 404, "No vector store found")
	refused(t, "update", r.do("POST", at, `{"name":"x"}`), 404, "No vector store found")
	fresh := r.upload("b.md", "b")
	for range 2 {
		refused(t, "reference", r.do("POST", at+"/files", `{"file_id":"`+fresh+`"}`), 404, "No such File object: "+fresh)
	}
	equal(t, "attached", r.do("POST", at+"/files", `{"file_id":"`+fresh+`"}`).status, 200)
	refused(t, "attached, but not seen", r.do("GET", at+"/files/"+fresh, ""), 404, "No file found with id '"+fresh+"' in vector store '"+store+"'.")
	equal(t, "all the while", r.Objects("vector_stores/"+store+"/files"), []string{fresh})
	equal(t, "deleted at once", r.do("DELETE", "/v1/files/"+r.upload("c.md", "c"), "").status, 200)
}

func TestObjects_changeBehindTheBack(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	file := r.upload("a.md", "a")
	store := r.do("POST", "/v1/vector_stores", `{"name":"mine","file_ids":["`+file+`"]}`).id()
	path := "/v1/vector_stores/" + store

	equal(t, "change", r.Change("vector_stores/"+store, map[string]any{"name": "theirs", "status": "expired", "metadata": map[string]string{"a": "b"}}), true)
	got := r.do("GET", path, "")
	equal(t, "changed", []any{got.get("name"), got.get("status"), got.get("metadata")}, []any{"theirs", "expired", map[string]any{"a": "b"}})
	equal(t, "an update wins", r.do("POST", path, `{"name":"mine"}`).get("name"), "mine")
	refused(t, "expired", r.do("POST", path+"/search", `{"query":"x"}`), 400, "has expired")

	equal(t, "change below", r.Change("vector_stores/"+store+"/files/"+file, map[string]any{"status": "failed", "last_error": map[string]any{"code": "server_error", "message": "Sorry."}}), true)
	failed := r.do("GET", path+"/files/"+file, "")
	equal(t, "failed", []any{failed.get("status"), failed.get("last_error", "code")}, []any{"failed", "server_error"})
	equal(t, "counted", r.do("GET", path, "").get("file_counts", "failed"), 1)

	for _, nowhere := range []string{"vector_stores/none", "vector_stores", "nothing/x", "vector_stores/none/files/x", "vector_stores/" + store + "/search", ""} {
		equal(t, "change "+nowhere, r.Change(nowhere, map[string]any{"name": "x"}), false)
		equal(t, "remove "+nowhere, r.Remove(nowhere), false)
	}
	equal(t, "no objects", r.Objects("vector_stores/none/files"), []string{})
	equal(t, "remove", r.Remove("files/"+file), true)
	equal(t, "removed", r.do("GET", "/v1/files/"+file, "").status, 404)
	equal(t, "from its stores too", r.Objects("vector_stores/"+store+"/files"), []string{})
	equal(t, "stores", r.Objects("vector_stores"), []string{store})
}

func TestObjects_idsAreTheSameInEachRun(t *testing.T) {
	t.Parallel()
	one, two := start(t, emulator.Options{}), start(t, emulator.Options{})
	equal(t, "first", one.upload("a.md", "a"), two.upload("a.md", "a"))
	first, next := one.upload("a.md", "a"), one.upload("a.md", "a")
	equal(t, "each is another", first != next, true)
}

func TestObjects_faultsByMethodAndPath(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	file := r.upload("a.md", "a")
	r.Fail(emulator.ErrorJSON(409, "invalid_request_error", "", "", "The file is in use.").On("DELETE", "/files/"+file))
	equal(t, "another method", r.do("GET", "/v1/files/"+file, "").status, 200)
	refused(t, "conflict", r.do("DELETE", "/v1/files/"+file, ""), 409, "The file is in use.")
	equal(t, "then", r.do("DELETE", "/v1/files/"+file, "").status, 200)

	r.Fail(emulator.TruncateBody(0).On("POST", "/vector_stores"), emulator.Status(500, "").On("POST", "/files").Containing("assistants"))
	equal(t, "lost answer", r.do("POST", "/v1/vector_stores", `{}`).text, "")
	equal(t, "but made", len(r.Objects("vector_stores")), 1)
	equal(t, "by the words of a form", r.form("/v1/files", "purpose", "assistants", "file:a.md", "a").status, 500)
	equal(t, "not made", r.Objects("files"), []string{})
}

func TestObjects_needAKey(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Keys: []string{"sk-right-one"}})
	equal(t, "without", r.do("GET", "/v1/vector_stores", "").status, 401)
	equal(t, "with", r.do("GET", "/v1/vector_stores", "", "Authorization", "Bearer sk-right-one").status, 200)
}

func TestObjects_serve32AtOnce(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	store := "/v1/vector_stores/" + r.do("POST", "/v1/vector_stores", `{}`).id()
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			file := r.upload(fmt.Sprint(i, ".md"), "text")
			r.do("POST", store+"/files", `{"file_id":"`+file+`"}`)
			r.do("GET", store+"/files?limit=5", "")
			if i%2 == 0 {
				r.do("DELETE", "/v1/files/"+file, "")
			}
		})
	}
	wg.Wait()
	equal(t, "files", len(r.Objects("files")), 16)
	equal(t, "in the store", r.do("GET", store, "").get("file_counts", "total"), 16)
}

// Each operation is asked for once, as OpenAI's document has it, and answers as it has it.
func TestObjects_everyEndpoint(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{AllowDownloads: true, Processing: 1})
	file := r.form("/v1/files", "purpose", "user_data", "file:a.json", `{"a":1}`, "expires_after[anchor]", "created_at", "expires_after[seconds]", "3600").id()
	upload := r.do("POST", "/v1/uploads", `{"filename":"a.md","purpose":"assistants","bytes":1,"mime_type":"text/markdown"}`).id()
	part := r.form("/v1/uploads/"+upload+"/parts", "data:blob", "x").id()
	dropped := r.do("POST", "/v1/uploads", `{"filename":"a.md","purpose":"user_data","bytes":1,"mime_type":"text/markdown"}`).id()
	store := r.do("POST", "/v1/vector_stores", `{"chunking_strategy":{"type":"auto"}}`).id()
	batch := r.do("POST", "/v1/vector_stores/"+store+"/file_batches", `{"file_ids":["`+file+`"],"chunking_strategy":{"type":"auto"}}`).id()
	conversation := r.do("POST", "/v1/conversations", `{"items":[{"role":"user","content":"Hi"}]}`).id()
	item := r.Objects("conversations/" + conversation + "/items")[0]
	hook := r.do("POST", "/v1/webhook_endpoints", `{"name":"a","url":"https://a.example","event_types":["batch.failed"]}`).id()
	requests := r.input(tasks(1)...)
	lines := r.do("POST", "/v1/batches", batchOf(requests, chatEndpoint, `"metadata":{"a":"b"}`, `"output_expires_after":{"anchor":"created_at","seconds":3600}`)).id()
	fill := strings.NewReplacer("FILE", file, "UPLOAD", upload, "PART", part, "DROPPED", dropped, "STORE", store, "BATCH", batch,
		"TALK", conversation, "ITEM", item, "HOOK", hook, "LINES", lines)
	for _, line := range strings.Split(`GET /files?purpose=user_data&limit=5&order=asc
GET /files/FILE
GET /files/FILE/content
POST /uploads/UPLOAD/complete {"part_ids":["PART"]}
POST /uploads/DROPPED/cancel
POST /batches/LINES/cancel
GET /batches/LINES
GET /batches?limit=5&after=LINES
GET /vector_stores?limit=5&order=asc
GET /vector_stores/STORE
POST /vector_stores/STORE {"name":"x","expires_after":{"anchor":"last_active_at","days":1}}
GET /vector_stores/STORE/file_batches/BATCH
GET /vector_stores/STORE/file_batches/BATCH/files?filter=completed
POST /vector_stores/STORE/file_batches/BATCH/cancel
POST /vector_stores/STORE/files {"file_id":"FILE","attributes":{"a":1,"b":true,"c":"d"}}
GET /vector_stores/STORE/files
GET /vector_stores/STORE/files/FILE
POST /vector_stores/STORE/files/FILE {"attributes":{"a":2}}
GET /vector_stores/STORE/files/FILE/content
POST /vector_stores/STORE/search {"query":["a"],"rewrite_query":true,"filters":{"type":"in","key":"a","value":[2]}}
DELETE /vector_stores/STORE/files/FILE
DELETE /vector_stores/STORE
GET /conversations/TALK
POST /conversations/TALK {"metadata":{"a":"b"}}
POST /conversations/TALK/items {"items":[{"type":"reasoning","id":"rs_1","summary":[]}]}
GET /conversations/TALK/items?order=asc&limit=3
GET /conversations/TALK/items/ITEM
DELETE /conversations/TALK/items/ITEM
DELETE /conversations/TALK
GET /webhook_endpoints?limit=3
GET /webhook_endpoints/HOOK
POST /webhook_endpoints/HOOK {"name":"b"}
POST /webhook_endpoints/HOOK/rotate_secret {}
POST /webhook_endpoints/HOOK/test {"event_type":"batch.failed"}
DELETE /webhook_endpoints/HOOK
GET /webhook_event_types
DELETE /files/FILE`, "\n") {
		method, rest, _ := strings.Cut(fill.Replace(line), " ")
		path, body, _ := strings.Cut(rest, " ")
		if resp := r.do(method, "/v1"+path, body); resp.status != http.StatusOK {
			t.Errorf("%s: %d %s", line, resp.status, resp.text)
		}
	}
	document := openapi.Shared(t)
	for _, request := range r.Requests() {
		for _, err := range document.CheckRequest(request.Method, request.Path, request.Query, request.Body) {
			t.Errorf("%s %s: %v", request.Method, request.Path, err)
		}
	}
}
