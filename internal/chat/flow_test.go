package chat_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// These tests run the provider as a program, each phase a process of its own,
// as a pipeline does: plan here, apply there.

// team is a provider block that takes server and key from the environment.
const team = `
provider "openai" {
  recordings {
    directory = "recordings"
  }
}
`

// online is the environment of a job that may ask; offline of one that cannot.
func online(s *acctest.Server) []string {
	return []string{"OPENAI_BASE_URL=" + s.URL, "OPENAI_API_KEY=" + acctest.Key}
}

var offline = []string{"OPENAI_RECORDINGS_MODE=replay", "OPENAI_BASE_URL=http://127.0.0.1:1/v1"}

// carry copies files and directories from one working directory to another, as an artifact does.
func carry(t *testing.T, from, to *acctest.Dir, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.CopyFS(filepath.Join(to.Path, name), os.DirFS(filepath.Join(from.Path, name))); err == nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join(from.Path, name))
		if err != nil {
			t.Fatal(err)
		}
		to.Write(name, string(text))
	}
}

func TestFlow_planHereApplyThereWithoutAKey(t *testing.T) {
	s := acctest.Start(t, emulator.Options{Keys: []string{acctest.Key}})
	in := acctest.Install(t)
	config := map[string]string{"main.tf": team + completion(`generate_on = "plan"`)}
	here, there := in.Dir(t, config).With(online(s)...), in.Dir(t, config).With(offline...)
	here.Init()
	said := here.MustRun("plan", "-out=plan")
	if !strings.Contains(said, `+ content = "Emulated answer to: hello"`) {
		t.Errorf("the plan does not show the answer:\n%s", said)
	}
	there.Init()
	carry(t, here, there, "plan", "recordings")
	there.MustRun("apply", "plan")
	if got := strings.TrimSpace(there.MustRun("output", "-raw", "content")); got != "Emulated answer to: hello" {
		t.Errorf("applied: %s", got)
	}
	if _, err := there.Run("plan", "-detailed-exitcode"); err != nil {
		t.Error("the plan after that is not empty")
	}
	there.MustRun("destroy", "-auto-approve")
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}

// The recording did not travel: nobody pays twice, whatever the mode.
func TestFlow_saysWhichRecordingDidNotTravel(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	in := acctest.Install(t)
	config := map[string]string{"main.tf": team + completion(`generate_on = "plan"`)}
	here := in.Dir(t, config).With(online(s)...)
	here.Init()
	here.MustRun("plan", "-out=plan")
	for name := range config { // the phase decides the mode, as the guide shows
		here.Write(name, strings.Replace(team, "  }", "    mode = terraform.applying ? \"replay\" : \"reuse\"\n  }", 1)+completion(`generate_on = "plan"`))
		here.MustRun("plan", "-out=applying")
	}
	for name := range config { // what a plan has found on record counts as what it has asked for
		here.Write(name, team+completion(""))
		here.MustRun("plan", "-out=found")
	}
	file := "recordings/" + files(t, filepath.Join(here.Path, "recordings"))[0]
	for mode, environment := range map[string][]string{
		"replay plan": offline, "reuse plan": online(s), "reuse found": online(s), "phase applying": online(s),
	} {
		there := in.Dir(t, config).With(environment...)
		carry(t, here, there, ".terraform", ".terraform.lock.hcl")
		_, plan, _ := strings.Cut(mode, " ")
		carry(t, here, there, plan)
		said, err := there.Run("apply", plan, "-compact-warnings") // Terraform takes it behind the file
		if err == nil || !strings.Contains(said, file) || mode != "reuse found" && (strings.Count(said, "Error: ") != 1 || strings.Contains(said, "Warning")) {
			t.Errorf("%s: %v, and the file is not named:\n%s", mode, err, said)
		}
		if found := files(t, filepath.Join(there.Path, "recordings")); len(found) > 0 {
			t.Errorf("%s: recorded %v", mode, found)
		}
		if state, err := os.ReadFile(filepath.Join(there.Path, "terraform.tfstate")); err == nil && strings.Contains(string(state), `"attributes"`) {
			t.Errorf("%s: the state is %s", mode, state)
		}
	}
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}

// The provider dies when it has the answer and Terraform has not.
func TestFlow_losesNoAnswerToAKill(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": team + completion("")}).With(online(s)...)
	dir.Init()
	if said, err := dir.With(acctest.KillOnceAnswered(filepath.Join(dir.Path, "killed"))).Run("apply", "-auto-approve"); err == nil {
		t.Fatalf("nothing was killed:\n%s", said)
	}
	dir.MustRun("apply", "-auto-approve")
	if _, err := dir.Run("plan", "-detailed-exitcode"); err != nil {
		t.Error("the plan after that is not empty")
	}
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}

// A process for each working directory, all with one directory of recordings.
func TestFlow_oneOfManyProcessesAsks(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	in := acctest.Install(t)
	shared := t.TempDir()
	config := map[string]string{"main.tf": "provider \"openai\" {}\n" + completion("")}
	first := in.Dir(t, config)
	first.Init()
	var wg sync.WaitGroup
	for range 3 {
		dir := in.Dir(t, config).With(append(online(s), "OPENAI_RECORDINGS_DIR="+shared)...)
		carry(t, first, dir, ".terraform", ".terraform.lock.hcl")
		wg.Go(func() {
			if said, err := dir.Run("apply", "-auto-approve"); err != nil {
				t.Error(said)
			}
		})
	}
	wg.Wait()
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
	if found := files(t, shared); len(found) != 1 {
		t.Errorf("the directory holds %v", found)
	}
}

// What the plan knows of an answer can make other resources.
func TestFlow_anAnswerOnRecordIsFitForForEach(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	ask := team + completionOf("Answer with JSON, with keys city and country", "  response_format {\n    type = \"json_object\"\n  }")
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": ask}).With(online(s)...)
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	dir.MustRun("destroy", "-auto-approve")
	dir.Write("each.tf", "resource \"terraform_data\" \"each\" {\n  for_each = openai_chat_completion.test.output\n}\n")
	if said := dir.MustRun("plan"); !strings.Contains(said, `terraform_data.each["city"]`) {
		t.Errorf("the plan is\n%s", said)
	}
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}

func TestFlow_aPlanSaysWhyItAsksAgain(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	in := acctest.Install(t)
	config := func(prompt, generate string) map[string]string {
		return map[string]string{"main.tf": team + completionOf(prompt, fmt.Sprintf("temperature = 0\n  generate_on = %q", generate))}
	}
	dir := in.Dir(t, config("one", "apply")).With(online(s)...)
	dir.Init()
	if said := dir.MustRun("apply", "-auto-approve"); strings.Contains(said, "Warning") {
		t.Errorf("the first plan warns: %s", said)
	}
	for _, step := range []struct {
		prompt, generate, says string
	}{
		{"two", "apply", "Each call is billed. What changed in the requests: messages[0].content. The old answer stays in the state until the new one is there."},
		{"one", "apply", "Recordings answer 1 resource, without a call. What changed in the requests: messages[0].content."},
		{"three", "plan", "The answers are recorded and shown in the plan. Applying it makes no call for them. What changed in the requests: messages[0].content."},
	} {
		for name, text := range config(step.prompt, step.generate) {
			dir.Write(name, text)
		}
		said := dir.MustRun("plan", "-out=plan")
		if n := strings.Count(said, "Warning: "); n != 1 || !flat(step.says).MatchString(said) {
			t.Errorf("%d warnings, want one that says %q:\n%s", n, step.says, said)
		}
		if said := dir.MustRun("apply", "plan"); strings.Contains(said, "Warning") {
			t.Errorf("the apply warns: %s", said)
		}
	}
	if n := len(s.Requests()); n != 3 {
		t.Errorf("%d requests were sent, want 3", n)
	}
}

// Whoever plans many answers reads once what they come to.
func TestFlow_aPlanSaysOnceWhatItComesTo(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, nil).With(online(s)...)
	many := func(generate, prompt string) map[string]string {
		return map[string]string{"main.tf": team + fmt.Sprintf(`resource "openai_chat_completion" "test" {
  count                 = 12
  model                 = "gpt-4"
  max_completion_tokens = 100
  generate_on           = %q
  message {
    role    = "user"
    content = "%s"
  }
}
`, generate, prompt)}
	}
	for name, text := range many("apply", "") {
		dir.Write(name, text)
	}
	dir.Init()
	for _, test := range []struct{ generate, prompt, says, most string }{
		{"apply", "Number ${count.index}", "Applying it takes COUNT calls? for COUNT resources?, with about", "tokens of input and at most [0-9,]+ of output. Each call is billed."},
		{"apply", "the same", "Applying it takes 1 call for COUNT resources?, with about", "tokens of input and at most 100 of output. Each call is billed."},
		{"plan", "Number ${count.index}", "The plan took COUNT calls? for COUNT resources?, with", "(The answers are|The answer is) recorded and shown in the plan. Applying it makes no call for (them|it)."},
	} {
		for name, text := range many(test.generate, test.prompt) {
			dir.Write(name, text)
		}
		said := dir.MustRun("plan", "-out=plan")
		if told(said, test.says) != 12 || !wrapped(test.most).MatchString(said) || strings.Contains(said, "more similar") {
			t.Errorf("no warnings that say %q:\n%s", test.says, said)
		}
	}
	// The last of the plans made the answers.
	if said := dir.MustRun("apply", "plan"); strings.Contains(said, "Warning") {
		t.Errorf("the apply warns: %s", said)
	}
	if said := dir.MustRun("plan"); strings.Contains(said, "Warning") {
		t.Errorf("a plan that comes to nothing warns: %s", said)
	}
	for name, text := range many("apply", "edited ${count.index}") {
		dir.Write(name, text)
	}
	// The CLI shows the warnings of this plan after the apply.
	said := dir.MustRun("apply", "-auto-approve")
	if told(said, "Applying it takes COUNT calls? for COUNT resources?") != 12 || regexp.MustCompile(`\bwill be asked\b`).MatchString(said) {
		t.Errorf("the apply does not say once what it comes to:\n%s", said)
	}
}

// told is for how many resources warnings say a sentence, in which COUNT is a number. On a quiet machine one warning speaks for
// all; on a busy one Terraform can pause for so long that there are several, each for other resources.
func told(said, sentence string) (resources int) {
	warnings := wrapped(strings.ReplaceAll(sentence, "COUNT", "([0-9]+)")).FindAllStringSubmatch(said, -1)
	if len(warnings) != strings.Count(said, "Warning: ") {
		return -1
	}
	for _, warning := range warnings {
		n, _ := strconv.Atoi(warning[len(warning)-1])
		resources += n
	}
	return resources
}

// wrapped is a pattern whose blanks stand for any white space, and the CLI's border.
func wrapped(pattern string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(pattern, " ", `[\s│]+`))
}

// Who deletes a recording, to ask again, is asked for nothing else.
func TestFlow_aDeletedRecordingIsMadeAnew(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": team + completion("")}).With(online(s)...)
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	if err := os.RemoveAll(filepath.Join(dir.Path, "recordings")); err != nil {
		t.Fatal(err)
	}
	dir.MustRun("plan", "-replace="+name, "-out=plan")
	dir.MustRun("apply", "plan")
	if n := len(s.Requests()); n != 2 {
		t.Errorf("%d requests were sent, want 2", n)
	}
	dir.MustRun("plan", "-replace="+name, "-out=plan")
	if said, err := dir.With("OPENAI_RECORDINGS_MODE=refresh").Run("apply", "plan"); err == nil || !flat("Apply the plan in the mode \"reuse\"").MatchString(said) {
		t.Errorf("refreshed under a plan with a recording: %v\n%s", err, said)
	}
	if n := len(s.Requests()); n != 2 {
		t.Errorf("%d requests were sent, want 2", n)
	}
}

// A reviewer corrects the answer after the plan was made: Terraform itself refuses that plan.
func TestFlow_aCorrectedRecordingWantsAnotherPlan(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": team + completion(`generate_on = "plan"`)}).With(online(s)...)
	dir.Init()
	dir.MustRun("plan", "-out=plan")
	recorded := "recordings/" + files(t, filepath.Join(dir.Path, "recordings"))[0]
	text, err := os.ReadFile(filepath.Join(dir.Path, recorded))
	if err != nil {
		t.Fatal(err)
	}
	dir.Write(recorded, strings.Replace(string(text), "Emulated answer to: hello", "Good day", 1))
	if said, err := dir.Run("apply", "plan"); err == nil || !flat("inconsistent final plan").MatchString(said) {
		t.Errorf("applied another answer than planned: %v\n%s", err, said)
	}
	dir.MustRun("plan", "-out=plan")
	dir.MustRun("apply", "plan")
	if got := dir.MustRun("output", "-raw", "content"); got != "Good day" {
		t.Errorf("applied: %s", got)
	}
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}

// The same request goes to two servers, each with recordings of its own. That the plan
// has the answer of the one says nothing of the other.
func TestFlow_twoDirectoriesAreToldApart(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	other := strings.NewReplacer("provider \"openai\" {", "provider \"openai\" {\n  alias = \"other\"", `"recordings"`, `"others"`).Replace(team) +
		strings.Replace(strings.Replace(completion("  provider = openai.other"), `"test"`, `"other"`, 1), "output \"content\"", "output \"other\"", 1)
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": team + completion(`generate_on = "plan"`), "other.tf": other}).With(online(s)...)
	dir.Init()
	dir.MustRun("plan", "-out=plan")
	dir.MustRun("apply", "plan")
	if n := len(s.Requests()); n != 2 {
		t.Errorf("%d requests were sent, want 2", n)
	}
}

// For a replacement Terraform plans twice, at first with arguments that the configuration ignores.
func TestFlow_aReplacementIsAskedForOnce(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := func(prompt, week string) string {
		return team + completionOf(prompt, "generate_on = \"plan\"\n  triggers = { week = \""+week+"\" }\n  lifecycle {\n    ignore_changes = [message]\n  }")
	}
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": config("one", "1")}).With(online(s)...)
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	dir.Write("main.tf", config("two", "2"))
	dir.MustRun("apply", "-auto-approve")
	if n := len(s.Requests()); n != 2 {
		t.Errorf("%d requests were sent, want 2", n)
	}
}

// In the mode refresh a plan promises nothing, since the apply asks again.
func TestFlow_refreshAppliesWhatItAsks(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	ask := "  model = \"gpt-4\"\n  message {\n    role    = \"user\"\n    content = \"hello\"\n  }\n"
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": team + completion("depends_on = [ephemeral.openai_chat_completion.first]") +
		"ephemeral \"openai_chat_completion\" \"first\" {\n" + ask + "}\n"}).With(append(online(s), "OPENAI_RECORDINGS_MODE=refresh")...)
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	if n := len(s.Requests()); n != 2 { // one in each phase
		t.Errorf("%d requests were sent, want 2", n)
	}
}

// An address that echoes what it is sent gets no key into a file.
func TestFlow_noKeyIsRecorded(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Status(200, `{"headers":{"Authorization":"Bearer `+acctest.Key+`"}}`),
		emulator.Status(200, `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"You are `+acctest.Key+`."},"finish_reason":"stop"}]}`))
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": team + completion("")}).With(online(s)...)
	dir.Init()
	if said, err := dir.Run("apply", "-auto-approve"); err == nil || strings.Contains(said, acctest.Key) {
		t.Errorf("%v: %s", err, said)
	}
	dir.MustRun("apply", "-auto-approve")
	err := filepath.WalkDir(dir.Path, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.Contains(path, ".terraform") {
			return err
		}
		if text, err := os.ReadFile(path); err != nil || strings.Contains(string(text), acctest.Key) {
			t.Errorf("the key is in %s; %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Nor does one that spells the key in another way, or in pieces, or repeats another secret.
func TestFlow_noSecretIsRecordedInDisguise(t *testing.T) {
	const header = "gateway-secret-0123456789"
	half := len(acctest.Key) / 2
	event := func(text string) string {
		return `data: {"id":"x","choices":[{"index":0,"delta":{"content":"` + text + `"}}]}` + "\n\n"
	}
	for name, tt := range map[string]struct{ kind, body string }{
		"unicode escapes":  {"application/json", fmt.Sprintf(`{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"It is \u%04x%s."},"finish_reason":"stop"}]}`, acctest.Key[0], acctest.Key[1:])},
		"a header":         {"application/json", `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"It is ` + header + `."},"finish_reason":"stop"}]}`},
		"pieces":           {"text/event-stream", event("It is ") + event(acctest.Key[:half]) + event(acctest.Key[half:]) + event(".") + "data: [DONE]\n\n"},
		"pieces of header": {"text/event-stream", event("It is "+header[:9]) + event(header[9:]+".") + "data: [DONE]\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Fail(emulator.Status(200, tt.body, "Content-Type", tt.kind))
			dir := t.TempDir()
			config := conversation(object{"role": "user", "content": "hello"})
			if tt.kind == "text/event-stream" {
				config["stream"] = true
			}
			r := instance(t, s, recordings(dir, ""), object{"headers": object{"X-Gateway": header}})
			if diags := r.Apply(t, config); slices.ContainsFunc(diags, isError) {
				t.Fatal(diags)
			}
			state := fmt.Sprint(r.State())
			if of(t, r.State(), "content") != "It is ***." || strings.Contains(state, acctest.Key) || strings.Contains(state, header) {
				t.Errorf("the state is %s", state)
			}
			files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
			if len(files) != 1 {
				t.Errorf("%d recordings", len(files))
			}
			for _, file := range files {
				if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), acctest.Key) || strings.Contains(string(text), header) {
					t.Errorf("a secret is in %s; %v", file, err)
				}
			}
		})
	}
}

// Whoever has forgotten the recordings needs them, and no key.
func TestFlow_saysThatARecordingTakesThePlaceOfAKey(t *testing.T) {
	t.Parallel()
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": team + completion(`generate_on = "plan"`)})
	dir.Init()
	if said, err := dir.Run("plan"); err == nil || !regexp.MustCompile(`(?s)there is no API key.*you\s+can\s+also\s+provide\s+the\s+recording\s+recordings/[0-9a-f]{64}\.json:`).MatchString(said) {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestFlow_validateSaysThatRecordingsAreMissing(t *testing.T) {
	t.Parallel()
	resource := completion(`generate_on = "plan"`)
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": resource})
	dir.Init()
	missing := regexp.MustCompile(`(?s)Missing recordings.*generate_on = "plan"`)
	for name, test := range map[string]struct {
		provider string
		env      []string
		wrong    bool
	}{
		"with a block":            {provider: team},
		"without":                 {provider: "provider \"openai\" {\n  max_retries = 1\n}\n", wrong: true},
		"by the environment":      {provider: "provider \"openai\" {\n  max_retries = 1\n}\n", env: []string{"OPENAI_RECORDINGS_DIR=recordings"}},
		"a module without a word": {}, // whoever calls it may have a provider with recordings
	} {
		dir.Write("main.tf", test.provider+resource)
		if said, err := dir.With(test.env...).Run("validate"); (err != nil) != test.wrong || missing.MatchString(said) != test.wrong {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
	}
}
