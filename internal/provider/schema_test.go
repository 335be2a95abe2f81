package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
)

// The framework's own checks of a schema, which it makes only when asked.
func TestSchemas_areSound(t *testing.T) {
	t.Parallel()
	for _, create := range provider.New("test").Resources(t.Context()) {
		var resp resource.SchemaResponse
		create().Schema(t.Context(), resource.SchemaRequest{}, &resp)
		resp.Diagnostics.Append(resp.Schema.ValidateImplementation(t.Context())...)
		if len(resp.Diagnostics) > 0 {
			t.Error(resp.Diagnostics)
		}
	}
}

// Whatever a user can read in the documentation says something: a description
// at every attribute and block, that is more than its name.
func TestSchemas_describeEverything(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	describe(t, "provider", p.Schema.Provider.Block)
	for name, schema := range p.Schema.ResourceSchemas {
		if schema.Block.Description == "" {
			t.Errorf("%s has no description", name)
		}
		describe(t, name, schema.Block)
	}
}

func describe(t *testing.T, at string, block *tfprotov6.SchemaBlock) {
	t.Helper()
	for _, a := range block.Attributes {
		described(t, at, a)
	}
	for _, b := range block.BlockTypes {
		if b.Block.Description == "" {
			t.Errorf("%s.%s has no description", at, b.TypeName)
		}
		describe(t, at+"."+b.TypeName, b.Block)
	}
}

func described(t *testing.T, at string, a *tfprotov6.SchemaAttribute) {
	t.Helper()
	at += "." + a.Name
	words := strings.Fields(a.Description)
	if len(words) < 3 || !strings.HasSuffix(strings.TrimSuffix(a.Description, "`"), ".") {
		t.Errorf("%s: %q is no description", at, a.Description)
	}
	if a.NestedType != nil {
		for _, nested := range a.NestedType.Attributes {
			described(t, at, nested)
		}
	}
}
