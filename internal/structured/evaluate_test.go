package structured

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// expressionSchema is a schema of arithmetic: each operator is an object of its
// own, and both sides of it are expressions again.
func expressionSchema(choice string, operators ...string) string {
	alternatives := []string{`{"type":"number"}`}
	for _, operator := range operators {
		alternatives = append(alternatives, fmt.Sprintf(`{"type":"object","properties":{"left":{"$ref":"#/$defs/expression"},`+
			`"right":{"$ref":"#/$defs/expression"},"operator":{"type":"string","const":%q}},`+
			`"required":["left","right","operator"],"additionalProperties":false}`, operator))
	}
	return `{"type":"object","properties":{"value":{"$ref":"#/$defs/expression"}},"required":["value"],"additionalProperties":false,` +
		`"$defs":{"expression":{"` + choice + `":[` + strings.Join(alternatives, ",") + `]}}}`
}

// balanced is an expression that is so many levels deep, with one operator.
func balanced(levels int, operator, leaf string) string {
	e := leaf
	for range levels {
		e = fmt.Sprintf(`{"left":%s,"right":%s,"operator":%q}`, e, e, operator)
	}
	return e
}

// linear is an expression that grows on one side only.
func linear(levels int, operator, leaf string) string {
	e := leaf
	for range levels {
		e = fmt.Sprintf(`{"left":%s,"right":1,"operator":%q}`, e, operator)
	}
	return e
}

// The time that a recursive schema takes grows with the answer, not with the
// number of ways to read it. What these take without that is more than a day.
func TestValidate_recursiveSchema(t *testing.T) {
	t.Parallel()
	operators := []string{"+", "-", "*", "/", "%", "^"}
	for _, choice := range []string{"anyOf", "oneOf"} {
		schema := expressionSchema(choice, operators...)
		for name, c := range map[string]struct{ answer, want string }{
			"valid, wide":        {balanced(12, "^", "1"), ""},
			"valid, deep":        {linear(400, "^", "1"), ""},
			"invalid leaf, wide": {balanced(10, "^", `"x"`), wideFaults()},
			"invalid leaf":       {linear(60, "^", `"x"`), "/value" + strings.Repeat("/left", 60) + ": none of the alternatives fits: must be a number, not a string; or: must be an object, not a string"},
			"unknown operator":   {linear(60, "&", `1`), ""},
			"a side is missing":  {linear(20, "+", `{"left":1,"operator":"+"}`), "/value" + strings.Repeat("/left", 20) + `: lacks "right"`},
		} {
			t.Run(choice+" "+name, func(t *testing.T) {
				t.Parallel()
				before := allocated()
				faults := Validate(schema, `{"value":`+c.answer+`}`)
				got := faultsOf(faults)
				if valid := strings.HasPrefix(name, "valid"); valid != (len(faults) == 0) || strings.Contains(got, "could not be") {
					t.Errorf("got %.500s", got)
				}
				if c.want != "" && got != c.want {
					t.Errorf("\ngot:  %.1000s\nwant: %s", got, c.want)
				}
				if len(got) > 1<<16 {
					t.Errorf("the faults are %d bytes long", len(got))
				}
				if used := allocated() - before; used > 1<<30 {
					t.Errorf("allocated %d MiB", used>>20)
				}
			})
		}
	}
}

// wideFaults are those of the first twenty of 1024 leaves, and how many more there are.
func wideFaults() string {
	var lines []string
	for i := range maxFaults {
		path := "/value"
		for bit := 9; bit >= 0; bit-- {
			path += []string{"/left", "/right"}[i>>bit&1]
		}
		lines = append(lines, path+": none of the alternatives fits: must be a number, not a string; or: must be an object, not a string")
	}
	return strings.Join(append(lines, "1004 more faults are not listed"), "\n")
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// Where no property tells the alternatives apart, each has to be tried.
func TestValidate_ambiguousSchema(t *testing.T) {
	t.Parallel()
	var alternatives []string
	for i := range 6 {
		alternatives = append(alternatives, fmt.Sprintf(`{"type":"object","properties":{"a":{"$ref":"#/$defs/e"},"b":{"$ref":"#/$defs/e"}},"required":["a","b"],"minProperties":%d}`, i%3))
	}
	schema := `{"$ref":"#/$defs/e","$defs":{"e":{"anyOf":[` + strings.Join(alternatives, ",") + `,{"type":"null"}]}}}`
	answer := func(levels int, leaf string) string {
		e := leaf
		for range levels {
			e = `{"a":` + e + `,"b":null}`
		}
		return e
	}
	if got := faultsOf(Validate(schema, answer(200, "null"))); got != "" {
		t.Errorf("got %.500s", got)
	}
	got := faultsOf(Validate(schema, answer(200, "7")))
	if !strings.Contains(got, "none of the alternatives fits") || len(got) > 4096 {
		t.Errorf("got %d bytes: %.500s", len(got), got)
	}
}

func TestValidate_endsWhatTakesTooLong(t *testing.T) {
	t.Parallel()
	// A thousand alternatives for each of many elements.
	var alternatives []string
	for i := range 1000 {
		alternatives = append(alternatives, fmt.Sprintf(`{"type":"array","maxItems":0,"minItems":%d}`, i+1))
	}
	schema := `{"items":{"anyOf":[` + strings.Join(alternatives, ",") + `,{"type":"array"}]}}`
	answer := "[" + strings.Repeat("[],", 9999) + "[]]"
	const want = "the answer could not be checked against its schema: that takes too long, as there are too many ways to read it"
	stopped := func() time.Time { return time.Unix(0, 0) } // so that only the work counts
	faults := validate(schema, answer, stopped)
	if len(faults) != 1 || faults[0] != (Fault{Message: want, Unchecked: true}) {
		t.Errorf("got %v", faults)
	}
	// The clock ends it, too.
	at := time.Unix(0, 0)
	faults = validate(schema, "["+strings.Repeat("[],", 99)+"[]]", func() time.Time { at = at.Add(maxTime); return at })
	if len(faults) != 1 || !faults[0].Unchecked {
		t.Errorf("got %v", faults)
	}
	if faults := Validate(schema, "["+strings.Repeat("[],", 99)+"[]]"); len(faults) > 0 {
		t.Errorf("got %v", faults)
	}
}

// What is a limit of ours is no fault of the answer, and is told apart.
func TestValidate_unchecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ schema, answer, want string }{
		"faulty schema":  {`{"type":"objekt"}`, `{}`, "because of its schema"},
		"no schema":      {`{`, `{}`, "because of its schema"},
		"endless":        {`{"$ref":"#"}`, `1`, "without an end"},
		"endless choice": {`{"anyOf":[{"$ref":"#"},{"type":"string"}]}`, `1`, "without an end"},
		"huge number":    {`{}`, `{"a":[0,1e400]}`, "/a/1: the number is 1e400 or more"},
		"too deep":       {`{}`, strings.Repeat("[", 501) + strings.Repeat("]", 501), "more than 500 levels"},
		"too many":       {`{}`, "[" + strings.Repeat("0,", maxValues) + "0]", "more than 500000 values"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := Validate(c.schema, c.answer)
			if len(faults) != 1 || !faults[0].Unchecked || !strings.Contains(faults[0].String(), c.want) {
				t.Errorf("got %+v", faults)
			}
		})
	}
	for _, answer := range []string{`{"a":`, ``, `x`, `7`} {
		if faults := Validate(`{"type":"object"}`, answer); len(faults) != 1 || faults[0].Unchecked {
			t.Errorf("%q: %+v", answer, faults)
		}
	}
}

// A number that is next to nothing costs next to nothing, and is 0.
func TestValidate_tinyNumbers(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"1e-999999", "-1e-999999999", "1e-99999999999999999999", "0." + strings.Repeat("0", 1_000_000) + "1"} {
		for schema, want := range map[string]string{
			`{"type":"number"}`:      "",
			`{"const":0}`:            "",
			`{"minimum":-0.5}`:       "",
			`{"multipleOf":3}`:       "",
			`{"exclusiveMinimum":0}`: "must be above 0",
			`{"type":"string"}`:      "must be a string, not a number",
		} {
			if got := faultsOf(Validate(schema, answer)); got != want {
				t.Errorf("%s, %.20s: got %q", schema, answer, got)
			}
		}
	}
	if got := faultsOf(Validate(`{"multipleOf":0.5}`, "0."+strings.Repeat("3", 1_000_000))); got != "must be a multiple of 0.5" {
		t.Error(got)
	}
}

func TestValidate_saysWhichAlternativeWasMeant(t *testing.T) {
	t.Parallel()
	shapes := `{"anyOf":[
	  {"type":"object","properties":{"kind":{"const":"circle"},"radius":{"type":"number"}},"required":["kind","radius"],"additionalProperties":false},
	  {"type":"object","properties":{"kind":{"enum":["square"]},"side":{"type":"number"}},"required":["kind","side"],"additionalProperties":false},
	  {"type":"null"}]}`
	for answer, want := range map[string]string{
		`{"kind":"circle","radius":"1"}`: "/radius: must be a number, not a string",
		`{"kind":"square","radius":1}`:   `has what the schema does not allow: "radius"` + "\n" + `lacks "side"`,
		`{"kind":"triangle"}`:            `none of the alternatives fits: /kind: must be "circle"; or: /kind: must be "square"`,
		`7`:                              "none of the alternatives fits: must be an object, not a number; or: must be null, not a number",
	} {
		if got := faultsOf(Validate(shapes, answer)); got != want {
			t.Errorf("%s\ngot:  %s\nwant: %s", answer, got, want)
		}
	}
}

// The library is right, if slow: what it takes, we take.
func checkAgainstLibrary(t *testing.T, schema, answer string) {
	t.Helper()
	root, fault := parseSchema(schema)
	if fault != nil {
		return
	}
	compiled, err := compile(root)
	if err != nil {
		return
	}
	v, fault := parseAnswer(answer)
	if fault != nil {
		return
	}
	want := compiled.Validate(plain(v))
	if want != nil && strings.Contains(want.Error(), "infinite") {
		return
	}
	faults := Validate(schema, answer)
	if len(faults) > 0 && faults[0].Unchecked {
		return
	}
	if (want == nil) != (len(faults) == 0) {
		t.Errorf("%s\n%s\nlibrary: %v\nwe:      %v", schema, answer, want, faults)
	}
}

func TestValidate_agreesWithTheLibrary(t *testing.T) {
	t.Parallel()
	schemas := []string{
		`{"type":["integer","null"]}`, `{"type":"number","minimum":1,"maximum":3,"multipleOf":0.5}`, `{"exclusiveMinimum":1,"exclusiveMaximum":3}`,
		`{"minLength":1,"maxLength":2}`, `{"pattern":"^a"}`, `{"format":"date"}`, `{"format":"email"}`, `{"const":{"a":[1,null]}}`, `{"enum":[1,"a",null,[1],{"a":1}]}`,
		`{"minItems":1,"maxItems":2,"uniqueItems":true}`, `{"items":{"type":"number"},"prefixItems":[{"type":"string"}]}`, `{"contains":{"type":"number"}}`,
		`{"contains":{"type":"number"},"minContains":2,"maxContains":3}`, `{"contains":{"type":"number"},"minContains":0}`,
		`{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"number"}],"additionalItems":false}`,
		`{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"number"}],"additionalItems":{"type":"string"}}`,
		`{"$schema":"http://json-schema.org/draft-07/schema#","items":{"type":"number"},"dependencies":{"a":["b"],"c":{"required":["d"]}}}`,
		`{"$schema":"http://json-schema.org/draft-04/schema#","minimum":1,"exclusiveMinimum":true,"properties":{"a":{"type":"integer"}}}`,
		`{"required":["a"],"properties":{"a":{"type":"number"}},"additionalProperties":false}`, `{"additionalProperties":{"type":"number"},"patternProperties":{"^b":{"type":"string"}}}`,
		`{"minProperties":1,"maxProperties":1}`, `{"propertyNames":{"maxLength":1}}`, `{"dependentRequired":{"a":["b"]}}`, `{"dependentSchemas":{"a":{"required":["c"]}}}`,
		`{"allOf":[{"type":"number"},{"minimum":2}]}`, `{"anyOf":[{"type":"string"},{"minimum":2}]}`, `{"oneOf":[{"type":"integer"},{"minimum":2}]}`, `{"not":{"type":"string"}}`,
		`{"if":{"type":"number"},"then":{"minimum":2},"else":{"type":"string"}}`, `{"if":{"required":["a"]},"then":{"properties":{"b":false}}}`,
		`{"properties":{"a":true},"unevaluatedProperties":false}`, `{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":{"type":"string"}}`,
		`{"anyOf":[{"properties":{"a":{"type":"number"}},"required":["a"]},{"properties":{"b":true}}],"unevaluatedProperties":false}`,
		`{"if":{"properties":{"a":{"type":"number"}},"required":["a"]},"then":{"properties":{"b":true}},"else":{"properties":{"c":true}},"unevaluatedProperties":false}`,
		`{"prefixItems":[true],"unevaluatedItems":false}`, `{"contains":{"type":"number"},"unevaluatedItems":{"type":"string"}}`,
		`{"$ref":"#/$defs/x","$defs":{"x":{"type":"object","properties":{"a":{"$ref":"#/$defs/x"}}}}}`, `{"$ref":"#/$defs/x","unevaluatedProperties":false,"$defs":{"x":{"properties":{"a":true}}}}`,
		`{"$dynamicRef":"#x","$defs":{"y":{"$dynamicAnchor":"x","type":"object"}}}`, `{"$schema":"https://json-schema.org/draft/2019-09/schema","properties":{"a":{"$recursiveRef":"#"}},"additionalProperties":false}`,
		`{"properties":{"a":{"type":"array","items":{"anyOf":[{"type":"null"},{"$ref":"#"}]}}},"required":["a"]}`, `{"dependentSchemas":{"a":{"properties":{"b":true}}},"properties":{"a":true},"unevaluatedProperties":false}`,
		expressionSchema("anyOf", "+", "-"), expressionSchema("oneOf", "+", "-"), `true`, `{"properties":{"a":false}}`, `{"items":false}`,
	}
	answers := []string{
		`null`, `true`, `0`, `1`, `1.0`, `1.5`, `2`, `3`, `-1e2`, `""`, `"a"`, `"ab"`, `"abc"`, `"2026-01-02"`, `"a@b.example"`, `[]`, `[1]`, `[1,1.0]`, `[1,2]`, `["a",1]`, `["a","b",3]`,
		`[1,"a"]`, `[[],[]]`, `{}`, `{"a":1}`, `{"a":[1,null]}`, `{"a":"x"}`, `{"b":"x"}`, `{"b":1}`, `{"c":1}`, `{"a":1,"b":2}`, `{"a":"1","b":2}`, `{"a":1,"c":2}`, `{"bb":1}`, `{"a":{}}`, `{"a":{"a":{"a":1}}}`,
		`{"a":[{"a":[null]}]}`, `{"a":[{"b":[null]}]}`, `{"value":1}`, `{"value":` + balanced(3, "-", "1") + `}`, `{"value":` + balanced(3, "*", "1") + `}`, `{"c":1,"d":2}`,
	}
	for _, schema := range schemas {
		for _, answer := range answers {
			checkAgainstLibrary(t, schema, answer)
		}
	}
}

func FuzzValidate_library(f *testing.F) {
	for i, seed := range seeds {
		f.Add(seed, seeds[len(seeds)-1-i])
	}
	f.Add(`{"anyOf":[{"properties":{"a":true}},{"type":"array","contains":{"minimum":1}}],"unevaluatedProperties":false}`, `{"a":[1]}`)
	f.Fuzz(func(t *testing.T, schema, answer string) {
		if len(schema) > 500 || len(answer) > 200 || !json.Valid([]byte(answer)) {
			return // the library may take for ever
		}
		checkAgainstLibrary(t, schema, answer)
	})
}
