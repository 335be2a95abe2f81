package kinds

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// place is where an attribute stands, which decides how it can be rendered.
type place int

const (
	inBlock     place = iota // at the root, or in a list of blocks
	inOptBlock               // in a single block, which may be absent
	inAttribute              // in an attribute that holds an object or a list of them
	inAnswer                 // below a Computed attribute
)

// common is what every attribute of every kind has.
type common struct {
	Required, Optional, Computed, Sensitive, WriteOnly bool
	Text, Deprecated                                   string
}

// maker makes the attributes and blocks of one kind of schema. The framework
// has a type of its own for each kind and shape; what they say is decided once,
// in render.
type maker[A, B any] struct {
	text    func(common, []validator.String) A
	truth   func(common, []validator.Bool) A
	number  func(common, []validator.Number) A
	dynamic func(common, []validator.Dynamic) A
	list    func(common, attr.Type, []validator.List) A
	set     func(common, attr.Type, []validator.Set) A
	mapped  func(common, attr.Type, []validator.Map) A
	object  func(common, map[string]A, []validator.Object) A
	objects func(common, map[string]A, []validator.List) A
	named   func(common, map[string]A, []validator.Map) A
	block   func(common, map[string]A, map[string]B, []validator.Object) B
	blocks  func(common, map[string]A, map[string]B, []validator.List) B
}

func (m *maker[A, B]) render(as Attributes, in place) (map[string]A, map[string]B) {
	attributes, blocks := map[string]A{}, map[string]B{}
	for i := range as {
		a := &as[i]
		if a.Block && (in == inBlock || in == inOptBlock) {
			blocks[a.Name] = m.renderBlock(a, in)
		} else {
			attributes[a.Name] = m.renderAttribute(a, in, as)
		}
	}
	return attributes, blocks
}

// renderAttribute renders one attribute of an object with some attributes.
//
// The framework asks for the required fields of an object also where the object
// is an absent block, or an element of a list that is not known yet. There they
// are therefore rendered optional, and presentFields asks for them where the
// object is there.
func (m *maker[A, B]) renderAttribute(a *Attribute, in place, of Attributes) A {
	c := common{Text: a.Description, Deprecated: a.Deprecated, Sensitive: a.Sensitive, WriteOnly: a.WriteOnly}
	c.Computed = in == inAnswer || a.Mode == Computed || a.Mode == OptionalComputed
	c.Required = a.Mode == Required && in == inBlock
	c.Optional = in != inAnswer && a.Mode != Computed && !c.Required
	vs, inside := a.Validators, inAttribute
	switch {
	case !c.Optional && !c.Required:
		vs, inside = nil, inAnswer
	case a.Fields != nil:
		vs = append(slices.Clone(vs), presentFields{a.Fields, false})
	case a.Extra:
		vs = append(slices.Clone(vs), FurtherMembers(a.Name, of))
	default:
		vs = ranged(a, vs)
	}
	if a.Mode == Required && c.Optional {
		c.Text = "Required. " + c.Text
	}
	switch a.Shape {
	case String, JSON, JSONOrString:
		return m.text(c, typed[validator.String](a, vs))
	case Bool:
		return m.truth(c, typed[validator.Bool](a, vs))
	case Int64, Float64:
		return m.number(c, typed[validator.Number](a, vs))
	case Dynamic:
		return m.dynamic(c, typed[validator.Dynamic](a, vs))
	case StringSet:
		return m.set(c, types.StringType, typed[validator.Set](a, vs))
	case Object:
		nested, _ := m.render(a.Fields, inside)
		return m.object(c, nested, typed[validator.Object](a, vs))
	case Objects:
		nested, _ := m.render(a.Fields, inside)
		return m.objects(c, nested, typed[validator.List](a, vs))
	case ObjectMap:
		nested, _ := m.render(a.Fields, inside)
		return m.named(c, nested, typed[validator.Map](a, vs))
	}
	if element, ok := listElements[a.Shape]; ok {
		return m.list(c, element, typed[validator.List](a, vs))
	}
	return m.mapped(c, mapElements[a.Shape], typed[validator.Map](a, vs))
}

func (m *maker[A, B]) renderBlock(a *Attribute, in place) B {
	c := common{Text: a.Description, Deprecated: a.Deprecated}
	if a.Shape == Objects {
		attributes, blocks := m.render(a.Fields, inBlock)
		return m.blocks(c, attributes, blocks, typed[validator.List](a, a.Validators))
	}
	if a.Mode == Required {
		c.Text = "Required. " + c.Text
	}
	attributes, blocks := m.render(a.Fields, inOptBlock)
	return m.block(c, attributes, blocks, append(typed[validator.Object](a, a.Validators), presentFields{a.Fields, a.Mode == Required && in == inBlock}))
}

// presentFields asks for the required fields of an object, or of each object of
// a list, that is there; and for a single block itself where that is required.
type presentFields struct {
	fields   Attributes
	required bool
}

func (v presentFields) Description(context.Context) string {
	return "required arguments are present"
}

func (v presentFields) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v presentFields) ValidateObject(_ context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() && v.required {
		resp.Diagnostics.AddAttributeError(req.Path, "Missing required block",
			fmt.Sprintf("The block %s is required here. Add it.", req.Path))
	}
	v.check(&resp.Diagnostics, req.Path, req.ConfigValue)
}

func (v presentFields) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	for i, element := range req.ConfigValue.Elements() {
		if object, ok := element.(types.Object); ok {
			v.check(&resp.Diagnostics, req.Path.AtListIndex(i), object)
		}
	}
}

func (v presentFields) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	for name, element := range req.ConfigValue.Elements() {
		if object, ok := element.(types.Object); ok {
			v.check(&resp.Diagnostics, req.Path.AtMapKey(name), object)
		}
	}
}

func (v presentFields) check(diags *diag.Diagnostics, at path.Path, object types.Object) {
	if object.IsNull() || object.IsUnknown() {
		return
	}
	values := object.Attributes()
	for i := range v.fields {
		f := &v.fields[i]
		if f.Mode == Required && values[f.Name].IsNull() {
			diags.AddAttributeError(at.AtName(f.Name), "Missing required argument",
				fmt.Sprintf("%s needs the argument %q. Add it.", at, f.Name))
		}
	}
}

// typed hands a declaration's validators to the framework as those of its shape.
func typed[V validator.Describer](a *Attribute, vs []validator.Describer) []V {
	out := make([]V, 0, len(vs))
	for _, v := range vs {
		t, ok := v.(V)
		if !ok {
			panic(fmt.Sprintf("kinds: attribute %q: %T is no validator of its shape", a.Name, v))
		}
		out = append(out, t)
	}
	return out
}

// What lists and maps of simple values hold.
var (
	listElements = map[Shape]attr.Type{Strings: types.StringType, Int64s: types.NumberType, Float64s: types.NumberType}
	mapElements  = map[Shape]attr.Type{
		StringMap: types.StringType, Int64Map: types.NumberType, Float64Map: types.NumberType,
		BoolMap: types.BoolType, StringsMap: types.ListType{ElemType: types.StringType},
	}
)
