package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

const source = "registry.terraform.io/seed-7e69199f/openai"

// site is a temporary directory with the programs under test and a
// configuration for the CLI that finds them.
type site struct {
	dir, cli, profile string
	env               []string
}

// cost is one run of the CLI.
type cost struct {
	wall time.Duration
	cpu  time.Duration // user and system time of the provider process alone
	peak int64         // bytes resident at most, of the provider process alone
}

type result struct {
	apply, plan           cost
	floorApply, floorPlan cost
	loop                  time.Duration
}

type startCost struct{ provider, bare time.Duration }

func (s *site) prepare() error {
	for _, build := range [][]string{
		{"build", "-o", filepath.Join(s.dir, "terraform-provider-openai.real"), "."},
		{"build", "-o", filepath.Join(s.dir, "openai-emulator"), "./cmd/openai-emulator"},
		{"build", "-o", filepath.Join(s.dir, "terraform-provider-openai"), "./bench/meter"},
	} {
		cmd := exec.Command("go", build...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("go %v: %w", build, err)
		}
	}
	rc := filepath.Join(s.dir, "cli.tfrc")
	text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n    \"registry.opentofu.org/seed-7e69199f/openai\" = %q\n  }\n  direct {}\n}\n", source, s.dir, s.dir)
	if err := os.WriteFile(rc, []byte(text), 0o600); err != nil {
		return err
	}
	s.env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+rc, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"METER_PROGRAM="+filepath.Join(s.dir, "terraform-provider-openai.real"), "METER_REPORT="+filepath.Join(s.dir, "report"))
	if s.profile != "" {
		s.env = append(s.env, "OPENAI_PROVIDER_PROFILE="+s.profile)
	}
	return nil
}

// startUp compares "providers schema", which starts the provider once, with the
// same in a directory without providers.
func (s *site) startUp() (startCost, error) {
	with, err := s.directory("start", "terraform {\n  required_providers {\n    openai = { source = \"seed-7e69199f/openai\" }\n  }\n}\nprovider \"openai\" {}\n")
	if err != nil {
		return startCost{}, err
	}
	without, err := s.directory("bare", "")
	if err != nil {
		return startCost{}, err
	}
	var best startCost
	for range 5 {
		a, err := s.command(with, "providers", "schema", "-json")
		if err != nil {
			return startCost{}, err
		}
		b, err := s.command(without, "providers", "schema", "-json")
		if err != nil {
			return startCost{}, err
		}
		if best.provider == 0 || a.wall < best.provider {
			best.provider = a.wall
		}
		if best.bare == 0 || b.wall < best.bare {
			best.bare = b.wall
		}
	}
	return best, nil
}

func (s *site) measure(sh shape) (result, error) {
	var r result
	url, stop, err := s.emulator(sh.latency)
	if err != nil {
		return r, err
	}
	defer stop()
	name := fmt.Sprintf("n%d-l%d-p%d", sh.count, sh.latency.Milliseconds(), sh.parallelism)
	ours, err := s.directory(name, completions(url, sh.count))
	if err != nil {
		return r, err
	}
	floor, err := s.directory(name+"-floor", floorOf(sh.count))
	if err != nil {
		return r, err
	}
	parallelism := fmt.Sprintf("-parallelism=%d", sh.parallelism)
	steps := []struct {
		into *cost
		dir  string
		args []string
	}{
		{&r.floorApply, floor, []string{"apply", "-auto-approve", parallelism}},
		{&r.floorPlan, floor, []string{"plan", "-detailed-exitcode", parallelism}},
		{&r.apply, ours, []string{"apply", "-auto-approve", parallelism}},
		{&r.plan, ours, []string{"plan", "-detailed-exitcode", parallelism}},
	}
	for _, step := range steps {
		if *step.into, err = s.command(step.dir, step.args...); err != nil {
			return r, err
		}
	}
	r.loop, err = loop(url, sh)
	return r, err
}

func completions(url string, count int) string {
	return fmt.Sprintf(`terraform {
  required_providers {
    openai = { source = "seed-7e69199f/openai" }
  }
}
provider "openai" {
  base_url = %q
}
resource "openai_chat_completion" "many" {
  for_each    = toset([for i in range(%d) : tostring(i)])
  model       = "gpt-4"
  temperature = 0.7
  max_tokens  = 100
  message {
    role    = "system"
    content = "You are a helpful assistant that translates English to French."
  }
  message {
    role    = "user"
    content = "Translate the following: 'Hello, how are you?' (${each.key})"
  }
}
`, url, count)
}

func floorOf(count int) string {
	return fmt.Sprintf("resource \"terraform_data\" \"many\" {\n  for_each = toset([for i in range(%d) : tostring(i)])\n  input = each.key\n}\n", count)
}

func (s *site) directory(name, config string) (string, error) {
	dir := filepath.Join(s.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "main.tf"), []byte(config), 0o600)
}

// command runs the CLI and reads what the meter around the provider reported.
func (s *site) command(dir string, args ...string) (cost, error) {
	report := filepath.Join(s.dir, "report")
	_ = os.Remove(report)
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
	text, err := os.ReadFile(report)
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
	return c, nil
}

func (s *site) emulator(latency time.Duration) (url string, stop func(), err error) {
	file := filepath.Join(s.dir, "address")
	_ = os.Remove(file)
	cmd := exec.Command(filepath.Join(s.dir, "openai-emulator"), "-addr", "127.0.0.1:0", "-addr-file", file, "-latency", latency.String())
	cmd.Stderr = os.Stderr
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
	return "", nil, errors.New("the emulator did not start within 10 s")
}

// loop asks the same questions with nothing but the SDK.
func loop(url string, sh shape) (time.Duration, error) {
	client := openai.NewClient(option.WithBaseURL(url+"/"), option.WithAPIKey("none"), option.WithMaxRetries(0),
		option.WithHTTPClient(&http.Client{Transport: &http.Transport{
			DialContext: (&net.Dialer{}).DialContext, MaxIdleConnsPerHost: sh.parallelism,
		}}))
	work := make(chan int)
	failures := make(chan error, sh.count)
	var wg sync.WaitGroup
	start := time.Now()
	for range sh.parallelism {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range work {
				_, err := client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
					Model: "gpt-4", Temperature: openai.Float(0.7), MaxTokens: openai.Int(100),
					Messages: []openai.ChatCompletionMessageParamUnion{
						openai.SystemMessage("You are a helpful assistant that translates English to French."),
						openai.UserMessage(fmt.Sprintf("Translate the following: 'Hello, how are you?' (%d)", i)),
					},
				})
				if err != nil {
					failures <- err
				}
			}
		}()
	}
	for i := range sh.count {
		work <- i
	}
	close(work)
	wg.Wait()
	took := time.Since(start)
	runtime.GC()
	select {
	case err := <-failures:
		return took, err
	default:
		return took, nil
	}
}
