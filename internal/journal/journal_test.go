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
	journal.Forget(dir, func(n string) bool { return n == name(1) || n == name(3) })
	left := open(t, dir)
	if e, ok := left.Find(name(2)); !ok || string(e.Body) != `{"n":2}` || left.Has(name(1)) || left.Has(name(3)) {
		t.Error("what the state does not have is gone, or what it has is there")
	}
	if found := glob(t, dir); len(found) != 1 {
		t.Errorf("left: %v", found)
	}
	journal.Forget(dir, func(string) bool { return true })
	if found := glob(t, filepath.Dir(dir)); len(found) != 0 {
		t.Errorf("left: %v", found)
	}
}

// What one set has in the state, another may be asking for at the same time: its journal stays.
func TestForget_leavesWhatIsWritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "openai")
	all := func(string) bool { return true }
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
