package chat

import (
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// rest is the attribute that holds what no other attribute of its object declares.
const rest = "extra"

func restOf(what string) kinds.Attribute {
	return furtherMembers("Anything else the server says about the " + what + ", as JSON: `jsondecode(…)`. Null if there is nothing, as is usual with OpenAI.")
}

// extraOf is the `extra` of an object; nil = there is none.
func extraOf(object wire.Fields) map[string]any {
	if !object.Has(rest) {
		return nil
	}
	text, _ := object.Text(rest)
	parsed, err := jsontext.Parse(text)
	if err != nil {
		return nil
	}
	members, _ := parsed.(map[string]any)
	return members
}
