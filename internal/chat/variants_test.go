package chat_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
)

// replying is a provider of a server whose next answer is always body.
func replying(t *testing.T) (p acctest.Protocol, s *acctest.Server, next func(body string)) {
	t.Helper()
	var body atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		text, _ := body.Load().(string)
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(text, "data:") {
			w.Header().Set("Content-Type", "text/event-stream")
		}
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	p, s = acctest.Speak(t), &acctest.Server{URL: server.URL}
	p.Connect(t, s, object{"max_retries": 0})
	return p, s, func(text string) { body.Store(text) }
}

// reply asks for a completion, and returns its state and what the provider says.
func reply(t *testing.T, p acctest.Protocol, config object) (state object, diags []string) {
	t.Helper()
	i := p.Instance(typeName, chatBlocks...)
	diags = i.Apply(t, config)
	state, _ = i.State().(object)
	return state, diags
}

const (
	someText = `"delta":{"role":"assistant","content":"Hel"},"finish_reason":null`
	moreText = `"delta":{"content":"lo"},"finish_reason":null`
	textEnds = `"delta":{},"finish_reason":"stop"`
	allText  = `"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"`
)

// chunk is one event of a stream with more members than choices.
func chunk(choice, more string) string {
	return `data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m-1","choices":[{"index":0,` + choice + `}]` + more + "}\n\n"
}

// How servers say with a status of 200 that something went wrong, whether they were asked
// for a stream or not. The words must reach the user.
func TestVariants_errorsInASuccess(t *testing.T) {
	t.Parallel()
	const done = "data: [DONE]\n\n"
	for name, test := range map[string]struct{ body, says string }{
		"OpenRouter, at once":          {`{"error":{"message":"No endpoints found","code":404},"user_id":"u"}`, "No endpoints found"},
		"OpenRouter, in the stream":    {chunk(someText, "") + chunk(`"delta":{"content":""},"finish_reason":"error","native_finish_reason":"error"`, `,"error":{"code":502,"message":"Provider disconnected","metadata":{"error_type":"provider_unavailable"}}`), "Provider disconnected"},
		"OpenRouter, in the choice":    {chunk(someText, "") + chunk(`"delta":{"content":""},"finish_reason":"stop","error":{"code":502,"message":"Upstream idle timeout"}`, "") + done, "Upstream idle timeout"},
		"in the delta":                 {chunk(`"delta":{"role":"assistant","error":{"message":"No capacity","code":"overloaded"}},"finish_reason":"stop"`, "") + done, "No capacity"},
		"in the message":               {whole(`"message":{"role":"assistant","content":"","error":"No capacity"},"finish_reason":"stop"`), "No capacity"},
		"no choices, in the stream":    {`data: {"id":"c1","object":"chat.completion.chunk","choices":[],"error":{"message":"prompt is too long","code":400}}` + "\n\n" + done, "prompt is too long"},
		"vLLM":                         {`data: {"object":"error","message":"max_tokens is too large","type":"BadRequestError","param":null,"code":400}` + "\n\n" + done, "max_tokens is too large"},
		"vLLM, nested":                 {chunk(someText, "") + `data: {"error":{"object":"error","message":"EngineCore died","type":"InternalServerError","param":null,"code":500}}` + "\n\n" + done, "EngineCore died"},
		"vLLM, aborted":                {chunk(someText, "") + chunk(`"delta":{},"finish_reason":"abort"`, "") + done, `"abort"`},
		"llama.cpp":                    {`error: {"code":400,"message":"the request exceeds the available context size","type":"invalid_request_error"}` + "\n\n" + done, "exceeds the available context size"},
		"llama.cpp, after text":        {chunk(someText, "") + `error: {"code":500,"message":"context shift is disabled","type":"server_error"}` + "\n\n" + done, "context shift is disabled"},
		"llama.cpp, no empty line":     {strings.TrimSuffix(chunk(someText, ""), "\n") + `error: {"code":500,"message":"context shift is disabled"}` + "\n", "context shift is disabled"},
		"LiteLLM":                      {chunk(someText, "") + `data: {"error": {"message": "litellm.APIError: upstream died", "type": "None", "param": "None", "code": "500"}}` + "\n\n", "upstream died"},
		"Ollama":                       {strings.TrimPrefix(chunk(someText, ""), "data: ") + `{"error":"an error was encountered while running the model"}` + "\n", "encountered while running the model"},
		"Groq, event":                  {"event: error\n" + `data: {"error":{"message":"Failed to call a function","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"{"}}` + "\n\n", "Failed to call a function"},
		"Groq, x_groq":                 {chunk(someText, "") + chunk(`"delta":{},"finish_reason":null`, `,"x_groq":{"id":"req_1","error":"over_capacity"}`) + done, "over_capacity"},
		"Azure":                        {chunk(someText, "") + `data: {"error":{"code":"content_filter","message":"The response was filtered","innererror":{"code":"ResponsibleAIPolicyViolation"}}}` + "\n\n", "The response was filtered"},
		"DeepSeek":                     {whole(`"message":{"role":"assistant","content":"Hel"},"finish_reason":"insufficient_system_resource"`), "insufficient_system_resource"},
		"Zhipu":                        {`{"code":500,"msg":"404 NOT_FOUND","success":false}`, "404 NOT_FOUND"},
		"Zhipu, in the stream":         {chunk(someText, "") + chunk(`"delta":{"content":""},"finish_reason":"network_error"`, "") + done, "network_error"},
		"MiniMax, in the stream":       {chunk(someText, "") + chunk(`"delta":{"content":""},"finish_reason":"stop"`, `,"base_resp":{"status_code":1027,"status_msg":"output new_sensitive"}`), "output new_sensitive"},
		"MiniMax, beside an answer":    {strings.Replace(whole(allText), "{", `{"base_resp":{"status_code":1002,"status_msg":"rate limit"},`, 1), "rate limit"},
		"Gemini":                       {`[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]`, "The model is overloaded."},
		"Gemini, in the stream":        {chunk(someText, "") + `data: [{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]` + "\n\n", "The model is overloaded."},
		"Gemini, broken call":          {whole(`"message":{"role":"assistant"},"finish_reason":"function_call_filter: MALFORMED_FUNCTION_CALL"`), "MALFORMED_FUNCTION_CALL"},
		"Cohere":                       {`{"id":"x","message":"invalid api token"}`, "invalid api token"},
		"Cohere, its word":             {whole(`"message":{"role":"assistant","content":"Hel"},"finish_reason":"ERROR"`), "ERROR"},
		"Cloudflare":                   {`{"success":false,"errors":[{"code":7003,"message":"Could not route"}],"messages":[],"result":null}`, "Could not route"},
		"Together":                     {`data: {"error":{"message":"Rate limit","type_":"server_error","param":null,"code":null}}` + "\n\n", "Rate limit"},
		"Baidu":                        {`{"error_code":336003,"error_msg":"the max length is 4800","id":"as-1"}`, "the max length is 4800"},
		"DashScope":                    {`{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"r"}`, "Invalid API-key provided."},
		"DashScope, in the stream":     {"id:1\nevent:error\n:HTTP_STATUS/400\ndata:{\"code\":\"InvalidParameter\",\"message\":\"Range of input length\",\"request_id\":\"r\"}\n\n", "Range of input length"},
		"Spark":                        {`{"code":10013,"message":"input is not allowed","sid":"cht1"}`, "input is not allowed"},
		"FastAPI":                      {`{"detail":"Model is loading"}`, "Model is loading"},
		"wrapped":                      {`{"code":429,"message":"Too many","data":{"choices":[]}}`, "Too many"},
		"text as an event":             {"event: error\ndata: upstream is gone\n\n", "upstream is gone"},
		"text as the last event":       {chunk(someText, "") + "data: Error: upstream timed out\n\n", "upstream timed out"},
		"text":                         {"upstream connect error or disconnect/reset before headers", "upstream connect error"},
		"JSON text":                    {`"Internal Server Error"`, "Internal Server Error"},
		"JSON text of an error":        {`"{\"error\":{\"message\":\"encoded twice\"}}"`, "encoded twice"},
		"a page":                       {"<html><head><title>Sign in</title></head></html>", "Sign in"},
		"finish_reason, no other word": {whole(`"message":{"role":"assistant","content":""},"finish_reason":"error"`), `finish_reason = "error"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, s, next := replying(t)
			next(test.body)
			for _, streamed := range []bool{false, true} {
				for _, failOn := range []any{nil, []any{}} {
					_, diags := reply(t, p, configuration(object{"stream": streamed, "fail_on": failOn}))
					if all := strings.Join(diags, "\n"); !strings.HasPrefix(all, "error: ") || !strings.Contains(all, test.says) {
						t.Errorf("streamed %t, fail_on %v: %s", streamed, failOn, all)
					}
				}
			}
			if _, diags := gate(t, s, configuration(nil)); !strings.Contains(strings.Join(diags, "\n"), test.says) {
				t.Errorf("the action: %s", diags)
			}
		})
	}
}

// What looks like an error and is none.
func TestVariants_successesThatLookLikeErrors(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{
		"Spark": `"code":0,"message":"Success","sid":"cht1"`, "MiniMax": `"base_resp":{"status_code":0,"status_msg":""},"input_sensitive":false`,
		"Cloudflare": `"success":true,"errors":[],"messages":[]`, "Groq": `"x_groq":{"id":"req_1"}`, "Groq, null": `"x_groq":{"id":"req_1","error":null}`, "null": `"error":null`, "empty": `"error":{}`,
		"text": `"error":""`, "all null": `"error":{"code":null,"message":null}`, "code 200": `"code":200,"msg":"ok"`, "status": `"status":"completed"`, "false": `"error":false`,
		"errors of none": `"error_code":0,"error_msg":"success"`, "warnings": `"warnings":["x was ignored"]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, next := replying(t)
			for _, body := range []string{strings.Replace(whole(allText), "{", "{"+more+",", 1), chunk(someText, ","+more) + chunk(moreText, "") + chunk(textEnds, ","+more)} {
				next(body)
				for _, streamed := range []bool{false, true} {
					if state, diags := reply(t, p, configuration(object{"stream": streamed})); len(diags) > 0 || state["content"] != "Hello" {
						t.Errorf("%s: %q, %v", body, diags, state["content"])
					}
				}
			}
		})
	}
}

// The same answer, as servers and gateways dress it: a stream or none, whatever was asked for.
func TestVariants_dresses(t *testing.T) {
	t.Parallel()
	const done = "data: [DONE]\n\n"
	one := whole(allText)
	lines := func(chunks ...string) string { return strings.Join(chunks, "") }
	plain := lines(chunk(someText, ""), chunk(moreText, ""), chunk(textEnds, ""))
	for name, body := range map[string]string{
		"plain stream":              plain + done,
		"no end":                    plain,
		"finish_reason is empty":    strings.ReplaceAll(plain, `"finish_reason":null`, `"finish_reason":""`) + done,
		"finish_reason in each":     strings.ReplaceAll(plain, `"finish_reason":null`, `"finish_reason":"stop"`) + done,
		"usage in each":             strings.ReplaceAll(plain, "}]}", `}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`) + done,
		"usage after the end":       plain + `data: {"id":"c1","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}` + "\n\n" + done,
		"usage alone":               plain + `data: {"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}` + "\n\n" + done,
		"role in each":              beside(plain, `"role":"assistant"`) + done,
		"null beside":               beside(plain, `"refusal":null,"tool_calls":null,"function_call":null`) + done,
		"empty lists beside":        beside(plain, `"tool_calls":[]`) + done,
		"empty chunks between":      lines(chunk(someText, ""), chunk(`"delta":{}`, ""), chunk(`"delta":null`, ""), chunk(`"delta":{"content":""}`, ""), chunk(moreText, ""), chunk(textEnds, "")) + done,
		"choices are null between":  lines(chunk(someText, ""), `data: {"id":"c1","choices":null}`+"\n\n", chunk(moreText, ""), chunk(textEnds, "")) + done,
		"Perplexity":                lines(chunk(someText+`,"message":{"role":"assistant","content":"Hel"}`, ""), chunk(moreText+`,"message":{"role":"assistant","content":"Hello"}`, ""), chunk(textEnds+`,"message":{"role":"assistant","content":"Hello"}`, "")),
		"messages so far":           lines(chunk(`"message":{"content":"Hel"}`, ""), chunk(allText, "")) + done,
		"legacy texts":              lines(chunk(`"text":"Hel","finish_reason":null`, ""), chunk(`"text":"lo","finish_reason":"stop"`, "")) + done,
		"Mistral":                   lines(chunk(`"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]}`, ""), chunk(`"delta":{"content":"Hel"}`, ""), chunk(`"delta":{"content":[{"type":"text","text":"lo"}]},"finish_reason":"stop"`, "")) + done,
		"DeepSeek":                  lines(chunk(`"delta":{"role":"assistant","content":null,"reasoning_content":"Hm"}`, ""), chunk(`"delta":{"content":"Hello","reasoning_content":null}`, ""), chunk(textEnds, "")) + done,
		"Gemini, list":              "[" + strings.Join(strings.Split(strings.TrimSpace(strings.ReplaceAll(plain, "data: ", "")), "\n\n"), ",\r\n") + "]",
		"no space":                  strings.ReplaceAll(plain+done, "data: ", "data:"),
		"two spaces, Windows":       strings.ReplaceAll(strings.ReplaceAll(plain+done, "data: ", "data:  "), "\n", "\r\n"),
		"data twice":                strings.ReplaceAll(plain+done, "data: ", "data: data: "),
		"encoded twice":             encodedTwice(plain) + done,
		"encoded twice, whole":      fmt.Sprintf("%q", one),
		"named events, IDs":         strings.ReplaceAll(plain, "data: ", "id: 7\nevent: completion\nretry: 100\ndata: ") + "event: done\n" + done,
		"done by name":              plain + "event: done\ndata: {}\n\n",
		"comment at once":           ":\n\n: ping\n\n" + plain + done,
		"ping as a chunk":           `data: {"id":"","object":"ping","choices":[]}` + "\n\n" + plain + done,
		"whole after the stream":    plain + "data: " + one + "\n\n" + done,
		"after the end":             plain + done + "data: junk\n\n",
		"whole":                     one,
		"whole in lines":            strings.ReplaceAll(one, ",", ",\n\n  "),
		"whole as an event":         "data: " + one + "\n\n",
		"whole as a named event":    "event: message\ndata: " + one + "\n\n" + done,
		"whole and done":            one + "\n\n" + done,
		"whole in a list":           "[" + one + "]",
		"whole, white space before": "\n\n   " + one,
		"whole, a choice, no list":  strings.NewReplacer("[{", "{", "}]", "}").Replace(one),
		"whole, legacy text":        whole(`"text":"Hello","finish_reason":"stop"`),
		"whole, delta":              whole(strings.Replace(allText, "message", "delta", 1)),
		"whole, parts":              whole(`"message":{"role":"assistant","content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]},"finish_reason":"stop"`),
		"whole, one part":           whole(`"message":{"role":"assistant","content":{"type":"text","text":"Hello"}},"finish_reason":"stop"`),
		"whole, in data":            `{"code":0,"message":"success","data":` + one + `}`,
		"whole, in result":          `{"success":true,"errors":[],"result":` + one + `}`,
		"whole, in output":          `{"output":{"choices":[{` + allText + `}]},"usage":{"input_tokens":1,"output_tokens":1},"model":"m-1","request_id":"r"}`,
		"whole, as numbers in text": strings.NewReplacer("1700000000", `"1700000000"`, `"index":0`, `"index":"0"`, `_tokens":1`, `_tokens":"1"`).Replace(one),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, s, next := replying(t)
			next(body)
			for _, streamed := range []bool{false, true} {
				state, diags := reply(t, p, configuration(object{"stream": streamed}))
				if len(diags) > 0 || state["content"] != "Hello" || state["response_model"] != "m-1" {
					t.Errorf("streamed %t: %q, %v of %v", streamed, diags, state["content"], state["response_model"])
				}
			}
			if progress, diags := gate(t, s, configuration(nil)); len(diags) > 0 || strings.Join(progress, "|") != "Hello" {
				t.Errorf("the action: %q, %q", progress, diags)
			}
		})
	}
}

// beside has more members in each delta.
func beside(stream, members string) string {
	return strings.NewReplacer(`"delta":{}`, `"delta":{`+members+`}`, `"delta":{`, `"delta":{`+members+`,`).Replace(stream)
}

// encodedTwice has each event's JSON as a JSON text.
func encodedTwice(stream string) string {
	var b strings.Builder
	for event := range strings.SplitSeq(strings.TrimSpace(stream), "\n\n") {
		fmt.Fprintf(&b, "data: %q\n\n", strings.TrimPrefix(event, "data: "))
	}
	return b.String()
}

// The same call of a tool, as servers tell it.
func TestVariants_toolCalls(t *testing.T) {
	t.Parallel()
	const done, arguments = "data: [DONE]\n\n", `"{\"city\":\"Oslo\"}"`
	pieces := func(pieces ...string) string {
		var b strings.Builder
		for _, piece := range pieces {
			b.WriteString(chunk(`"delta":{"tool_calls":[`+piece+`]},"finish_reason":null`, ""))
		}
		return b.String() + chunk(`"delta":{},"finish_reason":"tool_calls"`, "") + done
	}
	message := func(calls string) string {
		return whole(`"message":{"role":"assistant","content":null,"tool_calls":` + calls + `},"finish_reason":"tool_calls"`)
	}
	for name, body := range map[string]string{
		"OpenAI":                      pieces(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}`, `{"index":0,"function":{"arguments":"{\"city\""}}`, `{"index":0,"function":{"arguments":":\"Oslo\"}"}}`),
		"name in each piece":          pieces(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}`, `{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"city\":"}}`, `{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"\"Oslo\"}"}}`),
		"empty in each piece":         pieces(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}`, `{"index":0,"id":"","type":"","function":{"name":"","arguments":"{\"city\":"}}`, `{"index":0,"id":"","type":"","function":{"name":"","arguments":"\"Oslo\"}"}}`),
		"null in each piece":          pieces(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":null}}`, `{"index":0,"id":null,"type":null,"function":{"name":null,"arguments":"{\"city\":\"Oslo\"}"}}`),
		"{} in the head":              pieces(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}`, `{"index":0,"function":{"arguments":"{\"city\":"}}`, `{"index":0,"function":{"arguments":"\"Oslo\"}"}}`),
		"{} in the tail":              pieces(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":`+arguments+`}}`, `{"index":0,"function":{"arguments":""}}`),
		"index from 1":                pieces(`{"index":1,"id":"a","type":"function","function":{"name":"f","arguments":""}}`, `{"index":1,"function":{"arguments":`+arguments+`}}`),
		"index as text":               pieces(`{"index":"0","id":"a","type":"function","function":{"name":"f","arguments":""}}`, `{"index":"0","function":{"arguments":`+arguments+`}}`),
		"null index":                  pieces(`{"index":null,"id":"a","type":"function","function":{"name":"f","arguments":` + arguments + `}}`),
		"whole, again at the end":     pieces(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":`+arguments+`}}`, `{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":`+arguments+`}}`),
		"object":                      pieces(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":{"city":"Oslo"}}}`),
		"reason is stop":              strings.Replace(pieces(`{"index":0,"id":"a","function":{"name":"f","arguments":`+arguments+`}}`), `"tool_calls","`, `"stop","`, 1),
		"beside white space":          chunk(`"delta":{"role":"assistant","content":"\n\n"}`, "") + pieces(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":`+arguments+`}}`),
		"beside thoughts":             chunk(`"delta":{"role":"assistant","reasoning":"Hm"}`, "") + pieces(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":`+arguments+`}}`),
		"in one piece":                message(`[{"id":"a","type":"function","function":{"name":"f","arguments":` + arguments + `}}]`),
		"in one piece, no type":       message(`[{"id":"a","index":0,"function":{"name":"f","arguments":` + arguments + `}}]`),
		"in one piece, no list":       message(`{"id":"a","type":"function","function":{"name":"f","arguments":` + arguments + `}}`),
		"in one piece, an object":     message(`[{"id":"a","type":"function","function":{"name":"f","arguments":{"city":"Oslo"}}}]`),
		"in one piece, odd elements":  message(`[null,{"id":"a","type":"","function":{"name":"f","arguments":` + arguments + `}}]`),
		"in one piece, beside a text": strings.Replace(message(`[{"id":"a","type":"function","function":{"name":"f","arguments":`+arguments+`}}]`), `"content":null`, `"content":"\n"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, next := replying(t)
			next(body)
			for _, streamed := range []bool{false, true} {
				for _, format := range []any{nil, object{"type": "json_object"}} {
					config := configuration(object{"stream": streamed, "tool": tools("f"), "response_format": format})
					config["message"] = []any{object{"role": "user", "content": jsonAnswer}}
					state, diags := reply(t, p, config)
					calls := lookUp(state, strings.Split("choices.0.message.tool_calls", "."))
					call := lookUp(calls, []string{"0"})
					got := fmt.Sprint(lookUp(calls, []string{"#"}), lookUp(call, []string{"id"}), lookUp(call, []string{"type"}), lookUp(call, []string{"function", "name"}), lookUp(call, []string{"function", "arguments"}))
					if want := fmt.Sprint(1.0, "a", "function", "f", `{"city":"Oslo"}`); len(diags) > 0 || got != want {
						t.Errorf("streamed %t, %v: got %s, %q", streamed, format, got, diags)
					}
				}
			}
		})
	}
}

// Thousands of choices, or more of anything in one, are no reason to work for a minute: the beginning is
// kept, and the error says how much there was.
func TestVariants_tooMuch(t *testing.T) {
	t.Parallel()
	many := func(element string, n int) string { return strings.Repeat(element+",", n-1) + element }
	for name, test := range map[string]struct {
		body, says string
		choices    float64
	}{
		"choices":               {`{"id":"c1","choices":[` + many("{}", 2_000) + `]}`, "choices has 2000 elements, of which the first 1000 are taken", 1000},
		"choices, in a stream":  {`data: {"id":"c1","choices":[` + many("{}", 2_000) + "]}\n\ndata: [DONE]\n\n", "more than 1000 choices", 1000},
		"choices, one by one":   {many(`data: {"choices":[{"delta":{"content":"a"}}]}`+"\n\n", 1) + indexes(2000), "more than 1000 choices", 1000},
		"calls":                 {whole(`"message":{"role":"assistant","content":"Hello","tool_calls":[` + many("{}", 100_001) + `]},"finish_reason":"stop"`), "choices[0].message.tool_calls has 100001 elements", 1},
		"as many as can be had": {`{"id":"c1","choices":[` + many(`{"message":{"content":"a"},"finish_reason":"stop"}`, 1000) + `]}`, "", 1000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, next := replying(t)
			next(test.body)
			for _, streamed := range []bool{false, true} {
				state, diags := reply(t, p, configuration(object{"stream": streamed, "fail_on": []any{}}))
				all := strings.Join(diags, "\n")
				if (all == "") != (test.says == "") || !strings.Contains(all, test.says) || lookUp(state, []string{"choices", "#"}) != test.choices {
					t.Errorf("streamed %t: %.500s, %v choices", streamed, all, lookUp(state, []string{"choices", "#"}))
				}
			}
		})
	}
}

// indexes is a stream in which each event begins another choice.
func indexes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `data: {"choices":[{"index":%d,"delta":{"content":"a"}}]}`+"\n\n", i)
	}
	return b.String()
}
