package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const hourly = 1699920000 // a Tuesday, at midnight

// sumOf adds up a member of all results of a page, which is an amount or a counter.
func sumOf(resp response, member string) (sum float64, results int) {
	data, _ := resp.get("data").([]any)
	for i := range data {
		all, _ := resp.get("data", i, "results").([]any)
		for j := range all {
			n, ok := resp.get("data", i, "results", j, member).(float64)
			if !ok {
				n, _ = resp.get("data", i, "results", j, member, "value").(float64)
			}
			sum, results = sum+n, results+1
		}
	}
	return sum, results
}

// What the document has of a report is held against each by rig.do.
func TestReports_haveEachType(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for at, member := range map[string]string{
		"costs": "amount", "usage/completions": "input_tokens", "usage/embeddings": "input_tokens", "usage/moderations": "num_model_requests", "usage/images": "images",
		"usage/audio_speeches": "characters", "usage/audio_transcriptions": "seconds", "usage/vector_stores": "usage_bytes",
		"usage/code_interpreter_sessions": "num_sessions", "usage/file_search_calls": "num_requests", "usage/web_search_calls": "num_requests", "usage/decisions": "output_tokens",
	} {
		resp := r.do("GET", fmt.Sprintf("/v1/organization/%s?start_time=%d&end_time=%d", at, hourly-86400, hourly+86400), "")
		sum, results := sumOf(resp, member)
		if resp.status != 200 || sum <= 0 || results != 2 {
			t.Errorf("%s: %d results of %v: %s", at, results, sum, resp.text)
		}
		equal(t, at+" start", resp.get("data", 0, "start_time"), float64(hourly-86400))
		equal(t, at+" end", resp.get("data", 0, "end_time"), float64(hourly))
		equal(t, at+" more", resp.get("has_more"), false)
		equal(t, at+" next", resp.get("next_page"), nil)
		grouped := r.do("GET", fmt.Sprintf("/v1/organization/%s?start_time=%d&end_time=%d&group_by[]=project_id", at, hourly-86400, hourly+86400), "")
		if of, n := sumOf(grouped, member); fmt.Sprintf("%.4f", of) != fmt.Sprintf("%.4f", sum) || n != 4 {
			t.Errorf("%s: %d groups have %v of %v", at, n, of, sum)
		}
		one := r.do("GET", fmt.Sprintf("/v1/organization/%s?start_time=%d&end_time=%d&project_ids=proj_emulated_a", at, hourly-86400, hourly+86400), "")
		if of, n := sumOf(one, member); of <= 0 || of >= sum || n != 2 {
			t.Errorf("%s: one project has %v of %v", at, of, sum)
		}
	}
}

func TestReports_goOnInPages(t *testing.T) {
	t.Parallel()
	now := time.Unix(hourly, 0).Add(90 * time.Minute)
	r := start(t, emulator.Options{Now: func() time.Time { return now }})
	at := fmt.Sprintf("/v1/organization/usage/completions?bucket_width=1h&limit=2&start_time=%d", hourly-3600+60)
	var seen []any
	var pages int
	for page := ""; ; pages++ {
		resp := r.do("GET", at+page, "")
		data, _ := resp.get("data").([]any)
		for i := range data {
			seen = append(seen, resp.get("data", i, "start_time"))
		}
		if resp.get("has_more") != true {
			break
		}
		page = fmt.Sprint("&page=", resp.get("next_page"))
	}
	equal(t, "buckets", seen, []any{float64(hourly - 3600), float64(hourly), float64(hourly + 3600)})
	equal(t, "pages", pages, 1)
	later := r.do("GET", fmt.Sprintf("/v1/organization/costs?start_time=%d&end_time=%d", hourly, hourly+3*86400), "")
	equal(t, "today", len(later.get("data", 0, "results").([]any)), 1)
	equal(t, "tomorrow", later.get("data", 1, "results"), []any{})
}

func TestReports_refuse(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	r.foreign = true
	for query, param := range map[string]string{
		"costs?": "start_time", "costs?start_time=x": "start_time", "costs?start_time=0&end_time=x": "end_time",
		"costs?start_time=0&bucket_width=1h": "bucket_width", "costs?start_time=0&limit=181": "limit", "costs?start_time=0&limit=0": "limit",
		"costs?start_time=0&group_by=model": "group_by", "costs?start_time=0&models=a": "models", "costs?start_time=0&page=x": "page", "costs?start_time=0&a=b": "a",
		"usage/completions?start_time=0&limit=32": "limit", "usage/completions?start_time=0&group_by[]=size": "group_by", "usage/images?start_time=0&batch=true": "batch",
	} {
		resp := r.do("GET", "/v1/organization/"+query, "")
		equal(t, query, resp.status, 400)
		equal(t, query+" param", resp.get("error", "param"), param)
	}
	equal(t, "what there is not", r.do("GET", "/v1/organization/usage/costs?start_time=0", "").status, 404)
	equal(t, "a POST", r.do("POST", "/v1/organization/costs", "{}").status, 405)
}

func TestReports_wantAnAdminKey(t *testing.T) {
	t.Parallel()
	at := fmt.Sprintf("/v1/organization/costs?start_time=%d", hourly)
	bearer := func(r *rig, path, key string) response { return r.do("GET", path, "", "Authorization", "Bearer "+key) }
	r := start(t, emulator.Options{Keys: []string{"sk-one"}, AdminKeys: []string{"sk-admin"}})
	for key, want := range map[string][2]int{"sk-one": {403, 200}, "sk-admin": {200, 401}, "sk-other": {401, 401}} {
		equal(t, key+" of reports", bearer(r, at, key).status, want[0])
		equal(t, key+" of models", bearer(r, "/v1/models", key).status, want[1])
	}
	equal(t, "no key", r.do("GET", at, "").status, 401)
	if said := bearer(r, at, "sk-one").text; !strings.Contains(said, "Missing scopes: api.usage.read") {
		t.Error(said)
	}
	equal(t, "without admin keys", bearer(start(t, emulator.Options{Keys: []string{"sk-one"}}), at, "sk-admin").status, 401)
	open := start(t, emulator.Options{AdminKeys: []string{"sk-admin"}})
	equal(t, "any key of models", bearer(open, "/v1/models", "sk-other").status, 200)
	equal(t, "the admin key of models", bearer(open, "/v1/models", "sk-admin").status, 401)
	equal(t, "any key of reports", bearer(open, at, "sk-other").status, 401)
	equal(t, "no keys at all", start(t, emulator.Options{}).do("GET", at, "").status, 200)
}
