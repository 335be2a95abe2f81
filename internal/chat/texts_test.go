package chat_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

// Whoever copies an example out of an error has valid HCL.
func TestTexts_examplesAreValid(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	nothing := acctest.Dynamic(t, acctest.Value(p.Schema.Provider.ValueType(), object{}))
	if _, err := p.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: nothing}); err != nil {
		t.Fatal(err) // a provider without recordings
	}
	imported, err := p.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: "chatcmpl-1"})
	if err != nil {
		t.Fatal(err)
	}
	tf := p.Schema.ResourceSchemas[typeName].ValueType()
	examples := map[string][]*tfprotov6.Diagnostic{"data": imported.Diagnostics}
	for block, changes := range map[string]object{
		"message": {"message": []any{}}, "audio": {"modalities": []any{"audio"}}, "provider": {"generate_on": "plan"},
	} {
		resp, err := p.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
			TypeName: typeName, Config: acctest.Dynamic(t, acctest.Value(tf, configuration(changes), chatBlocks...))})
		if err != nil {
			t.Fatal(err)
		}
		examples[block] = resp.Diagnostics
	}
	for block, diags := range examples {
		if len(diags) != 1 {
			t.Errorf("%s: %q", block, acctest.Texts(diags))
			continue
		}
		_, example, _ := strings.Cut(diags[0].Detail, "\n\n  "+block)
		if _, invalid := hclparse.NewParser().ParseHCL([]byte(block+example), block); invalid.HasErrors() || example == "" {
			t.Errorf("%s: %q: %v", block, diags[0].Detail, invalid)
		}
	}
}

// Terraform opens an ephemeral resource in a plan, too, where nothing is created.
func TestTexts_sayWhatWasBeingDone(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	p.Connect(t, &acctest.Server{URL: "http://127.0.0.1:9/v1"}, object{"max_retries": 0})
	tf := p.Schema.EphemeralResourceSchemas[typeName].ValueType()
	opened, err := p.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: typeName, Config: acctest.Dynamic(t, acctest.Value(tf, configuration(nil), chatBlocks...))})
	if err != nil {
		t.Fatal(err)
	}
	if got := acctest.Texts(opened.Diagnostics); len(got) != 1 || !strings.HasPrefix(got[0], "error: Could not open chat completion") {
		t.Errorf("%q", got)
	}
}
