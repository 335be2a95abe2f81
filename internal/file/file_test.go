package file_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

type object = map[string]any

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

func TestFile_contentDecides(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{Lag: 2})
	dir := t.TempDir()
	source := write(t, filepath.Join(dir, "handbook.md"), "# Hello")
	file := w.Instance("openai_file")
	config := object{"source": source, "purpose": "assistants"}
	plan := file.Plan(t, config)
	if planned := plan.Value.(object); planned["sha256"] != sum("# Hello") || planned["filename"] != "handbook.md" {
		t.Errorf("planned: %v", planned)
	}
	acctest.Quiet(t, file.Apply(t, config))
	state := file.State().(object)
	if id := state["id"].(string); !strings.HasPrefix(id, "file-") || state["bytes"] != 7.0 || !reflect.DeepEqual(file.Identity(t), object{"id": id}) {
		t.Errorf("state: %v, identity %v", state, file.Identity(t))
	}
	if _, got, _ := w.FileSum(state["id"].(string)); got != sum("# Hello") {
		t.Errorf("uploaded: %s", got)
	}
	acctest.Unchanged(t, file, config)

	// Another path with the same content and name is the same file.
	if err := os.Mkdir(filepath.Join(dir, "new"), 0o700); err != nil {
		t.Fatal(err)
	}
	moved := object{"source": write(t, filepath.Join(dir, "new", "handbook.md"), "# Hello"), "purpose": "assistants"}
	if plan := file.Plan(t, moved); plan.Replace {
		t.Error("another path replaces the file")
	}
	uploads := len(slices.DeleteFunc(w.Sent(), func(s string) bool { return s != "POST files" }))
	acctest.Quiet(t, file.Apply(t, moved))
	acctest.Unchanged(t, file, moved)
	if n := len(slices.DeleteFunc(w.Sent(), func(s string) bool { return s != "POST files" })); n != uploads {
		t.Errorf("%d uploads, want %d", n, uploads)
	}

	// Another content, name or purpose is another file.
	write(t, filepath.Join(dir, "new", "handbook.md"), "# Hello, world")
	if plan := file.Plan(t, moved); !plan.Replace || plan.Value.(object)["sha256"] != sum("# Hello, world") {
		t.Errorf("another content: replace %v, %v", plan.Replace, plan.Value)
	}
	acctest.Quiet(t, file.Apply(t, moved))
	acctest.Unchanged(t, file, moved)
	for _, other := range []object{
		{"source": moved["source"], "purpose": "user_data"}, {"source": moved["source"], "purpose": "assistants", "filename": "other.md"},
		{"content": "# Hello", "filename": "handbook.md", "purpose": "assistants"},
	} {
		if plan := file.Plan(t, other); !plan.Replace {
			t.Errorf("%v does not replace the file", other)
		}
	}
	if plan := file.Plan(t, object{"content": "# Hello, world", "filename": "handbook.md", "purpose": "assistants"}); plan.Replace {
		t.Error("the same content in another argument replaces the file")
	}
	acctest.Quiet(t, file.Destroy(t))
	if left := w.Objects("files"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestFile_unknownContent(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	file := w.Instance("openai_file")
	open := object{"content": acctest.Unknown{}, "filename": "a.md", "purpose": "assistants"}
	known := object{"content": "# Hello", "filename": "a.md", "purpose": "assistants"}
	plan, diags := file.ApplyOpen(t, open, known)
	acctest.Quiet(t, diags)
	if _, open := plan.Value.(object)["sha256"].(acctest.Unknown); !open {
		t.Errorf("planned: %v", plan.Value)
	}
	acctest.Unchanged(t, file, known)
	if plan := file.Plan(t, open); !plan.Replace {
		t.Error("a content that is not known yet does not replace the file")
	}
}

func TestFile_writeOnlyContentIsNowhere(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	file := w.Instance("openai_file")
	config := object{"content_wo": "a secret text", "content_wo_version": 1, "filename": "a.md", "purpose": "user_data"}
	acctest.Quiet(t, file.Apply(t, config))
	state := file.State().(object)
	if _, got, _ := w.FileSum(state["id"].(string)); got != sum("a secret text") || state["sha256"] != nil || state["content_wo"] != nil {
		t.Errorf("state: %v", state)
	}
	acctest.Unchanged(t, file, config)
	config["content_wo_version"] = 2
	if plan := file.Plan(t, config); !plan.Replace {
		t.Error("another version does not replace the file")
	}
}

func TestFile_isImportedOnTrust(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	made := w.Instance("openai_file")
	config := object{"content": "# Hello", "filename": "a.md", "purpose": "assistants", "expires_after": object{"anchor": "created_at", "seconds": 86400}}
	acctest.Quiet(t, made.Apply(t, config))
	id := made.State().(object)["id"].(string)

	file := w.Instance("openai_file")
	acctest.Quiet(t, file.Import(t, id))
	uploads := len(w.Requests())
	if plan := file.Plan(t, config); plan.Replace {
		t.Error("the content is not taken on trust")
	}
	acctest.Quiet(t, file.Apply(t, config))
	acctest.Unchanged(t, file, config)
	for _, sent := range w.Sent()[uploads:] {
		if !strings.HasPrefix(sent, "GET ") {
			t.Errorf("sent: %s", sent)
		}
	}
	if file.State().(object)["sha256"] != sum("# Hello") {
		t.Errorf("state: %v", file.State())
	}

	acctest.Quiet(t, file.Import(t, id))
	if plan := file.Plan(t, object{"content": "# Hello, world", "filename": "a.md", "purpose": "assistants"}); !plan.Replace {
		t.Error("a content of another size is taken on trust")
	}
}

func TestFile_driftAndEnd(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	file := w.Instance("openai_file")
	config := object{"content": "# Hello", "filename": "a.md", "purpose": "assistants", "expires_after": object{"anchor": "created_at", "seconds": 7200}}
	acctest.Quiet(t, file.Apply(t, config))
	path := "files/" + file.State().(object)["id"].(string)
	w.Change(path, object{"bytes": 8})
	if plan := file.Plan(t, config); !plan.Replace {
		t.Error("another size on the server is not noticed")
	}
	acctest.Quiet(t, file.Apply(t, config))
	w.Clock.Pass(105 * time.Minute)
	if plan := file.Plan(t, config); plan.Replace || len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "expires soon") {
		t.Errorf("before its end: %q", plan.Diags)
	}
	w.Clock.Pass(time.Hour)
	if plan := file.Plan(t, config); file.State() != nil || len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "File has expired") {
		t.Errorf("after its end: %v, %q", file.State(), plan.Diags)
	}
}

func TestFile_refusesAtPlan(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	dir := t.TempDir()
	for says, config := range map[string]object{
		"error: Missing content: There is nothing to upload":                     {},
		"error at content: Conflicting arguments: Use either source or content":  {"source": "a", "content": "b"},
		"error at filename: Missing filename":                                    {"content": "a"},
		"error at source: Unreadable content: There is no file":                  {"source": filepath.Join(dir, "none.md")},
		"error at source: Unreadable content: " + dir + " is a folder":           {"source": dir},
		"error at content_base64: Invalid base64":                                {"content_base64": "%%%", "filename": "a"},
		"error at content_wo_version: Unexpected content_wo_version":             {"content": "a", "filename": "a", "content_wo_version": 1},
		"error at expires_after.seconds: Missing required argument":              {"content": "a", "filename": "a", "expires_after": object{"anchor": "created_at"}},
		"error at expires_after.seconds: Invalid number: expires_after.seconds ": {"content": "a", "filename": "a", "expires_after": object{"anchor": "created_at", "seconds": 0}},
	} {
		config["purpose"] = "assistants"
		plan := w.Instance("openai_file").Plan(t, config)
		if !slices.ContainsFunc(plan.Diags, func(said string) bool { return strings.HasPrefix(said, says) }) {
			t.Errorf("got %q, want %q", plan.Diags, says)
		}
	}
}

func TestFile_contentIsRead(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	file := w.Instance("openai_file")
	acctest.Quiet(t, file.Apply(t, object{"content": "{\"a\":1}\n", "filename": "a.jsonl", "purpose": "batch"}))
	id := file.State().(object)["id"]

	state, diags := w.ReadData(t, "openai_file_content", object{"file_id": id})
	acctest.Quiet(t, diags)
	if got := state.(object); got["content"] != "{\"a\":1}\n" || got["sha256"] != sum("{\"a\":1}\n") || got["bytes"] != 8.0 {
		t.Errorf("read: %v", got)
	}
	target := filepath.Join(t.TempDir(), "out.jsonl")
	state, diags = w.ReadData(t, "openai_file_content", object{"file_id": id, "path": target})
	acctest.Quiet(t, diags)
	if text, err := os.ReadFile(target); err != nil || string(text) != "{\"a\":1}\n" || state.(object)["content"] != nil {
		t.Errorf("written: %q, %v; state %v", text, err, state)
	}
	if _, diags = w.ReadData(t, "openai_file_content", object{"file_id": id, "max_bytes": 3}); len(diags) != 1 || !strings.Contains(diags[0], "3 bytes") {
		t.Errorf("too long: %q", diags)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(target), ".openai-*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestFile_isFound(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	for _, name := range []string{"a.md", "b.md", "b.md"} {
		acctest.Quiet(t, w.Instance("openai_file").Apply(t, object{"content": "# Hello", "filename": name, "purpose": "assistants"}))
	}
	state, diags := w.ReadData(t, "openai_file", object{"filename": "a.md", "purpose": "assistants"})
	acctest.Quiet(t, diags)
	if got := state.(object); got["id"] == nil || got["bytes"] != 7.0 {
		t.Errorf("found: %v", got)
	}
	again, diags := w.ReadData(t, "openai_file", object{"id": state.(object)["id"]})
	acctest.Quiet(t, diags)
	if !reflect.DeepEqual(again, state) {
		t.Errorf("by ID: %v, by name: %v", again, state)
	}
	for says, config := range map[string]object{
		"2 of them have": {"filename": "b.md"}, "there is no file with": {"filename": "c.md"}, "give id, or filename": {},
	} {
		if _, diags := w.ReadData(t, "openai_file", config); len(diags) != 1 || !strings.Contains(strings.ToLower(diags[0]), says) {
			t.Errorf("got %q, want %q", diags, says)
		}
	}
	all, diags := w.ReadData(t, "openai_files", object{"purpose": "assistants"})
	acctest.Quiet(t, diags)
	if n := len(all.(object)["files"].([]any)); n != 3 {
		t.Errorf("%d files", n)
	}
}
