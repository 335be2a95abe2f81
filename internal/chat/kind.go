package chat

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/area"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// kind is the chat completion.
var kind = &answer.Kind{
	Type: "chat_completion", Noun: "chat completion",
	Endpoint: []string{"chat", "completions"}, UnnamedEndpoint: true,
	Request: Request, Answer: Answer, Derived: derived,
	Description: answer.Description{
		Resource: "Asks a chat model once and keeps the answer in the state.\n\n" +
			"The request is sent when the resource is created. Planning and refreshing make no call, unless `generate_on = \"plan\"` asks for that, and the answer " +
			"stays as it is until the request changes, or `triggers` does: then the model is asked again, in place. The old answer stays in the state until the new one is there. " +
			"Two ways of writing the same request are the same: blocks or a value, another spelling of JSON, streamed or not.\n\n" +
			"The prompt and the answer are kept in the state in plain text, except for write-only arguments (`content_wo`, `api_key_wo`).",
		Ephemeral: "Asks a chat model and keeps nothing: neither prompt nor answer is in the plan or in the state. " +
			"The answer can go wherever Terraform takes ephemeral values: write-only arguments, provider blocks, other ephemeral resources.\n\n" +
			"**It costs at each run.** Terraform opens an ephemeral resource during `plan`, again during `apply`, and during `destroy`, and the model is asked, and billed, each time; " +
			"the answers can differ. For an answer that is paid for once, use the resource `openai_chat_completion`, with `content_wo` for what is secret in the prompt.",
		Action: "Asks a chat model, shows the answer as it arrives, and fails the run by the rules that you give: a gate in a pipeline. " +
			"The answer is kept nowhere. Each invocation asks, and is billed. Terraform 1.14 and later.",
	},
	Reading: sound, Reread: withoutAudioData,
	Delivery: []string{"stream", "stream_options"}, Labels: []string{"metadata"},
	Defaults: map[string]any{"store": false},
	Validate: validate, Limits: limits, Complete: complete, Send: send, Normalize: normalizeAnswer, Read: read, Absent: absent,
	Findings: findings, FailOn: failOn, Text: answerText, TextPaths: textPaths, Describe: describe, Tokens: estimate,
	Stored: &answer.Stored{
		Kept:    func(arguments wire.Fields) bool { return arguments.True("store") },
		Relabel: relabel, Remove: remove,
	},
	Gate: gate,
}

// Area is what the area offers.
var Area = area.Area{
	Resources:   []func(*area.Process) resource.Resource{kind.Resource()},
	DataSources: []func() datasource.DataSource{NewDataSource, NewListDataSource, NewMessagesDataSource},
	Ephemeral:   []func() ephemeral.EphemeralResource{kind.Ephemeral()},
	Actions:     []func() action.Action{kind.Action()},
}

func truth(t bool) tftypes.Value { return tftypes.NewValue(tftypes.Bool, t) }
