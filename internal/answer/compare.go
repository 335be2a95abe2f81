package answer

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// comparison is where one request differs from another, by the names of the API.
type comparison struct {
	changed []string // certainly
	open    []string // perhaps: what will be there is not known yet
	secrets secretChange
}

// same reports whether both are one request.
func (c comparison) same() bool { return len(c.changed)+len(c.open) == 0 }

// compare says where the request of an object that exists is another now. It compares
// what reaches the model, and not arguments: two ways of writing the same request are
// the same, and so are two ways of delivering or labelling the same answer.
func (k *Kind) compare(ctx context.Context, prior, next, config wire.Fields, private privateState) (comparison, diag.Diagnostics) {
	var c comparison
	was, err := k.identity(prior)
	if err == nil {
		var will map[string]any
		if will, err = k.identity(next); err == nil {
			imported := k.imported(ctx, private)
			jsontext.EachDifference(was, will, func(place string, before, now any) {
				if imported && k.Stored.FilledIn(place, before, now) {
					return
				}
				if k.Place != nil {
					place = k.Place(next, place)
				}
				c.add(place, now == wire.Pending)
			})
		}
	}
	var diags diag.Diagnostics
	if err != nil {
		diags.AddError("Could not compare the requests of two plans", err.Error())
		return c, diags
	}
	c.secrets, diags = k.compareSecrets(ctx, config, prior, private)
	if c.secrets != secretsSame {
		name := k.writeOnly()
		if !config.Get(k.version()).IsNull() {
			name = k.version()
		}
		c.add(name, c.secrets == secretsOpen)
	}
	if _, rereads := k.reread(prior, next); !rereads {
		for _, a := range k.Reading {
			if v := next.Get(a.Name); !v.Equal(prior.Get(a.Name)) {
				c.add(a.Name, !v.IsKnown())
			}
		}
	}
	return c, diags
}

// importedKey is where the private state says that the arguments of an answer are those that the server shows, which fills in
// what a request leaves out.
const importedKey = "imported"

func (k *Kind) imported(ctx context.Context, private privateReader) bool {
	if k.Stored == nil || k.Stored.Import == nil {
		return false
	}
	said, _ := private.GetKey(ctx, importedKey)
	return string(said) == "true"
}

func (c *comparison) add(place string, open bool) {
	list := &c.changed
	if open {
		list = &c.open
	}
	if !slices.Contains(*list, place) {
		*list = append(*list, place)
	}
}

// identity is what makes a request this one and no other: its JSON without what only
// delivers or labels the answer, and without defaults that are written out.
func (k *Kind) identity(arguments wire.Fields) (map[string]any, error) {
	body, err := wire.Sketch(k.declare().visible, k.completed(arguments))
	if err != nil {
		return nil, err
	}
	parsed, err := jsontext.Parse(string(body))
	if err != nil {
		return nil, err
	}
	object := parsed.(map[string]any) //nolint:forcetypeassert // Sketch writes an object
	if k.Compose != nil {
		k.Compose(arguments, object)
	}
	if k.Alike != nil {
		k.Alike(object)
	}
	for _, name := range slices.Concat(k.Delivery, k.Labels) {
		delete(object, name)
	}
	for name, value := range k.Defaults {
		if object[name] == value {
			delete(object, name)
		}
	}
	if extra := arguments.Get("extra_body"); !extra.IsKnown() {
		object["extra_body"] = wire.Pending
	} else if text, ok := wire.Text(extra); ok {
		members, err := kinds.ParseObject(text)
		if err != nil {
			return nil, err
		}
		if len(members) > 0 {
			object["extra_body"] = members
		}
	}
	switch triggers := arguments.Get("triggers"); {
	case !triggers.IsKnown():
		object["triggers"] = wire.Pending
	case len(wire.Entries(triggers)) > 0:
		values := map[string]any{}
		for name, value := range wire.Entries(triggers) {
			text, _ := wire.Text(value) // null counts as ""
			if values[name] = text; !value.IsKnown() {
				values[name] = wire.Pending
			}
		}
		object["triggers"] = values
	}
	return object, nil
}

// reread is the answer that is there, as the arguments of Reading ask for it now; false =
// it has not what that needs.
func (k *Kind) reread(prior, next wire.Fields) (wire.Values, bool) {
	kept := wire.Values{}
	for _, a := range k.outcome() {
		kept[a.Name] = prior.Get(a.Name)
	}
	for _, a := range k.Reading {
		if next.Get(a.Name).Equal(prior.Get(a.Name)) {
			continue
		}
		if k.Reread == nil || !next.Get(a.Name).IsKnown() {
			return nil, false
		}
		return k.Reread(next, wire.FieldsOf(kept))
	}
	return kept, true
}
