package emulator

import "net/http"

const day = 24 * 3600 // seconds

var (
	storeExpiryShape = fields([]string{"anchor", "days"}, map[string]*shape{
		"anchor": oneOf("last_active_at"), "days": {kind: kindInteger, min: "1", max: "365"},
	})
	chunkingShape = variants("type", []string{"auto", "static"}, map[string]*shape{
		"auto": fields(nil, map[string]*shape{"type": aString}),
		"static": fields([]string{"static"}, map[string]*shape{
			"type": aString,
			"static": fields([]string{"max_chunk_size_tokens", "chunk_overlap_tokens"}, map[string]*shape{
				"max_chunk_size_tokens": {kind: kindInteger, min: "100", max: "4096"},
				"chunk_overlap_tokens":  {kind: kindInteger, min: "0"},
			}),
		}),
	})
)

// vectorStores do not show description, file_ids and chunking_strategy, which they were made with.
var vectorStores = &collection{
	name: "vector_stores", object: "vector_store", deleted: "vector_store.deleted", prefix: "vs_",
	create: fields(nil, map[string]*shape{
		"name": aString, "description": aString, "metadata": metadataShape,
		"file_ids":      {kind: kindList, items: aString, maxItems: 500},
		"expires_after": storeExpiryShape, "chunking_strategy": chunkingShape,
	}),
	update: fields(nil, map[string]*shape{
		"name": nullable(aString), "metadata": metadataShape, "expires_after": nullable(storeExpiryShape),
	}),
	paging: paging{limit: 20, most: 100, order: "desc"},
	keep:   map[string]any{"name": nil, "metadata": map[string]any{}, "expires_after": omitted{}},
	make: func(c *call, r *resource) *apiError {
		r.members["last_active_at"] = c.now.Unix()
		ids, _ := c.body["file_ids"].([]any)
		return c.attachAll(r, entriesOf(ids, c.body), "", c.newProgress())
	},
	show: func(c *call, r *resource, m map[string]any) {
		counts, bytes := c.count(r.shelf(storeFiles.name).order)
		m["file_counts"], m["usage_bytes"] = counts, bytes
		m["status"], m["expires_at"] = "completed", nil
		if counts["in_progress"] > 0 {
			m["status"] = "in_progress"
		}
		if at, ok := expiryOf(r); ok {
			m["expires_at"] = at
		}
		if c.hasExpired(r) {
			m["status"] = "expired"
		}
	},
	missing: func(_ *resource, id string) *apiError {
		return absent("vector_store_id", "No vector store found with id '%s'.", id)
	},
	actions: map[string]action{
		"search": {http.MethodPost, operation{shape: searchShape, do: search}},
	},
	children: collectionsOf(storeFiles, fileBatches),
}

// expiryOf returns when a store expires, in Unix seconds, and whether it does.
func expiryOf(store *resource) (int64, bool) {
	after, ok := store.members["expires_after"].(map[string]any)
	if !ok {
		return 0, false
	}
	return integer(store.members["last_active_at"]) + day*integer(after["days"]), true
}

func (c *call) hasExpired(store *resource) bool {
	at, ok := expiryOf(store)
	return ok && c.now.Unix() >= at || store.forced["status"] == "expired"
}

// use notes that a store is used, which one that has expired cannot be.
func (c *call) use(store *resource) *apiError {
	if c.hasExpired(store) {
		return invalid("vector_store_id", "vector_store_expired", "Vector store '%s' has expired.", store.id)
	}
	store.members["last_active_at"] = c.now.Unix()
	return nil
}

// count counts files of a store by status, and the bytes that they take.
func (c *call) count(of []*resource) (counts map[string]int, bytes int64) {
	counts = map[string]int{"in_progress": 0, "completed": 0, "failed": 0, "cancelled": 0, "total": len(of)}
	for _, r := range of {
		status := c.statusOf(r)
		counts[status]++
		if status == "completed" {
			bytes += r.content.size
		}
	}
	return counts, bytes
}
