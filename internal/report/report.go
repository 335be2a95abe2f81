// Package report turns the failure of a call (package client) into Terraform
// diagnostics, at the attribute that the server names where it names one. It
// knows no area and makes no calls.
package report

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Failure reports err under a summary such as "Could not create chat
// completion". as are the arguments that the request was made of; nil where no
// argument can be at fault. Notes are added as paragraphs of their own. Nothing of
// it moves a terminal's cursor, whoever wrote it (client.Printable).
func Failure(diags *diag.Diagnostics, summary string, as kinds.Attributes, err error, notes ...string) {
	var problem *client.Problem
	detail := Sentence(err.Error())
	if errors.As(err, &problem) {
		detail = problem.Detail()
	}
	detail = client.Printable(strings.Join(append([]string{detail}, notes...), "\n\n"), true)
	summary = client.Printable(summary, false)
	if problem != nil {
		param := problem.Param
		if param == "" && problem.Code == unknownModel {
			param = "model" // the API names it in the code only
		}
		if at, ok := wire.Path(as, param); ok {
			diags.AddAttributeError(at, summary, detail)
			return
		}
	}
	diags.AddError(summary, detail)
}

// unknownModel is the API's code for a model that it does not have.
const unknownModel = "model_not_found"

// Sentence is the text of an error as a sentence.
func Sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return "The reason is not known."
	}
	text = string(unicode.ToUpper(first)) + text[size:]
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}
