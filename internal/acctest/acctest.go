// Package acctest puts provider, emulator and Terraform CLI together for a
// test, in one call. Tests of every area use it; nothing else does.
package acctest

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/openapi"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// Key is the API key that Server.Provider configures. No output of any kind may
// contain it.
const Key = "sk-test-4f1d7c2e9b8a6053"

// collectVariable has the CLI, which lives for a fraction of a second, spend less of that on collecting garbage, and
// so does the test program. The provider that it installs does not go by it, but tunes itself as ever.
const (
	collectVariable = "GOGC"
	collectPercent  = 400
)

// Main runs a package's tests with a clean environment and the CLI that is
// there: $TF_ACC_TERRAFORM_PATH, else terraform, else tofu on the PATH. Without
// one, tests that need it are skipped. Call it from TestMain.
//
// The test program that calls it is also the provider that Install installs.
func Main(m *testing.M) {
	serveIfAsked()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "OPENAI_") && !ofTheTests(name) {
			_ = os.Unsetenv(name)
		}
	}
	// A CLI configuration that is not there makes the CLI print a warning where
	// the test library expects a version.
	_ = os.Unsetenv("TF_CLI_CONFIG_FILE")
	if os.Getenv(collectVariable) == "" {
		_ = os.Setenv(collectVariable, strconv.Itoa(collectPercent))
		debug.SetGCPercent(collectPercent)
	}
	cli := os.Getenv("TF_ACC_TERRAFORM_PATH")
	for _, name := range []string{"terraform", "tofu"} {
		if found, err := exec.LookPath(name); cli == "" && err == nil {
			cli = found
		}
	}
	if cli != "" {
		_ = os.Setenv("TF_ACC", "1")
		_ = os.Setenv("TF_ACC_TERRAFORM_PATH", cli)
		if IsTofu() {
			_ = os.Setenv("TF_ACC_PROVIDER_HOST", "registry.opentofu.org")
		}
	}
	os.Exit(m.Run())
}

// ofTheTests reports whether a variable is meant for a run of the tests, rather than a setting of the user's.
func ofTheTests(name string) bool { return name == "OPENAI_OPENAPI" || name == serve.FrameworkOnly }

// IsTofu reports whether the CLI of this run is OpenTofu.
func IsTofu() bool {
	return strings.HasPrefix(filepath.Base(os.Getenv("TF_ACC_TERRAFORM_PATH")), "tofu")
}

// Server is an emulator that one test has to itself.
type Server struct {
	*emulator.Server
	URL string // the base URL, ending in /v1

	// Foreign is set by a test that sends, on purpose, what OpenAI's document
	// does not have.
	Foreign bool
}

// keptAnswers is how long an answer may be that is held against OpenAI's
// document, in bytes.
const keptAnswers = 1 << 20

// Start starts an emulator for a test, which runs in parallel with others. When the test ends, every request that
// it saw is held against OpenAI's own document, where that is at hand, and so is every answer of the profile OpenAI.
func Start(t *testing.T, options emulator.Options) *Server {
	t.Helper()
	t.Parallel()
	return StartAlone(t, options)
}

// StartAlone is Start for a test that must not run in parallel with others, or
// needs a second server.
func StartAlone(t *testing.T, options emulator.Options) *Server {
	t.Helper()
	if options.Profile == emulator.OpenAI && len(options.Habits) == 0 && options.KeepAnswers == 0 {
		options.KeepAnswers = keptAnswers
	}
	s := &Server{Server: emulator.New(options)}
	h := httptest.NewServer(s.Server)
	s.URL = h.URL + "/v1"
	t.Cleanup(func() {
		h.CloseClientConnections() // a request may still hang, on purpose
		h.Close()
		s.checkTraffic(t)
	})
	return s
}

func (s *Server) checkTraffic(t *testing.T) {
	t.Helper()
	document := openapi.Shared(t)
	if document == nil || s.Foreign {
		return
	}
	for _, r := range s.Requests() {
		for _, err := range document.CheckRequest(r.Method, r.Path, r.Query, r.Body) {
			t.Errorf("%s %s is not what OpenAI's document allows: %v\n%s", r.Method, r.Path, err, r.Body)
		}
		if len(r.Answer) == 0 {
			continue // not kept, or a fault's
		}
		for _, err := range document.CheckResponse(r.Method, r.Path+"?"+r.Query.Encode(), r.Status, r.Answer) {
			t.Errorf("the emulator's answer to %s %s is not what OpenAI's document has: %v\n%s", r.Method, r.Path, err, r.Answer)
		}
	}
}

// Provider is a provider block for the server, with more arguments if given.
func (s *Server) Provider(arguments ...string) string {
	return "provider \"openai\" {\n  base_url = \"" + s.URL + "\"\n  api_key = \"" + Key + "\"\n  " +
		strings.Join(arguments, "\n  ") + "\n}\n"
}

// Factories serve the provider in process, short cuts included. All have one data directory, of the test's own.
func Factories(t testing.TB) map[string]func() (tfprotov6.ProviderServer, error) {
	t.Helper()
	own := DataIn(t.TempDir())
	return map[string]func() (tfprotov6.ProviderServer, error){
		"openai": func() (tfprotov6.ProviderServer, error) { return serve.New(provider.New("test", own)), nil },
	}
}

// Run runs steps with the real CLI. A step whose
// configuration has no provider block gets the server's.
func (s *Server) Run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	for i := range steps {
		if steps[i].Config != "" && !strings.Contains(steps[i].Config, `provider "openai"`) {
			steps[i].Config = s.Provider() + steps[i].Config
		}
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(t), Steps: steps})
}
