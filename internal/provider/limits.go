package provider

import (
	"context"
	"math"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// limitsSettings is the limits block.
type limitsSettings struct {
	MaxConcurrent     types.Number `tfsdk:"max_concurrent"`
	RequestsPerMinute types.Number `tfsdk:"requests_per_minute"`
	TokensPerMinute   types.Number `tfsdk:"tokens_per_minute"`
	MaxRequests       types.Number `tfsdk:"max_requests"`
	MaxTotalTokens    types.Number `tfsdk:"max_total_tokens"`
}

func limitsBlock() schema.Block {
	limit := func(description string) schema.Attribute {
		return schema.NumberAttribute{Optional: true, Validators: []validator.Number{kinds.AtLeast(1).Whole()},
			MarkdownDescription: description + " At least 1. Default: no limit."}
	}
	return schema.SingleNestedBlock{
		MarkdownDescription: "Limits for all requests together. The first three make requests wait for their turn, the last two are a budget. " +
			"They apply to one process of the provider: `plan` and `apply` are separate processes, and each provider alias has its own.",
		Attributes: map[string]schema.Attribute{
			"max_concurrent": limit("How many requests may be in flight at a time. A request that waits to be sent again does not count."),
			"requests_per_minute": limit("How many requests may start in any 60 seconds. The first ones are sent at once. " +
				"A request that is sent again counts again."),
			"tokens_per_minute": limit("How many tokens the requests that start in any 60 seconds may use, prompts and answers together. " +
				"Until it is answered, a request counts with an estimate: a quarter of its prompt's bytes, 1000 for each image, audio or file in it, and the limit of its answer (`max_completion_tokens` or `max_tokens`, times `n`), if it has one. " +
				"A request that is larger than the limit is sent once no other has been for 60 seconds."),
			"max_requests": limit("How many answers one run (one `plan`, or one `apply`) may pay for. A request that was rejected does not count; one whose answer was lost does. " +
				"Each request of a batch counts, unless the batch is made of a file that is there. Further requests fail, and are not sent."),
			"max_total_tokens": limit("How many tokens one run (one `plan`, or one `apply`) may spend on prompts and answers together, as the server counts them. Further requests fail, and are not sent. " +
				"A request is sent only if its estimate (see `tokens_per_minute`) still fits. If a request has no limit of its own, such as `max_completion_tokens`, its answer can be longer than what was left, so requests in flight can exceed this limit. Batches do not count."),
		},
	}
}

// limits is the limits block; no limits where there is none, or it is not known yet.
func (s settings) limits(ctx context.Context, diags *diag.Diagnostics) client.Limits {
	if s.Limits.IsNull() || s.Limits.IsUnknown() {
		return client.Limits{}
	}
	var l limitsSettings
	diags.Append(s.Limits.As(ctx, &l, basetypes.ObjectAsOptions{})...)
	return client.Limits{
		MaxConcurrent:     whole(l.MaxConcurrent),
		RequestsPerMinute: whole(l.RequestsPerMinute),
		TokensPerMinute:   whole(l.TokensPerMinute),
		MaxRequests:       whole(l.MaxRequests),
		MaxTotalTokens:    whole(l.MaxTotalTokens),
	}
}

// whole is a number that has been checked to be whole; 0 where there is none.
func whole(v types.Number) int {
	if v.IsNull() || v.IsUnknown() {
		return 0
	}
	n, _ := v.ValueBigFloat().Int64()
	return int(min(n, math.MaxInt))
}
