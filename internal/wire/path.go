package wire

import (
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// Path finds the attribute that a place in the request's JSON comes from:
// "messages[1].content" or "messages.1.content" becomes message[1].content. It
// goes as deep as the declaration does; ok is false where not even the first
// name is an argument.
func Path(as kinds.Attributes, place string) (p path.Path, ok bool) {
	steps := strings.FieldsFunc(place, func(r rune) bool { return r == '.' || r == '[' || r == ']' || r == '/' })
	var list bool
	for _, step := range steps {
		if list {
			index, err := strconv.Atoi(strings.Trim(step, `'"`))
			if err == nil && index >= 0 {
				p, list = p.AtListIndex(index), false
				continue
			}
			return p, ok
		}
		a := byWireName(as, strings.Trim(step, `'"`))
		if extra := as.Extra(); a == nil && extra != nil && ok {
			return p.AtName(extra.Name), ok
		}
		if a == nil {
			return p, ok
		}
		if ok {
			p = p.AtName(a.Name)
		} else {
			p, ok = path.Root(a.Name), true
		}
		as, list = a.Fields, a.Shape == kinds.Objects
	}
	return p, ok
}

func byWireName(as kinds.Attributes, name string) *kinds.Attribute {
	for i := range as {
		if a := &as[i]; !a.Local && !a.Extra && a.Mode != kinds.Computed && a.WireName() == name {
			return a
		}
	}
	return nil
}
