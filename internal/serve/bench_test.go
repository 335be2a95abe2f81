package serve_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/provider"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/serve"
)

// What a call costs, with the framework's server and with ours:
//
//	go test ./internal/serve -run x -bench .
func BenchmarkCalls(b *testing.B) {
	p := newPair(b)
	config := build(p.tf, rich)
	nothing := acctest.Dynamic(b, p.null())
	planned := p.planned(b, p.plan(b, p.null(), config, config))
	state := p.decode(b, p.apply(b, p.null(), planned, config).NewState)
	edited := build(p.tf, with(rich, "temperature", 1.0))
	dConfig, dPlanned, dState := acctest.Dynamic(b, config), acctest.Dynamic(b, planned), acctest.Dynamic(b, state)
	proposed := p.propose(state, edited)
	dEdited, dProposed := acctest.Dynamic(b, edited), acctest.Dynamic(b, proposed)
	dChange := acctest.Dynamic(b, p.planned(b, p.plan(b, state, edited, proposed))) // the answer is not known: an update asks
	for name, server := range map[string]tfprotov6.ProviderServer{"framework": p.framework, "ours": p.ours} {
		for call, do := range map[string]func() error{
			"validate": func() error {
				_, err := server.ValidateResourceConfig(b.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: typeName, Config: dConfig})
				return err
			},
			"planCreate": func() error {
				_, err := server.PlanResourceChange(b.Context(), &tfprotov6.PlanResourceChangeRequest{TypeName: typeName,
					PriorState: nothing, Config: dConfig, ProposedNewState: dConfig})
				return err
			},
			"planChange": func() error {
				_, err := server.PlanResourceChange(b.Context(), &tfprotov6.PlanResourceChangeRequest{TypeName: typeName,
					PriorState: dState, Config: dEdited, ProposedNewState: dProposed})
				return err
			},
			"create": func() error {
				_, err := server.ApplyResourceChange(b.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: typeName,
					PriorState: nothing, Config: dConfig, PlannedState: dPlanned})
				return err
			},
			"update": func() error {
				_, err := server.ApplyResourceChange(b.Context(), &tfprotov6.ApplyResourceChangeRequest{TypeName: typeName,
					PriorState: dState, Config: dEdited, PlannedState: dChange})
				return err
			},
			"new": func() error {
				_ = serve.New(provider.New("test"))
				return nil
			},
			"read": func() error {
				_, err := server.ReadResource(b.Context(), &tfprotov6.ReadResourceRequest{TypeName: typeName, CurrentState: dState})
				return err
			},
		} {
			b.Run(call+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
