package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestWebhookEndpoints_live(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now})
	made := r.do("POST", "/v1/webhook_endpoints", `{"name":"ci","url":"https://example.com/hook","event_types":["batch.completed","batch.failed"]}`)
	id, secret := made.id(), fmt.Sprint(made.get("signing_secret"))
	hint := "whsec_****" + secret[len(secret)-4:]
	equal(t, "secret", strings.HasPrefix(secret, "whsec_") && len(secret) > 40, true)
	want := map[string]any{
		"id": id, "object": "webhook_endpoint", "created_at": 1.7e9, "updated_at": 1.7e9, "name": "ci", "url": "https://example.com/hook",
		"event_types": []any{"batch.completed", "batch.failed"}, "signing_secret_hint": hint,
	}
	path := "/v1/webhook_endpoints/" + id
	equal(t, "got, without secret", r.do("GET", path, "").json, want)
	list := r.do("GET", "/v1/webhook_endpoints?limit=1", "")
	equal(t, "listed, without secret", list.get("data", 0), want)

	now.advance(time.Minute)
	equal(t, "an update that changes nothing", r.do("POST", path, `{"name":"ci"}`).get("updated_at"), 1.7e9)
	changed := r.do("POST", path, `{"event_types":["response.completed"]}`)
	equal(t, "changed", []any{changed.get("event_types"), changed.get("name"), changed.get("updated_at"), changed.get("signing_secret")},
		[]any{[]any{"response.completed"}, "ci", 1.7e9 + 60, "absent"})

	now.advance(time.Minute)
	rotated := r.do("POST", path+"/rotate_secret", `{"keep_old_secret_active_for_24_hours":true}`)
	fresh := fmt.Sprint(rotated.get("signing_secret"))
	equal(t, "another secret", fresh != secret && strings.HasPrefix(fresh, "whsec_"), true)
	equal(t, "its hint", r.do("GET", path, "").get("signing_secret_hint"), "whsec_****"+fresh[len(fresh)-4:])
	r.Change("webhook_endpoints/"+id, map[string]any{"signing_secret_hint": "whsec_****abcd"})
	equal(t, "somebody else rotated", r.do("GET", path, "").get("signing_secret_hint"), "whsec_****abcd")
	again := r.do("POST", path+"/rotate_secret", `{}`)
	equal(t, "one's own again", again.get("signing_secret_hint") != "whsec_****abcd", true)
	equal(t, "rotated at", rotated.get("updated_at"), 1.7e9+120)

	equal(t, "test", r.do("POST", path+"/test", `{"event_type":"batch.failed"}`).json, map[string]any{
		"object": "webhook_endpoint.test", "webhook_endpoint_id": id, "event_type": "batch.failed", "success": true, "status_code": 200.0,
	})
	equal(t, "event types", len(r.do("GET", "/v1/webhook_event_types", "").get("data").([]any)), 27)
	equal(t, "deleted", r.do("DELETE", path, "").json, map[string]any{"id": id, "object": "webhook_endpoint.deleted", "deleted": true})
	refused(t, "gone", r.do("POST", path+"/rotate_secret", `{}`), 404, "No webhook endpoint found with id '"+id+"'.")
}

func TestWebhookEndpoints_refuse(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for body, message := range map[string]string{
		`{"url":"https://a.example","event_types":["batch.failed"]}`:                                      "Missing required parameter: 'name'.",
		`{"name":"","url":"https://a.example","event_types":["batch.failed"]}`:                            "Invalid 'name'",
		`{"name":"a","url":"http://a.example","event_types":["batch.failed"]}`:                            "Invalid 'url'",
		`{"name":"a","url":"https://a.example","event_types":[]}`:                                         "empty array",
		`{"name":"a","url":"https://a.example","event_types":["batch.exploded"]}`:                         "Invalid value: 'batch.exploded'.",
		`{"name":"` + strings.Repeat("a", 257) + `","url":"https://a","event_types":["batch.failed"]}`:    "maximum length 256",
		`{"name":"a","url":"https://a.example","event_types":["batch.failed"],"signing_secret":"whsec_"}`: "Unknown parameter: 'signing_secret'.",
	} {
		refused(t, body, r.do("POST", "/v1/webhook_endpoints", body), 400, message)
	}
	equal(t, "none", r.Objects("webhook_endpoints"), []string{})
}
