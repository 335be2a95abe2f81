package serve

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A large value with dynamic attributes is read as the SDK reads it.
func TestUnmarshal_large(t *testing.T) {
	t.Parallel()
	r := record{tf: tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"any": tftypes.DynamicPseudoType, "name": tftypes.String, "tags": tftypes.Map{ElementType: tftypes.String},
	}}}
	text := func(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
	object := func(members map[string]tftypes.Value) tftypes.Value {
		types := map[string]tftypes.Type{}
		for name, v := range members {
			types[name] = v.Type()
		}
		return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, members)
	}
	element := object(map[string]tftypes.Value{
		"number": tftypes.NewValue(tftypes.Number, 1.5), "truth": tftypes.NewValue(tftypes.Bool, true), "none": tftypes.NewValue(tftypes.DynamicPseudoType, nil),
		"list": tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{text("a")}),
		"set":  tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{text("a")}),
		"map":  tftypes.NewValue(tftypes.Map{ElementType: tftypes.Number}, nil),
	})
	many := map[string]tftypes.Value{"[strange] \"näme\\": element, "": text("no name")}
	for i := range 2000 {
		many[fmt.Sprintf("key %d", i)] = element
	}
	for name, value := range map[string]tftypes.Value{
		"objects": object(many),
		"tuple":   tftypes.NewValue(tftypes.Tuple{ElementTypes: []tftypes.Type{tftypes.String, element.Type()}}, []tftypes.Value{text("x"), element}),
		"nothing": tftypes.NewValue(tftypes.Tuple{ElementTypes: []tftypes.Type{}}, []tftypes.Value{}),
		"text":    text("x"),
		"null":    tftypes.NewValue(tftypes.DynamicPseudoType, nil),
		"unknown": tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue),
		"typed":   tftypes.NewValue(element.Type(), tftypes.UnknownValue),
	} {
		whole := tftypes.NewValue(r.tf, map[string]tftypes.Value{"any": value, "name": text(strings.Repeat("long ", 10000)),
			"tags": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"a": text("b")})})
		encoded, err := tfprotov6.NewDynamicValue(r.tf, whole)
		if err != nil {
			t.Fatal(err)
		}
		want, err := encoded.Unmarshal(r.tf)
		if err != nil {
			t.Fatal(err)
		}
		got, err := unmarshalLarge(encoded.MsgPack, r.tf.(tftypes.Object))
		if err != nil || !got.Equal(want) || !got.Equal(whole) && name != "typed" {
			t.Errorf("%s: %v, error %v", name, got, err)
		}
		for _, end := range []int{0, 1, 20, len(encoded.MsgPack) / 2, len(encoded.MsgPack) - 1} {
			if _, err := unmarshalLarge(encoded.MsgPack[:end], r.tf.(tftypes.Object)); err == nil {
				t.Errorf("%s: the first %d bytes were taken for all", name, end)
			}
		}
	}
}

// A type that is spelled in another way than Terraform's is left to the SDK.
func TestTypeParser_unusual(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "[", `"text"`, `"string`, `["list"]`, `["list", "string"]`, `["bag","string"]`, `["object",{"a":"string"},["a"]]`, `["object",{"a"}]`,
		`["tuple",["string",]]`, `["tuple",["string"]`, `["list","string"]]`, `["object",{"\x":"string"}]`} {
		p := typeParser{text: []byte(text), known: map[string]tftypes.Type{}}
		if got, ok := p.parse(); ok && p.at == len(text) {
			t.Errorf("%s: %s", text, got)
		}
	}
}
