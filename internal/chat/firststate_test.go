package chat_test

import (
	"os"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// testdata/first-state is what the first build made of its configuration: the state
// and the recordings. Whoever has such a state updates the provider and sees an empty
// plan, and what was recorded still answers.
func TestFirstState_plansEmptyAndIsRecordedStill(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": ""}).With(online(s)...)
	if err := os.Remove(dir.Path + "/versions.tf"); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir.Path + "/main.tf"); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir.Path, os.DirFS("testdata/first-state")); err != nil {
		t.Fatal(err)
	}
	dir.MustRun("init") // the state names the provider as Terraform does, whatever the CLI
	if said, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
		t.Errorf("the plan is not empty:\n%s", said)
	}
	for _, recorded := range []string{"plain", "rich", "json"} {
		dir.MustRun("state", "rm", "openai_chat_completion."+recorded)
	}
	said := dir.With("OPENAI_RECORDINGS_MODE=replay").MustRun("apply", "-auto-approve")
	if !strings.Contains(said, "3 added, 0 changed, 0 destroyed") {
		t.Errorf("the recordings do not answer:\n%s", said)
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
