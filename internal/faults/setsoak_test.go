package faults_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// A set of many requests, a server with random faults, and a provider that is killed at random moments, alone or with its
// CLI, are applied ten times. In the end every answer is there, and none was paid for twice.
//
// What is counted: the emulator counts each answer that it makes, delivered or not. The faults are such that make
// none, and whatever ends an apply but a kill leaves none behind. So an apply that is not killed must keep exactly as
// many answers as were made in it. A kill leaves those that were on their way at that moment, which nobody can keep: they have
// been made, and the provider has not received them, or not written them down yet. There are no more of them than
// requests can be under way. Any other answer that has been kept once must be the one that the state has in
// the end, so that each answer more than there are requests is one that a kill has left.
func TestSetSoak(t *testing.T) {
	for kind, update := range map[string]bool{"create": false, "update": true} {
		t.Run(kind, func(t *testing.T) { setSoak{requests: setSize(), update: update, seed: seedOf(t)}.run(t) })
	}
}

// FAULTS=all has as many requests as a large set, as every night.
func setSize() int {
	if os.Getenv("FAULTS") == "all" {
		return 1000
	}
	return 200
}

const (
	soakApplies    = 10
	soakKills      = 6 // of the first applies, most are killed
	soakConcurrent = 8 // requests under way
)

type setSoak struct {
	requests int
	update   bool // a part of the answers is there before
	seed     uint64
}

// setBlows are faults with which no answer is made. After those of the connection a request is not sent again in the same
// apply, since it may have been answered.
var setBlows = []func(*rand.Rand) emulator.Fault{
	func(*rand.Rand) emulator.Fault { return emulator.RateLimited("0") },
	func(*rand.Rand) emulator.Fault { return emulator.ServerError() },
	func(*rand.Rand) emulator.Fault { return emulator.HTMLBadGateway() },
	func(*rand.Rand) emulator.Fault { return emulator.Reset() },
	func(r *rand.Rand) emulator.Fault { return emulator.Delay(time.Duration(r.IntN(40)) * time.Millisecond) },
}

func (s setSoak) run(t *testing.T) {
	c := &campaign{setSoak: s, random: rand.New(rand.NewPCG(s.seed, uint64(s.requests))), ever: map[string]bool{}}
	c.server = acctest.Start(t, emulator.Options{Latency: 2 * time.Millisecond})
	for i := range s.requests {
		for range c.random.IntN(3) {
			c.server.Fail(setBlows[c.random.IntN(len(setBlows))](c.random).Containing(fmt.Sprintf("Answer %04d.", i)))
		}
	}
	c.trap = &trap{next: c.server}
	c.front = httptest.NewServer(c.trap)
	t.Cleanup(c.front.Close)
	dir := acctest.Install(t).Dir(t, nil)
	dir.Init()
	c.dir = dir.With(acctest.SkipWaits(filepath.Join(t.TempDir(), "waits")))
	for apply := 1; apply <= soakApplies; apply++ {
		if c.apply(t, apply) {
			t.Logf("all is well after %d applies and %d requests", apply, len(c.server.Requests()))
			c.check(t)
			return
		}
	}
	t.Fatalf("no end after %d applies", soakApplies)
}

// campaign is a soak under way.
type campaign struct {
	setSoak
	random *rand.Rand
	server *acctest.Server
	trap   *trap // between the provider and the server
	front  *httptest.Server
	dir    *acctest.Dir
	ever   map[string]bool // IDs of answers that have been kept
	lost   int             // answers that were on their way at a kill
}

// apply is one apply, which may be killed. It reports whether all is there.
func (c *campaign) apply(t *testing.T, apply int) (done bool) {
	t.Helper()
	n, mayKill := c.requests, apply <= soakKills
	if c.update && apply == 1 {
		n, mayKill = n/4, false
	}
	c.dir.Write("main.tf", c.configuration(c.front.URL+"/v1", n))
	before, made := c.kept(t), c.server.Made()
	left := n - len(before)
	killed := mayKill && left > 4*soakConcurrent && c.random.IntN(6) > 0
	withCLI, moment := c.random.IntN(2) == 0, 1+c.random.IntN(max(left/3, 1))
	output, err := c.start(killed, withCLI, moment)
	if strings.Contains(output, acctest.Key) {
		t.Error("the output holds the key")
	}
	now := c.kept(t)
	for id := range before {
		if !now[id] {
			t.Errorf("apply %d: %s was kept, and is lost", apply, id)
		}
	}
	maps.Copy(c.ever, now)
	gone := c.server.Made() - made - (len(now) - len(before))
	t.Logf("apply %d: killed %t (CLI %t, at request %d), kept %d of %d, lost on the way %d: %v", apply, killed, withCLI, moment, len(now), n, gone, err)
	switch {
	case !killed && gone != 0, gone < 0, gone > 2*soakConcurrent: // twice, since an answer that is being written down makes room for a request
		t.Errorf("apply %d: %d answers were made that were not kept\n%s", apply, gone, output)
	case killed && err == nil:
		t.Errorf("apply %d: nothing was killed\n%s", apply, output)
	}
	c.lost += gone
	return err == nil && n == c.requests
}

// start applies, and kills the provider at the request of that number. When it returns, nothing is under way.
func (c *campaign) start(killed, withCLI bool, moment int) (output string, err error) {
	c.trap.set(0, nil)
	running := c.dir.Start("apply", "-auto-approve", "-lock=false") // a killed CLI leaves its lock behind
	if killed {
		c.trap.set(moment, func() {
			if withCLI {
				_ = running.Process.Kill()
			}
			c.dir.KillProviders()
		})
	}
	output, err = running.Wait()
	c.dir.AwaitProviders()
	c.trap.shut()
	c.front.CloseClientConnections()
	c.trap.under.Wait()
	return output, err
}

// check looks at the end: all is there, and was paid for once.
func (c *campaign) check(t *testing.T) {
	t.Helper()
	answers := setAnswers(t, c.dir)
	if len(answers) != c.requests || len(c.ever) != c.requests {
		t.Errorf("%d answers are there and %d were kept, of %d", len(answers), len(c.ever), c.requests)
	}
	for key, a := range answers {
		if want := fmt.Sprintf("Answer %s.", strings.TrimPrefix(key, "r")); a == nil || a.Content != want || !c.ever[a.ID] {
			t.Errorf("%s has %+v", key, a)
		}
	}
	again := 0
	for _, times := range c.server.Answered() {
		again += times - 1
	}
	if again != c.lost || c.server.Made() != c.requests+c.lost {
		t.Errorf("%d answers were made for %d requests, %d again, and %d were on their way when they were killed", c.server.Made(), c.requests, again, c.lost)
	}
	if output, err := c.dir.Run("plan", "-detailed-exitcode", "-lock=false"); err != nil {
		t.Errorf("the last plan is not empty: %v\n%s", err, output)
	}
	if left, _ := filepath.Glob(filepath.Join(c.dir.Path, ".terraform", "openai", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func (s setSoak) configuration(base string, n int) string {
	return fmt.Sprintf(`
provider "openai" {
  base_url = %q
  api_key  = %q
  limits {
    max_concurrent = %d
  }
}

resource "openai_chat_completion_set" "soak" {
  model    = "gpt-4"
  requests = { for i in range(%d) : format("r%%04d", i) => format("Reply with exactly: Answer %%04d.", i) }
}
`, base, acctest.Key, soakConcurrent, n)
}

// kept are the IDs of the answers that the state has, or a journal.
func (c *campaign) kept(t *testing.T) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for _, a := range setAnswers(t, c.dir) {
		if a != nil {
			ids[a.ID] = true
		}
	}
	journals, err := filepath.Glob(filepath.Join(c.dir.Path, ".terraform", "openai", "answers-*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range journals {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			var line struct{ Answer setAnswer }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Answer.ID != "" { // the last one may be torn
				ids[line.Answer.ID] = true
			}
		}
	}
	return ids
}

type setAnswer struct{ ID, Content string }

// setAnswers are the answers of the state, by name.
func setAnswers(t *testing.T, dir *acctest.Dir) map[string]*setAnswer {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir.Path, "terraform.tfstate"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Resources []struct {
			Instances []struct {
				Attributes struct {
					Answers struct{ Value map[string]*setAnswer }
				}
			}
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, r := range doc.Resources {
		for _, i := range r.Instances {
			return i.Attributes.Answers.Value
		}
	}
	return nil
}

// trap springs when so many requests have come.
type trap struct {
	next http.Handler

	mu     sync.Mutex
	left   int
	spring func()
	isShut bool
	under  sync.WaitGroup
}

// set opens the way to the server, and sets the trap unless spring is nil.
func (r *trap) set(requests int, spring func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left, r.spring, r.isShut = requests, spring, false
}

// shut lets nothing more through: nobody who lives has sent it.
func (r *trap) shut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.isShut = true
}

func (r *trap) enters() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isShut {
		return false
	}
	r.under.Add(1)
	if r.left--; r.left == 0 && r.spring != nil {
		go r.spring() // the server goes on meanwhile
	}
	return true
}

func (r *trap) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !r.enters() {
		panic(http.ErrAbortHandler)
	}
	defer r.under.Done()
	r.next.ServeHTTP(w, req)
}
