// Package models is the area of the models that a server offers: one data
// source for all of them, one for a single one. It looks like package chat: a
// declaration, and one type for each Terraform kind. It knows no other area.
package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ datasource.DataSourceWithConfigure = (*DataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*ListDataSource)(nil)
)

// facts are what a server tells of a model.
var facts = kinds.Declare(
	kinds.Attribute{Name: "created", Shape: kinds.Int64, Mode: kinds.Computed,
		Description: "When the model was created, in seconds since 1970 (Unix time). Some servers give the time of the call instead, so that an output of it changes on each plan."},
	kinds.Attribute{Name: "owned_by", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The organization that owns the model."},
	kinds.Attribute{Name: "shutdown_date", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The day on which the model is shut down. Null if there is none, or if the server does not say."},
)

var (
	oneAttributes = kinds.Join(kinds.Attributes{
		{Name: "model", Shape: kinds.String, Mode: kinds.Required, Local: true,
			Description: "The ID of the model, such as `gpt-4o`.",
			Validators:  []validator.Describer{kinds.NotEmpty()}},
	}, facts)
	oneSchema = kinds.DataSource("A model that the server offers. It is an error if the server does not offer it, which stops a plan before money is spent.", oneAttributes)

	each           = kinds.Join(kinds.Attributes{{Name: "id", Shape: kinds.String, Mode: kinds.Computed, Description: "The ID of the model, for the argument `model`."}}, facts)
	listAttributes = kinds.Declare(kinds.Attribute{Name: "models", Shape: kinds.Objects, Fields: each, Mode: kinds.Computed,
		Description: "The models, in the server's order."})
	listSchema = kinds.DataSource("The models that the server offers and the API key may use.", listAttributes)
)

// Area is what the area offers.
var Area = area.Area{DataSources: []func() datasource.DataSource{NewDataSource, NewListDataSource}}

// DataSource is the data source openai_model.
type DataSource struct{ client *client.Client }

// NewDataSource returns the data source, to be configured by Terraform.
func NewDataSource() datasource.DataSource { return &DataSource{} }

// Metadata names the data source.
func (d *DataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_model"
}

// Schema is the same value at each call; it is built once per process.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = oneSchema
}

// Configure takes the provider's client.
func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.client, _ = req.ProviderData.(*client.Client)
}

// Read asks the server for the model.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	const summary = "Could not read model"
	name := wire.Open(req.Config.Raw).String("model")
	answer, err := find(ctx, d.client, name)
	var problem *client.Problem
	if client.IsGone(err) && errors.As(err, &problem) {
		resp.Diagnostics.AddAttributeError(path.Root("model"), summary, problem.Detail())
		return
	}
	if err != nil {
		report.Failure(&resp.Diagnostics, summary, nil, err)
		return
	}
	values, err := wire.Decode(oneAttributes, answer)
	if err != nil {
		report.Failure(&resp.Diagnostics, summary, nil, err)
		return
	}
	values["model"] = tftypes.NewValue(tftypes.String, name)
	resp.State.Raw = tftypes.NewValue(oneAttributes.Type(), values)
}

// ListDataSource is the data source openai_models.
type ListDataSource struct{ client *client.Client }

// NewListDataSource returns the data source, to be configured by Terraform.
func NewListDataSource() datasource.DataSource { return &ListDataSource{} }

// Metadata names the data source.
func (d *ListDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_models"
}

// Schema is the same value at each call; it is built once per process.
func (d *ListDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = listSchema
}

// Configure takes the provider's client.
func (d *ListDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.client, _ = req.ProviderData.(*client.Client)
}

// Read asks the server for its models.
func (d *ListDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	const summary = "Could not list models"
	answer, err := get(ctx, d.client, "models")
	if err != nil {
		report.Failure(&resp.Diagnostics, summary, nil, err)
		return
	}
	var list struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(answer.Body, &list); err != nil {
		report.Failure(&resp.Diagnostics, summary, nil, fmt.Errorf("the server's list could not be read: %w", err))
		return
	}
	values, err := wire.Decode(listAttributes, []byte(`{"models":`+string(list.Data)+`}`))
	if err != nil {
		report.Failure(&resp.Diagnostics, summary, nil, fmt.Errorf("the server's list could not be read: %w", err))
		return
	}
	resp.State.Raw = tftypes.NewValue(listAttributes.Type(), values)
}

// find reads one model. Where the server knows no single ones, or not this one, it is looked for in the list; the
// error is that of the first call where it is not there either.
func find(ctx context.Context, c *client.Client, name string) ([]byte, error) {
	answer, err := get(ctx, c, "models", name)
	switch {
	case err == nil && (idOf(answer.Body) == "" || names(idOf(answer.Body), name)):
		return answer.Body, nil
	case err != nil && !client.IsGone(err):
		return nil, err
	}
	list, listErr := get(ctx, c, "models")
	if listErr == nil {
		var models struct {
			Data []json.RawMessage `json:"data"`
		}
		_ = json.Unmarshal(list.Body, &models) // what cannot be read has no models
		for _, model := range models.Data {
			if names(idOf(model), name) {
				return model, nil
			}
		}
	}
	if err == nil {
		err = fmt.Errorf("the server answered with the model %q when asked for %q, and its list has no such model", idOf(answer.Body), name)
	}
	return nil, err
}

// names reports whether the ID of a model is the one asked for; some servers put a folder before it ("models/").
func names(id, asked string) bool {
	return strings.EqualFold(id, asked) || strings.HasSuffix(strings.ToLower(id), "/"+strings.ToLower(asked))
}

// idOf is the ID of a model; "" = it has none.
func idOf(model []byte) string {
	var m struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(model, &m) // what cannot be read has no ID
	return m.ID
}

func get(ctx context.Context, c *client.Client, path ...string) (client.Answer, error) {
	if c == nil {
		return client.Answer{}, client.ErrUnconfigured
	}
	return c.Do(ctx, client.Request{Method: http.MethodGet, Path: client.Path(path...), Existing: len(path) > 1})
}
