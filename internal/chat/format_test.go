package chat_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const city = `  response_format {
    type = "json_schema"
    json_schema {
      name   = "city"
      strict = true
      schema = jsonencode({
        type                 = "object"
        properties           = { city = { type = "string" }, inhabitants = { type = "integer" }, districts = { type = "array", items = { type = "string" } } }
        required             = ["city", "inhabitants", "districts"]
        additionalProperties = false
      })
    }
  }`

func TestStructuredOutput_isAValue(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Run(t,
		resource.TestStep{
			Config: completionOf("Which city is it?", city) + `
output "city" { value = openai_chat_completion.test.output.city }
output "sum" { value = openai_chat_completion.test.output.inhabitants + 1 }
output "districts" { value = length(openai_chat_completion.test.output.districts) }`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("city", knownvalue.NotNull()),
				statecheck.ExpectKnownOutputValue("sum", knownvalue.NotNull()),
				statecheck.ExpectKnownOutputValue("districts", knownvalue.NotNull()),
			},
			Check: func(*terraform.State) error {
				format := body(t, s)["response_format"].(map[string]any)
				if format["json_schema"].(map[string]any)["schema"].(map[string]any)["type"] != "object" {
					t.Errorf("the schema is not sent as JSON: %v", format)
				}
				return nil
			},
		},
		// A dynamic value survives refresh, plan and an update in place; after that, the plan is empty.
		resource.TestStep{Config: completionOf("Which city is it?", city+"\n  skip_destroy = true"),
			ConfigPlanChecks: planned(plancheck.ResourceActionUpdate)},
	)
}

func TestStructuredOutput_isAValueOfAStream(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	r := instance(t, s)
	first := apply(t, r, aboutACity(object{"stream": true}))
	if output, _ := first["output"].(object); output["city"] == nil || output["inhabitants"] == nil || output["districts"] == nil {
		t.Errorf("output is %v", first["output"])
	}
	same(t, of(t, of(t, of(t, body(t, s)["response_format"], "json_schema"), "schema"), "type"), "object")
	another := aboutACity(object{"stream": true, "skip_destroy": true})
	updates(t, r, another)
	same(t, apply(t, r, another)["output"], first["output"])
	unchanged(t, r, another)
}

// aboutACity asks for what city asks for, over the protocol.
func aboutACity(changes object) object {
	config := conversation(object{"role": "user", "content": "Which city is it?"})
	config["response_format"] = object{"type": "json_schema", "json_schema": object{"name": "city", "strict": true, "schema": `{"type":"object",
		"properties":{"city":{"type":"string"},"inhabitants":{"type":"integer"},"districts":{"type":"array","items":{"type":"string"}}},
		"required":["city","inhabitants","districts"],"additionalProperties":false}`}}
	maps.Copy(config, changes)
	return config
}

// The error names what is wrong: strict_schema is no help where a type does not exist.
func TestStructuredOutput_saysWhatIsWrongWithASchema(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	plan := func(property string) []string {
		return instance(t, s).Plan(t, configuration(object{"response_format": object{"type": "json_schema", "json_schema": object{"name": "x", "strict": true,
			"schema": `{"type":"object","properties":{"a":` + property + `},"required":["a"],"additionalProperties":false}`}}})).Diags
	}
	said := plan(`{"type":"sting"}`)
	says(t, said, "error", "Invalid JSON Schema", `At /properties/a/type: "sting" is not a type in JSON Schema; did you mean "string"?`)
	if len(said) != 1 || strings.Contains(said[0], "strict_schema") {
		t.Errorf("it says %q", said)
	}
	says(t, plan(`{"type":"string","format":"uri"}`), "error", "Schema that strict mode does not accept", "strict_schema")
	wantCalls(t, s, map[string]int{})
}

// An answer that is not what was asked for is paid for, so it is kept; the error
// shows where it fails, and the next apply asks again.
func TestStructuredOutput_keepsAnAnswerThatBreaksTheFormat(t *testing.T) {
	answer := func(message, reason string) emulator.Fault {
		return emulator.Status(200, `{"id":"chatcmpl-x","object":"chat.completion","created":1,"model":"gpt-4","choices":[{"index":0,"finish_reason":"`+reason+`","message":{"role":"assistant",`+message+`}}],"usage":{"total_tokens":7}}`)
	}
	for kind, test := range map[string]struct {
		fault emulator.Fault
		want  string
	}{
		"refusal":  {answer(`"content":null,"refusal":"I would rather not."`, "stop"), "the model refused: I would rather not."},
		"cut":      {answer(`"content":"{\"city\":\"Par"`, "length"), "cut off"},
		"mismatch": {answer(`"content":"{\"city\":7,\"inhabitants\":1,\"districts\":[]}"`, "stop"), "at /city"},
		"no JSON":  {answer(`"content":"Paris, of course"`, "stop"), "JSON"},
	} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Fail(test.fault)
			r := instance(t, s)
			says(t, r.Apply(t, aboutACity(nil)), "error: Unusable chat completion", "choices[0]: ", test.want, "tainted")
			if id := of(t, r.State(), "id"); id != "chatcmpl-x" {
				t.Errorf("%v is kept", id)
			}
			replaces(t, r, aboutACity(nil))
			apply(t, r, aboutACity(nil))
			wantCalls(t, s, map[string]int{"POST": 2})
		})
	}
}

func TestMessages_asAValue(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Run(t, resource.TestStep{
		Config: `
variable "history" {
  type    = list(object({ role = string, content = string }))
  default = [{ role = "system", content = "Be brief." }, { role = "user", content = "Hello" }]
}

resource "openai_chat_completion" "first" {
  model    = "gpt-4"
  messages = var.history
}

resource "openai_chat_completion" "test" {
  model = "gpt-4"
  messages = concat(var.history, [
    { role = "assistant", content = openai_chat_completion.first.content },
    { role = "user", content = "And now?" },
  ])
}`,
		Check: func(*terraform.State) error {
			messages := body(t, s)["messages"].([]any)
			if len(messages) != 4 {
				t.Errorf("%d messages were sent", len(messages))
			}
			same(t, messages[0], map[string]any{"role": "system", "content": "Be brief."})
			return nil
		},
	})
}

// The smallest PNG and the beginning of a PDF, in base64.
const (
	png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	pdf = "JVBERi0xLjQKJcfsj6IK"
)

func TestContentParts_areSent(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := conversation(object{"role": "user", "content_part": []any{
		object{"type": "text", "text": "What is this?"},
		object{"type": "image_url", "image_url": object{"url": png, "detail": "low"}},
		object{"type": "image_url", "image_url": object{"url": "https://example.com/a.png"}},
		object{"type": "input_audio", "input_audio": object{"data": "UklGRg==", "format": "wav"}},
		object{"type": "file", "file": object{"filename": "a.pdf", "file_data": pdf}},
	}})
	config["model"] = "gpt-4o"
	apply(t, instance(t, s), config)
	same(t, body(t, s)["messages"], []any{object{"role": "user", "content": []any{
		object{"type": "text", "text": "What is this?"},
		object{"type": "image_url", "image_url": object{"url": "data:image/png;base64," + png, "detail": "low"}},
		object{"type": "image_url", "image_url": object{"url": "https://example.com/a.png"}},
		object{"type": "input_audio", "input_audio": object{"data": "UklGRg==", "format": "wav"}},
		object{"type": "file", "file": object{"filename": "a.pdf", "file_data": "data:application/pdf;base64," + pdf}},
	}}})
}

func TestRequest_sendsEveryArgument(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Run(t, resource.TestStep{
		Config: completion(`
  max_completion_tokens  = 100
  reasoning_effort       = "low"
  verbosity              = "low"
  seed                   = 7
  logprobs               = true
  top_logprobs           = 2
  service_tier           = "flex"
  store                  = true
  metadata               = { team = "search" }
  safety_identifier      = "hash"
  prompt_cache_key       = "key"
  prompt_cache_retention = "24h"
  modalities             = ["text", "audio"]
  stream                 = true
  audio {
    voice  = "alloy"
    format = "mp3"
  }
  prompt_cache_options {
    mode = "explicit"
    ttl  = "30m"
  }
  prediction {
    type    = "content"
    content = "hello world"
  }
  web_search_options {
    search_context_size = "low"
    user_location {
      type = "approximate"
      approximate {
        country = "FR"
        city    = "Paris"
      }
    }
  }
  moderation {
    model = "omni-moderation-latest"
    policy {
      input {
        mode = "score"
      }
    }
  }
  stream_options {
    include_obfuscation = false
  }
  tool {
    type = "custom"
    custom {
      name        = "write"
      description = "Writes"
      format {
        type = "grammar"
        grammar {
          syntax     = "regex"
          definition = "a+"
        }
      }
    }
  }
  tool {
    type = "function"
    function {
      name       = "f"
      strict     = true
      parameters = jsonencode({ type = "object", properties = {}, required = [], additionalProperties = false })
    }
  }
  parallel_tool_calls = false
  tool_choice = jsonencode({ type = "allowed_tools", allowed_tools = { mode = "auto", tools = [{ type = "custom", custom = { name = "write" } }] } })`),
		Check: func(*terraform.State) error {
			sent := body(t, s)
			delete(sent, "messages")
			same(t, sent, map[string]any{
				"model": "gpt-4", "max_completion_tokens": 100.0, "reasoning_effort": "low", "verbosity": "low", "seed": 7.0, "logprobs": true,
				"top_logprobs": 2.0, "service_tier": "flex", "store": true, "metadata": map[string]any{"team": "search"}, "safety_identifier": "hash",
				"prompt_cache_key": "key", "prompt_cache_retention": "24h", "modalities": []any{"text", "audio"}, "stream": true,
				"audio":                map[string]any{"voice": "alloy", "format": "mp3"},
				"prompt_cache_options": map[string]any{"mode": "explicit", "ttl": "30m"},
				"prediction":           map[string]any{"type": "content", "content": "hello world"},
				"web_search_options": map[string]any{"search_context_size": "low", "user_location": map[string]any{"type": "approximate",
					"approximate": map[string]any{"country": "FR", "city": "Paris"}}},
				"moderation":     map[string]any{"model": "omni-moderation-latest", "policy": map[string]any{"input": map[string]any{"mode": "score"}}},
				"stream_options": map[string]any{"include_obfuscation": false, "include_usage": true},
				"tools": []any{
					map[string]any{"type": "custom", "custom": map[string]any{"name": "write", "description": "Writes",
						"format": map[string]any{"type": "grammar", "grammar": map[string]any{"syntax": "regex", "definition": "a+"}}}},
					map[string]any{"type": "function", "function": map[string]any{"name": "f", "strict": true,
						"parameters": map[string]any{"type": "object", "properties": map[string]any{}, "required": []any{}, "additionalProperties": false}}},
				},
				"parallel_tool_calls": false,
				"tool_choice": map[string]any{"type": "allowed_tools", "allowed_tools": map[string]any{"mode": "auto",
					"tools": []any{map[string]any{"type": "custom", "custom": map[string]any{"name": "write"}}}}},
			})
			return nil
		},
	})
}

// Names that are not in Unicode's normal form must not cost a paid answer: the
// real CLI compares them.
func TestStructuredOutput_keepsOddNames(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Status(200, `{"id":"x","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"{\"e\u0301\":1,\"\u00e9\":2,\"a.b c\":[null,{}]}"}}]}`))
	s.Run(t, resource.TestStep{Config: completionOf("json", "response_format {\n type = \"json_object\"\n }"), Check: asked(t, s, 1)}) // and an empty plan
	wantCalls(t, s, map[string]int{"POST": 1})
}

// A very long answer stays text, as a value of it could be neither planned nor destroyed.
func TestOutput_hasALimit(t *testing.T) {
	for name, test := range map[string]struct {
		length int
		there  bool
	}{"short": {10, true}, "long": {5 << 20, false}} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Fail(emulator.Status(200, `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"{\"a\":\"`+strings.Repeat("x", test.length)+`\"}"},"finish_reason":"stop"}]}`))
			p := acctest.Speak(t)
			p.Connect(t, s)
			i := p.Instance(typeName, chatBlocks...)
			diags := strings.Join(i.Apply(t, configuration(object{"response_format": object{"type": "json_object"}})), "\n")
			if strings.HasPrefix(diags, "error") || strings.Contains(diags, "output is null") == test.there {
				t.Errorf("got %q", diags)
			}
			state := i.State().(object)
			if (state["output"] != nil) != test.there || len(state["content"].(string)) < test.length {
				t.Errorf("output is there: %t", state["output"] != nil)
			}
		})
	}
}
