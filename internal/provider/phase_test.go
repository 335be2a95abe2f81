package provider

import (
	"strings"
	"testing"
)

// Whoever destroys or refreshes makes an ordinary plan, but not to ask.
func TestDiscardsPlan(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"terraform destroy":                        true,
		"/usr/bin/tofu -chdir=x destroy -no-color": true,
		"terraform refresh":                        true,
		"terraform plan -destroy -out p":           true,
		"terraform plan -out=p --destroy":          true,
		"terraform apply -auto-approve -destroy":   true,
		"terraform apply -refresh-only":            true,
		"terraform plan -refresh-only=true":        true,
		"terraform plan -destroy=false":            false,
		"terraform plan -destroy -destroy=false":   false,
		"terraform plan":                           false,
		"terraform apply destroy":                  false,
		"terraform plan -var destroy=-destroy":     false,
		"terraform -chdir=destroy plan":            false,
		"terraform test":                           false,
		"terraform":                                false,
		"":                                         false,
	} {
		if got := discardsPlan(strings.Fields(line), func(string) string { return "" }); got != want {
			t.Errorf("%q: %t", line, got)
		}
	}
	variables := map[string]string{"TF_CLI_ARGS_plan": "-no-color -destroy"}
	if env := func(name string) string { return variables[name] }; !discardsPlan([]string{"terraform", "plan"}, env) || discardsPlan([]string{"terraform", "apply"}, env) {
		t.Error("a variable that holds options is read for its own command only")
	}
}
