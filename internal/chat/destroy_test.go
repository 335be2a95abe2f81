package chat_test

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// A destroy and a refresh plan as ever on their way, but ask nothing: nobody would get the answer.
func TestGenerateOnPlan_destroyAndRefreshAskNothing(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	set := func(text string) string {
		return "resource \"openai_chat_completion_set\" \"test\" {\n  model = \"gpt-4\"\n  requests = { a = \"" + text + "\" }\n  generate_on = \"plan\"\n}\n"
	}
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": team + completion(`generate_on = "plan"`) + set("one")}).With(online(s)...)
	dir.Init()
	dir.MustRun("apply", "-auto-approve")
	before := len(s.Requests())
	dir.Write("main.tf", team+completionOf("another question", `generate_on = "plan"`)+set("two"))
	for _, command := range [][]string{
		{"refresh"}, {"plan", "-refresh-only"}, {"apply", "-refresh-only", "-auto-approve"}, {"plan", "-destroy"}, {"destroy", "-auto-approve"},
	} {
		if output := dir.MustRun(command...); len(s.Requests()) != before {
			t.Fatalf("%v sent %d requests\n%s", command, len(s.Requests())-before, output)
		}
	}
}

// A plan that cannot be read, since it is encrypted, may have the answer of a recording that is not here: an
// error says so before any call, instead of Terraform's own, which blames the provider.
func TestGenerateOnPlan_encryptedPlanWithoutItsRecording(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	plan := filepath.Join(t.TempDir(), "plan")
	if err := os.WriteFile(plan, []byte(`{"encrypted_data":"…"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	p := acctest.Speak(t, func(to *client.Settings) {
		to.Recordings = recording.New(recording.Options{Directory: t.TempDir(), Mode: recording.Reuse, SavedPlan: recording.NewSavedPlan(plan)})
	})
	p.Connect(t, s, recordings(t.TempDir(), ""))
	planned := p.Instance("openai_chat_completion", chatBlocks...).Plan(t, configuration(object{"generate_on": "plan"}))
	if len(planned.Diags) != 1 || !strings.HasPrefix(planned.Diags[0], "error: Missing recording: ") || len(s.Requests()) != 0 {
		t.Errorf("got %q after %d requests", planned.Diags, len(s.Requests()))
	}
}

// What a saved plan has left to its apply, which plans once more before, is asked by the apply.
func TestSet_asksNothingInThePlanOfASavedPlan(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	file := filepath.Join(t.TempDir(), "plan")
	out, err := os.Create(file) //nolint:gosec // it is the test's own
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(out)
	for _, name := range []string{"tfplan", "tfstate"} { // which name no recording
		if _, err := archive.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	p := acctest.Speak(t, func(to *client.Settings) {
		to.Recordings = recording.New(recording.Options{Directory: t.TempDir(), Mode: recording.Reuse, SavedPlan: recording.NewSavedPlan(file)})
	})
	p.Connect(t, s, recordings(t.TempDir(), ""))
	r := p.Instance(setType, chatBlocks...)
	config := setOf(texts("a"), object{"generate_on": "plan"})
	plan := r.Plan(t, config)
	if hasError(plan.Diags) || len(s.Requests()) != 0 {
		t.Errorf("got %q after %d requests", plan.Diags, len(s.Requests()))
	}
	answered(t, apply(t, r, config), "a")
}
