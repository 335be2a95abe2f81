package recording

import (
	"archive/zip"
	"io"
	"sync"
)

// Promise is what a saved plan, which is being applied, knows of an answer.
type Promise int

// The promises of a plan.
const (
	NoPlan  Promise = iota // no saved plan is being applied, or it cannot be told
	Open                   // the plan leaves the answer open
	Shown                  // the plan has the answer of the recording
	Unclear                // the plan cannot be read
)

// SavedPlan is the file of a plan. It is read when it is first needed.
type SavedPlan struct {
	file  string
	read  sync.Once
	named map[string]int // how much more often the plan's changes name a recording than the state does; nil = unreadable
}

// NewSavedPlan returns the plan in a file.
func NewSavedPlan(file string) *SavedPlan { return &SavedPlan{file: file} }

// Promise is what the plan that is being applied, if any, knows of the question's
// answer.
//
// An answer comes with the name of its recording (the attribute "recording"). The
// changes of a plan hold each resource as it was, and as it will be as far as that is
// known; the state that is saved beside them holds it as it was. So they name a recording
// more often than the state where the plan has its answer.
func (s *Store) Promise(q Question) Promise {
	plan := s.options.SavedPlan
	if plan == nil {
		return NoPlan
	}
	plan.read.Do(plan.load)
	switch {
	case plan.named == nil:
		return Unclear
	case plan.named[q.name] > 0:
		return Shown
	}
	return Open
}

// load reads a plan: a ZIP archive, whose entries have texts as they are. OpenTofu can
// encrypt its plans; those stay unclear.
func (p *SavedPlan) load() {
	archive, err := zip.OpenReader(p.file)
	if err != nil {
		return
	}
	defer archive.Close()
	named := map[string]int{}
	for entry, sign := range map[string]int{"tfplan": 1, "tfstate": -1} {
		file, err := archive.Open(entry)
		if err != nil {
			return
		}
		text, err := io.ReadAll(file)
		_ = file.Close()
		if err != nil {
			return
		}
		for _, name := range Names(text) {
			named[name] += sign
		}
	}
	p.named = named
}
