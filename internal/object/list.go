package object

import (
	"context"
	"fmt"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var _ list.ListResourceWithConfigure = (*lister)(nil)

// list reads all objects of a collection, up to limit; 0 = all.
func (k *Kind) list(ctx context.Context, c *client.Client, arguments wire.Fields, limit int64) ([]map[string]any, error) {
	if c == nil {
		return nil, client.ErrUnconfigured
	}
	query := url.Values{}
	for i := range k.Filters {
		if a := &k.Filters[i]; arguments.Has(a.Name) {
			if text, ok := arguments.Text(a.Name); ok {
				query.Set(a.WireName(), text)
			}
		}
	}
	items, err := c.List(ctx, client.Request{Path: client.Path(k.collection(arguments)...), Query: query, Existing: len(k.parents()) > 0}, limit)
	if err != nil {
		return nil, err
	}
	all := make([]map[string]any, len(items))
	for i, item := range items {
		if all[i], err = wire.ParseObject(item); err != nil {
			return nil, fmt.Errorf("item %d of the server's list could not be read: %w", i, err)
		}
		if id, _ := all[i]["id"].(string); id == "" {
			return nil, fmt.Errorf("item %d of the server's list has no id", i)
		}
		k.adapt(all[i])
	}
	return all, nil
}

// List is the list resource of the kind, for "terraform query" (Terraform 1.14).
func (k *Kind) List() func() list.ListResource {
	return func() list.ListResource { return &lister{kind: k} }
}

// lister is the list resource of a kind.
type lister struct {
	kind   *Kind
	client *client.Client
}

// Metadata names the list resource, as the resource whose objects it lists.
func (l *lister) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + l.kind.Type
}

// Configure takes the provider's client.
func (l *lister) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	l.client, _ = req.ProviderData.(*client.Client)
}

// ListResourceConfigSchema is what narrows a list: the arguments in the path and the server's filters.
func (l *lister) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = kinds.List(l.kind.Description.List, l.kind.asked())
}

// List lists the objects.
func (l *lister) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	config := wire.Open(req.Config.Raw)
	all, err := l.kind.list(ctx, l.client, config, req.Limit)
	if err != nil {
		var diags diag.Diagnostics
		report.Failure(&diags, "Could not list "+l.kind.Noun+"s", nil, err)
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for _, shown := range all {
			if !push(l.result(ctx, req, config, shown)) {
				return
			}
		}
	}
}

func (l *lister) result(ctx context.Context, req list.ListRequest, config wire.Fields, shown map[string]any) list.ListResult {
	result := req.NewListResult(ctx)
	values := wire.Reconcile(l.kind.attributes(), shown, wire.Fields{})
	for _, name := range l.kind.parents() {
		values[name] = config.Get(name)
	}
	id := l.kind.Attributes.Find(l.kind.id())
	text, _ := shown[id.WireName()].(string)
	if text == "" { // a part of a collection is named by "id" in lists, whatever its argument is called
		text, _ = shown["id"].(string)
	}
	values[l.kind.id()] = tftypes.NewValue(tftypes.String, text)
	l.kind.setIdentity(result.Identity, wire.FieldsOf(values))
	result.DisplayName = text
	if label, _ := shown[l.kind.Label].(string); label != "" {
		result.DisplayName = label
	}
	if req.IncludeResource {
		result.Resource.Raw = tftypes.NewValue(result.Resource.Raw.Type(), values)
	}
	return result
}
