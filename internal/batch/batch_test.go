package batch_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/batch"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

type object = map[string]any

const typeName = "openai_batch"

// ask is a request that is answered with a text.
func ask(id, answer string) object {
	return object{"custom_id": id, "body": fmt.Sprintf(`{"model":"gpt-4o","messages":[{"role":"user","content":"Reply with exactly: %s"}]}`, answer)}
}

// configured is a configuration of so many requests, t1, t2, …, with changes.
func configured(n int, changes object) object {
	list := []any{}
	for i := range n {
		list = append(list, ask(fmt.Sprint("t", i+1), fmt.Sprint("<", i+1, ">")))
	}
	config := object{"endpoint": "/v1/chat/completions", "requests": list}
	maps.Copy(config, changes)
	return config
}

func stateOf(i *acctest.Instance) object {
	state, _ := i.State().(object)
	return state
}

// answers are the texts of the results in a state, by the requests' names.
func answers(t *testing.T, state object) map[string]string {
	t.Helper()
	all := map[string]string{}
	results, _ := state["results"].(object)
	for id, v := range results {
		var answer struct {
			Choices []struct{ Message struct{ Content string } }
		}
		if text, ok := v.(string); !ok || json.Unmarshal([]byte(text), &answer) != nil || len(answer.Choices) != 1 {
			t.Errorf("%s: %v", id, v)
			continue
		}
		all[id] = answer.Choices[0].Message.Content
	}
	return all
}

// says checks that there is one diagnostic, and what it says.
func says(t *testing.T, diags []string, parts ...string) {
	t.Helper()
	if len(diags) != 1 {
		t.Errorf("said: %q", diags)
		return
	}
	for _, part := range parts {
		if !strings.Contains(diags[0], part) {
			t.Errorf("said: %q, not %q", diags[0], part)
		}
	}
}

func count(w *acctest.World, request string) (n int) {
	for _, sent := range w.Sent() {
		if strings.HasPrefix(sent, request) {
			n++
		}
	}
	return n
}

// restarted is the world with another process of the provider, as the next run of Terraform has.
func restarted(t *testing.T, w *acctest.World) acctest.Protocol {
	t.Helper()
	p := acctest.Speak(t, w.Clock.Adjust)
	p.Connect(t, w.Server)
	return p
}

func TestBatch_livesAndDies(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: 20 * time.Hour})
	i := w.Instance(typeName)
	config := configured(3, object{"metadata": object{"team": "docs"}, "output_expires_after": object{"anchor": "created_at", "seconds": 7200}, "triggers": object{"night": "1"}})
	plan := i.Plan(t, config)
	acctest.Quiet(t, plan.Diags)
	if value := plan.Value.(object); value["results"] != (acctest.Unknown{}) || value["results_sha256"] != nil || value["status"] != (acctest.Unknown{}) {
		t.Errorf("the plan is %v", value)
	}
	acctest.Quiet(t, i.Apply(t, config))
	state := stateOf(i)
	if got := answers(t, state); !maps.Equal(got, map[string]string{"t1": "<1>", "t2": "<2>", "t3": "<3>"}) {
		t.Errorf("results: %v", got)
	}
	usage, _ := state["usage"].(object)
	want := object{"status": "completed", "errors": object{}, "batch_errors": nil, "results_sha256": nil, "metadata": object{"team": "docs"}, "completion_window": nil,
		"request_counts": object{"total": 3.0, "completed": 3.0, "failed": 0.0}, "error_file_id": nil, "failed_at": nil}
	for name, value := range want {
		if !reflect.DeepEqual(state[name], value) {
			t.Errorf("%s is %v", name, state[name])
		}
	}
	if usage["total_tokens"] == nil || state["output_file_id"] == nil || state["completed_at"].(float64)-state["created_at"].(float64) != 20*3600 || state["model"] == nil {
		t.Errorf("state: %v", state)
	}
	acctest.Unchanged(t, i, config)
	w.Clock.Pass(48 * time.Hour) // the files with the results are gone, and the time expires_at has passed
	acctest.Unchanged(t, i, config)
	if id := i.Identity(t); !reflect.DeepEqual(id, object{"id": state["id"]}) {
		t.Errorf("identity: %v", id)
	}
	if diags := i.PlanDestroy(t); len(diags) != 1 || !strings.Contains(diags[0], "stays in the list of batches") {
		t.Errorf("said: %q", diags)
	}
	acctest.Quiet(t, i.Destroy(t))
	if left := w.Objects("files"); len(left) > 0 || count(w, "POST batches/") > 0 {
		t.Errorf("left: %v; sent: %v", left, w.Sent())
	}
	// What was destroyed is not taken up again.
	i.Continue(restarted(t, w))
	acctest.Quiet(t, i.Apply(t, config))
	if now := stateOf(i); now["id"] == state["id"] || len(answers(t, now)) != 3 {
		t.Errorf("made again: %v", now["id"])
	}
}

func TestBatch_isReplaced(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	i := w.Instance(typeName)
	acctest.Quiet(t, i.Apply(t, configured(2, nil)))
	for name, changes := range map[string]object{
		"requests": {"requests": []any{ask("t1", "<1>")}}, "metadata": {"metadata": object{"a": "b"}}, "triggers": {"triggers": object{"a": "b"}},
		"endpoint": {"endpoint": "/v1/responses"}, "expiry": {"output_expires_after": object{"anchor": "created_at", "seconds": 3600}}, "window": {"completion_window": "12h"},
		"input": {"requests": nil, "input_file_id": "file-1"},
	} {
		if plan := i.Plan(t, configured(2, changes)); !plan.Replace || len(plan.Diags) > 0 || plan.Value.(object)["results"] != (acctest.Unknown{}) {
			t.Errorf("%s: %v, %q", name, plan.Replace, plan.Diags)
		}
	}
	body := "{\"messages\": [ {\"content\": \"Reply with exactly: <1>\", \"role\":\"user\"}],\n\"model\":\"gpt-4o\"}"
	same := configured(2, object{"wait": true, "timeouts": object{"create": "1h"}})
	same["requests"].([]any)[0] = object{"custom_id": "t1", "body": body}
	if plan := i.Plan(t, same); plan.Replace || len(plan.Diags) > 0 {
		t.Errorf("another spelling: %v, %q", plan.Replace, plan.Diags)
	}
	// A replacement, whether or not the requests change, is another batch.
	first := stateOf(i)["id"]
	acctest.Quiet(t, i.Apply(t, configured(2, object{"triggers": object{"a": "b"}})))
	second := stateOf(i)["id"]
	i.Continue(restarted(t, w))
	i.Taint()
	acctest.Quiet(t, i.Apply(t, configured(2, object{"triggers": object{"a": "b"}})))
	if third := stateOf(i)["id"]; first == second || second == third || third == nil || len(w.Objects("batches")) != 3 {
		t.Errorf("batches: %v, %v, %v", first, second, third)
	}
}

// A wait that ends is no failure, and what is pending is collected by a later apply.
func TestBatch_isPending(t *testing.T) {
	for name, changes := range map[string]object{"no wait": {"wait": false}, "a short one": {"timeouts": object{"create": "3h", "update": "1h"}}} {
		t.Run(name, func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{BatchTime: 10 * time.Hour})
			i := w.Instance(typeName)
			config := configured(4, changes)
			says(t, i.Apply(t, config), "warning: Batch is pending: ", "It is in the state, and an apply collects the results when it has ended")
			state := stateOf(i)
			if state["id"] == nil || state["results"] != nil || state["errors"] != nil || state["status"] == "completed" {
				t.Errorf("state: %v", state)
			}
			w.Clock.Pass(time.Unix(int64(state["created_at"].(float64)), 0).Add(5 * time.Hour).Sub(w.Clock.Now()))
			i.Continue(restarted(t, w))
			plan := i.Plan(t, config)
			says(t, plan.Diags, "warning: Batch is pending: The apply ", "collects the results of ", "in_progress, 2 of 4 requests done, running for 5 h")
			if plan.Replace || plan.Value.(object)["results"] != (acctest.Unknown{}) || stateOf(i)["status"] != "in_progress" {
				t.Errorf("the plan is %v", plan.Value)
			}
			diags := i.Apply(t, config)
			if len(diags) != 2 || !strings.Contains(fmt.Sprint(diags), "in_progress") || stateOf(i)["results"] != nil || i.State() == nil {
				t.Errorf("still pending: %q", diags)
			}
			w.Clock.Pass(6 * time.Hour)
			plan = i.Plan(t, config)
			says(t, plan.Diags, "warning: Batch is pending: The apply collects the results of batch batch_", "(completed).")
			says(t, i.Apply(t, config), "The apply collects the results") // of its plan
			if got := answers(t, stateOf(i)); len(got) != 4 || stateOf(i)["status"] != "completed" || count(w, "POST batches") != 1 {
				t.Errorf("results: %v", got)
			}
			acctest.Unchanged(t, i, config)
		})
	}
}

// Without a refresh, an apply collects all the same.
func TestBatch_isCollectedWithoutRefresh(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: time.Hour})
	i := w.Instance(typeName)
	config := configured(1, object{"wait": false})
	i.Apply(t, config)
	w.Clock.Pass(2 * time.Hour)
	says(t, i.Apply(t, config), "collects the results of batch ", "if it has ended by then")
	if got := answers(t, stateOf(i)); len(got) != 1 {
		t.Errorf("results: %v", got)
	}
	acctest.Unchanged(t, i, config)
}

// An apply that is killed after the submission, or loses the answer to it, has not submitted in vain.
func TestBatch_isSubmittedOnce(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: 10 * time.Hour})
	config := configured(2, object{"wait": false})
	w.Instance(typeName).Apply(t, config) // its state is lost
	w.Clock.Pass(5 * time.Hour)
	i := restarted(t, w).Instance(typeName)
	config["wait"] = nil
	diags := i.Apply(t, config)
	says(t, diags, "warning: Batch was already submitted: Batch batch_", "is taken over")
	if got := answers(t, stateOf(i)); len(got) != 2 || len(w.Objects("batches")) != 1 || count(w, "POST files") != 1 {
		t.Errorf("results: %v, sent: %v", got, w.Sent())
	}
	acctest.Unchanged(t, i, config)

	w.Fail(emulator.Fault{Reset: true, Late: true}.On("POST", "/v1/batches"))
	i = restarted(t, w).Instance(typeName)
	config["triggers"] = object{"a": "b"}
	says(t, i.Apply(t, config), "Batch was already submitted")
	if got := answers(t, stateOf(i)); len(got) != 2 || len(w.Objects("batches")) != 2 {
		t.Errorf("results: %v, %v", got, w.Objects("batches"))
	}
	if twice := w.AnsweredTwice(); len(twice) != 2 { // once for each of the triggers
		t.Errorf("answered twice: %q", twice)
	}
}

// Two resources with the same requests have a batch each.
func TestBatch_areTwo(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	a, b := w.Instance(typeName), w.Instance(typeName)
	acctest.Quiet(t, a.Apply(t, configured(1, nil)))
	acctest.Quiet(t, b.Apply(t, configured(1, nil)))
	if stateOf(a)["id"] == stateOf(b)["id"] {
		t.Error("they share one")
	}
}

// What the server refuses is said at the request that is at fault, and costs nothing.
func TestBatch_fails(t *testing.T) {
	refusals := []emulator.BatchError{{Code: "invalid_request", Line: 2, Message: "Unknown tool", Param: "body.tools"}, {Code: "token_limit_exceeded", Message: "Too many tokens."}, {Line: 9, Message: "Too far."}}
	w := acctest.NewWorld(t, emulator.Options{BatchTime: time.Hour})
	i := w.Instance(typeName)
	w.FailBatch(refusals...)
	check := func(diags []string) {
		t.Helper()
		all := strings.Join(diags, "\n")
		for _, part := range []string{`error at requests[1]: Batch has failed: requests[1]: The server refuses batch batch_`, `"t2": Unknown tool. (invalid_request) Nothing was answered, and nothing is to be paid for.`,
			"error at requests: Batch has failed: ", "Too many tokens. (token_limit_exceeded)", "error at input_file_id: Batch has failed: ", "line 9: Too far."} {
			if !strings.Contains(all, part) {
				t.Errorf("not %q in:\n%s", part, all)
			}
		}
		state := stateOf(i)
		if errors, _ := state["batch_errors"].([]any); state["status"] != "failed" || len(errors) != 3 || !reflect.DeepEqual(state["errors"], object{"t2": "Unknown tool"}) || state["results"] != nil {
			t.Errorf("state: %v", state)
		}
	}
	check(i.Apply(t, configured(3, nil)))
	acctest.Quiet(t, i.Apply(t, configured(3, nil))) // it is tainted, and made anew
	if got := answers(t, stateOf(i)); len(got) != 3 {
		t.Errorf("results: %v", got)
	}

	// Where the failure comes when nobody waits, the batch is not tainted, and replaced all the same.
	i, config := w.Instance(typeName), configured(3, object{"wait": false, "triggers": object{"a": "b"}})
	w.FailBatch(refusals...)
	i.Apply(t, config)
	w.Clock.Pass(time.Hour)
	i.Continue(restarted(t, w))
	check(i.Apply(t, config))
	old := stateOf(i)["id"]
	plan := i.Plan(t, config)
	if says(t, plan.Diags, "warning: Batch has no answers: Batch batch_", `has the status "failed"`, "line 2: Unknown tool", "submits the requests again"); !plan.Replace {
		t.Error("it is not replaced")
	}
	w.FailBatch(refusals...)
	i.Apply(t, config)
	w.Clock.Pass(time.Hour)
	acctest.Quiet(t, i.Refresh(t))
	if state := stateOf(i); state["status"] != "failed" || state["id"] == old || !reflect.DeepEqual(state["errors"], object{"t2": "Unknown tool"}) {
		t.Errorf("seen by a refresh: %v", state)
	}
	if plan := i.Plan(t, config); !plan.Replace {
		t.Error("it is not replaced")
	}
}

// Some requests that fail do not take away what the others have.
func TestBatch_hasErrors(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	i := w.Instance(typeName)
	w.FailLines(emulator.ErrorJSON(429, "requests", "rate_limit_exceeded", "", "Slow down.").Containing(`"t2"`))
	says(t, i.Apply(t, configured(3, nil)), "warning: Some requests have no answer: Batch batch_", "2 requests were answered, and 1 were not", "t2: 429 Too Many Requests: Slow down.")
	state := stateOf(i)
	failures, _ := state["errors"].(object)
	if got := answers(t, state); !maps.Equal(got, map[string]string{"t1": "<1>", "t3": "<3>"}) || len(failures) != 1 || !strings.Contains(failures["t2"].(string), "Slow down.") {
		t.Errorf("results: %v, errors: %v", got, failures)
	}
	acctest.Unchanged(t, i, configured(3, nil))
}

// A request that the results do not speak of has no answer, and neither has one whose answer nobody can read.
func TestBatch_hasGaps(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	i := w.Instance(typeName)
	w.Fail(emulator.Status(http.StatusOK, `{"custom_id":"t2","response":{"status_code":200,"body":{"x":1}}}`+"\n"+`{"custom_id":"t3","response":{"status_code":200,"body":"<html>"}}`).On("GET", "/v1/files/"))
	says(t, i.Apply(t, configured(3, nil)), "1 requests were answered, and 2 were not", "t1: The server's results have nothing about this request.", "t3: The server answered 200 OK with a text/html page")
	if state := stateOf(i); !reflect.DeepEqual(state["results"], object{"t2": `{"x":1}`}) || len(state["errors"].(object)) != 2 {
		t.Errorf("state: %v", state)
	}
}

// A batch that is completed without any answer is no success.
func TestBatch_hasNoAnswers(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: time.Hour})
	i := w.Instance(typeName)
	w.FailLines(emulator.ServerError().Repeat(2))
	says(t, i.Apply(t, configured(2, nil)), "error: Batch has no answers: Batch batch_", `has the status "completed"`, "t1: 500", "t2: 500")
	if state := stateOf(i); state["status"] != "completed" || state["output_file_id"] != nil || len(state["errors"].(object)) != 2 {
		t.Errorf("state: %v", state)
	}
	acctest.Quiet(t, i.Apply(t, configured(2, nil))) // it is tainted

	i = w.Instance(typeName)
	config := configured(2, object{"wait": false, "triggers": object{"a": "b"}})
	i.Apply(t, config)
	w.FailLines(emulator.ServerError().Repeat(2))
	w.Clock.Pass(time.Hour)
	diags := i.Apply(t, config)
	if len(diags) != 2 || !strings.Contains(fmt.Sprint(diags), "error: Batch has no answers") {
		t.Errorf("said: %q", diags)
	}
	if plan := i.Plan(t, config); !plan.Replace || !strings.Contains(fmt.Sprint(plan.Diags), "t1: 500") {
		t.Errorf("replaced: %v, %q", plan.Replace, plan.Diags)
	}
}

// What an expired batch has answered is paid for, and kept.
func TestBatch_expires(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: 48 * time.Hour})
	i := w.Instance(typeName)
	config := configured(4, object{"timeouts": object{"create": "30h"}})
	says(t, i.Apply(t, config), `has the status "expired". 2 requests were answered, and 2 were not`, "could not be executed before the completion window expired")
	if state := stateOf(i); len(answers(t, state)) != 2 || state["status"] != "expired" {
		t.Errorf("state: %v", state)
	}
	acctest.Unchanged(t, i, config)
}

func TestBatch_isCancelled(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: 10 * time.Hour})
	i := w.Instance(typeName)
	config := configured(4, object{"wait": false})
	i.Apply(t, config)
	w.Clock.Pass(5 * time.Hour)
	id := stateOf(i)["id"].(string)
	progress, diags := w.Invoke(t, "openai_batch_cancel", object{"batch_id": id})
	if len(diags) > 0 || len(progress) != 1 || !strings.Contains(progress[0], `has the status "cancelling": 2 of 4 requests were answered`) {
		t.Errorf("said: %q, %q", progress, diags)
	}
	w.Clock.Pass(time.Hour)
	if _, diags := w.Invoke(t, "openai_batch_cancel", object{"batch_id": id}); len(diags) > 0 {
		t.Errorf("again: %q", diags)
	}
	if _, diags := w.Invoke(t, "openai_batch_cancel", object{"batch_id": "batch_none"}); len(diags) != 1 || !strings.Contains(diags[0], "Could not cancel batch batch_none") {
		t.Errorf("one that is not there: %q", diags)
	}
	acctest.Quiet(t, i.Refresh(t))
	if diags := i.Apply(t, config); len(diags) != 2 || !strings.Contains(fmt.Sprint(diags), `has the status "cancelled". 2 requests were answered, and 2 were not`) {
		t.Errorf("said: %q", diags)
	}
	if got := answers(t, stateOf(i)); len(got) != 2 {
		t.Errorf("results: %v", got)
	}
	acctest.Unchanged(t, i, config)

	// One that was cancelled before anything was answered is as somebody wanted it.
	i, config = w.Instance(typeName), configured(4, object{"wait": false, "triggers": object{"a": "b"}})
	i.Apply(t, config)
	w.Invoke(t, "openai_batch_cancel", object{"batch_id": stateOf(i)["id"]})
	w.Clock.Pass(time.Hour)
	acctest.Quiet(t, i.Refresh(t))
	if diags := i.Apply(t, config); len(diags) != 2 || !strings.Contains(fmt.Sprint(diags), "warning: Batch was cancelled") {
		t.Errorf("said: %q", diags)
	}
	acctest.Unchanged(t, i, config)
}

// To destroy what is running cancels it, and leaves no files.
func TestBatch_destroyCancels(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: 10 * time.Hour})
	i, config := w.Instance(typeName), configured(4, object{"wait": false})
	i.Apply(t, config)
	w.Clock.Pass(5 * time.Hour)
	made := w.Clock.Now()
	acctest.Quiet(t, i.Destroy(t))
	if w.Clock.Now().Sub(made) > 11*time.Minute || count(w, "POST batches/") != 1 || len(w.Objects("files")) > 0 {
		t.Errorf("left: %v after %v", w.Objects("files"), w.Clock.Now().Sub(made))
	}

	// Where the server takes too long, it stays in the state.
	i.Apply(t, config)
	w.Clock.Pass(5 * time.Hour)
	impatient := configured(4, object{"wait": false, "timeouts": object{"delete": "2m"}})
	i.Apply(t, impatient)
	says(t, i.Destroy(t), "error: Could not delete batch batch_", "It was told to end, and has not", "It stays in the state.")
	if i.State() == nil {
		t.Fatal("it has left the state")
	}
	w.Clock.Pass(10 * time.Minute)
	acctest.Quiet(t, i.Destroy(t))
	if left := w.Objects("files"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}

	// One that is not there is as good as destroyed, and leaves the state.
	i.Apply(t, config)
	w.Remove("batches/" + stateOf(i)["id"].(string))
	w.Clock.Pass(time.Hour)
	says(t, i.Refresh(t), "warning: Batch is gone")
}

func TestBatch_inputFile(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	file := w.Instance("openai_file")
	lines := ""
	for _, id := range []string{"a", "b"} {
		lines += fmt.Sprintf(`{"custom_id":%q,"method":"POST","url":"/v1/chat/completions","body":%s}`+"\n", id, ask(id, id)["body"])
	}
	acctest.Quiet(t, file.Apply(t, object{"content": lines, "filename": "in.jsonl", "purpose": "batch"}))
	i := w.Instance(typeName)
	config := object{"endpoint": "/v1/chat/completions", "input_file_id": stateOf(file)["id"]}
	acctest.Quiet(t, i.Apply(t, config))
	if got := answers(t, stateOf(i)); !maps.Equal(got, map[string]string{"a": "a", "b": "b"}) || count(w, "POST files") != 1 {
		t.Errorf("results: %v", got)
	}
	acctest.Unchanged(t, i, config)
	acctest.Quiet(t, i.Destroy(t))
	if left := w.Objects("files"); len(left) != 1 || left[0] != stateOf(file)["id"] {
		t.Errorf("left: %v", left)
	}
}

func TestBatch_resultsFile(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	dir := t.TempDir()
	target := filepath.Join(dir, "results.jsonl")
	i, config := w.Instance(typeName), configured(3, object{"results_file": target})
	w.FailLines(emulator.ErrorJSON(400, "x", "y", "", "No.").Containing(`"t2"`))
	plan := i.Plan(t, config).Value.(object)
	if plan["results"] != nil || plan["results_sha256"] != (acctest.Unknown{}) {
		t.Errorf("the plan is %v", plan)
	}
	says(t, i.Apply(t, config), "t2: 400 Bad Request: No.")
	read := func() string {
		t.Helper()
		text, err := os.ReadFile(target)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for line := range strings.Lines(string(text)) {
			var one struct {
				ID       string `json:"custom_id"`
				Response *struct {
					Status int `json:"status_code"`
					Body   object
				}
				Error *struct{ Message string }
			}
			if err := json.Unmarshal([]byte(line), &one); err != nil || (one.Response == nil) == (one.Error == nil) {
				t.Errorf("%v: %s", err, line)
			}
			ids = append(ids, one.ID)
		}
		return strings.Join(ids, " ")
	}
	state := stateOf(i)
	if got := read(); got != "t1 t2 t3" || state["results"] != nil || len(state["results_sha256"].(string)) != 64 || len(state["errors"].(object)) != 1 {
		t.Errorf("%s, state: %v", got, state)
	}
	acctest.Unchanged(t, i, config)
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
	if hidden, _ := filepath.Glob(filepath.Join(dir, ".*")); len(hidden) > 0 {
		t.Errorf("left: %v", hidden)
	}

	// It is written again where it is missing or changed, and into the state where there is to be none.
	for name, spoil := range map[string]func() error{
		"missing": func() error { return os.Remove(target) },
		"changed": func() error { return os.WriteFile(target, []byte("{}"), 0o600) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		plan := i.Plan(t, config)
		if acctest.Quiet(t, plan.Diags); plan.Replace || plan.Value.(object)["results_sha256"] != (acctest.Unknown{}) {
			t.Errorf("%s: the plan is %v", name, plan.Value)
		}
		i.Apply(t, config)
		if got := read(); got != "t1 t2 t3" || stateOf(i)["results_sha256"] != state["results_sha256"] {
			t.Errorf("%s: %s", name, got)
		}
		acctest.Unchanged(t, i, config)
	}
	i.Apply(t, configured(3, nil))
	if now := stateOf(i); len(answers(t, now)) != 2 || now["results_sha256"] != nil || count(w, "POST batches") != 1 {
		t.Errorf("into the state: %v", now)
	}
	acctest.Unchanged(t, i, configured(3, nil))

	config["results_file"] = filepath.Join(dir, "none", "results.jsonl")
	if diags := i.Apply(t, config); len(diags) != 1 || !strings.Contains(diags[0], "Could not complete batch batch_") || !strings.Contains(diags[0], "cannot be written") || len(answers(t, stateOf(i))) != 0 {
		t.Errorf("no folder: %q", diags)
	}
	config["results_file"] = target
	i.Apply(t, config)
	acctest.Unchanged(t, i, config)
}

// What cannot be collected at once is no failure of the submission.
func TestBatch_cannotBeCollected(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	i, config := w.Instance(typeName), configured(2, nil)
	w.Fail(emulator.Status(http.StatusForbidden, `{"error":{"message":"not now"}}`).On("GET", "/v1/files/"))
	says(t, i.Apply(t, config), "warning: Batch is pending: ", "its results could not be collected: 403 Forbidden: not now", "the next apply tries again")
	w.Fail(emulator.Status(http.StatusForbidden, `{"error":{"message":"not now"}}`).On("GET", "/v1/files/"))
	if diags := i.Apply(t, config); len(diags) != 2 || !strings.Contains(fmt.Sprint(diags), "error: Could not complete batch batch_") {
		t.Errorf("said: %q", diags)
	}
	i.Apply(t, config)
	if got := answers(t, stateOf(i)); len(got) != 2 || len(w.Objects("batches")) != 1 {
		t.Errorf("results: %v", got)
	}
}

func TestBatch_isImported(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	i, config := w.Instance(typeName), configured(2, object{"metadata": object{"a": "b"}, "output_expires_after": object{"anchor": "created_at", "seconds": 7200}, "triggers": object{"c": "d"}})
	acctest.Quiet(t, i.Apply(t, config))
	imported := w.Instance(typeName)
	acctest.Quiet(t, imported.ImportIdentity(t, object{"id": stateOf(i)["id"]}))
	acctest.Quiet(t, imported.Import(t, stateOf(i)["id"].(string)))
	plan := imported.Plan(t, config)
	if says(t, plan.Diags, "The apply collects the results of batch batch_"); plan.Replace {
		t.Errorf("it is replaced: %v", plan.Value)
	}
	imported.Apply(t, config)
	acctest.Unchanged(t, imported, config)
	if !reflect.DeepEqual(stateOf(imported), stateOf(i)) {
		t.Errorf("state:\n%v\n%v", stateOf(imported), stateOf(i))
	}
	bare := w.Instance(typeName)
	acctest.Quiet(t, bare.Import(t, stateOf(i)["id"].(string)))
	byFile := object{"endpoint": "/v1/chat/completions", "input_file_id": stateOf(i)["input_file_id"], "metadata": object{"a": "b"}}
	if plan := bare.Plan(t, byFile); plan.Replace {
		t.Errorf("by its file: %v", plan.Value)
	}
}

func TestBatch_isListed(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{BatchTime: time.Hour})
	i := w.Instance(typeName)
	acctest.Quiet(t, i.Apply(t, configured(1, object{"metadata": object{"a": "b"}})))
	w.FailBatch(emulator.BatchError{Code: "c", Message: "m"})
	w.Instance(typeName).Apply(t, configured(1, object{"triggers": object{"a": "b"}}))
	listed, diags := w.ListResource(t, typeName, object{}, 0)
	if acctest.Quiet(t, diags); len(listed) != 2 {
		t.Fatalf("listed: %v", listed)
	}
	one, diags := w.ReadData(t, typeName, object{"id": stateOf(i)["id"]})
	acctest.Quiet(t, diags)
	many, diags := w.ReadData(t, "openai_batches", object{})
	acctest.Quiet(t, diags)
	all := many.(object)["batches"].([]any)
	for name, batch := range map[string]any{"one": one, "many": all[1]} {
		got := batch.(object)
		if !reflect.DeepEqual(got["metadata"], object{"a": "b"}) || got["status"] != "completed" || got["output_file_id"] != stateOf(i)["output_file_id"] || got["batch_errors"] != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	if errors, _ := all[0].(object)["batch_errors"].([]any); len(all) != 2 || len(errors) != 1 || errors[0].(object)["message"] != "m" {
		t.Errorf("failed: %v", all[0])
	}
	var labels []any
	for _, l := range listed {
		labels = append(labels, l.Resource.(object)["metadata"])
	}
	if !slices.ContainsFunc(labels, func(l any) bool { return reflect.DeepEqual(l, object{"a": "b"}) }) {
		t.Errorf("listed: %v", labels)
	}
}

func TestBatch_isRefused(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	other := ask("b", "b")
	other["body"] = strings.Replace(other["body"].(string), "gpt-4o", "gpt-4.1", 1)
	cases := map[string]struct {
		changes object
		want    string
	}{
		"both":            {object{"input_file_id": "file-1"}, "error at input_file_id: Conflicting arguments"},
		"none":            {object{"requests": nil}, "error: Missing requests: There is nothing to submit"},
		"empty":           {object{"requests": []any{}}, "error at requests: Missing requests: A batch has one request at least"},
		"same name":       {object{"requests": []any{ask("a", "1"), ask("b", "2"), ask("a", "3")}}, `error at requests[2].custom_id: Duplicate custom_id: requests[2].custom_id: The request 0 has the custom_id "a" as well`},
		"no name":         {object{"requests": []any{ask("", "1")}}, "error at requests[0].custom_id"},
		"no JSON":         {object{"requests": []any{object{"custom_id": "a", "body": "{"}}}, "error at requests[0].body: Invalid JSON"},
		"list":            {object{"requests": []any{object{"custom_id": "a", "body": "[]"}}}, "error at requests[0].body: Invalid JSON"},
		"stream":          {object{"requests": []any{object{"custom_id": "a", "body": `{"stream":true}`}}}, "error at requests[0].body: Invalid request: requests[0].body: A batch cannot stream"},
		"endpoint":        {object{"endpoint": "/chat/completions"}, `error at endpoint: Invalid endpoint: An endpoint is a path such as "/v1/responses".`},
		"address":         {object{"endpoint": "https://api.openai.com/v1/responses"}, "error at endpoint: Invalid endpoint"},
		"the mark":        {object{"metadata": object{"terraform": "x"}}, `error at metadata["terraform"]: Invalid value`},
		"OpenAI: name":    {object{"requests": []any{ask(strings.Repeat("ä", 65), "1")}}, "error at requests[0].custom_id: Value out of range: requests[0].custom_id: For OpenAI, a custom_id must have at most 64 characters, not 65."},
		"OpenAI: models":  {object{"requests": []any{ask("a", "a"), other}}, `error at requests[1].body: Different models: requests[1].body: OpenAI takes one model in a batch: the requests before this one name "gpt-4o", and it names "gpt-4.1".`},
		"OpenAI: labels":  {object{"metadata": object{"0": "", "1": "", "2": "", "3": "", "4": "", "5": "", "6": "", "7": "", "8": "", "9": "", "a": "", "b": "", "c": "", "d": "", "e": "", "f": ""}}, "error at metadata: Value out of range: For OpenAI, there must be at most 15 labels besides the provider's own, not 16."},
		"OpenAI: seconds": {object{"output_expires_after": object{"anchor": "created_at", "seconds": 60}}, "error at output_expires_after.seconds: Value out of range"},
	}
	openAI := acctest.Speak(t)
	openAI.Connect(t, &acctest.Server{URL: "https://api.openai.com/v1"})
	for name, test := range cases {
		plan := openAI.Instance(typeName).Plan(t, configured(2, test.changes))
		if len(plan.Diags) != 1 || !strings.HasPrefix(plan.Diags[0], test.want) {
			t.Errorf("%s: said %.300q", name, plan.Diags)
		}
		if strings.HasPrefix(name, "OpenAI") {
			acctest.Quiet(t, w.Instance(typeName).Plan(t, configured(2, test.changes)).Diags)
		}
	}
	open := configured(2, object{"requests": []any{object{"custom_id": acctest.Unknown{}, "body": acctest.Unknown{}}, object{"custom_id": acctest.Unknown{}, "body": "{}"}}})
	acctest.Quiet(t, openAI.Instance(typeName).Plan(t, open).Diags)
	acctest.Quiet(t, openAI.Instance(typeName).Plan(t, configured(0, object{"requests": acctest.Unknown{}})).Diags)
	if len(w.Requests()) > 0 {
		t.Errorf("sent: %v", w.Sent())
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	many := make([][2]string, 50_001)
	for name, test := range map[string]struct {
		all  [][2]string
		want string
	}{
		"enough":   {many[1:], ""},
		"too many": {many, "For OpenAI, a batch has at most 50000 requests, not 50001. Use several batches."},
		"too long": {[][2]string{{"a", strings.Repeat("x", 200<<20)}}, "For OpenAI, the requests of a batch have at most 209715200 bytes, not 209715251. Use several batches."},
	} {
		diags := batch.LimitsOf(test.all)
		if got := len(diags); got == 0 && test.want != "" || got == 1 && diags[0].Detail() != test.want || got > 1 {
			t.Errorf("%s: said %v", name, diags)
		}
	}
}
