package chat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/kinds"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/structured"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// The words, besides finish reasons, that fail_on can name.
const (
	onRefusal  = "refusal"
	onMismatch = "schema_mismatch"
)

// cutOff are the finish reasons of an answer that does not come to its end.
var cutOff = []string{"length", "content_filter"}

const failOnWords = "finish reasons (`length`, `content_filter`, `tool_calls`, …), `refusal`, and `schema_mismatch` (the answer is not the JSON that `response_format` asked for)"

var failOn = &answer.FailOn{
	Description: "What makes an answer fail: " + failOnWords + ". An answer that fails is not recorded for others, and the next apply asks again. " +
		"Default: `[\"length\", \"content_filter\", \"refusal\", \"schema_mismatch\"]` where `response_format` asks for JSON; elsewhere nothing fails, and an answer that is cut off gives a warning. With `[]` none of these fails.",
	Gate: "What fails the run: " + failOnWords + ". Default: `[\"length\", \"content_filter\", \"refusal\", \"schema_mismatch\"]`. With `[]` none of these fails it; `expect`, and a call that fails, still do.",
	Default: func(arguments wire.Fields, gate bool) (fails, warns []string) {
		if _, ok := wantsJSON(arguments); ok || gate {
			return append(slices.Clone(cutOff), onRefusal, onMismatch), nil
		}
		return nil, cutOff
	},
}

// findings are what there is to say against the choices of an answer.
func findings(arguments, got wire.Fields) []answer.Finding {
	choices := got.Items("choices")
	if len(choices) == 0 {
		return []answer.Finding{{Text: "the server answered without any choices"}}
	}
	var found []answer.Finding
	for i, choice := range choices {
		for _, f := range choiceFindings(arguments, wire.Open(choice)) {
			f.Text = fmt.Sprintf("choices[%d]: ", i) + f.Text
			found = append(found, f)
		}
	}
	return found
}

func choiceFindings(arguments, choice wire.Fields) []answer.Finding {
	schema, wantsJSON := wantsJSON(arguments)
	message, reason := choice.Open("message"), choice.String("finish_reason")
	ended := answer.Finding{Words: []string{reason}, Text: fmt.Sprintf("the answer ended with finish_reason = %q", reason)}
	if message.Absent() {
		return []answer.Finding{ended}
	}
	content, there := message.Text("content")
	calls := !there || content == "" && len(message.Items("tool_calls")) > 0
	switch refusal := message.String("refusal"); {
	case refusal != "":
		return []answer.Finding{ended, {Words: []string{onRefusal}, Text: "the model refused: " + refusal}}
	case slices.Contains(cutOff, reason) && wantsJSON && !calls:
		return []answer.Finding{{Words: []string{reason, onMismatch},
			Text: fmt.Sprintf("the answer was cut off (finish_reason = %q). Raise max_completion_tokens, or ask for less", reason)}}
	case slices.Contains(cutOff, reason):
		ended.Text = fmt.Sprintf("the answer was cut off (finish_reason = %q)", reason)
		return []answer.Finding{ended}
	case !wantsJSON || calls:
		return []answer.Finding{ended}
	}
	found := []answer.Finding{ended}
	if schema == "" {
		schema = `{"type":"object"}`
	}
	for _, fault := range structured.Validate(schema, content) {
		place := strings.Replace(pointer(fault.Pointer), "of the schema", "of the answer", 1)
		found = append(found, answer.Finding{Words: []string{onMismatch}, Text: fmt.Sprintf("at %s: %s", place, strings.TrimSuffix(fault.Message, "."))})
	}
	return found
}

// gate is the action: it streams, and can expect members of a JSON answer.
var gate = &answer.Gate{
	Rules: kinds.Declare(
		kinds.Attribute{Name: "expect", Shape: kinds.JSON, Local: true,
			Description: "A JSON object that the answer must contain: `jsonencode({ approved = true })` fails the run unless the answer is JSON with `approved` being `true`. It needs a `response_format` of JSON.",
			Validators:  checks{kinds.JSONObject()}},
	),
	Complete: func(arguments wire.Fields) wire.Fields {
		if !arguments.Get("stream").IsNull() {
			return arguments
		}
		return arguments.With(wire.Values{"stream": truth(true)})
	},
	Judge: func(arguments, got wire.Fields) []string {
		want, ok := arguments.Text("expect")
		if !ok {
			return nil
		}
		return jsontext.Lacks(got.String("content"), want)
	},
}
