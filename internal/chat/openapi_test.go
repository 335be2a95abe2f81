package chat

import (
	"context"
	"encoding/json"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/openapi"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// leftOut are the properties of OpenAI's document that the provider does not
// have, with the reason. Paths are of the JSON.
var leftOut = map[string]string{
	"answer.metadata":                              "the argument metadata says it, and data sources read it back",
	"answer.choices.logprobs.content.bytes":        "it is in logprobs_json",
	"answer.choices.logprobs.content.top_logprobs": "it is in logprobs_json",
	"answer.choices.logprobs.refusal.bytes":        "it is in logprobs_json",
	"answer.choices.logprobs.refusal.top_logprobs": "it is in logprobs_json",
}

// added are names that the provider knows and the document does not.
var added = map[string]string{
	"answer.choices.message.reasoning_content": "compatible servers send it",
	"answer.choices.logprobs_json":             "the log probabilities as the server wrote them",
	"request.messages.reasoning_content":       "compatible servers want it back",
}

// document is OpenAI's own, walked as it is.
type document struct {
	t       *testing.T
	schemas map[string]any
	missing []string
	extra   []string
}

// TestSchema_isOpenAIs compares the declaration with OpenAI's document property
// by property: names, types, bounds, enumerations, deprecations. It lists what
// is missing on either side; the tables above hold the reasons.
func TestSchema_isOpenAIs(t *testing.T) {
	t.Parallel()
	file, ok := openapi.Find()
	if !ok {
		t.Skip("OpenAI's document is not at hand")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(text, &parsed); err != nil {
		t.Fatal(err)
	}
	d := &document{t: t, schemas: parsed.Components.Schemas}
	d.compare("request", Request, ref("CreateChatCompletionRequest"))
	d.compare("answer", Answer, ref("CreateChatCompletionResponse"))
	slices.Sort(d.missing)
	slices.Sort(d.extra)
	d.settle("has no argument or attribute", d.missing, leftOut)
	d.settle("is not in the document", d.extra, added)
}

func (d *document) settle(what string, found []string, reasons map[string]string) {
	for _, path := range found {
		if reason, ok := reasons[path]; ok {
			d.t.Logf("%s %s: %s", path, what, reason)
		} else {
			d.t.Errorf("%s %s", path, what)
		}
	}
	for path := range reasons {
		if !slices.Contains(found, path) {
			d.t.Errorf("the reason for %s is out of date", path)
		}
	}
}

func ref(name string) any { return map[string]any{"$ref": "#/components/schemas/" + name} }

// variants are all schemas that a value may be of: references followed, unions
// and intersections taken apart.
func (d *document) variants(schema any) []map[string]any {
	object, _ := schema.(map[string]any)
	if name, ok := object["$ref"].(string); ok {
		return d.variants(d.schemas[name[strings.LastIndex(name, "/")+1:]])
	}
	out := []map[string]any{object}
	for _, union := range []string{"oneOf", "anyOf", "allOf"} {
		members, _ := object[union].([]any)
		for _, member := range members {
			out = append(out, d.variants(member)...)
		}
	}
	return out
}

// properties are the members of an object, or of the elements of a list of them.
func (d *document) properties(schema any) map[string][]map[string]any {
	found := map[string][]map[string]any{}
	for _, variant := range d.variants(schema) {
		if items := variant["items"]; items != nil {
			for name, more := range d.properties(items) {
				found[name] = append(found[name], more...)
			}
		}
		members, _ := variant["properties"].(map[string]any)
		for name, member := range members {
			found[name] = append(found[name], d.variants(member)...)
		}
	}
	return found
}

func (d *document) compare(at string, as kinds.Attributes, schema any) {
	theirs := d.properties(schema)
	ours := map[string]bool{}
	for i := range as {
		a := &as[i]
		if a.Local || a.Extra {
			continue
		}
		ours[a.WireName()] = true
		variants, ok := theirs[a.WireName()]
		path := at + "." + a.WireName()
		if !ok {
			d.extra = append(d.extra, path)
			continue
		}
		d.compareOne(path, a, variants)
		if a.Fields != nil {
			union := make([]any, len(variants))
			for i := range variants {
				union[i] = variants[i]
			}
			d.compare(path, a.Fields, map[string]any{"anyOf": union})
		}
	}
	for name := range theirs {
		if !ours[name] {
			d.missing = append(d.missing, at+"."+name)
		}
	}
}

// jsonTypes are the JSON types that each shape can be.
var jsonTypes = map[kinds.Shape][]string{
	kinds.String: {"string"}, kinds.Bool: {"boolean"}, kinds.Int64: {"integer"}, kinds.Float64: {"number"},
	kinds.JSON: {"object", "array"}, kinds.JSONOrString: {"object", "string"}, kinds.Strings: {"array"}, kinds.Int64s: {"array"},
	kinds.StringMap: {"object"}, kinds.Int64Map: {"object"}, kinds.Float64Map: {"object"}, kinds.BoolMap: {"object"},
	kinds.StringsMap: {"object"}, kinds.Object: {"object"}, kinds.Objects: {"array"},
}

func (d *document) compareOne(path string, a *kinds.Attribute, variants []map[string]any) {
	var found []string
	deprecated := false
	for _, v := range variants {
		if kind, ok := v["type"].(string); ok {
			found = append(found, kind)
		}
		if v["deprecated"] == true {
			deprecated = true
		}
		d.compareBounds(path, a, v)
		d.compareEnum(path, a, v)
	}
	if len(found) > 0 && !slices.ContainsFunc(jsonTypes[a.Shape], func(kind string) bool { return slices.Contains(found, kind) }) {
		d.t.Errorf("%s is %v in the document, and %v here", path, found, jsonTypes[a.Shape])
	}
	if text := strings.ToLower(a.Description); deprecated && !strings.Contains(text, "deprecated") && !strings.Contains(text, "legacy") {
		d.t.Errorf("%s is deprecated in the document, and its description does not say so", path)
	}
}

// compareBounds holds the validators, and the limits that hold for OpenAI, against minimum and maximum: both are
// accepted, and what is beyond them is refused.
func (d *document) compareBounds(path string, a *kinds.Attribute, v map[string]any) {
	if !strings.HasPrefix(path, "request.") || (a.Shape != kinds.Int64 && a.Shape != kinds.Float64) {
		return
	}
	for bound, beyond := range map[string]float64{"minimum": -1, "maximum": 1} {
		limit, ok := v[bound].(float64)
		if !ok || limit > 1e15 || limit < -1e15 { // beyond what a 64-bit number holds
			continue
		}
		if !accepts(a, limit) || !withinLimits(path, a, limit) {
			d.t.Errorf("%s refuses its %s, %v", path, bound, limit)
		}
		if accepts(a, limit+beyond) && withinLimits(path, a, limit+beyond) {
			d.t.Errorf("%s accepts %v, beyond its %s", path, limit+beyond, bound)
		}
	}
}

func (d *document) compareEnum(path string, a *kinds.Attribute, v map[string]any) {
	values, _ := v["enum"].([]any)
	for _, value := range values {
		text, ok := value.(string)
		if ok && (a.Shape == kinds.String || a.Shape == kinds.JSONOrString) && strings.HasPrefix(path, "request.") && !acceptsText(a, text) {
			d.t.Errorf("%s refuses %q", path, text)
		}
	}
}

func accepts(a *kinds.Attribute, value float64) bool {
	for _, v := range a.Validators {
		if v, ok := v.(validator.Number); ok {
			var resp validator.NumberResponse
			v.ValidateNumber(context.Background(), validator.NumberRequest{ConfigValue: types.NumberValue(big.NewFloat(value))}, &resp)
			if resp.Diagnostics.HasError() {
				return false
			}
		}
	}
	return true
}

// withinLimits asks limits about a number that is an argument of the request itself.
func withinLimits(path string, a *kinds.Attribute, value float64) bool {
	if path != "request."+a.WireName() {
		return true
	}
	arguments := wire.Values{}
	for _, other := range Request {
		arguments[other.Name] = tftypes.NewValue(other.Type(), nil)
	}
	arguments[a.Name] = tftypes.NewValue(tftypes.Number, value)
	return !limits(wire.FieldsOf(arguments)).HasError()
}

func acceptsText(a *kinds.Attribute, value string) bool {
	for _, v := range a.Validators {
		if v, ok := v.(validator.String); ok {
			var resp validator.StringResponse
			v.ValidateString(context.Background(), validator.StringRequest{ConfigValue: types.StringValue(value)}, &resp)
			if resp.Diagnostics.HasError() {
				return false
			}
		}
	}
	return true
}
