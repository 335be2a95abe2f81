package serve_test

import (
	"context"
	"maps"
	"math/big"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// generator makes configurations out of a schema, at random. Its words and numbers are those that the descriptions of the
// attributes name, so that many of them are right.
type generator struct {
	rng    *rand.Rand
	schema schema.Schema
	wild   bool // some values are not known yet, and some are write-only: not to be applied
}

// chance is true in one of n cases.
func (g *generator) chance(n int) bool { return g.rng.IntN(n) == 0 }

func pick[T any](g *generator, from []T) T { return from[g.rng.IntN(len(from))] }

// configuration is any configuration, most often a wrong one.
func (g *generator) configuration() tftypes.Value {
	return g.object(g.schema.Attributes, g.schema.Blocks, 8)
}

// object has every required field, as good as always, and one of so many of the others.
func (g *generator) object(attributes map[string]schema.Attribute, blocks map[string]schema.Block, sparse int) tftypes.Value {
	fields, types := map[string]tftypes.Value{}, map[string]tftypes.Type{}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := attributes[name]
		given := g.chance(sparse)
		if a.IsRequired() {
			given = !g.chance(50)
		} else if !a.IsOptional() {
			given = g.chance(500)
		}
		types[name] = terraformType(a.GetType())
		fields[name] = tftypes.NewValue(types[name], nil)
		if given {
			fields[name] = g.attribute(a)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(blocks)) {
		types[name] = terraformType(blocks[name].Type())
		fields[name] = g.absent(blocks[name])
		if g.chance(sparse) {
			fields[name] = g.block(blocks[name])
		}
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, fields)
}

func terraformType(t attr.Type) tftypes.Type { return t.TerraformType(context.Background()) }

// absent is a block that nobody wrote, as the CLI sends it.
func (*generator) absent(b schema.Block) tftypes.Value {
	if _, ok := b.(schema.ListNestedBlock); ok {
		return tftypes.NewValue(terraformType(b.Type()), []tftypes.Value{})
	}
	return tftypes.NewValue(terraformType(b.Type()), nil)
}

func (g *generator) block(b schema.Block) tftypes.Value {
	switch b := b.(type) {
	case schema.ListNestedBlock:
		if g.wild && g.chance(20) {
			return tftypes.NewValue(terraformType(b.Type()), tftypes.UnknownValue)
		}
		items := make([]tftypes.Value, 1+g.rng.IntN(2))
		for i := range items {
			items[i] = g.object(b.NestedObject.Attributes, b.NestedObject.Blocks, 3)
		}
		return tftypes.NewValue(terraformType(b.Type()), items)
	case schema.SingleNestedBlock:
		return g.object(b.Attributes, b.Blocks, 3)
	}
	panic("the fence lets no other block pass")
}

// attribute is a value for an attribute that is given.
func (g *generator) attribute(a schema.Attribute) tftypes.Value {
	t := terraformType(a.GetType())
	switch {
	case a.IsWriteOnly() && !g.wild:
		return tftypes.NewValue(t, nil)
	case g.wild && g.chance(12):
		return tftypes.NewValue(t, tftypes.UnknownValue)
	}
	if file, ok := g.schema.Attributes["results_file"]; ok && a.Equal(file) {
		return tftypes.NewValue(t, nil) // nothing is written into the working directory
	}
	switch a := a.(type) {
	case schema.DynamicAttribute:
		if a.IsRequired() {
			return g.requests()
		}
	case schema.SingleNestedAttribute:
		return g.object(a.Attributes, nil, 3)
	case schema.ListNestedAttribute:
		items := make([]tftypes.Value, g.rng.IntN(3))
		for i := range items {
			items[i] = g.element(t.(tftypes.List).ElementType, func() tftypes.Value { return g.object(a.NestedObject.Attributes, nil, 3) })
		}
		return tftypes.NewValue(t, items)
	}
	return g.simple(t, g.wordsOf(a))
}

// element is null or not known yet at times.
func (g *generator) element(t tftypes.Type, make func() tftypes.Value) tftypes.Value {
	switch {
	case g.chance(20):
		return tftypes.NewValue(t, nil)
	case g.wild && g.chance(10):
		return tftypes.NewValue(t, tftypes.UnknownValue)
	}
	return make()
}

func (g *generator) simple(t tftypes.Type, w words) tftypes.Value {
	switch t := t.(type) {
	case tftypes.List:
		items := make([]tftypes.Value, g.rng.IntN(4))
		for i := range items {
			items[i] = g.element(t.ElementType, func() tftypes.Value { return g.simple(t.ElementType, w) })
		}
		return tftypes.NewValue(t, items)
	case tftypes.Map:
		items := map[string]tftypes.Value{}
		for range g.rng.IntN(3) {
			items[pick(g, []string{"a", "b", "50256", "\u0065\u0301"})] = g.element(t.ElementType, func() tftypes.Value { return g.simple(t.ElementType, w) })
		}
		return tftypes.NewValue(t, items)
	}
	switch {
	case t.Is(tftypes.Bool):
		return tftypes.NewValue(t, g.chance(2))
	case t.Is(tftypes.Number):
		return tftypes.NewValue(t, number(pick(g, append(w.numbers, "0", "1", "-1", "0.1", "2.5", "100", "1e30"))))
	case t.Is(tftypes.DynamicPseudoType):
		return g.dynamic()
	}
	texts := w.texts
	if len(texts) == 0 || g.chance(6) {
		texts = []string{"", "hello", "Say it in JSON.", "{}", `{"type":"object","properties":{}}`, "1m", "\u0065\u0301"}
	}
	return tftypes.NewValue(t, pick(g, texts))
}

func (g *generator) dynamic() tftypes.Value {
	tuple := tftypes.Tuple{ElementTypes: []tftypes.Type{tftypes.Number, tftypes.String}}
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"a": tftypes.Bool}}
	return pick(g, []tftypes.Value{
		tftypes.NewValue(tftypes.String, "text"), tftypes.NewValue(tftypes.Number, 1), tftypes.NewValue(tftypes.String, nil),
		tftypes.NewValue(tuple, []tftypes.Value{tftypes.NewValue(tftypes.Number, 1), tftypes.NewValue(tftypes.String, nil)}),
		tftypes.NewValue(object, map[string]tftypes.Value{"a": tftypes.NewValue(tftypes.Bool, true)}),
		tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{}),
	})
}

// requests are those of a set: mostly right ones.
func (g *generator) requests() tftypes.Value {
	types, values := map[string]tftypes.Type{}, map[string]tftypes.Value{}
	for range 1 + g.rng.IntN(3) {
		name := pick(g, []string{"a", "b", "c d"})
		v := tftypes.NewValue(tftypes.String, pick(g, []string{"hello", "Say it in JSON."}))
		if g.chance(2) {
			of := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"content": tftypes.String, "temperature": tftypes.Number}}
			v = tftypes.NewValue(of, map[string]tftypes.Value{"content": v, "temperature": tftypes.NewValue(tftypes.Number, number(pick(g, []string{"0", "1", "2"})))})
		}
		if g.chance(30) {
			v = g.dynamic()
		}
		types[name], values[name] = v.Type(), v
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, values)
}

// number has the precision that the CLI gives it.
func number(text string) *big.Float {
	f, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return f
}

// words are what a description names in code spans, `like this`.
type words struct{ texts, numbers []string }

var codeSpan = regexp.MustCompile("`([^`]+)`")

func (g *generator) wordsOf(a schema.Attribute) words {
	var w words
	for _, match := range codeSpan.FindAllStringSubmatch(a.GetMarkdownDescription(), -1) {
		if _, ok := g.schema.Attributes[match[1]]; ok {
			continue // the name of another
		}
		w.texts = append(w.texts, match[1])
		if _, err := strconv.ParseFloat(match[1], 64); err == nil {
			w.numbers = append(w.numbers, match[1])
		}
	}
	return w
}

// change changes n arguments of a configuration, each as a whole or in one place inside.
func (g *generator) change(config tftypes.Value, n int) tftypes.Value {
	var arguments []string
	for _, name := range slices.Sorted(maps.Keys(g.schema.Attributes)) {
		if a := g.schema.Attributes[name]; a.IsOptional() || a.IsRequired() {
			arguments = append(arguments, name)
		}
	}
	arguments = append(arguments, slices.Sorted(maps.Keys(g.schema.Blocks))...)
	given := slices.DeleteFunc(slices.Clone(arguments), func(name string) bool { return field(config, name).IsNull() })
	for range n {
		from := arguments
		if len(given) > 0 && g.chance(2) {
			from = given
		}
		root := tftypes.NewAttributePath().WithAttributeName(pick(g, from))
		var inside []*tftypes.AttributePath
		_ = tftypes.Walk(config, func(at *tftypes.AttributePath, _ tftypes.Value) (bool, error) {
			if steps := at.Steps(); len(steps) > 1 && steps[0].Equal(root.Steps()[0]) {
				inside = append(inside, at)
			}
			return true, nil
		})
		if len(inside) > 0 && g.chance(2) {
			slices.SortFunc(inside, func(a, b *tftypes.AttributePath) int { return strings.Compare(a.String(), b.String()) })
			root = pick(g, inside)
		}
		config = g.changeAt(config, root)
	}
	return config
}

func field(object tftypes.Value, name string) tftypes.Value {
	var fields map[string]tftypes.Value
	_ = object.As(&fields)
	return fields[name]
}

// changeAt takes a value away, where that is allowed, or puts another in its place. Inside of what
// has no schema of its own, that is the whole of it.
func (g *generator) changeAt(config tftypes.Value, at *tftypes.AttributePath) tftypes.Value {
	at, a, b := g.declared(at)
	var with tftypes.Value
	switch {
	case a != nil && !a.IsRequired() && g.chance(2):
		with = tftypes.NewValue(terraformType(a.GetType()), nil)
	case a != nil:
		with = g.attribute(a)
	case b != nil && g.chance(2):
		with = g.absent(b)
	case b != nil:
		with = g.block(b)
	default:
		return config
	}
	changed, err := tftypes.Transform(config, func(p *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if p.Equal(at) {
			return with, nil
		}
		return v, nil
	})
	if err != nil {
		panic(err)
	}
	return changed
}

// declared finds the attribute or block at a path, or the next one above, and its path.
func (g *generator) declared(at *tftypes.AttributePath) (*tftypes.AttributePath, schema.Attribute, schema.Block) {
	attributes, blocks := g.schema.Attributes, g.schema.Blocks
	var (
		attribute schema.Attribute
		block     schema.Block
		found     = tftypes.NewAttributePath()
	)
	for i, step := range at.Steps() {
		name, ok := step.(tftypes.AttributeName)
		if !ok {
			continue
		}
		a, isAttribute := attributes[string(name)]
		b, isBlock := blocks[string(name)]
		if !isAttribute && !isBlock {
			break
		}
		attribute, block, attributes, blocks = a, b, nil, nil
		found = tftypes.NewAttributePathWithSteps(at.Steps()[:i+1])
		switch a := a.(type) {
		case schema.SingleNestedAttribute:
			attributes = a.Attributes
		case schema.ListNestedAttribute:
			attributes = a.NestedObject.Attributes
		}
		switch b := b.(type) {
		case schema.SingleNestedBlock:
			attributes, blocks = b.Attributes, b.Blocks
		case schema.ListNestedBlock:
			attributes, blocks = b.NestedObject.Attributes, b.NestedObject.Blocks
		}
	}
	return found, attribute, block
}

// right changes a configuration, where it is wrong, until there is nothing wrong any more. It gives up at some time.
func (g *generator) right(t testing.TB, p pair, config tftypes.Value) (tftypes.Value, bool) {
	t.Helper()
	for range 60 {
		errors := p.errors(t, config)
		if len(errors) == 0 {
			return config, !failed(p.validate(t, config))
		}
		at := pick(g, errors).Attribute
		if at == nil || len(at.Steps()) == 0 || g.isDynamic(at) && !g.chance(4) { // what is wrong may be what requests are made of
			config = g.change(config, 1)
			continue
		}
		if g.chance(4) {
			at = tftypes.NewAttributePathWithSteps(at.Steps()[:1+g.rng.IntN(len(at.Steps()))])
		}
		config = g.changeAt(config, at)
	}
	return config, false
}

// isDynamic reports whether there is an attribute of any type at a path.
func (g *generator) isDynamic(at *tftypes.AttributePath) bool {
	_, a, _ := g.declared(at)
	_, dynamic := a.(schema.DynamicAttribute)
	return dynamic
}

// errors is what our server has against a configuration. The framework's words for it are ours, so they are
// compared where there is nothing more to say.
func (p pair) errors(t testing.TB, config tftypes.Value) []*tfprotov6.Diagnostic {
	t.Helper()
	resp, err := p.ours.ValidateResourceConfig(t.Context(), p.validateRequest(t, config))
	if err != nil {
		t.Fatal(err)
	}
	p.forget()
	errors := slices.DeleteFunc(resp.Diagnostics, func(d *tfprotov6.Diagnostic) bool { return d.Severity != tfprotov6.DiagnosticSeverityError })
	slices.SortFunc(errors, func(a, b *tfprotov6.Diagnostic) int { // the framework's are in no order
		return strings.Compare(a.Attribute.String()+a.Summary, b.Attribute.String()+b.Summary)
	})
	return errors
}

// known is a configuration with something known in place of what was not known yet, and without
// write-only values, of which a hash with a salt of its own is kept.
func (g *generator) known(config tftypes.Value) tftypes.Value {
	known, err := tftypes.Transform(config, func(at *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		_, a, b := g.declared(at)
		switch {
		case a != nil && a.IsWriteOnly():
			return tftypes.NewValue(v.Type(), nil), nil
		case v.IsKnown():
			return v, nil
		case b != nil:
			return g.absent(b), nil
		case v.Type().Is(tftypes.Bool), v.Type().Is(tftypes.Number), v.Type().Is(tftypes.String):
			return g.simple(v.Type(), words{}), nil
		}
		return tftypes.NewValue(v.Type(), nil), nil
	})
	if err != nil {
		panic(err)
	}
	return known
}

// other is a configuration to try where the server did not take one: without what it complained of, or else
// with only some of the arguments, and others in place of those that must be there.
func (g *generator) other(config tftypes.Value, diags []*tfprotov6.Diagnostic) tftypes.Value {
	for _, d := range diags {
		if d.Attribute != nil && len(d.Attribute.Steps()) > 0 {
			return g.changeAt(config, d.Attribute)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.schema.Attributes)) {
		if g.schema.Attributes[name].IsRequired() || g.chance(2) && !field(config, name).IsNull() {
			config = g.changeAt(config, tftypes.NewAttributePath().WithAttributeName(name))
		}
	}
	return config
}
