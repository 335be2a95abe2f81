package functions_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func output(value string) string { return "output \"x\" {\n  value = " + value + "\n}\n" }

func TestFunctions_throughTheCLI(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	is := func(value knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("x", value)}
	}
	s.Run(t,
		resource.TestStep{
			Config:            output(`provider::openai::count_tokens("Hello, world!", "gpt-5")`),
			ConfigStateChecks: is(knownvalue.Int64Exact(4)),
		},
		resource.TestStep{
			Config: output(`provider::openai::strict_schema({ type = "object", properties = { a = { type = "string" } }, required = ["a"] })`),
			ConfigStateChecks: is(knownvalue.ObjectExact(map[string]knownvalue.Check{
				"schema":  knownvalue.StringExact(`{"properties":{"a":{"type":"string"}},"required":["a"],"type":"object","additionalProperties":false}`),
				"changes": knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("additionalProperties = false was added")}),
			})),
		},
		resource.TestStep{
			Config: output(`provider::openai::tool_arguments([{ type = "function", function = { name = "f", arguments = "{\"a\":[1,null,{\"b\":\"x\"}],\"n\":null,\"e\":{}}" } }], "f")`),
			ConfigStateChecks: is(knownvalue.ObjectExact(map[string]knownvalue.Check{
				"a": knownvalue.TupleExact([]knownvalue.Check{knownvalue.Int64Exact(1), knownvalue.Null(),
					knownvalue.ObjectExact(map[string]knownvalue.Check{"b": knownvalue.StringExact("x")})}),
				"n": knownvalue.Null(),
				"e": knownvalue.ObjectExact(nil),
			})),
		},
		resource.TestStep{
			Config:            output(`provider::openai::tool_arguments([{ type = "function", function = { name = "f", arguments = "" } }], "f")`),
			ConfigStateChecks: is(knownvalue.ObjectExact(nil)),
		},
		resource.TestStep{
			Config:            output(`provider::openai::tool_arguments([{ type = "function", function = { name = "f", arguments = "[1e-999999, 0.` + strings.Repeat("3", 10_000) + `]" } }], "f")[0]`),
			ConfigStateChecks: is(knownvalue.Int64Exact(0)),
		},
		resource.TestStep{ // as deep as it may be
			Config:            output(`length(provider::openai::tool_arguments([{ type = "function", function = { name = "f", arguments = "` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `" } }], "f"))`),
			ConfigStateChecks: is(knownvalue.Int64Exact(1)),
		},
		resource.TestStep{
			Config:      output(`provider::openai::strict_schema("{\"type\":\"objekt\"}")`),
			ExpectError: regexp.MustCompile(`(?s)The\s+schema\s+is\s+not\s+valid:\s+/type:`),
		},
		resource.TestStep{
			Config:            output(`try(provider::openai::tool_arguments(tolist(null), "f"), "no call")`),
			ConfigStateChecks: is(knownvalue.StringExact("no call")),
		},
		resource.TestStep{
			Config:      output(`provider::openai::tool_arguments([], "f")`),
			ExpectError: regexp.MustCompile(`(?s)The\s+model\s+does\s+not\s+call\s+"f"`),
		},
	)
	if n := len(s.Requests()); n != 0 {
		t.Errorf("functions made %d calls", n)
	}
}

// The calls are not known until the model has answered: nor is what is made of them.
func TestToolArguments_ofAnAnswer(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := `
resource "openai_chat_completion" "x" {
  model = "gpt-4o"
  message {
    role    = "user"
    content = "What is the weather in Paris?"
  }
  tool {
    type = "function"
    function {
      name       = "get_weather"
      parameters = provider::openai::strict_schema({ type = "object", properties = { city = { type = "string" } }, required = ["city"] }).schema
      strict     = true
    }
  }
  tool_choice = jsonencode({ type = "function", function = { name = "get_weather" } })
}
` + output(`provider::openai::tool_arguments(openai_chat_completion.x.choices[0].message.tool_calls, "get_weather")`)
	s.Run(t, resource.TestStep{
		Config:            config,
		ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectUnknownOutputValue("x")}},
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValueAtPath("x", tfjsonpath.New("city"), knownvalue.NotNull())},
	})
}
