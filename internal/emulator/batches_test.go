package emulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const chatEndpoint = "/v1/chat/completions"

// task is one line of a batch of completions.
func task(id, user string, more ...string) string {
	return taskFor(id, chatEndpoint, asking(user, more...))
}

func taskFor(id, url, body string) string {
	return fmt.Sprintf(`{"custom_id":%q,"method":"POST","url":%q,"body":%s}`, id, url, body)
}

// tasks are lines t1, t2, … of a batch of completions.
func tasks(n int) (lines []string) {
	for i := range n {
		lines = append(lines, task(fmt.Sprint("t", i+1), fmt.Sprint("Reply with exactly: ", i+1)))
	}
	return lines
}

// input uploads lines as the input of a batch and returns its id.
func (r *rig) input(lines ...string) string {
	r.t.Helper()
	return r.form("/v1/files", "purpose", "batch", "file:in.jsonl", strings.Join(lines, "\n")).id()
}

// batch makes a batch of lines and returns its path.
func (r *rig) batch(endpoint string, lines ...string) string {
	r.t.Helper()
	made := r.do("POST", "/v1/batches", batchOf(r.input(lines...), endpoint))
	return "/v1/batches/" + made.id()
}

func batchOf(file, endpoint string, more ...string) string {
	return fmt.Sprintf(`{"input_file_id":%q,"endpoint":%q,"completion_window":"24h"%s}`, file, endpoint, strings.Join(append([]string{""}, more...), ","))
}

// lines are those of a file that a batch names, by custom_id, and the order in which they came. No file has none.
func (r *rig) lines(batch response, member string) (byID map[string]response, order []string) {
	r.t.Helper()
	byID = map[string]response{}
	id, ok := batch.get(member).(string)
	if !ok || id == "absent" {
		return byID, nil
	}
	content := r.do("GET", "/v1/files/"+id+"/content", "")
	equal(r.t, "content of "+member, content.status, 200)
	for line := range strings.Lines(content.text) {
		l := response{text: line}
		if err := json.Unmarshal([]byte(line), &l.json); err != nil {
			r.t.Fatal(err)
		}
		order = append(order, fmt.Sprint(l.get("custom_id")))
		byID[order[len(order)-1]] = l
	}
	return byID, order
}

func (r *rig) status(path string) string { return fmt.Sprint(r.do("GET", path, "").get("status")) }

func lineCounts(total, completed, failed float64) map[string]any {
	return map[string]any{"total": total, "completed": completed, "failed": failed}
}

func TestBatches_live(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now, BatchTime: 10 * time.Minute})
	file := r.input(tasks(4)...)
	made := r.do("POST", "/v1/batches", batchOf(file, chatEndpoint, `"metadata":{"a":"b"}`, `"output_expires_after":{"anchor":"created_at","seconds":3600}`))
	id := made.id()
	const born = 1.7e9
	want := map[string]any{
		"id": id, "object": "batch", "endpoint": chatEndpoint, "input_file_id": file, "completion_window": "24h", "status": "validating",
		"created_at": born, "expires_at": born + 24*3600, "metadata": map[string]any{"a": "b"}, "request_counts": lineCounts(0, 0, 0),
		"usage": map[string]any{
			"input_tokens": 0.0, "output_tokens": 0.0, "total_tokens": 0.0, "input_tokens_details": map[string]any{"cached_tokens": 0.0},
			"output_tokens_details": map[string]any{"reasoning_tokens": 0.0},
		},
	}
	for _, name := range strings.Fields(`errors output_file_id error_file_id in_progress_at finalizing_at completed_at failed_at expired_at
		cancelling_at cancelled_at`) {
		want[name] = nil
	}
	equal(t, "made", made.json, want)
	path := "/v1/batches/" + id
	equal(t, "validating", r.do("GET", path, "").json, want)

	now.advance(time.Minute)
	want["status"], want["in_progress_at"], want["model"] = "in_progress", born+60, "gpt-4o-2024-08-06"
	want["request_counts"] = lineCounts(4, 0, 0)
	equal(t, "in progress", r.do("GET", path, "").json, want)
	now.advance(4 * time.Minute)
	half := r.do("GET", path, "")
	equal(t, "halfway", []any{half.get("status"), half.get("request_counts"), r.Made()}, []any{"in_progress", lineCounts(4, 2, 0), 2})
	now.advance(4 * time.Minute)
	full := r.do("GET", path, "")
	equal(t, "finalizing", []any{full.get("status"), full.get("request_counts"), full.get("output_file_id")}, []any{"finalizing", lineCounts(4, 4, 0), nil})

	now.advance(time.Hour)
	got := r.do("GET", path, "")
	out, order := r.lines(got, "output_file_id")
	want["status"], want["finalizing_at"], want["completed_at"], want["request_counts"] = "completed", born+540, born+600, lineCounts(4, 4, 0)
	want["output_file_id"], want["usage"] = got.get("output_file_id"), got.get("usage")
	equal(t, "completed", got.json, want)
	equal(t, "listed", r.do("GET", "/v1/batches", "").get("data", 0), any(want))
	equal(t, "order", fmt.Sprint(order), "[t3 t4 t2 t1]")
	inputs, outputs := 0.0, 0.0
	for i := range 4 {
		line := out[fmt.Sprint("t", i+1)]
		alone := r.ask(fmt.Sprint("Reply with exactly: ", i+1))
		equal(t, "answer", line.get("response", "body", "choices"), alone.get("choices"))
		equal(t, "status of a line", []any{line.get("response", "status_code"), line.get("error")}, []any{200.0, nil})
		inputs += alone.get("usage", "prompt_tokens").(float64)
		outputs += alone.get("usage", "completion_tokens").(float64)
	}
	equal(t, "usage", []any{got.get("usage", "input_tokens"), got.get("usage", "output_tokens"), got.get("usage", "total_tokens")}, []any{inputs, outputs, inputs + outputs})
	about := r.do("GET", "/v1/files/"+got.get("output_file_id").(string), "")
	equal(t, "output file", []any{about.get("purpose"), about.get("filename"), about.get("created_at"), about.get("expires_at")},
		[]any{"batch_output", id + "_output.jsonl", born + 600, born + 600 + 3600})
	equal(t, "made", []int{r.Made(), r.MadeInBatches()}, []int{8, 4})
	refused(t, "cancel", r.do("POST", path+"/cancel", ""), 409, "Cannot cancel a batch with status 'completed'.")
	refused(t, "unknown", r.do("GET", "/v1/batches/batch_none", ""), 404, "No batch found with id 'batch_none'.")
}

func TestBatches_areDoneAtTheFirstLook(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	path := r.batch(chatEndpoint, tasks(2)...)
	got := r.do("GET", path, "")
	equal(t, "completed", []any{got.get("status"), got.get("in_progress_at"), got.get("finalizing_at"), got.get("completed_at"), got.get("error_file_id")},
		[]any{"completed", 1.7e9, 1.7e9, 1.7e9, nil})
	_, order := r.lines(got, "output_file_id")
	equal(t, "order", order, []string{"t2", "t1"})

	alone := r.batch(chatEndpoint, task("only", "Hi"))
	listed := response{json: r.do("GET", "/v1/batches?limit=1", "").get("data", 0)}
	out, _ := r.lines(listed, "output_file_id")
	equal(t, "a batch of one line, looked at in a list", []any{"/v1/batches/" + fmt.Sprint(listed.get("id")), len(out)}, []any{alone, 1})
	r.batch(chatEndpoint, tasks(3)...)
	equal(t, "made, though nobody has looked", r.Made(), 6)
}

// A line waits for no latency: with it, these would take five seconds at least.
func TestBatches_haveNoLatency(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Latency: 100 * time.Millisecond})
	path := r.batch(chatEndpoint, tasks(100)...)
	began := time.Now()
	equal(t, "batch", r.status(path), "completed")
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestBatches_takeLooks(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now, Processing: 3})
	path := r.batch(chatEndpoint, tasks(8)...)
	var told []string
	for range 5 {
		now.advance(time.Minute)
		resp := r.do("GET", path, "")
		told = append(told, fmt.Sprint(resp.get("status"), " ", resp.get("request_counts", "completed")))
	}
	equal(t, "told", told, []string{"in_progress 1", "in_progress 4", "in_progress 6", "completed 8", "completed 8"})
	got := r.do("GET", path, "")
	equal(t, "moments", []any{got.get("in_progress_at"), got.get("completed_at")}, []any{1.7e9, 1.7e9 + 180})
}

func TestBatches_refuse(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	file := r.input(tasks(1)...)
	for name, test := range map[string]struct{ body, message string }{
		"no file":       {`{"endpoint":"/v1/embeddings","completion_window":"24h"}`, "Missing required parameter: 'input_file_id'."},
		"unknown file":  {batchOf("file-none", chatEndpoint), "No such File object: file-none"},
		"other purpose": {batchOf(r.upload("a.jsonl", "{}"), chatEndpoint), "Expected 'batch'"},
		"endpoint":      {batchOf(file, "/v1/files"), "Invalid value: '/v1/files'."},
		"window":        {strings.Replace(batchOf(file, chatEndpoint), "24h", "1h", 1), "Invalid value: '1h'. Supported values are: '24h'."},
		"short life":    {batchOf(file, chatEndpoint, `"output_expires_after":{"anchor":"created_at","seconds":60}`), "Expected a value >= 3600"},
		"long life":     {batchOf(file, chatEndpoint, `"output_expires_after":{"anchor":"created_at","seconds":2592001}`), "Expected a value <= 2592000"},
		"metadata":      {batchOf(file, chatEndpoint, `"metadata":{"`+strings.Repeat("k", 65)+`":"v"}`), "property name too long"},
		"unknown":       {batchOf(file, chatEndpoint, `"colour":"red"`), "Unknown parameter: 'colour'."},
	} {
		refused(t, name, r.do("POST", "/v1/batches", test.body), 400, test.message)
	}
	equal(t, "none was made", r.Objects("batches"), []string{})
	refused(t, "no JSON lines", r.form("/v1/files", "purpose", "batch", "file:in.txt", "{}"), 400, "Must be .jsonl")
	equal(t, "no such method", r.do("DELETE", "/v1/batches/"+r.do("POST", "/v1/batches", batchOf(file, chatEndpoint)).id(), "").status, 405)
	equal(t, "input expires", r.do("GET", "/v1/files/"+file, "").get("expires_at"), 1.7e9+30*24*3600)
}

// failure is the errors of a batch in short: code, line, parameter.
func failure(batch response) string {
	var all []string
	data, _ := batch.get("errors", "data").([]any)
	for i := range data {
		all = append(all, fmt.Sprintf("%v %v %v", batch.get("errors", "data", i, "code"), batch.get("errors", "data", i, "line"), batch.get("errors", "data", i, "param")))
	}
	return strings.Join(all, ", ")
}

func TestBatches_fail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lines    []string
		endpoint string
		want     string
	}{
		"no JSON":        {[]string{task("a", "Hi"), `{"custom_id":`, "", `[]`}, "", "invalid_json_line 2 <nil>, invalid_json_line 4 <nil>"},
		"wrong types":    {[]string{`{"custom_id":1}`}, "", "invalid_json_line 1 <nil>"},
		"empty":          {[]string{"", "  "}, "", "empty_file <nil> <nil>"},
		"no ID":          {[]string{`{"method":"POST"}`, `{"custom_id":""}`}, "", "missing_required_parameter 1 custom_id, missing_required_parameter 2 custom_id"},
		"same ID":        {[]string{task("a", "Hi"), task("b", "Hi"), task("a", "Ho")}, "", "duplicate_custom_id 3 custom_id"},
		"no method":      {[]string{`{"custom_id":"a"}`}, "", "missing_required_parameter 1 method"},
		"method":         {[]string{strings.Replace(task("a", "Hi"), "POST", "GET", 1)}, "", "invalid_method 1 method"},
		"no URL":         {[]string{`{"custom_id":"a","method":"POST"}`}, "", "missing_required_parameter 1 url"},
		"other URL":      {[]string{taskFor("a", "/v1/embeddings", "{}")}, "", "url_mismatch 1 url"},
		"no body":        {[]string{`{"custom_id":"a","method":"POST","url":"/v1/chat/completions"}`}, "", "missing_required_parameter 1 body"},
		"body":           {[]string{taskFor("a", chatEndpoint, "[]")}, "", "invalid_request 1 body"},
		"no model":       {[]string{taskFor("a", chatEndpoint, "{}")}, "", "missing_required_parameter 1 body.model"},
		"unknown model":  {[]string{taskFor("a", chatEndpoint, `{"model":"gpt-none"}`)}, "", "model_not_found 1 body.model"},
		"two models":     {[]string{task("a", "Hi"), taskFor("b", chatEndpoint, `{"model":"gpt-4.1"}`)}, "", "model_mismatch 2 body.model"},
		"stream":         {[]string{task("a", "Hi", `"stream":true`)}, "", "invalid_request 1 body.stream"},
		"too many":       {[]string{strings.Repeat("{}\n", 50_001)}, "", "too_many_tasks <nil> <nil>"},
		"too many texts": {[]string{taskFor("a", "/v1/embeddings", embedding("text-embedding-3-small", `["`+strings.Repeat(`a","`, 50_000)+`b"]`))}, "/v1/embeddings", "too_many_tasks 1 body.input"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := newClock()
			r := start(t, emulator.Options{Now: now.Now, BatchTime: 10 * time.Minute})
			if test.endpoint == "" {
				test.endpoint = chatEndpoint
			}
			path := r.batch(test.endpoint, test.lines...)
			equal(t, "at first", r.status(path), "validating")
			now.advance(time.Hour)
			got := r.do("GET", path, "")
			want := []any{"failed", 1.7e9 + 60, nil, nil, nil, lineCounts(0, 0, 0), "absent"}
			equal(t, "batch", []any{got.get("status"), got.get("failed_at"), got.get("in_progress_at"), got.get("completed_at"),
				got.get("output_file_id"), got.get("request_counts"), got.get("model")}, want)
			if f := failure(got); !strings.HasPrefix(f, test.want) || (name != "too many" && f != test.want) {
				t.Errorf("errors: %s", f)
			}
			equal(t, "nothing is made", r.Made(), 0)
			refused(t, "cancel", r.do("POST", path+"/cancel", ""), 409, "Cannot cancel a batch with status 'failed'.")
		})
	}
}

func TestBatches_failOnDemand(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	r.FailBatch(emulator.BatchError{Code: "server_error", Message: "Sorry."}, emulator.BatchError{Code: "invalid", Line: 2, Message: "Bad.", Param: "body"})
	first, second := r.batch(chatEndpoint, tasks(2)...), r.batch(chatEndpoint, tasks(2)...)
	got := r.do("GET", first, "")
	equal(t, "first", []any{got.get("status"), failure(got), got.get("errors", "data", 0, "message")}, []any{"failed", "server_error <nil> <nil>, invalid 2 body", "Sorry."})
	equal(t, "second", r.status(second), "completed")
}

func TestBatches_linesThatAreRefused(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	got := r.do("GET", r.batch(chatEndpoint, task("good", "Hi"), task("bad", "Hi", `"n":0`)), "")
	equal(t, "batch", []any{got.get("status"), got.get("request_counts")}, []any{"completed", lineCounts(2, 1, 1)})
	out, _ := r.lines(got, "output_file_id")
	bad, _ := r.lines(got, "error_file_id")
	equal(t, "one each", []any{len(out), out["good"].get("error"), len(bad), bad["bad"].get("error")}, []any{1, nil, 1, nil})
	equal(t, "error", []any{bad["bad"].get("response", "status_code"), bad["bad"].get("response", "body", "error", "code")}, []any{400.0, "integer_below_min_value"})
	equal(t, "error file", r.do("GET", "/v1/files/"+got.get("error_file_id").(string), "").get("filename"), got.get("id").(string)+"_error.jsonl")

	got = r.do("GET", r.batch(chatEndpoint, task("bad", "Hi", `"n":0`), task("worse", "Hi", `"x":0`)), "")
	equal(t, "none good", []any{got.get("status"), got.get("request_counts"), got.get("output_file_id")}, []any{"completed", lineCounts(2, 0, 2), nil})
	equal(t, "billed", r.Made(), 1)
}

func TestBatches_faultsOfLines(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	r.FailLines(
		emulator.ErrorJSON(429, "requests", "rate_limit_exceeded", "", "Slow down.").Containing(`"t1"`),
		emulator.Status(502, "<html>").Containing("exactly: 2"),
		emulator.Reset().Containing(`"t3"`),
		emulator.ServerError().Containing(`"t4"`).AfterAnswer(),
	)
	got := r.do("GET", r.batch(chatEndpoint, tasks(5)...), "")
	equal(t, "batch", []any{got.get("status"), got.get("request_counts")}, []any{"completed", lineCounts(5, 1, 4)})
	bad, _ := r.lines(got, "error_file_id")
	equal(t, "error", []any{bad["t1"].get("response", "status_code"), bad["t1"].get("response", "body", "error", "message"), bad["t1"].get("error")}, []any{429.0, "Slow down.", nil})
	equal(t, "no JSON", []any{bad["t2"].get("response", "status_code"), bad["t2"].get("response", "body")}, []any{502.0, "<html>"})
	equal(t, "no answer", []any{bad["t3"].get("response"), bad["t3"].get("error", "code")}, []any{nil, "server_error"})
	equal(t, "after the answer", bad["t4"].get("response", "status_code"), 500)
	equal(t, "billed", r.Made(), 2)
	equal(t, "used up", r.do("GET", r.batch(chatEndpoint, tasks(5)...), "").get("request_counts"), lineCounts(5, 5, 0))

	r.FailLines(emulator.ServerError().Repeat(-1))
	r.Heal()
	equal(t, "healed", r.do("GET", r.batch(chatEndpoint, tasks(1)...), "").get("request_counts"), lineCounts(1, 1, 0))
}

func TestBatches_expire(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now, BatchTime: 48 * time.Hour})
	path := r.batch(chatEndpoint, tasks(4)...)
	now.advance(24*time.Hour - time.Second)
	equal(t, "to the last second", r.status(path), "in_progress")
	now.advance(30 * time.Hour)
	got := r.do("GET", path, "")
	equal(t, "batch", []any{got.get("status"), got.get("expired_at"), got.get("completed_at"), got.get("request_counts")},
		[]any{"expired", 1.7e9 + 24*3600, nil, lineCounts(4, 2, 0)})
	out, order := r.lines(got, "output_file_id")
	late, rest := r.lines(got, "error_file_id")
	equal(t, "all lines", []int{len(out), len(late), len(order) + len(rest)}, []int{2, 2, 4})
	for _, line := range late {
		equal(t, "late", []any{line.get("response"), line.get("error", "code"), line.get("error", "message")},
			[]any{nil, "batch_expired", "This request could not be executed before the completion window expired."})
	}
	equal(t, "billed", r.Made(), 2)
	refused(t, "cancel", r.do("POST", path+"/cancel", ""), 409, "'expired'")
}

func TestBatches_areCancelled(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now, BatchTime: 50 * time.Minute})
	path := r.batch(chatEndpoint, tasks(4)...)
	young := r.batch(chatEndpoint, tasks(4)...)
	equal(t, "in validation", r.do("POST", young+"/cancel", "").get("status"), "cancelling")
	now.advance(25 * time.Minute)
	got := r.do("POST", path+"/cancel", "")
	equal(t, "cancelling", []any{got.get("status"), got.get("cancelling_at"), got.get("request_counts"), got.get("output_file_id")},
		[]any{"cancelling", 1.7e9 + 25*60, lineCounts(4, 2, 0), nil})
	now.advance(4 * time.Minute)
	equal(t, "again", r.do("POST", path+"/cancel", "").get("cancelling_at"), 1.7e9+25*60)
	equal(t, "still", r.status(path), "cancelling")
	now.advance(time.Hour)
	got = r.do("GET", path, "")
	equal(t, "cancelled", []any{got.get("status"), got.get("cancelling_at"), got.get("cancelled_at"), got.get("request_counts")},
		[]any{"cancelled", 1.7e9 + 25*60, 1.7e9 + 30*60, lineCounts(4, 2, 0)})
	out, _ := r.lines(got, "output_file_id")
	rest, _ := r.lines(got, "error_file_id")
	equal(t, "all lines", []int{len(out), len(rest), r.Made()}, []int{2, 2, 2})
	for _, line := range rest {
		equal(t, "rest", []any{line.get("response"), line.get("error", "code")}, []any{nil, "batch_cancelled"})
	}
	refused(t, "too late", r.do("POST", path+"/cancel", ""), 409, "Cannot cancel a batch with status 'cancelled'.")
	got = r.do("GET", young, "")
	equal(t, "before it began", []any{got.get("status"), got.get("request_counts"), got.get("output_file_id"), got.get("error_file_id")},
		[]any{"cancelled", lineCounts(0, 0, 0), nil, nil})
}

func TestBatches_lag(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now, Lag: 1, ListLag: time.Minute})
	body := batchOf(r.input(tasks(2)...), chatEndpoint)
	refused(t, "input", r.do("POST", "/v1/batches", body), 400, "No such File object")
	path := "/v1/batches/" + r.do("POST", "/v1/batches", body).id()
	equal(t, "not in a list", r.do("GET", "/v1/batches", "").ids(), []string{})
	refused(t, "batch", r.do("GET", path, ""), 404, "No batch found")
	got := r.do("GET", path, "")
	equal(t, "batch", got.get("status"), "completed")
	content := "/v1/files/" + got.get("output_file_id").(string) + "/content"
	equal(t, "output", r.do("GET", content, "").status, 404)
	equal(t, "output, again", r.do("GET", content, "").status, 200)
	now.advance(59 * time.Second)
	equal(t, "still not in a list", r.do("GET", "/v1/batches", "").ids(), []string{})
	now.advance(time.Second)
	equal(t, "in a list", len(r.do("GET", "/v1/batches", "").ids()), 1)
}

func TestBatches_areListed(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	file := r.input(tasks(1)...)
	var ids []string
	for range 5 {
		ids = append([]string{r.do("POST", "/v1/batches", batchOf(file, chatEndpoint)).id()}, ids...)
	}
	first := r.do("GET", "/v1/batches?limit=2", "")
	equal(t, "newest first", first.ids(), ids[:2])
	equal(t, "page", []any{first.get("has_more"), first.get("first_id"), first.get("last_id")}, []any{true, ids[0], ids[1]})
	last := r.do("GET", "/v1/batches?limit=3&after="+ids[1], "")
	equal(t, "last page", []any{fmt.Sprint(last.ids()), last.get("has_more")}, []any{fmt.Sprint(ids[2:]), false})
	equal(t, "none", r.do("GET", "/v1/batches?after="+ids[4], "").ids(), []string{})
	refused(t, "limit", r.do("GET", "/v1/batches?limit=101", ""), 400, "Expected a value <= 100")
}

func TestBatches_faultsOfRequests(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	file := r.input(tasks(1)...)
	r.Fail(emulator.TruncateBody(0).On("POST", "/batches"), emulator.ServerError().On("GET", "/batches"), emulator.RateLimited("1").On("POST", "/batches"))
	equal(t, "lost answer", r.do("POST", "/v1/batches", batchOf(file, chatEndpoint)).text, "")
	equal(t, "but made", len(r.Objects("batches")), 1)
	path := "/v1/batches/" + r.Objects("batches")[0]
	equal(t, "a look that fails", r.do("GET", path, "").status, 500)
	equal(t, "a cancel that fails", r.do("POST", path+"/cancel", "").status, 429)
	equal(t, "then", r.status(path), "completed")
}

func TestBatches_ofOtherEndpoints(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	run := func(endpoint string, bodies ...string) (response, map[string]response, map[string]response) {
		var lines []string
		for i, body := range bodies {
			lines = append(lines, taskFor(fmt.Sprint("t", i+1), endpoint, body))
		}
		got := r.do("GET", r.batch(endpoint, lines...), "")
		out, _ := r.lines(got, "output_file_id")
		bad, _ := r.lines(got, "error_file_id")
		return got, out, bad
	}
	got, out, _ := run("/v1/embeddings", embedding("text-embedding-3-small", `"Hello"`), embedding("text-embedding-3-small", `["a","b"]`))
	equal(t, "embeddings", out["t1"].get("response", "body"), r.embed(`"Hello"`).json)
	equal(t, "model and usage", []any{got.get("model"), got.get("usage", "input_tokens"), got.get("usage", "output_tokens")}, []any{"text-embedding-3-small", 3.0, 0.0})
	_, out, _ = run("/v1/moderations", `{"input":"I will kill you"}`)
	equal(t, "moderations", out["t1"].get("response", "body", "results", 0, "flagged"), true)
	_, _, bad := run("/v1/completions", `{"model":"gpt-4o","prompt":"Hi"}`)
	equal(t, "not served", bad["t1"].get("response", "status_code"), 404)
}

func TestBatches_countWhatWasAnswered(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	r.ask("Hi", `"seed":1`, `"stream":true`)
	r.batch(chatEndpoint, task("a", "Hi", `"seed":1`), task("b", "Ho"), task("c", "Hi", `"n":0`))
	equal(t, "answered", r.Answered(), map[string]int{
		`{"messages":[{"content":"Hi","role":"user"}],"model":"gpt-4o","seed":1}`: 2,
		`{"messages":[{"content":"Ho","role":"user"}],"model":"gpt-4o"}`:          1,
	})
	equal(t, "made", []int{r.Made(), r.MadeInBatches()}, []int{3, 2})
}

func TestBatches_queueSoManyTokens(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now, BatchTime: 10 * time.Minute, BatchTokens: 40})
	long, short := strings.Repeat("word ", 30), "word"
	first := r.batch(chatEndpoint, task("a", long))
	second := r.batch(chatEndpoint, task("a", long))
	other := r.batch("/v1/embeddings", taskFor("a", "/v1/embeddings", embedding("text-embedding-3-small", `"`+long+`"`)))
	now.advance(10 * time.Minute)
	third := r.batch(chatEndpoint, task("a", long))
	alone := r.batch(chatEndpoint, task("a", strings.Repeat(long, 2)))
	now.advance(time.Hour)
	small := r.batch(chatEndpoint, task("a", short))
	now.advance(time.Hour)
	failed := r.do("GET", second, "")
	equal(t, "second", failure(failed), "token_limit_exceeded <nil> <nil>")
	equal(t, "words", failed.get("errors", "data", 0, "message"), "Enqueued token limit reached for gpt-4o in organization org-emulator. "+
		"Limit: 40 enqueued tokens. Please try again once some in_progress batches have been completed.")
	equal(t, "others", []string{r.status(first), r.status(other), r.status(third), r.status(alone), r.status(small)},
		[]string{"completed", "completed", "completed", "failed", "completed"})
}

func TestBatches_large(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{AllowDownloads: true})
	var lines []string
	for i := range 3000 {
		lines = append(lines, task(fmt.Sprint("t", i+1), "Reply with exactly: x", fmt.Sprintf(`"safety_identifier":"%060d"`, i)))
	}
	whole := strings.Join(lines, "\n")
	if len(whole) < 512<<10 {
		t.Fatal("not larger than what is kept of other files")
	}
	upload := r.do("POST", "/v1/uploads", fmt.Sprintf(`{"filename":"a.jsonl","purpose":"batch","bytes":%d,"mime_type":"application/jsonl"}`, len(whole))).id()
	part := r.form("/v1/uploads/"+upload+"/parts", "data:blob", whole).id()
	inParts := fmt.Sprint(r.do("POST", "/v1/uploads/"+upload+"/complete", `{"part_ids":["`+part+`"]}`).get("file", "id"))
	var orders []string
	for _, file := range []string{r.input(lines...), inParts} {
		got := r.do("GET", "/v1/batches/"+r.do("POST", "/v1/batches", batchOf(file, chatEndpoint)).id(), "")
		equal(t, "batch", []any{got.get("status"), got.get("request_counts")}, []any{"completed", lineCounts(3000, 3000, 0)})
		out, order := r.lines(got, "output_file_id")
		equal(t, "lines", len(out), 3000)
		orders = append(orders, fmt.Sprint(order[:5]))
	}
	if orders[0] == orders[1] || orders[0] == "[t1 t2 t3 t4 t5]" {
		t.Errorf("orders: %s", orders)
	}
	other := r.form("/v1/files", "file:in.jsonl", whole, "purpose", "assistants").id()
	refused(t, "for another purpose", r.do("GET", "/v1/files/"+other+"/content", ""), 500, "small files only")
}

func TestBatches_changedBehindTheBack(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	path := r.batch(chatEndpoint, tasks(2)...)
	equal(t, "change", r.Change(strings.TrimPrefix(path, "/v1/"), map[string]any{"status": "expired", "expired_at": 1}), true)
	got := r.do("GET", path, "")
	equal(t, "changed", []any{got.get("status"), got.get("expired_at"), r.Made()}, []any{"expired", 1.0, 0})
	equal(t, "remove", r.Remove(strings.TrimPrefix(path, "/v1/")), true)
	equal(t, "removed", r.do("GET", path, "").status, 404)
}

func TestBatches_areTheSameInEachRun(t *testing.T) {
	t.Parallel()
	var runs []string
	for range 2 {
		r := start(t, emulator.Options{})
		r.batch(chatEndpoint, tasks(200)...)
		r.Made()
		file := r.Objects("files")[1]
		runs = append(runs, r.do("GET", "/v1/files/"+file+"/content", "").text)
	}
	if runs[0] != runs[1] || !strings.Contains(runs[0], `"t200"`) {
		t.Error("two runs differ")
	}
}

func TestBatches_serve32AtOnce(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now, BatchTime: 10 * time.Minute})
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			path := r.batch(chatEndpoint, tasks(5)...)
			now.advance(time.Minute)
			r.do("GET", path, "")
			r.do("GET", "/v1/batches?limit=50", "")
			if i%2 == 0 {
				r.do("POST", path+"/cancel", "")
			}
			r.Change(strings.TrimPrefix(path, "/v1/"), map[string]any{"metadata": map[string]string{"a": "b"}})
		})
	}
	wg.Wait()
	now.advance(time.Hour)
	ended := map[string]int{}
	for i := range 32 {
		ended[fmt.Sprint(r.do("GET", "/v1/batches?limit=50", "").get("data", i, "status"))]++
	}
	equal(t, "all have ended", ended["completed"]+ended["cancelled"], 32)
}
