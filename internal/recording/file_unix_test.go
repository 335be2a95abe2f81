//go:build unix

package recording_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// A pipe that nobody writes to would be waited for, a device read for ever.
func TestTake_opensOnlyRegularFiles(t *testing.T) {
	t.Parallel()
	q := question("a")
	for kind, place := range map[string]func(name string) error{
		"pipe": func(name string) error { return syscall.Mkfifo(name, 0o600) },
		"link to a pipe": func(name string) error {
			return errors.Join(syscall.Mkfifo(name+".pipe", 0o600), os.Symlink(name+".pipe", name))
		},
		"endless": func(name string) error { return os.Symlink("/dev/zero", name) },
	} {
		dir := t.TempDir()
		if err := place(filepath.Join(dir, q.Name()+".json")); err != nil {
			t.Fatal(err)
		}
		var damaged *recording.DamagedError
		if _, err := open(dir, "").Take(t.Context(), q, never(t)); !errors.As(err, &damaged) || damaged.Next == "" {
			t.Errorf("recording is a %s: got %v", kind, err)
		}
		if got := open(dir, "").Nearest(question("b")); got != "" {
			t.Errorf("recording is a %s: the nearest is %q", kind, got)
		}
		dir = t.TempDir()
		if err := place(filepath.Join(dir, "."+q.Name()+".lock")); err != nil {
			t.Fatal(err)
		}
		if _, err := open(dir, "").Take(t.Context(), q, never(t)); !errors.As(err, new(*recording.UnwritableError)) {
			t.Errorf("lock is a %s: got %v", kind, err)
		}
		dir = t.TempDir()
		if err := place(filepath.Join(dir, "."+q.Name()+".json.tmp")); err != nil {
			t.Fatal(err)
		}
		if _, err := open(dir, "").Take(t.Context(), q, answers(`{"a":1}`)); err != nil {
			t.Errorf("temporary file is a %s: got %v", kind, err)
		}
	}
}

// A disk that is nearly full is played by a process that may write no larger files.
func TestTake_onAFullDisk(t *testing.T) {
	t.Parallel()
	for kind, limit := range map[string]string{"full": "32768", "nearly full": "98304"} {
		again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
		again.Env = append(os.Environ(), "RECORDING_TEST_FULL_DISK="+limit, "RECORDING_TEST_DIRECTORY="+t.TempDir())
		if out, err := again.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS: TestFullDisk") {
			t.Errorf("%s: %v\n%s", kind, err, out)
		}
	}
}

// TestFullDisk runs in a process of its own, see TestTake_onAFullDisk.
func TestFullDisk(t *testing.T) {
	limit, dir := os.Getenv("RECORDING_TEST_FULL_DISK"), os.Getenv("RECORDING_TEST_DIRECTORY")
	if limit == "" {
		t.Skip("TestTake_onAFullDisk runs it")
	}
	signal.Ignore(syscall.SIGXFSZ)
	store := open(dir, "")
	large := `{"a":"` + strings.Repeat("x", 200<<10) + `"}`
	if limit == "32768" {
		limitFiles(t, 32768)
		if _, err := store.Take(t.Context(), question("a"), never(t)); !errors.As(err, new(*recording.UnwritableError)) {
			t.Errorf("got %v", err)
		}
	} else {
		limitFiles(t, 98304)
		taken, err := store.Take(t.Context(), question("a"), answers(large))
		if err != nil || taken.Unrecorded == nil || taken.File != "" || string(taken.Answer.Body) != large {
			t.Errorf("%s, %v, %v", taken.File, taken.Unrecorded, err)
		}
		if err := store.Broken(); !errors.As(err, new(*recording.UnwritableError)) || !strings.Contains(err.Error(), "file too large") {
			t.Errorf("got %v", err)
		}
	}
	if files := list(t, dir); len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}

func limitFiles(t *testing.T, size uint64) {
	t.Helper()
	limit := syscall.Rlimit{Cur: size, Max: size}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
}
