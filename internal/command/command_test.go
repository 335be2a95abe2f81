package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/command"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// run runs the command. What it writes to both places comes together.
func run(in string, arguments ...string) (status int, said string) {
	var out, errs strings.Builder
	status = command.Recordings(arguments, strings.NewReader(in), &out, &errs)
	return status, out.String() + errs.String()
}

// record makes a recording in a directory, and returns the name of its file.
func record(t *testing.T, dir, prompt, answer string, p recording.Presentation, unusable ...string) string {
	t.Helper()
	q, err := recording.NewQuestion("", fmt.Appendf(nil, `{"model":"asked","messages":[{"role":"user","content":%q}]}`, prompt), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Text = []string{"choices[*].message.content"}
	_, slot, err := recording.New(recording.Options{Directory: dir, Version: "1.2.3"}).Begin(t.Context(), q.Presented(p))
	if err != nil || slot == nil {
		t.Fatal(slot, err)
	}
	defer slot.Close()
	return filepath.Base(slot.Keep(recording.Answer{Body: []byte(answer), RequestID: "req_1"}, unusable).File)
}

// label is a presentation with a label.
func label(text string) recording.Presentation { return recording.Presentation{Label: text} }

const (
	answer = `{"model":"answered","choices":[{"message":{"content":"Dear all,\n\n\u001b[31mbye.\n"}}],"usage":{"total_tokens":12}}`
	asJSON = `{"choices":[{"message":{"content":"{\"level\":\"public\"}"}},{"message":{"content":"two"}}],"usage":{"input_tokens":3,"output_tokens":4}}`
)

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// contains fails the test for each text that is not in what was said, white space folded.
func contains(t *testing.T, said string, texts ...string) {
	t.Helper()
	folded := strings.Join(strings.Fields(said), " ")
	for _, text := range texts {
		if !strings.Contains(folded, strings.Join(strings.Fields(text), " ")) {
			t.Errorf("%q is not in\n%s", text, said)
		}
	}
}

func TestRecordings_refusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"":             "Usage: ",
		"list":         "Error: list needs one DIR\nUsage: ",
		"list a b":     "Error: list needs one DIR\nUsage: ",
		"prune":        "Error: prune needs one DIR\nUsage: ",
		"remove a":     "Error: unknown command \"remove\"\nUsage: ",
		"prune -force": "Error: unknown option \"-force\"\nUsage: ",
		"list -delete": "Error: only prune has the option -delete\nUsage: ",
		"show":         "Error: show needs a FILE, or DIR NAME\nUsage: ",
		"show a b c":   "Error: show needs a FILE, or DIR NAME\nUsage: ",
	} {
		if status, said := run("", strings.Fields(arguments)...); status != 2 || !strings.HasPrefix(said, want) {
			t.Errorf("%q: %d, %s", arguments, status, said)
		}
	}
	if status, said := run("", "show", "billing"); status != 1 || !strings.Contains(said, "there is no file billing. Give DIR NAME, or a file") {
		t.Errorf("%d, %s", status, said)
	}
	if status, said := run("", "-help"); status != 0 || !strings.Contains(said, "prune -delete DIR") {
		t.Errorf("%d, %s", status, said)
	}
	if status, said := run("", "list", filepath.Join(t.TempDir(), "none")); status != 1 || !strings.HasPrefix(said, "Error: ") {
		t.Errorf("%d, %s", status, said)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	billing, other := record(t, dir, "a", answer, label("bill/ing")), record(t, dir, "b", asJSON, recording.Presentation{})
	silent := record(t, dir, "c", `{"x":1}`, label("silent\x1b"))
	bad := record(t, dir, "d", answer, label("bad"), "it is \x1b bad")
	write(t, filepath.Join(dir, "README.md"), "x")
	status, said := run("", "list", dir)
	contains(t, said, "RECORDED LABEL MODEL TOKENS FILE", "bill/ing answered 12 "+billing, "- asked 7 "+other, `silent\u001b asked - `+silent,
		"3 recordings, 19 tokens.", "1 unusable answer, kept aside and never used: "+bad+`: it is \u001b bad`)
	if status != 0 || strings.Contains(said, "README") {
		t.Errorf("%d\n%s", status, said)
	}
	write(t, filepath.Join(dir, other), "<<<<<<< HEAD")
	status, said = run("", "list", dir)
	contains(t, said, "2 recordings, 12 tokens.", other+" cannot be used: it cannot be read", "Error: 1 file cannot be read")
	if status != 1 {
		t.Errorf("%d\n%s", status, said)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	billing, other := record(t, dir, "Line one\nline two", answer, label("billing")), record(t, dir, "b", asJSON, label("other"))
	vector := record(t, dir, "c", `{"data":["`+strings.Repeat("x", 20_000)+`",{"a":[1,null,{}]}]}`, label("other"))
	for _, arguments := range [][]string{{filepath.Join(dir, billing)}, {dir, "billing"}, {dir, billing}, {dir, strings.TrimPrefix(billing, "billing.")[:8]}} {
		status, said := run("", append([]string{"show"}, arguments...)...)
		if status != 0 || strings.Contains(said, "\x1b") {
			t.Errorf("%q: %d\n%s", arguments, status, said)
		}
		contains(t, said, "Label: billing", "Provider: 1.2.3", "Model: answered", "Request ID: req_1", "Tokens: 12",
			"Request model: asked messages: - role: user content: Line one line two Answer Dear all, "+`\u001b[31mbye.`)
		if want := "\nAnswer\n\n  Dear all,\n\n  \\u001b[31mbye.\n"; !strings.HasSuffix(said, want) {
			t.Errorf("%q is\n%s", arguments, said)
		}
	}
	if _, said := run("", "show", dir, other); !strings.HasSuffix(said, "\nAnswer\n\n  choices[0].message.content:\n  {\n    \"level\": \"public\"\n  }\n\n  choices[1].message.content:\n  two\n") {
		t.Error(said)
	}
	if _, said := run("", "show", dir, vector); !strings.HasSuffix(said, "\nAnswer\n\n  data:\n    - "+strings.Repeat("x", 100)+"… (20000 bytes)\n    -\n      a:\n        - 1\n        - null\n        - {}\n") {
		t.Error(said)
	}
	named := record(t, dir, "d", answer, label(billing[len("billing."):][:1])) // like the start of a hash
	if status, said := run("", "show", dir, billing[len("billing."):][:1]); status != 0 || !strings.Contains(said, named) {
		t.Errorf("%d\n%s", status, said)
	}
	status, said := run("", "show", dir, "other")
	contains(t, said, `"other" stands for 2 files`, other, vector)
	if status != 1 {
		t.Error(status)
	}
	if status, said := run("", "show", dir, "none"); status != 1 || !strings.Contains(said, `no recording "none"`) {
		t.Errorf("%d, %s", status, said)
	}
}

// naming is a state that names recordings.
func naming(files ...string) string {
	var resources []string
	for _, file := range files {
		resources = append(resources, fmt.Sprintf(`{"address":"a","mode":"managed","type":"openai_chat_completion","values":{"recording":%q}}`, file))
	}
	return `{"format_version":"1.0","values":{"root_module":{"child_modules":[{"resources":[` + strings.Join(resources, ",") + `]}]}}}`
}

func TestPrune_deletesWhatNoStateNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b, old := record(t, dir, "a", answer, label("a")), record(t, dir, "b", answer, label("b")), record(t, dir, "old", answer, label("a"))
	action := record(t, dir, "action", answer, recording.Presentation{Label: "gate", Stateless: true})
	bad := record(t, dir, "bad", answer, label("bad"), "bad")
	damaged, foreign := strings.Repeat("0", 64)+".json", strings.Repeat("x", 64)+".json"
	write(t, filepath.Join(dir, damaged), "{}")
	write(t, filepath.Join(dir, foreign), "{}")
	before := list(t, dir)
	states := naming(a) + "\n" + naming(strings.TrimPrefix(b, "b.")) // from another time, when it had no label
	status, said := run(states, "prune", dir)
	contains(t, said, "Read 2 states or plans, which use 2 of 4 recordings.", "a answered 12 "+old, "1 recording that no given state or plan uses would be deleted", "again with -delete", "1 recording of ephemeral resources and actions, which are in no state, left alone: "+action,
		"1 unusable answer, kept aside and never used: "+bad, damaged+" cannot be used")
	if now := list(t, dir); !slices.Equal(now, before) || status != 1 {
		t.Errorf("%d; there is %v", status, now)
	}
	if err := os.Remove(filepath.Join(dir, damaged)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 recording deleted.", "There is nothing to delete"} {
		if status, said = run(states, "prune", "-delete", dir); status != 0 || !strings.Contains(said, want) {
			t.Errorf("%d\n%s", status, said)
		}
	}
	want := []string{a, b, action, bad, foreign}
	slices.Sort(want)
	if now := list(t, dir); !slices.Equal(now, want) {
		t.Errorf("there is %v", now)
	}
}

// A state that could not be read must not look like one that needs no recording.
func TestPrune_deletesNothingWhereAStateIsInDoubt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := record(t, dir, "a", answer, label("a"))
	record(t, dir, "b", answer, label("b"))
	good := naming(a)
	for kind, test := range map[string][2]string{
		"nothing":              {"", "there is no state on standard input"},
		"an error message":     {"Error: no state", "state 1 on standard input cannot be read"},
		"a broken state":       {good[:len(good)-5], "state 1 on standard input cannot be read"},
		"a list":               {"[]", "cannot be read"},
		"null":                 {"null", `is not the output of "terraform show -json"`},
		"an empty state":       {good + `{"format_version":"1.0"}`, "state 2 on standard input is empty"},
		"another's state":      {good + strings.ReplaceAll(good, "openai_", "other_"), "state 2 on standard input has no resource of this provider"},
		"a state file":         {`{"version":4,"resources":[{"type":"openai_chat_completion"}]}`, `is not the output of "terraform show -json"`},
		"a plan that failed":   {`{"format_version":"1.2","errored":true,"planned_values":{},"prior_state":` + good + `}`, "has failed"},
		"a plan of another's":  {`{"format_version":"1.2","planned_values":{"root_module":{}}}`, "has no resource of this provider"},
		"a state behind it":    {good + "Error", "state 2 on standard input cannot be read"},
		"another directory's":  {naming(strings.Repeat("0", 64) + ".json"), "the given states and plans use none of the 2 recordings"},
		"no recordings at all": {naming(""), "the given states and plans use none of the 2 recordings"},
		"a plan with a request that is not known": {`{"format_version":"1.2","planned_values":{"root_module":{}},"prior_state":` + good + `,"resource_changes":[{"address":"data.openai_embedding.e","type":"openai_embedding","change":{"actions":["read"],"after_unknown":{"recording":true}}}]}`, "does not know which recordings some resources will use: data.openai_embedding.e"},
		"a plan that destroys":                    {`{"format_version":"1.2","planned_values":{"root_module":{}},"prior_state":` + good + `,"resource_changes":[{"address":"a","change":{"actions":["delete"],"after_unknown":false}}]}`, "use none of"},
	} {
		status, said := run(test[0], "prune", "-delete", dir)
		contains(t, said, test[1], "Nothing was deleted")
		if status != 1 || len(list(t, dir)) != 2 {
			t.Errorf("%s: %d, there is %v\n%s", kind, status, list(t, dir), said)
		}
	}
}
