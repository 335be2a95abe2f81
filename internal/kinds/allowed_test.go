package kinds_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// All speak in one way of a value that an argument does not take, and name the element that is meant.
func TestRanges(t *testing.T) {
	t.Parallel()
	at := path.Root("list").AtListIndex(1).AtName("x")
	list := func(n int) types.List {
		elements := make([]attr.Value, n)
		for i := range elements {
			elements[i] = types.StringValue("")
		}
		return types.ListValueMust(types.StringType, elements)
	}
	for name, test := range map[string]struct {
		validator validator.Describer
		value     attr.Value
		want      string // "" = it is taken
	}{
		"word":              {kinds.OneOf("a", "b", "c"), types.StringValue("c"), ""},
		"no word":           {kinds.OneOf("a", "b", "c"), types.StringValue("d"), `Invalid value: list[1].x must be "a", "b" or "c", not "d".`},
		"text":              {kinds.NotEmpty(), types.StringValue("x"), ""},
		"empty text":        {kinds.NotEmpty(), types.StringValue(""), "Invalid value: list[1].x must not be empty."},
		"list":              {kinds.NotEmpty(), list(1), ""},
		"empty list":        {kinds.NotEmpty(), list(0), "Invalid value: list[1].x must not be empty."},
		"elements":          {kinds.AtMostElements(2), list(2), ""},
		"too many elements": {kinds.AtMostElements(2), list(3), "Value out of range: list[1].x must be a list of at most 2 elements, not 3."},
		"a text of its own": {kinds.JSONObject(), types.StringValue("[]"), "Invalid JSON: list[1].x: The JSON must be an object: { … }."},
		"null word":         {kinds.OneOf("a", "b"), types.StringNull(), ""},
		"unknown word":      {kinds.OneOf("a", "b"), types.StringUnknown(), ""},
		"null text":         {kinds.NotEmpty(), types.StringNull(), ""},
		"unknown text":      {kinds.NotEmpty(), types.StringUnknown(), ""},
		"null list":         {kinds.NotEmpty(), types.ListNull(types.StringType), ""},
		"unknown list":      {kinds.NotEmpty(), types.ListUnknown(types.StringType), ""},
		"unknown, elements": {kinds.AtMostElements(2), types.ListUnknown(types.StringType), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var diags diag.Diagnostics
			switch value := test.value.(type) {
			case types.String:
				var resp validator.StringResponse
				test.validator.(validator.String).ValidateString(t.Context(), validator.StringRequest{Path: at, ConfigValue: value}, &resp)
				diags = resp.Diagnostics
			case types.List:
				var resp validator.ListResponse
				test.validator.(validator.List).ValidateList(t.Context(), validator.ListRequest{Path: at, ConfigValue: value}, &resp)
				diags = resp.Diagnostics
			}
			got := ""
			for _, d := range diags {
				got += d.Summary() + ": " + d.Detail()
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
