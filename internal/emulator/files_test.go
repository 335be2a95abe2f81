package emulator_test

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the API asks for it
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime/multipart"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/openapi"
)

// form posts a form: names and values in turn, of which file and data are files. A name of the form file:x is the
// file x.
func (r *rig) form(path string, fields ...string) response {
	r.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		name, filename, isFile := strings.Cut(fields[i], ":")
		var err error
		if isFile {
			part, made := w.CreateFormFile(name, filename)
			if err = made; err == nil {
				_, err = part.Write([]byte(fields[i+1]))
			}
		} else {
			err = w.WriteField(name, fields[i+1])
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	_ = w.Close()
	return r.do("POST", path, body.String(), "Content-Type", w.FormDataContentType())
}

// upload uploads a file for assistants and returns its id.
func (r *rig) upload(name, content string) string {
	r.t.Helper()
	return r.form("/v1/files", "purpose", "assistants", "file:"+name, content).id()
}

// id is the id of an object that was made, which must have been.
func (r response) id() string {
	if r.status != 200 {
		panic(r.text)
	}
	return fmt.Sprint(r.get("id"))
}

// ids are those of a page.
func (r response) ids() []string {
	ids := []string{}
	data, _ := r.get("data").([]any)
	for i := range data {
		ids = append(ids, fmt.Sprint(r.get("data", i, "id")))
	}
	return ids
}

// refused checks status and message of an error.
func refused(t *testing.T, what string, resp response, status int, message string) {
	t.Helper()
	equal(t, what+": status", resp.status, status)
	if got := fmt.Sprint(resp.get("error", "message")); !strings.Contains(got, message) {
		t.Errorf("%s: %q does not contain %q", what, got, message)
	}
}

// clock is a time that a test moves.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(1_700_000_000)
	return c
}

func (c *clock) Now() time.Time          { return time.Unix(c.at.Load(), 0) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d / time.Second)) }

func TestFiles_live(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now})
	made := r.form("/v1/files", "purpose", "batch", "file:in.jsonl", "{}\n", "expires_after[anchor]", "created_at", "expires_after[seconds]", "3600")
	id := made.id()
	want := map[string]any{
		"id": id, "object": "file", "bytes": 3.0, "created_at": 1.7e9, "expires_at": 1.7e9 + 3600,
		"filename": "in.jsonl", "purpose": "batch", "status": "processed",
	}
	equal(t, "made", made.json, want)
	equal(t, "got", r.do("GET", "/v1/files/"+id, "").json, want)
	content := r.do("GET", "/files/"+id+"/content", "")
	equal(t, "content", content.text, "{}\n")
	equal(t, "type", content.header.Get("Content-Type"), "application/octet-stream")

	other := r.upload("notes.md", "# Notes")
	equal(t, "newest first", r.do("GET", "/v1/files", "").ids(), []string{other, id})
	equal(t, "oldest first", r.do("GET", "/v1/files?order=asc&limit=1", "").ids(), []string{id})
	equal(t, "after", r.do("GET", "/v1/files?after="+other, "").ids(), []string{id})
	equal(t, "purpose", r.do("GET", "/v1/files?purpose=assistants", "").ids(), []string{other})
	refused(t, "limit", r.do("GET", "/v1/files?limit=10001", ""), 400, "Expected a value <= 10000")
	refused(t, "private", r.do("GET", "/v1/files/"+other+"/content", ""), 400, "Not allowed to download files of purpose: assistants")

	now.advance(time.Hour)
	refused(t, "expired", r.do("GET", "/v1/files/"+id, ""), 404, "No such File object: "+id)
	equal(t, "expired is not listed", r.do("GET", "/v1/files", "").ids(), []string{other})
	equal(t, "deleted", r.do("DELETE", "/v1/files/"+other, "").json, map[string]any{"id": other, "object": "file", "deleted": true})
	refused(t, "gone", r.do("DELETE", "/v1/files/"+other, ""), 404, "No such File object: "+other)
	equal(t, "none", r.do("GET", "/v1/files", "").text, `{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false}`+"\n")
}

func TestFiles_refuse(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{MaxFile: 10})
	for name, test := range map[string]struct {
		resp    response
		status  int
		message string
	}{
		"no file":         {r.form("/v1/files", "purpose", "batch"), 400, "Missing required parameter: 'file'."},
		"text as file":    {r.form("/v1/files", "purpose", "batch", "file", "x"), 400, "'file' is a required property"},
		"no purpose":      {r.form("/v1/files", "file:a.txt", "x"), 400, "Missing required parameter: 'purpose'."},
		"other purpose":   {r.form("/v1/files", "purpose", "evil", "file:a.txt", "x"), 400, "Invalid value: 'evil'."},
		"unknown":         {r.form("/v1/files", "purpose", "batch", "file:a.txt", "x", "colour", "red"), 400, "Unknown parameter: 'colour'."},
		"short life":      {r.form("/v1/files", "purpose", "batch", "file:a.txt", "x", "expires_after[anchor]", "created_at", "expires_after[seconds]", "60"), 400, "Expected a value >= 3600"},
		"life in words":   {r.form("/v1/files", "purpose", "batch", "file:a.txt", "x", "expires_after[anchor]", "created_at", "expires_after[seconds]", "long"), 400, "expected an integer"},
		"life and no end": {r.form("/v1/files", "purpose", "batch", "file:a.txt", "x", "expires_after[anchor]", "created_at"), 400, "Missing required parameter: 'expires_after.seconds'."},
		"too long":        {r.form("/v1/files", "purpose", "batch", "file:a.txt", strings.Repeat("x", 11)), 413, "Maximum content size limit (10) exceeded"},
		"no form":         {r.do("POST", "/v1/files", `{"purpose":"batch"}`), 400, "multipart"},
		"torn form":       {r.do("POST", "/v1/files", "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nba", "Content-Type", "multipart/form-data; boundary=b"), 400, "could not be read"},
		"unknown file":    {r.do("GET", "/v1/files/file-none", ""), 404, "No such File object: file-none"},
		"update":          {r.do("POST", "/v1/files/file-none", ""), 405, "Not allowed to POST"},
	} {
		refused(t, name, test.resp, test.status, test.message)
	}
	equal(t, "files", r.Objects("files"), []string{})
}

// A thousand files of a megabyte must not cost a gigabyte.
func TestFiles_keepLittleOfLongOnes(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{AllowDownloads: true})
	short, long := strings.Repeat("a", 100_000), strings.Repeat("b", 1_000_000)
	equal(t, "kept", r.do("GET", "/v1/files/"+r.upload("a.txt", short)+"/content", "").text, short)
	id := r.upload("b.txt", long)
	equal(t, "bytes", r.do("GET", "/v1/files/"+id, "").get("bytes"), 1e6)
	equal(t, "not kept", r.do("GET", "/v1/files/"+id+"/content", "").status, 500)
	size, sum, ok := r.FileSum(id)
	want := sha256.Sum256([]byte(long))
	equal(t, "sum", []any{size, sum, ok}, []any{int64(1_000_000), hex.EncodeToString(want[:]), true})

	empty := r.do("GET", "/v1/files/"+r.upload("e.txt", "")+"/content", "")
	equal(t, "empty", []any{empty.status, empty.text}, []any{200, ""})

	request := r.Requests()[2]
	equal(t, "whole length", request.Bytes > 1_000_000, true)
	if n := len(request.Body); n > 4000 || !bytes.Contains(request.Body, []byte("assistants")) {
		t.Errorf("%d bytes are recorded: %.200s", n, request.Body)
	}
	for _, err := range openapi.Shared(t).CheckRequest(request.Method, request.Path, request.Query, request.Body) {
		t.Error(err)
	}
	brief := r.Requests()[5]
	equal(t, "a short form is kept whole", int64(len(brief.Body)), brief.Bytes)
}

func TestUploads_makeAFileOfParts(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now, Lag: 1, AllowDownloads: true})
	begin := func() string {
		return r.do("POST", "/v1/uploads", `{"filename":"a.txt","purpose":"user_data","bytes":6,"mime_type":"text/plain","expires_after":{"anchor":"created_at","seconds":7200}}`).id()
	}
	part := func(upload, data string) string {
		return r.form("/v1/uploads/"+upload+"/parts", "data:blob", data).id()
	}
	id := begin()
	two, one := part(id, "def"), part(id, "abc")
	complete := "/v1/uploads/" + id + "/complete"
	refused(t, "unknown part", r.do("POST", complete, `{"part_ids":["part_none"]}`), 404, "No part found with id 'part_none'.")
	refused(t, "part missing", r.do("POST", complete, `{"part_ids":["`+one+`"]}`), 400, "expected 6 bytes, but the parts have 3")
	refused(t, "other sum", r.do("POST", complete, `{"part_ids":["`+one+`","`+two+`"],"md5":"00"}`), 400, "MD5")
	sum := md5.Sum([]byte("abcdef")) //nolint:gosec // the API asks for it
	done := r.do("POST", complete, fmt.Sprintf(`{"part_ids":[%q,%q],"md5":%q}`, one, two, hex.EncodeToString(sum[:])))
	equal(t, "status", done.get("status"), "completed")
	equal(t, "expires", done.get("expires_at"), 1.7e9+3600)
	equal(t, "file", []any{done.get("file", "bytes"), done.get("file", "expires_at"), done.get("file", "filename")}, []any{6.0, 1.7e9 + 7200, "a.txt"})
	file := fmt.Sprint(done.get("file", "id"))
	equal(t, "lags", r.do("GET", "/v1/files/"+file, "").status, 404)
	equal(t, "content", r.do("GET", "/v1/files/"+file+"/content", "").text, "abcdef")
	refused(t, "again", r.do("POST", complete, `{"part_ids":["`+one+`"]}`), 400, "has status 'completed'")

	id = begin()
	equal(t, "cancelled", r.do("POST", "/v1/uploads/"+id+"/cancel", "").get("status"), "cancelled")
	refused(t, "part of a cancelled one", r.form("/v1/uploads/"+id+"/parts", "data:blob", "x"), 400, "has status 'cancelled'")
	id = begin()
	now.advance(time.Hour)
	refused(t, "part of an expired one", r.form("/v1/uploads/"+id+"/parts", "data:blob", "x"), 400, "has status 'expired'")
	refused(t, "unknown", r.do("POST", "/v1/uploads/upload_none/cancel", ""), 404, "No upload found with id 'upload_none'.")
	equal(t, "no GET", r.do("GET", "/v1/uploads", "").status, 405)
	equal(t, "no path", r.do("GET", "/v1/uploads/"+id, "").status, 404)
}
