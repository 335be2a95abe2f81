package provider

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// recordingsPlanCheck is the environment variable that turns off, with "off", what savedPlan
// is for: the look into the file of a plan that is being applied, by which the provider
// refuses to ask, and pay, again for an answer that the plan has and whose recording is
// gone. Terraform itself refuses another answer in any case, but after it was paid for. It is
// for those whose command line is read wrongly, or who want no process to be looked at.
const recordingsPlanCheck = "OPENAI_RECORDINGS_PLAN_CHECK"

// savedPlan is the plan that is being applied, if the CLI that has started this
// process was given a file to apply. Terraform does not tell a provider; so the
// command line of the parent process is looked at, which Linux shows. nil also
// means that it cannot be told, or must not be looked for.
func savedPlan() *recording.SavedPlan {
	file := planToApply(commandLine(), os.Getenv)
	if file == "" {
		return nil
	}
	return recording.NewSavedPlan(file)
}

// commandLine are the words of the command that started this process; nil = it cannot be seen.
func commandLine() []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", os.Getppid()))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}

// planToApply is the file of the plan that a command line applies; "" = none, or it must not
// be looked at.
func planToApply(words []string, getenv func(string) string) string {
	if getenv(recordingsPlanCheck) == "off" {
		return ""
	}
	return namedPlan(withVariables(words, getenv("TF_CLI_ARGS"), getenv("TF_CLI_ARGS_apply")))
}

// withVariables puts the words of the variables where the CLI does: behind the command.
func withVariables(words []string, variables ...string) []string {
	command := slices.Index(words, "apply")
	if command < 0 {
		return words
	}
	return slices.Insert(slices.Clone(words), command+1, strings.Fields(strings.Join(variables, " "))...)
}

// takesValue are the options of "apply" whose value may be the next word.
var takesValue = []string{
	"var", "var-file", "target", "target-file", "exclude", "exclude-file", "replace", "parallelism", "lock-timeout", "state", "state-out", "backup",
	"json-into", "deprecation",
}

// namedPlan is the file in a command line "terraform … apply … FILE …"; "" = there
// is none. It is the first word that is neither an option nor the value of one;
// Terraform takes some options behind it, too.
func namedPlan(words []string) string {
	command := slices.Index(words, "apply")
	if command < 1 {
		return ""
	}
	for i := command + 1; i < len(words); i++ {
		switch option := strings.TrimLeft(words[i], "-"); {
		case option == words[i]:
			return words[i]
		case slices.Contains(takesValue, option):
			i++ // its value
		}
	}
	return ""
}
