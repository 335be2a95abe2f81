package emulator

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
)

var (
	searchShape = fields([]string{"query"}, map[string]*shape{
		"query":           {kind: kindText, or: &shape{kind: kindList, items: aString, minItems: 1}},
		"rewrite_query":   aBoolean,
		"max_num_results": {kind: kindInteger, min: "1", max: "50"},
		"filters":         newFilterShape(),
		"ranking_options": fields(nil, map[string]*shape{
			"ranker": oneOf("none", "auto", "default-2024-11-15"), "score_threshold": {kind: kindDecimal, min: "0", max: "1"},
		}),
	})
	comparisons = []string{"eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"}
)

// newFilterShape is a comparison, or such filters joined by and or or.
func newFilterShape() *shape {
	of := map[string]*shape{}
	filter := variants("type", append(slices.Clone(comparisons), "and", "or"), of)
	scalar := &shape{kind: kindText, or: &shape{kind: kindDecimal}}
	comparison := fields([]string{"key", "value"}, map[string]*shape{
		"type": aString, "key": aString,
		"value": {kind: kindText, or: &shape{kind: kindDecimal, or: &shape{kind: kindBoolean, or: &shape{kind: kindList, items: scalar}}}},
	})
	for _, name := range comparisons {
		of[name] = comparison
	}
	of["and"] = fields([]string{"filters"}, map[string]*shape{"type": aString, "filters": {kind: kindList, items: filter}})
	of["or"] = of["and"]
	return filter
}

// hit is a piece of a file that has something in common with a query.
type hit struct {
	FileID     string           `json:"file_id"`
	Filename   string           `json:"filename"`
	Score      float64          `json:"score"`
	Attributes any              `json:"attributes"`
	Content    []map[string]any `json:"content"`
}

// search finds the pieces of files that share the most telling words with the query. The score is the part of the
// query's words that a piece has.
func search(c *call) (any, *apiError) {
	queries, ok := c.body["query"].([]any)
	if !ok {
		queries = []any{c.body["query"]}
	}
	hits, e := c.searchIn(c.target, queries, c.body)
	if e != nil {
		return nil, e
	}
	return map[string]any{
		"object": "vector_store.search_results.page", "search_query": queries,
		"data": best(hits, c.body, 10), "has_more": false, "next_page": nil,
	}, nil
}

// searchIn finds the pieces of files in a store, as options say.
func (c *call) searchIn(store *resource, queries []any, options map[string]any) ([]hit, *apiError) {
	if e := c.use(store); e != nil {
		return nil, e
	}
	wanted := map[string]bool{}
	for _, query := range queries {
		maps.Copy(wanted, words(query.(string)))
	}
	least := 0.0
	if ranking, ok := options["ranking_options"].(map[string]any); ok {
		least, _ = real64(ranking["score_threshold"])
	}
	hits := []hit{}
	for _, r := range store.shelf("files").order {
		if c.statusOf(r) == "completed" && fits(options["filters"], r.members["attributes"]) {
			hits = append(hits, c.hitsIn(r, wanted, least)...)
		}
	}
	return hits, nil
}

// best are the best hits, of which there are so many unless options say otherwise.
func best(hits []hit, options map[string]any, most int64) []hit {
	if n, ok := options["max_num_results"]; ok {
		most = integer(n)
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits[:min(int64(len(hits)), most)]
}

// text is what the hit says.
func (h hit) text() string { return h.Content[0]["text"].(string) } //nolint:forcetypeassert // hitsIn makes it

func (c *call) hitsIn(r *resource, wanted map[string]bool, least float64) []hit {
	var hits []hit
	name := c.objects.root.shelf(files.name).byID[r.id].members["filename"]
	for _, piece := range passages(c.textIn(r), r.members["chunking_strategy"]) {
		score := math.Round(1e4*float64(overlap(wanted, words(piece)))/float64(max(1, len(wanted)))) / 1e4
		if score > 0 && score >= least {
			hits = append(hits, hit{r.id, name.(string), score, r.members["attributes"], []map[string]any{{"type": "text", "text": piece}}})
		}
	}
	return hits
}

// passages cuts a text as a chunking strategy says, a word being a token.
func passages(text string, chunking any) []string {
	static := chunking.(map[string]any)["static"].(map[string]int64)
	size, step := int(static["max_chunk_size_tokens"]), int(static["max_chunk_size_tokens"]-static["chunk_overlap_tokens"])
	tokens := strings.Fields(text)
	if len(tokens) <= size {
		return []string{text}
	}
	var out []string
	for first := 0; first < len(tokens); first += step {
		last := min(first+size, len(tokens))
		out = append(out, strings.Join(tokens[first:last], " "))
		if last == len(tokens) {
			break
		}
	}
	return out
}

// fits reports whether attributes pass a filter.
func fits(filter, attributes any) bool {
	f, ok := filter.(map[string]any)
	if !ok {
		return true
	}
	passes := func(inner any) bool { return fits(inner, attributes) }
	switch list, _ := f["filters"].([]any); f["type"] {
	case "and":
		return !slices.ContainsFunc(list, func(inner any) bool { return !passes(inner) })
	case "or":
		return slices.ContainsFunc(list, passes)
	}
	all, _ := attributes.(map[string]any)
	return compares(f["type"].(string), all[f["key"].(string)], f["value"])
}

// compares reports whether an attribute, nil if there is none, compares with a value as a filter wants.
func compares(how string, attribute, value any) bool {
	order, comparable := compareValues(attribute, value)
	same := func(other any) bool {
		order, comparable := compareValues(attribute, other)
		return comparable && order == 0
	}
	list, _ := value.([]any)
	switch how {
	case "eq":
		return same(value)
	case "ne":
		return !same(value)
	case "gt":
		return comparable && order > 0
	case "gte":
		return comparable && order >= 0
	case "lt":
		return comparable && order < 0
	case "lte":
		return comparable && order <= 0
	case "in":
		return slices.ContainsFunc(list, same)
	}
	return !slices.ContainsFunc(list, same)
}

func compareValues(a, b any) (order int, comparable bool) {
	if x, ok := real64(a); ok {
		y, ok := real64(b)
		return cmp.Compare(x, y), ok
	}
	if x, ok := a.(bool); ok {
		y, ok := b.(bool)
		if x == y {
			return 0, ok
		}
		return 1, ok
	}
	x, ok := a.(string)
	y, also := b.(string)
	return cmp.Compare(x, y), ok && also
}

func real64(value any) (float64, bool) {
	n, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}
