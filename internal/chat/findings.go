package chat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// cutOff are the finish reasons of an answer that does not come to its end.
var cutOff = []string{byLength, byFilter}

const (
	failOnWords = "finish reasons (`length`, `content_filter`, `tool_calls`, …; another server's word such as `MAX_TOKENS` counts as OpenAI's), `refusal`, `schema_mismatch` (the answer is not the JSON that `response_format` asked for), " +
		"`empty` (there is no text, tool call or anything else in it), and `unchecked` (it could not be checked against the schema, for example because it is too large)"
	failOnJSON = "`[\"length\", \"content_filter\", \"refusal\", \"schema_mismatch\", \"empty\"]`"
)

var failOn = &answer.FailOn{
	Description: "What makes an answer fail: " + failOnWords + ". An answer that fails is not reused from recordings, and the next apply asks again. " +
		"Default: " + failOnJSON + " if `response_format` asks for JSON, with a warning for `unchecked`; otherwise nothing fails, and an answer that is cut off or empty gives a warning. " +
		"With `[]`, none of these fails. An error that the server reports in the answer always does.",
	Gate: "What fails the run: " + failOnWords + ". Default: " + failOnJSON + ", and a warning for `unchecked`. With `[]`, none of these does; `expect`, a failed call and an error in the answer still do.",
	Default: func(arguments wire.Fields, gate bool) (fails, warns []string) {
		if _, ok := wantsJSON(arguments); ok || gate {
			return append(slices.Clone(cutOff), generation.OnRefusal, generation.OnMismatch, generation.OnEmpty), []string{generation.OnUnchecked}
		}
		return nil, append(slices.Clone(cutOff), generation.OnEmpty)
	},
}

// findings are what there is to say against the choices of an answer.
func findings(arguments, got wire.Fields) []answer.Finding {
	choices := got.Items("choices")
	if len(choices) == 0 {
		text := "the server answered without any choices"
		if said := generation.ExtraOf(got); said != nil {
			text += ", but with: " + generation.Quoted(said)
		}
		return []answer.Finding{{Text: text}}
	}
	empty := true
	for _, choice := range choices {
		empty = empty && holdsNothing(wire.Open(choice))
	}
	var found []answer.Finding
	for i, choice := range choices {
		for _, f := range choiceFindings(arguments, wire.Open(choice), empty) {
			f.Text = fmt.Sprintf("choices[%d]: ", i) + f.Text
			found = append(found, f)
		}
	}
	return append(found, outputFindings(arguments, got)...)
}

// outputFindings say where JSON did not become the attribute output, for which it must not be too large.
func outputFindings(arguments, got wire.Fields) []answer.Finding {
	if _, ok := wantsJSON(arguments); !ok {
		return nil
	}
	return generation.OutputFindings(got)
}

// choiceFindings are those of one choice; nothing says that no choice of the answer has anything.
func choiceFindings(arguments, choice wire.Fields, nothing bool) []answer.Finding {
	schema, wantsJSON := wantsJSON(arguments)
	message, reason := choice.Open("message"), choice.String("finish_reason")
	if text := choiceError(choice); text != "" {
		return []answer.Finding{{Text: text}}
	}
	ended := answer.Finding{Words: reasonWords(reason), Text: fmt.Sprintf("the answer ended with finish_reason = %q", reason)}
	content, cut := message.String("content"), slices.Contains(cutOff, reasonOf(reason))
	blank := strings.TrimSpace(content) == ""
	called := blank && isCall(message)
	bare := !called && (message.Absent() || blank)
	switch refusal := message.String("refusal"); {
	case refusal != "":
		return []answer.Finding{ended, {Words: []string{generation.OnRefusal}, Text: "the model refused: " + refusal}}
	case bare && (wantsJSON || nothing || message.Absent()):
		return []answer.Finding{emptyFinding(message, reason, wantsJSON)}
	case cut && wantsJSON && !called:
		return []answer.Finding{{Words: append(reasonWords(reason), generation.OnMismatch),
			Text: fmt.Sprintf("the answer was cut off (finish_reason = %q). Raise max_completion_tokens, or ask for a shorter answer", reason)}}
	case cut:
		ended.Text = fmt.Sprintf("the answer was cut off (finish_reason = %q)", reason)
		return []answer.Finding{ended}
	case !wantsJSON || called:
		return []answer.Finding{ended}
	}
	return append(generation.SchemaFindings(schema, content), ended)
}

// reasonWords are the words by which fail_on names a finish reason: the server's and OpenAI's.
func reasonWords(said string) []string { return []string{said, reasonOf(said)} }

// emptyFinding is what there is to say of a choice in which there is nothing of use.
func emptyFinding(message wire.Fields, reason string, wantsJSON bool) answer.Finding {
	f := answer.Finding{Words: append(reasonWords(reason), generation.OnEmpty), Text: "the answer is empty"}
	if wantsJSON {
		f.Words = append(f.Words, generation.OnMismatch)
	}
	switch {
	case message.Absent():
		f.Text = "the choice has no message"
	case message.String("reasoning_content") != "":
		f.Text += ": the model was reasoning and gave no answer"
	}
	f.Text += fmt.Sprintf(" (finish_reason = %q)", reason)
	if slices.Contains(cutOff, reasonOf(reason)) {
		f.Text = strings.Replace(f.Text, " (", "; it was cut off (", 1)
	}
	if reasonOf(reason) == byLength {
		f.Text += ". Raise max_completion_tokens, or ask for a shorter answer"
	}
	return f
}

// choiceError is the error that a server reports in the place of a choice, in its words; ""
// where there is none.
func choiceError(choice wire.Fields) string {
	said := ""
	for _, extra := range []map[string]any{generation.ExtraOf(choice), generation.ExtraOf(choice.Open("message"))} {
		if value, there := extra["error"]; there && said == "" {
			raw, _ := json.Marshal(value) // it was parsed from JSON
			said = client.ErrorText(raw)
		}
	}
	reason := choice.String("finish_reason")
	switch {
	case said != "":
		return "the server reports an error: " + said
	case reasonOf(reason) != byError:
		return ""
	}
	text := fmt.Sprintf("the server reports an error (finish_reason = %q)", reason)
	if extra := generation.ExtraOf(choice); extra != nil {
		return text + " and says: " + generation.Quoted(extra)
	}
	return text + " without saying which"
}

// isCall reports whether a message calls a tool, or speaks, in place of a text.
func isCall(message wire.Fields) bool {
	return len(message.Items("tool_calls")) > 0 || !message.Open("function_call").Absent() || !message.Open("audio").Absent()
}

// holdsNothing reports whether a choice has no answer of any kind.
func holdsNothing(choice wire.Fields) bool {
	message := choice.Open("message")
	if strings.TrimSpace(message.String("content")) != "" || message.String("refusal") != "" || isCall(message) {
		return false
	}
	for name, value := range generation.ExtraOf(message) {
		switch value.(type) {
		case []any, map[string]any:
			if !slices.ContainsFunc(asides, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
				return false // such as images
			}
		}
	}
	return true
}

// asides begin the names of lists and objects in a message that are no answer: what the
// model thought, what a search or a filter found.
var asides = []string{"reasoning", "thinking", "thought", "extra_content", "context", "citations", "content_filter", "error"}
