package main

import (
	"fmt"
	"path/filepath"
	"time"
)

// edited changes the system prompt that all completions have, so that all are asked again.
const edited = "-var=language=German"

// change is one way to make that change.
type change struct {
	name                      string
	site                      *site
	dir                       string
	options                   []string // that the CLI needs for it
	first, empty, plan, apply cost     // before the change: apply, empty plan; of the change: plan, apply
	calls                     int      // of the change
}

// update measures one edited prompt, by which all completions are asked again in place. Beside
// it stands the same edit with -replace for each of them: the same provider, configuration and
// state, and the calls of the protocol that Terraform makes for a provider that asks for a
// replacement itself (a plan of the change, one of the new object, deletion, creation).
// A trigger would add a resource of its own, and what the CLI does to follow it. With a
// reference build, that makes the edit as it does.
func update(s *site, z sizes) error {
	fmt.Println("| n | latency | parallel | one edited prompt | calls | plan | apply | provider CPU plan | apply | before: first apply | empty plan | CLI's CPU plan | apply | peak memory |")
	fmt.Println("|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, latency := range z.latencies {
		if err := s.updated(z, latency); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) updated(z sizes, latency time.Duration) error {
	log := filepath.Join(s.dir, "requests-"+latency.String())
	url, stop, err := s.emulator("-latency", latency.String(), "-log", log)
	if err != nil {
		return err
	}
	defer stop()
	var replaced []string
	for i := range z.count() {
		replaced = append(replaced, fmt.Sprintf("-replace=openai_chat_completion.many[%d]", i))
	}
	changes := []*change{{name: "in place", site: s}, {name: "with -replace", site: s, options: replaced}}
	if s.reference != nil {
		changes = append(changes, &change{name: "reference build", site: s.reference})
	}
	config := instructed(url, z.count(), "", short, "You are a helpful assistant that translates English to ${var.language}.") +
		"variable \"language\" { default = \"French\" }\n"
	for i, c := range changes {
		if c.dir, err = s.directory(fmt.Sprintf("update-%s-%d", latency, i), config); err != nil {
			return err
		}
	}
	for range z.runs {
		for _, c := range changes {
			if err := c.measure(log, z.parallelism()); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	for _, c := range changes {
		fmt.Printf("| %d | %s | %d | %s | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", z.count(), latency, z.parallelism(), c.name, c.calls,
			seconds(c.plan.wall), seconds(c.apply.wall), seconds(c.plan.cpu), seconds(c.apply.cpu), seconds(c.first.cpu), seconds(c.empty.cpu),
			seconds(c.plan.rest), seconds(c.apply.rest), mebibytes(max(c.plan.peak, c.apply.peak)))
	}
	return nil
}

// measure makes the completions and the change, once.
func (c *change) measure(log string, parallelism int) error {
	err := c.site.measure(1, step{&c.first, c.dir, applying(parallelism)}, step{&c.empty, c.dir, planning(parallelism)})
	if err != nil {
		return err
	}
	before, err := requests(log)
	if err != nil {
		return err
	}
	options := append([]string{edited}, c.options...)
	err = c.site.take(
		step{&c.plan, c.dir, append([]string{"plan", fmt.Sprintf("-parallelism=%d", parallelism)}, options...)},
		step{&c.apply, c.dir, append(applying(parallelism), options...)})
	if err != nil {
		return err
	}
	after, err := requests(log)
	if err != nil {
		return err
	}
	c.calls = after - before
	var nothing cost
	return c.site.take(step{&nothing, c.dir, append(planning(parallelism), edited)}) // all is done
}
