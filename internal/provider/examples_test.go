package provider_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/command"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const root = "../../"

// settings blocks say where a provider comes from, which the test knows better.
var settings = regexp.MustCompile(`(?ms)^terraform \{.*?^\}\n?`)

// compatible are the examples that name a server of their own.
const compatible = "compatible/"

// recorded is the example that keeps files, and is run as a program for that.
const recorded = "pay_once"

// needsActions tells the examples that only a newer CLI knows: they are parsed
// where the documentation shows them.
func needsActions(config string) bool { return strings.Contains(config, "action \"") }

// Every example is applied, against an emulator of its own.
func TestExamples_apply(t *testing.T) {
	for dir, config := range examples(t) {
		if !strings.HasPrefix(dir, compatible) && dir != recorded && !ofGuides[dir] && !needsActions(config) {
			t.Run(dir, func(t *testing.T) {
				s := acctest.Start(t, emulator.Options{})
				step := applied(config)
				const block = "provider \"openai\" {"
				step.Config = strings.Replace(step.Config, block, block+"\n  base_url = \""+s.URL+"\"\n", 1)
				s.Run(t, step)
			})
		}
	}
}

// The example with recordings plans as it is, without a key and without a call,
// and its own tests pass.
func TestExamples_payOnce(t *testing.T) {
	t.Parallel()
	dir := acctest.Install(t).Dir(t, nil).With("OPENAI_RECORDINGS_MODE=replay", "OPENAI_BASE_URL=http://127.0.0.1:1/v1")
	if err := os.CopyFS(filepath.Join(dir.Path, recorded), os.DirFS(root+"examples/"+recorded)); err != nil {
		t.Fatal(err)
	}
	dir.Path = filepath.Join(dir.Path, recorded)
	dir.MustRun("init")
	if said := dir.MustRun("plan"); !strings.Contains(said, `terraform_data.audit_log["billing"]`) {
		t.Errorf("the plan is\n%s", said)
	}
	if said := dir.MustRun("test"); !strings.Contains(said, "2 passed, 0 failed") {
		t.Error(said)
	}
	reviewPayOnce(t, dir)
}

// reviewPayOnce corrects an answer of the example where its guide says, and has the command look after the files.
func reviewPayOnce(t *testing.T, dir *acctest.Dir) {
	t.Helper()
	recordings := filepath.Join(dir.Path, "recordings")
	found, err := filepath.Glob(filepath.Join(recordings, "status.*.json"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(found[0], bytes.Replace(text, []byte(`"level": "public"`), []byte(`"level": "internal"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := dir.MustRun("plan", "-out=tfplan"); !strings.Contains(said, `+ level  = "internal"`) {
		t.Errorf("the plan is\n%s", said)
	}
	for want, arguments := range map[string][]string{
		"2 recordings, 212 tokens.": {"list"}, "There is nothing to delete": {"prune", "-delete"},
	} {
		var out, errs strings.Builder
		status := command.Recordings(append(arguments, recordings), strings.NewReader(dir.MustRun("show", "-json", "tfplan")), &out, &errs)
		if status != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("%q: %d\n%s%s", arguments, status, &out, &errs)
		}
	}
}

// An example for another server is planned, which needs neither server nor key.
func TestExamples_planForOtherServers(t *testing.T) {
	t.Parallel()
	s := acctest.StartAlone(t, emulator.Options{})
	for dir, config := range examples(t) {
		if name, ok := strings.CutPrefix(filepath.ToSlash(dir), compatible); ok {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s.Run(t, resource.TestStep{Config: config, PlanOnly: true, ExpectNonEmptyPlan: true})
			})
		}
	}
}

// examples are the configurations below examples/, by directory.
func examples(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root+"examples", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".tf" {
			return err
		}
		text, err := os.ReadFile(path)
		dir, _ := filepath.Rel(root+"examples", filepath.Dir(path))
		found[dir] += settings.ReplaceAllString(string(text), "")
		return err
	})
	if err != nil || len(found) < 4 {
		t.Fatalf("%d examples were found; %v", len(found), err)
	}
	return found
}

// withBlock keeps Run from adding a provider block of its own, which would not
// go by the environment.
func withBlock(config string) string {
	if strings.Contains(config, `provider "openai"`) {
		return config
	}
	return "provider \"openai\" {}\n" + config
}

func applied(text string) resource.TestStep {
	return resource.TestStep{Config: withBlock(text), ConfigVariables: variables(text)}
}

var variable = regexp.MustCompile(`(?ms)^variable "(\w+)" \{\n(.*?)^\}`)

// variables are values for the variables that have no default.
func variables(text string) config.Variables {
	values := config.Variables{}
	for _, match := range variable.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(match[2], "default") {
			values[match[1]] = config.StringVariable("for-example")
		}
	}
	return values
}

var fenced = regexp.MustCompile("(?ms)^```(?:terraform|hcl|tf)\n(.*?)^```")

// Every block of HCL in the documentation parses, and plans with the real schema.
func TestDocs_blocksAreValid(t *testing.T) { //nolint:tparallel // the environment is for all of them, and stays until they have ended
	s := acctest.StartAlone(t, emulator.Options{})
	t.Setenv("OPENAI_BASE_URL", s.URL)
	var known []string
	for _, config := range examples(t) {
		known = append(known, strings.TrimSpace(config))
	}
	t.Cleanup(func() { // when all have been planned
		if n := len(s.Requests()); n != 0 {
			t.Errorf("plans made %d calls", n)
		}
	})
	for name, block := range docBlocks(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, diags := hclparse.NewParser().ParseHCL([]byte(block), name); diags.HasErrors() {
				t.Fatal(diags)
			}
			config := settings.ReplaceAllString(block, "")
			if strings.Contains(config, "\nrun \"") {
				return // tests of a module, which runs them
			}
			if strings.TrimSpace(config) == "" || slices.Contains(known, strings.TrimSpace(config)) {
				return // nothing to plan, or applied as an example
			}
			s.Run(t, resource.TestStep{Config: withBlock(config), PlanOnly: true, ExpectNonEmptyPlan: strings.Contains(config, "resource ")})
		})
	}
}

func docBlocks(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	files := []string{root + "README.md"}
	_ = filepath.WalkDir(root+"docs", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			files = append(files, path)
		}
		return err
	})
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, match := range fenced.FindAllStringSubmatch(string(text), -1) {
			found[filepath.Base(file)+"#"+string(rune('1'+i))] = match[1]
		}
	}
	if len(found) < 4 {
		t.Fatalf("only %d blocks were found", len(found))
	}
	return found
}
