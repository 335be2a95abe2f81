package recording_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// spoken is a question whose answer has texts.
func spoken(prompt string) recording.Question {
	return question(prompt).Presented(recording.Presentation{Text: []string{"choices[*].content", "choices[*].calls[*].arguments", "content"}})
}

// keep records an answer and returns its file, with what is in it.
func keep(t *testing.T, q recording.Question, body string) (file, text string) {
	t.Helper()
	taken, err := open(t.TempDir(), "").Take(t.Context(), q, answers(body))
	if err != nil || taken.Unusable || taken.Unrecorded != nil {
		t.Fatalf("%+v, %v", taken, err)
	}
	bytes, err := os.ReadFile(taken.File)
	if err != nil {
		t.Fatal(err)
	}
	return taken.File, string(bytes)
}

func TestText_standsAboveTheAnswer(t *testing.T) {
	t.Parallel()
	_, text := keep(t, spoken("a"), `{"id":"x","choices":[{"content":"Dear all,\n\n<é> \"yes\""},{"content":null,"calls":[{"arguments":"{\"city\":\"K\\u00f6ln\",\"n\":1.0}"}]}]}`)
	const want = `  "text": [
    {
      "path": "choices[0].content",
      "lines": [
        "Dear all,",
        "",
        "<é> \"yes\""
      ]
    },
    {
      "path": "choices[1].calls[0].arguments",
      "json": {
        "city": "K\u00f6ln",
        "n": 1.0
      }
    }
  ],
  "answer": {
    "id": "x",
    "choices": [
      {
        "content": "(see text above)"
      },
      {
        "content": null,
        "calls": [
          {
            "arguments": "(see text above)"
          }
        ]
      }
    ]
  }
}
`
	if _, got, _ := strings.Cut(text, "  },\n"); got != want || !strings.HasPrefix(text, "{\n  \"recording\": 2,\n") {
		t.Errorf("the recording is\n%s", text)
	}
}

// What nobody has touched comes back to the letter.
func TestText_comesBackToTheLetter(t *testing.T) {
	t.Parallel()
	for form, texts := range map[string][]string{
		`"lines"`: {"word", "a\nb", "a\n", "\n", "\n\n", "a\r\nb\r", "a\u2028b\u0085", " a ", "\t", `{"a":1,"a":2}`, `{"a":`, "5", `"x"`, "true", "null",
			"```json\n{\"a\":1}\n```", "{\"a\" : 1}", "{\"a\":1} {}", "{\n  \"a\": [1, 2]\n}", "\ufeff{}", "(see text above)", "\x00\x1b[31m", "\u00a0{}"},
		`"json"`: {`{}`, `[]`, `{"a":[1,{"b":null}],"c":"x\ny: ,"}`, `{"n":12345678901234567890.10,"e":1E+05}`, "{\"s\":\"\\u2028\\/\u2028<&>\\\"\"}", "[{}, {}]",
			`{"a": [1, {"b": null}], "c": "x\\\": ,"}`, "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}", "{\n    \"a\": 1\n}", "{\n\t\"a\": 1\n}\n", "\n\n{\"a\": 1}\r\n ", "[1]"},
	} {
		for _, text := range texts {
			content, _ := json.Marshal(text)
			body := `{"choices":[{"content":` + string(content) + `}]}`
			q := spoken("a")
			file, is := keep(t, q, body)
			if !strings.Contains(is, form) {
				t.Errorf("%q is not shown as %s:\n%s", text, form, is)
			}
			taken, found, err := open(dirOf(file), recording.Replay).Find(q)
			if err != nil || !found || contentOf(t, taken) != text {
				t.Errorf("%q became %s, %v", text, taken.Answer.Body, err)
			}
		}
	}
}

func dirOf(file string) string { return file[:strings.LastIndexAny(file, `/\`)] }

// contentOf is the first content of an answer.
func contentOf(t *testing.T, taken recording.Taken) string {
	t.Helper()
	var answer struct{ Choices []struct{ Content string } }
	if err := json.Unmarshal(taken.Answer.Body, &answer); err != nil || len(answer.Choices) == 0 {
		t.Fatalf("%s: %v", taken.Answer.Body, err)
	}
	return answer.Choices[0].Content
}

// A reviewer corrects the text, and that is the answer.
func TestText_isWhatAReviewerCorrects(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct{ content, was, is, want string }{
		"a line":        {"one\ntwo", `"two"`, `"2"`, "one\n2"},
		"a line more":   {"one\ntwo", `"two"`, `"two", "three"`, "one\ntwo\nthree"},
		"no lines":      {"one", `"one"`, ``, ""},
		"JSON":          {`{"a": "x", "b": 1}`, `"x"`, `"y"`, `{"a": "y", "b": 1}`},
		"JSON as lines": {`{"a":1}`, "\"json\": {\n        \"a\": 1\n      }", `"lines": ["a is 1"]`, "a is 1"},
	} {
		content, _ := json.Marshal(test.content)
		file, text := keep(t, spoken("a"), `{"choices":[{"content":`+string(content)+`}]}`)
		edited := strings.Replace(text, test.was, test.is, 1)
		write(t, file, edited)
		taken, found, err := open(dirOf(file), "").Find(spoken("a"))
		if err != nil || !found || text == edited || contentOf(t, taken) != test.want {
			t.Errorf("%s: got %s, %v", kind, taken.Answer.Body, err)
		}
	}
}

// Where it is not clear which words count, none do.
func TestText_refusesTwoPlacesForOneText(t *testing.T) {
	t.Parallel()
	file, text := keep(t, spoken("a"), `{"choices":[{"content":"one"},{"content":"{\"a\":1}"}]}`)
	see := `"content": "(see text above)"`
	for kind, test := range map[string]struct{ was, is, why string }{
		"the answer corrected":       {see, `"content": "two"`, `both have words for "choices[0].content". Those in "text" count`},
		"a member taken away":        {see, `"x": 1`, `"answer" has no "(see text above)" there`},
		"a text taken away":          {`"path": "choices[0].content"`, `"path": "choices[1].content"`, `two texts for "choices[1].content"`},
		"all texts taken away":       {text[strings.Index(text, `  "text"`):strings.Index(text, `  "answer"`)], "", `has "(see text above)" where "text" has nothing`},
		"one more":                   {see, see + `, "x": "(see text above)"`, `has "(see text above)" where "text" has nothing`},
		"a path to another place":    {"choices[0].content", "choices[2].content", `"answer" has no "(see text above)" there`},
		"a path to many":             {"choices[0].content", "choices[*].content", `"answer" has no "(see text above)" there`},
		"no path":                    {`"path": "choices[0].content",`, ``, `a text has no "path"`},
		"both forms":                 {`"lines"`, `"json": 1, "lines"`, `must have "lines" or "json", one of them`},
		"neither form":               {"\"lines\": [\n        \"one\"\n      ]", `"layout": ""`, `must have "lines" or "json", one of them`},
		"a name in capitals":         {`"lines"`, `"Lines"`, `unknown member "Lines"`},
		"a name twice":               {`"lines"`, `"lines": [], "lines"`, `"lines" stands twice`},
		"a line that is none":        {`"one"`, `null`, `a line is null`},
		"lines that are none":        {"[\n        \"one\"\n      ]", `null`, `"lines" must be a list`},
		"a line that is a number":    {`"one"`, `1`, `"text" cannot be read`},
		"a text that is a string":    {"{\n      \"path\": \"choices[0].content\"", `"one", { "path": "choices[0].content"`, `a list of objects`},
		"an unknown layout":          {`"json"`, `"layout": "odd", "json"`, `must be one of "spaced"`},
		"lines with a layout":        {`"lines"`, `"layout": "spaced", "lines"`, `do not go`},
		"JSON that is none":          {`"a": 1`, `"a": 1,`, `not valid JSON`},
		"a conflict of two branches": {`"one"`, "<<<<<<< HEAD\n\"one\"", `not valid JSON`},
	} {
		edited := strings.Replace(text, test.was, test.is, 1)
		write(t, file, edited)
		var damaged *recording.DamagedError
		_, _, err := open(dirOf(file), "").Find(spoken("a"))
		if !errors.As(err, &damaged) || !strings.Contains(damaged.Why, test.why) || edited == text {
			t.Errorf("%s: got %v", kind, err)
		}
	}
}

// A text that would be too much for the file by lines stays in the answer.
func TestText_staysInTheAnswerWhereItWouldBeTooMuch(t *testing.T) {
	t.Parallel()
	for kind, content := range map[string]string{
		"many lines": strings.Repeat("\n", 20_000),
		"deep":       strings.Repeat("[", 127) + strings.Repeat("]", 127),
		"large":      strings.Repeat("a\n", 200_000),
	} {
		quoted, _ := json.Marshal(content)
		file, text := keep(t, spoken("a"), `{"choices":[{"content":`+string(quoted)+`}]}`)
		taken, found, err := open(dirOf(file), recording.Replay).Find(spoken("a"))
		if err != nil || !found || contentOf(t, taken) != content || strings.Contains(text, `"text"`) {
			t.Errorf("%s: %v, %t", kind, err, strings.Contains(text, `"text"`))
		}
	}
}

// What is as deep as a file may be is too deep inside of one.
func TestTake_keepsAsideWhatIsTooDeepInsideItsFile(t *testing.T) {
	t.Parallel()
	taken, err := open(t.TempDir(), "").Take(t.Context(), question("a"), answers(`{"a":`+strings.Repeat("[", 127)+strings.Repeat("]", 127)+`}`))
	if err != nil || !taken.Unusable || taken.Unrecorded == nil || !strings.Contains(taken.Unrecorded.Error(), "levels deep") {
		t.Errorf("%+v, %v", taken, err)
	}
}

// FuzzText: whatever an answer says, it says when its file is read again.
func FuzzText(f *testing.F) {
	for _, text := range []string{"a\nb\r\n", `{"a": 1}`, "{\n  \"a\": [\n    1\n  ]\n}\n", "(see text above)", "\"(see text above)\"", "\xff\u2028", `[{"\u0061":1,"a":2}]`, " {} ", "{}{}"} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, content, beside string) {
		body, err := json.Marshal(map[string]any{"choices": []any{map[string]any{"content": content, "x": beside}}})
		if err != nil {
			t.Fatal(err)
		}
		again, err := recording.WriteAndRead(body, []string{"choices[*].content"})
		if err != nil && !strings.Contains(beside, "(see text above)") {
			t.Fatal(err)
		}
		if err == nil && !jsontext.Same(string(again), string(body)) {
			t.Errorf("%s became %s", body, again)
		}
	})
}
