package serve_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/objectvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// everything is a schema of all that the short cuts honour.
var everything = schema.Schema{
	Attributes: attributes{
		"text":     schema.StringAttribute{Required: true, MarkdownDescription: "`a` or `b`", Validators: []validator.String{stringvalidator.OneOf("a", "b")}},
		"truth":    schema.BoolAttribute{Optional: true},
		"whole":    schema.NumberAttribute{Optional: true, Validators: []validator.Number{kinds.Between(0, 100).Whole()}},
		"real":     schema.NumberAttribute{Optional: true, Validators: []validator.Number{kinds.AtLeast(0)}},
		"any":      schema.DynamicAttribute{Optional: true},
		"list":     schema.ListAttribute{Optional: true, ElementType: types.NumberType, Validators: []validator.List{listvalidator.SizeAtMost(2)}},
		"map":      schema.MapAttribute{Optional: true, ElementType: types.ListType{ElemType: types.StringType}, Validators: []validator.Map{mapvalidator.SizeAtLeast(1)}},
		"bools":    schema.MapAttribute{Optional: true, ElementType: types.BoolType},
		"reals":    schema.ListAttribute{Optional: true, ElementType: types.NumberType},
		"old":      schema.StringAttribute{Optional: true, DeprecationMessage: "Use text."},
		"secret":   schema.StringAttribute{Optional: true, WriteOnly: true, Sensitive: true},
		"object":   schema.SingleNestedAttribute{Optional: true, Attributes: inner(), Validators: []validator.Object{objectvalidator.ConflictsWith(path.MatchRoot("truth"))}},
		"objects":  schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: inner()}},
		"either":   schema.NumberAttribute{Optional: true, Computed: true},
		"eithers":  schema.MapAttribute{Optional: true, Computed: true, ElementType: types.StringType},
		"answer":   schema.StringAttribute{Computed: true},
		"answered": schema.DynamicAttribute{Computed: true},
		"answers": schema.ListNestedAttribute{Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: attributes{
			"text": schema.StringAttribute{Computed: true}, "logs": schema.SingleNestedAttribute{Computed: true, Attributes: attributes{"p": schema.NumberAttribute{Computed: true}}},
		}}},
	},
	Blocks: map[string]schema.Block{
		"one": schema.SingleNestedBlock{Attributes: attributes{"text": schema.StringAttribute{Optional: true}}, Blocks: map[string]schema.Block{
			"many": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: inner()}}},
			Validators: []validator.Object{objectvalidator.ConflictsWith(path.MatchRoot("whole"))}},
		"must": schema.ListNestedBlock{Validators: []validator.List{listvalidator.IsRequired()}, NestedObject: schema.NestedBlockObject{Attributes: inner(),
			Blocks: map[string]schema.Block{"inner": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: inner()}}, "single": schema.SingleNestedBlock{Attributes: inner()}}}},
	},
}

// inner has something that is required, which the framework asks for in strange places.
func inner() attributes {
	return attributes{
		"need":   schema.StringAttribute{Required: true},
		"may":    schema.NumberAttribute{Optional: true, Validators: []validator.Number{kinds.Between(-2, 2).Whole()}},
		"hidden": schema.StringAttribute{Optional: true, WriteOnly: true},
		"list":   schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{Attributes: attributes{"need": schema.BoolAttribute{Required: true}}}},
	}
}

// explored counts what happened to the random configurations of a record.
type explored struct{ validated, created, updated, replaced atomic.Int64 }

// explore makes a record out of a random configuration, changes it several times, two arguments at a time, and
// compares all that both servers say to it.
func explore(t *testing.T, seed uint64, p pair, count *explored) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("%s differs with -seeds 1 -seed %d", p.name, seed)
		}
	}()
	g := &generator{rng: rand.New(rand.NewPCG(seed, 1)), schema: p.schema} //nolint:gosec // it makes tests, no secrets

	g.wild = true
	config := g.configuration()
	for range 3 {
		p.validate(t, config) // most often wrong
		config = g.change(config, 2)
	}
	config, ok := g.right(t, p, config)
	if !ok {
		return
	}
	p.plan(t, p.null(), config, config)

	g.wild = false
	if config, ok = g.right(t, p, g.known(config)); !ok {
		return
	}
	count.validated.Add(1)
	state, config := g.make(t, p, config)
	if state.IsNull() {
		return
	}
	count.created.Add(1)
	for range 4 {
		g.wild = true
		if changed, ok := g.right(t, p, g.change(config, 2)); ok {
			p.plan(t, state, changed, p.propose(state, changed))
		}
		g.wild = false
		changed, ok := g.right(t, p, g.known(g.change(config, 2)))
		if !ok {
			continue
		}
		if after, ok := update(t, p, state, changed, count); ok {
			state, config = after, changed
		}
		p.plan(t, state, config, p.propose(state, config)) // of nothing
		p.readState(t, &tfprotov6.ReadResourceRequest{CurrentState: acctest.Dynamic(t, state)})
	}
	p.plan(t, state, p.null(), p.null())
	p.apply(t, state, p.null(), p.null())
}

// make creates a record, of another configuration where the server does not take one. It returns null if it takes none.
func (g *generator) make(t *testing.T, p pair, config tftypes.Value) (state, of tftypes.Value) {
	t.Helper()
	for range 12 {
		planned := p.plan(t, p.null(), config, config)
		diags := planned.Diagnostics
		if !failed(diags) {
			applied := p.apply(t, p.null(), p.decode(t, planned.PlannedState), config)
			if diags = applied.Diagnostics; !failed(diags) {
				return p.decode(t, applied.NewState), config
			}
		}
		other, ok := g.right(t, p, g.other(config, diags))
		if !ok {
			break
		}
		config = other
	}
	return p.null(), config
}

// update applies a change as the CLI does: in place, or with a create after a plan of it.
func update(t *testing.T, p pair, state, changed tftypes.Value, count *explored) (tftypes.Value, bool) {
	t.Helper()
	resp := p.plan(t, state, changed, p.propose(state, changed))
	prior, counted := state, &count.updated
	if len(resp.RequiresReplace) > 0 && !failed(resp.Diagnostics) {
		prior, counted = p.null(), &count.replaced
		resp = p.plan(t, prior, changed, changed)
	}
	if failed(resp.Diagnostics) {
		return state, false
	}
	planned := p.decode(t, resp.PlannedState)
	if planned.Equal(prior) {
		return state, false
	}
	applied := p.apply(t, prior, planned, changed)
	if failed(applied.Diagnostics) {
		return state, false
	}
	counted.Add(1)
	return p.decode(t, applied.NewState), true
}

// everyPair calls for a pair of servers for each record of the provider, by turns with recordings, and for one
// that has everything which the short cuts honour.
func everyPair(t *testing.T, seed uint64, do func(name string, newPair func(*testing.T) pair)) {
	t.Helper()
	for _, r := range recordsOf(t) {
		do(r.name, func(t *testing.T) pair {
			t.Helper()
			if seed%2 == 0 {
				return newPairOf(t, r.name, r.schema)
			}
			return newPairOf(t, r.name, r.schema, func() map[string]any { return map[string]any{"recordings": map[string]any{"directory": t.TempDir()}} })
		})
	}
	do("everything, in place", func(t *testing.T) pair {
		t.Helper()
		return newFakePair(t, record{schema: everything})
	})
	do("everything, replaced", func(t *testing.T) pair {
		t.Helper()
		return newFakePair(t, record{schema: everything, modifyPlan: replaceChanged})
	})
}

// What a run looks at: as many seeds, beginning with that one.
var (
	seeds     = flag.Uint64("seeds", 4, "number of random configurations for each record")
	firstSeed = flag.Uint64("seed", 0, "the first of them")
)

// Both servers answer alike to random configurations and to pairs of changes. To look at more of them, as "make thorough"
// does, or at one again:
//
//	go test ./internal/serve -run TestParity_of -timeout 1h -seeds 1000 -seed 10
func TestParity_ofRandomConfigurations(t *testing.T) {
	t.Parallel()
	counts := map[string]*explored{}
	for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
		everyPair(t, seed, func(name string, newPair func(*testing.T) pair) {
			if counts[name] == nil {
				counts[name] = &explored{}
			}
			count := counts[name]
			t.Run(fmt.Sprintf("%s, %d", name, seed), func(t *testing.T) {
				t.Parallel()
				explore(t, seed, newPair(t), count)
			})
		})
	}
	t.Cleanup(func() {
		for name, c := range counts {
			t.Logf("%s: of %d configurations %d right, %d created, %d updated, %d replaced", name, *seeds, c.validated.Load(), c.created.Load(), c.updated.Load(), c.replaced.Load())
			if n := int64(*seeds); n >= 4 && (c.created.Load() < n/2 || c.updated.Load()+c.replaced.Load() < n) {
				t.Errorf("%s: too few of the random configurations are of use", name)
			}
		}
	})
}
