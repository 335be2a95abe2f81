package provider

import (
	"os"
	"slices"
	"strconv"
	"strings"
)

// onlyPlans reports whether the CLI that has started this process makes a plan and does not apply one.
// Terraform does not tell a provider; where its command line cannot be seen either (Linux shows it), the
// answer is no.
func onlyPlans() bool { return commandOf(commandLine()) == "plan" }

// commandOf is the command of the CLI in its command line, "" = there is none.
func commandOf(words []string) string {
	if at := commandIndex(words); at > 0 {
		return words[at]
	}
	return ""
}

// commandIndex is where the command stands: the first word that is no option; 0 = nowhere.
func commandIndex(words []string) int {
	if len(words) == 0 {
		return 0
	}
	return slices.IndexFunc(words[1:], func(word string) bool { return !strings.HasPrefix(word, "-") }) + 1
}

// discards reports whether the CLI that has started this process destroys or refreshes, and
// does nothing else: it makes an ordinary plan on the way, of which nothing is applied.
// Where its command line cannot be seen, the answer is no.
func discards() bool { return discardsPlan(commandLine(), os.Getenv) }

func discardsPlan(words []string, getenv func(string) string) bool {
	command := commandIndex(words)
	if command == 0 {
		return false
	}
	switch name := words[command]; name {
	case "destroy", "refresh":
		return true
	case "plan", "apply":
		options := slices.Concat(strings.Fields(getenv("TF_CLI_ARGS")), strings.Fields(getenv("TF_CLI_ARGS_"+name)), words[command+1:])
		found := false
		for _, option := range options { // the last one counts
			option, value, given := strings.Cut(option, "=")
			switch option {
			case "-destroy", "--destroy", "-refresh-only", "--refresh-only":
				yes, err := strconv.ParseBool(value)
				found = !given || err == nil && yes
			}
		}
		return found
	}
	return false
}
