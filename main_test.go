package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// asProgram has the test program be the provider's program.
const asProgram = "TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// Without arguments the program is a plugin, as ever.
func TestMain_isAPluginOrACommand(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"":                "This binary is a plugin",
		"-debug=false":    "This binary is a plugin",
		"-h":              "terraform-provider-openai recordings COMMAND",
		"recordings -h":   "Usage: terraform-provider-openai recordings",
		"recordings list": "Usage: terraform-provider-openai recordings",
	} {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), self, strings.Fields(arguments)...)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		if said, _ := cmd.CombinedOutput(); !strings.Contains(string(said), want) { // its status is not 0
			t.Errorf("%q: %s", arguments, said)
		}
	}
}
