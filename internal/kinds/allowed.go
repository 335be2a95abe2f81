package kinds

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// The framework has validators like these. Theirs would put "Invalid Attribute Value Match" above
// "Attribute order value must be one of: ["\"asc\"" "\"desc\""], got: "up"", and ours all say
// "order must be "asc" or "desc", not "up"", as Range does of numbers.

// Summaries of values that an argument does not take.
const (
	OutOfRange   = "Value out of range"
	InvalidValue = "Invalid value"
)

// allowed is what a validator allows: "at least 1".
type allowed string

func (a allowed) Description(context.Context) string { return "must be " + string(a) }

func (a allowed) MarkdownDescription(ctx context.Context) string { return a.Description(ctx) }

func (a allowed) refuse(diags *diag.Diagnostics, at path.Path, summary string, got any) {
	diags.AddAttributeError(at, summary, fmt.Sprintf("%s must be %s, not %v.", at, a, got))
}

type words struct {
	allowed
	all []string
}

// OneOf accepts text that is one of some words.
func OneOf(all ...string) validator.String {
	quoted := make([]string, len(all))
	for i, word := range all {
		quoted[i] = fmt.Sprintf("%q", word)
	}
	list := strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
	return words{allowed(list), all}
}

func (v words) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if got := req.ConfigValue.ValueString(); !slices.Contains(v.all, got) {
		v.refuse(&resp.Diagnostics, req.Path, InvalidValue, fmt.Sprintf("%q", got))
	}
}

type notEmpty struct{ allowed }

// NotEmpty accepts text, lists and sets in which there is something.
func NotEmpty() interface {
	validator.String
	validator.List
	validator.Set
} {
	return notEmpty{"not empty"}
}

func (v notEmpty) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && req.ConfigValue.ValueString() == "" {
		v.refuse(&resp.Diagnostics, req.Path)
	}
}

func (v notEmpty) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && len(req.ConfigValue.Elements()) == 0 {
		v.refuse(&resp.Diagnostics, req.Path)
	}
}

func (v notEmpty) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && len(req.ConfigValue.Elements()) == 0 {
		v.refuse(&resp.Diagnostics, req.Path)
	}
}

func (v notEmpty) refuse(diags *diag.Diagnostics, at path.Path) {
	diags.AddAttributeError(at, InvalidValue, fmt.Sprintf("%s must not be empty.", at))
}

type elements struct {
	allowed
	most int
}

// AtMostElements accepts lists of so many elements, and shorter ones.
func AtMostElements(most int) validator.List {
	return elements{allowed(fmt.Sprintf("a list of at most %d elements", most)), most}
}

func (v elements) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	if got := len(req.ConfigValue.Elements()); got > v.most {
		v.refuse(&resp.Diagnostics, req.Path, OutOfRange, got)
	}
}
