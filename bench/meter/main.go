// meter stands in for a provider: it runs the real one (the file of its own
// name with ".real" after it) as a child and, when that ends, adds a line to
// METER_REPORT with what the child used: CPU time in nanoseconds, and the
// largest resident size in bytes.
package main

import (
	"encoding/json"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

func main() {
	signal.Ignore(os.Interrupt, syscall.SIGTERM) // the child decides
	me, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	cmd := exec.Command(me+".real", os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	if cmd.ProcessState == nil {
		log.Fatal(err)
	}
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
