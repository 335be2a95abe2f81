package emulator_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// Every instance is held against its schema by a validator that the emulator
// does not know.
func TestInstance_isValid(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for name, schema := range map[string]string{
		"flat":        `{"type":"object","properties":{"s":{"type":"string"},"i":{"type":"integer"},"n":{"type":"number"},"b":{"type":"boolean"},"z":{"type":"null"}},"required":["s","i","n","b","z"],"additionalProperties":false}`,
		"enum":        `{"type":"object","properties":{"e":{"enum":["a","b"]},"c":{"const":{"x":1}},"m":{"enum":[null,2]}},"required":["e","c","m"]}`,
		"bounds":      `{"type":"object","properties":{"i":{"type":"integer","minimum":5,"maximum":7},"x":{"type":"integer","exclusiveMinimum":3,"exclusiveMaximum":5},"m":{"type":"integer","minimum":10,"multipleOf":7},"f":{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":0.001},"neg":{"type":"number","maximum":-5}},"required":["i","x","m","f","neg"]}`,
		"strings":     `{"type":"object","properties":{"long":{"type":"string","minLength":300},"short":{"type":"string","maxLength":2},"zip":{"type":"string","pattern":"^[A-Z]{2}-\\d{5}(x|y)+$"},"at":{"type":"string","format":"date-time"},"mail":{"type":"string","format":"email"},"id":{"type":"string","format":"uuid"}},"required":["long","short","zip","at","mail","id"]}`,
		"arrays":      `{"type":"object","properties":{"l":{"type":"array","items":{"type":"string"},"minItems":3,"uniqueItems":true},"e":{"type":"array","maxItems":0},"t":{"type":"array","prefixItems":[{"type":"integer"},{"type":"boolean"}],"items":false},"u":{"type":"array","items":{"type":"integer"},"minItems":4,"maxItems":5}},"required":["l","e","t","u"]}`,
		"anyOf":       `{"type":"object","properties":{"a":{"anyOf":[{"type":"null"},{"type":"integer"}]},"b":{"oneOf":[{"type":"string","enum":["q"]},{"type":"integer"}]},"c":{"type":["string","null"]},"d":{"anyOf":[{"type":"object","properties":{"k":{"const":"v"}},"required":["k"]}]}},"required":["a","b","c","d"]}`,
		"allOf":       `{"type":"object","allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},{"$ref":"#/$defs/more"}],"$defs":{"more":{"properties":{"b":{"type":"boolean"}},"required":["b"]}}}`,
		"refs":        `{"type":"object","properties":{"p":{"$ref":"#/$defs/a~1b"},"q":{"$ref":"#/definitions/q"}},"required":["p","q"],"$defs":{"a/b":{"type":"integer"}},"definitions":{"q":{"type":"array","items":{"$ref":"#/$defs/a~1b"}}}}`,
		"tree":        `{"type":"object","properties":{"v":{"type":"integer"},"children":{"type":"array","items":{"$ref":"#"}}},"required":["v","children"],"additionalProperties":false}`,
		"linked list": `{"type":"object","properties":{"head":{"$ref":"#/$defs/node"}},"required":["head"],"additionalProperties":false,"$defs":{"node":{"type":"object","properties":{"v":{"type":"string"},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["v","next"],"additionalProperties":false}}}`,
		"bushy":       `{"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},"c":{"$ref":"#"},"d":{"$ref":"#"},"e":{"$ref":"#"},"f":{"$ref":"#"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			format := `"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":` + schema + `}}`
			resp := r.ask("Tell me 6 things about Berlin", format, `"n":2`)
			for i := range 2 {
				content, _ := resp.get("choices", i, "message", "content").(string)
				conforms(t, schema, content)
			}
			tool := `"tools":[{"type":"function","function":{"name":"things","parameters":` + schema + `}}],"tool_choice":"required"`
			arguments, _ := r.ask("Tell me 6 things about Berlin", tool).get("choices", 0, "message", "tool_calls", 0, "function", "arguments").(string)
			conforms(t, schema, arguments)
		})
	}
}

func conforms(t *testing.T, schema, instance string) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(instance))
	if err != nil {
		t.Fatalf("%q: %v", instance, err)
	}
	if err := compiler.MustCompile("schema.json").Validate(value); err != nil {
		t.Errorf("%s: %v", instance, err)
	}
}

func TestInstance_usesConversation(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	resp := r.ask("Translate to French: Hello. Mail it to ann@example.org before 2025-03-04, see https://example.net/x, 7 times, in fahrenheit.",
		`"response_format":{"type":"json_schema","json_schema":{"name":"x","strict":true,"schema":{"type":"object","additionalProperties":false,
		"properties":{"email":{"type":"string"},"due_date":{"type":"string"},"url":{"type":"string"},"times":{"type":"integer"},
		"unit":{"type":"string","enum":["celsius","fahrenheit"]}},"required":["email","due_date","url","times","unit"]}}}`)
	var got map[string]any
	if err := json.Unmarshal([]byte(resp.content()), &got); err != nil {
		t.Fatal(err)
	}
	equal(t, "instance", got, map[string]any{
		"email": "ann@example.org", "due_date": "2025-03-04", "url": "https://example.net/x", "times": 7.0, "unit": "fahrenheit",
	})
}

func TestInstance_endsWithoutEnd(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, schema := range []string{
		`{"type":"object","properties":{"self":{"$ref":"#"}},"required":["self"]}`,
		`{"type":"object","properties":{"x":{"$ref":"#/properties/x"}}}`,
		`{"type":"object","properties":{"x":{"$ref":"#/nowhere"}},"required":["x"]}`,
		`{"type":"object","properties":{"x":{"type":"array","minItems":1000000000,"items":{"type":"integer"}}}}`,
		`{"type":"object","properties":{"x":{"type":"string","minLength":1e12,"maxLength":1e13}}}`,
	} {
		resp := r.ask("Hello", `"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":`+schema+`}}`)
		if !json.Valid([]byte(resp.content())) {
			t.Errorf("%s: %.100s", schema, resp.content())
		}
	}
}
