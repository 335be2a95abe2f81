package chat_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestStreamOptions_areSentAsWritten(t *testing.T) {
	for name, test := range map[string]struct{ written, sent object }{
		"nothing":      {nil, object{"include_usage": true}},
		"other option": {object{"include_obfuscation": false}, object{"include_usage": true, "include_obfuscation": false}},
		"true":         {object{"include_usage": true}, object{"include_usage": true}},
		"false":        {object{"include_usage": false}, nil},
		"both false":   {object{"include_usage": false, "include_obfuscation": false}, object{"include_usage": false, "include_obfuscation": false}},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			config := configuration(object{"stream": true})
			if test.written != nil {
				config["stream_options"] = test.written
			}
			r := instance(t, s)
			if diags := r.Apply(t, config); len(diags) > 0 {
				t.Fatal(diags)
			}
			same(t, body(t, s)["stream_options"], test.sent)
			if usage := of(t, r.State(), "usage"); (usage != nil) != (test.sent["include_usage"] == true) {
				t.Errorf("usage is %v", usage)
			}
		})
	}
}

// What a plan cannot ask with, the apply asks with; and the plan says so.
func TestGenerateOnPlan_defersWhatTheCallNeeds(t *testing.T) {
	for _, name := range []string{"api_key", "api_key_wo"} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			dir := recordings(t.TempDir(), "")
			plan := instance(t, s, dir).Plan(t, configuration(object{"generate_on": "plan", name: acctest.Unknown{}}))
			if len(plan.Diags) != 1 || !strings.HasPrefix(plan.Diags[0], "warning at generate_on: ") || !strings.Contains(plan.Diags[0], name+" is not known yet") {
				t.Errorf("the plan says %q", plan.Diags)
			}
			if content := of(t, plan.Value, "content"); content != (acctest.Unknown{}) {
				t.Errorf("the plan has the answer %v", content)
			}
			wantCalls(t, s, map[string]int{})
			diags := instance(t, s, dir).Apply(t, configuration(object{"generate_on": "plan", name: "sk-test-known-at-apply-5d1c"}))
			if len(diags) != 1 || !strings.HasPrefix(diags[0], "warning: The plan made 1 call to the model: ") {
				t.Fatal(diags)
			}
			wantCalls(t, s, map[string]int{"POST": 1})
			if got := s.Requests()[0].Header.Get("Authorization"); got != "Bearer sk-test-known-at-apply-5d1c" {
				t.Errorf("asked with %q", got)
			}
		})
	}
}

// A key that is not known yet does not matter to an answer that is on record.
func TestGenerateOnPlan_aRecordingNeedsNoKey(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := recordings(t.TempDir(), "")
	if diags := instance(t, s, dir).Apply(t, configuration(nil)); len(diags) > 0 {
		t.Fatal(diags)
	}
	plan := instance(t, s, dir).Plan(t, configuration(object{"generate_on": "plan", "api_key": acctest.Unknown{}}))
	if len(plan.Diags) > 0 || of(t, plan.Value, "content") != "Emulated answer to: hello" {
		t.Errorf("%q, %v", plan.Diags, plan.Value)
	}
	wantCalls(t, s, map[string]int{"POST": 1})
}

func TestGenerateOnPlan_isLimitedByTheCreateTimeout(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Hang())
	plan := instance(t, s, recordings(t.TempDir(), "")).Plan(t, configuration(object{"generate_on": "plan", "timeouts": object{"create": "100ms"}}))
	if all := strings.Join(plan.Diags, "\n"); !strings.Contains(all, "timeouts.create (100ms)") {
		t.Errorf("the plan says %q", all)
	}
}

// In the mode "replay" a change that is not known yet is not announced as a call to come.
func TestReplay_aPlanPromisesNoCall(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	dir := t.TempDir()
	p := acctest.Speak(t)
	p.Connect(t, s, recordings(dir, ""))
	r := p.Instance(typeName, chatBlocks...)
	if diags := r.Apply(t, configuration(nil)); len(diags) > 0 {
		t.Fatal(diags)
	}
	unknown := conversation(object{"role": "user", "content": acctest.Unknown{}})
	for mode, replays := range map[string]bool{"": false, "replay": true} {
		p.Connect(t, s, recordings(dir, mode))
		all := strings.Join(r.Plan(t, unknown).Diags, "\n")
		if !strings.Contains(all, "[0].content") || strings.Contains(all, `"replay"`) != replays {
			t.Errorf("mode %q: the plan says %q", mode, all)
		}
	}
	wantCalls(t, s, map[string]int{"POST": 1})
}

// Labels cost nothing, so that a budget that is spent holds up no change of them.
func TestMetadata_aChangeIsNotInTheBudget(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s, object{"limits": object{"max_requests": 1}})
	for _, label := range []string{"a", "b", "c"} {
		if diags := r.Apply(t, configuration(object{"store": true, "metadata": object{"team": label}})); len(diags) > 0 {
			t.Fatalf("label %s: %q", label, diags)
		}
		same(t, of(t, r.State(), "metadata"), object{"team": label})
	}
	wantCalls(t, s, map[string]int{"POST": 3})
	another := conversation(object{"role": "user", "content": "another question"})
	if diags := r.Apply(t, another); !strings.Contains(strings.Join(diags, "\n"), "max_requests") {
		t.Errorf("a second answer is not refused: %q", diags)
	}
}

func TestDelete_believesTheServer(t *testing.T) {
	refused := func(status int) emulator.Fault {
		return emulator.ErrorJSON(status, "invalid_request_error", "", "", "Not here").On(http.MethodDelete, "").Repeat(-1)
	}
	for name, test := range map[string]struct {
		fault *emulator.Fault
		gone  bool
	}{
		"deleted":                       {nil, true},
		"not there":                     {ptr(refused(404)), true},
		"no such method":                {ptr(refused(405)), true},
		"not implemented":               {ptr(refused(501)), true},
		"not implemented, without JSON": {ptr(emulator.Status(501, "Unsupported method").On(http.MethodDelete, "").Repeat(-1)), true},
		"not allowed to":                {ptr(refused(403)), false},
		"bad request":                   {ptr(refused(400)), false},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			r := instance(t, s)
			if diags := r.Apply(t, configuration(object{"store": true})); len(diags) > 0 {
				t.Fatal(diags)
			}
			if test.fault != nil {
				s.Fail(*test.fault)
			}
			diags := r.Destroy(t)
			if gone := r.State() == nil; gone != test.gone || gone != (len(diags) == 0) {
				t.Errorf("gone: %t, %q", gone, diags)
			}
			if len(called(s, http.MethodDelete)) == 0 {
				t.Error("the server was not asked to delete it")
			}
		})
	}
}

// `recording` names a file that can be committed and serves again; one that is kept
// aside is none.
func TestRecording_namesNoUnusableFile(t *testing.T) {
	asJSON := object{"response_format": object{"type": "json_object"}}
	for name, fault := range map[string]emulator.Fault{
		"breaks its format": emulator.Status(200, `{"id":"odd","choices":[{"index":0,"message":{"role":"assistant","content":"words"},"finish_reason":"stop"}]}`),
		"without choices":   emulator.Status(200, `{"id":"odd","choices":[]}`),
		"cut off":           emulator.Status(200, "data: {\"id\":\"odd\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"wor\"}}]}\n\n", "Content-Type", "text/event-stream"),
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Fail(fault)
			dir := t.TempDir()
			config := configuration(asJSON)
			config["message"] = []any{object{"role": "user", "content": "Answer with JSON"}}
			config["stream"] = name == "cut off"
			r := instance(t, s, recordings(dir, ""))
			diags := r.Apply(t, config)
			if found := files(t, dir); len(found) != 1 || !strings.Contains(found[0], ".unusable.") || !strings.Contains(strings.Join(diags, "\n"), found[0]) {
				t.Errorf("the directory holds %v, and the user reads %q", found, diags)
			}
			if r.State() == nil || of(t, r.State(), "id") != "odd" || of(t, r.State(), "recording") != nil {
				t.Errorf("the state is %v", r.State())
			}
			r = instance(t, s, recordings(dir, ""))
			if diags := r.Apply(t, config); len(diags) > 0 {
				t.Fatal(diags)
			}
			named, _ := of(t, r.State(), "recording").(string)
			if !slices.Contains(files(t, dir), named) || strings.Contains(named, "unusable") {
				t.Errorf("recording is %q", named)
			}
		})
	}
}

// A message that was read can be given again: OpenAI refuses text beside parts, and empty lists.
func TestMessagesDataSource_isFitToBeSentAgain(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Status(200, `{"has_more":false,"data":[
		{"id":"m0","role":"system","content":"be brief","content_parts":null},
		{"id":"m1","role":"user","content":"one","content_parts":[{"type":"text","text":"one"}],"tool_calls":[]},
		{"id":"m2","role":"assistant","content":"two","content_parts":[],"tool_calls":[]},
		{"id":"m3","role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},
		{"id":"m4","role":"tool","content":"three","tool_call_id":"call_1"}]}`).On(http.MethodGet, ""))
	p := acctest.Speak(t)
	p.Connect(t, s)
	state, diags := p.ReadData(t, "openai_chat_completion_messages", object{"completion_id": "chatcmpl-1"})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if got := column(t, state, "messages", "content"); !slices.Equal(got, []string{"be brief", "<nil>", "two", "<nil>", "three"}) {
		t.Errorf("the texts are %q", got)
	}
	config := object{"model": "gpt-4", "messages": of(t, state, "messages")}
	if diags := p.Instance(typeName, "message", "tool", "functions").Apply(t, config); len(diags) > 0 {
		t.Fatal(diags)
	}
	same(t, body(t, s)["messages"], []any{
		object{"role": "system", "content": "be brief"},
		object{"role": "user", "content": []any{object{"type": "text", "text": "one"}}},
		object{"role": "assistant", "content": "two"},
		object{"role": "assistant", "tool_calls": []any{object{"id": "call_1", "type": "function", "function": object{"name": "f", "arguments": "{}"}}}},
		object{"role": "tool", "content": "three", "tool_call_id": "call_1"},
	})
}
