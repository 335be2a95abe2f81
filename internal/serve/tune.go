package serve

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"

	"google.golang.org/grpc/experimental"
	"google.golang.org/grpc/mem"
)

// tune sets the process up for what it is: short-lived, and fed by many small
// calls at once.
//
// The SDK, and the provider through it, write their trace log as JSON lines even where Terraform throws them
// away, which is a third of the provider's CPU time; so it is off unless some
// TF_LOG variable asks for a log. The collector is told to run less often, up to
// a limit that keeps the process small. A GOGC or GOMEMLIMIT of the user's wins.
func tune() {
	if !anyLog(os.Environ()) {
		for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK_PROTO", "TF_LOG_PROVIDER"} {
			_ = os.Setenv(name, "OFF")
		}
	}
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		tuneCollector()
	}
	experimental.SetDefaultBufferPool(mem.NewTieredBufferPool(bufferSizes...))
}

// bufferSizes are the sizes of the buffers for messages. gRPC's own go from 32 KiB
// to 1 MiB at once; a state with an answer of some pages would take one of those in
// each of many calls at a time.
var bufferSizes = []int{256, 4 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 256 << 10, 512 << 10, 1 << 20}

func anyLog(environment []string) bool {
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "TF_LOG") && value != "" {
			return true
		}
	}
	return false
}

const (
	collectPercent = 400      // how much garbage there may be for what lives, below the limit
	smallest       = 64 << 20 // the limit of a process with little in it
)

// tuneCollector lets garbage grow to four times what lives, up to a limit. The nearer what
// lives comes to a limit that stays, the more often the collector runs, until it does
// nothing else; so the limit is set anew after each collection.
func tuneCollector() {
	debug.SetGCPercent(collectPercent)
	limit := int64(smallest)
	debug.SetMemoryLimit(limit)
	afterEachCollection(func() {
		if now := memoryLimit(memory()); now != limit {
			limit = now
			debug.SetMemoryLimit(limit)
		}
	})
}

// memoryLimit is a limit that leaves room for as much garbage as there is that lives, as
// Go does by itself; other is memory that is no heap. It goes in steps, so that it is seldom changed.
func memoryLimit(live, other uint64) int64 {
	const step = 16 << 20
	need := (2*live + other + step - 1) / step * step
	return max(smallest, int64(need)) //nolint:gosec // a process has less memory than that
}

// memory is what the last collection found to live, and what the process has besides its heap.
func memory() (live, other uint64) {
	samples := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	live, other = samples[0].Value.Uint64(), samples[1].Value.Uint64()
	for _, heap := range samples[2:] {
		other -= min(other, heap.Value.Uint64())
	}
	return live, other
}

// afterEachCollection calls a function after each run of the collector, in one
// goroutine: what has nobody who points to it is finalized then, and takes its own place.
func afterEachCollection(call func()) {
	type mark struct{ _ [16]byte } // not so small that it shares its room with others
	var next func(*mark)
	next = func(*mark) {
		call()
		runtime.SetFinalizer(&mark{}, next)
	}
	runtime.SetFinalizer(&mark{}, next)
}
