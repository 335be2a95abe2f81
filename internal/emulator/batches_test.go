package emulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
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
