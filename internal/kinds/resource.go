package kinds

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Resource renders a declaration as the schema of a managed resource.
func Resource(description string, attributes Attributes) schema.Schema {
	attrs, blocks := resourceMaps(attributes, false)
	return schema.Schema{MarkdownDescription: description, Attributes: attrs, Blocks: blocks}
}

func resourceMaps(as Attributes, computed bool) (map[string]schema.Attribute, map[string]schema.Block) {
	attrs, blocks := map[string]schema.Attribute{}, map[string]schema.Block{}
	for i := range as {
		if as[i].Block && !computed {
			blocks[as[i].Name] = as[i].resourceBlock()
		} else {
			attrs[as[i].Name] = as[i].resourceAttribute(computed)
		}
	}
	return attrs, blocks
}

func (a *Attribute) resourceAttribute(computed bool) schema.Attribute {
	computed = computed || a.Mode == Computed
	required := a.Mode == Required && !computed
	optional := a.Mode == Optional && !computed
	text := a.Description
	vs := a.Validators
	if computed {
		vs = nil
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
		nested, _ := resourceMaps(a.Fields, computed)
		return schema.SingleNestedAttribute{Attributes: nested, Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.Object](a, vs)}
	case Objects:
		nested, _ := resourceMaps(a.Fields, computed)
		return schema.ListNestedAttribute{NestedObject: schema.NestedAttributeObject{Attributes: nested},
			Required: required, Optional: optional, Computed: computed,
			Sensitive: a.Sensitive, MarkdownDescription: text, Validators: typed[validator.List](a, vs)}
	}
	panic(fmt.Sprintf("kinds: attribute %q has no shape", a.Name))
}

func (a *Attribute) resourceBlock() schema.Block {
	attrs, blocks := resourceMaps(a.Fields, false)
	if a.Shape == Objects {
		return schema.ListNestedBlock{
			NestedObject:        schema.NestedBlockObject{Attributes: attrs, Blocks: blocks},
			MarkdownDescription: a.Description,
			Validators:          typed[validator.List](a, a.Validators),
		}
	}
	// The framework asks for the required attributes of a single block even
	// where the block itself is absent. They are rendered optional, and
	// presentFields asks for them only where the block is there.
	attrs = optionalise(attrs)
	return schema.SingleNestedBlock{
		Attributes: attrs, Blocks: blocks,
		MarkdownDescription: a.Description,
		Validators:          append(typed[validator.Object](a, a.Validators), presentFields{a.Fields, a.Mode == Required}),
	}
}

func optionalise(attrs map[string]schema.Attribute) map[string]schema.Attribute {
	for name, attr := range attrs {
		if !attr.IsRequired() {
			continue
		}
		switch attr := attr.(type) {
		case schema.StringAttribute:
			attr.Required, attr.Optional = false, true
			attrs[name] = attr
		default:
			panic(fmt.Sprintf("kinds: required attribute %q of a single block must be text, not %T", name, attr))
		}
	}
	return attrs
}

// presentFields asks for the required fields of a single block that is there,
// and for the block itself where it is required.
type presentFields struct {
	fields   Attributes
	required bool
}

func (v presentFields) Description(context.Context) string {
	return "required arguments are present"
}

func (v presentFields) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v presentFields) ValidateObject(_ context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsUnknown() {
		return
	}
	if req.ConfigValue.IsNull() {
		if v.required {
			resp.Diagnostics.AddAttributeError(req.Path, "Missing required block",
				fmt.Sprintf("The block %s is required here. Add it.", req.Path))
		}
		return
	}
	values := req.ConfigValue.Attributes()
	for i := range v.fields {
		f := &v.fields[i]
		if f.Mode == Required && !f.Block && values[f.Name].IsNull() {
			resp.Diagnostics.AddAttributeError(req.Path.AtName(f.Name), "Missing required argument",
				fmt.Sprintf("The argument %q is required in block %s. Add it.", f.Name, req.Path))
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
