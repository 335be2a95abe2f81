package emulator

import (
	"crypto/md5" //nolint:gosec // the API asks for it
	"encoding/hex"
	"net/http"
	"strings"
)

// uploadLife is how long an upload can be added to, in seconds.
const uploadLife = 3600

// uploads are files that come in parts. They can only be made, added to, completed and cancelled.
var uploads = &collection{
	name: "uploads", object: "upload", prefix: "upload_", unlisted: true, unread: true,
	create: fields([]string{"filename", "purpose", "bytes", "mime_type"}, map[string]*shape{
		"filename": aString, "purpose": purposes, "bytes": {kind: kindInteger, min: "1", max: maxUpload},
		"mime_type": aString, "expires_after": fileExpiryShape,
	}),
	keep: map[string]any{"filename": nil, "purpose": nil, "bytes": nil},
	make: func(c *call, r *resource) *apiError {
		r.members["status"], r.members["expires_at"] = "pending", c.now.Unix()+uploadLife
		r.unseen = 0 // what is only written to cannot lag
		r.fileExpiry = c.body["expires_after"]
		return nil
	},
	missing: func(_ *resource, id string) *apiError {
		return absent("upload_id", "No upload found with id '%s'.", id)
	},
	actions: map[string]action{
		"complete": {http.MethodPost, operation{do: completeUpload, shape: fields([]string{"part_ids"}, map[string]*shape{
			"part_ids": {kind: kindList, items: aString, minItems: 1}, "md5": aString,
		})}},
		"cancel": {http.MethodPost, operation{do: func(c *call) (any, *apiError) {
			if e := c.pending(c.target); e != nil {
				return nil, e
			}
			return c.endUpload("cancelled"), nil
		}}},
	},
	children: collectionsOf(parts),
}

// parts are those of one upload.
var parts = &collection{
	name: "parts", object: "upload.part", prefix: "part_", unlisted: true, unread: true,
	create: fields([]string{"data"}, map[string]*shape{"data": aString}),
	form:   true,
	make: func(c *call, r *resource) *apiError {
		if e := c.pending(c.parent()); e != nil {
			return e
		}
		r.content, r.unseen = c.form.part("data").content, 0
		if r.content.data == nil {
			return invalid("data", "", "Part exceeds the maximum size of %d bytes.", maxPart)
		}
		r.members["upload_id"] = c.parent().id
		return nil
	},
	missing: func(_ *resource, id string) *apiError { return absent("part_ids", "No part found with id '%s'.", id) },
}

// pending refuses what can be done only with an upload that is under way.
func (c *call) pending(upload *resource) *apiError {
	if upload.members["status"] == "pending" && c.now.Unix() >= upload.members["expires_at"].(int64) {
		upload.members["status"] = "expired"
		delete(upload.below, "parts")
	}
	if status := upload.members["status"]; status != "pending" {
		return invalid("", "", "Upload %s has status '%v'; expected 'pending'.", upload.id, status)
	}
	return nil
}

// endUpload gives the target its last status, and forgets its parts.
func (c *call) endUpload(status string) map[string]any {
	c.target.members["status"] = status
	delete(c.target.below, "parts")
	return c.shown(c.of(), c.target)
}

// completeUpload makes a file of the parts, in the order of the request.
func completeUpload(c *call) (any, *apiError) {
	if e := c.pending(c.target); e != nil {
		return nil, e
	}
	var data []byte
	for _, id := range c.body["part_ids"].([]any) {
		part, e := c.find(parts, c.target, id.(string))
		if e != nil {
			return nil, e
		}
		data = append(data, part.content.data...)
	}
	if promised := integer(c.target.members["bytes"]); int64(len(data)) != promised {
		return nil, invalid("", "", "Upload size mismatch: expected %d bytes, but the parts have %d.", promised, len(data))
	}
	if wanted, ok := c.body["md5"].(string); ok {
		sum := md5.Sum(data) //nolint:gosec // the API asks for it
		if !strings.EqualFold(wanted, hex.EncodeToString(sum[:])) {
			return nil, invalid("md5", "", "The MD5 checksum of the parts is not %s.", wanted)
		}
	}
	file := &resource{id: c.newID(files.prefix), unseen: c.options.Lag, made: c.now, members: map[string]any{
		"created_at": c.now.Unix(), "purpose": c.target.members["purpose"],
	}}
	c.body["expires_after"] = c.target.fileExpiry
	c.fill(file, c.target.members["filename"].(string), newBlob(data, keptOf(c.target.members["purpose"])))
	c.objects.root.shelf(files.name).add(file)
	out := c.endUpload("completed")
	out["file"] = c.shown(files, file)
	return out, nil
}
