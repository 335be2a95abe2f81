# OPENAI_API_KEY holds the OpenRouter key.
provider "openai" {
  base_url = "https://openrouter.ai/api/v1"

  # Optional: how OpenRouter names the application that asks.
  headers = {
    "HTTP-Referer" = "https://example.com"
    "X-Title"      = "Release notes"
  }
}

resource "openai_chat_completion" "greeting" {
  model = "openai/gpt-5.4"

  message {
    role    = "user"
    content = "Say hello."
  }
}
