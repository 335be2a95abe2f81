package chat_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// A write-only prompt is sent, is nowhere in the state, and a change to it asks
// again, once.
func TestContentWO_isSentAndNotKept(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	talk := func(secret string) object {
		return conversation(object{"role": "system", "content": "Reply with exactly: understood"}, object{"role": "user", "content_wo": secret})
	}
	unchangedAfter := func(config object, calls int) {
		t.Helper()
		apply(t, r, config)
		wantCalls(t, s, map[string]int{"POST": calls})
		unchanged(t, r, config)
	}
	unchangedAfter(talk("Reply with exactly: ok REFUSE"), 1)
	const secret = "my secret xyzzy-2"
	updates(t, r, talk(secret))
	unchangedAfter(talk(secret), 2)
	text, err := json.Marshal(r.State())
	if err != nil {
		t.Fatal(err)
	}
	// The emulator repeats the prompt in its answer, as a model may.
	if strings.Contains(strings.ReplaceAll(string(text), "Emulated answer to: "+secret, ""), secret) {
		t.Errorf("the secret is in the state: %s", text)
	}
	same(t, body(t, s)["messages"].([]any)[1], object{"role": "user", "content": secret})
	more := talk(secret)
	more["skip_destroy"] = true
	updates(t, r, more)
	unchangedAfter(more, 2)
}

// With a version of one's own, that alone decides.
func TestContentWO_goesByAVersionOfOnesOwn(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	secret := func(content string, version int) object {
		config := conversation(object{"role": "user", "content_wo": content})
		config["content_wo_version"] = version
		return config
	}
	apply(t, r, secret("one", 1))
	unchanged(t, r, secret("two", 1))
	updates(t, r, secret("two", 2))
	wantCalls(t, s, map[string]int{"POST": 1})
	apply(t, r, secret("two", 2))
	wantCalls(t, s, map[string]int{"POST": 2})
	same(t, body(t, s)["messages"], []any{object{"role": "user", "content": "two"}})
}

func TestAPIKeyWO_isUsedAndNotKept(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	const key = "sk-test-write-only-key"
	r := instance(t, s)
	first := apply(t, r, configuration(object{"api_key_wo": key, "api_key_wo_version": 1}))
	if got := posts(s)[0].Header.Get("Authorization"); got != "Bearer "+key {
		t.Errorf("the key was not used: %q", got)
	}
	rotated := configuration(object{"api_key_wo": key + "-2", "api_key_wo_version": 2})
	updates(t, r, rotated)
	for _, state := range []object{first, apply(t, r, rotated)} {
		if text, _ := json.Marshal(state); strings.Contains(string(text), key) {
			t.Error("the key is in the state")
		}
	}
	wantCalls(t, s, map[string]int{"POST": 1})
}

// A write-only content that goes changes the request, though nothing else is
// left to show it.
func TestContentWO_goneAsksAgain(t *testing.T) {
	talk := func(call object) object {
		return conversation(object{"role": "user", "content": "hello"}, call, object{"role": "function", "name": "f", "content": "done"})
	}
	with := talk(object{"role": "assistant", "function_call": object{"name": "f", "arguments": "{}"}, "content_wo": "between us"})
	without := talk(object{"role": "assistant", "function_call": object{"name": "f", "arguments": "{}"}})
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	apply(t, r, with)
	wantCalls(t, s, map[string]int{"POST": 1})
	if content := updates(t, r, without)["content"]; content != (acctest.Unknown{}) {
		t.Errorf("the plan knows %v", content)
	}
	apply(t, r, without)
	wantCalls(t, s, map[string]int{"POST": 2})
}
