package client

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestParseError(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		want errorBody
	}{
		"OpenAI":             {`{"error":{"message":"m","type":"t","code":"c","param":"p"}}`, errorBody{"m", "t", "c", "p"}},
		"OpenAI, nulls":      {`{"error":{"message":"m","type":"t","code":null,"param":null}}`, errorBody{"m", "t", "", ""}},
		"code is a number":   {`{"error":{"message":"m","type":"t","code":404}}`, errorBody{"m", "t", "404", ""}},
		"a big number":       {`{"error":{"message":"m","code":12345678901234567890}}`, errorBody{"m", "", "12345678901234567890", ""}},
		"plain string":       {`{"error":"boom"}`, errorBody{"boom", "", "", ""}},
		"string and message": {`{"error":"Unauthorized","message":"no key"}`, errorBody{"no key", "Unauthorized", "", ""}},
		"OAuth":              {`{"error":"invalid_token","error_description":"expired"}`, errorBody{"expired", "invalid_token", "", ""}},
		"true and message":   {`{"error":true,"message":"m"}`, errorBody{"m", "", "", ""}},
		"vLLM":               {`{"object":"error","message":"m","type":"BadRequestError","param":null,"code":400}`, errorBody{"m", "BadRequestError", "400", ""}},
		"FastAPI, string":    {`{"detail":"Not Found"}`, errorBody{"Not Found", "", "", ""}},
		"FastAPI, list":      {`{"detail":[{"loc":["body","messages",0,"role"],"msg":"field required","type":"value_error.missing"}]}`, errorBody{"field required", "value_error.missing", "", "messages[0].role"}},
		"FastAPI, longer list": {`{"detail":[{"loc":["body","a"],"msg":"x","type":"t"},{"loc":["body","b"],"msg":"y"}]}`,
			errorBody{"a: x; b: y", "t", "", "a"}},
		"message":         {`{"message":"m"}`, errorBody{"m", "", "", ""}},
		"message in one":  {`{"message":{"message":"m","code":"c"}}`, errorBody{"m", "", "c", ""}},
		"API Management":  {`{"statusCode":401,"message":"Access denied"}`, errorBody{"Access denied", "", "401", ""}},
		"Azure":           {`{"error":{"code":"DeploymentNotFound","message":"The API deployment does not exist."}}`, errorBody{"The API deployment does not exist.", "", "DeploymentNotFound", ""}},
		"Azure, filter":   {`{"error":{"message":"filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}`, errorBody{"filtered", "", "content_filter", "prompt"}},
		"Gemini":          {`[{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}]`, errorBody{"bad", "", "400", ""}},
		"Cloudflare":      {`{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}`, errorBody{"Authentication error", "", "10000", ""}},
		"OpenRouter":      {`{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"overloaded","provider_name":"p"}}}`, errorBody{"Provider returned error: overloaded", "", "502", ""}},
		"problem+json":    {`{"type":"about:blank","title":"Conflict","detail":"busy","status":409}`, errorBody{"busy", "about:blank", "", ""}},
		"Responses event": {`{"type":"error","code":"server_error","message":"m","param":null}`, errorBody{"m", "error", "server_error", ""}},
		"MiniMax":         {`{"id":"0448","choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}`, errorBody{"insufficient balance", "", "1008", ""}},
		"Baidu":           {`{"error_code":336003,"error_msg":"the max input"}`, errorBody{"the max input", "", "336003", ""}},
		"DashScope":       {`{"code":"InvalidApiKey","message":"m","request_id":"r"}`, errorBody{"m", "", "InvalidApiKey", ""}},
		"camel case":      {`{"errorMessage":"m","errorCode":"c","errorType":"t"}`, errorBody{"m", "t", "c", ""}},
		"of two, its own": {`{"Message":"b","message":"a","MESSAGE":"c"}`, errorBody{"a", "", "", ""}},
		"of two others":   {`{"Error_Msg":"b","ErrorMsg":"a"}`, errorBody{"a", "", "", ""}},
		"a string":        {`"just text"`, errorBody{"just text", "", "", ""}},
		"a number":        {`17`, errorBody{}},
		"nothing known":   {`{"a":1}`, errorBody{}},
		"empty":           {``, errorBody{}},
		"not JSON":        {`<html>`, errorBody{}},
		"half":            {`{"error":{"message":"m"`, errorBody{}},
	} {
		if got := parseError([]byte(tt.body)); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func fakeCall(t testing.TB, s Settings, method string) *call {
	t.Helper()
	c, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return c.newCall(t.Context(), Request{Method: method, Path: "chat/completions", Costs: method == http.MethodPost})
}

func TestDetail_byAnswer(t *testing.T) {
	t.Parallel()
	openAI := Settings{APIKey: testKey, MaxRetries: 2}
	other := Settings{APIKey: testKey, MaxRetries: 2, BaseURL: "https://llm.example/api"}
	said := func(message, code string) string {
		body, _ := json.Marshal(map[string]any{"error": map[string]any{"message": message, "code": code, "type": "kind", "param": nil}})
		return string(body)
	}
	for name, tt := range map[string]struct {
		settings Settings
		request  Request
		status   int
		header   http.Header
		body     string
		line     string
		text     []string
		not      string // what the text must not say; "" = anything
	}{
		"401": {
			settings: openAI, status: 401, body: said("Incorrect API key provided", "invalid_api_key"),
			line: "401 Unauthorized: Incorrect API key provided (invalid_api_key, request ID req_1)",
			text: []string{"The API said: Incorrect API key provided", "Status: 401 Unauthorized", "Type: kind", "Code: invalid_api_key", "Request ID: req_1", "OPENAI_API_KEY", "api_key in the provider block", "platform.openai.com"},
		},
		"401, own key":      {settings: openAI, request: Request{APIKey: "sk-own-key"}, status: 401, body: said("m", ""), text: []string{"the api_key of this block"}},
		"401, admin":        {settings: Settings{APIKey: testKey, AdminAPIKey: "sk-admin-key"}, request: Request{Admin: true}, status: 401, body: said("m", ""), text: []string{"admin_api_key", "OPENAI_ADMIN_KEY", "organization/admin-keys"}, not: "OPENAI_API_KEY"},
		"403, admin":        {settings: Settings{APIKey: testKey, AdminAPIKey: "sk-admin-key"}, request: Request{Admin: true}, status: 403, body: said("m", ""), text: []string{"admin_api_key", "permissions"}, not: "region"},
		"401, header":       {settings: Settings{Headers: map[string]string{"Authorization": "Basic abcdef"}}, status: 401, body: said("m", ""), text: []string{"provider's headers"}},
		"401, none":         {settings: Settings{BaseURL: "http://localhost:1/v1"}, status: 401, body: said("m", ""), text: []string{"none was given", "(base_url) is http://localhost:1/v1."}},
		"401, organization": {settings: Settings{APIKey: testKey, Organization: "org-1"}, status: 401, body: said("No such organization", "invalid_organization"), text: []string{"organization and project"}},
		"402":               {settings: other, status: 402, body: said("Insufficient credits", ""), text: []string{"out of credit"}},
		"403":               {settings: openAI, status: 403, body: said("m", ""), text: []string{"permissions", "project", "region"}},
		"403, country":      {settings: openAI, status: 403, body: said("m", "unsupported_country_region_territory"), text: []string{"country"}},
		"404, model":        {settings: openAI, status: 404, body: said("The model `gpt-9` does not exist", "model_not_found"), text: []string{"name of the model", "access"}},
		"404, model, other": {settings: other, status: 404, body: said("model not found", ""), text: []string{"name of the model", "base_url (https://llm.example/api)"}},
		"404, object":       {settings: openAI, request: Request{Existing: true}, status: 404, body: said("No file with ID x", ""), text: []string{"deleted"}},
		"404, create":       {settings: openAI, status: 404, body: said("Not found", ""), text: []string{"may not offer this part of the API"}, not: "deleted"},
		"404, create else":  {settings: Settings{BaseURL: "https://llm.example/v1"}, status: 404, body: said("Not found", ""), text: []string{"base_url (https://llm.example/v1): the server may not offer this part of the API."}, not: "deleted"},
		"404, object else":  {settings: Settings{BaseURL: "https://llm.example/v1"}, request: Request{Existing: true}, status: 404, body: said("Not found", ""), text: []string{"or the object may have been deleted."}},
		"404, path":         {settings: other, status: 404, body: `{"detail":"Not Found"}`, text: []string{"The API said: Not Found", "base_url (https://llm.example/api)", "ends in /v1"}},
		"405":               {settings: other, status: 405, body: `{"detail":"Method Not Allowed"}`, text: []string{"ends in /v1"}},
		"400, param":        {settings: openAI, status: 400, body: `{"error":{"message":"bad","param":"messages[0].role"}}`, text: []string{"Parameter: messages[0].role", "Correct messages[0].role."}},
		"400":               {settings: openAI, status: 400, body: said("bad", ""), text: []string{"as the message says"}},
		"400, context":      {settings: openAI, status: 400, body: said("too long", "context_length_exceeded"), text: []string{"Shorten the input"}},
		"400, filter":       {settings: openAI, status: 400, body: said("filtered", "content_filter"), text: []string{"Change the input"}},
		"422":               {settings: other, status: 422, body: `{"detail":[{"loc":["body","n"],"msg":"not a number","type":"int"}]}`, text: []string{"not a number", "Correct n."}},
		"409":               {settings: openAI, status: 409, body: said("busy", ""), text: []string{"later"}},
		"413":               {settings: other, status: 413, header: http.Header{"Content-Type": {"text/html"}}, body: "<h1>413 Request Entity Too Large</h1>", text: []string{"text/html", "413 Request Entity Too Large", "send less at a time"}},
		"429":               {settings: openAI, status: 429, header: http.Header{"Retry-After": {"120"}}, body: said("Rate limit reached", "rate_limit_exceeded"), text: []string{"-parallelism", "max_retries (2 now)", "wait 2m0s"}},
		"429, quota":        {settings: openAI, status: 429, body: said("You exceeded your current quota", "insufficient_quota"), text: []string{"Retrying does not help", "billing"}},
		"429, one too big":  {settings: openAI, status: 429, body: said("Request too large for gpt-4o", "rate_limit_exceeded"), text: []string{"waiting does not help"}},
		"500":               {settings: openAI, status: 500, body: said("oops", ""), text: []string{"The server failed", "status.openai.com"}},
		"502, HTML":         {settings: other, request: Request{Costs: true}, status: 502, header: http.Header{"Content-Type": {"text/html"}}, body: "<html><head><title>502\n Bad &amp; Gateway</title>", line: "502 Bad Gateway: The server answered 502 Bad Gateway with a text/html page, not JSON; it may come from a proxy or gateway in front of the API. Its title is \"502 Bad & Gateway\". (request ID req_1)", text: []string{"may bill", "not again, so that you do not pay for it twice", "Run the operation again to ask a second time"}},
		"502, refused":      {settings: other, status: 502, header: http.Header{"Content-Type": {"text/plain"}}, body: "connect: connection refused", text: []string{"The server failed", "Run the operation again later"}},
		"408":               {settings: other, request: Request{Costs: true}, status: 408, body: said("The operation was timeout.", "Timeout"), text: []string{"The API said: The operation was timeout.", "may bill", "not again, so that you do not pay for it twice"}},
		"408, create":       {settings: other, status: 408, text: []string{"possibly after the request was carried out", "may exist on the server"}, not: "bill"},
		"408, update":       {settings: other, request: Request{Repeatable: true}, status: 408, text: []string{"Run the operation again later"}, not: "may exist"},
		"520":               {settings: other, request: Request{Costs: true}, status: 520, text: []string{"Status: 520", "may bill"}},
		"429, a day":        {settings: other, status: 429, body: said("Limit of requests per day (RPD) reached. Please try again in 7s.", ""), text: []string{"quota for a day or longer", "was not sent again"}},
		"429, in words":     {settings: other, status: 429, body: said("Please try again in 7.5s.", ""), text: []string{"asks to wait 7.5s"}},
		"503, empty":        {settings: other, status: 503, text: []string{"empty body"}},
		"503, text":         {settings: other, status: 503, header: http.Header{"Content-Type": {"text/plain"}}, body: "upstream\x1b[31m \x00gone", text: []string{"not JSON (text/plain): upstream[31m gone"}},
		"500, long text":    {settings: other, status: 500, body: strings.Repeat("ab ", 1000), text: []string{"ab…"}},
		"500, odd JSON":     {settings: other, status: 500, body: `{"a":1}`, text: []string{"JSON without an error message", `{"a":1}`}},
		"504":               {settings: openAI, request: Request{Costs: true}, status: 504, body: said("timed out", ""), text: []string{"may bill"}},
		"524":               {settings: other, request: Request{Costs: true}, status: 524, text: []string{"Status: 524", "may bill"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.request.Method = http.MethodPost
			c, err := New(tt.settings)
			if err != nil {
				t.Fatal(err)
			}
			if tt.header == nil {
				tt.header = http.Header{}
			}
			tt.header.Set("X-Request-Id", "req_1")
			p := c.newCall(t.Context(), tt.request).refused(&http.Response{StatusCode: tt.status, Header: tt.header, Body: io.NopCloser(nil)}, []byte(tt.body))
			if tt.line != "" && p.Error() != tt.line {
				t.Errorf("got  %s\nwant %s", p.Error(), tt.line)
			}
			detail := p.Detail()
			for _, text := range tt.text {
				if !strings.Contains(detail, text) {
					t.Errorf("%q is missing in\n%s", text, detail)
				}
			}
			if tt.not != "" && strings.Contains(detail, tt.not) {
				t.Errorf("%q is in\n%s", tt.not, detail)
			}
			if len(detail) > 1800 {
				t.Errorf("%d bytes", len(detail))
			}
		})
	}
}

const testKey = "sk-test-0123456789"

func TestDetail_exact(t *testing.T) {
	t.Parallel()
	k := fakeCall(t, Settings{APIKey: testKey, MaxRetries: 2}, http.MethodPost)
	p := k.refused(&http.Response{StatusCode: 400, Header: http.Header{"X-Request-Id": {"req_1"}}},
		[]byte(`{"error":{"message":"Invalid value: 'robot'.","type":"invalid_request_error","code":"invalid_value","param":"messages[0].role"}}`))
	p.Attempts = 1
	want := `The API said: Invalid value: 'robot'.

Status: 400 Bad Request
Type: invalid_request_error
Code: invalid_value
Parameter: messages[0].role
Request ID: req_1
Requests sent: 1

Correct messages[0].role.`
	if p.Detail() != want {
		t.Errorf("got\n%s", p.Detail())
	}
	empty := &Problem{}
	_, _ = empty.Error(), empty.Detail()
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                         "",
		"  a \n\t b  ":             "a b",
		"abcdefghij":               "abcdefghij",
		"abcdefghijk":              "abcdefghij…",
		"äöüäöüäöüäöü":             "äöüäöüäöüä…",
		"a\u202eb\x1b[0m\x00\xffc": "ab[0mc",
	} {
		if got := printable(text, 10); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
