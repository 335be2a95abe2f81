// Package provider is the front door: the provider block, the environment
// beside it, and the table of contents of what the provider offers. What a
// resource does is its area's business.
package provider

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/batch"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/chat"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/conversation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/decision"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/embedding"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/file"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/functions"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/models"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/moderation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/response"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/usage"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/vectorstore"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/webhook"
)

var (
	_ provider.ProviderWithValidateConfig = (*Provider)(nil)
	_ provider.ProviderWithListResources  = (*Provider)(nil)
)

// What holds where the provider block is silent. Both are the SDK's figures,
// but for the retries: an apply waits rather than fails.
const (
	defaultMaxRetries     = 5
	defaultRequestTimeout = 10 * time.Minute
)

// Provider is the provider. Its zero value is not of use; call New.
type Provider struct {
	version string
	adjust  []func(*client.Settings)
	client  *client.Client

	process area.Process
}

// New returns the provider of that version, to be configured by Terraform. Tests
// adjust what the configuration cannot say, such as the clock.
func New(version string, adjust ...func(*client.Settings)) *Provider {
	return &Provider{version: version, adjust: adjust, process: area.Process{OnlyPlans: sync.OnceValue(onlyPlans), Discards: sync.OnceValue(discards)}}
}

// areas is the table of contents.
var areas = []area.Area{chat.Area, response.Area, embedding.Area, moderation.Area, decision.Area, models.Area, file.Area, vectorstore.Area, conversation.Area, webhook.Area, batch.Area, usage.Area}

// Resources are the managed resources of all areas.
func (p *Provider) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for _, a := range areas {
		for _, create := range a.Resources {
			all = append(all, func() resource.Resource { return create(&p.process) })
		}
	}
	return all
}

// EphemeralResources are the ephemeral resources of all areas.
func (p *Provider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	var all []func() ephemeral.EphemeralResource
	for _, a := range areas {
		all = append(all, a.Ephemeral...)
	}
	return all
}

// Actions are the actions of all areas.
func (p *Provider) Actions(context.Context) []func() action.Action {
	var all []func() action.Action
	for _, a := range areas {
		all = append(all, a.Actions...)
	}
	return all
}

// DataSources are the data sources of all areas.
func (p *Provider) DataSources(context.Context) []func() datasource.DataSource {
	var all []func() datasource.DataSource
	for _, a := range areas {
		all = append(all, a.DataSources...)
	}
	return all
}

// ListResources are the list resources of all areas.
func (p *Provider) ListResources(context.Context) []func() list.ListResource {
	var all []func() list.ListResource
	for _, a := range areas {
		all = append(all, a.Lists...)
	}
	return all
}

// Functions are the provider's functions.
func (p *Provider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		functions.NewCountTokens,
		functions.NewStrictSchema,
		functions.NewToolArguments,
	}
}

// settings is the provider block.
type settings struct {
	APIKey         types.String `tfsdk:"api_key"`
	AdminAPIKey    types.String `tfsdk:"admin_api_key"`
	Organization   types.String `tfsdk:"organization"`
	Project        types.String `tfsdk:"project"`
	BaseURL        types.String `tfsdk:"base_url"`
	MaxRetries     types.Number `tfsdk:"max_retries"`
	RequestTimeout types.String `tfsdk:"request_timeout"`
	Headers        types.Map    `tfsdk:"headers"`
	Azure          types.Object `tfsdk:"azure"`
	Recordings     types.Object `tfsdk:"recordings"`
	Limits         types.Object `tfsdk:"limits"`
}

// Metadata names the provider.
func (p *Provider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "openai"
	resp.Version = p.version
}

// Schema is the provider block.
func (p *Provider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Asks the models of OpenAI, or of any server that speaks the same protocol, and keeps their answers.",
		Attributes: map[string]schema.Attribute{
			"api_key": schema.StringAttribute{Optional: true, Sensitive: true,
				MarkdownDescription: "The API key. Environment variable: `OPENAI_API_KEY`. It is needed only when a call is made, and only if the server asks for one: OpenAI does, your own model server may not."},
			"admin_api_key": schema.StringAttribute{Optional: true, Sensitive: true,
				MarkdownDescription: "The admin API key, for the data sources `openai_costs` and `openai_usage`, which read what the organization has spent and used. Environment variable: `OPENAI_ADMIN_KEY`. It is sent with nothing else, and they are sent no other key. It is needed only when one of them is read."},
			"organization": schema.StringAttribute{Optional: true,
				MarkdownDescription: "The organization to use for requests, if the key belongs to several. Environment variable: `OPENAI_ORG_ID`."},
			"project": schema.StringAttribute{Optional: true,
				MarkdownDescription: "The project to use for requests. Environment variable: `OPENAI_PROJECT_ID`."},
			"base_url": schema.StringAttribute{Optional: true,
				MarkdownDescription: "The base URL of the API, usually ending in `/v1`, for OpenAI-compatible servers and gateways. Environment variable: `OPENAI_BASE_URL`. Default: `" + client.DefaultBaseURL + "`. Keys and headers are sent over plain HTTP only to the machine that Terraform runs on."},
			"max_retries": schema.NumberAttribute{Optional: true, Validators: []validator.Number{kinds.Between(0, 100).Whole()},
				MarkdownDescription: fmt.Sprintf("How many times a request is sent again if it was certainly not answered: no connection was made, or the server answered 409, 429, 500 or 503 and the like. `Retry-After` is honoured. After 408, 502, 504 and 520, which leave open whether the model worked, a request that costs is not sent again. A server error (500) that comes back twice with the same message is considered permanent, unless the server says to try again. 0 to 100. Default: `%d`.", defaultMaxRetries)},
			"request_timeout": schema.StringAttribute{Optional: true, Validators: []validator.String{kinds.Duration()},
				MarkdownDescription: "How long one attempt may take, such as `90s` or `10m`. Default: `10m`. A request that times out is not sent again, because it may have been answered and billed. A resource's `timeouts` limit all attempts together."},
			"headers": schema.MapAttribute{Optional: true, Sensitive: true, ElementType: types.StringType,
				MarkdownDescription: "Additional HTTP headers for each request, as some gateways require them. Their values are treated as secrets."},
		},
		Blocks: map[string]schema.Block{"azure": azureBlock(), "limits": limitsBlock(), "recordings": recordingsBlock()},
	}
}

// ValidateConfig checks what is known of the block.
func (p *Provider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var s settings
	resp.Diagnostics.Append(req.Config.Get(ctx, &s)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := client.CheckBaseURL(s.BaseURL.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("base_url"), "Invalid base_url", err.Error())
	}
	s.azure(ctx, &resp.Diagnostics).validate(s, &resp.Diagnostics)
	p.process.SetRecordsNothing(s.recordsNothing())
	for name, value := range headers(s.Headers) {
		if err := client.CheckHeader(name, value); err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("headers").AtMapKey(name), "Invalid header", err.Error())
		}
	}
}

// Configure makes the client that all resources share. It makes no call and
// needs no key. While a setting is not known yet there is no client, which
// matters only to what makes a call before then.
func (p *Provider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var s settings
	resp.Diagnostics.Append(req.Config.Get(ctx, &s)...)
	if resp.Diagnostics.HasError() || !req.Config.Raw.IsFullyKnown() {
		return
	}
	timeout := defaultRequestTimeout
	if d, err := time.ParseDuration(s.RequestTimeout.ValueString()); err == nil {
		timeout = d
	}
	retries := defaultMaxRetries
	if !s.MaxRetries.IsNull() {
		retries = whole(s.MaxRetries)
	}
	to := client.Settings{
		APIKey:         setting(s.APIKey, "OPENAI_API_KEY"),
		AdminAPIKey:    setting(s.AdminAPIKey, "OPENAI_ADMIN_KEY"),
		Organization:   setting(s.Organization, "OPENAI_ORG_ID"),
		Project:        setting(s.Project, "OPENAI_PROJECT_ID"),
		BaseURL:        setting(s.BaseURL, "OPENAI_BASE_URL"),
		MaxRetries:     retries,
		RequestTimeout: timeout,
		Headers:        headers(s.Headers),
		UserAgent:      fmt.Sprintf("terraform-provider-openai/%s terraform/%s", p.version, req.TerraformVersion),
		Limits:         s.limits(ctx, &resp.Diagnostics),
		Log:            wireLog(),
		Recordings:     s.recordings(ctx, p.version, &resp.Diagnostics),
		DataDirectory:  os.Getenv("TF_DATA_DIR"),
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if a := s.azure(ctx, &resp.Diagnostics); a != nil {
		if !a.apply(&to, &resp.Diagnostics) {
			return
		}
	} else if err := client.CheckBaseURL(to.BaseURL); err != nil {
		text := err.Error()
		if s.BaseURL.IsNull() {
			text += ". It comes from the environment variable OPENAI_BASE_URL"
		}
		resp.Diagnostics.AddAttributeError(path.Root("base_url"), "Invalid base_url", text)
		return
	}
	for _, adjust := range p.adjust {
		adjust(&to)
	}
	c, err := client.New(to)
	if err != nil {
		resp.Diagnostics.AddError("Invalid provider configuration", err.Error())
		return
	}
	p.client = c
	resp.ResourceData = c
	resp.DataSourceData = c
	resp.EphemeralResourceData = c
	resp.ActionData = c
	resp.ListResourceData = c
}

// setting is what the block says, else what the environment does.
func setting(configured types.String, variable string) string {
	if !configured.IsNull() {
		return configured.ValueString()
	}
	return os.Getenv(variable)
}

func headers(m types.Map) map[string]string {
	out := make(map[string]string, len(m.Elements()))
	for name, value := range m.Elements() {
		if text, ok := value.(types.String); ok && !text.IsNull() && !text.IsUnknown() {
			out[name] = text.ValueString()
		}
	}
	return out
}

// Data is what Configure handed to resources; nil before that.
func (p *Provider) Data() any {
	if p.client == nil {
		return nil
	}
	return p.client
}
