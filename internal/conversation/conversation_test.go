package conversation_test

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

const typeName = "openai_conversation"

var (
	clean     = acctest.Quiet
	unchanged = acctest.Unchanged
)

// made is a conversation that is there.
func made(t *testing.T, w *acctest.World, config object) (i *acctest.Instance, path string) {
	t.Helper()
	i = w.Instance(typeName)
	clean(t, i.Apply(t, config))
	id, _ := i.State().(object)["id"].(string)
	return i, "conversations/" + id
}

func says(role, content string) any { return object{"role": role, "content": content} }

func TestConversation_livesAndDies(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	config := object{"metadata": object{"team": "docs"}, "items": []any{says("developer", "Be <brief> & kind."), says("assistant", "Hello!")}}
	i, path := made(t, w, config)
	const sent = `{"metadata":{"team":"docs"},"items":[{"type":"message","role":"developer","content":"Be <brief> & kind."},{"type":"message","role":"assistant","content":"Hello!"}]}`
	if got := w.Bodies("POST"); !slices.Equal(got, []string{sent}) {
		t.Errorf("sent: %s", got)
	}
	state := i.State().(object)
	if id := state["id"].(string); !strings.HasPrefix(id, "conv_") || state["created_at"] == nil || !reflect.DeepEqual(i.Identity(t), object{"id": id}) {
		t.Errorf("state %v, identity %v", state, i.Identity(t))
	}
	unchanged(t, i, config)

	config["metadata"] = object{"team": "sales"}
	clean(t, i.Apply(t, config))
	unchanged(t, i, config)
	delete(config, "metadata")
	clean(t, i.Apply(t, config))
	unchanged(t, i, config)
	if got := w.Bodies("POST")[1:]; !slices.Equal(got, []string{`{"metadata":{"team":"sales"}}`, `{"metadata":null}`}) {
		t.Errorf("sent: %s", got)
	}
	data, diags := w.ReadData(t, typeName, object{"id": state["id"]})
	clean(t, diags)
	if got := data.(object); got["created_at"] != state["created_at"] || got["id"] != state["id"] {
		t.Errorf("data source: %v", got)
	}

	if said := i.PlanDestroy(t); len(said) != 1 || !strings.Contains(said[0], "not the items") {
		t.Errorf("a plan of a destroy says %q", said)
	}
	clean(t, i.Destroy(t))
	if left := w.Objects("conversations"); len(left) > 0 || w.Sent()[len(w.Sent())-1] != "DELETE "+path {
		t.Errorf("left: %v", left)
	}
}

// What has been said since the beginning is nobody's change; another beginning is another conversation.
func TestConversation_growsByUse(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	config := object{"items": []any{says("user", "Hi")}}
	i, path := made(t, w, config)
	resp, err := http.Post(w.URL+"/"+path+"/items", "application/json", strings.NewReader(`{"items":[{"role":"user","content":"And now?"}]}`)) //nolint:gosec // the test's own server
	if err != nil || resp.Body.Close() != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(err, resp)
	}
	unchanged(t, i, config)
	for name, other := range map[string]object{"others": {"items": []any{says("user", "Ho")}}, "none": {}} {
		if plan := i.Plan(t, other); !plan.Replace || plan.Value.(object)["id"] != (acctest.Unknown{}) {
			t.Errorf("%s: the plan is %v", name, plan)
		}
	}
}

func many(n int) (all []any) {
	for i := range n {
		all = append(all, says("user", fmt.Sprint(i)))
	}
	return all
}

// The API takes twenty items at a time, and may not see the conversation at once.
func TestConversation_sendsItemsInTurns(t *testing.T) {
	for n, want := range map[int]int{20: 1, 21: 2, 45: 3} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{Lag: 2})
			i, path := made(t, w, object{"items": many(n)})
			if got := w.Objects(path + "/items"); len(got) != n {
				t.Errorf("%d items", len(got))
			}
			done := 0
			for _, r := range w.Requests() {
				if r.Status == http.StatusOK && r.Method == http.MethodPost {
					done++
				}
			}
			if last := w.Bodies("POST"); done != want || !strings.Contains(last[len(last)-1], fmt.Sprintf(`"content":"%d"}]}`, n-1)) {
				t.Errorf("%d requests, the last one %s", done, last[len(last)-1])
			}
			unchanged(t, i, object{"items": many(n)})
		})
	}
}

// A conversation whose beginning is not complete is in the state, and made anew. A turn that may have come
// through is not said twice.
func TestConversation_beginningIsLost(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	w.Fail(emulator.Fault{Reset: true, Late: true}.Containing(`"content":"20"`))
	i := w.Instance(typeName)
	diags := i.Apply(t, object{"items": many(45)})
	if len(diags) != 1 || !strings.Contains(diags[0], "Could not complete conversation conv_") || !strings.Contains(diags[0], "in the state") || len(w.Requests()) != 2 {
		t.Errorf("said %q, sent %q", diags, w.Sent())
	}
	if plan := i.Plan(t, object{"items": many(45)}); !plan.Replace {
		t.Error("it is not made anew")
	}
	clean(t, withoutWarning(i.Apply(t, object{"items": many(45)})))
	if left := w.Objects("conversations"); len(left) != 1 || len(w.Objects("conversations/"+left[0]+"/items")) != 45 {
		t.Errorf("there are %v", left)
	}
}

func withoutWarning(diags []string) []string {
	return slices.DeleteFunc(diags, func(said string) bool { return strings.HasPrefix(said, "warning") })
}

func TestConversation_drifts(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	config := object{"metadata": object{"a": "b"}}
	i, path := made(t, w, config)
	for _, drift := range []object{{"a": "c"}, {}} {
		w.Change(path, object{"metadata": drift})
		plan := i.Plan(t, config)
		clean(t, plan.Diags)
		if got := i.State().(object)["metadata"]; plan.Replace || !reflect.DeepEqual(got, drift) || !reflect.DeepEqual(plan.Value.(object)["metadata"], config["metadata"]) {
			t.Errorf("read %v, the plan is %v", got, plan.Value)
		}
		clean(t, i.Apply(t, config))
		unchanged(t, i, config)
	}
	w.Remove(path)
	if plan := i.Plan(t, config); i.State() != nil || len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "Conversation is gone") {
		t.Errorf("deleted elsewhere: %v, %q", i.State(), plan.Diags)
	}
	clean(t, i.Apply(t, config))
	w.Remove("conversations/" + i.State().(object)["id"].(string))
	w.Clock.Pass(time.Hour)
	clean(t, i.Destroy(t))
}

func TestConversation_isImported(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	config := object{"metadata": object{"a": "b"}, "items": many(3)}
	_, path := made(t, w, config)
	id := strings.TrimPrefix(path, "conversations/")
	for name, imports := range map[string]func(*acctest.Instance) []string{
		"by ID":       func(i *acctest.Instance) []string { return i.Import(t, id) },
		"by identity": func(i *acctest.Instance) []string { return i.ImportIdentity(t, object{"id": id}) },
	} {
		i := w.Instance(typeName)
		clean(t, imports(i))
		unchanged(t, i, object{"metadata": object{"a": "b"}}) // what Terraform generates
		if plan := i.Plan(t, config); plan.Replace {
			t.Errorf("%s: the beginning is not taken on trust", name)
		}
		before := len(w.Bodies("POST"))
		clean(t, i.Apply(t, config))
		unchanged(t, i, config)
		if len(w.Bodies("POST")) != before {
			t.Errorf("%s: the import changes something", name)
		}
	}
}

func refuses(status int) emulator.Fault {
	return emulator.Status(status, `{"error":{"message":"the server says no","type":"invalid_request_error"}}`).Repeat(-1)
}

func TestConversation_serverFails(t *testing.T) {
	for _, status := range []int{http.StatusConflict, http.StatusTooManyRequests, http.StatusInternalServerError} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{})
			fails := func(summary string, change func() []string) {
				t.Helper()
				w.Fail(refuses(status))
				if diags := withoutWarning(change()); len(diags) != 1 || !strings.Contains(diags[0], summary) || !strings.Contains(diags[0], "the server says no") {
					t.Errorf("said: %q", diags)
				}
				w.Heal()
			}
			i := w.Instance(typeName)
			config := object{"metadata": object{"a": "b"}}
			fails("Could not create conversation", func() []string { return i.Apply(t, config) })
			clean(t, i.Apply(t, config))
			before := i.State()
			fails("Could not update conversation", func() []string { return i.Apply(t, object{}) })
			if !reflect.DeepEqual(i.State(), before) {
				t.Errorf("a failed update changes the state: %v", i.State())
			}
			fails("Could not delete conversation", func() []string { return i.Destroy(t) })
			if !reflect.DeepEqual(i.State(), before) {
				t.Errorf("a failed delete changes the state: %v", i.State())
			}
			clean(t, i.Destroy(t))
			if left := w.Objects("conversations"); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// A create that may have come through is not sent again.
func TestConversation_answerIsLost(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	w.Fail(emulator.Fault{Reset: true, Late: true})
	i := w.Instance(typeName)
	diags := i.Apply(t, object{})
	if len(diags) != 1 || !strings.Contains(diags[0], "may exist on the server") || i.State() != nil || len(w.Objects("conversations")) != 1 {
		t.Errorf("said %q, there are %v", diags, w.Objects("conversations"))
	}
}

func TestConversation_refusesWhatCanNeverBeRight(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	for says, item := range map[string]object{
		"error at items[0].role: Missing required argument":    {"content": "a"},
		"error at items[0].role: Invalid value":                {"role": "", "content": "a"},
		"error at items[0].content: Missing required argument": {"role": "user"},
	} {
		plan := w.Instance(typeName).Plan(t, object{"items": []any{item}})
		if !slices.ContainsFunc(plan.Diags, func(said string) bool { return strings.HasPrefix(said, says) }) {
			t.Errorf("got %q, want %q", plan.Diags, says)
		}
	}
	if n := len(w.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
}

func TestConversation_withTheCLI(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := func(team string) string {
		return fmt.Sprintf(`
resource "openai_conversation" "desk" {
  metadata = { team = %q }
  items    = [{ role = "developer", content = "You help travellers." }]
}

data "openai_conversation" "desk" {
  id = openai_conversation.desk.id
}

output "team" {
  value = data.openai_conversation.desk.metadata.team
}
`, team)
	}
	s.Run(t,
		resource.TestStep{Config: config("desk"), Check: resource.TestCheckOutput("team", "desk")},
		resource.TestStep{Config: config("night"), ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction("openai_conversation.desk", plancheck.ResourceActionUpdate),
		}}},
		resource.TestStep{ResourceName: "openai_conversation.desk", ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"items"}},
	)
	if left := s.Objects("conversations"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// OpenAI's own limits hold where the server is OpenAI's. No plan makes a call.
func TestConversation_limits(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	p.Connect(t, &acctest.Server{URL: "https://api.openai.com/v1"})
	plan := p.Instance(typeName).Plan(t, object{"metadata": object{"a": strings.Repeat("b", 513)}})
	if len(plan.Diags) != 1 || !strings.HasPrefix(plan.Diags[0], `error at metadata["a"]: Value out of range`) {
		t.Errorf("said: %q", plan.Diags)
	}
}
