package chat

import (
	"bytes"
	"encoding/json"
	"slices"
)

// calls are the tool calls of a message, put together from pieces. OpenAI gives each
// piece the index of its call, and the first one ID, type and name. Other servers give
// index 0 to all, or none; another index to the head of a call than to its tail; a new ID
// to each piece; or no ID at all.
type calls struct {
	list    []*assembledCall
	named   map[string]*assembledCall // by ID, those of single pieces as well
	indexed map[int]*assembledCall    // the last one of each index
	last    *assembledCall            // the one that the last piece belonged to
}

type assembledCall struct {
	fields  map[string]any
	index   int
	indexed bool
}

func mergeCalls(into map[string]any, pieces []any, ended bool) {
	c, ok := into["tool_calls"].(*calls)
	if !ok {
		c = &calls{named: map[string]*assembledCall{}, indexed: map[int]*assembledCall{}}
		into["tool_calls"] = c
	}
	for _, piece := range pieces {
		if object, ok := piece.(map[string]any); ok {
			c.add(readCallPiece(object), ended)
		}
	}
}

// callPiece is a piece of a tool call, and what of it says where it belongs.
type callPiece struct {
	fields  map[string]any
	id      string // "" = none
	name    string // "" = none
	input   any    // arguments of a function, input of a custom tool: text, or JSON; nil = none
	index   int
	indexed bool
}

func readCallPiece(fields map[string]any) callPiece {
	p := callPiece{fields: fields}
	p.id, _ = fields["id"].(string)
	p.index, p.indexed = number(fields["index"])
	for kind, field := range map[string]string{"function": "arguments", "custom": "input"} {
		if inside, ok := fields[kind].(map[string]any); ok {
			p.name, _ = inside["name"].(string)
			p.input = inside[field]
			break
		}
	}
	return p
}

func (c *calls) add(p callPiece, ended bool) {
	call := c.find(p)
	if call == nil || p.begins(call) {
		call = &assembledCall{fields: map[string]any{}, index: p.index, indexed: p.indexed}
		c.list = append(c.list, call)
		if p.indexed {
			c.indexed[p.index] = call
		}
		if p.id != "" {
			c.named[p.id] = call
		}
	}
	if input, _ := p.input.(string); input != "" && input != noArguments {
		call.forget(noArguments)
	}
	for key, value := range p.fields {
		if key != "index" { // which only says where a piece belongs
			mergeField(call.fields, key, value, ended)
		}
	}
	if _, taken := c.indexed[p.index]; p.indexed && !taken {
		c.indexed[p.index] = call
	}
	if _, taken := c.named[p.id]; p.id != "" && !taken {
		c.named[p.id] = call
	}
	c.last = call
}

// find is the call that a piece belongs to, or would if it did not begin another; nil =
// none.
func (c *calls) find(p callPiece) *assembledCall {
	if known := c.named[p.id]; p.id != "" && known != nil {
		return known
	}
	if p.indexed {
		at := c.indexed[p.index]
		switch {
		case at != nil && p.id == "" && p.name == "" && c.last != at && at.complete() && !c.last.complete():
			return c.last // heads and tails are counted apart
		case at != nil:
			return at
		case p.id != "" || p.name != "":
			return nil
		}
		return c.last
	}
	if p.id != "" && p.name != "" {
		return nil
	}
	return c.last
}

// begins reports whether a piece for a call rather begins another.
func (p callPiece) begins(call *assembledCall) bool {
	name := call.text("name")
	if p.name == "" || name == "" {
		return false
	}
	if id := asText(call.fields["id"]).value(); p.id != "" && id != "" && p.id != id {
		// A new ID in each piece, or the next call with the index of the last one.
		return p.name != name || call.complete() || !call.begun()
	}
	if call.complete() {
		return p.name != name || !blank(p.input) && !sameInput(p.input, call.input())
	}
	return !p.indexed && p.id == "" && p.name != name && !call.begun()
}

// noArguments stands in the head of a call, in place of "", where a gateway made it of an empty object.
const noArguments = "{}"

// forget takes the input back that is said to be none by what follows it.
func (c *assembledCall) forget(input string) {
	if c.text("arguments") == input {
		c.inside()["arguments"] = &text{}
	}
}

// sameInput compares what a piece says with what has arrived.
func sameInput(piece, have any) bool {
	if whole, ok := have.(*text); ok {
		return piece == whole.value()
	}
	a, _ := json.Marshal(piece) // both were parsed from JSON
	b, _ := json.Marshal(have)
	return bytes.Equal(a, b)
}

// inside is what the call says of its tool.
func (c *assembledCall) inside() map[string]any {
	for _, kind := range []string{"function", "custom"} {
		if inside, ok := c.fields[kind].(map[string]any); ok {
			return inside
		}
	}
	return nil
}

func (c *assembledCall) text(key string) string {
	t, _ := c.inside()[key].(*text)
	return t.value()
}

// input is what the tool is called with, as far as it has arrived.
func (c *assembledCall) input() any {
	inside := c.inside()
	if arguments, ok := inside["arguments"]; ok {
		return arguments
	}
	return inside["input"]
}

// begun reports whether some of the input has arrived.
func (c *assembledCall) begun() bool { return !blank(c.input()) }

// complete reports whether the input is whole, as far as JSON can tell.
func (c *assembledCall) complete() bool {
	switch input := c.input().(type) {
	case *text:
		return input.whole()
	case map[string]any:
		return true
	}
	return false
}

// MarshalJSON implements json.Marshaler.
func (c *calls) MarshalJSON() ([]byte, error) {
	list := slices.Clone(c.list)
	if !slices.ContainsFunc(list, func(call *assembledCall) bool { return !call.indexed }) {
		slices.SortStableFunc(list, func(a, b *assembledCall) int { return a.index - b.index })
	}
	out := make([]map[string]any, len(list))
	for i, call := range list {
		out[i] = call.fields
	}
	return json.Marshal(out)
}
