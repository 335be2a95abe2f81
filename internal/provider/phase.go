package provider

import (
	"os"
	"slices"
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
