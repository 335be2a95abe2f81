package object_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type fields = map[string]any

// lives are the resources whose life is that of the room: how one is made and changed, and where it is.
var lives = map[string]struct {
	config, changed fields
	collection      string
}{
	"openai_file":         {fields{"content": "# A", "filename": "a.md", "purpose": "assistants"}, nil, "/files"},
	"openai_vector_store": {fields{"name": "a"}, fields{"name": "b"}, "/vector_stores"},
	"openai_conversation": {fields{"metadata": fields{"a": "b"}}, fields{"metadata": fields{"a": "c"}}, "/conversations"},
	"openai_webhook_endpoint": {
		fields{"name": "a", "url": "https://example.com/a", "event_types": []any{"batch.completed"}, "signing_secret_in_state": true},
		fields{"name": "b", "url": "https://example.com/a", "event_types": []any{"batch.completed"}, "signing_secret_in_state": true}, "/webhook_endpoints",
	},
}

func refusal(status int) emulator.Fault {
	return emulator.Status(status, `{"error":{"message":"not this time","type":"invalid_request_error"}}`)
}

// What passes is tried again, and nothing is lost or made twice.
func TestLife_triesAgainWhatPasses(t *testing.T) {
	for name, life := range lives {
		for _, status := range []int{http.StatusConflict, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable} {
			t.Run(name+" "+http.StatusText(status), func(t *testing.T) {
				w := acctest.NewWorld(t, emulator.Options{})
				i := w.Instance(name)
				w.Fail(refusal(status).On("POST", life.collection))
				acctest.Quiet(t, i.Apply(t, life.config))
				w.Fail(refusal(status).On("GET", life.collection))
				acctest.Unchanged(t, i, life.config)
				if life.changed != nil {
					w.Fail(refusal(status).On("POST", life.collection))
					acctest.Quiet(t, i.Apply(t, life.changed))
				}
				if made := w.Objects(strings.TrimPrefix(life.collection, "/")); len(made) != 1 {
					t.Errorf("made: %v", made)
				}
				w.Fail(refusal(status).On("DELETE", life.collection))
				acctest.Quiet(t, i.Destroy(t))
				if left := w.Objects(strings.TrimPrefix(life.collection, "/")); len(left) > 0 {
					t.Errorf("left: %v", left)
				}
			})
		}
	}
}

// What does not pass is an error in the server's words, and the state stays as it was.
func TestLife_failsInTheServersWords(t *testing.T) {
	for name, life := range lives {
		t.Run(name, func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{})
			says := func(diags []string) {
				t.Helper()
				if len(diags) != 1 || !strings.HasPrefix(diags[0], "error") || !strings.Contains(diags[0], "not this time") {
					t.Errorf("said: %q", diags)
				}
			}
			i := w.Instance(name)
			w.Fail(refusal(http.StatusForbidden).On("POST", life.collection))
			if says(i.Apply(t, life.config)); i.State() != nil {
				t.Errorf("state after a create that failed: %v", i.State())
			}
			acctest.Quiet(t, i.Apply(t, life.config))
			state := i.State()
			for _, status := range []int{http.StatusForbidden, http.StatusUnauthorized, http.StatusBadRequest} {
				w.Fail(refusal(status).On("GET", life.collection))
				if says(i.Refresh(t)); !reflect.DeepEqual(i.State(), state) {
					t.Errorf("state after a read that failed with %d: %v", status, i.State())
				}
			}
			if life.changed != nil {
				w.Fail(refusal(http.StatusForbidden).On("POST", life.collection))
				if says(i.Apply(t, life.changed)); !reflect.DeepEqual(i.State(), state) {
					t.Errorf("state after an update that failed: %v", i.State())
				}
				if plan := i.Plan(t, life.changed); plan.Replace {
					t.Error("an update that failed taints")
				}
			}
			w.Fail(refusal(http.StatusForbidden).On("DELETE", life.collection))
			if says(i.Destroy(t)); !reflect.DeepEqual(i.State(), state) {
				t.Errorf("state after a delete that failed: %v", i.State())
			}
		})
	}
}

// Answers that are no object of the API are errors: nothing panics, and nothing leaves the state.
func TestLife_survivesOddAnswers(t *testing.T) {
	odd := []string{`[]`, `null`, `"x"`, `{}`, `{"id":null}`, `{"id":5}`, `{"id":["x"]}`, `{"id":"x","metadata":[1],"name":{},"expires_after":"x","file_counts":[],"bytes":"y","event_types":{"a":1},"created_at":{}}`, `<html>`, ``}
	for name, life := range lives {
		t.Run(name, func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{})
			w.Foreign = true
			for _, body := range odd {
				i := w.Instance(name)
				w.Fail(emulator.Status(http.StatusOK, body).On("POST", life.collection))
				i.Apply(t, life.config)
				w.Heal()
				i = w.Instance(name)
				acctest.Quiet(t, i.Apply(t, life.config))
				w.Fail(emulator.Status(http.StatusOK, body).On("GET", life.collection))
				i.Refresh(t)
				w.Heal()
				if i.State() == nil {
					t.Errorf("%s: the object left the state", body)
				}
				if life.changed != nil {
					w.Fail(emulator.Status(http.StatusOK, body).On("POST", life.collection))
					i.Apply(t, life.changed)
					w.Heal()
				}
				w.Fail(emulator.Status(http.StatusOK, body).On("DELETE", life.collection))
				i.Destroy(t)
				w.Heal()
			}
		})
	}
}

// A page in HTML that a proxy answers with the status 404 says nothing about the object.
func TestLife_aProxysPageIsNoDeletion(t *testing.T) {
	for name, life := range lives {
		t.Run(name, func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{})
			i := w.Instance(name)
			acctest.Quiet(t, i.Apply(t, life.config))
			w.Clock.Pass(time.Hour)
			w.Fail(emulator.Status(http.StatusNotFound, "<html><body>404 Not Found</body></html>").On("GET", life.collection))
			if diags := i.Refresh(t); i.State() == nil || len(diags) != 1 || !strings.HasPrefix(diags[0], "error") {
				t.Errorf("state %v, said %q", i.State(), diags)
			}
		})
	}
}

// What was deleted elsewhere leaves the state, also with a CLI that knows no identities; what was never there is not
// imported.
func TestLife_deletedElsewhere(t *testing.T) {
	for name, life := range lives {
		t.Run(name, func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{})
			i := w.Instance(name)
			acctest.Quiet(t, i.Apply(t, life.config))
			w.Remove(strings.TrimPrefix(life.collection, "/") + "/" + i.State().(fields)["id"].(string))
			w.Clock.Pass(time.Hour)
			i.ForgetIdentity()
			if diags := i.Refresh(t); i.State() != nil || len(diags) != 1 || !strings.Contains(diags[0], "is gone") {
				t.Errorf("state %v, said %q", i.State(), diags)
			}
			acctest.Quiet(t, i.Apply(t, life.config))
			if diags := w.Instance(name).Import(t, "missing"); len(diags) != 1 || !strings.Contains(diags[0], "is gone") {
				t.Errorf("imported, said %q", diags)
			}
		})
	}
}

// Behind a wrong address everything is a 404, in whatever form.
func TestLife_aWrongAddressDeletesNothing(t *testing.T) {
	for name, life := range lives {
		for _, body := range []string{"", `{"detail":"Not Found"}`, `{"error":{"message":"Invalid URL (GET /v1/v1/x)","type":"invalid_request_error"}}`} {
			t.Run(name+" "+body, func(t *testing.T) {
				w := acctest.NewWorld(t, emulator.Options{})
				i := w.Instance(name)
				acctest.Quiet(t, i.Apply(t, life.config))
				w.Clock.Pass(time.Hour)
				gone := emulator.Status(http.StatusNotFound, body)
				w.Fail(gone, gone)
				if diags := i.Refresh(t); i.State() == nil || len(diags) != 1 || !strings.HasPrefix(diags[0], "error") {
					t.Errorf("%s, %s: state %v, said %q", name, body, i.State(), diags)
				}
				w.Fail(gone, gone)
				if diags := i.Destroy(t); i.State() == nil || len(diags) != 1 || !strings.HasPrefix(diags[0], "error") {
					t.Errorf("%s, %s: destroyed, state %v, said %q", name, body, i.State(), diags)
				}
				acctest.Quiet(t, i.Destroy(t))
			})
		}
	}
}
