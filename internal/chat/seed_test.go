package chat_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
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
	s.Run(t, resource.TestStep{ // after which a plan is empty
		Config: seed(t),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("translation", knownvalue.StringExact("Bonjour, comment allez-vous ?")),
			statecheck.ExpectKnownOutputValueAtPath("function_call", tfjsonpath.New(0).AtMapKey("function").AtMapKey("name"), knownvalue.StringExact("get_weather")),
		},
	})
}

// The fixture is what the page says, where the page is at hand.
func TestSeed_isThePageVerbatim(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../shared/seed/openai_chat_completion.md")
	if err != nil {
		t.Skip("the seed page is not at hand: ", err)
	}
	_, rest, _ := strings.Cut(string(page), "```hcl\n")
	block, _, found := strings.Cut(rest, "```\n")
	if !found || block != seed(t) {
		t.Error("examples/seed/main.tf is not the page's example block")
	}
}

// Every test that SEED.md names is there.
func TestSeed_tableNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("../../SEED.md")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, file := range []string{"seed_test.go", "resource_test.go", "validate_test.go", "sending_test.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	for _, quoted := range regexp.MustCompile("`((?:Test|…/)[^`]+)`").FindAllStringSubmatch(string(table), -1) {
		function, part, _ := strings.Cut(quoted[1], "/")
		if function != "…" && !strings.Contains(tests.String(), "func "+function+"(") {
			t.Errorf("there is no %s", function)
		}
		if part != "" && !strings.Contains(spaced(tests.String()), spaced(`"`+part+`"`)) {
			t.Errorf("there is no case %q", part)
		}
	}
}

// spaced undoes what go test does to the names of cases.
func spaced(text string) string { return strings.ReplaceAll(text, "_", " ") }
