resource "openai_chat_completion" "example" {
  model = "gpt-4"
  
  message {
    role    = "system"
    content = "You are a helpful assistant that translates English to French."
  }
  
  message {
    role    = "user"
    content = "Translate the following: 'Hello, how are you?'"
  }
  
  temperature = 0.7
  max_tokens  = 100
}

output "translation" {
  value = openai_chat_completion.example.choices[0].message.content
}

# With function calling
resource "openai_chat_completion" "function_call" {
  model = "gpt-4"
  
  message {
    role    = "system"
    content = "You are an assistant that helps users find weather information."
  }
  
  message {
    role    = "user"
    content = "What's the weather like in Boston today?"
  }
  
  tool {
    type    = "function"
    function {
      name        = "get_weather"
      description = "Get the current weather in a given location"
      parameters  = jsonencode({
        type = "object",
        properties = {
          location = {
            type = "string",
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
    function = {
      name = "get_weather"
    }
  })
}

output "function_call" {
  value = openai_chat_completion.function_call.choices[0].message.tool_calls
}

# Chat completion with storage enabled
resource "openai_chat_completion" "stored_example" {
  model = "gpt-4"
  store = true  # Indicates to OpenAI to store this completion (for their internal use)
  
  message {
    role    = "system"
    content = "You are a helpful assistant."
  }
  
  message {
    role    = "user"
    content = "Explain the concept of quantum computing in simple terms."
  }
}

# Advanced chat completion with function calling
resource "openai_chat_completion" "function_example" {
  model        = "gpt-4"
  temperature  = 0.2
  function_call = "auto"
  
  message {
    role    = "system"
    content = "You are a helpful assistant."
  }
  
  message {
    role    = "user"
    content = "What's the weather like in San Francisco right now?"
  }
  
  functions {
    name        = "get_weather"
    description = "Get the current weather in a given location"
    parameters  = jsonencode({
      "type": "object",
      "properties": {
        "location": {
          "type": "string",
          "description": "The city and state, e.g. San Francisco, CA"
        },
        "unit": {
          "type": "string",
          "enum": ["celsius", "fahrenheit"]
        }
      },
      "required": ["location"]
    })
  }
}
