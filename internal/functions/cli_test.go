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

func output(name, value string) string {
	return "output \"" + name + "\" {\n  value = " + value + "\n}\n"
}

func call(arguments string) string {
	return `provider::openai::tool_arguments([{ type = "function", function = { name = "f", arguments = "` + arguments + `" } }], "f")`
}

func TestFunctions_throughTheCLI(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	var config strings.Builder
	var checks []statecheck.StateCheck
	for name, test := range map[string]struct {
		value string
		want  knownvalue.Check
	}{
		"tokens": {`provider::openai::count_tokens("Hello, world!", "gpt-5")`, knownvalue.Int64Exact(4)},
		"schema": {
			`provider::openai::strict_schema({ type = "object", properties = { a = { type = "string" } }, required = ["a"] })`,
			knownvalue.ObjectExact(map[string]knownvalue.Check{
				"schema":  knownvalue.StringExact(`{"properties":{"a":{"type":"string"}},"required":["a"],"type":"object","additionalProperties":false}`),
				"changes": knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("additionalProperties = false was added")}),
			}),
		},
		"arguments": {call(`{\"a\":[1,null,{\"b\":\"x\"}],\"n\":null,\"e\":{}}`), knownvalue.ObjectExact(map[string]knownvalue.Check{
			"a": knownvalue.TupleExact([]knownvalue.Check{knownvalue.Int64Exact(1), knownvalue.Null(),
				knownvalue.ObjectExact(map[string]knownvalue.Check{"b": knownvalue.StringExact("x")})}),
			"n": knownvalue.Null(),
			"e": knownvalue.ObjectExact(nil),
		})},
		"no_arguments": {call(""), knownvalue.ObjectExact(nil)},
		"numbers":      {call("[1e-999999, 0."+strings.Repeat("3", 10_000)+"]") + "[0]", knownvalue.Int64Exact(0)},
		"deep":         {"length(" + call(strings.Repeat("[", 50)+strings.Repeat("]", 50)) + ")", knownvalue.Int64Exact(1)}, // as deep as it may be
		"no_call":      {`try(provider::openai::tool_arguments(tolist(null), "f"), "no call")`, knownvalue.StringExact("no call")},
	} {
		config.WriteString(output(name, test.value))
		checks = append(checks, statecheck.ExpectKnownOutputValue(name, test.want))
	}
	s.Run(t,
		resource.TestStep{Config: config.String(), ConfigStateChecks: checks},
		resource.TestStep{
			Config:      output("x", `provider::openai::strict_schema("{\"type\":\"objekt\"}")`),
			ExpectError: regexp.MustCompile(`(?s)The\s+schema\s+is\s+not\s+valid:\s+/type:`),
		},
		resource.TestStep{
			Config:      output("x", `provider::openai::tool_arguments([], "f")`),
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
` + output("x", `provider::openai::tool_arguments(openai_chat_completion.x.choices[0].message.tool_calls, "get_weather")`)
	s.Run(t, resource.TestStep{
		Config:            config,
		ConfigPlanChecks:  resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectUnknownOutputValue("x")}},
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValueAtPath("x", tfjsonpath.New("city"), knownvalue.NotNull())},
	})
}
