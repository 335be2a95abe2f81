package acctest

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

func TestOfTheUser(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]bool{
		"OPENAI_API_KEY=x": true, "TF_LOG=x": true, "AZURE_OPENAI_ENDPOINT=x": true, "ACCTEST_SERVE=x": true, "https_proxy=x": true,
		"PATH=/": false, serve.FrameworkOnly + "=1": false,
	} {
		if got := ofTheUser(entry); got != want {
			t.Errorf("%s: %t, want %t", entry, got, want)
		}
	}
}

// A run of the tests without the short cuts would go unnoticed as one with them if a script took the variable away.
func TestScripts_leaveTheVariableThatTurnsTheShortCutsOff(t *testing.T) {
	t.Parallel()
	script := exec.CommandContext(t.Context(), "sh", "-c", `. "$(dirname "$0")/env.sh"; echo "$`+serve.FrameworkOnly+` $OPENAI_API_KEY"`, "../../scripts/test.sh")
	script.Env = append(script.Environ(), serve.FrameworkOnly+"=1", "OPENAI_API_KEY=sk-of-the-user")
	out, err := script.Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != "1" {
		t.Errorf("left of the environment: %q, %v", got, err)
	}
}
