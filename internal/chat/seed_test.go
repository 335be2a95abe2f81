package chat_test

import (
	"os"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// seed is the seed page's example block, byte for byte.
func seed(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../examples/seed/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestResource_runsTheSeedVerbatim(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Run(t,
		resource.TestStep{
			Config: seed(t),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("translation", knownvalue.StringExact("Bonjour, comment allez-vous ?")),
				statecheck.ExpectKnownOutputValueAtPath("function_call", tfjsonpath.New(0).AtMapKey("function").AtMapKey("name"), knownvalue.StringExact("get_weather")),
			},
		},
		resource.TestStep{
			Config:           seed(t),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
	)
}
