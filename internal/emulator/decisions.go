package emulator

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// deciders are the models that answer questions.
var deciders = []string{"gpt-6-luna"}

// What the API takes of questions.
const (
	maxQuestions = 400
	minChoices   = 2
	maxChoices   = 255
)

// evidence is text or parts of these types.
func evidence(types ...string) *shape {
	parts := map[string]*shape{
		"input_text": fields([]string{"type", "text"}, map[string]*shape{
			"type": aString, "text": aString, "prompt_cache_breakpoint": nullable(breakpointShape),
		}),
		"input_image": fields([]string{"type", "image_url"}, map[string]*shape{
			"type": aString, "image_url": aString, "detail": oneOf("low", "high", "auto", "original"),
			"prompt_cache_breakpoint": nullable(breakpointShape),
		}),
		"input_json":  fields([]string{"type", "data"}, map[string]*shape{"type": aString, "data": {}}),
		"output_text": fields([]string{"type", "text"}, map[string]*shape{"type": aString, "text": aString}),
		"refusal":     fields([]string{"type", "refusal"}, map[string]*shape{"type": aString, "refusal": aString}),
	}
	for name := range parts {
		if !slices.Contains(types, name) {
			delete(parts, name)
		}
	}
	return &shape{kind: kindText, or: &shape{kind: kindList, minItems: 1, items: variants("type", types, parts)}}
}

// Items of an input. Only those that are no messages need a type.
var (
	decisionRoles = []string{"user", "developer", "system", "assistant"}

	decisionMessageShape = variants("role", decisionRoles, map[string]*shape{
		"user":      decisionMessage(evidence("input_text", "input_image", "input_json")),
		"developer": decisionMessage(evidence("input_text")),
		"system":    decisionMessage(evidence("input_text")),
		"assistant": fields([]string{"role", "content"}, map[string]*shape{
			"type": oneOf("message"), "role": aString, "content": evidence("output_text", "refusal"), "phase": oneOf("commentary", "final_answer"),
		}),
	})

	decisionItemTypes = []string{"message", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output"}
	decisionItemShape = variants("type", decisionItemTypes, map[string]*shape{
		"message":                 decisionMessageShape,
		"function_call":           decisionItem(map[string]*shape{"name": aString, "arguments": aString}),
		"function_call_output":    decisionItem(map[string]*shape{"output": evidence("input_text", "input_image")}),
		"custom_tool_call":        decisionItem(map[string]*shape{"name": aString, "input": aString}),
		"custom_tool_call_output": decisionItem(map[string]*shape{"output": evidence("input_text", "input_image")}),
	})
)

func decisionMessage(content *shape) *shape {
	return fields([]string{"role", "content"}, map[string]*shape{"type": oneOf("message"), "role": aString, "content": content})
}

// decisionItem is a call of a tool, or its output, with these fields, all of which are required.
func decisionItem(of map[string]*shape) *shape {
	required := append([]string{"type", "call_id"}, sortedNames(of)...)
	of["type"], of["call_id"], of["id"], of["namespace"], of["status"] = aString, aString, aString, aString, oneOf("in_progress", "completed", "incomplete")
	return fields(required, of)
}

func sortedNames(of map[string]*shape) []string {
	var names []string
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var questionInstructions = evidence("input_text", "input_image", "input_json")

var questionShape = variants("type", []string{"predicate", "choice", "score"}, map[string]*shape{
	"predicate": fields([]string{"type", "instructions"}, map[string]*shape{
		"type": aString, "name": nullable(aString), "instructions": questionInstructions,
	}),
	"choice": fields([]string{"type", "instructions", "choices"}, map[string]*shape{
		"type": aString, "name": nullable(aString), "instructions": questionInstructions,
		"choices": {kind: kindList, minItems: 1, maxItems: maxChoices, items: fields([]string{"value"}, map[string]*shape{
			"value": {kind: kindText, or: aBoolean}, "description": nullable(aString),
		})},
	}),
	"score": fields([]string{"type", "instructions", "levels"}, map[string]*shape{
		"type": aString, "name": nullable(aString), "instructions": questionInstructions,
		"levels": {kind: kindList, minItems: 1, items: fields([]string{"label"}, map[string]*shape{"label": aString, "description": nullable(aString)})},
	}),
})

// decisionShapes is every argument of POST /decisions but model.
var decisionShapes = map[string]*shape{
	"input":                {kind: kindText, or: &shape{kind: kindList, minItems: 1, items: &shape{kind: kindObject}}},
	"questions":            {kind: kindList, minItems: 1, maxItems: maxQuestions, items: questionShape},
	"prompt_cache_key":     nullable(aString),
	"prompt_cache_options": nullable(fields(nil, map[string]*shape{"ttl": oneOf("30m"), "mode": nullable(oneOf("implicit", "explicit"))})),
	"safety_identifier":    {kind: kindText, null: true, maxLength: 64},
}

// createDecision serves POST /decisions.
func (s *Server) createDecision(w http.ResponseWriter, r *http.Request, body []byte) {
	if !s.ponder(r.Context()) {
		return
	}
	rateLimits(w.Header())
	root, e := decodeObject(body)
	if e == nil {
		e = s.checkDecision(root)
	}
	if e != nil {
		fail(w, e)
		return
	}
	s.answering(r.Context(), &s.made, body)
	model := root["model"].(string) //nolint:forcetypeassert // checkModel has checked it
	seen := strings.Join(textsIn(root["input"]), "\n")
	asked, answers := seen, []any{}
	for _, question := range objects(root, "questions") {
		asked += "\n" + strings.Join(textsIn(question), "\n")
		answers = append(answers, decide(question, seen))
	}
	input, output := counterFor(model).count(asked), 4*len(answers)
	respond(w, http.StatusOK, map[string]any{
		"model": model, "answers": answers,
		"usage": map[string]any{
			"input_tokens": input, "input_tokens_details": map[string]int{"cached_tokens": 0, "cache_write_tokens": 0},
			"output_tokens": output, "output_tokens_details": map[string]int{"reasoning_tokens": 0},
			"total_tokens": input + output,
		},
	})
}

// checkDecision returns the error that the API gives for a request.
func (s *Server) checkDecision(root map[string]any) *apiError {
	if e := s.checkModel(root, deciding); e != nil {
		return e
	}
	if e := checkNames(root, decisionShapes, "input"); e != nil {
		return e
	}
	if _, present := root["questions"]; !present {
		return missing("questions")
	}
	if e := checkShapes(root, decisionShapes); e != nil {
		return e
	}
	calls := map[any]bool{}
	for i, item := range objects(root, "input") {
		at, of := fmt.Sprintf("input[%d]", i), decisionItemShape
		if item["type"] == nil {
			of = decisionMessageShape
		}
		if e := of.check(at, item); e != nil {
			return e
		}
		switch item["type"] {
		case "function_call", "custom_tool_call":
			calls[item["call_id"]] = true
		case "function_call_output", "custom_tool_call_output":
			if !calls[item["call_id"]] {
				return invalid(at+".call_id", "", "No tool call found for the output with call_id %v.", item["call_id"])
			}
		}
	}
	for i, question := range objects(root, "questions") {
		at := fmt.Sprintf("questions[%d].choices", i)
		choices := objects(question, "choices")
		if n := len(choices); n > 0 && n < minChoices {
			return invalid(at, "array_below_min_length",
				"Invalid '%s': array too short. Expected an array with minimum length %d, but got an array with length %d instead.", at, minChoices, n)
		}
		offered := map[any]bool{}
		for _, choice := range choices {
			if offered[choice["value"]] {
				return invalid(at, "invalid_value", "Invalid '%s': each choice must be unique.", at)
			}
			offered[choice["value"]] = true
		}
	}
	return nil
}

// decide answers a question about what was seen, by the words that both have. What is asked in harmful words is not
// answered.
func decide(question map[string]any, seen string) map[string]any {
	asked := strings.Join(textsIn(question["instructions"]), "\n")
	answer := map[string]any{"type": question["type"], "name": question["name"]}
	luck := func(of string) float64 { return (float64(digest(asked, seen, of)[0]) + 1) / 257 }
	if classify([]string{asked}, nil).Flagged {
		answer["type"] = "refusal"
		return answer
	}
	var options []string // in words
	var probabilities []map[string]any
	switch question["type"] {
	case "predicate":
		answer["probability"] = round(luck("")/5, 4)
		if common(asked, seen) > 0 {
			answer["probability"] = round(0.8+luck("")/5, 4)
		}
		return answer
	case "choice":
		for _, choice := range objects(question, "choices") {
			options = append(options, fmt.Sprintf("%v %v", choice["value"], choice["description"]))
			probabilities = append(probabilities, map[string]any{"value": choice["value"]})
		}
	default:
		for i, level := range objects(question, "levels") {
			options = append(options, fmt.Sprintf("%v %v", level["label"], level["description"]))
			probabilities = append(probabilities, map[string]any{"value": i, "label": level["label"]})
		}
	}
	best := 0
	for i := range options {
		if weight(options[i], seen, luck) > weight(options[best], seen, luck) {
			best = i
		}
	}
	sure, expected := round(0.8+luck("")/5, 4), 0.0
	if len(options) == 1 {
		sure = 1
	}
	for i := range probabilities {
		p := sure
		if i != best {
			p = round((1-sure)/float64(len(options)-1), 4)
		}
		probabilities[i]["probability"] = p
		expected += p * float64(i)
	}
	answer["confidence"], answer["probabilities"] = sure, probabilities
	if question["type"] == "choice" {
		answer["choice"] = probabilities[best]["value"]
	} else {
		answer["score"] = round(expected, 4)
	}
	return answer
}

// weight is how many words an option has in common with what was seen, and something that decides where these are as many.
func weight(option, seen string, luck func(string) float64) float64 {
	return float64(common(option, seen)) + luck(option)/2
}

var longWord = regexp.MustCompile(`[\pL\d]{4,}`)

// emptyWords say nothing of what a question is about.
var emptyWords = map[string]bool{"text": true, "this": true, "that": true, "with": true, "from": true, "what": true, "which": true,
	"does": true, "have": true, "there": true, "input": true, "null": true, "nil": true}

// common is how many of the longer words of a text another has as well.
func common(text, other string) int {
	has := map[string]bool{}
	for _, word := range longWord.FindAllString(strings.ToLower(other), -1) {
		has[word] = true
	}
	n := 0
	for _, word := range longWord.FindAllString(strings.ToLower(text), -1) {
		if has[word] && !emptyWords[word] {
			n++
			has[word] = false
		}
	}
	return n
}

// textsIn are all strings of a JSON value that people would read: not those that say what something is.
func textsIn(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var all []string
		for _, item := range value {
			all = append(all, textsIn(item)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, name := range sortedKeys(value) {
			if !slices.Contains([]string{"type", "role", "name", "call_id", "id", "detail", "mode"}, name) {
				all = append(all, textsIn(value[name])...)
			}
		}
		return all
	}
	return nil
}
