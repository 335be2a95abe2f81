package journal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
)

func name(i int) string { return fmt.Sprintf("%064d", i) }

func open(t *testing.T, dir string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j
}

func keep(t *testing.T, j *journal.Journal, i int) {
	t.Helper()
	if err := j.Keep(journal.Entry{Name: name(i), RequestID: "req", Body: fmt.Appendf(nil, "{\n\"n\": %d}", i)}); err != nil {
		t.Fatal(err)
	}
}

func glob(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestJournal_takesUpWhatAnotherLeft(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "openai")
	first := open(t, dir)
	if len(glob(t, filepath.Dir(dir))) != 0 {
		t.Error("opening makes something")
	}
	for i := range 3 {
		keep(t, first, i)
	}
	// The first is not closed: it was killed. So was one in the middle of a line.
	torn := glob(t, dir)[0]
	text, err := os.ReadFile(torn)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(torn, text[:len(text)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	second := open(t, dir)
	for i, want := range []bool{true, true, false} {
		e, ok := second.Find(name(i))
		if ok != want || second.Has(name(i)) != want || ok && (string(e.Body) != fmt.Sprintf(`{"n":%d}`, i) || e.RequestID != "req") {
			t.Errorf("%d: got %s %v", i, e.Body, ok)
		}
	}
	keep(t, second, 2)
	if e, ok := second.Find(name(2)); !ok || string(e.Body) != `{"n":2}` {
		t.Errorf("got %s %v", e.Body, ok)
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "openai")
	first := open(t, dir)
	keep(t, first, 1)
	keep(t, first, 2)
	first.Close()
	second := open(t, dir)
	keep(t, second, 3)
	second.Close()
	journal.Forget(dir, func(e journal.Entry) bool { return e.Name == name(1) || e.Name == name(3) })
	left := open(t, dir)
	if e, ok := left.Find(name(2)); !ok || string(e.Body) != `{"n":2}` || left.Has(name(1)) || left.Has(name(3)) {
		t.Error("what the state does not have is gone, or what it has is there")
	}
	if found := glob(t, dir); len(found) != 1 {
		t.Errorf("left: %v", found)
	}
	journal.Forget(dir, func(journal.Entry) bool { return true })
	if found := glob(t, filepath.Dir(dir)); len(found) != 0 {
		t.Errorf("left: %v", found)
	}
}

// What one set has in the state, another may be asking for at the same time: its journal stays.
func TestForget_leavesWhatIsWritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "openai")
	all := func(journal.Entry) bool { return true }
	j := open(t, dir)
	if err := j.Ready(); err != nil {
		t.Fatal(err)
	}
	journal.Forget(dir, all) // nothing is in it yet
	keep(t, j, 1)
	journal.Forget(dir, all)
	keep(t, j, 2)
	if left := open(t, dir); !left.Has(name(1)) || !left.Has(name(2)) {
		t.Error("answers are lost")
	}
	j.Close()
	journal.Forget(dir, all)
	if found := glob(t, filepath.Dir(dir)); len(found) != 0 {
		t.Errorf("left: %v", found)
	}
}

func TestJournal_empty(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "openai")
	j := open(t, dir)
	if err := j.Ready(); err != nil {
		t.Fatal(err)
	}
	j.Close()
	if found := glob(t, filepath.Dir(dir)); len(found) != 0 {
		t.Errorf("left: %v", found)
	}
}

func TestJournal_old(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "openai")
	j := open(t, dir)
	keep(t, j, 1)
	j.Close()
	later, err := journal.Open(dir, time.Now().Add(31*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if later.Has(name(1)) || len(glob(t, dir)) != 0 {
		t.Error("an old file is still there")
	}
}

func TestJournal_unwritable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	j := open(t, filepath.Join(file, "openai"))
	if err := j.Ready(); err == nil {
		t.Error("no error")
	}
}

func left(t *testing.T, dir string) (marks [][]string) {
	t.Helper()
	all, err := journal.Left(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		var of []string
		for _, s := range l.All {
			of = append(of, s.Mark)
		}
		marks = append(marks, of)
	}
	return marks
}

func TestLog_isLeftUntilItIsDone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "openai")
	add := func(l *journal.Log, mark string, at int64) {
		t.Helper()
		if err := l.Add(dir, journal.Submission{Mark: mark, At: time.Unix(at, 0), Requests: []string{name(1)}}); err != nil {
			t.Fatal(err)
		}
	}
	first, second := &journal.Log{By: journal.Submitter{Scope: "here", Keys: []string{"a"}}}, &journal.Log{}
	first.Done() // there is nothing
	add(second, "b", 2)
	add(first, "a", 1)
	add(first, "c", 1)
	if got := left(t, dir); len(got) != 0 {
		t.Errorf("what is being written is left: %v", got)
	}
	first.Close()
	second.Close()
	journal.Forget(dir, func(journal.Entry) bool { return true })
	if got := fmt.Sprint(left(t, dir)); got != "[[a c] [b]]" {
		t.Errorf("left: %s", got)
	}
	all, err := journal.Left(dir, time.Now())
	if err != nil || all[0].By.Scope != "here" || all[0].Name() != first.Name() || all[0].All[0].Requests[0] != name(1) {
		t.Errorf("got %v, %v", all, err)
	}
	next := &journal.Log{}
	next.Takes(all[:1])
	add(next, "d", 3)
	if len(next.By.Earlier) != 1 || next.By.Earlier[0] != first.Name() {
		t.Errorf("it says of what it takes over: %v", next.By.Earlier)
	}
	next.Done()
	if got := fmt.Sprint(left(t, dir)); got != "[[b]]" {
		t.Errorf("left: %s", got)
	}
	second.Done()
	if found := glob(t, filepath.Dir(dir)); len(found) != 0 {
		t.Errorf("left: %v", found)
	}
}

// A writer that was killed leaves a line that is not whole, or nothing at all.
func TestLeft_passesOverWhatIsTorn(t *testing.T) {
	t.Parallel()
	const by, one = `{"scope":"s","keys":null}` + "\n", `{"mark":"m","requests":["r"]}` + "\n"
	for text, want := range map[string]string{
		"": "[]", by: "[]", by[:9]: "[]", "no JSON\n" + one: "[]", by + one: "[[m]]", by + one[:9]: "[]", by + one + one[:9]: "[[m]]",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "batches-1.jsonl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(left(t, dir)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
		later, err := journal.Left(dir, time.Now().Add(31*24*time.Hour))
		if err != nil || len(later) != 0 || len(glob(t, dir)) != 0 {
			t.Errorf("an old file is still there: %v, %v", later, err)
		}
	}
}
