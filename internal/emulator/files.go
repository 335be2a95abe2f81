package emulator

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
)

// What OpenAI takes of files, in bytes.
const (
	maxFile   = 512 << 20
	maxPart   = 64 << 20
	maxUpload = "8589934592" // 8 GiB
)

// purposes are what files may be uploaded for; private ones cannot be downloaded.
var (
	purposes = oneOf("assistants", "batch", "fine-tune", "vision", "user_data")
	private  = map[any]bool{"assistants": true, "user_data": true}
)

var fileExpiryShape = fields([]string{"anchor", "seconds"}, map[string]*shape{
	"anchor": oneOf("created_at"), "seconds": {kind: kindInteger, min: "3600", max: "2592000"},
})

// files are the files of a project.
var files = &collection{
	name: "files", object: "file", deleted: "file", prefix: "file-",
	create: fields([]string{"file", "purpose"}, map[string]*shape{
		"file": aString, "purpose": purposes, "expires_after": fileExpiryShape,
	}),
	form:   true,
	paging: paging{limit: 10_000, most: 10_000, order: "desc"},
	filters: map[string]func(*call, *resource, string) bool{
		"purpose": func(_ *call, r *resource, purpose string) bool { return r.members["purpose"] == purpose },
	},
	keep: map[string]any{"purpose": nil},
	make: func(c *call, r *resource) *apiError {
		part := c.form.part("file")
		if part.filename == "" {
			return invalid("file", "", "'file' is a required property")
		}
		if part.content.size > c.maxFile() {
			return c.fileTooLong()
		}
		if c.body["purpose"] == "batch" && !strings.HasSuffix(part.filename, ".jsonl") {
			return invalid("", "", "Invalid file format for Batch API. Must be .jsonl")
		}
		c.fill(r, part.filename, part.content)
		return nil
	},
	gone: func(c *call, r *resource) bool {
		at := integer(r.members["expires_at"])
		return at != 0 && c.now.Unix() >= at
	},
	dropped: dropFile,
	missing: func(_ *resource, id string) *apiError { return absent("id", "No such File object: %s", id) },
	actions: map[string]action{"content": {http.MethodGet, operation{do: downloadFile}}},
}

// fill makes a resource a file with a content, that expires as the body says. That of a batch does in any case.
func (c *call) fill(r *resource, name string, content blob) {
	r.content = content
	r.members["filename"], r.members["bytes"], r.members["status"] = name, content.size, "processed"
	if r.members["purpose"] == "batch" {
		r.members["expires_at"] = c.now.Unix() + batchFileLife
	}
	if after, ok := c.body["expires_after"].(map[string]any); ok {
		r.members["expires_at"] = c.now.Unix() + integer(after["seconds"])
	}
}

// integer is a number of this server's or of a request's; 0 if it is none.
func integer(value any) int64 {
	if n, ok := value.(int64); ok {
		return n
	}
	n, _ := value.(json.Number)
	i, _ := n.Int64()
	return i
}

// dropFile takes a deleted file out of all vector stores.
func dropFile(c *call, _ *resource, id string) {
	for _, store := range c.objects.root.shelf("vector_stores").order {
		store.shelf("files").remove(id)
	}
}

func downloadFile(c *call) (any, *apiError) {
	if purpose := c.target.members["purpose"]; private[purpose] && !c.options.AllowDownloads {
		return nil, invalid("", "", "Not allowed to download files of purpose: %v", purpose)
	}
	if c.target.content.data == nil {
		return nil, &apiError{status: http.StatusInternalServerError, Type: "server_error",
			Message: "The emulator keeps the content of small files only."}
	}
	return octets(c.target.content.data), nil
}

func (s *Server) maxFile() int64 {
	if s.options.MaxFile > 0 {
		return s.options.MaxFile
	}
	return maxFile
}

func (s *Server) fileTooLong() *apiError {
	e := invalid("file", "", "413: Maximum content size limit (%d) exceeded", s.maxFile())
	e.status = http.StatusRequestEntityTooLarge
	return e
}

// FileSum returns the length and the SHA-256, in lower-case hexadecimal, of the content that a file was uploaded
// with. ok is false if there is no such file.
func (s *Server) FileSum(id string) (size int64, sha256 string, ok bool) {
	s.objects.mu.Lock()
	defer s.objects.mu.Unlock()
	r := s.objects.root.shelf(files.name).byID[id]
	if r == nil {
		return 0, "", false
	}
	return r.content.size, hex.EncodeToString(r.content.sha256[:]), true
}
