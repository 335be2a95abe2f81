package structured

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// publicSchemas are schemas as people publish them, one for each habit. problem
// is what keeps one from becoming strict: "" for one that can.
var publicSchemas = []struct{ name, schema, problem string }{
	{"flat", `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a"]}`, ""},
	{"draft-04, empty object", `{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","properties":{"a":{"type":"object"}},"required":["a"]}`, ""},
	{"draft-04, no properties", `{"$schema":"http://json-schema.org/draft-04/schema#","type":"object"}`, ""},
	{"draft-04, exclusive", `{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","properties":{"n":{"type":"number","minimum":0,"exclusiveMinimum":true,"maximum":9,"exclusiveMaximum":false},"o":{"type":"object"}}}`, ""},
	{"draft-04, id and definitions", `{"$schema":"http://json-schema.org/draft-04/schema#","id":"http://example.com/root.json","type":"object","properties":{"a":{"$ref":"http://example.com/root.json#/definitions/x"},"b":{"$ref":"root.json#/definitions/x"}},"definitions":{"x":{"type":"string"}}}`, ""},
	{"draft-04, id as anchor", `{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","properties":{"a":{"$ref":"#x"}},"definitions":{"x":{"id":"#x","type":"string"}}}`, ""},
	{"draft-04, id everywhere", `{"$schema":"http://json-schema.org/draft-04/schema#","id":"http://example.com/r","type":"object","properties":{"a":{"id":"http://example.com/r/a","type":"object","properties":{"b":{"id":"http://example.com/r/a/b","$ref":"#/definitions/x"},"c":{"id":"c","type":"integer"}}}},"definitions":{"x":{"type":"boolean"}}}`, ""},
	{"draft-06", `{"$schema":"http://json-schema.org/draft-06/schema#","$id":"urn:example:root","type":"object","properties":{"a":{"const":"x"},"b":{"$ref":"urn:example:root#/definitions/y"}},"definitions":{"y":{"type":"array","items":{"type":"string"}}}}`, ""},
	{"draft-07, root by reference", `{"$schema":"http://json-schema.org/draft-07/schema#","$ref":"#/definitions/Config","definitions":{"Config":{"type":"object","properties":{"name":{"type":"string"},"sub":{"$ref":"#/definitions/Config"}},"required":["name"],"additionalProperties":false}}}`, ""},
	{"draft-07, company of a reference", `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"a":{"$ref":"#/definitions/x","type":"integer","description":"d","minLength":3}},"definitions":{"x":{"type":"string"}}}`, ""},
	{"draft-07, conditions", `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"kind":{"type":"string"},"port":{"type":"integer"}},"required":["kind"],"if":{"properties":{"kind":{"const":"tcp"}}},"then":{"required":["port"]}}`, ""},
	{"draft-07, conditions in allOf", `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"kind":{"type":"string"},"port":{"type":"integer"}},"allOf":[{"if":{"properties":{"kind":{"const":"tcp"}}},"then":{"required":["port"]}},{"if":{"required":["port"]},"then":{"required":["kind"]}}]}`, ""},
	{"2019-09", `{"$schema":"https://json-schema.org/draft/2019-09/schema","$id":"https://example.com/s","type":"object","properties":{"a":{"$ref":"/s#x"}},"$defs":{"x":{"$anchor":"x","type":"string"}}}`, ""},
	{"2020-12, resources inside", `{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"https://example.com/customer","type":"object","properties":{"address":{"$ref":"/address"},"again":{"$ref":"address#/properties/zip"}},"$defs":{"address":{"$id":"/address","type":"object","properties":{"zip":{"type":"string"},"in":{"$ref":"#/$defs/land"}},"required":["zip"],"$defs":{"land":{"type":"string","enum":["DE","FR"]}}}}}`, ""},
	{"2020-12, relative names", `{"$id":"person.json","type":"object","properties":{"friend":{"anyOf":[{"$ref":"person.json"},{"type":"null"}]}}}`, ""},
	{"id without a draft", `{"id":"https://example.com/x.json","type":"object","properties":{"a":{"$ref":"https://example.com/x.json#/definitions/y"}},"definitions":{"y":{"type":"number"}}}`, ""},
	{"property named id", `{"type":"object","properties":{"id":{"type":"string"},"$id":{"type":"string"},"$ref":{"type":"string"},"required":{"type":"boolean"},"properties":{"type":"object"},"items":{"type":"string"},"allOf":{"type":"string"}},"required":["id"]}`, ""},
	{"reference to an optional sibling", `{"type":"object","properties":{"billing":{"type":"object","properties":{"street":{"type":"string"}},"required":["street"]},"shipping":{"$ref":"#/properties/billing"}},"required":["shipping"]}`, ""},
	{"reference to a required sibling", `{"type":"object","properties":{"billing":{"type":"object","properties":{"street":{"type":"string"}}},"shipping":{"$ref":"#/properties/billing"}},"required":["billing"]}`, ""},
	{"reference below an optional property", `{"type":"object","properties":{"a":{"oneOf":[{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]},{"type":"string"}]},"b":{"$ref":"#/properties/a/oneOf/0/properties/n"}},"required":["b"]}`, ""},
	{"reference to a constant", `{"type":"object","properties":{"a":{"const":1},"b":{"$ref":"#/properties/a"}},"required":["b"]}`, ""},
	{"reference into allOf", `{"type":"object","properties":{"a":{"allOf":[{"type":"object","properties":{"x":{"type":"string"}}}]},"b":{"$ref":"#/properties/a/allOf/0"},"c":{"$ref":"#/properties/a/allOf/0/properties/x"}},"required":["a"]}`, ""},
	{"reference into allOf of the root", `{"allOf":[{"type":"object","properties":{"x":{"type":"string"},"y":{"$ref":"#/allOf/0/properties/x"}}}]}`, ""},
	{"reference into oneOf", `{"type":"object","properties":{"a":{"oneOf":[{"type":"string"},{"type":"integer"}]},"b":{"$ref":"#/properties/a/oneOf/1"}},"required":["a","b"]}`, ""},
	{"reference into a tuple", `{"type":"object","properties":{"a":{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}]},"b":{"$ref":"#/properties/a/prefixItems/1"}},"required":["a","b"]}`, ""},
	{"reference into patternProperties", `{"type":"object","properties":{"b":{"$ref":"#/patternProperties/%5Ex-"}},"patternProperties":{"^x-":{"type":"string"}}}`, ""},
	{"reference into additionalProperties", `{"type":"object","properties":{"b":{"$ref":"#/additionalProperties"}},"additionalProperties":{"type":"string"}}`, ""},
	{"reference into components", `{"type":"object","properties":{"b":{"$ref":"#/components/schemas/Pet"}},"components":{"schemas":{"Pet":{"type":"object","properties":{"owner":{"$ref":"#/components/schemas/Owner"}}},"Owner":{"type":"string"}}}}`, ""},
	{"reference to an element", `{"type":"object","properties":{"list":{"type":"array","items":{"type":"object","properties":{"n":{"type":"integer"}}}},"one":{"$ref":"#/properties/list/items"}},"required":["list"]}`, ""},
	{"reference to the definition of a definition", `{"type":"object","properties":{"a":{"$ref":"#/$defs/x/$defs/y"}},"$defs":{"x":{"type":"object","$defs":{"y":{"type":"string"}}}}}`, ""},
	{"reference to an optional property of a definition", `{"type":"object","properties":{"a":{"$ref":"#/$defs/x/properties/y"}},"required":["a"],"$defs":{"x":{"type":"object","properties":{"y":{"type":"string"}}},"y":{"type":"integer"}}}`, ""},
	{"chain of references", `{"type":"object","properties":{"a":{"$ref":"#/properties/b"},"b":{"$ref":"#/properties/c"},"c":{"type":"string"}},"required":["a"]}`, ""},
	{"two ways in a circle", `{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"$ref":"#/properties/b"}}},"b":{"type":"object","properties":{"a":{"$ref":"#/properties/a"}}}}}`, ""},
	{"escaped names", `{"type":"object","properties":{"a/b~c %":{"type":"string"},"d":{"$ref":"#/properties/a~1b~0c%20%25"}},"required":["d"]}`, ""},
	{"tree", `{"type":"object","properties":{"value":{"type":"string"},"children":{"type":"array","items":{"$ref":"#"}}},"required":["value"]}`, ""},
	{"linked list", `{"$defs":{"node":{"type":"object","properties":{"v":{"type":"number"},"next":{"$ref":"#/$defs/node"}},"required":["v"]}},"type":"object","properties":{"head":{"$ref":"#/$defs/node"}},"required":["head"]}`, ""},
	{"mutual recursion", `{"type":"object","properties":{"e":{"$ref":"#/$defs/even"}},"$defs":{"even":{"type":"object","properties":{"o":{"$ref":"#/$defs/odd"}}},"odd":{"type":"object","properties":{"e":{"$ref":"#/$defs/even"}}}}}`, ""},
	{"enum without a type", `{"type":"object","properties":{"a":{"enum":["x",1,null]},"b":{"enum":["y"]}}}`, ""},
	{"enum with null", `{"type":"object","properties":{"a":{"type":["string","null"],"enum":["x",null]}}}`, ""},
	{"union of types", `{"type":"object","properties":{"a":{"type":["string","integer","null"]},"b":{"type":["string","number"]}},"required":["b"]}`, ""},
	{"type left out", `{"properties":{"a":{"properties":{"b":{"items":{"pattern":"^x"}}}},"n":{"minimum":3}},"required":["a"]}`, ""},
	{"formats", `{"type":"object","properties":{"u":{"type":"string","format":"uri"},"d":{"type":"string","format":"date-time"},"i":{"type":"integer","format":"int32"}}}`, ""},
	{"defaults and examples", `{"type":"object","properties":{"a":{"type":"string","default":"x","examples":["y"],"title":"A","description":"The a."}},"examples":[{}]}`, ""},
	{"lookahead", `{"type":"object","properties":{"a":{"type":"string","pattern":"^(?!x)"}}}`, ""},
	{"limits", `{"type":"object","properties":{"s":{"type":"string","minLength":1,"maxLength":9},"n":{"type":"integer","minimum":1,"maximum":5,"multipleOf":2},"l":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":3,"uniqueItems":true}},"minProperties":1}`, ""},
	{"map", `{"type":"object","properties":{"labels":{"type":"object","additionalProperties":{"type":"string"}}}}`, ""},
	{"map of objects", `{"type":"object","properties":{"services":{"type":"object","patternProperties":{"^[a-z]+$":{"type":"object","properties":{"image":{"type":"string"}}}},"additionalProperties":false}}}`, ""},
	{"tuple of draft-07", `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"p":{"type":"array","items":[{"type":"number"},{"type":"number"}],"additionalItems":false,"minItems":2}}}`, ""},
	{"one in oneOf", `{"type":"object","properties":{"a":{"oneOf":[{"type":"string"}]}}}`, ""},
	{"discriminator", `{"type":"object","properties":{"shape":{"oneOf":[{"$ref":"#/$defs/circle"},{"$ref":"#/$defs/square"}],"discriminator":{"propertyName":"kind"}}},"required":["shape"],"$defs":{"circle":{"type":"object","properties":{"kind":{"const":"circle"},"r":{"type":"number"}},"required":["kind","r"]},"square":{"type":"object","properties":{"kind":{"const":"square"},"s":{"type":"number"}},"required":["kind"]}}}`, ""},
	{"OpenAPI nullable", `{"type":"object","properties":{"a":{"type":"string","nullable":true},"b":{"nullable":true,"allOf":[{"$ref":"#/definitions/x"}]}},"required":["a","b"],"definitions":{"x":{"type":"object","properties":{"y":{"type":"integer"}}}}}`, ""},
	{"allOf of one reference", `{"type":"object","properties":{"a":{"description":"The a.","allOf":[{"$ref":"#/definitions/x"}]}},"definitions":{"x":{"type":"string","enum":["p","q"]}}}`, ""},
	{"null or a reference", `{"type":"object","properties":{"a":{"anyOf":[{"$ref":"#/$defs/x"},{"type":"null"}],"default":null}},"$defs":{"x":{"type":"object","properties":{"n":{"type":"integer","title":"N"}},"required":["n"],"title":"X"}}}`, ""},
	{"one or many", `{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"array","items":{"type":"string"}}]}},"required":["a"]}`, ""},
	{"one of the properties must be there", `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"anyOf":[{"required":["a"]},{"required":["b"]}]}`, ""},
	{"not both properties", `{"type":"object","properties":{"x":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"oneOf":[{"required":["a"]},{"required":["b"]}],"not":{"required":["a","b"]}}}}`, ""},
	{"dependencies", `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"dependencies":{"a":["b"]}}`, ""},
	{"requires what it does not describe", `{"type":"object","properties":{"a":{"type":"string"}},"required":["a","b"]}`, ""},
	{"comments", `{"$comment":"c","type":"object","properties":{"a":{"$comment":"d","type":"string","x-order":1}}}`, ""},
	{"private dialect", `{"$schema":"https://example.com/dialect","type":"object","properties":{"a":{"type":"string"}}}`, ""},
	{"encoded content", `{"type":"object","properties":{"a":{"type":"string","contentEncoding":"base64","contentMediaType":"image/png"}}}`, ""},
	{"list of lists", `{"type":"object","properties":{"m":{"type":"array","items":{"type":"array","items":{"type":"number"}}}}}`, ""},
	{"deeply optional", `{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"object","properties":{"c":{"type":"string"}}}}}}}`, ""},
	{"strict already", `{"type":"object","properties":{"a":{"type":["string","null"]},"b":{"$ref":"#/properties/a"}},"required":["a","b"],"additionalProperties":false}`, ""},
	{"unevaluated", `{"type":"object","properties":{"a":{"type":"string"}},"unevaluatedProperties":false}`, ""},

	{"no such type", `{"type":"object","properties":{"a":{"type":"sting"}}}`, `/properties/a/type: "sting" is not a type in JSON Schema; did you mean "string"? Use one of "string", "number", "integer", "boolean", "object", "array", "null"`},
	{"no such type in a list", `{"type":"object","properties":{"a":{"type":["string","none"]}}}`, `/properties/a/type: "none" is not a type in JSON Schema: use one of`},
	{"type of draft-03", `{"type":"object","properties":{"a":{"type":"any"}}}`, `/properties/a/type: "any" is not a type in JSON Schema: use`},
	{"type in short", `{"type":"object","properties":{"a":{"type":"bool"}}}`, `/properties/a/type: "bool" is not a type in JSON Schema; did you mean "boolean"?`},
	{"type in capitals", `{"type":"object","properties":{"a":{"type":"String"}}}`, `/properties/a/type: "String" is not a type in JSON Schema; did you mean "string"?`},
	{"type with a letter more", `{"type":"object","properties":{"a":{"type":"integers"}}}`, `/properties/a/type: "integers" is not a type in JSON Schema; did you mean "integer"?`},
	{"required of draft-03", `{"type":"object","properties":{"a":{"type":"string","required":true}}}`, `/properties/a/required: must be a list of names, in the object that has the properties: true and false are from draft-03`},
	{"type is an object", `{"type":{"kind":"object"}}`, `/type: must be`},
	{"anyOf at the root", `{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"object","properties":{"b":{"type":"string"}}}]}`, "/anyOf: strict mode does not allow anyOf at the root"},
	{"list at the root", `{"type":"array","items":{"type":"string"}}`, `strict mode needs "type": "object" at the root`},
	{"inheritance", `{"allOf":[{"$ref":"#/$defs/base"},{"type":"object","properties":{"b":{"type":"string"}}}],"$defs":{"base":{"type":"object","properties":{"a":{"type":"string"}}}}}`, "/allOf: strict mode does not allow allOf"},
	{"anything", `{"type":"object","properties":{"a":{}}}`, "/properties/a: strict mode needs a type here"},
	{"list of anything", `{"type":"object","properties":{"a":{"type":"array"}}}`, "/properties/a: strict mode needs items for an array"},
	{"true", `{"type":"object","properties":{"a":true}}`, "/properties/a: strict mode does not allow true and false as schemas"},
	{"another document", `{"$id":"https://example.com/a.json","type":"object","properties":{"a":{"$ref":"b.json#/x"}}}`, `/properties/a/$ref: "b.json#/x" is another document`},
	{"no such definition", `{"$id":"https://example.com/a.json","type":"object","properties":{"a":{"$ref":"a.json#/$defs/x"}}}`, `/properties/a/$ref: "a.json#/$defs/x" is not in the schema`},
	{"no such anchor", `{"type":"object","properties":{"a":{"$ref":"#x"}}}`, `/properties/a/$ref: "#x" is not in the schema`},
	{"number too large", `{"type":"object","properties":{"a":{"type":"number","maximum":1e999}}}`, "/properties/a/maximum: the number is beyond 1e400"},
}

// What strict_schema returns is strict, or an error about the schema it was
// given; it does not change again; and what keeps to it keeps to the original once
// the nulls are out.
func TestStrictText_ofPublicSchemas(t *testing.T) {
	t.Parallel()
	for _, c := range publicSchemas {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			strict, changes, faults := StrictText(c.schema)
			if c.problem != "" {
				if got := faultsOf(faults); !strings.Contains(got, c.problem) {
					t.Errorf("\ngot:  %s\nwant: %s", got, c.problem)
				}
				return
			}
			if len(faults) > 0 {
				t.Fatalf("%s\n%s", strict, faultsOf(faults))
			}
			if faults := CheckStrict(strict); len(faults) > 0 {
				t.Errorf("%s\n%s", strict, faultsOf(faults))
			}
			if again, changes, _ := StrictText(strict); again != strict || len(changes) > 0 {
				t.Errorf("once:  %s\ntwice: %s\n%v", strict, again, changes)
			}
			checkNarrower(t, c.schema, strict, changes)
		})
	}
}

// wider are the changes by which a strict schema takes what the original does not.
var wider = regexp.MustCompile(`^(oneOf became|prefixItems became|items became|.* is no longer required|nullable was removed|what allOf says|` +
	`(format|pattern|uniqueItems|minProperties|maxProperties|not|if|then|else|depend\w+|anyOf|oneOf|patternProperties|propertyNames|contains|unevaluated\w+|minContains|maxContains) was removed)`)

// checkNarrower makes answers that keep to a strict schema, and holds them
// against the one that it was made of.
func checkNarrower(t *testing.T, original, strict string, changes []Change) {
	t.Helper()
	if !checkMeaning(t, original, strict, changes) {
		t.Errorf("no answer could be made for %s", strict)
	}
}

// checkMeaning does that, and reports whether answers could be made, if they can
// be held against the original.
func checkMeaning(t *testing.T, original, strict string, changes []Change) bool {
	t.Helper()
	for _, c := range changes {
		if wider.MatchString(c.What) {
			return true
		}
	}
	root, fault := parseSchema(strict)
	if fault != nil {
		t.Fatal(fault)
	}
	g := &generator{root: root, rand: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // no secret
	valid := 0
	for range 15 {
		value := g.value(root, 0)
		text, _ := json.Marshal(value)
		if len(Validate(strict, string(text))) > 0 {
			continue
		}
		valid++
		if faults := Validate(original, withoutNulls(original, value)); len(faults) > 0 {
			t.Errorf("%s\nkeeps to %s\nbut not to %s\n%s", text, strict, original, faultsOf(faults))
			return true
		}
	}
	return valid > 0
}

// pruned is a value without the properties that are null.
func pruned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, member := range v {
			if member != nil {
				out[name] = pruned(member)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = pruned(v[i])
		}
		return out
	}
	return v
}

// withoutNulls is a value as JSON, without the properties that are null where the
// schema takes it as well without them.
func withoutNulls(schema string, value any) string {
	text, _ := json.Marshal(pruned(value))
	if len(Validate(schema, string(text))) == 0 {
		return string(text)
	}
	text, _ = json.Marshal(value)
	best := len(Validate(schema, string(text)))
	var prune func(v any)
	prune = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, member := range v {
				if member != nil {
					prune(member)
					continue
				}
				delete(v, name)
				fewer, _ := json.Marshal(value)
				if faults := len(Validate(schema, string(fewer))); faults > best {
					v[name] = nil
				} else {
					best, text = faults, fewer
				}
			}
		case []any:
			for _, element := range v {
				prune(element)
			}
		}
	}
	prune(value)
	return string(text)
}

// generator makes values that most likely keep to a strict schema.
type generator struct {
	root *object
	rand *rand.Rand
}

func (g *generator) value(v any, depth int) any {
	s, ok := v.(*object)
	if !ok || depth > 30 {
		return nil
	}
	pick := func(n int) int { return g.rand.IntN(n) }
	switch {
	case s.has("$ref"):
		target, _ := resolve(g.root, s.text("$ref"))
		return g.value(target, depth+1)
	case s.has("const"):
		return plain(s.get("const"))
	case len(s.list("enum")) > 0:
		return plain(s.list("enum")[pick(len(s.list("enum")))])
	case len(s.list("anyOf")) > 0:
		list := s.list("anyOf")
		if depth > 8 {
			return g.value(list[len(list)-1], depth+1) // null stands last
		}
		return g.value(list[pick(len(list))], depth+1)
	}
	kinds := types(s)
	if len(kinds) == 0 {
		return nil
	}
	kind := kinds[pick(len(kinds))]
	if depth > 8 {
		kind = kinds[len(kinds)-1]
	}
	switch kind {
	case "string":
		return []string{"x", "", "2026-01-02T03:04:05Z", "xyz", "5"}[pick(5)]
	case "integer", "number":
		return []int{0, 1, 2, 3, 4, 12}[pick(6)]
	case "boolean":
		return pick(2) == 0
	case "array":
		n := pick(3)
		if depth > 8 {
			n = 0
		}
		list := make([]any, n)
		for i := range list {
			list[i] = g.value(s.get("items"), depth+1)
		}
		return list
	case "object":
		out := map[string]any{}
		if properties := s.object("properties"); properties != nil {
			for _, name := range properties.keys {
				out[name] = g.value(properties.get(name), depth+1)
			}
		}
		return out
	}
	return nil
}

func TestStrictText_referenceToAnOptionalSibling(t *testing.T) {
	t.Parallel()
	strict, _, faults := StrictText(`{"type":"object","properties":{"billing":{"type":"object","properties":{"street":{"type":"string"}},"required":["street"]},"shipping":{"$ref":"#/properties/billing"}},"required":["shipping"]}`)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for answer, fits := range map[string]bool{
		`{"billing":null,"shipping":{"street":"x"}}`: true,
		`{"billing":{"street":"x"},"shipping":null}`: false,
		`{"billing":null,"shipping":null}`:           false,
	} {
		if faults := Validate(strict, answer); (len(faults) == 0) != fits {
			t.Errorf("%s: %v", answer, faults)
		}
	}
}

// In draft-04 an empty list of required properties is no valid schema.
func TestStrictText_draft04(t *testing.T) {
	t.Parallel()
	const properties = `"type":"object","properties":{"name":{"type":"string"},"routes":{"type":"object"}},"required":["name"]}`
	strict, _, faults := StrictText(`{"$schema":"http://json-schema.org/draft-04/schema#",` + properties)
	if len(faults) > 0 || strings.Contains(strict, `"required":[]`) {
		t.Errorf("%s\n%v", strict, faults)
	}
	today, _, _ := StrictText("{" + properties)
	if strings.Replace(strict, `"$schema":"http://json-schema.org/draft-04/schema#",`, "", 1) != strings.Replace(today, `,"required":[]`, "", 1) {
		t.Errorf("\ndraft-04: %s\ntoday:    %s", strict, today)
	}
	strict, _, faults = StrictText(`{"$schema":"http://json-schema.org/draft-04/schema#","type":"object","properties":{"n":{"type":"number","minimum":0,"exclusiveMinimum":true}},"required":["n"]}`)
	if want := `{"type":"object","properties":{"n":{"type":"number","exclusiveMinimum":0}},"required":["n"],"additionalProperties":false}`; strict != want || len(faults) > 0 {
		t.Errorf("\ngot:  %s\nwant: %s\n%v", strict, want, faults)
	}
}

// Nothing that a terminal would obey is in what is told of a schema or an answer.
func TestFaults_arePrintable(t *testing.T) {
	t.Parallel()
	const name = "a\x1b]0;x\x07\u202e\u009b\u200bz"
	j, _ := json.Marshal(name)
	n := string(j)
	var texts []string
	for _, schema := range []string{
		fmt.Sprintf(`{"type":%s}`, n), fmt.Sprintf(`{"properties":{%s:{"type":%s}}}`, n, n), fmt.Sprintf(`{"properties":{%s:1}}`, n), fmt.Sprintf(`{"$ref":%s}`, n), fmt.Sprintf(`{"$ref":"#%s}`, n[1:]),
		fmt.Sprintf(`{"pattern":"(%s}`, n[1:]), fmt.Sprintf(`{%s:1e999}`, n), fmt.Sprintf(`{"type":"object","properties":{%s:{}},"required":[%s,"%s]}`, n, n, n[2:]),
		fmt.Sprintf(`{"type":"object","properties":{%s:{"format":%s,"type":"string"}}}`, n, n), "{\x1b", fmt.Sprintf(`{"type":"object","properties":{%s:{"type":"string","default":%s,"format":%s}}}`, n, n, n),
		fmt.Sprintf(`{"type":"object","properties":{%s:{"type":"string"},"b":{"$ref":"#/properties/%s}},"$id":%s}`, n, n[1:], n),
	} {
		for _, f := range append(Check(schema), CheckStrict(schema)...) {
			texts = append(texts, f.Pointer, f.Message, f.String())
		}
		_, changes, faults := StrictText(schema)
		for _, f := range faults {
			texts = append(texts, f.String())
		}
		for _, c := range changes {
			texts = append(texts, c.Pointer, c.What)
		}
		for _, f := range Validate(schema, `{}`) {
			texts = append(texts, f.String())
		}
	}
	for _, schema := range []string{
		`{"additionalProperties":false}`, `{"additionalProperties":{"type":"number"}}`, `{"propertyNames":{"maxLength":1}}`, fmt.Sprintf(`{"const":%s}`, n), fmt.Sprintf(`{"required":["%s]}`, n[2:]),
		fmt.Sprintf(`{"additionalProperties":{"enum":[1,%s"]}}`, n[:len(n)-2]), fmt.Sprintf(`{"additionalProperties":{"pattern":"b%s}}`, n[1:]), fmt.Sprintf(`{"dependentRequired":{%s:["b%s]}}`, n, n[1:]),
		`{"additionalProperties":{"anyOf":[{"type":"object","properties":{},"additionalProperties":false},{"type":"number"}]}}`,
	} {
		for _, answer := range []string{fmt.Sprintf(`{%s:%s}`, n, n), fmt.Sprintf(`{%s:{%s:1}}`, n, n), fmt.Sprintf(`{%s:1e999}`, n), "\x1b"} {
			for _, f := range Validate(schema, answer) {
				texts = append(texts, f.Pointer, f.Message)
			}
		}
	}
	seen := false
	for _, text := range texts {
		if strings.ContainsAny(text, "\x1b\x07\u202e\u009b\u200b") {
			t.Errorf("%q", text)
		}
		seen = seen || strings.Contains(text, `\u001b]0;x\u0007\u202e\u009b\u200b`)
	}
	if !seen {
		t.Error("no text has the name")
	}
}

// author writes schemas at random: all kinds of nesting, and references to
// wherever something stands.
type author struct {
	rand   *rand.Rand
	places []string  // that something can refer to
	refs   []*object // whose target is chosen in the end
}

func (a *author) schema(pointer string, depth int) *object {
	s := newObject()
	kind := a.rand.IntN(12)
	if depth == 0 {
		kind = 0 // the root is an object
	} else if depth > 3 {
		kind = 5 + a.rand.IntN(7)
	}
	if depth > 0 {
		a.places = append(a.places, pointer)
	}
	choice := func(key string, n int) {
		list := make([]any, n)
		for i := range list {
			list[i] = a.schema(at(at(pointer, key), fmt.Sprint(i)), depth+1)
		}
		s.set(key, list)
	}
	switch kind {
	case 0, 1:
		a.object(s, pointer, depth)
	case 2:
		s.set("type", "array")
		s.set("items", a.schema(at(pointer, "items"), depth+1))
	case 3:
		choice("anyOf", 2)
	case 4:
		choice("allOf", 1)
	case 5, 6, 7:
		a.refs = append(a.refs, s)
		s.set("$ref", "#")
		if a.rand.IntN(4) == 0 {
			s.set("description", "d")
		}
	case 8:
		s.set("const", "c")
	case 9:
		s.set("enum", []any{"x", json.Number("3")})
	case 10:
		s.set("type", []any{"integer", "number"})
	default:
		s.set("type", []any{"string", "boolean"}[a.rand.IntN(2)])
	}
	return s
}

func (a *author) object(s *object, pointer string, depth int) {
	s.set("type", "object")
	properties, required := newObject(), []any{}
	for i := range a.rand.IntN(4) {
		name := []string{"a", "b/c", "d~", "e f"}[i]
		properties.set(name, a.schema(at(at(pointer, "properties"), name), depth+1))
		if a.rand.IntN(2) == 0 {
			required = append(required, name)
		}
	}
	s.set("properties", properties)
	if len(required) > 0 {
		s.set("required", required)
	}
	if depth == 0 {
		definitions := newObject()
		definitions.set("a", a.schema("/$defs/a", 1))
		s.set("$defs", definitions)
	}
}

// Whatever refers to whatever, a strict schema means what the original means.
func TestStrictText_ofRandomSchemas(t *testing.T) {
	t.Parallel()
	made := 0
	for seed := range uint64(150) {
		a := &author{rand: rand.New(rand.NewPCG(seed, 7))} //nolint:gosec // no secret
		root := a.schema("", 0)
		for _, s := range a.refs {
			s.set("$ref", reference(a.places[a.rand.IntN(len(a.places))]))
		}
		text, _ := json.Marshal(root)
		original := string(text)
		if faults := Check(original); len(faults) > 0 {
			t.Fatalf("%s\n%v", original, faults)
		}
		strict, changes, faults := StrictText(original)
		if f := Check(strict); len(f) > 0 {
			t.Errorf("seed %d: %s\n%s\n%v", seed, original, strict, f)
		}
		if len(faults) > 0 {
			continue // such as an allOf that cannot be put into one
		}
		made++
		if again, changes, _ := StrictText(strict); again != strict || len(changes) > 0 {
			t.Errorf("seed %d\nonce:  %s\ntwice: %s\n%v", seed, strict, again, changes)
		}
		checkMeaning(t, original, strict, changes)
	}
	if made < 75 {
		t.Errorf("only %d schemas became strict", made)
	}
}
