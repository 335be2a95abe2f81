package acctest

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Listed is one result of a list resource.
type Listed struct {
	Name     string         // that people know it by
	Identity map[string]any // what Go makes of it
	Resource any            // what Go makes of it
}

// ListResource lists what a list resource finds, with the resources, up to limit; 0 = all. diags are Texts.
func (p Protocol) ListResource(t testing.TB, typeName string, config map[string]any, limit int64) (all []Listed, diags []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	server := p.ProviderServer.(tfprotov6.ListResourceServer) //nolint:forcetypeassert // as Terraform asks for it
	raw := Dynamic(t, Value(p.Schema.ListResourceSchemas[typeName].ValueType(), config))
	validated, err := server.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{TypeName: typeName, Config: raw})
	if err != nil {
		t.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return nil, Texts(validated.Diagnostics)
	}
	stream, err := server.ListResource(ctx, &tfprotov6.ListResourceRequest{TypeName: typeName, Config: raw, IncludeResource: true, Limit: limit})
	if err != nil {
		t.Fatal(err)
	}
	for result := range stream.Results {
		diags = append(diags, Texts(result.Diagnostics)...)
		if result.Resource == nil {
			continue
		}
		found := Instance{protocol: p, typeName: typeName, identity: result.Identity}
		all = append(all, Listed{result.DisplayName, found.Identity(t), Go(undynamic(t, result.Resource, p.Schema.ResourceSchemas[typeName].ValueType()))})
	}
	return all, diags
}

// Invoke runs an action, validated first, and returns what it shows. diags are Texts.
func (p Protocol) Invoke(t testing.TB, typeName string, config map[string]any) (shown, diags []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	server := p.ProviderServer.(tfprotov6.ActionServer) //nolint:forcetypeassert // as Terraform asks for it
	raw := Dynamic(t, Value(p.Schema.ActionSchemas[typeName].Schema.ValueType(), config))
	validated, err := server.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: typeName, Config: raw})
	if err != nil {
		t.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return nil, Texts(validated.Diagnostics)
	}
	invoked, err := server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: typeName, Config: raw})
	if err != nil {
		t.Fatal(err)
	}
	for event := range invoked.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			shown = append(shown, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diags = append(diags, Texts(event.Diagnostics)...)
		}
	}
	return shown, diags
}
