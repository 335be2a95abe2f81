package structured

import (
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// references looks at the references of drafts that allow company beside them.
// There is one document and one base, so that the dynamic ones are like others.
func (a *application) references() {
	for _, target := range []*jsonschema.Schema{a.s.Ref, a.s.RecursiveRef, dynamicTarget(a.s)} {
		if target != nil && !a.finished() {
			a.below(target, a.n)
		}
	}
}

func dynamicTarget(s *jsonschema.Schema) *jsonschema.Schema {
	if s.DynamicRef == nil {
		return nil
	}
	return s.DynamicRef.Ref
}

func (a *application) combinations() {
	s := a.s
	if s.Not != nil && a.fits(s.Not, a.n) {
		a.fail(&kind.Not{})
	}
	for _, sub := range s.AllOf {
		if !a.finished() {
			a.below(sub, a.n)
		}
	}
	if len(s.AnyOf) > 0 && !a.finished() {
		a.anyOf(s.AnyOf)
	}
	if len(s.OneOf) > 0 && !a.finished() {
		a.oneOf(s.OneOf)
	}
	if s.If == nil || a.finished() {
		return
	}
	if a.fits(s.If, a.n) {
		if s.Then != nil {
			a.below(s.Then, a.n)
		}
	} else if s.Else != nil {
		a.below(s.Else, a.n)
	}
}

func (a *application) anyOf(alternatives []*jsonschema.Schema) {
	for _, sub := range alternatives {
		if a.fits(sub, a.n) {
			return
		}
	}
	a.noneFits(alternatives)
}

func (a *application) oneOf(alternatives []*jsonschema.Schema) {
	first := -1
	for i, sub := range alternatives {
		switch {
		case !a.fits(sub, a.n):
		case first < 0:
			first = i
		default:
			a.fail(&kind.OneOf{Subschemas: []int{first, i}})
			return
		}
	}
	if first < 0 {
		a.noneFits(alternatives)
	}
}

func (a *application) noneFits(alternatives []*jsonschema.Schema) {
	a.failed = true
	if a.out == nil {
		return
	}
	reports := make([]*report, len(alternatives))
	for i, sub := range alternatives {
		reports[i] = a.explain(sub, a.n)
	}
	a.out.choice(reports)
}
