package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// functionTools are a function and a custom tool.
const functionTools = `"tools":[{"type":"function","name":"get_weather","description":"Weather of a place","strict":null,"parameters":{` +
	`"type":"object","properties":{"location":{"type":"string"}},"required":["location"],"additionalProperties":false}},` +
	`{"type":"custom","name":"shell","description":"Runs a command"}]`

// thinking is responding with a model that reasons.
func thinking(input string, more ...string) string {
	return strings.Replace(responding(input, more...), "gpt-4o", "o3", 1)
}

// library makes a vector store of files, by name, and returns its id.
func (r *rig) library(files map[string]string) string {
	r.t.Helper()
	id := r.do("POST", "/v1/vector_stores", `{"name":"library"}`).id()
	for name, text := range files {
		file := r.form("/v1/files", "purpose", "assistants", "file:"+name, text).id()
		r.do("POST", "/v1/vector_stores/"+id+"/files", `{"file_id":"`+file+`","attributes":{"name":"`+name+`"}}`)
	}
	return id
}

func TestResponses_fileSearch(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	store := r.library(map[string]string{"dragons.md": "Brown dragons live in deserts.", "cats.md": "Cats sleep all day."})
	tool := `{"type":"file_search","vector_store_ids":["` + store + `"]}`
	got := r.response(responding("Where do brown dragons live?", `"tools":[`+tool+`]`))
	equal(t, "kinds", got.kinds(), "file_search_call message")
	equal(t, "queries", got.get("output", 0, "queries"), []any{"Where do brown dragons live?"})
	equal(t, "results", got.get("output", 0, "results"), nil)
	equal(t, "said", got.said(), "According to dragons.md: Brown dragons live in deserts.")
	equal(t, "citations", got.get("output", 1, "content", 0, "annotations", 1), "no item 1")
	equal(t, "cited", got.get("output", 1, "content", 0, "annotations", 0, "filename"), "dragons.md")
	equal(t, "cited at", got.get("output", 1, "content", 0, "annotations", 0, "index"), len(got.said()))
	equal(t, "tool", got.get("tools", 0), map[string]any{"type": "file_search", "vector_store_ids": []any{store}, "filters": nil, "max_num_results": 20.0,
		"ranking_options": map[string]any{"ranker": "auto", "score_threshold": 0.0}})

	shown := r.response(responding("Where do brown dragons live?", `"include":["file_search_call.results"],"tools":[`+tool+`]`))
	equal(t, "result", shown.get("output", 0, "results", 0, "text"), "Brown dragons live in deserts.")
	equal(t, "attributes", shown.get("output", 0, "results", 0, "attributes"), map[string]any{"name": "dragons.md"})
	path := "/v1/responses/" + got.id()
	equal(t, "shown later", r.do("GET", path+"?include[]=file_search_call.results", "").get("output", 0, "results", 0, "filename"), "dragons.md")
	equal(t, "not shown", r.do("GET", path, "").get("output", 0, "results"), nil)

	other := strings.Replace(tool, "}", `,"filters":{"type":"eq","key":"name","value":"cats.md"}}`, 1)
	equal(t, "filtered", r.response(responding("Where do dragons live?", `"tools":[`+other+`]`)).said(), "Emulated answer to: Where do dragons live?")
	none := r.response(responding("Where do dragons live?", `"tool_choice":"none","tools":[`+tool+`]`))
	read := r.response(responding("Where do dragons live?", `"tools":[`+tool+`]`)).get("usage", "input_tokens").(float64)
	if read -= none.get("usage", "input_tokens").(float64); read < 5 {
		t.Errorf("what was found counts %v tokens", read)
	}
	equal(t, "not allowed", none.kinds(), "message")
	refused(t, "no store", r.do("POST", "/v1/responses", responding("Hi", `"tools":[{"type":"file_search","vector_store_ids":["vs_x"]}]`)),
		404, "Vector store with id [vs_x] not found.")
}

func TestResponses_hostedTools(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	web := r.response(responding("Any news?", `"tools":[{"type":"web_search","user_location":{"type":"approximate","city":"Paris"}}]`))
	equal(t, "kinds", web.kinds(), "web_search_call message")
	equal(t, "query", web.get("output", 0, "action", "query"), "Any news?")
	equal(t, "sources", web.get("output", 0, "action", "sources"), "absent")
	equal(t, "location", web.get("tools", 0, "user_location"), map[string]any{
		"type": "approximate", "city": "Paris", "country": "US", "region": nil, "timezone": nil})
	at, _ := web.get("output", 1, "content", 0, "annotations", 0).(map[string]any)
	from, to := int(at["start_index"].(float64)), int(at["end_index"].(float64))
	equal(t, "cited", web.said()[from:to], fmt.Sprintf("([example.com](%s))", at["url"]))
	sources := r.response(responding("Any news?", `"include":["web_search_call.action.sources"],"tools":[{"type":"web_search"}]`))
	equal(t, "source", sources.get("output", 0, "action", "sources", 0, "url"), at["url"])

	const interpreter = `"tools":[{"type":"code_interpreter","container":{"type":"auto"}}]`
	code := r.response(responding("Calculate 6 * 7", `"include":["code_interpreter_call.outputs"],`+interpreter))
	equal(t, "kinds", code.kinds(), "code_interpreter_call message")
	equal(t, "logs", code.get("output", 0, "outputs", 0, "logs"), "6 * 7 = 42\n")
	equal(t, "hidden", r.response(responding("Calculate 6 * 7", interpreter)).get("output", 0, "outputs"), nil)
	equal(t, "not wanted", r.response(responding("Hello", interpreter)).kinds(), "message")
	equal(t, "demanded", r.response(responding("Hello", `"tool_choice":{"type":"code_interpreter"},`+interpreter)).kinds(), "code_interpreter_call message")
	equal(t, "container", r.response(responding("Calculate 6 * 7", `"tools":[{"type":"code_interpreter","container":"cntr_1"}]`)).
		get("output", 0, "container_id"), "cntr_1")
	const all = `"tools":[{"type":"web_search"},{"type":"code_interpreter","container":{"type":"auto"}}]`
	equal(t, "one call", r.response(responding("Calculate 6 * 7", `"max_tool_calls":1,`+all)).kinds(), "web_search_call message")
	r.foreign = true // as the document has it, a tool has one name
	other := r.response(responding("Hi", `"tools":[{"type":"namespace","name":["a"],"tools":7}]`))
	equal(t, "other tools", other.kinds(), "message")
	equal(t, "as it was", other.get("tools", 0), map[string]any{"type": "namespace", "name": []any{"a"}, "tools": 7.0})
}

func TestResponses_mcp(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	const server = `{"type":"mcp","server_label":"wiki","server_url":"https://example.com/secret/path","authorization":"sk-secret",` +
		`"headers":{"X-Key":"sk-secret"},"allowed_tools":["ask","search"]`
	asked := r.response(responding("Search the wiki", `"tools":[`+server+`}]`))
	equal(t, "kinds", asked.kinds(), "mcp_list_tools mcp_approval_request")
	equal(t, "tools", asked.get("output", 0, "tools", 1, "name"), "search")
	equal(t, "name", asked.get("output", 1, "name"), "search")
	equal(t, "secret", strings.Contains(asked.text, "secret"), false)
	equal(t, "echoed", asked.get("tools", 0, "server_url"), "https://example.com/<redacted>")

	answer := func(approve bool) response {
		return r.response(fmt.Sprintf(`{"model":"gpt-4o","previous_response_id":%q,"tools":[%s}],"input":[
			{"type":"mcp_approval_response","approve":%v,"approval_request_id":%q}]}`, asked.id(), server, approve, asked.get("output", 1, "id")))
	}
	called := answer(true)
	equal(t, "kinds", called.kinds(), "mcp_call message")
	equal(t, "approved by", called.get("output", 0, "approval_request_id"), asked.get("output", 1, "id"))
	equal(t, "said", called.said(), "According to wiki: Emulated result of search for: Search the wiki")
	equal(t, "denied", answer(false).kinds(), "message")
	later := r.response(responding("Thanks", fmt.Sprintf(`"previous_response_id":%q,"tools":[%s}]`, called.id(), server)))
	equal(t, "approved once", later.kinds(), "message")

	free := r.response(responding("Search the wiki", `"tools":[`+server+`,"require_approval":{"never":{"tool_names":["search"]}}}]`))
	equal(t, "never", free.kinds(), "mcp_list_tools mcp_call message")
	equal(t, "not asked for", r.response(responding("Hello", `"tools":[`+server+`}]`)).kinds(), "mcp_list_tools message")
	demanded := r.response(responding("Hello", `"tool_choice":{"type":"mcp","server_label":"wiki"},"tools":[`+server+`,"require_approval":"never"}]`))
	equal(t, "demanded", demanded.kinds(), "mcp_list_tools mcp_call message")
}
