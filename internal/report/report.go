// Package report turns the failure of a call (package client) into Terraform
// diagnostics, at the attribute that the server names where it names one. It
// knows no area and makes no calls.
package report

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Failure reports err under a summary such as "Could not create chat
// completion". as are the arguments that the request was made of; nil where no
// argument can be at fault.
func Failure(diags *diag.Diagnostics, summary string, as kinds.Attributes, err error) {
	var problem *client.Problem
	if !errors.As(err, &problem) {
		diags.AddError(summary, err.Error())
		return
	}
	if at, ok := wire.Path(as, problem.Param); ok {
		diags.AddAttributeError(at, summary, problem.Detail())
		return
	}
	diags.AddError(summary, problem.Detail())
}
