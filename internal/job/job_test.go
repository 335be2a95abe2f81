package job_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
)

const endpoint = "/v1/chat/completions"

// rig is an emulator and a client of it that go by one clock.
type rig struct {
	*acctest.Server
	*client.Client
	t     *testing.T
	clock *acctest.Clock
}

func start(t *testing.T, options emulator.Options) *rig {
	t.Helper()
	clock := acctest.NewClock()
	options.Now = clock.Now
	r := &rig{Server: acctest.Start(t, options), t: t, clock: clock}
	r.Client = r.another()
	return r
}

// another is the client of another process.
func (r *rig) another(adjust ...func(*client.Settings)) *client.Client {
	r.t.Helper()
	s := client.Settings{BaseURL: r.URL, APIKey: acctest.Key, Clock: r.clock}
	for _, f := range adjust {
		f(&s)
	}
	c, err := client.New(s)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// body is a request that is answered with a text.
func body(answer string) []byte {
	return fmt.Appendf(nil, "{\n  \"model\": \"gpt-4o\", \"messages\": [{\"role\": \"user\", \"content\": \"Reply with exactly: %s\"}]\n}", answer)
}

// task is a task of so many lines, t1, t2, …
func task(n int) job.Task {
	return job.Task{Endpoint: endpoint, Mark: "mark", Lines: func(yield func(job.Line) bool) {
		for i := range n {
			if !yield(job.Line{ID: fmt.Sprint("t", i+1), Body: body(fmt.Sprint("<", i+1, ">"))}) {
				return
			}
		}
	}}
}

func (r *rig) submit(t job.Task) job.Batch {
	r.t.Helper()
	b, adopted, err := job.Submit(r.t.Context(), r.Client, t)
	if err != nil || adopted {
		r.t.Fatalf("adopted: %v, %v", adopted, err)
	}
	return b
}

func (r *rig) await(b job.Batch, limit time.Duration) job.Batch {
	r.t.Helper()
	b, err := job.Await(r.t.Context(), r.Client, b, "", limit, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

// collect are the results of a batch: "200 <text>" of an answer, or the text of an error.
func (r *rig) collect(b job.Batch) map[string]string {
	r.t.Helper()
	all := map[string]string{}
	err := job.Collect(r.t.Context(), r.Client, b, "", func(result job.Result) error {
		if _, twice := all[result.ID]; twice {
			r.t.Errorf("%q comes twice", result.ID)
		}
		all[result.ID] = told(result)
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}

func told(result job.Result) string {
	if result.Err != nil {
		var not *job.NotRun
		if errors.As(result.Err, &not) {
			return "not run: " + result.Err.Error()
		}
		return result.Err.Error()
	}
	return fmt.Sprint(result.Status, " ", between(string(result.Body), `"content":"`, `"`))
}

// between is what stands between two texts.
func between(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}

func (r *rig) sent() (all []string) {
	for _, q := range r.Requests() {
		all = append(all, q.Method+" "+strings.TrimPrefix(q.Path, "/v1/"))
	}
	return all
}

func (r *rig) count(request string) (n int) {
	for _, q := range r.sent() {
		if strings.HasPrefix(q, request) {
			n++
		}
	}
	return n
}

func TestJob(t *testing.T) {
	r := start(t, emulator.Options{BatchTime: 20 * time.Hour})
	work := task(3)
	work.Metadata, work.OutputExpiresAfter, work.Filename = map[string]string{"a": "b"}, 2*time.Hour, "three.jsonl"
	b := r.submit(work)
	if b.Status != job.StatusValidating || b.Ended() || !b.Own() || b.Endpoint != endpoint || !b.Created.Equal(r.clock.Now()) || !maps.Equal(b.Metadata, map[string]string{"a": "b", "terraform": "mark"}) {
		t.Errorf("made: %+v", b)
	}
	var seen []string
	b, err := job.Await(t.Context(), r.Client, b, "", 24*time.Hour, func(b job.Batch) {
		if now := fmt.Sprint(b.Status, " ", b.Done, "/", b.Total); !slices.Contains(seen, now) {
			seen = append(seen, now)
		}
	})
	if err != nil || !b.Ended() {
		t.Fatal(b.Status, err)
	}
	if want := "[validating 0/0 in_progress 0/3 in_progress 1/3 in_progress 2/3 finalizing 3/3 completed 3/3]"; fmt.Sprint(seen) != want {
		t.Errorf("seen: %v", seen)
	}
	if b.Usage == nil || b.Usage.Total == 0 || b.Usage.Total != b.Usage.Input+b.Usage.Output || b.Model == "" || b.Completed.IsZero() || !b.End().Equal(b.Completed) || b.Finalizing.IsZero() || b.Expires.IsZero() {
		t.Errorf("completed: %+v", b)
	}
	waits := r.clock.Waits()
	if waits[0] != 5*time.Second || waits[len(waits)-1] != 5*time.Minute || len(waits) > 300 {
		t.Errorf("waits: %v", waits)
	}
	if got := r.collect(b); !maps.Equal(got, map[string]string{"t1": "200 <1>", "t2": "200 <2>", "t3": "200 <3>"}) {
		t.Errorf("collected: %v", got)
	}
	file, _ := r.Do(t.Context(), client.Request{Method: "GET", Path: "files/" + b.InputFileID})
	output, _ := r.Do(t.Context(), client.Request{Method: "GET", Path: "files/" + b.OutputFileID})
	if !strings.Contains(string(file.Body), `"three.jsonl"`) || between(string(output.Body), `"expires_at":`, ",") != fmt.Sprint(b.Completed.Add(2*time.Hour).Unix()) {
		t.Errorf("files: %s\n%s", file.Body, output.Body)
	}
	if err := job.RemoveFiles(t.Context(), r.Client, b, ""); err != nil || len(r.Objects("files")) != 0 {
		t.Errorf("left: %v, %v", r.Objects("files"), err)
	}
	if err := job.RemoveFiles(t.Context(), r.Client, b, ""); err != nil {
		t.Errorf("again: %v", err)
	}
	err = job.Collect(t.Context(), r.Client, b, "", nil)
	if !client.IsGone(err) || !strings.Contains(err.Error(), "not on the server any more") {
		t.Errorf("without files: %v", err)
	}
}

// The input is read once to learn how long it is, and once to be sent, and never whole.
func TestSubmit_streams(t *testing.T) {
	r := start(t, emulator.Options{})
	passes, lines, most := 0, 0, 0
	work := task(0)
	work.Lines = func(yield func(job.Line) bool) {
		passes++
		for i := range 40_000 {
			lines++
			most = max(most, i)
			if !yield(job.Line{ID: fmt.Sprint("t", i), Body: body(strings.Repeat("x", 1000))}) {
				return
			}
		}
	}
	b := r.submit(work)
	if passes != 2 || lines != 80_000 || b.ID == "" {
		t.Errorf("%d passes, %d lines", passes, lines)
	}
}

func TestSubmit_refuses(t *testing.T) {
	r := start(t, emulator.Options{})
	for name, work := range map[string]job.Task{
		"no mark":  {Endpoint: endpoint, Lines: task(1).Lines},
		"no lines": {Endpoint: endpoint, Mark: "mark", Lines: task(0).Lines},
		"nothing":  {Endpoint: endpoint, Mark: "mark"},
		"no JSON":  {Endpoint: endpoint, Mark: "mark", Lines: slices.Values([]job.Line{{ID: "a", Body: []byte(`{"x":`)}})},
	} {
		if _, _, err := job.Submit(t.Context(), r.Client, work); err == nil {
			t.Errorf("%s: it is submitted", name)
		}
	}
	if r.count("POST") > 0 {
		t.Errorf("sent: %v", r.sent())
	}
}

// A task that another process has submitted is adopted, whatever has become of it but failure.
func TestSubmit_adopts(t *testing.T) {
	r := start(t, emulator.Options{BatchTime: 10 * time.Hour})
	first := r.submit(task(2))
	other := r.submit(job.Task{Endpoint: endpoint, Mark: "another", Lines: task(1).Lines})
	for range 120 { // more than a page of the list
		text := fmt.Sprintf(`{"input_file_id":%q,"endpoint":%q,"completion_window":"24h"}`, other.InputFileID, endpoint)
		if _, err := r.Do(t.Context(), client.Request{Method: "POST", Path: "batches", Body: []byte(text)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, status := range []string{"validating", "in_progress", "finalizing", "completed"} {
		posts := r.count("POST")
		b, adopted, err := job.Submit(t.Context(), r.another(), task(2))
		if err != nil || !adopted || b.ID != first.ID || b.Status != status || r.count("POST") != posts {
			t.Errorf("%s: got %s, %s, %v, %v", status, b.ID, b.Status, adopted, err)
		}
		r.clock.Pass(map[string]time.Duration{"validating": 330 * time.Minute, "in_progress": 4 * time.Hour, "finalizing": time.Hour}[status])
	}
	not := task(2)
	not.Not = []string{first.ID}
	if b, adopted, err := job.Submit(t.Context(), r.another(), not); err != nil || adopted || b.ID == first.ID {
		t.Errorf("a batch that is not to be: got %s, %v, %v", b.ID, adopted, err)
	}
	r.clock.Pass(31 * 24 * time.Hour)
	if b, adopted, err := job.Submit(t.Context(), r.another(), task(2)); err != nil || adopted {
		t.Errorf("after a month: got %s, %v, %v", b.ID, adopted, err)
	}
}

// What is left of a batch that was given up is not adopted.
func TestSubmit_adoptsNothingThatIsOver(t *testing.T) {
	r := start(t, emulator.Options{BatchTime: 10 * time.Hour})
	fresh := func(name string, work job.Task, old job.Batch) job.Batch {
		t.Helper()
		b, adopted, err := job.Submit(t.Context(), r.another(), work)
		if err != nil || adopted || b.ID == old.ID {
			t.Errorf("%s: got %s, %v, %v", name, b.ID, adopted, err)
		}
		return b
	}
	r.FailBatch(emulator.BatchError{Code: "token_limit_exceeded", Message: "Too many."})
	b := r.submit(task(2))
	r.await(b, 24*time.Hour)
	b = fresh("failed", task(2), b)

	b, err := job.Cancel(t.Context(), r.Client, b.ID, "")
	if err != nil || b.Status != job.StatusCancelling {
		t.Fatal(b.Status, err)
	}
	next := fresh("cancelling", task(2), b)
	r.clock.Pass(time.Hour)
	if b, err = job.Get(t.Context(), r.Client, b.ID, ""); err != nil || b.Status != job.StatusCancelled {
		t.Fatal(b.Status, err)
	}
	clear := func(b job.Batch) {
		t.Helper()
		if err := job.RemoveFiles(t.Context(), r.Client, b, ""); err != nil {
			t.Fatal(err)
		}
	}
	clear(b)
	clear(next)
	b = fresh("in progress, without its input", task(2), next)
	b = r.await(b, 24*time.Hour)
	clear(b)
	fresh("completed, without files", task(2), b)

	// An input that is not ours stays, so that the results tell.
	given := task(2)
	given.InputFileID, given.Lines, given.Mark = next.InputFileID, nil, "given"
	upload := r.submit(job.Task{Endpoint: endpoint, Mark: "upload", Lines: task(2).Lines})
	given.InputFileID = upload.InputFileID
	b = r.await(r.submit(given), 24*time.Hour)
	if again, adopted, err := job.Submit(t.Context(), r.another(), given); err != nil || !adopted || again.ID != b.ID || b.Own() {
		t.Errorf("a given input: %s, %v, %v", again.ID, adopted, err)
	}
	clear(b)
	fresh("completed, without results", given, b)
	if !slices.Contains(r.Objects("files"), upload.InputFileID) {
		t.Error("the file of somebody else is deleted")
	}
}

// Two that submit the same at a time, in one process, have a batch each.
func TestSubmit_sharesNothing(t *testing.T) {
	r := start(t, emulator.Options{})
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		if i == 4 { // what the first four have left is there, in another process
			all.Wait()
			r.Client = r.another()
		}
		all.Go(func() {
			b, _, err := job.Submit(t.Context(), r.Client, task(1))
			if ids[i] = b.ID; err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, group := range [][]string{ids[:4], ids[4:]} {
		if slices.Sort(group); len(slices.Compact(slices.Clone(group))) != 4 {
			t.Errorf("got %v", group)
		}
	}
	if !slices.Equal(ids[:4], ids[4:]) || len(r.Objects("batches")) != 4 {
		t.Errorf("got %v", ids)
	}
}

// An answer to the create that is lost is looked for, also where lists lag.
func TestSubmit_answerIsLost(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"broken":  {Reset: true, Late: true},
		"torn":    {Cut: true, CutAfter: 20, CutMode: emulator.CutClean},
		"no ID":   {},
		"a page":  {Status: http.StatusOK, Body: "<html>", Late: true},
		"gateway": {Status: http.StatusGatewayTimeout, Body: "{}", Late: true},
	} {
		if name == "no ID" || name == "a page" || name == "gateway" { // those process nothing: they are below
			continue
		}
		t.Run(name, func(t *testing.T) {
			r := start(t, emulator.Options{ListLag: 20 * time.Second})
			r.Fail(fault.On("POST", "/v1/batches"))
			b, adopted, err := job.Submit(t.Context(), r.Client, task(1))
			if err != nil || !adopted || len(r.Objects("batches")) != 1 || b.ID != r.Objects("batches")[0] || r.count("POST batches") != 1 {
				t.Errorf("got %s, %v, %v; there are %v", b.ID, adopted, err, r.Objects("batches"))
			}
		})
	}
	for name, fault := range map[string]emulator.Fault{
		"broken":  {Reset: true},
		"gateway": emulator.Status(http.StatusGatewayTimeout, "<html>"),
		"no ID":   emulator.Status(http.StatusOK, "{}"),
	} {
		t.Run(name+", and nothing was made", func(t *testing.T) {
			r := start(t, emulator.Options{})
			r.Fail(fault.On("POST", "/v1/batches"))
			_, _, err := job.Submit(t.Context(), r.Client, task(1))
			if err == nil || r.count("POST batches") != 1 || len(r.Objects("files")) != 1 {
				t.Errorf("got %v, sent %v", err, r.sent())
			}
			var problem *client.Problem
			if errors.As(err, &problem) && (!strings.Contains(problem.Detail(), "The next apply looks for it") || strings.Contains(problem.Detail(), "Look for it there")) {
				t.Errorf("said: %s", problem.Detail())
			}
		})
	}
}

// What was uploaded for a batch that is refused is deleted.
func TestSubmit_isRefused(t *testing.T) {
	r := start(t, emulator.Options{})
	r.Foreign = true
	work := task(1)
	work.Endpoint = "/v1/nothing"
	if _, _, err := job.Submit(t.Context(), r.Client, work); !client.HasStatus(err, 400) || len(r.Objects("files")) != 0 {
		t.Errorf("got %v, left %v", err, r.Objects("files"))
	}
	if r.count("POST batches") != 1 || len(r.clock.Waits()) != 0 {
		t.Errorf("sent: %v", r.sent())
	}
}

// Files are not seen at once: neither the input by the batch, nor the results.
func TestJob_filesLag(t *testing.T) {
	r := start(t, emulator.Options{Lag: 3})
	b := r.submit(task(2))
	if r.count("POST batches") != 4 {
		t.Errorf("sent: %v", r.sent())
	}
	b = r.await(b, time.Hour)
	if got := r.collect(b); len(got) != 2 {
		t.Errorf("collected: %v", got)
	}
	if b.Status != job.StatusCompleted || r.count("GET files/"+b.OutputFileID) != 4 {
		t.Errorf("sent: %v", r.sent())
	}
}

func TestAwait_pending(t *testing.T) {
	r := start(t, emulator.Options{BatchTime: 10 * time.Hour})
	b := r.submit(task(4))
	seen, err := job.Await(t.Context(), r.Client, b, "", 3*time.Hour, nil)
	if !errors.Is(err, job.ErrPending) || !strings.Contains(err.Error(), "in_progress") || !strings.Contains(err.Error(), "3h0m0s, ran out") || seen.Status != job.StatusInProgress || seen.Total != 4 {
		t.Errorf("got %s, %v", seen.Status, err)
	}
	if now := r.clock.Now(); !now.Equal(b.Created.Add(3 * time.Hour)) {
		t.Errorf("waited until %v", now)
	}
	if _, err := job.Await(t.Context(), r.Client, b, "", 0, nil); !errors.Is(err, job.ErrPending) {
		t.Errorf("no time: %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped by the user")
	r.clock.Waiting = func() { cancel(stopped) }
	if _, err := job.Await(ctx, r.Client, b, "", time.Hour, nil); !errors.Is(err, job.ErrPending) || !errors.Is(err, stopped) {
		t.Errorf("stopped: %v", err)
	}
}

func TestAwait_serverFails(t *testing.T) {
	r := start(t, emulator.Options{BatchTime: 10 * time.Hour})
	b := r.submit(task(1))
	r.Fail(emulator.Status(http.StatusBadGateway, "<html>").On("GET", "/v1/batches/").Repeat(30))
	if b = r.await(b, 24*time.Hour); b.Status != job.StatusCompleted {
		t.Errorf("got %s", b.Status)
	}
	b.Status = job.StatusInProgress
	r.Fail(emulator.Status(http.StatusBadGateway, "<html>").On("GET", "/v1/batches/").Repeat(-1))
	if _, err := job.Await(t.Context(), r.Client, b, "", time.Hour, nil); !errors.Is(err, job.ErrPending) || !strings.Contains(err.Error(), "the last look at it failed: 502") {
		t.Errorf("for too long: %v", err)
	}
	r.Heal()
	r.Fail(emulator.Status(http.StatusForbidden, "{}").On("GET", "/v1/batches/"))
	if seen, err := job.Await(t.Context(), r.Client, b, "", time.Hour, nil); errors.Is(err, job.ErrPending) || !client.HasStatus(err, 403) || seen.ID != b.ID {
		t.Errorf("forbidden: %v", err)
	}
	b.ID = "batch_none"
	if _, err := job.Await(t.Context(), r.Client, b, "", time.Hour, nil); !client.IsGone(err) {
		t.Errorf("gone: %v", err)
	}
}

func TestCollect_errorsOfLines(t *testing.T) {
	r := start(t, emulator.Options{})
	r.FailLines(
		emulator.ErrorJSON(429, "requests", "rate_limit_exceeded", "", "Slow down.").Containing(`"t1"`),
		emulator.Status(502, "<html><title>Bad gateway</title>").Containing(`"t2"`),
		emulator.Reset().Containing(`"t3"`),
		emulator.Status(200, `{"error":{"message":"Not really.","code":"x"}}`).Containing(`"t4"`),
		emulator.Status(200, `{"id":"x"`).Containing(`"t5"`),
	)
	got := r.collect(r.await(r.submit(task(6)), time.Hour))
	want := map[string]string{
		"t1": "429 Too Many Requests: Slow down. (rate_limit_exceeded, request ID req_",
		"t2": "502 Bad Gateway: The server answered 502 Bad Gateway with a text/html page",
		"t3": "The request could not be completed. (server_error)",
		"t4": "Not really. (x, request ID req_",
		"t5": `The server answered 200 OK, but with JSON that ends in the middle: {"id":"x"`,
		"t6": "200 <6>",
	}
	for id, text := range want {
		if !strings.HasPrefix(got[id], text) {
			t.Errorf("%s: %q", id, got[id])
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}

// A batch in which every request fails is completed, and has no output.
func TestCollect_noOutput(t *testing.T) {
	r := start(t, emulator.Options{})
	r.FailLines(emulator.ServerError().Repeat(-1))
	b := r.await(r.submit(task(3)), time.Hour)
	if got := r.collect(b); b.Status != job.StatusCompleted || b.OutputFileID != "" || len(got) != 3 || b.FailedCount != 3 {
		t.Errorf("got %+v, %v", b, got)
	}
}

func TestCollect_partialResults(t *testing.T) {
	r := start(t, emulator.Options{BatchTime: 48 * time.Hour})
	b := r.await(r.submit(task(4)), 30*time.Hour)
	late := "not run: This request could not be executed before the completion window expired. (batch_expired)"
	answers := func(b job.Batch) (n int, rest []string) {
		for _, text := range r.collect(b) {
			if strings.HasPrefix(text, "200 ") {
				n++
			} else {
				rest = append(rest, text)
			}
		}
		return n, rest
	}
	if n, rest := answers(b); b.Status != job.StatusExpired || n != 2 || !slices.Equal(rest, []string{late, late}) {
		t.Errorf("%s: %d, %q", b.Status, n, rest)
	}
	work := task(4)
	work.Mark = "another"
	b = r.submit(work)
	r.clock.Pass(23 * time.Hour)
	if _, err := job.Cancel(t.Context(), r.Client, b.ID, ""); err != nil {
		t.Fatal(err)
	}
	b = r.await(b, 30*time.Hour)
	if n, rest := answers(b); b.Status != job.StatusCancelled || n == 0 || len(rest) != 4-n || !strings.HasPrefix(rest[0], "not run: ") || !strings.HasSuffix(rest[0], "(batch_cancelled)") {
		t.Errorf("%s: %d, %q", b.Status, n, rest)
	}
	if again, err := job.Cancel(t.Context(), r.Client, b.ID, ""); err != nil || again.Status != job.StatusCancelled {
		t.Errorf("cancelled again: %s, %v", again.Status, err)
	}
	if _, err := job.Cancel(t.Context(), r.Client, "batch_none", ""); !client.IsGone(err) {
		t.Errorf("cancelled what is not there: %v", err)
	}
}

func TestAwait_failed(t *testing.T) {
	r := start(t, emulator.Options{})
	r.FailBatch(emulator.BatchError{Code: "invalid", Line: 2, Message: "Bad\x1b[31m line.", Param: "body"}, emulator.BatchError{Code: "other", Message: "Hm."})
	b := r.await(r.submit(task(2)), time.Hour)
	want := []job.LineError{{Line: 2, Code: "invalid", Message: "Bad[31m line.", Param: "body"}, {Code: "other", Message: "Hm."}}
	if got := r.collect(b); b.Status != job.StatusFailed || !slices.Equal(b.Errors, want) || len(got) != 0 || b.End().IsZero() {
		t.Errorf("got %+v, %v", b, got)
	}
}

// A download that breaks off begins anew, and each line comes once.
func TestCollect_breaksOff(t *testing.T) {
	r := start(t, emulator.Options{})
	b := r.await(r.submit(task(50)), time.Hour)
	path := "/v1/files/" + b.OutputFileID + "/content"
	r.Fail(emulator.Fault{Cut: true, CutAfter: 3000}.On("GET", path), emulator.Fault{Cut: true, CutAfter: 9000}.On("GET", path), emulator.Fault{Cut: true, CutAfter: 100}.On("GET", path))
	if got := r.collect(b); len(got) != 50 {
		t.Errorf("got %d", len(got))
	}
	r.Fail(emulator.Fault{Cut: true, CutAfter: 3000}.On("GET", path).Repeat(4))
	n := 0
	err := job.Collect(t.Context(), r.Client, b, "", func(job.Result) error { n++; return nil })
	if err == nil || n == 0 || n == 50 {
		t.Errorf("it breaks off each time: %d, %v", n, err)
	}
	enough := errors.New("enough")
	n = 0
	err = job.Collect(t.Context(), r.Client, b, "", func(job.Result) error {
		if n++; n == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || n != 3 {
		t.Errorf("stopped by the receiver: %d, %v", n, err)
	}
}

// Keys are in no result, and private parts of requests in no text.
func TestJob_secrets(t *testing.T) {
	const private = "the prompt that nobody may see"
	var mu sync.Mutex
	var log strings.Builder
	r := start(t, emulator.Options{})
	r.Client = r.another(func(s *client.Settings) {
		s.Log = func(_ context.Context, level, message string, fields map[string]any) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintln(&log, level, message, fields)
		}
	})
	work := task(0)
	work.Secrets = []string{private}
	work.Lines = slices.Values([]job.Line{{ID: "a", Body: body(private)}, {ID: "b", Body: body(acctest.Key)}})
	r.FailLines(emulator.ErrorJSON(400, "x", "y", "", "Bad prompt: "+private).Containing(`"a"`))
	b := r.await(r.submit(work), time.Hour)
	var text strings.Builder
	if err := job.Collect(t.Context(), r.Client, b, "", func(result job.Result) error {
		fmt.Fprintf(&text, "%s %v\n", result.Body, result.Err)
		return nil
	}, private); err != nil {
		t.Fatal(err)
	}
	r.FailBatch(emulator.BatchError{Message: "Bad prompt: " + private})
	work.Mark = "another"
	b = r.submit(work)
	b, err := job.Await(t.Context(), r.Client, b, "", time.Hour, nil, private)
	fmt.Fprintln(&text, b.Errors, err)
	mu.Lock()
	defer mu.Unlock()
	for name, said := range map[string]string{"the log": log.String(), "texts": text.String()} {
		if !strings.Contains(said, "Bad prompt") && name == "texts" || strings.Contains(said, private) || strings.Contains(said, acctest.Key) {
			t.Errorf("%s: %s", name, said)
		}
	}
}
