package provider_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/command"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
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

// ofOthers are blocks that no plan of a module has: tests, which the module runs; imports, which are about what is
// there; and queries, which need Terraform 1.14.
var ofOthers = regexp.MustCompile(`(?m)^(run|import|list)\b[^=]*\{$`)

// Every example is applied as it is. They are the modules of one configuration, because
// most of the time goes into starting the CLI.
func TestExamples_apply(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	all := map[string]string{}
	for dir, config := range examples(t) {
		if !strings.HasPrefix(dir, compatible) && dir != recorded && !ofGuides[dir] && !needsActions(config) {
			all[dir] = config
		}
	}
	dir := modules(t, all).With("OPENAI_BASE_URL="+s.URL, "OPENAI_ADMIN_KEY=sk-admin-of-the-examples", acctest.SkipWaits(filepath.Join(t.TempDir(), "waits")))
	for name := range all {
		if err := os.CopyFS(filepath.Join(dir.Path, moduleName(name)), besides{os.DirFS(root + "examples/" + name)}); err != nil {
			t.Fatal(err)
		}
	}
	aLibrary(t, s)
	there := s.Objects("files")
	dir.MustRun("apply", "-auto-approve")
	calls := map[string]int{}
	for _, r := range s.Requests() {
		calls[r.Path]++
	}
	for _, path := range []string{"/v1/chat/completions", "/v1/responses", "/v1/responses/input_tokens", "/v1/embeddings", "/v1/moderations", "/v1/decisions", "/v1/organization/costs", "/v1/organization/usage/completions", "/v1/models", "/v1/files", "/v1/vector_stores", "/v1/batches"} {
		if calls[path] == 0 {
			t.Errorf("nothing was asked of %s", path)
		}
	}
	// Outputs may change: one example lists what is stored, which is what all have stored.
	if said := dir.MustRun("apply", "-auto-approve"); !strings.Contains(said, "Resources: 0 added, 0 changed, 0 destroyed") {
		t.Errorf("another apply changes something:\n%s", said)
	}
	dir.MustRun("destroy", "-auto-approve")
	if left := s.Objects("files"); !slices.Equal(left, there) {
		t.Errorf("there were the files %v, and %v are left", there, left)
	}
}

// besides are the files of an example besides its configuration.
type besides struct{ fs.FS }

func (b besides) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(b.FS, name)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return filepath.Ext(e.Name()) == ".tf" }), err
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
	all := map[string]string{}
	for dir, config := range examples(t) {
		if strings.HasPrefix(dir, compatible) {
			all[dir] = config
		}
	}
	makesResources(t, modules(t, all).MustRun("plan"), all)
}

// modules makes each configuration a module of one, with the outputs that it would have on
// its own. A module without a provider block has the provider of the environment.
func modules(t *testing.T, configs map[string]string) *acctest.Dir {
	t.Helper()
	if len(configs) == 0 {
		t.Fatal("there is no configuration")
	}
	_, source, _ := strings.Cut(provider.Address, "/")
	files := map[string]string{}
	var calls strings.Builder
	for name, config := range configs {
		name = moduleName(name)
		files[name+"/main.tf"] = config
		files[name+"/versions.tf"] = fmt.Sprintf("terraform {\n  required_providers {\n    openai = {\n      source = %q\n    }\n  }\n}\n", source)
		fmt.Fprintf(&calls, "module %q {\n  source = \"./%s\"\n", name, name)
		for _, match := range variable.FindAllStringSubmatch(config, -1) {
			if !strings.Contains(match[2], "default") {
				fmt.Fprintf(&calls, "  %s = \"for-example\"\n", match[1])
			}
		}
		calls.WriteString("}\n")
		for _, match := range output.FindAllStringSubmatch(config, -1) {
			fmt.Fprintf(&calls, "output \"%s_%s\" {\n  value = module.%s.%s\n  sensitive = %t\n}\n",
				name, match[1], name, match[1], sensitive.MatchString(match[2]))
		}
	}
	files["main.tf"], files["versions.tf"] = calls.String(), files[moduleName(slices.Sorted(maps.Keys(configs))[0])+"/versions.tf"]
	dir := acctest.Install(t).Dir(t, files)
	dir.MustRun("init")
	return dir
}

func moduleName(name string) string {
	return "of_" + regexp.MustCompile(`\W`).ReplaceAllString(name, "_")
}

// makesResources checks that a plan has something of each module that has resources.
func makesResources(t *testing.T, plan string, configs map[string]string) {
	t.Helper()
	for name, config := range configs {
		if strings.Contains(config, "resource ") && !strings.Contains(plan, "# module."+moduleName(name)+".") {
			t.Errorf("the plan has nothing of %s", name)
		}
	}
}

var (
	variable  = regexp.MustCompile(`(?ms)^variable "(\w+)" \{\n(.*?)^\}`)
	output    = regexp.MustCompile(`(?ms)^output "(\w+)" \{((?-s:.*\}$)|\n.*?^\})`)
	sensitive = regexp.MustCompile(`\bsensitive\s*=\s*true\b`)
)

// examples are the configurations below examples/, by directory.
func examples(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root+"examples", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".tf" || strings.HasPrefix(entry.Name(), "import") {
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

var fenced = regexp.MustCompile("(?ms)^```(?:terraform|hcl|tf)\n(.*?)^```")

// Every block of HCL in the documentation parses, and plans with the real schema. The
// plan makes no call.
func TestDocs_blocksAreValid(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	var known []string
	for _, config := range examples(t) {
		known = append(known, strings.TrimSpace(config))
	}
	all := map[string]string{}
	for name, block := range docBlocks(t) {
		if _, diags := hclparse.NewParser().ParseHCL([]byte(block), name); diags.HasErrors() {
			t.Error(diags)
			continue
		}
		config := settings.ReplaceAllString(block, "")
		if ofOthers.MatchString(config) {
			continue
		}
		if strings.TrimSpace(config) == "" || slices.Contains(known, strings.TrimSpace(config)) {
			continue // nothing to plan, or applied as an example
		}
		all[name] = config
	}
	makesResources(t, modules(t, all).With("OPENAI_BASE_URL="+s.URL).MustRun("plan"), all)
	if n := len(s.Requests()); n != 0 {
		t.Errorf("the plan made %d calls", n)
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
