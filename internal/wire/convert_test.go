package wire_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var convertible = kinds.Declare(
	kinds.Attribute{Name: "text", Shape: kinds.String},
	kinds.Attribute{Name: "truth", Shape: kinds.Bool},
	kinds.Attribute{Name: "number", Shape: kinds.Float64},
	kinds.Attribute{Name: "texts", Shape: kinds.Strings},
	kinds.Attribute{Name: "map", Shape: kinds.Int64Map},
	kinds.Attribute{Name: "any", Shape: kinds.Dynamic},
	kinds.Attribute{Name: "list", Shape: kinds.Objects, Fields: kinds.Declare(
		kinds.Attribute{Name: "role", Shape: kinds.String, Mode: kinds.Required},
		kinds.Attribute{Name: "n", Shape: kinds.Int64},
	)},
)

func TestConvert(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		`{"text": "a"}`:                               map[string]any{"text": "a"},
		`{"text": 12.5}`:                              map[string]any{"text": "12.5"},
		`{"text": true}`:                              map[string]any{"text": "true"},
		`{"truth": "true"}`:                           map[string]any{"truth": true},
		`{"number": "0.5"}`:                           map[string]any{"number": 0.5},
		`{"number": null}`:                            map[string]any{},
		`{"texts": ["a", 1]}`:                         map[string]any{"texts": []any{"a", "1"}},
		`{"map": {"a": "1"}}`:                         map[string]any{"map": map[string]any{"a": float64(1)}},
		`{"any": {"a": 1}}`:                           map[string]any{"any": map[string]any{"a": float64(1)}},
		`{"list": [{"role": "a"}, {"role":1,"n":2}]}`: map[string]any{"list": []any{map[string]any{"role": "a", "n": nil}, map[string]any{"role": "1", "n": float64(2)}}},
		`{"text": {}}`:                                "text is needed, not an object",
		`{"truth": "maybe"}`:                          "true or false is needed, not text",
		`{"number": "x"}`:                             "a number is needed, not text",
		`{"number": [1]}`:                             "a number is needed, not a list",
		`{"texts": "a"}`:                              "a list is needed, not text",
		`{"map": [1]}`:                                "a map is needed, not a list",
		`{"map": {"a": "x"}}`:                         "a: a number is needed, not text",
		`{"list": [{}]}`:                              "element 0: role is required",
		`{"list": [{"role": "a", "rôle": "b"}]}`:      `element 0: there is no argument "rôle" in it`,
		`{"list": ["a"]}`:                             "element 0: an object is needed, not text",
	} {
		parsed, err := jsontext.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]any{}
		for name, v := range wire.Members(wire.Dynamic(parsed)) {
			var converted tftypes.Value
			if converted, err = wire.Convert(convertible.Find(name), v); err == nil && !converted.IsNull() {
				got[name] = acctest.Go(converted)
			}
			if err == nil && name != "any" && !converted.Type().Equal(convertible.Find(name).Type()) {
				t.Errorf("%s: has the type %s", text, converted.Type())
			}
		}
		if fault, fails := want.(string); fails {
			if err == nil || !strings.HasSuffix(err.Error(), fault) {
				t.Errorf("%s: got %v", text, err)
			}
		} else if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v %v", text, got, err)
		}
	}
	unknown := tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"role": tftypes.String}}, map[string]tftypes.Value{"role": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	list := tftypes.NewValue(tftypes.Tuple{ElementTypes: []tftypes.Type{unknown.Type()}}, []tftypes.Value{unknown})
	if got, err := wire.Convert(convertible.Find("list"), list); err != nil || wire.Unknown("list", got) != "list[0].role" {
		t.Errorf("got %v %v", got, err)
	}
}
