package object_test

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
)

func TestKind_hasAVersionAndUpgrades(t *testing.T) {
	t.Parallel()
	kind := &object.Kind{
		Type: "thing", Noun: "thing", Path: "things", Version: 2,
		Attributes: kinds.Declare(kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed, Description: "The ID."}),
		Upgrades:   map[int64]resource.StateUpgrader{1: {StateUpgrader: func(context.Context, resource.UpgradeStateRequest, *resource.UpgradeStateResponse) {}}},
	}
	r := kind.Resource()(nil)
	var schema resource.SchemaResponse
	r.Schema(t.Context(), resource.SchemaRequest{}, &schema)
	upgrades := r.(resource.ResourceWithUpgradeState).UpgradeState(t.Context()) //nolint:forcetypeassert // that is the test
	if schema.Schema.Version != 2 || len(upgrades) != 1 {
		t.Errorf("version %d, %d upgrades", schema.Schema.Version, len(upgrades))
	}
}
