package set

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

type checks = []validator.Describer

// Kind declares the set of one kind of answer.
type Kind struct {
	Of          *answer.Kind
	Description string // of the resource, in Markdown

	// Without are arguments of the request that a set has not.
	Without []string

	// Instead are arguments that stand for each other: one that a request gives takes the place of all.
	Instead []string

	// Answer are the attributes of each answer. Project makes them of an answer of the kind.
	Answer  kinds.Attributes
	Project func(answer wire.Fields) wire.Values

	// Usage is the attribute of each answer whose numbers the set adds up: an Object.
	Usage string

	// Continue is a request that goes on with a text, or an error that says why it cannot.
	Continue func(arguments wire.Fields, text tftypes.Value) (wire.Fields, error)

	attributes kinds.Attributes // of the resource
	template   kinds.Attributes // arguments of the request
	request    kinds.Attributes // arguments that make a request, those of the template among them
	computed   []string
}

// The values of on_failure.
const (
	fail = "fail"
	keep = "keep"
)

// mostRequests is how many requests a set has at most: as many as a batch.
const mostRequests = 50_000

// Content is the member of a request of a set that becomes the last message.
const content = "content"

// declare puts the declarations together.
func (k *Kind) declare() {
	for _, a := range k.Of.Request.WithoutWriteOnly() {
		if !named(k.Without, a.Name) {
			k.template = append(k.template, a)
		}
	}
	settings := k.Of.Settings()
	var kept kinds.Attributes
	for _, a := range settings {
		switch a.Name {
		case "label", "timeouts":
			continue
		case "extra_body", "record", "fail_on", "triggers":
			k.request = append(k.request, a)
		case "generate_on":
			a.Description = "When the model is asked: `apply` (the default) or `plan`. With `plan`, `terraform plan` asks for the answers that are missing, records them and shows them; `apply` stores exactly those, without a call. This needs the provider's `recordings`."
		}
		kept = append(kept, a)
	}
	k.request = kinds.Join(k.template, k.request)
	k.attributes = kinds.Join(k.template, kept, k.arguments(), k.outcome())
	for _, a := range k.outcome() {
		k.computed = append(k.computed, a.Name)
	}
}

func named(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// arguments are the set's own.
func (k *Kind) arguments() kinds.Attributes {
	return kinds.Declare(
		kinds.Attribute{Name: "requests", Shape: kinds.Dynamic, Mode: kinds.Required, Local: true,
			Description: fmt.Sprintf("The requests by a name of your choice: `{ for name, text in local.texts : name => { content = text } }`. Each has what differs from the arguments above:\n"+
				"  - `content`: the text of a last message, with the role `user`, after those above. A text instead of an object is short for that: `{ for name, text in local.texts : name => text }`;\n"+
				"  - any argument of the request in place of the one above, blocks as objects: `messages`, `model`, `temperature`, …\n\n"+
				"At most %d. Only what is missing is asked: a new name asks for that one, a changed one for that one again, a removed one asks nothing. Requests that are the same, here or elsewhere, share a recording; in one set they share the call as well.", mostRequests)},
		kinds.Attribute{Name: "on_failure", Shape: kinds.String, Local: true,
			Description: "What happens if some requests have no usable answer: `fail` (the default) fails the apply, and names them in the error; `keep` gives a warning, and `failed` says why. In either case the answers that came are kept, and the next apply asks only for the rest. With `keep`, a request that the server refused, or whose answer is of no use, is asked again only when it or `triggers` change.",
			Validators:  checks{kinds.OneOf(fail, keep)}},
		kinds.Attribute{Name: "results_file", Shape: kinds.String, Local: true,
			Description: "The path of a file for the answers, instead of `answers`: JSON Lines, one object for each request in the order of their names, with the member `key` and those of `answers`. Use it for more than a few hundred answers: Terraform reads and writes the whole state again and again. Keep the file like the state: what is missing in it is asked for again, unless recordings have it. It is readable by its owner only, and deleted when the resource is destroyed.",
			Validators:  checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "timeouts", Shape: kinds.Object, Block: true, Local: true,
			Description: "How long Terraform waits.",
			Fields: kinds.Declare(
				kinds.Attribute{Name: "create", Shape: kinds.String, Local: true,
					Description: "How long to wait for all answers, such as `30m`. It also applies to updates. Default: `60m`. What was answered until then is kept. The provider's `request_timeout` limits each attempt.",
					Validators:  checks{kinds.Duration()}},
			)},
	)
}

// outcome are the computed attributes.
func (k *Kind) outcome() kinds.Attributes {
	usage := *k.Answer.Find(k.Usage)
	usage.Mode, usage.Local = kinds.Computed, true
	usage.Description = "How many tokens all answers used together, those from recordings included."
	described := "The answers by the names of `requests`. Null for a request that has none (see `failed`), and as a whole if there is a `results_file`. Each has:"
	for _, a := range k.Answer {
		described += "\n  - `" + a.Name + "`: " + a.Description
	}
	return kinds.Declare(
		kinds.Attribute{Name: "answers", Shape: kinds.Dynamic, Mode: kinds.Computed, Local: true, Description: described},
		kinds.Attribute{Name: "failed", Shape: kinds.StringMap, Mode: kinds.Computed, Local: true,
			Description: "Why a request has no usable answer, by its name. Null if all have one."},
		usage,
		kinds.Attribute{Name: "results_sha256", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The SHA-256 of `results_file`, in hexadecimal. Null if there is none."},
		kinds.Attribute{Name: "request_hashes", Shape: kinds.String, Mode: kinds.Computed, Local: true, Sensitive: true,
			Description: "What each answer answers, as JSON: names of `requests` and the first half of the SHA-256 of their requests. The provider finds out from it what has to be asked. Plans do not show it, because it is long."},
	)
}
