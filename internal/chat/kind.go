package chat

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

// kind is the chat completion.
var kind = &answer.Kind{
	Type: "chat_completion", Noun: "chat completion",
	Endpoint: []string{"chat", "completions"}, UnnamedEndpoint: true,
	Request: Request, Answer: Answer, Derived: derived,
	Description: answer.Description{
		Resource: "Asks a chat model once and keeps the answer in the state.\n\n" +
			"The request is sent when the resource is created. Planning and refreshing make no call, unless you ask for that with `generate_on = \"plan\"`, and the answer " +
			"stays as it is until the request or `triggers` change: then the model is asked again, in place. The old answer stays in the state until the new one is there. " +
			"How you write the request does not matter: blocks or a value, JSON formatted one way or another, streamed or not.\n\n" +
			"The prompt and the answer are kept in the state in plain text, except for write-only arguments (`content_wo`, `api_key_wo`).",
		Ephemeral: "Asks a chat model and keeps nothing: neither the prompt nor the answer is stored in the plan or the state. " +
			"The answer can be used wherever Terraform accepts ephemeral values: write-only arguments, provider blocks, other ephemeral resources.\n\n" +
			"**It costs money on each run.** Terraform opens an ephemeral resource during `plan`, again during `apply`, and during `destroy`, and the model is asked, and billed, each time; " +
			"the answers can differ. For an answer that you pay for once, use the resource `openai_chat_completion`, with `content_wo` for secrets in the prompt.",
		Action: "Asks a chat model, shows the answer as it arrives, and fails the run if the answer breaks your rules: a gate in a pipeline. " +
			"The answer is not stored. Each invocation asks the model and is billed. Terraform 1.14 and later.",
	},
	Reading: sound, Reread: withoutAudioData,
	Delivery: []string{"stream", "stream_options"}, Labels: []string{"metadata"},
	Defaults: map[string]any{"store": false},
	Validate: validate, Limits: limits, Complete: complete, Send: send, Normalize: normalizeAnswer, Read: read, Absent: absent,
	Findings: findings, FailOn: failOn, Text: answerText, TextPaths: textPaths, Describe: describe, Tokens: estimate, Usage: usage,
	Stored: &answer.Stored{
		Kept:    func(arguments wire.Fields) bool { return arguments.True("store") },
		Reading: readingStored, Relabel: relabel,
	},
	Gate: generation.Gate("response_format"),
}

// Area is what the area offers.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{kind.Resource(), many.Resource()},
	DataSources: []func() datasource.DataSource{NewDataSource, NewListDataSource, NewMessagesDataSource},
	Ephemeral:   []func() ephemeral.EphemeralResource{kind.Ephemeral()},
	Actions:     []func() action.Action{kind.Action()},
}

func truth(t bool) tftypes.Value { return tftypes.NewValue(tftypes.Bool, t) }
