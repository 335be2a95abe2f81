package chat_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

// casesAt is a folder of cases from public bug reports: a configuration each, what a server answered, and
// what a user expects in words. It is no part of this repository.
const casesAt = "../../../shared/cases"

// caseOf is what a case expects, so that it can be checked.
type caseOf struct {
	edit    []string          // old and new texts in main.tf
	files   map[string]string // further files
	command []string          // nil = apply

	outputs map[string]any // by place, such as "choices.0.index"; "#" is the length of a list
	fails   string         // what the errors say; "" = there are none
	unsaid  string         // what the errors do not say
	sent    string         // stands in the last request
	unsent  string         // stands in no request
	calls   int            // 0 = any number
	also    func(t *testing.T, ran ranCase)
}

// cases has all that each case expects, by the name of its folder. "NAME: …" is another of the same folder.
var cases = map[string]caseOf{
	"01-perplexity-message-beside-delta": {outputs: places{"content": "The capital is Paris."}},
	"03-gemini-parallel-index-0": {outputs: places{callAt("#"): 3.0, callAt("0.function.name"): "get_weather", callAt("2.function.name"): "get_time",
		callAt("0.function.arguments"): `{"city":"Beijing"}`, callAt("1.function.arguments"): `{"city":"Shanghai"}`, callAt("2.function.arguments"): `{"tz":"UTC"}`}},
	"04-gemini-trailing-extra-content": {outputs: places{callAt("#"): 1.0, callAt("0.function.arguments"): `{"city":"Oslo"}`,
		callAt("0.extra"): `{"extra_content":{"google":{"thought_signature":"c2ln"}}}`}},
	"05-mistral-content-list":                            {outputs: places{"content": "Four.", messageAt("content"): "Four.", messageAt("reasoning_content"): "Two and two."}},
	"05b-mistral-list-json-schema":                       {outputs: places{"o.city": "Oslo", messageAt("reasoning_content"): "Oslo it is."}},
	"07-openrouter-choice-error":                         {fails: "Upstream network error", calls: 1},
	"07c-choice-error-recorded":                          {fails: "Upstream network error", also: recordedOnly("cbdf85f0")},
	"07c-choice-error-recorded: nothing recorded before": {edit: []string{`"rec"`, `"new"`}, fails: "Upstream network error", calls: 1, also: recordedOnly("")},
	"08-azure-async-filter":                              {outputs: places{"content": "Red.", "meta.id": "c1", "meta.created": 1700000000.0, "meta.model": "m-1", "choices.0.finish_reason": "stop"}},
	"09-minimax-base-resp":                               {fails: "insufficient balance", unsaid: "billed", calls: 1},
	"10-mistral-call-without-type":                       {outputs: places{"answer": "It is sunny."}, sent: `"type":"function"`, calls: 2},
	"11-tool-arguments-empty":                            {outputs: places{"args": map[string]any{}}},
	"12-null-content-length-json-schema":                 {fails: "cut off", calls: 1},
	"12e-null-content-recorded":                          {fails: "cut off", also: recordedOnly("774f7485")},
	"12e-null-content-recorded: nothing recorded before": {edit: []string{`"rec"`, `"new"`}, fails: "cut off", calls: 1, also: recordedOnly("")},
	"14-reasoning-field":                                 {outputs: places{"content": "4", messageAt("reasoning_content"): "2+2"}},
	"15b-stream-options-refused-off":                     {outputs: places{"content": "ok"}, unsent: "stream_options", calls: 1},
	"16-gemini-thought-signature":                        {outputs: places{"answer": "It is sunny."}, sent: `"extra_content":{"google":{"thought_signature":"c2lnbmF0dXJl"}}`, calls: 2},
	"17-deepseek-reasoning-back":                         {fails: "Missing `reasoning_content` field in the assistant message at message index 1.", calls: 2},
	"17-deepseek-reasoning-back: given back": {edit: []string{`role       = "assistant"`, "role = \"assistant\"\n reasoning_content = openai_chat_completion.x.choices[0].message.reasoning_content"},
		outputs: places{"answer": "It is sunny."}, sent: `"reasoning_content":"I need the tool."`, calls: 2},
	"19-stop-more-than-4":               {sent: `"stop":["a","b","c","d","e"]`, outputs: places{"content": "x"}, calls: 1},
	"20-max-tokens-minus-1":             {sent: `"max_tokens":-1`, outputs: places{"content": "x"}, calls: 1},
	"22-json-then-done":                 {outputs: places{"content": "Hello"}, calls: 1},
	"24-comment-as-data":                {outputs: places{"content": "Hello"}, calls: 1},
	"30-gemini-retry-delay":             {fails: "Please retry in 45.837906927s", also: waitsFor(45837906927*time.Nanosecond, 50*time.Second)},
	"31-openrouter-images":              {outputs: places{messageAt("extra"): `{"images":[{"image_url":{"url":"data:image/png;base64,iVBORw0KGgo="},"type":"image_url"}]}`}},
	"50-strict-draft-04-empty-object":   {files: map[string]string{"more.tf": withoutDraft}, also: sameWithoutDraft},
	"55-strict-ref-to-optional-sibling": {also: shippingIsRequired},
	"62-azure-408":                      {fails: "may bill it", calls: 1},
	"63-messages-prefix":                {unsent: "prefix"}, // Terraform drops it before the provider sees it, as the documentation of messages says
	"63-messages-prefix: messages_json": {edit: []string{"messages =", "messages_json = jsonencode(", "\n  ]", "\n  ])"}, sent: `"prefix":true`, calls: 1},
	"63-messages-prefix: extra":         {edit: []string{"prefix = true", "extra = jsonencode({ prefix = true })"}, sent: `"prefix":true`, calls: 1},
	"64-cache-control":                  {fails: "cache_control"},
	"64-cache-control: extra":           {edit: []string{`cache_control = { type = "ephemeral" }`, `extra = jsonencode({ cache_control = { type = "ephemeral" } })`}, sent: `"cache_control":{"type":"ephemeral"}`, calls: 1},
	"67-new-id-each-chunk":              {outputs: places{"calls.#": 1.0, "calls.0.function.name": "w", "calls.0.function.arguments": `{"a":1}`}},
	// Terraform makes each list of a mocked resource empty, whatever the provider says; content has a value.
	"40d-mock-choices-bare":          {command: []string{"test"}, fails: "the collection has no elements"},
	"40d-mock-choices-bare: content": {command: []string{"test"}, edit: []string{"choices[0].message.content", "content"}},
}

// places are outputs by place.
type places = map[string]any

func messageAt(place string) string { return "choices.0.message." + place }

func callAt(place string) string { return messageAt("tool_calls." + place) }

// TestCases runs each folder of cases as it is.
func TestCases(t *testing.T) {
	t.Parallel()
	folders, err := os.ReadDir(casesAt)
	if err != nil {
		t.Skip("the cases are not at hand: ", err)
	}
	in := acctest.Install(t)
	first := in.Dir(t, map[string]string{"main.tf": `provider "openai" {}`})
	first.Init()
	names := map[string]bool{}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		names[folder.Name()] = true
		if _, known := cases[folder.Name()]; !known {
			t.Errorf("the table says nothing of %s", folder.Name())
		}
	}
	for name, expected := range cases {
		folder, _, _ := strings.Cut(name, ":")
		if !names[folder] {
			t.Errorf("there is no folder %s", folder)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expected.check(t, expected.run(t, in, first, folder))
		})
	}
}

// ranCase is what came of a case.
type ranCase struct {
	dir      string
	err      error
	text     string // of the errors, in one line
	outputs  map[string]any
	requests []string
	waits    []time.Duration
}

// run runs a case in a directory of its own, with the provider that is installed in first.
func (c caseOf) run(t *testing.T, in *acctest.Installed, first *acctest.Dir, folder string) (ran ranCase) {
	t.Helper()
	d := in.Dir(t, c.files)
	lock, err := os.ReadFile(filepath.Join(first.Path, ".terraform.lock.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	d.Write(".terraform.lock.hcl", string(lock))
	c.copy(t, d, filepath.Join(casesAt, folder))
	server := servingCase(t, filepath.Join(casesAt, folder, "answers.json"))
	waits := filepath.Join(t.TempDir(), "waits")
	d = d.With("TF_DATA_DIR="+filepath.Join(first.Path, ".terraform"), "OPENAI_BASE_URL="+server.url, "OPENAI_API_KEY="+acctest.Key, acctest.SkipWaits(waits))
	command := c.command
	if command == nil {
		command = []string{"apply", "-auto-approve"}
	}
	text, err := d.Run(append(command, "-json")...)
	ran = ranCase{dir: d.Path, err: err, requests: server.requests(), waits: acctest.Waits(t, waits)}
	ran.read(t, text)
	return ran
}

// copy copies the folder, with the edits in its configuration.
func (c caseOf) copy(t *testing.T, d *acctest.Dir, folder string) {
	t.Helper()
	edits := 0
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Clean(path))
		if err != nil {
			return err
		}
		edited := string(text)
		for i := 0; i < len(c.edit); i += 2 {
			if strings.HasSuffix(path, ".tf") || strings.HasSuffix(path, ".hcl") {
				edits += strings.Count(edited, c.edit[i])
				edited = strings.ReplaceAll(edited, c.edit[i], c.edit[i+1])
			}
		}
		name, err := filepath.Rel(folder, path)
		d.Write(name, edited)
		return err
	})
	if err != nil || edits < len(c.edit)/2 {
		t.Fatalf("%v; %d edits", err, edits)
	}
}

// read reads what the CLI wrote, a line of JSON each.
func (r *ranCase) read(t *testing.T, text string) {
	t.Helper()
	var said strings.Builder
	for line := range strings.Lines(text) {
		var message struct {
			Diagnostic struct{ Severity, Summary, Detail string }
			Outputs    map[string]struct{ Value any }
		}
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if d := message.Diagnostic; d.Severity == "error" {
			fmt.Fprintln(&said, d.Summary, d.Detail)
		}
		for name, output := range message.Outputs {
			if r.outputs == nil {
				r.outputs = map[string]any{}
			}
			r.outputs[name] = output.Value
		}
	}
	r.text = strings.Join(strings.Fields(said.String()), " ")
}

func (c caseOf) check(t *testing.T, ran ranCase) {
	t.Helper()
	if (ran.err != nil) != (c.fails != "") || !strings.Contains(ran.text, c.fails) {
		t.Errorf("want an error with %q, got %v: %s", c.fails, ran.err, ran.text)
	}
	if c.unsaid != "" && strings.Contains(ran.text, c.unsaid) {
		t.Errorf("the error says %q: %s", c.unsaid, ran.text)
	}
	for place, want := range c.outputs {
		got := lookUp(ran.outputs, strings.Split(place, "."))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is %v, want %v", place, got, want)
		}
	}
	if c.calls > 0 && len(ran.requests) != c.calls {
		t.Errorf("%d calls, want %d: %s", len(ran.requests), c.calls, ran.requests)
	}
	if c.sent != "" && (len(ran.requests) == 0 || !strings.Contains(ran.requests[len(ran.requests)-1], c.sent)) {
		t.Errorf("%s is not sent: %s", c.sent, ran.requests)
	}
	if c.unsent != "" && slices.ContainsFunc(ran.requests, func(r string) bool { return strings.Contains(r, c.unsent) }) {
		t.Errorf("%s is sent: %s", c.unsent, ran.requests)
	}
	if c.also != nil {
		c.also(t, ran)
	}
}

// lookUp is what stands at a place of a value; nil = nothing.
func lookUp(value any, place []string) any {
	if len(place) == 0 {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		return lookUp(value[place[0]], place[1:])
	case []any:
		if place[0] == "#" {
			return float64(len(value))
		}
		if i, err := strconv.Atoi(place[0]); err == nil && i < len(value) {
			return lookUp(value[i], place[1:])
		}
	}
	return nil
}

// recordedOnly checks that there is no recording but an older one, which stays as it is.
func recordedOnly(older string) func(*testing.T, ranCase) {
	return func(t *testing.T, ran ranCase) {
		t.Helper()
		kept := 0
		for _, dir := range []string{"rec", "new"} {
			for _, name := range files(t, filepath.Join(ran.dir, dir)) {
				switch {
				case strings.HasSuffix(name, ".unusable.json"):
					kept++
				case strings.HasSuffix(name, ".json") && (dir == "new" || older != "" && !strings.HasPrefix(name, older)):
					t.Errorf("%s is recorded", name)
				}
			}
		}
		if want := older == ""; kept != map[bool]int{true: 1}[want] {
			t.Errorf("%d answers are kept aside", kept)
		}
	}
}

// waitsFor checks how long each wait was.
func waitsFor(least, most time.Duration) func(*testing.T, ranCase) {
	return func(t *testing.T, ran ranCase) {
		t.Helper()
		if len(ran.waits) == 0 || slices.Min(ran.waits) < least || slices.Max(ran.waits) > most {
			t.Errorf("the waits are %s", ran.waits)
		}
	}
}

// withoutDraft makes a strict schema of the same schema without its "$schema".
const withoutDraft = `
output "without" {
  value = provider::openai::strict_schema(jsonencode({ for k, v in jsondecode(file("schema.json")) : k => v if k != "$schema" })).schema
}
`

func sameWithoutDraft(t *testing.T, ran ranCase) {
	t.Helper()
	var with, without map[string]any
	for name, object := range map[string]*map[string]any{"schema": &with, "without": &without} {
		text, _ := ran.outputs[name].(string)
		if err := json.Unmarshal([]byte(text), object); err != nil {
			t.Fatal(err, ran.outputs)
		}
		delete(*object, "$schema")
		routes, _ := lookUp(*object, []string{"properties", "routes"}).(map[string]any)
		delete(routes, "required") // an empty list, which draft-04 does not know
	}
	if fmt.Sprint(with) != fmt.Sprint(without) || fmt.Sprint(with["required"]) != "[name routes]" {
		t.Errorf("got %v, and %v without $schema", with, without)
	}
}

func shippingIsRequired(t *testing.T, ran ranCase) {
	t.Helper()
	text, _ := ran.outputs["schema"].(string)
	var schema map[string]any
	if err := json.Unmarshal([]byte(text), &schema); err != nil {
		t.Fatal(err, ran.outputs)
	}
	shipping, err := json.Marshal(lookUp(schema, []string{"properties", "shipping"}))
	if err != nil || strings.Contains(string(shipping), "null") || strings.Contains(string(shipping), `"#/properties/billing"`) {
		t.Errorf("shipping is %s, %v", shipping, err)
	}
}

// caseAnswer is an answer in a case.
type caseAnswer struct {
	If      string // stands in the requests that it is for; "" = for the others, in turn
	Status  int
	Headers map[string]string
	Body    json.RawMessage
	SSE     []json.RawMessage
	RawSSE  string `json:"raw_sse"`
}

// caseServer gives the answers of a case.
type caseServer struct {
	url string

	mu      sync.Mutex
	answers []caseAnswer
	turn    int
	got     []string
}

// servingCase starts the server of a case; one without answers gets no requests.
func servingCase(t *testing.T, file string) *caseServer {
	t.Helper()
	s := &caseServer{}
	text, err := os.ReadFile(filepath.Clean(file))
	if err == nil {
		err = json.Unmarshal(text, &s.answers)
	}
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	s.url = h.URL
	return s
}

func (s *caseServer) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// ServeHTTP gives the next answer.
func (s *caseServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	a, ok := s.pick(string(body))
	if !ok {
		http.Error(w, "there is no answer", http.StatusTeapot)
		return
	}
	kind, text := a.text()
	w.Header().Set("Content-Type", kind)
	for name, value := range a.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(max(a.Status, http.StatusOK))
	_, _ = w.Write([]byte(text))
}

func (s *caseServer) pick(request string) (caseAnswer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, request)
	var inTurn []caseAnswer
	for _, a := range s.answers {
		switch {
		case a.If == "":
			inTurn = append(inTurn, a)
		case strings.Contains(request, a.If):
			return a, true
		}
	}
	if len(inTurn) == 0 {
		return caseAnswer{}, false
	}
	s.turn++
	return inTurn[min(s.turn, len(inTurn))-1], true
}

func (a caseAnswer) text() (kind, text string) {
	switch {
	case a.SSE != nil:
		var b strings.Builder
		for _, event := range a.SSE {
			fmt.Fprintf(&b, "data: %s\n\n", plainText(event))
		}
		return "text/event-stream", b.String()
	case a.RawSSE != "":
		return "text/event-stream", a.RawSSE
	}
	return "application/json", plainText(a.Body)
}

// plainText is a text as it is, and other JSON in one line.
func plainText(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	var b bytes.Buffer
	_ = json.Compact(&b, value) // it was parsed
	return b.String()
}
