package chat_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestEphemeral_answersAndKeepsNothing(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	factories := acctest.Factories(t)
	factories["echo"] = echoprovider.NewProviderServer()
	const config = `
ephemeral "openai_chat_completion" "test" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "Answer with JSON, with keys city and country"
  }
  response_format {
    type = "json_object"
  }
}

provider "echo" {
  data = {
    content = ephemeral.openai_chat_completion.test.content
    city    = ephemeral.openai_chat_completion.test.output.city
    tokens  = ephemeral.openai_chat_completion.test.usage.total_tokens
  }
}

resource "echo" "test" {}
`
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{{
		Config: s.Provider() + config,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("content"), knownvalue.StringRegexp(regexp.MustCompile("city"))),
			statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("city"), knownvalue.NotNull()),
			statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("tokens"), knownvalue.NotNull()),
		},
	}}})
}

func TestEphemeral_refusesWhatTheResourceRefuses(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	_, diags := open(t, s, conversation())
	says(t, diags, "error at message: Missing message")
	wantCalls(t, s, map[string]int{})
}

const storedPair = `
resource "openai_chat_completion" "a" {
  model    = "gpt-4"
  store    = true
  metadata = { team = "search" }
  message {
    role    = "user"
    content = "one"
  }
}

resource "openai_chat_completion" "test" {
  model      = "gpt-4o"
  store      = true
  metadata   = { team = "ads" }
  depends_on = [openai_chat_completion.a]
  message {
    role = "user"
    content_part {
      type = "text"
      text = "two"
    }
  }
}
`

func TestDataSources_readWhatIsStored(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Run(t, resource.TestStep{
		Config: storedPair + `
data "openai_chat_completion" "one" {
  completion_id = openai_chat_completion.a.id
}

data "openai_chat_completions" "all" {
  depends_on = [openai_chat_completion.test]
}

data "openai_chat_completions" "newest" {
  order      = "desc"
  limit      = 1
  depends_on = [openai_chat_completion.test]
}

data "openai_chat_completions" "search" {
  metadata   = { team = "search" }
  depends_on = [openai_chat_completion.test]
}

data "openai_chat_completions" "none" {
  model      = "gpt-5"
  depends_on = [openai_chat_completion.test]
}

data "openai_chat_completion_messages" "one" {
  completion_id = openai_chat_completion.test.id
}

resource "openai_chat_completion" "more" {
  model    = "gpt-4"
  messages = concat(data.openai_chat_completion_messages.one.messages, [{ role = "user", content = "and three" }])
}

output "all" { value = length(data.openai_chat_completions.all.completions) }
output "newest" { value = data.openai_chat_completions.newest.completions[0].id == openai_chat_completion.test.id }
output "search" { value = data.openai_chat_completions.search.completions[*].metadata.team }
output "none" { value = length(data.openai_chat_completions.none.completions) }
output "same" { value = data.openai_chat_completion.one.content == openai_chat_completion.a.content }
output "model" { value = data.openai_chat_completion.one.model }
output "parts" { value = data.openai_chat_completion_messages.one.messages[0].content_part[0].text }
`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("all", knownvalue.Int64Exact(2)),
			statecheck.ExpectKnownOutputValue("newest", knownvalue.Bool(true)),
			statecheck.ExpectKnownOutputValue("search", knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("search")})),
			statecheck.ExpectKnownOutputValue("none", knownvalue.Int64Exact(0)),
			statecheck.ExpectKnownOutputValue("same", knownvalue.Bool(true)),
			statecheck.ExpectKnownOutputValue("model", knownvalue.StringExact("gpt-4-0613")),
			statecheck.ExpectKnownOutputValue("parts", knownvalue.StringExact("two")),
		},
	})
}

func TestDataSources_sayWhatIsGone(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	p := connected(t, s)
	for _, kind := range []string{typeName, typeName + "_messages"} {
		_, diags := p.ReadData(t, kind, object{"completion_id": "chatcmpl-gone"})
		says(t, diags, "error", "404", "store = true")
	}
}

func TestMetadata_changesInPlace(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	stored := func(team string) object {
		return configuration(object{"store": true, "metadata": object{"team": team}})
	}
	r := instance(t, s)
	first := apply(t, r, stored("a"))
	if content := updates(t, r, stored("b"))["content"]; content != first["content"] {
		t.Errorf("the plan has the answer %v", content)
	}
	apply(t, r, stored("b"))
	same(t, body(t, s), object{"metadata": object{"team": "b"}})
	unchanged(t, r, stored("b"))
}

func TestMetadata_isSentOnlyToWhatIsStored(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	apply(t, r, configuration(object{"store": true, "metadata": object{"team": "b"}}))
	none := configuration(object{"store": true})
	updates(t, r, none)
	apply(t, r, none)
	same(t, body(t, s), object{"metadata": nil})
	// Where nothing is stored, there is nothing to label, and nothing to ask.
	apply(t, r, configuration(object{"extra_body": "{}"}))
	wantCalls(t, s, map[string]int{"POST": 3, "DELETE": 1})
	labelled := configuration(object{"extra_body": "{}", "metadata": object{"team": "c"}})
	if content := updates(t, r, labelled)["content"]; content != "Emulated answer to: hello" {
		t.Errorf("the plan has the answer %v", content)
	}
	apply(t, r, labelled)
	wantCalls(t, s, map[string]int{"POST": 3, "DELETE": 1})
}

func TestExtraBody_isMergedIn(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Foreign = true
	s.Fail(emulator.Status(200, `{"id":"x","choices":[{"index":0,"message":{"content":"ok","reasoning_content":"hm"},"finish_reason":"stop"}]}`))
	state := apply(t, instance(t, s), configuration(object{"extra_body": `{"top_k":20,"chat_template_kwargs":{"thinking":true}}`}))
	sent := body(t, s)
	same(t, []any{sent["top_k"], sent["chat_template_kwargs"], sent["model"]}, []any{20.0, object{"thinking": true}, "gpt-4"})
	if thought := state["choices"].([]any)[0].(object)["message"].(object)["reasoning_content"]; thought != "hm" || state["usage"] != nil {
		t.Errorf("the state is %v", state)
	}
}

// gate invokes the action over the plugin protocol, since that needs no CLI that
// knows actions.
func gate(t *testing.T, s *acctest.Server, config object, provider ...object) (progress, diags []string) {
	t.Helper()
	p := acctest.Speak(t)
	p.Connect(t, s, provider...)
	actions, ok := p.ProviderServer.(tfprotov6.ActionServer)
	if !ok {
		t.Fatal("the server offers no actions")
	}
	tf := p.Schema.ActionSchemas[typeName].Schema.ValueType()
	value := acctest.Dynamic(t, acctest.Value(tf, config, chatBlocks...))
	validated, err := actions.ValidateActionConfig(context.Background(), &tfprotov6.ValidateActionConfigRequest{ActionType: typeName, Config: value})
	if err != nil {
		t.Fatal(err)
	}
	if len(validated.Diagnostics) > 0 {
		return nil, acctest.Texts(validated.Diagnostics)
	}
	invoked, err := actions.InvokeAction(context.Background(), &tfprotov6.InvokeActionRequest{ActionType: typeName, Config: value})
	if err != nil {
		t.Fatal(err)
	}
	for event := range invoked.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diags = acctest.Texts(event.Diagnostics)
		}
	}
	return progress, diags
}

func TestAction_isAGate(t *testing.T) {
	asJSON := object{"type": "json_object"}
	approve := func(answer string) emulator.Fault {
		return emulator.Status(200, `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":`+answer+`},"finish_reason":"stop"}]}`)
	}
	for name, test := range map[string]struct {
		config   object
		fault    *emulator.Fault
		progress string // a line that must be shown
		want     string // a piece of the error; "" = none
	}{
		"answers":       {config: configuration(nil), progress: "Emulated answer to: hello"},
		"invalid":       {config: conversation(), want: "error at message: Missing message"},
		"cut":           {config: configuration(object{"max_tokens": 1}), want: `finish_reason = "length"`},
		"cut and fine":  {config: configuration(object{"max_tokens": 1, "fail_on": []any{}})},
		"tool calls":    {config: configuration(object{"tool": tools("f"), "tool_choice": "required", "fail_on": []any{"tool_calls"}}), want: "tool_calls"},
		"refusal":       {config: conversation(object{"role": "user", "content": "REFUSE: please"}), want: "the model refused"},
		"approved":      {config: configuration(object{"response_format": asJSON, "expect": `{"approved":true}`}), fault: ptr(approve(`"{\"approved\":true,\"why\":\"fine\"}"`)), progress: `{"approved":true,"why":"fine"}`},
		"not approved":  {config: configuration(object{"response_format": asJSON, "expect": `{"approved":true}`}), fault: ptr(approve(`"{\"approved\":false}"`)), want: "/approved is false, not true"},
		"says nothing":  {config: configuration(object{"response_format": asJSON, "expect": `{"approved":true}`}), fault: ptr(approve(`"{}"`)), want: "/approved is missing"},
		"breaks format": {config: configuration(object{"response_format": asJSON}), fault: ptr(approve(`"words"`)), want: "choices[0]"},
		"error inside":  {config: configuration(object{"fail_on": []any{}}), fault: ptr(emulator.Status(200, choiceError)), want: "Upstream network [2Jerror (502)"},
		"empty":         {config: configuration(nil), fault: ptr(approve(`""`)), want: "the answer is empty"},
		"escapes":       {config: configuration(nil), fault: ptr(approve("\"\x1b[31mred\x07\"")), progress: "[31mred"},
		"fails":         {config: configuration(nil), fault: ptr(emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Wrong key")), want: "Wrong key"},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			if test.fault != nil {
				s.Fail(*test.fault)
			}
			progress, diags := gate(t, s, test.config)
			if test.progress != "" && !slices.Contains(progress, test.progress) {
				t.Errorf("progress was %q", progress)
			}
			if all := strings.Join(diags, "\n"); (test.want == "") != (all == "") || !strings.Contains(all, test.want) {
				t.Errorf("got %q, want %q", all, test.want)
			}
		})
	}
}

// A plan shows what an action is given, so no key can be given to one.
func TestAction_takesNoKey(t *testing.T) {
	t.Parallel()
	p := acctest.Speak(t)
	for typeName, action := range p.Schema.ActionSchemas {
		for _, a := range action.Schema.Block.Attributes {
			if strings.Contains(a.Name, "key") && a.Name != "prompt_cache_key" {
				t.Errorf("the action %s has the argument %s", typeName, a.Name)
			}
		}
	}
}

func TestAction_showsEveryChoice(t *testing.T) {
	for name, stream := range map[string]bool{"streamed": true, "in one piece": false} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			progress, diags := gate(t, s, configuration(object{"n": 2, "stream": stream}))
			if len(diags) > 0 || len(progress) != 2 || !strings.Contains(progress[0], "Emulated answer") || !strings.HasPrefix(progress[1], "choices[1]: ") {
				t.Errorf("got %q %q", progress, diags)
			}
		})
	}
}

// A server that repeats the key, in whatever pieces, does not bring it onto the terminal.
func TestAction_showsNoKeyInPieces(t *testing.T) {
	for name, size := range map[string]int{"signs": 1, "pairs": 2, "halves": len(acctest.Key) / 2} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			var pieces []string
			for rest := "Your key is " + acctest.Key + ", is it not?\nKeep it."; rest != ""; rest = rest[min(size, len(rest)):] {
				piece, err := json.Marshal(rest[:min(size, len(rest))])
				if err != nil {
					t.Fatal(err)
				}
				pieces = append(pieces, `"delta":{"content":`+string(piece)+`}`)
			}
			s.Fail(emulator.Status(200, events(append(pieces, `"delta":{},"finish_reason":"stop"`)...)))
			progress, diags := gate(t, s, configuration(nil))
			if want := []string{"Your key is ***, is it not?", "Keep it."}; !slices.Equal(progress, want) || len(diags) > 0 {
				t.Errorf("got %q, %q", progress, diags)
			}
		})
	}
}

// An interrupted action has an error, although it ends when the provider is stopped.
func TestAction_interrupted(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.RateLimited("50"))
	here := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(here)
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p := acctest.Speak(t)
	p.Connect(t, s, object{"base_url": server.URL + "/v1"})
	actions := p.ProviderServer.(tfprotov6.ActionServer)
	value := acctest.Dynamic(t, acctest.Value(p.Schema.ActionSchemas[typeName].Schema.ValueType(), configuration(nil), chatBlocks...))
	ctx, end := context.WithCancel(t.Context()) // as the protocol's server ends it
	defer end()
	stream, err := actions.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: typeName, Config: value})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-here
		if _, err := p.StopProvider(context.Background(), &tfprotov6.StopProviderRequest{}); err != nil {
			t.Error(err)
		}
		end()
	}()
	var said []string
	for event := range stream.Events {
		if ctx.Err() != nil {
			break // dropped
		}
		if completed, ok := event.Type.(tfprotov6.CompletedInvokeActionEventType); ok {
			said = acctest.Texts(completed.Diagnostics)
		}
	}
	if len(said) != 1 || !strings.HasPrefix(said[0], "error: Could not create chat completion") {
		t.Errorf("the core hears %q", said)
	}
}
