package kinds

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Resource renders a declaration as the schema of a managed resource.
func Resource(description string, attributes Attributes) schema.Schema {
	attrs, blocks := resourceMaps(attributes, inBlock)
	return schema.Schema{MarkdownDescription: description, Attributes: attrs, Blocks: blocks}
}

// place is where an attribute stands, which decides how it can be rendered.
type place int

const (
	inBlock  place = iota // at the root, or in a list of blocks
	inObject              // in an object that may be absent or not known yet
	inAnswer              // below a Computed attribute
)

func resourceMaps(as Attributes, in place) (map[string]schema.Attribute, map[string]schema.Block) {
	attrs, blocks := map[string]schema.Attribute{}, map[string]schema.Block{}
	for i := range as {
		if as[i].Block && in != inAnswer {
			blocks[as[i].Name] = as[i].resourceBlock()
		} else {
			attrs[as[i].Name] = as[i].resourceAttribute(in)
		}
	}
	return attrs, blocks
}

// resourceAttribute renders one attribute.
//
// The framework asks for the required fields of an object also where the object
// is an absent block, or an element of a list that is not known yet. In an
// object they are therefore rendered optional, and presentFields asks for them
// where the object is there.
func (a *Attribute) resourceAttribute(in place) schema.Attribute {
	computed := in == inAnswer || a.Mode == Computed
	required := a.Mode == Required && in == inBlock
	optional := !computed && !required
	text, vs := a.Description, a.Validators
	if a.Mode == Required && in == inObject {
		text = "Required. " + text
	}
	inside := inObject
	if computed {
		inside, vs = inAnswer, nil
	} else if a.Fields != nil {
		vs = append(slices.Clone(vs), presentFields{a.Fields, false})
	}
	switch a.Shape {
	case String, JSON, JSONOrString:
		return schema.StringAttribute{Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.String](a, vs)}
	case Bool:
		return schema.BoolAttribute{Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.Bool](a, vs)}
	case Int64:
		return schema.Int64Attribute{Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.Int64](a, vs)}
	case Float64:
		return schema.Float64Attribute{Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.Float64](a, vs)}
	case Strings:
		return schema.ListAttribute{ElementType: types.StringType, Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.List](a, vs)}
	case Int64s:
		return schema.ListAttribute{ElementType: types.Int64Type, Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.List](a, vs)}
	case StringMap:
		return schema.MapAttribute{ElementType: types.StringType, Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.Map](a, vs)}
	case Int64Map:
		return schema.MapAttribute{ElementType: types.Int64Type, Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.Map](a, vs)}
	case Object:
		nested, _ := resourceMaps(a.Fields, inside)
		return schema.SingleNestedAttribute{Attributes: nested, Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.Object](a, vs)}
	case Objects:
		nested, _ := resourceMaps(a.Fields, inside)
		return schema.ListNestedAttribute{NestedObject: schema.NestedAttributeObject{Attributes: nested},
			Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.List](a, vs)}
	}
	panic(fmt.Sprintf("kinds: attribute %q has no shape", a.Name))
}

func (a *Attribute) resourceBlock() schema.Block {
	if a.Shape == Objects {
		attrs, blocks := resourceMaps(a.Fields, inBlock)
		return schema.ListNestedBlock{
			NestedObject:        schema.NestedBlockObject{Attributes: attrs, Blocks: blocks},
			MarkdownDescription: a.Description,
			Validators:          typed[validator.List](a, a.Validators),
		}
	}
	attrs, blocks := resourceMaps(a.Fields, inObject)
	text := a.Description
	if a.Mode == Required {
		text = "Required. " + text
	}
	return schema.SingleNestedBlock{
		Attributes: attrs, Blocks: blocks,
		MarkdownDescription: text,
		Validators:          append(typed[validator.Object](a, a.Validators), presentFields{a.Fields, a.Mode == Required}),
	}
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

func (v presentFields) check(diags *diag.Diagnostics, at path.Path, object types.Object) {
	if object.IsNull() || object.IsUnknown() {
		return
	}
	values := object.Attributes()
	for i := range v.fields {
		f := &v.fields[i]
		if f.Mode == Required && !f.Block && values[f.Name].IsNull() {
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
