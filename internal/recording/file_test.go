package recording_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// answers is an ask that gives a text as it is.
func answers(body string) func(context.Context) (recording.Asked, error) {
	return func(context.Context) (recording.Asked, error) {
		return recording.Asked{Answer: recording.Answer{Body: []byte(body)}}, nil
	}
}

// recorded is the text of the question's recording.
func recorded(t *testing.T, q recording.Question) string {
	t.Helper()
	var calls atomic.Int32
	taken, err := open(t.TempDir(), "").Take(t.Context(), q, says("x", &calls))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(taken.File)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Skip(err) // Windows lets few make links
	}
}

// The files that a process makes have names that can be foreseen in part: a link of such a
// name, committed by somebody, must not lead it to another file.
func TestTake_followsNoLink(t *testing.T) {
	t.Parallel()
	q := question("a")
	for kind, name := range map[string]string{
		"temporary":  "." + q.Name() + ".json.tmp",
		"temporary2": "." + q.Name() + ".json.x.tmp",
	} {
		dir, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
		write(t, victim, recorded(t, q)) // even if it would do for an answer
		link(t, victim, filepath.Join(dir, name))
		var calls atomic.Int32
		taken, err := open(dir, "").Take(t.Context(), q, says("y", &calls))
		if text, _ := os.ReadFile(victim); err != nil || calls.Load() != 1 || string(text) != recorded(t, q) {
			t.Errorf("%s: %+v, %v; the file that the link names is now %s", kind, taken, err, text)
		}
	}
	dir, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	link(t, victim, filepath.Join(dir, "."+q.Name()+".lock"))
	if _, err := open(dir, "").Take(t.Context(), q, never(t)); !errors.As(err, new(*recording.UnwritableError)) || !strings.Contains(err.Error(), "symbolic link") {
		t.Errorf("lock: got %v", err)
	}
	if _, err := os.Lstat(victim); err == nil {
		t.Error("the lock made a file elsewhere")
	}
	for kind, target := range map[string]string{"a recording": recorded(t, q), "nothing": ""} {
		dir, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
		if target != "" {
			write(t, victim, target)
		}
		link(t, victim, filepath.Join(dir, q.Name()+".json"))
		for _, mode := range []recording.Mode{recording.Reuse, recording.Replay, recording.Refresh} {
			var damaged *recording.DamagedError
			if _, err := open(dir, mode).Take(t.Context(), q, never(t)); !errors.As(err, &damaged) || !strings.Contains(damaged.Why, "symbolic link") {
				t.Errorf("%s, link to %s: got %v", mode, kind, err)
			}
		}
	}
}

// The directory itself may be a link: it is what the user names.
func TestTake_directoryMayBeALink(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "link")
	link(t, t.TempDir(), dir)
	var calls atomic.Int32
	for range 2 {
		if _, err := open(dir, "").Take(t.Context(), question("a"), says("x", &calls)); err != nil {
			t.Fatal(err)
		}
	}
	if n := calls.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestFind_opensNoDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, question("a").Name()+".json"), 0o700); err != nil {
		t.Fatal(err)
	}
	var damaged *recording.DamagedError
	if _, err := open(dir, "").Take(t.Context(), question("a"), never(t)); !errors.As(err, &damaged) || !strings.Contains(damaged.Why, "directory") {
		t.Errorf("got %v", err)
	}
}

// An answer was paid for, written and synced, and then the process was killed.
func TestTake_takesTheWholeTemporaryFileOfAKill(t *testing.T) {
	t.Parallel()
	q := question("a")
	whole, other := recorded(t, q), recorded(t, question("b"))
	unusable := strings.Replace(whole, `"request_id"`, `"unusable": ["it is bad"], "request_id"`, 1)
	const aside = ".20261124T120000.000000123Z.unusable"
	for kind, test := range map[string]struct {
		name, text string
		taken      bool
		left       []string // beside the recording
	}{
		"whole":                           {q.Name() + ".json.XYZ", whole, true, nil},
		"of an older version":             {q.Name() + ".json", whole, true, nil},
		"half":                            {q.Name() + ".json.XYZ", whole[:len(whole)/2], false, nil},
		"without its last line":           {q.Name() + ".json.XYZ", strings.TrimSuffix(whole, "}\n"), false, nil},
		"empty":                           {q.Name() + ".json.XYZ", "", false, nil},
		"a probe":                         {q.Name() + ".json.XYZ", strings.Repeat("ABC", 1000), false, nil},
		"of another question":             {q.Name() + ".json.XYZ", other, false, []string{"." + q.Name() + ".json.XYZ.tmp"}},
		"of a newer provider":             {q.Name() + ".json.XYZ", strings.Replace(whole, `"recording": 1`, `"recording": 3`, 1), false, []string{"." + q.Name() + ".json.XYZ.tmp"}},
		"unusable":                        {q.Name() + aside + ".json.XYZ", unusable, false, []string{q.Name() + aside + ".json"}},
		"unusable, named like an answer":  {q.Name() + ".json.XYZ", unusable, false, []string{"." + q.Name() + ".json.XYZ.tmp"}},
		"an answer, named like no answer": {q.Name() + aside + ".json.XYZ", whole, false, []string{"." + q.Name() + aside + ".json.XYZ.tmp"}},
		"answer is a text":                {q.Name() + ".json.XYZ", before(whole, ",\n  \"answer\"") + `, "answer": "x"}`, false, []string{"." + q.Name() + ".json.XYZ.tmp"}},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, filepath.Join(dir, "."+test.name+".tmp"), test.text)
			write(t, filepath.Join(dir, ".other.json.tmp"), "{")
			var calls atomic.Int32
			taken, err := open(dir, "").Take(t.Context(), q, says("new", &calls))
			if err != nil || taken.Recorded != test.taken || (calls.Load() == 0) != test.taken || strings.Contains(string(taken.Answer.Body), "new") == test.taken {
				t.Errorf("%+v, %v, %d calls", taken, err, calls.Load())
			}
			want := append([]string{q.Name() + ".json", ".other.json.tmp"}, test.left...)
			slices.Sort(want)
			if files := list(t, dir); !slices.Equal(files, want) {
				t.Errorf("there is %v, want %v", files, want)
			}
		})
	}
}

// In the mode refresh, what an earlier run was killed over takes its place, and is asked for anew.
func TestRefresh_finishesWhatWasKilled(t *testing.T) {
	t.Parallel()
	dir, q := t.TempDir(), question("a")
	whole := recorded(t, q)
	write(t, filepath.Join(dir, q.Name()+".json"), strings.Replace(whole, `"x"`, `"older"`, 1))
	write(t, filepath.Join(dir, "."+q.Name()+".json.XYZ.tmp"), whole)
	failed := errors.New("401")
	_, err := open(dir, recording.Refresh).Take(t.Context(), q, func(context.Context) (recording.Asked, error) { return recording.Asked{}, failed })
	text, _ := os.ReadFile(filepath.Join(dir, q.Name()+".json"))
	if !errors.Is(err, failed) || string(text) != whole || len(list(t, dir)) != 1 {
		t.Errorf("%v; there is %v, with\n%s", err, list(t, dir), text)
	}
}

// What a server says twice in one object, or not in UTF-8, is written as it was understood,
// so that the recording can be read.
func TestTake_recordsAStrangeAnswerReadably(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"a":1,"b":{"c":1,"c":2},"a":3}`: `{"a":3,"b":{"c":2}}`,
		"{\"a\":\"\xff<\"}":               `{"a":"` + "\ufffd" + `<"}`,
		`{"A":1,"a":1e-999999}`:           `{"A":1,"a":1e-999999}`,
	} {
		dir := t.TempDir()
		q := asking(`{"model":"m","model":"n","x":"`+"\xff"+`"}`, nil, nil)
		taken, err := open(dir, "").Take(t.Context(), q, answers(body))
		if err != nil || taken.Unusable || taken.Unrecorded != nil || string(taken.Answer.Body) != body {
			t.Fatalf("%q: %+v, %v", body, taken, err)
		}
		again, err := open(dir, "").Take(t.Context(), q, never(t))
		if got := strings.NewReplacer("\n", "", " ", "").Replace(string(again.Answer.Body)); err != nil || got != want {
			t.Errorf("%q: got %s, %v, want %s", body, got, err, want)
		}
	}
}

// A recording is made to be read, unless that would make it too large to be one.
func TestTake_recordsADeepAnswerInOneLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	deep := strings.Repeat("[", 100) + strings.Repeat("0,", 9_000) + "0" + strings.Repeat("]", 100)
	taken, err := open(dir, "").Take(t.Context(), question("a"), answers(`{"a":`+deep+`}`))
	if err != nil || taken.Unusable || taken.Unrecorded != nil {
		t.Fatalf("%s, %v, %v", taken.File, taken.Unrecorded, err)
	}
	if again, err := open(dir, "").Take(t.Context(), question("a"), never(t)); err != nil || string(again.Answer.Body) != `{"a":`+deep+`}` {
		t.Errorf("%v", err)
	}
}

// What could not be read again is no recording, and not lost.
func TestTake_keepsAsideWhatCouldNotBeReadAgain(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct{ body, why string }{
		"many values": {`{"choices":[` + strings.Repeat("{},", 10_000) + `{}]}`, "values"},
		"deep":        {`{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, "levels deep"},
		"large":       {`{"a":"` + strings.Repeat("x", 1<<20) + `"}`, "larger than 64 MiB"},
		"a list":      {`[1]`, "no JSON object"},
		"no JSON":     {`{"a":`, "not valid JSON"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			store := open(dir, "")
			taken, err := store.Take(t.Context(), question("a"), answers(test.body))
			if err != nil || !taken.Unusable || taken.Unrecorded == nil || !strings.Contains(taken.Unrecorded.Error(), test.why) || string(taken.Answer.Body) != test.body {
				t.Fatalf("%v, %s, %v", err, taken.File, taken.Unrecorded)
			}
			if files := list(t, dir); len(files) != 1 || filepath.Join(dir, files[0]) != taken.File || !strings.HasSuffix(taken.File, ".unusable.json") {
				t.Errorf("there is %v, not %s", files, taken.File)
			}
			if info, err := os.Stat(taken.File); err != nil || info.Size() > int64(len(test.body)+4096) {
				t.Errorf("%v, %v", info, err)
			}
			if store.Broken() != nil {
				t.Errorf("the directory is said to be broken: %v", store.Broken())
			}
			if again, err := store.Take(t.Context(), question("a"), never(t)); err != nil || !again.Unusable || again.Unrecorded == nil {
				t.Errorf("again in this process: %v", err)
			}
		})
	}
}

// Nothing is asked, and paid for, that could not be recorded whatever the answer.
func TestBegin_refusesARequestThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	for why, request := range map[string]string{
		"levels deep":        `{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`,
		"values":             `{"a":[` + strings.Repeat("1,", 10_000) + `1]}`,
		"larger than 64 MiB": `{"a":"` + strings.Repeat("x", 1<<20) + `"}`,
	} {
		_, slot, err := open(t.TempDir(), "").Begin(t.Context(), asking(request, nil, nil))
		if slot != nil || !errors.As(err, new(*recording.UnfitError)) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: got %v, %v", why, slot, err)
		}
	}
}

func TestBroken_onceAnAnswerCouldNotBeWritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "recordings")
	store := open(dir, "")
	if _, err := store.Take(t.Context(), question("a"), answers(`{"a":1}`)); err != nil || store.Broken() != nil {
		t.Fatalf("%v, %v", err, store.Broken())
	}
	_, _ = store.Take(t.Context(), question("b"), func(context.Context) (recording.Asked, error) {
		return recording.Asked{Answer: recording.Answer{Body: []byte(`{"a":1}`)}}, errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600))
	})
	var broken *recording.UnwritableError
	if err := store.Broken(); !errors.As(err, &broken) || broken.Directory != dir || broken.Why == "" {
		t.Errorf("got %v", err)
	}
}

// FuzzTake: whatever a server answers, it is found again with the meaning that it had when it
// came, or it was kept aside.
func FuzzTake(f *testing.F) {
	for _, body := range []string{`{"a":1,"a":2}`, "{\"a\":\"\xff\\ud800\"}", `{}`, `[]`, `{"a":`, `{"\u0061":[[{}]],"A":1e-400000}`, "\ufeff{}", "", `{"content":"{\"a\": 1}\n"}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		dir := t.TempDir()
		taken, slot, err := open(dir, "").Begin(t.Context(), spoken("a"))
		if slot == nil {
			t.Fatalf("%+v, %v", taken, err)
		}
		taken = slot.Keep(recording.Answer{Body: body}, nil)
		slot.Close()
		again, found, err := open(dir, "").Find(question("a"))
		if err != nil || found == taken.Unusable || taken.File == "" || taken.Unusable != (taken.Unrecorded != nil) {
			t.Fatalf("%q: %s, %v; found: %t, %v", body, taken.File, taken.Unrecorded, found, err)
		}
		if found && !jsontext.Same(string(again.Answer.Body), string(body)) {
			t.Errorf("%q became %q", body, again.Answer.Body)
		}
	})
}

// Of a file that is too large no more is read than tells so. The file has a hole for its text and takes no room on the disk.
// Not in parallel: what is allocated is the process's.
func TestFind_readsNoMoreThanItTakes(t *testing.T) { //nolint:paralleltest // see above
	dir := t.TempDir()
	file := filepath.Join(dir, question("a").Name()+".json")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Truncate(file, 128<<20)); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := open(dir, "").Find(question("a"))
	runtime.ReadMemStats(&after)
	if !errors.As(err, new(*recording.DamagedError)) || !strings.Contains(err.Error(), "it is larger than") {
		t.Errorf("got %v", err)
	}
	if read := (after.TotalAlloc - before.TotalAlloc) >> 20; read > 32 {
		t.Errorf("%d MiB were allocated", read)
	}
}
