package main

import (
	"fmt"
	"time"
)

// generous limits are counted, and never reached.
const generous = `limits {
    max_concurrent      = 100000
    requests_per_minute = 1000000
    tokens_per_minute   = 1000000000
    max_requests        = 1000000
    max_total_tokens    = 1000000000
  }`

// pacing measures what counting for the limits costs, where nothing waits.
func pacing(s *site, z sizes) error {
	fmt.Println("| n | latency | parallel | apply with limits | without | ÷ | provider CPU with limits | without | more for each call |")
	fmt.Println("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, latency := range z.latencies {
		if err := s.paced(z, latency); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) paced(z sizes, latency time.Duration) error {
	url, stop, err := s.emulator("-latency", latency.String())
	if err != nil {
		return err
	}
	defer stop()
	name := "pacing-" + latency.String()
	with, err := s.directory(name, completions(url, z.count(), generous, short))
	if err != nil {
		return err
	}
	without, err := s.directory(name+"-without", completions(url, z.count(), "", short))
	if err != nil {
		return err
	}
	var limited, free cost
	apply := applying(z.parallelism())
	if err := s.measure(z.runs, step{&free, without, apply}, step{&limited, with, apply}); err != nil {
		return err
	}
	more := (limited.cpu - free.cpu) / time.Duration(z.count())
	fmt.Printf("| %d | %s | %d | %s | %s | %s | %s | %s | %d µs |\n", z.count(), latency, z.parallelism(),
		seconds(limited.wall), seconds(free.wall), ratio(limited.wall, free.wall), seconds(limited.cpu), seconds(free.cpu), more.Microseconds())
	return nil
}
