package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// creator creates objects behind the back of what a test runs, and returns their IDs.
func creator(t *testing.T, s *acctest.Server) func(typeName string, config object) (id string) {
	t.Helper()
	p := acctest.Speak(t, acctest.NewClock().Adjust)
	p.Connect(t, s)
	return func(typeName string, config object) (id string) {
		i := p.Instance(typeName)
		acctest.Quiet(t, i.Apply(t, config))
		id, _ = i.State().(object)["id"].(string)
		return id
	}
}

// aLibrary puts on the server what examples look for that did not make it: a vector store with a file, and the requests
// of a batch, and one that is done. It returns the ID of the store.
func aLibrary(t *testing.T, s *acctest.Server) (store string) {
	t.Helper()
	create := creator(t, s)
	create("openai_file", object{"filename": "requests.jsonl", "purpose": "batch", "content": "{}\n{}\n"})
	create("openai_batch", object{"endpoint": "/v1/embeddings", "requests": []any{object{"custom_id": "a", "body": `{"model":"text-embedding-3-small","input":"a"}`}}})
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
	for typeName, want := range map[string]int{"openai_file": 1, "openai_vector_store": 1, "openai_vector_store_file": 1, "openai_batch": 1} {
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

// One changed document is uploaded, and one answer asked for again; nothing is left in the end.
func TestExamples_knowledgeBase(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := copied(t, acctest.Install(t), "knowledge_base").With("OPENAI_BASE_URL=" + s.URL)
	if said := dir.MustRun("apply", "-auto-approve"); strings.Contains(said, "does not answer") {
		t.Error(said)
	}
	calls := func(from int) (uploads, questions int) {
		for _, r := range s.Requests()[from:] {
			switch r.Method + " " + r.Path {
			case "POST /v1/files":
				uploads++
			case "POST /v1/chat/completions":
				questions++
			}
		}
		return uploads, questions
	}
	if uploads, questions := calls(0); uploads != 3 || questions != 2 {
		t.Errorf("%d uploads, %d questions", uploads, questions)
	}
	from := len(s.Requests())
	dir.Write("handbook/leave.md", "# Leave\n\nEveryone has 30 days of paid leave a year.\n")
	dir.MustRun("apply", "-auto-approve")
	if uploads, questions := calls(from); uploads != 1 || questions != 1 {
		t.Errorf("with one document changed: %d uploads, %d questions", uploads, questions)
	}
	if files := s.Objects("files"); len(files) != 3 {
		t.Errorf("files: %v", files)
	}
	if said := dir.MustRun("output", "answers"); !strings.Contains(said, "30 days") {
		t.Errorf("the answers are %s", said)
	}

	dir.Write("handbook/leave.md", "# Nothing\n")
	if said := dir.MustRun("apply", "-auto-approve"); !words("The handbook does not answer all questions any more").MatchString(said) {
		t.Errorf("a question without an answer:\n%s", said)
	}
	dir.MustRun("destroy", "-auto-approve")
	if left := append(s.Objects("files"), s.Objects("vector_stores")...); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// Terraform writes the configuration of what is there, and with the content of the file added nothing changes. Nor does it
// with the configuration that the guide ends with.
func TestExamples_import(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	create := creator(t, s)
	text, err := os.ReadFile(root + "examples/import/leave.md")
	if err != nil {
		t.Fatal(err)
	}
	store := create("openai_vector_store", object{"name": "handbook"})
	file := create("openai_file", object{"filename": "leave.md", "purpose": "assistants", "content": string(text)})
	create("openai_vector_store_file", object{"vector_store_id": store, "file_id": file, "attributes": object{"language": "en"}})

	dir := copied(t, acctest.Install(t), "import").With("OPENAI_BASE_URL=" + s.URL)
	in := func(name string) string { return filepath.Join(dir.Path, name) }
	read := func(name string) string {
		text, err := os.ReadFile(in(name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	byHand := read("resources.tf")
	if err := os.Remove(in("resources.tf")); err != nil {
		t.Fatal(err)
	}
	dir.Write("imports.tf", strings.NewReplacer("vs_68f0a1b2c3d4e5f6", store, "file-abc123", file).Replace(read("imports.tf")))
	from := len(s.Requests())
	if said, err := dir.Run("plan", "-generate-config-out=generated.tf"); err == nil || !strings.Contains(said, "Missing content") {
		t.Errorf("a file without a content: %v\n%s", err, said)
	}
	dir.Write("generated.tf", regexp.MustCompile(`\bsource( +)= null`).ReplaceAllString(read("generated.tf"), `source$1= "./leave.md"`))
	if said := dir.MustRun("plan"); !strings.Contains(said, "Plan: 3 to import, 0 to add, 1 to change, 0 to destroy.") || strings.Count(said, "\n      + ") != 2 {
		t.Errorf("the plan is\n%s", said)
	}
	dir.MustRun("apply", "-auto-approve")
	dir.MustRun("plan", "-detailed-exitcode")
	if err := os.Remove(in("generated.tf")); err != nil {
		t.Fatal(err)
	}
	dir.Write("resources.tf", byHand)
	if said := dir.MustRun("apply", "-auto-approve"); !strings.Contains(said, "0 added, 1 changed, 0 destroyed") { // the strategy is left out
		t.Errorf("by hand, the plan is\n%s", said)
	}
	for _, r := range s.Requests()[from:] {
		if r.Method != "GET" {
			t.Errorf("an import sends %s %s", r.Method, r.Path)
		}
	}
}
