package response_test

import (
	"encoding/json"
	"testing"
)

// calls are those of an earlier answer, as tool_calls has them.
var calls = []any{
	object{"id": "call_1", "type": "function", "function": object{"name": "f", "arguments": `{"a":1}`}},
	object{"id": "call_2", "type": "custom", "custom": object{"name": "c", "input": "go"}},
}

func tool(kind string, fields object) object {
	t := object{"type": kind}
	if fields != nil {
		t[kind] = fields
	}
	return object{"tool": []any{t}}
}

// Each argument is sent as the API has it; and what is sent is held against OpenAI's document, by acctest.Start.
func TestResource_sendsWhatIsWrittenAndNothingElse(t *testing.T) {
	w := newWorkplace(t)
	w.answering(answerOf(textItem(`"{}"`)), -1)
	p := w.run(t)
	for name, test := range map[string]struct {
		config object
		sent   string // without the model
	}{
		"input":     {asking(), `{"input":"hello"}`},
		"no input":  {asking(object{"input": nil, "previous_response_id": "resp_1"}), `{"previous_response_id":"resp_1"}`},
		"empty":     {asking(object{"input": "", "instructions": ""}), `{"input":"","instructions":""}`},
		"arguments": {asking(object{"instructions": "Be brief.", "conversation_id": "conv_1", "max_output_tokens": 16, "max_tool_calls": 1, "temperature": 0, "top_p": 0, "top_logprobs": 0}), `{"input":"hello","instructions":"Be brief.","conversation":"conv_1","max_output_tokens":16,"max_tool_calls":1,"temperature":0,"top_p":0,"top_logprobs":0}`},
		"labels":    {asking(object{"metadata": object{"team": "ops"}, "safety_identifier": "a1", "service_tier": "flex", "truncation": "auto", "include": []any{"reasoning.encrypted_content"}}), `{"input":"hello","metadata":{"team":"ops"},"safety_identifier":"a1","service_tier":"flex","truncation":"auto","include":["reasoning.encrypted_content"]}`},
		"cache":     {asking(object{"prompt_cache_key": "k", "prompt_cache_retention": "24h", "prompt_cache_options": object{"mode": "explicit", "ttl": "30m"}}), `{"input":"hello","prompt_cache_key":"k","prompt_cache_retention":"24h","prompt_cache_options":{"mode":"explicit","ttl":"30m"}}`},
		"stored":    {asking(object{"store": false}), `{"input":"hello","store":false}`},
		"kept":      {asking(object{"store": true}), `{"input":"hello","store":true}`},
		"later":     {asking(object{"background": true}), `{"input":"hello","background":true}`},
		"stream":    {asking(object{"stream": true, "stream_options": object{"include_obfuscation": false}}), `{"input":"hello","stream":true,"stream_options":{"include_obfuscation":false}}`},
		"reasoning": {asking(object{"reasoning": object{"effort": "low", "summary": "auto", "mode": "pro", "context": "all_turns"}}), `{"input":"hello","reasoning":{"effort":"low","summary":"auto","mode":"pro","context":"all_turns"}}`},
		"context":   {asking(object{"context_management": []any{object{"type": "compaction", "compact_threshold": 1000}}}), `{"input":"hello","context_management":[{"type":"compaction","compact_threshold":1000}]}`},
		"moderation": {asking(object{"moderation": object{"model": "omni-moderation-latest", "policy": object{"input": object{"mode": "block"}, "output": object{"mode": "score"}}}}),
			`{"input":"hello","moderation":{"model":"omni-moderation-latest","policy":{"input":{"mode":"block"},"output":{"mode":"score"}}}}`},
		"extra_body": {asking(object{"extra_body": `{"user":"me"}`}), `{"input":"hello","user":"me"}`},

		"text":        {asking(object{"text": object{"format": object{"type": "text"}, "verbosity": "low"}}), `{"input":"hello","text":{"format":{"type":"text"},"verbosity":"low"}}`},
		"empty text":  {asking(object{"text": object{}}), `{"input":"hello"}`},
		"JSON object": {asking(object{"text": object{"format": object{"type": "json_object"}}}), `{"input":"hello","text":{"format":{"type":"json_object"}}}`},
		"JSON schema": {asking(object{"text": object{"format": object{"type": "json_schema", "name": "n", "description": "d", "strict": false, "schema": `{"type":"object"}`}}}),
			`{"input":"hello","text":{"format":{"type":"json_schema","name":"n","description":"d","strict":false,"schema":{"type":"object"}}}}`},

		"roles": {telling(said("system", "a"), said("developer", "b"), said("user", "c"), object{"role": "assistant", "content": "d", "phase": "final_answer"}, said("user", "e")),
			`{"input":[{"role":"system","content":"a"},{"role":"developer","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":"d","phase":"final_answer"},{"role":"user","content":"e"}]}`},
		"tool calls": {telling(said("user", "c"), object{"role": "assistant", "tool_calls": calls},
			object{"role": "tool", "tool_call_id": "call_1", "content": "1"}, object{"role": "tool", "tool_call_id": "call_2", "content": "2"}),
			`{"input":[{"role":"user","content":"c"},{"type":"function_call","call_id":"call_1","name":"f","arguments":"{\"a\":1}"},{"type":"custom_tool_call","call_id":"call_2","name":"c","input":"go"},
			{"type":"function_call_output","call_id":"call_1","output":"1"},{"type":"custom_tool_call_output","call_id":"call_2","output":"2"}]}`},
		"calls after words": {telling(object{"role": "assistant", "content": "one moment", "tool_calls": []any{object{"id": "call_1", "type": "function", "function": object{"name": "f"}}}}),
			`{"input":[{"role":"assistant","content":"one moment"},{"type":"function_call","call_id":"call_1","name":"f","arguments":""}]}`},
		"parts of a result": {telling(object{"role": "tool", "tool_call_id": "call_1", "content_part": []any{object{"type": "input_text", "text": "a"}, object{"type": "input_image", "image_url": "https://a.example/b.png"}}}),
			`{"input":[{"type":"function_call_output","call_id":"call_1","output":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"https://a.example/b.png","detail":"auto"}]}]}`},
		"parts": {telling(object{"role": "user", "content_part": []any{
			object{"type": "input_text", "text": "a", "extra": `{"prompt_cache_breakpoint":{"mode":"explicit"}}`}, object{"type": "input_image", "image_url": "iVBORw0KGgo="}, object{"type": "input_image", "file_id": "file-1", "detail": "low"},
			object{"type": "input_file", "file_id": "file-2"}, object{"type": "input_file", "file_url": "https://a.example/b.pdf"}, object{"type": "input_file", "file_data": "JVBERi0xLjQ=", "filename": "c.pdf", "detail": "high"},
		}}), `{"input":[{"role":"user","content":[{"type":"input_text","text":"a","prompt_cache_breakpoint":{"mode":"explicit"}},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"auto"},{"type":"input_image","file_id":"file-1","detail":"low"},
			{"type":"input_file","file_id":"file-2"},{"type":"input_file","file_url":"https://a.example/b.pdf"},{"type":"input_file","file_data":"data:application/pdf;base64,JVBERi0xLjQ=","filename":"c.pdf","detail":"high"}]}]}`},
		"items": {itemsOf(`[{"type":"reasoning","id":"rs_1","summary":[]},{"role":"user","content":"x"},{"type":"item_reference","id":"msg_1"}]`),
			`{"input":[{"type":"reasoning","id":"rs_1","summary":[]},{"role":"user","content":"x"},{"type":"item_reference","id":"msg_1"}]}`},

		"function": {asking(tool("function", object{"name": "f", "description": "d", "parameters": `{"type":"object"}`})), `{"input":"hello","tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":null}]}`},
		"strict":   {asking(tool("function", object{"name": "f", "parameters": `{"type":"object","properties":{},"required":[],"additionalProperties":false}`, "strict": true})), `{"input":"hello","tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{},"required":[],"additionalProperties":false},"strict":true}]}`},
		"custom":   {asking(tool("custom", object{"name": "c", "description": "d", "format": object{"type": "text"}})), `{"input":"hello","tools":[{"type":"custom","name":"c","description":"d","format":{"type":"text"}}]}`},
		"grammar":  {asking(tool("custom", object{"name": "c", "format": object{"type": "grammar", "grammar": object{"definition": "a", "syntax": "lark"}}})), `{"input":"hello","tools":[{"type":"custom","name":"c","format":{"type":"grammar","definition":"a","syntax":"lark"}}]}`},
		"web":      {asking(tool("web_search", nil)), `{"input":"hello","tools":[{"type":"web_search"}]}`},
		"web, all": {asking(tool("web_search", object{"search_context_size": "low", "filters": object{"allowed_domains": []any{"openai.com"}}, "user_location": object{"country": "US", "region": "CA", "city": "SF", "timezone": "America/Los_Angeles"}})),
			`{"input":"hello","tools":[{"type":"web_search","search_context_size":"low","filters":{"allowed_domains":["openai.com"]},"user_location":{"type":"approximate","country":"US","region":"CA","city":"SF","timezone":"America/Los_Angeles"}}]}`},
		"files": {asking(tool("file_search", object{"vector_store_ids": []any{"vs_1"}, "max_num_results": 3, "filters": `{"type":"eq","key":"team","value":"ops"}`, "ranking_options": object{"ranker": "auto", "score_threshold": 0.5}})),
			`{"input":"hello","tools":[{"type":"file_search","vector_store_ids":["vs_1"],"max_num_results":3,"filters":{"type":"eq","key":"team","value":"ops"},"ranking_options":{"ranker":"auto","score_threshold":0.5}}]}`},
		"code":            {asking(tool("code_interpreter", nil)), `{"input":"hello","tools":[{"type":"code_interpreter","container":{"type":"auto"}}]}`},
		"code, new":       {asking(tool("code_interpreter", object{"file_ids": []any{"file-1"}, "memory_limit": "4g", "network_policy": `{"type":"disabled"}`})), `{"input":"hello","tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":["file-1"],"memory_limit":"4g","network_policy":{"type":"disabled"}}}]}`},
		"code, container": {asking(tool("code_interpreter", object{"container_id": "cntr_1"})), `{"input":"hello","tools":[{"type":"code_interpreter","container":"cntr_1"}]}`},
		"MCP": {asking(tool("mcp", object{"server_label": "s", "server_url": "https://mcp.example", "server_description": "d", "allowed_tools": []any{"t"}, "require_approval": "never", "authorization": "t0ken", "headers": object{"X-Key": "k3y"}})),
			`{"input":"hello","tools":[{"type":"mcp","server_label":"s","server_url":"https://mcp.example","server_description":"d","allowed_tools":["t"],"require_approval":"never","authorization":"t0ken","headers":{"X-Key":"k3y"}}]}`},
		"connector":   {asking(tool("mcp", object{"server_label": "s", "connector_id": "connector_gmail", "require_approval": `{"never":{"tool_names":["a"]}}`})), `{"input":"hello","tools":[{"type":"mcp","server_label":"s","connector_id":"connector_gmail","require_approval":{"never":{"tool_names":["a"]}}}]}`},
		"tool_json":   {asking(object{"tool_json": `[{"type":"image_generation"}]`}), `{"input":"hello","tools":[{"type":"image_generation"}]}`},
		"no tools":    {asking(object{"tool_json": `[]`}), `{"input":"hello"}`},
		"both tools":  {asking(tool("web_search", nil), object{"tool_json": `[{"type":"image_generation"}]`}), `{"input":"hello","tools":[{"type":"web_search"},{"type":"image_generation"}]}`},
		"choice":      {asking(tool("web_search", nil), object{"tool_choice": "required", "parallel_tool_calls": false}), `{"input":"hello","tools":[{"type":"web_search"}],"tool_choice":"required","parallel_tool_calls":false}`},
		"JSON choice": {asking(tool("custom", object{"name": "c"}), object{"tool_choice": `{"type":"custom","name":"c"}`}), `{"input":"hello","tools":[{"type":"custom","name":"c"}],"tool_choice":{"type":"custom","name":"c"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			r := p.Instance(typeName, blocks...)
			apply(t, r, test.config)
			body := w.body(t)
			if body["model"] != "gpt-5.4" {
				t.Errorf("the model is %v", body["model"])
			}
			delete(body, "model")
			sameJSON(t, body, test.sent)
			unchanged(t, r, test.config)
		})
	}
}

// What an assistant said in parts. The API wants the parts of an answer there, though OpenAI's document has those of an
// input in any message without an ID.
func TestResource_sendsWhatAnAssistantSaid(t *testing.T) {
	w := newWorkplace(t)
	w.Foreign = true
	apply(t, w.resource(t), telling(said("user", "a"), object{"role": "assistant", "content_part": []any{object{"type": "output_text", "text": "b"}, object{"type": "refusal", "refusal": "c"}}}, said("user", "d")))
	same(t, w.body(t)["input"].([]any)[1], object{"role": "assistant", "content": []any{object{"type": "output_text", "text": "b"}, object{"type": "refusal", "refusal": "c"}}}) //nolint:forcetypeassert // it is one
}

// Texts reach the server as they are.
func TestResource_sendsTextsAsTheyAre(t *testing.T) {
	w := newWorkplace(t)
	const text = "<b>&amp; \u2028 \"quoted\" ü \\ 1e3"
	apply(t, w.resource(t), telling(said("user", text)))
	last := w.Requests()[len(w.Requests())-1]
	var sent struct{ Input []struct{ Content string } }
	if err := json.Unmarshal(last.Body, &sent); err != nil || sent.Input[0].Content != text {
		t.Errorf("%v: sent %s", err, last.Body)
	}
}
