package structured

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

const city = `{
  "type": "object",
  "properties": {"city": {"type": "string"}, "mood": {"type": "string", "enum": ["good", "bad"]}},
  "required": ["city"]
}`

// noType is what is said of a type that is none, after it.
func noType(meant string) string {
	return ` is not a type in JSON Schema; did you mean "` + meant + `"? Use one of "string", "number", "integer", "boolean", "object", "array", "null"`
}

// faultsOf are the faults in one text, a line each.
func faultsOf(faults []Fault) string {
	lines := make([]string, len(faults))
	for i, f := range faults {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ schema, want string }{
		"fine":             {city, ""},
		"empty object":     {`{}`, ""},
		"older draft":      {`{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"string"}]}`, ""},
		"private dialect":  {`{"$schema":"https://example.com/mine","type":"object"}`, ""},
		"recursion":        {`{"properties":{"next":{"$ref":"#"},"tree":{"$ref":"#/$defs/t"}},"$defs":{"t":{"items":{"$ref":"#/$defs/t"}}}}`, ""},
		"escaped pointer":  {`{"$ref":"#/$defs/a~1b%20c","$defs":{"a/b c":{}}}`, ""},
		"anchor":           {`{"$ref":"#a","$defs":{"x":{"$anchor":"a"}}}`, ""},
		"own name":         {`{"$id":"https://example.com/a","$ref":"https://example.com/a#/$defs/x","$defs":{"x":{}}}`, ""},
		"lookahead":        {`{"pattern":"^(?=.*x)y"}`, ""},
		"ref as property":  {`{"properties":{"$ref":{"type":"string"}}}`, ""},
		"ref in an enum":   {`{"enum":[{"$ref":"#/nowhere"}]}`, ""},
		"empty":            {" ", "the text is empty, not JSON"},
		"cut off":          {`{"type":`, "the JSON is cut off: it ends before its last value does"},
		"not JSON":         {"{\n  type: 1}", "the text is not JSON: invalid character 't' looking for beginning of object key string, line 2, column 3"},
		"two values":       {`{} {}`, "the text is not JSON: invalid character '{' after top-level value, line 1, column 4"},
		"a list":           {`[]`, "the schema must be a JSON object, not a list"},
		"true":             {`true`, "the schema must be a JSON object, not a boolean"},
		"bad type":         {`{"properties":{"a":{"type":"strng"}}}`, `/properties/a/type: "strng"` + noType("string")},
		"bad required":     {`{"required":"a"}`, "/required: must be an array, not a string"},
		"bad properties":   {`{"properties":{"a":1}}`, "/properties/a: must be a boolean or an object, not a number"},
		"empty anyOf":      {`{"anyOf":[]}`, "/anyOf: must have at least 1 elements, not 0"},
		"negative length":  {`{"minLength":-1}`, "/minLength: must be at least 0"},
		"bad pattern":      {`{"properties":{"a":{"pattern":"("}}}`, "/properties/a/pattern: is not a regular expression: missing closing )"},
		"missing ref":      {`{"properties":{"a":{"$ref":"#/$defs/b"}}}`, `/properties/a/$ref: "#/$defs/b" is not in the schema`},
		"missing anchor":   {`{"properties":{"a":{"$ref":"#b"}}}`, `/properties/a/$ref: "#b" is not in the schema`},
		"remote ref":       {`{"$ref":"https://example.com/s.json"}`, `/$ref: "https://example.com/s.json" is another document. Put what it means below $defs, and refer to it as "#/$defs/…"`},
		"file ref":         {`{"$ref":"file:///etc/passwd"}`, `/$ref: "file:///etc/passwd" is another document. Put what it means below $defs, and refer to it as "#/$defs/…"`},
		"remote with id":   {`{"$id":"https://example.com/a","$ref":"b"}`, `/$ref: "b" is another document. Put what it means below $defs, and refer to it as "#/$defs/…"`},
		"two faults":       {`{"properties":{"b":{"$ref":"#/x"},"a":{"$ref":"#/y"}}}`, "/properties/a/$ref: \"#/y\" is not in the schema\n/properties/b/$ref: \"#/x\" is not in the schema"},
		"number too large": {`{"maximum":1e999999999}`, "/maximum: the number is beyond 1e400 or below 1e-400"},
		"deep":             {strings.Repeat(`{"not":`, 600) + "{}" + strings.Repeat("}", 600), "objects and lists are inside one another more than 500 levels deep"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := faultsOf(Check(c.schema)); got != c.want {
				t.Errorf("\ngot:  %s\nwant: %s", got, c.want)
			}
		})
	}
}

// strictObject is a strict schema with one property.
func strictObject(property string) string {
	return `{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":` + property + `}}`
}

func TestCheckStrict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ schema, want string }{
		"fine":               {strictObject(`{"type":["string","null"],"pattern":"^a","minLength":1,"description":"d","title":"t"}`), ""},
		"nested anyOf":       {strictObject(`{"anyOf":[{"type":"string"},{"type":"null"}]}`), ""},
		"recursion":          {strictObject(`{"type":"array","items":{"$ref":"#"}}`), ""},
		"default may pass":   {strictObject(`{"type":"string","default":"x"}`), ""},
		"enum without type":  {strictObject(`{"enum":["x"]}`), ""},
		"what Check says":    {`{"type":"objekt"}`, "/type: \"objekt\"" + noType("object")},
		"root type":          {`{"type":"array","items":{"type":"string"}}`, `strict mode needs "type": "object" at the root: put what else is wanted into a property of an object`},
		"root anyOf":         {`{"anyOf":[{"type":"string"}]}`, "/anyOf: strict mode does not allow anyOf at the root: put it into a property of an object"},
		"root ref":           {`{"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}}`, "/$ref: strict mode does not allow $ref at the root: put what it refers to there"},
		"open":               {`{"type":"object"}`, "strict mode needs additionalProperties = false in each object"},
		"map":                {strictObject(`{"type":"object","additionalProperties":{"type":"string"}}`), "/properties/a: strict mode needs additionalProperties = false in each object: use a list of objects that have a name and a value for names that are not known before"},
		"optional":           {`{"type":"object","additionalProperties":false,"properties":{"a/b":{"type":"string"}}}`, `/properties/a~1b: strict mode needs all properties in required: add "a/b", and allow null if it is optional`},
		"unknown required":   {`{"type":"object","additionalProperties":false,"required":["x"]}`, `/required: "x" is required, but is not one of the properties`},
		"oneOf":              {strictObject(`{"oneOf":[{"type":"string"}]}`), "/properties/a/oneOf: strict mode does not allow oneOf: use anyOf"},
		"allOf":              {strictObject(`{"allOf":[{"type":"string"}]}`), "/properties/a/allOf: strict mode does not allow allOf: put what its elements say into one schema"},
		"property called if": {`{"type":"object","additionalProperties":false,"required":["if"],"properties":{"if":{"type":"string"}}}`, ""},
		"uniqueItems":        {strictObject(`{"type":"array","items":{"type":"string"},"uniqueItems":true}`), "/properties/a/uniqueItems: strict mode does not allow uniqueItems: say it in the description"},
		"format":             {strictObject(`{"type":"string","format":"uri"}`), `/properties/a/format: strict mode does not know the format "uri": use one of date-time, time, date, duration, email, hostname, ipv4, ipv6, uuid, or say it in the description`},
		"lookbehind":         {strictObject(`{"type":"string","pattern":"(?<!a)b"}`), "/properties/a/pattern: strict mode does not allow a pattern that looks ahead or behind: say it in the description"},
		"escaped, no look":   {strictObject(`{"type":"string","pattern":"\\(?=a"}`), ""},
		"no type":            {strictObject(`{"description":"d"}`), "/properties/a: strict mode needs a type here, or anyOf, or $ref"},
		"true":               {strictObject(`true`), "/properties/a: strict mode does not allow true and false as schemas: say which type is meant"},
		"no items":           {strictObject(`{"type":"array"}`), "/properties/a: strict mode needs items for an array: the schema of its elements"},
		"company of a ref":   {strictObject(`{"$ref":"#","description":"d"}`), "/properties/a: strict mode does not allow other keywords beside $ref: use anyOf with one element, the $ref"},
		"enum in a def":      {`{"type":"object","additionalProperties":false,"$defs":{"x":{"type":"object"}}}`, "/$defs/x: strict mode needs additionalProperties = false in each object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := faultsOf(CheckStrict(c.schema)); got != c.want {
				t.Errorf("\ngot:  %s\nwant: %s", got, c.want)
			}
		})
	}
}

func TestCheckStrict_limits(t *testing.T) {
	t.Parallel()
	nested := func(levels int) string {
		s := `{"type":"string"}`
		for range levels {
			s = strictObject(s)
		}
		return s
	}
	enum := func(n, length int) string {
		values := make([]string, n)
		for i := range values {
			values[i] = fmt.Sprintf("%0*d", length, i)
		}
		text, _ := json.Marshal(values)
		return strictObject(`{"type":"string","enum":` + string(text) + `}`)
	}
	wide := func(n int) string {
		properties, required := map[string]any{}, []string{}
		for i := range n {
			name := fmt.Sprint("p", i)
			properties[name] = map[string]any{"type": "string"}
			required = append(required, name)
		}
		text, _ := json.Marshal(map[string]any{"type": "object", "additionalProperties": false, "properties": properties, "required": required})
		return string(text)
	}
	for name, c := range map[string]struct{ schema, want string }{
		"deep enough":     {nested(maxLevels + 1), ""},
		"too deep":        {nested(maxLevels + 3), strings.Repeat("/properties/a", maxLevels+1) + ": strict mode allows 10 levels of objects inside one another: make the schema flatter"},
		"many values":     {enum(maxEnumValues, 5), ""},
		"too many values": {enum(maxEnumValues+1, 5), "strict mode allows 1000 values in all enums together, not 1001"},
		"short enum":      {enum(longEnum, 400), ""},
		"long enum":       {enum(longEnum+1, 400), "/properties/a/enum: strict mode allows 15000 characters in an enum of more than 250 values, not 100400"},
		"long names":      {strictObject(`{"const":"` + strings.Repeat("é", maxNames) + `"}`), "strict mode allows 120000 characters in all names, enum and const values together, not 120001"},
		"too wide":        {wide(maxProperties + 1), "strict mode allows 5000 properties in all objects together, not 5001"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := faultsOf(CheckStrict(c.schema)); got != c.want {
				t.Errorf("\ngot:  %s\nwant: %s", got, c.want)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	choice := `{"anyOf":[{"type":"null"},{"type":"object","properties":{"n":{"type":"integer"}}}]}`
	for name, c := range map[string]struct{ schema, instance, want string }{
		"fits":             {city, `{"city":"Paris","mood":"good"}`, ""},
		"missing":          {city, `{}`, `lacks "city"`},
		"wrong type":       {city, `{"city":1}`, "/city: must be a string, not a number"},
		"two faults":       {city, `{"city":1,"mood":"x"}`, "/city: must be a string, not a number\n/mood: must be one of \"good\", \"bad\""},
		"unknown":          {`{"additionalProperties":false}`, `{"b":1,"a":2}`, `has what the schema does not allow: "a", "b"`},
		"in a list":        {`{"items":{"properties":{"a/b":{"const":1}}}}`, `[{}, {"a/b":2}]`, "/1/a~1b: must be 1"},
		"not JSON":         {city, `Paris`, "the text is not JSON: invalid character 'P' looking for beginning of value, line 1, column 1"},
		"cut off":          {city, `{"city":"Par`, "the JSON is cut off: it ends before its last value does"},
		"empty":            {city, "", "the text is empty, not JSON"},
		"bad schema":       {`{"type":"objekt"}`, `{}`, "the answer cannot be checked, because of its schema: /type: \"objekt\"" + noType("object")},
		"schema not JSON":  {`{`, `{}`, "the answer cannot be checked, because of its schema: the JSON is cut off: it ends before its last value does"},
		"the one choice":   {choice, `{"n":"x"}`, "/n: must be an integer, not a string"},
		"no choice":        {choice, `7`, "none of the alternatives fits: must be null, not a number; or: must be an object, not a number"},
		"through refs":     {`{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"minimum":0.5}}}`, `{"a":0}`, "/a: must be at least 0.5"},
		"format":           {`{"format":"date"}`, `"tomorrow"`, "is not a valid date"},
		"format unknown":   {`{"format":"uri"}`, `"::"`, ""},
		"pattern":          {`{"pattern":"^a"}`, `"b"`, `does not match the pattern "^a"`},
		"lookahead passes": {`{"pattern":"^(?=a)"}`, `"b"`, ""},
		"large number":     {`{"maximum":1}`, `1e999999999`, "the number is 1e400 or more"},
		"exact number":     {`{"const":9007199254740993}`, `9007199254740992`, "must be 9007199254740993"},
		"endless":          {`{"$ref":"#"}`, `1`, "the answer could not be checked against its schema: the schema refers to itself without an end"},
		"false":            {`{"properties":{"a":false}}`, `{"a":1}`, "/a: is not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := faultsOf(Validate(c.schema, c.instance)); got != c.want {
				t.Errorf("\ngot:  %s\nwant: %s", got, c.want)
			}
		})
	}
}

func TestValidate_tellsNoMoreThanFits(t *testing.T) {
	t.Parallel()
	faults := Validate(`{"items":{"type":"string"}}`, "["+strings.Repeat("1,", 99)+"1]")
	if len(faults) != maxFaults+1 || faults[maxFaults].Message != "80 more faults are not listed" {
		t.Errorf("%d faults, the last: %v", len(faults), faults[len(faults)-1])
	}
}

func TestStrictText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ schema, want string }{
		"order stays, optional may be null": {
			`{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"string","enum":["x"]},"m":{"const":1}},"required":["z"]}`,
			`{"type":"object","properties":{"z":{"type":"string"},"a":{"type":["string","null"],"enum":["x",null]},"m":{"anyOf":[{"const":1,"type":"integer"},{"type":"null"}]}},"required":["z","a","m"],"additionalProperties":false}`,
		},
		"references": {
			`{"type":"object","properties":{"a":{"$ref":"#/$defs/x"},"b":{"$ref":"#/$defs/x","description":"d"},"n":{"$ref":"#/$defs/n"}},"required":["b"],"$defs":{"x":{"type":"string"},"n":{"type":["string","null"]}}}`,
			`{"type":"object","properties":{"a":{"anyOf":[{"$ref":"#/$defs/x"},{"type":"null"}]},"b":{"anyOf":[{"$ref":"#/$defs/x"}],"description":"d"},"n":{"$ref":"#/$defs/n"}},"required":["a","b","n"],"$defs":{"x":{"type":"string"},"n":{"type":["string","null"]}},"additionalProperties":false}`,
		},
		"root reference": {
			`{"$ref":"#/$defs/t","$defs":{"t":{"type":"object","properties":{"t":{"type":"array","items":{"$ref":"#/$defs/t"}}},"required":["t"]}}}`,
			`{"$defs":{"t":{"type":"object","properties":{"t":{"type":"array","items":{"$ref":"#/$defs/t"}}},"required":["t"],"additionalProperties":false}},"type":"object","properties":{"t":{"type":"array","items":{"$ref":"#/$defs/t"}}},"required":["t"],"additionalProperties":false}`,
		},
		"words": {
			`{"type":"object","properties":{"u":{"type":"string","format":"uri","description":"Where."},"d":{"type":"integer","default":3},"p":{"type":"string","pattern":"(?=a)"}},"required":["u","d","p"],"additionalProperties":false}`,
			`{"type":"object","properties":{"u":{"type":"string","description":"Where. (Format: uri)"},"d":{"type":"integer","description":"Default: 3"},"p":{"type":"string","description":"Pattern: (?=a)"}},"required":["u","d","p"],"additionalProperties":false}`,
		},
		"combinations": {
			`{"properties":{"o":{"oneOf":[{"type":"string"},{"properties":{}}]},"l":{"allOf":[{"type":"string"}],"description":"d"},"t":{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false},"y":{"type":"string","nullable":true}},"required":["o","l","t","y"]}`,
			`{"properties":{"o":{"anyOf":[{"type":"string"},{"properties":{},"type":"object","additionalProperties":false,"required":[]}]},"l":{"description":"d","type":"string"},"t":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer"}]},"maxItems":2},"y":{"type":["string","null"]}},"required":["o","l","t","y"],"type":"object","additionalProperties":false}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, faults := StrictText(c.schema)
			if got != c.want || len(faults) > 0 {
				t.Errorf("\ngot:  %s\nwant: %s\n%s", got, c.want, faultsOf(faults))
			}
			again, changes, _ := StrictText(got)
			if again != got || len(changes) > 0 {
				t.Errorf("changed again: %v\n%s", changes, again)
			}
		})
	}
}

func TestStrictText_leavesWhatItCannotChange(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		`{"anyOf":[{"type":"object"}]}`: "/anyOf: strict mode does not allow anyOf at the root: put it into a property of an object",
		`{"type":"object","properties":{"a":{"allOf":[{"type":"string"},{"minLength":1}]}},"required":["a"]}`: "/properties/a/allOf: strict mode does not allow allOf: put what its elements say into one schema",
		`{"type":"object","properties":{"a":{}},"required":["a"]}`:                                            "/properties/a: strict mode needs a type here, or anyOf, or $ref",
		`{"type":1}`: "/type: must be one of \"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\", \"string\"",
	} {
		if _, _, faults := StrictText(schema); faultsOf(faults) != want {
			t.Errorf("%s\ngot:  %s\nwant: %s", schema, faultsOf(faults), want)
		}
	}
}

func TestStrict_saysWhatItChanged(t *testing.T) {
	t.Parallel()
	given := map[string]any{
		"type":                 "object",
		"properties":           map[string]any{"a": map[string]any{"type": "string"}},
		"additionalProperties": true, "minProperties": 1.0,
	}
	before := tree(given)
	_, changes := Strict(given)
	want := []Change{
		{"", "minProperties was removed, and put into the description"},
		{"", "additionalProperties became false: no other properties are possible"},
		{"/properties/a", "is required now"},
		{"/properties/a", "may be null now"},
	}
	if !reflect.DeepEqual(changes, want) {
		t.Errorf("got %q", changes)
	}
	if !same(before, tree(given)) {
		t.Error("the argument was changed")
	}
}
