package chat_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// Faults that say different things of the request and of the next time.
var (
	refusedByServer = emulator.ErrorJSON(400, "invalid_request_error", "", "", "Not that")
	wrongKey        = emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Wrong key")
	mayBeMade       = emulator.HTMLBadGateway()
)

// oneByOne is a provider that asks one at a time.
var oneByOne = object{"limits": object{"max_concurrent": 1}}

// about has a fault befall the request whose text is this.
func about(f emulator.Fault, text string) emulator.Fault {
	return f.Containing(`"` + text + `"`)
}

// failures are the reasons of a state, by name.
func failures(t *testing.T, state any) []string {
	t.Helper()
	failed, _ := of(t, state, "failed").(object)
	var all []string
	for key, why := range failed {
		all = append(all, key+": "+fmt.Sprint(why))
	}
	slices.Sort(all)
	return all
}

// A create that fails in part leaves no state, which would be tainted, and no answer behind: they wait.
func TestSet_keepsTheAnswersOfACreateThatFails(t *testing.T) {
	for kind, provider := range map[string]func(*testing.T) object{
		"journal":    func(*testing.T) object { return object{} },
		"recordings": func(t *testing.T) object { return recordings(t.TempDir(), "") },
	} {
		t.Run(kind, func(t *testing.T) {
			w := newWorkplace(t)
			settings := provider(t)
			w.Fail(about(mayBeMade, "b"), about(refusedByServer, "c"))
			config := setOf(texts("a", "b", "c", "d"))
			r := w.set(t, settings)
			w.asks(t, 4, func() {
				diags := r.Apply(t, config)
				says(t, diags, "error: 2 requests of 4 without a usable answer", `- "b": 502 Bad Gateway`, `- "c": 400 Bad Request: Not that`, "2 answers are kept", "The next apply asks only for what is missing.")
				if where := filepath.Join(w.data, "openai"); kind == "journal" {
					says(t, diags, "kept below "+where+", until an apply that is complete takes them into the state.")
				} else {
					says(t, diags, "kept in the recordings, until")
				}
			})
			if r.State() != nil {
				t.Fatalf("there is a state: %v", r.State())
			}
			next := w.set(t, settings)
			plan := next.Plan(t, config)
			if kind == "journal" {
				if len(w.waiting(t)) != 1 {
					t.Errorf("there are %v", w.waiting(t))
				}
				same(t, of(t, plan.Value, "answers"), object{"a": acctest.Unknown{}, "b": acctest.Unknown{}, "c": acctest.Unknown{}, "d": acctest.Unknown{}})
			}
			same(t, w.asks(t, 2, func() { answered(t, apply(t, next, config), "a", "b", "c", "d") }), []string{"b", "c"})
			if twice := w.AnsweredTwice(); len(twice) > 0 {
				t.Errorf("paid twice: %v", twice)
			}
			w.goOn(t, next, settings)
			unchanged(t, next, config)
			if left := w.waiting(t); len(left) != 0 {
				t.Errorf("left when the state has all: %v", left)
			}
		})
	}
}

// The plan says that answers wait, and how many.
func TestSet_announcesAnswersThatWait(t *testing.T) {
	w := newWorkplace(t)
	first := w.set(t)
	apply(t, first, setOf(texts("a")))
	// The update is lost with its process; what was answered is not.
	old := setOf(texts("a"))
	more := setOf(texts("a", "b", "c"))
	w.Fail(about(mayBeMade, "c"))
	lost := w.set(t)
	w.asks(t, 2, func() { lost.Apply(t, more) }) // it finds the answer of the first one
	w.goOn(t, first)
	unchanged(t, first, old)
	says(t, first.Plan(t, more).Diags, "warning: Applying this plan makes 1 call to the model", "An apply that did not complete has left 1 answer.")
	w.asks(t, 1, func() { answered(t, apply(t, first, more), "a", "b", "c") })
}

// What waits is used by nobody who wants another answer.
func TestSet_asksAnewWhenItIsReplaced(t *testing.T) {
	w := newWorkplace(t)
	config := setOf(texts("a", "b"))
	r := w.set(t)
	w.Fail(about(mayBeMade, "b"), about(mayBeMade, "x"))
	w.asks(t, 3, func() { r.Apply(t, setOf(texts("a", "b", "x"))) }) // x is given up, and waited for by nobody
	w.Heal()
	w.asks(t, 1, func() { answered(t, apply(t, r, config), "a", "b") })
	r.Taint()
	w.asks(t, 2, func() { answered(t, apply(t, r, config), "a", "b") })
	w.goOn(t, r)
	w.asks(t, 2, func() {
		acctest.Quiet(t, r.Destroy(t))
		if left := w.waiting(t); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
		answered(t, apply(t, r, config), "a", "b")
	})
}

// An update that fails in part keeps old answers, each with what it answers, and asks only for the rest.
func TestSet_keepsOldAnswersOfAnUpdateThatFails(t *testing.T) {
	w := newWorkplace(t)
	first, second := setOf(texts("a", "b", "c")), setOf(texts("a", "b", "c", "d"), object{"temperature": 1})
	r := w.set(t)
	apply(t, r, first)
	old := of(t, r.State(), "answers").(object) //nolint:forcetypeassert // it is known
	w.Fail(about(mayBeMade, "b"), about(mayBeMade, "d"))
	w.goOn(t, r)
	w.asks(t, 4, func() {
		says(t, r.Apply(t, second), "error: 2 requests of 4 without a usable answer", `"b", "d": 502 Bad Gateway`, "2 answers are kept in the state. The next apply asks only for what is missing.")
	})
	now := of(t, r.State(), "answers").(object) //nolint:forcetypeassert // it is known
	if of(t, now["a"], "id") == of(t, old["a"], "id") || of(t, now["c"], "id") == of(t, old["c"], "id") {
		t.Error("new answers are lost")
	}
	same(t, []any{now["b"], now["d"]}, []any{old["b"], nil})
	same(t, of(t, r.State(), "temperature"), 1)
	if got := failures(t, r.State()); len(got) != 2 || !strings.HasPrefix(got[0], "b: 502 Bad Gateway") {
		t.Errorf("failed: %q", got)
	}
	w.goOn(t, r)
	says(t, r.Plan(t, second).Diags, "makes 2 calls to the model")
	// The old arguments are what b answers.
	same(t, w.asks(t, 2, func() { apply(t, r, first) }), []string{"a", "c"})
	same(t, of(t, of(t, r.State(), "answers"), "b"), old["b"])
	w.goOn(t, r)
	same(t, w.asks(t, 4, func() { apply(t, r, second) }), []string{"a", "b", "c", "d"})
	if got := failures(t, r.State()); len(got) != 0 {
		t.Errorf("failed: %q", got)
	}
	unchanged(t, r, second)
}

// With "keep", failures are told by a warning and in failed. What may come is asked again, what was refused is not.
func TestSet_keepsFailures(t *testing.T) {
	w := newWorkplace(t)
	keeping, failing := object{"on_failure": "keep"}, object{"on_failure": "fail"}
	w.Fail(about(refusedByServer, "b"), about(mayBeMade, "c"), about(refusedByServer, "d"))
	r := w.set(t)
	all := texts("a", "b", "c", "d")
	w.asks(t, 4, func() {
		diags := r.Apply(t, setOf(all, keeping))
		if hasError(diags) {
			t.Errorf("it says %q", diags)
		}
		says(t, diags, "warning: 3 requests of 4 without a usable answer", `"b", "d": 400 Bad Request: Not that`, `"c": 502`, `1 answer is kept in the state. The next apply asks again for "c". What else failed is asked again when its request, or triggers, change.`)
	})
	answered(t, r.State(), "a")
	if got := failures(t, r.State()); len(got) != 3 {
		t.Errorf("failed: %q", got)
	}
	w.goOn(t, r)
	same(t, w.asks(t, 1, func() {
		says(t, r.Plan(t, setOf(all, keeping)).Diags, "makes 1 call")
		apply(t, r, setOf(all, keeping))
	}), []string{"c"})
	answered(t, r.State(), "a", "c")
	w.goOn(t, r)
	w.asks(t, 0, func() {
		unchanged(t, r, setOf(all, keeping))
		unchanged(t, r, setOf(all, keeping))
		// Something else changes: what was refused stays so, and is not forgotten.
		apply(t, r, setOf(all, keeping, object{"timeouts": object{"create": "9m"}}))
		if got := failures(t, r.State()); len(got) != 2 {
			t.Errorf("failed: %q", got)
		}
		apply(t, r, setOf(all, keeping))
	})
	same(t, w.asks(t, 1, func() { answered(t, apply(t, r, setOf(texts("a", "b", "c", "d", "e"), keeping)), "a", "c", "e") }), []string{"e"})
	// The first try of "fail" is refused again, the second is not.
	w.Fail(about(refusedByServer, "b"))
	same(t, w.asks(t, 2, func() { says(t, r.Apply(t, setOf(all, failing)), "error: 1 request of 4", `"b": 400 Bad Request`) }), []string{"b", "d"})
	answered(t, r.State(), "a", "c", "d")
	same(t, w.asks(t, 1, func() { answered(t, apply(t, r, setOf(all, failing)), "a", "b", "c", "d") }), []string{"b"})
	unchanged(t, r, setOf(all, failing))
	// What "fail" has reported is no decision to do without it: "keep" asks once.
	w.Fail(about(refusedByServer, "x"))
	w.asks(t, 1, func() { r.Apply(t, setOf(texts("a", "x"), failing)) })
	same(t, w.asks(t, 1, func() { answered(t, apply(t, r, setOf(texts("a", "x"), keeping)), "a", "x") }), []string{"x"})
}

// So they do beside a file, of which a plan that changes something knows nothing.
func TestSet_keepsFailuresBesideAFile(t *testing.T) {
	w := newWorkplace(t)
	config := setOf(texts("a", "b"), object{"on_failure": "keep", "results_file": filepath.Join(t.TempDir(), "a.jsonl")})
	w.Fail(about(refusedByServer, "b"))
	r := w.set(t)
	apply(t, r, config)
	w.goOn(t, r)
	w.asks(t, 0, func() { unchanged(t, r, config) })
}

// A refused request whose answer is there has the old one, with "keep" as well, until the request is another.
func TestSet_keepsAnOldAnswerBesideARefusal(t *testing.T) {
	w := newWorkplace(t)
	keeping := object{"on_failure": "keep"}
	r := w.set(t)
	apply(t, r, setOf(object{"a": "one"}, keeping))
	old := of(t, r.State(), "answers")
	w.Fail(about(refusedByServer, "two"))
	w.asks(t, 1, func() { apply(t, r, setOf(object{"a": "two"}, keeping)) })
	same(t, of(t, r.State(), "answers"), old)
	w.goOn(t, r)
	w.asks(t, 0, func() {
		unchanged(t, r, setOf(object{"a": "two"}, keeping))
		apply(t, r, setOf(object{"a": "one"}, keeping)) // which it answers
		same(t, of(t, r.State(), "answers"), old)
		if got := failures(t, r.State()); len(got) != 0 {
			t.Errorf("failed: %q", got)
		}
	})
	w.asks(t, 1, func() { apply(t, r, setOf(object{"a": "two"}, keeping)) })
}

// The model answers, but with nothing of use.
func TestSet_judgesAnswers(t *testing.T) {
	w := newWorkplace(t)
	format := object{"response_format": object{"type": "json_object"}}
	said := func(content, reason, refusal string) emulator.Fault {
		text, _ := json.Marshal(refusal)
		if refusal == "" {
			text = []byte("null")
		}
		return emulator.Status(200, `{"id":"odd","object":"chat.completion","created":1,"model":"gpt-4","choices":[{"index":0,"logprobs":null,"message":{"role":"assistant","content":"`+content+`","refusal":`+string(text)+`},"finish_reason":"`+reason+`"}]}`)
	}
	w.Fail(about(said("words", "stop", ""), "Answer with JSON: b"), about(said("{", "length", ""), "Answer with JSON: c"), about(said("", "stop", "I will not"), "Answer with JSON: d"))
	requests := object{}
	for _, key := range []string{"a", "b", "c", "d"} {
		requests[key] = "Answer with JSON: " + key
	}
	r := w.set(t)
	diags := r.Apply(t, setOf(requests, format, object{"on_failure": "keep"}))
	says(t, diags, "3 requests of 4 without a usable answer", `"b":`, "JSON", `"c": choices[0]: the answer was cut off`, `"d": `, "I will not", "What failed is asked again when its request, or triggers, change.")
	w.goOn(t, r)
	w.asks(t, 0, func() { unchanged(t, r, setOf(requests, format, object{"on_failure": "keep"})) })
	// What has no format is cut off with a warning, unless it is to fail.
	for _, test := range []struct {
		failOn any
		calls  int
		says   string
	}{{nil, 1, "warning: 1 answer may not be usable: - cut: choices[0]: the answer was cut off"}, {[]any{"length"}, 1, `error: 1 request of 1 without a usable answer: - "cut": choices[0]: the answer was cut off`}} {
		w.Fail(said("half", "length", ""))
		w.asks(t, test.calls, func() {
			says(t, w.set(t).Apply(t, setOf(texts("cut"), object{"fail_on": test.failOn, "triggers": object{"n": test.says}})), test.says)
		})
	}
	// Neither is an answer of use that waits, where the judgement has changed.
	w.Fail(about(said("half", "length", ""), "half"), about(mayBeMade, "b"))
	w.asks(t, 2, func() { w.set(t).Apply(t, setOf(texts("half", "b"))) })
	same(t, w.asks(t, 2, func() { apply(t, w.set(t), setOf(texts("half", "b"), object{"fail_on": []any{"length"}})) }), []string{"b", "half"})
}

// What no request will survive stops the rest before it is sent.
func TestSet_stopsEarly(t *testing.T) {
	const requests = 1000
	for kind, test := range map[string]struct {
		fault    emulator.Fault
		provider object
		change   object
		most     int
		says     []string
	}{
		"wrong key":    {wrongKey.Repeat(-1), nil, nil, 64, []string{"401 Unauthorized: Wrong key", "requests: not sent, because the apply stopped asking", "The API said: Wrong key", "Status: 401"}},
		"forbidden":    {emulator.ErrorJSON(403, "invalid_request_error", "", "", "Not you").Repeat(-1), nil, nil, 64, []string{"403 Forbidden: Not you", "not sent"}},
		"no money":     {emulator.QuotaExceeded().Repeat(-1), nil, nil, 64, []string{"429 Too Many Requests: You exceeded your current quota", "not sent"}},
		"server down":  {mayBeMade.Repeat(-1), nil, nil, 128, []string{"502 Bad Gateway", "not sent"}},
		"out of time":  {emulator.Hang().Repeat(-1), nil, object{"timeouts": object{"create": "3s"}}, 64, []string{"timeouts.create (3s)", "not sent"}},
		"small budget": {emulator.Fault{}, object{"limits": object{"max_requests": 10}}, nil, 10, []string{"error: 990 requests of 1000", "limits.max_requests", "10 answers are kept below"}},
	} {
		t.Run(kind, func(t *testing.T) {
			w := newWorkplace(t)
			if test.fault.Times != 0 {
				w.Fail(test.fault)
			}
			config := setOf(numbered(requests), test.change)
			r := w.set(t, test.provider)
			diags := r.Apply(t, config)
			says(t, diags, "error: ")
			says(t, diags, test.says...)
			if n := len(posts(w.Server)); n == 0 || n > test.most {
				t.Errorf("%d requests were sent", n)
			}
			if text := strings.Join(diags, ""); len(text) > 4000 {
				t.Errorf("it says too much: %d bytes", len(text))
			}
		})
	}
}

// One failure is enough where no other request would fare better, 32 in a row where the server may be down.
func TestSet_stopsAtOnce(t *testing.T) {
	for kind, test := range map[string]struct {
		fault emulator.Fault
		sent  int
	}{
		"wrong key":   {wrongKey, 1},
		"forbidden":   {emulator.ErrorJSON(403, "invalid_request_error", "", "", "Not you"), 1},
		"no money":    {emulator.QuotaExceeded(), 1},
		"server down": {mayBeMade, 32},
		"refused":     {refusedByServer, 40},
	} {
		t.Run(kind, func(t *testing.T) {
			w := newWorkplace(t)
			w.Fail(test.fault.Repeat(-1))
			w.asks(t, test.sent, func() { w.set(t, oneByOne).Apply(t, setOf(numbered(40))) })
		})
	}
}

// Failures that come one by one do not stop the rest, be it answers or refusals that come between them.
func TestSet_goesOnBesideFailures(t *testing.T) {
	for kind, refuses := range map[string]bool{"answers": false, "refusals": true} {
		t.Run(kind, func(t *testing.T) {
			w := newWorkplace(t)
			const n = 200
			for i := range n {
				switch {
				case i%2 == 0:
					w.Fail(about(mayBeMade, fmt.Sprintf("q%03d", i)))
				case refuses:
					w.Fail(about(refusedByServer, fmt.Sprintf("q%03d", i)))
				}
			}
			one := object{"limits": object{"max_concurrent": 1}}
			w.asks(t, n, func() { w.set(t, one).Apply(t, setOf(numbered(n))) })
			rest := n
			if !refuses {
				rest = n / 2
			}
			w.asks(t, rest, func() { apply(t, w.set(t, one), setOf(numbered(n))) })
		})
	}
}

// A budget that ends in the middle keeps what was bought, and the next apply buys the rest.
func TestSet_goesOnAfterABudget(t *testing.T) {
	w := newWorkplace(t)
	for _, calls := range []int{5, 5, 2} {
		r := w.set(t, object{"limits": object{"max_requests": 5}})
		w.asks(t, calls, func() {
			diags := r.Apply(t, setOf(numbered(12)))
			if hasError(diags) != (calls == 5) {
				t.Errorf("it says %q", diags)
			}
		})
	}
	if twice := w.AnsweredTwice(); len(twice) > 0 {
		t.Errorf("paid twice: %v", twice)
	}
}

// A rate limit is waited for, as for single completions.
func TestSet_waitsForARateLimit(t *testing.T) {
	w := newWorkplace(t)
	w.Fail(emulator.RateLimited("7").Repeat(3), emulator.ServerError())
	w.asks(t, 24, func() { apply(t, w.set(t), setOf(numbered(20))) })
	if waits := w.clock.Waits(); !slices.Contains(waits, 7*time.Second) {
		t.Errorf("waited %v", waits)
	}
}

// Nothing is sent when it is known that an answer could not be kept.
func TestSet_sendsNothingThatCannotBeKept(t *testing.T) {
	w := newWorkplace(t)
	if err := os.WriteFile(w.data, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.asks(t, 0, func() {
		out := t.TempDir()
		says(t, w.set(t).Apply(t, setOf(texts("a"), object{"results_file": filepath.Join(out, "a.jsonl")})), "error: Could not make the set of chat completions: Answers cannot be kept until the state has them")
		if left := files(t, out); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	})
}

// A plan has no other place for an answer than its recording.
func TestSet_plansNoAnswerThatIsNotRecorded(t *testing.T) {
	root := t.TempDir()
	dir, file, link := filepath.Join(root, "records"), filepath.Join(root, "file"), filepath.Join(root, "link")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Symlink(t.TempDir(), dir), os.Symlink(file, link)); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	w := newWorkplaceWith(t, emulator.Options{Log: writer(func() { // when a request is there, the directory is none any more
		once.Do(func() {
			if err := os.Rename(link, dir); err != nil {
				t.Error(err)
			}
		})
	})})
	r := w.set(t, recordings(dir, ""), object{"limits": object{"max_concurrent": 1}})
	plan := r.Plan(t, setOf(numbered(300), object{"generate_on": "plan"}))
	says(t, plan.Diags, "error: Answers cannot be planned: The model answered, but the answers could not be recorded")
	if n := len(posts(w.Server)); n > 65 {
		t.Errorf("%d requests were sent", n)
	}
}

// writer does something at each write.
type writer func()

func (w writer) Write(p []byte) (int, error) {
	w()
	return len(p), nil
}

// An answer that comes with the key of another account is no answer of this one.
func TestSet_leavesToTheApplyWhatItHasNoKeyFor(t *testing.T) {
	w := newWorkplace(t)
	r := w.set(t, recordings(t.TempDir(), ""))
	config := func(key any) object { return setOf(texts("a"), object{"generate_on": "plan", "api_key": key}) }
	w.asks(t, 0, func() {
		acctest.Quiet(t, r.Plan(t, config(acctest.Unknown{})).Diags)
		acctest.Quiet(t, r.Plan(t, setOf(texts("a"), object{"generate_on": "plan", "api_key_wo": acctest.Unknown{}, "api_key_wo_version": 1})).Diags)
	})
	w.asks(t, 1, func() { r.Plan(t, config("sk-test-another-key")) })
	if got := posts(w.Server)[0].Header.Get("Authorization"); got != "Bearer sk-test-another-key" {
		t.Errorf("the key was %q", got)
	}
}
