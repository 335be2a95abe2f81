package vectorstore_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// upload puts a file on the server without the provider.
func upload(t *testing.T, w *acctest.World, name, content string) (id string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("purpose", "assistants")
	part, _ := form.CreateFormFile("file", name)
	_, _ = io.WriteString(part, content)
	_ = form.Close()
	resp, err := http.Post(w.URL+"/files", form.FormDataContentType(), &body) //nolint:gosec // the test's own server
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var made struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&made); err != nil || made.ID == "" {
		t.Fatal(err, made)
	}
	return made.ID
}

// store is a store that the provider did not make.
func aStore(t *testing.T, w *acctest.World) (id string) {
	t.Helper()
	i := w.Instance("openai_vector_store")
	acctest.Quiet(t, i.Apply(t, object{"name": "test"}))
	return i.State().(object)["id"].(string)
}

func TestFile_waitsAndLives(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{Processing: 3, Lag: 2})
	store, id := aStore(t, w), upload(t, w, "a.md", "# Hello")
	file := w.Instance("openai_vector_store_file")
	config := object{"vector_store_id": store, "file_id": id, "attributes": object{"language": "en"}}
	acctest.Quiet(t, file.Apply(t, config))
	state := file.State().(object)
	if state["status"] != "completed" || state["chunking_strategy"] != nil {
		t.Errorf("state: %v", state)
	}
	if got := file.Identity(t); !reflect.DeepEqual(got, object{"vector_store_id": store, "file_id": id}) {
		t.Errorf("identity: %v", got)
	}
	acctest.Unchanged(t, file, config)

	config["attributes"] = object{"language": "de", "team": "docs"}
	if plan := file.Plan(t, config); plan.Replace {
		t.Error("other attributes replace the file")
	}
	acctest.Quiet(t, file.Apply(t, config))
	acctest.Unchanged(t, file, config)
	acctest.Quiet(t, file.Apply(t, object{"vector_store_id": store, "file_id": id}))
	if body := w.LastBody(); body != `{"attributes":null}` {
		t.Errorf("sent: %s", body)
	}
	w.Change("vector_stores/"+store+"/files/"+id, object{"attributes": object{"a": "b"}})
	if plan := file.Plan(t, config); reflect.DeepEqual(plan.Value, file.State()) {
		t.Error("drift of attributes is not noticed")
	}
	i := w.Instance("openai_vector_store_file")
	acctest.Quiet(t, i.Import(t, store+"/"+id))
	if strategy := i.State().(object)["chunking_strategy"]; strategy == nil {
		t.Error("an import does not read the strategy")
	}
	acctest.Unchanged(t, i, object{"vector_store_id": store, "file_id": id, "attributes": object{"a": "b"}, "chunking_strategy": i.State().(object)["chunking_strategy"]})
	acctest.Unchanged(t, file, object{"vector_store_id": store, "file_id": id, "attributes": object{"a": "b"}})
	short := object{"vector_store_id": store, "file_id": id, "attributes": object{"a": "b"}}
	from := len(w.Sent())
	if plan := i.Plan(t, short); plan.Replace {
		t.Error("an import without a strategy attaches the file anew")
	}
	acctest.Quiet(t, i.Apply(t, short))
	acctest.Unchanged(t, i, short)
	if sent := strings.Join(w.Sent()[from:], " "); strings.Contains(sent, "POST") || strings.Contains(sent, "DELETE") {
		t.Errorf("an import sent %s", sent)
	}
	acctest.Quiet(t, file.Destroy(t))
	if left := w.Objects("vector_stores/" + store + "/files"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if files := w.Objects("files"); len(files) != 1 {
		t.Error("the file itself was deleted")
	}
}

// What the server cannot process is in the state, tainted, and its words are in the error.
func TestFile_failsInTheServersWords(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{Processing: 1})
	store, id := aStore(t, w), upload(t, w, "a.bin", "\x00\x01")
	file := w.Instance("openai_vector_store_file")
	config := object{"vector_store_id": store, "file_id": id}
	diags := file.Apply(t, config)
	if len(diags) != 1 || !strings.Contains(diags[0], "error at file_id: Unusable vector store file") || !strings.Contains(diags[0], file.State().(object)["last_error"].(object)["message"].(string)) {
		t.Errorf("said: %q", diags)
	}
	if plan := file.Plan(t, config); !plan.Replace {
		t.Error("it is not made anew")
	}
}

// The server's advice of when to look again is followed; a wait that takes too long leaves the object in the state.
func TestFile_waitEnds(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{Processing: 1000, PollAfter: 7 * time.Second})
	store, id := aStore(t, w), upload(t, w, "a.md", "# Hello")
	file := w.Instance("openai_vector_store_file")
	w.Clock.Waits()
	diags := file.Apply(t, object{"vector_store_id": store, "file_id": id, "timeouts": object{"create": "30s"}})
	if len(diags) != 1 || !strings.Contains(diags[0], "timeouts.create (30s), ran out") || file.State() == nil {
		t.Errorf("said: %q, state %v", diags, file.State())
	}
	if waits := w.Clock.Waits(); !slices.Equal(waits, slices.Repeat([]time.Duration{7 * time.Second}, 4)) {
		t.Errorf("waited %s", waits)
	}
}

// Ctrl-C while the file is processed: it is in the state, is not tainted, and the next apply waits on.
func TestFile_isStoppedWhileItWaits(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{Processing: 5})
	store, id := aStore(t, w), upload(t, w, "a.md", "# Hello")
	file := w.Instance("openai_vector_store_file")
	config := object{"vector_store_id": store, "file_id": id}
	w.Clock.Waiting = func() {
		if _, err := w.StopProvider(t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
			t.Error(err)
		}
	}
	diags := file.Apply(t, config)
	if len(diags) != 1 || !strings.HasPrefix(diags[0], "warning: Vector store file is not usable yet") || file.State().(object)["status"] != "in_progress" {
		t.Errorf("said: %q, state %v", diags, file.State())
	}
	w.Clock.Waiting = nil
	next := acctest.Speak(t, w.Clock.Adjust)
	next.Connect(t, w.Server)
	file.Continue(next)
	if plan := file.Plan(t, config); plan.Replace || reflect.DeepEqual(plan.Value, file.State()) {
		t.Errorf("the next plan: replace %v, %v", plan.Replace, plan.Value)
	}
	acctest.Quiet(t, file.Apply(t, config))
	acctest.Unchanged(t, file, config)
	if posts := len(slices.DeleteFunc(w.Sent(), func(s string) bool { return s != "POST vector_stores/"+store+"/files" })); posts != 1 {
		t.Errorf("attached %d times", posts)
	}
}

// A file that was attached a moment ago may not be found yet; later it is gone.
func TestFile_isNotYetThere(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{Lag: 3})
	store, id := aStore(t, w), upload(t, w, "a.md", "# Hello")
	file := w.Instance("openai_vector_store_file")
	config := object{"vector_store_id": store, "file_id": id}
	acctest.Quiet(t, file.Apply(t, config)) // the file's ID was not known three times
	acctest.Unchanged(t, file, config)
	w.Remove("vector_stores/" + store + "/files/" + id)
	w.Clock.Pass(2 * time.Minute)
	if plan := file.Plan(t, config); file.State() != nil || len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "is gone") {
		t.Errorf("state %v, said %q", file.State(), plan.Diags)
	}
}

func TestFile_deletionIsBelievedOnSuccessOnly(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"403":       emulator.Status(http.StatusForbidden, `{"error":{"message":"no","type":"invalid_request_error"}}`),
		"not done":  emulator.Status(http.StatusOK, `{"id":"x","object":"vector_store.file.deleted","deleted":false}`),
		"too early": emulator.Status(http.StatusNotFound, `{"error":{"message":"not yet","type":"invalid_request_error"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{})
			store, id := aStore(t, w), upload(t, w, "a.md", "# Hello")
			file := w.Instance("openai_vector_store_file")
			acctest.Quiet(t, file.Apply(t, object{"vector_store_id": store, "file_id": id}))
			w.Fail(fault)
			diags := file.Destroy(t)
			if name == "too early" {
				acctest.Quiet(t, diags)
				if left := w.Objects("vector_stores/" + store + "/files"); len(left) > 0 {
					t.Error("an object that was not seen yet is lost")
				}
				return
			}
			if len(diags) != 1 || file.State() == nil {
				t.Errorf("said %q, state %v", diags, file.State())
			}
			acctest.Quiet(t, file.Destroy(t))
		})
	}
}

// The server shows what it has made of "auto"; that is no drift.
func TestFile_autoStaysAuto(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	config := object{"vector_store_id": aStore(t, w), "file_id": upload(t, w, "a.md", "# Hello"), "chunking_strategy": object{"type": "auto"}}
	file := w.Instance("openai_vector_store_file")
	acctest.Quiet(t, file.Apply(t, config))
	acctest.Unchanged(t, file, config)
}

func TestFile_refusesWhatCanNeverBeRight(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	for says, config := range map[string]object{
		"error at chunking_strategy.static: Missing static":                                   {"chunking_strategy": object{"type": "static"}},
		"error at chunking_strategy.static: Unexpected static":                                {"chunking_strategy": object{"type": "auto", "static": object{"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}},
		"error at chunking_strategy.static.chunk_overlap_tokens: Value out of range":          {"chunking_strategy": object{"type": "static", "static": object{"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 401}}},
		"error at file_id: Invalid value: file_id must not be empty":                          {"file_id": ""},
		"error at chunking_strategy.type: Missing required argument: chunking_strategy needs": {"chunking_strategy": object{}},
	} {
		config["vector_store_id"] = "vs_1"
		if config["file_id"] == nil {
			config["file_id"] = "file-1"
		}
		plan := w.Instance("openai_vector_store_file").Plan(t, config)
		if !slices.ContainsFunc(plan.Diags, func(said string) bool { return strings.HasPrefix(said, says) }) {
			t.Errorf("got %q, want %q", plan.Diags, says)
		}
	}
}
