package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// The program under the real CLI: what its log shows, and that no key is
// in it, in the output, or in what the server echoes.
func TestLog_showsCallsAndNoSecret(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, nil).With("OPENAI_API_KEY="+acctest.Key, "OPENAI_BASE_URL="+s.URL)
	dir.Write("provider.tf", "provider \"openai\" {\n  max_retries = 1\n}\n")
	dir.Init()
	apply := func(level, config string) (log, output string) {
		t.Helper()
		dir.Write("main.tf", config)
		file := filepath.Join(dir.Path, level)
		output, _ = dir.With("TF_LOG="+level, "TF_LOG_PATH="+file).Run("apply", "-auto-approve")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		return string(text), output
	}

	s.Fail(emulator.RateLimited("0"))
	debug, output := apply("DEBUG", strings.Replace(completion, "hello", "a quiet prompt", 1))
	for _, want := range []string{"POST", "/v1/chat/completions", "status=429", "status=200", "request_id=req_", "duration_ms=", "attempt="} {
		if !strings.Contains(debug, want) {
			t.Errorf("the debug log does not show %q\n%s\n%s", want, calls(debug), output)
		}
	}
	if strings.Contains(calls(debug), "a quiet prompt") {
		t.Error("the debug log shows the prompt")
	}

	s.Fail(emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Incorrect API key provided: "+acctest.Key).Containing("a loud prompt"))
	const secret = "the launch code is 1704"
	trace, output := apply("TRACE", strings.Replace(completion, "hello", "a loud prompt", 1)+
		strings.NewReplacer(`"test"`, `"private"`, `content = "hello"`, `content_wo = "`+secret+`"`).Replace(completion))
	for _, want := range []string{"a loud prompt", "Incorrect API key provided: ***"} {
		if !strings.Contains(calls(trace), want) {
			t.Errorf("the trace log does not show %q\n%s", want, calls(trace))
		}
	}
	if !strings.Contains(output, "Incorrect API key provided: ***") {
		t.Errorf("the error is not shown:\n%s", output)
	}
	if strings.Contains(calls(trace), secret) || !strings.Contains(calls(trace), "holds a write-only value") {
		t.Errorf("the trace log shows a write-only prompt:\n%s", calls(trace))
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
