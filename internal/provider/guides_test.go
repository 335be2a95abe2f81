package provider_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// ofGuides are the examples of guides that are more than a configuration, or that the
// test library cannot run (for_each): each has a test here.
var ofGuides = map[string]bool{"cost": true, "knowledge_base": true, "network": true, "nightly": true, "set_batch": true,
	"sets_and_batches": true, "testing": true, "versions": true, "yaml_to_files": true}

// copied is a copy of an example, in which the CLI runs. If the example does not say where
// the provider comes from, the copy does.
func copied(t *testing.T, in *acctest.Installed, example string) *acctest.Dir {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root+"examples/"+example, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(root+"examples/"+example, path)
		if acctest.IsTofu() && name == filepath.Join("tests", "override.tftest.hcl") {
			return err // OpenTofu overrides whole resources only, as the guide says
		}
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := in.Dir(t, files)
	dir.MustRun("init")
	return dir
}

// A private authority, a proxy and max_concurrent, all at once.
func TestExamples_network(t *testing.T) {
	t.Parallel()
	s := emulator.New(emulator.Options{Keys: []string{acctest.Key}, Latency: 20 * time.Millisecond})
	var flying, most atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if now := flying.Add(1); now > most.Load() {
			most.Store(now)
		}
		defer flying.Add(-1)
		s.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // a client that does not trust it is what is tested
	server.StartTLS()
	t.Cleanup(server.Close)
	var tunnels atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "example.com:443" {
			t.Errorf("the proxy was asked for %s %s", r.Method, r.Host)
			return
		}
		tunnels.Add(1)
		tunnel(w, server.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)

	dir := copied(t, acctest.Install(t), "network").With("OPENAI_API_KEY="+acctest.Key, "HTTPS_PROXY="+proxy.URL)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	dir.Write("authority.pem", string(authority))
	said, err := dir.Run("apply", "-auto-approve")
	if err == nil || !words("The server's certificate is not trusted here").MatchString(said) {
		t.Errorf("without the authority: %v\n%s", err, said)
	}
	dir.With("SSL_CERT_FILE="+filepath.Join(dir.Path, "authority.pem")).MustRun("apply", "-auto-approve")
	if n := most.Load(); n < 2 || n > 4 {
		t.Errorf("%d requests were under way at a time", n)
	}
	if n := len(s.Requests()); n != 8 || tunnels.Load() == 0 {
		t.Errorf("%d requests, %d tunnels", n, tunnels.Load())
	}
}

// tunnel connects the client of a CONNECT with an address.
func tunnel(w http.ResponseWriter, address string) {
	there, err := (&net.Dialer{}).Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = there.Close()
		return
	}
	_, _ = here.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	go func() {
		_, _ = io.Copy(there, here)
		_ = there.Close()
	}()
	_, _ = io.Copy(here, there)
	_ = here.Close()
}

// The module's own tests pass, without a key and without a call.
func TestExamples_testing(t *testing.T) {
	t.Parallel()
	dir, passed := copied(t, acctest.Install(t), "testing").With("OPENAI_BASE_URL=http://127.0.0.1:1/v1"), "5 passed, 0 failed"
	if acctest.IsTofu() {
		passed = "4 passed, 0 failed"
	}
	if said := dir.MustRun("test"); !strings.Contains(said, passed) {
		t.Error(said)
	}
}

// A run of the tests records what is missing, except in the mode "replay".
func TestExamples_testingRecords(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := copied(t, acctest.Install(t), "testing").With("OPENAI_BASE_URL=" + s.URL)
	recordings := filepath.Join(dir.Path, "tests", "recordings")
	if err := os.RemoveAll(recordings); err != nil {
		t.Fatal(err)
	}
	test := []string{"test", "-filter=" + filepath.Join("tests", "replay.tftest.hcl")}
	if said, err := dir.With("OPENAI_RECORDINGS_MODE=replay").Run(test...); err == nil || len(s.Requests()) != 0 {
		t.Errorf("in the mode \"replay\": %d requests, and\n%s", len(s.Requests()), said)
	}
	_, _ = dir.Run(test...) // what the emulator invents is not what the test expects
	recorded, err := filepath.Glob(filepath.Join(recordings, "*.json"))
	if err != nil || len(recorded) != 2 || len(s.Requests()) != 2 {
		t.Errorf("%d requests, and the recordings %v, %v", len(s.Requests()), recorded, err)
	}
}

// The constraints are valid, and this CLI satisfies them.
func TestExamples_versions(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(root + "examples/versions/versions.tf")
	if err != nil {
		t.Fatal(err)
	}
	// The provider of a test has a version of its own.
	dir := acctest.Install(t).Dir(t, map[string]string{"versions.tf": strings.Replace(string(text), `"~> 0.1"`, `"~> 0.0"`, 1)})
	dir.MustRun("init")
	dir.MustRun("validate")
}

// Each entry of the YAML file becomes a file.
func TestExamples_yamlToFiles(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	in := acctest.Install(t)
	in.Also(t, "hashicorp/local")
	dir := copied(t, in, "yaml_to_files").With("OPENAI_BASE_URL=" + s.URL)
	dir.MustRun("apply", "-auto-approve")
	if n := len(s.Requests()); n != 3 {
		t.Errorf("%d requests were sent", n)
	}
	written, err := os.ReadFile(filepath.Join(dir.Path, "runbooks", "billing.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"# billing\n\nTeam: payments. Severity if it is down: ", "## What to do\n\n1. "} {
		if !strings.Contains(string(written), part) {
			t.Errorf("%q is not in\n%s", part, written)
		}
	}

	// What is not in a prompt asks nothing.
	services, err := os.ReadFile(filepath.Join(dir.Path, "services.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dir.Write("services.yaml", strings.Replace(string(services), "team: payments", "team: money", 1))
	if said := dir.MustRun("apply", "-auto-approve"); !strings.Contains(said, "1 added, 0 changed, 1 destroyed") || len(s.Requests()) != 3 {
		t.Errorf("%d requests, and\n%s", len(s.Requests()), said)
	}
	retryOne(t, s, dir)
}

// retryOne asks for one entry again, as the guide says.
func retryOne(t *testing.T, s *acctest.Server, dir *acctest.Dir) {
	t.Helper()
	guide, err := os.ReadFile(root + "templates/guides/yaml-to-files.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	triggers := regexp.MustCompile(`triggers = contains.*`).FindString(string(guide))
	main, err := os.ReadFile(filepath.Join(dir.Path, "main.tf"))
	if err != nil || triggers == "" {
		t.Fatalf("%q, %v", triggers, err)
	}
	dir.Write("main.tf", strings.Replace(string(main), "label                 = each.key", triggers, 1))
	for i, retry := range []string{"{}", "{ billing = 1 }", "{ billing = 2 }", "{}"} {
		dir.Write("retry.tf", "locals {\n  retry = "+retry+"\n}\n")
		dir.MustRun("apply", "-auto-approve")
		if n := len(s.Requests()); n != 3+i {
			t.Errorf("with %s, %d requests were sent", retry, n)
		}
	}
}

// The sum is known after the apply, and what may take too much fails in the plan.
func TestExamples_cost(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := copied(t, acctest.Install(t), "cost").With("OPENAI_BASE_URL=" + s.URL)
	dir.MustRun("apply", "-auto-approve")
	if n := len(s.Requests()); n != 3 {
		t.Errorf("%d requests were sent", n)
	}
	if dollars := dir.MustRun("output", "-raw", "dollars"); !strings.HasPrefix(dollars, "0.000") {
		t.Errorf("dollars are %q", dollars)
	}
	var many strings.Builder
	for i := range 60 {
		fmt.Fprintf(&many, "  s%d = \"Does a thing.\"\n", i)
	}
	dir.Write("many.tfvars", "services = {\n"+many.String()+"}\n")
	said, err := dir.Run("plan", "-var-file=many.tfvars")
	if err == nil || !words("more than the 10000 that were agreed").MatchString(said) {
		t.Errorf("%v\n%s", err, said)
	}
	if n := len(s.Requests()); n != 3 {
		t.Errorf("with the plan, %d requests were sent", n)
	}
}

// What a newcomer pastes from the README works as it is.
func TestDocs_firstExampleOfTheReadme(t *testing.T) {
	s := acctest.Start(t, emulator.Options{Keys: []string{acctest.Key}})
	readme, err := os.ReadFile(root + "README.md")
	if err != nil {
		t.Fatal(err)
	}
	first := fenced.FindStringSubmatch(string(readme))
	if len(first) == 0 || !strings.Contains(first[1], "required_providers") {
		t.Fatal("the first example of the README does not say where the provider comes from")
	}
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": first[1]}).With("OPENAI_BASE_URL="+s.URL, "OPENAI_API_KEY="+acctest.Key)
	dir.MustRun("init")
	dir.MustRun("apply", "-auto-approve")
	if answer := dir.MustRun("output", "-raw", "translation"); !strings.HasPrefix(answer, "Bonjour") {
		t.Errorf("the answer is %q", answer)
	}
}

// The front page leads to every guide.
func TestDocs_listEveryGuide(t *testing.T) {
	t.Parallel()
	index, err := os.ReadFile(root + "templates/index.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	guides, _ := filepath.Glob(root + "templates/guides/*.md.tmpl")
	if len(guides) < 10 {
		t.Errorf("there are only %d guides", len(guides))
	}
	for _, guide := range guides {
		name := strings.TrimSuffix(filepath.Base(guide), ".md.tmpl")
		if !strings.Contains(string(index), "(guides/"+name+")") {
			t.Errorf("the guide %s is not in the list of the index", name)
		}
	}
}
