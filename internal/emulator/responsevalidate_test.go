package emulator_test

import (
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestResponses_refuse(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{Models: []string{"gpt-4o", "o3", "gpt-5.4", "text-embedding-3-small", "mine"}})
	in := func(items string) string { return `{"model":"gpt-4o","input":[` + items + `]}` }
	for name, test := range map[string]struct {
		body, param, message string
	}{
		"no JSON":           {`{`, "", "We could not parse the JSON body"},
		"no model":          {`{"input":"Hi"}`, "model", "Missing required parameter: 'model'."},
		"number as model":   {`{"model":1,"input":"Hi"}`, "model", "Invalid type for 'model': expected a string"},
		"unknown model":     {`{"model":"gpt-x","input":"Hi"}`, "model", "The requested model 'gpt-x' does not exist."},
		"embeddings":        {`{"model":"text-embedding-3-small","input":"Hi"}`, "model", "cannot be used with the Responses API."},
		"no input":          {`{"model":"gpt-4o"}`, "input", `One of "input" or "previous_response_id" or`},
		"unknown parameter": {responding("Hi", `"messages":[]`), "messages", "Unknown parameter: 'messages'."},
		"wrong type":        {responding("Hi", `"store":"yes"`), "store", "Invalid type for 'store': expected a boolean, but got a string instead."},
		"chat's format":     {responding("Hi", `"response_format":{"type":"text"}`), "response_format", "Unknown parameter: 'response_format'."},
		"few tokens":        {responding("Hi", `"max_output_tokens":15`), "max_output_tokens", "Expected a value >= 16, but got 15 instead."},
		"hot":               {responding("Hi", `"temperature":3`), "temperature", "Expected a value <= 2"},
		"many pairs":        {responding("Hi", `"metadata":{`+pairs(17)+`}`), "metadata", "at most 16 properties"},
		"long value":        {responding("Hi", `"metadata":{"a":"`+strings.Repeat("x", 513)+`"}`), "metadata.a", "maximum length 512"},
		"unknown include":   {responding("Hi", `"include":["all"]`), "include[0]", "Invalid value: 'all'."},
		"unstored":          {responding("Hi", `"background":true,"store":false`), "background", "Set 'store' to true."},
		"no stream":         {responding("Hi", `"stream_options":{"include_obfuscation":false}`), "stream_options", "only allowed when 'stream' is enabled"},
		"prompt":            {`{"model":"gpt-4o","prompt":{"id":"pmpt_1"}}`, "prompt", "Prompt with id 'pmpt_1' not found."},

		"unknown item":    {in(`{"type":"thing"}`), "input[0].type", "Invalid value: 'thing'."},
		"unknown role":    {in(`{"role":"king","content":"x"}`), "input[0].role", "Invalid value: 'king'. Supported values are: 'assistant', 'system', 'developer', and 'user'."},
		"no content":      {in(`{"role":"user"}`), "input[0].content", "Missing required parameter: 'input[0].content'."},
		"chat's part":     {in(`{"role":"user","content":[{"type":"text","text":"x"}]}`), "input[0].content[0].type", "Invalid value: 'text'."},
		"part of another": {in(`{"role":"assistant","content":[{"type":"input_text","text":"x"}]}`), "input[0].content[0].type", "Supported values are: 'output_text' and 'refusal'."},
		"no call":         {in(`{"type":"function_call_output","output":"x"}`), "input[0].call_id", "Missing required parameter"},
		"wrong id":        {in(`{"type":"function_call","id":"call_1","call_id":"c","name":"f","arguments":"{}"}`), "input[0].id", "Expected an ID that begins with 'fc'."},
		"no file":         {in(`{"role":"user","content":[{"type":"input_file","file_id":"file-x"}]}`), "input[0].content[0].file_id", "file-x"},
		"null as status":  {in(`{"type":"reasoning","id":"rs_1","summary":[],"status":null},{"role":"assistant","content":"x"}`), "input[0].status", "Invalid type for 'input[0].status'"},

		"tool without type": {responding("Hi", `"tools":[{"name":"f"}]`), "tools[0].type", "Missing required parameter"},
		"unknown tool":      {responding("Hi", `"tools":[{"type":"magic"}]`), "tools[0].type", "Invalid value: 'magic'."},
		"chat's tool":       {responding("Hi", `"tools":[{"type":"function","function":{"name":"f"}}]`), "tools[0].name", "Missing required parameter: 'tools[0].name'."},
		"no stores":         {responding("Hi", `"tools":[{"type":"file_search"}]`), "tools[0].vector_store_ids", "Missing required parameter"},
		"no container":      {responding("Hi", `"tools":[{"type":"code_interpreter"}]`), "tools[0].container", "Missing required parameter"},
		"no label":          {responding("Hi", `"tools":[{"type":"mcp","server_url":"https://example.com"}]`), "tools[0].server_label", "Missing required parameter"},
		"no server":         {responding("Hi", `"tools":[{"type":"mcp","server_label":"x"}]`), "tools[0]", "One of 'server_url', 'connector_id' or 'tunnel_id'"},
		"choice of nothing": {responding("Hi", `"tool_choice":"required"`), "tool_choice", "Tool choice 'required' must be specified with 'tools' parameter."},
		"unknown choice":    {responding("Hi", functionTools, `"tool_choice":{"type":"function","name":"x"}`), "tool_choice", "Tool choice 'x' not found in 'tools' parameter."},
		"choice of a kind":  {responding("Hi", functionTools, `"tool_choice":{"type":"file_search"}`), "tool_choice", "Tool choice 'file_search' not found"},
		"loose function": {responding("Hi", `"tools":[{"type":"function","name":"f","strict":true,"parameters":{"type":"object","properties":{}}}]`),
			"tools[0].parameters", "Invalid schema for function 'f': In context=(), 'additionalProperties' is required"},
		"no schema":    {responding("Hi", `"text":{"format":{"type":"json_schema","name":"x"}}`), "text.format.schema", "Missing required parameter: 'text.format.schema'."},
		"loose schema": {responding("Hi", `"text":{"format":{"type":"json_schema","name":"x","strict":true,"schema":{"type":"object","properties":{}}}}`), "text.format.schema", "Invalid schema for response_format 'x'"},
		"no JSON word": {responding("Hi", `"text":{"format":{"type":"json_object"}}`), "input", "must contain the word 'json'"},

		"effort":          {responding("Hi", `"reasoning":{"effort":"low"}`), "reasoning.effort", "Unsupported parameter: 'reasoning.effort' is not supported with this model."},
		"encrypted":       {responding("Hi", `"include":["reasoning.encrypted_content"]`), "include", "Encrypted content is not supported with this model."},
		"temperature":     {thinking("Hi", `"temperature":0.5`), "temperature", "Unsupported parameter: 'temperature' is not supported with this model."},
		"warm with 5.4":   {strings.Replace(responding("Hi", `"temperature":0.5,"reasoning":{"effort":"low"}`), "gpt-4o", "gpt-5.4", 1), "temperature", "Unsupported parameter"},
		"top_p":           {thinking("Hi", `"top_p":0.5`), "top_p", "Unsupported parameter"},
		"effort of words": {thinking("Hi", `"reasoning":{"effort":"huge"}`), "reasoning.effort", "Invalid value: 'huge'."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := r.do("POST", "/v1/responses", test.body)
			status := 400
			if name == "prompt" {
				status = 404
			}
			refused(t, "body", got, status, test.message)
			var param any
			if test.param != "" {
				param = test.param
			}
			equal(t, "param", got.get("error", "param"), param)
		})
	}
	for _, body := range []string{
		thinking("Hi", `"temperature":1`),
		strings.Replace(responding("Hi", `"temperature":0.5`), "gpt-4o", "gpt-5.4", 1),
		strings.Replace(responding("Hi", `"temperature":0.5,"reasoning":{"effort":"low"}`), "gpt-4o", "mine", 1),
		responding("Hi", `"include":null,"tools":null,"text":null,"reasoning":null,"conversation":null,"metadata":null,"tool_choice":null`),
		in(`{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"output_text","text":"x","annotations":[]}]},{"role":"user","content":"So?"}`),
	} {
		r.response(body)
	}
	equal(t, "billed", r.Made(), 5)
}

// pairs are so many members of a JSON object.
func pairs(n int) string {
	var out []string
	for i := range n {
		out = append(out, `"k`+string(rune('a'+i))+`":"v"`)
	}
	return strings.Join(out, ",")
}
