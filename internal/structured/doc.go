// Package structured knows OpenAI's Structured Outputs: what a JSON Schema must
// be, what strict mode asks of it besides, and whether an answer keeps to it.
//
// It works on text and plain values. It must not know Terraform or HTTP, and it
// never reads a schema from the network or from disk: everything that a schema
// refers to must be in the schema itself.
package structured

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// Fault is one thing wrong, and where: a JSON pointer ("/properties/city"), ""
// for the whole. The message is a sentence without a full stop, and says what
// to do where that is not plain. Neither has a character that a terminal would
// obey: such a one in a property's name is written as JSON does, \u001b.
type Fault struct {
	Pointer, Message string

	// Unchecked is set by Validate alone: whether the answer keeps to its schema
	// could not be found out. It is a reason to warn, and not to reject the answer.
	Unchecked bool
}

// String is the fault in one line: its place, if it has one, then its message.
func (f Fault) String() string {
	if f.Pointer == "" {
		return f.Message
	}
	return f.Pointer + ": " + f.Message
}

// Change is one thing that Strict changed: where, in the schema that it was
// given, and what.
type Change struct{ Pointer, What string }

// String is the change in one line: its place, if it has one, then what changed.
func (c Change) String() string { return Fault{Pointer: c.Pointer, Message: c.What}.String() }

// maxFaults is how many faults are told at once, so that a long list with one
// mistake in each element does not fill the screen.
const maxFaults = 20

// told puts faults into the form in which they are told: without what a terminal
// would obey, by place, each once, and no more than maxFaults and a last one that
// counts the rest.
func told(faults []Fault) []Fault {
	for i, f := range faults {
		faults[i] = Fault{jsontext.Printable(f.Pointer), jsontext.Printable(f.Message), f.Unchecked}
	}
	slices.SortFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Message, b.Message))
	})
	faults = slices.Compact(faults)
	if rest := len(faults) - maxFaults; rest > 0 {
		faults = append(faults[:maxFaults:maxFaults], unlisted(rest))
	}
	return faults
}

func unlisted(rest int) Fault {
	return Fault{Message: fmt.Sprintf("%d more faults are not listed", rest)}
}
