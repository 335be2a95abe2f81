package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reportKind is one kind of report about the organization: what it spends, or what it uses.
type reportKind struct {
	object   string            // of a result
	counters []string          // of a result; none = it has an amount
	groups   []string          // what results can be grouped by
	models   [2]string         // that were used
	widths   map[string]length // of a bucket
}

// length is how long a bucket is, and how many of them a page has and may have.
type length struct {
	of            time.Duration
	usually, most int
}

var (
	anyLength = map[string]length{"1d": {24 * time.Hour, 7, 31}, "1h": {time.Hour, 24, 168}, "1m": {time.Minute, 60, 1440}}
	whose     = []string{"project_id", "user_id", "api_key_id", "model"}
)

// reports are those that there are, by the end of the path.
var reports = map[string]*reportKind{
	"costs": {object: "organization.costs.result", groups: []string{"project_id", "line_item", "api_key_id", "user_id", "api_source"},
		models: [2]string{"gpt-5.4", "gpt-5.4-mini"}, widths: map[string]length{"1d": {24 * time.Hour, 7, 180}}},
	"completions": usageReport("completions", append(slices.Clone(whose), "batch", "service_tier"), [2]string{"gpt-5.4-2026-03-05", "gpt-5.4-mini-2026-03-17"},
		"input_tokens", "output_tokens", "input_cached_tokens", "num_model_requests"),
	"decisions":                 usageReport("decisions", append(slices.Clone(whose), "batch", "service_tier", "api_source"), [2]string{"gpt-6-luna", "gpt-6-luna"}, "input_tokens", "output_tokens", "num_model_requests"),
	"embeddings":                usageReport("embeddings", whose, [2]string{"text-embedding-3-small", "text-embedding-3-large"}, "input_tokens", "num_model_requests"),
	"moderations":               usageReport("moderations", whose, [2]string{"omni-moderation-latest", "omni-moderation-2024-09-26"}, "input_tokens", "num_model_requests"),
	"images":                    usageReport("images", append(slices.Clone(whose), "size", "source"), [2]string{"gpt-image-1", "gpt-image-1-mini"}, "images", "num_model_requests"),
	"audio_speeches":            usageReport("audio_speeches", whose, [2]string{"tts-1", "tts-1-hd"}, "characters", "num_model_requests"),
	"audio_transcriptions":      usageReport("audio_transcriptions", whose, [2]string{"whisper-1", "gpt-4o-transcribe"}, "seconds", "num_model_requests"),
	"vector_stores":             usageReport("vector_stores", whose[:1], [2]string{}, "usage_bytes"),
	"code_interpreter_sessions": usageReport("code_interpreter_sessions", whose[:1], [2]string{}, "num_sessions"),
	"file_search_calls":         usageReport("file_searches", append(slices.Clone(whose[:3]), "vector_store_id"), [2]string{}, "num_requests"),
	"web_search_calls":          usageReport("web_searches", append(slices.Clone(whose), "context_level"), [2]string{"gpt-5.4-2026-03-05", "gpt-5.4-mini-2026-03-17"}, "num_model_requests", "num_requests"),
}

func usageReport(name string, groups []string, models [2]string, counters ...string) *reportKind {
	return &reportKind{object: "organization.usage." + name + ".result", counters: counters, groups: groups, models: models, widths: anyLength}
}

// filters are the arguments that leave only some results, by what these are grouped by.
var filters = map[string]string{
	"project_ids": "project_id", "user_ids": "user_id", "api_key_ids": "api_key_id", "models": "model", "line_items": "line_item",
	"batch": "batch", "sources": "source", "sizes": "size", "vector_store_ids": "vector_store_id", "context_levels": "context_level",
}

// reportAt is the report at a path; nil = there is none.
func reportAt(parts []string) *reportKind {
	switch {
	case len(parts) == 2 && parts[0] == "organization" && parts[1] == "costs":
		return reports["costs"]
	case len(parts) == 3 && parts[0] == "organization" && parts[1] == "usage" && parts[2] != "costs":
		return reports[parts[2]]
	}
	return nil
}

// period is what a report is asked for.
type period struct {
	start, end time.Time
	width      length
	limit      int
	groupBy    []string
	only       map[string][]string // by what results are grouped by
}

// getReport serves GET /organization/costs and /organization/usage/….
func (s *Server) getReport(w http.ResponseWriter, r *http.Request, of *reportKind) {
	p, e := s.readPeriod(of, r.URL.Query())
	if e != nil {
		fail(w, e)
		return
	}
	page := struct {
		Object   string  `json:"object"`
		Data     []any   `json:"data"`
		HasMore  bool    `json:"has_more"`
		NextPage *string `json:"next_page"`
	}{Object: "page", Data: []any{}}
	at := p.start
	for ; at.Before(p.end) && len(page.Data) < p.limit; at = at.Add(p.width.of) {
		results := []any{}
		if at.Before(s.options.Now()) {
			results = of.results(at, p)
		}
		page.Data = append(page.Data, map[string]any{
			"object": "bucket", "start_time": at.Unix(), "end_time": at.Add(p.width.of).Unix(), "results": results,
		})
	}
	if at.Before(p.end) {
		page.HasMore, page.NextPage = true, ptr("page_"+strconv.FormatInt(at.Unix(), 16))
	}
	respond(w, http.StatusOK, page)
}

// readPeriod reads a query, or returns the error that the API gives for it. Lists may be written with brackets or without.
func (s *Server) readPeriod(of *reportKind, query url.Values) (*period, *apiError) {
	p := &period{only: map[string][]string{}}
	asked := url.Values{}
	for key, values := range query {
		name := strings.TrimSuffix(key, "[]")
		asked[name] = append(asked[name], values...)
		switch group := filters[name]; {
		case slices.Contains([]string{"start_time", "end_time", "bucket_width", "group_by", "limit", "page"}, name):
		case group == "" || !slices.Contains(of.groups, group):
			return nil, unknown(name)
		default:
			p.only[group] = asked[name]
		}
	}
	for _, group := range asked["group_by"] {
		if !slices.Contains(of.groups, group) {
			return nil, unsupported("group_by", group, of.groups)
		}
	}
	p.groupBy = asked["group_by"]
	width := "1d"
	if asked.Has("bucket_width") {
		width = asked.Get("bucket_width")
	}
	var known bool
	if p.width, known = of.widths[width]; !known {
		return nil, unsupported("bucket_width", width, sortedWidths(of.widths))
	}
	var e *apiError
	if p.limit, e = (paging{limit: p.width.usually, most: p.width.most}).askedLimit(asked.Get("limit")); e != nil {
		return nil, e
	}
	if !asked.Has("start_time") {
		return nil, missing("start_time")
	}
	if p.start, e = seconds("start_time", asked.Get("start_time")); e != nil {
		return nil, e
	}
	p.start, p.end = p.start.Truncate(p.width.of), s.options.Now()
	if asked.Has("end_time") {
		if p.end, e = seconds("end_time", asked.Get("end_time")); e != nil {
			return nil, e
		}
	}
	if asked.Has("page") {
		from, err := strconv.ParseInt(strings.TrimPrefix(asked.Get("page"), "page_"), 16, 64)
		if err != nil || from <= p.start.Unix() || from >= p.end.Unix() {
			return nil, invalid("page", "invalid_value", "Invalid 'page': '%s' is not a page of this report.", asked.Get("page"))
		}
		p.start = time.Unix(from, 0)
	}
	return p, nil
}

func sortedWidths(widths map[string]length) []string {
	var names []string
	for name := range widths {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func seconds(name, text string) (time.Time, *apiError) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, invalid(name, "invalid_type", "Invalid type for '%s': expected an integer, but got a string instead.", name)
	}
	return time.Unix(n, 0).UTC(), nil
}

// results are those of the bucket that begins at a time. Two projects have used two models each; what they used
// follows from the time alone, so that the results of groups add up to those without groups.
func (of *reportKind) results(at time.Time, p *period) []any {
	results, byGroup := []any{}, map[string]map[string]any{}
	for i := range 4 {
		belongs := of.belongs(i/2, i%2)
		if !slices.ContainsFunc(sortedKeys(belongs), func(group string) bool {
			return p.only[group] != nil && !slices.Contains(p.only[group], fmt.Sprint(belongs[group]))
		}) {
			key := ""
			for _, group := range p.groupBy {
				key += fmt.Sprint(belongs[group]) + "\n"
			}
			if byGroup[key] == nil {
				byGroup[key] = of.empty(belongs, p.groupBy)
				results = append(results, byGroup[key])
			}
			of.add(byGroup[key], digest(of.object, strconv.FormatInt(at.Unix(), 10), strconv.Itoa(i)), p.groupBy)
		}
	}
	return results
}

// belongs is what a share of the usage can be grouped by.
func (of *reportKind) belongs(project, model int) map[string]any {
	ab := func(i int, values ...string) string { return values[i] }
	all := map[string]any{
		"project_id": ab(project, "proj_emulated_a", "proj_emulated_b"), "user_id": ab(project, "user-emulated-a", "user-emulated-b"),
		"api_key_id": ab(project, "key_emulated_a", "key_emulated_b"), "vector_store_id": ab(project, "vs_emulated_a", "vs_emulated_b"),
		"model": of.models[model], "line_item": of.models[model] + ", input", "batch": model == 1, "service_tier": ab(model, "default", "flex"),
		"size": ab(model, "1024x1024", "512x512"), "source": ab(model, "image.generation", "image.edit"),
		"context_level": ab(model, "low", "high"), "api_source": "unlabeled",
	}
	for group := range all {
		if !slices.Contains(of.groups, group) {
			delete(all, group)
		}
	}
	return all
}

// empty is a result of a group in which nothing was used yet.
func (of *reportKind) empty(belongs map[string]any, groupBy []string) map[string]any {
	result := map[string]any{"object": of.object}
	for group := range belongs {
		switch {
		case slices.Contains(groupBy, group):
			result[group] = belongs[group]
		case group == "api_source", group == "user_id" && of.counters == nil: // the document's results do not have them
		default:
			result[group] = nil
		}
	}
	for _, name := range of.counters {
		result[name] = 0
	}
	if of.counters == nil {
		result["amount"] = map[string]any{"value": json.Number("0.00"), "currency": "usd"}
		result["quantity"], result["quantity_unit"] = nil, nil
	}
	return result
}

// add adds what was used once to a result.
func (of *reportKind) add(result map[string]any, chance []byte, groupBy []string) {
	for i, name := range of.counters {
		result[name] = result[name].(int) + 1 + int(chance[i])*4 //nolint:forcetypeassert // empty made it
	}
	if amount, ok := result["amount"].(map[string]any); ok {
		cents, _ := strconv.Atoi(strings.ReplaceAll(string(amount["value"].(json.Number)), ".", "")) //nolint:forcetypeassert // empty made it
		cents += 1 + int(chance[0])
		amount["value"] = json.Number(fmt.Sprintf("%d.%02d", cents/100, cents%100))
		if slices.Contains(groupBy, "line_item") {
			result["quantity"] = 1 + int(chance[1])
		}
	}
}
