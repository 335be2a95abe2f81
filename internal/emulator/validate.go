package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// parse turns the body of POST /chat/completions into a request, or into the
// error that the API gives for it.
func (s *Server) parse(body []byte) (*chatRequest, map[string]any, *apiError) {
	root, e := decodeObject(body)
	if e != nil {
		return nil, nil, e
	}
	if e := s.checkModel(root, chatting); e != nil {
		return nil, nil, e
	}
	if e := checkArguments(root); e != nil {
		return nil, nil, e
	}
	var req chatRequest
	if err := json.Unmarshal(body, &req); err != nil {
		return nil, nil, invalid("", "", "%v", err)
	}
	for _, check := range []func(*chatRequest, map[string]any) *apiError{
		checkConversation, checkCombinations, checkReasoning, checkTools, checkFormat,
	} {
		if e := check(&req, root); e != nil {
			return nil, nil, e
		}
	}
	return &req, root, nil
}

// decodeObject reads exactly one JSON object, numbers kept as written.
func decodeObject(body []byte) (map[string]any, *apiError) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var root map[string]any
	if err := decoder.Decode(&root); err != nil || root == nil {
		return nil, invalid("", "", notJSON)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, invalid("", "", notJSON)
	}
	return root, nil
}

// checkModel checks that there is a model, and that it is for what is wanted.
func (s *Server) checkModel(root map[string]any, wanted use) *apiError {
	value, present := root["model"]
	if !present || value == nil || value == "" {
		return invalid("", "", "you must provide a model parameter")
	}
	model, ok := value.(string)
	if !ok {
		return aString.mistyped("model", value)
	}
	if !s.models.known[model] {
		return modelNotFound(model)
	}
	if !serves(model, wanted) {
		return wrongModel(model, wanted)
	}
	return nil
}

// checkNames refuses arguments that have no shape, and the absence of the one
// that is required beside the model.
func checkNames(root map[string]any, shapes map[string]*shape, required string) *apiError {
	var strangers []string
	for _, name := range sortedKeys(root) {
		if name != "model" && shapes[name] == nil {
			strangers = append(strangers, name)
		}
	}
	if len(strangers) > 0 {
		plural := ""
		if len(strangers) > 1 {
			plural = "s"
		}
		return invalid("", "", "Unrecognized request argument%s supplied: %s", plural, strings.Join(strangers, ", "))
	}
	if _, present := root[required]; !present {
		return missing(required)
	}
	return nil
}

// checkShapes holds each argument that has a shape against it.
func checkShapes(root map[string]any, shapes map[string]*shape) *apiError {
	for _, name := range sortedKeys(root) {
		if shapes[name] == nil {
			continue
		}
		if e := shapes[name].check(name, root[name]); e != nil {
			return e
		}
	}
	return nil
}

func checkArguments(root map[string]any) *apiError {
	if e := checkNames(root, requestShapes, "messages"); e != nil {
		return e
	}
	if messages, ok := root["messages"].([]any); ok {
		if e := checkContents(messages); e != nil {
			return e
		}
	}
	if e := checkShapes(root, requestShapes); e != nil {
		return e
	}
	metadata, _ := root["metadata"].(map[string]any)
	return checkMetadata(metadata)
}

func checkMetadata(metadata map[string]any) *apiError { return checkPairs("metadata", metadata) }

// checkPairs checks what OpenAI limits wherever users may put pairs of their own.
func checkPairs(name string, pairs map[string]any) *apiError {
	if len(pairs) > 16 {
		return invalid(name, "object_above_max_properties",
			"Invalid '%s': too many properties. Expected an object with at most 16 properties, but got an object with %d properties instead.",
			name, len(pairs))
	}
	for _, key := range sortedKeys(pairs) {
		if n := utf8.RuneCountInString(key); n > 64 {
			return invalid(name, "string_above_max_length",
				"Invalid '%s': property name too long. Expected a name with maximum length 64, but got a name with length %d instead.", name, n)
		}
	}
	return nil
}

// checkCombinations refuses arguments that make no sense with each other.
func checkCombinations(req *chatRequest, root map[string]any) *apiError {
	given := func(name string) bool { return root[name] != nil }
	needs := func(name, other string, enabled bool) *apiError {
		if !given(name) || enabled {
			return nil
		}
		return invalid(name, "", "The '%s' parameter is only allowed when '%s' is enabled.", name, other)
	}
	for _, e := range []*apiError{
		needs("metadata", "store", req.Store),
		needs("stream_options", "stream", req.Stream),
		needs("top_logprobs", "logprobs", req.Logprobs),
	} {
		if e != nil {
			return e
		}
	}
	if given("max_tokens") && given("max_completion_tokens") {
		return invalid("max_tokens", "invalid_parameter_combination",
			"Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
	}
	if slices.Contains(req.Modalities, "audio") && req.Audio == nil {
		return missing("audio")
	}
	return nil
}

// checkReasoning refuses what models that think first do not take.
func checkReasoning(req *chatRequest, root map[string]any) *apiError {
	if !reasons(req.Model) {
		return nil
	}
	if root["max_tokens"] != nil {
		return invalid("max_tokens", "unsupported_parameter",
			"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
	}
	for _, name := range []string{"stop", "logprobs", "logit_bias"} {
		if v := root[name]; v != nil && v != false {
			return invalid(name, "unsupported_parameter", "Unsupported parameter: '%s' is not supported with this model.", name)
		}
	}
	for _, p := range []struct{ name, standard string }{
		{"temperature", "1"}, {"top_p", "1"}, {"presence_penalty", "0"}, {"frequency_penalty", "0"},
	} {
		v, given := root[p.name].(json.Number)
		if !given {
			continue
		}
		if f, _ := v.Float64(); compact(f) != p.standard {
			return invalid(p.name, "unsupported_value",
				"Unsupported value: '%s' does not support %s with this model. Only the default (%s) value is supported.",
				p.name, v, p.standard)
		}
	}
	return nil
}
