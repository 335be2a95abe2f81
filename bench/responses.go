package main

import (
	"fmt"
	"time"
)

// responses measures ordinary answers of the two APIs that generate text, side by side.
func responses(s *site, z sizes) error {
	fmt.Println("| n | latency | resource | apply | empty plan | provider CPU apply | ÷ | plan | ÷ | peak memory | CLI's CPU apply | plan |")
	fmt.Println("|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, latency := range z.latencies {
		if err := s.sideBySide(z, latency); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) sideBySide(z sizes, latency time.Duration) error {
	url, stop, err := s.emulator("-latency", latency.String())
	if err != nil {
		return err
	}
	defer stop()
	forms := []struct{ name, configuration string }{
		{"openai_chat_completion", completions(url, z.count(), "", short)},
		{"openai_response", responding(url, z.count())},
	}
	var steps []step
	applies, plans := make([]cost, len(forms)), make([]cost, len(forms))
	for i, form := range forms {
		dir, err := s.directory(fmt.Sprintf("responses %s %s", latency, form.name), form.configuration)
		if err != nil {
			return err
		}
		steps = append(steps, step{&applies[i], dir, applying(z.parallelism())}, step{&plans[i], dir, planning(z.parallelism())})
	}
	if err := s.measure(z.runs, steps...); err != nil {
		return err
	}
	for i, form := range forms {
		apply, plan := applies[i], plans[i]
		fmt.Printf("| %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", z.count(), latency, form.name,
			seconds(apply.wall), seconds(plan.wall), seconds(apply.cpu), ratio(apply.cpu, applies[0].cpu), seconds(plan.cpu), ratio(plan.cpu, plans[0].cpu),
			mebibytes(max(apply.peak, plan.peak)), seconds(apply.rest), seconds(plan.rest))
	}
	return nil
}
