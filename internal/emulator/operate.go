package emulator

import (
	"context"
	"net/http"
	"strconv"
)

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
	if op.form && !wait(req.Context(), s.options.Latency) {
		return
	}
	if of := r.chain[0]; of == batches || of == files && req.Method != http.MethodPost {
		s.workOnBatches(req.Context())
	}
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
	c.finishResponses()
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
