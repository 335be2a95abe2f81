package structured

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// resolve finds what a reference inside the schema means: "#" or "#/…". For
// any other reference, known is false.
func resolve(root any, ref string) (target any, found, known bool) {
	fragment, local := strings.CutPrefix(ref, "#")
	if !local {
		return nil, false, false
	}
	pointer, err := url.PathUnescape(fragment)
	if err != nil {
		return nil, false, true
	}
	if pointer == "" {
		return root, true, true
	}
	if pointer[0] != '/' {
		return nil, false, false // an anchor
	}
	target = root
	for _, key := range strings.Split(pointer[1:], "/") {
		key = strings.ReplaceAll(strings.ReplaceAll(key, "~1", "/"), "~0", "~")
		switch v := target.(type) {
		case *object:
			if !v.has(key) {
				return nil, false, true
			}
			target = v.get(key)
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false, true
			}
			target = v[i]
		default:
			return nil, false, true
		}
	}
	return target, true, true
}

// checkReferences looks after references to other documents, and to what is not
// there. A schema with names of its own ($id) it leaves to the compiler.
func checkReferences(root any) []Fault {
	var faults []Fault
	named := false
	walk(root, "", func(s *object, pointer string) {
		named = named || s.has("$id") || s.has("id") && pointer != ""
	})
	walk(root, "", func(s *object, pointer string) {
		ref, ok := s.get("$ref").(string)
		if !ok || named {
			return
		}
		_, found, known := resolve(root, ref)
		switch {
		case known && !found:
			faults = append(faults, Fault{Pointer: at(pointer, "$ref"), Message: fmt.Sprintf("%s is not in the schema", quoted(ref))})
		case !strings.HasPrefix(ref, "#"):
			faults = append(faults, Fault{Pointer: at(pointer, "$ref"), Message: fmt.Sprintf(
				"%s is another document. Put what it means below $defs, and refer to it as \"#/$defs/…\"", quoted(ref))})
		}
	})
	return faults
}
