// Command provider-schema prints the provider's schemas as "terraform providers schema -json" does, for
// the documentation generator. It asks the provider itself: which kinds of schema a CLI knows of depends
// on the CLI's version, and documentation must not.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

type object = map[string]any

func main() {
	log.SetFlags(0)
	schema, err := providerSchema(context.Background(), serve.New(provider.New("dev")))
	if err != nil {
		log.Fatal(err)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	err = out.Encode(object{"format_version": "1.0", "provider_schemas": object{"openai": schema}})
	if err != nil {
		log.Fatal(err)
	}
}

func providerSchema(ctx context.Context, server tfprotov6.ProviderServer) (object, error) {
	got, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	for _, d := range append(got.Diagnostics, identities.Diagnostics...) {
		log.Fatalf("%s: %s", d.Summary, d.Detail)
	}
	return object{
		"provider":                   schema(got.Provider),
		"resource_schemas":           each(got.ResourceSchemas, schema),
		"data_source_schemas":        each(got.DataSourceSchemas, schema),
		"ephemeral_resource_schemas": each(got.EphemeralResourceSchemas, schema),
		"list_resource_schemas":      each(got.ListResourceSchemas, schema),
		"action_schemas":             each(got.ActionSchemas, func(s *tfprotov6.ActionSchema) object { return schema(s.Schema) }),
		"functions":                  each(got.Functions, function),
		"resource_identity_schemas":  each(identities.IdentitySchemas, identity),
	}, nil
}

func each[S any](in map[string]S, render func(S) object) object {
	out := object{}
	for name, s := range in {
		out[name] = render(s)
	}
	return out
}

func schema(s *tfprotov6.Schema) object {
	return object{"version": s.Version, "block": block(s.Block)}
}

func block(b *tfprotov6.SchemaBlock) object {
	blocks := object{}
	for _, nested := range b.BlockTypes {
		blocks[nested.TypeName] = object{
			"nesting_mode": blockNesting[nested.Nesting],
			"block":        block(nested.Block),
			"min_items":    nested.MinItems,
			"max_items":    nested.MaxItems,
		}
	}
	return described(b.Description, b.DescriptionKind, object{
		"attributes":  attributes(b.Attributes),
		"block_types": blocks,
		"deprecated":  b.Deprecated,
	})
}

func attributes(list []*tfprotov6.SchemaAttribute) object {
	out := object{}
	for _, a := range list {
		rendered := described(a.Description, a.DescriptionKind, object{
			"required":   a.Required,
			"optional":   a.Optional,
			"computed":   a.Computed,
			"sensitive":  a.Sensitive,
			"write_only": a.WriteOnly,
			"deprecated": a.Deprecated,
		})
		if a.NestedType != nil {
			rendered["nested_type"] = object{
				"nesting_mode": objectNesting[a.NestedType.Nesting],
				"attributes":   attributes(a.NestedType.Attributes),
			}
		} else {
			rendered["type"] = a.Type
		}
		out[a.Name] = rendered
	}
	return out
}

func function(f *tfprotov6.Function) object {
	parameters := make([]object, len(f.Parameters))
	for i, p := range f.Parameters {
		parameters[i] = parameter(p)
	}
	out := described(f.Description, f.DescriptionKind, object{
		"summary":             f.Summary,
		"deprecation_message": f.DeprecationMessage,
		"parameters":          parameters,
		"return_type":         f.Return.Type,
	})
	if f.VariadicParameter != nil {
		out["variadic_parameter"] = parameter(f.VariadicParameter)
	}
	return out
}

func parameter(p *tfprotov6.FunctionParameter) object {
	return described(p.Description, p.DescriptionKind, object{"name": p.Name, "type": p.Type, "is_nullable": p.AllowNullValue})
}

func identity(s *tfprotov6.ResourceIdentitySchema) object {
	list := object{}
	for _, a := range s.IdentityAttributes {
		list[a.Name] = object{
			"type":                a.Type,
			"description":         a.Description,
			"required_for_import": a.RequiredForImport,
			"optional_for_import": a.OptionalForImport,
		}
	}
	return object{"version": s.Version, "attributes": list}
}

func described(text string, kind tfprotov6.StringKind, out object) object {
	if text != "" {
		out["description"] = text
	}
	out["description_kind"] = "plain"
	if kind == tfprotov6.StringKindMarkdown {
		out["description_kind"] = "markdown"
	}
	return out
}

var blockNesting = map[tfprotov6.SchemaNestedBlockNestingMode]string{
	tfprotov6.SchemaNestedBlockNestingModeSingle: "single",
	tfprotov6.SchemaNestedBlockNestingModeList:   "list",
	tfprotov6.SchemaNestedBlockNestingModeSet:    "set",
	tfprotov6.SchemaNestedBlockNestingModeMap:    "map",
	tfprotov6.SchemaNestedBlockNestingModeGroup:  "group",
}

var objectNesting = map[tfprotov6.SchemaObjectNestingMode]string{
	tfprotov6.SchemaObjectNestingModeSingle: "single",
	tfprotov6.SchemaObjectNestingModeList:   "list",
	tfprotov6.SchemaObjectNestingModeSet:    "set",
	tfprotov6.SchemaObjectNestingModeMap:    "map",
}
