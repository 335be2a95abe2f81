package chat_test

import (
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// A destroy and a refresh plan as ever on their way, but ask nothing: nobody would get the answer.
func TestGenerateOnPlan_destroyAndRefreshAskNothing(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": team + completion(`generate_on = "plan"`)}).With(online(s)...)
	dir.MustRun("init")
	dir.MustRun("apply", "-auto-approve")
	before := len(s.Requests())
	dir.Write("main.tf", team+completionOf("another question", `generate_on = "plan"`))
	for _, command := range [][]string{
		{"refresh"}, {"plan", "-refresh-only"}, {"apply", "-refresh-only", "-auto-approve"}, {"plan", "-destroy"}, {"destroy", "-auto-approve"},
	} {
		if output := dir.MustRun(command...); len(s.Requests()) != before {
			t.Fatalf("%v sent %d requests\n%s", command, len(s.Requests())-before, output)
		}
	}
}
