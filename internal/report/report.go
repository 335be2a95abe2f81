// Package report turns the failure of a call (package client) into Terraform
// diagnostics, at the attribute that the server names where it names one. It
// knows no area and makes no calls.
package report

import (
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Failure reports err under a summary such as "Could not create chat
// completion". as are the arguments that the request was made of; nil where no
// argument can be at fault. Notes are added as paragraphs of their own.
func Failure(diags *diag.Diagnostics, summary string, as kinds.Attributes, err error, notes ...string) {
	var problem *client.Problem
	detail := err.Error()
	detail = strings.ToUpper(detail[:1]) + detail[1:] + "."
	if errors.As(err, &problem) {
		detail = problem.Detail()
	}
	detail = strings.Join(append([]string{detail}, notes...), "\n\n")
	if problem != nil {
		if at, ok := wire.Path(as, problem.Param); ok {
			diags.AddAttributeError(at, summary, detail)
			return
		}
	}
	diags.AddError(summary, detail)
}
