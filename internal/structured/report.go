package structured

import (
	"cmp"
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

func (e entry) fault() Fault { return Fault{Pointer: e.at.pointer(), Message: e.message} }

// about is what is wrong, as far as it says which of several schemas was meant.
type about byte

const (
	aboutOther about = iota
	aboutType        // another type of value is wanted
	aboutWord        // a const or enum does not have the value
)

// report is why one value does not keep to one schema. What it knows of all its
// entries holds for those that are only counted, too.
type report struct {
	value   *node
	entries []entry // maxFaults at most
	more    int     // further ones

	otherType bool // there is more wrong than the type of the value
	ownWord   bool // the value is none of a const or enum
	otherCase bool // a property says that another schema is meant: "type": "circle", where this is of squares
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
	r.otherType = r.otherType || e.at != r.value || e.about != aboutType
	r.ownWord = r.ownWord || e.at == r.value && e.about == aboutWord
	r.otherCase = r.otherCase || e.at.parent == r.value && e.about == aboutWord
	switch {
	case slices.Contains(r.entries, e):
	case len(r.entries) < maxFaults:
		r.entries = append(r.entries, e)
	default:
		if r.more++; r.rank(e) == 0 && r.rank(r.first()) > 0 {
			r.entries[maxFaults-1] = e // it is the one to tell, if one is told
		}
	}
}

func (r *report) merge(other *report) {
	for _, e := range other.entries {
		r.addEntry(e)
	}
	r.more += other.more
	switch r.value {
	case other.value:
		r.otherType = r.otherType || other.otherType
		r.ownWord = r.ownWord || other.ownWord
		r.otherCase = r.otherCase || other.otherCase
	case other.value.parent:
		r.otherType = true
		r.otherCase = r.otherCase || other.ownWord
	}
}

// addName adds what is wrong with the name of a property.
func (r *report) addName(name string, of *report) {
	for _, e := range of.entries {
		r.addEntry(entry{r.value, "has a name that the schema does not allow: " + quoted(name) + " " + e.message, aboutOther})
	}
}

// onlyType reports whether all that is wrong is the type of the value itself.
func (r *report) onlyType() bool { return !r.otherType }

func (r *report) isOtherCase() bool { return r.otherCase }

// choice adds why none of several schemas fits. Those that want another type of
// value were not meant, if there is one that wants this one; nor were those that
// a property with a fixed value rules out. If one is left, what is wrong by it is
// what is wrong; else all are told in one.
func (r *report) choice(alternatives []*report) {
	meant := without(without(alternatives, (*report).onlyType), (*report).isOtherCase)
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
		f := m.first().fault()
		f.Pointer = strings.TrimPrefix(f.Pointer, here)
		if reason := shortened(f.String(), maxReason); !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	if rest := len(reasons) - maxReasons; rest > 0 {
		reasons = append(reasons[:maxReasons:maxReasons], fmt.Sprintf("%d more reasons", rest))
	}
	a := aboutOther
	if !slices.ContainsFunc(meant, func(m *report) bool { return m.otherType }) {
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

// first is the entry to tell if one is told: the property that rules the schema
// out, if there is one, else the first by place.
func (r *report) first() entry {
	return slices.MinFunc(r.entries, func(a, b entry) int {
		return cmp.Or(r.rank(a)-r.rank(b), cmp.Compare(a.at.pointer(), b.at.pointer()), cmp.Compare(a.message, b.message))
	})
}

func (r *report) rank(e entry) int {
	if e.at.parent == r.value && e.about == aboutWord {
		return 0
	}
	return 1
}

// faults are the entries in the order in which they are told.
func (r *report) faults() []Fault {
	faults := make([]Fault, len(r.entries))
	for i, e := range r.entries {
		faults[i] = e.fault()
	}
	faults = told(faults)
	if r.more > 0 {
		faults = append(faults, unlisted(r.more))
	}
	return faults
}
