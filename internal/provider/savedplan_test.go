package provider

import (
	"strings"
	"testing"
)

func TestNamedPlan(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"terraform apply plan.out":                          "plan.out",
		"/usr/bin/tofu -chdir=x apply -auto-approve p":      "p",
		"terraform apply -parallelism 4 -no-color out/plan": "out/plan",
		"terraform apply -lock-timeout 5s p":                "p",
		"terraform apply p -no-color":                       "p",
		"terraform apply p -compact-warnings -no-color":     "p",
		"terraform apply -var x=y p":                        "p",
		"terraform apply -var":                              "",
		"terraform apply":                                   "",
		"terraform apply -auto-approve":                     "",
		"terraform apply -var x=y":                          "",
		"terraform apply --var-file ci.tfvars":              "",
		"terraform apply -var=x=y":                          "",
		"tofu apply -auto-approve -json-into out.json":      "",
		"terraform plan -out plan":                          "",
		"terraform destroy x":                               "",
		"apply plan":                                        "",
		"":                                                  "",
	} {
		if got := namedPlan(strings.Fields(line)); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

func TestWithVariables_areWhereTheCLIPutsThem(t *testing.T) {
	t.Parallel()
	for variables, want := range map[string]string{"": "", "-no-color": "", "plan": "plan", "-parallelism=3 plan": "plan", "plan -no-color": "plan"} {
		if got := namedPlan(withVariables([]string{"terraform", "apply"}, "-no-color", variables)); got != want {
			t.Errorf("%q: got %q, want %q", variables, got, want)
		}
	}
	if got := namedPlan(withVariables([]string{"terraform", "apply", "p"}, "", "-auto-approve")); got != "p" {
		t.Errorf("got %q", got)
	}
}

func TestPlanToApply_canBeTurnedOff(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{"": "p", "on": "p", "off": ""} {
		env := map[string]string{recordingsPlanCheck: value, "TF_CLI_ARGS_apply": "-no-color"}
		if got := planToApply([]string{"terraform", "apply", "p"}, func(name string) string { return env[name] }); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}
