package faults_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// soak is many resources that ask a bad server at once, until all have their answers.
type soak struct {
	resources   int
	parallelism int
	settings    string // more arguments of the provider block
	seed        uint64 // of the faults
}

func TestSoak_everyAnswerIsKeptAndNoneIsPaidForTwice(t *testing.T) {
	soak{resources: size(t), parallelism: 50, seed: seedOf(t)}.run(t)
}

// size is how many resources a soak has: few in the usual tests, where SOAK_RESOURCES does not say how many.
func size(t *testing.T) int {
	t.Helper()
	text, given := os.LookupEnv("SOAK_RESOURCES")
	if !given {
		return 20
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("SOAK_RESOURCES=%q is not a number of resources", text)
	}
	return n
}

// seedOf is another one at each run, unless SOAK_SEED repeats one.
func seedOf(t *testing.T) uint64 {
	seed, err := strconv.ParseUint(os.Getenv("SOAK_SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("SOAK_SEED=%d", seed)
	return seed
}

// With recordings the same holds, and what was paid for is there when the state is gone:
// each resource finds its own answer again, without a server.
func TestSoak_recordingsHoldEveryAnswer(t *testing.T) {
	n := size(t)
	dir := soak{resources: n, parallelism: 50, seed: seedOf(t), settings: "recordings {\n    directory = \"recordings\"\n  }"}.run(t)
	before := stateOf(t, dir)
	if err := os.Remove(filepath.Join(dir.Path, "terraform.tfstate")); err != nil {
		t.Fatal(err)
	}
	server := acctest.StartAlone(t, emulator.Options{})
	dir.Write("main.tf", soak{resources: n, settings: "recordings {\n    directory = \"recordings\"\n    mode = \"replay\"\n  }"}.configuration(server.URL))
	dir.MustRun("apply", "-auto-approve", "-parallelism=50")
	for key, after := range stateOf(t, dir) {
		if was := before[key]; after.Attributes.ID != was.Attributes.ID || after.Attributes.Content != was.Attributes.Content {
			t.Errorf("%s: has %+v, had %+v", key, after, was)
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	for _, pattern := range []string{".*.lock", ".*.tmp"} {
		if left, _ := filepath.Glob(filepath.Join(dir.Path, "recordings", pattern)); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// blow is a fault of the soak and what the provider is to do about it.
type blow struct {
	name  string
	fault func(r *rand.Rand) emulator.Fault
	again bool // it says that there is no answer: the request is sent again
	made  bool // the server had worked on the request
}

var blows = []blow{
	{"429", func(*rand.Rand) emulator.Fault { return emulator.RateLimited("0") }, true, false},
	{"500", func(*rand.Rand) emulator.Fault { return emulator.ServerError() }, true, false},
	{"502", func(*rand.Rand) emulator.Fault { return emulator.HTMLBadGateway() }, false, false},
	{"502, never connected", func(*rand.Rand) emulator.Fault { return emulator.Status(502, "connection refused") }, true, false},
	{"reset before", func(*rand.Rand) emulator.Fault { return emulator.Reset() }, false, false},
	{"reset after", func(*rand.Rand) emulator.Fault { return emulator.Reset().AfterAnswer() }, false, true},
	{"cut", func(r *rand.Rand) emulator.Fault { return emulator.CutBody(1 + r.IntN(400)) }, false, true},
}

// fate is what awaits one resource.
type fate struct {
	prompt, answer string
	blows          []blow // that have not fallen yet
	done           bool   // it has its answer
}

// next foretells one apply: how many requests it sends, and how many of those the
// server works on.
func (f *fate) next() (requests, made int) {
	if f.done {
		return 0, 0
	}
	last := ""
	for len(f.blows) > 0 {
		b := f.blows[0]
		f.blows = f.blows[1:]
		requests++
		if b.made {
			made++
		}
		if !b.again || b.name == "500" && last == "500" { // the same fault of the server twice is taken for permanent
			return requests, made
		}
		last = b.name
	}
	f.done = true
	return requests + 1, made + 1
}

func (s soak) run(t *testing.T) *acctest.Dir {
	random := rand.New(rand.NewPCG(s.seed, 0))
	server := acctest.Start(t, emulator.Options{})
	fates := map[string]*fate{}
	longest := 0
	for i := range s.resources {
		f := &fate{answer: fmt.Sprintf("Answer %04d.", i)}
		f.prompt = "Reply with exactly: " + f.answer
		for range random.IntN(4) {
			b := blows[random.IntN(len(blows))]
			f.blows = append(f.blows, b)
			server.Fail(b.fault(random).Containing(f.answer))
		}
		longest = max(longest, len(f.blows))
		fates[fmt.Sprintf("r%04d", i)] = f
	}
	w := &witness{next: server}
	front := httptest.NewServer(w)
	t.Cleanup(front.Close)
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.configuration(front.URL + "/v1")})
	dir.Init()

	started := time.Now()
	for apply := 1; ; apply++ {
		seen, made := len(server.Requests()), server.Made()
		output, err := dir.Run("apply", "-auto-approve", "-parallelism="+strconv.Itoa(s.parallelism))
		if strings.Contains(output, acctest.Key) {
			t.Error("the output holds the key")
		}
		ok := s.check(t, apply, dir, fates, server.Requests()[seen:], server.Made()-made)
		if ok != (err == nil) {
			t.Fatalf("apply %d: %v\n%s", apply, err, output)
		}
		if ok {
			t.Logf("all is well after %d applies, %d requests and %v", apply, len(server.Requests()), time.Since(started).Round(time.Millisecond))
			break
		}
		if apply > longest {
			t.Fatalf("no end after %d applies", apply)
		}
	}
	w.check(t, stateOf(t, dir))
	if output, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
		t.Errorf("the last plan is not empty: %v\n%s", err, output)
	}
	return dir
}

func (s soak) configuration(base string) string {
	return fmt.Sprintf(`
provider "openai" {
  base_url = %q
  api_key  = %q
  %s
}

resource "openai_chat_completion" "soak" {
  for_each = toset([for i in range(%d) : format("r%%04d", i)])
  model    = "gpt-4"
  stream   = endswith(each.key, "3") ? true : null
  message {
    role    = "user"
    content = "Reply with exactly: Answer ${trimprefix(each.key, "r")}."
  }
}
`, base, acctest.Key, s.settings, s.resources)
}

// check holds one apply against what was foretold. It reports whether all
// resources have their answers.
func (s soak) check(t *testing.T, apply int, dir *acctest.Dir, fates map[string]*fate, requests []emulator.Request, made int) (all bool) {
	t.Helper()
	asked := map[string]int{}
	for _, r := range requests {
		asked[string(answerIn.Find(r.Body))]++
	}
	state := stateOf(t, dir)
	all = true
	for key, f := range fates {
		want, billed := f.next()
		made -= billed
		if got := asked[f.answer]; got != want {
			t.Errorf("apply %d, %s: %d requests, want %d", apply, key, got, want)
		}
		now, there := state[key]
		switch {
		case f.done && (!there || now.tainted() || now.Attributes.Content != f.answer || now.Attributes.Messages[0].Content != f.prompt):
			t.Errorf("apply %d, %s: has %t, %+v", apply, key, there, now)
		case !f.done && there && !now.tainted():
			t.Errorf("apply %d, %s: has half an answer as if it were whole: %+v", apply, key, now)
		}
		all = all && f.done
	}
	if made != 0 {
		t.Errorf("apply %d: the server worked on %d requests more than foretold", apply, made)
	}
	return all
}

var answerIn = regexp.MustCompile(`Answer \d+\.`)

// witness sees which completions leave the server whole.
type witness struct {
	next http.Handler
	mu   sync.Mutex
	ids  []string
}

var idIn = regexp.MustCompile(`"id":"(chatcmpl-\w+)"`)

func (w *witness) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	seen := &seen{ResponseWriter: to}
	w.next.ServeHTTP(seen, r) // panics where it cuts an answer
	if found := idIn.FindSubmatch(seen.body.Bytes()); found != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.ids = append(w.ids, string(found[1]))
	}
}

// check holds what left the server whole against the state: each is in it, and nothing else is.
func (w *witness) check(t *testing.T, state map[string]instance) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	have := map[string]bool{}
	for _, i := range state {
		have[i.Attributes.ID] = true
	}
	for _, id := range w.ids {
		if !have[id] {
			t.Errorf("%s was delivered, and is lost", id)
		}
		delete(have, id)
	}
	if len(have) > 0 {
		t.Errorf("nobody delivered %v", have)
	}
}

type seen struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (s *seen) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *seen) Write(p []byte) (int, error) {
	s.body.Write(p)
	return s.ResponseWriter.Write(p)
}
