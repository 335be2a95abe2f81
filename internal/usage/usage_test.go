package usage_test

import (
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

type object = map[string]any

const (
	costs, usage = "openai_costs", "openai_usage"

	adminKey = "sk-admin-9c1f7d2e4b8a6053"
)

// november is when the emulators of these tests think it is.
func november() time.Time { return time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC) }

// guarded is an emulator that takes the one key for the one thing, and the other for the other.
func guarded(t *testing.T) *acctest.Server {
	t.Helper()
	return acctest.Start(t, emulator.Options{Keys: []string{acctest.Key}, AdminKeys: []string{adminKey}, Now: november})
}

// read reads a data source without a CLI.
func read(t *testing.T, s *acctest.Server, typeName string, config object) (state object, diags []string) {
	t.Helper()
	p := acctest.Speak(t)
	p.Connect(t, s, object{"admin_api_key": adminKey})
	got, diags := p.ReadData(t, typeName, config)
	state, _ = got.(object)
	return state, diags
}

// results are those of all buckets.
func results(state object) (all []object) {
	buckets, _ := state["buckets"].([]any)
	for _, bucket := range buckets {
		for _, result := range bucket.(object)["results"].([]any) {
			all = append(all, result.(object))
		}
	}
	return all
}

// asked are the queries of all requests.
func asked(s *acctest.Server) (all []url.Values) {
	for _, r := range s.Requests() {
		all = append(all, r.Query)
	}
	return all
}

func TestCosts_addsUpAllPages(t *testing.T) {
	s := guarded(t)
	state, diags := read(t, s, costs, object{"start_time": "2026-01-01", "end_time": "2026-08-01T00:00:00Z"})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	start, end := fmt.Sprint(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()), fmt.Sprint(time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC).Unix())
	got := asked(s)
	if len(got) != 2 || !reflect.DeepEqual(got[0], url.Values{"start_time": {start}, "end_time": {end}, "limit": {"180"}}) || got[1].Get("page") == "" {
		t.Errorf("asked: %v", got)
	}
	buckets := state["buckets"].([]any)
	if len(buckets) != 212 || fmt.Sprintf("%.0f", buckets[0].(object)["start_time"]) != start || fmt.Sprintf("%.0f", buckets[211].(object)["end_time"]) != end {
		t.Errorf("%d buckets", len(buckets))
	}
	cents := 0
	for _, result := range results(state) {
		amount := result["amount"].(object)
		cents += int(amount["value"].(float64)*100 + 0.5)
		if amount["currency"] != "usd" || result["project_id"] != nil {
			t.Errorf("a result is %v", result)
		}
	}
	if total := state["total"].(float64); cents == 0 || int(total*100+0.5) != cents || state["currency"] != "usd" {
		t.Errorf("the total is %v %v, want %d cents", total, state["currency"], cents)
	}

	grouped, diags := read(t, s, costs, object{"start_time": "2026-01-01", "end_time": end, "group_by": []any{"project_id", "line_item"}})
	if len(diags) > 0 || grouped["total"] != state["total"] || len(results(grouped)) != 4*212 || results(grouped)[0]["project_id"] == nil || results(grouped)[0]["quantity"] == nil {
		t.Errorf("grouped: %v of %v, %q", grouped["total"], state["total"], diags)
	}
	one, diags := read(t, s, costs, object{"start_time": start, "end_time": end, "limit": 3, "bucket_width": "1d",
		"project_ids": []any{"proj_emulated_a"}, "api_key_ids": []any{"key_emulated_a"}, "line_items": []any{"gpt-5.4, input"}})
	want := url.Values{"start_time": {start}, "end_time": {end}, "limit": {"3"}, "bucket_width": {"1d"}, "project_ids[]": {"proj_emulated_a"}, "api_key_ids[]": {"key_emulated_a"}, "line_items[]": {"gpt-5.4, input"}}
	if got := asked(s); len(diags) > 0 || len(one["buckets"].([]any)) != 3 || !reflect.DeepEqual(got[len(got)-1], want) {
		t.Errorf("%d buckets, %q, asked %v", len(one["buckets"].([]any)), diags, got[len(got)-1])
	}
	for _, r := range s.Requests() {
		if got := r.Header.Get("Authorization"); got != "Bearer "+adminKey {
			t.Errorf("%s was asked with %q", r.Path, got)
		}
	}
}

// Amounts are those of the server to the digit, and so is their sum.
func TestCosts_addsUpToTheDigit(t *testing.T) {
	amount := func(value, currency string) string {
		return `{"object":"organization.costs.result","amount":{"value":` + value + `,"currency":` + currency + `}}`
	}
	for name, test := range map[string]struct {
		results         string
		total, currency any
	}{
		"numbers":            {amount("0.1", `"usd"`) + "," + amount("0.2", `"usd"`), 0.3, "usd"},
		"text":               {amount(`"0.10"`, `"usd"`) + "," + amount(`"0.20"`, `"usd"`), 0.3, "usd"},
		"an exponent":        {amount("1e-7", `"usd"`) + "," + amount("2e-7", `"usd"`), 3e-7, "usd"},
		"a credit":           {amount("0.3", `"usd"`) + "," + amount("-0.1", `"usd"`), 0.2, "usd"},
		"nothing":            {"", 0.0, nil},
		"several currencies": {amount("0.1", `"usd"`) + "," + amount("0.2", `"eur"`), nil, nil},
		"no currency":        {amount("0.1", `null`) + "," + amount("0.2", `"usd"`), nil, nil},
		"no amount":          {amount("0.1", `"usd"`) + `,{"object":"organization.costs.result"}`, nil, nil},
		"no value":           {amount("null", `"usd"`), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := guarded(t)
			s.Fail(emulator.Status(200, `{"object":"page","data":[{"object":"bucket","start_time":0,"end_time":86400,"results":[`+test.results+`]}],"has_more":false,"next_page":null}`))
			state, diags := read(t, s, costs, object{"start_time": "0"})
			if len(diags) > 0 || state["total"] != test.total || state["currency"] != test.currency {
				t.Errorf("%v %v, %q, want %v %v", state["total"], state["currency"], diags, test.total, test.currency)
			}
		})
	}
}

// What a server gives beyond the limit is left out.
func TestCosts_keepsToTheLimit(t *testing.T) {
	s := guarded(t)
	bucket := `{"start_time":0,"end_time":1,"results":[{"amount":{"value":1,"currency":"usd"}}]}`
	s.Fail(emulator.Status(200, `{"data":[`+bucket+`,`+bucket+`,`+bucket+`],"has_more":true,"next_page":"more"}`))
	state, diags := read(t, s, costs, object{"start_time": "0", "limit": 2})
	if len(diags) > 0 || len(state["buckets"].([]any)) != 2 || state["total"] != 2.0 || len(s.Requests()) != 1 {
		t.Errorf("%v, %q, %d requests", state, diags, len(s.Requests()))
	}
}

// An answer that is no whole report is an error, since a part of the costs would pass for all of them.
func TestCosts_takesNoPartForTheWhole(t *testing.T) {
	for answer, says := range map[string]string{
		`{}`: "no data", `{"data":null}`: "no data", `{"data":{}}`: "could not be read",
		`{"data":[],"has_more":true}`:                                             "not where it goes on",
		`{"data":[],"has_more":true,"next_page":null}`:                            "not where it goes on",
		`{"data":[{"start_time":0}]}`:                                             "no results in bucket 0",
		`{"data":[null]}`:                                                         "no results in bucket 0",
		`{"data":[{"start_time":0,"results":{"amount":1}}]}`:                      "no results in bucket 0",
		`{"error":{"message":"not today","type":"server_error"}}`:                 "not today",
		`{"data":[{"start_time":0,"results":[]}],"has_more":true,"next_page":""}`: "not where it goes on",
	} {
		s := acctest.StartAlone(t, emulator.Options{Now: november})
		s.Fail(emulator.Status(200, answer).Repeat(-1))
		if state, diags := read(t, s, costs, object{"start_time": "2026-11-01"}); len(diags) != 1 || !strings.HasPrefix(diags[0], "error: Could not read costs: ") || !strings.Contains(diags[0], says) {
			t.Errorf("%s: %v, %q", answer, state["total"], diags)
		}
	}
	s := acctest.StartAlone(t, emulator.Options{Now: november})
	s.Fail(emulator.Status(200, `{"data":[{"start_time":0,"results":[]}],"has_more":true,"next_page":"same"}`).Repeat(-1))
	if _, diags := read(t, s, costs, object{"start_time": "2026-11-01"}); len(diags) != 1 || len(s.Requests()) != 2 {
		t.Errorf("a page that leads to itself: %q, %d requests", diags, len(s.Requests()))
	}
}

func TestUsage_hasEachType(t *testing.T) {
	s := guarded(t)
	for typeName, counter := range map[string]string{
		"completions": "output_tokens", "embeddings": "input_tokens", "moderations": "num_model_requests", "decisions": "output_tokens", "images": "images",
		"audio_speeches": "characters", "audio_transcriptions": "seconds", "code_interpreter_sessions": "num_sessions", "file_search_calls": "num_requests", "web_search_calls": "num_requests",
	} {
		state, diags := read(t, s, usage, object{"type": typeName, "start_time": "2026-11-01", "end_time": "2026-11-03", "group_by": []any{"project_id"}})
		sum := 0.0
		for _, result := range results(state) {
			count, _ := result[counter].(float64)
			sum += count
		}
		total, _ := state["total"].(object)
		if len(diags) > 0 || len(results(state)) != 4 || sum == 0 || total[counter] != sum || total["input_image_tokens"] != 0.0 {
			t.Errorf("%s: %v, want %v, %q", typeName, total, sum, diags)
		}
	}
	state, diags := read(t, s, usage, object{"type": "vector_stores", "start_time": "2026-11-01", "end_time": "2026-11-03"})
	if len(diags) > 0 || results(state)[0]["usage_bytes"] == nil {
		t.Errorf("vector stores: %v, %q", state, diags)
	}
	if _, diags := read(t, s, usage, object{"type": "dreams", "start_time": "2026-11-01"}); len(diags) != 1 || !strings.Contains(diags[0], "404 Not Found") {
		t.Errorf("what there is not: %q", diags)
	}
	s.Foreign = true
}

func TestUsage_sendsItsArguments(t *testing.T) {
	s := guarded(t)
	start := november().Add(-3 * time.Hour)
	state, diags := read(t, s, usage, object{"type": "completions", "start_time": start.Format(time.RFC3339), "bucket_width": "1h", "group_by": []any{"model", "batch"},
		"project_ids": []any{"proj_emulated_a", "proj_emulated_b"}, "user_ids": []any{"user-emulated-a"}, "api_key_ids": []any{"key_emulated_a"},
		"models": []any{"gpt-5.4-2026-03-05"}, "batch": false})
	want := url.Values{"start_time": {fmt.Sprint(start.Unix())}, "bucket_width": {"1h"}, "limit": {"168"}, "group_by[]": {"model", "batch"}, "project_ids[]": {"proj_emulated_a", "proj_emulated_b"},
		"user_ids[]": {"user-emulated-a"}, "api_key_ids[]": {"key_emulated_a"}, "models[]": {"gpt-5.4-2026-03-05"}, "batch": {"false"}}
	if got := asked(s); len(diags) > 0 || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("asked: %v, want %v, %q", got, want, diags)
	}
	if all := results(state); len(all) != 3 || all[0]["model"] != "gpt-5.4-2026-03-05" || all[0]["batch"] != false || all[0]["user_id"] != nil || all[0]["extra"] != nil {
		t.Errorf("results are %v", all)
	}
	s.Fail(emulator.Status(200, `{"data":[{"results":[{"object":"x","input_tokens":"7","input_cache_write_12h_tokens":2}]}]}`))
	state, diags = read(t, s, usage, object{"type": "completions", "start_time": "0", "bucket_width": "1w"})
	if all := results(state); len(diags) > 0 || all[0]["extra"] != `{"input_cache_write_12h_tokens":2}` || state["total"].(object)["input_tokens"] != 7.0 {
		t.Errorf("%v, %q", state, diags)
	}
	if got := asked(s)[1]; got.Has("limit") {
		t.Errorf("of buckets of an unknown length, a page was to have %s", got.Get("limit"))
	}
	s.Foreign = true
}

// No key is used for what is another's, and what is missing is said only where it is needed.
func TestKeys_areNotMixedUp(t *testing.T) {
	s := guarded(t)
	p := acctest.Speak(t)
	p.Connect(t, s, object{"admin_api_key": adminKey, "project": "proj_1", "organization": "org-1"})
	if _, diags := p.ReadData(t, "openai_models", nil); len(diags) > 0 {
		t.Error(diags)
	}
	if _, diags := p.ReadData(t, costs, object{"start_time": "2026-11-01"}); len(diags) > 0 {
		t.Error(diags)
	}
	models, report := s.Requests()[0].Header, s.Requests()[1].Header
	if models.Get("Authorization") != "Bearer "+acctest.Key || report.Get("Authorization") != "Bearer "+adminKey {
		t.Errorf("the keys are %q and %q", models.Get("Authorization"), report.Get("Authorization"))
	}
	if models.Get("OpenAI-Project") != "proj_1" || report.Get("OpenAI-Project") != "" || report.Get("OpenAI-Organization") != "org-1" {
		t.Errorf("the headers of a report are %v", report)
	}

	p = acctest.Speak(t)
	p.Connect(t, s)
	if _, diags := p.ReadData(t, "openai_models", nil); len(diags) > 0 {
		t.Error(diags)
	}
	_, diags := p.ReadData(t, costs, object{"start_time": "2026-11-01"})
	if len(diags) != 1 || !strings.Contains(diags[0], "admin_api_key") || !strings.Contains(diags[0], "OPENAI_ADMIN_KEY") {
		t.Errorf("without an admin key: %q", diags)
	}
	p = acctest.Speak(t)
	p.Connect(t, s, object{"headers": object{"Authorization": "Bearer " + acctest.Key, "X-Gateway": "g"}, "admin_api_key": adminKey})
	if _, diags := p.ReadData(t, usage, object{"type": "completions", "start_time": "2026-11-01"}); len(diags) > 0 {
		t.Errorf("with a header in place of the key: %q", diags)
	}
	if n := len(s.Requests()); n != 4 {
		t.Errorf("%d requests were sent", n)
	}
}

// What a server says of a key is shown without it, and with what to do.
func TestKeys_areNotShown(t *testing.T) {
	s := guarded(t)
	s.Fail(emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Incorrect API key provided: "+adminKey+"."))
	_, diags := read(t, s, costs, object{"start_time": "2026-11-01"})
	if said := strings.Join(diags, "\n"); strings.Contains(said, adminKey) || !strings.Contains(said, "provided: ***") || !strings.Contains(said, "OPENAI_ADMIN_KEY") {
		t.Errorf("%q", diags)
	}
	// Also where it is another call that repeats it.
	s.Fail(emulator.ErrorJSON(400, "invalid_request_error", "", "", "What is "+adminKey+"?"))
	p := acctest.Speak(t)
	p.Connect(t, s, object{"admin_api_key": adminKey})
	if _, diags := p.ReadData(t, "openai_models", nil); len(diags) != 1 || strings.Contains(diags[0], adminKey) || !strings.Contains(diags[0], "What is ***?") {
		t.Errorf("%q", diags)
	}
	p = acctest.Speak(t)
	p.Connect(t, s, object{"admin_api_key": acctest.Key})
	if _, diags := p.ReadData(t, costs, object{"start_time": "2026-11-01"}); len(diags) != 1 || !strings.Contains(diags[0], "Missing scopes: api.usage.read") || !strings.Contains(diags[0], "admin_api_key") {
		t.Errorf("an ordinary key: %q", diags)
	}
}

func TestAzure_hasNoOrganization(t *testing.T) {
	s := guarded(t)
	p := acctest.Speak(t)
	azure := object{"base_url": nil, "api_key": nil, "azure": object{"endpoint": "https://mine.openai.azure.com", "api_version": "1", "api_key": "k"}}
	p.Connect(t, s, azure)
	if _, diags := p.ReadData(t, costs, object{"start_time": "2026-11-01"}); len(diags) != 1 || !strings.Contains(diags[0], "Azure does not have") {
		t.Errorf("%q", diags)
	}
	azure["admin_api_key"] = adminKey
	resp, err := p.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{
		Config: acctest.Dynamic(t, acctest.Value(p.Schema.Provider.ValueType(), azure))})
	if err != nil {
		t.Fatal(err)
	}
	if diags := acctest.Texts(resp.Diagnostics); len(diags) != 1 || !strings.HasPrefix(diags[0], "error at admin_api_key: Conflicting arguments") {
		t.Errorf("%q", diags)
	}
}

func TestDataSources_refuseWhatCanNeverBeRight(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	for i, test := range []struct {
		typeName, at, says string
		config             object
	}{
		{costs, "start_time", "is not a time", object{"start_time": "yesterday"}},
		{costs, "start_time", "is not a time", object{"start_time": "-1"}},
		{costs, "start_time", "is not a time", object{"start_time": "2026-11-31"}},
		{costs, "end_time", "is not a time", object{"start_time": "0", "end_time": "1.5"}},
		{costs, "end_time", "after start_time", object{"start_time": "2026-11-01", "end_time": "2026-11-01T00:00:00Z"}},
		{usage, "end_time", "after start_time", object{"type": "completions", "start_time": "1700000000", "end_time": "2020-01-01"}},
		{usage, "type", "must not be empty", object{"type": "", "start_time": "0"}},
		{usage, "limit", "at least 1", object{"type": "completions", "start_time": "0", "limit": 0}},
		{usage, "models", "must not be empty", object{"type": "completions", "start_time": "0", "models": []any{}}},
	} {
		if _, diags := p.ReadData(t, test.typeName, test.config); len(diags) != 1 || !strings.HasPrefix(diags[0], "error at "+test.at+": ") || !strings.Contains(diags[0], test.says) {
			t.Errorf("%d: %q, want %q at %s", i, diags, test.says, test.at)
		}
	}
}

// The gate, with the CLI: a plan fails when the month has cost more than was agreed. The sum has no digits that
// no amount has.
func TestCosts_failAPlan(t *testing.T) {
	s := guarded(t)
	gate := func(limit string) string {
		return s.Provider(`admin_api_key = "`+adminKey+`"`) + `
data "openai_costs" "month" {
  start_time = 1793491200
  end_time   = timeadd("2026-11-01T00:00:00Z", "480h")

  lifecycle {
    postcondition {
      condition     = self.total <= ` + limit + `
      error_message = "This month has cost ${self.total} ${self.currency}."
    }
  }
}
`
	}
	s.Run(t,
		resource.TestStep{Config: gate("1000")},
		resource.TestStep{Config: gate("1"), PlanOnly: true, ExpectError: regexp.MustCompile(`has cost \d+(\.\d\d?)? usd\.`)},
	)
}
