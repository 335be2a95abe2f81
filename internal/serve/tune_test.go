package serve_test

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	for name, test := range map[string]struct{ live, other, want uint64 }{
		"nothing":              {0, 0, 64},
		"little":               {20, 8, 64},
		"as much as it takes":  {28, 8, 64},
		"a little more":        {29, 8, 80},
		"near the first limit": {60, 10, 144},
		"much":                 {1000, 10, 2016},
	} {
		if got := serve.MemoryLimit(test.live*mib, test.other*mib); got != int64(test.want)*mib {
			t.Errorf("%s: %d MiB, want %d", name, got/mib, test.want)
		}
	}
}

// The limit follows what lives, up and down, so that the collector never does nothing else. It is the process's, so
// this needs one of its own.
func TestTune_limitFollowsWhatLives(t *testing.T) {
	t.Parallel()
	if os.Getenv("TEST_TUNE") == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTune_limitFollowsWhatLives$")
		cmd.Env = append(os.Environ(), "TEST_TUNE=1", "GOMEMLIMIT=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	_ = os.Unsetenv("GOGC") // acctest.Main has set it for the CLI
	serve.Tune()
	const mib = 1 << 20
	// What follows a collection runs in a goroutine of its own.
	reaches := func(least, most int64) bool {
		for range 1000 {
			runtime.GC()
			if limit := debug.SetMemoryLimit(-1); least*mib <= limit && limit <= most*mib {
				return true
			}
			runtime.Gosched()
		}
		return false
	}
	if !reaches(64, 64) {
		t.Errorf("with little alive: %d", debug.SetMemoryLimit(-1))
	}
	func() {
		alive := make([]byte, 128*mib)
		if !reaches(256, 320) {
			t.Errorf("with 128 MiB alive: %d", debug.SetMemoryLimit(-1))
		}
		runtime.KeepAlive(alive)
	}()
	if !reaches(64, 64) {
		t.Errorf("with little alive again: %d", debug.SetMemoryLimit(-1))
	}
	if percent := debug.SetGCPercent(100); percent != 400 {
		t.Errorf("a collection comes with %d%% garbage", percent)
	}
}
