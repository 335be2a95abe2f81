// bench measures what the provider costs, beside what cannot be undercut: a
// bare loop over the official SDK with the same concurrency, and the CLI's own
// work on as many terraform_data resources. All of it in one run, on one
// machine; only the ratios mean anything elsewhere.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"time"
)

// shape is one row of the table.
type shape struct {
	count       int
	latency     time.Duration
	parallelism int
}

func main() {
	log.SetFlags(0)
	cli := flag.String("cli", "terraform", "the Terraform or OpenTofu `program`")
	counts := flag.String("counts", "100,500", "numbers of completions")
	latencies := flag.String("latencies", "0s,200ms", "how long the emulated model takes")
	parallelisms := flag.String("parallelism", "10,64", "values of -parallelism")
	profile := flag.String("profile", "", "keep CPU and heap profiles of each provider process in this `directory`")
	flag.Parse()
	shapes, err := product(*counts, *latencies, *parallelisms)
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		log.Fatal(err)
	}
	err = run(&site{dir: dir, cli: *cli, profile: *profile}, shapes)
	_ = os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
}

func product(counts, latencies, parallelisms string) ([]shape, error) {
	var shapes []shape
	for _, c := range strings.Split(counts, ",") {
		count, err := strconv.Atoi(c)
		if err != nil {
			return nil, err
		}
		for _, l := range strings.Split(latencies, ",") {
			latency, err := time.ParseDuration(l)
			if err != nil {
				return nil, err
			}
			for _, p := range strings.Split(parallelisms, ",") {
				parallelism, err := strconv.Atoi(p)
				if err != nil {
					return nil, err
				}
				shapes = append(shapes, shape{count, latency, parallelism})
			}
		}
	}
	return shapes, nil
}

func run(s *site, shapes []shape) error {
	if err := s.prepare(); err != nil {
		return err
	}
	start, err := s.startUp()
	if err != nil {
		return err
	}
	fmt.Printf("provider start (schema of a fresh process, CLI included): %s; without any provider: %s; ratio %.2f\n\n",
		round(start.provider), round(start.bare), ratio(start.provider, start.bare))
	fmt.Println("| n | latency | parallel | apply | bare SDK loop | terraform_data | apply ÷ larger | empty plan | terraform_data | ÷ | provider CPU apply | plan | peak memory |")
	fmt.Println("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, sh := range shapes {
		r, err := s.measure(sh)
		if err != nil {
			return fmt.Errorf("%d completions, %s, parallelism %d: %w", sh.count, sh.latency, sh.parallelism, err)
		}
		fmt.Printf("| %d | %s | %d | %s | %s | %s | %.2f | %s | %s | %.2f | %s | %s | %.0f MiB |\n",
			sh.count, sh.latency, sh.parallelism,
			round(r.apply.wall), round(r.loop), round(r.floorApply.wall), ratio(r.apply.wall, max(r.loop, r.floorApply.wall)),
			round(r.plan.wall), round(r.floorPlan.wall), ratio(r.plan.wall, r.floorPlan.wall),
			round(r.apply.cpu), round(r.plan.cpu), float64(max(r.apply.peak, r.plan.peak))/(1<<20))
	}
	return nil
}

func round(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func ratio(a, b time.Duration) float64 { return a.Seconds() / max(b.Seconds(), 1e-9) }
