package structured

import (
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// Validate says where an instance, such as a model's answer, does not keep to a
// schema. Pointers are into the instance.
//
// What cannot be checked is one fault, and Unchecked: the schema is faulty or
// endless, the instance is too large, or the check would take too long. Such an
// instance may well keep to its schema.
//
// Formats are asserted as far as strict mode knows them. A pattern that Go
// cannot match, such as one that looks ahead, is not asserted. A number closer to
// zero than 1e-400 counts as 0.
func Validate(schema, instance string) []Fault {
	return validate(schema, instance, time.Now)
}

func validate(schema, instance string, now func() time.Time) []Fault {
	root, fault := parseSchema(schema)
	if fault != nil {
		return []Fault{faultySchema(*fault)}
	}
	compiled, err := compile(root)
	if err != nil {
		faults := append(told(check(root)), Fault{Message: err.Error()})
		return []Fault{faultySchema(faults[0])}
	}
	if d := newDirectory(root); d.dynamic && d.names > 0 {
		return []Fault{uncheckable("its $dynamicRef means something else on each way to it")}
	}
	v, fault := parseAnswer(instance)
	if fault != nil {
		return told([]Fault{*fault})
	}
	r, reason := newEvaluation(now).run(compiled, newNode(v, nil, ""))
	switch {
	case reason != "":
		return []Fault{uncheckable(reason)}
	case r == nil:
		return nil
	}
	return r.faults()
}

func faultySchema(f Fault) Fault {
	return Fault{Message: jsontext.Printable("the answer cannot be checked, because of its schema: " + f.String()), Unchecked: true}
}

func uncheckable(reason string) Fault {
	return Fault{Message: "the answer could not be checked against its schema: " + reason, Unchecked: true}
}
