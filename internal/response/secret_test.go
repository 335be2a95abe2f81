package response_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const (
	token  = "mcp-t0ken-5f1c9a-0123456789"
	header = "mcp-h3ader-77ab21-0123456789"
)

// server is an MCP server that wants to know who asks.
func server(authorization, value any) object {
	fields := object{"server_label": "wiki", "server_url": "https://mcp.example/sse", "require_approval": "never"}
	if authorization != nil {
		fields["authorization"] = authorization
	}
	if value != nil {
		fields["headers"] = object{"X-Key": value}
	}
	return tool("mcp", fields)
}

// Whose token is used is no part of what is asked, and is nowhere but in the call.
func TestMCP_credentialsAreSentAndNotKept(t *testing.T) {
	w := newWorkplace(t)
	dir := t.TempDir()
	r := w.resource(t, recordings(dir, ""))
	config := asking(server(token, header))
	plan := r.Plan(t, config)
	first := apply(t, r, config)
	sent := w.body(t)["tools"].([]any)[0].(object)                                     //nolint:forcetypeassert // there is one
	if sent["authorization"] != token || sent["headers"].(object)["X-Key"] != header { //nolint:forcetypeassert // there are headers
		t.Errorf("sent %v", sent)
	}
	w.goOn(t, r, recordings(dir, ""))
	unchanged(t, r, config)
	for name, credentials := range map[string]object{
		"another token": server(token+"-2", header), "another header": server(token, header+"-2"), "no token": server(nil, header), "none": server(nil, nil), "token that is not known yet": server(acctest.Unknown{}, header),
	} {
		keeps(t, r, asking(credentials))
		if name == "token that is not known yet" {
			continue
		}
		if state := apply(t, r, asking(credentials)); state["id"] != first["id"] {
			t.Errorf("%s: asked again", name)
		}
	}
	// The recording is found with any credentials.
	if again := apply(t, w.resource(t, recordings(dir, "replay")), asking(server("other", nil))); again["id"] != first["id"] {
		t.Error("another answer is there")
	}
	w.asked(t, 1)
	nowhere(t, "the plan", plan.Value, token, header)
	nowhere(t, "the state", first, token, header)
	for _, name := range files(t, dir) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		nowhere(t, name, string(text), token, header)
		if !strings.Contains(string(text), "mcp.example") {
			t.Errorf("the recording does not show the request:\n%s", text)
		}
	}
	// Another server is another request.
	other := server(token, header)
	other["tool"].([]any)[0].(object)["mcp"].(object)["server_label"] = "other" //nolint:forcetypeassert // they are
	updates(t, r, asking(other))
}

func nowhere(t *testing.T, what string, value any, secrets ...string) {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s has %q: %s", what, secret, text)
		}
	}
}

// What a server says of a request is quoted without its credentials, in whatever it comes.
func TestMCP_noCredentialIsInAnError(t *testing.T) {
	secrets := func(t *testing.T, diags []string) {
		t.Helper()
		if len(diags) == 0 {
			t.Fatal("nothing went wrong")
		}
		nowhere(t, "the error", diags, token, header)
	}
	w := newWorkplace(t)
	p := w.run(t)
	quoted := "Could not reach the server with " + token + " and " + header
	w.Fail(emulator.ErrorJSON(400, "invalid_request_error", "", "tools", quoted))
	diags := p.Instance(typeName, blocks...).Apply(t, asking(server(token, header)))
	says(t, diags, "error at tool: Could not create response", "Could not reach the server with")
	secrets(t, diags)
	w.answering(strings.Replace(answerOf("", `"error":{"code":"server_error","message":"`+quoted+`"}`), `"completed"`, `"failed"`, 1), 1)
	r := p.Instance(typeName, blocks...)
	diags = r.Apply(t, asking(server(token, header)))
	says(t, diags, "error: Unusable response", "Could not reach the server with")
	secrets(t, diags)
	nowhere(t, "the state", r.State(), token, header)
	w.Fail(emulator.Status(200, strings.Replace(answerOf(""), "completed", "queued", 1)).On("POST", "/responses"), emulator.Status(200, answerOf(textItem(`"`+quoted+`"`))).On("GET", "/responses/"))
	nowhere(t, "the answer that came later", apply(t, p.Instance(typeName, blocks...), asking(server(token, header), object{"background": true})), token, header)
	// In pieces of a stream as well, and where it is cut off.
	w.Fail(emulator.Status(200, `data: {"type":"response.created","response":{"id":"resp_1","object":"response","status":"in_progress","output":[]}}`+"\n\n"+
		`data: {"type":"response.output_text.delta","output_index":0,"delta":"with `+token[:5]+`"}`+"\n\n"+`data: {"type":"response.output_text.delta","output_index":0,"delta":"`+token[5:]+`"}`+"\n\n", "Content-Type", "text/event-stream"))
	r = p.Instance(typeName, blocks...)
	config := asking(server(token, header), object{"stream": true})
	diags = r.Apply(t, config)
	says(t, diags, "error: Could not create response", "The stream ended before the answer was complete")
	secrets(t, diags)
	nowhere(t, "the state", r.State(), token)
}

// In the ephemeral resource, which keeps nothing, they are arguments like others; the action's plan would show them.
func TestMCP_credentialsOfEphemeralAndAction(t *testing.T) {
	w := newWorkplace(t)
	p := w.run(t)
	_, diags := open(t, p, asking(server(token, header)))
	acctest.Quiet(t, diags)
	if sent := w.body(t)["tools"].([]any)[0].(object); sent["authorization"] != token { //nolint:forcetypeassert // there is one
		t.Errorf("sent %v", sent)
	}
	for _, block := range p.Schema.ActionSchemas[typeName].Schema.Block.BlockTypes {
		if block.TypeName != "tool" {
			continue
		}
		for _, inner := range block.Block.BlockTypes {
			for _, a := range inner.Block.Attributes {
				if a.Name == "authorization" || a.Name == "headers" {
					t.Errorf("the action has %s", a.Name)
				}
			}
		}
	}
}

// A write-only prompt is sent, is nowhere in the state, and a change to it asks again, once.
func TestContentWO_isSentAndNotKept(t *testing.T) {
	w := newWorkplace(t)
	r := w.resource(t)
	const secret = "my secret xyzzy"
	config := telling(said("system", "Reply with exactly: understood"), object{"role": "user", "content_wo": secret})
	state := apply(t, r, config)
	same(t, w.body(t)["input"].([]any)[1], said("user", secret)) //nolint:forcetypeassert // it is one
	text, _ := json.Marshal(state)
	if strings.Contains(strings.ReplaceAll(string(text), "Emulated answer to: "+secret, ""), secret) {
		t.Errorf("the secret is in the state: %s", text)
	}
	unchanged(t, r, config)
	changed := telling(said("system", "Reply with exactly: understood"), object{"role": "user", "content_wo": secret + "!"})
	updates(t, r, changed)
	apply(t, r, changed)
	unchanged(t, r, changed)
	w.asked(t, 2)
	// With a token beside it, only the prompt counts.
	both := maps.Clone(changed)
	maps.Copy(both, server(token, nil))
	apply(t, r, both)
	maps.Copy(both, server(token+"-2", header))
	keeps(t, r, both)
	w.asked(t, 3)
}

func TestAPIKeyWO_isUsedAndNotKept(t *testing.T) {
	w := newWorkplace(t, emulator.Options{Processing: 2})
	r := w.resource(t)
	const key = "sk-test-write-only-key"
	config := later(object{"api_key_wo": key, "api_key_wo_version": 1})
	state := apply(t, r, config)
	for _, sent := range w.Requests() {
		if got := sent.Header.Get("Authorization"); got != "Bearer "+key {
			t.Errorf("%s %s with %q", sent.Method, sent.Path, got)
		}
	}
	nowhere(t, "the state", state, key)
	w.goOn(t, r)
	unchanged(t, r, config)
}
