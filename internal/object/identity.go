package object

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// IdentitySchema is what names an object: its ID and the arguments in its path.
func (m *managed) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	attributes := map[string]identityschema.Attribute{}
	for _, name := range m.kind.identity() {
		attributes[name] = identityschema.StringAttribute{RequiredForImport: true, Description: m.kind.Attributes.Find(name).Description}
	}
	resp.IdentitySchema = identityschema.Schema{Attributes: attributes}
}

// setIdentity names the object that has some values.
func (k *Kind) setIdentity(identity *tfsdk.ResourceIdentity, fields wire.Fields) {
	if identity == nil {
		return
	}
	values := wire.Values{}
	for _, name := range k.identity() {
		values[name] = fields.Get(name)
	}
	identity.Raw = tftypes.NewValue(identity.Raw.Type(), values)
}

// ImportState takes an object by its identity, or by the parts of it with slashes between. The read that
// follows fills the state.
func (m *managed) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	names := m.kind.identity()
	var parts []string
	if req.ID != "" {
		parts = strings.Split(req.ID, "/")
	} else if req.Identity != nil {
		fields := wire.Open(req.Identity.Raw)
		for _, name := range names {
			parts = append(parts, fields.String(name))
		}
	}
	bad := len(parts) != len(names)
	for _, part := range parts {
		bad = bad || strings.TrimSpace(part) == ""
	}
	if bad {
		resp.Diagnostics.AddError("Invalid import ID",
			fmt.Sprintf("The ID of %s to import is %s, not %q.", m.kind.Noun, strings.Join(names, "/"), req.ID))
		return
	}
	for i, name := range names {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), parts[i])...)
	}
	m.kind.setIdentity(resp.Identity, wire.Open(resp.State.Raw))
	resp.Diagnostics.Append(note(ctx, resp.Private, importedKey, importedNow)...)
}
