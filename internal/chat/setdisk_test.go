//go:build unix

package chat_test

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// diskVariable says what a disk is full of that is played by a process which may write no larger files.
const diskVariable = "CHAT_TEST_FULL_DISK"

// onAFullDisk runs a test in a process of its own, for which alone files are limited.
func onAFullDisk(t *testing.T, name string) {
	t.Helper()
	t.Parallel()
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$/^"+name+"$", "-test.v")
	again.Env = append(os.Environ(), diskVariable+"="+name)
	if out, err := again.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS: TestFullDisk/"+name) {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestFullDisk runs in a process of its own, see onAFullDisk.
func TestFullDisk(t *testing.T) {
	tests := map[string]func(*testing.T){
		"results-create": fullOfResults, "results-update": fullOfResultsInAnUpdate,
		"journal": fullOfAnswersThatWait, "recordings": fullOfRecordings,
	}
	test, ok := tests[os.Getenv(diskVariable)]
	if !ok {
		t.Skip("other tests run it")
	}
	signal.Ignore(syscall.SIGXFSZ)
	t.Run(os.Getenv(diskVariable), test)
}

// limitFiles has files be of so many bytes at most, until lift is called.
func limitFiles(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	limit := before
	limit.Cur = size
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}
}

// Six answers of this size fit in a file that is limited to the other.
const (
	largeAnswer = 20_000
	smallDisk   = 128 << 10
)

func TestSet_failsWhereItsResultsFileCannotBeWritten(t *testing.T) { onAFullDisk(t, "results-create") }

// The apply stops when an answer cannot be written, and says which file it is. Recordings have what came.
func fullOfResults(t *testing.T) {
	w := newWorkplaceWith(t, emulator.Options{AnswerBytes: largeAnswer})
	provider, dir := recordings(t.TempDir(), ""), t.TempDir()
	file := filepath.Join(dir, "a.jsonl")
	config := setOf(numbered(12), object{"results_file": file})
	r := w.set(t, provider, oneByOne)
	lift := limitFiles(t, smallDisk)
	w.asks(t, 7, func() {
		says(t, r.Apply(t, config), "error: Could not make the set of chat completions: The results file "+file+" cannot be written: file too large. The answers are kept")
	})
	if left := files(t, dir); len(left) > 0 || r.State() != nil {
		t.Errorf("left: %v, the state is %v", left, r.State())
	}
	lift()
	r = w.set(t, provider)
	w.asks(t, 5, func() { apply(t, r, config) })
	if keys, _ := lines(t, file); len(keys) != 12 {
		t.Errorf("the file has %v", keys)
	}
}

func TestSet_keepsItsResultsFileWhereAnotherCannotBeWritten(t *testing.T) {
	onAFullDisk(t, "results-update")
}

// The last answer of all is the one that cannot be written: the old file and the old state stay, and what came waits.
func fullOfResultsInAnUpdate(t *testing.T) {
	w := newWorkplaceWith(t, emulator.Options{AnswerBytes: largeAnswer})
	file := filepath.Join(t.TempDir(), "a.jsonl")
	config := func(n int) object { return setOf(numbered(n), object{"results_file": file}) }
	r := w.set(t)
	apply(t, r, config(6))
	before, sum := r.State(), sumOf(t, file)
	w.goOn(t, r, oneByOne)
	lift := limitFiles(t, smallDisk)
	w.asks(t, 1, func() {
		says(t, r.Apply(t, config(7)), "error: Could not make the set of chat completions: The results file "+file)
	})
	if !reflect.DeepEqual(r.State(), before) || sumOf(t, file) != sum {
		t.Error("what was there is another")
	}
	lift()
	w.goOn(t, r)
	w.asks(t, 0, func() { apply(t, r, config(7)) })
}

func TestSet_stopsWhereAnswersCannotBeKept(t *testing.T) { onAFullDisk(t, "journal") }

// Without recordings, an answer that cannot be written down is lost with a create that fails: it is the last one.
func fullOfAnswersThatWait(t *testing.T) {
	w := newWorkplaceWith(t, emulator.Options{AnswerBytes: largeAnswer})
	r := w.set(t, oneByOne)
	lift := limitFiles(t, smallDisk)
	w.asks(t, 7, func() {
		says(t, r.Apply(t, setOf(numbered(12))), "error: 5 requests of 12 without a usable answer", "5 requests: not sent", "file too large",
			"1 answer is lost", "6 answers are kept below", "warning: Answers could not be kept: 1 answer came that could not be written down: an answer could not be kept")
	})
	lift()
	w.asks(t, 6, func() { apply(t, w.set(t), setOf(numbered(12))) })
}

func TestSet_keepsInAJournalWhatCannotBeRecorded(t *testing.T) { onAFullDisk(t, "recordings") }

// Recordings are larger than answers, because they have the request.
func fullOfRecordings(t *testing.T) {
	w := newWorkplace(t)
	provider := recordings(t.TempDir(), "")
	config := setOf(texts("a", "b", "c"), object{"message": []any{object{"role": "developer", "content": strings.Repeat("x", smallDisk)}}})
	r := w.set(t, provider)
	w.Fail(about(mayBeMade, "b"))
	lift := limitFiles(t, smallDisk)
	w.asks(t, 3, func() {
		says(t, r.Apply(t, config), "error: 1 request of 3", "2 answers are kept", "warning: Answers were not recorded", "they are kept below "+filepath.Join(w.data, "openai"))
	})
	lift()
	r = w.set(t, provider)
	w.asks(t, 1, func() { apply(t, r, config) })
	w.goOn(t, r, provider)
	unchanged(t, r, config)
	if left := w.waiting(t); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
