package structured

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

var seeds = []string{
	city,
	`{"$ref":"#"}`,
	`{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}`,
	`{"type":"object","properties":{"a":{"oneOf":[{"type":"string","format":"uri"},{"$ref":"#","title":"t"}],"default":null}}}`,
	`{"type":"object","properties":{"a":{"allOf":[{"allOf":[{"enum":[1,"x",null,{}]}]}]},"b":{"nullable":true,"const":2,"description":7}}}`,
	`{"type":"array","items":[{"type":"string"},{"type":"string"}],"additionalItems":false}`,
	`{"type":"object","anyOf":[{"required":["a"]},{"$ref":"#/anyOf/0"}],"patternProperties":{"(":{}}}`,
	`{"$id":"a b","$anchor":"x","$dynamicRef":"#x","$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveRef":"#"}`,
	`{"properties":{"items":{"items":true},"a":{"multipleOf":1e300}},"additionalProperties":{"type":["object","null"]}}`,
	`{"uniqueItems":true,"prefixItems":[{"minLength":1}],"examples":[1],"unevaluatedProperties":false,"if":{},"then":{"not":{}}}`,
	`{"properties":{"a":{"allOf":[{"enum":[]}]},"b":{"enum":[null]},"c":{"enum":1}}}`,
	`{"$id":"https://json-schema.org/draft/2020-12/schema","$vocabulary":{"x":true}}`,
}

func addSchemas(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	for _, c := range publicSchemas {
		f.Add(c.schema)
	}
}

func FuzzCheck(f *testing.F) {
	addSchemas(f)
	f.Fuzz(func(t *testing.T, schema string) {
		faults := Check(schema)
		if strict := CheckStrict(schema); len(faults) > 0 && !reflect.DeepEqual(faults, strict) {
			t.Errorf("Check: %v\nCheckStrict: %v", faults, strict)
		}
		if again := Check(schema); !reflect.DeepEqual(faults, again) {
			t.Errorf("first: %v\nthen: %v", faults, again)
		}
	})
}

// What Strict makes of a valid schema, Strict does not change; nor does it touch
// what strict mode takes already, but for what it removes to be on the safe side.
func FuzzStrict(f *testing.F) {
	addSchemas(f)
	f.Fuzz(func(t *testing.T, schema string) {
		v, fault := parse(schema, false)
		if fault != nil {
			return
		}
		given := plain(v)
		once, _ := Strict(given)
		twice, changes := Strict(once)
		if valid := len(Check(schema)) == 0; valid && (!same(once, twice) || len(changes) > 0) {
			a, _ := json.Marshal(once)
			b, _ := json.Marshal(twice)
			t.Errorf("once:  %s\ntwice: %s\n%v", a, b, changes)
		}
		if !same(given, plain(v)) {
			t.Error("the argument was changed")
		}
		text, _, faults := StrictText(schema)
		if len(faults) == 0 && len(CheckStrict(text)) > 0 {
			t.Errorf("%s\n%v", text, CheckStrict(text))
		}
		// What cannot become strict is a schema nevertheless.
		if text != "" && len(Check(text)) > 0 {
			t.Errorf("%s\n%v", text, Check(text))
		}
	})
}

func FuzzValidate(f *testing.F) {
	for i, seed := range seeds {
		f.Add(seed, seeds[len(seeds)-1-i])
		f.Add(seed, `[1, {"a": null}, "x", 1e300]`)
	}
	f.Add(expressionSchema("oneOf", "+", "-"), `{"value":`+balanced(3, "-", `"x"`)+`}`)
	f.Add(`{"items":{"type":"number","exclusiveMinimum":0}}`, `[1e-999999,"\u001b[2J",{"\u202e":1e999}]`)
	f.Fuzz(func(t *testing.T, schema, instance string) {
		faults := Validate(schema, instance)
		if len(faults) > maxFaults+1 {
			t.Errorf("%d faults", len(faults))
		}
		for _, f := range faults {
			text := f.String()
			if jsontext.Printable(text) != text || len(f.Message) > 1<<14 {
				t.Errorf("%q", text)
			}
			if f.Unchecked && len(faults) > 1 {
				t.Errorf("unchecked, and yet %v", faults)
			}
		}
		if len(faults) == 0 && !json.Valid([]byte(instance)) {
			t.Errorf("%q is not JSON", instance)
		}
	})
}
