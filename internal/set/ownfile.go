package set

import (
	"fmt"
	"path/filepath"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// notOwnError means that a results file is somebody else's, and is not written.
type notOwnError struct{ summary, detail string }

func (e *notOwnError) Error() string { return e.detail }

func (e *notOwnError) tell(diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("results_file"), e.summary, e.detail)
}

// mayWrite says why the file of a set may not be written: something else is there. What the state names is its own, and
// so is a file of answers of which one is that to a request of the set, as a state that was lost has left.
func mayWrite(file string, prior wire.Fields, entries []*entry) error {
	if sameFile(file, prior.String("results_file")) {
		return nil
	}
	r, err := scanResults(file, parseHead)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if r.others == 0 && (e.name == "" || r.has(e.key, e.hash())) { // or it may be, and the apply will know
			return nil
		}
	}
	if r.others == 0 && len(r.lines) == 0 {
		return nil
	}
	return &notOwnError{"Results file is another's", fmt.Sprintf("The file %s is there already, and is not overwritten: it has no answer to a request of this set, or something else besides. "+
		"Set results_file to another path. If nobody needs the file, for example because this set has written it and its state was lost, move or delete it.", file)}
}

// claims are the results files that a process writes, or has written.
type claims struct {
	mu  sync.Mutex
	all map[claimed]claim
}

type claimed struct {
	process *area.Process
	file    string
}

type claim struct {
	created bool   // by a create
	sha256  string // of what was written; "" = it is being written
}

var files = claims{all: map[claimed]claim{}}

// claimOn is a file whichever way it is spelled.
func claimOn(p *area.Process, file string) claimed {
	if whole, err := filepath.Abs(file); err == nil {
		file = whole
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil {
		file = filepath.Join(dir, filepath.Base(file))
	}
	return claimed{p, file}
}

// take takes a file for one set, until done is told the SHA-256 of what was written; "" = nothing was. It fails where the
// process has written it for another set, or does so now: sha256 is that of what is the set's own, "" for a create.
func (c *claims) take(p *area.Process, file, sha256 string) (done func(sha256 string), err error) {
	key := claimOn(p, file)
	c.mu.Lock()
	defer c.mu.Unlock()
	before, there := c.all[key]
	if there && (before.sha256 == "" || before.sha256 != sha256) {
		return nil, &notOwnError{"Results file has two sets", fmt.Sprintf("Another set of this configuration has the same results_file, %s. One would overwrite the answers of the other. Set it to a path of its own in each.", file)}
	}
	created := sha256 == ""
	c.all[key] = claim{created: created}
	var once sync.Once
	return func(sha256 string) {
		once.Do(func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			if sha256 == "" {
				delete(c.all, key)
			} else {
				c.all[key] = claim{created || before.created, sha256}
			}
		})
	}, nil
}

// created reports whether a create of the process has made a file. What it destroys besides is a set that was replaced by the one
// whose file it is (create_before_destroy).
func (c *claims) created(p *area.Process, file string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[claimOn(p, file)].created
}
