package chat_test

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

// Helpers of tests that need no CLI.

// instance is a completion whose provider is configured for the server, without a CLI.
func instance(t *testing.T, s *acctest.Server, provider ...object) *acctest.Instance {
	t.Helper()
	return connected(t, s, provider...).Instance(typeName, chatBlocks...)
}

// apply applies a configuration, which must not fail.
func apply(t *testing.T, r *acctest.Instance, config object) object {
	t.Helper()
	for _, diag := range r.Apply(t, config) {
		if strings.HasPrefix(diag, "error") {
			t.Fatal(diag)
		}
	}
	state, _ := r.State().(object)
	return state
}

// unchanged checks that the plan of a configuration is empty.
func unchanged(t *testing.T, r *acctest.Instance, config object) {
	t.Helper()
	if plan := r.Plan(t, config); len(plan.Diags) > 0 || plan.Replace || !reflect.DeepEqual(plan.Value, r.State()) {
		t.Errorf("the plan is not empty: %q, %v", plan.Diags, plan.Value)
	}
}

// updates checks that a configuration changes in place what is there, and returns what is planned.
func updates(t *testing.T, r *acctest.Instance, config object) object {
	t.Helper()
	plan := r.Plan(t, config)
	if r.State() == nil || plan.Replace || reflect.DeepEqual(plan.Value, r.State()) {
		t.Errorf("the plan is no update in place: %q, %v", plan.Diags, plan.Value)
	}
	planned, _ := plan.Value.(object)
	return planned
}

// replaces checks that a configuration replaces what is there.
func replaces(t *testing.T, r *acctest.Instance, config object) object {
	t.Helper()
	plan := r.Plan(t, config)
	if r.State() == nil || !plan.Replace {
		t.Errorf("the plan does not replace: %q, %v", plan.Diags, plan.Value)
	}
	planned, _ := plan.Value.(object)
	return planned
}

// says checks that pieces of text stand in diagnostics, one after the other.
func says(t *testing.T, diags []string, pieces ...string) {
	t.Helper()
	rest := strings.Join(diags, "\n")
	for _, piece := range pieces {
		_, after, found := strings.Cut(rest, piece)
		if !found {
			t.Errorf("%q does not say %q, or not in its place", diags, piece)
		}
		rest = after
	}
}

// together applies configurations at once, each to a resource of its own.
func together(t *testing.T, p acctest.Protocol, configs ...object) (made []*acctest.Instance, diags []string) {
	t.Helper()
	said := make([][]string, len(configs))
	var all sync.WaitGroup
	for n, config := range configs {
		made = append(made, p.Instance(typeName, chatBlocks...))
		all.Go(func() { said[n] = made[n].Apply(t, config) })
	}
	all.Wait()
	return made, slices.Concat(said...)
}

// connected is a provider that is configured for the server, as a run of Terraform has it.
func connected(t *testing.T, s *acctest.Server, provider ...object) acctest.Protocol {
	t.Helper()
	p := acctest.Speak(t)
	p.Connect(t, s, provider...)
	return p
}

// recordings is the block of that name, over the plugin protocol.
func recordings(dir, mode string) object {
	block := object{"directory": dir}
	if mode != "" {
		block["mode"] = mode
	}
	return object{"recordings": block}
}

// of is an attribute of a state or a plan.
func of(t *testing.T, value any, name string) any {
	t.Helper()
	fields, ok := value.(object)
	if !ok {
		t.Fatalf("there is no object, but %v", value)
	}
	return fields[name]
}

// wantCalls checks how often each method has been called so far.
func wantCalls(t *testing.T, s *acctest.Server, want map[string]int) {
	t.Helper()
	got := map[string]int{}
	for _, r := range s.Requests() {
		got[r.Method]++
	}
	same(t, got, want)
}

// open validates and opens the ephemeral resource.
func open(t *testing.T, s *acctest.Server, config object) (result any, diags []string) {
	t.Helper()
	p := connected(t, s)
	tf := p.Schema.EphemeralResourceSchemas[typeName].ValueType()
	value := acctest.Dynamic(t, acctest.Value(tf, config, chatBlocks...))
	validated, err := p.ValidateEphemeralResourceConfig(t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: typeName, Config: value})
	if err != nil {
		t.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return nil, acctest.Texts(validated.Diagnostics)
	}
	opened, err := p.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: typeName, Config: value})
	if err != nil {
		t.Fatal(err)
	}
	if opened.Result != nil {
		raw, err := opened.Result.Unmarshal(tf)
		if err != nil {
			t.Fatal(err)
		}
		result = acctest.Go(raw)
	}
	return result, acctest.Texts(opened.Diagnostics)
}
