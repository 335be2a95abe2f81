# OPENAI_API_KEY holds a virtual key of the proxy.
provider "openai" {
  base_url = "https://litellm.example.com/v1"
}

resource "openai_chat_completion" "greeting" {
  model = "claude-sonnet"

  message {
    role    = "user"
    content = "Say hello."
  }
}
