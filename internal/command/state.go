package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// document is a state or a plan, as "terraform show -json" writes it.
type document struct {
	FormatVersion string          `json:"format_version"`
	Values        json.RawMessage `json:"values"`           // of a state
	Planned       json.RawMessage `json:"planned_values"`   // of a plan
	Prior         *document       `json:"prior_state"`      // of a plan
	Changes       []change        `json:"resource_changes"` // of a plan
	Errored       bool            `json:"errored"`          // the plan is not whole
}

// change is what a plan does to an instance of a resource.
type change struct {
	Address string `json:"address"`
	Type    string `json:"type"`
	Change  struct {
		After   json.RawMessage `json:"after"`
		Unknown json.RawMessage `json:"after_unknown"`
	} `json:"change"`
}

// hashes is the attribute of a set that says which requests it has answers to.
const hashes = "request_hashes"

// open reports whether it is not known which recordings will be used; some = nor whether the plan names those that it
// knows: a set that keeps its answers in a file has them under none of its attributes.
func (c *change) open() (open, some bool) {
	unknown := members(c.Change.Unknown)
	one, _ := unknown["recording"].(bool)
	set, _ := unknown[hashes].(bool)
	_, inFile := members(c.Change.After)["results_file"].(string)
	return one || set, set && inFile
}

// module is a module of a state, with those that it calls.
type module struct {
	Resources []struct {
		Address string          `json:"address"`
		Type    string          `json:"type"`
		Values  json.RawMessage `json:"values"`
	} `json:"resources"`
	Modules []module `json:"child_modules"`
}

// namedBy are the names of the recordings that states and plans name, one after another; of sets, the first half of each.
// It fails for each that is not one, or has no resource of this provider: a state that could
// not be read must not look like one that needs no recording.
func namedBy(in io.Reader) (named map[string]bool, states int, err error) {
	named = map[string]bool{}
	dec := json.NewDecoder(in)
	for n := 1; ; n++ {
		var d document
		err := dec.Decode(&d)
		switch {
		case errors.Is(err, io.EOF) && n > 1:
			return named, n - 1, nil
		case errors.Is(err, io.EOF):
			return nil, 0, errors.New(`there is no state on standard input. Pipe the output of "terraform show -json" into the command`)
		case err != nil:
			return nil, 0, fmt.Errorf(`state %d on standard input cannot be read: it is not the output of "terraform show -json" (%w)`, n, err)
		}
		names, err := d.names()
		if err != nil {
			return nil, 0, fmt.Errorf("state %d on standard input %w", n, err)
		}
		for _, name := range names {
			named[name] = true
		}
	}
}

// names are the recordings that a state names, wherever it does; or that it will name once a
// plan is applied.
func (d *document) names() ([]string, error) {
	switch {
	case d.FormatVersion == "":
		return nil, errors.New(`is not the output of "terraform show -json"`)
	case d.Errored:
		return nil, errors.New("is a plan that has failed, and is not whole")
	case d.Values == nil && d.Planned == nil:
		return nil, errors.New("is empty. Leave it out, if it should be")
	case d.Planned == nil:
		if !ours(d.Values) {
			return nil, errors.New("has no resource of this provider. Leave it out, if it should have none")
		}
		return append(recording.Names(d.Values), ofSets(d.Values)...), nil
	}
	names := append(recording.Names(d.Planned), ofSets(d.Planned)...)
	known := ours(d.Planned)
	if d.Prior != nil {
		known = known || ours(d.Prior.Values)
		names = append(names, d.stays()...)
	}
	if open := d.open(); len(open) > 0 {
		return nil, fmt.Errorf("is a plan that does not know which recordings some resources will use: %s. Apply it, and give the state", strings.Join(open, ", "))
	}
	if !known {
		return nil, errors.New("has no resource of this provider. Leave it out, if it should have none")
	}
	return names, nil
}

// open are the resources and data sources that may use any recording once a plan is applied: their request is
// not known yet, or they are read then, and nothing is known of what they used before.
func (d *document) open() []string {
	before := map[string]bool{}
	if d.Prior != nil {
		each(d.Prior.Values, func(address, _ string, _ json.RawMessage) { before[address] = true })
	}
	var open []string
	for _, c := range d.Changes {
		unknown, some := c.open()
		if (some || unknown && !before[c.Address]) && strings.HasPrefix(c.Type, "openai_") {
			open = append(open, jsontext.Printable(c.Address))
		}
	}
	return open
}

// stays are the recordings of what a plan has no change for, such as data sources that it has
// read and what it was not asked to look at; and of what will have another answer that is not
// known yet.
func (d *document) stays() []string {
	replaced := map[string]bool{}
	for _, c := range d.Changes {
		open, _ := c.open()
		replaced[c.Address] = !open
	}
	var names []string
	each(d.Prior.Values, func(address, _ string, values json.RawMessage) {
		if !replaced[address] {
			names = append(append(names, recording.Names(values)...), hashesOf(values)...)
		}
	})
	return names
}

// ofSets are the first halves of the names of recordings that the sets among values have answers of.
func ofSets(values json.RawMessage) (halves []string) {
	each(values, func(_, typeName string, values json.RawMessage) {
		if strings.HasPrefix(typeName, "openai_") {
			halves = append(halves, hashesOf(values)...)
		}
	})
	return halves
}

func hashesOf(values json.RawMessage) (halves []string) {
	text, _ := members(values)[hashes].(string)
	var of map[string]string
	if json.Unmarshal([]byte(text), &of) != nil {
		return nil
	}
	for _, marks := range of {
		halves = append(halves, strings.Split(marks, "/")...)
	}
	return halves
}

// ours reports whether there is a resource of this provider among values.
func ours(values json.RawMessage) (found bool) {
	each(values, func(_, typeName string, _ json.RawMessage) {
		found = found || strings.HasPrefix(typeName, "openai_")
	})
	return found
}

// each visits the resources of a state.
func each(values json.RawMessage, visit func(address, typeName string, values json.RawMessage)) {
	var all struct {
		Root module `json:"root_module"`
	}
	if json.Unmarshal(values, &all) != nil {
		return
	}
	var walk func(module)
	walk = func(m module) {
		for _, r := range m.Resources {
			visit(r.Address, r.Type, r.Values)
		}
		for _, inside := range m.Modules {
			walk(inside)
		}
	}
	walk(all.Root)
}
