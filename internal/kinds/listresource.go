package kinds

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// List renders a declaration as the schema of a list resource. It panics on arguments that are
// not text: a list is narrowed by words.
func List(description string, as Attributes) schema.Schema {
	attributes := make(map[string]schema.Attribute, len(as))
	for i := range as {
		a := &as[i]
		if a.Shape != String {
			panic(fmt.Sprintf("kinds: attribute %q: an argument of a list resource is text", a.Name))
		}
		attributes[a.Name] = schema.StringAttribute{
			Required: a.Mode == Required, Optional: a.Mode != Required,
			MarkdownDescription: a.Description, Validators: typed[validator.String](a, a.Validators),
		}
	}
	return schema.Schema{MarkdownDescription: description, Attributes: attributes}
}
