package vectorstore_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

type object = map[string]any

// world is a server, a provider that is connected to it, and their clock.
type world struct {
	*acctest.Server
	acctest.Protocol
	clock *acctest.Clock
}

func newWorld(t *testing.T, options emulator.Options) world {
	t.Helper()
	clock := acctest.NewClock()
	options.Now = clock.Now
	w := world{Server: acctest.Start(t, options), Protocol: acctest.Speak(t, clock.Adjust), clock: clock}
	w.Connect(t, w.Server)
	return w
}

// sent are method and path of the requests so far.
func (w world) sent() (all []string) {
	for _, r := range w.Requests() {
		all = append(all, r.Method+" "+strings.TrimPrefix(r.Path, "/v1/"))
	}
	return all
}

func (w world) lastBody() string {
	all := w.Requests()
	return string(all[len(all)-1].Body)
}

// clean fails a test for what should not have been said.
func clean(t *testing.T, diags []string) {
	t.Helper()
	if len(diags) > 0 {
		t.Errorf("said: %q", diags)
	}
}

// unchanged checks that a plan changes nothing.
func unchanged(t *testing.T, i *acctest.Instance, config object) {
	t.Helper()
	plan := i.Plan(t, config)
	clean(t, plan.Diags)
	if plan.Replace || !reflect.DeepEqual(plan.Value, i.State()) {
		t.Errorf("the plan changes something: replace %v\n%v\n%v", plan.Replace, i.State(), plan.Value)
	}
}

func TestStore_livesAndDies(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	store := w.Instance("openai_vector_store")
	config := object{"name": "Handbook", "description": "What we know", "metadata": object{"team": "docs"},
		"expires_after": object{"anchor": "last_active_at", "days": 7}, "chunking_strategy": object{"type": "auto"}}
	clean(t, store.Apply(t, config))
	state := store.State().(object)
	if state["name"] != "Handbook" || !strings.HasPrefix(state["id"].(string), "vs_") || state["description"] != "What we know" || state["expires_at"] == nil {
		t.Errorf("state: %v", state)
	}
	if id := store.Identity(t); !reflect.DeepEqual(id, object{"id": state["id"]}) {
		t.Errorf("identity: %v", id)
	}
	unchanged(t, store, config)

	clean(t, store.Apply(t, object{"name": "Handbook 2", "description": "What we know", "chunking_strategy": object{"type": "auto"}}))
	if body := w.lastBody(); body != `{"name":"Handbook 2","expires_after":null,"metadata":null}` {
		t.Errorf("sent: %s", body)
	}
	unchanged(t, store, object{"name": "Handbook 2", "description": "What we know", "chunking_strategy": object{"type": "auto"}})

	if plan := store.Plan(t, object{"name": "Handbook 2", "description": "Other"}); !plan.Replace {
		t.Error("another description does not replace the store")
	}
	clean(t, store.Destroy(t))
	if left := w.Objects("vector_stores"); len(left) > 0 || store.State() != nil {
		t.Errorf("left: %v, %v", left, store.State())
	}
}

func TestStore_drifts(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	store := w.Instance("openai_vector_store")
	config := object{"name": "a"}
	clean(t, store.Apply(t, config))
	path := "vector_stores/" + store.State().(object)["id"].(string)
	for name, value := range map[string]any{"name": "b", "metadata": object{"a": "b"}} {
		w.Change(path, object{name: value})
		plan := store.Plan(t, config)
		clean(t, plan.Diags)
		if was := store.State().(object)[name]; plan.Replace || !reflect.DeepEqual(was, value) || reflect.DeepEqual(plan.Value.(object)[name], value) {
			t.Errorf("%s: read %v, planned %v", name, was, plan.Value.(object)[name])
		}
		clean(t, store.Apply(t, config))
		unchanged(t, store, config)
	}

	w.Remove(path)
	plan := store.Plan(t, config)
	if store.State() != nil || len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "Vector store is gone") {
		t.Errorf("deleted elsewhere: %v, %q", store.State(), plan.Diags)
	}
	clean(t, store.Apply(t, config))
	w.Remove("vector_stores/" + store.State().(object)["id"].(string))
	w.clock.Pass(time.Hour)
	clean(t, store.Destroy(t)) // as good as deleted
}

func TestStore_expires(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	store := w.Instance("openai_vector_store")
	config := object{"name": "a", "expires_after": object{"anchor": "last_active_at", "days": 2}}
	clean(t, store.Apply(t, config))
	unchanged(t, store, config)
	w.clock.Pass(44 * time.Hour)
	if plan := store.Plan(t, config); len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "expires soon") || plan.Replace {
		t.Errorf("before the end: replace %v, %q", plan.Replace, plan.Diags)
	}
	w.clock.Pass(24 * time.Hour)
	plan := store.Plan(t, config)
	if len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "has expired") || !plan.Replace {
		t.Errorf("after it: replace %v, %q", plan.Replace, plan.Diags)
	}
	store.Apply(t, config)
	unchanged(t, store, config)
}

func TestStore_isImported(t *testing.T) {
	w := newWorld(t, emulator.Options{})
	config := object{"name": "a", "description": "secret", "metadata": object{"a": "b"}, "expires_after": object{"anchor": "last_active_at", "days": 7}}
	made := w.Instance("openai_vector_store")
	clean(t, made.Apply(t, config))
	id := made.State().(object)["id"].(string)
	for name, imports := range map[string]func(*acctest.Instance) []string{
		"by ID":       func(i *acctest.Instance) []string { return i.Import(t, id) },
		"by identity": func(i *acctest.Instance) []string { return i.ImportIdentity(t, object{"id": id}) },
	} {
		i := w.Instance("openai_vector_store")
		clean(t, imports(i))
		shown := object{"name": "a", "metadata": object{"a": "b"}, "expires_after": object{"anchor": "last_active_at", "days": 7}}
		unchanged(t, i, shown) // what Terraform generates

		before := len(w.Requests())
		plan := i.Plan(t, config)
		if plan.Replace || plan.Value.(object)["description"] != "secret" {
			t.Errorf("%s: what the server does not show is not taken on trust: replace %v, %v", name, plan.Replace, plan.Value)
		}
		clean(t, i.Apply(t, config))
		unchanged(t, i, config)
		for _, r := range w.Requests()[before:] {
			if r.Method != "GET" {
				t.Errorf("%s: sent %s", name, r.Method)
			}
		}
		if plan := i.Plan(t, object{"name": "a", "description": "other"}); !plan.Replace {
			t.Errorf("%s: the trust does not end", name)
		}
	}
	if diags := w.Instance("openai_vector_store").Import(t, "vs_1/file-2"); len(diags) != 1 || !strings.Contains(diags[0], "Invalid import ID") {
		t.Errorf("bad ID: %q", diags)
	}
	if diags := w.Instance("openai_vector_store").Import(t, "vs_missing"); len(diags) == 0 {
		t.Error("what is not there was imported")
	}
}
