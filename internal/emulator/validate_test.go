package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// refusedBodies are whole bodies, and refusedArguments are added to a good
// request of gpt-4o.
var refusedBodies = []struct {
	name, body, message string
	param, code         any
}{
	{"empty", ``, "We could not parse the JSON body of your request.", nil, nil},
	{"not JSON", `{"model":`, "We could not parse the JSON body of your request.", nil, nil},
	{"no object", `[]`, "We could not parse the JSON body of your request.", nil, nil},
	{"null", `null`, "We could not parse the JSON body of your request.", nil, nil},
	{"two values", `{} {}`, "We could not parse the JSON body of your request.", nil, nil},
	{"no model", `{"messages":[]}`, "you must provide a model parameter", nil, nil},
	{"model of a wrong type", `{"model":4,"messages":[]}`, "Invalid type for 'model': expected a string, but got an integer instead.", "model", "invalid_type"},
	{"no messages", `{"model":"gpt-4"}`, "Missing required parameter: 'messages'.", "messages", "missing_required_parameter"},
	{"empty messages", `{"model":"gpt-4","messages":[]}`,
		"Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages", "empty_array"},
	{"messages of a wrong type", `{"model":"gpt-4","messages":"Hi"}`,
		"Invalid type for 'messages': expected an array of objects, but got a string instead.", "messages", "invalid_type"},
	{"max_tokens of a reasoning model", `{"model":"o3","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}`,
		"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "max_tokens", "unsupported_parameter"},
	{"temperature of a reasoning model", `{"model":"gpt-5","temperature":0.2,"messages":[{"role":"user","content":"Hi"}]}`,
		"Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.", "temperature", "unsupported_value"},
	{"stop of a reasoning model", `{"model":"o4-mini","stop":"x","messages":[{"role":"user","content":"Hi"}]}`,
		"Unsupported parameter: 'stop' is not supported with this model.", "stop", "unsupported_parameter"},
}

var refusedArguments = []struct {
	name, argument, message string
	param, code             any
}{
	{"unknown", `"foo":1`, "Unrecognized request argument supplied: foo", nil, nil},
	{"several unknown", `"foo":1,"bar":null`, "Unrecognized request arguments supplied: bar, foo", nil, nil},
	{"wrong type", `"temperature":"hot"`, "Invalid type for 'temperature': expected a decimal, but got a string instead.", "temperature", "invalid_type"},
	{"decimal for integer", `"n":1.5`, "Invalid type for 'n': expected an integer, but got a decimal number instead.", "n", "invalid_type"},
	{"string for boolean", `"store":"yes"`, "Invalid type for 'store': expected a boolean, but got a string instead.", "store", "invalid_type"},
	{"null where not allowed", `"user":null`, "Invalid type for 'user': expected a string, but got null instead.", "user", "invalid_type"},
	{"temperature high", `"temperature":2.5`,
		"Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.", "temperature", "decimal_above_max_value"},
	{"temperature low", `"temperature":-1`,
		"Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.", "temperature", "decimal_below_min_value"},
	{"top_p high", `"top_p":1.1`, "Invalid 'top_p': decimal above maximum value.", "top_p", "decimal_above_max_value"},
	{"frequency_penalty low", `"frequency_penalty":-3`, "Invalid 'frequency_penalty': decimal below", "frequency_penalty", "decimal_below_min_value"},
	{"presence_penalty high", `"presence_penalty":3`, "Invalid 'presence_penalty': decimal above", "presence_penalty", "decimal_above_max_value"},
	{"n low", `"n":0`, "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.", "n", "integer_below_min_value"},
	{"n high", `"n":129`, "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.", "n", "integer_above_max_value"},
	{"max_tokens low", `"max_tokens":0`, "Invalid 'max_tokens': integer below minimum value.", "max_tokens", "integer_below_min_value"},
	{"top_logprobs high", `"logprobs":true,"top_logprobs":21`, "Invalid 'top_logprobs': integer above", "top_logprobs", "integer_above_max_value"},
	{"seed beyond 64 bits", `"seed":99999999999999999999`, "Invalid 'seed': integer above", "seed", "integer_above_max_value"},
	{"logit_bias", `"logit_bias":{"50256":-101}`, "Invalid 'logit_bias.50256': integer below", "logit_bias.50256", "integer_below_min_value"},
	{"enumeration", `"service_tier":"gold"`,
		"Invalid value: 'gold'. Supported values are: 'auto', 'default', 'flex', 'scale', 'priority', and 'fast'.", "service_tier", "invalid_value"},
	{"five stops", `"stop":["a","b","c","d","e"]`,
		"Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.", "stop", "array_above_max_length"},
	{"stop of a wrong type", `"stop":5`, "Invalid type for 'stop': expected one of a string or array of strings, but got an integer instead.", "stop", "invalid_type"},
	{"item of a wrong type", `"stop":["a",5]`, "Invalid type for 'stop[1]': expected a string, but got an integer instead.", "stop[1]", "invalid_type"},
	{"long identifier", `"safety_identifier":"` + strings.Repeat("é", 65) + `"`,
		"Invalid 'safety_identifier': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
		"safety_identifier", "string_above_max_length"},
	{"top_logprobs alone", `"top_logprobs":2`, "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs", nil},
	{"stream_options alone", `"stream_options":{"include_usage":true}`,
		"The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options", nil},
	{"metadata alone", `"metadata":{"a":"b"}`, "The 'metadata' parameter is only allowed when 'store' is enabled.", "metadata", nil},
	{"two limits", `"max_tokens":5,"max_completion_tokens":5`,
		"Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "max_tokens", "invalid_parameter_combination"},
	{"audio without format", `"modalities":["audio"]`, "Missing required parameter: 'audio'.", "audio", "missing_required_parameter"},
	{"metadata of a wrong type", `"store":true,"metadata":{"a":1}`,
		"Invalid type for 'metadata.a': expected a string, but got an integer instead.", "metadata.a", "invalid_type"},
	{"long metadata value", `"store":true,"metadata":{"a":"` + strings.Repeat("x", 513) + `"}`, "Invalid 'metadata.a': string too long.", "metadata.a", "string_above_max_length"},
	{"long metadata key", `"store":true,"metadata":{"` + strings.Repeat("k", 65) + `":"v"}`, "Invalid 'metadata': property name too long.", "metadata", "string_above_max_length"},
	{"much metadata", `"store":true,"metadata":` + manyPairs(17), "Invalid 'metadata': too many properties.", "metadata", "object_above_max_properties"},

	{"no tools", `"tools":[]`, "Invalid 'tools': empty array.", "tools", "empty_array"},
	{"tool type", `"tools":[{"type":"x"}]`, "Invalid value: 'x'. Supported values are: 'function' and 'custom'.", "tools[0].type", "invalid_value"},
	{"tool without type", `"tools":[{"function":{"name":"f"}}]`, "Missing required parameter: 'tools[0].type'.", "tools[0].type", "missing_required_parameter"},
	{"tool without function", `"tools":[{"type":"function"}]`, "Missing required parameter: 'tools[0].function'.", "tools[0].function", "missing_required_parameter"},
	{"tool name", `"tools":[{"type":"function","function":{"name":"get weather"}}]`,
		"Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
		"tools[0].function.name", "invalid_value"},
	{"long tool name", `"tools":[{"type":"function","function":{"name":"` + strings.Repeat("f", 65) + `"}}]`,
		"Invalid 'tools[0].function.name': string too long.", "tools[0].function.name", "string_above_max_length"},
	{"parameters as text", `"tools":[{"type":"function","function":{"name":"f","parameters":"{}"}}]`,
		"Invalid type for 'tools[0].function.parameters': expected an object, but got a string instead.", "tools[0].function.parameters", "invalid_type"},
	{"parameters no object", `"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"string"}}}]`,
		`Invalid schema for function 'f': schema must be a JSON Schema of 'type: "object"', got 'type: "string"'.`,
		"tools[0].function.parameters", "invalid_function_parameters"},
	{"strict tool", `"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{}}}}]`,
		"Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be supplied and to be false.",
		"tools[0].function.parameters", "invalid_function_parameters"},
	{"strict tool with an optional parameter",
		`"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"}}}}}]`,
		"Invalid schema for function 'f': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'a'.",
		"tools[0].function.parameters", "invalid_function_parameters"},
	{"choice without tools", `"tool_choice":"auto"`, "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", "tool_choice", nil},
	{"parallel without tools", `"parallel_tool_calls":true`,
		"Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.", "parallel_tool_calls", nil},
	{"choice of no tool", weatherTool + `,"tool_choice":{"type":"function","function":{"name":"f"}}`,
		"Invalid value for 'tool_choice': no function named 'f' was specified in the 'tools' parameter.", "tool_choice", nil},
	{"choice unknown", weatherTool + `,"tool_choice":"maybe"`, "Invalid value: 'maybe'. Supported values are: 'none', 'auto', and 'required'.", "tool_choice", "invalid_value"},
	{"allowed no tool", weatherTool + `,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}}`,
		"Invalid value for 'tool_choice': no function named 'f'", "tool_choice", nil},
	{"call without functions", `"function_call":"auto"`, "Invalid value for 'function_call': 'function_call' is only allowed when 'functions' are specified.", "function_call", nil},
	{"call of no function", weatherFunction + `,"function_call":{"name":"f"}`,
		"Invalid value for 'function_call': no function named 'f' was specified in the 'functions' parameter.", "function_call", nil},

	{"JSON mode without the word", `"response_format":{"type":"json_object"}`,
		"'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", "messages", nil},
	{"format type", `"response_format":{"type":"xml"}`,
		"Invalid value: 'xml'. Supported values are: 'json_object', 'json_schema', and 'text'.", "response_format.type", "invalid_value"},
	{"format as text", `"response_format":"json_object"`,
		"Invalid type for 'response_format': expected an object, but got a string instead.", "response_format", "invalid_type"},
	{"schema without name", `"response_format":{"type":"json_schema","json_schema":{"schema":{}}}`,
		"Missing required parameter: 'response_format.json_schema.name'.", "response_format.json_schema.name", "missing_required_parameter"},
	{"schema with a bad name", `"response_format":{"type":"json_schema","json_schema":{"name":"a b","schema":{}}}`,
		"Invalid 'response_format.json_schema.name': string does not match pattern.", "response_format.json_schema.name", "invalid_value"},
	{"no schema", `"response_format":{"type":"json_schema","json_schema":{"name":"a"}}`,
		"Missing required parameter: 'response_format.json_schema.schema'.", "response_format.json_schema.schema", "missing_required_parameter"},
	{"strict schema no object", `"response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":{"type":"array"}}}`,
		`Invalid schema for response_format 'a': schema must be a JSON Schema of 'type: "object"', got 'type: "array"'.`, "response_format", nil},
	{"strict schema open below", `"response_format":{"type":"json_schema","json_schema":{"name":"a","strict":true,"schema":{"type":"object",
		"additionalProperties":false,"required":["p"],"properties":{"p":{"type":"array","items":{"type":"object"}}}}}}`,
		"Invalid schema for response_format 'a': In context=('properties', 'p', 'items'), 'additionalProperties' is required to be supplied and to be false.",
		"response_format", nil},
	{"unknown nested", `"stream":true,"stream_options":{"foo":1}`, "Unknown parameter: 'stream_options.foo'.", "stream_options.foo", "unknown_parameter"},
}

func manyPairs(n int) string {
	var pairs []string
	for i := range n {
		pairs = append(pairs, fmt.Sprintf(`"k%d":"v"`, i))
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

func (r *rig) refuses(t *testing.T, body, message string, param, code any) {
	t.Helper()
	resp := r.do("POST", "/v1/chat/completions", body)
	equal(t, "status", resp.status, 400)
	if got := fmt.Sprint(resp.get("error", "message")); !strings.HasPrefix(got, message) {
		t.Errorf("message: got %s\nwant %s", got, message)
	}
	equal(t, "type", resp.get("error", "type"), "invalid_request_error")
	equal(t, "param", resp.get("error", "param"), param)
	equal(t, "code", resp.get("error", "code"), code)
}

func TestValidate_refusesBodies(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range refusedBodies {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r.refuses(t, test.body, test.message, test.param, test.code)
		})
	}
}

func TestValidate_refusesArguments(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, test := range refusedArguments {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r.refuses(t, asking("Hello", test.argument), test.message, test.param, test.code)
		})
	}
}

func TestValidate_refusesMessages(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	const call = `{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]}`
	const user = `{"role":"user","content":"Hi"}`
	for _, test := range []struct {
		name, messages, message string
		param, code             any
	}{
		{"no object", `"Hi"`, "Invalid type for 'messages[0]': expected an object, but got a string instead.", "messages[0]", "invalid_type"},
		{"no role", `{"content":"Hi"}`, "Missing required parameter: 'messages[0].role'.", "messages[0].role", "missing_required_parameter"},
		{"bad role", `{"role":"bot","content":"Hi"}`,
			"Invalid value: 'bot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.", "messages[0].role", "invalid_value"},
		{"unknown field", `{"role":"user","content":"Hi","foo":1}`, "Unknown parameter: 'messages[0].foo'.", "messages[0].foo", "unknown_parameter"},
		{"no content", `{"role":"user"}`, "Missing required parameter: 'messages[0].content'.", "messages[0].content", "missing_required_parameter"},
		{"null content", user + `,{"role":"user","content":null}`, "Invalid value for 'content': expected a string, got null.", "messages.[1].content", nil},
		{"assistant says nothing", user + `,{"role":"assistant"}`, "Invalid value for 'content': expected a string, got null.", "messages.[1].content", nil},
		{"content of a wrong type", `{"role":"user","content":5}`,
			"Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an integer instead.", "messages[0].content", "invalid_type"},
		{"empty parts", `{"role":"user","content":[]}`, "Invalid 'messages[0].content': empty array.", "messages[0].content", "empty_array"},
		{"image in instructions", `{"role":"system","content":[{"type":"image_url","image_url":{"url":"u"}}]}`,
			"Invalid value: 'image_url'. Supported values are: 'text'.", "messages[0].content[0].type", "invalid_value"},
		{"image without URL", `{"role":"user","content":[{"type":"image_url","image_url":{}}]}`,
			"Missing required parameter: 'messages[0].content[0].image_url.url'.", "messages[0].content[0].image_url.url", "missing_required_parameter"},
		{"tool first", `{"role":"tool","tool_call_id":"call_1","content":"x"}`,
			"Invalid parameter: messages with role 'tool' must be a response", "messages.[0].role", nil},
		{"tool after user", call + `,{"role":"tool","tool_call_id":"call_1","content":"x"},` + user + `,{"role":"tool","tool_call_id":"call_1","content":"x"}`,
			"Invalid parameter: messages with role 'tool' must be a response", "messages.[3].role", nil},
		{"tool with another id", call + `,{"role":"tool","tool_call_id":"call_2","content":"x"}`,
			"Invalid parameter: 'tool_call_id' of 'call_2' not found in 'tool_calls' of previous message.", "messages.[1].tool_call_id", nil},
		{"tool without id", call + `,{"role":"tool","content":"x"}`, "Missing required parameter: 'messages[1].tool_call_id'.", "messages[1].tool_call_id", "missing_required_parameter"},
		{"call without result", call + `,` + user, "An assistant message with 'tool_calls' must be followed by tool messages", "messages.[1].role", nil},
		{"call at the end", user + `,` + call, "An assistant message with 'tool_calls' must be followed by tool messages", "messages.[1].role", nil},
		{"function without name", `{"role":"function","content":"x"}`, "Missing required parameter: 'messages[0].name'.", "messages[0].name", "missing_required_parameter"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r.refuses(t, `{"model":"gpt-4o","messages":[`+test.messages+`]}`, test.message, test.param, test.code)
		})
	}
}

func TestValidate_accepts(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for name, more := range map[string]string{
		"nulls": `"audio":null,"frequency_penalty":null,"logit_bias":null,"logprobs":null,"max_completion_tokens":null,"max_tokens":null,
			"metadata":null,"modalities":null,"moderation":null,"n":null,"prediction":null,"presence_penalty":null,"prompt_cache_key":null,
			"prompt_cache_retention":null,"reasoning_effort":null,"safety_identifier":null,"seed":null,"service_tier":null,"stop":null,
			"store":null,"stream":null,"stream_options":null,"temperature":null,"top_logprobs":null,"top_p":null,"verbosity":null`,
		"zeroes": `"temperature":0,"top_p":0,"frequency_penalty":0,"seed":0,"store":false,"stream":false,"user":"","logit_bias":{}`,
		"everything": `"frequency_penalty":-2,"logit_bias":{"50256":-100},"logprobs":true,"max_completion_tokens":50,"metadata":{"a":"b"},
			"modalities":["text"],"n":1,"prediction":{"type":"content","content":[{"type":"text","text":"x"}]},"presence_penalty":2.0,
			"prompt_cache_key":"k","prompt_cache_options":{"mode":"explicit","ttl":"30m"},"prompt_cache_retention":"24h","reasoning_effort":"low",
			"response_format":{"type":"text"},"safety_identifier":"s","seed":-9223372036854775808,"service_tier":"auto","stop":["a","b","c","d"],
			"store":true,"temperature":2,"top_logprobs":20,"top_p":1,"user":"u","verbosity":"high",
			"web_search_options":{"search_context_size":"low","user_location":{"type":"approximate","approximate":{"city":"Oslo"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.ask("Hello", more)
		})
	}
	r.chat(`{"model":"gpt-4o","messages":[
		{"role":"developer","content":[{"type":"text","text":"x","prompt_cache_breakpoint":{"mode":"explicit"}}],"name":"n"},
		{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/i.png","detail":"low"}},
			{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},{"type":"file","file":{"file_id":"f"}}]},
		{"role":"assistant","content":[{"type":"refusal","refusal":"no"}],"audio":{"id":"audio_1"}},
		{"role":"assistant","refusal":"no"},
		{"role":"function","name":"f","content":null},
		{"role":"user","content":""}]}`)
}
