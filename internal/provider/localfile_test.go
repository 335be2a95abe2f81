package provider_test

import (
	"context"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// localFiles stands in for the provider hashicorp/local, as far as an example
// needs it: local_file with a name and a content. Its files outlive a destroy.
type localFiles struct{}

func (localFiles) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "local"
}
func (localFiles) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}
func (localFiles) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}
func (localFiles) DataSources(context.Context) []func() datasource.DataSource { return nil }
func (localFiles) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return localFile{} }}
}

type localFile struct{}

func (localFile) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "local_file"
}

func (localFile) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	replace := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"filename": schema.StringAttribute{Required: true, PlanModifiers: replace},
		"content":  schema.StringAttribute{Required: true, PlanModifiers: replace},
	}}
}

func (localFile) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var file struct {
		Filename types.String `tfsdk:"filename"`
		Content  types.String `tfsdk:"content"`
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &file)...)
	name := file.Filename.ValueString()
	err := os.MkdirAll(filepath.Dir(name), 0o700)
	if err == nil {
		err = os.WriteFile(name, []byte(file.Content.ValueString()), 0o600)
	}
	if err != nil {
		resp.Diagnostics.AddError("Cannot write the file", err.Error())
		return
	}
	resp.State.Raw = req.Plan.Raw
}

func (localFile) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (localFile) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}
func (localFile) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
