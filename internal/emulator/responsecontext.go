package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// contextOfResponse is what a model is told for a response, and what is found for it.
type contextOfResponse struct {
	items    []item       // earlier ones and the input
	input    []*resource  // the input, as it is listed
	messages []message    // of items
	others   []item       // of items: those that are no messages
	searches []fileSearch // by tools, in their order
}

// fileSearch is what one tool for searching files found.
type fileSearch struct {
	tool  *responseTool
	query string
	hits  []hit
}

// tell gathers what a request says and refers to.
func (s *Server) tell(req *responseRequest) (*contextOfResponse, *apiError) {
	s.objects.mu.Lock()
	defer s.objects.mu.Unlock()
	c := s.lookup()
	c.finishResponses()
	told := &contextOfResponse{}
	var e *apiError
	if told.items, e = c.earlier(req); e != nil {
		return nil, e
	}
	if e := c.checkStored(req.input); e != nil {
		return nil, e
	}
	for i, it := range req.input {
		if it["type"] == "item_reference" {
			found := c.storedItem(it["id"].(string)) //nolint:forcetypeassert // its shape has nothing else
			if found == nil {
				return nil, itemNotFound(it["id"])
			}
			told.items = append(told.items, found)
			continue
		}
		if e := c.checkFiles(it, "input["+strconv.Itoa(i)+"]"); e != nil {
			return nil, e
		}
		listed := c.newItem(it["type"].(string), maps.Clone(it)) //nolint:forcetypeassert // as above
		listed.unseen = 0
		if kind := it["type"]; (kind == "custom_tool_call" || kind == "custom_tool_call_output") && it["status"] == nil {
			listed.members["status"] = "completed"
		}
		told.input = append(told.input, listed)
		told.items = append(told.items, withID(listed))
	}
	if e := checkCalls(told.items); e != nil {
		return nil, e
	}
	told.messages, told.others = messagesOf(req.Instructions, told.items)
	if f := req.Text.Format; f != nil && f.Type == "json_object" && !strings.Contains(strings.ToLower(read(told.messages).everything), "json") {
		return nil, invalid("input", "",
			"Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.")
	}
	return told, c.searchFiles(req, told)
}

// withID is an item as its list shows it.
func withID(r *resource) item {
	out := maps.Clone(r.members)
	out["id"] = r.id
	return out
}

// earlier are the items before the input.
func (c *call) earlier(req *responseRequest) ([]item, *apiError) {
	if id := req.PreviousResponseID; id != "" {
		found, e := c.find(responses, &c.objects.root, id)
		switch {
		case e != nil:
			return nil, invalid("previous_response_id", "previous_response_not_found", "Previous response with id '%s' not found.", id)
		case found.response.ended.IsZero():
			return nil, invalid("previous_response_id", "", "Previous response with id '%s' is not finished.", id)
		}
		return slices.Concat(found.response.items, found.response.output), nil
	}
	if id := string(req.Conversation); id != "" {
		found, e := c.find(conversations, &c.objects.root, id)
		if e != nil {
			return nil, e
		}
		var items []item
		for _, r := range found.shelf(conversationItems.name).order {
			items = append(items, withID(r))
		}
		return items, nil
	}
	return nil, nil
}

func itemNotFound(id any) *apiError {
	e := invalid("input", "", "Item with id '%v' not found. Items are not persisted when `store` is set to false. "+
		"Try again with `store` set to true, or remove this item from your input.", id)
	e.status = http.StatusNotFound
	return e
}

// storedItem is an item of a stored response, by its id; nil if there is none.
func (c *call) storedItem(id string) item {
	for _, r := range c.objects.root.shelf(responses.name).order {
		for _, it := range slices.Concat(r.response.items, r.response.output) {
			if it["id"] == id {
				return it
			}
		}
	}
	return nil
}

// checkStored checks that what a model thought is there, and that it is told together with what it then did.
func (c *call) checkStored(input []item) *apiError {
	if e := checkReasoningItems(input); e != nil {
		return e
	}
	for _, it := range input {
		id, _ := it["id"].(string)
		encrypted, _ := it["encrypted_content"].(string)
		if it["type"] == "reasoning" && encrypted == "" && c.storedItem(id) == nil {
			return itemNotFound(id)
		}
		if thought := c.thoughtBefore(id); thought != "" && !slices.ContainsFunc(input, func(other item) bool { return other["id"] == thought }) {
			return invalid("input", "", "Item '%s' of type '%s' was provided without its required 'reasoning' item: '%s'.", id, it["type"], thought)
		}
	}
	return nil
}

// thoughtBefore is the id of what a model thought before it made an item of a stored response; "" if it did not think.
func (c *call) thoughtBefore(id string) string {
	if id == "" {
		return ""
	}
	for _, r := range c.objects.root.shelf(responses.name).order {
		thought := ""
		for _, it := range r.response.output {
			switch {
			case it["type"] == "reasoning":
				thought = shownID(it)
			case it["id"] == id:
				return thought
			}
		}
	}
	return ""
}

// checkFiles checks that the files of a message are there.
func (c *call) checkFiles(it item, at string) *apiError {
	parts, _ := it["content"].([]any)
	for i, raw := range parts {
		of, _ := raw.(map[string]any)
		if id, ok := of["file_id"].(string); ok && id != "" {
			if _, e := c.file(id); e != nil {
				return invalid(at+".content["+strconv.Itoa(i)+"].file_id", "", "%s", e.Message)
			}
		}
	}
	return nil
}

// searchFiles looks for what the user asks in the stores that tools name.
func (c *call) searchFiles(req *responseRequest, told *contextOfResponse) *apiError {
	talk := read(told.messages)
	for i := range req.Tools {
		t := &req.Tools[i]
		if t.Type != "file_search" {
			continue
		}
		found := fileSearch{tool: t, query: talk.user}
		for _, id := range t.VectorStoreIDs {
			store, e := c.find(vectorStores, &c.objects.root, id)
			if e != nil {
				return absent("tools", "Vector store with id [%s] not found.", id)
			}
			hits, e := c.searchIn(store, []any{talk.user}, req.toolAsSent(i))
			if e != nil {
				return e
			}
			found.hits = append(found.hits, hits...)
		}
		found.hits = best(found.hits, req.toolAsSent(i), 20)
		if talk.user != "" && len(talk.results) == 0 && req.ToolChoice.allows(t) {
			told.searches = append(told.searches, found)
		}
	}
	return nil
}

// toolAsSent is the i-th tool of the body.
func (r *responseRequest) toolAsSent(i int) map[string]any {
	return r.root["tools"].([]any)[i].(map[string]any) //nolint:forcetypeassert // its shape has nothing else
}

// tokens counts what the model reads.
func (t *contextOfResponse) tokens(req *responseRequest) int {
	counter := counterFor(req.Model)
	total := counter.prompt(req.asChat(t))
	for _, it := range t.others {
		total += counter.count(compact(visible([]item{it}, nil)[0]))
	}
	for i := range req.Tools {
		if req.Tools[i].hosted() {
			total += counter.count(compact(req.toolAsSent(i)))
		}
	}
	for _, s := range t.searches {
		for _, h := range s.hits {
			total += counter.count(h.text())
		}
	}
	return total
}
