# The model asks for a tool, the configuration gives the result, the model
# answers. The server knows what went before, so only the result is sent.

locals {
  # Replace this with a real lookup, by any provider.
  weather = { temperature = 22, unit = "celsius" }
}

resource "openai_response" "ask" {
  model = "gpt-5.4"
  input = "What's the weather like in Boston today?"

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

  tool_choice         = jsonencode({ type = "function", name = "get_weather" })
  parallel_tool_calls = false
}

resource "openai_response" "answer" {
  model                = "gpt-5.4"
  previous_response_id = openai_response.ask.id

  message {
    role         = "tool"
    tool_call_id = openai_response.ask.tool_calls[0].id
    content      = jsonencode(local.weather)
  }
}

output "answer" {
  value = openai_response.answer.content
}
