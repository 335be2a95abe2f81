package models_test

import (
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const one, all = "openai_model", "openai_models"

type object = map[string]any

// read reads a data source without a CLI.
func read(t *testing.T, s *acctest.Server, typeName string, config object) (state any, diags []string) {
	t.Helper()
	p := acctest.Speak(t)
	p.Connect(t, s)
	return p.ReadData(t, typeName, config)
}

func TestDataSources_readTheModels(t *testing.T) {
	s := acctest.Start(t, emulator.Options{Models: []string{"gpt-4o", "gpt-4-1106-preview", "my-own/model:7b"}})
	const at = "data.openai_model.test"
	s.Run(t, resource.TestStep{
		Config: `
data "openai_model" "test" {
  model = "gpt-4-1106-preview"
}

data "openai_model" "own" {
  model = "my-own/model:7b"
}

data "openai_models" "test" {}

output "offered" { value = data.openai_models.test.models[*].id }
output "to_go" { value = [for m in data.openai_models.test.models : m.id if m.shutdown_date != null] }
`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(at, tfjsonpath.New("model"), knownvalue.StringExact("gpt-4-1106-preview")),
			statecheck.ExpectKnownValue(at, tfjsonpath.New("created"), knownvalue.Int64Exact(1687882411)),
			statecheck.ExpectKnownValue(at, tfjsonpath.New("owned_by"), knownvalue.StringExact("system")),
			statecheck.ExpectKnownValue(at, tfjsonpath.New("shutdown_date"), knownvalue.StringExact("2026-03-26")),
			statecheck.ExpectKnownValue("data.openai_model.own", tfjsonpath.New("model"), knownvalue.StringExact("my-own/model:7b")),
			statecheck.ExpectKnownValue("data.openai_model.own", tfjsonpath.New("shutdown_date"), knownvalue.Null()),
			statecheck.ExpectKnownOutputValue("offered", knownvalue.ListExact([]knownvalue.Check{ // in the server's order
				knownvalue.StringExact("gpt-4o"), knownvalue.StringExact("gpt-4-1106-preview"), knownvalue.StringExact("my-own/model:7b")})),
			statecheck.ExpectKnownOutputValue("to_go", knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("gpt-4-1106-preview")})),
		},
	})
	for _, r := range s.Requests() {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s is no reading", r.Method, r.Path)
		}
	}
}

// A gate before money is spent: the plan fails, at the argument.
func TestDataSource_failsAtTheArgument(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Run(t, resource.TestStep{Config: "data \"openai_model\" \"test\" {\n  model = \"gpt-9\"\n}", PlanOnly: true,
		ExpectError: regexp.MustCompile(`(?s)Could not read model.*with data\.openai_model\.test.*model = "gpt-9".*The[\s│]+model[\s│]+'gpt-9'[\s│]+does[\s│]+not[\s│]+exist`)})

	_, diags := read(t, s, one, object{"model": "gpt-9"})
	if len(diags) != 1 || !strings.HasPrefix(diags[0], "error at model: Could not read model: ") || !strings.Contains(diags[0], "404 Not Found") {
		t.Errorf("%q", diags)
	}
	before := len(s.Requests())
	if _, diags = read(t, s, one, object{"model": ""}); len(diags) != 1 || !strings.HasPrefix(diags[0], "error at model: ") {
		t.Errorf("an empty name: %q", diags)
	}
	if len(s.Requests()) != before {
		t.Error("a name that cannot be one was asked for")
	}
}

// Some servers have a list, and no single models, or answer with any model.
func TestDataSource_looksInTheList(t *testing.T) {
	for name, single := range map[string]emulator.Fault{
		"not found":     emulator.ErrorJSON(404, "invalid_request_error", "", "", "Not Found"),
		"another model": emulator.Status(200, `{"id":"default"}`),
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{Models: []string{"gpt-4o", "mine"}})
			s.Fail(single.On(http.MethodGet, "/models/").Repeat(-1))
			state, diags := read(t, s, one, object{"model": "mine"})
			if len(diags) > 0 || state.(object)["model"] != "mine" || state.(object)["owned_by"] == nil {
				t.Errorf("got %v %q", state, diags)
			}
			if _, diags := read(t, s, one, object{"model": "theirs"}); len(diags) != 1 || !strings.Contains(diags[0], "Could not read model: ") {
				t.Errorf("one that is in neither: %q", diags)
			}
		})
	}
}

// A name may hold what a path takes for something else.
func TestDataSource_escapesTheName(t *testing.T) {
	for _, name := range []string{"my-own/model:7b", "ft:gpt-4o:acme::7p4lURx", "a b?c#d%e", "../models"} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{Models: []string{name}})
			s.Foreign = strings.Contains(name, "..")
			state, diags := read(t, s, one, object{"model": name})
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if got := state.(object)["model"]; got != name {
				t.Errorf("the model is %v", got)
			}
		})
	}
}

// Servers differ: what is missing is null, what is of another type is converted or null, and what
// nobody knows is ignored.
func TestDataSource_takesOddAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		want   object // without the model
		diag   string // a piece of the error; "" = none
	}{
		"nothing but a name":  {`{"id":"m"}`, object{"created": nil, "owned_by": nil, "shutdown_date": nil}, ""},
		"nothing at all":      {`{}`, object{"created": nil, "owned_by": nil, "shutdown_date": nil}, ""},
		"nulls":               {`{"id":null,"created":null,"owned_by":null}`, object{"created": nil, "owned_by": nil, "shutdown_date": nil}, ""},
		"other types":         {`{"id":7,"created":"1700000000","owned_by":3,"shutdown_date":true}`, object{"created": 1700000000.0, "owned_by": "3", "shutdown_date": "true"}, ""},
		"a time that is none": {`{"created":"yesterday"}`, object{"created": nil, "owned_by": nil, "shutdown_date": nil}, ""},
		"more than we know":   {`{"id":"m","created":1,"owned_by":"me","permission":[{}],"context_length":4096}`, object{"created": 1.0, "owned_by": "me", "shutdown_date": nil}, ""},
		"a list":              {`[{"id":"m"},{"id":"n"}]`, nil, "Could not read model"},
		"in a folder":         {`{"id":"models/M","created":1}`, object{"created": 1.0, "owned_by": nil, "shutdown_date": nil}, ""},
		"another name":        {`{"id":"m-2024","created":1}`, nil, `the model "m-2024" when asked for "m"`},
		"in a list":           {`[{"id":"m"}]`, object{"created": nil, "owned_by": nil, "shutdown_date": nil}, ""},
		"no JSON":             {`model m`, nil, "Could not read model"},
		"an error in a 200":   {`{"error":{"message":"no such model"}}`, nil, "no such model"},
		"half of an answer":   {`{"id":"m","crea`, nil, "Could not read model"},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Fail(emulator.Status(200, test.answer).Repeat(-1))
			state, diags := read(t, s, one, object{"model": "m"})
			if said := strings.Join(diags, "\n"); (said == "") != (test.diag == "") || !strings.Contains(said, test.diag) {
				t.Fatalf("got %q, want %q", said, test.diag)
			}
			if test.diag != "" {
				return
			}
			test.want["model"] = "m" // what was asked for, whatever the server calls it
			if !reflect.DeepEqual(state, any(test.want)) {
				t.Errorf("got %v, want %v", state, test.want)
			}
		})
	}
}

func TestListDataSource_takesOddAnswers(t *testing.T) {
	model := func(id any) object {
		return object{"id": id, "created": nil, "owned_by": nil, "shutdown_date": nil}
	}
	for name, test := range map[string]struct {
		answer string
		want   any // models
		diag   string
	}{
		"none":                   {`{"object":"list","data":[]}`, []any{}, ""},
		"names alone":            {`{"data":[{"id":"a"},{"id":"b"}]}`, []any{model("a"), model("b")}, ""},
		"more than we know":      {`{"data":[{"id":"a","root":"a","parent":null}],"models":[1],"has_more":false}`, []any{model("a")}, ""},
		"a number for a name":    {`{"data":[{"id":7}]}`, []any{model("7")}, ""},
		"no name":                {`{"data":[{}]}`, []any{model(nil)}, ""},
		"null":                   {`{"data":null}`, nil, ""},
		"no JSON":                {`models`, nil, "Could not list models"},
		"a list":                 {`[{"id":"a"}]`, nil, "Could not list models"},
		"an error in a 200":      {`{"error":{"message":"not today"}}`, nil, "not today"},
		"nothing of what it was": {`{"models":["a"]}`, nil, "Could not list models: The server's list could not be read"},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Fail(emulator.Status(200, test.answer).Repeat(-1))
			state, diags := read(t, s, all, nil)
			if said := strings.Join(diags, "\n"); (said == "") != (test.diag == "") || !strings.Contains(said, test.diag) {
				t.Fatalf("got %q, want %q", said, test.diag)
			}
			if test.diag == "" && !reflect.DeepEqual(state, any(object{"models": test.want})) {
				t.Errorf("got %v, want %v", state, test.want)
			}
		})
	}
}

// What the server says in a refusal reaches the user, without the key; and it does not lead to the
// argument, which is not what is wrong.
func TestDataSources_sayWhatTheServerSays(t *testing.T) {
	for typeName, config := range map[string]object{one: {"model": "gpt-4o"}, all: nil} {
		for name, test := range map[string]struct {
			fault emulator.Fault
			says  []string
		}{
			"401":         {emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Incorrect API key provided: "+acctest.Key+"."), []string{"Incorrect API key provided: ***", "401 Unauthorized", "OPENAI_API_KEY"}},
			"403 of HTML": {emulator.Status(403, "<html><title>Access denied</title></html>", "Content-Type", "text/html"), []string{"403 Forbidden", "Access denied"}},
			"400, bare":   {emulator.Status(400, ""), []string{"400 Bad Request"}},
		} {
			t.Run(typeName+" "+name, func(t *testing.T) {
				s := acctest.Start(t, emulator.Options{})
				s.Fail(test.fault.Repeat(-1))
				state, diags := read(t, s, typeName, config)
				said := strings.Join(diags, "\n")
				if len(diags) != 1 || !strings.HasPrefix(said, "error: ") || strings.Contains(said, acctest.Key) {
					t.Errorf("the user reads %q", said)
				}
				for _, piece := range test.says {
					if !strings.Contains(said, piece) {
						t.Errorf("the user reads %q, without %q", said, piece)
					}
				}
				for _, value := range state.(object) {
					if list, ok := value.([]any); ok && len(list) > 0 {
						t.Errorf("the state has %v", state)
					}
				}
			})
		}
	}
}

// A provider whose settings are not known yet reads nothing.
func TestDataSources_needAConfiguredProvider(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	config := acctest.Value(p.Schema.Provider.ValueType(), object{"base_url": acctest.Unknown{}, "api_key": acctest.Key})
	configured, err := p.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: acctest.Dynamic(t, config)})
	if err != nil || len(configured.Diagnostics) > 0 {
		t.Fatal(err, acctest.Texts(configured.Diagnostics))
	}
	for typeName, config := range map[string]object{one: {"model": "gpt-4o"}, all: nil} {
		if _, diags := p.ReadData(t, typeName, config); len(diags) != 1 || !strings.Contains(diags[0], "The provider is not configured") {
			t.Errorf("%s: %q", typeName, diags)
		}
	}
}
