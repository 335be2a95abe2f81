# The four examples of examples/seed, written for openai_response.

resource "openai_response" "example" {
  model        = "gpt-5.4"
  instructions = "You are a helpful assistant that translates English to French."
  input        = "Translate the following: 'Hello, how are you?'"

  temperature       = 0.7
  max_output_tokens = 100
}

output "translation" {
  value = openai_response.example.content
}

# With function calling
resource "openai_response" "function_call" {
  model = "gpt-5.4"

  message {
    role    = "system"
    content = "You are an assistant that helps users find weather information."
  }

  message {
    role    = "user"
    content = "What's the weather like in Boston today?"
  }

  tool {
    type = "function"
    function {
      name        = "get_weather"
      description = "Get the current weather in a given location"
      strict      = false # "unit" stays optional
      parameters = jsonencode({
        type = "object",
        properties = {
          location = {
            type        = "string",
            description = "The city and state, e.g. San Francisco, CA"
          },
          unit = {
            type = "string",
            enum = ["celsius", "fahrenheit"]
          }
        },
        required = ["location"]
      })
    }
  }

  tool_choice = jsonencode({
    type = "function",
    name = "get_weather"
  })
}

output "function_call" {
  value = openai_response.function_call.tool_calls
}

# Response with storage enabled, which is the default
resource "openai_response" "stored_example" {
  model = "gpt-5.4"
  store = true

  message {
    role    = "system"
    content = "You are a helpful assistant."
  }

  message {
    role    = "user"
    content = "Explain the concept of quantum computing in simple terms."
  }
}

# A function that the model may call, or not. There is no older form of tools.
resource "openai_response" "function_example" {
  model       = "gpt-5.4"
  temperature = 0.2
  tool_choice = "auto"

  message {
    role    = "system"
    content = "You are a helpful assistant."
  }

  message {
    role    = "user"
    content = "What's the weather like in San Francisco right now?"
  }

  tool {
    type = "function"
    function {
      name        = "get_weather"
      description = "Get the current weather in a given location"
      strict      = false
      parameters = jsonencode({
        "type" : "object",
        "properties" : {
          "location" : {
            "type" : "string",
            "description" : "The city and state, e.g. San Francisco, CA"
          },
          "unit" : {
            "type" : "string",
            "enum" : ["celsius", "fahrenheit"]
          }
        },
        "required" : ["location"]
      })
    }
  }
}
