# The same without anything on the server: the conversation so far is sent again.

locals {
  question = "What's the weather like in Boston today?"

  # Replace this with a real lookup, by any provider.
  weather = { temperature = 22, unit = "celsius" }
}

resource "openai_response" "ask" {
  model = "gpt-5.4"
  input = local.question
  store = false

  tool {
    type = "function"
    function {
      name        = "get_weather"
      description = "Get the current weather in a given location"
      parameters = jsonencode({
        type                 = "object"
        properties           = { location = { type = "string" } }
        required             = ["location"]
        additionalProperties = false
      })
    }
  }

  tool_choice         = "required"
  parallel_tool_calls = false
}

resource "openai_response" "answer" {
  model = "gpt-5.4"
  store = false

  message {
    role    = "user"
    content = local.question
  }

  message {
    role       = "assistant"
    tool_calls = openai_response.ask.tool_calls
  }

  message {
    role         = "tool"
    tool_call_id = openai_response.ask.tool_calls[0].id
    content      = jsonencode(local.weather)
  }
}

output "answer" {
  value = openai_response.answer.content
}
