package generation

import (
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// Rest is the attribute that holds what no other attribute of its object declares.
const Rest = "extra"

// FurtherMembers is an attribute that holds what a server takes in an object, or says in one, and
// no other attribute declares.
func FurtherMembers(description string) kinds.Attribute {
	return kinds.Attribute{Name: Rest, Shape: kinds.JSON, Extra: true, Description: description}
}

// RestOf is the Rest of a part of an answer.
func RestOf(what string) kinds.Attribute {
	return FurtherMembers("Anything else the server says about the " + what + ", as JSON: `jsondecode(…)`. Null if there is nothing, as is usual with OpenAI.")
}

// ExtraOf is the [Rest] of an object; nil = there is none.
func ExtraOf(object wire.Fields) map[string]any {
	if !object.Has(Rest) {
		return nil
	}
	text, _ := object.Text(Rest)
	parsed, err := jsontext.Parse(text)
	if err != nil {
		return nil
	}
	members, _ := parsed.(map[string]any)
	return members
}
