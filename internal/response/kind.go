package response

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// kind is the response.
var kind = declare()

func declare() *answer.Kind {
	return &answer.Kind{
		Type: "response", Noun: "response", Endpoint: []string{"responses"},
		Request: Request, Answer: Answer, Derived: derived,
		Description: answer.Description{
			Resource: "Asks a model once, with OpenAI's Responses API, and keeps the answer in the state. It is OpenAI's recommended way to ask: " +
				"tools that run at OpenAI (search of the web and of your files, Python, MCP servers), reasoning models, conversations, and answers that are made in the background.\n\n" +
				"The request is sent when the resource is created. Planning and refreshing make no call, unless you ask for that with `generate_on = \"plan\"`, and the answer " +
				"stays as it is until the request or `triggers` change: then the model is asked again, in place. The old answer stays in the state until the new one is there. " +
				"How you write the request does not matter: a text, blocks or items, JSON formatted one way or another, streamed, in the background or neither.\n\n" +
				"**OpenAI keeps prompt and answer for 30 days, unless `store = false`.** The provider deletes them there when the resource is destroyed or its answer replaced. An answer that has expired at the server stays as it is in the state.\n\n" +
				"The prompt and the answer are kept in the state in plain text, except for write-only arguments (`content_wo`, `api_key_wo`, and `authorization` and `headers` of an `mcp` tool).",
			Ephemeral: "Asks a model with the Responses API and keeps nothing: neither the prompt nor the answer is stored in the plan or the state, nor at OpenAI unless `store = true`. " +
				"The answer can be used wherever Terraform accepts ephemeral values: write-only arguments, provider blocks, other ephemeral resources.\n\n" +
				"**It costs money on each run.** Terraform opens an ephemeral resource during `plan`, again during `apply`, and during `destroy`, and the model is asked, and billed, each time; " +
				"the answers can differ. For an answer that you pay for once, use the resource `openai_response`, with `content_wo` for secrets in the prompt.",
			Action: "Asks a model with the Responses API, shows the answer as it arrives, and fails the run if the answer breaks your rules: a gate in a pipeline. " +
				"The answer is not stored, nor at OpenAI unless `store = true`. Each invocation asks the model and is billed. Terraform 1.14 and later.",
		},
		Delivery: []string{"stream", "stream_options", "background"}, Labels: []string{"metadata"},
		Validate: validate, Limits: limits, Compose: compose, Alike: alike, Place: place, Send: send, Normalize: normalize, Read: read, Absent: absent,
		Findings: findings, FailOn: failOn, Text: answerText, TextPaths: textPaths, Describe: describe, Tokens: estimate, Usage: usage,
		Stored:   &answer.Stored{Kept: kept, Unowned: unowned, Import: importStored, FilledIn: filledIn},
		Deferred: background, Changes: func(arguments wire.Fields) string { return arguments.String("conversation_id") },
		Gate: generation.Gate("text.format"),
	}
}

// Area is what the area offers.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{kind.Resource(), many.Resource()},
	DataSources: []func() datasource.DataSource{newDataSource, count.DataSource()},
	Ephemeral:   []func() ephemeral.EphemeralResource{kind.Ephemeral()},
	Actions:     []func() action.Action{kind.Action()},
}

func truth(t bool) tftypes.Value { return tftypes.NewValue(tftypes.Bool, t) }
