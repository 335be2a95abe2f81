package webhook

import (
	"errors"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/rules"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

type checks = []validator.Describer

// Area is what the area offers.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{endpoint.Resource()},
	DataSources: []func() datasource.DataSource{endpoint.DataSource(), endpoint.DataSources("webhook_endpoints"), eventTypes.DataSource()},
	Actions:     []func() action.Action{newTest},
	Lists:       []func() list.ListResource{endpoint.List()},
}

// collection is the path of the endpoints.
const collection = "webhook_endpoints"

var endpoint = &object.Kind{
	Type: "webhook_endpoint", Noun: "webhook endpoint", Path: collection, Label: "name",
	Find: []string{"name"},
	Attributes: kinds.Declare(
		kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed,
			Description: "The ID of the endpoint, `whe_…`."},
		kinds.Attribute{Name: "name", Shape: kinds.String, Mode: kinds.Required,
			Description: "The name of the endpoint, of at most 256 characters.", Validators: checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "url", Shape: kinds.String, Mode: kinds.Required,
			Description: "Where events are sent to, `https://…`.", Validators: checks{kinds.Text("an https:// URL", "Invalid URL", checkURL)}},
		kinds.Attribute{Name: "event_types", Shape: kinds.StringSet, Mode: kinds.Required,
			Description: "The events sent to the endpoint, such as `batch.completed`. The data source `openai_webhook_event_types` lists what there is.", Validators: checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: inState, Shape: kinds.Bool, Local: true,
			Description: "`true` keeps the signing secret in the state, as it is, as `signing_secret`. Either this or `public_key` must be given."},
		kinds.Attribute{Name: publicKey, Shape: kinds.String, Local: true,
			Description: "An [age](https://age-encryption.org) recipient, `age1…`. The signing secret is kept only as `encrypted_signing_secret`, which whoever has the matching identity can decrypt. Another key rotates the secret.",
			Validators:  checks{kinds.Text("an age recipient", "Invalid age recipient", checkRecipient)}},
		kinds.Attribute{Name: rotateWhen, Shape: kinds.StringMap, Local: true,
			Description: "Any values, such as `{ year = 2026 }`. When they change, the secret is rotated in place."},
		kinds.Attribute{Name: keepOld, Shape: kinds.Bool, Local: true,
			Description: "Whether the old secret stays valid for 24 hours after a rotation, so that receivers have time to learn the new one. Default: `true`."},
		kinds.Attribute{Name: plain, Shape: kinds.String, Mode: kinds.Computed, Local: true, Sensitive: true,
			Description: "The secret that events are signed with, `whsec_…`. Null unless `signing_secret_in_state` is true, and after an import until the secret is rotated."},
		kinds.Attribute{Name: encrypted, Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The secret that events are signed with, encrypted for `public_key`, as ASCII-armored age. Null without `public_key`, and after an import until the secret is rotated."},
		kinds.Attribute{Name: hint, Shape: kinds.String, Mode: kinds.Computed,
			Description: "What the server shows of the secret, to tell secrets apart. If it changes without Terraform's doing, somebody has rotated the secret, and a warning says so."},
		kinds.Attribute{Name: "created_at", Shape: kinds.Int64, Mode: kinds.Computed,
			Description: "When the endpoint was created, in seconds since 1970 (Unix time)."},
	),
	Description: object.Description{
		Resource: "A webhook endpoint: OpenAI sends events to a URL, such as the completion of a batch, and signs them with a secret.\n\n" +
			"The secret is shown only when it is made. Say where it goes: `signing_secret_in_state` or `public_key`.",
		DataSource:  "An existing webhook endpoint, looked up by ID or by name. Its secret is not shown.",
		DataSources: "The webhook endpoints of the project. Their secrets are not shown.",
		List:        "The webhook endpoints of the project.",
	},
	Validate: validate,
	Limits: func(arguments wire.Fields) (diags diag.Diagnostics) {
		rules.Length(&diags, arguments, 256, "name")
		rules.Length(&diags, arguments, 2048, "url")
		return diags
	},
	Plan: planSecret, Created: keepSecret, Updated: rotateSecret, Refreshed: warnOfRotation,
	Secret: true,
}

// checkURL refuses what events cannot be sent to. It does not quote the URL, which may hold a token.
func checkURL(text string) error {
	if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" {
		return errors.New("events are sent to a URL that starts with https:// and names a host")
	}
	return nil
}

// validate checks that the secret has one place to go.
func validate(config wire.Fields) (diags diag.Diagnostics) {
	key, state := config.Get(publicKey), config.Get(inState)
	switch {
	case !key.IsKnown() || !state.IsKnown():
	case rules.Given(key) && wire.True(state):
		rules.RefuseAt(&diags, path.Root(publicKey), "Conflicting arguments", "Use either %s or %s = true, not both.", publicKey, inState)
	case rules.Missing(key) && !wire.True(state):
		rules.RefuseAt(&diags, path.Root(inState), "Missing place for the signing secret",
			"The signing secret is shown only when it is made. Keep it in the state, as it is, with %s = true; or encrypted, with %s = \"age1…\".", inState, publicKey)
	}
	return diags
}
