package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// azureSettings is the azure block.
type azureSettings struct {
	Endpoint   types.String `tfsdk:"endpoint"`
	APIVersion types.String `tfsdk:"api_version"`
	APIKey     types.String `tfsdk:"api_key"`
	UseEntraID types.Bool   `tfsdk:"use_entra_id"`
	TenantID   types.String `tfsdk:"tenant_id"`
}

func azureBlock() schema.Block {
	return schema.SingleNestedBlock{
		MarkdownDescription: "Asks Azure OpenAI instead of OpenAI. A resource's `model` is then the name of a deployment. " +
			"`base_url`, `organization`, `project`, `admin_api_key` and the `api_key` outside this block, and their environment variables, are not used then.",
		Attributes: map[string]schema.Attribute{
			"endpoint": schema.StringAttribute{Optional: true,
				MarkdownDescription: "The resource's address, such as `https://my-resource.openai.azure.com`. Environment variable: `AZURE_OPENAI_ENDPOINT`."},
			"api_version": schema.StringAttribute{Optional: true,
				MarkdownDescription: "The version of Azure's API, such as `2024-10-21`. Environment variable: `OPENAI_API_VERSION`."},
			"api_key": schema.StringAttribute{Optional: true, Sensitive: true,
				MarkdownDescription: "A key of the resource. Environment variable: `AZURE_OPENAI_API_KEY`. Without a key, the provider gets a token from Microsoft Entra ID."},
			"use_entra_id": schema.BoolAttribute{Optional: true,
				MarkdownDescription: "`true`: always authenticate through Microsoft Entra ID, also where `AZURE_OPENAI_API_KEY` is set. `false`: never. By default it is used where there is no key. " +
					"The identity is found as the Azure SDKs find it: `AZURE_CLIENT_ID` and the other variables of a service principal, workload identity, managed identity, `az login`. The `ARM_*` variables of the azurerm provider are not read."},
			"tenant_id": schema.StringAttribute{Optional: true,
				MarkdownDescription: "The tenant to use, if the identity is signed in to several through a command line tool or workload identity. For a service principal, set `AZURE_TENANT_ID`."},
		},
	}
}

// azure is the azure block; nil where there is none, or it is not known yet.
func (s settings) azure(ctx context.Context, diags *diag.Diagnostics) *azureSettings {
	if s.Azure.IsNull() || s.Azure.IsUnknown() {
		return nil
	}
	var a azureSettings
	diags.Append(s.Azure.As(ctx, &a, basetypes.ObjectAsOptions{})...)
	return &a
}

// validate checks what is known of the block and of the arguments beside it.
func (a *azureSettings) validate(s settings, diags *diag.Diagnostics) {
	if a == nil {
		return
	}
	at := path.Root("azure")
	for name, value := range map[string]types.String{
		"base_url": s.BaseURL, "api_key": s.APIKey, "admin_api_key": s.AdminAPIKey, "organization": s.Organization, "project": s.Project,
	} {
		if value.IsNull() {
			continue
		}
		detail := name + " is for OpenAI and other servers, and the azure block is for Azure: use only one of them."
		switch name {
		case "base_url":
			detail += " For the address of an Azure resource, set endpoint inside the block."
		case "api_key":
			detail += " For the key of an Azure resource, set api_key inside the block."
		}
		diags.AddAttributeError(path.Root(name), "Conflicting arguments", detail)
	}
	if err := client.CheckEndpoint(a.Endpoint.ValueString()); err != nil {
		diags.AddAttributeError(at.AtName("endpoint"), "Invalid endpoint", err.Error())
	}
	if a.UseEntraID.ValueBool() && !a.APIKey.IsNull() {
		diags.AddAttributeError(at.AtName("api_key"), "Conflicting arguments", "With use_entra_id = true, a token is used instead of a key: use only one of them.")
	}
}

// apply puts the block, and the environment beside it, into the client's
// settings. It returns false where something that no call can do without is missing.
func (a *azureSettings) apply(to *client.Settings, diags *diag.Diagnostics) bool {
	at := path.Root("azure")
	to.AdminAPIKey, to.Organization, to.Project = "", "", ""
	to.BaseURL = setting(a.Endpoint, "AZURE_OPENAI_ENDPOINT")
	to.APIKey = setting(a.APIKey, "AZURE_OPENAI_API_KEY")
	if a.UseEntraID.ValueBool() {
		to.APIKey = ""
	}
	to.Azure = &client.Azure{
		APIVersion: setting(a.APIVersion, "OPENAI_API_VERSION"),
		EntraID:    a.UseEntraID.IsNull() || a.UseEntraID.ValueBool(),
		TenantID:   a.TenantID.ValueString(),
	}
	if to.BaseURL == "" {
		diags.AddAttributeError(at.AtName("endpoint"), "Missing endpoint", "Set endpoint in the azure block, or the environment variable AZURE_OPENAI_ENDPOINT.")
	} else if err := client.CheckEndpoint(to.BaseURL); err != nil {
		diags.AddAttributeError(at.AtName("endpoint"), "Invalid endpoint", err.Error())
	}
	if to.Azure.APIVersion == "" {
		diags.AddAttributeError(at.AtName("api_version"), "Missing api_version", "Set api_version in the azure block, or the environment variable OPENAI_API_VERSION.")
	}
	return !diags.HasError()
}
