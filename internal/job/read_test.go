package job_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
)

func aClient(t testing.TB) *client.Client {
	t.Helper()
	c, err := client.New(client.Settings{BaseURL: "http://127.0.0.1:1/v1", APIKey: "sk-0123456789abcdefghijkl"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReadResult(t *testing.T) {
	t.Parallel()
	c := aClient(t)
	for line, want := range map[string]string{
		`{"custom_id":"a","response":{"status_code":200,"request_id":"r","body":{"content":"x"}},"error":null}`:                        `a 200 r {"content":"x"} <nil>`,
		`{"custom_id":"a","response":{"status_code":201,"body":{"x":1}}}`:                                                              `a 201  {"x":1} <nil>`,
		`{"custom_id":"a","response":{"body":{"x":1}},"error":{}}`:                                                                     `a 0  {"x":1} <nil>`,
		`{"custom_id":7,"response":{"status_code":"200","body":{"x":1}},"error":""}`:                                                   `7 200  {"x":1} <nil>`,
		"\ufeff" + `{"custom_id":"a","response":{"status_code":200,"body":{"x":"sk-0123456789abcdefghijkl"}}}`:                         `a 200  {"x":"***"} <nil>`,
		`{"custom_id":"a","response":{"status_code":400,"request_id":"r","body":{"error":{"message":"No.","code":"c"}}},"error":null}`: `a 400 r  400 Bad Request: No. (c, request ID r)`,
		`{"custom_id":"a","response":{"status_code":500,"body":null},"error":null}`:                                                    `a 500   500 Internal Server Error: The server answered 500 Internal Server Error with JSON without an error message: null`,
		`{"custom_id":"a","response":null,"error":{"code":"batch_expired","message":"Late."}}`:                                         `a 0   not run: Late. (batch_expired)`,
		`{"custom_id":"a","response":null,"error":{"code":"batch_cancelled","message":"Off."}}`:                                        `a 0   not run: Off. (batch_cancelled)`,
		`{"custom_id":"a","response":null,"error":{"code":"server_error","message":"Oh."}}`:                                            `a 0   Oh. (server_error)`,
		`{"custom_id":"a","error":"Oh."}`: `a 0   Oh.`,
		`{"custom_id":"a","response":{"status_code":200,"body":{"x":1}},"error":{"message":"Half."}}`: `a 200  {"x":1} Half.`,
		`{"custom_id":"a","response":null,"error":null}`:                                              `a 0   *`,
		`{"custom_id":"a","response":"what?"}`:                                                        `a 0   *`,
		`{"custom_id":"a","response":{"status_code":200}}`:                                            `a 200   *`,
		`{"custom_id":"a","response":{"status_code":200,"body":"text"}}`:                              `a 200  text *`,
		`{"custom_id":"a","response":{"status_code":204,"body":null}}`:                                `a 204   *`,
		`{"custom_id":`: ` 0   *`,
		`[1]`:           ` 0   *`,
		`null`:          ` 0   *`,
		`<html>`:        ` 0   *`,
	} {
		got := job.ReadResult(c, []byte(line))
		text := "<nil>"
		if got.Err != nil {
			text = told(got)
		}
		if strings.HasSuffix(want, "*") && got.Err != nil {
			text = "*"
		}
		if s := fmt.Sprintf("%s %d %s %s %s", got.ID, got.Status, got.RequestID, got.Body, text); s != want {
			t.Errorf("%s\n got  %s (%v)\n want %s", line, s, got.Err, want)
		}
	}
}

// A result is of one line, is never without an answer and an error, and cannot be hurt by what a server sends.
func FuzzReadResult(f *testing.F) {
	for _, seed := range []string{`{"custom_id":"a","response":{"status_code":200,"body":{"content":"x"}},"error":null}`,
		`{"custom_id":"a","response":null,"error":{"code":"batch_expired","message":"Late."}}`, `{"custom_id":"a","response":{"status_code":400,"body":"<html>"}}`, `[]`, `{"error":[{}]}`} {
		f.Add([]byte(seed))
	}
	c := aClient(f)
	f.Fuzz(func(t *testing.T, line []byte) {
		before := bytes.Clone(line)
		got := job.ReadResult(c, line)
		if got.Err == nil && !json.Valid(got.Body) {
			t.Errorf("an answer that is no JSON: %q", got.Body)
		}
		if got.Err != nil && (strings.ContainsFunc(got.Err.Error(), unicode.IsControl) || got.Err.Error() == "") {
			t.Errorf("an error of %q", got.Err.Error())
		}
		var not *job.NotRun
		if errors.As(got.Err, &not) && not.Message == "" {
			t.Error("no message")
		}
		if !bytes.Equal(line, before) {
			t.Error("the line is changed")
		}
	})
}

// Lines are the same however the content is cut.
func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\r\n\n c"), 1, 3)
	f.Fuzz(func(t *testing.T, content []byte, piece, broken int) {
		piece, broken = max(1, piece), min(max(0, broken), len(content))
		var got, want []string
		write, again, end := job.Lines(func(line []byte) error { got = append(got, string(line)); return nil })
		for part := range slices.Chunk(content[:broken], piece) {
			if err := write(part); err != nil {
				t.Fatal(err)
			}
		}
		again()
		for part := range slices.Chunk(content, piece) {
			if err := write(part); err != nil {
				t.Fatal(err)
			}
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		for line := range bytes.SplitSeq(content, []byte("\n")) {
			if line = bytes.TrimSpace(line); len(line) > 0 {
				want = append(want, string(line))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"id":"b","status":"expired","request_counts":{"total":3,"completed":"2","failed":1.0},"created_at":1.7e9,"usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":2},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":5}}`: `b expired 3 2 1 1700000000 &{1 2 3 4 5} []`,
		`{"id":"b","request_counts":null,"usage":null,"errors":null,"metadata":null,"created_at":null,"completed_at":null}`:                                                                                                                                                  `b  0 0 0 0 <nil> []`,
		`{"id":"b","request_counts":[],"usage":"x","errors":{"data":[{"line":null,"code":null,"message":"m"},"text",7]},"metadata":[1]}`:                                                                                                                                     `b  0 0 0 0 <nil> [{0  m } {0  text } {0  7 }]`,
		`{"id":"b","errors":[{"line":"2","message":"m","param":"p","code":5}]}`:                                                                                                                                                                                              `b  0 0 0 0 <nil> [{2 5 m p}]`,
		`{"id":""}`: "error", `[]`: "error", `{`: "error", `{"id":{}}`: "error",
	} {
		b, err := job.Parse([]byte(text))
		created := int64(0)
		if !b.Created.IsZero() {
			created = b.Created.Unix()
		}
		got := fmt.Sprint(b.ID, " ", b.Status, " ", b.Total, b.Done, b.FailedCount, " ", created, " ", b.Usage, " ", b.Errors)
		if err != nil {
			got = "error"
		}
		if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%s\n got  %s\n want %s", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"id":"b","errors":{"data":[{"line":2}]},"metadata":{"a":1},"usage":{},"request_counts":{"total":-1}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := job.Parse(text)
		if err == nil && (b.ID == "" || b.Total < 0 || b.Done < 0 || b.FailedCount < 0) {
			t.Errorf("%+v", b)
		}
	})
}

func TestSplit(t *testing.T) {
	t.Parallel()
	size := func(model string, bytes, tokens int64) job.Size {
		return job.Size{Model: model, Bytes: bytes, Tokens: tokens}
	}
	for name, test := range map[string]struct {
		sizes []job.Size
		most  job.Limits
		want  [][]int
	}{
		"none":          {nil, job.Limits{}, nil},
		"one":           {[]job.Size{size("a", 1, 1)}, job.Limits{}, [][]int{{0}}},
		"models":        {[]job.Size{size("a", 1, 1), size("b", 1, 1), size("a", 1, 1), size("b", 1, 1)}, job.Limits{}, [][]int{{0, 2}, {1, 3}}},
		"lines":         {[]job.Size{size("a", 1, 1), size("a", 1, 1), size("b", 1, 1), size("a", 1, 1)}, job.Limits{Lines: 2}, [][]int{{0, 1}, {2}, {3}}},
		"bytes":         {[]job.Size{size("a", 3, 0), size("a", 2, 0), size("a", 1, 0), size("a", 5, 0)}, job.Limits{Bytes: 5}, [][]int{{0, 1}, {2}, {3}}},
		"tokens":        {[]job.Size{size("a", 0, 3), size("a", 0, 2), size("a", 0, 1)}, job.Limits{Tokens: 5}, [][]int{{0, 1}, {2}}},
		"by itself":     {[]job.Size{size("a", 9, 0), size("a", 1, 0), size("a", 9, 0)}, job.Limits{Bytes: 5}, [][]int{{0}, {1}, {2}}},
		"OpenAI, bytes": {[]job.Size{size("a", 150_000_000, 0), size("a", 50_000_000, 0), size("a", 1, 0)}, job.Limits{}, [][]int{{0, 1}, {2}}},
	} {
		if got := job.Split(slices.Values(test.sizes), test.most); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %v", name, got)
		}
	}
	parts := job.Split(slices.Values(slices.Repeat([]job.Size{size("a", 1, 1)}, 100_001)), job.Limits{})
	if len(parts) != 3 || len(parts[0]) != 50_000 || len(parts[2]) != 1 {
		t.Errorf("100,001 lines: %d parts", len(parts))
	}
}

func TestLineBytes(t *testing.T) {
	r := start(t, emulator.Options{})
	work := task(0)
	lines := []job.Line{{ID: "a<\"ü", Body: []byte(`{"x":1}`)}, {ID: "b", Body: []byte(`{}`)}}
	work.Lines = slices.Values(lines)
	b := r.submit(work)
	answer, err := r.Do(t.Context(), client.Request{Method: "GET", Path: "files/" + b.InputFileID})
	if want := job.LineBytes(endpoint, lines[0]) + job.LineBytes(endpoint, lines[1]); err != nil || between(string(answer.Body), `"bytes":`, ",") != fmt.Sprint(want) {
		t.Errorf("%d: %s", want, answer.Body)
	}
}
