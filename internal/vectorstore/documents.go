package vectorstore

import (
	"context"
	"fmt"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	tfpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/sync/errgroup"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/content"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// attached is what the state has of each document.
var attached = kinds.Declare(
	kinds.Attribute{Name: "file_id", Shape: kinds.String, Description: "The ID of the file that was uploaded."},
	kinds.Attribute{Name: "filename", Shape: kinds.String, Description: "The name of the file."},
	kinds.Attribute{Name: "sha256", Shape: kinds.String, Description: "The SHA-256 of the content, in hexadecimal."},
	kinds.Attribute{Name: "attributes", Shape: kinds.String, Description: "The attributes that a search can filter by, as JSON."},
	kinds.Attribute{Name: "status", Shape: kinds.String, Description: "`completed`, `in_progress`, `failed` or `cancelled`; `uploaded` if it is not attached yet."},
	kinds.Attribute{Name: "error", Shape: kinds.String, Description: "Why it could not be processed, in the server's words. Null if it could."},
)

var documents = &object.Kind{
	Type: "vector_store_files", Noun: "documents of vector store", Path: "vector_stores", ID: "vector_store_id",
	Attributes: kinds.Declare(
		kinds.Attribute{Name: "vector_store_id", Shape: kinds.String, Mode: kinds.Required, Change: kinds.Replaces,
			Description: "The ID of the vector store.", Validators: checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "documents", Shape: kinds.Dynamic, Mode: kinds.Required, Local: true, Change: kinds.Updates,
			Description: "The documents by a name of your choice, such as their path: `{ for f in fileset(path.module, \"docs/**/*.md\") : f => { source = \"${path.module}/${f}\" } }`. Each has\n" +
				"  - `source` (the path of a file), `content` (text) or `content_base64`;\n" +
				"  - `filename`, optional: by default the last part of its name here, or of `source`. Its ending tells the server the format;\n" +
				"  - `attributes`, optional: up to 12 attributes that a search can filter by: text, numbers, true or false.",
			Validators: checks{documentsCheck{}}},
		kinds.Attribute{Name: "name", Shape: kinds.String, Change: kinds.Replaces,
			Description: "Tells this resource apart from others of its kind on the same store. Needed where there is more than one.", Validators: checks{kinds.NotEmpty()}},
		chunking("A change uploads all documents again.", true),
		kinds.Attribute{Name: "files", Shape: kinds.ObjectMap, Mode: kinds.Computed, Fields: attached,
			Description: "What became of each document, by its name."},
		kinds.Attribute{Name: "owner", Shape: kinds.String, Mode: kinds.Computed,
			Description: "What tells this resource from any other: its files in the store have it as the attribute `terraform_owner`."},
		kinds.Attribute{Name: "leftovers", Shape: kinds.Strings, Mode: kinds.Computed,
			Description: "The IDs of files that others have taken the place of, and that an apply could not delete. The next one tries again. Null if there are none."},
	),
	Description: object.Description{
		Resource: "Keeps documents, such as a folder of Markdown, in step with a vector store. What is new is uploaded and attached, what has changed is replaced, what is gone is removed; the rest stays as it is. " +
			"Documents are attached 500 at a time, with one call.\n\n" +
			"Destroying the resource deletes the files that it uploaded, and nothing else. A document that the server cannot process does not hold up the others: the apply fails and names it, and the next apply does only what is missing.\n\n" +
			"The files in the store carry the attributes `terraform_document`, `terraform_sha256`, `terraform_owner` (and `terraform_resource` if there is a `name`), by which an apply finds again what an interrupted one has left.",
	},
	Validate: validateChunking, Limits: limitDocuments, Plan: planDocuments,
	Get: getDocuments, Create: createDocuments, Update: updateDocuments, Delete: deleteDocuments,
}

// document is one of the documents in a configuration.
type document struct {
	source   content.Source // without an argument, it is not known yet
	filename string         // "" = it is not known yet
	sha256   string         // "" = it is not known yet
	labels   string         // attributes as JSON
	open     bool           // attributes are not known yet
}

// documentsOf reads the documents of a configuration; known is false where not even their names are known.
func documentsOf(config wire.Fields) (all map[string]*document, known bool, err error) {
	value := config.Get("documents")
	if !value.IsKnown() {
		return nil, false, nil
	}
	all = map[string]*document{}
	for name, v := range wire.Members(value) {
		d := &document{labels: "{}"}
		all[name] = d
		if !v.IsKnown() {
			d.open = true
			continue
		}
		fields := wire.FieldsOf(wire.Members(v))
		if d.source, err = content.Of(fields); err != nil {
			return nil, true, fmt.Errorf("%s: %w", name, err)
		}
		d.filename = d.named(name, fields)
		if fields.Has("attributes") {
			labels := fields.Get("attributes")
			d.open = !labels.IsFullyKnown()
			if !d.open && !labels.IsNull() {
				if d.labels, err = wire.JSON(labels); err != nil {
					return nil, true, fmt.Errorf("%s: attributes: %w", name, err)
				}
			}
		}
	}
	return all, true, nil
}

// named is the name of the file.
func (d *document) named(name string, fields wire.Fields) string {
	if fields.Has("filename") && !fields.Get("filename").IsNull() {
		return fields.String("filename")
	}
	if base := path.Base(name); path.Ext(base) != "" || d.source.Argument != "" && d.source.Name() == "" {
		return base
	}
	return d.source.Name()
}

// digest reads the contents that are known and whose sum is not, several at a time.
func digest(all map[string]*document) map[string]error {
	faults, mu := map[string]error{}, sync.Mutex{}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for name, d := range all {
		if d.source.Argument == "" || d.sha256 != "" {
			continue
		}
		group.Go(func() (err error) {
			if d.sha256, _, err = d.source.Digest(); err != nil {
				mu.Lock()
				faults[name] = err
				mu.Unlock()
			}
			return nil
		})
	}
	_ = group.Wait()
	return faults
}

// planDocuments finds out which documents are new or have changed.
func planDocuments(_ context.Context, p *object.Planning) {
	all, known, err := documentsOf(p.Config)
	switch {
	case err != nil: // the validator has said it
		return
	case !known:
		p.Open("files")
		return
	}
	if !p.Prior.Absent() {
		p.Planned["leftovers"] = tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, nil)
	}
	at := tfpath.Root("documents")
	faults := digest(all)
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		rules.RefuseAt(p.Diags, at.AtMapKey(name), "Unreadable document", "%s", report.Sentence(faults[name].Error()))
	}
	have := map[string]entry{}
	if !p.Prior.Absent() && len(p.Changes.Replace) == 0 {
		have = entries(p.Prior.Get("files"))
	}
	files := make(wire.Values, len(all))
	for name, d := range all {
		e, there := have[name]
		files[name] = d.planned(e, there)
	}
	p.Planned["files"] = tftypes.NewValue(tftypes.Map{ElementType: attached.Type()}, files)
}

// task is what is to be done with a document.
type task int

const (
	keep    task = iota // it is as it should be
	relabel             // other attributes
	await               // it is being processed
	attach              // it is uploaded, and not attached
	upload              // it is not there
)

// task is what is to be done for a document to become what it should be.
func (d *document) task(e entry, there bool) task {
	switch {
	case !there || e.SHA256 != d.sha256 || d.sha256 == "" || e.Filename != "" && e.Filename != d.filename || e.Status == statusFailed || e.Status == statusCancelled:
		return upload
	case e.Status == statusUploaded:
		return attach
	case e.Status == statusPending:
		return await
	case d.open || !jsontext.Same(e.Attributes, d.labels):
		return relabel
	}
	return keep
}

// planned is what the state will have of a document, as far as is known.
func (d *document) planned(e entry, there bool) tftypes.Value {
	open := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	if e.Filename == "" { // an import does not know it
		e.Filename = d.filename
	}
	values := e.values()
	if d.task(e, there) == upload {
		values = wire.Values{"file_id": open, "filename": text(d.filename), "sha256": text(d.sha256), "error": open}
	}
	switch d.task(e, there) {
	case upload, attach, await:
		values["status"], values["error"] = open, open
		values["attributes"] = text(d.labels)
	case relabel:
		values["attributes"] = text(d.labels)
	}
	if d.open {
		values["attributes"] = open
	}
	for _, name := range []string{"filename", "sha256"} {
		if v := values[name]; v.IsNull() {
			values[name] = open
		}
	}
	return tftypes.NewValue(attached.Type(), values)
}

// text is text in the state; null for "".
func text(s string) tftypes.Value {
	if s == "" {
		return tftypes.NewValue(tftypes.String, nil)
	}
	return tftypes.NewValue(tftypes.String, s)
}

// checkDocument refuses a document that can never be right.
func checkDocument(diags *diag.Diagnostics, at tfpath.Path, v tftypes.Value) {
	members := []string{"source", "content", "content_base64", "filename", "attributes"}
	if !v.IsKnown() {
		return
	}
	if v.IsNull() || !v.Type().Is(tftypes.Object{}) && !v.Type().Is(tftypes.Map{}) {
		rules.RefuseAt(diags, at, kinds.InvalidValue, "A document is an object such as { source = \"docs/a.md\" }.")
		return
	}
	fields := wire.Members(v)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		switch {
		case !slices.Contains(members, name):
			rules.RefuseAt(diags, at.AtName(name), kinds.InvalidValue, "A document has no %q. It has %s.", name, strings.Join(members, ", "))
		case name == "attributes":
			checkAttributes(diags, at.AtName(name), value)
			for _, mark := range marks {
				if _, there := wire.Members(value)[mark]; there {
					rules.RefuseAt(diags, at.AtName(name).AtName(mark), kinds.InvalidValue, "%q is one of the provider's own marks. Choose another name.", mark)
				}
			}
		case value.IsKnown() && !value.IsNull() && !value.Type().Is(tftypes.String):
			rules.RefuseAt(diags, at.AtName(name), kinds.InvalidValue, "%s must be text.", name)
		case name == "filename":
			if text, ok := wire.Text(value); ok && content.CheckName(text) != nil {
				rules.RefuseAt(diags, at.AtName(name), "Invalid filename", "%s", report.Sentence(content.CheckName(text).Error()))
			}
		case value.IsKnown() && !value.IsNull() && wire.FieldsOf(fields).String(name) == "" && name != "content" && name != "content_base64":
			rules.RefuseAt(diags, at.AtName(name), kinds.InvalidValue, "%s must not be empty.", name)
		}
	}
	checkContent(diags, at, wire.FieldsOf(fields))
}

func checkContent(diags *diag.Diagnostics, at tfpath.Path, fields wire.Fields) {
	there := 0
	for _, name := range content.Arguments {
		if fields.Has(name) && !fields.Get(name).IsNull() {
			there++
		}
	}
	if there != 1 {
		rules.RefuseAt(diags, at, "Missing content", "A document has one of source, content and content_base64; this one has %d of them.", there)
		return
	}
	s, err := content.Of(fields)
	if err != nil {
		rules.RefuseAt(diags, at.AtName(s.Argument), "Invalid base64", "%s", report.Sentence(err.Error()))
	}
}

// limitDocuments holds documents against OpenAI's limits.
func limitDocuments(config wire.Fields) diag.Diagnostics {
	diags := limitChunking(config)
	entries := wire.Members(config.Get("documents"))
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		at := tfpath.Root("documents").AtMapKey(name)
		if n := utf8.RuneCountInString(name); n > longestText {
			rules.RefuseAt(&diags, at, kinds.OutOfRange, "For OpenAI, the name of a document must have at most %d characters, not %d.", longestText, n)
		}
		labels, there := wire.Members(entries[name])["attributes"]
		if !there || !labels.IsKnown() {
			continue
		}
		limitAttributes(&diags, at.AtName("attributes"), labels)
		if n, most := len(wire.Members(labels)), mostAttributes-len(marks); n > most && n <= mostAttributes {
			rules.RefuseAt(&diags, at.AtName("attributes"), kinds.OutOfRange, "For OpenAI, there must be at most %d attributes besides the provider's own, not %d.", most, n)
		}
	}
	return diags
}
