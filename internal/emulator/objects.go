package emulator

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// objectTree is all that lives on the server, stored completions aside.
type objectTree struct {
	mu   sync.Mutex // held for the whole of an operation
	root resource   // what is below it has no parent
	made int        // for ids

	underWay []*responseRun // that have not ended, or are new
}

// resource is one object. Everything in it is guarded by the mutex of the tree.
type resource struct {
	id      string
	members map[string]any // as the API shows them, without what a collection computes
	forced  map[string]any // of Server.Change: what the API shows, whatever is computed
	unseen  int            // how many looks will not find it yet
	parent  *resource      // that it is below of
	below   map[string]*shelf

	content    blob      // of a file or of a part
	fileExpiry any       // of an upload: expires_after of the file to be
	progress   *progress // of a file in a store, and of a batch
	batch      string    // that brought a file into a store
	secret     string    // of a webhook endpoint
	made       time.Time // when it was put there
	run        *batchRun // of a batch
	response   *responseRun
}

// shelf is the resources of one collection below one parent, oldest first.
type shelf struct {
	order []*resource
	byID  map[string]*resource
}

// shelf returns the shelf of a name, which may be empty.
func (r *resource) shelf(name string) *shelf {
	if r.below == nil {
		r.below = map[string]*shelf{}
	}
	if r.below[name] == nil {
		r.below[name] = &shelf{byID: map[string]*resource{}}
	}
	return r.below[name]
}

// add puts a resource on the shelf, in the place of one with its id.
func (s *shelf) add(r *resource) {
	s.remove(r.id)
	s.order = append(s.order, r)
	s.byID[r.id] = r
}

func (s *shelf) remove(id string) {
	if r := s.byID[id]; r != nil {
		delete(s.byID, id)
		s.order = slices.DeleteFunc(s.order, func(other *resource) bool { return other == r })
	}
}

// call is one request about objects while it is answered.
type call struct {
	*Server
	method  string
	now     time.Time
	query   url.Values
	header  http.Header    // of the answer
	body    map[string]any // valid
	form    *form          // that the body came from, if it was one
	parents []*resource    // those that the path names, outermost first, below the root
	chain   []*collection  // that the path names, outermost first
	target  *resource      // in the last of them, if the path names one
	polled  map[*progress]bool
}

// parent is what the collection that the path leads to is below of.
func (c *call) parent() *resource { return c.parents[len(c.parents)-1] }

// of is the collection that the path leads to.
func (c *call) of() *collection { return c.chain[len(c.chain)-1] }

// find looks a resource up, for a request that names it. It is not there while it is unseen.
func (c *call) find(of *collection, parent *resource, id string) (*resource, *apiError) {
	found := parent.shelf(of.name).byID[id]
	if found != nil && of.gone != nil && of.gone(c, found) {
		c.drop(of, parent, id)
		found = nil
	}
	if found == nil || c.overlooks(found) {
		return nil, of.missing(parent, id)
	}
	return found, nil
}

// file looks up a file that a body refers to.
func (c *call) file(id string) (*resource, *apiError) { return c.find(files, &c.objects.root, id) }

// overlooks reports whether a resource is too new to be seen, which it is for so many looks. A DELETE sees all.
func (c *call) overlooks(r *resource) bool {
	if r.unseen == 0 || c.method == http.MethodDelete {
		return false
	}
	r.unseen--
	return true
}

// unlisted reports whether a resource is too new to be in lists.
func (c *call) unlisted(r *resource) bool { return c.now.Before(r.made.Add(c.options.ListLag)) }

// forget drops the resources of a shelf whose time has come.
func (c *call) forget(of *collection, parent *resource) {
	if of.gone == nil {
		return
	}
	for _, r := range slices.Clone(parent.shelf(of.name).order) {
		if of.gone(c, r) {
			c.drop(of, parent, r.id)
		}
	}
}

// drop removes a resource and what goes with it.
func (c *call) drop(of *collection, parent *resource, id string) {
	parent.shelf(of.name).remove(id)
	if of.dropped != nil {
		of.dropped(c, parent, id)
	}
}

// newID makes the next id with a prefix.
func (c *call) newID(prefix string) string {
	c.objects.made++
	return prefix + token(24, []byte(prefix), []byte(strconv.Itoa(c.objects.made)))
}

// shown is a resource as the API shows it.
func (c *call) shown(of *collection, r *resource) map[string]any {
	out := maps.Clone(r.members)
	out["id"] = r.id
	if of.object != "" {
		out["object"] = of.object
	}
	if of.show != nil {
		of.show(c, r, out)
	}
	maps.Copy(out, r.forced)
	return out
}

// Objects returns the ids of a collection, oldest first, of those too that cannot be seen yet. The path is as in
// the API: "files", "vector_stores/vs_…/files". What nothing is below of has no objects.
func (s *Server) Objects(path string) []string {
	s.workOnBatches(context.Background())
	s.objects.mu.Lock()
	defer s.objects.mu.Unlock()
	ids := []string{}
	if of, parent, id := s.at(path); of != nil && id == "" {
		for _, r := range of.all(parent) {
			ids = append(ids, r.id)
		}
	}
	return ids
}

// Change sets members of an object behind the back of whoever manages it, whether or not the API would allow
// that; also those that the server computes, such as the status. An update by a request wins again. The path is
// "vector_stores/vs_…"; false means that there is no such object.
func (s *Server) Change(path string, members map[string]any) bool {
	s.objects.mu.Lock()
	defer s.objects.mu.Unlock()
	of, parent, id := s.at(path)
	if of == nil || parent.shelf(of.name).byID[id] == nil {
		return false
	}
	r := parent.shelf(of.name).byID[id]
	if r.forced == nil {
		r.forced = map[string]any{}
	}
	changes, _ := decodeObject(encode(members)) // as if it had come in a request
	maps.Copy(r.members, changes)
	maps.Copy(r.forced, changes)
	return true
}

// Remove deletes an object, as a DELETE by somebody else does. False means that there is none.
func (s *Server) Remove(path string) bool {
	s.objects.mu.Lock()
	defer s.objects.mu.Unlock()
	of, parent, id := s.at(path)
	if of == nil || parent.shelf(of.name).byID[id] == nil {
		return false
	}
	(&call{Server: s, now: s.options.Now()}).drop(of, parent, id)
	return true
}

// at follows a path to a collection and, unless the path ends there, an id in it, without counting as a look.
func (s *Server) at(path string) (of *collection, parent *resource, id string) {
	parts := strings.Split(path, "/")
	r := routeOf(parts)
	if r == nil || r.action != "" {
		return nil, nil, ""
	}
	parent = &s.objects.root
	for i, of := range r.chain[:len(r.chain)-1] {
		if parent = parent.shelf(of.name).byID[r.ids[i]]; parent == nil {
			return nil, nil, ""
		}
	}
	if len(r.ids) == len(r.chain) {
		id = r.ids[len(r.ids)-1]
	}
	return r.chain[len(r.chain)-1], parent, id
}
