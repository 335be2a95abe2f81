package main

import "fmt"

// startRuns is how often each start is measured: it is short, and so easily disturbed.
const startRuns = 15

// start compares "providers schema", which starts the provider once, with the
// same for a provider that does nothing, and without any.
func start(s *site, z sizes) error {
	schema := []string{"providers", "schema", "-json"}
	ours, err := s.directory("start", requiring("openai"))
	if err != nil {
		return err
	}
	nothing, err := s.directory("start-nothing", requiring("nothing"))
	if err != nil {
		return err
	}
	without, err := s.directory("start-without", "")
	if err != nil {
		return err
	}
	var provider, idle, bare cost
	err = s.measure(startRuns*z.runs, step{&provider, ours, schema}, step{&idle, nothing, schema}, step{&bare, without, schema})
	if err != nil {
		return err
	}
	fmt.Println("| providers schema | wall | ÷ nothing | provider CPU | peak memory |")
	fmt.Println("|---|--:|--:|--:|--:|")
	for _, row := range []struct {
		name string
		cost
	}{{"this provider", provider}, {"one that does nothing", idle}, {"none", bare}} {
		fmt.Printf("| %s | %s | %s | %s | %s |\n", row.name, millis(row.wall), ratio(row.wall, idle.wall), millis(row.cpu), mebibytes(row.peak))
	}
	return nil
}
