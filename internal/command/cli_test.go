package command_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const provider = `
variable "key" {
  default = "base"
}
provider "openai" {
  recordings {
    directory = "recordings"
  }
}
`

// completion asks with two labels, in one resource.
func completion(name, prompt, more string) string {
	return `
resource "openai_chat_completion" "` + name + `" {
  for_each = toset(["a", "b"])
  label    = each.key
  model    = "gpt-4"
  message {
    role    = "system"
    content = "Say how sensitive the data of a service is, and why, in one sentence. Be brief. Do not guess."
  }
  message {
    role    = "user"
    content = "` + prompt + `, ${each.key}, ${var.key}"
  }
` + more + `
}
`
}

const embedding = `
data "openai_embedding" "read" {
  label      = "read"
  model      = "text-embedding-3-small"
  dimensions = 4
  input      = "hello"
}
`

// workspace is a directory with a configuration that has been applied.
func workspace(t *testing.T, main string) *acctest.Dir {
	t.Helper()
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": provider + main}).With("OPENAI_BASE_URL="+s.URL, "OPENAI_API_KEY="+acctest.Key)
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	return dir
}

// prefixes are the names of the files in a directory, as far as they are the label.
func prefixes(t *testing.T, dir string) []string {
	t.Helper()
	var labels []string
	for _, name := range list(t, dir) {
		label, _, _ := strings.Cut(name, ".")
		labels = append(labels, label)
	}
	return labels
}

// The states of several workspaces, one after another, keep what each of them needs.
func TestPrune_takesTheStatesOfSeveralWorkspaces(t *testing.T) {
	dir := workspace(t, completion("one", "hello", "")+embedding)
	recordings := filepath.Join(dir.Path, "recordings")
	base := dir.MustRun("show", "-json")
	dir.MustRun("workspace", "new", "other")
	other := dir.With("TF_VAR_key=other")
	other.MustRun("apply", "-auto-approve")
	if got := prefixes(t, recordings); !slices.Equal(got, []string{"a", "a", "b", "b", "read"}) {
		t.Fatalf("there is %v", got)
	}
	if status, said := run(base+dir.MustRun("show", "-json"), "prune", "-delete", recordings); status != 0 || !strings.Contains(said, "nothing to delete") {
		t.Errorf("%d\n%s", status, said)
	}
	if status, said := run(base, "prune", "-delete", recordings); status != 0 || !strings.Contains(said, "2 recordings deleted") {
		t.Errorf("%d\n%s", status, said)
	}
	dir.MustRun("workspace", "select", "default")
	dir.With("OPENAI_RECORDINGS_MODE=replay", "OPENAI_API_KEY=").MustRun("apply", "-auto-approve", "-replace=openai_chat_completion.one[\"a\"]")
}

// A plan names what it will need: an edited prompt is a rename in git, its old words against the new ones.
func TestPrune_makesAnEditedPromptARenameInGit(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip(err)
	}
	const onPlan = "  generate_on = \"plan\"\n"
	dir := workspace(t, completion("one", "hello", onPlan)+completion("later", "farewell", "")+embedding)
	in := func(arguments ...string) string {
		cmd := exec.CommandContext(t.Context(), git, append([]string{"-C", dir.Path, "-c", "user.name=a", "-c", "user.email=a@example.com"}, arguments...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", arguments, err, out)
		}
		return string(out)
	}
	in("init", "-q")
	in("add", "recordings")
	in("commit", "-qm", "x")
	dir.Write("main.tf", provider+completion("one", "good morning", onPlan)+completion("later", "goodbye", "")+embedding)
	dir.MustRun("plan", "-out=tfplan")
	recordings := filepath.Join(dir.Path, "recordings")
	status, said := run(dir.MustRun("show", "-json", "tfplan"), "prune", "-delete", recordings)
	if status != 0 || !strings.Contains(said, "2 recordings deleted") { // those of "later" are needed until it has been asked
		t.Errorf("%d\n%s", status, said)
	}
	in("add", "-A", "recordings")
	if said := in("diff", "--cached", "-M", "--summary"); strings.Count(said, "rename recordings/") != 2 || strings.Contains(said, "create mode") {
		t.Errorf("git sees\n%s", said)
	}
	diff := in("diff", "--cached", "-M", "--unified=0", "--", "recordings")
	contains(t, diff, `- "content": "hello, a, base"`, `+ "content": "good morning, a, base"`)
	dir.MustRun("apply", "tfplan")
	if status, said := run(dir.MustRun("show", "-json"), "prune", recordings); !strings.Contains(said, "2 recordings that no given state or plan uses would be deleted") {
		t.Errorf("%d\n%s", status, said)
	}
}

// A plan that looks at a part only keeps what the rest needs.
func TestPrune_keepsWhatAPlanDoesNotLookAt(t *testing.T) {
	dir := workspace(t, completion("one", "hello", "")+completion("two", "goodbye", ""))
	dir.MustRun("plan", "-out=tfplan", "-target=openai_chat_completion.one")
	if status, said := run(dir.MustRun("show", "-json", "tfplan"), "prune", filepath.Join(dir.Path, "recordings")); status != 0 || !strings.Contains(said, "nothing to delete") {
		t.Errorf("%d\n%s", status, said)
	}
	dir.Write("main.tf", provider+completion("two", "goodbye", ""))
	dir.MustRun("plan", "-out=tfplan")
	if status, said := run(dir.MustRun("show", "-json", "tfplan"), "prune", filepath.Join(dir.Path, "recordings")); status != 0 || !strings.Contains(said, "2 recordings that no given state or plan uses would be deleted") {
		t.Errorf("%d\n%s", status, said)
	}
}

// A set that keeps its answers in a file names no recording, and needs those of all its requests.
func TestPrune_keepsWhatASetHasInAFile(t *testing.T) {
	const set = `
resource "openai_chat_completion_set" "many" {
  model        = "gpt-5.4"
  results_file = "answers.jsonl"
  requests     = { one = "hello", two = "goodbye" }
}
`
	dir := workspace(t, set+completion("other", "hello", ""))
	recordings := filepath.Join(dir.Path, "recordings")
	if status, said := run(dir.MustRun("show", "-json"), "prune", recordings); status != 0 || !strings.Contains(said, "nothing to delete") {
		t.Errorf("%d\n%s", status, said)
	}
	dir.MustRun("plan", "-out=tfplan")
	if status, said := run(dir.MustRun("show", "-json", "tfplan"), "prune", recordings); status != 0 || !strings.Contains(said, "nothing to delete") {
		t.Errorf("%d\n%s", status, said)
	}
	// What a plan does not know is an error.
	dir.Write("main.tf", provider+strings.Replace(set, "goodbye", "good night", 1)+completion("other", "hello", ""))
	dir.MustRun("plan", "-out=tfplan")
	status, said := run(dir.MustRun("show", "-json", "tfplan"), "prune", recordings)
	if status == 0 {
		t.Error(said)
	}
	contains(t, said, "does not know which recordings some resources will use: openai_chat_completion_set.many")
	// A removed name needs its recording no more.
	dir.Write("main.tf", provider+strings.Replace(set, `, two = "goodbye"`, "", 1)+completion("other", "hello", ""))
	dir.MustRun("apply", "-auto-approve")
	if status, said := run(dir.MustRun("show", "-json"), "prune", recordings); status != 0 || !strings.Contains(said, "1 recording that no given state or plan uses would be deleted") || !strings.Contains(said, "two.") {
		t.Errorf("%d\n%s", status, said)
	}
}

// A set that keeps its answers in the state names their recordings. Those that an edit replaces are needed until it is applied.
func TestPrune_keepsWhatASetHas(t *testing.T) {
	const set = `
resource "openai_chat_completion_set" "many" {
  model    = "gpt-5.4"
  requests = { one = "hello", two = "goodbye" }
}
`
	dir := workspace(t, set)
	recordings := filepath.Join(dir.Path, "recordings")
	dir.Write("main.tf", provider+strings.Replace(set, "goodbye", "good night", 1))
	dir.MustRun("plan", "-out=tfplan")
	if status, said := run(dir.MustRun("show", "-json", "tfplan"), "prune", recordings); status != 0 || !strings.Contains(said, "nothing to delete") {
		t.Errorf("%d\n%s", status, said)
	}
}
