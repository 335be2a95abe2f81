package chat_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// setIn is a configuration of a set of n requests, with more arguments.
func setIn(n int, arguments string) string {
	return fmt.Sprintf(`
resource "openai_chat_completion_set" "test" {
  model    = "gpt-4"
  requests = { for i in range(%d) : format("q%%03d", i) => { content = format("q%%03d", i) } }
  %s
}

output "there" {
  value = length([for a in openai_chat_completion_set.test.answers : a if a != null])
}
`, n, arguments)
}

// kept are the IDs of the answers that wait in a data directory.
func kept(t *testing.T, data string) (ids []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(data, "openai", "answers-*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			var line struct {
				Answer struct {
					ID string `json:"id"`
				} `json:"answer"`
			}
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Answer.ID != "" { // the last one may be torn
				ids = append(ids, line.Answer.ID)
			}
		}
	}
	return ids
}

// Other resources use answers by their names, which a plan knows before the answers are there.
func TestSet_withTheCLI(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := func(names string) string {
		return s.Provider() + `
resource "openai_chat_completion_set" "test" {
  model = "gpt-4"
  message {
    role    = "system"
    content = "Be brief"
  }
  requests = { for name in ` + names + ` : name => { content = name, temperature = name == "b" ? 0 : 1 } }
}

resource "terraform_data" "answer" {
  for_each = openai_chat_completion_set.test.answers
  input    = each.value.content
}

output "all" {
  value = join(", ", [for name, a in terraform_data.answer : "${name}=${a.output}"])
}
`
	}
	all := func(names ...string) string {
		var texts []string
		for _, name := range names {
			texts = append(texts, fmt.Sprintf("%s=Emulated answer to: %s (as told: Be brief)", name, name))
		}
		return strings.Join(texts, ", ")
	}
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": config(`["a", "b"]`)})
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	if got := strings.TrimSpace(dir.MustRun("output", "-raw", "all")); got != all("a", "b") {
		t.Errorf("the answers are %q", got)
	}
	if output, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
		t.Errorf("the plan is not empty: %v\n%s", err, output)
	}
	wantCalls(t, s, map[string]int{"POST": 2})
	dir.Write("main.tf", config(`["b", "c"]`))
	if output := dir.MustRun("plan"); !flat("Applying this plan makes 1 call to the model").MatchString(output) || strings.Contains(output, "request_hashes") && !strings.Contains(output, "(sensitive value)") {
		t.Errorf("the plan is\n%s", output)
	}
	dir.MustRun("apply", "-auto-approve")
	if got := strings.TrimSpace(dir.MustRun("output", "-raw", "all")); got != all("b", "c") {
		t.Errorf("the answers are %q", got)
	}
	if output, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
		t.Errorf("the plan is not empty: %v\n%s", err, output)
	}
	if left := files(t, filepath.Join(dir.Path, ".terraform", "openai")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	wantCalls(t, s, map[string]int{"POST": 3})
}

// Ctrl-C in the middle: what is under way comes to its end, and the next apply asks only for the rest.
func TestSet_isInterrupted(t *testing.T) {
	const n, before = 60, 20
	there := make(chan struct{})
	s := acctest.Start(t, emulator.Options{Latency: 20 * time.Millisecond, Log: counting(before, there)})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider("limits {\n    max_concurrent = 4\n  }") + setIn(n, "")})
	dir.Init()
	running := dir.Start("apply", "-auto-approve")
	select {
	case <-there:
	case <-running.Done():
	}
	if err := running.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	output, err := running.Wait()
	made := s.Made()
	if err == nil || made < before || made == n || !flat("The operation was canceled").MatchString(output) {
		t.Fatalf("%d answers, %v\n%s", made, err, output)
	}
	if got := len(kept(t, filepath.Join(dir.Path, ".terraform"))); got != made {
		t.Errorf("%d of %d answers wait", got, made)
	}
	if output := dir.MustRun("apply", "-auto-approve"); !strings.Contains(output, fmt.Sprintf("there = %d", n)) {
		t.Errorf("it says\n%s", output)
	}
	if made, twice := s.Made(), s.AnsweredTwice(); made != n || len(twice) > 0 {
		t.Errorf("%d answers were made for %d requests: %v", made, n, twice)
	}
}

// counting closes a channel when so many requests have been answered.
func counting(n int, there chan struct{}) writer {
	var mu sync.Mutex
	return func() {
		mu.Lock()
		defer mu.Unlock()
		if n--; n == 0 {
			close(there)
		}
	}
}

// kill −9 in the middle, of the provider alone or with the CLI: what was written down is not asked for again, be it a
// create that leaves no state or an update.
func TestSet_isKilled(t *testing.T) {
	const n, before = 60, 20
	for kind, whom := range map[string]struct{ cli, update, elsewhere bool }{
		"provider":             {false, false, false},
		"CLI and provider":     {true, false, true},
		"during an update":     {false, true, false},
		"CLI during an update": {true, true, false},
	} {
		t.Run(kind, func(t *testing.T) {
			missing := n
			if whom.update {
				missing -= 10
			}
			asked := make(chan struct{})
			s := acctest.Start(t, emulator.Options{Log: counting(n-missing+before+2, asked)})
			provider := s.Provider("limits {\n    max_concurrent = 2\n  }")
			dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": provider + setIn(10, "")})
			dir.Init()
			data := filepath.Join(dir.Path, ".terraform")
			if whom.elsewhere {
				moved := filepath.Join(t.TempDir(), "data")
				if err := os.Rename(data, moved); err != nil {
					t.Fatal(err)
				}
				data, dir = moved, dir.With("TF_DATA_DIR="+moved)
			}
			if whom.update {
				dir.MustRun("apply", "-auto-approve")
			}
			dir.Write("main.tf", provider+setIn(n, ""))
			s.Fail(emulator.Fault{}.Repeat(before), emulator.Hang().Repeat(2))
			running := dir.Start("apply", "-auto-approve", "-lock=false") // a killed CLI leaves its lock behind
			select {
			case <-asked: // two hang, and nothing else is under way
			case <-running.Done():
			}
			if whom.cli {
				if err := running.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
			if dir.KillProviders() == 0 {
				t.Fatal("there was no provider to be killed")
			}
			if output, err := running.Wait(); err == nil {
				t.Fatalf("nothing went wrong:\n%s", output)
			}
			dir.AwaitProviders()
			wait := len(kept(t, data))
			if wait < before-2 || wait > before { // the last two may not have been written down yet
				t.Errorf("%d answers of %d wait", wait, before)
			}
			sent := len(posts(s))
			if output := dir.MustRun("apply", "-auto-approve", "-lock=false"); !strings.Contains(output, fmt.Sprintf("there = %d", n)) {
				t.Errorf("it says\n%s", output)
			}
			if got := len(posts(s)) - sent; got != missing-wait {
				t.Errorf("%d requests were sent, want %d", got, missing-wait)
			}
			if output, err := dir.Run("plan", "-detailed-exitcode", "-lock=false"); err != nil {
				t.Errorf("the plan is not empty: %v\n%s", err, output)
			}
			if left := kept(t, data); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// A saved plan has the answers of the recordings, and is not applied with others.
func TestSet_appliesASavedPlan(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := func(n int, generateOn string) string {
		return s.Provider(recordingsIn("records", "")) + setIn(n, "generate_on = \""+generateOn+"\"")
	}
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": config(3, "plan")})
	dir.Init()
	dir.MustRun("plan", "-out=first")
	wantCalls(t, s, map[string]int{"POST": 3})
	if output := dir.MustRun("apply", "first"); !strings.Contains(output, "there = 3") {
		t.Errorf("it says\n%s", output)
	}
	dir.Write("main.tf", config(5, "plan"))
	dir.MustRun("plan", "-out=second")
	wantCalls(t, s, map[string]int{"POST": 5})
	if err := os.Rename(filepath.Join(dir.Path, "records"), filepath.Join(dir.Path, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	if output, err := dir.Run("apply", "second"); err == nil || !flat("The plan that is being applied contains the answer of").MatchString(output) {
		t.Errorf("%v\n%s", err, output)
	}
	if err := os.Rename(filepath.Join(dir.Path, "elsewhere"), filepath.Join(dir.Path, "records")); err != nil {
		t.Fatal(err)
	}
	dir.MustRun("plan", "-out=again")
	if output := dir.MustRun("apply", "again"); !strings.Contains(output, "there = 5") {
		t.Errorf("it says\n%s", output)
	}
	wantCalls(t, s, map[string]int{"POST": 5})
	// What the plan left to the apply is asked there.
	dir.Write("main.tf", config(6, "apply"))
	dir.MustRun("plan", "-out=third")
	wantCalls(t, s, map[string]int{"POST": 5})
	dir.MustRun("apply", "third")
	wantCalls(t, s, map[string]int{"POST": 6})
}
