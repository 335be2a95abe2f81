package emulator

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
)

// eventTypes are what webhooks can be told of.
var eventTypes = strings.Fields(`batch.completed batch.failed batch.expired batch.cancelled
	response.completed response.failed response.cancelled response.incomplete
	eval.run.succeeded eval.run.failed eval.run.canceled
	fine_tuning.job.succeeded fine_tuning.job.failed fine_tuning.job.cancelled
	realtime.call.incoming video.completed video.failed
	agent.environment.ready agent.environment.failed agent.environment.suspended agent.environment.expired
	agent.session.created agent.session.action_required agent.session.in_progress agent.session.idle agent.session.failed
	safety.alert.created`)

var (
	eventType      = oneOf(eventTypes...)
	endpointShapes = map[string]*shape{
		"name":        {kind: kindText, maxLength: 256, pattern: regexp.MustCompile(`.`)},
		"url":         {kind: kindText, maxLength: 2048, pattern: regexp.MustCompile(`^https://.`)},
		"event_types": {kind: kindList, items: eventType, minItems: 1},
	}
)

// webhookEndpoints tell their secret when it is made, and only then.
var webhookEndpoints = &collection{
	name: "webhook_endpoints", object: "webhook_endpoint", deleted: "webhook_endpoint.deleted", prefix: "whe_",
	create: fields([]string{"name", "url", "event_types"}, endpointShapes),
	update: fields(nil, endpointShapes),
	paging: paging{limit: 20, most: 100, order: "desc"},
	keep:   map[string]any{"name": nil, "url": nil, "event_types": nil},
	make: func(c *call, r *resource) *apiError {
		c.giveSecret(r)
		return nil
	},
	created: func(_ *call, r *resource, m map[string]any) { m["signing_secret"] = r.secret },
	changed: func(c *call, r *resource) { r.members["updated_at"] = c.now.Unix() },
	missing: func(_ *resource, id string) *apiError {
		return absent("webhook_endpoint_id", "No webhook endpoint found with id '%s'.", id)
	},
	actions: map[string]action{
		"rotate_secret": {http.MethodPost, operation{
			shape: fields(nil, map[string]*shape{"keep_old_secret_active_for_24_hours": aBoolean}),
			do: func(c *call) (any, *apiError) {
				c.giveSecret(c.target)
				out := c.shown(c.of(), c.target)
				out["signing_secret"] = c.target.secret
				return out, nil
			},
		}},
		"test": {http.MethodPost, operation{
			shape: fields([]string{"event_type"}, map[string]*shape{"event_type": eventType}),
			do: func(c *call) (any, *apiError) { // nothing is sent: there is nobody at the other end
				return map[string]any{
					"object": "webhook_endpoint.test", "webhook_endpoint_id": c.target.id,
					"event_type": c.body["event_type"], "success": true, "status_code": http.StatusOK,
				}, nil
			},
		}},
	},
}

// webhookEventTypes are a list of words.
var webhookEventTypes = &collection{
	name: "webhook_event_types", unread: true,
	lists:   func(*call) (any, *apiError) { return map[string]any{"object": "list", "data": eventTypes}, nil },
	missing: func(_ *resource, id string) *apiError { return absent("", "No webhook event type '%s'.", id) },
}

// giveSecret gives an endpoint its first or next secret.
func (c *call) giveSecret(r *resource) {
	r.secret = "whsec_" + base64.StdEncoding.EncodeToString(digest(r.id, c.newID("")))
	r.members["signing_secret_hint"] = "whsec_****" + r.secret[len(r.secret)-4:]
	r.members["updated_at"] = c.now.Unix()
	delete(r.forced, "signing_secret_hint")
}
