package provider_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

// huge is a number that fits into nothing that an API takes.
var huge, _, _ = big.ParseFloat("1e400", 10, 512, big.ToNearestEven)

// Each number that can be configured, in the provider block, in any kind of thing and at any depth, is refused at its
// own place where it is too large. The framework's Int64 and Float64 blame the provider, or name no attribute.
func TestProvider_refusesNumbersThatAreTooLargeWhereTheyAre(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	ctx := t.Context()
	found := 0
	for name, kind := range map[string]struct {
		schemas  map[string]*tfprotov6.Schema
		validate func(typeName string, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error)
	}{
		"provider": {map[string]*tfprotov6.Schema{"openai": p.Schema.Provider}, func(_ string, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: config})
			return resp.Diagnostics, err
		}},
		"resource": {p.Schema.ResourceSchemas, func(typeName string, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: typeName, Config: config})
			return resp.Diagnostics, err
		}},
		"data source": {p.Schema.DataSourceSchemas, func(typeName string, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeName, Config: config})
			return resp.Diagnostics, err
		}},
		"ephemeral resource": {p.Schema.EphemeralResourceSchemas, func(typeName string, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.ValidateEphemeralResourceConfig(ctx, &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: typeName, Config: config})
			return resp.Diagnostics, err
		}},
		"action": {actionSchemas(p), func(typeName string, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.ProviderServer.(tfprotov6.ActionServer).ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: typeName, Config: config})
			return resp.Diagnostics, err
		}},
	} {
		for typeName, schema := range kind.schemas {
			for place, config := range numbers(schema.Block.Attributes, schema.Block.BlockTypes) {
				found++
				diags, err := kind.validate(typeName, acctest.Dynamic(t, acctest.Value(schema.ValueType(), config)))
				if err != nil {
					t.Fatal(err)
				}
				refused := false
				for _, d := range acctest.Texts(diags) {
					if strings.Contains(d, "always an error in the provider") {
						t.Errorf("%s %s, %s: %s", name, typeName, place, d)
					}
					refused = refused || strings.HasPrefix(d, "error at "+place+": Invalid number: "+place+" must be a ") && strings.Contains(d, ", not 1e+400")
				}
				if !refused {
					t.Errorf("%s %s, %s: %q", name, typeName, place, acctest.Texts(diags))
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d numbers were found", found)
	}
}

func actionSchemas(p acctest.Protocol) map[string]*tfprotov6.Schema {
	out := map[string]*tfprotov6.Schema{}
	for name, action := range p.Schema.ActionSchemas {
		out[name] = action.Schema
	}
	return out
}

// numbers are configurations with one number each, by its place.
func numbers(attributes []*tfprotov6.SchemaAttribute, blocks []*tfprotov6.SchemaNestedBlock) map[string]object {
	out := map[string]object{}
	add := func(name string, list bool, inside map[string]object) {
		for place, config := range inside {
			if list {
				out[name+"[0]."+place] = object{name: []any{config}}
			} else {
				out[name+"."+place] = object{name: config}
			}
		}
	}
	for _, a := range attributes {
		switch {
		case !a.Optional && !a.Required:
		case a.NestedType != nil:
			inside := numbers(a.NestedType.Attributes, nil)
			for _, config := range inside {
				complete(config, a.NestedType.Attributes)
			}
			add(a.Name, a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeList, inside)
		case a.Type.Equal(tftypes.Number):
			out[a.Name] = object{a.Name: huge}
		case a.Type.Equal(tftypes.List{ElementType: tftypes.Number}):
			out[a.Name+"[0]"] = object{a.Name: []any{huge}}
		case a.Type.Equal(tftypes.Map{ElementType: tftypes.Number}):
			out[fmt.Sprintf("%s[%q]", a.Name, "1")] = object{a.Name: object{"1": huge}}
		}
	}
	for _, b := range blocks {
		inside := numbers(b.Block.Attributes, b.Block.BlockTypes)
		if b.Nesting == tfprotov6.SchemaNestedBlockNestingModeSingle {
			for _, config := range inside {
				complete(config, b.Block.Attributes)
			}
		}
		add(b.TypeName, b.Nesting == tfprotov6.SchemaNestedBlockNestingModeList, inside)
	}
	return out
}

// complete gives the plain attributes of an object or a block a value that have none: some are required, and
// one that is missing keeps the framework from looking at the others.
func complete(config object, attributes []*tfprotov6.SchemaAttribute) {
	for _, a := range attributes {
		switch {
		case config[a.Name] != nil || a.NestedType != nil:
		case a.Type.Equal(tftypes.String):
			config[a.Name] = "x"
		case a.Type.Equal(tftypes.Number):
			config[a.Name] = 1
		case a.Type.Equal(tftypes.List{ElementType: tftypes.String}):
			config[a.Name] = []any{"x"}
		}
	}
}
