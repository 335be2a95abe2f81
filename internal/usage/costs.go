package usage

import (
	"context"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var cost = kinds.Declare(
	kinds.Attribute{Name: "amount", Shape: kinds.Object, Description: "What was spent.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "value", Shape: kinds.Float64, Description: "The amount, to the digit as the server has it."},
			kinds.Attribute{Name: "currency", Shape: kinds.String, Description: "The currency in lowercase letters, such as `usd`."},
		)},
	kinds.Attribute{Name: "project_id", Shape: kinds.String, Description: "The project, if grouped by `project_id`. Otherwise null."},
	kinds.Attribute{Name: "user_id", Shape: kinds.String, Description: "The user, if grouped by `user_id`. Otherwise null."},
	kinds.Attribute{Name: "api_key_id", Shape: kinds.String, Description: "The API key, if grouped by `api_key_id`. Otherwise null."},
	kinds.Attribute{Name: "line_item", Shape: kinds.String, Description: "What is billed, if grouped by `line_item`. Otherwise null."},
	kinds.Attribute{Name: "api_source", Shape: kinds.String, Description: "`agents_api` or `unlabeled`, if grouped by `api_source`. Otherwise null."},
	kinds.Attribute{Name: "quantity", Shape: kinds.Float64, Description: "How much was used, if grouped by `line_item`. Otherwise null."},
	kinds.Attribute{Name: "quantity_unit", Shape: kinds.String, Description: "The unit of `quantity`. Null if there is no single one."},
)

// costsOfPage are the buckets that a page may have, by bucket_width.
var costsOfPage = map[string]int64{"1d": 180}

var costsAttributes = kinds.Join(period, kinds.Declare(
	kinds.Attribute{Name: "bucket_width", Shape: kinds.String,
		Description: "The length of a bucket: `1d`, which is the API's default.", Validators: checks{kinds.NotEmpty()}},
	filter("group_by", "What the costs are grouped by: `project_id`, `user_id`, `line_item`, `api_key_id`, `api_source`, or several of them. OpenAI does not have all combinations."),
	filter("project_ids", "Only the costs of these projects, by their IDs: `proj_…`."),
	filter("api_key_ids", "Only the costs of these API keys, by their IDs: `key_…`."),
	filter("line_items", "Only the costs of these line items, each written exactly as in `line_item`."),
), most, kinds.Declare(
	buckets(cost),
	kinds.Attribute{Name: "total", Shape: kinds.Float64, Mode: kinds.Computed, Local: true,
		Description: "The sum of all amounts, exact to the digit. 0 if nothing was spent. Null if amounts are in several currencies, or one is missing."},
	kinds.Attribute{Name: "currency", Shape: kinds.String, Mode: kinds.Computed, Local: true,
		Description: "The currency of `total`, such as `usd`. Null if nothing was spent, or if there are several."},
))

var costs = &object.Query{
	Type: "costs", Failure: "Could not read costs",
	Description: "What the organization has spent, by day: for a `check` or a `postcondition` that stops a plan when a limit is exceeded. " +
		"It is read on each plan, costs nothing, and needs the provider's `admin_api_key`. The most recent costs may still be missing.",
	Attributes: costsAttributes, Validate: inOrder,
	Read: func(ctx context.Context, c *client.Client, config wire.Fields) (wire.Values, error) {
		values, results, err := read(ctx, c, costsAttributes, config, client.Path("organization", "costs"), costsOfPage)
		if err != nil {
			return nil, err
		}
		values["total"], values["currency"] = sum(results)
		return values, nil
	},
}

// sum adds amounts up as decimals, which floating-point numbers are not: 0.1 and 0.2 are 0.3.
func sum(results []wire.Fields) (total, in tftypes.Value) {
	noTotal, noCurrency := tftypes.NewValue(tftypes.Number, nil), tftypes.NewValue(tftypes.String, nil)
	currency, exact := noCurrency, new(big.Rat)
	for i, result := range results {
		var value big.Float
		amount := result.Open("amount")
		if amount.Absent() || amount.Get("value").IsNull() || amount.Get("value").As(&value) != nil {
			return noTotal, noCurrency
		}
		part, ok := new(big.Rat).SetString(value.Text('f', -1))
		in = amount.Get("currency")
		if !ok || i > 0 && !in.Equal(currency) {
			return noTotal, noCurrency
		}
		currency = in
		exact.Add(exact, part)
	}
	digits, _ := exact.FloatPrec() // a sum of decimals is one
	number, _, err := big.ParseFloat(exact.FloatString(digits), 10, 512, big.ToNearestEven)
	if err != nil {
		return noTotal, noCurrency
	}
	return tftypes.NewValue(tftypes.Number, number), currency
}
