package openapi

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// small has every peculiarity that the real document has.
const small = `{
  "openapi": "3.1.0",
  "paths": {
    "/asks": {
      "post": {
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ask"}}}},
        "responses": {
          "200": {"content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Answer"}},
            "text/event-stream": {"schema": {"$ref": "#/components/schemas/Chunk"}}
          }},
          "404": {"content": {"application/json": {"schema": {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}}}},
          "429": {"$ref": "#/components/responses/Busy"}
        }
      },
      "get": {
        "parameters": [
          {"name": "limit", "in": "query", "schema": {"type": "integer"}},
          {"name": "order", "in": "query", "schema": {"type": "string", "enum": ["asc", "desc"]}},
          {"name": "include[]", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
          {"name": "metadata", "in": "query", "schema": {"type": "object"}}
        ],
        "responses": {"200": {"description": "OK"}}
      }
    },
    "/asks?beta=true": {"get": {"responses": {"200": {"description": "OK"}}}},
    "/asks/{id}": {"get": {"responses": {"200": {"description": "OK"}}}},
    "/peeks": {"get": {
      "responses": {"200": {"content": {"application/json": {"schema": {"type": "object", "properties": {
        "data": {"type": "array", "items": {"$ref": "#/components/schemas/User"}}, "last_id": {"type": "string"}
      }}}}}, "400": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}}},
      "x-oaiMeta": {"examples": [
        {"response": "{\"data\": [{\"role\": \"user\", \"content\": \"x\", \"extra\": 1}, {\"role\": \"user\", \"other\": 2}]}"},
        {"response": "{\"data\": [{\"role\": \"user\", \"content\": \"x\", \"extra\": 1}]}"},
        {"response": "not JSON"}
      ]}
    }},
    "/asks/all": {"get": {"parameters": [{"name": "q", "in": "query", "required": true, "schema": {"type": "string"}}], "responses": {}}},
    "/files": {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": {
      "type": "object", "properties": {"file": {"type": "string", "format": "binary"}, "purpose": {"type": "string"}}}}}}, "responses": {}}}
  },
  "components": {
    "responses": {"Busy": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}}},
    "schemas": {
      "Ask": {"allOf": [
        {"$ref": "#/components/schemas/Common"},
        {"type": "object", "required": ["messages"], "properties": {
          "messages": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}},
          "filter": {"$ref": "#/components/schemas/Filter"},
          "free": {"type": "object"}
        }}
      ]},
      "Common": {"type": "object", "properties": {
        "temperature": {"type": "number", "minimum": 0, "exclusiveMinimum": true, "nullable": true},
        "tier": {"type": "string", "enum": ["a", "b"], "nullable": true},
        "metadata": {"type": "object", "additionalProperties": {"type": "string"}}
      }},
      "Message": {"oneOf": [{"$ref": "#/components/schemas/User"}, {"$ref": "#/components/schemas/Tool"}], "discriminator": {"propertyName": "role"}},
      "User": {"type": "object", "required": ["role", "content"], "properties": {
        "role": {"type": "string", "enum": ["user"]},
        "content": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}}]}
      }},
      "Tool": {"type": "object", "required": ["role", "id"], "properties": {"role": {"type": "string", "enum": ["tool"]}, "id": {"type": "string"}}},
      "Filter": {"$recursiveAnchor": true, "type": "object", "properties": {
        "op": {"type": "string"},
        "filters": {"type": "array", "items": {"$recursiveRef": "#"}}
      }},
      "Answer": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
      "Chunk": {"type": "object", "required": ["delta"], "properties": {"delta": {"type": "string"}}},
      "ErrorResponse": {"type": "object", "required": ["error"], "properties": {"error": {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}}}
    }
  }
}`

func smallDocument(t *testing.T) *Document {
	t.Helper()
	path := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	doc, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// expect compares what a check found, fault by fault, with substrings.
func expect(t *testing.T, found []error, want ...string) {
	t.Helper()
	ok := len(found) == len(want)
	for i := 0; ok && i < len(want); i++ {
		ok = strings.Contains(found[i].Error(), want[i])
	}
	if !ok {
		t.Errorf("found %v\nwant %q", Join(found), want)
	}
}

func TestCheckRequest_body(t *testing.T) {
	t.Parallel()
	doc := smallDocument(t)
	for name, test := range map[string]struct {
		body string
		want []string
	}{
		"valid":                       {`{"messages":[{"role":"user","content":"hi"},{"role":"tool","id":"1"}],"temperature":0.5,"metadata":{"any":"x"}}`, nil},
		"nullable":                    {`{"messages":[],"temperature":null,"tier":null}`, nil},
		"recursion":                   {`{"messages":[],"filter":{"op":"or","filters":[{"op":"and","filters":[]}]}}`, nil},
		"free object":                 {`{"messages":[],"free":{"a":{"b":1}}}`, nil},
		"undeclared at top":           {`{"messages":[],"temprature":1}`, []string{"body at '/temprature': not declared"}},
		"undeclared in chosen branch": {`{"messages":[{"role":"user","content":"hi","id":"1"}]}`, []string{"body at '/messages/0/id': not declared"}},
		"undeclared in nested branch": {`{"messages":[{"role":"user","content":[{"text":"hi","txt":""}]}]}`, []string{"body at '/messages/0/content/0/txt': not declared"}},
		"undeclared under recursion":  {`{"messages":[],"filter":{"filters":[{"filters":[{"opp":""}]}]}}`, []string{"body at '/filter/filters/0/filters/0/opp': not declared"}},
		"wrong type":                  {`{"messages":[],"temperature":"warm"}`, []string{"body at '/temperature': got string, want number"}},
		"wrong type in map":           {`{"messages":[],"metadata":{"a":1}}`, []string{"body at '/metadata/a': got number, want string"}},
		"wrong enum":                  {`{"messages":[],"tier":"c"}`, []string{"body at '/tier': value must be one of 'a', 'b'"}},
		"exclusive minimum":           {`{"messages":[],"temperature":0}`, []string{"body at '/temperature': exclusiveMinimum"}},
		"missing in likely branch":    {`{"messages":[{"role":"tool"}]}`, []string{"body at '/messages/0': missing property 'id'"}},
		"wrong type in likely branch": {`{"messages":[{"role":"tool","id":1,"content":"x"}]}`, []string{"body at '/messages/0/id': got number, want string", "body at '/messages/0/content': not declared"}},
		"missing at top":              {`{}`, []string{"missing property 'messages'"}},
		"no JSON":                     {`{`, []string{"not JSON"}},
		"empty":                       {``, []string{"body: missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, doc.CheckRequest("POST", "/v1/asks", nil, []byte(test.body)), test.want...)
		})
	}
}

func TestCheckRequest_operationAndQuery(t *testing.T) {
	t.Parallel()
	doc := smallDocument(t)
	for request, want := range map[string][]string{
		"/asks?limit=3&order=asc&include[]=a&include[]=b&metadata[k]=v": nil,
		"/v1/asks/abc":          nil,
		"/v1/asks/all?q=x":      nil,
		"/v1/asks?beta=true":    nil,
		"/asks/all":             {"query parameter q: missing"},
		"/asks?limit=many":      {"query parameter limit:"},
		"/asks?order=up":        {"query parameter order:"},
		"/asks?before=x":        {"query parameter before: not declared"},
		"/asks/abc?q=x":         {"query parameter q: not declared"},
		"/asks/abc/def":         {"no such operation"},
		"/asks?limit=3&q[a]=xy": {"query parameter q[a]: not declared"},
	} {
		path, rawQuery, _ := strings.Cut(request, "?")
		query, err := url.ParseQuery(rawQuery)
		if err != nil {
			t.Fatal(err)
		}
		found := doc.CheckRequest("GET", path, query, nil)
		if Join(found) != nil || want != nil {
			expect(t, found, want...)
		}
	}
	expect(t, doc.CheckRequest("DELETE", "/asks", nil, nil), "no such operation")
	expect(t, doc.CheckRequest("GET", "/asks/abc", nil, []byte(`{}`)), "body: the operation takes none")
}

func TestCheckRequest_form(t *testing.T) {
	t.Parallel()
	form := func(names ...string) []byte {
		var b strings.Builder
		for _, name := range names {
			b.WriteString("--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\nv\r\n")
		}
		return []byte(b.String() + "--xyz--\r\n")
	}
	doc := smallDocument(t)
	expect(t, doc.CheckRequest("POST", "/files", nil, form("file", "purpose")))
	expect(t, doc.CheckRequest("POST", "/files", nil, form("file", "porpoise")), "'/porpoise': not declared")
	expect(t, doc.CheckRequest("POST", "/files", nil, []byte(`{"file":""}`)), "not multipart/form-data")
}

func TestCheckResponse(t *testing.T) {
	t.Parallel()
	doc := smallDocument(t)
	for name, test := range map[string]struct {
		path   string
		status int
		body   string
		want   []string
	}{
		"valid":                     {"/v1/asks", 200, `{"id":"1"}`, nil},
		"undeclared":                {"/v1/asks", 200, `{"id":"1","idd":"1"}`, []string{"'/idd': not declared"}},
		"missing":                   {"/v1/asks", 200, `{}`, []string{"missing property 'id'"}},
		"unlisted status":           {"/v1/asks", 201, `{}`, []string{"no such status"}},
		"listed error":              {"/v1/asks", 429, `{"error":{"message":"slow down"}}`, nil},
		"error that is listed bare": {"/v1/asks", 404, `{"error":{"message":"none"}}`, nil},
		"no error":                  {"/v1/asks", 404, `{}`, []string{"missing property 'message'"}},
		"unlisted error":            {"/v1/asks", 500, `{"error":{"message":"sorry"}}`, nil},
		"error of an unknown path":  {"/v1/other", 404, `{"error":{"message":"what?"}}`, nil},
		"error of another shape":    {"/v1/asks", 500, `{"message":"sorry"}`, []string{"missing property 'error'", "'/message': not declared"}},
		"answer of an unknown path": {"/v1/other", 200, `{}`, []string{"no such operation"}},
		"events":                    {"/v1/asks", 200, "data: {\"delta\":\"a\"}\n\nevent: x\ndata: {\"delta\":\"b\"}\n\ndata: [DONE]\n\n", nil},
		"wrong event":               {"/v1/asks", 200, "data: {\"delta\":\"a\"}\n\ndata: {\"delta\":2}\n\n", []string{"event 1: body at '/delta'"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, doc.CheckResponse("POST", test.path, test.status, []byte(test.body)), test.want...)
		})
	}
}

func TestCheckResponse_knowsTheDocumentsOwnFaults(t *testing.T) {
	t.Parallel()
	doc := smallDocument(t)
	for name, test := range map[string]struct {
		status int
		body   string
		want   []string
	}{
		"a fault of each example":     {200, `{"data":[{"role":"user","content":"x"},{"role":"user","content":"x","extra":3}]}`, nil},
		"a fault of some examples":    {200, `{"data":[{"role":"user","content":"x","other":3}]}`, []string{"'/data/0/other': not declared"}},
		"the same fault elsewhere":    {200, `{"data":[],"extra":1}`, []string{"'/extra': not declared"}},
		"a fault of no example":       {200, `{"data":[{"role":"user"}]}`, []string{"missing property 'content'"}},
		"a gap that is listed":        {200, `{"data":[],"last_id":null}`, nil},
		"what is no gap":              {200, `{"data":[],"last_id":1}`, []string{"'/last_id': got number, want string"}},
		"an error is no such example": {400, `{"data":[{"role":"user","content":"x","extra":1}]}`, []string{"missing property 'error'", "'/data': not declared"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, doc.CheckResponse("GET", "/peeks", test.status, []byte(test.body)), test.want...)
		})
	}
}

func TestAbsent_isHeldAgainstNothingButTheShapeOfErrors(t *testing.T) {
	t.Parallel()
	doc := smallDocument(t)
	expect(t, doc.CheckRequest("POST", "/v1/webhook_endpoints/whe_1/test", nil, []byte(`{"event_type":"x"}`)))
	expect(t, doc.CheckRequest("GET", "/webhook_endpoints", url.Values{"limit": {"2"}}, nil))
	expect(t, doc.CheckResponse("GET", "/v1/webhook_event_types", 200, []byte(`{"data":[]}`)))
	expect(t, doc.CheckResponse("GET", "/v1/webhook_endpoints/whe_1", 404, []byte(`{"message":"no"}`)), "missing property 'error'", "'/message': not declared")
	expect(t, doc.CheckRequest("PUT", "/v1/webhook_endpoints/whe_1", nil, nil), "no such operation")
	expect(t, doc.CheckRequest("GET", "/v1/webhook_endpoints/whe_1/other", nil, nil), "no such operation")
}

func TestNilDocument_findsNoFault(t *testing.T) {
	t.Parallel()
	var doc *Document
	expect(t, doc.CheckRequest("POST", "/nowhere", nil, []byte(`{`)))
	expect(t, doc.CheckResponse("POST", "/nowhere", 200, []byte(`{`)))
}

func TestLoad_refusesOtherJSON(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "other.json")
	if err := os.WriteFile(path, []byte(`{"paths":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil {
		t.Error("no error")
	}
}

// The real document: every request schema compiles, and chat bodies are judged well.
func TestShared(t *testing.T) {
	doc := Shared(t)
	if doc == nil {
		t.Skip("no OpenAPI document")
	}
	for _, op := range doc.operations {
		for status, response := range object(op.raw["responses"]) {
			for media, content := range object(doc.resolve(response)["content"]) {
				if schema := object(content)["schema"]; schema != nil && !op.pinned.Has("beta") {
					if _, err := doc.schema(op.key+" "+status+" "+media, schema); err != nil {
						t.Errorf("%s %s: %s", op.key, status, err)
					}
				}
			}
		}
		body := object(object(doc.resolve(op.raw["requestBody"])["content"])["application/json"])["schema"]
		if body == nil || op.pinned.Has("beta") {
			continue
		}
		if _, err := doc.schema(op.key+" request", body); err != nil {
			t.Errorf("%s: %s", op.key, err)
		}
	}
	for name, test := range map[string]struct {
		body string
		want []string
	}{
		"valid": {`{"model":"gpt-4","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"t"}]}],
			"temperature":0,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","anything":1}}}],
			"tool_choice":{"type":"function","function":{"name":"f"}},"logit_bias":{"50256":-100},"stop":["a"],"store":true,
			"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}}}`, nil},
		"unknown nested field": {`{"model":"gpt-4","messages":[{"role":"user","content":"t"}],"tools":[{"type":"function","function":{"name":"f","params":{}}}]}`,
			[]string{"'/tools/0/function/params': not declared"}},
		"field of another role": {`{"model":"gpt-4","messages":[{"role":"user","content":"t","tool_call_id":"x"}]}`,
			[]string{"'/messages/0/tool_call_id': not declared"}},
		"wrong type": {`{"model":"gpt-4","messages":[{"role":"user","content":"t"}],"max_tokens":"100"}`,
			[]string{"'/max_tokens': got string"}},
		"wrong enum": {`{"model":"gpt-4","messages":[{"role":"user","content":"t"}],"response_format":{"type":"xml"}}`,
			[]string{"'/response_format/type'"}},
		"wrong role": {`{"model":"gpt-4","messages":[{"role":"uzer","content":"t"}]}`,
			[]string{"'/messages/0/role'"}},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, doc.CheckRequest("POST", "/v1/chat/completions", nil, []byte(test.body)), test.want...)
		})
	}
	expect(t, doc.CheckRequest("GET", "/v1/chat/completions", url.Values{"limit": {"2"}, "metadata[a]": {"b"}}, nil))
	expect(t, doc.CheckResponse("POST", "/v1/chat/completions", 401, []byte(`{"error":{"message":"m","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`)))
	expect(t, doc.CheckResponse("POST", "/v1/chat/completions", 200, []byte(`{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4",
		"choices":[{"index":0,"finish_reason":"stop","logprobs":null,"message":{"role":"assistant","content":"c","refusal":null,"annotations":[]}}],
		"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`)))
	expect(t, doc.CheckResponse("POST", "/v1/embeddings", 200, []byte(`{"object":"list","model":"m","data":[
		{"object":"embedding","index":0,"embedding":"AAAAAA=="},{"object":"embedding","index":1,"embedding":[0.5]},{"object":"embedding","index":2,"embedding":7}
		],"usage":{"prompt_tokens":1,"total_tokens":1}}`)), "'/data/2/embedding': got number")
	stored := `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4","request_id":"req_1","seed":null,
		"choices":[{"index":0,"finish_reason":"stop","logprobs":null,"message":{"role":"assistant","content":"c","refusal":null,"annotations":[]}}]}`
	expect(t, doc.CheckResponse("GET", "/v1/chat/completions/chatcmpl-1", 200, []byte(stored)))
	expect(t, doc.CheckResponse("POST", "/v1/chat/completions", 200, []byte(stored)), "'/request_id': not declared", "'/seed': not declared")
}
