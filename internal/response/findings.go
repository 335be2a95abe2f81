package response

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/answer"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/generation"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// cutOff are the reasons by which the server says that an answer does not come to its end.
var cutOff = []string{"max_output_tokens", "content_filter"}

// onIncomplete is the word for any reason.
const onIncomplete = "incomplete"

const (
	failOnWords = "`incomplete` (for whatever reason) or one of the reasons (`max_output_tokens`, `content_filter`), `refusal`, `schema_mismatch` (the answer is not the JSON that `text.format` asked for), " +
		"`empty` (there is no text, tool call or anything else in it), and `unchecked` (it could not be checked against the schema, for example because it is too large)"
	failOnJSON = "`[\"incomplete\", \"refusal\", \"schema_mismatch\", \"empty\"]`"
)

var failOn = &answer.FailOn{
	Description: "What makes an answer fail: " + failOnWords + ". An answer that fails is not reused from recordings, and the next apply asks again. " +
		"Default: " + failOnJSON + " if `text.format` asks for JSON, with a warning for `unchecked`; otherwise nothing fails, and an answer that is cut off or empty gives a warning. " +
		"With `[]`, none of these fails. A response with the status `failed` or `cancelled` always does.",
	Gate: "What fails the run: " + failOnWords + ". Default: " + failOnJSON + ", and a warning for `unchecked`. With `[]`, none of these does; `expect`, a failed call and a failed response still do.",
	Default: func(arguments wire.Fields, gate bool) (fails, warns []string) {
		if _, ok := wantsJSON(arguments); ok || gate {
			return []string{onIncomplete, generation.OnRefusal, generation.OnMismatch, generation.OnEmpty}, []string{generation.OnUnchecked}
		}
		return nil, []string{onIncomplete, generation.OnEmpty}
	},
}

// findings are what there is to say against an answer.
func findings(arguments, got wire.Fields) []answer.Finding {
	status, reason := got.String("status"), got.String("incomplete_reason")
	if text := failure(got, status); text != "" {
		return []answer.Finding{{Text: text}}
	}
	schema, wantsJSON := wantsJSON(arguments)
	content, called := got.String("content"), !got.Get("tool_calls").IsNull()
	blank := strings.TrimSpace(content) == ""
	incomplete := answer.Finding{Words: []string{onIncomplete, reason}, Text: fmt.Sprintf("the answer is incomplete (incomplete_reason = %q)", reason)}
	if slices.Contains(cutOff[:1], reason) {
		incomplete.Text += ". Raise max_output_tokens, or ask for a shorter answer"
	}
	switch refusal := got.String("refusal"); {
	case refusal != "":
		return []answer.Finding{{Words: []string{generation.OnRefusal}, Text: "the model refused: " + refusal}}
	case status == "incomplete" && wantsJSON && !called:
		incomplete.Words = append(incomplete.Words, generation.OnMismatch)
		if blank {
			incomplete.Words = append(incomplete.Words, generation.OnEmpty)
		}
		return []answer.Finding{incomplete}
	case status == "incomplete":
		return []answer.Finding{incomplete}
	case blank && !called && (wantsJSON || !hasOther(got)):
		return []answer.Finding{{Words: []string{generation.OnEmpty, generation.OnMismatch}[:1+btoi(wantsJSON)], Text: "the answer is empty" + itsItems(got)}}
	case !wantsJSON || called:
		return nil
	}
	return append(generation.SchemaFindings(schema, content), generation.OutputFindings(got)...)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// failure is what the server says of a response that it could not make; "" = it has made one.
func failure(got wire.Fields, status string) string {
	if status != "failed" && status != "cancelled" && got.Open("error").Absent() {
		return ""
	}
	said := got.Open("error")
	switch {
	case said.Absent():
		return fmt.Sprintf("the response has the status %q", status)
	case said.String("code") == "":
		return "the server reports an error: " + said.String("message")
	}
	return fmt.Sprintf("the server reports an error: %s (code %s)", said.String("message"), said.String("code"))
}

// kindsOf are the types of the items of an answer.
func kindsOf(got wire.Fields) []string {
	parsed, err := jsontext.Parse(got.String("output_json"))
	if err != nil {
		return nil
	}
	var types []string
	list, _ := parsed.([]any)
	for _, raw := range list {
		item, _ := raw.(object)
		kind, _ := item["type"].(string)
		types = append(types, kind)
	}
	return types
}

// asides are the types of items that are no answer by themselves: what the model thought, and what tools did for it.
var asides = []string{"reasoning", "message", "web_search_call", "file_search_call", "code_interpreter_call", "mcp_list_tools", "mcp_call", "compaction"}

// hasOther reports whether there is an item that can be the answer although it is no text, such as an image, or a
// request for an approval.
func hasOther(got wire.Fields) bool {
	return slices.ContainsFunc(kindsOf(got), func(kind string) bool { return !slices.Contains(asides, kind) })
}

func itsItems(got wire.Fields) string {
	types := kindsOf(got)
	if len(types) == 0 {
		return ": it has no items"
	}
	return ": its items are " + strings.Join(types, ", ")
}
