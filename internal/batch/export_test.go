package batch

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// LimitsOf holds requests, as name and body, against OpenAI's limits. The framework takes a while to plan so many.
func LimitsOf(all [][2]string) diag.Diagnostics {
	values := wire.Values{}
	for i := range attributes {
		values[attributes[i].Name] = tftypes.NewValue(attributes[i].Type(), nil)
	}
	list := attributes.Find(requests)
	items := make([]tftypes.Value, len(all))
	for i, r := range all {
		items[i] = tftypes.NewValue(list.Fields.Type(), wire.Values{"custom_id": tftypes.NewValue(tftypes.String, r[0]), "body": tftypes.NewValue(tftypes.String, r[1])})
	}
	values[requests] = tftypes.NewValue(list.Type(), items)
	return limits(wire.FieldsOf(values))
}
