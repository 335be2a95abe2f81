package main

import (
	"fmt"
	"strconv"
)

// memory measures the provider with answers as long as models give them.
func memory(s *site, z sizes) error {
	url, stop, err := s.emulator("-answer-bytes", strconv.Itoa(z.answerBytes))
	if err != nil {
		return err
	}
	defer stop()
	dir, err := s.directory("memory", completions(url, z.count(), "", ""))
	if err != nil {
		return err
	}
	var apply, plan cost
	err = s.measure(z.runs, step{&apply, dir, applying(z.parallelism())}, step{&plan, dir, planning(z.parallelism())})
	if err != nil {
		return err
	}
	fmt.Println("| n | answer | parallel | apply | empty plan | provider CPU apply | plan | peak memory apply | plan |")
	fmt.Println("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	fmt.Printf("| %d | %d KiB | %d | %s | %s | %s | %s | %s | %s |\n", z.count(), z.answerBytes>>10, z.parallelism(),
		seconds(apply.wall), seconds(plan.wall), seconds(apply.cpu), seconds(plan.cpu), mebibytes(apply.peak), mebibytes(plan.peak))
	return nil
}
