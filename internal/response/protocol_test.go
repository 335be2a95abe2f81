package response_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// Helpers of tests that need no CLI.

const typeName = "openai_response"

type object = map[string]any

// blocks are those that come as an empty list where nobody wrote them.
var blocks = []string{"message", "content_part", "tool", "context_management"}

// asking is a small configuration with changes.
func asking(changes ...object) object {
	config := object{"model": "gpt-5.4", "input": "hello"}
	for _, more := range changes {
		maps.Copy(config, more)
	}
	return config
}

// telling is a configuration of messages.
func telling(messages ...any) object { return asking(object{"input": nil, "message": messages}) }

// itemsOf is a configuration of input items.
func itemsOf(items string) object { return asking(object{"input": nil, "input_items": items}) }

func said(role, content string) object { return object{"role": role, "content": content} }

// workplace is a server, a working directory in which runs of Terraform follow each other without a CLI, and a clock.
type workplace struct {
	*acctest.World
	data string
}

func newWorkplace(t *testing.T, options ...emulator.Options) *workplace {
	t.Helper()
	return &workplace{acctest.NewWorld(t, append(options, emulator.Options{})[0]), filepath.Join(t.TempDir(), "data")}
}

// adjusted is the provider of the next run of Terraform, adjusted.
func (w *workplace) adjusted(t *testing.T, adjust func(*client.Settings), provider ...object) acctest.Protocol {
	t.Helper()
	p := acctest.Speak(t, w.Clock.Adjust, acctest.DataIn(w.data), adjust)
	p.Connect(t, w.Server, provider...)
	return p
}

// run is the provider of the next run of Terraform.
func (w *workplace) run(t *testing.T, provider ...object) acctest.Protocol {
	t.Helper()
	return w.adjusted(t, func(*client.Settings) {}, provider...)
}

// resource is one that is not there yet.
func (w *workplace) resource(t *testing.T, provider ...object) *acctest.Instance {
	t.Helper()
	return w.run(t, provider...).Instance(typeName, blocks...)
}

// goOn has the next run of Terraform go on with a resource.
func (w *workplace) goOn(t *testing.T, r *acctest.Instance, provider ...object) {
	t.Helper()
	r.Continue(w.run(t, provider...))
}

// count is how many requests of this kind were sent so far: "POST responses", "GET responses/".
func (w *workplace) count(what string) (n int) {
	for _, sent := range w.Sent() {
		if sent == what || strings.HasSuffix(what, "/") && strings.HasPrefix(sent, what) && !strings.HasSuffix(sent, "/cancel") {
			n++
		}
	}
	return n
}

// asked checks how many responses were asked for so far.
func (w *workplace) asked(t *testing.T, want int) {
	t.Helper()
	if got := w.count("POST responses"); got != want {
		t.Errorf("%d responses were asked for, want %d: %q", got, want, w.Sent()[:min(len(w.Sent()), 12)])
	}
}

// body is the last request for a response.
func (w *workplace) body(t *testing.T) (v object) {
	t.Helper()
	bodies := w.bodies(t)
	if len(bodies) == 0 {
		t.Fatal("nothing was asked")
	}
	return bodies[len(bodies)-1]
}

// bodies are all requests for responses.
func (w *workplace) bodies(t *testing.T) (all []object) {
	t.Helper()
	for _, r := range w.Requests() {
		if r.Method != "POST" || r.Path != "/v1/responses" {
			continue
		}
		var v object
		if err := json.Unmarshal(r.Body, &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// notes are the IDs that wait in the data directory.
func (w *workplace) notes(t *testing.T) (ids []string) {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(w.data, "openai", "answers-*.jsonl")) // the pattern is sound
	for _, file := range found {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var noted struct{ Answer struct{ ID string } }
			if json.Unmarshal([]byte(line), &noted) == nil && noted.Answer.ID != "" {
				ids = append(ids, noted.Answer.ID)
			}
		}
	}
	return ids
}

// apply applies a configuration, which must not fail.
func apply(t *testing.T, r *acctest.Instance, config object) object {
	t.Helper()
	if errors := errorsOf(r.Apply(t, config)); len(errors) > 0 {
		t.Fatal(errors)
	}
	state, _ := r.State().(object)
	return state
}

func errorsOf(diags []string) (errors []string) {
	for _, diag := range diags {
		if strings.HasPrefix(diag, "error") {
			errors = append(errors, diag)
		}
	}
	return errors
}

// unchanged checks that the plan of a configuration is empty.
func unchanged(t *testing.T, r *acctest.Instance, config object) {
	t.Helper()
	acctest.Unchanged(t, r, config)
}

// updates checks that a configuration changes in place what is there, and returns what is planned.
func updates(t *testing.T, r *acctest.Instance, config object) object {
	t.Helper()
	plan := r.Plan(t, config)
	if r.State() == nil || plan.Replace || reflect.DeepEqual(plan.Value, r.State()) || len(errorsOf(plan.Diags)) > 0 {
		t.Errorf("the plan is no update in place: %q, %v", plan.Diags, plan.Value)
	}
	planned, _ := plan.Value.(object)
	return planned
}

// keeps checks that a configuration changes at most its own words: the answer stays.
func keeps(t *testing.T, r *acctest.Instance, config object) {
	t.Helper()
	plan := r.Plan(t, config)
	planned, _ := plan.Value.(object)
	if was := r.State().(object); plan.Replace || len(errorsOf(plan.Diags)) > 0 || planned == nil || planned["id"] != was["id"] || planned["content"] != was["content"] { //nolint:forcetypeassert // there is a state
		t.Errorf("the answer does not stay: %q, %v", plan.Diags, plan.Value)
	}
}

// says checks that pieces of text stand in diagnostics, one after the other.
func says(t *testing.T, diags []string, pieces ...string) {
	t.Helper()
	rest := strings.Join(diags, "\n")
	for _, piece := range pieces {
		_, after, found := strings.Cut(rest, piece)
		if !found {
			t.Errorf("%q does not say %q, or not in its place", diags, piece)
		}
		rest = after
	}
}

// same compares values as JSON.
func same(t *testing.T, got, want any) {
	t.Helper()
	g, _ := json.MarshalIndent(got, "", "  ")
	w, _ := json.MarshalIndent(want, "", "  ")
	if string(g) != string(w) {
		t.Errorf("got %s\nwant %s", g, w)
	}
}

// sameJSON compares a value with JSON.
func sameJSON(t *testing.T, got any, want string) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(want), &v); err != nil {
		t.Fatal(err)
	}
	same(t, got, v)
}

// recordings is the block of that name.
func recordings(dir, mode string) object {
	block := object{"directory": dir}
	if mode != "" {
		block["mode"] = mode
	}
	return object{"recordings": block}
}

// files are the names in a directory.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, file := range found {
		names = append(names, file.Name())
	}
	return names
}

// open validates and opens the ephemeral resource.
func open(t *testing.T, p acctest.Protocol, config object) (result object, diags []string) {
	t.Helper()
	tf := p.Schema.EphemeralResourceSchemas[typeName].ValueType()
	value := acctest.Dynamic(t, acctest.Value(tf, config, blocks...))
	validated, err := p.ValidateEphemeralResourceConfig(t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: typeName, Config: value})
	if err != nil {
		t.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return nil, acctest.Texts(validated.Diagnostics)
	}
	opened, err := p.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: typeName, Config: value})
	if err != nil {
		t.Fatal(err)
	}
	if opened.Result != nil {
		raw, err := opened.Result.Unmarshal(tf)
		if err != nil {
			t.Fatal(err)
		}
		result, _ = acctest.Go(raw).(object)
	}
	return result, acctest.Texts(opened.Diagnostics)
}

// answerOf is a response with output items, and more members.
func answerOf(output string, more ...string) string {
	members := ""
	for _, m := range more {
		members += "," + m
	}
	return fmt.Sprintf(`{"id":"resp_odd","object":"response","created_at":1764072000,"status":"completed","model":"gpt-5.4-2026-03-05","output":[%s]%s}`, output, members)
}

// textItem is an item with a text, which is given as JSON.
func textItem(text string) string {
	return `{"type":"message","id":"msg_odd","status":"completed","role":"assistant","content":[{"type":"output_text","text":` + text + `,"annotations":[],"logprobs":[]}]}`
}

// answering has the server give an answer, n times.
func (w *workplace) answering(body string, n int) {
	w.Fail(emulator.Status(200, body).On("POST", "/responses").Repeat(n))
}

func ptr[T any](v T) *T { return &v }

// together applies configurations at once, each to a resource of its own.
func together(t *testing.T, p acctest.Protocol, configs ...object) (made []*acctest.Instance, diags []string) {
	t.Helper()
	texts := make([][]string, len(configs))
	var all sync.WaitGroup
	for n, config := range configs {
		made = append(made, p.Instance(typeName, blocks...))
		all.Go(func() { texts[n] = made[n].Apply(t, config) })
	}
	all.Wait()
	return made, slices.Concat(texts...)
}

// called are the requests of a method so far.
func called(w *workplace, method string) (found []emulator.Request) {
	for _, r := range w.Requests() {
		if r.Method == method {
			found = append(found, r)
		}
	}
	return found
}

// withoutIDs is a value without what each call has of its own.
func withoutIDs(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = withoutIDs(v[i])
		}
	case object:
		delete(v, "id")
		delete(v, "container_id")
		for name := range v {
			v[name] = withoutIDs(v[name])
		}
	}
	return v
}

// kindsOf are the types of the items of an answer.
func kindsOf(t *testing.T, state object) string {
	t.Helper()
	var items []struct{ Type string }
	if err := json.Unmarshal([]byte(state["output_json"].(string)), &items); err != nil { //nolint:forcetypeassert // it is a text
		t.Fatal(err)
	}
	var kinds []string
	for _, item := range items {
		kinds = append(kinds, item.Type)
	}
	return strings.Join(kinds, " ")
}
