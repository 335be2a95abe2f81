package provider_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// The workflow files of the guide do what it says: the job of a pull request asks for
// what is not recorded and pushes it, and the job of the main branch applies it without a key.

func TestExamples_workflowOfGitHub(t *testing.T) {
	s := acctest.Start(t, emulator.Options{Keys: []string{acctest.Key}})
	p := newPipeline(t, s)
	var workflow struct {
		Jobs map[string]githubJob
	}
	p.decode("ci/github/.github/workflows/terraform.yml", &workflow)

	p.github("change", workflow.Jobs["plan"])
	p.recorded(s)
	p.merge()
	p.github("main", workflow.Jobs["apply"])
	p.applied(s)
}

func TestExamples_workflowOfGitLab(t *testing.T) {
	s := acctest.Start(t, emulator.Options{Keys: []string{acctest.Key}})
	p := newPipeline(t, s)
	var workflow struct {
		Default struct {
			Before []string `json:"before_script"`
		}
		Plan, Apply gitlabJob
	}
	p.decode("ci/gitlab/.gitlab-ci.yml", &workflow)

	p.gitlab("change", workflow.Default.Before, workflow.Plan)
	p.recorded(s)
	p.merge()
	p.gitlab("main", workflow.Default.Before, workflow.Apply)
	p.applied(s)
}

type githubJob struct {
	Env   map[string]string
	Steps []struct {
		Uses, Run string
		Env       map[string]string
	}
}

type gitlabJob struct {
	Variables map[string]string
	Script    []string
}

// pipeline is a repository, and what runs the jobs of its workflows.
type pipeline struct {
	t       *testing.T
	in      *acctest.Installed
	shell   *acctest.Dir // in the folder of the repositories
	project string
}

// newPipeline has the example pay_once, of which one answer is not recorded yet.
func newPipeline(t *testing.T, s *acctest.Server) *pipeline {
	t.Helper()
	p := newRepository(t, s, recorded)
	p.shell.MustShell(`
		cd first
		printf '%s\n' 'recordings/.*' 'recordings/*.unusable.json' .terraform '*.tfstate*' tfplan >.gitignore
		git init --quiet --initial-branch=main
		git add .gitignore *.tf tests
		git commit --quiet -m first
		git push --quiet ../origin.git main
		git rm --quiet --cached -r recordings 2>/dev/null || true
		grep -l 'status:' recordings/* | xargs rm
		git add recordings
		git commit --quiet -m change
		git push --quiet ../origin.git HEAD:change`)
	return p
}

// newRepository is an empty repository, origin.git, and an example in the folder first beside it.
func newRepository(t *testing.T, s *acctest.Server, example string) *pipeline {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	in := acctest.Install(t)
	p := &pipeline{t: t, in: in, project: "origin"}
	p.shell = in.Dir(t, map[string]string{"readme": "required_providers"}).With(
		"OPENAI_BASE_URL="+s.URL, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com")
	if err := os.CopyFS(filepath.Join(p.shell.Path, "first"), os.DirFS(root+"examples/"+example)); err != nil {
		t.Fatal(err)
	}
	p.shell.MustShell("git init --quiet --bare --initial-branch=main origin.git")
	return p
}

// decode reads a YAML file of examples/, as the CLI reads YAML.
func (p *pipeline) decode(file string, into any) {
	p.t.Helper()
	text, err := os.ReadFile(root + "examples/" + file)
	if err != nil {
		p.t.Fatal(err)
	}
	dir := p.in.Dir(p.t, map[string]string{
		"workflow.yml": string(text),
		"main.tf":      "# no required_providers\noutput \"json\" {\n  value = jsonencode(yamldecode(file(\"workflow.yml\")))\n}\n",
	})
	dir.MustRun("apply", "-auto-approve")
	if err := json.Unmarshal([]byte(dir.MustRun("output", "-raw", "json")), into); err != nil {
		p.t.Fatal(err)
	}
}

// checkout is a new working directory with a branch.
func (p *pipeline) checkout(branch string, env ...string) *acctest.Dir {
	p.t.Helper()
	name := "job-" + branch
	p.shell.MustShell("git clone --quiet --branch " + branch + " origin.git " + name)
	dir := p.shell.With(env...)
	dir.Path = filepath.Join(p.shell.Path, name)
	return dir
}

// github runs a job's steps. Those that use an action are known: they check out, install, and keep files.
func (p *pipeline) github(branch string, job githubJob) {
	p.t.Helper()
	dir := p.checkout(branch, environment(job.Env)...)
	ran := 0
	for _, step := range job.Steps {
		action, _, _ := strings.Cut(step.Uses, "@")
		switch {
		case step.Run != "":
			dir.With(environment(step.Env)...).MustShell(step.Run)
			ran++
		case !slices.Contains([]string{"actions/checkout", "actions/upload-artifact", "hashicorp/setup-terraform"}, action):
			p.t.Errorf("the step %+v is not known", step)
		}
	}
	if ran < 2 {
		p.t.Errorf("%d commands were run", ran)
	}
}

// environment is the env of a workflow, with the secrets that there are.
func environment(env map[string]string) []string {
	var all []string
	for name, value := range env {
		all = append(all, name+"="+strings.ReplaceAll(value, "${{ secrets.OPENAI_API_KEY }}", acctest.Key))
	}
	return all
}

// gitlab runs a job's script, in one shell as a runner does.
func (p *pipeline) gitlab(branch string, before []string, job gitlabJob) {
	p.t.Helper()
	env := append(environment(job.Variables), "OPENAI_API_KEY="+acctest.Key, "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME="+branch,
		"CI_SERVER_PROTOCOL=https", "RECORDINGS_TOKEN=glpat-1", "CI_SERVER_HOST=gitlab.example.com", "CI_PROJECT_PATH=team/project",
		// What the script pushes to is the repository of the test.
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url."+filepath.Join(p.shell.Path, "origin.git")+".insteadOf",
		"GIT_CONFIG_VALUE_0=https://ci:glpat-1@gitlab.example.com/team/project.git")
	p.checkout(branch, env...).MustShell(strings.Join(append(slices.Clone(before), job.Script...), "\n"))
}

// recorded checks that the one answer was asked for and pushed.
func (p *pipeline) recorded(s *acctest.Server) {
	p.t.Helper()
	if n := len(s.Requests()); n != 1 {
		p.t.Errorf("the pull request made %d calls", n)
	}
	files := p.shell.MustShell("git -C origin.git ls-tree --name-only change recordings/")
	if n := strings.Count(files, ".json"); n != 2 {
		p.t.Errorf("the branch has the recordings\n%s", files)
	}
}

func (p *pipeline) merge() { p.shell.MustShell("git -C origin.git branch --force main change") }

// applied checks that the apply has made what the plan showed, and no call.
func (p *pipeline) applied(s *acctest.Server) {
	p.t.Helper()
	if n := len(s.Requests()); n != 1 {
		p.t.Errorf("with the apply there were %d calls", n)
	}
	state := p.shell.MustShell("terraform -chdir=job-main state list")
	for _, address := range []string{`openai_chat_completion.sensitivity["billing"]`, `openai_chat_completion.sensitivity["status"]`} {
		if !strings.Contains(state, address) {
			p.t.Errorf("the state has\n%s", state)
		}
	}
}
