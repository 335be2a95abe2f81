package wire_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Terraform normalises the names in maps and objects (NFC) where it parses them, so that a state which
// has others never equals the next plan.
func TestDecode_normalisesNames(t *testing.T) {
	t.Parallel()
	const decomposed, composed = "cafe\u0301", "caf\u00e9"
	for shape, value := range map[kinds.Shape]string{
		kinds.StringMap: `"x"`, kinds.Int64Map: `1`, kinds.Float64Map: `0.5`, kinds.BoolMap: `true`, kinds.StringsMap: `["x"]`,
		kinds.Dynamic: `"x"`,
	} {
		declared := kinds.Declare(kinds.Attribute{Name: "a", Shape: shape, Mode: kinds.Computed})
		got, err := wire.Decode(declared, []byte(`{"a":{"`+decomposed+`":`+value+`}}`))
		if err != nil {
			t.Fatal(err)
		}
		var names map[string]tftypes.Value
		if err := got["a"].As(&names); err != nil || len(names) != 1 || names[composed].IsNull() {
			t.Errorf("shape %v: %v, %v", shape, acctest.Go(got["a"]), err)
		}
	}
}
