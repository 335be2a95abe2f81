package batch

import (
	"errors"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
)

type checks = []validator.Describer

// Area is what the area offers.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{kind.Resource()},
	DataSources: []func() datasource.DataSource{kind.DataSource(), kind.DataSources("batches")},
	Actions:     []func() action.Action{newCancel},
	Lists:       []func() list.ListResource{kind.List()},
}

// day is how long the server takes for a batch at most.
const day = 24 * time.Hour

// Attributes that functions deal with.
const (
	requests    = "requests"
	inputFile   = "input_file_id"
	window      = "completion_window"
	expiry      = "output_expires_after"
	waits       = "wait"
	resultsFile = "results_file"
	results     = "results"
	resultsSum  = "results_sha256"
	failures    = "errors"
	refusals    = "batch_errors"
	status      = "status"
)

var kind = &object.Kind{
	Type: "batch", Noun: "batch", Path: "batches", Lasting: true, Patience: day,
	Attributes: attributes,
	Description: object.Description{
		Resource: "A batch of requests, which OpenAI answers within 24 hours at half the price: to the Responses API, for chat completions, embeddings, moderations or images.\n\n" +
			"The batch is submitted once. An apply waits for it, for 24 hours unless `timeouts` say otherwise, and collects the results. A wait that ends before the batch does is no failure: the batch is pending, and the next apply waits on and collects. " +
			"So it is with `wait = false`, and where Terraform was stopped.\n\n" +
			"A batch cannot be changed, so all arguments but `wait`, `results_file` and `timeouts` replace it. What some requests failed with is in `errors`, with a warning; the apply fails only where the batch has no answers at all.",
		DataSource:  "An existing batch, looked up by ID: its status, and the IDs of the files with its results, which `openai_file_content` reads.",
		DataSources: "The batches of the project, the newest first.",
		List:        "The batches of the project, the newest first.",
	},
	Destroyed: "The batch itself stays in the list of batches, since the API has no way to delete one. A batch that is still running is cancelled, which may take ten minutes; what was answered by then is paid for. " +
		"The files with its results are deleted, and so is the input, if it was uploaded from requests. The results in the state go with it.",
	Validate: validate, Limits: limits, Plan: plan,
	Create: submit, Created: created, Updated: updated, Refreshed: refreshed, Delete: remove, Shown: adapt,
}

// attributes are those of a batch.
var attributes = kinds.Join(kinds.Declare(
	kinds.Attribute{Name: "id", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The ID of the batch, `batch_…`."},
	kinds.Attribute{Name: "endpoint", Shape: kinds.String, Mode: kinds.Required, Change: kinds.Replaces,
		Description: "The endpoint that all requests are for: `/v1/responses`, `/v1/chat/completions`, `/v1/embeddings`, `/v1/completions`, `/v1/moderations`, `/v1/images/generations` or `/v1/images/edits`.",
		Validators:  checks{kinds.Text("the path of an endpoint", "Invalid endpoint", checkEndpoint)}},
	kinds.Attribute{Name: requests, Shape: kinds.Objects, Local: true, Unread: true, Change: kinds.Replaces,
		Description: "The requests, up to 50,000. They are uploaded as a file, and stand in the state: use `input_file_id` for very long ones. Either this or `input_file_id` must be given.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "custom_id", Shape: kinds.String, Mode: kinds.Required,
				Description: "A name for the request, of up to 64 characters, which no other request of the batch has.", Validators: checks{kinds.NotEmpty()}},
			kinds.Attribute{Name: "body", Shape: kinds.JSON, Mode: kinds.Required,
				Description: "The body of the request as JSON: `jsonencode({ … })`. All requests of a batch must name the same `model`.", Validators: checks{kinds.JSONObject()}},
		)},
	kinds.Attribute{Name: inputFile, Shape: kinds.String, Mode: kinds.OptionalComputed, Change: kinds.Replaces,
		Description: "The ID of a file with the requests in JSON Lines, and the purpose `batch`, instead of `requests`.", Validators: checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: window, Shape: kinds.String, Change: kinds.Replaces, Defaulted: true,
		Description: "How long the server may take. OpenAI has `24h` only, which is sent by default.", Validators: checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: "metadata", Shape: kinds.StringMap, Change: kinds.Replaces,
		Description: "Labels of the batch: up to 15, keys of up to 64 characters, values of up to 512. The key `terraform` is the provider's own: by it, an apply finds a batch that an interrupted one has submitted."},
	kinds.Attribute{Name: expiry, Shape: kinds.Object, Unread: true, Change: kinds.Replaces,
		Description: "When the server deletes the files with the results. Default: 30 days after the end of the batch.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "anchor", Shape: kinds.String, Mode: kinds.Required,
				Description: "What the time is counted from: `created_at`, when the files were made.", Validators: checks{kinds.NotEmpty()}},
			kinds.Attribute{Name: "seconds", Shape: kinds.Int64, Mode: kinds.Required,
				Description: "How many seconds after that the files are deleted, 3600 (an hour) to 2592000 (30 days).", Validators: checks{kinds.AtLeast(1)}},
		)},
	kinds.Attribute{Name: "triggers", Shape: kinds.StringMap, Local: true, Unread: true, Change: kinds.Replaces,
		Description: "Any values, such as `{ night = \"2026-11-25\" }`. When they change, another batch is submitted. They also tell batches with the same requests apart."},
	kinds.Attribute{Name: waits, Shape: kinds.Bool, Local: true,
		Description: "Whether an apply waits until the batch has ended. With `false`, it ends when the batch is submitted, and a later apply collects the results. Default: `true`."},
	kinds.Attribute{Name: resultsFile, Shape: kinds.String, Local: true, Change: kinds.Updates,
		Description: "Where to write the results, as JSON Lines in the order of `custom_id` and in the form of OpenAI's own, instead of `results`: the state then has only their SHA-256. The folder must be there. If the file is changed or missing, the next apply writes it again.", Validators: checks{kinds.NotEmpty()}},
	kinds.Attribute{Name: status, Shape: kinds.String, Mode: kinds.Computed,
		Description: "`validating`, `in_progress`, `finalizing`, `completed`, `failed`, `expired`, `cancelling` or `cancelled`."},
	kinds.Attribute{Name: results, Shape: kinds.StringMap, Mode: kinds.Computed, Local: true,
		Description: "The answers by `custom_id`, each the body as JSON: `jsondecode(openai_batch.x.results[\"a\"]).choices[0].message.content`. Null as long as the batch is pending, and with `results_file`."},
	kinds.Attribute{Name: resultsSum, Shape: kinds.String, Mode: kinds.Computed, Local: true,
		Description: "The SHA-256 of the content of `results_file`, in hexadecimal. Null without that, and as long as the batch is pending."},
	kinds.Attribute{Name: failures, Shape: kinds.StringMap, Mode: kinds.Computed, Local: true,
		Description: "Why requests have no answer, in the server's words, by `custom_id`. Null as long as the batch is pending."},
	kinds.Attribute{Name: refusals, Shape: kinds.Objects, Mode: kinds.Computed,
		Description: "Why the whole batch has failed. Null if it has not.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "code", Shape: kinds.String, Description: "A word for the error, such as `token_limit_exceeded`."},
			kinds.Attribute{Name: "message", Shape: kinds.String, Description: "The error in the server's words."},
			kinds.Attribute{Name: "line", Shape: kinds.Int64, Description: "The line of the input that is at fault, from 1. Null if none is."},
			kinds.Attribute{Name: "param", Shape: kinds.String, Description: "The parameter that is at fault. Null if none is."},
		)},
), shownByServer, moments)

// shownByServer is what the server tells of a batch by the way.
var shownByServer = kinds.Declare(
	kinds.Attribute{Name: "model", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The model that answers."},
	kinds.Attribute{Name: "request_counts", Shape: kinds.Object, Mode: kinds.Computed,
		Description: "How far the batch is.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "total", Shape: kinds.Int64, Description: "Requests in the batch."},
			kinds.Attribute{Name: "completed", Shape: kinds.Int64, Description: "Requests that were answered."},
			kinds.Attribute{Name: "failed", Shape: kinds.Int64, Description: "Requests that ended with an error."},
		)},
	kinds.Attribute{Name: "usage", Shape: kinds.Object, Mode: kinds.Computed,
		Description: "The tokens of all answers.",
		Fields: kinds.Declare(
			kinds.Attribute{Name: "input_tokens", Shape: kinds.Int64, Description: "Tokens of the requests."},
			kinds.Attribute{Name: "input_tokens_details", Shape: kinds.Object, Description: "What they are made of.", Fields: kinds.Declare(
				kinds.Attribute{Name: "cached_tokens", Shape: kinds.Int64, Description: "Tokens that came from the cache."})},
			kinds.Attribute{Name: "output_tokens", Shape: kinds.Int64, Description: "Tokens of the answers."},
			kinds.Attribute{Name: "output_tokens_details", Shape: kinds.Object, Description: "What they are made of.", Fields: kinds.Declare(
				kinds.Attribute{Name: "reasoning_tokens", Shape: kinds.Int64, Description: "Tokens spent on reasoning."})},
			kinds.Attribute{Name: "total_tokens", Shape: kinds.Int64, Description: "All of them."},
		)},
	kinds.Attribute{Name: "output_file_id", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The ID of the file with the answers. Null if there is none."},
	kinds.Attribute{Name: "error_file_id", Shape: kinds.String, Mode: kinds.Computed,
		Description: "The ID of the file with the errors of single requests. Null if there is none."},
)

// moments are when the batch came to what.
var moments = kinds.Declare(
	moment("created_at", "the batch was submitted"),
	moment("expires_at", "the server gives up what is not answered"),
	moment("in_progress_at", "the server began to answer"),
	moment("finalizing_at", "the server began to write the files"),
	moment("completed_at", "the batch was completed"),
	moment("failed_at", "the batch failed"),
	moment("expired_at", "the batch expired"),
	moment("cancelling_at", "the batch was told to end"),
	moment("cancelled_at", "the batch was cancelled"),
)

func moment(name, what string) kinds.Attribute {
	return kinds.Attribute{Name: name, Shape: kinds.Int64, Mode: kinds.Computed,
		Description: "When " + what + ", in seconds since 1970 (Unix time). Null if it is not so."}
}

// checkEndpoint refuses what is no path of the API.
func checkEndpoint(text string) error {
	if !strings.HasPrefix(text, "/v1/") || len(text) == len("/v1/") || strings.ContainsAny(text, "?# ") {
		return errors.New("an endpoint is a path such as \"/v1/responses\"")
	}
	return nil
}
