# An answer that is a JSON object, decoded.

resource "openai_chat_completion" "colors" {
  model = "gpt-5.4"

  message {
    role    = "user"
    content = "Give me a color palette for a login page as a JSON object with keys background, text and accent."
  }

  response_format {
    type = "json_object"
  }

  # Change the value to ask again.
  triggers = {
    edition = "1"
  }
}

output "palette" {
  value = jsondecode(openai_chat_completion.colors.content)
}
