package main

import (
	"fmt"
	"time"
)

// matrix prints a row for each number, latency and parallelism.
func matrix(s *site, z sizes) error {
	fmt.Println("\"As large\" is terraform_data with as much in the state as a completion has.")
	fmt.Println()
	fmt.Println("| n | latency | parallel | apply | bare SDK loop | terraform_data | as large | apply ÷ largest | empty plan | terraform_data | as large | ÷ | provider CPU apply | plan | peak memory | CLI's CPU apply | terraform_data | as large | plan | terraform_data | as large |")
	fmt.Println("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, count := range z.counts {
		for _, latency := range z.latencies {
			for _, parallelism := range z.parallelisms {
				if err := s.row(count, latency, parallelism, z.runs); err != nil {
					return fmt.Errorf("%d completions, %s, parallelism %d: %w", count, latency, parallelism, err)
				}
			}
		}
	}
	return nil
}

func (s *site) row(count int, latency time.Duration, parallelism, runs int) error {
	url, stop, err := s.emulator("-latency", latency.String())
	if err != nil {
		return err
	}
	defer stop()
	name := fmt.Sprintf("n%d-l%d-p%d", count, latency.Milliseconds(), parallelism)
	ours, err := s.directory(name, completions(url, count, "", short))
	if err != nil {
		return err
	}
	floor, err := s.directory(name+"-floor", floorOf(count))
	if err != nil {
		return err
	}
	large, err := s.directory(name+"-large-floor", largeFloorOf(count))
	if err != nil {
		return err
	}
	var floorApply, floorPlan, largeApply, largePlan, apply, plan, bare cost
	for range runs {
		err := s.measure(1,
			step{&floorApply, floor, applying(parallelism)},
			step{&floorPlan, floor, planning(parallelism)},
			step{&largeApply, large, applying(parallelism)},
			step{&largePlan, large, planning(parallelism)},
			step{&apply, ours, applying(parallelism)},
			step{&plan, ours, planning(parallelism)})
		if err != nil {
			return err
		}
		asked, err := s.loop(url, count, parallelism)
		if err != nil {
			return err
		}
		bare.better(asked)
	}
	fmt.Printf("| %d | %s | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n",
		count, latency, parallelism,
		seconds(apply.wall), seconds(bare.wall), seconds(floorApply.wall), seconds(largeApply.wall),
		ratio(apply.wall, max(bare.wall, floorApply.wall, largeApply.wall)),
		seconds(plan.wall), seconds(floorPlan.wall), seconds(largePlan.wall), ratio(plan.wall, max(floorPlan.wall, largePlan.wall)),
		seconds(apply.cpu), seconds(plan.cpu), mebibytes(max(apply.peak, plan.peak)),
		seconds(apply.rest), seconds(floorApply.rest), seconds(largeApply.rest), seconds(plan.rest), seconds(floorPlan.rest), seconds(largePlan.rest))
	return nil
}

func applying(parallelism int) []string {
	return []string{"apply", "-auto-approve", fmt.Sprintf("-parallelism=%d", parallelism)}
}

// planning fails where the plan is not empty.
func planning(parallelism int) []string {
	return []string{"plan", "-detailed-exitcode", fmt.Sprintf("-parallelism=%d", parallelism)}
}
