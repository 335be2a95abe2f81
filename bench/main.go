// bench measures what the provider costs, beside what cannot be undercut: a
// bare loop over the official SDK with the same concurrency, the CLI's own work
// on as many terraform_data resources, and a provider that does nothing. All of
// it in one run, on one machine and one file system; only the ratios mean
// anything elsewhere.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// part is one table.
type part struct {
	name    string
	what    string
	measure func(*site, sizes) error
}

var parts = []part{
	{"start", "the start of the provider", start},
	{"matrix", "apply and empty plan, for each number, latency and parallelism", matrix},
	{"recorded", "the same with recordings of all answers, and no state", recorded},
	{"pacing", "what limits cost that are never reached, for each latency", pacing},
	{"memory", "apply and empty plan with large answers", memory},
	{"update", "one edited prompt for all: in place, and by replacement, for each latency", update},
	{"logprobs", "one answer with the log probabilities of its tokens, and of alternatives", logprobs},
	{"embeddings", "vectors in base64, and as numbers too, for the smallest of the numbers", embeddings},
	{"sets", "answers in one resource, in each of its forms, beside a loop over the SDK and resources of their own", sets},
	{"batch", "a batch, submitted and collected, for each of the numbers of -batches", batches},
	{"responses", "answers of the Responses API beside chat completions, for each latency", responses},
	{"documents", "a folder of documents into a vector store, for the largest of the numbers", documents},
}

// sizes say how much is measured.
type sizes struct {
	counts, parallelisms []int
	latencies            []time.Duration
	answerBytes          int
	answers, batches     []int          // of sets, and of batches
	forms                *regexp.Regexp // of sets
	runs                 int
}

// count and parallelism are those of the parts that have only one of each.
func (z sizes) count() int       { return slices.Max(z.counts) }
func (z sizes) parallelism() int { return slices.Max(z.parallelisms) }

func main() {
	log.SetFlags(0)
	var names, meanings []string
	for _, p := range parts {
		names = append(names, p.name)
		meanings = append(meanings, p.name+" ("+p.what+")")
	}
	z := sizes{counts: []int{100, 500}, latencies: []time.Duration{0, 200 * time.Millisecond}, parallelisms: []int{10, 64},
		answers: []int{500, 5000}, batches: []int{5000, 50_000}, forms: regexp.MustCompile("")}
	cli := flag.String("cli", "terraform", "the Terraform or OpenTofu `program`")
	only := flag.String("only", strings.Join(names, ","), "the `parts` to measure: "+strings.Join(meanings, ", "))
	list("counts", &z.counts, strconv.Atoi, "`numbers` of completions; the largest where a part has only one")
	list("latencies", &z.latencies, time.ParseDuration, "how long the emulated model takes, as `durations`")
	list("parallelism", &z.parallelisms, strconv.Atoi, "`values` of -parallelism; the largest where a part has only one")
	flag.IntVar(&z.answerBytes, "answer-bytes", 32<<10, "size of the answers of the part memory")
	list("answers", &z.answers, strconv.Atoi, "`numbers` of answers in a set, for the part sets")
	list("batches", &z.batches, strconv.Atoi, "`numbers` of requests in a batch, for the part batch")
	flag.Func("forms", "the forms of the part sets whose names match this regular `expression` (default all)", func(text string) (err error) {
		z.forms, err = regexp.Compile(text)
		return err
	})
	flag.IntVar(&z.runs, "runs", 1, "measure so often, in turns, and take the shortest time and the largest memory of each")
	reference := flag.String("reference", "", "another build of the provider, for the part update: a `file`")
	profile := flag.String("profile", "", "keep CPU and heap profiles of each provider process in this `directory`")
	flag.Parse()
	chosen, err := choose(*only)
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		log.Fatal(err)
	}
	err = run(&site{dir: dir, cli: *cli, profile: *profile}, *reference, chosen, z)
	_ = os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
}

// list defines a flag with values that commas divide.
func list[T any](name string, into *[]T, parse func(string) (T, error), usage string) {
	flag.Func(name, fmt.Sprintf("%s (default %v)", usage, *into), func(text string) error {
		*into = nil
		for _, one := range strings.Split(text, ",") {
			value, err := parse(one)
			if err != nil {
				return err
			}
			*into = append(*into, value)
		}
		return nil
	})
}

func choose(names string) ([]part, error) {
	var chosen []part
	for _, name := range strings.Split(names, ",") {
		before := len(chosen)
		for _, p := range parts {
			if p.name == name {
				chosen = append(chosen, p)
			}
		}
		if len(chosen) == before {
			return nil, fmt.Errorf("-only: there is no part %q", name)
		}
	}
	return chosen, nil
}

func run(s *site, reference string, chosen []part, z sizes) error {
	if err := s.prepare(reference); err != nil {
		return err
	}
	for _, p := range chosen {
		before := load()
		if err := p.measure(s, z); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Printf("(load before and after: %s, %s)\n\n", before, load())
	}
	return nil
}

// load is how busy the machine is: a quiet one has less than one process waiting.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	average, _, _ := strings.Cut(string(text), " ")
	return average
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func millis(d time.Duration) string { return fmt.Sprintf("%.0f ms", d.Seconds()*1000) }

func mebibytes(n int64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }

func ratio(a, b time.Duration) string {
	return fmt.Sprintf("%.2f", a.Seconds()/max(b.Seconds(), 1e-9))
}
