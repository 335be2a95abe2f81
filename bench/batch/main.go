// batch submits requests as a batch, waits for it and collects the answers, through package job and nothing else of the
// provider. It prints what that took, as JSON: it is a program of its own, so that its memory is nobody else's.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"iter"
	"log"
	"os"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
)

// spent is what it took.
type spent struct {
	Submitted, Collected time.Duration
	Heap                 uint64 // bytes that lived at most, of those that were looked at
}

func main() {
	log.SetFlags(0)
	url := flag.String("url", "", "the base `URL`")
	count := flag.Int("count", 0, "how many requests")
	size := flag.Int("bytes", 1<<10, "how long each is")
	flag.Parse()
	var most atomic.Uint64
	go watch(&most)
	s, err := run(*url, *count, *size)
	if err != nil {
		log.Fatal(err)
	}
	s.Heap = most.Load()
	_ = json.NewEncoder(os.Stdout).Encode(s)
}

// watch looks at the heap until the program ends.
func watch(most *atomic.Uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for range time.Tick(5 * time.Millisecond) {
		metrics.Read(sample)
		most.Store(max(most.Load(), sample[0].Value.Uint64()))
	}
}

func run(url string, count, size int) (s spent, err error) {
	ctx := context.Background()
	c, err := client.New(client.Settings{BaseURL: url, APIKey: "none"})
	if err != nil {
		return s, err
	}
	start := time.Now()
	b, _, err := job.Submit(ctx, c, job.Task{Endpoint: "/v1/chat/completions", Lines: lines(count, size), Mark: fmt.Sprint("bench ", start.UnixNano())})
	if err != nil {
		return s, err
	}
	s.Submitted = time.Since(start)
	if b, err = job.Await(ctx, c, b, "", time.Hour, nil); err != nil {
		return s, err
	}
	start = time.Now()
	answers := 0
	err = job.Collect(ctx, c, b, "", func(r job.Result) error {
		answers++
		return r.Err
	})
	s.Collected = time.Since(start)
	if err == nil && answers != count {
		err = fmt.Errorf("%d answers, not %d", answers, count)
	}
	return s, err
}

// lines are requests of so many bytes.
func lines(count, size int) iter.Seq[job.Line] {
	const format = `{"model":"gpt-4","messages":[{"role":"user","content":"%s (%d)"}]}`
	text := strings.Repeat("Translate the following. ", size/25+1)[:max(size-len(format)-2, 0)]
	return func(yield func(job.Line) bool) {
		for i := range count {
			if !yield(job.Line{ID: fmt.Sprintf("request-%d", i), Body: fmt.Appendf(nil, format, text, i)}) {
				return
			}
		}
	}
}
