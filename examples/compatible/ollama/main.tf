provider "openai" {
  base_url = "http://localhost:11434/v1"
  api_key  = "" # none, also where OPENAI_API_KEY is set
}

resource "openai_chat_completion" "greeting" {
  model = "gpt-oss:20b"

  message {
    role    = "user"
    content = "Say hello."
  }
}
