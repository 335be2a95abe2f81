package recording_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 123, time.UTC)

func open(dir string, mode recording.Mode) *recording.Store {
	return recording.New(recording.Options{Directory: dir, Mode: mode, Version: "1.2.3", Now: func() time.Time { return noon }})
}

func question(prompt string) recording.Question { return triggered(prompt, nil) }

func triggered(prompt string, triggers map[string]string) recording.Question {
	return asking(fmt.Sprintf(`{"model":"m","messages":[{"role":"user","content":%q}]}`, prompt), nil, triggers)
}

// asking is NewQuestion for a request that is one.
func asking(request string, ignore []string, triggers map[string]string) recording.Question {
	q, err := recording.NewQuestion("", []byte(request), ignore, triggers)
	if err != nil {
		panic(err)
	}
	return q
}

// says is an ask that answers with a text and counts its calls.
func says(text string, calls *atomic.Int32) func(context.Context) (recording.Asked, error) {
	return func(context.Context) (recording.Asked, error) {
		calls.Add(1)
		return recording.Asked{Answer: recording.Answer{Body: fmt.Appendf(nil, `{"content":%q}`, text), RequestID: "req_1"}}, nil
	}
}

func never(t *testing.T) func(context.Context) (recording.Asked, error) {
	return func(context.Context) (recording.Asked, error) {
		t.Error("was asked")
		return recording.Asked{}, errors.New("no")
	}
}

func TestName_goesByMeaning(t *testing.T) {
	t.Parallel()
	const request = `{"model":"m","temperature":1,"stream":true}`
	ignore := []string{"stream", "stream_options"}
	base := asking(request, ignore, nil)
	for _, q := range []recording.Question{
		asking(` { "temperature": 1.0, "model": "m" }`, nil, nil),
		asking(`{"model":"\u006d","temperature":1e0,"stream_options":{}}`, ignore, map[string]string{}),
	} {
		if q.Name() != base.Name() {
			t.Errorf("%v has another name", q)
		}
	}
	seen := map[string]bool{base.Name(): true}
	for _, q := range []recording.Question{
		asking(request, nil, nil),
		asking(`{"model":"m","temperature":0}`, nil, nil),
		asking(`{"model":"m"}`, nil, nil),
		asking(`{"model":"m","temperature":1}`, nil, map[string]string{"a": "b"}),
		asking(`{"model":"m","temperature":1,"triggers":{"a":"b"}}`, nil, nil),
	} {
		if seen[q.Name()] {
			t.Errorf("%v has the name of another", q)
		}
		seen[q.Name()] = true
	}
	for _, bad := range []string{``, `[]`, `null`, `{`, `"x"`} {
		if _, err := recording.NewQuestion("", []byte(bad), nil, nil); err == nil {
			t.Errorf("%q has a name", bad)
		}
	}
}

// A change of names would lose every recording that was ever made.
func TestName_staysWhatItIs(t *testing.T) {
	t.Parallel()
	q := triggered("Translate: <é>", map[string]string{"week": "1"})
	if got, want := q.Name(), "0b3060dbb3657d540dbf385c59e8a6f5bc910d8d61e44d06467d1bdfb1da6840"; got != want {
		t.Errorf("the name is %s, was %s", got, want)
	}
}

func TestName_goesByTheEndpoint(t *testing.T) {
	t.Parallel()
	names := map[string]string{}
	for _, endpoint := range []string{"", "responses", "embeddings"} {
		q, err := recording.NewQuestion(endpoint, []byte(`{"model":"m","input":"hello"}`), nil, nil)
		if err != nil || names[q.Name()] != "" {
			t.Errorf("%q has the name of %q; %v", endpoint, names[q.Name()], err)
		}
		names[q.Name()] = endpoint
		dir := t.TempDir()
		var calls atomic.Int32
		if _, err := open(dir, "").Take(t.Context(), q, says("x", &calls)); err != nil {
			t.Fatal(err)
		}
		if taken, err := open(dir, "").Take(t.Context(), q, never(t)); err != nil || !taken.Recorded {
			t.Errorf("%q was not found: %+v, %v", endpoint, taken, err)
		}
		text, _ := os.ReadFile(filepath.Join(dir, q.Name()+".json"))
		if said := strings.Contains(string(text), `"endpoint": "`+endpoint+`"`); said != (endpoint != "") {
			t.Errorf("%q: the recording is\n%s", endpoint, text)
		}
	}
}

// Recordings that were committed before there were endpoints are found for ever.
func TestFind_findsWhatWasCommittedLongAgo(t *testing.T) {
	t.Parallel()
	delivery := []string{"stream", "stream_options"}
	for file, q := range map[string]recording.Question{
		"065b2809e5fb25078bb104e605aa16e4c9b297165549e9ea5999a13d531e40f0": asking(`{"model":"m","messages":[],"stream":true}`, delivery, nil),
		"7d4154dee82be3fa3447a23e3c64dda37917c4d1652cfe99fa2c5a804d406dce": asking(
			`{"seed":12345678901234567890,"temperature":0.7,"stop":["a",null],"model":"gpt-4o","messages":[{"content":"Be brief. <é> 😀","role":"system"},{"role":"user","content":"Translate:\n\"Zw\u00f6lf\""}]}`,
			delivery, map[string]string{"week": "1", "": "ü"}),
	} {
		taken, found, err := open(filepath.Join("testdata", "committed"), recording.Replay).Find(q)
		if err != nil || !found || q.Name() != file || taken.Answer.RequestID != "req_1" || !strings.Contains(string(taken.Answer.Body), "Twelve") {
			t.Errorf("%s is %s: %+v, %v", file, q.Name(), taken, err)
		}
	}
	taken, _, err := open(filepath.Join("testdata", "committed"), recording.Replay).Find(asking(`{"model":"m","messages":[],"seed":2}`, nil, nil))
	if want := `{"choices":[{"message":{"content":"Twelve\n"}},{"message":{"content":"\n{\"n\": 12.0, \"w\": \"Zw\\u00f6lf\"} "}}]}`; err != nil || !jsontext.Same(string(taken.Answer.Body), want) {
		t.Errorf("with texts above it: %s, %v", taken.Answer.Body, err)
	}
}

func TestTake_asksOnceAndRecords(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "recordings")
	var calls atomic.Int32
	q := triggered("a < b\nc", map[string]string{"week": "1"})
	taken, err := open(dir, "").Take(t.Context(), q, says("<é>\n", &calls))
	if err != nil || taken.Recorded || taken.Unrecorded != nil || taken.File != filepath.Join(dir, q.Name()+".json") {
		t.Fatalf("%+v, %v", taken, err)
	}
	text, err := os.ReadFile(taken.File)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "recording": 1,
  "recorded_at": "2026-11-24T12:00:00Z",
  "provider_version": "1.2.3",
  "request_id": "req_1",
  "triggers": {
    "week": "1"
  },
  "request": {
    "model": "m",
    "messages": [
      {
        "role": "user",
        "content": "a < b\nc"
      }
    ]
  },
  "answer": {
    "content": "<é>\n"
  }
}
`
	if string(text) != want {
		t.Errorf("the recording is\n%s", text)
	}
	for _, mode := range []recording.Mode{recording.Reuse, recording.Replay} {
		again, err := open(dir, mode).Take(t.Context(), q, never(t))
		if err != nil || !again.Recorded || string(again.Answer.Body) != "{\n    \"content\": \"<é>\\n\"\n  }" || again.Answer.RequestID != "req_1" {
			t.Errorf("%s: %+v, %v", mode, again, err)
		}
	}
	if files := list(t, dir); len(files) != 1 {
		t.Errorf("there is more than the recording: %v", files)
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestReplay_neverAsks(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "none")
	store := open(dir, recording.Replay)
	var missing *recording.MissingError
	if _, err := store.Take(t.Context(), question("a"), never(t)); !errors.As(err, &missing) || missing.File != filepath.Join(dir, question("a").Name()+".json") {
		t.Errorf("got %v", err)
	}
	if _, _, err := store.Find(question("a")); !errors.As(err, &missing) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory was made")
	}
}

func TestRefresh_asksOnceInEachProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var calls atomic.Int32
	q := question("a")
	for run := range 2 { // a Store is a process
		store := open(dir, recording.Refresh)
		if _, found, err := store.Find(q); found || err != nil {
			t.Errorf("run %d: an old recording was found; %v", run, err)
		}
		for range 2 {
			taken, err := store.Take(t.Context(), q, says(fmt.Sprint("answer ", run), &calls))
			if want := fmt.Sprintf(`answer %d`, run); err != nil || !strings.Contains(string(taken.Answer.Body), want) {
				t.Errorf("got %s, %v, want %s", taken.Answer.Body, err, want)
			}
		}
		if _, found, err := store.Find(q); !found || err != nil {
			t.Errorf("run %d: the new recording was not found; %v", run, err)
		}
	}
	if n := calls.Load(); n != 2 {
		t.Errorf("was asked %d times", n)
	}
}

func TestTake_neverOverwritesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	q := question("a")
	var calls atomic.Int32
	good := t.TempDir()
	taken, err := open(good, "").Take(t.Context(), q, says("x", &calls))
	if err != nil {
		t.Fatal(err)
	}
	bytes, _ := os.ReadFile(taken.File)
	text := string(bytes)
	for kind, test := range map[string]struct{ content, why string }{
		"empty":            {"", "the text is empty"},
		"cut":              {text[:len(text)-30], "ends before"},
		"merge conflict":   {"<<<<<<< HEAD\n" + text, "not valid JSON"},
		"two":              {text + text, "not valid JSON"},
		"foreign":          {`{"hello":"world"}`, "is no recording"},
		"a list":           {`[1]`, "is no recording"},
		"null":             {`null`, "is no recording"},
		"format 0":         {strings.Replace(text, `"recording": 1`, `"recording": 0`, 1), "is no recording"},
		"newer":            {strings.Replace(text, `"recording": 1`, `"recording": 3, "novel": {}`, 1), "format 3, of a newer version"},
		"wrong form":       {strings.Replace(text, `"recorded_at": "2026-11-24T12:00:00Z"`, `"recorded_at": 5`, 1), "not in the form"},
		"no answer":        {before(text, ",\n  \"answer\"") + "}", `"answer" is no JSON object`},
		"a text as answer": {before(text, ",\n  \"answer\"") + `, "answer": "x"}`, `"answer" is no JSON object`},
		"no request":       {before(text, ",\n  \"request\"") + `, "answer": {}}`, `"request" is no JSON object`},
		"edited":           {strings.Replace(text, `"content": "a"`, `"content": "b"`, 1), "not the one that its name stands for"},
		"another endpoint": {strings.Replace(text, `"request"`, `"endpoint": "responses", "request"`, 1), "not the one that its name stands for"},

		// What a reviewer may read otherwise than the provider.
		"answer twice":              {strings.Replace(text, `"answer"`, `"answer": {}, "answer"`, 1), `"answer" stands twice`},
		"answer twice, escaped":     {strings.Replace(text, `"answer"`, `"\u0061nswer": {}, "answer"`, 1), `"answer" stands twice`},
		"answer in capitals":        {strings.Replace(text, `"answer"`, `"Answer"`, 1), `"Answer", which no recording has`},
		"answer in both":            {before(text, "\n}") + `, "ANSWER": {"content":"y"}}`, `"ANSWER", which no recording has`},
		"request with a long s":     {before(text, "\n}") + `, "reque\u017ft": {"content":"y"}}`, `which no recording has`},
		"twice in the answer":       {strings.Replace(text, `"content": "x"`, `"content": "y", "content": "x"`, 1), `"content" stands twice`},
		"twice in the request":      {strings.Replace(text, `"content": "a"`, `"content": "b", "content": "a"`, 1), `"content" stands twice`},
		"unknown member":            {before(text, "\n}") + `, "note": "x"}`, `"note", which no recording has`},
		"Latin-1":                   {strings.Replace(text, `"x"`, "\"\xe9\"", 1), "is not UTF-8"},
		"with a byte order mark":    {"\ufeff" + text, "byte order mark"},
		"UTF-16":                    {"\xff\xfe{\x00}\x00", "is not UTF-8"},
		"very deep":                 {strings.Replace(text, `"x"`, strings.Repeat("[", 5000)+strings.Repeat("]", 5000), 1), "levels deep"},
		"many empty choices":        {strings.Replace(text, `"x"`, `[`+strings.Repeat("{},", 10_000)+`{}]`, 1), "more than 10000 values"},
		"larger than any recording": {text + strings.Repeat(" ", 1<<20), "larger than 64 MiB"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, filepath.Base(taken.File))
			if err := os.WriteFile(file, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, mode := range []recording.Mode{recording.Reuse, recording.Replay, recording.Refresh} {
				var damaged *recording.DamagedError
				_, err := open(dir, mode).Take(t.Context(), q, never(t))
				if !errors.As(err, &damaged) || damaged.File != file || !strings.Contains(damaged.Why, test.why) {
					t.Errorf("%s: got %v", mode, err)
				}
			}
			if now, _ := os.ReadFile(file); string(now) != test.content {
				t.Error("the file was changed")
			}
		})
	}
}

// before is what stands in a text before a mark.
func before(text, mark string) string { return text[:strings.LastIndex(text, mark)] }

func TestTake_keepsWhatIsUnusableButNeverGivesIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	q := question("a")
	broken := errors.New("the connection broke")
	for kind, ask := range map[string]func(context.Context) (recording.Asked, error){
		"unusable": func(context.Context) (recording.Asked, error) {
			return recording.Asked{Answer: recording.Answer{Body: []byte(`{"a":1}`)}, Unusable: []string{"a is no text"}}, nil
		},
		"cut off": func(context.Context) (recording.Asked, error) {
			return recording.Asked{Answer: recording.Answer{Body: []byte(`{"a":1}`)}}, broken
		},
		"torn": func(context.Context) (recording.Asked, error) {
			return recording.Asked{Answer: recording.Answer{Body: []byte(`{"a":`)}}, broken
		},
	} {
		taken, err := open(dir, "").Take(t.Context(), q, ask)
		if (kind == "unusable") != (err == nil) || taken.Recorded || taken.Unrecorded != nil || !strings.HasSuffix(taken.File, ".20261124T120000.000000123Z.unusable.json") {
			t.Errorf("%s: %+v, %v", kind, taken, err)
		}
		text, err := os.ReadFile(taken.File)
		if err != nil || !strings.Contains(string(text), `"unusable": [`) {
			t.Errorf("%s: %s, %v", kind, text, err)
		}
	}
	var calls atomic.Int32
	if taken, err := open(dir, "").Take(t.Context(), q, says("good", &calls)); err != nil || taken.Recorded {
		t.Errorf("an unusable answer was given again: %+v, %v", taken, err)
	}
}

func TestTake_findsOutBeforeAskingThatNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(t.TempDir(), "locked")
	if err := os.Mkdir(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	directories := []string{file, filepath.Join(file, "below")}
	if os.Geteuid() != 0 { // root may write everywhere
		directories = append(directories, locked)
	}
	for _, dir := range directories {
		var unwritable *recording.UnwritableError
		if _, err := open(dir, "").Take(t.Context(), question("a"), never(t)); !errors.As(err, &unwritable) {
			t.Errorf("%s: got %v", dir, err)
		}
	}
}

// The directory goes while the model thinks, and a file takes its place: the answer is given all the same.
func TestTake_givesTheAnswerThatCouldNotBeRecorded(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "recordings")
	taken, err := open(dir, "").Take(t.Context(), question("a"), func(context.Context) (recording.Asked, error) {
		return recording.Asked{Answer: recording.Answer{Body: []byte(`{"a":1}`)}}, errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600))
	})
	if err != nil || taken.Unrecorded == nil || taken.File != "" || string(taken.Answer.Body) != `{"a":1}` {
		t.Errorf("%+v, %v", taken, err)
	}
}

func TestTake_ofManyAtOnceAsksOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stores := []*recording.Store{open(dir, ""), open(dir, "")} // as if in two processes
	var calls atomic.Int32
	var inside atomic.Int32
	var wg sync.WaitGroup
	for i := range 60 {
		store := stores[i%2]
		wg.Go(func() {
			taken, err := store.Take(t.Context(), question("a"), func(ctx context.Context) (recording.Asked, error) {
				if inside.Add(1) > 1 {
					t.Error("two ask at once")
				}
				defer inside.Add(-1)
				return says("x", &calls)(ctx)
			})
			if err != nil || len(taken.Answer.Body) == 0 {
				t.Errorf("%+v, %v", taken, err)
			}
		})
	}
	wg.Wait()
	if n := calls.Load(); n != 1 {
		t.Errorf("was asked %d times", n)
	}
	if files := list(t, dir); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
}

func TestTake_makesTheDirectoryAgainThatHasGone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "recordings")
	taken, err := open(dir, "").Take(t.Context(), question("a"), func(context.Context) (recording.Asked, error) {
		return recording.Asked{Answer: recording.Answer{Body: []byte(`{"a":1}`)}}, os.RemoveAll(dir)
	})
	if err != nil || taken.Unrecorded != nil {
		t.Errorf("%+v, %v", taken, err)
	}
	if _, err := os.Stat(taken.File); err != nil {
		t.Error(err)
	}
}

// Many that ask the same at once pay once, also for an answer of no use.
func TestTake_asksOnceInAProcessForWhatIsUnusable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var calls atomic.Int32
	ask := func(context.Context) (recording.Asked, error) {
		calls.Add(1)
		return recording.Asked{Answer: recording.Answer{Body: []byte(`{"a":1}`)}, Unusable: []string{"a is no text"}}, nil
	}
	store := open(dir, "")
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if taken, err := store.Take(t.Context(), question("a"), ask); err != nil || !taken.Unusable || taken.Recorded {
				t.Errorf("%+v, %v", taken, err)
			}
		})
	}
	wg.Wait()
	if _, err := open(dir, "").Take(t.Context(), question("a"), ask); err != nil || calls.Load() != 2 {
		t.Errorf("asked %d times, want once in each process; %v", calls.Load(), err)
	}
}

// Exactly one of the three results of Begin says what is the case.
func TestBegin_isAnAnswerOrASlotOrAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := open(dir, "")
	taken, slot, err := store.Begin(t.Context(), question("a"))
	if slot == nil || taken.File != "" || taken.Answer.Body != nil || err != nil {
		t.Fatalf("%+v, %v, %v", taken, slot, err)
	}
	kept := slot.Keep(recording.Answer{Body: []byte(`{"a":1}`)}, nil)
	slot.Close()
	slot.Close()
	taken, slot, err = store.Begin(t.Context(), question("a"))
	if slot != nil || err != nil || !taken.Recorded || taken.File != kept.File || len(taken.Answer.Body) == 0 {
		t.Errorf("%+v, %v, %v", taken, slot, err)
	}
	taken, slot, err = open(dir, recording.Replay).Begin(t.Context(), question("b"))
	if slot != nil || taken.File != "" || taken.Answer.Body != nil || !errors.As(err, new(*recording.MissingError)) {
		t.Errorf("%+v, %v, %v", taken, slot, err)
	}
	if _, slot, err = store.Begin(t.Context(), question("b")); slot == nil || err != nil {
		t.Fatal(err)
	}
	slot.Close() // a caller that has neither an answer nor a failure leaves nothing behind
	if files := list(t, dir); len(files) != 1 {
		t.Errorf("there is %v", files)
	}
}

// Each of many equal requests that may have been billed is not sent again in this process.
func TestBegin_sharesAFailureThatMayHaveBeenBilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := open(dir, "")
	_, slot, err := store.Begin(t.Context(), question("a"))
	if err != nil {
		t.Fatal(err)
	}
	lost := errors.New("the connection broke")
	var wg sync.WaitGroup
	begin := func() {
		var unclear *recording.UnclearError
		_, slot, err := store.Begin(t.Context(), question("a"))
		if slot != nil || !errors.As(err, &unclear) || !errors.Is(err, lost) || !strings.Contains(err.Error(), "another resource") {
			t.Errorf("got %v, %v", slot, err)
		}
	}
	for range 20 {
		wg.Go(begin)
	}
	slot.Keep(recording.Answer{Body: []byte(`{"half":`)}, []string{lost.Error()})
	slot.Fail(lost, true)
	slot.Close()
	wg.Wait()
	begin()
	if _, slot, err = store.Begin(t.Context(), question("b")); slot == nil {
		t.Fatalf("another question: %v", err)
	}
	slot.Close()
	if _, slot, err = open(dir, "").Begin(t.Context(), question("a")); slot == nil { // the next run
		t.Fatalf("another process: %v", err)
	}
	slot.Keep(recording.Answer{Body: []byte(`{"a":1}`)}, nil)
	slot.Close()
	if taken, _, err := store.Begin(t.Context(), question("a")); err != nil || !taken.Recorded {
		t.Errorf("what another process has recorded since: %+v, %v", taken, err)
	}
}

// The one that waits is not told the failure of the one that asked.
func TestTake_asksAgainWhereTheFirstFails(t *testing.T) {
	t.Parallel()
	for kind, stores := range map[string][2]*recording.Store{
		"in one process": func() [2]*recording.Store { s := open(t.TempDir(), ""); return [2]*recording.Store{s, s} }(),
		"in two":         func() [2]*recording.Store { d := t.TempDir(); return [2]*recording.Store{open(d, ""), open(d, "")} }(),
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			entered, failed := make(chan struct{}), make(chan error, 1)
			var calls atomic.Int32
			go func() {
				_, err := stores[0].Take(context.Background(), question("a"), func(context.Context) (recording.Asked, error) {
					close(entered)
					return recording.Asked{}, errors.New("429")
				})
				failed <- err
			}()
			<-entered
			taken, err := stores[1].Take(t.Context(), question("a"), says("x", &calls))
			if err != nil || taken.Recorded || calls.Load() != 1 {
				t.Errorf("%+v, %v", taken, err)
			}
			if err := <-failed; err == nil {
				t.Error("the first did not fail")
			}
		})
	}
}

func TestTake_doesNotWaitLongerThanItMay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := open(dir, "")
	entered, leave := make(chan struct{}), make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = store.Take(context.Background(), question("a"), func(context.Context) (recording.Asked, error) {
			close(entered)
			<-leave
			return recording.Asked{}, errors.New("gave up")
		})
	}()
	<-entered
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(enough)
	for _, s := range []*recording.Store{store, open(dir, "")} {
		if _, err := s.Take(ctx, question("a"), never(t)); !errors.Is(err, enough) {
			t.Errorf("got %v", err)
		}
	}
	close(leave)
	<-done
}

// What a process that was killed has left does no harm.
func TestTake_goesOnAfterAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n := question("a").Name()
	for _, left := range []string{"." + n + ".lock", "." + n + ".json.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, left), []byte(`{"half":`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var calls atomic.Int32
	taken, err := open(dir, "").Take(t.Context(), question("a"), says("x", &calls))
	if err != nil || calls.Load() != 1 {
		t.Fatalf("%+v, %v", taken, err)
	}
	if files := list(t, dir); !slices.Equal(files, []string{n + ".json"}) {
		t.Errorf("there is %v", files)
	}
}

// FuzzFind: whatever a file holds, it is read, or refused with its name and a reason.
func FuzzFind(f *testing.F) {
	var calls atomic.Int32
	dir := f.TempDir()
	q := question("a")
	taken, err := open(dir, "").Take(context.Background(), q, says("x", &calls))
	if err != nil {
		f.Fatal(err)
	}
	text, _ := os.ReadFile(taken.File)
	f.Add(string(text))
	f.Add(strings.ReplaceAll(string(text), `"recording": 1`, `"recording": 1e0`))
	f.Add(`{"recording":1,"request":{},"answer":{}}`)
	f.Add(`{"recording":1,"answer":null}`)
	f.Add(strings.Replace(string(text), `"answer"`, `"answer":{},"answer"`, 1))
	f.Add(strings.Replace(string(text), `"answer"`, `"Answer"`, 1))
	f.Add(strings.Replace(string(text), `"answer": {`, `"text":[{"path":"content","lines":["x"]}],"answer": {"content":"(see text above)"}, "x": {`, 1))
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(taken.File, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		again, found, err := open(dir, "").Find(q)
		var damaged *recording.DamagedError
		switch body := again.Answer.Body; {
		case err != nil && (!errors.As(err, &damaged) || damaged.Why == "" || damaged.File != taken.File):
			t.Errorf("got %v", err)
		case err == nil && (!found || len(body) == 0 || body[0] != '{'):
			t.Errorf("found %v: %s", found, body)
		}
	})
}
