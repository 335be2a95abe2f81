package chat

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/set"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// many is the set of chat completions.
var many = &set.Kind{
	Of: kind,
	Description: "Asks a chat model many questions and keeps all answers in one resource: a request, and for each name what differs from it.\n\n" +
		"It is made for hundreds or thousands of answers, for which as many resources `openai_chat_completion` would cost Terraform minutes. " +
		"Up to 64 requests are under way at a time, as far as the provider's `limits` allow. Only what is missing is asked: a new name asks for that one, a changed request for that one again, a changed template for all. " +
		"If some requests fail, the answers to the others are kept, also when Terraform is interrupted or killed, and the next apply asks only for the rest.\n\n" +
		"While it runs, Terraform shows nothing but `Still creating…`. With `TF_LOG_PROVIDER=INFO`, the log says how many answers have come.\n\n" +
		"The prompts and the answers are kept in the state in plain text.",
	Without: []string{"store", "metadata", "n", "logprobs", "top_logprobs", "modalities", "audio"}, Instead: []string{"message", "messages", "messages_json"},
	Answer: setAnswer, Project: project, Usage: "usage", Continue: goOn, Batch: true,
}

// setAnswer is what a set has of each answer. What is made of the first choice stands for all.
var setAnswer = func() kinds.Attributes {
	computed := func(a kinds.Attribute) kinds.Attribute {
		a.Mode, a.Local, a.Wire, a.Block = kinds.Computed, false, "", false
		return a
	}
	text := func(name, description string) kinds.Attribute {
		return kinds.Attribute{Name: name, Shape: kinds.String, Mode: kinds.Computed, Description: description}
	}
	calls := computed(*answered.Find("tool_calls"))
	calls.Description = "the tool calls that the model makes, with the type of `messages[*].tool_calls`; null if there are none"
	usage := computed(*Answer.Find("usage"))
	usage.Description = "how many tokens the completion used; null if the server does not say"
	usage.Fields = only(usage.Fields, map[string][]string{
		"prompt_tokens": nil, "completion_tokens": nil, "total_tokens": nil,
		"prompt_tokens_details": {"cached_tokens"}, "completion_tokens_details": {"reasoning_tokens"},
	})
	return kinds.Declare(
		text("content", "the text"),
		kinds.Attribute{Name: "output", Shape: kinds.Dynamic, Mode: kinds.Computed, Description: "the text's JSON as a value, if `response_format` asked for JSON: `answers[\"first\"].output.city`; null otherwise, or if it is too large"},
		text("refusal", "what the model says if it refuses; null if it answers"),
		text("finish_reason", "why the answer ended, such as `stop` or `length`"),
		calls, usage,
		text("response_model", "the model that answered"),
		text("id", "the ID of the completion"),
		text("request_id", "the server's ID of the call, to quote to support; null if the server gives none"),
		text("recording", "the name of the file that holds the answer, in the directory of the provider's `recordings`; null if it is not recorded"),
	)
}()

// only are the attributes with these names, and with these fields. Each one counts where there are thousands of objects.
func only(as kinds.Attributes, names map[string][]string) kinds.Attributes {
	var kept []kinds.Attribute
	for _, a := range as {
		fields, ok := names[a.Name]
		if !ok {
			continue
		}
		if a.Fields != nil {
			inside := map[string][]string{}
			for _, name := range fields {
				inside[name] = nil
			}
			a.Fields = only(a.Fields, inside)
		}
		kept = append(kept, a)
	}
	return kinds.Declare(kept...)
}

// project makes what a set has of an answer.
func project(answer wire.Fields) wire.Values {
	values := wire.Values{}
	for i := range setAnswer {
		values[setAnswer[i].Name] = tftypes.NewValue(setAnswer[i].Type(), nil)
	}
	for _, name := range []string{"content", "output", "response_model", "id", "request_id", "recording"} {
		values[name] = answer.Get(name)
	}
	values["usage"] = narrowed(setAnswer.Find("usage"), answer.Get("usage"))
	if choices := answer.Items("choices"); len(choices) > 0 {
		first := wire.Open(choices[0])
		values["finish_reason"] = first.Get("finish_reason")
		if message := first.Open("message"); !message.Absent() {
			values["refusal"], values["tool_calls"] = message.Get("refusal"), message.Get("tool_calls")
		}
	}
	return values
}

// narrowed is an object with fewer attributes.
func narrowed(a *kinds.Attribute, v tftypes.Value) tftypes.Value {
	fields := wire.Open(v)
	if a.Fields == nil {
		return v
	}
	if fields.Absent() {
		return tftypes.NewValue(a.Type(), nil)
	}
	values := wire.Values{}
	for i := range a.Fields {
		values[a.Fields[i].Name] = narrowed(&a.Fields[i], fields.Get(a.Fields[i].Name))
	}
	return tftypes.NewValue(a.Type(), values)
}

// goOn adds a message of the user to a conversation, whichever argument holds it.
func goOn(arguments wire.Fields, text tftypes.Value) (wire.Fields, error) {
	name := "message"
	for _, other := range []string{"messages", "messages_json"} {
		if v := arguments.Get(other); !v.IsNull() || !v.IsKnown() {
			name = other
		}
	}
	if name == "messages_json" {
		return arguments, errors.New("content cannot follow messages_json. Use message blocks or messages, or give each request messages_json of its own")
	}
	list := arguments.Get(name)
	if !list.IsKnown() {
		return arguments, nil // nothing can be said of it
	}
	return arguments.With(wire.Values{name: say(wire.Items(list), text)}), nil
}

// say adds a message of the user to a conversation.
var say = generation.Saying(message)
