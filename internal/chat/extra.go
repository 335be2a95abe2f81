package chat

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
)

// extraBody accepts a JSON object that repeats no argument of the request.
func extraBody() validator.String {
	return kinds.Text("a JSON object that repeats no argument", "Invalid extra_body", func(s string) error {
		object, err := kinds.ParseObject(s)
		if err != nil {
			return err
		}
		var repeated []string
		for name := range object {
			if slices.ContainsFunc(Request, func(a kinds.Attribute) bool { return a.WireName() == name }) {
				repeated = append(repeated, name)
			}
		}
		if len(repeated) > 0 {
			slices.Sort(repeated)
			return fmt.Errorf("%s: there is an argument or block for this; use that instead", strings.Join(repeated, ", "))
		}
		return nil
	})
}

// withExtra adds the members of a JSON object to those of the request.
func withExtra(body []byte, extra string) []byte {
	members := bytes.TrimSpace([]byte(extra))
	members = bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimPrefix(members, []byte("{")), []byte("}")))
	if len(members) == 0 {
		return body
	}
	return slices.Concat(bytes.TrimSuffix(body, []byte("}")), []byte(","), members, []byte("}"))
}
