package structured

import (
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

const (
	// maxReasons is how many reasons are told why no alternative fits.
	maxReasons = 4

	// maxReason is how long one of them may be, in characters: a reason holds
	// those of the alternatives inside it.
	maxReason = 160
)

// entry is one thing that is wrong with one value.
type entry struct {
	at      *node
	message string
	about   about
}

// about is what is wrong, as far as it says which of several schemas was meant.
type about byte

const (
	aboutOther about = iota
	aboutType        // another type of value is wanted
	aboutWord        // a const or enum does not have the value
)

// report is why one value does not keep to one schema.
type report struct {
	value   *node
	entries []entry // maxFaults at most
	more    int     // further ones
}

func newReport(value *node) *report { return &report{value: value} }

func (r *report) add(at *node, k jsonschema.ErrorKind) {
	a := aboutOther
	switch k.(type) {
	case *kind.Type:
		a = aboutType
	case *kind.Const, *kind.Enum:
		a = aboutWord
	}
	r.addEntry(entry{at, say(k), a})
}

func (r *report) addEntry(e entry) {
	switch {
	case slices.Contains(r.entries, e):
	case len(r.entries) == maxFaults:
		r.more++
	default:
		r.entries = append(r.entries, e)
	}
}

func (r *report) merge(other *report) {
	for _, e := range other.entries {
		r.addEntry(e)
	}
	r.more += other.more
}

// addName adds what is wrong with the name of a property.
func (r *report) addName(name string, of *report) {
	for _, e := range of.entries {
		r.addEntry(entry{r.value, "has a name that the schema does not allow: " + quoted(name) + " " + e.message, aboutOther})
	}
}

// wrongType reports whether all that is wrong is the type of the value itself.
func (r *report) wrongType() bool {
	return !slices.ContainsFunc(r.entries, func(e entry) bool { return e.at != r.value || e.about != aboutType })
}

// otherCase reports whether a property says that another schema is meant, as
// "type": "circle" does where this one is of squares.
func (r *report) otherCase() bool {
	return slices.ContainsFunc(r.entries, func(e entry) bool { return e.at.parent == r.value && e.about == aboutWord })
}

// choice adds why none of several schemas fits. Those that want another type of
// value were not meant, if there is one that wants this one; nor were those that
// a property with a fixed value rules out. If one is left, what is wrong by it is
// what is wrong; else all are told in one.
func (r *report) choice(alternatives []*report) {
	meant := without(without(alternatives, (*report).wrongType), (*report).otherCase)
	if len(meant) == 1 {
		r.merge(meant[0])
		return
	}
	here := r.value.pointer()
	var reasons []string
	for _, m := range meant {
		if len(m.entries) == 0 {
			continue
		}
		f := m.first()
		f.Pointer = strings.TrimPrefix(f.Pointer, here)
		if reason := shortened(f.String(), maxReason); !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	if rest := len(reasons) - maxReasons; rest > 0 {
		reasons = append(reasons[:maxReasons:maxReasons], fmt.Sprintf("%d more reasons", rest))
	}
	a := aboutOther
	if !slices.ContainsFunc(meant, func(m *report) bool { return !m.wrongType() }) {
		a = aboutType
	}
	r.addEntry(entry{r.value, "none of the alternatives fits: " + strings.Join(reasons, "; or: "), a})
}

// without are the reports that something does not hold for, or all if it holds
// for each of them.
func without(of []*report, excluded func(*report) bool) []*report {
	left := slices.DeleteFunc(slices.Clone(of), excluded)
	if len(left) == 0 {
		return of
	}
	return left
}

// first is the fault to tell if one is told: the property that rules the schema
// out, if there is one.
func (r *report) first() Fault {
	words := &report{value: r.value}
	for _, e := range r.entries {
		if e.at.parent == r.value && e.about == aboutWord {
			words.entries = append(words.entries, e)
		}
	}
	if len(words.entries) > 0 {
		r = words
	}
	return r.faults()[0]
}

// faults are the entries in the order in which they are told.
func (r *report) faults() []Fault {
	faults := make([]Fault, len(r.entries))
	for i, e := range r.entries {
		faults[i] = Fault{Pointer: e.at.pointer(), Message: e.message}
	}
	faults = told(faults)
	if r.more > 0 {
		faults = append(faults, unlisted(r.more))
	}
	return faults
}
