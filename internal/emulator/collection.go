package emulator

import (
	"net/http"
	"reflect"
)

// collection declares the objects of one kind: what can be done with them, and what the API shows of them. Each
// function is optional.
type collection struct {
	name     string // in the path
	object   string // of one; "" = it has no such member
	deleted  string // object of the answer to DELETE; "" = cannot be deleted
	prefix   string // of ids
	create   *shape // of the body of POST; nil = cannot be created
	form     bool   // create is multipart/form-data
	update   *shape // of the body of POST to one; nil = cannot be changed
	unlisted bool
	unread   bool // there is no GET of one
	paging   paging
	filters  map[string]func(*call, *resource, string) bool // by query parameter

	// keep is the members that are taken from the body, and what they are where it has none or null.
	keep map[string]any

	make    func(*call, *resource) *apiError            // completes a new one, or refuses
	created func(*call, *resource, map[string]any)      // adds to what the answer to create shows
	changed func(*call, *resource)                      // after an update that changed something
	show    func(*call, *resource, map[string]any)      // adds what is computed
	leaves  func(*call) any                             // the answer to DELETE, if it is another
	gone    func(*call, *resource) bool                 // it has ceased to be
	dropped func(c *call, parent *resource, id string)  // after it was deleted
	among   func(parent *resource) []*resource          // the list, if it is not the shelf
	creates func(*call) (any, *apiError)                // instead of making one
	lists   func(*call) (any, *apiError)                // instead of a page of them
	missing func(parent *resource, id string) *apiError // the 404; always there

	actions  map[string]action // by the last element of the path
	children map[string]*collection
}

// omitted in keep is a member that is not there.
type omitted struct{}

// action is something that is done with one object, besides the usual.
type action struct {
	method string
	operation
}

// operation is one thing that can be done. Without a shape it takes no body.
type operation struct {
	shape *shape
	form  bool
	do    func(*call) (any, *apiError)
}

// octets is an answer that is not JSON.
type octets []byte

// collections are all there are at the top.
var collections = collectionsOf(files, uploads, batches, vectorStores, conversations, responses, webhookEndpoints, webhookEventTypes)

// collectionsOf makes the collections findable by name.
func collectionsOf(all ...*collection) map[string]*collection {
	out := map[string]*collection{}
	for _, of := range all {
		out[of.name] = of
	}
	return out
}

// absent is a 404 about an object.
func absent(param, format string, args ...any) *apiError {
	e := invalid(param, "", format, args...)
	e.status = http.StatusNotFound
	return e
}

func (of *collection) createOne(c *call) (any, *apiError) {
	r, e := of.add(c)
	if e != nil {
		return nil, e
	}
	out := c.shown(of, r)
	if of.created != nil {
		of.created(c, r, out)
	}
	return out, nil
}

// add makes an object from the body of a call, and puts it on the shelf.
func (of *collection) add(c *call) (*resource, *apiError) {
	r := &resource{id: c.newID(of.prefix), parent: c.parent(), unseen: c.options.Lag, made: c.now, members: map[string]any{"created_at": c.now.Unix()}}
	of.take(r, c.body, true)
	if of.make != nil {
		if e := of.make(c, r); e != nil {
			return nil, e
		}
	}
	c.parent().shelf(of.name).add(r)
	return r, nil
}

// take takes members from a body; with all, those too that the body does not have. It reports whether anything changed.
func (of *collection) take(r *resource, body map[string]any, all bool) (changed bool) {
	for name, standard := range of.keep {
		value, given := body[name]
		if !given && !all {
			continue
		}
		if value == nil {
			value = standard
		}
		changed = changed || !reflect.DeepEqual(r.members[name], value)
		delete(r.forced, name)
		if r.members[name] = value; value == (omitted{}) {
			delete(r.members, name)
		}
	}
	return changed
}

func (of *collection) updateOne(c *call) (any, *apiError) {
	if of.take(c.target, c.body, false) && of.changed != nil {
		of.changed(c, c.target)
	}
	return c.shown(of, c.target), nil
}

func (of *collection) deleteOne(c *call) (any, *apiError) {
	c.drop(of, c.parent(), c.target.id)
	if of.leaves != nil {
		return of.leaves(c), nil
	}
	return map[string]any{"id": c.target.id, "object": of.deleted, "deleted": true}, nil
}

func (of *collection) list(c *call) (any, *apiError) {
	c.forget(of, c.parent())
	return of.page(c, of.all(c.parent()))
}

// all is the resources below a parent, oldest first.
func (of *collection) all(parent *resource) []*resource {
	if of.among != nil {
		return of.among(parent)
	}
	return parent.shelf(of.name).order
}

// page is one page of resources as the API shows them.
func (of *collection) page(c *call, all []*resource) (any, *apiError) {
	var seen []*resource
	for _, r := range all {
		if !c.unlisted(r) && !c.overlooks(r) && of.matches(c, r) {
			seen = append(seen, r)
		}
	}
	some, more, e := cut(of.paging, c.query, seen, func(r *resource) string { return r.id })
	if e != nil {
		return nil, e
	}
	data := make([]map[string]any, len(some))
	for i, r := range some {
		data[i] = c.shown(of, r)
	}
	return envelope(data, more, shownID), nil
}

func shownID(m map[string]any) string { return m["id"].(string) }

func (of *collection) matches(c *call, r *resource) bool {
	for name, filter := range of.filters {
		if wanted := c.query.Get(name); wanted != "" && !filter(c, r, wanted) {
			return false
		}
	}
	return true
}
