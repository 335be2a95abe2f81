package structured

import (
	"strconv"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// The library compiles schemas; answers are held against them here. Its own
// validator looks at a value anew for each way through anyOf, oneOf and $ref that
// leads to it, so that the work doubles, or worse, with each level of a recursive
// schema, and an error holds all these ways. Here each schema is applied to each
// value once: the result is remembered, and reasons are looked for only where it
// is no.
const (
	// maxSteps is how much work a check may be: one step is a schema applied to a
	// value, or as much text as costs the same. A long answer to a large schema
	// takes some ten thousand; all of them take about two seconds and 100 MiB.
	maxSteps = 2_000_000

	// maxTime ends a check on a machine that is busy.
	maxTime = 10 * time.Second

	// stepsPerLook is how many steps there are from one look at the clock to the next.
	stepsPerLook = 1 << 12

	// bytesPerStep is how much text costs as much as a step.
	bytesPerStep = 64
)

// node is a value of an answer, and where it is. Members and elements are nodes,
// too: the value is an *object or a []any of *node, string, json.Number, bool or nil.
type node struct {
	value  any
	parent *node // nil for the whole answer
	key    string
}

func newNode(v any, parent *node, key string) *node {
	n := &node{v, parent, key}
	switch v := v.(type) {
	case *object:
		for name, member := range v.values {
			v.values[name] = newNode(member, n, name)
		}
	case []any:
		for i, element := range v {
			v[i] = newNode(element, n, strconv.Itoa(i))
		}
	}
	return n
}

func (n *node) pointer() string {
	if n.parent == nil {
		return ""
	}
	return at(n.parent.pointer(), n.key)
}

func member(o *object, name string) *node { n, _ := o.values[name].(*node); return n }

func element(list []any, i int) *node { n, _ := list[i].(*node); return n }

// pair is a schema applied to a value.
type pair struct {
	schema *jsonschema.Schema
	value  *node
}

type result byte

const (
	open result = iota + 1 // it is being found out
	yes
	no
)

// evaluation is one check of one answer.
type evaluation struct {
	results  map[pair]result
	reports  map[pair]*report
	steps    int // left
	now      func() time.Time
	deadline time.Time
}

func newEvaluation(now func() time.Time) *evaluation {
	return &evaluation{
		results: map[pair]result{}, reports: map[pair]*report{},
		steps: maxSteps, now: now, deadline: now().Add(maxTime),
	}
}

// run holds a value against a schema. It returns nil if the value keeps to it,
// and a reason if that could not be found out.
func (e *evaluation) run(s *jsonschema.Schema, n *node) (r *report, reason string) {
	fits := false
	if reason = attempt(func() { fits = e.fits(s, n) }); fits || reason != "" {
		return nil, reason
	}
	if reason = attempt(func() { r = e.explain(s, n) }); reason != "" {
		r = newReport(n)
		r.addEntry(entry{at: n, message: "does not keep to the schema; where could not be found out: " + reason})
	}
	if len(r.entries) == 0 { // never: but no must not become yes
		r.addEntry(entry{at: n, message: "does not keep to the schema"})
	}
	return r, ""
}

// attempt does what may end before its time, and says why it did. A mistake of
// ours, or of the library, must not cost an answer that was paid for.
func attempt(do func()) (reason string) {
	defer func() {
		switch stopped := recover().(type) {
		case nil:
		case unchecked:
			reason = string(stopped)
		default:
			reason = "it is too unusual"
		}
	}()
	do()
	return ""
}

// unchecked ends an evaluation that comes to no result. It says why.
type unchecked string

func (e *evaluation) spend(steps int) {
	before := e.steps
	e.steps -= steps
	if e.steps < 0 || before/stepsPerLook != e.steps/stepsPerLook && e.now().After(e.deadline) {
		panic(unchecked("that takes too long, as there are too many ways to read it"))
	}
}

// spendOn is spend for what goes through a text once.
func (e *evaluation) spendOn(text string) { e.spend(1 + len(text)/bytesPerStep) }

// fits reports whether a value keeps to a schema.
func (e *evaluation) fits(s *jsonschema.Schema, n *node) bool {
	if s.Bool != nil {
		return *s.Bool
	}
	if leaf(s, n) {
		e.spend(1)
		return e.apply(s, n, nil)
	}
	this := pair{s, n}
	switch e.results[this] {
	case yes:
		return true
	case no:
		return false
	case open:
		panic(unchecked("the schema refers to itself without an end"))
	}
	e.spend(1)
	e.results[this] = open
	if e.apply(s, n, nil) {
		e.results[this] = yes
		return true
	}
	e.results[this] = no
	return false
}

// leaf reports whether a value has nothing inside, and a schema leads to no other
// schema for the same value: there is nothing worth remembering.
func leaf(s *jsonschema.Schema, n *node) bool {
	switch n.value.(type) {
	case *object, []any:
		return false
	}
	return s.Ref == nil && s.DynamicRef == nil && s.RecursiveRef == nil && s.Not == nil && s.If == nil &&
		len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) == 0
}

// explain says why a value does not keep to a schema. The report is shared: it
// is read, and not added to.
func (e *evaluation) explain(s *jsonschema.Schema, n *node) *report {
	this := pair{s, n}
	if r := e.reports[this]; r != nil {
		return r
	}
	e.spend(1)
	r := newReport(n)
	e.reports[this] = r
	if s.Bool != nil {
		r.add(n, &kind.FalseSchema{})
	} else {
		e.apply(s, n, r)
	}
	return r
}

// application is a schema that is applied to a value, keyword by keyword.
type application struct {
	*evaluation
	s      *jsonschema.Schema
	n      *node
	out    *report // nil if only the result counts
	failed bool
}

// apply looks at one schema and one value. Without a report it stops at the first
// keyword that the value does not keep to.
func (e *evaluation) apply(s *jsonschema.Schema, n *node, out *report) bool {
	a := &application{evaluation: e, s: s, n: n, out: out}
	if s.Ref != nil && s.DraftVersion < 2019 {
		a.below(s.Ref, n) // what stands beside it does not count
		return !a.failed
	}
	if a.value(); a.failed {
		return false // what it should be is said
	}
	for _, keywords := range []func(){a.typed, a.references, a.combinations, a.unevaluated} {
		if keywords(); a.finished() {
			return false
		}
	}
	return !a.failed
}

// finished reports whether nothing more is to be found out.
func (a *application) finished() bool { return a.failed && a.out == nil }

func (a *application) fail(k jsonschema.ErrorKind) {
	a.failed = true
	if a.out != nil {
		a.out.add(a.n, k)
	}
}

// below holds a value against a schema that the schema at hand leads to.
func (a *application) below(s *jsonschema.Schema, n *node) {
	if a.fits(s, n) {
		return
	}
	a.failed = true
	if a.out != nil {
		a.out.merge(a.explain(s, n))
	}
}

// value looks at the keywords for any type of value.
func (a *application) value() {
	s, v := a.s, a.n.value
	if s.Types != nil && !s.Types.IsEmpty() && !allows(*s.Types, v) {
		a.fail(&kind.Type{Got: typeWord(v), Want: s.Types.ToStrings()})
		return
	}
	if s.Const != nil && !a.equal(a.n, *s.Const) {
		a.fail(&kind.Const{Want: *s.Const})
		return
	}
	if s.Enum != nil {
		found := false
		for _, want := range s.Enum.Values {
			if found = a.equal(a.n, want); found {
				break
			}
		}
		if !found {
			a.fail(&kind.Enum{Want: s.Enum.Values})
			return
		}
	}
	if text, ok := v.(string); ok && s.Format != nil {
		a.spendOn(text)
		if err := s.Format.Validate(text); err != nil {
			a.fail(&kind.Format{Want: s.Format.Name, Err: err})
		}
	}
}

func (a *application) typed() {
	switch v := a.n.value.(type) {
	case *object:
		a.object(v)
	case []any:
		a.list(v)
	case string:
		a.text(v)
	default:
		if r := rational(v); r != nil {
			a.number(r)
		}
	}
}
