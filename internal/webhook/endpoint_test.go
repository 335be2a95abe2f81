package webhook_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

type object = map[string]any

const typeName = "openai_webhook_endpoint"

var (
	clean     = acctest.Quiet
	unchanged = acctest.Unchanged
)

// configured is an endpoint, with some arguments changed; nil takes one away.
func configured(changes object) object {
	config := object{"name": "ci", "url": "https://example.com/hook", "event_types": []any{"batch.completed", "batch.failed"}, "signing_secret_in_state": true}
	for name, value := range changes {
		if config[name] = value; value == nil {
			delete(config, name)
		}
	}
	return config
}

// made is an endpoint that is there.
func made(t *testing.T, w *acctest.World, config object) (i *acctest.Instance, path string) {
	t.Helper()
	i = w.Instance(typeName)
	clean(t, i.Apply(t, config))
	return i, "webhook_endpoints/" + stateOf(i)["id"].(string)
}

func stateOf(i *acctest.Instance) object {
	state, _ := i.State().(object)
	return state
}

func TestEndpoint_livesAndDies(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{Lag: 1})
	i, path := made(t, w, configured(nil))
	const sent = `{"name":"ci","url":"https://example.com/hook","event_types":["batch.completed","batch.failed"]}`
	if got := w.Bodies("POST"); !slices.Equal(got, []string{sent}) {
		t.Errorf("sent: %s", got)
	}
	state := stateOf(i)
	if id := state["id"].(string); !strings.HasPrefix(id, "whe_") || state["created_at"] == nil || !reflect.DeepEqual(i.Identity(t), object{"id": id}) {
		t.Errorf("state %v, identity %v", state, i.Identity(t))
	}
	unchanged(t, i, configured(nil))

	for body, change := range map[string]object{
		`{"name":"cd"}`: {"name": "cd"}, `{"url":"https://example.com/other"}`: {"url": "https://example.com/other"},
		`{"event_types":["response.failed"]}`: {"event_types": []any{"response.failed"}},
	} {
		clean(t, i.Apply(t, configured(nil)))
		if plan := i.Plan(t, configured(change)); plan.Replace || plan.Value.(object)["signing_secret"] != state["signing_secret"] {
			t.Errorf("%s: the plan is %v", body, plan)
		}
		clean(t, i.Apply(t, configured(change)))
		unchanged(t, i, configured(change))
		if got := w.Bodies("POST"); got[len(got)-1] != body {
			t.Errorf("sent %s, want %s", got[len(got)-1], body)
		}
	}
	if got := stateOf(i)["signing_secret"]; got != state["signing_secret"] {
		t.Error("an update loses the secret")
	}
	clean(t, i.PlanDestroy(t))
	clean(t, i.Destroy(t))
	if left := w.Objects("webhook_endpoints"); len(left) > 0 || w.Sent()[len(w.Sent())-1] != "DELETE "+path {
		t.Errorf("left: %v", left)
	}
}

func TestEndpoint_drifts(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	config := configured(nil)
	i, path := made(t, w, config)
	for name, value := range map[string]any{"name": "b", "url": "https://evil.example", "event_types": []any{"response.failed"}} {
		w.Change(path, object{name: value})
		plan := i.Plan(t, config)
		clean(t, plan.Diags)
		if was := stateOf(i)[name]; plan.Replace || !reflect.DeepEqual(was, value) || !reflect.DeepEqual(plan.Value.(object)[name], config[name]) {
			t.Errorf("%s: read %v, planned %v", name, was, plan.Value.(object)[name])
		}
		clean(t, i.Apply(t, config))
		unchanged(t, i, config)
	}
	w.Remove(path)
	if plan := i.Plan(t, config); i.State() != nil || len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "Webhook endpoint is gone") {
		t.Errorf("deleted elsewhere: %v, %q", i.State(), plan.Diags)
	}
	clean(t, i.Apply(t, config))
	w.Remove("webhook_endpoints/" + stateOf(i)["id"].(string))
	w.Clock.Pass(time.Hour)
	clean(t, i.Destroy(t))
}

// After an import nobody knows the secret. The first change says where the next one goes, and asks for none.
func TestEndpoint_isImported(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	_, path := made(t, w, configured(nil))
	id := strings.TrimPrefix(path, "webhook_endpoints/")
	for name, imports := range map[string]func(*acctest.Instance) []string{
		"by ID":       func(i *acctest.Instance) []string { return i.Import(t, id) },
		"by identity": func(i *acctest.Instance) []string { return i.ImportIdentity(t, object{"id": id}) },
	} {
		for kind, config := range map[string]object{
			"plain":     configured(object{"rotate_when": object{"year": "2026"}}),
			"encrypted": configured(object{"signing_secret_in_state": nil, "public_key": newKey(t).Recipient().String()}),
		} {
			before := len(w.Bodies("POST"))
			i := w.Instance(typeName)
			clean(t, imports(i))
			clean(t, i.Apply(t, config))
			unchanged(t, i, config)
			state := stateOf(i)
			if len(w.Bodies("POST")) != before || state["signing_secret"] != nil || state["encrypted_signing_secret"] != nil || state["signing_secret_hint"] == nil {
				t.Errorf("%s, %s: the import changes something: %q, %v", name, kind, w.Bodies("POST")[before:], state)
			}
			config["rotate_when"] = object{"year": "2027"}
			clean(t, i.Apply(t, config))
			if state = stateOf(i); (state["signing_secret"] != nil) != (kind == "plain") || (state["encrypted_signing_secret"] != nil) != (kind == "encrypted") {
				t.Errorf("%s, %s: rotated, the state is %v", name, kind, state)
			}
			unchanged(t, i, config)
		}
	}
}

func TestEndpoint_serverFails(t *testing.T) {
	for _, status := range []int{http.StatusConflict, http.StatusTooManyRequests, http.StatusInternalServerError} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{})
			fails := func(summary string, change func() []string) {
				t.Helper()
				w.Fail(emulator.Status(status, `{"error":{"message":"the server says no","type":"invalid_request_error"}}`).Repeat(-1))
				if diags := change(); len(diags) != 1 || !strings.Contains(diags[0], summary) || !strings.Contains(diags[0], "the server says no") {
					t.Errorf("said: %q", diags)
				}
				w.Heal()
			}
			i := w.Instance(typeName)
			fails("Could not create webhook endpoint", func() []string { return i.Apply(t, configured(nil)) })
			clean(t, i.Apply(t, configured(nil)))
			before := i.State()
			fails("Could not update webhook endpoint", func() []string { return i.Apply(t, configured(object{"name": "cd"})) })
			fails("Could not delete webhook endpoint", func() []string { return i.Destroy(t) })
			if !reflect.DeepEqual(i.State(), before) {
				t.Errorf("a failed change changes the state: %v", i.State())
			}
			clean(t, i.Destroy(t))
			if left := w.Objects("webhook_endpoints"); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// A create that may have come through is not sent again.
func TestEndpoint_answerIsLost(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	w.Fail(emulator.Fault{Reset: true, Late: true})
	i := w.Instance(typeName)
	diags := i.Apply(t, configured(nil))
	if len(diags) != 1 || !strings.Contains(diags[0], "may exist on the server") || i.State() != nil || len(w.Objects("webhook_endpoints")) != 1 {
		t.Errorf("said %q, there are %v", diags, w.Objects("webhook_endpoints"))
	}
}

func TestEndpoint_refusesWhatCanNeverBeRight(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	identity := newKey(t).String()
	for says, change := range map[string]object{
		"error at signing_secret_in_state: Missing place for the signing secret": {"signing_secret_in_state": nil},
		"error at signing_secret_in_state: Missing place":                        {"signing_secret_in_state": false},
		"error at public_key: Conflicting arguments":                             {"public_key": newKey(t).Recipient().String()},
		"error at public_key: Invalid age recipient":                             {"public_key": identity},
		"error at url: Invalid URL":                                              {"url": "http://example.com"},
		"error at event_types: Invalid value":                                    {"event_types": []any{}},
		"error at name: Invalid value":                                           {"name": ""},
	} {
		plan := w.Instance(typeName).Plan(t, configured(change))
		if !slices.ContainsFunc(plan.Diags, func(said string) bool { return strings.HasPrefix(said, says) }) || strings.Contains(fmt.Sprint(plan.Diags), identity) {
			t.Errorf("got %q, want %q", plan.Diags, says)
		}
	}
	for name, change := range map[string]object{
		"key":   {"signing_secret_in_state": nil, "public_key": acctest.Unknown{}},
		"state": {"signing_secret_in_state": acctest.Unknown{}},
	} {
		if plan := w.Instance(typeName).Plan(t, configured(change)); len(plan.Diags) > 0 {
			t.Errorf("%s is not known yet: %q", name, plan.Diags)
		}
	}
	if n := len(w.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}

func TestEndpoints_areListed(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	_, first := made(t, w, configured(nil))
	_, second := made(t, w, configured(object{"name": "cd"}))

	data, diags := w.ReadData(t, "openai_webhook_endpoints", object{})
	clean(t, diags)
	all := data.(object)["webhook_endpoints"].([]any)
	if len(all) != 2 || all[0].(object)["name"] != "cd" || all[0].(object)["signing_secret_hint"] == nil || fmt.Sprint(all) != strings.ReplaceAll(fmt.Sprint(all), "signing_secret:", "") {
		t.Errorf("all: %v", all)
	}
	for _, config := range []object{{"id": strings.TrimPrefix(first, "webhook_endpoints/")}, {"name": "ci"}} {
		one, diags := w.ReadData(t, typeName, config)
		clean(t, diags)
		if got := one.(object); got["id"] != all[1].(object)["id"] || got["url"] != "https://example.com/hook" {
			t.Errorf("one: %v", got)
		}
	}
	if _, diags := w.ReadData(t, typeName, object{"id": "whe_missing"}); len(diags) != 1 || !strings.Contains(diags[0], "Could not read webhook endpoint whe_missing") {
		t.Errorf("missing: %q", diags)
	}

	for limit, want := range map[int64]int{0: 2, 1: 1} {
		listed, diags := w.ListResource(t, typeName, object{}, limit)
		clean(t, diags)
		if len(listed) != want || listed[0].Name != "cd" || "webhook_endpoints/"+listed[0].Identity["id"].(string) != second || listed[0].Resource.(object)["url"] != "https://example.com/hook" {
			t.Errorf("listed: %v", listed)
		}
	}
	types, diags := w.ReadData(t, "openai_webhook_event_types", object{})
	clean(t, diags)
	if got := types.(object)["event_types"].([]any); len(got) != 27 || !slices.Contains(got, any("batch.completed")) {
		t.Errorf("event types: %v", got)
	}
	w.Fail(emulator.Status(http.StatusOK, `{"object":"list"}`).On("GET", "/v1/webhook_event_types"))
	if _, diags := w.ReadData(t, "openai_webhook_event_types", object{}); len(diags) != 1 || !strings.Contains(diags[0], "no event types") {
		t.Errorf("no event types: %q", diags)
	}
}

func TestAction_sendsATest(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	_, path := made(t, w, configured(nil))
	config := object{"webhook_endpoint_id": strings.TrimPrefix(path, "webhook_endpoints/"), "event_type": "batch.failed"}
	shown, diags := w.Invoke(t, "openai_webhook_endpoint_test", config)
	clean(t, diags)
	if !slices.Equal(shown, []string{`The event "batch.failed" was sent. It answered with the status 200.`}) || !slices.Contains(w.Bodies("POST"), `{"event_type":"batch.failed"}`) {
		t.Errorf("shown %q, sent %q", shown, w.Bodies("POST"))
	}
	w.Fail(emulator.Status(http.StatusOK, `{"object":"webhook_endpoint.test","success":false,"status_code":502}`).On("POST", "/v1/"+path+"/test"))
	if _, diags = w.Invoke(t, "openai_webhook_endpoint_test", config); len(diags) != 1 || !strings.Contains(diags[0], "did not take") || !strings.Contains(diags[0], "502") {
		t.Errorf("refused by the endpoint: %q", diags)
	}
	config["webhook_endpoint_id"] = "whe_missing"
	if _, diags = w.Invoke(t, "openai_webhook_endpoint_test", config); len(diags) != 1 || !strings.Contains(diags[0], "Could not test webhook endpoint whe_missing") {
		t.Errorf("missing: %q", diags)
	}
	config["event_type"] = ""
	if _, diags = w.Invoke(t, "openai_webhook_endpoint_test", config); len(diags) != 1 || !strings.Contains(diags[0], "error at event_type") {
		t.Errorf("empty: %q", diags)
	}
}

func TestEndpoint_withTheCLI(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := func(year int) string {
		return fmt.Sprintf(`
data "openai_webhook_event_types" "all" {}

resource "openai_webhook_endpoint" "ci" {
  name                    = "ci"
  url                     = "https://example.com/hook"
  event_types             = [for name in data.openai_webhook_event_types.all.event_types : name if startswith(name, "batch.")]
  signing_secret_in_state = true
  rotate_when             = { year = %d }
}
`, year)
	}
	s.Run(t,
		resource.TestStep{Config: config(2026), Check: resource.TestCheckResourceAttr("openai_webhook_endpoint.ci", "event_types.#", "4")},
		resource.TestStep{Config: config(2027), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction("openai_webhook_endpoint.ci", plancheck.ResourceActionUpdate),
		}}},
		resource.TestStep{ResourceName: "openai_webhook_endpoint.ci", ImportState: true, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"signing_secret", "signing_secret_in_state", "rotate_when"}},
	)
	if left := s.Objects("webhook_endpoints"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// OpenAI's own limits hold where the server is OpenAI's. No plan makes a call.
func TestEndpoint_limits(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	p.Connect(t, &acctest.Server{URL: "https://api.openai.com/v1"})
	for says, change := range map[string]object{
		"error at name: Value out of range": {"name": strings.Repeat("é", 257)},
		"error at url: Value out of range":  {"url": "https://example.com/" + strings.Repeat("a", 2048)},
	} {
		if plan := p.Instance(typeName).Plan(t, configured(change)); len(plan.Diags) != 1 || !strings.HasPrefix(plan.Diags[0], says) {
			t.Errorf("got %q, want %q", plan.Diags, says)
		}
	}
	clean(t, p.Instance(typeName).Plan(t, configured(object{"name": strings.Repeat("é", 256)})).Diags)
}
