package batch_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const nightly = `
resource "openai_batch" "nightly" {
  endpoint = "/v1/chat/completions"
  requests = [for word in ["one", "two", "three"] : {
    custom_id = word
    body = jsonencode({
      model    = "gpt-4o"
      messages = [{ role = "user", content = "Reply with exactly: ${word}" }]
    })
  }]
  wait = var.wait
}
variable "wait" {
  default = true
}
output "two" {
  value = try(jsondecode(openai_batch.nightly.results["two"]).choices[0].message.content, null)
}
`

// A batch goes through the real CLI: one that is submitted and not waited for is collected by the next apply; a provider
// that is killed once it has submitted one, and before Terraform hears of it, has not submitted in vain; and nothing is left in
// the end.
func TestBatch_withTheCLI(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider() + nightly})
	dir.Init()
	dir = dir.With(acctest.SkipWaits(filepath.Join(t.TempDir(), "waits")))
	killed := dir.With(acctest.KillOnceAnswered(filepath.Join(t.TempDir(), "killed")))
	if output, err := killed.Run("apply", "-auto-approve", "-var", "wait=false"); err == nil {
		t.Fatalf("nothing was killed:\n%s", output)
	}
	unchanged := func() {
		t.Helper()
		if output, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
			t.Errorf("the plan is not empty: %v\n%s", err, output)
		}
		if got := strings.TrimSpace(dir.MustRun("output", "-raw", "two")); got != "two" {
			t.Errorf("got %q", got)
		}
	}
	if output := dir.MustRun("apply", "-auto-approve"); !strings.Contains(output, "Batch was already submitted") || len(s.Objects("batches")) != 1 || s.Made() != 3 {
		t.Errorf("batches %v, said:\n%s", s.Objects("batches"), output)
	}
	unchanged()
	output := dir.MustRun("apply", "-auto-approve", "-var", "wait=false", "-replace", "openai_batch.nightly")
	if !strings.Contains(output, "1 added, 0 changed, 1 destroyed") || !strings.Contains(output, "Batch is pending") || len(s.Objects("batches")) != 2 {
		t.Errorf("batches %v, said:\n%s", s.Objects("batches"), output)
	}
	output = dir.MustRun("plan")
	if !strings.Contains(output, "collects the results of batch batch_") || !strings.Contains(output, "0 to add, 1 to change, 0 to destroy") {
		t.Errorf("said:\n%s", output)
	}
	dir.MustRun("apply", "-auto-approve")
	unchanged()
	if files := s.Objects("files"); len(files) != 2 || s.Made() != 6 {
		t.Errorf("files %v", files)
	}
	dir.MustRun("destroy", "-auto-approve")
	if left := s.Objects("files"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
