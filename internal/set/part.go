package set

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
)

// part is requests that go into one batch.
type part struct {
	all     []*task          // whose names make the mark, those among it that have an answer by now
	todo    map[string]*task // what is asked, by the name of the request
	attempt int              // counts the batches of these requests
	retries int              // how many of them were made because of failures
	batch   job.Batch        // zero = not submitted
	found   bool             // it had ended before this apply
	changed bool             // its lines may be others than those of all, or in another order

	unwanted bool // it is given up, and todo is what is recorded of it
}

// split puts what is missing into batches.
func (x *batching) split(h held, missing []*entry, todos map[string]*task) (parts []*part) {
	there := map[string]bool{}
	for _, p := range x.under {
		for _, t := range p.all {
			there[t.question.Name()] = true
		}
	}
	all := slices.DeleteFunc(tasks(missing), func(t *task) bool { // what is in a batch, be it collected by now or not
		return h.waits[t.entries[0].hash()].batch != "" || there[t.question.Name()]
	})
	sizes := func(yield func(job.Size) bool) {
		for _, t := range all {
			input, _ := t.question.Size()
			line := job.Line{ID: t.question.Name(), Body: t.question.Body()}
			if !yield(job.Size{Model: t.entries[0].arguments.String("model"), Bytes: job.LineBytes(x.endpoint(), line), Tokens: int64(input)}) {
				return
			}
		}
	}
	for _, indexes := range job.Split(sizes, job.Limits{Tokens: x.maxEnqueued()}) {
		p := &part{todo: map[string]*task{}}
		for _, i := range indexes {
			p.all = append(p.all, all[i])
			if name := all[i].question.Name(); x.fresh[name] {
				p.todo[name] = todos[name]
			}
		}
		if len(p.todo) > 0 {
			parts = append(parts, p)
		}
	}
	return parts
}

func (p *part) model() string { return p.all[0].entries[0].arguments.String("model") }

// tokens is about how many tokens the requests and their answers take.
func (p *part) tokens() (n int) {
	for _, t := range p.todo {
		input, output := t.question.Size()
		n += input + output
	}
	return n
}

// mark tells the batch from any other: it is made of Terraform's workspace, of the names of the requests, and of how
// many batches there were for them before.
func (p *part) mark(workspace string) string {
	sum := sha256.New()
	fmt.Fprintln(sum, workspace)
	for _, t := range p.all {
		fmt.Fprintln(sum, t.question.Name())
	}
	return fmt.Sprintf("%s-%d", hex.EncodeToString(sum.Sum(nil)), p.attempt)
}

// lines are the requests of the batch. What recordings answer by now is not among them. The ID of a line is the name of its
// request, so that what comes back says what it answers.
func (p *part) lines() iter.Seq[job.Line] {
	return func(yield func(job.Line) bool) {
		for _, t := range p.all {
			if p.todo[t.question.Name()] != nil && !yield(job.Line{ID: t.question.Name(), Body: t.question.WholeBody()}) {
				return
			}
		}
	}
}

// names are those of the requests of the batch, in the order of its lines.
func (p *part) names() (names []string) {
	for _, t := range p.all {
		if name := t.question.Name(); p.todo[name] != nil {
			names = append(names, name)
		}
	}
	return names
}
