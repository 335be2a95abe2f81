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

func TestStore_livesAndDies(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store := w.Instance("openai_vector_store")
	config := object{"name": "Handbook", "description": "What we know", "metadata": object{"team": "docs"},
		"expires_after": object{"anchor": "last_active_at", "days": 7}, "chunking_strategy": object{"type": "auto"}}
	acctest.Quiet(t, store.Apply(t, config))
	state := store.State().(object)
	if state["name"] != "Handbook" || !strings.HasPrefix(state["id"].(string), "vs_") || state["description"] != "What we know" || state["expires_at"] == nil {
		t.Errorf("state: %v", state)
	}
	if id := store.Identity(t); !reflect.DeepEqual(id, object{"id": state["id"]}) {
		t.Errorf("identity: %v", id)
	}
	acctest.Unchanged(t, store, config)

	acctest.Quiet(t, store.Apply(t, object{"name": "Handbook 2", "description": "What we know", "chunking_strategy": object{"type": "auto"}}))
	if body := w.LastBody(); body != `{"name":"Handbook 2","expires_after":null,"metadata":null}` {
		t.Errorf("sent: %s", body)
	}
	acctest.Unchanged(t, store, object{"name": "Handbook 2", "description": "What we know", "chunking_strategy": object{"type": "auto"}})

	if plan := store.Plan(t, object{"name": "Handbook 2", "description": "Other"}); !plan.Replace {
		t.Error("another description does not replace the store")
	}
	acctest.Quiet(t, store.Destroy(t))
	if left := w.Objects("vector_stores"); len(left) > 0 || store.State() != nil {
		t.Errorf("left: %v, %v", left, store.State())
	}
}

func TestStore_drifts(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store := w.Instance("openai_vector_store")
	config := object{"name": "a"}
	acctest.Quiet(t, store.Apply(t, config))
	path := "vector_stores/" + store.State().(object)["id"].(string)
	for name, value := range map[string]any{"name": "b", "metadata": object{"a": "b"}} {
		w.Change(path, object{name: value})
		plan := store.Plan(t, config)
		acctest.Quiet(t, plan.Diags)
		if was := store.State().(object)[name]; plan.Replace || !reflect.DeepEqual(was, value) || reflect.DeepEqual(plan.Value.(object)[name], value) {
			t.Errorf("%s: read %v, planned %v", name, was, plan.Value.(object)[name])
		}
		acctest.Quiet(t, store.Apply(t, config))
		acctest.Unchanged(t, store, config)
	}

	w.Remove(path)
	plan := store.Plan(t, config)
	if store.State() != nil || len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "Vector store is gone") {
		t.Errorf("deleted elsewhere: %v, %q", store.State(), plan.Diags)
	}
	acctest.Quiet(t, store.Apply(t, config))
	w.Remove("vector_stores/" + store.State().(object)["id"].(string))
	w.Clock.Pass(time.Hour)
	acctest.Quiet(t, store.Destroy(t)) // as good as deleted
}

func TestStore_expires(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	store := w.Instance("openai_vector_store")
	config := object{"name": "a", "expires_after": object{"anchor": "last_active_at", "days": 2}}
	acctest.Quiet(t, store.Apply(t, config))
	acctest.Unchanged(t, store, config)
	w.Clock.Pass(44 * time.Hour)
	if plan := store.Plan(t, config); len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "expires soon") || plan.Replace {
		t.Errorf("before the end: replace %v, %q", plan.Replace, plan.Diags)
	}
	w.Clock.Pass(24 * time.Hour)
	plan := store.Plan(t, config)
	if len(plan.Diags) != 1 || !strings.Contains(plan.Diags[0], "has expired") || !plan.Replace {
		t.Errorf("after it: replace %v, %q", plan.Replace, plan.Diags)
	}
	store.Apply(t, config)
	acctest.Unchanged(t, store, config)
}

func TestStore_isImported(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	config := object{"name": "a", "description": "secret", "metadata": object{"a": "b"}, "expires_after": object{"anchor": "last_active_at", "days": 7}}
	made := w.Instance("openai_vector_store")
	acctest.Quiet(t, made.Apply(t, config))
	id := made.State().(object)["id"].(string)
	for name, imports := range map[string]func(*acctest.Instance) []string{
		"by ID":       func(i *acctest.Instance) []string { return i.Import(t, id) },
		"by identity": func(i *acctest.Instance) []string { return i.ImportIdentity(t, object{"id": id}) },
	} {
		i := w.Instance("openai_vector_store")
		acctest.Quiet(t, imports(i))
		shown := object{"name": "a", "metadata": object{"a": "b"}, "expires_after": object{"anchor": "last_active_at", "days": 7}}
		acctest.Unchanged(t, i, shown) // what Terraform generates

		before := len(w.Requests())
		plan := i.Plan(t, config)
		if plan.Replace || plan.Value.(object)["description"] != "secret" {
			t.Errorf("%s: what the server does not show is not taken on trust: replace %v, %v", name, plan.Replace, plan.Value)
		}
		acctest.Quiet(t, i.Apply(t, config))
		acctest.Unchanged(t, i, config)
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

// An import is not trusted for ever: a day later, what the server does not show is another store.
func TestStore_trustEnds(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	made, i := w.Instance("openai_vector_store"), w.Instance("openai_vector_store")
	acctest.Quiet(t, made.Apply(t, object{"name": "a"}))
	acctest.Quiet(t, i.Import(t, made.State().(object)["id"].(string)))
	acctest.Unchanged(t, i, object{"name": "a"})
	w.Clock.Pass(25 * time.Hour)
	if plan := i.Plan(t, object{"name": "a", "description": "b"}); !plan.Replace {
		t.Error("the trust does not end")
	}
}

// Searches may be billed: they count in the budget.
func TestSearch_countsInTheBudget(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	p := acctest.Speak(t)
	p.Connect(t, s, object{"limits": object{"max_requests": 1}})
	store := p.Instance("openai_vector_store")
	acctest.Quiet(t, store.Apply(t, object{"name": "a"}))
	config := object{"vector_store_id": store.State().(object)["id"], "query": "hello"}
	_, diags := p.ReadData(t, "openai_vector_store_search", config)
	acctest.Quiet(t, diags)
	if _, diags = p.ReadData(t, "openai_vector_store_search", config); len(diags) != 1 || !strings.Contains(diags[0], "max_requests") {
		t.Errorf("said %q", diags)
	}
}
