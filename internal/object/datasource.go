package object

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/report"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

var (
	_ datasource.DataSourceWithConfigure = (*one)(nil)
	_ datasource.DataSourceWithConfigure = (*many)(nil)
)

// shown are the attributes that the server shows, as an answer has them, all but the identity's.
func (k *Kind) shown() kinds.Attributes {
	var out []kinds.Attribute
	for _, a := range k.Attributes {
		if a.Local || a.Unread || a.WriteOnly || slices.Contains(k.identity(), a.Name) {
			continue
		}
		a.Mode, a.Validators, a.Change, a.Defaulted = kinds.Computed, nil, kinds.Inherit, false
		out = append(out, a)
	}
	return kinds.Declare(out...)
}

// key is an attribute of the identity, as an argument in some mode.
func (k *Kind) key(name string, mode kinds.Mode) kinds.Attribute {
	a := *k.Attributes.Find(name)
	a.Mode, a.Local, a.Validators, a.Change = mode, true, checks{kinds.NotEmpty()}, kinds.Inherit
	return a
}

// DataSource is the data source for one object.
func (k *Kind) DataSource() func() datasource.DataSource {
	var asked kinds.Attributes
	for _, name := range k.identity() {
		mode := kinds.Required
		if name == k.id() && len(k.Find) > 0 {
			mode = kinds.OptionalComputed
		}
		asked = append(asked, k.key(name, mode))
	}
	shown := k.shown()
	for _, name := range k.Find {
		shown.Find(name).Mode = kinds.OptionalComputed
	}
	attributes := kinds.Join(asked, shown)
	schema := kinds.DataSource(k.Description.DataSource, attributes)
	return func() datasource.DataSource { return &one{kind: k, attributes: attributes, schema: schema} }
}

// one is the data source for one object.
type one struct {
	kind       *Kind
	attributes kinds.Attributes
	schema     schema.Schema
	client     *client.Client
}

// Metadata names the data source.
func (d *one) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.kind.Type
}

// Schema is the same value at each call; it is built once per process.
func (d *one) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = d.schema
}

// Configure takes the provider's client.
func (d *one) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.client, _ = req.ProviderData.(*client.Client)
}

// Read asks the server for the object.
func (d *one) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := wire.Open(req.Config.Raw)
	shown, err := d.find(ctx, config)
	if err != nil {
		var notes []string
		if client.IsGone(err) {
			notes = []string{"It may have been deleted or have expired, or belong to a different project than the API key."}
		}
		report.Failure(&resp.Diagnostics, "Could not read "+strings.TrimSpace(d.kind.name(config)), nil, err, notes...)
		return
	}
	values := wire.Reconcile(d.attributes, shown, wire.Fields{})
	for _, name := range d.kind.identity() {
		if values[name] = config.Get(name); values[name].IsNull() {
			id, _ := shown[d.attributes.Find(name).WireName()].(string)
			values[name] = tftypes.NewValue(tftypes.String, id)
		}
	}
	resp.State.Raw = tftypes.NewValue(req.Config.Raw.Type(), values)
}

// find is the object that is named by its ID, or the only one that has what is asked for.
func (d *one) find(ctx context.Context, config wire.Fields) (map[string]any, error) {
	if d.client == nil {
		return nil, client.ErrUnconfigured
	}
	if _, named := config.Text(d.kind.id()); named || len(d.kind.Find) == 0 {
		shown, _, err := d.kind.get(ctx, d.client, config, time.Time{})
		return shown, err
	}
	var asked []string
	for _, name := range d.kind.Find {
		if text, ok := config.Text(name); ok {
			asked = append(asked, fmt.Sprintf("%s = %q", name, text))
		}
	}
	if len(asked) == 0 {
		return nil, fmt.Errorf("give %s, or %s to find it by", d.kind.id(), strings.Join(d.kind.Find, " and "))
	}
	all, err := d.kind.list(ctx, d.client, config, 0)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(all, func(item map[string]any) bool {
		return slices.ContainsFunc(d.kind.Find, func(name string) bool {
			text, ok := config.Text(name)
			return ok && item[d.attributes.Find(name).WireName()] != text
		})
	})
	switch what := strings.Join(asked, " and "); len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("there is no %s with %s", d.kind.Noun, what)
	default:
		var ids []string
		for _, item := range found {
			ids = append(ids, fmt.Sprint(item[d.kind.Attributes.Find(d.kind.id()).WireName()]))
		}
		return nil, fmt.Errorf("%d of them have %s: %s. Give the %s of the one that you mean", len(found), what, strings.Join(ids, ", "), d.kind.id())
	}
}

// DataSources is the data source for all objects of a collection. plural names its type and the attribute
// that has them: "files".
func (k *Kind) DataSources(plural string) func() datasource.DataSource {
	each := kinds.Join(kinds.Declare(k.key(k.id(), kinds.Computed)), k.shown())
	each[0].Local = false
	attributes := k.asked()
	attributes = kinds.Join(attributes, kinds.Declare(kinds.Attribute{Name: plural, Wire: "data", Shape: kinds.Objects, Fields: kinds.Declare(each...), Mode: kinds.Computed,
		Description: "All of them, in the server's order."}))
	schema := kinds.DataSource(k.Description.DataSources, attributes)
	return func() datasource.DataSource {
		return &many{one: one{kind: k, attributes: attributes, schema: schema}, plural: plural}
	}
}

// asked are the arguments of a list.
func (k *Kind) asked() kinds.Attributes {
	var asked kinds.Attributes
	for _, name := range k.parents() {
		asked = append(asked, k.key(name, kinds.Required))
	}
	return kinds.Join(asked, k.Filters)
}

// many is the data source for all objects of a collection.
type many struct {
	one
	plural string
}

// Metadata names the data source.
func (d *many) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.plural
}

// Read lists the objects.
func (d *many) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := wire.Open(req.Config.Raw)
	all, err := d.kind.list(ctx, d.client, config, 0)
	if err != nil {
		report.Failure(&resp.Diagnostics, "Could not list "+strings.ReplaceAll(d.plural, "_", " "), nil, err)
		return
	}
	data := make([]any, len(all))
	for i := range all {
		data[i] = all[i]
	}
	read := wire.DecodeObject(d.attributes, map[string]any{"data": data})
	resp.State.Raw = wire.With(req.Config.Raw, read[d.plural], d.plural)
}
