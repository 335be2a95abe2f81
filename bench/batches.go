package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// batchRequest is how long each request of a batch is, in bytes.
const batchRequest = 1 << 10

// batches measures what a process takes that submits a batch and collects the answers. Both are streams, so that its memory
// must not grow with their number.
func batches(s *site, z sizes) error {
	fmt.Println("| requests | submitted | collected | CPU | peak memory | largest heap |")
	fmt.Println("|--:|--:|--:|--:|--:|--:|")
	for _, count := range z.batches {
		if err := s.batch(count, z.runs); err != nil {
			return fmt.Errorf("%d requests: %w", count, err)
		}
	}
	return nil
}

func (s *site) batch(count, runs int) error {
	var best cost
	var submitted, collected time.Duration
	var heap uint64
	for range runs {
		url, stop, err := s.emulator()
		if err != nil {
			return err
		}
		cmd := exec.Command(filepath.Join(s.dir, "batch"), "-url", url, "-count", strconv.Itoa(count), "-bytes", strconv.Itoa(batchRequest))
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		stop()
		if err != nil {
			return err
		}
		var one struct {
			Submitted, Collected time.Duration
			Heap                 uint64
		}
		if err := json.Unmarshal(out, &one); err != nil {
			return err
		}
		c := cost{wall: one.Submitted + one.Collected, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak: resident(cmd.ProcessState)}
		if best.wall == 0 || c.wall < best.wall {
			submitted, collected = one.Submitted, one.Collected
		}
		best.better(c)
		heap = max(heap, one.Heap)
	}
	fmt.Printf("| %d × 1 KiB | %s | %s | %s | %s | %s |\n", count, seconds(submitted), seconds(collected), seconds(best.cpu), mebibytes(best.peak), mebibytes(int64(heap))) //nolint:gosec // a process has less memory than that
	return nil
}
