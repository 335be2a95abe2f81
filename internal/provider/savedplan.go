package provider

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// appliesSavedPlan reports whether the CLI that has started this process applies
// a plan that was saved before. Terraform does not tell a provider; so the command line of
// the parent process is looked at, which Linux shows. false also means
// that it cannot be told.
func appliesSavedPlan() bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", os.Getppid()))
	return err == nil && namesSavedPlan(strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00"))
}

// takesValue are the options of "apply" whose value may be the next word.
var takesValue = []string{
	"var", "var-file", "target", "target-file", "exclude", "exclude-file", "replace", "parallelism", "lock-timeout", "state", "state-out", "backup",
}

// namesSavedPlan reports whether a command line is "terraform … apply … FILE".
// The file is the last word, since options come before it.
func namesSavedPlan(words []string) bool {
	command := slices.IndexFunc(words, func(word string) bool { return word == "apply" })
	last := len(words) - 1
	if command < 1 || last <= command || strings.HasPrefix(words[last], "-") {
		return false
	}
	before := words[last-1]
	return !strings.HasPrefix(before, "-") || !slices.Contains(takesValue, strings.TrimLeft(before, "-"))
}
