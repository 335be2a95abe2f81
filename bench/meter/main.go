// meter stands in for a provider: it runs the real one (METER_PROGRAM) as a
// child and, when that ends, adds a line to METER_REPORT with what the child
// used: CPU time in nanoseconds, and the largest resident size in bytes.
package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

func main() {
	signal.Ignore(os.Interrupt, syscall.SIGTERM) // the child decides
	cmd := exec.Command(os.Getenv("METER_PROGRAM"), os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak := usage.Maxrss
		if runtime.GOOS == "linux" {
			peak *= 1024 // kilobytes there, bytes on macOS
		}
		line, _ := json.Marshal(struct {
			CPU  time.Duration
			Peak int64
		}{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak})
		if f, err := os.OpenFile(os.Getenv("METER_REPORT"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			_, _ = f.Write(append(line, '\n'))
			_ = f.Close()
		}
	}
	if err != nil {
		os.Exit(1)
	}
}
