package structured

import (
	"math/big"
	"strconv"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// The library compiles schemas; answers are held against them here. Its own
// validator looks at a value anew for each way through anyOf, oneOf and $ref that
// leads to it, so that the work doubles, or worse, with each level of a recursive
// schema, and an error holds all these ways. Here each schema meets each value
// once: the verdict is remembered, and reasons are looked for only where it is no.
const (
	// maxSteps is how much work a check may be: one step is a schema that meets
	// a value, or as much text as costs the same. A long answer to a large
	// schema takes some ten thousand.
	maxSteps = 2_000_000

	// maxTime ends a check on a machine that has better things to do.
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

// pair is a schema that meets a value.
type pair struct {
	schema *jsonschema.Schema
	value  *node
}

type verdict byte

const (
	open verdict = iota + 1 // it is being found out
	yes
	no
)

// evaluation is one check of one answer.
type evaluation struct {
	verdicts map[pair]verdict
	reports  map[pair]*report
	steps    int // left
	now      func() time.Time
	deadline time.Time
}

func newEvaluation(now func() time.Time) *evaluation {
	return &evaluation{
		verdicts: map[pair]verdict{}, reports: map[pair]*report{},
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

// unchecked ends an evaluation that comes to no verdict. It says why.
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
		return e.meet(s, n, nil)
	}
	this := pair{s, n}
	switch e.verdicts[this] {
	case yes:
		return true
	case no:
		return false
	case open:
		panic(unchecked("the schema refers to itself without an end"))
	}
	e.spend(1)
	e.verdicts[this] = open
	if e.meet(s, n, nil) {
		e.verdicts[this] = yes
		return true
	}
	e.verdicts[this] = no
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
		e.meet(s, n, r)
	}
	return r
}

// meeting is a schema and a value that are looked at, keyword by keyword.
type meeting struct {
	*evaluation
	s      *jsonschema.Schema
	n      *node
	out    *report // nil if only the verdict counts
	failed bool
}

// meet looks at one schema and one value. Without a report it stops at the first
// keyword that the value does not keep to.
func (e *evaluation) meet(s *jsonschema.Schema, n *node, out *report) bool {
	m := &meeting{evaluation: e, s: s, n: n, out: out}
	if s.Ref != nil && s.DraftVersion < 2019 {
		m.below(s.Ref, n) // what stands beside it does not count
		return !m.failed
	}
	if m.value(); m.failed {
		return false // what it should be is said
	}
	for _, keywords := range []func(){m.typed, m.references, m.combinations, m.unevaluated} {
		if keywords(); m.done() {
			return false
		}
	}
	return !m.failed
}

// done reports whether nothing more is to be found out.
func (m *meeting) done() bool { return m.failed && m.out == nil }

func (m *meeting) fail(k jsonschema.ErrorKind) {
	m.failed = true
	if m.out != nil {
		m.out.add(m.n, k)
	}
}

// below holds a value against a schema that the schema at hand leads to.
func (m *meeting) below(s *jsonschema.Schema, n *node) {
	if m.fits(s, n) {
		return
	}
	m.failed = true
	if m.out != nil {
		m.out.merge(m.explain(s, n))
	}
}

// value looks at the keywords for any type of value.
func (m *meeting) value() {
	s, v := m.s, m.n.value
	if s.Types != nil && !s.Types.IsEmpty() && !allows(*s.Types, v) {
		m.fail(&kind.Type{Got: typeWord(v), Want: s.Types.ToStrings()})
		return
	}
	if s.Const != nil && !m.equal(m.n, *s.Const) {
		m.fail(&kind.Const{Want: *s.Const})
		return
	}
	if s.Enum != nil {
		found := false
		for _, want := range s.Enum.Values {
			if found = m.equal(m.n, want); found {
				break
			}
		}
		if !found {
			m.fail(&kind.Enum{Want: s.Enum.Values})
			return
		}
	}
	if text, ok := v.(string); ok && s.Format != nil {
		m.spendOn(text)
		if err := s.Format.Validate(text); err != nil {
			m.fail(&kind.Format{Want: s.Format.Name, Err: err})
		}
	}
}

func (m *meeting) typed() {
	switch v := m.n.value.(type) {
	case *object:
		m.object(v)
	case []any:
		m.list(v)
	case string:
		m.text(v)
	default:
		if r := rational(v); r != nil {
			m.number(r)
		}
	}
}

// references looks at the references of drafts that allow company beside them.
// There is one document and one base, so that the dynamic ones are like others.
func (m *meeting) references() {
	for _, target := range []*jsonschema.Schema{m.s.Ref, m.s.RecursiveRef, dynamicTarget(m.s)} {
		if target != nil && !m.done() {
			m.below(target, m.n)
		}
	}
}

func dynamicTarget(s *jsonschema.Schema) *jsonschema.Schema {
	if s.DynamicRef == nil {
		return nil
	}
	return s.DynamicRef.Ref
}

func (m *meeting) combinations() {
	s := m.s
	if s.Not != nil && m.fits(s.Not, m.n) {
		m.fail(&kind.Not{})
	}
	for _, sub := range s.AllOf {
		if !m.done() {
			m.below(sub, m.n)
		}
	}
	if len(s.AnyOf) > 0 && !m.done() {
		m.anyOf(s.AnyOf)
	}
	if len(s.OneOf) > 0 && !m.done() {
		m.oneOf(s.OneOf)
	}
	if s.If == nil || m.done() {
		return
	}
	if m.fits(s.If, m.n) {
		if s.Then != nil {
			m.below(s.Then, m.n)
		}
	} else if s.Else != nil {
		m.below(s.Else, m.n)
	}
}

func (m *meeting) anyOf(alternatives []*jsonschema.Schema) {
	for _, sub := range alternatives {
		if m.fits(sub, m.n) {
			return
		}
	}
	m.noneFits(alternatives)
}

func (m *meeting) oneOf(alternatives []*jsonschema.Schema) {
	first := -1
	for i, sub := range alternatives {
		switch {
		case !m.fits(sub, m.n):
		case first < 0:
			first = i
		default:
			m.fail(&kind.OneOf{Subschemas: []int{first, i}})
			return
		}
	}
	if first < 0 {
		m.noneFits(alternatives)
	}
}

func (m *meeting) noneFits(alternatives []*jsonschema.Schema) {
	m.failed = true
	if m.out == nil {
		return
	}
	reports := make([]*report, len(alternatives))
	for i, sub := range alternatives {
		reports[i] = m.explain(sub, m.n)
	}
	m.out.choice(reports)
}

// number looks at the keywords for numbers.
func (m *meeting) number(v *big.Rat) {
	s := m.s
	if s.Minimum != nil && v.Cmp(s.Minimum) < 0 {
		m.fail(&kind.Minimum{Want: s.Minimum})
	}
	if s.Maximum != nil && v.Cmp(s.Maximum) > 0 {
		m.fail(&kind.Maximum{Want: s.Maximum})
	}
	if s.ExclusiveMinimum != nil && v.Cmp(s.ExclusiveMinimum) <= 0 {
		m.fail(&kind.ExclusiveMinimum{Want: s.ExclusiveMinimum})
	}
	if s.ExclusiveMaximum != nil && v.Cmp(s.ExclusiveMaximum) >= 0 {
		m.fail(&kind.ExclusiveMaximum{Want: s.ExclusiveMaximum})
	}
	if s.MultipleOf != nil && !new(big.Rat).Quo(v, s.MultipleOf).IsInt() {
		m.fail(&kind.MultipleOf{Want: s.MultipleOf})
	}
}
