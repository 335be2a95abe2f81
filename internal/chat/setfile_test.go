package chat_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
)

// lines reads a results file: the keys in their order, and the texts of the answers.
func lines(t *testing.T, file string) (keys []string, contents map[string]any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		t.Fatal(err)
	}
	contents = map[string]any{}
	for scanner := bufio.NewScanner(bytes.NewReader(text)); scanner.Scan(); {
		var line map[string]any
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Fatalf("%v: %s", err, scanner.Bytes())
		}
		key, _ := line["key"].(string)
		keys = append(keys, key)
		contents[key] = line["content"]
	}
	return keys, contents
}

// rewrite changes the text of a file.
func rewrite(t *testing.T, file string, change func(string) string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Clean(file))
	if err == nil {
		err = os.WriteFile(file, []byte(change(string(text))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func sumOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func TestSet_writesAResultsFile(t *testing.T) {
	w := newWorkplace(t)
	file := filepath.Join(t.TempDir(), "out", "answers.jsonl")
	config := func(requests object) object { return setOf(requests, object{"results_file": file}) }
	whole := func(r *acctest.Instance, keys ...string) {
		t.Helper()
		got, contents := lines(t, file)
		same(t, got, keys)
		for _, key := range keys {
			if contents[key] != "Emulated answer to: "+key {
				t.Errorf("%s has %v", key, contents[key])
			}
		}
		same(t, []any{of(t, r.State(), "answers"), of(t, r.State(), "results_sha256")}, []any{nil, sumOf(t, file)})
		if found := files(t, filepath.Dir(file)); len(found) != 1 {
			t.Errorf("beside the file: %v", found)
		}
	}
	r := w.set(t)
	w.asks(t, 3, func() { apply(t, r, config(texts("b", "c", "a"))) })
	whole(r, "a", "b", "c")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if text, _ := json.Marshal(r.State()); strings.Contains(string(text), "Emulated") {
		t.Error("an answer is in the state")
	}
	w.goOn(t, r)
	w.asks(t, 0, func() { unchanged(t, r, config(texts("a", "b", "c"))) })
	if left := w.waiting(t); len(left) != 0 {
		t.Errorf("left when the file has all: %v", left)
	}

	// An update keeps what is there.
	same(t, w.asks(t, 1, func() { apply(t, r, config(texts("a", "c", "d"))) }), []string{"d"})
	whole(r, "a", "c", "d")
	if total := of(t, of(t, r.State(), "usage"), "total_tokens"); total == nil || total == 0.0 {
		t.Errorf("the usage is %v", total)
	}
	w.goOn(t, r)
	unchanged(t, r, config(texts("a", "c", "d")))

	// A line that is missing is asked for again.
	rewrite(t, file, func(text string) string {
		all := strings.SplitAfter(text, "\n")
		return all[0] + all[2] + "not a line of ours\n"
	})
	w.goOn(t, r)
	says(t, r.Plan(t, config(texts("a", "c", "d"))).Diags, "makes 1 call to the model")
	same(t, w.asks(t, 1, func() { apply(t, r, config(texts("a", "c", "d"))) }), []string{"c"})
	whole(r, "a", "c", "d")

	// A file that is changed, with all its answers, is written anew without a call.
	rewrite(t, file, func(text string) string { return "\n" + text })
	w.goOn(t, r)
	w.asks(t, 0, func() { apply(t, r, config(texts("a", "c", "d"))) })
	whole(r, "a", "c", "d")

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	w.goOn(t, r)
	w.asks(t, 3, func() { apply(t, r, config(texts("a", "c", "d"))) })
	whole(r, "a", "c", "d")
}

func TestSet_switchesItsResultsFile(t *testing.T) {
	w := newWorkplace(t)
	root := t.TempDir()
	first, second := object{"results_file": filepath.Join(root, "a.jsonl")}, object{"results_file": filepath.Join(root, "b.jsonl")}
	r := w.set(t)
	apply(t, r, setOf(texts("a", "b")))
	before := of(t, r.State(), "answers")
	w.asks(t, 0, func() {
		for _, file := range []object{first, second} {
			w.goOn(t, r)
			apply(t, r, setOf(texts("a", "b"), file))
			same(t, of(t, r.State(), "answers"), nil)
			if keys, contents := lines(t, file["results_file"].(string)); len(keys) != 2 || contents["b"] != "Emulated answer to: b" { //nolint:forcetypeassert // it is a path
				t.Errorf("the file has %v", contents)
			}
		}
		w.goOn(t, r)
		apply(t, r, setOf(texts("a", "b")))
		same(t, []any{of(t, r.State(), "answers"), of(t, r.State(), "results_sha256")}, []any{before, nil})
		w.goOn(t, r)
		unchanged(t, r, setOf(texts("a", "b")))
	})
}

// A plan does not know which file, as a module's path may not be known.
func TestSet_learnsItsResultsFileInTheApply(t *testing.T) {
	w := newWorkplace(t)
	file := filepath.Join(t.TempDir(), "a.jsonl")
	r := w.set(t)
	config := func(path any) object { return setOf(texts("a"), object{"results_file": path}) }
	plan, diags := r.ApplyOpen(t, config(acctest.Unknown{}), config(file))
	acctest.Quiet(t, diags)
	same(t, []any{of(t, plan.Value, "answers"), of(t, r.State(), "answers")}, []any{acctest.Unknown{}, nil})
	if keys, _ := lines(t, file); len(keys) != 1 {
		t.Errorf("the file has %v", keys)
	}
}

func TestSet_deletesItsResultsFile(t *testing.T) {
	for kind, test := range map[string]struct {
		change func(*testing.T, string)
		left   bool
		says   string
	}{
		"unchanged": {func(*testing.T, string) {}, false, ""},
		"changed":   {func(t *testing.T, f string) { rewrite(t, f, func(s string) string { return s + "{}\n" }) }, true, "has changed since it was written. Delete it yourself."},
		"gone":      {func(t *testing.T, f string) { _ = os.Remove(f) }, false, ""},
	} {
		t.Run(kind, func(t *testing.T) {
			w := newWorkplace(t)
			file := filepath.Join(t.TempDir(), "a.jsonl")
			r := w.set(t)
			apply(t, r, setOf(texts("a"), object{"results_file": file}))
			test.change(t, file)
			w.goOn(t, r)
			diags := r.Destroy(t)
			if r.State() != nil || hasError(diags) || (len(diags) > 0) != (test.says != "") {
				t.Errorf("it says %q", diags)
			}
			says(t, diags, test.says)
			if _, err := os.Stat(file); os.IsNotExist(err) == test.left {
				t.Errorf("the file: %v", err)
			}
			if left := w.waiting(t); len(left) != 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// A file that cannot be written is known before anything is sent; one that cannot be written in the end loses nothing.
func TestSet_cannotWriteItsResultsFile(t *testing.T) {
	root := t.TempDir()
	var gone func()
	w := newWorkplaceWith(t, emulator.Options{Log: writer(func() { gone() })})
	gone = func() {}
	blocked := filepath.Join(root, "blocked")
	if err := os.Symlink(filepath.Join(root, "nowhere", "else"), blocked); err != nil {
		t.Fatal(err)
	}
	w.asks(t, 0, func() {
		file := filepath.Join(blocked, "a.jsonl")
		says(t, w.set(t).Apply(t, setOf(texts("a"), object{"results_file": file})), "error: Could not make the set of chat completions: The results file "+file+" cannot be written: ")
		says(t, w.set(t).Plan(t, setOf(texts("a"), object{"results_file": root})).Diags, "error at results_file: Could not read the results file: The results file cannot be read: read "+root+": is a directory")
	})
	there := filepath.Join(root, "there")
	config := setOf(texts("a", "b"), object{"results_file": filepath.Join(there, "a.jsonl")})
	gone = func() { _ = os.RemoveAll(there) }
	w.asks(t, 2, func() {
		r := w.set(t)
		says(t, r.Apply(t, config), "error: Could not make the set of chat completions: The results file "+filepath.Join(there, "a.jsonl")+" cannot be written: no such file or directory. The answers are kept")
		if r.State() != nil {
			t.Error("there is a state")
		}
	})
	w.asks(t, 0, func() { apply(t, w.set(t), config) })
}

// An update that fails in part has the old answers in the file, too, each with what it answers.
func TestSet_keepsOldLinesOfAnUpdateThatFails(t *testing.T) {
	w := newWorkplace(t)
	file := filepath.Join(t.TempDir(), "a.jsonl")
	config := func(temperature int) object {
		return setOf(texts("a", "b"), object{"results_file": file, "temperature": temperature})
	}
	r := w.set(t)
	apply(t, r, config(0))
	w.Fail(about(mayBeMade, "b"))
	w.goOn(t, r)
	w.asks(t, 2, func() { says(t, r.Apply(t, config(1)), "1 request of 2", "1 answer is kept in the state") })
	if keys, contents := lines(t, file); len(keys) != 2 || contents["b"] != "Emulated answer to: b" {
		t.Errorf("the file has %v", contents)
	}
	w.goOn(t, r)
	same(t, w.asks(t, 1, func() { apply(t, r, config(1)) }), []string{"b"})
	w.goOn(t, r)
	same(t, w.asks(t, 2, func() { apply(t, r, config(0)) }), []string{"a", "b"})
}

// A create with a file that fails in part keeps its answers as any other.
func TestSet_keepsTheAnswersOfACreateWithAFileThatFails(t *testing.T) {
	w := newWorkplace(t)
	config := setOf(texts("a", "b", "c"), object{"results_file": filepath.Join(t.TempDir(), "a.jsonl")})
	w.Fail(about(mayBeMade, "b"))
	r := w.set(t)
	w.asks(t, 3, func() { r.Apply(t, config) })
	if r.State() != nil {
		t.Errorf("there is a state: %v", r.State())
	}
	same(t, w.asks(t, 1, func() { apply(t, w.set(t), config) }), []string{"b"})
}

// The file holds answers with all that they have, and is the same whichever way they come.
func TestSet_readsBackItsResultsFile(t *testing.T) {
	w := newWorkplace(t)
	schema := `{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}`
	requests := object{
		"json": object{"content": "Where?", "response_format": object{"type": "json_schema", "json_schema": object{"name": "place", "schema": schema, "strict": true}}},
		"tool": object{"content": "Weather?", "tool": []any{object{"type": "function", "function": object{"name": "get_weather", "parameters": schema}}}, "tool_choice": "required"},
		"text": "hello",
	}
	file := filepath.Join(t.TempDir(), "a.jsonl")
	r := w.set(t)
	apply(t, r, setOf(requests))
	inState := of(t, r.State(), "answers")
	w.asks(t, 0, func() {
		apply(t, r, setOf(requests, object{"results_file": file}))
		apply(t, r, setOf(requests))
		same(t, of(t, r.State(), "answers"), inState)
	})
	w.goOn(t, r)
	w.asks(t, 0, func() { unchanged(t, r, setOf(requests)) })
}

// What a set has not written is not overwritten, which the plan knows.
func TestSet_leavesOtherFilesAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		says string // "" = the file is taken
	}{
		"text":              {"mine\n", "is there already"},
		"other JSON":        {`{"key":"a"}` + "\n", "is there already"},
		"another set's":     {`{"key":"a","request":"00","content":"?"}` + "\n", "is there already"},
		"empty":             {"", ""},
		"nothing but lines": {"\n\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkplace(t)
			dir := t.TempDir()
			file := filepath.Join(dir, "a.jsonl")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			other := object{"results_file": file}
			if tt.says == "" {
				w.asks(t, 1, func() { apply(t, w.set(t), setOf(texts("a"), other)) })
				return
			}
			w.asks(t, 0, func() {
				r := w.set(t)
				says(t, r.Plan(t, setOf(texts("a"), other)).Diags, "error at results_file: Results file is another's: The file "+file+" "+tt.says, "move or delete it")
				plan, diags := r.ApplyOpen(t, setOf(object{"a": acctest.Unknown{}}, object{"results_file": acctest.Unknown{}}), setOf(texts("a"), other))
				says(t, diags, "error at results_file: Results file is another's")
				if plan.Value == nil || r.State() != nil {
					t.Errorf("the plan is %v, the state %v", plan.Value, r.State())
				}
			})
			// A set that is there does not move to it either.
			r := w.set(t)
			apply(t, r, setOf(texts("a"), object{"results_file": filepath.Join(dir, "b.jsonl")}))
			w.goOn(t, r)
			w.asks(t, 0, func() { says(t, r.Apply(t, setOf(texts("a"), other)), "error at results_file: ") })
			if text, err := os.ReadFile(file); err != nil || string(text) != tt.text { //nolint:gosec // it is the test's own
				t.Errorf("the file has %q, %v", text, err)
			}
		})
	}
}

// A state is lost, and the file that it named is the set's all the same, as long as one of its answers is.
func TestSet_takesItsFileWithoutAState(t *testing.T) {
	w := newWorkplace(t)
	path := filepath.Join(t.TempDir(), "a.jsonl")
	file, settings := object{"results_file": path}, recordings(t.TempDir(), "")
	apply(t, w.set(t, settings), setOf(texts("a", "b"), file))
	w.asks(t, 1, func() { apply(t, w.set(t, settings), setOf(texts("b", "c"), file)) })
	for _, tt := range []struct {
		names []string
		more  string // lines of the file
	}{{[]string{"d"}, ""}, {[]string{"b", "c"}, "mine\n"}} {
		rewrite(t, path, func(text string) string { return text + tt.more })
		says(t, w.set(t, settings).Plan(t, setOf(texts(tt.names...), file)).Diags, "error at results_file: Results file is another's")
	}
}

// Two sets of one configuration have one file: the second is an error before any call, be it during the first or after it.
func TestSet_hasAFileOfItsOwn(t *testing.T) {
	var during func()
	var once sync.Once
	w := newWorkplaceWith(t, emulator.Options{Log: writer(func() { once.Do(during) })})
	dir := t.TempDir()
	file := filepath.Join(dir, "a.jsonl")
	p := w.run(t)
	first, second := p.Instance(setType, chatBlocks...), p.Instance(setType, chatBlocks...)
	config := setOf(texts("a"), object{"results_file": file})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	other := setOf(texts("a", "b"), object{"results_file": filepath.Join(link, "a.jsonl")})
	const clash = "error at results_file: Results file has two sets: Another set of this configuration has the same results_file"
	during = func() { says(t, second.Apply(t, other), clash) }
	w.asks(t, 1, func() {
		apply(t, first, config)
		says(t, second.Apply(t, other), clash)
	})
	// The first goes on writing its own.
	w.asks(t, 1, func() { apply(t, first, setOf(texts("a", "c"), object{"results_file": file})) })
	w.goOn(t, first)
	unchanged(t, first, setOf(texts("a", "c"), object{"results_file": file}))
}

// A create that fails leaves no file, which could not be told from somebody else's when its requests have changed.
func TestSet_leavesNoFileOfACreateThatFails(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	config := func(names ...string) object {
		return setOf(texts(names...), object{"results_file": filepath.Join(dir, "a.jsonl")})
	}
	p := w.run(t)
	r := p.Instance(setType, chatBlocks...)
	w.Fail(about(mayBeMade, "b"))
	w.asks(t, 2, func() { says(t, r.Apply(t, config("a", "b")), "error: 1 request of 2") })
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	w.asks(t, 1, func() { apply(t, p.Instance(setType, chatBlocks...), config("c")) })
}

// What a killed process has left beside the file goes, and nothing else.
func TestSet_removesWhatAKillLeftBesideItsFile(t *testing.T) {
	dir, killed := t.TempDir(), t.TempDir()
	var once sync.Once
	w := newWorkplaceWith(t, emulator.Options{Log: writer(func() {
		once.Do(func() { // as if the process were killed now
			if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
				t.Error(err)
			}
		})
	})})
	config := func(dir string) object {
		return setOf(texts("a"), object{"results_file": filepath.Join(dir, "a.jsonl")})
	}
	apply(t, w.set(t), config(dir))
	left := files(t, killed)
	if len(left) != 1 {
		t.Fatalf("a kill leaves %v", left)
	}
	others := []string{".a.jsonl.tmp", ".a.jsonl.x1.tmp", ".a.jsonl.1", ".b.jsonl.1.tmp", "a.jsonl.1.tmp"}
	for _, name := range append(slices.Clone(others), left[0]+".sorted", ".a.jsonl.77.tmp.sorted") {
		if err := os.WriteFile(filepath.Join(killed, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	live, err := journal.Hold(killed, ".a.jsonl.*.tmp")
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	if err := os.WriteFile(live.Name()+".sorted", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	apply(t, w.set(t), config(killed))
	want := append(slices.Clone(others), filepath.Base(live.Name()), filepath.Base(live.Name())+".sorted", "a.jsonl")
	slices.Sort(want)
	got := files(t, killed)
	slices.Sort(got)
	same(t, got, want)
}
