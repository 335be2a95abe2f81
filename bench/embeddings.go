package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// embeddings measures vectors of 1,536 numbers, kept in base64 and as numbers too. The CLI compares
// numbers by their digits in each plan, which takes about a second of its CPU time for a vector: so few are enough.
func embeddings(s *site, z sizes) error {
	url, stop, err := s.emulator()
	if err != nil {
		return err
	}
	defer stop()
	fmt.Println("| n | parallel | kept | state | apply | empty plan | provider CPU apply | plan | peak memory | CLI's CPU apply | plan |")
	fmt.Println("|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|")
	count := slices.Min(z.counts)
	for _, form := range []struct{ name, arguments string }{{"in base64", ""}, {"as numbers too", "include_numbers = true"}} {
		dir, err := s.directory("embeddings "+form.name, vectors(url, count, form.arguments))
		if err != nil {
			return err
		}
		var apply, plan cost
		err = s.measure(z.runs, step{&apply, dir, applying(z.parallelism())}, step{&plan, dir, planning(z.parallelism())})
		if err != nil {
			return err
		}
		state, err := os.Stat(filepath.Join(dir, "terraform.tfstate"))
		if err != nil {
			return err
		}
		fmt.Printf("| %d | %d | %s | %.1f MiB | %s | %s | %s | %s | %s | %s | %s |\n", count, z.parallelism(), form.name, float64(state.Size())/(1<<20),
			seconds(apply.wall), seconds(plan.wall), seconds(apply.cpu), seconds(plan.cpu), mebibytes(max(apply.peak, plan.peak)),
			seconds(apply.rest), seconds(plan.rest))
	}
	return nil
}
