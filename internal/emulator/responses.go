package emulator

import (
	"context"
	"maps"
	"net/http"
	"time"
)

// responseLife is how long a stored response is kept.
const responseLife = 30 * day * time.Second

// responses are answers to what POST /responses asks, as far as they are stored.
var responses = &collection{
	name: "responses", object: "response", deleted: "response", prefix: "resp_", unlisted: true,
	gone: func(c *call, r *resource) bool { return !c.now.Before(r.made.Add(responseLife)) },
	show: func(c *call, r *resource, m map[string]any) {
		if c.method == http.MethodGet {
			r.response.look(c.now)
		}
		c.finishResponses()
		r.response.show(m, c.now, append(includedIn(c.query), r.response.include...))
	},
	missing: func(_ *resource, id string) *apiError {
		e := invalid("", "", "Response with id '%s' not found.", id)
		e.status = http.StatusNotFound
		return e
	},
	actions: map[string]action{"cancel": {http.MethodPost, operation{do: cancelResponse}}},
	children: collectionsOf(&collection{
		name: "input_items", unread: true, paging: paging{limit: 20, most: 100, order: "desc"},
		missing: func(_ *resource, id string) *apiError { return absent("", "Item with id '%s' not found.", id) },
	}),
}

// createResponse serves POST /responses.
func (s *Server) createResponse(w http.ResponseWriter, r *http.Request, body []byte) {
	rateLimits(w.Header())
	req, e := s.parseResponse(body)
	if e != nil {
		fail(w, e)
		return
	}
	if !req.Background && !s.ponder(r.Context()) {
		return
	}
	told, e := s.tell(req)
	if e != nil {
		fail(w, e)
		return
	}
	run := s.writeResponse(r.Context(), req, told, body)
	if run.crashed != nil && !req.Stream {
		fail(w, run.crashed)
		return
	}
	shown := s.keepResponse(run, req, told)
	if req.Stream {
		streamResponse(w, run, shown, streaming{after: -1, obfuscated: req.StreamOptions.IncludeObfuscation})
		return
	}
	respond(w, http.StatusOK, shown)
}

// lookup is a call about objects that a request makes beside what it is for.
func (s *Server) lookup() *call {
	return &call{
		Server: s, method: http.MethodPost, now: s.options.Now(), header: http.Header{}, parents: []*resource{&s.objects.root},
		polled: map[*progress]bool{},
	}
}

// keepResponse stores a response if that is wanted, and returns what the API shows of it at first.
func (s *Server) keepResponse(run *responseRun, req *responseRequest, told *contextOfResponse) map[string]any {
	s.objects.mu.Lock()
	defer s.objects.mu.Unlock()
	c := s.lookup()
	r := &resource{
		id: run.id, parent: &s.objects.root, unseen: s.options.Lag, made: run.created, members: run.members, response: run,
	}
	for _, input := range told.input {
		r.shelf("input_items").add(input)
	}
	if req.stored() && run.crashed == nil {
		s.objects.root.shelf(responses.name).add(r)
	}
	run.input = told.input
	s.objects.underWay = append(s.objects.underWay, run)
	return c.shown(responses, r)
}

// finishResponses has those that are done by now end, and what they said added to their conversations.
func (c *call) finishResponses() {
	var left []*responseRun
	for _, run := range c.objects.underWay {
		if run.come(c.now); run.ended.IsZero() {
			left = append(left, run)
			continue
		}
		conversation := c.objects.root.shelf(conversations.name).byID[run.conversation]
		if conversation == nil || run.crashed != nil || !run.cancelled.IsZero() {
			continue
		}
		for _, r := range run.input {
			conversation.shelf(conversationItems.name).add(r)
		}
		for _, it := range run.output {
			members := maps.Clone(it)
			delete(members, "id")
			conversation.shelf(conversationItems.name).add(&resource{id: shownID(it), made: run.ended, members: members})
		}
	}
	c.objects.underWay = left
}

// cancelResponse ends a background response; one that has ended stays as it is.
func cancelResponse(c *call) (any, *apiError) {
	run := c.target.response
	if !run.background {
		return nil, invalid("", "", "Cannot cancel a synchronous response.")
	}
	c.finishResponses()
	if run.ended.IsZero() {
		run.cancelled, run.ended = c.now, c.now
		c.finishResponses()
	}
	return c.shown(c.of(), c.target), nil
}

// getResponse serves GET /responses/{id}, be it as a stream.
func (s *Server) getResponse(w http.ResponseWriter, r *http.Request, id string, plain http.HandlerFunc) {
	query := r.URL.Query()
	if query.Get("stream") != "true" {
		plain(w, r)
		return
	}
	from := streaming{after: -1, obfuscated: query.Get("include_obfuscation") == "true"}
	if e := from.resume(query.Get("starting_after")); e != nil {
		fail(w, e)
		return
	}
	s.objects.mu.Lock()
	c := s.lookup()
	c.method, c.query = http.MethodGet, query
	found, e := c.find(responses, &s.objects.root, id)
	var shown map[string]any
	if e == nil {
		shown = c.shown(responses, found)
	}
	s.objects.mu.Unlock()
	if e != nil {
		fail(w, e)
		return
	}
	streamResponse(w, found.response, shown, from)
}

// countInput serves POST /responses/input_tokens, which costs nothing.
func (s *Server) countInput(w http.ResponseWriter, _ *http.Request, body []byte) {
	tokens, e := s.inputTokens(body)
	if e != nil {
		fail(w, e)
		return
	}
	respond(w, http.StatusOK, map[string]any{"object": "response.input_tokens", "input_tokens": tokens})
}

func (s *Server) inputTokens(body []byte) (int, *apiError) {
	root, e := decodeObject(body)
	if e != nil {
		return 0, e
	}
	for _, name := range sortedKeys(root) {
		if countShapes[name] == nil {
			return 0, unknown(name)
		}
	}
	if root["model"] != nil {
		if e := s.checkResponder(root); e != nil {
			return 0, e
		}
	}
	delete(root, "personality")
	if e := checkResponseArguments(root); e != nil {
		return 0, e
	}
	req, e := decodeResponse(body, root)
	if e != nil {
		return 0, e
	}
	told, e := s.tell(req)
	if e != nil {
		return 0, e
	}
	return told.tokens(req), nil
}

// writeResponse answers a valid request. Everything but ids and times follows from the request, and from what it
// refers to.
func (s *Server) writeResponse(ctx context.Context, req *responseRequest, told *contextOfResponse, body []byte) *responseRun {
	w := newResponder(req, told, body, s.options, s.answering(ctx, &s.made, body))
	w.write()
	run := &responseRun{
		id: w.id, created: w.author.now, background: req.Background, takes: s.options.ResponseTime, hold: s.options.Processing,
		members: w.members(), include: req.Include, items: told.items, output: w.output, conversation: string(req.Conversation),
		status: w.status, crashed: w.crashed,
	}
	if !req.Background || req.Stream {
		run.ended = run.created // a stream tells it all at once
	}
	return run
}
