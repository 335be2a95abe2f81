package wire

import (
	"fmt"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// mostObjects is how many objects the lists of an answer may have together. To decode one, and to make
// Terraform's value of it, takes tens of microseconds, and the CLI takes longer for each.
const mostObjects = 100_000

// Cut leaves out of a parsed JSON object what is too much to be decoded: the elements of lists of
// objects beyond [kinds.Attribute.Most], and beyond 100,000 in all lists together. The error
// says which; nil = nothing is left out.
func Cut(as kinds.Attributes, object map[string]any) error {
	c := cutter{left: mostObjects}
	c.object(as, object, "")
	if c.cut == nil {
		return nil
	}
	return fmt.Errorf("the server's answer is too long: %s", strings.Join(c.cut, "; "))
}

type cutter struct {
	left int      // objects that may still come
	cut  []string // what was cut, for people
}

func (c *cutter) object(as kinds.Attributes, object map[string]any, at string) {
	for i := range as {
		a := &as[i]
		place := at + a.WireName()
		switch value := object[a.WireName()].(type) {
		case map[string]any:
			if a.Shape == kinds.Object {
				c.object(a.Fields, value, place+".")
			}
		case []any:
			if a.Shape == kinds.Objects {
				object[a.WireName()] = c.list(a, value, place)
			}
		}
	}
}

// list is what is left of a list.
func (c *cutter) list(a *kinds.Attribute, list []any, place string) []any {
	most := c.left
	if a.Most > 0 {
		most = min(most, a.Most)
	}
	if len(list) > most {
		if few := 3; len(c.cut) < few {
			c.cut = append(c.cut, fmt.Sprintf("%s has %d elements, of which the first %d are taken", place, len(list), most))
		}
		list = list[:most]
	}
	c.left -= len(list)
	for i, item := range list {
		if object, ok := item.(map[string]any); ok {
			c.object(a.Fields, object, fmt.Sprintf("%s[%d].", place, i))
		}
	}
	return list
}
