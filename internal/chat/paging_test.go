package chat_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// stock has the server store so many completions, and returns their IDs, oldest first.
func stock(t *testing.T, s *acctest.Server, n int) []string {
	t.Helper()
	for i := range n {
		post(t, s, fmt.Sprintf(`{"model":"gpt-4","store":true,"max_tokens":1,"messages":[{"role":"user","content":"number %d"}]}`, i))
	}
	return s.Stored()
}

// post sends a request past the provider.
func post(t *testing.T, s *acctest.Server, body string) {
	t.Helper()
	answer := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodPost, "/v1/chat/completions", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	s.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		t.Fatalf("%d: %s", answer.Code, answer.Body)
	}
}

// pages are the queries of the GET requests so far.
func pages(s *acctest.Server) []string {
	var queries []string
	for _, r := range called(s, http.MethodGet) {
		queries = append(queries, r.Query.Encode())
	}
	return queries
}

// column is one attribute of each item of a list in a data source's state.
func column(t *testing.T, state any, list, attribute string) []string {
	t.Helper()
	object, _ := state.(map[string]any)
	items, ok := object[list].([]any)
	if !ok {
		t.Fatalf("%s is %v", list, object[list])
	}
	var out []string
	for _, item := range items {
		out = append(out, fmt.Sprint(item.(map[string]any)[attribute]))
	}
	return out
}

func TestListDataSource_followsPages(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	ids := stock(t, s, 250)
	newest := slices.Clone(ids)
	slices.Reverse(newest)
	p := acctest.Speak(t)
	p.Connect(t, s)
	for name, test := range map[string]struct {
		config object
		want   []string
		pages  []string
	}{
		"all": {object{}, ids, []string{"limit=100", "after=" + ids[99] + "&limit=100", "after=" + ids[199] + "&limit=100"}},
		"newest first": {object{"order": "desc"}, newest,
			[]string{"limit=100&order=desc", "after=" + newest[99] + "&limit=100&order=desc", "after=" + newest[199] + "&limit=100&order=desc"}},
		"limit within a page":        {object{"limit": 7}, ids[:7], []string{"limit=7"}},
		"limit of one page":          {object{"limit": 100}, ids[:100], []string{"limit=100"}},
		"limit over several pages":   {object{"limit": 101}, ids[:101], []string{"limit=100", "after=" + ids[99] + "&limit=1"}},
		"limit beyond what there is": {object{"limit": 260}, ids, []string{"limit=100", "after=" + ids[99] + "&limit=100", "after=" + ids[199] + "&limit=60"}},
	} {
		before := len(pages(s))
		state, diags := p.ReadData(t, "openai_chat_completions", test.config)
		if len(diags) > 0 {
			t.Fatalf("%s: %v", name, diags)
		}
		if got := column(t, state, "completions", "id"); !slices.Equal(got, test.want) {
			t.Errorf("%s: found %d, want %d: %.200q", name, len(got), len(test.want), got)
		}
		if got := pages(s)[before:]; !slices.Equal(got, test.pages) {
			t.Errorf("%s: asked for %q, want %q", name, got, test.pages)
		}
	}
}

func TestMessagesDataSource_followsPages(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	var messages []any
	var want []string
	for i := range 230 {
		text := fmt.Sprintf("number %d", i)
		messages = append(messages, object{"role": "user", "content": text})
		want = append(want, text)
	}
	body, err := json.Marshal(object{"model": "gpt-4", "store": true, "messages": messages})
	if err != nil {
		t.Fatal(err)
	}
	post(t, s, string(body))
	p := acctest.Speak(t)
	p.Connect(t, s)
	state, diags := p.ReadData(t, "openai_chat_completion_messages", object{"completion_id": s.Stored()[0]})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if got := column(t, state, "messages", "content"); !slices.Equal(got, want) {
		t.Errorf("found %d messages: %.200q", len(got), got)
	}
	if got := len(pages(s)); got != 3 {
		t.Errorf("%d pages were asked for, want 3: %q", got, pages(s))
	}
}

// A server that repeats itself must neither be asked for ever nor be believed.
func TestListDataSource_oddPages(t *testing.T) {
	const lost = "The server says there are more items, but not where they begin"
	item := func(id string) string { return `{"id":"` + id + `","choices":[]}` }
	for name, test := range map[string]struct {
		answers []string
		limit   any
		want    []string // IDs
		diag    string   // a piece of the error; "" = none
	}{
		"the same last_id again": {answers: []string{
			`{"data":[` + item("a") + `],"last_id":"a","has_more":true}`,
			`{"data":[` + item("a") + `],"last_id":"a","has_more":true}`}, diag: lost},
		"no last_id":                {answers: []string{`{"data":[` + item("a") + `],"has_more":true}`}, diag: lost},
		"more, but nothing":         {answers: []string{`{"data":[],"last_id":"a","has_more":true}`}},
		"more than asked for":       {answers: []string{`{"data":[` + item("a") + `,` + item("b") + `,` + item("c") + `],"has_more":false}`}, limit: 2, want: []string{"a", "b"}},
		"no word of more":           {answers: []string{`{"data":[` + item("a") + `]}`}, want: []string{"a"}},
		"less than a page":          {answers: []string{`{"data":[` + item("a") + `],"last_id":"a","has_more":true}`, `{"data":[` + item("b") + `],"last_id":"b","has_more":false}`}, want: []string{"a", "b"}},
		"data that is no list":      {answers: []string{`{"data":{}}`}, diag: "The server's list could not be read"},
		"an item that is no object": {answers: []string{`{"data":["a"]}`}, diag: "A JSON object was expected"},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			for _, answer := range test.answers {
				s.Fail(emulator.Status(200, answer))
			}
			p := acctest.Speak(t)
			p.Connect(t, s)
			state, diags := p.ReadData(t, "openai_chat_completions", object{"limit": test.limit})
			if all := strings.Join(diags, "\n"); (all == "") != (test.diag == "") || !strings.Contains(all, test.diag) {
				t.Fatalf("got %q, want %q", all, test.diag)
			}
			if test.diag == "" {
				if got := column(t, state, "completions", "id"); !slices.Equal(got, test.want) {
					t.Errorf("found %q, want %q", got, test.want)
				}
			}
			if got := len(pages(s)); got != len(test.answers) {
				t.Errorf("%d pages were asked for, want %d", got, len(test.answers))
			}
		})
	}
}

// A server that says for ever that there are more, each time with new items, is not asked for ever.
func TestListDataSource_endsEndlessPages(t *testing.T) {
	t.Parallel()
	served := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		served++
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"data":[{"id":"c%d"}],"last_id":"c%d","has_more":true}`, served, served)
	}))
	t.Cleanup(server.Close)
	p := acctest.Speak(t)
	p.Connect(t, &acctest.Server{URL: server.URL + "/v1"})
	_, diags := p.ReadData(t, "openai_chat_completions", nil)
	if served != 1000 || len(diags) != 1 || !strings.Contains(diags[0], "the list does not end: after 1000 pages") && !strings.Contains(diags[0], "The list does not end: after 1000 pages") {
		t.Errorf("got %q after %d pages", diags, served)
	}
}
