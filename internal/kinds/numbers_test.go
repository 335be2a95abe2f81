package kinds_test

import (
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

func number(t *testing.T, text string) types.Number {
	t.Helper()
	n, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven) // as Terraform reads it
	if err != nil {
		t.Fatal(err)
	}
	return types.NumberValue(n)
}

func TestRange_saysWhatIsAllowed(t *testing.T) {
	t.Parallel()
	whole, real := kinds.AtLeast(-1e40).Whole(), kinds.Between(-1e308, 1e308)
	for text, test := range map[string]struct {
		allowed kinds.Range
		want    string // "" = it is
	}{
		"0":                    {kinds.Between(0, 100).Whole(), ""},
		"100":                  {kinds.Between(0, 100).Whole(), ""},
		"1.5":                  {kinds.Between(0, 100).Whole(), "x must be a whole number from 0 to 100, not 1.5."},
		"101":                  {kinds.Between(0, 100).Whole(), "x must be a whole number from 0 to 100, not 101."},
		"-1":                   {kinds.AtLeast(0).Whole(), "x must be a whole number of at least 0, not -1."},
		"0.1":                  {kinds.AtLeast(0.2), "x must be a number of at least 0.2, not 0.1."},
		"2.0000000000000001":   {kinds.Between(0, 2), "x must be a number from 0 to 2, not 2.0000000000000001."},
		"9223372036854775807":  {whole, ""},
		"-9223372036854775808": {whole, ""},
		"9223372036854775808":  {whole, "x must be a whole number of at least -1e+40, not 9.223372036854775808e+18: the largest is 9223372036854775807."},
		"1e30":                 {whole, "x must be a whole number of at least -1e+40, not 1e+30: the largest is 9223372036854775807."},
		"-1e30":                {whole, "x must be a whole number of at least -1e+40, not -1e+30: the least is -9223372036854775808."},
		"1e-300":               {real, ""},
		"1e-400":               {real, "x must be a number from -1e+308 to 1e+308, not 1e-400: that is closer to 0 than any server can tell. Write 0."},
		"1e400":                {kinds.AtLeast(0), "x must be a number of at least 0, not 1e+400: that is more than any server can read."},
		"0.12345678901234567890123456789012345678901234567890": {whole, "x must be a whole number of at least -1e+40, not 0.1234567890123456789."},
	} {
		var resp validator.NumberResponse
		test.allowed.ValidateNumber(t.Context(), validator.NumberRequest{Path: path.Root("x"), ConfigValue: number(t, text)}, &resp)
		got := ""
		for _, d := range resp.Diagnostics {
			got += d.Detail()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", text, got, test.want)
		}
	}
}

// What is null or not known yet passes, alone and in lists and maps; each of the others is named.
func TestRange_looksAtEach(t *testing.T) {
	t.Parallel()
	var (
		some = kinds.Between(0, 1).Whole()
		list validator.ListResponse
		dict validator.MapResponse
		one  validator.NumberResponse
		bad  = number(t, "0.5")
	)
	some.ValidateNumber(t.Context(), validator.NumberRequest{ConfigValue: types.NumberNull()}, &one)
	some.ValidateNumber(t.Context(), validator.NumberRequest{ConfigValue: types.NumberUnknown()}, &one)
	some.ValidateList(t.Context(), validator.ListRequest{Path: path.Root("x"),
		ConfigValue: types.ListValueMust(types.NumberType, []attr.Value{number(t, "1"), types.NumberUnknown(), bad, types.NumberNull()})}, &list)
	some.ValidateMap(t.Context(), validator.MapRequest{Path: path.Root("x"),
		ConfigValue: types.MapValueMust(types.NumberType, map[string]attr.Value{"a": number(t, "1"), "b": types.NumberUnknown(), "c": bad, "d": types.NumberNull()})}, &dict)
	if len(one.Diagnostics) != 0 || len(list.Diagnostics) != 1 || len(dict.Diagnostics) != 1 ||
		list.Diagnostics[0].Detail() != "x[2] must be a whole number from 0 to 1, not 0.5." ||
		dict.Diagnostics[0].Detail() != `x["c"] must be a whole number from 0 to 1, not 0.5.` {
		t.Errorf("%v\n%v\n%v", one.Diagnostics, list.Diagnostics, dict.Diagnostics)
	}
}
