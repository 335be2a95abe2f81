resource "openai_chat_completion" "weather" {
  model = "gpt-5.4-mini"

  message {
    role    = "user"
    content = "What is the weather in Paris?"
  }

  tool {
    type = "function"
    function {
      name = "get_weather"
      parameters = jsonencode({
        type       = "object"
        properties = { city = { type = "string" } }
        required   = ["city"]
      })
    }
  }

  tool_choice = jsonencode({ type = "function", function = { name = "get_weather" } })
}

output "city" {
  value = provider::openai::tool_arguments(openai_chat_completion.weather.choices[0].message.tool_calls, "get_weather").city
}

# A function that the model may or may not call.
output "alert" {
  value = try(provider::openai::tool_arguments(openai_chat_completion.weather.choices[0].message.tool_calls, "send_alert"), null)
}
