# The model may call a function several times at once. Every call gets its
# result, whatever their number.

locals {
  question = {
    role    = "user"
    content = "Is it warmer in Boston or in Paris today?"
  }

  # Replace this with a real lookup, by any provider.
  weather = {
    Boston = "22 °C"
    Paris  = "19 °C"
  }
}

resource "openai_chat_completion" "ask" {
  model    = "gpt-5.4"
  messages = [local.question]

  tool {
    type = "function"
    function {
      name        = "get_weather"
      description = "Get the current weather in a city"
      strict      = true
      parameters = provider::openai::strict_schema({
        type       = "object"
        properties = { city = { type = "string", enum = keys(local.weather) } }
      }).schema
    }
  }

  tool_choice = "required"
}

resource "openai_chat_completion" "answer" {
  model = "gpt-5.4"

  messages = concat(
    [local.question],
    [{ role = "assistant", tool_calls = openai_chat_completion.ask.choices[0].message.tool_calls }],
    [for call in openai_chat_completion.ask.choices[0].message.tool_calls : {
      role         = "tool"
      tool_call_id = call.id
      content      = local.weather[provider::openai::tool_arguments([call], "get_weather").city]
    }],
  )
}

output "answer" {
  value = openai_chat_completion.answer.content
}
