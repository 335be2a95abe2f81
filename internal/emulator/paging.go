package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// paging is how a list is cut into pages where the query does not say otherwise.
type paging struct {
	limit int
	most  int    // that limit may be; 0 = any
	order string // asc or desc
}

// cut is one page of a list in the order, from the place and with the length that the query asks for. Items are in
// the order asc.
func cut[T any](p paging, query url.Values, items []T, id func(T) string) (page []T, more bool, e *apiError) {
	if p.limit, e = p.askedLimit(query.Get("limit")); e != nil {
		return nil, false, e
	}
	if text := query.Get("order"); text != "" {
		p.order = text
	}
	switch p.order {
	case "asc":
	case "desc":
		items = slices.Clone(items)
		slices.Reverse(items)
	default:
		return nil, false, unsupported("order", p.order, []string{"asc", "desc"})
	}
	place := func(name string) (int, *apiError) {
		wanted := query.Get(name)
		i := slices.IndexFunc(items, func(item T) bool { return id(item) == wanted })
		if i < 0 {
			return 0, invalid(name, "", "Invalid '%s': no object with id '%s' in this list.", name, wanted)
		}
		return i, nil
	}
	if query.Get("before") != "" {
		i, e := place("before")
		if e != nil {
			return nil, false, e
		}
		first := max(0, i-p.limit)
		return items[first:i], first > 0, nil
	}
	if query.Get("after") != "" {
		i, e := place("after")
		if e != nil {
			return nil, false, e
		}
		items = items[i+1:]
	}
	return items[:min(p.limit, len(items))], len(items) > p.limit, nil
}

func (p paging) askedLimit(text string) (int, *apiError) {
	if text == "" {
		return p.limit, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, invalid("limit", "invalid_type", "Invalid type for 'limit': expected an integer, but got a string instead.")
	case n < 1:
		return 0, invalid("limit", "integer_below_min_value",
			"Invalid 'limit': integer below minimum value. Expected a value >= 1, but got %d instead.", n)
	case p.most > 0 && n > p.most:
		return 0, invalid("limit", "integer_above_max_value",
			"Invalid 'limit': integer above maximum value. Expected a value <= %d, but got %d instead.", p.most, n)
	}
	return n, nil
}

// listPage is a page as the API sends it.
type listPage[T any] struct {
	Object  string  `json:"object"`
	Data    []T     `json:"data"`
	FirstID *string `json:"first_id"`
	LastID  *string `json:"last_id"`
	HasMore bool    `json:"has_more"`
}

func envelope[T any](items []T, more bool, id func(T) string) listPage[T] {
	out := listPage[T]{Object: "list", Data: append([]T{}, items...), HasMore: more}
	if n := len(items); n > 0 {
		out.FirstID, out.LastID = ptr(id(items[0])), ptr(id(items[n-1]))
	}
	return out
}

// page answers one page of a list of completions or of their messages.
func page[T any](w http.ResponseWriter, query url.Values, items []T, id func(T) string) {
	some, more, e := cut(paging{limit: 20, order: "asc"}, query, items, id)
	if e != nil {
		fail(w, e)
		return
	}
	respond(w, http.StatusOK, envelope(some, more, id))
}
