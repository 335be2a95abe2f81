package structured

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// resolve finds what a reference to a place in the schema means: "#" or "#/…".
func resolve(root any, ref string) (target any, found bool) {
	pointer, local := localPointer(ref)
	if !local {
		return nil, false
	}
	return find(root, pointer)
}

// localPointer is the pointer in a reference of the form "#/…" or "#".
func localPointer(ref string) (string, bool) {
	fragment, local := strings.CutPrefix(ref, "#")
	pointer, err := url.PathUnescape(fragment)
	return pointer, local && err == nil
}

// find is what a JSON pointer leads to.
func find(root any, pointer string) (target any, found bool) {
	if pointer == "" {
		return root, true
	}
	if pointer[0] != '/' {
		return nil, false
	}
	target = root
	for _, key := range tokens(pointer) {
		switch v := target.(type) {
		case *object:
			if !v.has(key) {
				return nil, false
			}
			target = v.get(key)
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			target = v[i]
		default:
			return nil, false
		}
	}
	return target, true
}

// tokens are the keys in a pointer that is not "".
func tokens(pointer string) []string {
	keys := strings.Split(pointer[1:], "/")
	for i, key := range keys {
		keys[i] = unescapes.Replace(key)
	}
	return keys
}

var unescapes = strings.NewReplacer("~1", "/", "~0", "~")

// reference is a pointer as $ref has it.
func reference(pointer string) string {
	u := url.URL{Fragment: pointer}
	return "#" + u.EscapedFragment()
}

// directory knows what a schema has names for: the places below $id (id, before
// draft 6) and $anchor.
type directory struct {
	root    *object
	draft   int
	places  map[string]string  // pointers, by address
	bases   map[string]address // of each schema, by pointer
	names   int                // resources that have one, other than the root
	dynamic bool               // there are references that depend on the way to them
}

// address is what references in a place are relative to, and where that is.
type address struct {
	url     *url.URL
	pointer string
}

func newDirectory(root *object) *directory {
	d := &directory{root: root, draft: draftOf(root), places: map[string]string{}, bases: map[string]address{}}
	start, _ := url.Parse(base)
	d.places[start.String()] = ""
	d.enter(root, "", address{start, ""})
	return d
}

// enter notes the names of a schema and of all below it.
func (d *directory) enter(v any, pointer string, from address) {
	s, ok := v.(*object)
	if !ok {
		return
	}
	d.dynamic = d.dynamic || s.has("$dynamicRef") || s.has("$recursiveRef")
	for _, key := range []string{"$id", "id"} {
		id, ok := s.get(key).(string)
		if !ok || d.draft < 2019 && s.has("$ref") {
			continue
		}
		own, anchor, _ := strings.Cut(id, "#")
		if u, err := from.url.Parse(own); own != "" && err == nil {
			d.note(u.String(), pointer)
			if key == "$id" || d.draft == 4 {
				from = address{u, pointer}
				if pointer != "" {
					d.names++
				}
			}
		}
		if anchor != "" {
			d.note(from.url.String()+"#"+anchor, pointer)
		}
	}
	for _, key := range []string{"$anchor", "$dynamicAnchor"} {
		if name := s.text(key); name != "" {
			d.note(from.url.String()+"#"+name, pointer)
		}
	}
	d.bases[pointer] = from
	for _, key := range s.keys {
		children(s, key, pointer, func(child any, pointer string) any {
			d.enter(child, pointer, from)
			return child
		})
	}
}

// note gives a place an address. The first one keeps it.
func (d *directory) note(address, pointer string) {
	if _, taken := d.places[address]; !taken {
		d.places[address] = pointer
	}
}

// pointerOf is the place that a reference leads to. If there is none, other says
// whether the reference is to another document.
func (d *directory) pointerOf(ref, from string) (pointer string, found, other bool) {
	here, known := d.bases[from]
	if !known {
		here = d.bases[""]
	}
	name, fragment, _ := strings.Cut(ref, "#")
	fragment, err := url.PathUnescape(fragment)
	if err != nil {
		return "", false, false
	}
	if name != "" {
		u, err := here.url.Parse(name)
		if err != nil {
			return "", false, false
		}
		if pointer, known = d.places[u.String()]; !known {
			return "", false, true
		}
		here = address{u, pointer}
	}
	// Many who give each schema an id still mean the whole document by "#".
	for _, start := range []address{here, d.bases[""]} {
		if fragment == "" || fragment[0] == '/' {
			pointer, found = start.pointer+fragment, true
		} else {
			pointer, found = d.places[start.url.String()+"#"+fragment]
		}
		if _, there := find(d.root, pointer); found && there {
			return pointer, true, false
		}
	}
	return "", false, false
}

// localize turns each reference by a name into one to a place, so that names are
// no longer needed, and takes out the names of what is inside the schema. It
// reports what it changed. Where references depend on the way to them, and there
// are several names, it does nothing.
func localize(root *object) []Change {
	d := newDirectory(root)
	if d.dynamic && d.names > 0 {
		return nil
	}
	var changes []Change
	type rewrite struct {
		schema *object
		ref    string
	}
	var rewrites []rewrite // after all are known, as names go away
	walk(root, "", func(s *object, pointer string) {
		ref, ok := s.get("$ref").(string)
		if !ok {
			return
		}
		target, found, _ := d.pointerOf(ref, pointer)
		if written, isLocal := localPointer(ref); found && (!isLocal || written != target) {
			rewrites = append(rewrites, rewrite{s, reference(target)})
			changes = append(changes, Change{at(pointer, "$ref"), fmt.Sprintf("%s became %s", quoted(ref), quoted(reference(target)))})
		}
	})
	for _, r := range rewrites {
		r.schema.set("$ref", r.ref)
	}
	walk(root, "", func(s *object, pointer string) {
		for _, key := range []string{"$id", "id", "$anchor"} {
			if s.text(key) != "" && (key != "id" || d.draft == 4) && (key == "$anchor" || pointer != "") {
				s.remove(key)
				changes = append(changes, Change{pointer, key + " was removed: references are to places"})
			}
		}
	})
	return changes
}

// checkReferences looks after references to other documents, and to what is not
// there.
func checkReferences(root *object) []Fault {
	var faults []Fault
	d := newDirectory(root)
	walk(root, "", func(s *object, pointer string) {
		ref, ok := s.get("$ref").(string)
		if !ok {
			return
		}
		_, found, other := d.pointerOf(ref, pointer)
		switch {
		case other:
			faults = append(faults, Fault{Pointer: at(pointer, "$ref"), Message: fmt.Sprintf(
				"%s is another document. Put what it means below $defs, and refer to it as \"#/$defs/…\"", quoted(ref))})
		case !found:
			faults = append(faults, Fault{Pointer: at(pointer, "$ref"), Message: fmt.Sprintf("%s is not in the schema", quoted(ref))})
		}
	})
	return faults
}
