package emulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// item is one item of the input or output of a response, or of a conversation.
type item = map[string]any

// responseRequest is the body of POST /responses, as far as it shapes the answer. It is decoded only after the body
// was found valid.
type responseRequest struct {
	Model              string              `json:"model"`
	Instructions       string              `json:"instructions"`
	PreviousResponseID string              `json:"previous_response_id"`
	Conversation       reference           `json:"conversation"`
	Background         bool                `json:"background"`
	Store              *bool               `json:"store"`
	Stream             bool                `json:"stream"`
	StreamOptions      streamOptions       `json:"stream_options"`
	Include            []string            `json:"include"`
	MaxOutputTokens    *int                `json:"max_output_tokens"`
	MaxToolCalls       *int                `json:"max_tool_calls"`
	ParallelToolCalls  *bool               `json:"parallel_tool_calls"`
	TopLogprobs        int                 `json:"top_logprobs"`
	ServiceTier        string              `json:"service_tier"`
	Moderation         *moderationRule     `json:"moderation"`
	ToolChoice         *responseToolChoice `json:"tool_choice"`
	Tools              []responseTool      `json:"tools"`
	Reasoning          struct {
		Effort  string `json:"effort"`
		Summary string `json:"summary"`
	} `json:"reasoning"`
	Text struct {
		Format *responseTextFormat `json:"format"`
	} `json:"text"`

	root  map[string]any
	input []item // as sent, a text being a message of the user
}

type responseTextFormat struct {
	Type   string          `json:"type"`
	Name   string          `json:"name"`
	Schema json.RawMessage `json:"schema"`
	Strict bool            `json:"strict"`
}

// responseTool is a tool of any type.
type responseTool struct {
	Type            string          `json:"type"`
	Name            string          `json:"name"`
	Description     string          `json:"description"`
	Parameters      json.RawMessage `json:"parameters"`
	Strict          *bool           `json:"strict"`
	Format          grammar         `json:"format"`
	VectorStoreIDs  []string        `json:"vector_store_ids"`
	Container       json.RawMessage `json:"container"`
	ServerLabel     string          `json:"server_label"`
	AllowedTools    toolFilter      `json:"allowed_tools"`
	RequireApproval approvals       `json:"require_approval"`
}

// UnmarshalJSON reads no more than the type of a tool that is taken as it is.
func (t *responseTool) UnmarshalJSON(data []byte) error {
	err := json.Unmarshal(data, &struct {
		Type *string `json:"type"`
	}{&t.Type})
	if err != nil || responseToolShapes[t.Type] == nil {
		return err
	}
	type plain responseTool
	return json.Unmarshal(data, (*plain)(t))
}

type grammar struct {
	Definition string `json:"definition"`
	Syntax     string `json:"syntax"`
}

// reference is an id, for itself or in an object.
type reference string

func (r *reference) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '{' {
		return json.Unmarshal(data, &struct {
			ID *string `json:"id"`
		}{(*string)(r)})
	}
	return json.Unmarshal(data, (*string)(r))
}

// stored reports whether the response is kept, which it is unless the request forbids it.
func (r *responseRequest) stored() bool { return r.Store == nil || *r.Store }

func (r *responseRequest) includes(name string) bool { return slices.Contains(r.Include, name) }

// parseResponse turns the body of POST /responses into a request, or into the error that the API gives for it.
func (s *Server) parseResponse(body []byte) (*responseRequest, *apiError) {
	root, e := decodeObject(body)
	if e != nil {
		return nil, e
	}
	for _, check := range []func(map[string]any) *apiError{s.checkResponder, checkResponseArguments} {
		if e := check(root); e != nil {
			return nil, e
		}
	}
	return decodeResponse(body, root)
}

// decodeResponse reads a body whose members have the right shape, and checks how they fit together.
func decodeResponse(body []byte, root map[string]any) (*responseRequest, *apiError) {
	req := &responseRequest{}
	if err := json.Unmarshal(body, req); err != nil {
		return nil, invalid("", "", "%v", err)
	}
	req.root = root
	req.input = itemsOfInput(root["input"])
	for _, check := range []func(*responseRequest) *apiError{
		checkResponseState, checkResponseModel, checkResponseTools, checkResponseFormat,
	} {
		if e := check(req); e != nil {
			return nil, e
		}
	}
	return req, nil
}

// itemsOfInput are the items of an input, of which a text is one.
func itemsOfInput(input any) []item {
	if text, ok := input.(string); ok {
		return []item{{"type": "message", "role": "user", "content": text}}
	}
	list, _ := input.([]any)
	items := make([]item, len(list))
	for i, raw := range list {
		items[i], _ = raw.(item)
	}
	return items
}

// checkResponder checks that there is a model, and that it answers.
func (s *Server) checkResponder(root map[string]any) *apiError {
	value, present := root["model"]
	if !present || value == nil || value == "" {
		return missing("model")
	}
	model, ok := value.(string)
	switch {
	case !ok:
		return aString.mistyped("model", value)
	case !s.models.known[model]:
		return invalid("model", "model_not_found", "The requested model '%s' does not exist.", model)
	case !serves(model, chatting):
		return invalid("model", "unsupported_model", "The requested model '%s' cannot be used with the Responses API.", model)
	}
	return nil
}

// checkResponseArguments holds the members of a body against their shapes.
func checkResponseArguments(root map[string]any) *apiError {
	for _, name := range sortedKeys(root) {
		if name != "model" && responseShapes[name] == nil {
			return unknown(name)
		}
	}
	if e := checkShapes(root, responseShapes); e != nil {
		return e
	}
	metadata, _ := root["metadata"].(map[string]any)
	if e := checkMetadata(metadata); e != nil {
		return e
	}
	if e := checkItems(root["input"]); e != nil {
		return e
	}
	return checkToolShapes(root["tools"])
}

// checkToolShapes checks each tool by its type.
func checkToolShapes(tools any) *apiError {
	list, _ := tools.([]any)
	for i, raw := range list {
		tool, at := raw.(map[string]any), "tools["+strconv.Itoa(i)+"]"
		name, e := typeOfTagged(tool, at, toolTypes)
		if e != nil {
			return e
		}
		if known := responseToolShapes[name]; known != nil {
			if e := known.check(at, tool); e != nil {
				return e
			}
		}
		if name == "mcp" && tool["server_url"] == nil && tool["connector_id"] == nil && tool["tunnel_id"] == nil {
			return invalid(at, "missing_required_parameter", "One of 'server_url', 'connector_id' or 'tunnel_id' must be provided for '%s'.", at)
		}
	}
	return nil
}

// typeOfTagged is the type of a tool or an item, which is one of those there are.
func typeOfTagged(object map[string]any, at string, types []string) (string, *apiError) {
	tag, present := object["type"]
	name, ok := tag.(string)
	switch {
	case !present:
		return "", missing(at + ".type")
	case !ok:
		return "", aString.mistyped(at+".type", tag)
	case !slices.Contains(types, name):
		return "", unsupported(at+".type", name, types)
	}
	return name, nil
}

// checkResponseState checks what the response is to go on from, and what becomes of it.
func checkResponseState(req *responseRequest) *apiError {
	given := func(name string) bool { return req.root[name] != nil }
	switch {
	case !given("input") && !given("previous_response_id") && !given("conversation") && !given("prompt"):
		return invalid("input", "missing_required_parameter",
			"One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be provided.")
	case given("previous_response_id") && given("conversation"):
		return invalid("", "mutually_exclusive_parameters",
			"Mutually exclusive parameters. Ensure you are only providing one of: 'previous_response_id' or 'conversation'.")
	case req.Background && !req.stored():
		return invalid("background", "", "Invalid value for 'background': background responses must be stored. Set 'store' to true.")
	case given("stream_options") && !req.Stream:
		return invalid("stream_options", "", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	case given("prompt"):
		return absent("prompt", "Prompt with id '%v' not found.", req.root["prompt"].(map[string]any)["id"])
	}
	return nil
}

// checkResponseModel refuses what a model does not take. A model that is not OpenAI's takes all.
func checkResponseModel(req *responseRequest) *apiError {
	if _, builtin := uses[req.Model]; !builtin {
		return nil
	}
	refused := func(name string) *apiError {
		return invalid(name, "", "Unsupported parameter: '%s' is not supported with this model.", name)
	}
	if !canReason(req.Model) {
		switch {
		case req.Reasoning.Effort != "" && req.Reasoning.Effort != "none":
			return refused("reasoning.effort")
		case req.Reasoning.Summary != "":
			return refused("reasoning.summary")
		case req.includes("reasoning.encrypted_content"):
			return invalid("include", "", "Encrypted content is not supported with this model.")
		}
		return nil
	}
	if !thinks(req.Model, req.Reasoning.Effort) {
		return nil
	}
	for _, name := range []string{"temperature", "top_p"} {
		if n, ok := req.root[name].(json.Number); ok {
			if f, _ := n.Float64(); f != 1 {
				return refused(name)
			}
		}
	}
	if req.TopLogprobs > 0 {
		return refused("top_logprobs")
	}
	return nil
}

// canReason reports whether a model can think before it answers, if it is asked to.
func canReason(model string) bool { return reasons(model) || strings.HasPrefix(model, "gpt-5.") }

// thinks reports whether a model does.
func thinks(model, effort string) bool {
	return reasons(model) || canReason(model) && effort != "" && effort != "none"
}
