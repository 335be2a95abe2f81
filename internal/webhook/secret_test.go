package webhook_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func newKey(t *testing.T) *age.X25519Identity {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

// opened is what a state has encrypted.
func opened(t *testing.T, identity age.Identity, state object) string {
	t.Helper()
	text, _ := state["encrypted_signing_secret"].(string)
	in, err := age.Decrypt(armor.NewReader(strings.NewReader(text)), identity)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	secret, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(secret)
}

// fits checks that a secret is the one in use.
func fits(t *testing.T, secret, hint any) {
	t.Helper()
	text, _ := secret.(string)
	if !strings.HasPrefix(text, "whsec_") || len(text) < 20 || hint != "whsec_****"+text[len(text)-4:] {
		t.Errorf("the secret is %v, and its hint %v", secret, hint)
	}
}

// rotations are those that the server was asked for.
func rotations(w *acctest.World) (bodies []string) {
	for _, r := range w.Requests() {
		if strings.HasSuffix(r.Path, "/rotate_secret") {
			bodies = append(bodies, string(r.Body))
		}
	}
	return bodies
}

func TestSecret_inState(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	i := w.Instance(typeName)
	if plan := i.Plan(t, configured(nil)).Value.(object); plan["signing_secret"] != (acctest.Unknown{}) || plan["encrypted_signing_secret"] != nil {
		t.Errorf("the plan is %v", plan)
	}
	clean(t, i.Apply(t, configured(nil)))
	first := stateOf(i)
	fits(t, first["signing_secret"], first["signing_secret_hint"])

	unchanged := func(changes object) {
		t.Helper()
		clean(t, i.Apply(t, configured(changes)))
		if got := stateOf(i); got["signing_secret"] != first["signing_secret"] || len(rotations(w)) > 0 {
			t.Errorf("%v rotates the secret", changes)
		}
	}
	unchanged(object{"rotate_when": object{}})
	unchanged(object{"keep_old_secret": false})
	unchanged(nil)

	config := configured(object{"rotate_when": object{"year": "2026"}})
	if plan := i.Plan(t, config); plan.Replace || plan.Value.(object)["signing_secret"] != (acctest.Unknown{}) || plan.Value.(object)["signing_secret_hint"] != (acctest.Unknown{}) {
		t.Errorf("the plan is %v", plan)
	}
	clean(t, i.Apply(t, config))
	acctest.Unchanged(t, i, config)
	second := stateOf(i)
	fits(t, second["signing_secret"], second["signing_secret_hint"])
	clean(t, i.Apply(t, configured(object{"rotate_when": object{"year": "2027"}, "keep_old_secret": false, "name": "cd"})))
	fits(t, stateOf(i)["signing_secret"], stateOf(i)["signing_secret_hint"])
	if got := rotations(w); second["signing_secret"] == first["signing_secret"] || stateOf(i)["signing_secret"] == second["signing_secret"] || stateOf(i)["name"] != "cd" ||
		!slices.Equal(got, []string{`{"keep_old_secret_active_for_24_hours":true}`, `{"keep_old_secret_active_for_24_hours":false}`}) {
		t.Errorf("rotated by %q", got)
	}
}

// A value that is not known during the plan may turn out to be the same.
func TestSecret_rotationIsOpen(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	config := configured(object{"rotate_when": object{"key": "a"}})
	i, _ := made(t, w, config)
	before := stateOf(i)
	plan, diags := i.ApplyOpen(t, configured(object{"rotate_when": object{"key": acctest.Unknown{}}}), config)
	clean(t, diags)
	if plan.Value.(object)["signing_secret"] != (acctest.Unknown{}) || !reflect.DeepEqual(stateOf(i), before) || len(rotations(w)) > 0 {
		t.Errorf("the plan is %v, the state %v", plan.Value, stateOf(i))
	}
	clean(t, i.Apply(t, configured(object{"rotate_when": object{"key": "b"}})))
	if stateOf(i)["signing_secret"] == before["signing_secret"] {
		t.Error("it is not rotated")
	}
}

func TestSecret_encrypted(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	key, other := newKey(t), newKey(t)
	config := configured(object{"signing_secret_in_state": nil, "public_key": key.Recipient().String()})
	i := w.Instance(typeName)
	if plan := i.Plan(t, config).Value.(object); plan["encrypted_signing_secret"] != (acctest.Unknown{}) || plan["signing_secret"] != nil {
		t.Errorf("the plan is %v", plan)
	}
	clean(t, i.Apply(t, config))
	unchanged(t, i, config)
	first := stateOf(i)
	secret := opened(t, key, first)
	fits(t, secret, first["signing_secret_hint"])
	if !strings.HasPrefix(first["encrypted_signing_secret"].(string), armor.Header) || strings.Contains(fmt.Sprint(first), secret) {
		t.Errorf("the state is %v", first)
	}

	config["public_key"] = other.Recipient().String() + "\n" // as from a file
	clean(t, i.Apply(t, config))
	unchanged(t, i, config)
	second := opened(t, other, stateOf(i))
	if fits(t, second, stateOf(i)["signing_secret_hint"]); second == secret || len(rotations(w)) != 1 {
		t.Error("another key does not rotate the secret")
	}

	clean(t, i.Apply(t, configured(nil)))
	state := stateOf(i)
	if fits(t, state["signing_secret"], state["signing_secret_hint"]); state["encrypted_signing_secret"] != nil || state["signing_secret"] == second {
		t.Errorf("moved into the state: %v", state)
	}
	clean(t, i.Apply(t, config))
	if state := stateOf(i); state["signing_secret"] != nil || opened(t, other, state) == second {
		t.Errorf("moved out of the state: %v", state)
	}
}

// A rotation that fails is planned again, and what there was stays.
func TestSecret_rotationFails(t *testing.T) {
	for name, fault := range map[string]emulator.Fault{
		"refused":   emulator.Status(http.StatusForbidden, `{"error":{"message":"no","type":"invalid_request_error"}}`),
		"no secret": emulator.Status(http.StatusOK, `{"id":"whe_1","object":"webhook_endpoint","signing_secret_hint":"whsec_****abcd"}`),
	} {
		t.Run(name, func(t *testing.T) {
			w := acctest.NewWorld(t, emulator.Options{})
			i, path := made(t, w, configured(nil))
			before := stateOf(i)
			config := configured(object{"rotate_when": object{"year": "2026"}, "name": "cd"})
			w.Fail(fault.On("POST", "/v1/"+path+"/rotate_secret"))
			if diags := i.Apply(t, config); len(diags) != 1 || !strings.Contains(diags[0], "Could not complete webhook endpoint whe_") {
				t.Errorf("said: %q", diags)
			}
			state := stateOf(i)
			if state["name"] != "cd" || state["rotate_when"] != nil || state["signing_secret"] != before["signing_secret"] || state["signing_secret_hint"] != before["signing_secret_hint"] {
				t.Errorf("the state is %v", state)
			}
			clean(t, i.Apply(t, config))
			unchanged(t, i, config)
			fits(t, stateOf(i)["signing_secret"], stateOf(i)["signing_secret_hint"])
		})
	}
}

// Where the answer to a rotation is lost, another secret is asked for: the one in the state is the one in use.
func TestSecret_rotationIsLost(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	i, path := made(t, w, configured(nil))
	w.Fail(emulator.Fault{Reset: true, Late: true}.On("POST", "/v1/"+path+"/rotate_secret"))
	config := configured(object{"rotate_when": object{"year": "2026"}})
	clean(t, i.Apply(t, config))
	unchanged(t, i, config)
	if fits(t, stateOf(i)["signing_secret"], stateOf(i)["signing_secret_hint"]); len(rotations(w)) != 2 {
		t.Errorf("%d requests", len(rotations(w)))
	}
}

func TestSecret_isRotatedElsewhere(t *testing.T) {
	w := acctest.NewWorld(t, emulator.Options{})
	i, path := made(t, w, configured(nil))
	w.Change(path, object{"signing_secret_hint": "whsec_****else"})
	plan := i.Plan(t, configured(nil))
	if len(plan.Diags) != 1 || !strings.HasPrefix(plan.Diags[0], "warning at signing_secret_hint: Signing secret was rotated elsewhere") || !strings.Contains(plan.Diags[0], "Change rotate_when") || plan.Replace {
		t.Errorf("said: %q", plan.Diags)
	}
	config := configured(object{"rotate_when": object{"after": "else"}})
	clean(t, i.Apply(t, config))
	unchanged(t, i, config)

	imported := w.Instance(typeName)
	clean(t, imported.Import(t, strings.TrimPrefix(path, "webhook_endpoints/")))
	w.Change(path, object{"signing_secret_hint": "whsec_****elsa"})
	clean(t, imported.Refresh(t)) // there is no secret to be wrong
}

// An answer with a secret that cannot be used is quoted nowhere, and what Terraform is told of has no secret
// but in its place in the state. The log has none at all.
func TestSecret_isWrittenNowhereElse(t *testing.T) {
	var mu sync.Mutex
	var log strings.Builder
	w := acctest.NewWorld(t, emulator.Options{})
	w.Protocol = acctest.Speak(t, w.Clock.Adjust, func(s *client.Settings) {
		s.Log = func(_ context.Context, level, message string, fields map[string]any) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintln(&log, level, message, fields)
		}
	})
	w.Connect(t, w.Server)
	const secret = "whsec_c2VjcmV0IHRoYXQgbm9ib2R5IG1heSBzZWU="
	said := func(what string, diags []string) {
		t.Helper()
		if len(diags) == 0 || strings.Contains(fmt.Sprint(diags), secret[6:30]) {
			t.Errorf("%s: %q", what, diags)
		}
	}
	config := configured(object{"signing_secret_in_state": nil, "public_key": newKey(t).Recipient().String()})
	bad := map[string]string{
		"no ID": `{"object":"webhook_endpoint","signing_secret":"` + secret + `"}`,
		"torn":  `{"object":"webhook_endpoint","signing_secret":"` + secret + `"`,
		"text":  `The secret is ` + secret,
		"error": `{"error":{"message":"Could not store ` + secret + `"},"signing_secret":"` + secret + `"}`,
	}
	for name, body := range bad {
		w.Fail(emulator.Status(http.StatusOK, body).On("POST", "/v1/webhook_endpoints"))
		said("create, "+name, w.Instance(typeName).Apply(t, config))
	}
	i, path := made(t, w, config)
	delete(bad, "no ID")
	for name, body := range bad {
		w.Fail(emulator.Status(http.StatusOK, body).On("POST", "/v1/"+path+"/rotate_secret"))
		config["rotate_when"] = object{"year": name}
		said("rotation, "+name, i.Apply(t, config))
	}
	clean(t, i.Apply(t, config))
	inState, _ := made(t, w, configured(nil))
	mu.Lock()
	defer mu.Unlock()
	if text := log.String(); !strings.Contains(text, "rotate_secret") || strings.Contains(text, "whsec_c2V") || strings.Contains(text, stateOf(inState)["signing_secret"].(string)) ||
		strings.Contains(strings.ReplaceAll(text, "whsec_****", ""), "whsec_") {
		t.Errorf("the log:\n%s", text)
	}
	if text := fmt.Sprint(stateOf(i)); strings.Contains(strings.ReplaceAll(text, "whsec_****", ""), "whsec_") {
		t.Errorf("the state: %s", text)
	}
	for _, a := range w.Schema.ResourceSchemas[typeName].Block.Attributes {
		if a.Sensitive != (a.Name == "signing_secret") {
			t.Errorf("%s is sensitive: %v", a.Name, a.Sensitive)
		}
	}
}
