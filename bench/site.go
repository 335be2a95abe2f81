package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const namespace = "seed-7e69199f"

// site is a temporary directory with the programs under test and a
// configuration for the CLI that finds them.
type site struct {
	dir, cli, profile string
	env               []string
	reference         *site // the same with another build of the provider; nil = there is none
}

// cost is one run of the CLI.
type cost struct {
	wall time.Duration
	cpu  time.Duration // user and system time of the provider processes alone
	rest time.Duration // that of the CLI, without the provider
	peak int64         // bytes resident at most, of one provider process
}

// better keeps what disturbed least: the shortest times; of the memory, the largest.
func (c *cost) better(other cost) {
	if c.wall == 0 {
		*c = other
		return
	}
	c.wall, c.cpu, c.rest = min(c.wall, other.wall), min(c.cpu, other.cpu), min(c.rest, other.rest)
	c.peak = max(c.peak, other.peak)
}

// prepare builds the programs. reference is the file of another build of the provider; "" = none.
func (s *site) prepare(reference string) error {
	for out, from := range map[string]string{
		"openai-emulator": "./cmd/openai-emulator", "loop": "./bench/loop", "batch": "./bench/batch",
		"terraform-provider-openai.real": ".", "terraform-provider-openai": "./bench/meter",
		"terraform-provider-nothing.real": "./bench/nothing", "terraform-provider-nothing": "./bench/meter",
	} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(s.dir, out), from)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("go build %s: %w", from, err)
		}
	}
	if err := s.useProviders(s.dir); err != nil {
		return err
	}
	if reference == "" {
		return nil
	}
	if err := s.prepareReference(reference); err != nil {
		return fmt.Errorf("-reference: %w", err)
	}
	return nil
}

// prepareReference makes the site with another build of the provider.
func (s *site) prepareReference(file string) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	if _, err := exec.LookPath(file); err != nil {
		return err
	}
	dir := filepath.Join(s.dir, "reference")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	const name = "terraform-provider-openai"
	if err := os.Link(filepath.Join(s.dir, name), filepath.Join(dir, name)); err != nil { // the meter
		return err
	}
	if err := os.Symlink(file, filepath.Join(dir, name+".real")); err != nil {
		return err
	}
	other := *s
	s.reference = &other
	return other.useProviders(dir)
}

// useProviders makes the CLI take the providers in a directory.
func (s *site) useProviders(dir string) error {
	rc := filepath.Join(dir, "cli.tfrc")
	text := "provider_installation {\n  dev_overrides {\n"
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		for _, name := range []string{"openai", "nothing"} {
			text += fmt.Sprintf("    \"%s/%s/%s\" = %q\n", host, namespace, name, dir)
		}
	}
	if err := os.WriteFile(rc, []byte(text+"  }\n  direct {}\n}\n"), 0o600); err != nil {
		return err
	}
	s.env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+rc, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "METER_REPORT="+s.report())
	if s.profile != "" {
		s.env = append(s.env, "OPENAI_PROVIDER_PROFILE="+s.profile)
	}
	return nil
}

func (s *site) report() string { return filepath.Join(s.dir, "report") }

// step is one run of the CLI in a directory, and where its cost goes.
type step struct {
	into *cost
	dir  string
	args []string
}

// measure takes the steps, so often as there are runs, and keeps the best of each. Each
// run begins without any state.
func (s *site) measure(runs int, steps ...step) error {
	for range runs {
		for _, st := range steps {
			if err := forget(st.dir); err != nil {
				return err
			}
		}
		if err := s.take(steps...); err != nil {
			return err
		}
	}
	return nil
}

// take takes the steps once, with the state that is there.
func (s *site) take(steps ...step) error {
	for _, st := range steps {
		c, err := s.command(st.dir, st.args...)
		if err != nil {
			return err
		}
		st.into.better(c)
	}
	return nil
}

// forget removes the state.
func forget(dir string) error {
	for _, name := range []string{"terraform.tfstate", "terraform.tfstate.backup"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// command runs the CLI and reads what the meter around the provider reported.
func (s *site) command(dir string, args ...string) (cost, error) {
	_ = os.Remove(s.report())
	cmd := exec.Command(s.cli, args...)
	cmd.Dir, cmd.Env = dir, s.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(start)}
	if err != nil {
		tail := out.String()
		return c, fmt.Errorf("%s %v: %w\n%s", s.cli, args, err, tail[max(0, len(tail)-2000):])
	}
	c.rest = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime() // with the processes that it has waited for
	text, err := os.ReadFile(s.report())
	if errors.Is(err, os.ErrNotExist) {
		return c, nil // no provider of ours in this directory
	}
	if err != nil {
		return c, err
	}
	for _, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		var one struct {
			CPU  time.Duration
			Peak int64
		}
		if err := json.Unmarshal(line, &one); err != nil {
			return c, err
		}
		c.cpu += one.CPU
		c.peak = max(c.peak, one.Peak)
	}
	c.rest -= c.cpu
	return c, nil
}

// loop asks as many questions with nothing but the SDK. The cost is that of the program; its wall time is the asking's.
func (s *site) loop(url string, count, parallelism int) (cost, error) {
	cmd := exec.Command(filepath.Join(s.dir, "loop"), "-url", url, "-count", strconv.Itoa(count), "-parallelism", strconv.Itoa(parallelism))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return cost{}, fmt.Errorf("the loop: %w", err)
	}
	took, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	return cost{wall: time.Duration(took), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak: resident(cmd.ProcessState)}, err
}

// resident is how many bytes a process that has ended had in memory at most; 0 where the system does not say.
func resident(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "linux":
		return usage.Maxrss * 1024 // kilobytes there, bytes on macOS
	}
	return usage.Maxrss
}

func (s *site) directory(name, config string) (string, error) {
	dir := filepath.Join(s.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "main.tf"), []byte(config), 0o600)
}

// emulator starts one, until stop is called.
func (s *site) emulator(args ...string) (url string, stop func(), err error) {
	file := filepath.Join(s.dir, "address")
	_ = os.Remove(file)
	cmd := exec.Command(filepath.Join(s.dir, "openai-emulator"), append([]string{"-addr", "127.0.0.1:0", "-addr-file", file}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
	for range 200 {
		if text, err := os.ReadFile(file); err == nil {
			return string(bytes.TrimSpace(text)), stop, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("the emulator did not start within 10 s: %s", said.String())
}
