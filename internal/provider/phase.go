package provider

import (
	"os"
	"slices"
	"strconv"
	"strings"
)

// applies reports whether the CLI that has started this process applies a plan, so
// that a process in which nothing has been read makes none. Terraform does not tell a
// provider; where its command line cannot be seen either (Linux shows it), the answer is yes.
func applies() bool {
	words := commandLine()
	return words == nil || appliesPlan(words, os.Getenv)
}

func appliesPlan(words []string, getenv func(string) string) bool {
	words = withVariables(words, getenv("TF_CLI_ARGS"), getenv("TF_CLI_ARGS_apply"))
	reads := !slices.ContainsFunc(words, func(word string) bool {
		return strings.TrimLeft(word, "-") == "refresh=false" && strings.HasPrefix(word, "-")
	})
	return slices.Contains(words, "apply") && reads
}

// discards reports whether the CLI that has started this process destroys or refreshes, and
// does nothing else: it makes an ordinary plan on the way, of which nothing is applied.
// Where its command line cannot be seen, the answer is no.
func discards() bool { return discardsPlan(commandLine(), os.Getenv) }

func discardsPlan(words []string, getenv func(string) string) bool {
	if len(words) == 0 {
		return false
	}
	command := slices.IndexFunc(words[1:], func(word string) bool { return !strings.HasPrefix(word, "-") }) + 1
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
