package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestResponses_goOn(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now})
	first := r.response(responding("My name is Ada.", `"instructions":"Be brief."`))
	second := r.response(responding("And you?", fmt.Sprintf(`"previous_response_id":%q`, first.id())))
	equal(t, "said", second.said(), "Emulated answer to: And you? (turn 2)") // instructions are not inherited
	equal(t, "previous", second.get("previous_response_id"), first.id())
	alone := r.response(responding("And you?"))
	more := second.get("usage", "input_tokens").(float64) - alone.get("usage", "input_tokens").(float64)
	if more < 10 {
		t.Errorf("earlier items count %v tokens", more)
	}
	third := r.response(responding("Ok", fmt.Sprintf(`"previous_response_id":%q`, second.id())))
	equal(t, "said", third.said(), "Emulated answer to: Ok (turn 3)")
	r.do("DELETE", "/v1/responses/"+first.id(), "")
	equal(t, "without the first", r.response(responding("Ok", fmt.Sprintf(`"previous_response_id":%q`, second.id()))).said(), third.said())
	gone := r.do("POST", "/v1/responses", responding("Hi", fmt.Sprintf(`"previous_response_id":%q`, first.id())))
	refused(t, "deleted", gone, 400, "Previous response with id '"+first.id()+"' not found.")
	equal(t, "code", gone.get("error", "code"), "previous_response_not_found")
	now.advance(30 * 24 * time.Hour)
	refused(t, "old", r.do("POST", "/v1/responses", responding("Hi", fmt.Sprintf(`"previous_response_id":%q`, third.id()))), 400, "not found")
}

func TestResponses_toolLoop(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	asked := r.response(thinking("Weather in Boston?", functionTools))
	equal(t, "kinds", asked.kinds(), "reasoning function_call")
	call, _ := asked.get("output", 1, "call_id").(string)
	result := fmt.Sprintf(`{"type":"function_call_output","call_id":%q,"output":"sunny"}`, call)
	told := r.response(fmt.Sprintf(`{"model":"o3","previous_response_id":%q,"input":[%s],%s}`, asked.id(), result, functionTools))
	equal(t, "said", told.said(), "According to get_weather: sunny")

	question := `{"role":"user","content":"Weather in Boston?"}`
	thought, called := fmt.Sprintf(`{"type":"reasoning","id":%q,"summary":[]}`, asked.get("output", 0, "id")),
		fmt.Sprintf(`{"type":"function_call","id":%q,"call_id":%q,"name":"get_weather","arguments":"{}"}`, asked.get("output", 1, "id"), call)
	input := func(items ...string) string {
		return `{"model":"o3","input":[` + strings.Join(items, ",") + `],` + functionTools + `}`
	}
	equal(t, "told again", r.response(input(question, thought, called, result)).said(), "According to get_weather: sunny")
	referred := func(i int) string {
		return fmt.Sprintf(`{"type":"item_reference","id":%q}`, asked.get("output", i, "id"))
	}
	equal(t, "by reference", r.response(input(question, referred(0), referred(1), result)).said(), "According to get_weather: sunny")
	for name, test := range map[string]struct {
		body, message string
		status        int
	}{
		"no output":  {input(question, thought, called), "No tool output found for function call " + call + ".", 400},
		"no call":    {input(question, result), "No tool call found for function call output with call_id " + call + ".", 400},
		"no thought": {input(question, called, result), "was provided without its required 'reasoning' item: 'rs_", 400},
		"no action":  {input(question, thought), "of type 'reasoning' was provided without its required following item.", 400},
		"unanswered": {fmt.Sprintf(`{"model":"o3","previous_response_id":%q,"input":"Hi"}`, asked.id()), "No tool output found for function call " + call, 400},
		"unknown thought": {input(question, `{"type":"reasoning","id":"rs_x","summary":[]}`, `{"role":"assistant","content":"x"}`),
			"Item with id 'rs_x' not found. Items are not persisted when `store` is set to false.", 404},
		"unknown reference": {input(question, `{"type":"item_reference","id":"msg_x"}`), "Item with id 'msg_x' not found.", 404},
	} {
		refused(t, name, r.do("POST", "/v1/responses", test.body), test.status, test.message)
	}

	unstored := r.response(thinking("Weather in Boston?", `"store":false,"include":["reasoning.encrypted_content"]`, functionTools))
	call, _ = unstored.get("output", 1, "call_id").(string)
	again := r.response(input(question,
		fmt.Sprintf(`{"type":"reasoning","id":%q,"summary":[],"encrypted_content":%q}`, unstored.get("output", 0, "id"), unstored.get("output", 0, "encrypted_content")),
		fmt.Sprintf(`{"type":"function_call","call_id":%q,"name":"get_weather","arguments":"{}"}`, call),
		fmt.Sprintf(`{"type":"function_call_output","call_id":%q,"output":"rain"}`, call)))
	equal(t, "encrypted", again.said(), "According to get_weather: rain")
}

func TestResponses_inConversation(t *testing.T) {
	t.Parallel()
	now := newClock()
	r := start(t, emulator.Options{Now: now.Now, ResponseTime: time.Minute})
	conversation := r.do("POST", "/v1/conversations", `{"items":[{"role":"user","content":"My name is Ada."}]}`).id()
	items := func() []string { return r.do("GET", "/v1/conversations/"+conversation+"/items?order=asc", "").ids() }
	in := fmt.Sprintf(`"conversation":%q`, conversation)
	said := r.response(responding("And you?", in))
	equal(t, "said", said.said(), "Emulated answer to: And you? (turn 2)")
	equal(t, "conversation", said.get("conversation"), map[string]any{"id": conversation})
	equal(t, "items", len(items()), 3)
	equal(t, "last", items()[2], said.get("output", 0, "id"))
	equal(t, "as an object", r.response(responding("So?", fmt.Sprintf(`"store":false,"conversation":{"id":%q}`, conversation))).said(),
		"Emulated answer to: So? (turn 3)")
	equal(t, "items", len(items()), 5)

	slow := r.response(responding("Slowly", `"background":true`, in))
	equal(t, "not yet", len(items()), 5)
	now.advance(time.Minute)
	equal(t, "by now", len(items()), 7)
	equal(t, "status", r.do("GET", "/v1/responses/"+slow.id(), "").get("status"), "completed")
	stopped := r.response(responding("Never", `"background":true`, in))
	r.do("POST", "/v1/responses/"+stopped.id()+"/cancel", "")
	now.advance(time.Minute)
	equal(t, "never", len(items()), 7)

	refused(t, "both", r.do("POST", "/v1/responses", responding("Hi", in, fmt.Sprintf(`"previous_response_id":%q`, said.id()))), 400,
		"Mutually exclusive parameters. Ensure you are only providing one of: 'previous_response_id' or 'conversation'.")
	refused(t, "none", r.do("POST", "/v1/responses", responding("Hi", `"conversation":"conv_x"`)), 404, "Conversation with id 'conv_x' not found.")
}

func TestResponses_inputItems(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	made := r.response(`{"model":"gpt-4o","input":[{"role":"developer","content":"Be brief."},
		{"role":"user","content":[{"type":"input_text","text":"What is it?"},{"type":"input_image","image_url":"https://example.com/a.png"}]},
		{"role":"assistant","content":"A cat."},{"type":"custom_tool_call","call_id":"c","name":"shell","input":"ls"},
		{"type":"custom_tool_call_output","call_id":"c","output":"none"},{"role":"user","content":"Sure?"}]}`)
	path := "/v1/responses/" + made.id() + "/input_items"
	listed := r.do("GET", path, "")
	equal(t, "newest first", listed.get("data", 0, "content"), []any{map[string]any{"type": "input_text", "text": "Sure?"}})
	ids := r.do("GET", path+"?order=asc", "").ids()
	equal(t, "all", len(ids), 6)
	page := r.do("GET", path+"?order=asc&limit=2&after="+ids[0], "")
	equal(t, "page", page.ids(), ids[1:3])
	equal(t, "more", page.get("has_more"), true)
	refused(t, "too many", r.do("GET", path+"?limit=101", ""), 400, "Expected a value <= 100")
	refused(t, "none", r.do("GET", "/v1/responses/resp_x/input_items", ""), 404, "Response with id 'resp_x' not found.")
}

func TestResponses_inputTokens(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	for _, body := range []string{
		responding("Tell me a joke.", `"instructions":"Be brief."`), responding("Weather?", functionTools),
		responding("Which?", `"text":{"format":{"type":"json_schema","name":"x","schema":{"type":"object"}}}`),
	} {
		want := r.response(body).get("usage", "input_tokens")
		got := r.do("POST", "/v1/responses/input_tokens", body)
		equal(t, "count", got.json, map[string]any{"object": "response.input_tokens", "input_tokens": want})
	}
	equal(t, "without a model", r.do("POST", "/v1/responses/input_tokens", `{"input":"Hi"}`).status, 200)
	refused(t, "unknown", r.do("POST", "/v1/responses/input_tokens", `{"input":"Hi","store":true}`), 400, "Unknown parameter: 'store'.")
	equal(t, "billed", r.Made(), 3)
}

func TestResponses_inBatches(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{BatchTokens: 1000})
	path := r.batch("/v1/responses", taskFor("a", "/v1/responses", responding("Reply with exactly: one")),
		taskFor("b", "/v1/responses", responding("Hi", `"nonsense":1`)), taskFor("c", "/v1/responses", responding("Reply with exactly: two")))
	done := r.do("GET", path, "")
	equal(t, "counts", done.get("request_counts"), map[string]any{"total": 3.0, "completed": 2.0, "failed": 1.0})
	lines, _ := r.lines(done, "output_file_id")
	equal(t, "said", lines["a"].get("response", "body", "output", 0, "content", 0, "text"), "one")
	errored, _ := r.lines(done, "error_file_id")
	equal(t, "error", errored["b"].get("response", "body", "error", "message"), "Unknown parameter: 'nonsense'.")
	equal(t, "stored", len(r.Objects("responses")), 2)
	usage := lines["a"].get("response", "body", "usage", "total_tokens").(float64) + lines["c"].get("response", "body", "usage", "total_tokens").(float64)
	equal(t, "usage", done.get("usage", "total_tokens"), usage)
	equal(t, "billed", r.MadeInBatches(), 2)
	big := r.do("GET", r.batch("/v1/responses", taskFor("a", "/v1/responses", responding(strings.Repeat("one ", 2000)))), "")
	equal(t, "too big", big.get("errors", "data", 0, "code"), "token_limit_exceeded")
}
