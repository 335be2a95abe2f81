package response

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/set"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// many is the set of responses. Nobody would delete them at the server, so nothing is stored there.
var many = func() *set.Kind {
	of := declare()
	of.Stored, of.Deferred = nil, nil
	of.Compose = func(arguments wire.Fields, body object) {
		compose(arguments, body)
		body["store"] = false
	}
	return &set.Kind{
		Of: of,
		Description: "Asks a model many questions, with OpenAI's Responses API, and keeps all answers in one resource: a request, and for each name what differs from it. " +
			"See `openai_chat_completion_set`, which works the same way.\n\n" +
			"Only what is missing is asked, and what was answered is kept whatever happens. Nothing is stored at OpenAI (`store = false`). With `engine = \"batch\"`, the answers come through the Batch API, at half the price.\n\n" +
			"The prompts and the answers are kept in the state in plain text.",
		Without: []string{"store", "background", "metadata", "conversation_id"}, Instead: inputs,
		Answer: setAnswer, Project: project, Usage: "usage", Continue: goOn, Batch: true,
	}
}()

// setAnswer is what a set has of each answer.
var setAnswer = func() kinds.Attributes {
	var as []kinds.Attribute
	described := map[string]string{
		"content": "the text", "output": "the text's JSON as a value, if `text.format` asked for JSON: `answers[\"first\"].output.city`; null otherwise, or if it is too large",
		"refusal": "what the model says if it refuses; null if it answers", "status": "what became of it: `completed` or `incomplete`",
		"incomplete_reason": "why it is not complete; null if it is",
		"tool_calls":        "the calls of functions and custom tools that the model makes; null if there are none",
		"citations":         "the sources of the text; null if there are none", "usage": "how many tokens the response used; null if the server does not say",
		"response_model": "the model that answered", "id": "the ID of the response",
	}
	for _, name := range []string{"content", "output", "refusal", "status", "incomplete_reason", "tool_calls", "citations", "usage", "response_model", "id"} {
		a := Answer.Find(name)
		if a == nil {
			a = derived.Find(name)
		}
		one := *a
		one.Mode, one.Local, one.Wire, one.Description = kinds.Computed, false, "", described[name]
		as = append(as, one)
	}
	for name, description := range map[string]string{
		"request_id": "the server's ID of the call, to quote to support; null if the server gives none",
		"recording":  "the name of the file that holds the answer, in the directory of the provider's `recordings`; null if it is not recorded",
	} {
		as = append(as, kinds.Attribute{Name: name, Shape: kinds.String, Mode: kinds.Computed, Description: description})
	}
	return kinds.Declare(as...)
}()

// project makes what a set has of an answer.
func project(answer wire.Fields) wire.Values {
	values := make(wire.Values, len(setAnswer))
	for i := range setAnswer {
		values[setAnswer[i].Name] = answer.Get(setAnswer[i].Name)
	}
	return values
}

// goOn adds what the user says to the input, whichever argument holds it.
func goOn(arguments wire.Fields, text tftypes.Value) (wire.Fields, error) {
	list, before := arguments.Get("message"), arguments.Get("input")
	switch {
	case !arguments.Get("input_items").IsNull():
		return arguments, errors.New("content cannot follow input_items. Use message blocks or input, or give each request input_items of its own")
	case !list.IsKnown() || !before.IsKnown():
		return arguments, nil // nothing can be said of it
	case before.IsNull() && len(wire.Items(list)) == 0:
		return arguments.With(wire.Values{"input": text}), nil
	}
	texts := []tftypes.Value{text}
	if !before.IsNull() {
		texts = []tftypes.Value{before, text}
	}
	return arguments.With(wire.Values{
		"input":   tftypes.NewValue(tftypes.String, nil),
		"message": say(wire.Items(list), texts...),
	}), nil
}

// say adds messages of the user to a conversation.
var say = generation.Saying(message)
