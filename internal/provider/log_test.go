package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// The real program under the real CLI: what its log shows, and that no key is
// in it, in the output, or in what the server echoes.
func TestLog_showsCallsAndNoSecret(t *testing.T) {
	cli := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if cli == "" {
		t.Skip("there is no terraform and no tofu")
	}
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	build := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "terraform-provider-openai"), "../..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rc := filepath.Join(dir, "cli.tfrc")
	write(t, rc, fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"registry.terraform.io/hashicorp/openai\" = %q\n    \"registry.opentofu.org/hashicorp/openai\" = %q\n  }\n  direct {}\n}\n", dir, dir))
	applyOf := func(level, name, config string) (log, output string) {
		t.Helper()
		work := filepath.Join(dir, name)
		if err := os.Mkdir(work, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(work, "main.tf"), "provider \"openai\" {\n  max_retries = 1\n}\n"+config)
		cmd := exec.Command(cli, "apply", "-auto-approve", "-no-color")
		cmd.Dir = work
		file := filepath.Join(work, "log")
		cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+rc, "TF_LOG="+level, "TF_LOG_PATH="+file, "CHECKPOINT_DISABLE=1",
			"OPENAI_API_KEY="+acctest.Key, "OPENAI_BASE_URL="+s.URL)
		out, _ := cmd.CombinedOutput()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(text), string(out)
	}
	apply := func(level, prompt string) (log, output string) {
		t.Helper()
		return applyOf(level, level, strings.Replace(completion, "hello", prompt, 1))
	}

	s.Fail(emulator.RateLimited("0"))
	debug, output := apply("DEBUG", "a quiet prompt")
	for _, want := range []string{"POST", "/v1/chat/completions", "status=429", "status=200", "request_id=req_", "duration_ms=", "attempt="} {
		if !strings.Contains(debug, want) {
			t.Errorf("the debug log does not show %q\n%s\n%s", want, calls(debug), output)
		}
	}
	if strings.Contains(calls(debug), "a quiet prompt") {
		t.Error("the debug log shows the prompt")
	}

	s.Fail(emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Incorrect API key provided: "+acctest.Key))
	trace, output := apply("TRACE", "a loud prompt")
	for _, want := range []string{"a loud prompt", "Incorrect API key provided: ***"} {
		if !strings.Contains(calls(trace), want) {
			t.Errorf("the trace log does not show %q\n%s", want, calls(trace))
		}
	}
	if !strings.Contains(output, "Incorrect API key provided: ***") {
		t.Errorf("the error is not shown:\n%s", output)
	}
	const secret = "the launch code is 1704"
	trace2, _ := applyOf("TRACE", "private", strings.Replace(completion, `content = "hello"`, `content_wo = "`+secret+`"`, 1))
	if strings.Contains(calls(trace2), secret) || !strings.Contains(calls(trace2), "holds a write-only value") {
		t.Errorf("the trace log shows a write-only prompt:\n%s", calls(trace2))
	}

	for name, text := range map[string]string{"debug log": debug, "trace log": trace, "output": output} {
		if strings.Contains(text, acctest.Key) {
			t.Errorf("the %s contains the key", name)
		}
	}
}

// calls are the lines of a log that the provider wrote about its calls.
func calls(log string) string {
	return strings.Join(regexp.MustCompile(`(?m)^.*provider\.terraform-provider-openai.*$`).FindAllString(log, -1), "\n")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
