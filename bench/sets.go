package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// What is asked in a set: answers of this size, of which so many are under way at a time, as the provider has it.
const (
	setAnswer = 2 << 10 // bytes
	setAtOnce = 64
)

// mostSingle is up to how many answers resources of their own are measured: 5,000 would take the CLI half an hour.
const mostSingle = 500

// form is a way to ask many questions, and what it cost.
type form struct {
	name, dir   string
	apply, plan cost
	state       int64 // bytes
}

// sets measures the answers to many requests in one resource: wall time and CPU time of an apply and of an empty
// plan beside a bare loop over the SDK and, for few, beside resources of their own.
func sets(s *site, z sizes) error {
	fmt.Println("| n | latency | form | apply | ÷ loop | CPU apply | ÷ loop | peak memory | CLI's CPU apply | state | empty plan | CPU | CLI's CPU | peak memory |")
	fmt.Println("|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, count := range z.answers {
		if err := s.set(count, slices.Max(z.latencies), z); err != nil {
			return fmt.Errorf("%d answers: %w", count, err)
		}
	}
	return nil
}

func (s *site) set(count int, latency time.Duration, z sizes) error {
	url, stop, err := s.emulator("-latency", latency.String(), "-answer-bytes", strconv.Itoa(setAnswer))
	if err != nil {
		return err
	}
	defer stop()
	forms, err := s.forms(url, count, z.forms)
	if err != nil {
		return err
	}
	var bare cost
	for range z.runs {
		asked, err := s.loop(url, count, setAtOnce)
		if err != nil {
			return err
		}
		bare.better(asked)
		for _, f := range forms {
			if err := f.measure(s); err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
		}
	}
	fmt.Printf("| %d | %s | bare SDK loop | %s | 1.00 | %s | 1.00 | %s | | | | | | |\n", count, latency, seconds(bare.wall), seconds(bare.cpu), mebibytes(bare.peak))
	for _, f := range forms {
		fmt.Printf("| %d | %s | %s | %s | %s | %s | %s | %s | %s | %.1f MiB | %s | %s | %s | %s |\n", count, latency, f.name,
			seconds(f.apply.wall), ratio(f.apply.wall, bare.wall), seconds(f.apply.cpu), ratio(f.apply.cpu, bare.cpu), mebibytes(f.apply.peak), seconds(f.apply.rest),
			float64(f.state)/(1<<20), seconds(f.plan.wall), seconds(f.plan.cpu), seconds(f.plan.rest), mebibytes(f.plan.peak))
	}
	return nil
}

// forms are the ways that are measured.
func (s *site) forms(url string, count int, which *regexp.Regexp) ([]*form, error) {
	const text = `"Translate the following: 'Hello, how are you?' (${i})"`
	var forms []*form
	add := func(name, config string) (err error) {
		if !which.MatchString(name) {
			return nil
		}
		f := &form{name: name}
		f.dir, err = s.directory(fmt.Sprintf("set-%d-%d", count, len(forms)), config)
		forms = append(forms, f)
		return err
	}
	const inFile = `results_file = "answers.jsonl"`
	recorded := `recordings { directory = "recordings" }`
	for _, one := range []struct{ name, provider, arguments, request string }{
		{"set, texts, in the state", "", "", text},
		{"set, objects, in the state", "", "", "{ content = " + text + " }"},
		{"set, texts, in a file", "", inFile, text},
		{"set, objects, in a file", "", inFile, "{ content = " + text + " }"},
		{"set, texts, in a file, recorded", recorded, inFile, text},
	} {
		if err := add(one.name, set(url, count, one.provider, one.arguments, one.request)); err != nil {
			return nil, err
		}
	}
	if count <= mostSingle {
		return forms, add("resources of their own", completions(url, count, "", short))
	}
	return forms, nil
}

// measure makes the answers and an empty plan, from nothing.
func (f *form) measure(s *site) error {
	for _, name := range []string{"answers.jsonl", "recordings"} {
		if err := os.RemoveAll(filepath.Join(f.dir, name)); err != nil {
			return err
		}
	}
	if err := s.measure(1, step{&f.apply, f.dir, applying(setAtOnce)}, step{&f.plan, f.dir, planning(setAtOnce)}); err != nil {
		return err
	}
	state, err := os.Stat(filepath.Join(f.dir, "terraform.tfstate"))
	if err == nil {
		f.state = state.Size()
	}
	return err
}
