# The model asks for a tool, the configuration gives the result, the model
# answers. Each step is a resource; each is paid for once.

locals {
  question = "What's the weather like in Boston today?"
}

resource "openai_chat_completion" "ask" {
  model = "gpt-5.4"

  message {
    role    = "user"
    content = local.question
  }

  tool {
    type = "function"
    function {
      name        = "get_weather"
      description = "Get the current weather in a given location"
      parameters = jsonencode({
        type       = "object"
        properties = { location = { type = "string" } }
        required   = ["location"]
      })
    }
  }

  tool_choice = jsonencode({ type = "function", function = { name = "get_weather" } })
}

locals {
  call = openai_chat_completion.ask.choices[0].message.tool_calls[0]
  # Replace this with a real lookup, by any provider. The model's
  # arguments are JSON text: jsondecode(local.call.function.arguments).location
  weather = { temperature = 22, unit = "celsius" }
}

resource "openai_chat_completion" "answer" {
  model = "gpt-5.4"

  message {
    role    = "user"
    content = local.question
  }

  message {
    role       = "assistant"
    tool_calls = openai_chat_completion.ask.choices[0].message.tool_calls
  }

  message {
    role         = "tool"
    tool_call_id = local.call.id
    content      = jsonencode(local.weather)
  }
}

output "answer" {
  value = openai_chat_completion.answer.content
}
