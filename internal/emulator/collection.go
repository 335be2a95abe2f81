package emulator

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
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
var collections = collectionsOf(files, uploads, vectorStores, conversations, webhookEndpoints, webhookEventTypes)

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

// route is where the path of a request about objects leads.
type route struct {
	chain  []*collection
	ids    []string // one per collection; without the last, the path is that of the collection
	action string
}

// routeOf finds the collections that a path below /v1 leads through; nil if there are none.
func routeOf(parts []string) *route {
	r := &route{}
	for among := collections; ; {
		of := among[parts[0]]
		if of == nil {
			return nil
		}
		r.chain = append(r.chain, of)
		if len(parts) == 1 {
			return r
		}
		if parts[1] == "" {
			return nil
		}
		r.ids = append(r.ids, parts[1])
		if parts = parts[2:]; len(parts) == 0 {
			return r
		}
		if _, ok := of.actions[parts[0]]; ok && len(parts) == 1 {
			r.action = parts[0]
			return r
		}
		among = of.children
	}
}

// operations are what can be done at a route, by method.
func (r *route) operations() map[string]operation {
	of := r.chain[len(r.chain)-1]
	list, create := of.list, of.createOne
	if of.lists != nil {
		list = of.lists
	}
	if of.creates != nil {
		create = of.creates
	}
	out := map[string]operation{}
	add := func(can bool, method string, op operation) {
		if can {
			out[method] = op
		}
	}
	switch {
	case r.action != "":
		out[of.actions[r.action].method] = of.actions[r.action].operation
	case len(r.ids) < len(r.chain):
		add(!of.unlisted, http.MethodGet, operation{do: list})
		add(of.create != nil, http.MethodPost, operation{of.create, of.form, create})
	default:
		add(!of.unread, http.MethodGet, operation{do: func(c *call) (any, *apiError) { return c.shown(of, c.target), nil }})
		add(of.update != nil, http.MethodPost, operation{shape: of.update, do: of.updateOne})
		add(of.deleted != "" || of.leaves != nil, http.MethodDelete, operation{do: of.deleteOne})
	}
	return out
}

// objectMethods returns what can be done at a path below /v1; nil if it leads to no objects.
func (s *Server) objectMethods(parts []string, body []byte) map[string]http.HandlerFunc {
	r := routeOf(parts)
	if r == nil {
		return nil
	}
	methods := map[string]http.HandlerFunc{}
	for method, op := range r.operations() {
		methods[method] = func(w http.ResponseWriter, req *http.Request) { s.operate(w, req, body, r, op) }
	}
	if len(methods) == 0 {
		return nil
	}
	return methods
}

func (s *Server) operate(w http.ResponseWriter, req *http.Request, body []byte, r *route, op operation) {
	c := &call{
		Server: s, method: req.Method, now: s.options.Now(), query: req.URL.Query(), header: w.Header(),
		chain: r.chain, parents: []*resource{&s.objects.root}, polled: map[*progress]bool{}, form: formOf(req.Context()),
	}
	e := c.read(body, op)
	var value any
	if e == nil {
		value, e = c.operate(r, op)
	}
	if e != nil {
		fail(w, e)
		return
	}
	if data, ok := value.(octets); ok {
		w.Header()["Content-Type"] = []string{"application/octet-stream"}
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(data))}
		w.WriteHeader(http.StatusOK)
		w.Write(data)
		return
	}
	respond(w, http.StatusOK, value)
}

// read reads the body that an operation takes.
func (c *call) read(body []byte, op operation) (e *apiError) {
	switch {
	case op.shape == nil:
		return nil
	case !op.form:
		c.body, e = decodeObject(body)
	case c.form == nil:
		return invalid("", "", "We could not parse the multipart form in your request. Expected a Content-Type of multipart/form-data.")
	default:
		c.body = c.form.values(op.shape)
	}
	if e == nil {
		e = op.shape.check("", c.body)
	}
	for _, name := range []string{"attributes", "metadata"} {
		pairs, _ := c.body[name].(map[string]any)
		if e == nil {
			e = checkPairs(name, pairs)
		}
	}
	return e
}

// operate finds what the path names and does what is to be done with it. The value that it returns is not shared.
func (c *call) operate(r *route, op operation) (any, *apiError) {
	c.objects.mu.Lock()
	defer c.objects.mu.Unlock()
	for i, id := range r.ids {
		found, e := c.find(r.chain[i], c.parent(), id)
		if e != nil {
			return nil, e
		}
		if c.target = found; i+1 < len(r.chain) {
			c.parents = append(c.parents, found)
		}
	}
	return op.do(c)
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
	r := &resource{id: c.newID(of.prefix), parent: c.parent(), unseen: c.options.Lag, members: map[string]any{"created_at": c.now.Unix()}}
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
		if !c.overlooks(r) && of.matches(c, r) {
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

type formKey struct{}

// withForm has a request carry the form that its body was.
func withForm(r *http.Request, f *form) *http.Request {
	if f == nil {
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), formKey{}, f))
}

func formOf(ctx context.Context) *form {
	f, _ := ctx.Value(formKey{}).(*form)
	return f
}
