package acctest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const completion = `
resource "openai_chat_completion" "test" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "hello"
  }
}
`

func TestInstall_appliesASavedPlan(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider() + completion})
	dir.MustRun("init")
	dir.MustRun("plan", "-out=saved")
	if len(s.Requests()) != 0 {
		t.Error("the plan was not free")
	}
	dir.MustRun("apply", "saved")
	if output, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
		t.Errorf("the second plan: %v\n%s", err, output)
	}
	dir.MustRun("destroy", "-auto-approve")
	if list := dir.MustRun("state", "list"); strings.TrimSpace(list) != "" {
		t.Errorf("left in the state: %s", list)
	}
	if got := len(s.Requests()); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestInstall_killsTheProviderOnce(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	marker := filepath.Join(t.TempDir(), "killed")
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider() + completion}).With(acctest.KillOnceAnswered(marker))
	dir.Init()
	output, err := dir.Run("apply", "-auto-approve")
	if acctest.ExitCode(err) != 1 || len(s.Requests()) != 1 {
		t.Errorf("%v after %d requests\n%s", err, len(s.Requests()), output)
	}
	if _, err := os.Stat(marker); err != nil {
		t.Error(err)
	}
	dir.MustRun("apply", "-auto-approve")
	if len(s.Requests()) != 2 {
		t.Errorf("%d requests, want 2", len(s.Requests()))
	}
}
