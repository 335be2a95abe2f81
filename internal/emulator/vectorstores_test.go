package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func counts(inProgress, completed, failed, cancelled float64) map[string]any {
	return map[string]any{"in_progress": inProgress, "completed": completed, "failed": failed, "cancelled": cancelled,
		"total": inProgress + completed + failed + cancelled}
}

func TestVectorStores_live(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now})
	made := r.do("POST", "/v1/vector_stores", `{"name":"docs","description":"d","metadata":{"team":"a"},"expires_after":{"anchor":"last_active_at","days":2}}`)
	id := made.id()
	path := "/v1/vector_stores/" + id
	want := map[string]any{
		"id": id, "object": "vector_store", "created_at": 1.7e9, "name": "docs", "metadata": map[string]any{"team": "a"},
		"expires_after": map[string]any{"anchor": "last_active_at", "days": 2.0}, "expires_at": 1.7e9 + 2*86400,
		"last_active_at": 1.7e9, "usage_bytes": 0.0, "status": "completed", "file_counts": counts(0, 0, 0, 0),
	}
	equal(t, "made", made.json, want)
	equal(t, "got", r.do("GET", path, "").json, want)

	changed := r.do("POST", path, `{"metadata":{"team":"b"}}`)
	equal(t, "name is kept", changed.get("name"), "docs")
	equal(t, "metadata is replaced", changed.get("metadata"), map[string]any{"team": "b"})
	cleared := r.do("POST", path, `{"name":null,"metadata":null,"expires_after":null}`)
	equal(t, "cleared", []any{cleared.get("name"), cleared.get("metadata"), cleared.get("expires_after"), cleared.get("expires_at")},
		[]any{nil, map[string]any{}, "absent", nil})
	equal(t, "stays cleared", r.do("GET", path, "").json, cleared.json)

	for body, message := range map[string]string{
		`{"nme":"x"}`:        "Unknown parameter: 'nme'.",
		`{"description":""}`: "Unknown parameter: 'description'.",
		`{"metadata":{"` + strings.Repeat("k", 65) + `":""}}`:      "property name too long",
		`{"expires_after":{"anchor":"created_at","days":1}}`:       "Supported values are: 'last_active_at'.",
		`{"expires_after":{"anchor":"last_active_at","days":366}}`: "Expected a value <= 365",
		``: "could not parse",
	} {
		refused(t, body, r.do("POST", path, body), 400, message)
	}
	equal(t, "deleted", r.do("DELETE", path, "").json, map[string]any{"id": id, "object": "vector_store.deleted", "deleted": true})
	refused(t, "gone", r.do("GET", path, ""), 404, "No vector store found with id '"+id+"'.")
}

func TestVectorStores_expireByTheClock(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now})
	path := "/v1/vector_stores/" + r.do("POST", "/v1/vector_stores", `{"expires_after":{"anchor":"last_active_at","days":1}}`).id()
	now.advance(20 * time.Hour)
	equal(t, "search renews it", r.do("POST", path+"/search", `{"query":"x"}`).status, 200)
	now.advance(23 * time.Hour)
	equal(t, "alive", r.do("GET", path, "").get("status"), "completed")
	now.advance(time.Hour)
	equal(t, "expired", r.do("GET", path, "").get("status"), "expired")
	refused(t, "search", r.do("POST", path+"/search", `{"query":"x"}`), 400, "has expired")
	refused(t, "attach", r.do("POST", path+"/files", `{"file_id":"`+r.upload("a.md", "a")+`"}`), 400, "has expired")
}

func TestVectorStores_list(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	var ids []string
	for range 23 {
		ids = append([]string{r.do("POST", "/v1/vector_stores", `{}`).id()}, ids...)
	}
	for query, want := range map[string][]string{
		"": ids[:20], "limit=2": ids[:2], "limit=2&after=" + ids[1]: ids[2:4], "limit=2&before=" + ids[5]: ids[3:5], "before=" + ids[1]: ids[:1],
		"order=asc&limit=1": ids[22:], "after=" + ids[22]: {},
	} {
		equal(t, query, r.do("GET", "/v1/vector_stores?"+query, "").ids(), want)
	}
	equal(t, "more", r.do("GET", "/v1/vector_stores?limit=22", "").get("has_more"), true)
	equal(t, "no more", r.do("GET", "/v1/vector_stores?limit=23", "").get("has_more"), false)
	equal(t, "more before", r.do("GET", "/v1/vector_stores?limit=2&before="+ids[5], "").get("has_more"), true)
	refused(t, "limit", r.do("GET", "/v1/vector_stores?limit=101", ""), 400, "Expected a value <= 100")
	refused(t, "before", r.do("GET", "/v1/vector_stores?before=x", ""), 400, "Invalid 'before'")
}

func TestStoreFiles_live(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	store := "/v1/vector_stores/" + r.do("POST", "/v1/vector_stores", `{}`).id()
	file := r.upload("guide.md", "How to install.")
	made := r.do("POST", store+"/files", `{"file_id":"`+file+`","attributes":{"lang":"en","year":2026,"draft":false},
		"chunking_strategy":{"type":"static","static":{"max_chunk_size_tokens":200,"chunk_overlap_tokens":100}}}`)
	equal(t, "made", []any{made.id(), made.get("status"), made.get("usage_bytes")}, []any{file, "in_progress", 0.0})
	equal(t, "hint", made.header.Get("openai-poll-after-ms"), "1000")
	path := store + "/files/" + file
	got := r.do("GET", path, "")
	equal(t, "got", got.json, map[string]any{
		"id": file, "object": "vector_store.file", "created_at": 1.7e9, "vector_store_id": strings.TrimPrefix(store, "/v1/vector_stores/"),
		"status": "completed", "usage_bytes": 15.0, "last_error": nil, "attributes": map[string]any{"lang": "en", "year": 2026.0, "draft": false},
		"chunking_strategy": map[string]any{"type": "static", "static": map[string]any{"max_chunk_size_tokens": 200.0, "chunk_overlap_tokens": 100.0}},
	})
	equal(t, "no hint", got.header.Get("openai-poll-after-ms"), "")
	equal(t, "content", r.do("GET", path+"/content", "").get("data", 0, "text"), "How to install.")
	equal(t, "store", r.do("GET", store, "").get("file_counts"), counts(0, 1, 0, 0))
	equal(t, "store's bytes", r.do("GET", store, "").get("usage_bytes"), 15)

	equal(t, "attributes", r.do("POST", path, `{"attributes":{"lang":"de"}}`).get("attributes"), map[string]any{"lang": "de"})
	equal(t, "no attributes", r.do("POST", path, `{"attributes":null}`).get("attributes"), map[string]any{})
	refused(t, "nothing", r.do("POST", path, `{}`), 400, "Missing required parameter: 'attributes'.")
	refused(t, "list as attribute", r.do("POST", path, `{"attributes":{"a":[]}}`), 400, "expected one of a string or a decimal or a boolean, but got an array")
	refused(t, "chunks", r.do("POST", store+"/files", `{"file_id":"`+file+`","chunking_strategy":{"type":"static","static":{"max_chunk_size_tokens":200,"chunk_overlap_tokens":101}}}`),
		400, "chunk_overlap_tokens must be less")
	refused(t, "unknown file", r.do("POST", store+"/files", `{"file_id":"file-none"}`), 404, "No such File object: file-none")
	refused(t, "file of no store", r.do("GET", store+"/files/file-none", ""), 404, "No file found with id 'file-none' in vector store 'vs_")
	refused(t, "no store", r.do("GET", "/v1/vector_stores/vs_none/files", ""), 404, "No vector store found with id 'vs_none'.")

	equal(t, "deleted", r.do("DELETE", path, "").json, map[string]any{"id": file, "object": "vector_store.file.deleted", "deleted": true})
	equal(t, "the file itself stays", r.do("GET", "/v1/files/"+file, "").status, 200)
	r.do("POST", store+"/files", `{"file_id":"`+file+`"}`)
	r.do("DELETE", "/v1/files/"+file, "")
	equal(t, "a deleted file leaves its stores", r.do("GET", store+"/files", "").ids(), []string{})
}

func TestStoreFiles_fail(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	body := fmt.Sprintf(`{"file_ids":[%q,%q,%q,%q]}`, r.upload("a.bin", "x"), r.upload("b.md", ""), r.upload("none", "x"), r.upload("C.MD", "x"))
	made := r.do("POST", "/v1/vector_stores", body)
	equal(t, "made", []any{made.get("status"), made.get("file_counts")}, []any{"in_progress", counts(4, 0, 0, 0)})
	store := "/v1/vector_stores/" + made.id()
	equal(t, "counts", r.do("GET", store, "").get("file_counts"), counts(0, 1, 3, 0))
	ids := r.Objects(strings.TrimPrefix(store, "/v1/") + "/files")
	for i, code := range []any{"unsupported_file", "invalid_file", "unsupported_file"} {
		resp := r.do("GET", store+"/files/"+ids[i], "")
		equal(t, ids[i], []any{resp.get("status"), resp.get("last_error", "code"), resp.get("usage_bytes")}, []any{"failed", code, 0.0})
	}
	equal(t, "failed", r.do("GET", store+"/files?filter=failed&order=asc", "").ids(), ids[:3])
	equal(t, "completed", r.do("GET", store+"/files?filter=completed", "").ids(), ids[3:])
}

func TestStoreFiles_takeLooksAndTime(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now, Processing: 2, ProcessingTime: time.Minute, PollAfter: 20 * time.Millisecond})
	store := "/v1/vector_stores/" + r.do("POST", "/v1/vector_stores", `{}`).id()
	path := store + "/files/" + r.do("POST", store+"/files", `{"file_id":"`+r.upload("a.md", "a")+`"}`).id()
	now.advance(time.Minute)
	equal(t, "update does not count", r.do("POST", path, `{"attributes":{"a":1}}`).get("status"), "in_progress")
	first := r.do("GET", path, "")
	equal(t, "first", []any{first.get("status"), first.header.Get("openai-poll-after-ms")}, []any{"in_progress", "20"})
	equal(t, "not found yet", r.do("POST", store+"/search", `{"query":"a"}`).get("data"), []any{})
	equal(t, "second, by the store", r.do("GET", store, "").get("status"), "in_progress")
	equal(t, "third", r.do("GET", path, "").get("status"), "completed")

	path = store + "/files/" + r.do("POST", store+"/files", `{"file_id":"`+r.upload("b.md", "b")+`"}`).id()
	for range 5 {
		equal(t, "before its time", r.do("GET", path, "").get("status"), "in_progress")
	}
	now.advance(time.Minute)
	equal(t, "after it", r.do("GET", path, "").get("status"), "completed")
}

func TestFileBatches(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Processing: 1, PollAfter: -1})
	store := "/v1/vector_stores/" + r.do("POST", "/v1/vector_stores", `{}`).id()
	one, two, bad := r.upload("a.md", "a"), r.upload("b.md", "b"), r.upload("c.bin", "c")
	made := r.do("POST", store+"/file_batches", fmt.Sprintf(`{"file_ids":[%q,%q,%q],"attributes":{"k":"v"}}`, one, two, bad))
	equal(t, "made", []any{made.get("status"), made.get("file_counts"), made.header.Get("openai-poll-after-ms")}, []any{"in_progress", counts(3, 0, 0, 0), ""})
	path := store + "/file_batches/" + made.id()
	equal(t, "first", r.do("GET", path, "").get("status"), "in_progress")
	done := r.do("GET", path, "")
	equal(t, "done in part", []any{done.get("status"), done.get("file_counts")}, []any{"completed", counts(0, 2, 1, 0)})
	equal(t, "attributes", r.do("GET", store+"/files/"+two, "").get("attributes"), map[string]any{"k": "v"})

	other := r.do("POST", store+"/file_batches", fmt.Sprintf(`{"files":[{"file_id":%q,"attributes":{"n":1}}]}`, r.upload("d.md", "d")))
	path = store + "/file_batches/" + other.id()
	equal(t, "cancelled", r.do("POST", path+"/cancel", "").get("file_counts"), counts(0, 0, 0, 1))
	equal(t, "stays so", r.do("GET", path, "").get("status"), "cancelled")
	list := r.do("GET", path+"/files", "")
	equal(t, "its files", []any{len(list.ids()), list.get("data", 0, "status"), list.get("data", 0, "attributes")}, []any{1, "cancelled", map[string]any{"n": 1.0}})
	equal(t, "all files", len(r.do("GET", store+"/files", "").ids()), 4)

	lost := r.do("POST", store+"/file_batches", `{"file_ids":["`+bad+`"]}`)
	r.do("GET", store+"/file_batches/"+lost.id(), "")
	equal(t, "all failed", r.do("GET", store+"/file_batches/"+lost.id(), "").get("status"), "failed")

	for body, message := range map[string]string{
		`{}`: "Exactly one of 'file_ids' and 'files'",
		`{"file_ids":["x"],"files":[{"file_id":"x"}]}`: "Exactly one of 'file_ids' and 'files'",
		`{"file_ids":[]}`: "empty array",
		`{"file_ids":[` + strings.Repeat(`"x",`, 2000) + `"x"]}`: "maximum length 2000",
		`{"files":[{"file_id":"x","name":"y"}]}`:                 "Unknown parameter: 'files[0].name'.",
	} {
		refused(t, body[:min(len(body), 40)], r.do("POST", store+"/file_batches", body), 400, message)
	}
	refused(t, "a file that is not there", r.do("POST", store+"/file_batches", `{"file_ids":["`+one+`","file-none"]}`), 404, "No such File object: file-none")
	refused(t, "no batch", r.do("GET", store+"/file_batches/vsfb_none", ""), 404, "No vector store file batch found")
}

func TestSearch(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	var entries []string
	for name, content := range map[string]string{"apples.md": "Apples grow on trees.", "pears.txt": "Pears grow too.", "bin.pdf": "apples trees"} {
		entries = append(entries, fmt.Sprintf(`{"file_id":%q,"attributes":{"name":%q,"size":%d,"ripe":true}}`, r.upload(name, content), name, len(content)))
	}
	store := "/v1/vector_stores/" + r.do("POST", "/v1/vector_stores", `{}`).id()
	r.do("POST", store+"/file_batches", `{"files":[`+strings.Join(entries, ",")+`]}`)
	for body, want := range map[string][]any{
		`{"query":"apples grow trees"}`:                                                    {"apples.md", "pears.txt"},
		`{"query":["apples","grow","trees"],"max_num_results":1}`:                          {"apples.md"},
		`{"query":"apples grow trees","ranking_options":{"score_threshold":0.5}}`:          {"apples.md"},
		`{"query":"bananas"}`:                                                              {},
		`{"query":"grow","filters":{"type":"eq","key":"name","value":"pears.txt"}}`:        {"pears.txt"},
		`{"query":"grow","filters":{"type":"ne","key":"name","value":"pears.txt"}}`:        {"apples.md"},
		`{"query":"grow","filters":{"type":"gt","key":"size","value":15}}`:                 {"apples.md"},
		`{"query":"grow","filters":{"type":"lte","key":"size","value":15.0}}`:              {"pears.txt"},
		`{"query":"grow","filters":{"type":"in","key":"name","value":["pears.txt","x"]}}`:  {"pears.txt"},
		`{"query":"grow","filters":{"type":"nin","key":"name","value":["pears.txt","x"]}}`: {"apples.md"},
		`{"query":"grow","filters":{"type":"eq","key":"ripe","value":false}}`:              {},
		`{"query":"grow","filters":{"type":"eq","key":"size","value":"15"}}`:               {},
		`{"query":"apples grow","filters":{"type":"or","filters":[{"type":"eq","key":"size","value":15},{"type":"and","filters":[
			{"type":"eq","key":"ripe","value":true},{"type":"gte","key":"size","value":21},{"type":"lt","key":"size","value":22}]}]}}`: {"apples.md", "pears.txt"},
	} {
		resp := r.do("POST", store+"/search", body)
		names := []any{}
		data, _ := resp.get("data").([]any)
		for i := range data {
			names = append(names, resp.get("data", i, "filename"))
		}
		equal(t, body, names, want)
	}
	hit := r.do("POST", store+"/search", `{"query":"grow slowly"}`)
	equal(t, "query", hit.get("search_query"), []any{"grow slowly"})
	equal(t, "score", hit.get("data", 0, "score"), 0.5)
	for body, message := range map[string]string{
		`{}`:                                 "Missing required parameter: 'query'.",
		`{"query":"x","max_num_results":51}`: "Expected a value <= 50",
		`{"query":"x","filters":{"type":"like","key":"a","value":"b"}}`:                "Invalid value: 'like'.",
		`{"query":"x","filters":{"type":"and","filters":[{"type":"eq","value":"b"}]}}`: "Missing required parameter: 'filters.filters[0].key'.",
	} {
		refused(t, body, r.do("POST", store+"/search", body), 400, message)
	}
}

func TestSearch_findsPassages(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	store := "/v1/vector_stores/" + r.do("POST", "/v1/vector_stores", `{}`).id()
	file := r.upload("long.txt", strings.Repeat("hay ", 250)+"needle"+strings.Repeat(" hay", 100))
	r.do("POST", store+"/files", `{"file_id":"`+file+`","chunking_strategy":{"type":"static","static":{"max_chunk_size_tokens":100,"chunk_overlap_tokens":20}}}`)
	resp := r.do("POST", store+"/search", `{"query":"needle"}`)
	equal(t, "hits", len(resp.get("data").([]any)), 2)
	equal(t, "words", len(strings.Fields(fmt.Sprint(resp.get("data", 0, "content", 0, "text")))), 100)
}
