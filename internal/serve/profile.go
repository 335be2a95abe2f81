package serve

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
)

// profile writes what one provider process costs into dir: a CPU profile and a
// heap profile, to be read with "go tool pprof". The returned function ends it.
func profile(dir string) (stop func(), err error) {
	if dir == "" {
		return func() {}, nil
	}
	name := func(kind string) string {
		return filepath.Join(dir, fmt.Sprintf("%s-%d.pprof", kind, os.Getpid()))
	}
	cpu, err := os.Create(name("cpu"))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = cpu.Close()
		heap, err := os.Create(name("heap"))
		if err != nil {
			return
		}
		runtime.GC()
		_ = pprof.WriteHeapProfile(heap)
		_ = heap.Close()
	}, nil
}
