package functions

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/structured"
)

var _ function.Function = StrictSchema{}

// StrictSchema is strict_schema: an ordinary JSON Schema, made fit for strict mode.
type StrictSchema struct{}

// NewStrictSchema returns the function.
func NewStrictSchema() function.Function { return StrictSchema{} }

// strictResult is what the function returns.
var strictResult = map[string]attr.Type{"schema": types.StringType, "changes": types.ListType{ElemType: types.StringType}}

// Metadata names the function.
func (StrictSchema) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "strict_schema"
}

// Definition is its signature and its documentation.
func (StrictSchema) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Converts a JSON Schema for strict mode",
		MarkdownDescription: "Converts an ordinary JSON Schema into one that OpenAI accepts with `strict = true`, for `response_format` and for tools, and says what it changed.\n\n" +
			"The result has two attributes: `schema`, JSON text, and `changes`, a list of sentences, each with its place as a JSON pointer, such as `/properties/city: may be null now`.\n\n" +
			"Each object is closed (`additionalProperties = false`), all properties are required, and those that were optional may be `null`; `oneOf` becomes `anyOf`; " +
			"what strict mode does not support is removed, and added to the description if a few words can say it. " +
			"A schema that is not valid, or that cannot be changed into a strict one, is an error that says where and why. " +
			"A schema that is already strict stays the same.\n\n" +
			"A model writes properties in the order of the schema. Text, such as `file(\"schema.json\")`, keeps its order; Terraform objects, and so `jsonencode`, are in alphabetical order.",
		Parameters: []function.Parameter{
			function.DynamicParameter{Name: "schema",
				MarkdownDescription: "The schema: JSON text or an object. Attributes that are `null` are ignored."},
		},
		Return: function.ObjectReturn{AttributeTypes: strictResult},
	}
}

// Run is the function.
func (StrictSchema) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var schema types.Dynamic
	if resp.Error = req.Arguments.Get(ctx, &schema); resp.Error != nil {
		return
	}
	source, err := schemaText(schema)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	strict, changes, faults := structured.StrictText(source)
	if len(faults) > 0 {
		what := "The schema is not valid"
		if strict != "" {
			what = "The schema cannot be made strict"
		}
		resp.Error = function.NewArgumentFuncError(0, what+list(faults))
		return
	}
	said := make([]attr.Value, len(changes))
	for i, c := range changes {
		said[i] = types.StringValue(c.String())
	}
	resp.Error = resp.Result.Set(ctx, types.ObjectValueMust(strictResult, map[string]attr.Value{
		"schema":  types.StringValue(strict),
		"changes": types.ListValueMust(types.StringType, said),
	}))
}

// schemaText is a schema as JSON text, however it was given.
func schemaText(schema types.Dynamic) (string, error) {
	if source, ok := text(schema); ok {
		return source, nil
	}
	if _, ok := members(schema); !ok {
		return "", errors.New("the schema must be JSON text or an object")
	}
	return encoded(schema)
}

// list is faults, each with its place: one in the sentence, several in lines.
func list(faults []structured.Fault) string {
	if len(faults) == 1 {
		return ": " + faults[0].String()
	}
	var out strings.Builder
	out.WriteString(":")
	for _, f := range faults {
		out.WriteString("\n  - " + f.String())
	}
	return out.String()
}
