package embedding_test

import (
	"encoding/json"
	"math"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const name = "openai_embedding.test"

func embedding(arguments string) string {
	return "resource \"openai_embedding\" \"test\" {\n  model = \"text-embedding-3-small\"\n  " + arguments + "\n}\n"
}

var emptyPlan = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

func updates(more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: append(more, plancheck.ExpectResourceAction(name, plancheck.ResourceActionUpdate))}
}

func is(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(name, tfjsonpath.New(attribute), check)
}

func asked(t *testing.T, s *acctest.Server, want int) resource.TestCheckFunc {
	t.Helper()
	return func(*terraform.State) error {
		if got := len(s.Requests()); got != want {
			t.Errorf("%d requests were sent, want %d", got, want)
		}
		return nil
	}
}

func sent(t *testing.T, s *acctest.Server) map[string]any {
	t.Helper()
	all := s.Requests()
	var body map[string]any
	if err := json.Unmarshal(all[len(all)-1].Body, &body); err != nil {
		t.Fatal(err)
	}
	return body
}

func TestResource_keepsAVectorInBase64(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Run(t,
		resource.TestStep{Config: embedding("input = \"hello\"\n  dimensions = 8"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(name, tfjsonpath.New("embedding_base64")),
				plancheck.ExpectKnownValue(name, tfjsonpath.New("embedding"), knownvalue.Null()),
				plancheck.ExpectKnownValue(name, tfjsonpath.New("embeddings"), knownvalue.Null()),
				plancheck.ExpectKnownValue(name, tfjsonpath.New("recording"), knownvalue.Null()),
			}},
			Check: func(*terraform.State) error {
				if body := sent(t, s); body["encoding_format"] != "base64" || body["input"] != "hello" || body["dimensions"] != 8.0 || len(body) != 4 {
					t.Errorf("sent: %v", body)
				}
				return nil
			},
			ConfigStateChecks: []statecheck.StateCheck{
				is("embedding_base64", knownvalue.StringRegexp(regexp.MustCompile(`^[A-Za-z0-9+/]{43}=$`))), // 8 numbers of 4 bytes
				is("embedding", knownvalue.Null()), is("embeddings", knownvalue.Null()),
				is("response_model", knownvalue.StringExact("text-embedding-3-small")),
				statecheck.ExpectKnownValue(name, tfjsonpath.New("usage").AtMapKey("prompt_tokens"), knownvalue.NotNull()),
			}},
		resource.TestStep{Config: embedding("input = \"hello\"\n  dimensions = 8\n  encoding_format = \"float\""), ConfigPlanChecks: updates(), Check: asked(t, s, 1)},
		resource.TestStep{Config: embedding("input = \"goodbye\"\n  dimensions = 8"), ConfigPlanChecks: updates(), Check: asked(t, s, 2)},
		resource.TestStep{Config: embedding("input = \"goodbye\"\n  dimensions = 8"), ConfigPlanChecks: emptyPlan, Check: asked(t, s, 2)},
	)
}

// Numbers are made of what is there, without a call, and are those that the server sends as such.
func TestResource_makesNumbersOfWhatIsThere(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	numbers := func(state *terraform.State) (vector []float64) {
		attributes := state.RootModule().Resources[name].Primary.Attributes
		for i := range 8 {
			n, err := strconv.ParseFloat(attributes["embedding."+strconv.Itoa(i)], 64)
			if err != nil {
				t.Fatal(err)
			}
			vector = append(vector, n)
		}
		return vector
	}
	var made []float64
	s.Run(t,
		resource.TestStep{Config: embedding("input = \"hello\"\n  dimensions = 8")},
		resource.TestStep{Config: embedding("input = \"hello\"\n  dimensions = 8\n  include_numbers = true"), ConfigPlanChecks: updates(), Check: func(state *terraform.State) error {
			made = numbers(state)
			return asked(t, s, 1)(state)
		}},
		resource.TestStep{Config: embedding("input = \"hello\"\n  dimensions = 8\n  include_numbers = true\n  encoding_format = \"float\"\n  triggers = { again = 1 }"),
			Check: func(state *terraform.State) error {
				for i, n := range numbers(state) {
					if math.Abs(n-made[i]) > 1e-6 {
						t.Errorf("number %d is %v, was %v", i, n, made[i])
					}
				}
				return asked(t, s, 2)(state)
			}},
		resource.TestStep{Config: embedding("input = \"hello\"\n  dimensions = 8\n  triggers = { again = 1 }"), ConfigPlanChecks: updates(), Check: asked(t, s, 2),
			ConfigStateChecks: []statecheck.StateCheck{is("embedding", knownvalue.Null())}},
	)
}

func TestResource_keepsTheOrderOfSeveralTexts(t *testing.T) {
	for kind, profile := range map[string]emulator.Profile{"OpenAI": emulator.OpenAI, "Fussy": emulator.Fussy} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{Profile: profile})
			several := embedding("inputs = [\"one\", \"two\", \"three\"]\n  dimensions = 4\n  include_numbers = true")
			s.Run(t, resource.TestStep{Config: several + `
resource "openai_embedding" "each" {
  count      = 3
  model      = "text-embedding-3-small"
  input      = ["one", "two", "three"][count.index]
  dimensions = 4
}
output "same" {
  value = [for i in range(3) : openai_embedding.test.embeddings[i].embedding_base64 == openai_embedding.each[i].embedding_base64]
}`,
				ConfigStateChecks: []statecheck.StateCheck{
					is("embedding", knownvalue.Null()), is("embedding_base64", knownvalue.Null()),
					is("embeddings", knownvalue.ListSizeExact(3)),
					statecheck.ExpectKnownValue(name, tfjsonpath.New("embeddings").AtSliceIndex(2).AtMapKey("embedding"), knownvalue.ListSizeExact(4)),
					statecheck.ExpectKnownOutputValue("same", knownvalue.ListExact([]knownvalue.Check{knownvalue.Bool(true), knownvalue.Bool(true), knownvalue.Bool(true)})),
				}})
		})
	}
}

func TestKinds_shareOneRecording(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := filepath.ToSlash(t.TempDir())
	factories := acctest.Factories(t)
	factories["echo"] = echoprovider.NewProviderServer()
	body := "  model = \"text-embedding-3-small\"\n  input = \"hello\"\n  dimensions = 4\n}\n"
	config := s.Provider("recordings {\n    directory = \""+dir+"\"\n  }") +
		"resource \"openai_embedding\" \"test\" {\n" + body + "data \"openai_embedding\" \"test\" {\n" + body + "ephemeral \"openai_embedding\" \"test\" {\n" + body +
		"provider \"echo\" {\n  data = ephemeral.openai_embedding.test.embedding_base64\n}\nresource \"echo\" \"test\" {}\n" +
		"output \"same\" {\n  value = data.openai_embedding.test.embedding_base64 == openai_embedding.test.embedding_base64\n}\n"
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{Config: config, Check: asked(t, s, 1),
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("same", knownvalue.Bool(true))}}}})
}

// With generate_on = "plan", and with a recording, the plan has the vector.
func TestGenerateOnPlan_showsTheVector(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	provider := s.Provider("recordings {\n    directory = \"" + filepath.ToSlash(t.TempDir()) + "\"\n  }")
	shown := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectKnownValue(name, tfjsonpath.New("embedding_base64"), knownvalue.NotNull())}}
	s.Run(t,
		resource.TestStep{Config: provider + embedding("input = \"hello\"\n  generate_on = \"plan\""), ConfigPlanChecks: shown, Check: asked(t, s, 1)},
		resource.TestStep{Config: provider},
		resource.TestStep{Config: provider + embedding("input = \"hello\""), ConfigPlanChecks: shown, Check: asked(t, s, 1)},
	)
}

func TestResource_refusesWhatCanNeverBeRight(t *testing.T) {
	t.Parallel()
	var many []any
	for range 2049 {
		many = append(many, "x")
	}
	p := acctest.Speak(t)
	for says, arguments := range map[string]object{
		"Missing input":          {},
		"either input or inputs": {"input": "a", "inputs": []any{"b"}},
		`error at dimensions: Invalid number: dimensions must be a whole number of at least 1, not 0.5`: {"input": "a", "dimensions": 0.5},
		"inputs must not be empty":                          {"inputs": []any{}},
		`must be "base64" or "float", not "hex"`:            {"input": "a", "encoding_format": "hex"},
		"must be a list of at most 2048 elements, not 2049": {"inputs": many},
		"inputs[0] must not be empty":                       {"inputs": []any{""}},
	} {
		arguments["model"] = "text-embedding-3-small"
		plan := p.Instance("openai_embedding").Plan(t, arguments)
		if said := strings.Join(plan.Diags, "\n"); plan.Value != nil || !strings.HasPrefix(said, "error") || !strings.Contains(said, says) {
			t.Errorf("got %q, want %q", said, says)
		}
	}
}

// A new vector that does not come, or is none, leaves the old one and its arguments.
func TestResource_keepsTheOldVectorUntilTheNewOneIsThere(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	p := acctest.Speak(t)
	p.Connect(t, s)
	r := p.Instance("openai_embedding")
	config := func(text string) object {
		return object{"model": "text-embedding-3-small", "input": text, "dimensions": 4}
	}
	if diags := r.Apply(t, config("one")); len(diags) > 0 {
		t.Fatal(diags)
	}
	old := r.State()
	s.Fail(emulator.Status(200, `{"data":[]}`), emulator.ErrorJSON(401, "", "", "", "Wrong key"))
	for _, says := range []string{`(?s)Unusable embedding.*stays in the state`, `(?s)Could not update embedding.*Wrong key`} {
		if said := strings.Join(r.Apply(t, config("two")), "\n"); !regexp.MustCompile(says).MatchString(said) {
			t.Errorf("got %q, want %q", said, says)
		}
		if !reflect.DeepEqual(r.State(), old) {
			t.Errorf("the state is %v", r.State())
		}
	}
	if plan := r.Plan(t, config("one")); len(plan.Diags) > 0 || !reflect.DeepEqual(plan.Value, old) {
		t.Errorf("the plan of the old arguments is not empty: %q", plan.Diags)
	}
	plan := r.Plan(t, config("two"))
	if open := plan.Value.(object)["embedding_base64"]; open != (acctest.Unknown{}) || plan.Replace {
		t.Errorf("the next plan does not show the same change: %v", open)
	}
	r.Apply(t, config("two"))
	if n := len(s.Requests()); n != 4 || reflect.DeepEqual(r.State(), old) {
		t.Errorf("%d requests, and the state is %v", n, r.State())
	}
}
