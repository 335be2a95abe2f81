package chat_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// recordingsIn is a recordings block.
func recordingsIn(dir, mode string) string {
	if mode != "" {
		mode = "\n    mode = \"" + mode + "\""
	}
	return "recordings {\n    directory = \"" + filepath.ToSlash(dir) + "\"" + mode + "\n  }"
}

// flat is a regular expression that does not mind where the CLI breaks lines.
func flat(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i := range words {
		words[i] = regexp.QuoteMeta(words[i])
	}
	return regexp.MustCompile(strings.Join(words, `[\s│]+`))
}

// files are the recordings in a directory, hidden files included.
func files(t *testing.T, dir string) []string {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, file := range found {
		names = append(names, file.Name())
	}
	return names
}

func TestRecordings_serveWhatWasAskedBefore(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	half := configuration(object{"temperature": 0.5})
	first := apply(t, instance(t, s, recordings(dir, "")), half)
	r := instance(t, s, recordings(dir, "replay"), object{"api_key": ""})
	known, _ := r.Plan(t, half).Value.(object)
	for path, want := range map[string]any{
		"content": first["content"], "choices.0.finish_reason": "stop", "request_id": "req_00000000000000000000000000000001",
		"usage.total_tokens": lookUp(first, []string{"usage", "total_tokens"}),
	} {
		if got := lookUp(known, strings.Split(path, ".")); got != want || want == nil {
			t.Errorf("the plan has the %s %v, want %v", path, got, want)
		}
	}
	if state := apply(t, r, half); state["content"] != first["content"] {
		t.Errorf("the answer is %q, was %q", state["content"], first["content"])
	}
	wantCalls(t, s, map[string]int{"POST": 1})
	if got := files(t, dir); len(got) != 1 || len(got[0]) != 64+len(".json") {
		t.Errorf("the directory holds %v", got)
	}
	text, err := os.ReadFile(filepath.Join(dir, files(t, dir)[0]))
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	same(t, file["request"], map[string]any{"model": "gpt-4", "temperature": 0.5, "messages": []any{map[string]any{"role": "user", "content": "hello"}}})
	if strings.Contains(string(text), "sk-test") || file["provider_version"] != "test" || file["recorded_at"] == nil {
		t.Errorf("the recording is %s", text)
	}
}

// How a request is sent, and with which key, makes no other request of it. In the mode "refresh" it is asked again.
func TestRecordings_serveTheSameRequestOtherwiseSent(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	half := object{"temperature": 0.5}
	first := apply(t, instance(t, s, recordings(dir, "")), configuration(half))
	for name, config := range map[string]object{
		"the same": configuration(half),
		"streamed": configuration(object{"temperature": 0.5, "stream": true, "timeouts": object{"create": "1m"}, "api_key": "sk-test-another"}),
	} {
		r := instance(t, s, recordings(dir, ""))
		for attribute, want := range answer(first) {
			if got := answer(r.Plan(t, config).Value)[attribute]; !reflect.DeepEqual(got, want) {
				t.Errorf("%s: the plan has %s = %v, want %v", name, attribute, got, want)
			}
		}
		if again := apply(t, r, config); again["id"] != first["id"] || again["request_id"] != first["request_id"] {
			t.Errorf("%s: the answer is %v", name, again)
		}
	}
	wantCalls(t, s, map[string]int{"POST": 1})
	r := instance(t, s, recordings(dir, "refresh"))
	if content := of(t, r.Plan(t, configuration(half)).Value, "content"); content != (acctest.Unknown{}) {
		t.Errorf("the plan knows %v", content)
	}
	apply(t, r, configuration(half))
	wantCalls(t, s, map[string]int{"POST": 2})
	if got := files(t, dir); len(got) != 1 || len(got[0]) != 64+len(".json") {
		t.Errorf("the directory holds %v", got)
	}
}

func TestRecordings_areSharedByTheSameRequest(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	p := connected(t, s, recordings(t.TempDir(), ""))
	for calls, config := range map[int]func(n int) object{
		1: func(int) object { return configuration(nil) },
		8: func(n int) object { return configuration(object{"triggers": object{"number": fmt.Sprint(n)}}) },
	} {
		before := len(posts(s))
		var configs []object
		for n := range 8 {
			configs = append(configs, config(n))
		}
		made, diags := together(t, p, configs...)
		if len(diags) > 0 {
			t.Error(diags)
		}
		different := map[any]bool{}
		for _, r := range made {
			different[of(t, r.State(), "id")] = true
		}
		if n := len(posts(s)) - before; n != calls || len(different) != calls {
			t.Errorf("%d completions were asked for, and %d are different; want %d", n, len(different), calls)
		}
	}
}

// Terraform opens an ephemeral resource at each phase; with recordings it asks once.
func TestRecordings_serveTheEphemeralResourceAndTheAction(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	factories := acctest.Factories(t)
	factories["echo"] = echoprovider.NewProviderServer()
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: s.Provider(recordingsIn(dir, "")) + `
ephemeral "openai_chat_completion" "test" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "hello"
  }
}
provider "echo" {
  data = ephemeral.openai_chat_completion.test.content
}
resource "echo" "test" {}`,
		Check: asked(t, s, 1),
	}}})
	provider := object{"recordings": object{"directory": dir}}
	progress, diags := gate(t, s, configuration(nil), provider)
	if len(diags) > 0 || strings.Join(progress, "") != "Emulated answer to: hello" {
		t.Errorf("%q, %q", progress, diags)
	}
	if _, diags := gate(t, s, configuration(object{"record": false}), provider); len(diags) > 0 {
		t.Error(diags)
	}
	if n := len(posts(s)); n != 2 {
		t.Errorf("%d completions were asked for, want 1, and 1 with record = false", n)
	}
}

func TestRecordings_keepNoSecretAndNoUnwantedAnswer(t *testing.T) {
	for kind, config := range map[string]object{
		"content_wo": conversation(object{"role": "user", "content_wo": "my secret"}),
		"record":     configuration(object{"record": false}),
	} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			dir := t.TempDir()
			r := instance(t, s, recordings(dir, ""))
			apply(t, r, config)
			r.Continue(connected(t, s, recordings(dir, "replay")))
			unchanged(t, r, config)
			r.Taint()
			says(t, r.Apply(t, config), "error", "There is no recording of this request, and there cannot be one: ")
			wantCalls(t, s, map[string]int{"POST": 1})
			if found := files(t, dir); len(found) > 0 {
				t.Errorf("recorded: %v", found)
			}
		})
	}
}

func TestRecordings_sayWhatIsWrongBeforeAnyCall(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	blocked, good := filepath.Join(dir, "file"), filepath.Join(dir, "r")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fails := func(dir, mode string, config object) (diags []string) {
		t.Helper()
		r := instance(t, s, recordings(dir, mode))
		if diags = r.Apply(t, config); r.State() != nil {
			t.Errorf("the state is %v", r.State())
		}
		return diags
	}
	says(t, fails(filepath.Join(dir, "none"), "replay", configuration(nil)),
		`The request: model gpt-4, messages: user. No call was made, because the mode of the recordings is "replay".`)
	says(t, fails(filepath.Join(blocked, "below"), "", configuration(nil)), "cannot be written", "No call was made")
	wantCalls(t, s, map[string]int{})
	apply(t, instance(t, s, recordings(good, "")), configuration(nil))
	says(t, fails(good, "replay", conversation(object{"role": "user", "content": "hello!"})), "its request differs in messages[0].content.")
	if err := os.WriteFile(filepath.Join(good, files(t, good)[0]), []byte("<<<<<<< HEAD"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"reuse", "replay", "refresh"} {
		says(t, fails(good, mode, configuration(nil)), "cannot be used", "not valid JSON", "left as it is")
	}
	wantCalls(t, s, map[string]int{"POST": 1})
}

func TestRecordings_sayWhatIsWrongWithTheirBlock(t *testing.T) {
	t.Parallel()
	for want, block := range map[string]object{
		"Set directory in the recordings block":                                {},
		`recordings.mode must be "reuse", "replay" or "refresh", not "record"`: {"directory": "x", "mode": "record"},
	} {
		p := acctest.Speak(t)
		config := acctest.Dynamic(t, acctest.Value(p.Schema.Provider.ValueType(), object{"api_key": acctest.Key, "recordings": block}))
		validated, err := p.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: config})
		if err != nil {
			t.Fatal(err)
		}
		configured, err := p.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config}) // the environment may have what is missing
		if err != nil {
			t.Fatal(err)
		}
		says(t, acctest.Texts(append(validated.Diagnostics, configured.Diagnostics...)), "error at recordings", want)
	}
}

// An answer that breaks its format is kept, and never given again.
func TestRecordings_keepAnUnusableAnswerAside(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	s.Fail(emulator.Status(200, `{"id":"odd","choices":[{"index":0,"message":{"role":"assistant","content":"words"},"finish_reason":"stop"}]}`))
	config := conversation(object{"role": "user", "content": jsonAnswer})
	config["response_format"] = object{"type": "json_object"}
	r := instance(t, s, recordings(dir, ""))
	says(t, r.Apply(t, config), "kept in the state", ".unusable.json as well")
	r.Continue(connected(t, s, recordings(dir, "")))
	if content := replaces(t, r, config)["content"]; content != (acctest.Unknown{}) {
		t.Errorf("the plan knows %v", content)
	}
	apply(t, r, config)
	wantCalls(t, s, map[string]int{"POST": 2})
	if found := files(t, dir); len(found) != 2 {
		t.Errorf("the directory holds %v", found)
	}
}

// A budget is for calls; what is on record is no call.
func TestRecordings_serveWhenTheBudgetIsSpent(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	p := connected(t, s, recordings(t.TempDir(), ""), object{"limits": object{"max_requests": 1}})
	if _, diags := together(t, p, slices.Repeat([]object{configuration(nil)}, 8)...); len(diags) > 0 {
		t.Errorf("it says %q", diags)
	}
	wantCalls(t, s, map[string]int{"POST": 1})
}

// In replay nothing is asked of the server, not even to change or delete what it stores.
func TestRecordings_replayLeavesTheServerAlone(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	labelled := func(label string) object {
		return configuration(object{"store": true, "metadata": object{"team": label}})
	}
	r := instance(t, s, recordings(dir, ""))
	apply(t, r, labelled("a"))
	r.Continue(connected(t, s, recordings(dir, "replay")))
	says(t, r.Apply(t, labelled("b")), "error", "Could not change the metadata of the stored chat completion")
	says(t, r.Destroy(t))
	if n := len(s.Requests()); n != 1 || len(s.Stored()) != 1 || r.State() != nil {
		t.Errorf("%d requests were sent, and %v are stored", n, s.Stored())
	}
}

// Of many that ask the same, one meets a server that hangs. The others share its failure,
// since the call may be billed; it is no answer, and the next run asks again.
func TestRecordings_shareAFailureThatMayBeBilled(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Hang())
	provider := object{"request_timeout": "300ms"}
	maps.Copy(provider, recordings(t.TempDir(), ""))
	many := []object{configuration(nil), configuration(nil), configuration(nil), configuration(nil)}
	_, diags := together(t, connected(t, s, provider), many...)
	says(t, diags, "This is the failure of another resource or data source that made the same request in this run.")
	wantCalls(t, s, map[string]int{"POST": 1})
	if _, diags := together(t, connected(t, s, provider), many...); len(diags) > 0 {
		t.Error(diags)
	}
	wantCalls(t, s, map[string]int{"POST": 2})
}
