package set

import (
	"sync"

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

	// Batch says that the server answers such requests through its Batch API as well.
	Batch bool

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

	types sync.Map // of answers, by the attributes that have none: see typeOf
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
	own := k.arguments()
	if k.Batch {
		own = kinds.Join(own, batchArguments)
	}
	k.attributes = kinds.Join(k.template, kept, own, k.outcome())
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
			Description: "The requests by a name of your choice: `{ for name, text in local.texts : name => { content = text } }`. Each has what differs from the arguments above:\n" +
				"  - `content`: the text of a last message, with the role `user`, after those above. A text instead of an object is short for that: `{ for name, text in local.texts : name => text }`;\n" +
				"  - any argument of the request in place of the one above, blocks as objects: `model`, `temperature`, …\n\n" +
				"At most 50,000. Only what is missing is asked: a new name asks for that one, a changed one for that one again, a removed one asks nothing. Requests that are the same, here or elsewhere, share a recording; in one set they share the call as well."},
		kinds.Attribute{Name: "on_failure", Shape: kinds.String, Local: true,
			Description: "What happens if some requests have no usable answer: `fail` (the default) fails the apply, and names them in the error; `keep` gives a warning, and `failed` says why. In either case the answers that came are kept, and the next apply asks only for the rest. With `keep`, a request that the server refused, or whose answer is of no use, is asked again only when it or `triggers` change.",
			Validators:  checks{kinds.OneOf(fail, keep)}},
		kinds.Attribute{Name: "results_file", Shape: kinds.String, Local: true,
			Description: "The path of a file for the answers, instead of `answers`: JSON Lines, one object for each request in the order of their names, with the member `key` and those of `answers`. Use it for more than a few hundred answers: Terraform reads and writes the whole state again and again. Keep the file like the state: what is missing in it is asked for again, unless recordings have it. It is readable by its owner only, and deleted when the resource is destroyed. Each set needs a file of its own: one that is there before the set writes it is an error, unless it is empty, or has nothing but answers of a set, one of them to a request of this one.",
			Validators:  checks{kinds.NotEmpty()}},
		kinds.Attribute{Name: "timeouts", Shape: kinds.Object, Block: true, Local: true,
			Description: "How long Terraform waits.",
			Fields: kinds.Declare(
				kinds.Attribute{Name: "create", Shape: kinds.String, Local: true,
					Description: "How long to wait for all answers, such as `30m`. It also applies to updates. Default: `60m`, or `24h` with `engine = \"batch\"`. What was answered until then is kept, and a batch goes on. The provider's `request_timeout` limits each attempt.",
					Validators:  checks{kinds.Duration()}},
			)},
	)
}

// outcome are the computed attributes.
func (k *Kind) outcome() kinds.Attributes {
	usage := *k.Answer.Find(k.Usage)
	usage.Mode, usage.Local = kinds.Computed, true
	usage.Description = "How many tokens all answers used together, those from recordings included."
	var batches kinds.Attributes
	if k.Batch {
		batches = batchOutcome
	}
	described := "The answers by the names of `requests`. Null for a request that has none (see `failed`), and as a whole if there is a `results_file`. Each has:"
	for _, a := range k.Answer {
		described += "\n  - `" + a.Name + "`: " + a.Description
	}
	described += "."
	return kinds.Join(batches, kinds.Declare(
		kinds.Attribute{Name: "answers", Shape: kinds.Dynamic, Mode: kinds.Computed, Local: true, Description: described},
		kinds.Attribute{Name: "failed", Shape: kinds.StringMap, Mode: kinds.Computed, Local: true,
			Description: "Why a request has no usable answer, by its name. Null if all have one."},
		usage,
		kinds.Attribute{Name: "results_sha256", Shape: kinds.String, Mode: kinds.Computed, Local: true,
			Description: "The SHA-256 of `results_file`, in hexadecimal. Null if there is none."},
		kinds.Attribute{Name: "request_hashes", Shape: kinds.String, Mode: kinds.Computed, Local: true, Sensitive: true,
			Description: "What each answer answers, as JSON: names of `requests` and the first half of the SHA-256 of their requests. The provider finds out from it what has to be asked. Plans do not show it, because it is long."},
	))
}

// The values of engine.
const (
	direct = "direct"
	batch  = "batch"
)

// The values of status.
const (
	pending   = "pending"
	completed = "completed"
)

// batchArguments are those of a set that may use the Batch API.
var batchArguments = kinds.Declare(
	kinds.Attribute{Name: "engine", Shape: kinds.String, Local: true,
		Description: "How the model is asked: `direct` (the default), a call for each request; or `batch`, through OpenAI's Batch API, which takes up to 24 hours, costs half, and has limits of its own. Answers and recordings are the same.",
		Validators:  checks{kinds.OneOf(direct, batch)}},
	kinds.Attribute{Name: "wait", Shape: kinds.Bool, Local: true,
		Description: "Whether an apply waits for the batches, as long as `timeouts.create` says (by default a day). When that time is over, or with `false`, the apply succeeds with the `status` `pending`: answers that are to come are null, the next plan says that it collects them, and the next apply does. Default: `true`."},
	kinds.Attribute{Name: "retry_failed", Shape: kinds.Int64, Local: true,
		Description: "How often an apply asks again, in another batch, for what has failed in one or was not run before it expired. What was answered is never asked again, and what the server refuses neither. Default: `0`.",
		Validators:  checks{kinds.Between(0, 10)}},
	kinds.Attribute{Name: "max_enqueued_tokens", Shape: kinds.Int64, Local: true,
		Description: "How many prompt tokens may be in the queue of a model at a time, as the rate limits of your account say: larger sets are split, and the next batch is submitted when one has ended. Tokens are estimated. By default, a set is split only by model, 50,000 requests and 200 MB.",
		Validators:  checks{kinds.AtLeast(1)}},
)

// batchAttributes are what the state has of a batch.
var batchAttributes = kinds.Declare(
	kinds.Attribute{Name: "id", Shape: kinds.String, Description: "The ID of the batch."},
	kinds.Attribute{Name: "status", Shape: kinds.String, Description: "Its status when it was last looked at: `validating`, `in_progress`, `finalizing`, `completed`, `failed`, `expired`, `cancelling` or `cancelled`."},
	kinds.Attribute{Name: "requests", Shape: kinds.Int64, Description: "How many requests it has."},
	kinds.Attribute{Name: "created_at", Shape: kinds.Int64, Description: "When it was submitted, in seconds since 1970 (Unix time)."},
)

// batchOutcome are the computed attributes of a set that may use the Batch API.
var batchOutcome = kinds.Declare(
	kinds.Attribute{Name: "status", Shape: kinds.String, Mode: kinds.Computed, Local: true,
		Description: "`completed`, or `pending` while a batch is under way whose answers are not collected."},
	kinds.Attribute{Name: "batches", Shape: kinds.Objects, Mode: kinds.Computed, Local: true, Fields: batchAttributes,
		Description: "The batches that the set has submitted. When it is destroyed, those under way are cancelled, and the files of all deleted. Null if there were none."},
)

// batched reports whether batches have a part in a set: it asks through them, or has some that are not collected.
func (k *Kind) batched(config wire.Fields, h held) bool {
	if !k.Batch {
		return false
	}
	for _, m := range h.marks {
		if m.submitted != "" {
			return true
		}
	}
	return config.String("engine") == batch
}
