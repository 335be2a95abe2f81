package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// recorded measures what a run costs whose answers are all there: the state is
// gone, the recordings are not. The emulator's log proves that nothing is asked.
func recorded(s *site, z sizes) error {
	log := filepath.Join(s.dir, "requests")
	url, stop, err := s.emulator("-log", log)
	if err != nil {
		return err
	}
	defer stop()
	count, parallelism := z.count(), fmt.Sprintf("-parallelism=%d", z.parallelism())
	block := fmt.Sprintf("recordings { directory = %q }", filepath.Join(s.dir, "recordings"))
	ours, err := s.directory("recorded", completions(url, count, block, short))
	if err != nil {
		return err
	}
	floor, err := s.directory("recorded-floor", largeFloorOf(count))
	if err != nil {
		return err
	}
	var asked, apply, plan, floorApply, floorPlan cost
	if err := s.measure(1, step{&asked, ours, applying(z.parallelism())}); err != nil {
		return err
	}
	if err := expect(log, count); err != nil {
		return err
	}
	err = s.measure(z.runs,
		step{&floorPlan, floor, []string{"plan", parallelism}},
		step{&floorApply, floor, applying(z.parallelism())},
		step{&plan, ours, []string{"plan", parallelism}},
		step{&apply, ours, applying(z.parallelism())})
	if err != nil {
		return err
	}
	if err := expect(log, count); err != nil {
		return err
	}
	fmt.Println("| n | parallel | first apply | apply, all recorded | terraform_data as large | ÷ | plan, all recorded | terraform_data as large | ÷ | provider CPU apply | plan | peak memory | calls |")
	fmt.Println("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	fmt.Printf("| %d | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | 0 |\n", count, z.parallelism(), seconds(asked.wall),
		seconds(apply.wall), seconds(floorApply.wall), ratio(apply.wall, floorApply.wall),
		seconds(plan.wall), seconds(floorPlan.wall), ratio(plan.wall, floorPlan.wall),
		seconds(apply.cpu), seconds(plan.cpu), mebibytes(max(apply.peak, plan.peak)))
	return nil
}

// expect fails where the emulator has logged another number of requests.
func expect(log string, want int) error {
	got, err := requests(log)
	if err == nil && got != want {
		err = fmt.Errorf("the emulator has got %d requests, not %d", got, want)
	}
	return err
}

// requests is how many requests the emulator has logged.
func requests(log string) (int, error) {
	text, err := os.ReadFile(log)
	return bytes.Count(text, []byte("\n")), err
}
