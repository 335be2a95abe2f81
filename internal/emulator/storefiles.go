package emulator

import (
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	attributesShape = &shape{kind: kindObject, null: true, values: &shape{
		kind: kindText, maxLength: 512, or: &shape{kind: kindDecimal, or: aBoolean},
	}}
	storeFileShape = fields([]string{"file_id"}, map[string]*shape{
		"file_id": aString, "chunking_strategy": chunkingShape, "attributes": attributesShape,
	})
	storeFilePaging = paging{limit: 20, most: 100, order: "desc"}
	byStatus        = map[string]func(*call, *resource, string) bool{
		"filter": func(c *call, r *resource, status string) bool { return c.statusOf(r) == status },
	}
)

// searchable are the names of files that can be in a vector store; of those that are text, the content is found.
var searchable = func() map[string]bool {
	out := map[string]bool{".doc": false, ".docx": false, ".pdf": false, ".pptx": false}
	for _, extension := range strings.Fields(".c .cpp .cs .css .go .html .java .js .json .md .php .py .rb .sh .tex .ts .txt") {
		out[extension] = true
	}
	return out
}()

// storeFiles are the files of one vector store, by the ids that they have as files.
var storeFiles = &collection{
	name: "files", object: "vector_store.file", deleted: "vector_store.file.deleted",
	create:  storeFileShape,
	update:  fields([]string{"attributes"}, map[string]*shape{"attributes": attributesShape}),
	paging:  storeFilePaging,
	filters: byStatus,
	keep:    map[string]any{"attributes": map[string]any{}},
	make: func(c *call, r *resource) *apiError {
		if e := c.use(c.parent()); e != nil {
			return e
		}
		return c.fillStoreFile(r, c.parent(), c.body, c.newProgress())
	},
	show: func(c *call, r *resource, m map[string]any) {
		status := c.statusOf(r)
		m["status"], m["usage_bytes"], m["last_error"] = status, int64(0), nil
		switch status {
		case "in_progress":
			c.advisePolling()
		case "completed":
			m["usage_bytes"] = r.content.size
		case "failed":
			m["last_error"] = c.failureOf(r)
		}
	},
	missing: func(store *resource, id string) *apiError {
		return absent("file_id", "No file found with id '%s' in vector store '%s'.", id, store.id)
	},
	actions: map[string]action{"content": {http.MethodGet, operation{do: func(c *call) (any, *apiError) {
		data := []any{}
		if text := c.textIn(c.target); text != "" {
			data = append(data, map[string]any{"type": "text", "text": text})
		}
		return map[string]any{"object": "vector_store.file_content.page", "data": data, "has_more": false, "next_page": nil}, nil
	}}}},
}

// fileBatches put many files into a store at once.
var fileBatches = &collection{
	name: "file_batches", object: "vector_store.files_batch", prefix: "vsfb_", unlisted: true,
	create: fields(nil, map[string]*shape{
		"file_ids":          {kind: kindList, items: aString, minItems: 1, maxItems: 2000},
		"files":             {kind: kindList, items: storeFileShape, minItems: 1, maxItems: 2000},
		"chunking_strategy": chunkingShape, "attributes": attributesShape,
	}),
	make: func(c *call, r *resource) *apiError {
		ids, some := c.body["file_ids"].([]any)
		entries, others := c.body["files"].([]any)
		if some == others {
			return invalid("file_ids", "", "Exactly one of 'file_ids' and 'files' must be provided.")
		}
		if e := c.use(c.parent()); e != nil {
			return e
		}
		r.members["vector_store_id"], r.progress = c.parent().id, c.newProgress()
		return c.attachAll(c.parent(), append(entriesOf(ids, c.body), entries...), r.id, r.progress)
	},
	show: func(c *call, r *resource, m map[string]any) {
		counts, _ := c.count(filesOfBatch(r))
		m["file_counts"], m["status"] = counts, c.statusOf(r)
		switch {
		case m["status"] == "in_progress":
			c.advisePolling()
		case counts["total"] > 0 && counts["failed"] == counts["total"]:
			m["status"] = "failed"
		}
	},
	missing: func(_ *resource, id string) *apiError {
		return absent("batch_id", "No vector store file batch found with id '%s'.", id)
	},
	actions: map[string]action{"cancel": {http.MethodPost, operation{do: func(c *call) (any, *apiError) {
		for _, r := range append(filesOfBatch(c.target), c.target) {
			if c.statusOf(r) == "in_progress" {
				r.members["status"] = "cancelled"
			}
		}
		return c.shown(c.of(), c.target), nil
	}}}},
	children: collectionsOf(&collection{
		name: "files", object: storeFiles.object, unread: true, paging: storeFilePaging, filters: byStatus, show: storeFiles.show,
		among: filesOfBatch, missing: storeFiles.missing,
	}),
}

func filesOfBatch(batch *resource) []*resource {
	var out []*resource
	for _, r := range batch.parent.shelf("files").order {
		if r.batch == batch.id {
			out = append(out, r)
		}
	}
	return out
}

// entriesOf is the files of a list of ids, with the attributes and the chunking strategy of the body.
func entriesOf(ids []any, body map[string]any) []any {
	entries := make([]any, len(ids))
	for i, id := range ids {
		entry := map[string]any{"file_id": id}
		for _, name := range []string{"attributes", "chunking_strategy"} {
			if value, ok := body[name]; ok {
				entry[name] = value
			}
		}
		entries[i] = entry
	}
	return entries
}

// attachAll puts files into a store, or none if one of them cannot be.
func (c *call) attachAll(store *resource, entries []any, batch string, p *progress) *apiError {
	fresh := make([]*resource, len(entries))
	for i, entry := range entries {
		entry := entry.(map[string]any)
		r := &resource{unseen: c.options.Lag, batch: batch, parent: store, made: c.now, members: map[string]any{"created_at": c.now.Unix()}}
		attributes, _ := entry["attributes"].(map[string]any)
		if e := checkPairs("files["+strconv.Itoa(i)+"].attributes", attributes); e != nil {
			return e
		}
		if r.members["attributes"] = attributes; attributes == nil {
			r.members["attributes"] = map[string]any{}
		}
		if e := c.fillStoreFile(r, store, entry, p); e != nil {
			return e
		}
		fresh[i] = r
	}
	for _, r := range fresh {
		store.shelf("files").add(r)
	}
	return nil
}

// fillStoreFile makes a resource the file in a store that a body asks for.
func (c *call) fillStoreFile(r, store *resource, body map[string]any, p *progress) *apiError {
	file, e := c.file(body["file_id"].(string))
	if e != nil {
		return e
	}
	size, overlap := int64(800), int64(400)
	if chunking, ok := body["chunking_strategy"].(map[string]any); ok && chunking["type"] == "static" {
		static := chunking["static"].(map[string]any)
		size, overlap = integer(static["max_chunk_size_tokens"]), integer(static["chunk_overlap_tokens"])
	}
	if overlap > size/2 {
		return invalid("chunking_strategy.static.chunk_overlap_tokens", "",
			"chunk_overlap_tokens must be less than or equal to max_chunk_size_tokens / 2")
	}
	r.id, r.content, r.progress = file.id, file.content, p
	r.members["vector_store_id"] = store.id
	r.members["chunking_strategy"] = map[string]any{
		"type": "static", "static": map[string]int64{"max_chunk_size_tokens": size, "chunk_overlap_tokens": overlap},
	}
	return nil
}

// progress is how far files are that came into a store together.
type progress struct {
	left  int // looks that will see them in progress
	until time.Time
}

// newProgress begins. The call that it begins in sees it under way, whatever the options.
func (c *call) newProgress() *progress {
	p := &progress{left: c.options.Processing, until: c.now.Add(c.options.ProcessingTime)}
	c.polled[p] = true
	return p
}

// running reports whether there is still progress, alike for the whole of a call.
func (c *call) running(p *progress) bool {
	if is, known := c.polled[p]; known {
		return is
	}
	c.polled[p] = p.left > 0 || c.now.Before(p.until)
	if c.method == http.MethodGet && p.left > 0 {
		p.left--
	}
	return c.polled[p]
}

// statusOf is the status of a file in a store, or of a batch.
func (c *call) statusOf(r *resource) string {
	fixed, _ := r.members["status"].(string)
	switch {
	case fixed != "":
		return fixed
	case c.running(r.progress):
		return "in_progress"
	case c.failureOf(r) != nil:
		return "failed"
	}
	return "completed"
}

// failureOf is why a file cannot be in a store; nil if it can, as can what is no file.
func (c *call) failureOf(r *resource) any {
	name, isFile := c.nameOf(r)
	_, supported := searchable[path.Ext(name)]
	switch {
	case !isFile:
		return nil
	case !supported:
		return map[string]any{"code": "unsupported_file", "message": "The file type is not supported."}
	case r.content.size == 0:
		return map[string]any{"code": "invalid_file", "message": "The file could not be parsed because it is empty."}
	}
	return nil
}

// nameOf is the name that a file in a store has as a file.
func (c *call) nameOf(r *resource) (name string, isFile bool) {
	file := c.objects.root.shelf(files.name).byID[r.id]
	if file == nil {
		return "", false
	}
	name, _ = file.members["filename"].(string)
	return strings.ToLower(name), true
}

// textIn is the text of a file in a store, as far as that is kept.
func (c *call) textIn(r *resource) string {
	name, _ := c.nameOf(r)
	if !searchable[path.Ext(name)] || !utf8.Valid(r.content.data) {
		return ""
	}
	return string(r.content.data)
}

// advisePolling says when to ask again.
func (c *call) advisePolling() {
	after := c.options.PollAfter
	if after == 0 {
		after = time.Second
	}
	if after > 0 {
		c.header.Set("Openai-Poll-After-Ms", strconv.FormatInt(after.Milliseconds(), 10))
	}
}
