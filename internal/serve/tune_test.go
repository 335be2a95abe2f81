package serve_test

import (
	"os"
	"os/exec"
	"runtime"
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

// kept is what lives in TestTune.
var kept [][]byte

// How often the collector runs goes with the garbage and what lives, also where that is more than the first limit. The
// settings are the process's, so this needs one of its own.
func TestTune_doesNotCollectAllTheTimeWithMuchAlive(t *testing.T) {
	t.Parallel()
	if os.Getenv("TEST_TUNE") == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTune_doesNotCollectAllTheTimeWithMuchAlive$")
		cmd.Env = append(os.Environ(), "TEST_TUNE=1", "GOGC=", "GOMEMLIMIT=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	serve.Tune()
	const piece = 64 << 10
	allocate := func(bytes int, keep bool) {
		for range bytes / piece {
			b := make([]byte, piece)
			if keep {
				kept = append(kept, b)
			}
		}
	}
	collections := func(work func()) uint32 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		work()
		runtime.ReadMemStats(&after)
		return after.NumGC - before.NumGC
	}
	if n := collections(func() { allocate(256<<20, false) }); n > 48 {
		t.Errorf("with little alive: %d collections for 256 MiB of garbage", n)
	}
	allocate(128<<20, true)
	runtime.GC()
	if n := collections(func() { allocate(1<<30, false) }); n < 4 || n > 16 {
		t.Errorf("with 128 MiB alive: %d collections for 1 GiB of garbage, want about 8", n)
	}
}
