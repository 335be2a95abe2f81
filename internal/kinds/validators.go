package kinds

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// text is a validator of known text made of one function. The function's error
// says what is wrong and what to do, without naming the attribute.
type text struct {
	description, summary string
	check                func(string) error
}

// Text makes a validator for text. Values that are null or not known yet pass.
func Text(description, summary string, check func(string) error) validator.String {
	return text{description, summary, check}
}

func (v text) Description(context.Context) string { return v.description }

func (v text) MarkdownDescription(context.Context) string { return v.description }

func (v text) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := v.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, v.summary, Placed(req.Path, UpperFirst(err.Error())+"."))
	}
}

// JSONText is Text for JSON: what passes the check must be Unambiguous, too.
func JSONText(description, summary string, check func(string) error) validator.String {
	return Text(description, summary, func(s string) error {
		if err := check(s); err != nil {
			return err
		}
		return Unambiguous(s)
	})
}

// Placed is what is wrong at a path, with the path before it where that leads into a list or a
// map: the CLI then points to the whole argument, and does not say which element is meant.
func Placed(at path.Path, text string) string {
	for _, step := range at.Steps() {
		if _, isName := step.(path.PathStepAttributeName); !isName {
			return at.String() + ": " + text
		}
	}
	return text
}

// UpperFirst is a text with a capital as its first letter, which is an ASCII one.
func UpperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Duration accepts what time.ParseDuration does ("90s", "10m", "1h30m"), above zero.
func Duration() validator.String {
	return Text("a duration above zero", "Invalid duration", func(s string) error {
		d, err := time.ParseDuration(s)
		if err != nil {
			return fmt.Errorf("%q is not a duration. Write a number and a unit, such as \"90s\", \"10m\" or \"1h30m\"", s)
		}
		if d <= 0 {
			return fmt.Errorf("the duration must be above zero, not %q", s)
		}
		return nil
	})
}

// JSONObject accepts text that holds a JSON object.
func JSONObject() validator.String {
	return JSONText("a JSON object", "Invalid JSON", func(s string) error {
		_, err := ParseObject(s)
		return err
	})
}

// JSONSchemaOfObject accepts a JSON Schema that describes an object: the only
// kind that an API takes for the arguments of a function.
func JSONSchemaOfObject() validator.String {
	return JSONText("a JSON Schema of an object", "Invalid JSON Schema", func(s string) error {
		schema, err := ParseObject(s)
		if err != nil {
			return err
		}
		if t, given := schema["type"]; given && t != "object" {
			return fmt.Errorf("the schema must describe an object: its \"type\" must be \"object\", not %s", jsontext.Canonical(t))
		}
		return nil
	})
}

// FurtherMembers accepts a JSON object that repeats none of some attributes by its
// members. name is the argument's own, for the error.
func FurtherMembers(name string, attributes Attributes) validator.String {
	return JSONText("a JSON object that repeats no argument", "Invalid "+name, func(s string) error {
		_, err := ParseMembers(s, attributes)
		return err
	})
}

// ParseMembers reads text that holds a JSON object, and refuses members that some
// attributes declare, but for further members of an Object.
func ParseMembers(s string, attributes Attributes) (map[string]any, error) {
	object, err := ParseObject(s)
	if err != nil {
		return nil, err
	}
	if repeated := repeatedBy(object, attributes, ""); len(repeated) > 0 {
		slices.Sort(repeated)
		return nil, fmt.Errorf("the JSON must not contain \"%s\". Use the argument or block for that instead", strings.Join(repeated, "\", \""))
	}
	return object, nil
}

// repeatedBy are the members of an object that attributes declare.
func repeatedBy(object map[string]any, attributes Attributes, at string) (repeated []string) {
	for name, value := range object {
		a := attributes.Member(name)
		inside, isObject := value.(map[string]any)
		switch {
		case a == nil:
		case a.Shape == Object && isObject && a.Fields.Extra() == nil:
			repeated = append(repeated, repeatedBy(inside, a.Fields, at+name+".")...)
		default:
			repeated = append(repeated, at+name)
		}
	}
	return repeated
}

// ParseObject reads text that holds a JSON object. Its error says what to do.
func ParseObject(s string) (map[string]any, error) {
	v, err := jsontext.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("the text is not valid JSON: %w. Use jsonencode({ … }) to write it", err)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the JSON must be an object: { … }")
	}
	return object, nil
}

// Unambiguous refuses JSON in which a name stands twice in one object: of the two the server may take one, and the
// comparison of requests the other.
func Unambiguous(s string) error {
	if err := jsontext.Strict([]byte(s), jsontext.Limits{}); err != nil {
		return fmt.Errorf("%w. Use jsonencode to write JSON", err)
	}
	return nil
}
