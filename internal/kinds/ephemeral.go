package kinds

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Ephemeral renders a declaration as the schema of an ephemeral resource.
func Ephemeral(description string, attributes Attributes) schema.Schema {
	attrs, blocks := ephemeralMaker.render(attributes, inBlock)
	return schema.Schema{MarkdownDescription: description, Attributes: attrs, Blocks: blocks}
}

var ephemeralMaker = &maker[schema.Attribute, schema.Block]{
	text: func(c common, vs []validator.String) schema.Attribute {
		return schema.StringAttribute{Required: c.Required, Optional: c.Optional, Computed: c.Computed, Sensitive: c.Sensitive, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	truth: func(c common, vs []validator.Bool) schema.Attribute {
		return schema.BoolAttribute{Required: c.Required, Optional: c.Optional, Computed: c.Computed, Sensitive: c.Sensitive, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	number: func(c common, vs []validator.Number) schema.Attribute {
		return schema.NumberAttribute{Required: c.Required, Optional: c.Optional, Computed: c.Computed, Sensitive: c.Sensitive, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	dynamic: func(c common, vs []validator.Dynamic) schema.Attribute {
		return schema.DynamicAttribute{Required: c.Required, Optional: c.Optional, Computed: c.Computed, Sensitive: c.Sensitive, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	list: func(c common, element attr.Type, vs []validator.List) schema.Attribute {
		return schema.ListAttribute{ElementType: element, Required: c.Required, Optional: c.Optional, Computed: c.Computed, Sensitive: c.Sensitive, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	set: func(c common, element attr.Type, vs []validator.Set) schema.Attribute {
		return schema.SetAttribute{ElementType: element, Required: c.Required, Optional: c.Optional, Computed: c.Computed, Sensitive: c.Sensitive, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	mapped: func(c common, element attr.Type, vs []validator.Map) schema.Attribute {
		return schema.MapAttribute{ElementType: element, Required: c.Required, Optional: c.Optional, Computed: c.Computed, Sensitive: c.Sensitive, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	object: func(c common, fields map[string]schema.Attribute, vs []validator.Object) schema.Attribute {
		return schema.SingleNestedAttribute{Attributes: fields, Required: c.Required, Optional: c.Optional, Computed: c.Computed, Sensitive: c.Sensitive, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	objects: func(c common, fields map[string]schema.Attribute, vs []validator.List) schema.Attribute {
		return schema.ListNestedAttribute{NestedObject: schema.NestedAttributeObject{Attributes: fields}, Required: c.Required, Optional: c.Optional, Computed: c.Computed, Sensitive: c.Sensitive, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	named: func(c common, fields map[string]schema.Attribute, vs []validator.Map) schema.Attribute {
		return schema.MapNestedAttribute{NestedObject: schema.NestedAttributeObject{Attributes: fields}, Required: c.Required, Optional: c.Optional, Computed: c.Computed, Sensitive: c.Sensitive, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	block: func(c common, fields map[string]schema.Attribute, blocks map[string]schema.Block, vs []validator.Object) schema.Block {
		return schema.SingleNestedBlock{Attributes: fields, Blocks: blocks, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
	blocks: func(c common, fields map[string]schema.Attribute, blocks map[string]schema.Block, vs []validator.List) schema.Block {
		return schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: fields, Blocks: blocks}, MarkdownDescription: c.Text, DeprecationMessage: c.Deprecated, Validators: vs}
	},
}
