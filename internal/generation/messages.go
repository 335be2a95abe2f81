package generation

import (
	"maps"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Saying returns a function that adds messages of the user, with these texts, to a conversation of messages that are declared so.
//
// What it adds has members of any type, like the list that it comes into: tftypes holds each value against its type when it
// is made, down to the types of a tool call, which is most of the work where there are thousands of messages.
func Saying(message kinds.Attributes) func(before []tftypes.Value, texts ...tftypes.Value) tftypes.Value {
	blank := sync.OnceValue(func() tftypes.Value { // a message without anything in it
		fields, values, types := message.WithoutWriteOnly(), wire.Values{}, map[string]tftypes.Type{}
		for i := range fields {
			values[fields[i].Name] = tftypes.NewValue(fields[i].Type(), nil)
			types[fields[i].Name] = tftypes.DynamicPseudoType
		}
		return tftypes.NewValue(tftypes.Object{AttributeTypes: types}, values)
	})
	return func(before []tftypes.Value, texts ...tftypes.Value) tftypes.Value {
		items := append(make([]tftypes.Value, 0, len(before)+len(texts)), before...)
		for _, text := range texts {
			values := maps.Clone(wire.Members(blank()))
			values["role"], values["content"] = tftypes.NewValue(tftypes.String, "user"), text
			items = append(items, tftypes.NewValue(blank().Type(), values))
		}
		types := make([]tftypes.Type, len(items))
		for i := range types {
			types[i] = tftypes.DynamicPseudoType
		}
		return tftypes.NewValue(tftypes.Tuple{ElementTypes: types}, items)
	}
}
