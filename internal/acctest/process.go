package acctest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
)

// installedVersion is the version of the provider that Install installs.
const installedVersion = "0.0.1"

// Installed is the provider as a program, where the CLI finds it as it finds a
// released one: init, test and saved plans work the ordinary way, each in a
// process of its own.
type Installed struct {
	cli    string
	env    []string
	mirror string
	alive  *alive
}

// Install installs the provider for a test, which is skipped where there is no
// CLI. The program is the test program itself: see Main. So it is never older
// than the test, and the race detector and coverage see it. The test fails if a
// provider is left over in the end.
func Install(t testing.TB) *Installed {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("there is no terraform and no tofu")
	}
	root := t.TempDir()
	i := &Installed{cli: os.Getenv("TF_ACC_TERRAFORM_PATH"), mirror: filepath.Join(root, "mirror")}
	_, source, _ := strings.Cut(provider.Address, "/")
	i.Also(t, source)
	config := filepath.Join(root, "cli.tfrc")
	write(t, config, fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", i.mirror))
	for _, entry := range os.Environ() {
		if !ofTheUser(entry) {
			i.env = append(i.env, entry)
		}
	}
	races := raceLogs(t)
	i.alive = watch(t)
	i.env = append(i.env, "TF_CLI_CONFIG_FILE="+config, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1",
		serveVariable+"="+i.alive.listener.Addr().String(), "GORACE=atexit_sleep_ms=0 log_path="+races)
	return i
}

// Also installs the test program as another provider, such as "hashicorp/local". What it
// then is, its main function decides by its name (os.Args).
func (i *Installed) Also(t testing.TB, source string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		at := filepath.Join(i.mirror, host, filepath.FromSlash(source), installedVersion, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(at, 0o700); err != nil {
			t.Fatal(err)
		}
		program := filepath.Join(at, "terraform-provider-"+filepath.Base(source)+"_v"+installedVersion)
		if err := os.Symlink(self, program); err != nil {
			t.Fatal(err)
		}
	}
}

// raceLogs says where the provider's race detector writes, because the CLI throws away
// what a provider says, and fails the test if there is anything in the end.
func raceLogs(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "race") // not the test's: its name may hold what GORACE cannot
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		found, _ := filepath.Glob(filepath.Join(dir, "*")) // the pattern is sound
		for _, name := range found {
			text, err := os.ReadFile(filepath.Clean(name))
			t.Errorf("a race in the provider: %v\n%s", err, text)
		}
		_ = os.RemoveAll(dir)
	})
	return filepath.Join(dir, "log")
}

// ofTheUser reports whether a variable would change what the CLI or the provider does.
func ofTheUser(entry string) bool {
	name, _, _ := strings.Cut(strings.ToUpper(entry), "=")
	if ofTheTests(name) {
		return false
	}
	for _, prefix := range []string{"OPENAI_", "AZURE_", "TF_", "ACCTEST_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return strings.HasSuffix(name, "_PROXY")
}

// Dir is a working directory in which the CLI runs.
type Dir struct {
	Path string
	t    testing.TB
	in   *Installed
	env  []string
}

// Dir makes a working directory of files, by name. Where none of them says where the
// provider comes from, a file that does is added. Nothing is run yet.
func (i *Installed) Dir(t testing.TB, files map[string]string) *Dir {
	t.Helper()
	d := &Dir{Path: t.TempDir(), t: t, in: i}
	said := false
	for name, text := range files {
		d.Write(name, text)
		said = said || strings.Contains(text, "required_providers")
	}
	if !said {
		_, source, _ := strings.Cut(provider.Address, "/")
		d.Write("versions.tf", fmt.Sprintf("terraform {\n  required_providers {\n    openai = {\n      source = %q\n    }\n  }\n}\n", source))
	}
	return d
}

// Write writes a file, over the one that is there.
func (d *Dir) Write(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.Path, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.t.Fatal(err)
	}
	write(d.t, path, text)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// With is the same directory with more environment variables (NAME=value).
func (d *Dir) With(env ...string) *Dir {
	with := *d
	with.env = append(append([]string(nil), d.env...), env...)
	return &with
}

// Run runs the CLI and returns all that it writes. The error is an
// *exec.ExitError where it does not end well.
func (d *Dir) Run(arguments ...string) (output string, err error) {
	d.t.Helper()
	return d.Start(arguments...).Wait()
}

// MustRun is Run where nothing may go wrong.
func (d *Dir) MustRun(arguments ...string) (output string) {
	d.t.Helper()
	output, err := d.Run(arguments...)
	if err != nil {
		d.t.Fatalf("%s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
	return output
}

// ExitCode is the status of Run, for "plan -detailed-exitcode" and the like.
func ExitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// Running is a CLI that runs.
type Running struct {
	Process *os.Process
	output  *output
	done    chan struct{}
	err     error
}

// colourful are the commands that know -no-color.
var colourful = map[string]bool{"init": true, "plan": true, "apply": true, "destroy": true, "refresh": true,
	"show": true, "output": true, "validate": true, "test": true, "import": true}

// command is a program in the folder, with the environment of the CLI.
func (d *Dir) command(program string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(d.t.Context(), program, arguments...)
	cmd.Dir = d.Path
	cmd.Env = append(append([]string(nil), d.in.env...), d.env...)
	return cmd
}

// Start starts the CLI. If it still runs when the test ends, it is killed.
func (d *Dir) Start(arguments ...string) *Running {
	d.t.Helper()
	if len(arguments) > 0 && colourful[arguments[0]] {
		arguments = append([]string{arguments[0], "-no-color"}, arguments[1:]...)
	}
	cmd := d.command(d.in.cli, arguments...)
	cmd.WaitDelay = 5 * time.Second // a provider that outlives the CLI holds its output open
	r := &Running{output: &output{}, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = r.output, r.output
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	r.Process = cmd.Process
	go func() {
		defer close(r.done)
		r.err = cmd.Wait()
	}()
	d.t.Cleanup(func() { <-r.done })
	return r
}

// output is what a CLI has written so far.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	waits map[string]chan struct{}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, _ = o.text.Write(p)
	o.look()
	return len(p), nil
}

func (o *output) look() {
	for text, said := range o.waits {
		if bytes.Contains(o.text.Bytes(), []byte(text)) {
			close(said)
			delete(o.waits, text)
		}
	}
}

// Says returns a channel that is closed when the CLI has written a text. Each text can be waited for once.
func (r *Running) Says(text string) <-chan struct{} {
	r.output.mu.Lock()
	defer r.output.mu.Unlock()
	said := make(chan struct{})
	if r.output.waits == nil {
		r.output.waits = map[string]chan struct{}{}
	}
	r.output.waits[text] = said
	r.output.look()
	return said
}

// Done is closed when the CLI has ended.
func (r *Running) Done() <-chan struct{} { return r.done }

// Wait waits for the end and returns all that the CLI wrote.
func (r *Running) Wait() (output string, err error) {
	<-r.done
	r.output.mu.Lock()
	defer r.output.mu.Unlock()
	return r.output.text.String(), r.err
}
