package serve

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// The fields of the framework's schema types that the short cuts honour. A field that is set and
// not listed here is refused, also one that a later version of the framework adds.
var (
	documentation = []string{"Description", "MarkdownDescription", "DeprecationMessage"}

	schemaFields    = append([]string{"Attributes", "Blocks", "Version"}, documentation...)
	attributeFields = append([]string{"Required", "Optional", "Computed", "Sensitive", "WriteOnly", "Validators",
		"ElementType", "NestedObject", "Attributes"}, documentation...)
	dynamicFields = slices.DeleteFunc(slices.Clone(attributeFields), func(name string) bool { return name == "Validators" })
	blockFields   = append([]string{"Validators", "NestedObject", "Attributes", "Blocks"}, documentation...)
	objectFields  = []string{"Attributes", "Blocks"}
)

// refuse stops a program whose resource would be served wrongly.
func refuse(at, why string) {
	panic(fmt.Sprintf("serve: %s cannot take the short cuts: %s. Change that, or take the method IsRecord away from the resource.", at, why))
}

// refuseProvider refuses what a provider hands to all its resources and the short cuts do not pass on.
func refuseProvider(p provider.Provider, typeName string) {
	if _, ok := p.(provider.ProviderWithMetaSchema); ok {
		refuse(typeName, "the provider implements ProviderWithMetaSchema")
	}
}

// refuseMethods refuses the optional methods of a resource that the framework would call in a
// call that the short cuts answer. The others (import, move, upgrade of an older state) are only
// called in those that are always the framework's.
func refuseMethods(at string, r resource.Resource) {
	if _, ok := r.(resource.ResourceWithConfigValidators); ok {
		refuse(at, "it implements ResourceWithConfigValidators")
	}
	if _, ok := r.(resource.ResourceWithIdentity); ok {
		refuse(at, "it implements ResourceWithIdentity")
	}
}

// refuseFields refuses a schema, attribute, block or nested object that sets a field other than those.
func refuseFields(at string, declared any, honoured []string) {
	v := reflect.ValueOf(declared)
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		empty := field.IsZero() || (field.Kind() == reflect.Slice && field.Len() == 0)
		if !empty && !slices.Contains(honoured, name) {
			refuse(at, fmt.Sprintf("its %T sets %s", declared, name))
		}
	}
}

// refuseElements refuses a list or map of anything but plain values, or lists and maps of them.
func refuseElements(at string, t attr.Type) {
	switch t := t.(type) {
	case basetypes.StringType, basetypes.BoolType, basetypes.NumberType:
	case basetypes.ListType:
		refuseElements(at, t.ElemType)
	case basetypes.MapType:
		refuseElements(at, t.ElemType)
	default:
		refuse(at, fmt.Sprintf("it has elements of type %T", t))
	}
}

// refuseNode refuses an attribute or block by what it is together with what is in it.
func refuseNode(at string, n node) {
	if !n.block && !n.required && !n.optional && !n.marked {
		refuse(at, "it is neither required, optional nor computed")
	}
	if n.writes && n.marked {
		refuse(at, "it is both write-only and computed")
	}
	for i := range n.nested {
		// markUnknown looks at the root only, where what is below becomes unknown with it.
		if n.nested[i].marked && !n.computed {
			refuse(at+"."+n.nested[i].name, "it is computed inside of something configured")
		}
	}
}
