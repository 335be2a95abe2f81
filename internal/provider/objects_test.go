package provider_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// aLibrary puts on the server what examples look for that did not make it: a vector store with a file, and the requests
// of a batch. It returns the ID of the store.
func aLibrary(t *testing.T, s *acctest.Server) (store string) {
	t.Helper()
	p := acctest.Speak(t, acctest.NewClock().Adjust)
	p.Connect(t, s)
	create := func(typeName string, config object) (id string) {
		i := p.Instance(typeName)
		acctest.Quiet(t, i.Apply(t, config))
		id, _ = i.State().(object)["id"].(string)
		return id
	}
	create("openai_file", object{"filename": "requests.jsonl", "purpose": "batch", "content": "{}\n{}\n"})
	faq := create("openai_file", object{"filename": "faq.md", "purpose": "assistants", "content": "# Refunds\n\nA refund takes two days."})
	store = create("openai_vector_store", object{"name": "support"})
	create("openai_vector_store_file", object{"vector_store_id": store, "file_id": faq, "attributes": object{"language": "en"}})
	return store
}

// The queries of the examples are valid, and find what there is. They are asked of the provider itself, since
// "terraform query" needs Terraform 1.14.
func TestExamples_queries(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	store := aLibrary(t, s)
	p := acctest.Speak(t)
	p.Connect(t, s)
	files, _ := filepath.Glob(root + "examples/list-resources/*/list-resource.tfquery.hcl")
	if len(files) != len(p.Schema.ListResourceSchemas) {
		t.Errorf("%d examples of queries", len(files))
	}
	found := map[string]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		typeName, config := query(t, string(text))
		if _, ofStore := config["vector_store_id"]; ofStore {
			config["vector_store_id"] = store
			delete(config, "filter") // nothing has failed
		}
		raw := acctest.Dynamic(t, acctest.Value(p.Schema.ListResourceSchemas[typeName].ValueType(), config))
		server := p.ProviderServer.(tfprotov6.ListResourceServer) //nolint:forcetypeassert // a panic fails the test
		valid, err := server.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: typeName, Config: raw})
		if err != nil || len(valid.Diagnostics) > 0 {
			t.Errorf("%s: %v, %q", file, err, acctest.Texts(valid.Diagnostics))
			continue
		}
		stream, err := server.ListResource(t.Context(), &tfprotov6.ListResourceRequest{TypeName: typeName, Config: raw, IncludeResource: true, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for result := range stream.Results {
			acctest.Quiet(t, acctest.Texts(result.Diagnostics))
			if result.Identity == nil || result.DisplayName == "" || result.Resource == nil {
				t.Errorf("%s: %+v", file, result)
			}
			found[typeName]++
		}
	}
	for typeName, want := range map[string]int{"openai_file": 1, "openai_vector_store": 1, "openai_vector_store_file": 1} {
		if found[typeName] != want {
			t.Errorf("%d of %s", found[typeName], typeName)
		}
	}
}

// query reads the one list block of a query.
func query(t *testing.T, text string) (typeName string, config object) {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(text), "query.tfquery.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	config = object{}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks { //nolint:forcetypeassert // it is what was parsed
		typeName = block.Labels[0]
		for _, inner := range block.Body.Blocks {
			for name, attribute := range inner.Body.Attributes {
				value, diags := attribute.Expr.Value(nil)
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				config[name] = value.AsString()
			}
		}
	}
	return typeName, config
}
