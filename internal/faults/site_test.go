package faults_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// site is one resource, the server it asks, and what is between the two.
type site struct {
	*acctest.Server
	t        *testing.T
	dir      *acctest.Dir
	waits    string // the file of acctest.SkipWaits
	base     string // where the provider looks for the server
	settings string // more arguments of the provider block
	resource string
}

// newSite makes the site of one test, which runs in parallel with others.
func newSite(t *testing.T, settings, prompt, arguments string) *site {
	t.Helper()
	s := &site{t: t, Server: acctest.Start(t, emulator.Options{}), settings: settings, waits: filepath.Join(t.TempDir(), "waits")}
	s.base = s.URL
	s.resource = fmt.Sprintf("resource \"openai_chat_completion\" \"test\" {\n  model = \"gpt-4\"\n  message {\n    role    = \"user\"\n    content = %q\n  }\n  %s\n}\n", prompt, arguments)
	s.dir = acctest.Install(t).Dir(t, nil).With(acctest.SkipWaits(s.waits))
	s.write()
	s.dir.Init()
	return s
}

// write writes the configuration for where the server is now.
func (s *site) write() {
	s.t.Helper()
	s.dir.Write("main.tf", fmt.Sprintf("provider \"openai\" {\n  base_url = %q\n  api_key  = %q\n  %s\n}\n\n", s.base, acctest.Key, s.settings)+s.resource)
}

// apply returns what the user reads, on one line, and whether all went well.
func (s *site) apply() (output string, ok bool) {
	s.t.Helper()
	s.write()
	output, err := s.dir.Run("apply", "-auto-approve")
	if strings.Contains(output, acctest.Key) {
		s.t.Errorf("the output holds the key:\n%s", output)
	}
	return fold(output), err == nil
}

// fold undoes the frames and line breaks of the CLI.
func fold(output string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(output)), " ")
}

// heal ends all faults; the next apply meets the server itself.
func (s *site) heal() {
	s.Heal()
	s.base = s.URL
}

// converges applies without faults, where more requests are needed, and checks that the answer is in the state
// after so many, and that nothing is left to do.
func (s *site) converges(content string, more int) {
	s.t.Helper()
	s.heal()
	before := len(s.Requests())
	if more == 0 {
		s.write()
	} else if output, ok := s.apply(); !ok {
		s.t.Fatalf("the next apply fails: %s", output)
	}
	if output, err := s.dir.Run("plan", "-detailed-exitcode"); err != nil {
		s.t.Errorf("the plan after it is not empty: %v\n%s", err, output)
	}
	if got := len(s.Requests()) - before; got != more {
		s.t.Errorf("it took %d requests more, want %d", got, more)
	}
	now := stateOf(s.t, s.dir)[""]
	if now.tainted() || now.Attributes.Content != content {
		s.t.Errorf("in the state: tainted %t, %.200q, want %.200q", now.tainted(), now.Attributes.Content, content)
	}
}

// instance is what the state holds of a resource.
type instance struct {
	Key        string `json:"index_key"`
	Status     string // "tainted", or ""
	Attributes struct {
		ID, Content string
		Messages    []struct{ Content string } `json:"message"`
	}
}

func (i instance) tainted() bool { return i.Status == "tainted" }

// stateOf reads the state's resources, by their key. It checks that the provider's
// key is not in it.
func stateOf(t *testing.T, dir *acctest.Dir) map[string]instance {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir.Path, "terraform.tfstate"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte(acctest.Key)) {
		t.Error("the state holds the key")
	}
	var doc struct {
		Version   int
		Resources []struct{ Instances []instance }
	}
	if err := json.Unmarshal(text, &doc); err != nil || doc.Version != 4 {
		t.Fatalf("%v\n%s", err, text)
	}
	found := map[string]instance{}
	for _, r := range doc.Resources {
		for _, i := range r.Instances {
			found[i.Key] = i
		}
	}
	return found
}

// span is a range that a wait must be in.
type span struct{ from, to time.Duration }

func exactly(d time.Duration) span { return span{d, d} }

// backoffs are the waits of our own choice before attempts 2 to n+1.
func backoffs(n int) []span {
	spans := make([]span, n)
	for i := range spans {
		spans[i] = span{0, min(500*time.Millisecond<<i, 8*time.Second)}
	}
	return spans
}

func (s *site) waited(want []span) {
	s.t.Helper()
	got := acctest.Waits(s.t, s.waits)
	ok := len(got) == len(want)
	for i := 0; ok && i < len(got); i++ {
		ok = got[i] >= want[i].from && got[i] <= want[i].to
	}
	if !ok {
		s.t.Errorf("waited %v, want %v", got, want)
	}
}
