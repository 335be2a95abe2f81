package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// requestsTo counts the requests that a server saw, such as "POST /v1/batches".
func requestsTo(s *acctest.Server, what string) (n int) {
	for _, r := range s.Requests() {
		if r.Method+" "+r.Path == what {
			n++
		}
	}
	return n
}

// asked is how many chat completions were asked for one by one.
func asked(s *acctest.Server) int { return requestsTo(s, "POST /v1/chat/completions") }

// edit replaces a text in a file of a directory.
func edit(t *testing.T, dir *acctest.Dir, file, old, replacement string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir.Path, file))
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%q is not in %s; %v", old, file, err)
	}
	dir.Write(file, strings.Replace(string(text), old, replacement, 1))
}

// readJSON reads a file of JSON in a directory.
func readJSON(t *testing.T, dir *acctest.Dir, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir.Path, file))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Each row of the CSV file is asked once, and what has changed as the guide says.
func TestExamples_setsAndBatches(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	in := acctest.Install(t)
	in.Also(t, "hashicorp/local")
	dir := copied(t, in, "sets_and_batches").With("OPENAI_BASE_URL=" + s.URL)
	apply := func(what string, want int) {
		t.Helper()
		before := asked(s)
		if said := dir.MustRun("apply", "-auto-approve"); asked(s) != before+want {
			t.Errorf("%s: %d were asked\n%s", what, asked(s)-before, said)
		}
	}
	apply("all rows", 5)
	edit(t, dir, "reviews.csv", "id,product,text\n", "id,product,text\nr006,lamp,\"Too bright.\"\n")
	apply("a row is added", 1)
	edit(t, dir, "reviews.csv", "r002,kettle,\"My third one. Never a problem.\"\n", "")
	apply("a row is removed", 0)
	edit(t, dir, "reviews.csv", "Too bright.", "Much too bright.")
	apply("a row is edited", 1)
	guide, err := os.ReadFile(root + "templates/guides/sets-and-batches.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	again := regexp.MustCompile(`(?ms)^requests = \{.*?^\} \}$`).FindString(string(guide))
	edit(t, dir, "main.tf", `requests = { for id, row in local.reviews : id => "${row.product}: ${row.text}" }`, again)
	apply("a row is asked again", 1)
	oneIsRefused(t, s, dir)

	var sorted map[string]map[string]any
	readJSON(t, dir, "sorted.json", &sorted)
	if len(sorted) != 5 || sorted["r006"]["text"] != "Much too bright." || sorted["r003"]["about"] == nil || sorted["r004"]["about"] != nil {
		t.Errorf("in the end there is %v", sorted)
	}
}

// oneIsRefused has the server refuse one of the requests: first this fails, then it is kept.
func oneIsRefused(t *testing.T, s *acctest.Server, dir *acctest.Dir) {
	t.Helper()
	dir.MustRun("destroy", "-auto-approve")
	edit(t, dir, "main.tf", `seed    = lookup(`, "model   = id == \"r004\" ? \"gpt-0\" : null\n  seed    = lookup(")
	said, err := dir.Run("apply", "-auto-approve")
	if err == nil || !words("1 request of 5 without a usable answer").MatchString(said) || !words("4 answers are kept below .terraform/openai").MatchString(said) {
		t.Errorf("%v\n%s", err, said)
	}
	before := asked(s)
	edit(t, dir, "main.tf", "  max_completion_tokens = 200", "  max_completion_tokens = 200\n  on_failure = \"keep\"")
	if said := dir.MustRun("apply", "-auto-approve"); asked(s) != before+1 || !words("1 request of 5 without a usable answer").MatchString(said) {
		t.Errorf("%d were asked\n%s", asked(s)-before, said)
	}
	if said := dir.MustRun("apply", "-auto-approve"); asked(s) != before+1 || !strings.Contains(said, "0 added, 0 changed, 0 destroyed") {
		t.Errorf("what was refused was asked again: %d\n%s", asked(s)-before, said)
	}
}

// A batch is left pending, and collected by the apply after its end.
func TestExamples_setBatch(t *testing.T) {
	clock := acctest.NewClock()
	s := acctest.Start(t, emulator.Options{BatchTime: 3 * time.Hour, Now: clock.Now})
	dir := copied(t, acctest.Install(t), "set_batch").With("OPENAI_BASE_URL=" + s.URL)
	dir.MustRun("apply", "-auto-approve", "-var=wait=false")
	if said := dir.MustRun("output", "glossary"); strings.Count(said, "(still to come)") != 3 {
		t.Error(said)
	}
	if said := dir.MustRun("plan", "-var=wait=false"); !words("Applying this plan collects 3 answers of the Batch API").MatchString(said) {
		t.Error(said)
	}
	clock.Pass(4 * time.Hour)
	dir.MustRun("apply", "-auto-approve")
	if said := dir.MustRun("output", "-raw", "status"); said != "completed" || requestsTo(s, "POST /v1/batches") != 1 || asked(s) != 0 {
		t.Errorf("%s, %d batches, %d calls", said, requestsTo(s, "POST /v1/batches"), asked(s))
	}
	if said := dir.MustRun("output", "glossary"); !strings.Contains(said, "Emulated answer to: What does a status page do?") {
		t.Error(said)
	}
	dir.MustRun("destroy", "-auto-approve")
	if left := s.Objects("files"); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// The answers of the night: the evening's job submits, the morning's collects, in another checkout.

func TestExamples_nightlyOfGitHub(t *testing.T) {
	n := newNight(t)
	var workflow struct {
		Jobs map[string]githubJob
	}
	n.decode("ci/github-nightly/.github/workflows/nightly.yml", &workflow)
	n.github("evening", workflow.Jobs["submit"])
	n.submitted()
	n.github("morning", workflow.Jobs["collect"])
	n.collected()
}

func TestExamples_nightlyOfGitLab(t *testing.T) {
	n := newNight(t)
	var workflow struct {
		Default struct {
			Before []string `json:"before_script"`
		}
		Submit, Collect gitlabJob
	}
	n.decode("ci/gitlab-nightly/.gitlab-ci.yml", &workflow)
	n.gitlab("evening", workflow.Default.Before, workflow.Submit)
	n.submitted()
	n.gitlab("morning", workflow.Default.Before, workflow.Collect)
	n.collected()
}

// night is a repository with the example nightly, whose state is elsewhere. Each job has a branch of its own, so that it
// has a checkout of its own.
type night struct {
	*pipeline
	server *acctest.Server
	clock  *acctest.Clock
}

func newNight(t *testing.T) *night {
	t.Helper()
	n := &night{clock: acctest.NewClock()}
	n.server = acctest.Start(t, emulator.Options{Keys: []string{acctest.Key}, BatchTime: 5 * time.Hour, Now: n.clock.Now})
	n.pipeline = newRepository(t, n.server, "nightly")
	state, _ := json.Marshal(filepath.Join(n.shell.Path, "terraform.tfstate")) // texts always encode
	n.shell.Write("first/backend.tf", "terraform {\n  backend \"local\" {\n    path = "+string(state)+"\n  }\n}\n")
	n.shell.MustShell(`
		cd first
		git init --quiet --initial-branch=main
		git add .
		git commit --quiet -m first
		git push --quiet ../origin.git main:evening main:morning`)
	return n
}

// submitted checks that there is one batch, that it takes its time, and has the night for it.
func (n *night) submitted() {
	n.t.Helper()
	if said := n.shell.MustShell("terraform -chdir=job-evening output -raw status"); said != "pending" || requestsTo(n.server, "POST /v1/batches") != 1 {
		n.t.Errorf("%s, with %d batches", said, requestsTo(n.server, "POST /v1/batches"))
	}
	n.clock.Pass(10 * time.Hour)
}

// collected checks that the morning has all answers, for those calls.
func (n *night) collected() {
	n.t.Helper()
	var sorted map[string]map[string]any
	readJSON(n.t, n.shell, "job-morning/sorted.json", &sorted)
	if len(sorted) != 5 || sorted["r005"]["about"] == nil || requestsTo(n.server, "POST /v1/batches") != 1 || asked(n.server) != 0 {
		n.t.Errorf("%d batches, %d calls: %v", requestsTo(n.server, "POST /v1/batches"), asked(n.server), sorted)
	}
}
