package structured

import (
	"errors"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Validate says where an instance, such as a model's answer, does not keep to a
// schema. Pointers are into the instance. If the schema itself is faulty, that
// is the one fault.
//
// Formats are asserted as far as strict mode knows them. A pattern that Go
// cannot match, such as one that looks ahead, is not asserted.
func Validate(schema, instance string) []Fault {
	root, fault := parseSchema(schema)
	if fault != nil {
		return []Fault{{"", "the answer cannot be checked, because of its schema: " + fault.String()}}
	}
	compiled, err := compile(root)
	if err != nil {
		faults := append(check(root), Fault{"", err.Error()})
		return []Fault{{"", "the answer cannot be checked, because of its schema: " + faults[0].String()}}
	}
	v, fault := parse(instance)
	if fault != nil {
		return []Fault{*fault}
	}
	mismatch := (*jsonschema.ValidationError)(nil)
	switch err := validate(compiled, plain(v)); {
	case err == nil:
		return nil
	case errors.As(err, &mismatch):
		return told(explain(mismatch))
	default:
		return []Fault{{"", err.Error()}}
	}
}

func validate(schema *jsonschema.Schema, v any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the answer is too unusual to be checked")
		}
	}()
	return schema.Validate(v)
}
