package vectorstore_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func doc(content string, attributes ...any) object {
	d := object{"content": content}
	if len(attributes) > 0 {
		d["attributes"] = attributes[0]
	}
	return d
}

// count is how many requests begin so, from some request on.
func count(w *acctest.World, from int, prefix string) (n int) {
	for _, s := range w.Sent()[from:] {
		if strings.HasPrefix(s, prefix) {
			n++
		}
	}
	return n
}

func entry(i *acctest.Instance, name string) object {
	e, _ := i.State().(object)["files"].(object)[name].(object)
	return e
}

func TestDocuments_areKeptInStep(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{Processing: 2, Lag: 1})
	store := aStore(t, w)
	all := w.Instance("openai_vector_store_files")
	docs := object{"docs/a.md": doc("# A"), "docs/b.md": doc("# B", object{"language": "en", "year": 2026, "draft": false}), "c": object{"content": "# C", "filename": "c.md"}}
	config := object{"vector_store_id": store, "documents": docs}
	plan := all.Plan(t, config)
	if files := plan.Value.(object)["files"].(object); len(files) != 3 || files["docs/a.md"].(object)["filename"] != "a.md" || files["docs/a.md"].(object)["sha256"] == nil {
		t.Errorf("planned: %v", files)
	}
	acctest.Quiet(t, all.Apply(t, config))
	if len(w.Objects("vector_stores/"+store+"/files")) != 3 || count(w, 0, "POST files") != 3 || count(w, 0, "POST vector_stores/"+store+"/file_batches") > 4 {
		t.Errorf("sent: %q", w.Sent())
	}
	if e := entry(all, "docs/b.md"); e["status"] != "completed" || e["attributes"] != `{"draft":false,"language":"en","year":2026}` {
		t.Errorf("state: %v", e)
	}
	acctest.Unchanged(t, all, config)

	// One changed, one relabelled, one gone, one new: the rest is left alone.
	kept := entry(all, "c")["file_id"]
	was := entry(all, "docs/a.md")["file_id"]
	config["documents"] = object{"docs/a.md": doc("# A, anew"), "docs/b.md": doc("# B", object{"language": "de"}), "c": docs["c"], "d.md": doc("# D")}
	delete(config["documents"].(object), "docs/b.md")
	plan = all.Plan(t, config)
	files := plan.Value.(object)["files"].(object)
	if _, open := files["docs/a.md"].(object)["file_id"].(acctest.Unknown); !open || files["c"].(object)["file_id"] != kept || len(files) != 3 {
		t.Errorf("planned: %v", files)
	}
	from := len(w.Sent())
	acctest.Quiet(t, all.Apply(t, config))
	if count(w, from, "POST files") != 2 || count(w, from, "DELETE files/") != 2 || count(w, from, "DELETE files/"+was.(string)) != 1 {
		t.Errorf("sent: %q", w.Sent()[from:])
	}
	acctest.Unchanged(t, all, config)

	from = len(w.Sent())
	config["documents"].(object)["c"] = object{"content": "# C", "filename": "c.md", "attributes": object{"language": "de"}}
	acctest.Quiet(t, all.Apply(t, config))
	if entry(all, "c")["file_id"] != kept || count(w, from, "POST files") != 0 || count(w, from, "POST vector_stores/"+store+"/files/"+kept.(string)) != 1 {
		t.Errorf("other attributes: %v, sent %q", entry(all, "c"), w.Sent()[from:])
	}
	acctest.Unchanged(t, all, config)

	other := upload(t, w, "other.md", "# Not ours")
	acctest.Quiet(t, all.Destroy(t))
	if files := w.Objects("files"); !slices.Equal(files, []string{other}) || len(w.Objects("vector_stores/"+store+"/files")) > 0 {
		t.Errorf("left: %v", files)
	}
}

func TestDocuments_drift(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store := aStore(t, w)
	all := w.Instance("openai_vector_store_files")
	config := object{"vector_store_id": store, "documents": object{"a.md": doc("# A"), "b.md": doc("# B")}}
	acctest.Quiet(t, all.Apply(t, config))
	a, b := entry(all, "a.md")["file_id"].(string), entry(all, "b.md")["file_id"].(string)
	w.Remove("vector_stores/" + store + "/files/" + a)
	w.Change("vector_stores/"+store+"/files/"+b, object{"attributes": object{"terraform_document": "b.md", "x": "y"}})
	plan := all.Plan(t, config)
	if e := plan.Value.(object)["files"].(object)["a.md"].(object); e["file_id"] != a || e["status"] == "completed" {
		t.Errorf("a document that was detached elsewhere: %v", plan.Value)
	}
	acctest.Quiet(t, all.Apply(t, config))
	acctest.Unchanged(t, all, config)
	if n := count(w, 0, "POST files"); n != 2 || len(w.Objects("files")) != 2 {
		t.Errorf("%d uploads, files %v", n, w.Objects("files"))
	}
	w.Remove("files/" + a)
	acctest.Quiet(t, all.Apply(t, config)) // without a refresh: it is not seen
	all.Refresh(t)
	acctest.Quiet(t, all.Apply(t, config))
	acctest.Unchanged(t, all, config)
	if n := count(w, 0, "POST files"); n != 3 || len(w.Objects("files")) != 2 {
		t.Errorf("%d uploads, files %v", n, w.Objects("files"))
	}
	if entry(all, "b.md")["file_id"] != b || entry(all, "b.md")["attributes"] != "{}" {
		t.Errorf("attributes that were changed elsewhere: %v", entry(all, "b.md"))
	}
	w.Remove("vector_stores/" + store)
	if all.Refresh(t); entry(all, "a.md")["status"] != "uploaded" {
		t.Errorf("the store is gone, and what was uploaded forgotten: %v", all.State())
	}
}

// One that fails does not lose the others, and the next apply does only what is missing: after a create as after an update.
func TestDocuments_oneFails(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store := aStore(t, w)
	all := w.Instance("openai_vector_store_files")
	config := object{"vector_store_id": store, "documents": object{"a.md": doc("# A"), "b.bin": doc("\x01")}}
	diags := all.Apply(t, config)
	if len(diags) != 1 || !strings.Contains(diags[0], "1 of 2 documents are in the store") || !strings.Contains(diags[0], "b.bin: it has the status \"failed\"") {
		t.Errorf("said: %q", diags)
	}
	if all.State() != nil {
		t.Error("a create that fails taints")
	}
	if files := w.Objects("files"); len(files) != 1 {
		t.Errorf("on the server: %v", files)
	}
	from := len(w.Sent())
	config["documents"] = object{"a.md": doc("# A"), "b.md": doc("# B")}
	acctest.Quiet(t, all.Apply(t, config))
	if count(w, from, "POST files") != 1 {
		t.Errorf("sent: %q", w.Sent()[from:])
	}
	acctest.Unchanged(t, all, config)

	config["documents"] = object{"a.md": doc("# A2"), "b.md": doc("# B"), "c.bin": doc("\x01")}
	if diags = all.Apply(t, config); len(diags) != 1 || !strings.Contains(diags[0], "c.bin") || entry(all, "c.bin")["status"] != "failed" {
		t.Errorf("said: %q, state %v", diags, all.State())
	}
	if plan := all.Plan(t, config); plan.Replace {
		t.Error("an update that fails taints")
	}
	config["documents"] = object{"a.md": doc("# A2"), "b.md": doc("# B")}
	from = len(w.Sent())
	acctest.Quiet(t, all.Apply(t, config))
	if count(w, from, "POST files") != 0 || len(w.Objects("files")) != 2 {
		t.Errorf("sent: %q, on the server %v", w.Sent()[from:], w.Objects("files"))
	}
	acctest.Unchanged(t, all, config)
}

func TestDocuments_uploadFails(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store := aStore(t, w)
	all := w.Instance("openai_vector_store_files")
	config := object{"vector_store_id": store, "documents": object{"a.md": doc("# A"), "b.md": doc("# B"), "c.md": doc("# C")}}
	w.Fail(emulator.Status(http.StatusForbidden, `{"error":{"message":"not you","type":"invalid_request_error"}}`).On("POST", "/files").Containing("# B"))
	if diags := all.Apply(t, config); len(diags) != 1 || !strings.Contains(diags[0], "not you") {
		t.Errorf("said: %q", diags)
	}
	from := len(w.Sent())
	acctest.Quiet(t, all.Apply(t, config))
	if count(w, from, "POST files") != 1 || len(w.Objects("files")) != 3 {
		t.Errorf("sent: %q", w.Sent()[from:])
	}
	acctest.Unchanged(t, all, config)
}

// Ctrl-C while documents are processed: after a create, they are found by their marks; after an update, the state has them.
func TestDocuments_stopped(t *testing.T) {
	for _, during := range []string{"create", "update"} {
		t.Run(during, func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{Processing: 5})
			store := aStore(t, w)
			all := w.Instance("openai_vector_store_files")
			if during == "update" {
				acctest.Quiet(t, all.Apply(t, object{"vector_store_id": store, "documents": object{"a.md": doc("# A, old"), "z.md": doc("# Z")}}))
			}
			from := len(w.Sent())
			config := object{"vector_store_id": store, "documents": object{"a.md": doc("# A"), "b.md": doc("# B")}}
			w.Clock.Waiting = func() {
				if _, err := w.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
					t.Error(err)
				}
			}
			if diags := all.Apply(t, config); len(diags) != 1 || !strings.Contains(diags[0], "stopped") {
				t.Errorf("said: %q", diags)
			}
			w.Clock.Waiting = nil
			next := acctest.Speak(t, w.Clock.Adjust)
			next.Connect(t, w.Server)
			all.Continue(next)
			if plan := all.Plan(t, config); plan.Replace || during == "update" && entry(all, "a.md")["status"] == nil {
				t.Errorf("replaces: %v, state %v", plan.Replace, all.State())
			}
			acctest.Quiet(t, all.Apply(t, config))
			acctest.Unchanged(t, all, config)
			if n := count(w, from, "POST files"); n != 2 || len(w.Objects("files")) != 2 {
				t.Errorf("%d uploads, files %v", n, w.Objects("files"))
			}
		})
	}
}

// A replacement that is created before the old one is destroyed keeps its documents, whoever uploaded them.
func TestDocuments_createBeforeDestroy(t *testing.T) {
	for name, change := range map[string]object{"the same": {}, "other chunks": {"chunking_strategy": object{"type": "static", "static": object{"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 50}}}} {
		t.Run(name, func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{})
			store := aStore(t, w)
			config := object{"vector_store_id": store, "documents": object{"a.md": doc("# A"), "b.md": doc("# B")}}
			old, next := w.Instance("openai_vector_store_files"), w.Instance("openai_vector_store_files")
			acctest.Quiet(t, old.Apply(t, config))
			for member, value := range change {
				config[member] = value
			}
			acctest.Quiet(t, next.Apply(t, config))
			acctest.Quiet(t, old.Destroy(t))
			acctest.Unchanged(t, next, config)
			if files := w.Objects("files"); len(files) != 2 || len(w.Objects("vector_stores/"+store+"/files")) != 2 {
				t.Errorf("left: %v", files)
			}
			if uploads := count(w, 0, "POST files"); uploads != 2+2*len(change) {
				t.Errorf("%d uploads", uploads)
			}
		})
	}
}

// The old file of a document is deleted once the new one can be used, and not forgotten until then.
func TestDocuments_oldFilesAreNotForgotten(t *testing.T) {
	no := `{"error":{"message":"no","type":"invalid_request_error"}}`
	for name, method := range map[string]string{"deletion": "DELETE /files", "waiting": "GET /vector_stores/STORE/file_batches"} {
		t.Run(name, func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{})
			store := aStore(t, w)
			all := w.Instance("openai_vector_store_files")
			acctest.Quiet(t, all.Apply(t, object{"vector_store_id": store, "documents": object{"a.md": doc("# A")}}))
			config := object{"vector_store_id": store, "documents": object{"a.md": doc("# A2")}}
			method, path, _ := strings.Cut(strings.ReplaceAll(method, "STORE", store), " ")
			w.Fail(emulator.Status(http.StatusForbidden, no).On(method, path))
			if diags := all.Apply(t, config); len(diags) != 1 || all.State().(object)["leftovers"] == nil {
				t.Errorf("said %q, state %v", diags, all.State())
			}
			acctest.Quiet(t, all.Apply(t, config))
			acctest.Unchanged(t, all, config)
			if left := w.Objects("files"); len(left) != 1 {
				t.Errorf("left: %v", left)
			}
		})
	}
	w := acctest.NewWorld(t, emulator.Options{})
	store := aStore(t, w)
	all := w.Instance("openai_vector_store_files")
	acctest.Quiet(t, all.Apply(t, object{"vector_store_id": store, "documents": object{"a": object{"content": "# A", "filename": "a.md"}}}))
	good := entry(all, "a")["file_id"].(string)
	all.Apply(t, object{"vector_store_id": store, "documents": object{"a": object{"content": "\x01", "filename": "a.bin"}}})
	if !slices.Contains(w.Objects("files"), good) {
		t.Error("a document that the server cannot read has taken the place of one that it could")
	}
	acctest.Quiet(t, all.Destroy(t))
	if left := w.Objects("files"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// Where the store is gone, what was uploaded is not forgotten; where a file is gone, it is uploaded again.
func TestDocuments_partsAreGone(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store := aStore(t, w)
	all := w.Instance("openai_vector_store_files")
	config := object{"vector_store_id": store, "documents": object{"a.md": doc("# A"), "b.md": doc("# B")}}
	acctest.Quiet(t, all.Apply(t, config))
	w.Remove("vector_stores/" + store)
	w.Clock.Pass(time.Hour)
	other := aStore(t, w)
	config["vector_store_id"] = other
	if plan := all.Plan(t, config); !plan.Replace {
		t.Error("another store does not replace the documents")
	}
	acctest.Quiet(t, all.Apply(t, config))
	acctest.Unchanged(t, all, config)
	if left := w.Objects("files"); len(left) != 2 {
		t.Errorf("left: %v", left)
	}

	config["documents"] = object{"a.md": doc("# A"), "b.md": doc("# B"), "c.md": doc("# C")}
	w.Fail(emulator.Status(http.StatusForbidden, `{"error":{"message":"no","type":"invalid_request_error"}}`).On("POST", "/vector_stores/"+other+"/file_batches"))
	if diags := all.Apply(t, config); len(diags) != 1 || entry(all, "c.md")["status"] != "uploaded" {
		t.Errorf("said %q, state %v", diags, entry(all, "c.md"))
	}
	w.Remove("files/" + entry(all, "c.md")["file_id"].(string))
	all.Refresh(t)
	acctest.Quiet(t, all.Apply(t, config))
	acctest.Unchanged(t, all, config)
}

// What a killed update has brought into the store is found again by its marks; what it was to replace is deleted.
func TestDocuments_killedUpdate(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store := aStore(t, w)
	all, lost := w.Instance("openai_vector_store_files"), w.Instance("openai_vector_store_files")
	before := object{"vector_store_id": store, "documents": object{"a.md": doc("# A")}}
	after := object{"vector_store_id": store, "documents": object{"a.md": doc("# A2"), "b.md": doc("# B")}}
	acctest.Quiet(t, all.Apply(t, before))
	acctest.Quiet(t, lost.Import(t, store))
	w.Fail(emulator.Status(http.StatusForbidden, `{"error":{"message":"no","type":"invalid_request_error"}}`).On("DELETE", "/files"))
	lost.Apply(t, after) // what came of it is not in the state of all
	from := len(w.Sent())
	acctest.Quiet(t, all.Apply(t, after))
	acctest.Unchanged(t, all, after)
	if count(w, from, "POST files") != 0 || len(w.Objects("files")) != 2 {
		t.Errorf("sent %q, files %v", w.Sent()[from:], w.Objects("files"))
	}
}

func TestDocuments_open(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store := aStore(t, w)
	all := w.Instance("openai_vector_store_files")
	known := object{"vector_store_id": store, "documents": object{"a.md": doc("# A", object{"x": "y"}), "b.md": doc("# B")}}
	for _, open := range []object{
		{"vector_store_id": store, "documents": acctest.Unknown{}},
		{"vector_store_id": store, "documents": object{"a.md": object{"content": acctest.Unknown{}, "attributes": acctest.Unknown{}}, "b.md": doc("# B")}},
	} {
		_, diags := all.ApplyOpen(t, open, known)
		acctest.Quiet(t, diags)
		acctest.Unchanged(t, all, known)
	}
}

func TestDocuments_importAndNames(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store := aStore(t, w)
	config := object{"vector_store_id": store, "documents": object{"a.md": doc("# A")}}
	named := object{"vector_store_id": store, "name": "other", "documents": object{"a.md": doc("# A")}}
	one, other := w.Instance("openai_vector_store_files"), w.Instance("openai_vector_store_files")
	acctest.Quiet(t, one.Apply(t, config))
	acctest.Quiet(t, other.Apply(t, named))
	if entry(one, "a.md")["file_id"] == entry(other, "a.md")["file_id"] {
		t.Error("two resources have one file")
	}
	i := w.Instance("openai_vector_store_files")
	acctest.Quiet(t, i.Import(t, store))
	if files := i.State().(object)["files"].(object); len(files) != 1 || files["a.md"].(object)["file_id"] != entry(one, "a.md")["file_id"] {
		t.Errorf("imported: %v", files)
	}
	from := len(w.Sent())
	acctest.Quiet(t, i.Apply(t, config))
	acctest.Unchanged(t, i, config)
	if count(w, from, "POST files") != 0 {
		t.Errorf("sent: %q", w.Sent()[from:])
	}
}

func TestDocuments_refusesAtPlan(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	dir := t.TempDir()
	for says, documents := range map[string]any{
		`error at documents: Invalid value: documents must be an object`:                                        "a.md",
		`error at documents["a.md"]: Invalid value: documents["a.md"]: A document is an object`:                 object{"a.md": "a"},
		`error at documents["a.md"]: Missing content`:                                                           object{"a.md": object{}},
		`error at documents["a.md"].path: Invalid value: documents["a.md"].path: A document has no "path"`:      object{"a.md": object{"path": "x", "content": "y"}},
		`error at documents["a.md"].attributes.x: Invalid value`:                                                object{"a.md": object{"content": "a", "attributes": object{"x": []any{"y"}}}},
		`error at documents["docs/"]: Invalid value`:                                                            object{"docs/": object{"content": "a"}},
		`error at documents["a.md"].filename: Invalid filename`:                                                 object{"a.md": object{"content": "a", "filename": "b/a.md"}},
		`error at documents["a.md"].attributes.terraform_document: Invalid value`:                               object{"a.md": object{"content": "a", "attributes": object{"terraform_document": "x"}}},
		`error at documents["a.md"]: Unreadable document: documents["a.md"]: There is no file ` + dir + "/a.md": object{"a.md": object{"source": filepath.Join(dir, "a.md")}},
	} {
		plan := w.Instance("openai_vector_store_files").Plan(t, object{"vector_store_id": "vs_1", "documents": documents})
		if !slices.ContainsFunc(plan.Diags, func(said string) bool { return strings.HasPrefix(said, says) }) {
			t.Errorf("got %q, want %q", plan.Diags, says)
		}
	}
}

func TestDocuments_ofFiles(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store, dir := aStore(t, w), t.TempDir()
	docs := object{}
	for i := range 120 {
		name := fmt.Sprintf("doc%03d.md", i)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(fmt.Sprint("# ", i)), 0o600); err != nil {
			t.Fatal(err)
		}
		docs[name] = object{"source": filepath.Join(dir, name)}
	}
	all := w.Instance("openai_vector_store_files")
	config := object{"vector_store_id": store, "documents": docs}
	acctest.Quiet(t, all.Apply(t, config))
	if others := len(w.Sent()) - count(w, 0, "POST files"); others > 12 {
		t.Errorf("%d calls besides the uploads", others)
	}
	acctest.Unchanged(t, all, config)
	state := all.State().(object)["files"].(object)
	for name, e := range state {
		if !reflect.DeepEqual(e.(object)["filename"], name) || e.(object)["status"] != "completed" {
			t.Errorf("%s: %v", name, e)
		}
	}
}
